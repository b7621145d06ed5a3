/* SPDX-License-Identifier: ISC */
/* An imaginary host's accounts, and loading a configuration from text. */
#ifndef TESTS_CONF_UTIL_H
#define TESTS_CONF_UTIL_H

#include "tests/unit/unit.h"

#include <string.h>

#include "supervisor/conf/conf_priv.h"

/* Accounts of an imaginary host. */
static const struct {
	const char	*name;
	uid_t		 uid;
	gid_t		 gid;
} users[] = {
	{ "root", 0, 0 }, { "toor", 0, 100 }, { "clawbot", 900, 900 },
	{ "_clawbot", 901, 901 }, { "_clawbot-exec", 902, 902 },
	{ "_clawbot-audit", 903, 903 }, { "_clawbot-vault", 904, 904 },
	{ "_clawbot-notify", 905, 905 },
	{ "_clawbot-forward", 906, 906 },
	{ "alias", 902, 1000 }, { "alice", 1000, 1000 },
	{ "bob", 1001, 1001 }, { "wheel", 1002, 0 },
};

static inline int
fake_user(const char *name, uid_t *uid, gid_t *gid)
{
	size_t i;

	for (i = 0; i < NELEM(users); i++)
		if (strcmp(users[i].name, name) == 0) {
			*uid = users[i].uid;
			*gid = users[i].gid;
			return (0);
		}
	return (1);
}

static inline int
fake_group(const char *name, gid_t *gid, struct accounts *members)
{
	if (strcmp(name, "empty") == 0) {
		*gid = 51;
		return (0);
	}
	if (strcmp(name, "root") == 0)
		*gid = 0;
	else if (strcmp(name, "clawbot-admin") == 0)
		*gid = 50;
	else
		return (1);
	if (*gid == 0)
		accounts_add(members, 0, "root");
	else
		accounts_add(members, 1000, "alice");
	return (0);
}

static inline char *
fake_canon(const char *path)
{
	if (strcmp(path, "/link") == 0)
		return (xstrdup("/run/clawbot"));
	return (NULL);
}

static const struct conf_ops fake = { fake_user, fake_group, fake_canon,
    file_read, file_exists };

static inline struct conf *
load(const char *text, char **errs)
{
	struct conf *c;
	size_t n;
	FILE *f;

	*errs = NULL;
	f = open_memstream(errs, &n);
	assert_non_null(f);
	c = conf_parse("f", text, strlen(text), f);
	(void)fclose(f);
	return (c);
}

/* It may be noted that something is not what it seems, nothing else. */
static inline struct conf *
good(const char *text)
{
	struct conf *c;
	char *errs, *line, *rest;

	c = load(text, &errs);
	if (c == NULL)
		fail_msg("%s\n%s", text, errs);
	for (rest = errs; (line = strsep(&rest, "\n")) != NULL; )
		if (*line != '\0')
			assert_non_null(strstr(line, ": note: "));
	free(errs);
	return (c);
}

/* errs must be the whole output */
static inline void
bad(const char *text, const char *want)
{
	struct conf *c;
	char *errs;

	c = load(text, &errs);
	if (c != NULL || strcmp(errs, want) != 0)
		print_error("want: %s\ngot:  %s\n", want, errs);
	assert_null(c);
	assert_string_equal(errs, want);
	free(errs);
}

/* the text must be somewhere in the output */
static inline void
bad_with(const char *text, const char *part)
{
	struct conf *c;
	char *errs;

	c = load(text, &errs);
	if (c != NULL || strstr(errs, part) == NULL)
		fail_msg("%s\nwant: %s\ngot:  %s", text, part, errs);
	free(errs);
}

#endif
