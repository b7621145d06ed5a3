/* SPDX-License-Identifier: ISC */
/*
 * Removing what nobody can miss.
 *
 * Before a run there is nothing in its private /tmp, so a request that removes
 * below it removes nothing else.  Within a run there may be links in there
 * which the run has made: a path with one component below /tmp names the link
 * itself, which is all that rm, rmdir, unlink and find remove of it; any
 * longer one may lead through it.  Where a grant lies in /tmp none of this
 * holds.
 *
 * What a request's programs start may remove what is strictly below the
 * request's directory: that is what builds do all the time.  A link in there
 * leads anywhere, so none may be on the way.  A program that makes one just
 * then could have removed what it wants by itself.
 */
#include "config.h"

#include <string.h>

#include "common/plan.h"
#include "common/policy/judge_priv.h"

/* A program that removes files, and which. */
enum remover {
	REMOVES_NOT,
	REMOVES_OPERANDS,
	REMOVES_CONTENT,
	REMOVES_FOUND,		/* below its operands, by an expression */
	REMOVES_HERE		/* below its directory, or of its operands */
};

/* Its name where that is certain: argv[0] may be anything, and so a copy. */
static const char *
name_of(const struct judge *j, const struct part *p)
{
	const char *s = (p->flags & PART_TOP) != 0 ? j->plan->exe.path :
	    p->w[0];

	if (s == NULL || ((p->flags & PART_TOP) != 0 && judge_is_script(j)))
		return ("");
	if (strchr(s, '/') != NULL && strncmp(s, "/usr/", 5) != 0 &&
	    strncmp(s, "/bin/", 5) != 0)
		return ("");
	return (pattern_base(s));
}

/* That much is said by its name alone. */
static enum remover
named(const char *base)
{
	if (strcmp(base, "rm") == 0 || strcmp(base, "rmdir") == 0 ||
	    strcmp(base, "unlink") == 0)
		return (REMOVES_OPERANDS);
	if (strcmp(base, "shred") == 0)
		return (REMOVES_CONTENT);
	return (strcmp(base, "find") == 0 ? REMOVES_FOUND : REMOVES_NOT);
}

/* Has it a word that begins so? */
static int
has_word(char *const *w, size_t n, const char *head)
{
	size_t i;

	for (i = 1; i < n; i++)
		if (strncmp(w[i], head, strlen(head)) == 0)
			return (1);
	return (0);
}

/* cmake -E rm, remove, remove_directory: where their operands begin, or 0. */
static size_t
cmake_removes(char *const *w, size_t n)
{
	return (n > 2 && strcmp(w[1], "-E") == 0 &&
	    (strcmp(w[2], "rm") == 0 || strcmp(w[2], "remove") == 0 ||
	    strcmp(w[2], "remove_directory") == 0) ? 3 : 0);
}

/* What it puts away goes; but its names may be of elsewhere, or in a file. */
static int
tar_removes(char *const *w, size_t n)
{
	size_t i;

	for (i = 1; i < n; i++)
		if ((w[i][0] == '-' && w[i][1] != '-' &&
		    strpbrk(w[i], "CT") != NULL) || (i == 1 &&
		    w[i][0] != '-' && strpbrk(w[i], "CT") != NULL))
			return (0);
	/* long options can be abbreviated */
	return (has_word(w, n, "--remove-f") && !has_word(w, n, "--di") &&
	    !has_word(w, n, "--cd") && !has_word(w, n, "--files") &&
	    !has_word(w, n, "--add-f"));
}

/* Not what is on another host. */
static int
rsync_removes(char *const *w, size_t n)
{
	size_t i;

	for (i = 1; i < n; i++)
		if (w[i][0] != '-' && strchr(w[i], ':') != NULL)
			return (0);
	return ((has_word(w, n, "--del") || has_word(w, n, "--remove-s")) &&
	    !has_word(w, n, "--files-f") && !has_word(w, n, "--backup-d"));
}

