/* SPDX-License-Identifier: ISC */
/* Command lines, and the verdict that a policy says of itself they get. */
#include "config.h"

#include "supervisor/conf/conf_priv.h"
#include "common/policy/policy.h"

static void
check_line(struct cx *cx, const struct rules *rules, int execs,
    const char *line, enum verdict want, const struct value *p)
{
	enum verdict got;

	if (policy_test(rules, line, execs, &got) == -1)
		cx_err(cx, p, "cannot read \"%s\" as one command", line);
	else if (got != want)
		cx_err(cx, p, "\"%s\" must get %s, but gets %s", line,
		    verdict_words[want], verdict_words[got]);
}

void
tests_check(struct cx *cx, const struct rules *rules, int execs,
    const struct strv lines[3], const struct value *tests)
{
	const struct value *list;
	size_t v, i;

	for (v = 0; tests != NULL && v < 3; v++) {
		if ((list = value_key(tests, verdict_words[v])) == NULL)
			continue;
		for (i = 0; i < lines[v].n; i++)
			check_line(cx, rules, execs, lines[v].v[i],
			    (enum verdict)v, i < list->nkids ?
			    list->kids[i] : list);
	}
}
