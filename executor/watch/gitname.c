/* SPDX-License-Identifier: ISC */
/*
 * Protected names of git's repositories, and what is harmless under them, so
 * that a run may make and remove repositories: a configuration without
 * anything that is executed (gitconf.c), hooks that git never calls, a file
 * .git that leads to where the same names are protected, and the way from a
 * work tree's directory to that of its repository.
 *
 * What else keeps such a name, a part of a skill's own list, counts as ever.
 */
#include "config.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "executor/watch/gitconf.h"
#include "executor/watch/watch_priv.h"

#define GITDIR		"gitdir: "
#define GITNAME_PARTS	256	/* of a path that is looked at */

/* The components of a path behind its last ".git". */
struct gitname_parts {
	const char	*at[GITNAME_PARTS];
	size_t		 len[GITNAME_PARTS];
	size_t		 n;
};

static int
is_part(const struct gitname_parts *p, size_t i, const char *name)
{
	return (i < p->n && strlen(name) == p->len[i] &&
	    strncmp(p->at[i], name, p->len[i]) == 0);
}

/* 0, or -1: there is no such component, or more than are looked at. */
static int
split(const char *where, struct gitname_parts *p)
{
	int found = 0;
	size_t len;

	p->n = 0;
	for (; *where != '\0'; where += len) {
		where += strspn(where, "/");
		len = strcspn(where, "/");
		if (len == 0)
			break;
		if (len == 4 && strncmp(where, ".git", 4) == 0) {
			found = 1;
			p->n = 0;
			continue;
		}
		if (!found)
			continue;
		if (p->n == GITNAME_PARTS)
			return (-1);
		p->at[p->n] = where;
		p->len[p->n++] = len;
	}
	return (found ? 0 : -1);
}

/* git executes what has the name of an event, and no name has a dot in it. */
static int
no_event(const char *name, size_t len)
{
	return (name[0] == '.' || (len > 7 &&
	    strncmp(name + len - 7, ".sample", 7) == 0));
}

/* From component i on, in the directory of a repository. */
static enum git_kind
in_repository(const struct gitname_parts *p, size_t i)
{
	size_t left = p->n - i;

	if (left == 1 && (is_part(p, i, "config") ||
	    is_part(p, i, "config.worktree")))
		return (GIT_CONFIG);
	/* a file in branches is a remote to git, so that it stays empty */
	if (left == 1 && (is_part(p, i, "hooks") ||
	    is_part(p, i, "branches")))
		return (GIT_HOOKS);
	if (left == 2 && is_part(p, i, "hooks") &&
	    no_event(p->at[i + 1], p->len[i + 1]))
		return (GIT_SAMPLE);
	if (left == 3 && is_part(p, i, "worktrees")) {
		if (is_part(p, i + 2, "commondir"))
			return (GIT_COMMONDIR);
		if (is_part(p, i + 2, "config.worktree"))
			return (GIT_CONFIG);
	}
	return (GIT_NONE);
}

enum git_kind
git_kind(const struct protect *pr, const char *where)
{
	static struct gitname_parts p;
	enum protect_is is = protect_check_others(pr, where);
	enum git_kind kind;
	size_t i;

	if (is == PROTECT_KEPT || is == PROTECT_BEGINS ||
	    split(where, &p) == -1)
		return (GIT_NONE);
	if (p.n == 0)
		return (GIT_FILE);
	if ((kind = in_repository(&p, 0)) != GIT_NONE)
		return (kind);
	/* that of a submodule, whose name can have any number of parts */
	if (is_part(&p, 0, "modules"))
		for (i = 2; i < p.n && kind == GIT_NONE; i++)
			kind = in_repository(&p, i);
	return (kind);
}

int
git_read(const struct walk *w, int obj, struct git_text *t)
{
	struct stat st;
	ssize_t n;
	int fd;

	t->len = 0;
	fd = wait_open(w, obj, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return (-1);
	n = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? 1 : -1;
	while (n > 0 && t->len < sizeof(t->data)) {
		n = read(fd, t->data + t->len, sizeof(t->data) - t->len);
		if (n > 0)
			t->len += (size_t)n;
	}
	(void)close(fd);
	return (n == 0 ? 0 : -1);
}

/* Is what git would take from that directory as protected as this? */
static int
leads_well(const struct protect *pr, const char *dir)
{
	static const char *const all[] = { "hooks", "config",
	    "config.worktree", "commondir", "remotes", "branches" };
	char path[WHERE_MAX];
	size_t i;
	int n;

	if (!protect_granted(pr, dir))
		return (0);
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		n = snprintf(path, sizeof(path), "%s/%s", dir, all[i]);
		if (n < 0 || (size_t)n >= sizeof(path) ||
		    protect_check(pr, path, NULL, NULL) != PROTECT_KEPT)
			return (0);
	}
	return (1);
}