/* Those that remove when their words say so; *from: operands, at most. */
static enum remover
worded(const char *base, char *const *w, size_t n, size_t *from)
{
	size_t i;

	if (strcmp(base, "cmake") == 0 && (i = cmake_removes(w, n)) != 0) {
		*from = i;
		return (REMOVES_OPERANDS);
	}
	if (strcmp(base, "git") == 0 && n > 1 && strcmp(w[1], "clean") == 0) {
		*from = 2;
		for (i = 2; i < n; i++)
			if (w[i][0] == ':' || strncmp(w[i], "--pathspec",
			    10) == 0)
				return (REMOVES_NOT);
		return (REMOVES_HERE);
	}
	if ((strcmp(base, "tar") == 0 && tar_removes(w, n)) ||
	    (strcmp(base, "rsync") == 0 && rsync_removes(w, n)))
		return (REMOVES_OPERANDS);
	return (REMOVES_NOT);
}

int
policy_removes(const char *path, const struct strv *argv)
{
	const char *base = pattern_base(path);
	size_t at = 0, from;

	if (argv->n == 0)
		return (0);
	/* one file that is many programs, by its own name or by theirs */
	if (strncmp(base, "busybox", 7) == 0 || strcmp(base, "toybox") == 0) {
		at = strcmp(pattern_base(argv->v[0]), base) == 0;
		if (at == argv->n)
			return (0);
		base = pattern_base(argv->v[at]);
	}
	return (named(base) != REMOVES_NOT || worded(base, argv->v + at,
	    argv->n - at, &from) != REMOVES_NOT);
}

static enum remover
remover_of(const struct judge *j, const struct part *p, size_t *from)
{
	const char *base = name_of(j, p);
	enum remover how = named(base);
	size_t i;

	*from = 1;
	if (how == REMOVES_NOT)
		return (worded(base, p->w, p->n, from));
	if (how != REMOVES_FOUND)
		return (how);
	for (i = 1; i < p->n; i++)
		if (strncmp(p->w[i], "-exec", 5) == 0 ||
		    strncmp(p->w[i], "-ok", 3) == 0 ||
		    strncmp(p->w[i], "-fpr", 4) == 0 ||
		    strcmp(p->w[i], "-fls") == 0 ||
		    strcmp(p->w[i], "-L") == 0 || strcmp(p->w[i], "-H") == 0 ||
		    strcmp(p->w[i], "-follow") == 0 ||
		    strncmp(p->w[i], "-files0", 7) == 0)
			return (REMOVES_NOT);
	return (REMOVES_FOUND);
}

/* Are all components written out, and none of them "." or ".."? */
static int
is_plain(const char *s)
{
	const char *p;
	size_t n;

	for (p = s; *p != '\0'; p += n + (p[n] == '/')) {
		n = strcspn(p, "/");
		if (n == 0 || (n == 1 && p[0] == '.') ||
		    (n == 2 && p[0] == '.' && p[1] == '.'))
			return (0);
		/* ".*" is ".." as well */
		if (p[0] == '.' && strcspn(p, "*?[") < n)
			return (0);
	}
	return (s[0] != '\0' && !part_has_hole(s) &&
	    strpbrk(s, "~{}$`") == NULL);
}

/* Can others see what is written there? */
static int
is_granted(const struct judge *j, const char *dir)
{
	const struct strv *w = j->rules->write;
	size_t i, n = strlen(dir);

	for (i = 0; w != NULL && i < w->n; i++)
		if (strncmp(w->v[i], dir, n) == 0 &&
		    (w->v[i][n] == '\0' || w->v[i][n] == '/'))
			return (1);
	return (w == NULL);
}

/*
 * Strictly below the private /tmp, which /var/tmp is as well: so many
 * components, 0 if it is not.
 */
static size_t
below_tmp(const struct judge *j, const char *s)
{
	const char *dir = strncmp(s, "/var/", 5) == 0 ? "/var/tmp" : "/tmp";
	size_t n = strlen(dir);

	if (strncmp(s, dir, n) != 0 || s[n] != '/' || !is_plain(s + n + 1) ||
	    is_granted(j, "/tmp") || is_granted(j, dir))
		return (0);
	s += n + 1;
	for (n = 1; (s = strchr(s, '/')) != NULL; s++)
		n++;
	return (n);
}

