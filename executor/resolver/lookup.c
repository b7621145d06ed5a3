/* SPDX-License-Identifier: ISC */
/*
 * A request becomes a plan: the account, the directory, the environment, and
 * the file that will be executed, each looked up as the run will see it.
 */
#include "config.h"

#include <sys/stat.h>

#include <linux/openat2.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/fileop.h"
#include "common/msg.h"
#include "common/policy/wrap.h"
#include "executor/digests.h"
#include "executor/env.h"
#include "executor/lack.h"
#include "executor/mnt.h"
#include "executor/operand.h"
#include "executor/patwords.h"
#include "executor/resolver/resolver.h"
#include "executor/resolver/slices.h"

#define WISH_MAX	(256 * 1024 * 1024)	/* nobody waits longer */

/*
 * Everything about an open file.  Files of the system keep their digest for
 * as long as nothing about them changes; those in a grant are read each
 * time, since who owns them can set all that but the content back.
 */
static int
identify(const struct place *pl, const struct xskill *x, int fd,
    const struct stat *st, struct ident *id, struct trouble *t)
{
	char path[PLAN_MAXPATH];
	int fixed;

	if (ident_name(pl, fd, path) == -1) {
		trouble_set(t, lack_err(errno, CBE_CANTEXEC), "has no name in "
		    "the sandbox: %s", strerror(errno));
		return (-1);
	}
	fixed = !ident_in_grant(path, &x->read, &x->write);
	ident_numbers(id, st);
	if (!fixed || !digests_get(id, id->digest)) {
		if (slices_fill(fd, id, t) == -1)
			return (-1);
		if (fixed)
			digests_put(id);
	}
	id->path = xstrdup(path);
	return (0);
}

/* Identifies one that is open, and closes it; *sb and 1 if it is a script. */
static int
one_file(const struct place *pl, const struct xskill *x, int fd,
    const char *path, const struct stat *st, struct ident *id,
    struct shebang *sb, struct trouble *t)
{
	int r;

	if ((r = ident_script(fd, path, sb, t)) != -1 &&
	    identify(pl, x, fd, st, id, t) == -1)
		r = -1;
	(void)close(fd);
	return (r);
}

static int
resolve_exe(const struct place *pl, const struct xskill *x, struct plan *p,
    struct trouble *t)
{
	char path[PLAN_MAXPATH];
	struct shebang sb, inner;
	struct stat st;
	int fd, r;

	if (p->argv.n == 0) {
		trouble_set(t, CBE_USAGE, "no command");
		return (-1);
	}
	if ((fd = ident_find_open(pl, p->argv.v[0], path, &st, t)) == -1)
		return (-1);
	if ((r = one_file(pl, x, fd, path, &st, &p->exe, &sb, t)) != 1)
		return (r);
	p->script = p->exe;
	memset(&p->exe, 0, sizeof(p->exe));
	p->interp_arg = xstrdup(sb.arg);
	if ((fd = ident_open(pl, sb.interp, &st, t)) == -1)
		return (-1);
	r = one_file(pl, x, fd, sb.interp, &st, &p->exe, &inner, t);
	if (r == 1)
		trouble_set(t, CBE_CANTEXEC, "%.200s: its interpreter %.200s "
		    "is a script too", path, sb.interp);
	return (r == 0 ? 0 : -1);
}

/* Where it runs; an implicit directory that is not granted becomes /tmp. */
static int
resolve_cwd(const struct place *pl, const struct xskill *x,
    const struct runreq *q, struct plan *p, uint32_t *flags,
    struct trouble *t)
{
	char path[PLAN_MAXPATH];
	struct stat st;
	int fd, named;

	fd = mnt_open(pl->root, q->cwd, O_PATH | O_DIRECTORY, RESOLVE_IN_ROOT);
	named = fd != -1 && ident_name(pl, fd, path) == 0 &&
	    fstat(fd, &st) == 0;
	if (!named && lack_is(errno))
		trouble_set(t, CBE_AGAIN, "directory %.200s: %s", q->cwd,
		    strerror(errno));
	else if (fd == -1 && (q->flags & RUNREQ_CWD_IMPLICIT)) {
		*flags |= RESOLVED_CWD_MOVED;
		p->cwd = xstrdup("/tmp");
		return (0);
	} else if (!named)
		trouble_set(t, CBE_REFUSED, "directory %.200s is not in the "
		    "sandbox of skill %s", q->cwd, p->skill);
	else
		p->cwd = xstrdup(path);
	if (fd != -1)
		(void)close(fd);
	if (named && (!ident_private(path) ||
	    ident_in_grant(path, &x->read, &x->write))) {
		p->cwd_dev = (uint64_t)st.st_dev;
		p->cwd_ino = (uint64_t)st.st_ino;
	}
	return (named ? 0 : -1);
}

