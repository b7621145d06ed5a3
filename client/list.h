/* SPDX-License-Identifier: ISC */
/* Operands that several commands take. */
#ifndef CLIENT_LIST_H
#define CLIENT_LIST_H

#include <stdint.h>

#include "client/cli.h"

/* The one operand, a run's id; anything else ends the process. */
uint64_t run_operand(const struct command *, int argc, char **argv);

#endif
