/* SPDX-License-Identifier: ISC */
/*
 * What a run has executed, as a tree: each program below the one that started
 * it.  They come in any order.  Unless all are wanted, the first RUNTREE_FEW
 * are kept, and RUNTREE_REFUSED of those behind them that were not allowed.
 */
#ifndef CLIENT_RUNTREE_H
#define CLIENT_RUNTREE_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/record/record.h"

#define RUNTREE_FEW	40
#define RUNTREE_REFUSED	200

struct runtree;

struct runtree	*runtree_new(int all);
void		 runtree_free(struct runtree *);
/* A record of exec, ev exec. */
void		 runtree_add(struct runtree *, const struct record_view *);
/* Appends a line for each, each with its newline; returns how many are not
 * shown. */
size_t		 runtree_show(struct runtree *, struct buf *);
size_t		 runtree_count(const struct runtree *);

#endif
