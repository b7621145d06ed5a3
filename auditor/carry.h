/* SPDX-License-Identifier: ISC */
/*
 * What the log says of what goes on, and has to be known whatever is not read
 * again or not there any more: as bytes, and as members of a prune record.
 */
#ifndef AUDITOR_CARRY_H
#define AUDITOR_CARRY_H

#include <stddef.h>

#include "common/buf.h"
#include "common/estop.h"
#include "common/lastuse.h"
#include "common/record/record.h"

struct auditor;

void	carry_put_stops(struct buf *, const struct estops *);
void	carry_get_stops(struct rd *, struct estops *);
void	carry_put_uses(struct buf *, const struct lastuse *);
void	carry_get_uses(struct rd *, struct lastuse *);
/* A string into out, of which there are size bytes. */
void	carry_get_text(struct rd *, char *out, size_t size);
/* The members of a prune record, and what such a record said. */
void	carry_record_put(struct buf *fields, const struct auditor *);
void	carry_record_get(struct auditor *, const struct record_view *);

#endif
