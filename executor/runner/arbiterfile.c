/* SPDX-License-Identifier: ISC */
/*
 * What a file is that a run executes: by its descriptor, whatever name led to
 * it.  A file of the system keeps its digest as long as nothing about it
 * changes.  Of any other, who may write to it can write without that its times
 * tell: so where the bytes matter, which they do if a program that patterns
 * name is as large, they are read each time.
 *
 * What an attacker could try: copies and hard links of what is denied (same
 * bytes, same file), files without a name (the same), a name with "(deleted)"
 * behind it (no pattern means that), files without end (1 GB is as much as is
 * looked at, here as for a request).
 */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "executor/digests.h"
#include "executor/patwords.h"
#include "executor/runner/arbiter_priv.h"

#define CACHED	256U		/* digests of one run, direct mapped */

/* What a word of a pattern means in the view of the skill. */
struct meant {
	int		 found;
	int		 hashed;	/* digest is known; -1: it cannot be */
	struct ident	 id;
	char		*path;		/* as it was found; that of id */
};

static struct meant *words;	/* programs of the skill; NULL: not yet */
static struct ident cache[CACHED];

static void
place_of(const struct runner *r, struct place *pl)
{
	memset(pl, 0, sizeof(*pl));
	pl->root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	pl->prefix = "";
	pl->cwd = "/";
	pl->at = -1;
	pl->uid = r->job->profile.uid;
	pl->gid = r->job->profile.gid;
}

static int
word_found(void *arg, size_t i, const char *path, const struct stat *st)
{
	struct meant *w = arg;

	w[i].found = 1;
	w[i].path = w[i].id.path = xstrdup(path);
	w[i].id.dev = (uint64_t)st->st_dev;
	w[i].id.ino = (uint64_t)st->st_ino;
	w[i].id.size = (uint64_t)st->st_size;
	return (0);
}

/*
 * All words, once for a run: 0, or -1, and none is known.  One that cannot be
 * looked up for a lack may be what denies it.
 */
static int
find_words(const struct runner *r)
{
	const struct strv *v = &r->job->skill->programs;
	struct meant *all = xcalloc(v->n + 1, sizeof(*all));
	struct place pl;
	struct trouble t;
	size_t i;
	int rc;

	place_of(r, &pl);
	rc = patwords_find(&pl, v, word_found, all, &t);
	(void)close(pl.root);
	if (rc == 0) {
		words = all;
		return (0);
	}
	for (i = 0; i < v->n; i++)
		free(all[i].path);
	free(all);
	return (-1);
}

/* Where nothing is refused, it does not matter what patterns call it. */
static int
names_count(const struct runner *r)
{
	return (r->job->skill->execs != EXECS_RECORD);
}

/* Nobody whose runs there are can change it. */
static int
is_fixed(const struct runner *r, const char *path)
{
	const struct xskill *s = r->job->skill;

	return (path[0] == '/' &&
	    !ident_in_grant(path, &s->read, &s->write) &&
	    !ident_private(path) &&
	    strncmp(path, "/memfd:", 7) != 0);
}

int
arbiterfile_named(const struct runner *r, const struct ident *id,
    const char *arg0)
{
	static const char *const dirs[] = { "/usr/local/bin/", "/usr/bin/",
	    "/usr/local/sbin/", "/usr/sbin/" };
	char path[PLAN_MAXPATH];
	struct stat st;
	size_t i, n = sizeof(dirs) / sizeof(dirs[0]);

	if (id->path == NULL || !is_fixed(r, id->path) ||
	    (strchr(arg0, '/') != NULL && arg0[0] != '/'))
		return (0);
	for (i = 0; i < n; i++) {
		if ((size_t)snprintf(path, sizeof(path), "%s%s",
		    arg0[0] == '/' ? "" : dirs[i], arg0) >= sizeof(path))
			return (0);
		if (stat(path, &st) == 0)
			return (id->dev == (uint64_t)st.st_dev &&
			    id->ino == (uint64_t)st.st_ino);
	}
	return (0);
}

/* A digest that was made before; fresh: only if it must still hold. */
static int
remembered(struct ident *id, int fixed, int fresh)
{
	const struct ident *c = &cache[(id->ino ^ id->dev * 31) % CACHED];

	if (fixed && digests_get(id, id->digest))
		return (1);
	if ((!fixed && fresh) || c->ino != id->ino || c->dev != id->dev ||
	    c->size != id->size || c->mtime_ns != id->mtime_ns ||
	    c->ctime_ns != id->ctime_ns)
		return (0);
	memcpy(id->digest, c->digest, sizeof(id->digest));
	return (1);
}

