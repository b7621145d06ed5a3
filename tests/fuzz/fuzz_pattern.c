/* SPDX-License-Identifier: ISC */
/*
 * Command patterns.  The first line is a pattern, every other one a word of
 * a command.  What covers a command must also be found in it, and in it
 * behind env.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "supervisor/conf/conf.h"
#include "common/policy/policy.h"
#include "tests/fuzz/fuzz.h"

static void
split(struct strv *sv, const char *s)
{
	size_t n;

	for (; *s != '\0'; s += n + (s[n] != '\0')) {
		n = strcspn(s, "\n");
		strv_addn(sv, s, n);
	}
}

static void
try(const struct pattern *p, const struct strv *argv, struct strv *wrapped)
{
	struct strv names = { NULL, 0 }, env = { NULL, 0 };

	strv_add(&names, argv->v[0]);
	strv_add(&env, "env");
	if (pattern_covers(p, argv, &names, argv->v[0]) &&
	    (!pattern_finds(p, argv, &names) ||
	    !pattern_finds(p, wrapped, &env)))
		abort();
	(void)pattern_finds(p, argv, &names);
	(void)pattern_in_text(p, argv);
	strv_free(&names);
	strv_free(&env);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct strv lines = { NULL, 0 }, argv = { NULL, 0 };
	struct strv wrapped = { NULL, 0 };
	const char *err = NULL;
	struct pattern *p;
	size_t i;
	char *text;

	if (n > 8192)
		return (0);
	text = xstrndup((const char *)data, n);
	split(&lines, text);
	strv_add(&wrapped, "env");
	for (i = 1; i < lines.n; i++) {
		strv_add(&argv, lines.v[i]);
		strv_add(&wrapped, lines.v[i]);
	}
	if (argv.n > 0) {
		p = pattern_new(lines.v[0], &err);
		if ((p == NULL) == (err == NULL))
			abort();
		if (p != NULL)
			try(p, &argv, &wrapped);
		pattern_free(p);
	}
	strv_free(&lines);
	strv_free(&argv);
	strv_free(&wrapped);
	free(text);
	return (0);
}
