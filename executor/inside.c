/* SPDX-License-Identifier: ISC */
/* The codecs of what the executor's processes say to each other. */
#include "config.h"

#include <sys/wait.h>

#include <limits.h>
#include <string.h>

#include "common/defs.h"
#include "common/msg.h"
#include "common/plan.h"
#include "common/ticket.h"
#include "executor/inside.h"

#define IROW(name, letter, from, to, way, min, max, fmin, fmax)		\
	{ #name, letter, from, to, way, min, max, fmin, fmax },
static const struct inside_row rows[] = {
	INSIDE_TABLE(IROW)
};

_Static_assert(INSIDE_GO_MAX == 1 + TICKET_SIZE, "a ticket");
_Static_assert(INSIDE_KEY_MAX == 1 + TICKET_KEY, "a key");
_Static_assert(INSIDE_UNPLANNED_MAX == INSIDE_TROUBLE_MAX &&
    INSIDE_UNPLANNED_MIN == INSIDE_TROUBLE_MIN, "the same behind the letter");
_Static_assert(INSIDE_RESOLVE_MAX == INSIDE_PLANNED_MAX, "as parcels");
_Static_assert(INSIDE_CONF_MAX == MSG_CONFIG_MAX, "as X_CONFIG");
_Static_assert(INSIDE_PLAN_FDS == PLAN_SECRETS + PLAN_MAXSECRETS + 4,
    "all its secrets, a socket, what is stored and how, and memory");
/* or two could mix, and a reader see a half */
_Static_assert(INSIDE_TROUBLE_MAX <= PIPE_BUF, "written at once");

const struct inside_row *
inside_row(size_t i)
{
	return (i < NELEM(rows) ? &rows[i] : NULL);
}

/* The command reports trouble the way that init does. */
static int
comes_from(const struct inside_row *r, enum inside_who from)
{
	return (r->from == from ||
	    (r->letter == INSIDE_TROUBLE && from == IW_COMMAND));
}

enum inside
inside_type(enum inside_way way, enum inside_who from, const void *p,
    size_t len, unsigned nfds)
{
	const struct inside_row *r;

	for (r = rows; len != 0 && r < rows + NELEM(rows); r++)
		if (r->letter == *(const uint8_t *)p && r->way == way &&
		    comes_from(r, from))
			return (len >= r->min && len <= r->max &&
			    nfds >= r->minfds && nfds <= r->maxfds ?
			    (enum inside)r->letter : INSIDE_NONE);
	return (INSIDE_NONE);
}

void
inside_begin(struct buf *b, void *p, size_t len, enum inside letter)
{
	buf_init(b, len);
	b->data = p;
	b->cap = len;
	buf_put_u8(b, (uint8_t)letter);
}

/* The letter is not that one: nothing that follows is read either. */
static void
begin(struct rd *r, const void *p, size_t len, enum inside letter)
{
	rd_init(r, p, len);
	if (rd_u8(r) != letter)
		r->bad = 1;
}

/* 0 or 1, and nothing else. */
static int
get_bool(struct rd *r)
{
	uint8_t v = rd_u8(r);

	if (v > 1)
		r->bad = 1;
	return (v);
}

/* What is in a file system in memory counts as memory. */
static uint32_t
in_memory(uint32_t mb, uint32_t memory_mb)
{
	return (memory_mb != 0 && (mb == 0 || memory_mb < mb) ? memory_mb :
	    mb);
}

void
profile_of(struct profile *p, uid_t uid, gid_t gid, const struct limits *l)
{
	memset(p, 0, sizeof(*p));
	p->uid = uid;
	p->gid = gid;
	p->tmp_mb = in_memory(l->tmp_mb, l->memory_mb);
	p->shm_mb = in_memory(l->shm_mb, l->memory_mb);
	p->memory_mb = l->memory_mb;
}

void
build_put(struct buf *b, const struct profile *p)
{
	buf_put_u32(b, p->uid);
	buf_put_u32(b, p->gid);
	buf_put_u32(b, p->tmp_mb);
	buf_put_u32(b, p->shm_mb);
	buf_put_u32(b, p->memory_mb);
	buf_put_u8(b, p->probe != 0);
}

int
build_get(const void *m, size_t len, struct profile *p)
{
	struct rd r;

	memset(p, 0, sizeof(*p));
	begin(&r, m, len, INSIDE_BUILD);
	p->uid = rd_u32(&r);
	p->gid = rd_u32(&r);
	p->tmp_mb = rd_u32(&r);
	p->shm_mb = rd_u32(&r);
	p->memory_mb = rd_u32(&r);
	p->probe = get_bool(&r);
	return (rd_end(&r));
}

void
plan_run_put(struct buf *b, uint64_t run)
{
	buf_put_u64(b, run);
}

int
plan_run_get(const void *m, size_t len, uint64_t *run, struct rd *rest)
{
	begin(rest, m, len, INSIDE_PLAN);
	*run = rd_u64(rest);
	return (rest->bad ? -1 : 0);
}

const uint8_t *
go_ticket(const void *m, size_t len)
{
	struct rd r;

	begin(&r, m, len, INSIDE_GO);
	return (rd_view(&r, TICKET_SIZE));
}

void
kill_put(struct buf *b, unsigned outcome, unsigned now)
{
	buf_put_u8(b, (uint8_t)outcome);
	buf_put_u8(b, (uint8_t)now);
}

int
kill_get(const void *m, size_t len, unsigned *outcome, unsigned *now)
{
	struct rd r;

	begin(&r, m, len, INSIDE_KILL);
	*outcome = rd_u8(&r);
	*now = rd_u8(&r);
	if (*outcome < OUTCOME_EXITED || *outcome >= OUTCOME_MAX || *now > 1)
		return (-1);
	return (rd_end(&r));
}

void
winsize_put(struct buf *b, uint16_t height, uint16_t width)
{
	buf_put_u16(b, height);
	buf_put_u16(b, width);
}

int
winsize_get(const void *m, size_t len, uint16_t *height, uint16_t *width)
{
	struct rd r;

	begin(&r, m, len, INSIDE_WINSIZE);
	*height = rd_u16(&r);
	*width = rd_u16(&r);
	return (rd_end(&r));
}

void
ended_put(struct buf *b, const struct ended *e)
{
	size_t i;

	buf_put_u8(b, e->executed != 0);
	buf_put_u32(b, (uint32_t)e->status);
	buf_put_u64(b, e->user_us);
	buf_put_u64(b, e->sys_us);
	buf_put_u64(b, e->maxrss_kb);
	buf_put_u32(b, e->refused);
	buf_put_u32(b, e->outside);
	buf_put_u32(b, e->changes);
	for (i = 0; i < COUNTED_KINDS; i++)
		buf_put_u32(b, e->counted[i]);
	for (i = 0; i < ENDED_KEPT; i++) {
		buf_put_u16(b, e->kept[i].name);
		buf_put_u32(b, e->kept[i].count);
	}
	buf_put_u64(b, e->processes);
}

int
ended_get(const void *m, size_t len, struct ended *e)
{
	uint32_t status;
	struct rd r;
	size_t i;

	memset(e, 0, sizeof(*e));
	begin(&r, m, len, INSIDE_ENDED);
	e->executed = get_bool(&r);
	status = rd_u32(&r);
	e->user_us = rd_u64(&r);
	e->sys_us = rd_u64(&r);
	e->maxrss_kb = rd_u64(&r);
	e->refused = rd_u32(&r);
	e->outside = rd_u32(&r);
	e->changes = rd_u32(&r);
	for (i = 0; i < COUNTED_KINDS; i++)
		e->counted[i] = rd_u32(&r);
	for (i = 0; i < ENDED_KEPT; i++) {
		e->kept[i].name = rd_u16(&r);
		e->kept[i].count = rd_u32(&r);
	}
	e->processes = rd_u64(&r);
	/* two bytes of the kernel; what has only stopped has not ended */
	if (status > UINT16_MAX || (!WIFEXITED(status) &&
	    !WIFSIGNALED(status)))
		return (-1);
	e->status = (int)status;
	return (rd_end(&r));
}

static const struct shape_row held_rows[] = {
	STR(held_exec, cwd, PLAN_MAXPATH),
	STR(held_exec, interp_arg, SHEBANG_MAX),
	STRV(held_exec, argv, HELD_MAXARGS, HELD_MAXBYTES),
};
SHAPE(held_exec, "HELD", held_rows, NULL);

void
held_put(struct buf *b, const struct held_exec *h)
{
	buf_put_u64(b, h->key);
	buf_put_u32(b, h->pid);
	buf_put_u32(b, h->image);
	buf_put_u16(b, h->place);
	buf_put_u8(b, h->has);
}

int
held_get(const void *m, size_t len, struct held_exec *h, struct rd *rest)
{
	memset(h, 0, sizeof(*h));
	begin(rest, m, len, INSIDE_HELD);
	h->key = rd_u64(rest);
	h->pid = rd_u32(rest);
	h->image = rd_u32(rest);
	h->place = rd_u16(rest);
	h->has = rd_u8(rest);
	return (rest->bad || (h->has & ~HELD_FLAGS) != 0 ||
	    (h->place >= HELD_PLACES && h->place != HELD_NOWHERE) ? -1 : 0);
}

void
settled_put(struct buf *b, uint64_t key, enum settled how)
{
	buf_put_u64(b, key);
	buf_put_u8(b, (uint8_t)how);
}

int
settled_get(const void *m, size_t len, uint64_t *key, enum settled *how)
{
	unsigned v;
	struct rd r;

	begin(&r, m, len, INSIDE_SETTLED);
	*key = rd_u64(&r);
	if ((v = rd_u8(&r)) >= SETTLED_MAX)
		return (-1);
	*how = (enum settled)v;
	return (rd_end(&r));
}

void
shown_put(struct buf *b, uint64_t key)
{
	buf_put_u64(b, key);
}

int
shown_get(const void *m, size_t len, uint64_t *key)
{
	struct rd r;

	begin(&r, m, len, INSIDE_SHOWN);
	*key = rd_u64(&r);
	return (rd_end(&r));
}

void
fate_put(struct buf *b, uint64_t key, enum fate fate, uint32_t image)
{
	buf_put_u64(b, key);
	buf_put_u8(b, (uint8_t)fate);
	buf_put_u32(b, image);
}

int
fate_get(const void *m, size_t len, uint64_t *key, enum fate *fate,
    uint32_t *image)
{
	unsigned v;
	struct rd r;

	begin(&r, m, len, INSIDE_FATE);
	*key = rd_u64(&r);
	v = rd_u8(&r);
	*image = rd_u32(&r);
	if (v < FATE_RAN || v >= FATE_MAX)
		return (-1);
	*fate = (enum fate)v;
	return (rd_end(&r));
}

void
ahead_put(struct buf *b, uint32_t more)
{
	buf_put_u32(b, more);
}

int
ahead_get(const void *m, size_t len, uint32_t *more)
{
	struct rd r;

	begin(&r, m, len, INSIDE_AHEAD);
	*more = rd_u32(&r);
	return (rd_end(&r));
}

void
repeated_put(struct buf *b, const struct repeated *v)
{
	buf_put_u16(b, v->place);
	buf_put_u8(b, v->fate);
	buf_put_u32(b, v->pid);
	buf_put_u32(b, v->was);
	buf_put_u32(b, v->is);
}

int
repeated_get(const void *m, size_t len, struct repeated *v)
{
	struct rd r;

	begin(&r, m, len, INSIDE_REPEATED);
	v->place = rd_u16(&r);
	v->fate = rd_u8(&r);
	v->pid = rd_u32(&r);
	v->was = rd_u32(&r);
	v->is = rd_u32(&r);
	if (v->place >= HELD_PLACES || v->fate < FATE_RAN ||
	    v->fate >= FATE_MAX)
		return (-1);
	return (rd_end(&r));
}

void
trouble_put(struct buf *b, const struct trouble *t)
{
	size_t room = INSIDE_TROUBLE_MAX - INSIDE_TROUBLE_MIN;

	buf_put_u16(b, t->err);
	buf_put_bytes(b, t->text, strnlen(t->text, room));
}

static int
get_trouble(const void *m, size_t len, enum inside letter, struct trouble *t)
{
	const uint8_t *text;
	struct rd r;
	size_t n = 0;

	memset(t, 0, sizeof(*t));
	begin(&r, m, len, letter);
	t->err = rd_u16(&r);
	text = rd_bytes(&r, &n, sizeof(t->text) - 1);
	if (t->err == 0 || text == NULL || memchr(text, '\0', n) != NULL ||
	    rd_end(&r) == -1)
		return (-1);
	memcpy(t->text, text, n);
	return (0);
}

int
trouble_get(const void *m, size_t len, struct trouble *t)
{
	return (get_trouble(m, len, INSIDE_TROUBLE, t));
}

void
unplanned_put(struct buf *b, const struct trouble *t)
{
	trouble_put(b, t);
}

int
unplanned_get(const void *m, size_t len, struct trouble *t)
{
	return (get_trouble(m, len, INSIDE_UNPLANNED, t));
}

void
conf_put(struct buf *b, const struct layers *l, uint32_t spare)
{
	buf_put_u32(b, (uint32_t)l->landlock);
	buf_put_u8(b, l->userns_capped != 0);
	buf_put_u8(b, l->idns != 0);
	buf_put_u8(b, (uint8_t)l->cgroup);
	buf_put_u32(b, spare);
}

int
conf_get(struct rd *r, struct layers *l, uint32_t *spare)
{
	uint32_t abi;

	if (rd_u8(r) != INSIDE_CONF || (abi = rd_u32(r)) > INT_MAX)
		return (-1);
	l->landlock = (int)abi;
	l->userns_capped = get_bool(r);
	l->idns = get_bool(r);
	l->cgroup = rd_u8(r);
	*spare = rd_u32(r);
	return (r->bad ? -1 : 0);
}

int
result_get(const void *m, size_t len, unsigned *ran, struct rd *rest)
{
	begin(rest, m, len, INSIDE_RESULT);
	*ran = (unsigned)get_bool(rest);
	return (rest->bad ? -1 : 0);
}