static int
identify(int fd, struct ident *id, int fixed, int fresh, const char **why)
{
	char *path = id->path;
	struct trouble t;

	if (ident_fill(fd, 0, id, &t) == -1) {
		*why = "it cannot be looked at";
		return (-1);
	}
	id->path = path;
	if (remembered(id, fixed, fresh))
		return (0);
	if (id->size > IDENT_MAXFILE) {
		*why = "it is larger than 1 GB, which is as much as is looked "
		    "at";
		return (-1);
	}
	if (ident_fill(fd, 1, id, &t) == -1) {
		*why = "it changed while it was read, or cannot be read";
		return (-1);
	}
	if (fixed)
		digests_wish(path);
	cache[(id->ino ^ id->dev * 31) % CACHED] = *id;
	return (0);
}

/* The digest of what a word means; 0: it cannot be told. */
static int
hash_word(const struct runner *r, struct meant *w)
{
	struct place pl;
	struct trouble t;
	const char *why;
	struct stat st;
	int fd;

	if (w->hashed != 0)
		return (w->hashed == 1);
	w->hashed = -1;
	place_of(r, &pl);
	fd = ident_open(&pl, w->path, &st, &t);
	(void)close(pl.root);
	if (fd == -1)
		return (0);
	if (identify(fd, &w->id, is_fixed(r, w->path), 1, &why) == 0)
		w->hashed = 1;
	(void)close(fd);
	return (w->hashed == 1);
}

/* Is one of the words' files as large? */
static int
as_large(const struct runner *r, uint64_t size)
{
	size_t i;

	for (i = 0; i < r->job->skill->programs.n; i++)
		if (words[i].found && words[i].id.size == size)
			return (1);
	return (0);
}

static void
add_word(struct strv *to, char *word)
{
	to->v = xrecallocarray(to->v, to->n, to->n + 1, sizeof(*to->v));
	to->v[to->n++] = word;
}

static void
find_names(const struct runner *r, struct known *k)
{
	const struct strv *v = &r->job->skill->programs;
	struct meant *w;
	size_t i;

	for (i = 0; i < v->n; i++) {
		w = &words[i];
		if (!w->found)
			continue;
		if (w->id.dev == k->id.dev && w->id.ino == k->id.ino)
			add_word(&k->names, v->v[i]);
		else if (w->id.size == k->id.size && hash_word(r, w) &&
		    memcmp(w->id.digest, k->id.digest, PLAN_DIGEST) == 0)
			add_word(&k->same, v->v[i]);
	}
}

int
arbiterfile_look(const struct runner *r, int fd, int fresh, struct known *k,
    const char **why)
{
	char path[PLAN_MAXPATH];
	struct place pl = { .prefix = "" };
	struct stat st;

	memset(k, 0, sizeof(*k));
	*why = "there is a lack of what it takes to look up programs";
	if (names_count(r) && words == NULL && find_words(r) == -1)
		return (-1);
	*why = "it has no name";
	if (fstat(fd, &st) == -1 || ident_name(&pl, fd, path) == -1)
		return (-1);
	k->id.path = xstrdup(path);
	k->fixed = is_fixed(r, path);
	if (identify(fd, &k->id, k->fixed, fresh || (names_count(r) &&
	    as_large(r, (uint64_t)st.st_size)), why) == -1)
		return (-1);
	if (names_count(r))
		find_names(r, k);
	return (0);
}

void
arbiterfile_done(struct known *k)
{
	free(k->id.path);
	free(k->names.v);
	free(k->same.v);
	memset(k, 0, sizeof(*k));
}

void
arbiterfile_seen(struct seen *to, const struct known *k)
{
	to->size = k->id.size;
	to->mtime_ns = k->id.mtime_ns;
	to->ctime_ns = k->id.ctime_ns;
}

int
arbiterfile_same(const struct runner *r, int fd, const struct seen *seen,
    int matters, uint8_t digest[PLAN_DIGEST])
{
	struct known k;
	const char *why;
	int same = 0;

	if (arbiterfile_look(r, fd, 1, &k, &why) == 0) {
		same = k.id.size == seen->size &&
		    k.id.mtime_ns == seen->mtime_ns &&
		    k.id.ctime_ns == seen->ctime_ns;
		if (memcmp(k.id.digest, digest, PLAN_DIGEST) != 0) {
			same = same && !matters &&
			    k.names.n + k.same.n == 0;
			memcpy(digest, k.id.digest, PLAN_DIGEST);
		}
	}
	arbiterfile_done(&k);
	return (same);
}
