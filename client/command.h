/* SPDX-License-Identifier: ISC */
/* What clawbot.c needs of the command table. */
#ifndef CLIENT_COMMAND_H
#define CLIENT_COMMAND_H

#include <stdio.h>

#include "client/client.h"

extern const struct opt global_opts[];

/*
 * getopt over one or two tables; cmd is for errors, which end the process.
 * stop: options end at the first operand.
 */
int	opt_next(const struct opt *, const struct opt *more, const char *cmd,
	    int stop, int argc, char **argv);
/*
 * The command that argv begins with; of two words, argv is moved to the
 * second.  Ends the process with a suggestion if there is none.
 */
const struct command *command_find(int *argc, char ***argv);
/* All commands, and on standard output the options too. */
void	command_help(FILE *);

#endif