/*
 * Strictly below dir, as it is written: ".." in the middle of a path may go
 * elsewhere than it seems, and at its beginning goes up from cwd.
 */
static int
below_dir(const char *s, const char *dir, const char *cwd)
{
	char path[PLAN_MAXPATH];
	size_t n = 0, len = strlen(dir);

	if (cwd == NULL || cwd[0] != '/' || dir[0] != '/' || len < 2)
		return (0);
	if (s[0] != '/') {
		n = strlen(cwd);
		if (n + strlen(s) + 2 > sizeof(path))
			return (0);
		memcpy(path, cwd, n);
		while (n > 1 && path[n - 1] == '/')
			n--;
		for (; strncmp(s, "../", 3) == 0; s += 3)
			while (n > 0 && path[--n] != '/')
				;
		while (strncmp(s, "./", 2) == 0)
			s += 2;
		path[n++] = '/';
	} else {
		path[n++] = '/';
		s++;
	}
	if (n + strlen(s) + 1 > sizeof(path) || !is_plain(s))
		return (0);
	memcpy(path + n, s, strlen(s) + 1);
	while (len > 1 && dir[len - 1] == '/')
		len--;
	return (strncmp(path, dir, len) == 0 && path[len] == '/' &&
	    path[len + 1] != '\0');
}

static int
operand_is_harmless(const struct judge *j, const struct part *p, const char *s,
    enum remover how)
{
	int fresh = j->at->how == JUDGE_REQUEST &&
	    (p->flags & PART_TOP) != 0;
	size_t n = below_tmp(j, s);

	if (n > 0 && (fresh || (n == 1 && how != REMOVES_CONTENT)))
		return (1);
	return (j->at->how == JUDGE_NESTED && j->at->top != NULL &&
	    !j->at->linked && how != REMOVES_CONTENT &&
	    below_dir(s, j->at->top, j->plan->cwd));
}

/* Is it in the request's directory, or below? */
static int
is_within(const struct judge *j)
{
	const char *top = j->at->top, *cwd = j->plan->cwd;
	size_t n;

	if (j->at->how != JUDGE_NESTED || top == NULL || cwd == NULL ||
	    j->at->linked || top[0] != '/' || !is_plain(cwd + 1))
		return (0);
	for (n = strlen(top); n > 0 && top[n - 1] == '/'; n--)
		;
	return (n > 0 && strncmp(cwd, top, n) == 0 &&
	    (cwd[n] == '/' || cwd[n] == '\0'));
}

/* Is this word of find the first of its expression? */
static int
ends_paths(const char *s)
{
	return (s[0] == '-' || s[0] == '(' || s[0] == '!' || s[0] == ',');
}

int
removal_is_harmless(const struct judge *j, const struct part *p)
{
	size_t from = 1, i, operands = 0;
	enum remover how = p->n > 0 ? remover_of(j, p, &from) :
	    REMOVES_NOT;
	int options = 1;

	if (how == REMOVES_NOT || (p->flags & PART_INPUT) != 0 ||
	    (how == REMOVES_HERE && !is_within(j)))
		return (0);
	for (i = from; i < p->n; i++) {
		if (how == REMOVES_FOUND && ends_paths(p->w[i]))
			break;
		if (options && strcmp(p->w[i], "--") == 0) {
			options = 0;
			continue;
		}
		/* -r, --force; shred has some with values */
		if (options && p->w[i][0] == '-' && p->w[i][1] != '\0' &&
		    !part_has_hole(p->w[i])) {
			if (how == REMOVES_CONTENT)
				return (0);
			continue;
		}
		if (!operand_is_harmless(j, p, p->w[i], how))
			return (0);
		operands++;
	}
	/* configure(1) tries what rm does without any */
	return (operands > 0 || how == REMOVES_OPERANDS ||
	    how == REMOVES_HERE);
}
