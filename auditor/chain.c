/* SPDX-License-Identifier: ISC */
/* The chain of records and its group commit. */
#include "config.h"

#include <sodium.h>
#include <string.h>

#include "auditor/chain.h"
#include "common/civil.h"
#include "common/log.h"
#include "common/role.h"

/* More than the batch limit and one line on top of it. */
#define BATCH_MAX	(CHAIN_BATCH + 2 * RECORD_MAX)

void
chain_init(struct chain *c)
{
	memset(c, 0, sizeof(*c));
	c->seg.dirfd = c->seg.fd = c->seg.exec.fd = -1;
	record_start(&c->tail);
	tree_init(&c->tree);
	c->durable = c->tail;
	buf_init(&c->batch, BATCH_MAX);
}

static uint64_t
now_us(void)
{
	uint64_t us;

	if (civil_now(&us) == -1)
		fatal(EXIT_SYSTEM, "real-time clock");
	return (us);
}

/*
 * Puts the line behind the batch.  A line that the next start would not take
 * must never get into the file, so it is checked as it will be then.
 */
static int
render(struct chain *c, unsigned kind, unsigned by, const struct buf *fields,
    uint64_t us)
{
	size_t before = c->batch.len;
	uint64_t got;

	c->bad = "it does not fit";
	if (fields->bad)
		return (-1);
	c->bad = record_form_check(kind, by, fields->data, fields->len);
	if (c->bad != NULL)
		return (-1);
	c->bad = "no line comes of it";
	if (record_line(&c->batch, &c->tail, us, kind, fields->data,
	    fields->len) == -1)
		return (-1);
	c->bad = record_check((char *)c->batch.data + before,
	    c->batch.len - before, &c->tail, &got);
	if (c->bad == NULL)
		return (0);
	c->batch.len = before;
	return (-1);
}

static void
link_in(struct chain *c, size_t before, uint64_t *number)
{
	uint8_t leaf[TREE_HASH];

	record_step(&c->tail, c->batch.data + before, c->batch.len - before);
	tree_leaf(leaf, c->tail.digest, RECORD_DIGEST);
	tree_add(&c->tree, leaf);
	*number = c->tail.number;
}

/* Room for the line behind the batch that is not that of others. */
static int
make_room(struct chain *c, unsigned kind, size_t before, size_t open)
{
	size_t n = c->batch.len - before;

	if (segment_reserve(&c->seg, c->batch.len + RECORD_ROOM(open)) == 0) {
		c->stops = 0;
		return (0);
	}
	if ((kind != RECORD_STOP && kind != RECORD_DISK) ||
	    n > RECORD_STOPS - c->stops)
		return (-1);
	c->stops += n;
	return (0);
}

static enum chain_append
append_at(struct chain *c, unsigned kind, unsigned by,
    const struct buf *fields, uint64_t us, size_t open, uint64_t *number)
{
	size_t before = c->batch.len;

	if (render(c, kind, by, fields, us) == -1)
		return (CHAIN_BAD);
	if (make_room(c, kind, before, open) == -1) {
		c->batch.len = before;
		return (CHAIN_FULL);
	}
	link_in(c, before, number);
	return (CHAIN_OK);
}

static enum chain_append
append_reserved_at(struct chain *c, unsigned kind, const struct buf *fields,
    uint64_t us, uint64_t *number)
{
	size_t before = c->batch.len;

	if (render(c, kind, RECORD_BY_AUDITOR, fields, us) == -1)
		return (CHAIN_BAD);
	if (c->batch.len - before > RECORD_RESULT) {
		c->bad = "it has no such room";
		c->batch.len = before;
		return (CHAIN_BAD);
	}
	link_in(c, before, number);
	return (CHAIN_OK);
}

enum chain_append
chain_append(struct chain *c, unsigned kind, unsigned by,
    const struct buf *fields, size_t open, uint64_t *number)
{
	return (append_at(c, kind, by, fields, now_us(), open, number));
}

enum chain_append
chain_append_reserved(struct chain *c, unsigned kind,
    const struct buf *fields, uint64_t *number)
{
	return (append_reserved_at(c, kind, fields, now_us(), number));
}

enum chain_append
chain_seal(struct chain *c, struct seal *s, const uint8_t secret[64],
    size_t open, int reserved)
{
	enum chain_append r;
	uint64_t number;
	struct buf b;

	s->last = c->tail.number;
	s->time_us = now_us();
	memcpy(s->chain, c->tail.digest, sizeof(s->chain));
	tree_root(&c->tree, s->root);
	buf_init(&b, SEAL_NOTE);
	seal_text(&b, s);
	(void)crypto_sign_detached(s->sig, NULL, b.data, b.len, secret);
	buf_reset(&b);
	seal_fields(&b, s);
	r = reserved ? append_reserved_at(c, RECORD_SEAL, &b, s->time_us,
	    &number) : append_at(c, RECORD_SEAL, RECORD_BY_AUDITOR, &b,
	    s->time_us, open, &number);
	buf_free(&b);
	return (r);
}

struct chain_mark
chain_mark(const struct chain *c)
{
	struct chain_mark m = { c->tail, c->tree, c->batch.len };

	return (m);
}

void
chain_back(struct chain *c, const struct chain_mark *m)
{
	c->tail = m->tail;
	c->tree = m->tree;
	c->batch.len = m->len;
}

int
chain_pending(const struct chain *c)
{
	return (c->batch.len != 0);
}

void
chain_commit(struct chain *c)
{
	if (c->batch.len == 0)
		return;
	segment_write(&c->seg, c->batch.data, c->batch.len);
	buf_reset(&c->batch);
	c->durable = c->tail;
}

void
chain_tidy(struct chain *c, size_t open)
{
	execlog_follow(&c->seg.exec, c->seg.fd, c->seg.size);
	segment_rotate(&c->seg, c->tail.number + 1, RECORD_ROOM(open));
}
