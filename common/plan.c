/* SPDX-License-Identifier: ISC */
/*
 * Codecs of what is asked, resolved and executed.  The order in which
 * plan_put writes is the canonical encoding; changing it changes every plan
 * digest.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/plan.h"

#define PLAN_MAGIC	0x43425032U	/* "CBP2" */
#define MAXGRANTS	256
#define MAXENTRY	(PLAN_MAXNAME + 1 + PLAN_MAXARG)

void
runreq_put(struct buf *b, const struct runreq *q)
{
	buf_put_u32(b, q->flags);
	buf_put_u32(b, q->timeout_s);
	buf_put_u16(b, q->rows);
	buf_put_u16(b, q->cols);
	buf_put_str(b, q->skill);
	buf_put_str(b, q->cwd);
	buf_put_str(b, q->reason);
	buf_put_strv(b, &q->argv);
	buf_put_strv(b, &q->env);
	buf_put_strv(b, &q->locale);
}

static void
runreq_read(struct rd *r, struct runreq *q)
{
	q->flags = rd_u32(r);
	q->timeout_s = rd_u32(r);
	q->rows = rd_u16(r);
	q->cols = rd_u16(r);
	q->skill = rd_str(r, PLAN_MAXNAME);
	q->cwd = rd_str(r, PLAN_MAXPATH);
	q->reason = rd_str(r, PLAN_MAXREASON);
	rd_strv(r, &q->argv, PLAN_MAXARGS, PLAN_MAXARG);
	rd_strv(r, &q->env, PLAN_MAXENV, MAXENTRY);
	rd_strv(r, &q->locale, PLAN_MAXENV, MAXENTRY);
	if (q->argv.n == 0 || q->argv.v[0][0] == '\0' || q->cwd[0] != '/' ||
	    (q->flags & ~(RUNREQ_CWD_IMPLICIT | RUNREQ_NO_WAIT |
	    RUNREQ_TTY | RUNREQ_DETACH)) != 0 ||
	    (q->flags & (RUNREQ_TTY | RUNREQ_DETACH)) ==
	    (RUNREQ_TTY | RUNREQ_DETACH))
		r->bad = 1;
}

int
runreq_get(const void *data, size_t len, struct runreq *q)
{
	struct rd r;

	memset(q, 0, sizeof(*q));
	rd_init(&r, data, len);
	runreq_read(&r, q);
	return (rd_end(&r));
}

void
runreq_free(struct runreq *q)
{
	free(q->skill);
	free(q->cwd);
	free(q->reason);
	strv_free(&q->argv);
	strv_free(&q->env);
	strv_free(&q->locale);
	memset(q, 0, sizeof(*q));
}

void
resolve_put(struct buf *b, const struct resolve *v)
{
	buf_put_str(b, v->channel);
	buf_put_str(b, v->skill);
	buf_put_u32(b, v->uid);
	buf_put_u32(b, v->gid);
	limits_put(b, &v->limits);
	runreq_put(b, &v->req);
}

int
resolve_get(const void *data, size_t len, struct resolve *v)
{
	struct rd r;

	memset(v, 0, sizeof(*v));
	rd_init(&r, data, len);
	v->channel = rd_str(&r, PLAN_MAXNAME);
	v->skill = rd_str(&r, PLAN_MAXNAME);
	v->uid = rd_u32(&r);
	v->gid = rd_u32(&r);
	limits_get(&r, &v->limits);
	runreq_read(&r, &v->req);
	return (rd_end(&r));
}

void
resolve_free(struct resolve *v)
{
	free(v->channel);
	free(v->skill);
	runreq_free(&v->req);
	memset(v, 0, sizeof(*v));
}

static void
ident_put(struct buf *b, const struct ident *i)
{
	buf_put_str(b, i->path);
	buf_put_u64(b, i->dev);
	buf_put_u64(b, i->ino);
	buf_put_u64(b, i->size);
	buf_put_u64(b, (uint64_t)i->mtime_ns);
	buf_put_u64(b, (uint64_t)i->ctime_ns);
	buf_put(b, i->digest, sizeof(i->digest));
}

static void
ident_get(struct rd *r, struct ident *i)
{
	i->path = rd_str(r, PLAN_MAXPATH);
	i->dev = rd_u64(r);
	i->ino = rd_u64(r);
	i->size = rd_u64(r);
	i->mtime_ns = (int64_t)rd_u64(r);
	i->ctime_ns = (int64_t)rd_u64(r);
	rd_copy(r, i->digest, sizeof(i->digest));
}

void
plan_put(struct buf *b, const struct plan *p)
{
	size_t i;

	buf_put_u32(b, PLAN_MAGIC);
	buf_put_str(b, p->channel);
	buf_put_str(b, p->skill);
	buf_put_u32(b, p->caller);
	buf_put_u32(b, p->uid);
	buf_put_u32(b, p->gid);
	buf_put_str(b, p->account);
	buf_put_str(b, p->cwd);
	buf_put_strv(b, &p->argv);
	buf_put_strv(b, &p->env);
	buf_put_strv(b, &p->asked_env);
	buf_put_strv(b, &p->secrets);
	for (i = 0; i < p->secrets.n && i < PLAN_MAXSECRETS; i++)
		buf_put_u8(b, p->secret_how[i]);
	ident_put(b, &p->exe);
	ident_put(b, &p->script);
	buf_put_str(b, p->interp_arg);
	limits_put(b, &p->limits);
	buf_put_u8(b, p->network);
	buf_put_u8(b, p->tty);
	buf_put_u8(b, p->detach);
	buf_put_strv(b, &p->read);
	buf_put_strv(b, &p->write);
	buf_put_strv(b, &p->protect);
}

