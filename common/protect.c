/* SPDX-License-Identifier: ISC */
/* Matching of protected names: components of a path, no file is touched. */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/defs.h"
#include "common/plan.h"
#include "common/protect.h"
#include "common/within.h"
#include "common/xmalloc.h"

#define MAXPARTS	4096	/* of a path */

struct match {
	const char	*path;
	size_t		 depth;		/* components of the grant */
	size_t		 n;
	size_t		 at[MAXPARTS];	/* where each begins */
	size_t		 len[MAXPARTS];
	enum protect_is	 is;
	const struct protect_name *by;	/* of what it is */
	int		(*each)(void *, const struct protect_name *, size_t);
	void		*arg;
	int		 asked;		/* what each() said */
	int		 others;	/* not those of git's */
};

/* What belongs to a repository, or leads to one. */
static const char *const git_names[] = { ".git/hooks", ".git/config",
    ".git/config.worktree", ".git/commondir", ".git/modules/**/hooks",
    ".git/modules/**/config", ".git/modules/**/config.worktree",
    ".git/modules/**/commondir", ".git/worktrees/*/hooks",
    ".git/worktrees/*/config", ".git/worktrees/*/config.worktree",
    ".git/worktrees/*/commondir", ".git/remotes", ".git/branches",
    ".git/worktrees/*/remotes", ".git/worktrees/*/branches",
    ".git/modules/**/remotes", ".git/modules/**/branches" };

static int
any(const char *part)
{
	return (strcmp(part, "*") == 0 || strcmp(part, "**") == 0);
}

const char *
protect_wrong(const char *s)
{
	const char *p = s, *end;
	size_t n = 0, len;

	if (strlen(s) >= PLAN_MAXNAME)
		return ("name is too long");
	for (;; p = end + 1) {
		end = p + strcspn(p, "/");
		len = (size_t)(end - p);
		if (len == 0)
			return ("names are relative and have no \"//\" and "
			    "no \"/\" at the end");
		if (p[0] == '.' && (len == 1 || (len == 2 && p[1] == '.')))
			return ("names have no \".\" or \"..\" in them");
		if (++n > PROTECT_PARTS)
			return ("names have at most four components");
		/* what ends in a wildcard would be everything */
		if (*end == '\0')
			break;
	}
	if (any(p) || s[0] == '*')
		return ("wildcards stand between names");
	return (NULL);
}

static int
is_git(const char *name)
{
	size_t i;

	for (i = 0; i < NELEM(git_names); i++)
		if (strcmp(git_names[i], name) == 0)
			return (1);
	return (0);
}

static uint32_t
length_bit(size_t len)
{
	return ((uint32_t)1 << (len % 32));
}

/* Most components of a path are not how any name begins. */
static void
begins_with(struct protect *pr, const struct protect_name *nm)
{
	unsigned char c = (unsigned char)nm->part[0][0];

	pr->begins[tolower(c)] |= length_bit(nm->len[0]);
	pr->begins[toupper(c)] |= length_bit(nm->len[0]);
}

int
protect_init(struct protect *pr, const struct strv *names,
    const struct strv *grants, const char *const *places)
{
	struct protect_name *nm;
	const char *p, *end;
	size_t i;

	memset(pr, 0, sizeof(*pr));
	pr->grants = grants;
	pr->free = places;
	pr->v = xcalloc(names->n + 1, sizeof(*pr->v));
	for (i = 0; i < names->n; i++) {
		if (protect_wrong(names->v[i]) != NULL) {
			protect_done(pr);
			errno = EINVAL;
			return (-1);
		}
		nm = &pr->v[pr->n++];
		nm->git = is_git(names->v[i]);
		for (p = names->v[i]; *p != '\0'; p = end + (*end == '/')) {
			end = p + strcspn(p, "/");
			nm->len[nm->n] = (size_t)(end - p);
			nm->part[nm->n++] = xstrndup(p, (size_t)(end - p));
		}
		begins_with(pr, nm);
	}
	return (0);
}

void
protect_done(struct protect *pr)
{
	size_t i, k;

	for (i = 0; i < pr->n; i++)
		for (k = 0; k < pr->v[i].n; k++)
			free(pr->v[i].part[k]);
	free(pr->v);
	strv_free(&pr->held);
	memset(pr, 0, sizeof(*pr));
}

/* Every directory between the two, dir and grant themselves left out. */
static void
hold_between(struct protect *pr, const char *dir, const char *grant)
{
	const char *p = grant + strlen(dir) + 1;
	char *path;

	for (p = strchr(p, '/'); p != NULL; p = strchr(p + 1, '/')) {
		path = xstrndup(grant, (size_t)(p - grant));
		if (!strv_has(&pr->held, path))
			strv_add(&pr->held, path);
		free(path);
	}
}

static void
hold_list(struct protect *pr, const struct strv *grants,
    const struct strv *write)
{
	size_t i, k;

	for (i = 0; i < grants->n; i++)
		for (k = 0; k < write->n; k++)
			if (within_dir(grants->v[i], write->v[k]) &&
			    strcmp(grants->v[i], write->v[k]) != 0)
				hold_between(pr, write->v[k], grants->v[i]);
}

void
protect_hold(struct protect *pr, const struct strv *read,
    const struct strv *write)
{
	hold_list(pr, read, write);
	hold_list(pr, write, write);
}

int
protect_held(const struct protect *pr, const char *path)
{
	return (strv_has(&pr->held, path));
}

