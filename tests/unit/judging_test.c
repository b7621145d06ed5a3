/* SPDX-License-Identifier: ISC */
/* Every line of tests/judging gets the verdict that stands in front of it. */
#include "config.h"

#include "tests/unit/unit.h"

#include <glob.h>
#include <string.h>

#include "tests/judging.h"

/* So many there are at least, that no file is lost without a word. */
#define JUDGED_MIN	1400

static size_t lines, wrong;

static void
one_line(const struct table_rules *t, const char *s, const char *where)
{
	struct table_line l;
	struct decision d;
	int execs;

	if (line_read(&l, t, s) == -1) {
		print_error("%s: cannot be read: %s\n", where, s);
		wrong++;
		return;
	}
	for (execs = 0; execs < 2; execs++) {
		line_decide(&d, &l, t, execs);
		if (d.verdict != l.want[execs]) {
			print_error("%s: %s: %s with execs %s (%s: %s)\n",
			    where, s, verdict_words[d.verdict],
			    execs ? "judged" : "not judged", d.rule, d.reason);
			wrong++;
		}
		policy_end(&d);
	}
	line_free(&l);
	lines++;
}

static void
one_file(const char *path)
{
	struct table_rules t;
	char *s = NULL, where[512];
	size_t size = 0, n = 0;
	ssize_t len;
	FILE *f;

	memset(&t, 0, sizeof(t));
	table_reset(&t);
	assert_non_null(f = fopen(path, "r"));
	while ((len = getline(&s, &size, f)) != -1) {
		while (len > 0 && s[len - 1] == '\n')
			s[--len] = '\0';
		(void)snprintf(where, sizeof(where), "%s:%zu", path, ++n);
		if (s[0] == '\0' || s[0] == '#')
			continue;
		if (strcmp(s, "=") == 0)
			table_reset(&t);
		else if (strncmp(s, "+ ", 2) != 0)
			one_line(&t, s, where);
		else if (table_set(&t, s + 2, where) == -1)
			fail_msg("%s: unknown key", where);
	}
	free(s);
	(void)fclose(f);
	table_reset(&t);
	strv_free(&t.write);
	free(t.cwd);
	free(t.top);
}

static void
test_tables(void **state)
{
	const char *src = getenv("SRC");
	char pattern[512];
	glob_t g;
	size_t i;

	(void)state;
	(void)snprintf(pattern, sizeof(pattern), "%s/tests/judging/*.table",
	    src != NULL ? src : ".");
	assert_int_equal(glob(pattern, 0, NULL, &g), 0);
	for (i = 0; i < g.gl_pathc; i++)
		one_file(g.gl_pathv[i]);
	globfree(&g);
	print_message("%zu lines\n", lines);
	assert_int_equal(wrong, 0);
	assert_true(lines >= JUDGED_MIN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
	};

	return (cmocka_run_group_tests_name("judging", tests, NULL, NULL));
}