/* Are these names, none of them "." or ".."? */
static int
plain_names(const char *path)
{
	size_t len;

	for (path += *path == '/';; path += len + 1) {
		len = strcspn(path, "/");
		if (len == 0 || (path[0] == '.' && (len == 1 ||
		    (len == 2 && path[1] == '.'))))
			return (0);
		if (path[len] == '\0')
			return (1);
	}
}

/*
 * Where a file .git leads: an absolute path, or one from its directory, which
 * goes up first and then down.  Whatever the names in between come to mean,
 * the last ones are those that are protected.
 */
static int
lead(const char *where, const char *to, char path[WHERE_MAX])
{
	size_t len = strlen(where);
	int n;

	path[0] = '\0';
	if (to[0] != '/') {
		len -= strlen("/.git");
		while (strncmp(to, "../", 3) == 0) {
			while (len > 0 && where[--len] != '/')
				;
			to += 3;
		}
		(void)snprintf(path, WHERE_MAX, "%.*s/", (int)len, where);
	}
	if (!plain_names(to))
		return (-1);
	len = strlen(path);
	n = snprintf(path + len, WHERE_MAX - len, "%s", to);
	return (n < 0 || (size_t)n >= WHERE_MAX - len ? -1 : 0);
}

static int
harmless_file(const struct protect *pr, const char *where,
    const struct git_text *t)
{
	char to[WHERE_MAX], path[WHERE_MAX];
	size_t n = strlen(GITDIR), i;

	if (t->len <= n || t->len >= sizeof(to) ||
	    strncmp(t->data, GITDIR, n) != 0)
		return (0);
	memcpy(to, t->data + n, t->len - n);
	n = t->len - n;
	if (to[n - 1] == '\n')
		n--;
	to[n] = '\0';
	for (i = 0; i < n; i++)
		if ((unsigned char)to[i] < ' ')
			return (0);
	return (lead(where, to, path) == 0 && leads_well(pr, path));
}

static int
harmless_commondir(const struct git_text *t)
{
	size_t n = strlen(GIT_COMMONDIR_TEXT);

	return ((t->len == n || t->len == n - 1) &&
	    strncmp(t->data, GIT_COMMONDIR_TEXT, t->len) == 0);
}

int
git_harmless(const struct protect *pr, enum git_kind kind,
    const char *where, const struct git_text *t)
{
	switch (kind) {
	case GIT_CONFIG:
		return (gitconf_harmless(t->data, t->len));
	case GIT_FILE:
		return (harmless_file(pr, where, t));
	case GIT_COMMONDIR:
		return (harmless_commondir(t));
	default:
		return (0);
	}
}

/* What is there already, by a descriptor of it, and stays or goes. */
static int
harmless_there(const struct call *c, enum git_kind kind, const char *where,
    int obj)
{
	static struct git_text t;

	if (git_read(&c->w->walk, obj, &t) == -1)
		return (0);
	if (kind == GIT_CONFIG)
		return (gitconf_may_go(t.data, t.len));
	return (git_harmless(&c->w->names, kind, where, &t));
}

static int
harmless_name(const struct call *c, enum git_kind kind, const char *where,
    const struct spot *s)
{
	char name[SPOT_NAME];
	int obj, r;

	spot_bare(s, name);
	obj = openat(s->dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (obj == -1)
		return (0);
	r = harmless_there(c, kind, where, obj);
	(void)close(obj);
	return (r);
}

int
git_may(const struct call *c, const struct spot *s, const char *where,
    enum effect e)
{
	enum git_kind kind = git_kind(&c->w->names, where);

	switch (e) {
	case DO_MKDIR:
	case DO_RMDIR:
		return (kind == GIT_HOOKS);
	case DO_MAKE:
		return (kind == GIT_SAMPLE);
	case DO_REMOVE:
		return (kind == GIT_SAMPLE || (GIT_HAS_TEXT(kind) &&
		    harmless_name(c, kind, where, s)));
	default:
		return (0);
	}
}

/* Is nothing in the directory that git would call? */
static int
no_hooks(int obj)
{
	struct dirent *de;
	int fd, r = 1;
	DIR *d;

	fd = openat(obj, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return (0);
	if ((d = fdopendir(fd)) == NULL) {
		(void)close(fd);
		return (0);
	}
	while (r && (de = readdir(d)) != NULL)
		r = no_event(de->d_name, strlen(de->d_name));
	(void)closedir(d);
	return (r);
}

int
git_may_mark(const struct call *c, const struct spot *s, const char *where)
{
	enum git_kind kind = git_kind(&c->w->names, where);

	if (kind == GIT_HOOKS)
		return (S_ISDIR(s->st.st_mode) && no_hooks(s->obj));
	if (!S_ISREG(s->st.st_mode))
		return (0);
	return (kind == GIT_SAMPLE || (GIT_HAS_TEXT(kind) &&
	    harmless_there(c, kind, where, s->obj)));
}
