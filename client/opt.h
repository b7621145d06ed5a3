/* SPDX-License-Identifier: ISC */
/*
 * Options on the command line.  What the commands themselves need of it,
 * command_opt and command_operands, is in cli.h.
 */
#ifndef CLIENT_OPT_H
#define CLIENT_OPT_H

#include <sys/types.h>

#include "client/cli.h"

/* Those in front of the command; ends with name NULL. */
extern const struct cli_opt global_opts[];

/*
 * getopt over one or two tables; cmd is for errors, which end the process.
 * stop: options end at the first operand.
 */
int	opt_next(const struct cli_opt *, const struct cli_opt *more,
	    const char *cmd, int stop, int argc, char **argv);
/* Prints those of a table that are shown, on standard output. */
void	opt_help(const struct cli_opt *);
/*
 * A word of our own command line for an error: escaped, and without what
 * follows a =.  Good until the next call.
 */
const char *opt_shown(const char *word);
/* The account of this name or number; if there is none, that is an error. */
uid_t	opt_user(const struct command *, const char *who);

#endif
