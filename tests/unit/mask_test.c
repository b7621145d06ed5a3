/* SPDX-License-Identifier: ISC */
/*
 * mask_check decides what a redacting executor may put into the log: it may
 * hide, it may not lie.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auditor/recfields.h"
#include "common/field.h"
#include "common/plan.h"
#include "common/varname.h"
#include "tests/sample.h"

#define M	MASK_MARK
#define N(n)	MASK_OPEN #n "]"
#define D(n)	MASK_OPEN #n ":0123456789ab]"

static const struct {
	const char	*orig;
	const char	*text;
	int		 ret;
} table[] = {
	/* nothing hidden */
	{ "", "", 0 },
	{ "ls", "ls", 0 },
	{ "ls", "l", -1 },
	{ "ls", "lss", -1 },
	{ "ls", "", -1 },
	{ "", "ls", -1 },
	/* all of it, and nobody says how much that was */
	{ "secret", M, 0 },
	{ "", M, 0 },
	{ "secret", "s" M, -1 },
	{ "secret", M M, -1 },
	/* pieces hidden */
	{ "secret", N(6), 0 },
	{ "secret", D(6), 0 },
	{ "password=x", "password=" D(1), 0 },
	{ "password=x&u=1", "password=" D(1) "&u=1", 0 },
	{ "password=x&u=1", D(10) "&u=1", 0 },
	{ "a=1&b=2&c=3", "a=" D(1) "&b=" N(1) "&c=" D(1), 0 },
	{ "abc", D(1) D(2), 0 },
	{ "abc", D(1) "b" D(1), 0 },
	/* lies: what, how much, where */
	{ "rm -rf /", "ls " D(6), -1 },
	{ "rm -rf /", D(7) "home", -1 },
	{ "rm -rf /", "rm " D(3) " /tmp", -1 },
	{ "secret", D(5), -1 },
	{ "secret", D(7), -1 },
	{ "secret", D(999999999), -1 },
	{ "abc", "abc" D(1), -1 },
	{ "abc", D(1) "abc", -1 },
	{ "abc", D(1) "c" D(1), -1 },
	{ "abc", D(1) "b", -1 },
	/* no marks */
	{ "abc", N(0) "abc", -1 },
	{ "abc", N(03), -1 },
	{ "abc", N(), -1 },
	{ "abc", N(9999999999), -1 },
	{ "abc", N(-3), -1 },
	{ "abc", N(3x), -1 },
	{ "abc", MASK_OPEN "3", -1 },
	{ "abc", MASK_OPEN "3:", -1 },
	{ "abc", MASK_OPEN "3:]", -1 },
	{ "abc", MASK_OPEN "3:0123456789a]", -1 },
	{ "abc", MASK_OPEN "3:0123456789abc]", -1 },
	{ "abc", MASK_OPEN "3:0123456789aB]", -1 },
	{ "abc", MASK_OPEN "3:0123456789ab", -1 },
	/* one that looks like a mark already, and nothing is hidden */
	{ M, M, 0 },
	{ "x" M "y", "x" M "y", 0 },
	{ "x" D(3) "y", "x" D(3) "y", 0 },
	/* and one of which the beginning is */
	{ "x" D(3) "y", "x" D(10) "3:0123456789ab]y", 0 },
	{ "x" D(3) "y", "x" D(3) "y" D(1), -1 },
	/* bytes beyond ASCII */
	{ "k=\xff\xfe", "k=" D(2), 0 },
	{ "k=\xff\xfe", "k=" D(1) "\xfe", 0 },
	{ "k=\xff\xfe", "k=" D(1) "\xff", -1 },
};

static void
test_table(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(table); i++)
		if (mask_check(table[i].orig, table[i].text) != table[i].ret)
			fail_msg("%s as %s: not %d", table[i].orig,
			    table[i].text, table[i].ret);
}

/* The pieces of which masked texts are made, and what each stands for. */
static const struct {
	const char	*text;
	size_t		 hides;
} piece[] = { { "", 0 }, { "a", 0 }, { "b", 0 }, { N(1), 1 }, { D(2), 2 } };
#define PIECES	5U		/* in a text */