static const struct xid *
id_of(const struct lookup *l, uint32_t uid)
{
	size_t i;

	for (i = 0; i < l->nids; i++)
		if (l->ids[i].uid == uid)
			return (&l->ids[i]);
	return (NULL);
}

static int
resolve_account(const struct lookup *l, const struct resolve *v,
    struct plan *p, struct trouble *t)
{
	const struct xskill *x = l->skill;
	const struct xid *id;

	p->uid = x->run_as_caller ? v->uid : x->uid;
	id = id_of(l, p->uid);
	if (p->uid == 0) {
		trouble_set(t, CBE_REFUSED, "runs of skill %s act as who asks "
		    "for them, and no run acts as root", x->name);
		return (-1);
	}
	if (id == NULL) {
		trouble_set(t, CBE_REFUSED, "runs of skill %s cannot act as "
		    "uid %u, which was not among the accounts that may ask "
		    "for them when clawbotd started", x->name, p->uid);
		return (-1);
	}
	/* from outside, an account can read the memory of what it runs */
	if (p->uid == v->uid && x->secrets.n > 0) {
		trouble_set(t, CBE_REFUSED, "runs of skill %s have secrets, "
		    "and who asks for one that acts as the same account could "
		    "read them out of it", x->name);
		return (-1);
	}
	if (p->uid == v->uid && p->rotates[0] != '\0') {
		trouble_set(t, CBE_REFUSED, "runs of skill %s act as who asks "
		    "for this one, and could read the new value of %s out of "
		    "it: take a skill with another runAs", x->name,
		    p->rotates);
		return (-1);
	}
	p->gid = x->run_as_caller ? id->gid : x->gid;
	p->account = xstrdup(id->name);
	return (0);
}

/*
 * Has the file at path, which is as large, the same bytes as target?  0 and
 * *t if it cannot be told.
 */
static int
same_bytes(const struct place *pl, const struct xskill *x, const char *path,
    const struct ident *target, struct trouble *t)
{
	struct ident id;
	struct stat st;
	int fd, same;

	if ((fd = ident_open(pl, path, &st, t)) == -1)
		return (0);
	memset(&id, 0, sizeof(id));
	same = identify(pl, x, fd, &st, &id, t) == 0 &&
	    memcmp(id.digest, target->digest, PLAN_DIGEST) == 0;
	free(id.path);
	(void)close(fd);
	return (same);
}

/* The words that mean a file, and those that mean one with its bytes. */
struct naming {
	const struct place	*pl;
	const struct xskill	*x;
	const struct ident	*target;
	struct strv		*names;
	struct strv		*same;
	struct trouble		*t;
};

/*
 * There may be many: a file is opened only if its size says that it matters.
 */
static int
name_is(struct naming *n, const char *word, const char *path,
    const struct stat *st)
{
	if (st->st_dev == n->target->dev && st->st_ino == n->target->ino)
		strv_add(n->names, word);
	else if ((uint64_t)st->st_size == n->target->size &&
	    same_bytes(n->pl, n->x, path, n->target, n->t))
		strv_add(n->same, word);
	return (n->t->err == CBE_AGAIN ? -1 : 0);
}

static int
name_found(void *arg, size_t i, const char *path, const struct stat *st)
{
	struct naming *n = arg;

	return (name_is(n, n->x->programs.v[i], path, st));
}

/* Is it a program that runs others, which no pattern names? */
static int
resolve_wraps(struct naming *n)
{
	char path[PLAN_MAXPATH];
	struct stat st;
	const char *w;
	size_t i;

	for (i = 0; i < wrap_table_n; i++) {
		w = wrap_table[i].name;
		if (!wrap_is_certain(&wrap_table[i]) ||
		    strv_has(&n->x->programs, w))
			continue;
		n->t->err = CBE_OK;
		if (ident_find(n->pl, w, path, &st, n->t) == 0)
			(void)name_is(n, w, path, &st);
		if (n->t->err == CBE_AGAIN)
			return (-1);
	}
	return (0);
}

/* What is in the system has its own name; elsewhere it may be a copy. */
static int
is_system(const char *path)
{
	return (strncmp(path, "/usr/", 5) == 0 ||
	    strcmp(path, FILEOP_PATH) == 0);
}

/*
 * Which words of the skill's patterns mean that file; and outside of the
 * system, which program that runs others it is.  A word that cannot be looked
 * up for a lack may be one that denies it: so that is an error.
 */
