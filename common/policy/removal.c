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

/* A program that removes files, and where its operands are. */
enum remover { REMOVES_NOT, REMOVES_OPERANDS, REMOVES_CONTENT, REMOVES_FOUND };

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

int
policy_removes(const char *path)
{
	return (named(pattern_base(path)) != REMOVES_NOT);
}

static enum remover
remover_of(const struct judge *j, const struct part *p)
{
	enum remover how = named(name_of(j, p));
	size_t i;

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

/* Strictly below /tmp: so many components, 0 if it is not. */
static size_t
below_tmp(const char *s)
{
	size_t n = 1;

	if (strncmp(s, "/tmp/", 5) != 0 || !is_plain(s + 5))
		return (0);
	for (s += 5; (s = strchr(s, '/')) != NULL; s++)
		n++;
	return (n);
}

static int
tmp_is_private(const struct judge *j)
{
	const struct strv *w = j->rules->write;
	size_t i;

	for (i = 0; w != NULL && i < w->n; i++)
		if (strcmp(w->v[i], "/tmp") == 0 ||
		    strncmp(w->v[i], "/tmp/", 5) == 0)
			return (0);
	return (w != NULL);
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
	size_t n = below_tmp(s);

	if (n > 0 && tmp_is_private(j) &&
	    (fresh || (n == 1 && how != REMOVES_CONTENT)))
		return (1);
	return (j->at->how == JUDGE_NESTED && j->at->top != NULL &&
	    !j->at->linked && how != REMOVES_CONTENT &&
	    below_dir(s, j->at->top, j->plan->cwd));
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
	enum remover how = p->n > 0 ? remover_of(j, p) :
	    REMOVES_NOT;
	size_t i, operands = 0;
	int options = 1;

	if (how == REMOVES_NOT || (p->flags & PART_INPUT) != 0)
		return (0);
	for (i = 1; i < p->n; i++) {
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
	return (operands > 0 || how == REMOVES_OPERANDS);
}
