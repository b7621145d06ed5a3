/* SPDX-License-Identifier: ISC */
/*
 * Operands of a command that are files of grants.
 *
 * A word that names nothing is not among them, but the search is made again
 * before the command is executed: what appears meanwhile makes the list
 * another one, like what is gone, or what a link leads to now.
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

#include "executor/lack.h"
#include "executor/mnt.h"
#include "executor/operand.h"

#define NAMES_BYTES	65536U	/* of all their paths: plans have a limit */
/*
 * Without links a look takes as long as its word is.  By way of links, 40 of
 * 4 kB each, one word of two bytes takes milliseconds, and there may be
 * thousands of words: the resolver has other requests, too.
 */
#define LINK_LOOKS	PLAN_MAXBOUND

struct search {
	const struct place	*pl;
	struct plan		*p;
	uint64_t		 left;	/* bytes that may be hashed */
	size_t			 names;	/* bytes of paths so far */
	unsigned		 links;	/* looks by way of links so far */
	struct trouble		*t;	/* of the first lack */
	int			 lacked;
};

/* errno is why a word could not be looked at: for ever, or just now? */
static void
not_seen(struct search *s, const char *word)
{
	if (!lack_is(errno) || s->lacked)
		return;
	trouble_set(s->t, CBE_AGAIN, "%.200s: %s", word, strerror(errno));
	s->lacked = 1;
}

/* Is it in the plan already? */
static int
known(const struct plan *p, const char *path)
{
	size_t i;

	for (i = 0; i < p->nbound; i++)
		if (strcmp(p->bound[i].file.path, path) == 0)
			return (1);
	return (strcmp(p->exe.path, path) == 0 ||
	    (p->script.path != NULL && strcmp(p->script.path, path) == 0));
}

static void
digest_file(struct search *s, const char *path, struct bound *b)
{
	struct trouble t;
	int fd;

	if (b->file.size > s->left) {
		b->how = BOUND_LARGE;
		return;
	}
	s->left -= b->file.size;
	b->how = BOUND_UNREAD;
	fd = mnt_open(s->pl->root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY,
	    RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS);
	if (fd == -1) {
		not_seen(s, path);
		return;
	}
	/* what changes right now has no digest */
	if ((s->pl->fill != NULL ? s->pl->fill(fd, &b->file, &t) :
	    ident_fill(fd, 1, &b->file, &t)) == 0)
		b->how = BOUND_FILE;
	else
		(void)ident_fill(fd, 0, &b->file, &t);
	(void)close(fd);
}

/* Only which one it is: all else changes with what is in there. */
static void
only_which(struct ident *id)
{
	id->size = 0;
	id->mtime_ns = id->ctime_ns = 0;
}

static void
bind_one(struct search *s, int fd, const char *path)
{
	struct plan *p = s->p;
	struct bound *b;
	struct trouble t;
	struct stat st;

	if (p->nbound == PLAN_MAXBOUND ||
	    s->names + strlen(path) > NAMES_BYTES) {
		p->unbound++;
		return;
	}
	if (fstat(fd, &st) == -1) {
		not_seen(s, path);
		p->unbound++;
		return;
	}
	p->bound = xrecallocarray(p->bound, p->nbound, p->nbound + 1,
	    sizeof(*p->bound));
	b = &p->bound[p->nbound++];
	b->how = S_ISREG(st.st_mode) ? BOUND_FILE :
	    S_ISDIR(st.st_mode) ? BOUND_DIRECTORY : BOUND_SPECIAL;
	b->file.path = xstrdup(path);
	s->names += strlen(path);
	(void)ident_fill(fd, 0, &b->file, &t);
	if (b->how == BOUND_FILE)
		digest_file(s, path, b);
	else
		only_which(&b->file);
}

/* As the command will: from its directory, and not from what is called so. */
static int
open_word(const struct place *pl, const char *word, uint64_t resolve)
{
	char path[PLAN_MAXPATH];
	int n;

	if (pl->at != -1)
		return (mnt_open(pl->at, word, O_PATH, resolve));
	n = word[0] == '/' ? snprintf(path, sizeof(path), "%s", word) :
	    snprintf(path, sizeof(path), "%s/%s", pl->cwd, word);
	if (n < 0 || (size_t)n >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return (-1);
	}
	return (mnt_open(pl->root, path, O_PATH, RESOLVE_IN_ROOT | resolve));
}

/* ELOOP: through /proc, it may be anything by then, or too many links. */
static int
open_bounded(struct search *s, const char *word)
{
	int fd;

	fd = open_word(s->pl, word, RESOLVE_NO_SYMLINKS);
	if (fd != -1 || errno != ELOOP || s->links == LINK_LOOKS)
		return (fd);
	s->links++;
	return (open_word(s->pl, word, 0));
}

static void
look(struct search *s, const char *word)
{
	char path[PLAN_MAXPATH];
	int fd;

	if (word[0] == '\0')
		return;
	if ((fd = open_bounded(s, word)) == -1) {
		if (errno == ELOOP)
			s->p->unbound++;
		not_seen(s, word);
		return;
	}
	if (ident_name(s->pl, fd, path) == -1)
		not_seen(s, word);
	else if (ident_in_grant(path, &s->p->read, &s->p->write) &&
	    !known(s->p, path))
		bind_one(s, fd, path);
	(void)close(fd);
}

/* A name, or one of a file to take it from. */
static void
look_at(struct search *s, const char *w)
{
	look(s, w);
	if (w[0] == '@')
		look(s, w + 1);
}

static void
look_in(struct search *s, const char *w)
{
	const char *eq;

	look_at(s, w);
	if ((eq = strchr(w, '=')) != NULL)
		look_at(s, eq + 1);
	if (w[0] == '-' && w[1] != '-' && w[1] != '\0')
		look_at(s, w + 2);
}

/* Values of the variables that were asked for. */
static void
look_in_env(struct search *s)
{
	const struct plan *p = s->p;
	size_t i, n;
	char *name;

	for (i = 0; i < p->env.n; i++) {
		n = strcspn(p->env.v[i], "=");
		name = xstrndup(p->env.v[i], n);
		if (p->env.v[i][n] == '=' && strv_has(&p->asked_env, name))
			look(s, p->env.v[i] + n + 1);
		free(name);
	}
}

int
operands_find(const struct place *pl, struct plan *p, struct trouble *t)
{
	struct search s = { pl, p, OPERAND_BYTES, 0, 0, t, 0 };
	size_t i;

	for (i = 1; i < p->argv.n; i++)
		look_in(&s, p->argv.v[i]);
	look_in_env(&s);
	return (s.lacked ? -1 : 0);
}

/* Was a when it was approved, and is b now. */
static int
same(const struct bound *a, const struct bound *b)
{
	/* the resolver may read what the account may not */
	return ((a->how == b->how ||
	    (a->how == BOUND_FILE && b->how == BOUND_UNREAD)) &&
	    strcmp(a->file.path, b->file.path) == 0 &&
	    ident_same(&a->file, &b->file));
}

const char *
operands_differ(const struct plan *p, const struct plan *now)
{
	size_t i;

	for (i = 0; i < p->nbound && i < now->nbound; i++)
		if (!same(&p->bound[i], &now->bound[i]))
			return (p->bound[i].file.path);
	if (p->nbound != now->nbound)
		return (i < p->nbound ? p->bound[i].file.path :
		    now->bound[i].file.path);
	return (p->unbound != now->unbound ? "another operand" : NULL);
}