int
protect_granted(const struct protect *pr, const char *path)
{
	size_t i;

	for (i = 0; i < pr->grants->n; i++)
		if (within_dir(path, pr->grants->v[i]))
			return (1);
	return (0);
}

static size_t
parts_of(const char *path)
{
	size_t n = 0;

	for (; *path != '\0'; path++)
		n += *path == '/' && path[1] != '\0';
	return (n);
}

/* Components that are the grant's own; 0 and *is_free where it is in none. */
static size_t
grant_depth(const struct protect *pr, const char *path, int *is_free)
{
	size_t i, best = 0, n;

	*is_free = 0;
	for (i = 0; i < pr->grants->n; i++) {
		if (!within_dir(path, pr->grants->v[i]))
			continue;
		n = parts_of(pr->grants->v[i]);
		if (n > best)
			best = n;
	}
	if (best == 0)
		for (i = 0; pr->free[i] != NULL; i++)
			if (within_dir(path, pr->free[i]))
				*is_free = 1;
	return (best);
}

static int
is_word(const struct match *m, size_t c, const char *word, size_t len)
{
	return (len == m->len[c] &&
	    strncasecmp(m->path + m->at[c], word, len) == 0);
}

static void
found(struct match *m, const struct protect_name *nm, enum protect_is is)
{
	if (is <= m->is)
		return;
	m->is = is;
	m->by = nm;
}

/*
 * The path ends where part p of the name would have to come.  A file is no
 * directory, and nobody looks for what would be in there, but git: its file
 * .git says where the directory is.
 */
static void
ends_before(struct match *m, const struct protect_name *nm, size_t p)
{
	found(m, nm, strcasecmp(nm->part[p - 1], ".git") == 0 ?
	    PROTECT_BEGINS : PROTECT_WITHIN);
	if (m->each != NULL && m->asked == 0)
		m->asked = m->each(m->arg, nm, p);
}

/*
 * Names of remotes and branches are directories in refs.  (A module that is
 * called so is none that a file .git may lead to: see gitname.c.)
 */
static int
in_refs(const struct match *m, const struct protect_name *nm, size_t c)
{
	const char *end = nm->part[nm->n - 1];

	return (nm->git && is_word(m, c, "refs", strlen("refs")) &&
	    (strcmp(end, "remotes") == 0 || strcmp(end, "branches") == 0));
}

/* Part p of the name, and on, against component c of the path, and on. */
static void
compare(struct match *m, const struct protect_name *nm, size_t p, size_t c)
{
	for (;; p++, c++) {
		if (p == nm->n) {
			if (c > m->depth)
				found(m, nm, PROTECT_KEPT);
			return;
		}
		if (c == m->n) {
			if (p != 0)
				ends_before(m, nm, p);
			return;
		}
		if (strcmp(nm->part[p], "**") == 0) {
			for (; c < m->n && m->is != PROTECT_KEPT &&
			    !in_refs(m, nm, c); c++)
				compare(m, nm, p + 1, c + 1);
			return;
		}
		if (strcmp(nm->part[p], "*") != 0 &&
		    !is_word(m, c, nm->part[p], nm->len[p]))
			return;
	}
}

static int
split(struct match *m, const char *path)
{
	const char *p;

	for (p = path; *p != '\0'; p += strcspn(p, "/")) {
		p += strspn(p, "/");
		if (*p == '\0')
			break;
		if (m->n == MAXPARTS)
			return (-1);
		m->at[m->n] = (size_t)(p - path);
		m->len[m->n++] = strcspn(p, "/");
	}
	return (0);
}

/* A component that is the watch's own. */
static int
is_own(const struct match *m)
{
	size_t c, n = strlen(PROTECT_OWN);

	for (c = m->depth; c < m->n; c++)
		if (strncmp(m->path + m->at[c], PROTECT_OWN, n) == 0)
			return (1);
	return (0);
}

static int
may_begin(const struct protect *pr, const struct match *m, size_t c)
{
	unsigned char first = (unsigned char)m->path[m->at[c]];

	return ((pr->begins[first] & length_bit(m->len[c])) != 0);
}

static enum protect_is
look(const struct protect *pr, struct match *m, const char *path)
{
	size_t i, c;
	int is_free;

	m->by = NULL;
	m->asked = 0;
	m->depth = grant_depth(pr, path, &is_free);
	if (is_free)
		return (PROTECT_FREE);
	m->path = path;
	m->n = 0;
	m->is = PROTECT_FREE;
	if (split(m, path) == -1 || is_own(m))
		return (PROTECT_KEPT);
	for (c = 0; c < m->n && m->is != PROTECT_KEPT; c++)
		for (i = 0; may_begin(pr, m, c) && i < pr->n; i++)
			if (!m->others || !pr->v[i].git)
				compare(m, &pr->v[i], 0, c);
	return (m->is);
}

/* Of the last path that was looked at. */
static struct match last;

size_t
protect_by(const struct protect *pr)
{
	return (last.by == NULL ? pr->n : (size_t)(last.by - pr->v));
}

enum protect_is
protect_check(const struct protect *pr, const char *path,
    int (*each)(void *, const struct protect_name *, size_t), void *arg)
{
	last.each = each;
	last.arg = arg;
	return (look(pr, &last, path));
}

enum protect_is
protect_check_others(const struct protect *pr, const char *path)
{
	static struct match m = { .others = 1 };

	return (look(pr, &m, path));
}
