/* SPDX-License-Identifier: ISC */
/* Closed segments that are not what the log says; see damage.h. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auditor/auditor.h"
#include "auditor/damage.h"
#include "common/civil.h"
#include "common/field.h"
#include "common/log.h"
#include "common/payload.h"
#include "common/xmalloc.h"

#define DAMAGE_FIELDS	1024

const struct damage *
damage_of(const struct auditor *a, uint64_t first)
{
	const struct damage *d = damages_find(&a->damages, first);

	return (d != NULL && !d->mended ? d : NULL);
}

size_t
damage_count(const struct auditor *a)
{
	const struct damages *all = &a->damages;
	size_t i, n = 0;

	for (i = 0; i < all->n; i++)
		n += !all->v[i].mended;
	return (n);
}

/* 0, or -1: there is no room, and the next look tries again. */
static int
append(struct auditor *a, unsigned kind, struct buf *b, uint64_t *number)
{
	enum chain_append how;

	how = chain_append(&a->chain, kind, RECORD_BY_AUDITOR, b, a->runs.n,
	    number);
	buf_free(b);
	if (how == CHAIN_BAD)
		fatalx(EXIT_SYSTEM, "cannot make a record: %s", a->chain.bad);
	return (how == CHAIN_OK ? 0 : -1);
}

/* As it is called where it is there, and was where it is not. */
static void
name_of(const struct auditor *a, uint64_t first, char name[LOG_NAMEMAX])
{
	struct known_file now;

	if (first == a->chain.seg.first)
		(void)snprintf(name, LOG_NAMEMAX, "%s", LOG_CURRENT);
	else if (known_find(a, first, name, &now) == -1 && errno == ENOENT)
		logseg_name(name, LOG_STEM, first);
}

/* Of that segment, or where none is meant, of what is in that file. */
static void
add_news(struct auditor *a, unsigned fate, uint64_t number,
    const struct damage *d, const char *file)
{
	struct damages *all = &a->damages;
	struct damage_news *news;

	all->news = xrecallocarray(all->news, all->nnews, all->nnews + 1,
	    sizeof(*all->news));
	news = &all->news[all->nnews++];
	news->record = number;
	news->fate = fate;
	news->first = d != NULL ? d->first : 0;
	news->rule = d != NULL ? d->rule : NULL;
	(void)snprintf(news->file, sizeof(news->file), "%s", file);
	all->unsaid = 1;
}

static int
record(struct auditor *a, struct damage *d)
{
	char name[LOG_NAMEMAX];
	uint64_t number;
	struct buf b;

	name_of(a, d->first, name);
	buf_init(&b, DAMAGE_FIELDS);
	field_str(&b, "ev", d->mended ? "mended" : "damaged");
	field_str(&b, "file", name);
	field_u64(&b, "first", d->first);
	if (!d->mended)
		field_str(&b, "rule", d->rule);
	if (append(a, RECORD_RECOVER, &b, &number) == -1)
		return (-1);
	/* under a seal soon: whoever does that may go on */
	sealing_ask(a);
	d->recorded = 1;
	add_news(a, d->mended ? CHECKED_MENDED : CHECKED_DAMAGED, number, d,
	    name);
	return (0);
}

void
damage_found(struct auditor *a, uint64_t first, const char *rule,
    const struct known_file *now)
{
	struct damages *all = &a->damages;
	struct damage *d = damages_find(all, first);

	/* it is being removed, as is recorded */
	if (gone_is_half(a) && first == a->chain.seg.old[0])
		return;
	if (d == NULL) {
		all->v = xrecallocarray(all->v, all->n, all->n + 1,
		    sizeof(*all->v));
		d = &all->v[all->n++];
		d->first = first;
	} else if (!d->mended) {
		/* known, whatever else is found wrong with it since */
		d->was = *now;
		d->rule = rule;
		return;
	}
	d->was = *now;
	d->rule = rule;
	closed_doubt(a, first);
	/* also where there is no room for the record */
	all->unsaid = 1;
	/* the log has not said yet that it was mended: it still says this */
	if (d->mended) {
		d->mended = 0;
		d->recorded = 1;
		return;
	}
	(void)record(a, d);
}

