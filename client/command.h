/* SPDX-License-Identifier: ISC */
/* What clawbot.c needs of the command table. */
#ifndef CLIENT_COMMAND_H
#define CLIENT_COMMAND_H

#include <stdio.h>

#include "client/cli.h"

/*
 * The command that argv begins with; of two words, argv is moved to the
 * second.  Ends the process with a suggestion if there is none.
 */
const struct command *command_find(int *argc, char ***argv);
/* All commands, and on standard output the options too. */
void	command_help(FILE *);

#endif
