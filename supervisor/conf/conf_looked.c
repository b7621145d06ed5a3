/* SPDX-License-Identifier: ISC */
/*
 * A configuration for a process that can open nothing any more.  Whoever reads
 * it as root keeps every question that reading it has asked of the system,
 * with the answer; reading the same bytes with these answers comes to the same,
 * and what has no answer is not there.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "supervisor/conf/conf_priv.h"

#define LOOKED_MAX	16384	/* questions */

enum looked_kind { LOOKED_USER, LOOKED_GROUP, LOOKED_CANON, LOOKED_READ,
    LOOKED_EXISTS, LOOKED_KINDS };

/* What the answer was: that of the operation, -1 as 2. */
struct looked {
	uint8_t		 kind;
	char		*name;
	uint8_t		 rc;
	uint32_t	 uid;
	uint32_t	 gid;
	int64_t		 mtime_ns;
	uint8_t		*data;		/* members, a path, a file */
	size_t		 len;
};

struct looked_all {
	char		*build;
	char		*path;		/* of the configuration */
	struct looked	*v;
	size_t		 n;
};

static const struct shape_row looked_rows[] = {
	U8(looked, kind, 0, LOOKED_KINDS - 1),
	STR(looked, name, 2 * PLAN_MAXPATH),
	U8(looked, rc, 0, 2),
	U32(looked, uid, 0, UINT32_MAX),
	U32(looked, gid, 0, UINT32_MAX),
	I64(looked, mtime_ns),
	BYTES(looked, data, len, CONF_FILEROOM),
};
static SHAPE(looked, "LOOKED", looked_rows, NULL);

static const struct shape_row all_rows[] = {
	STR(looked_all, build, PLAN_MAXNAME),
	STR(looked_all, path, PLAN_MAXPATH),
	EACH(looked_all, v, n, LOOKED_MAX, looked),
};
static SHAPE(looked_all, "LOOKEDS", all_rows, NULL);

/* Being written, or read, by the functions below. */
static struct looked_all *all;
static const struct conf_ops *asked;	/* the system */

static struct looked *
find(enum looked_kind kind, const char *name)
{
	size_t i;

	for (i = 0; i < all->n; i++)
		if (all->v[i].kind == kind &&
		    strcmp(all->v[i].name, name) == 0)
			return (&all->v[i]);
	return (NULL);
}

/* One more, unless it is there. */
static struct looked *
add(enum looked_kind kind, const char *name, int rc)
{
	struct looked *l;

	if ((l = find(kind, name)) != NULL)
		freezero(l->data, l->len);
	else {
		all->v = xrecallocarray(all->v, all->n, all->n + 1,
		    sizeof(*all->v));
		l = &all->v[all->n++];
		l->kind = (uint8_t)kind;
		l->name = xstrdup(name);
	}
	l->rc = (uint8_t)(rc == -1 ? 2 : rc);
	l->data = xcalloc(1, 1);
	l->len = 0;
	return (l);
}

static void
keep(struct looked *l, const void *p, size_t n)
{
	free(l->data);
	l->data = xmalloc(n + 1);
	memcpy(l->data, p, n);
	l->len = n;
}

static int
rc_of(const struct looked *l)
{
	return (l == NULL || l->rc == 2 ? -1 : l->rc);
}

static int
keep_user(const char *name, uid_t *uid, gid_t *gid)
{
	int rc = asked->user(name, uid, gid);
	struct looked *l = add(LOOKED_USER, name, rc);

	if (rc == 0) {
		l->uid = *uid;
		l->gid = *gid;
	}
	return (rc);
}

static int
told_user(const char *name, uid_t *uid, gid_t *gid)
{
	const struct looked *l = find(LOOKED_USER, name);

	if (rc_of(l) == 0) {
		*uid = l->uid;
		*gid = l->gid;
	}
	return (rc_of(l));
}

static int
keep_group(const char *name, gid_t *gid, struct accounts *members)
{
	int rc = asked->group(name, gid, members);
	struct looked *l = add(LOOKED_GROUP, name, rc);
	struct buf b;
	size_t i;

	if (rc != 0)
		return (rc);
	l->gid = *gid;
	buf_init(&b, CONF_FILEROOM);
	for (i = 0; i < members->n; i++) {
		buf_put_u32(&b, members->uids[i]);
		buf_put_str(&b, members->names.v[i]);
	}
	keep(l, b.data, b.len);
	buf_free(&b);
	return (0);
}

