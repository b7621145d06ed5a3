/* SPDX-License-Identifier: ISC */
/* Records of programs that a run has started, one line each for people. */
#ifndef CLIENT_EXECLINE_H
#define CLIENT_EXECLINE_H

#include <stddef.h>

#include "common/buf.h"
#include "common/record/record.h"

/*
 * Appends "NUMBER TIME RUN #SEQ<PARENT VERDICT WORD ..." without a newline, if
 * it is a record of that kind: 1, else 0.
 */
int	execline_show(struct buf *, const struct record_view *);

#endif
