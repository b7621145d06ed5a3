/* SPDX-License-Identifier: ISC */
/*
 * One filled-in example of everything that has a codec, shared by the unit
 * tests, the golden frames and the makers of fuzz corpora.  The golden
 * frames freeze these values: a change here changes tests/wire/golden.inc.
 */
#ifndef TESTS_SAMPLE_H
#define TESTS_SAMPLE_H

#include <string.h>

#include "common/field.h"
#include "common/plan.h"
#include "common/xconf.h"

#define SAMPLE_ID	UINT64_C(0x0123456789abcde)

static inline void
sample_digest(uint8_t *d, size_t n, unsigned seed)
{
	size_t i;

	for (i = 0; i < n; i++)
		d[i] = (uint8_t)(seed + i * 3);
}

static inline void
sample_limits(struct limits *l)
{
	size_t i;

	for (i = 0; i < LIMITS_N; i++)	/* of those that are new */
		l->v[i] = limit_rows[i].dflt;
	l->timeout_s = 60;
	l->cpu_s = 30;
	l->memory_mb = 512;
	l->processes = 64;
	l->open_files = 256;
	l->file_mb = 100;
	l->output_mb = 16;
	l->tmp_mb = 300;
	l->shm_mb = 70;
	l->cpu_percent = 150;
	l->io_weight = 50;
	l->nice = 10;
	l->io_class = LIMITS_IO_IDLE;
	l->excess = LIMITS_EXCESS_DISCARD;
}

static inline void
sample_runreq(struct runreq *q)
{
	memset(q, 0, sizeof(*q));
	q->flags = RUNREQ_CWD_IMPLICIT | RUNREQ_TTY;
	q->timeout_s = 5;
	q->rows = 24;
	q->cols = 80;
	q->umask = 027;
	q->skill = xstrdup("dev");
	q->cwd = xstrdup("/srv/work");
	q->reason = xstrdup("to see what is there");
	q->rotates = xstrdup("");
	strv_add(&q->argv, "ls");
	strv_add(&q->argv, "-l");
	strv_add(&q->argv, "a b\n\xff");
	strv_add(&q->env, "FOO=bar");
	strv_add(&q->locale, "LANG=C.UTF-8");
}

static inline void
sample_resolve(struct resolve *v)
{
	memset(v, 0, sizeof(*v));
	v->channel = xstrdup("cli");
	v->skill = xstrdup("dev");
	v->uid = 1000;
	v->gid = 1001;
	sample_limits(&v->limits);
	sample_runreq(&v->req);
}

static inline void
sample_ident(struct ident *i, const char *path, unsigned seed)
{
	i->path = xstrdup(path);
	i->dev = 0x801;
	i->ino = 4711 + seed;
	i->size = 123456;
	i->mtime_ns = INT64_C(1700000000123456789);
	i->ctime_ns = -1;
	sample_digest(i->digest, sizeof(i->digest), seed);
}

static inline void
sample_plan(struct plan *p)
{
	memset(p, 0, sizeof(*p));
	p->channel = xstrdup("cli");
	p->skill = xstrdup("dev");
	p->caller = 1000;
	p->uid = 990;
	p->gid = 991;
	p->account = xstrdup("clawbot");
	p->cwd = xstrdup("/srv/work");
	p->cwd_dev = 64768;
	p->cwd_ino = 4710;
	strv_add(&p->argv, "build.sh");
	strv_add(&p->argv, "--all");
	strv_add(&p->env, "FOO=bar");
	strv_add(&p->env, "PATH=/usr/bin:/bin");
	strv_add(&p->asked_env, "FOO");
	strv_add(&p->secrets, "API_KEY");
	strv_add(&p->secrets, "TOKEN");
	p->secret_how[0] = PLAN_SECRET_ENV;
	p->secret_how[1] = PLAN_SECRET_FILE;
	sample_ident(&p->exe, "/usr/bin/bash", 1);
	sample_ident(&p->script, "/srv/work/build.sh", 2);
	p->interp_arg = xstrdup("-e");
	p->bind = 1;
	p->unbound = 3;
	p->nbound = 2;
	p->bound = xcalloc(p->nbound, sizeof(*p->bound));
	p->bound[0].how = BOUND_FILE;
	sample_ident(&p->bound[0].file, "/srv/work/data", 3);
	p->bound[1].how = BOUND_DIRECTORY;
	sample_ident(&p->bound[1].file, "/srv/work/dir", 4);
	sample_limits(&p->limits);
	p->network = PLAN_NET_HOST;
	p->tty = 1;
	p->detach = 1;
	p->rotates = xstrdup("");
	p->umask = 027;
	strv_add(&p->read, "/srv");
	strv_add(&p->write, "/srv/work");
	strv_add(&p->protect, ".git/config");
	strv_add(&p->sockets, "/srv/proxy.sock");
	p->inner_channel = xstrdup("inner");
}

