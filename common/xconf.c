/* SPDX-License-Identifier: ISC */
/* XCONF: what the executor is told before it locks itself in. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/msg.h"
#include "common/xconf.h"

#define MAXWORDS	4096

static void
xskill_put(struct buf *b, const struct xskill *s)
{
	size_t i;

	buf_put_str(b, s->name);
	buf_put_strv(b, &s->read);
	buf_put_strv(b, &s->write);
	buf_put_strv(b, &s->env);
	buf_put_strv(b, &s->secrets);
	for (i = 0; i < s->secrets.n && i < PLAN_MAXSECRETS; i++)
		buf_put_u8(b, s->secret_how[i]);
	buf_put_u8(b, s->network);
	buf_put_u8(b, s->run_as_caller);
	buf_put_u32(b, s->uid);
	buf_put_u32(b, s->gid);
	buf_put_str(b, s->account);
	buf_put_strv(b, &s->protect);
	limits_put(b, &s->limits);
	buf_put_strv(b, &s->programs);
}

static void
xskill_get(struct rd *r, struct xskill *s)
{
	s->name = rd_str(r, PLAN_MAXNAME);
	rd_strv(r, &s->read, MAXWORDS, PLAN_MAXPATH);
	rd_strv(r, &s->write, MAXWORDS, PLAN_MAXPATH);
	rd_strv(r, &s->env, PLAN_MAXENV, PLAN_MAXARG);
	rd_strv(r, &s->secrets, PLAN_MAXSECRETS, PLAN_MAXNAME);
	rd_copy(r, s->secret_how, s->secrets.n);
	s->network = rd_u8(r);
	s->run_as_caller = rd_u8(r);
	s->uid = rd_u32(r);
	s->gid = rd_u32(r);
	s->account = rd_str(r, PLAN_MAXNAME);
	rd_strv(r, &s->protect, MAXWORDS, PLAN_MAXNAME);
	limits_get(r, &s->limits);
	rd_strv(r, &s->programs, MAXWORDS, PLAN_MAXPATH);
}

void
xconf_put(struct buf *b, const struct xconf *x)
{
	size_t i;

	buf_put(b, x->key, sizeof(x->key));
	buf_put_u32(b, x->uid);
	buf_put_u32(b, x->gid);
	buf_put_u8(b, x->accept_missing);
	buf_put_u32(b, x->warm);
	buf_put_strv(b, &x->redact);
	buf_put_u32(b, (uint32_t)x->nids);
	for (i = 0; i < x->nids; i++) {
		buf_put_u32(b, x->ids[i].uid);
		buf_put_u32(b, x->ids[i].gid);
		buf_put_str(b, x->ids[i].name);
		buf_put_str(b, x->ids[i].home);
	}
	buf_put_u32(b, (uint32_t)x->nskills);
	for (i = 0; i < x->nskills; i++)
		xskill_put(b, &x->skills[i]);
}

static void
ids_get(struct rd *r, struct xconf *x)
{
	size_t i, n;

	n = rd_u32(r);
	if (r->bad || n > XCONF_MAXIDS) {
		r->bad = 1;
		return;
	}
	x->ids = xcalloc(n, sizeof(*x->ids));
	x->nids = n;
	for (i = 0; i < n; i++) {
		x->ids[i].uid = rd_u32(r);
		x->ids[i].gid = rd_u32(r);
		x->ids[i].name = rd_str(r, PLAN_MAXNAME);
		x->ids[i].home = rd_str(r, PLAN_MAXPATH);
	}
}

int
xconf_get(const void *data, size_t len, struct xconf *x)
{
	struct rd r;
	size_t i, n;

	memset(x, 0, sizeof(*x));
	rd_init(&r, data, len);
	rd_copy(&r, x->key, sizeof(x->key));
	x->uid = rd_u32(&r);
	x->gid = rd_u32(&r);
	x->accept_missing = rd_u8(&r);
	x->warm = rd_u32(&r);
	rd_strv(&r, &x->redact, MAXWORDS, PLAN_MAXPATH);
	ids_get(&r, x);
	n = rd_u32(&r);
	if (r.bad || n > XCONF_MAXSKILLS || x->warm > XCONF_MAXWARM)
		return (-1);
	x->skills = xcalloc(n, sizeof(*x->skills));
	x->nskills = n;
	for (i = 0; i < n; i++)
		xskill_get(&r, &x->skills[i]);
	return (rd_end(&r));
}

static void
xskill_free(struct xskill *s)
{
	free(s->name);
	free(s->account);
	strv_free(&s->read);
	strv_free(&s->write);
	strv_free(&s->env);
	strv_free(&s->secrets);
	strv_free(&s->protect);
	strv_free(&s->programs);
}

void
xconf_free(struct xconf *x)
{
	size_t i;

	for (i = 0; i < x->nids; i++) {
		free(x->ids[i].name);
		free(x->ids[i].home);
	}
	free(x->ids);
	for (i = 0; i < x->nskills; i++)
		xskill_free(&x->skills[i]);
	free(x->skills);
	strv_free(&x->redact);
	explicit_bzero(x, sizeof(*x));
}
