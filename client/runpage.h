/* SPDX-License-Identifier: ISC */
/*
 * One run on one page, for a person: who asked for what, what was decided, who
 * approved it, what ran, what that executed and changed, how it ended, and the
 * numbers of its records.
 */
#ifndef CLIENT_RUNPAGE_H
#define CLIENT_RUNPAGE_H

#include "common/buf.h"
#include "common/record/record.h"

struct runpage;

/* all: nothing is cut. */
struct runpage	*runpage_new(const char *run, int all);
void		 runpage_free(struct runpage *);
/* A record of the run, in their order. */
void		 runpage_add(struct runpage *, const struct record_view *);
/* Appends the page; *b is bad if it does not fit. */
void		 runpage_show(struct runpage *, struct buf *b);

#endif