void
damage_stays(struct auditor *a)
{
	const struct damages *all = &a->damages;
	size_t i;

	for (i = 0; i < all->n; i++)
		if (!all->v[i].mended)
			closed_doubt(a, all->v[i].first);
}

void
damage_none(struct auditor *a, uint64_t first, const struct known_file *now)
{
	struct damages *all = &a->damages;
	struct damage *d = damages_find(all, first);

	if (now != NULL)
		closed_sure(a, first, now);
	if (d == NULL || d->mended)
		return;
	all->unsaid = 1;
	/* nothing to take back: the log says nothing of it */
	if (!d->recorded) {
		damages_drop(all, d);
		return;
	}
	d->mended = 1;
	d->recorded = 0;
	if (record(a, d) == 0)
		damages_drop(all, d);
}

void
damage_read(struct auditor *a, uint64_t first, uint64_t last)
{
	uint64_t number;
	struct buf b;

	buf_init(&b, DAMAGE_FIELDS);
	field_str(&b, "ev", "checked");
	field_u64(&b, "first", first);
	field_u64(&b, "last", last);
	field_u64(&b, "damaged", damage_count(a));
	/* where there is no room for it nothing hangs on it */
	(void)append(a, RECORD_SESSION, &b, &number);
	(void)civil_now(&a->damages.done_us);
	a->damages.done = last;
	a->damages.unsaid = 1;
}

void
damage_removed(struct auditor *a, uint64_t first, uint64_t number)
{
	struct damage *d = damages_find(&a->damages, first);
	char name[LOG_NAMEMAX];

	if (d == NULL)
		return;
	a->damages.unsaid = 1;
	/* else the log says nothing of it */
	if (d->recorded || d->mended) {
		logseg_name(name, LOG_STEM, first);
		add_news(a, CHECKED_REMOVED, number, d, name);
	}
	damages_drop(&a->damages, d);
}

void
damage_again(struct auditor *a)
{
	struct damages *all = &a->damages;
	size_t i;

	all->live = 1;
	for (i = 0; i < all->n; i++) {
		if (all->v[i].recorded)
			continue;
		if (record(a, &all->v[i]) == -1)
			return;
		if (all->v[i].mended)
			damages_drop(all, &all->v[i--]);
	}
}

void
damage_started(struct auditor *a)
{
	struct damages *all = &a->damages;
	char name[LOG_NAMEMAX];
	struct damage *d;
	size_t i;

	for (i = all->n; i-- != 0;) {
		d = &all->v[i];
		if (d->gone != 0 && !damages_place(a, d->first)) {
			damage_removed(a, d->first, d->gone);
			continue;
		}
		/* a start has read it, and what is around it */
		d->mended = 1;
		d->recorded = 0;
	}
	if (all->lost == 0)
		return;
	logseg_lost_name(name, all->lost);
	add_news(a, CHECKED_LOST, all->lost_by, NULL, name);
	all->lost = 0;
}

static void
tell(struct auditor *a, const struct damage_news *news)
{
	const struct damages *all = &a->damages;
	struct msg_checked m;
	struct buf b;

	m.damaged = (uint32_t)damage_count(a);
	m.fate = (uint8_t)news->fate;
	m.record = news->record;
	m.first = news->first;
	m.file = xstrdup(news->file);
	m.rule = xstrdup(news->rule != NULL ? news->rule : "");
	m.done_us = all->done_us;
	m.done = all->done;
	payload_put(&b, MSG_A_CHECKED, &msg_checked_shape, &m);
	audit_put(a, MSG_A_CHECKED, 0, &b);
	free(m.file);
	free(m.rule);
}

void
damage_tell(struct auditor *a)
{
	struct damages *all = &a->damages;
	size_t i;

	if (!all->unsaid || !all->live)
		return;
	all->unsaid = 0;
	if (all->nnews == 0)
		tell(a, &all->newest);
	for (i = 0; i < all->nnews; i++)
		tell(a, &all->news[i]);
	if (i != 0)
		all->newest = all->news[i - 1];
	free(all->news);
	all->news = NULL;
	all->nnews = 0;
}
