/* SPDX-License-Identifier: ISC */
/* Operands that several commands take. */
#ifndef CLIENT_LIST_H
#define CLIENT_LIST_H

#include <stdint.h>

#include "client/cli.h"

/*
 * A run's id, or the beginning of one that there is: then *word becomes the
 * whole of it.  Anything else ends the process.
 */
uint64_t run_word(const struct cli *, const struct command *, char **word);
/* The same of the one operand. */
uint64_t run_operand(const struct cli *, const struct command *, int argc,
	    char **argv);

#endif
