/* SPDX-License-Identifier: ISC */
/*
 * git fetches from a directory, and pushes to it, by programs that run there
 * as whoever asked, with its hooks and its configuration.  What is a work tree
 * today can be a repository without one tomorrow, with those in any directory.
 * They are protected under the name ".git", wherever that is and whatever
 * leads to it, and under ".git.git", which git takes if there is no ".git".
 * So a local address is harmless if this is its last name.
 *
 * What an attacker could try: another spelling that git undoes (bytes in
 * percent, slashes at the end: neither is that name); a byte that ends the path
 * before that (none is taken); a name that is a host to us and a directory to
 * git, or a helper's to it and none to us (the rules are those of its connect.c
 * and transport.c).
 */
#include "config.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/defs.h"
#include "executor/watch/gitaddress.h"

#define GIT_NAME	".git"
#define FILE_URL	"file://"

/* The path, or NULL: it is on another host. */
static const char *
local_path(const char *s)
{
	size_t n = strlen(FILE_URL);

	if (strncmp(s, FILE_URL, n) == 0)
		return (s + n);
	/* host:path is ssh's; a slash before the colon makes it a path */
	return (s[strcspn(s, ":/")] == ':' ? NULL : s);
}

/* Does git read the path to its end, as it stands but for percents? */
static int
is_plain(const char *s)
{
	const char *p;

	if (strncmp(s, FILE_URL, strlen(FILE_URL)) == 0 &&
	    strstr(s, "%00") != NULL)
		return (0);
	for (p = s; *p != '\0'; p++)
		if ((unsigned char)*p < ' ')
			return (0);
	return (1);
}

static const char *
last_name(const char *path)
{
	const char *p = strrchr(path, '/');

	return (p == NULL ? path : p + 1);
}

/*
 * Two colons behind a name of letters, digits, "+", "-" and ".", with which the
 * address begins: git starts a helper of that name.
 */
static int
names_helper(const char *s)
{
	while (isalnum((unsigned char)*s) || *s == '+' || *s == '-' ||
	    *s == '.')
		s++;
	return (strncmp(s, "::", 2) == 0);
}

/* What git hands to another program, but to ssh(1) and its own, is bad. */
enum gitaddress
gitaddress(const char *s)
{
	static const char *const schemes[] = { "http://", "https://",
	    "ssh://", "git://" };
	const char *p;
	size_t i;

	if (s[0] == '-' || s[0] == '\0' || names_helper(s))
		return (GITADDRESS_BAD);
	for (i = 0; i < NELEM(schemes); i++)
		if (strncmp(s, schemes[i], strlen(schemes[i])) == 0)
			return (s[strlen(schemes[i])] == '-' ?
			    GITADDRESS_BAD : GITADDRESS_HARMLESS);
	if ((p = strstr(s, "://")) != NULL &&
	    strncmp(s, FILE_URL, strlen(FILE_URL)) != 0)
		return (GITADDRESS_BAD);
	if ((p = local_path(s)) == NULL)
		return (GITADDRESS_HARMLESS);
	return (is_plain(s) && strcmp(last_name(p), GIT_NAME) == 0 ?
	    GITADDRESS_HARMLESS : GITADDRESS_LOCAL);
}

static int
has_end(const char *name, const char *end)
{
	size_t n = strlen(name), len = strlen(end);

	return (n > len && strcmp(name + n - len, end) == 0);
}

/*
 * What is no work tree by its name: git finds no ".git" in there.  A dot in
 * percents may be that of such a name.
 */
static int
is_bare(const char *s, const char *name)
{
	return (has_end(name, GIT_NAME) || has_end(name, ".bundle") ||
	    (strncmp(s, FILE_URL, strlen(FILE_URL)) == 0 &&
	    strcasestr(name, "%2e") != NULL));
}

int
gitaddress_inside(const char *s, char *out, size_t len)
{
	const char *path = local_path(s), *name;
	size_t n = strlen(s);

	if (path == NULL || *path == '\0' || !is_plain(s) || n >= len)
		return (-1);
	while (n > (size_t)(path - s) && s[n - 1] == '/')
		n--;
	(void)snprintf(out, len, "%.*s", (int)n, s);
	name = last_name(out + (path - s));
	if (strcmp(name, GIT_NAME) == 0)
		return (0);
	if (is_bare(s, name) || n + strlen("/" GIT_NAME) >= len)
		return (-1);
	(void)snprintf(out + n, len - n, "/" GIT_NAME);
	return (gitaddress(out) == GITADDRESS_HARMLESS ? 0 : -1);
}
