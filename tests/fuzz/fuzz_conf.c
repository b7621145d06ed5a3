/* SPDX-License-Identifier: ISC */
/*
 * The configuration reader: whatever loads must print as something that
 * loads and prints the same; whatever does not must say why.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supervisor/conf/conf_priv.h"
#include "tests/fuzz/fuzz.h"

/* Every account exists; clawbot's own are told by the first letter. */
static int
any_user(const char *name, uid_t *uid, gid_t *gid)
{
	if (name[0] == '\0' || name[0] == '!')
		return (1);
	*uid = strcmp(name, "root") == 0 ? 0 : name[0] == '_' ? 900 :
	    1000 + (unsigned char)name[0];
	*gid = *uid;
	return (0);
}

static int
any_group(const char *name, gid_t *gid, uid_t **members, size_t *n)
{
	if (name[0] == '!')
		return (1);
	*gid = 100;
	*n = 1;
	*members = xcalloc(1, sizeof(**members));
	(*members)[0] = 1000;
	return (0);
}

static char *
no_canon(const char *path)
{
	(void)path;
	return (NULL);
}

static const struct conf_ops any = { any_user, any_group, no_canon };

static char *
print(const struct conf *c, size_t *len)
{
	char *out = NULL;
	FILE *f = open_memstream(&out, len);

	if (f == NULL)
		abort();
	conf_print(c, f);
	(void)fclose(f);
	return (out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *errs = NULL, *first, *second;
	size_t nerrs = 0, n1, n2;
	struct conf *a, *b;
	FILE *f;

	conf_ops = &any;
	if ((f = open_memstream(&errs, &nerrs)) == NULL)
		abort();
	a = conf_parse("conf", (const char *)p, n, f);
	(void)fflush(f);
	if (a == NULL && nerrs == 0)
		abort();
	if (a != NULL) {
		first = print(a, &n1);
		if ((b = conf_parse("conf", first, n1, f)) == NULL)
			abort();
		second = print(b, &n2);
		if (n1 != n2 || memcmp(first, second, n1) != 0)
			abort();
		free(first);
		free(second);
		conf_free(a);
		conf_free(b);
	}
	(void)fclose(f);
	free(errs);
	return (0);
}