static int
plan_bad(const struct plan *p)
{
	size_t i;

	for (i = 0; i < p->secrets.n; i++)
		if (p->secret_how[i] != PLAN_SECRET_ENV &&
		    p->secret_how[i] != PLAN_SECRET_FILE)
			return (1);
	return (p->argv.n == 0 || p->cwd[0] != '/' ||
	    p->exe.path[0] != '/' || p->network > PLAN_NET_HOST ||
	    p->tty > 1 || p->detach > 1);
}

int
plan_get(const void *data, size_t len, struct plan *p)
{
	struct rd r;

	memset(p, 0, sizeof(*p));
	rd_init(&r, data, len);
	if (rd_u32(&r) != PLAN_MAGIC)
		r.bad = 1;
	p->channel = rd_str(&r, PLAN_MAXNAME);
	p->skill = rd_str(&r, PLAN_MAXNAME);
	p->caller = rd_u32(&r);
	p->uid = rd_u32(&r);
	p->gid = rd_u32(&r);
	p->account = rd_str(&r, PLAN_MAXNAME);
	p->cwd = rd_str(&r, PLAN_MAXPATH);
	rd_strv(&r, &p->argv, PLAN_MAXARGS, PLAN_MAXARG);
	rd_strv(&r, &p->env, PLAN_MAXENV * 3, MAXENTRY);
	rd_strv(&r, &p->asked_env, PLAN_MAXENV, PLAN_MAXNAME);
	rd_strv(&r, &p->secrets, PLAN_MAXSECRETS, PLAN_MAXNAME);
	rd_copy(&r, p->secret_how, p->secrets.n);
	ident_get(&r, &p->exe);
	ident_get(&r, &p->script);
	p->interp_arg = rd_str(&r, PLAN_MAXPATH);
	limits_get(&r, &p->limits);
	p->network = rd_u8(&r);
	p->tty = rd_u8(&r);
	p->detach = rd_u8(&r);
	rd_strv(&r, &p->read, MAXGRANTS, PLAN_MAXPATH);
	rd_strv(&r, &p->write, MAXGRANTS, PLAN_MAXPATH);
	rd_strv(&r, &p->protect, MAXGRANTS, PLAN_MAXNAME);
	if (rd_end(&r) == -1 || plan_bad(p))
		return (-1);
	return (0);
}

void
plan_free(struct plan *p)
{
	free(p->channel);
	free(p->skill);
	free(p->account);
	free(p->cwd);
	strv_free(&p->argv);
	strv_free(&p->env);
	strv_free(&p->asked_env);
	strv_free(&p->secrets);
	free(p->exe.path);
	free(p->script.path);
	free(p->interp_arg);
	strv_free(&p->read);
	strv_free(&p->write);
	strv_free(&p->protect);
	memset(p, 0, sizeof(*p));
}

void
resolved_put(struct buf *b, const struct resolved *v)
{
	buf_put_bytes(b, v->plan, v->planlen);
	buf_put(b, v->digest, sizeof(v->digest));
	buf_put_u32(b, v->flags);
	buf_put_strv(b, &v->names);
	buf_put_strv(b, &v->same);
	masks_put(b, &v->masks);
}

/* A copy of the bytes at p, which may be NULL. */
static uint8_t *
copy_bytes(const uint8_t *p, size_t len)
{
	uint8_t *q;

	q = xmalloc(len);
	if (p != NULL && len != 0)
		memcpy(q, p, len);
	return (q);
}

int
resolved_get(const void *data, size_t len, struct resolved *v)
{
	const uint8_t *p;
	struct rd r;

	memset(v, 0, sizeof(*v));
	rd_init(&r, data, len);
	p = rd_bytes(&r, &v->planlen, len);
	v->plan = copy_bytes(p, v->planlen);
	rd_copy(&r, v->digest, sizeof(v->digest));
	v->flags = rd_u32(&r);
	rd_strv(&r, &v->names, PLAN_MAXARGS, PLAN_MAXPATH);
	rd_strv(&r, &v->same, PLAN_MAXARGS, PLAN_MAXPATH);
	masks_get(&r, &v->masks);
	return (rd_end(&r));
}

void
resolved_free(struct resolved *v)
{
	freezero(v->plan, v->planlen);
	strv_free(&v->names);
	strv_free(&v->same);
	masks_free(&v->masks);
	memset(v, 0, sizeof(*v));
}

void
intent_put(struct buf *b, const struct intent *v)
{
	buf_put_bytes(b, v->plan, v->planlen);
	buf_put_str(b, v->reason);
	buf_put_u32(b, v->expires_s);
	masks_put(b, &v->masks);
	buf_put_bytes(b, v->why, v->whylen);
}

int
intent_get(const void *data, size_t len, struct intent *v)
{
	const uint8_t *p;
	struct rd r;

	memset(v, 0, sizeof(*v));
	rd_init(&r, data, len);
	p = rd_bytes(&r, &v->planlen, len);
	v->plan = copy_bytes(p, v->planlen);
	v->reason = rd_str(&r, PLAN_MAXREASON);
	v->expires_s = rd_u32(&r);
	masks_get(&r, &v->masks);
	p = rd_bytes(&r, &v->whylen, len);
	v->why = copy_bytes(p, v->whylen);
	if (v->expires_s < 1 || v->expires_s > 3600)
		return (-1);
	return (rd_end(&r));
}

void
intent_free(struct intent *v)
{
	freezero(v->plan, v->planlen);
	free(v->reason);
	masks_free(&v->masks);
	freezero(v->why, v->whylen);
	memset(v, 0, sizeof(*v));
}