/* Do these pieces make orig? */
static int
makes(const char *orig, const unsigned *of)
{
	size_t k, left = strlen(orig);

	for (k = 0; k < PIECES; k++) {
		if (piece[of[k]].hides > left)
			return (0);
		orig += piece[of[k]].hides;
		left -= piece[of[k]].hides;
		if (piece[of[k]].hides != 0 || piece[of[k]].text[0] == '\0')
			continue;
		if (left == 0 || *orig != piece[of[k]].text[0])
			return (0);
		orig++;
		left--;
	}
	return (left == 0);
}

/* All short strings over two letters against all short masked texts. */
static void
test_exhaustive(void **state)
{
	char orig[8], text[8 * sizeof(D(2))];
	unsigned o, t, k, v, of[PIECES], good = 0, bad = 0;
	size_t n;

	(void)state;
	for (o = 0; o < 256; o++) {
		/* lengths 0 to 7 */
		for (n = 0, v = o; v > 1 && n < 7; v >>= 1)
			orig[n++] = v & 1 ? 'a' : 'b';
		orig[n] = '\0';
		for (t = 0; t < 5 * 5 * 5 * 5 * 5; t++) {
			text[0] = '\0';
			for (k = 0, v = t; k < PIECES; k++, v /= 5) {
				of[k] = v % 5;
				(void)strncat(text, piece[of[k]].text,
				    sizeof(text) - strlen(text) - 1);
			}
			if ((mask_check(orig, text) == 0) != makes(orig, of))
				fail_msg("%s as %s", orig, text);
			if (makes(orig, of))
				good++;
			else
				bad++;
		}
	}
	assert_true(good > 1000 && bad > 1000);
}

/* Many marks in a long string must not take long. */
static void
test_long(void **state)
{
	const size_t n = 100000;
	struct buf b;
	char *orig;
	size_t i;

	(void)state;
	orig = xmalloc(n + 1);
	memset(orig, 'a', n);
	orig[n] = '\0';
	buf_init(&b, 64 * n);
	for (i = 0; i < n / 2; i++)
		buf_put(&b, D(1) "a", strlen(D(1)) + 1);
	buf_put_u8(&b, 'b');
	buf_put_u8(&b, 0);
	assert_int_equal(mask_check(orig, (const char *)b.data), -1);
	b.data[--b.len - 1] = '\0';
	assert_int_equal(mask_check(orig, (const char *)b.data), 0);
	buf_free(&b);
	free(orig);
}

static void
digest_n(void *arg, const char *p, size_t n, uint8_t out[MASK_DIGEST])
{
	(void)p;
	(*(size_t *)arg)++;
	memset(out, (int)n, MASK_DIGEST);
}

static void
test_text(void **state)
{
	static const uint8_t hide[] = { 0, 1, 1, 0, 1 }, all[] = { 1 };
	uint8_t *alternate;
	size_t i, n = 0;
	char *s, *orig;

	(void)state;
	s = mask_text("abcde", 5, hide, digest_n, &n);
	assert_string_equal(s, "a" MASK_OPEN "2:020202020202]d" MASK_OPEN
	    "1:010101010101]");
	assert_int_equal(n, 2);
	assert_int_equal(mask_check("abcde", s), 0);
	free(s);
	s = mask_text("a", 1, all, NULL, NULL);
	assert_string_equal(s, N(1));
	free(s);
	/* of what would become too long, what is between two goes with them */
	orig = xmalloc(PLAN_MAXARG + 1);
	alternate = xcalloc(PLAN_MAXARG, 1);
	memset(orig, 'a', PLAN_MAXARG);
	orig[PLAN_MAXARG] = '\0';
	for (i = 50; i < PLAN_MAXARG - 100; i += 2)
		alternate[i] = 1;
	for (i = 40000; i < 40100; i++)
		alternate[i] = 0;
	s = mask_text(orig, PLAN_MAXARG, alternate, NULL, NULL);
	assert_int_equal(strspn(s, "a"), 50);
	assert_int_equal(strspn(strchr(s, ']') + 1, "a"), 101);
	assert_int_equal(strlen(strrchr(s, ']')), 1 + 101);
	assert_int_equal(mask_check(orig, s), 0);
	free(s);
	free(orig);
	free(alternate);
}

static void
test_plain(void **state)
{
	static const struct {
		const char	*text;
		const char	*plain;
	} t[] = {
		{ "", "" }, { "ls", "ls" }, { M, M }, { N(3), M },
		{ "a" D(12) "b" N(9) "c", "a" M "b" M "c" },
		{ MASK_OPEN "3:0123456789aX]", MASK_OPEN "3:0123456789aX]" },
	};
	char text[128];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(t); i++) {
		(void)snprintf(text, sizeof(text), "%s", t[i].text);
		mask_plain(text);
		assert_string_equal(text, t[i].plain);
	}
}