static int
told_group(const char *name, gid_t *gid, struct accounts *members)
{
	const struct looked *l = find(LOOKED_GROUP, name);
	char *of;
	uid_t uid;
	struct rd rd;

	if (rc_of(l) != 0)
		return (rc_of(l));
	*gid = l->gid;
	rd_init(&rd, l->data, l->len);
	while (rd_end(&rd) == -1 && !rd.bad) {
		uid = rd_u32(&rd);
		of = rd_str(&rd, PLAN_MAXPATH);
		if (of != NULL)
			accounts_add(members, uid, of);
		free(of);
	}
	return (rd.bad ? -1 : 0);
}

static char *
keep_canon(const char *path)
{
	char *to = asked->canon(path);
	struct looked *l = add(LOOKED_CANON, path, to == NULL);

	if (to != NULL)
		keep(l, to, strlen(to));
	return (to);
}

static char *
told_canon(const char *path)
{
	const struct looked *l = find(LOOKED_CANON, path);

	return (rc_of(l) == 0 ? xstrndup((const char *)l->data, l->len) :
	    NULL);
}

static char *
keep_read(const char *path, size_t *len, int64_t *mtime_ns, const char **why,
    const char **other)
{
	char *text = asked->read(path, len, mtime_ns, why, other);
	struct looked *l = add(LOOKED_READ, path, text == NULL);

	if (text != NULL) {
		l->mtime_ns = *mtime_ns;
		keep(l, text, *len);
	}
	return (text);
}

static char *
told_read(const char *path, size_t *len, int64_t *mtime_ns, const char **why,
    const char **other)
{
	const struct looked *l = find(LOOKED_READ, path);
	char *text;

	*why = "was not handed over";
	if (other != NULL)	/* it was root who has handed it over */
		*other = NULL;
	if (rc_of(l) != 0)
		return (NULL);
	text = xmalloc(CONF_FILEROOM);
	memcpy(text, l->data, l->len);
	*len = l->len;
	*mtime_ns = l->mtime_ns;
	return (text);
}

static int
keep_exists(const char *path)
{
	int there = asked->exists(path);

	(void)add(LOOKED_EXISTS, path, !there);
	return (there);
}

static int
told_exists(const char *path)
{
	return (rc_of(find(LOOKED_EXISTS, path)) == 0);
}

static const struct conf_ops keeping = { keep_user, keep_group, keep_canon,
    keep_read, keep_exists };
static const struct conf_ops told = { told_user, told_group, told_canon,
    told_read, told_exists };

static struct conf *
load_with(const struct conf_ops *ops, struct looked_all *a, FILE *errs,
    conf_look *look)
{
	struct conf *c;

	all = a;
	asked = conf_ops;
	conf_ops = ops;
	c = conf_load(a->path, errs, look);
	conf_ops = asked;
	all = NULL;
	return (c);
}

struct conf *
conf_load_looked(const char *path, FILE *errs, conf_look *look,
    const char *build, struct buf *b)
{
	struct looked_all a;
	struct conf *c;

	memset(&a, 0, sizeof(a));
	a.build = xstrdup(build);
	a.path = xstrdup(path);
	buf_init(b, CONF_LOOKED_MAX);
	c = load_with(&keeping, &a, errs, look);
	if (c != NULL && a.n <= LOOKED_MAX)
		shape_put(&looked_all_shape, b, &a);
	if (c != NULL && (b->bad || a.n > LOOKED_MAX)) {
		fprintf(errs, "%s:1:1: too much to be handed over\n", path);
		conf_free(c);
		c = NULL;
	}
	shape_free(&looked_all_shape, &a);
	return (c);
}

struct conf *
conf_replay(const void *p, size_t len, const char *build, FILE *errs)
{
	struct conf *c = NULL;
	struct looked_all a;
	struct rd rd;
	char *of;

	/* first: of another build all else may be something else */
	rd_init(&rd, p, len);
	of = rd_str(&rd, PLAN_MAXNAME);
	if (of == NULL || strcmp(of, build) != 0) {
		fprintf(errs, "clawbotd on disk is not of the build that "
		    "runs: restart it\n");
		free(of);
		return (NULL);
	}
	free(of);
	if (shape_get(&looked_all_shape, &a, p, len) == -1)
		fprintf(errs, "what was handed over is malformed\n");
	else
		c = load_with(&told, &a, errs, NULL);
	shape_free(&looked_all_shape, &a);
	return (c);
}