static inline void
sample_masks(struct masks *m)
{
	m->m = NULL;
	m->n = 0;
	masks_add(m, MASK_ARGV, 1, "--" MASK_OPEN "3:0123456789ab]");
	masks_add(m, MASK_REASON, 0, MASK_MARK);
}

/* Canonical bytes of the plan above; the caller frees. */
static inline uint8_t *
sample_planbytes(size_t *len)
{
	struct plan p;
	struct buf b;

	sample_plan(&p);
	buf_init(&b, 65536);
	plan_put(&b, &p);
	plan_free(&p);
	*len = b.len;
	return (b.data);
}

static inline void
sample_resolved(struct resolved *v)
{
	memset(v, 0, sizeof(*v));
	v->plan = sample_planbytes(&v->planlen);
	sample_digest(v->digest, sizeof(v->digest), 9);
	v->flags = RESOLVED_CWD_MOVED;
	strv_add(&v->names, "bash");
	strv_add(&v->same, "sh");
	strv_add(&v->interp, "awk");
	sample_masks(&v->masks);
}

static inline void
sample_intent(struct intent *v)
{
	struct buf b;

	memset(v, 0, sizeof(*v));
	v->plan = sample_planbytes(&v->planlen);
	v->reason = xstrdup("because");
	v->expires_s = 60;
	strv_add(&v->given, "TOKEN@3");
	sample_masks(&v->masks);
	buf_init(&b, 4096);
	field_str(&b, "channel", "cli");
	field_u64(&b, "uid", 1000);
	v->why = b.data;
	v->whylen = b.len;
}

static inline void
sample_runresult(struct runresult *v)
{
	memset(v, 0, sizeof(*v));
	v->outcome = OUTCOME_LIMITED;
	v->err = 0;
	v->code = -9;
	v->wall_us = 1000001;
	v->user_us = 2;
	v->sys_us = 3;
	v->maxrss_kb = 4;
	v->in_bytes = 8;
	v->out_bytes = 5;
	v->err_bytes = 6;
	v->processes = 9;
	v->refused = 10;
	sample_digest(v->digest, sizeof(v->digest), 3);
	sample_digest(v->in_digest, sizeof(v->in_digest), 4);
	v->masked = 7;
	v->execs = 40;
	v->files = 3;
	v->files_more = 70000;
	v->ndenied = 1;
	v->denied = xcalloc(v->ndenied, sizeof(*v->denied));
	v->denied[0].program = xstrdup("/usr/bin/rm");
	v->denied[0].rule = xstrdup("skills.dev.deny: rm **");
	v->denied[0].count = 2;
	v->denied[0].unanswered = 1;
	v->limit = xstrdup("output");
	v->reason = xstrdup("too much output");
	v->logged = xstrdup("too [REDACTED:4:0123456789ab] output");
}