/* What the auditor says to an intent with these masks: NULL is good. */
static const char *
auditor_says(const struct plan *p, const struct masks *ms, char *reason)
{
	static const uint8_t digest[PLAN_DIGEST];
	char text[VARNAME_VERSIONED + 1];
	struct intent in;
	struct buf b, why;
	const char *bad;
	size_t i;

	buf_init(&b, 65536);
	buf_init(&why, 1024);
	field_u64(&why, "uid", p->caller);
	field_str(&why, "channel", p->channel);
	memset(&in, 0, sizeof(in));
	in.reason = reason;
	in.masks = *ms;
	for (i = 0; i < p->secrets.n; i++) {
		varname_versioned(text, p->secrets.v[i], 3);
		strv_add(&in.given, text);
	}
	in.why = why.data;
	in.whylen = why.len;
	bad = recfields_intent(&b, 1, &in, p, digest);
	strv_free(&in.given);
	buf_free(&why);
	buf_free(&b);
	return (bad);
}

/* As they come from the executor; -1 if they do not even decode. */
static int
over_the_wire(struct masks *got, const struct masks *ms)
{
	struct buf b;
	struct rd r;

	memset(got, 0, sizeof(*got));
	buf_init(&b, 65536);
	masks_put(&b, ms);
	rd_init(&r, b.data, b.len);
	masks_get(&r, got);
	buf_free(&b);
	return (r.bad ? -1 : 0);
}

static const uint32_t indices[] = { 0, 1, 2, 3, 7, UINT32_MAX };
#define LASTWHERE	(MASK_ERROR + 1)
#define NTEXTS		9U
#define NMASKS		((LASTWHERE + 1) * NELEM(indices) * NTEXTS)

/* The nth of all small masks. */
static void
add_nth(struct masks *ms, size_t n)
{
	static const char *const texts[NTEXTS] = {
		M, "", "build" N(3), D(2) "all", "/srv/" D(4),
		"to see " D(13), N(9) "bash", "FO" D(1), "something else",
	};

	masks_add(ms, (unsigned)(n / NTEXTS / NELEM(indices)),
	    indices[n / NTEXTS % NELEM(indices)], texts[n % NTEXTS]);
}

/*
 * What the supervisor lets pass, the auditor accepts, and the other way
 * round: a broken executor must not be taken for a broken supervisor.
 */
static void
test_agree(void **state)
{
	static char reason[] = "to see what is there";
	struct masks ms, got;
	struct plan p;
	size_t i, k, good = 0, bad = 0;
	int fit;

	(void)state;
	sample_plan(&p);
	for (i = 0; i < NMASKS; i++)
		for (k = 0; k <= NMASKS; k++) {
			memset(&ms, 0, sizeof(ms));
			add_nth(&ms, i);
			if (k != NMASKS)
				add_nth(&ms, k);
			if (over_the_wire(&got, &ms) == 0) {
				fit = masks_fit(&got, &p, reason);
				assert_int_equal(auditor_says(&p, &got,
				    reason) == NULL, fit);
				good += fit != 0;
				bad += fit == 0;
			}
			masks_free(&got);
			masks_free(&ms);
		}
	assert_true(good > 100 && bad > 1000);
	plan_free(&p);
}

/* A number that there is not, for each kind of string. */
static void
test_numbers(void **state)
{
	static const struct { unsigned where; uint32_t n; } t[] = {
		{ MASK_ARGV, 2 }, { MASK_CWD, 1 }, { MASK_REASON, 1 },
		{ MASK_PATH, 4 },	/* two that are bound */
	};
	struct masks ms;
	struct plan p;
	uint32_t n;
	size_t i;

	(void)state;
	sample_plan(&p);
	for (i = 0; i < NELEM(t); i++)
		for (n = 0; n < 300; n++) {
			memset(&ms, 0, sizeof(ms));
			masks_add(&ms, t[i].where, n, M);
			assert_int_equal(masks_fit(&ms, &p, "why"),
			    n < t[i].n);
			masks_free(&ms);
		}
	plan_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_exhaustive),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_agree),
		cmocka_unit_test(test_numbers),
	};

	return (cmocka_run_group_tests_name("mask", tests, NULL, NULL));
}
