/* SPDX-License-Identifier: ISC */
/*
 * Command patterns.  The first line is a pattern, every other one a word of
 * a command.  What covers a command is also found in it, and in it behind
 * env; and covering is what a slow matcher says, which tries everything.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/policy/danger.h"
#include "common/policy/pattern_priv.h"
#include "common/policy/policy.h"
#include "tests/fuzz/fuzz.h"

#define SLOW_MAX	14	/* words and bytes for the slow matcher */

static void
split(struct strv *sv, const char *s)
{
	size_t n;

	for (; *s != '\0'; s += n + (s[n] != '\0')) {
		n = strcspn(s, "\n");
		strv_addn(sv, s, n);
	}
}

/* One word, by trying every length of each star. */
static int
slow_word(const char *pat, const char *s)
{
	if (*pat == '\0')
		return (*s == '\0');
	if (*pat != GLOB_CHAR)
		return (*pat == *s && slow_word(pat + 1, s + 1));
	for (;; s++) {
		if (slow_word(pat + 1, s))
			return (1);
		if (*s == '\0')
			return (0);
	}
}

static int
slow_is_spelled(const char *s)
{
	s += strspn(s, "-") < 2 ? strspn(s, "-") : 2;
	return (*s != GLOB_CHAR);
}

static int
slow_words(const struct pword *w, size_t nw, char *const *v, size_t nv,
    const uint8_t *marks)
{
	size_t i;

	if (nw == 0)
		return (nv == 0);
	if (w->kind == W_ANY) {
		for (i = 0; i <= nv; i++) {
			if (slow_words(w + 1, nw - 1, v + i, nv - i,
			    marks + i))
				return (1);
			if (i < nv && marks[i])
				return (0);
		}
		return (0);
	}
	return (nv > 0 && (!marks[0] || slow_is_spelled(w->s)) &&
	    !part_may_split(v[0]) && slow_word(w->s, v[0]) &&
	    slow_words(w + 1, nw - 1, v + 1, nv - 1, marks + 1));
}

static void
compare(const struct pattern *p, const struct strv *argv, const char *base)
{
	size_t skip = p->w[0].kind != W_ANY, i;
	uint8_t marks[SLOW_MAX] = { 0 };
	int fast;

	if (argv->n > SLOW_MAX || p->n > SLOW_MAX)
		return;
	for (i = 0; i < argv->n; i++)
		if (strlen(argv->v[i]) > SLOW_MAX)
			return;
	danger_mark(base, argv->v, argv->n, 1, marks);
	fast = pattern_covers_words(p, argv->v, argv->n, base, 1);
	if (fast != slow_words(p->w + skip, p->n - skip, argv->v + skip,
	    argv->n - skip, marks + skip))
		abort();
}

/* Denied with certainty, asked about, or neither? */
static enum verdict
verdict_of(struct pattern *p, struct strv *argv)
{
	struct patterns deny = { &p, 1 }, none = { NULL, 0 };
	struct rules r = { "s", &none, &none, &deny, VERDICT_ALLOW, &none,
	    APPROVAL_ASK, NULL, NULL, NULL };
	struct circumstances at = { .how = JUDGE_REQUEST };
	struct strv names = { NULL, 0 }, same = { NULL, 0 };
	struct plan plan;
	struct decision d;

	memset(&plan, 0, sizeof(plan));
	plan.argv = *argv;
	plan.exe.path = argv->v[0];
	strv_add(&names, argv->v[0]);
	policy_begin(&d);
	policy_decide(&d, &r, &plan, &names, &same, &at);
	policy_end(&d);
	strv_free(&names);
	return (d.verdict);
}

static void
try(struct pattern *p, struct strv *argv, struct strv *wrapped)
{
	struct strv names = { NULL, 0 };
	int covers;

	strv_add(&names, argv->v[0]);
	covers = pattern_covers(p, argv, &names, argv->v[0]);
	/* without "**" an operand of ask and deny stands anywhere */
	if (verdict_of(p, argv) == VERDICT_ALLOW && covers)
		abort();
	if (verdict_of(p, wrapped) == VERDICT_ALLOW && covers)
		abort();
	(void)pattern_in_text(p, argv);
	compare(p, argv, pattern_base(argv->v[0]));
	compare(p, argv, "git");
	strv_free(&names);
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