static inline void
sample_xskill(struct xskill *s)
{
	s->name = xstrdup("dev");
	strv_add(&s->read, "/srv");
	strv_add(&s->write, "/srv/work");
	strv_add(&s->env, "CI=1");
	strv_add(&s->secrets, "TOKEN");
	s->secret_how[0] = PLAN_SECRET_FILE;
	s->network = PLAN_NET_HOST;
	s->run_as_caller = 1;
	s->uid = 990;
	s->gid = 991;
	s->account = xstrdup("clawbot");
	s->home = xstrdup("");
	strv_add(&s->protect, ".ssh");
	strv_add(&s->sockets, "/srv/proxy.sock");
	s->inner_channel = xstrdup("inner");
	sample_limits(&s->limits);
	strv_add(&s->programs, "ls");
	strv_add(&s->programs, "/usr/bin/make");
	s->files = FILES_OFF;
	s->execs = EXECS_JUDGE;
	s->execs_dflt = VERDICT_ASK;
	s->dflt = VERDICT_DENY;
	s->approval = 1;
	s->held_s = 1800;
	strv_add(&s->allow, "/usr/bin/make **");
	strv_add(&s->allow, "f.conf:16");
	strv_add(&s->ask, "ls -l");
	strv_add(&s->ask, "f.conf:5");
	strv_add(&s->deny, "id");
	strv_add(&s->deny, "f.conf:2");
	strv_add(&s->destructive, "rm -rf");
	strv_add(&s->destructive, "f.conf:6");
}

static inline void
sample_xconf(struct xconf *x)
{
	static uint8_t key[32], mask_key[32], print_key[32];

	memset(x, 0, sizeof(*x));
	sample_digest(key, sizeof(key), 77);
	sample_digest(mask_key, sizeof(mask_key), 78);
	x->key = key;
	sample_digest(print_key, sizeof(print_key), 79);
	x->mask_key = mask_key;
	x->print_key = print_key;
	x->uid = 980;
	x->gid = 981;
	x->accept_missing = XCONF_ACCEPT_LANDLOCK;
	x->warm = 2;
	strv_add(&x->redact, "token=.*");
	x->output = KEEP_EXCERPT;
	x->output_max = 16384;
	x->nids = 2;
	x->ids = xcalloc(x->nids, sizeof(*x->ids));
	x->ids[0].uid = 990;
	x->ids[0].gid = 991;
	x->ids[0].name = xstrdup("clawbot");
	x->ids[0].home = xstrdup("/nonexistent");
	x->ids[1].uid = 1000;
	x->ids[1].gid = 1000;
	x->ids[1].name = xstrdup("alice");
	x->ids[1].home = xstrdup("/home/alice");
	x->nskills = 2;
	x->skills = xcalloc(x->nskills, sizeof(*x->skills));
	sample_xskill(&x->skills[0]);
	sample_xskill(&x->skills[1]);
}

/*
 * The codecs as a table: decode and encode again.  recode appends what it
 * read to b and returns 0, or -1 if the decoder refused.
 */
#define SAMPLE_CODEC(name, type)					\
static inline void							\
sample_put_##name(struct buf *b)					\
{									\
	struct type v;							\
									\
	sample_##name(&v);						\
	name##_put(b, &v);						\
	name##_free(&v);						\
}									\
									\
static inline int							\
recode_##name(const void *p, size_t n, struct buf *b)			\
{									\
	struct type v;							\
	int ret;							\
									\
	if ((ret = name##_get(p, n, &v)) == 0)				\
		name##_put(b, &v);					\
	name##_free(&v);						\
	return (ret);							\
}

SAMPLE_CODEC(runreq, runreq)
SAMPLE_CODEC(resolve, resolve)
SAMPLE_CODEC(plan, plan)
SAMPLE_CODEC(resolved, resolved)
SAMPLE_CODEC(intent, intent)
SAMPLE_CODEC(runresult, runresult)
SAMPLE_CODEC(xconf, xconf)

struct codec {
	const char	*name;
	void		(*put)(struct buf *);
	int		(*recode)(const void *, size_t, struct buf *);
};

#define CODEC(name)	{ #name, sample_put_##name, recode_##name }
static const struct codec codecs[] = {
	CODEC(runreq), CODEC(resolve), CODEC(plan), CODEC(resolved),
	CODEC(intent), CODEC(runresult), CODEC(xconf),
};
#define NCODECS	(sizeof(codecs) / sizeof(codecs[0]))

#endif