static int
resolve_file(const struct naming *from)
{
	struct place from_root = *from->pl;
	struct naming n = *from;

	from_root.cwd = "/";
	n.pl = &from_root;
	if (patwords_find(&from_root, &n.x->programs, name_found, &n,
	    n.t) == -1)
		return (-1);
	return (is_system(n.target->path) ? 0 : resolve_wraps(&n));
}

/* The file that was asked for, and what interprets it. */
static int
resolve_names(const struct place *pl, const struct xskill *x,
    const struct plan *p, struct resolved *out, struct trouble *t)
{
	struct naming n = { pl, x, &p->exe, &out->names, &out->same, t };

	if (p->script.path[0] == '\0')
		return (resolve_file(&n));
	n.target = &p->script;
	if (resolve_file(&n) == -1)
		return (-1);
	n.target = &p->exe;
	n.names = n.same = &out->interp;
	return (resolve_file(&n));
}

static void
copy_list(struct strv *to, const struct strv *from)
{
	size_t i;

	for (i = 0; i < from->n; i++)
		strv_add(to, from->v[i]);
}

static void
plan_copy(struct plan *p, const struct xskill *x, const struct resolve *v)
{
	p->channel = xstrdup(v->channel);
	p->skill = xstrdup(v->skill);
	p->caller = v->uid;
	copy_list(&p->argv, &v->req.argv);
	terms_copy(&p->terms, &x->terms);
	p->limits = v->limits;
	p->tty = (v->req.flags & RUNREQ_TTY) != 0;
	p->detach = (v->req.flags & RUNREQ_DETACH) != 0;
	p->rotates = xstrdup(v->req.rotates);
	p->umask = x->run_as_caller ? v->req.umask : PLAN_UMASK;
}

/* plan_put wants a string everywhere. */
static void
plan_fill_up(struct plan *p)
{
	if (p->script.path == NULL)
		p->script.path = xstrdup("");
	if (p->interp_arg == NULL)
		p->interp_arg = xstrdup("");
}

static int
encode(struct plan *p, struct resolved *out, struct trouble *t)
{
	struct buf b;

	plan_fill_up(p);
	buf_init(&b, MSG_PLAN_MAX);
	plan_put(&b, p);
	if (b.bad) {
		buf_free(&b);
		trouble_set(t, CBE_USAGE, "the command is too large");
		return (-1);
	}
	out->planlen = b.len;
	out->plan = xmalloc(b.len);
	memcpy(out->plan, b.data, b.len);
	buf_free(&b);
	plan_digest(out->digest, out->plan, out->planlen);
	return (0);
}

int
lookup(const struct lookup *l, const struct resolve *v, struct resolved *out,
    struct trouble *t)
{
	struct place pl;
	struct plan p;
	int r = -1;

	memset(out, 0, sizeof(*out));
	memset(&p, 0, sizeof(p));
	memset(&pl, 0, sizeof(pl));
	plan_copy(&p, l->skill, v);
	pl.root = l->root;
	pl.ours = 1;
	pl.prefix = "";
	pl.at = -1;
	pl.fill = slices_fill;
	if (resolve_account(l, v, &p, t) == -1)
		goto out;
	pl.uid = p.uid;
	pl.gid = p.gid;
	if (resolve_cwd(&pl, l->skill, &v->req, &p, &out->flags, t) == -1)
		goto out;
	pl.cwd = p.cwd;
	if (resolve_exe(&pl, l->skill, &p, t) == -1 ||
	    env_build(&p, l->skill, &v->req, t) == -1)
		goto out;
	if (v->bind) {
		p.bind = 1;
		if (operands_find(&pl, &p, t) == -1)
			goto out;
	}
	if (encode(&p, out, t) == 0)
		r = resolve_names(&pl, l->skill, &p, out, t);
out:
	plan_free(&p);
	return (r);
}

void
lookup_digest(const struct lookup *l, const char *path)
{
	const struct xskill *x = l->skill;
	struct place pl = { .root = l->root, .prefix = "", .at = -1 };
	char where[PLAN_MAXPATH];
	struct trouble t;
	struct ident id;
	struct stat st;
	int fd;

	fd = mnt_open(l->root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY,
	    RESOLVE_IN_ROOT);
	if (fd == -1)
		return;
	memset(&id, 0, sizeof(id));
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size <= WISH_MAX && ident_name(&pl, fd, where) == 0 &&
	    !ident_private(where) &&
	    !ident_in_grant(where, &x->read, &x->write) &&
	    ident_fill(fd, 0, &id, &t) == 0 &&
	    !digests_get(&id, id.digest) && ident_fill(fd, 1, &id, &t) == 0)
		digests_put(&id);
	(void)close(fd);
}
