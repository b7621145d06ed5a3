/* SPDX-License-Identifier: ISC */
/* For whom, and where, what is kept is passed over in silence; see skip.c. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "executor/watch/watch_priv.h"

int
skip_apart(const char *where)
{
	size_t len, n = strlen(PROTECT_OWN);

	for (; *where != '\0'; where += len) {
		where += strspn(where, "/");
		len = strcspn(where, "/");
		if ((len >= 4 && strncasecmp(where, ".git", 4) == 0 &&
		    (len == 4 || where[4] == '.')) ||
		    (len >= n && strncmp(where, PROTECT_OWN, n) == 0))
			return (1);
	}
	return (0);
}

int
skip_for(const struct call *c)
{
	char name[32], path[PATH_MAX], *base;
	ssize_t n;

	(void)snprintf(name, sizeof(name), "%d/exe", (int)c->w->walk.tid);
	n = readlinkat(c->w->walk.proc, name, path, sizeof(path) - 1);
	if (n == -1)
		return (0);
	path[n] = '\0';
	base = strrchr(path, '/');
	return (base != NULL && strcmp(base + 1, "git") == 0);
}

int
skip_may(const struct call *c, const char *where, enum effect e)
{
	if (e != DO_MKDIR && e != DO_RMDIR)
		return (0);
	/* the kernel removes what is empty alone */
	return (!skip_apart(where) && (e == DO_RMDIR || skip_for(c)));
}

int
skip_is_left(const struct spot *s)
{
	char name[SPOT_NAME], text[sizeof(SKIP_LINK_TEXT)];
	ssize_t n;

	if (strncmp(s->name, PROTECT_OWN, strlen(PROTECT_OWN)) == 0)
		return (1);
	spot_bare(s, name);
	n = readlinkat(s->dir, name, text, sizeof(text));
	return (n == (ssize_t)sizeof(text) - 1 &&
	    memcmp(text, SKIP_LINK_TEXT, sizeof(text) - 1) == 0);
}
