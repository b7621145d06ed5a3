/* SPDX-License-Identifier: ISC */
/*
 * mask_check decides what a redacting executor may put into the log: it may
 * hide, it may not lie.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "auditor/recfields.h"
#include "common/field.h"
#include "common/plan.h"
#include "tests/sample.h"

#define M	MASK_MARK

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
	/* pieces hidden */
	{ "secret", M, 0 },
	{ "", M, 0 },
	{ "password=x", "password=" M, 0 },
	{ "password=", "password=" M, 0 },
	{ "password=x&u=1", "password=" M "&u=1", 0 },
	{ "password=x&u=1", M "&u=1", 0 },
	{ "a=1&b=2&c=3", "a=" M "&b=" M "&c=" M, 0 },
	{ "a=1&b=2&c=3", M "b=" M, 0 },
	{ "abc", M M, 0 },
	{ "abc", M M M M, 0 },
	{ "abc", "abc" M, 0 },
	{ "abc", M "abc", 0 },
	{ "abc", M "a" M "b" M "c" M, 0 },
	/* lies */
	{ "rm -rf /", "ls " M, -1 },
	{ "rm -rf /", M "/home", -1 },
	{ "rm -rf /", "rm " M " /tmp", -1 },
	{ "rm -rf /", M "ls" M, -1 },
	{ "abc", M "d" M, -1 },
	{ "abc", M "cb" M, -1 },
	{ "abc", M "c" M "b" M, -1 },		/* order */
	{ "abc", M "b" M "b" M, -1 },		/* used twice */
	{ "aab", M "a" M "a" M "b", 0 },
	{ "ab", "a" M "ab", -1 },		/* overlap of the ends */
	{ "aa", "aa" M "a", -1 },
	{ "aaa", "aa" M "aa", -1 },
	{ "aaaa", "aa" M "aa", 0 },
	{ "abab", "ab" M "ba" M "b", -1 },
	{ "ababab", "ab" M "ab" M "b", 0 },
	{ "ababab", "aba" M "ab" M "b", -1 },
	{ "ababbb", "ab" M "ab" M "b", 0 },
	/* the first place where a piece fits leaves the most room */
	{ "xayaz", "x" M "a" M "az", 0 },
	{ "xaz", "x" M "a" M "az", -1 },
	/* one that looks like a mark already */
	{ M, M, 0 },
	{ "x" M "y", "x" M "y", 0 },
	{ "x" M "y", "x" M M "y", 0 },
	{ "[REDACTED", M, 0 },
	{ "[REDACTED", "[REDACTED", 0 },
	{ "x", "[REDACTED", -1 },
	{ "[REDACTED]x", "[REDACTED", -1 },
	/* bytes beyond ASCII */
	{ "k=\xff\xfe", "k=" M, 0 },
	{ "k=\xff\xfe", "k=" M "\xfe", 0 },
	{ "k=\xff\xfe", "k=" M "\xff", -1 },
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

/* Is text reachable from orig?  All ways tried, for short strings. */
static int
slow(const char *orig, const char *text)
{
	const size_t marklen = strlen(M);

	if (strncmp(text, M, marklen) == 0) {
		for (;; orig++) {
			if (slow(orig, text + marklen) == 0)
				return (0);
			if (*orig == '\0')
				return (-1);
		}
	}
	if (*text == '\0')
		return (*orig == '\0' ? 0 : -1);
	if (*orig != *text)
		return (-1);
	return (slow(orig + 1, text + 1));
}

/* All short strings over two letters against all short masked texts. */
static void
test_exhaustive(void **state)
{
	static const char *const piece[] = { "", "a", "b", M };
	char orig[8], text[8 * sizeof(M)];
	unsigned o, t, k, v, good = 0, bad = 0;
	size_t n;

	(void)state;
	for (o = 0; o < 256; o++) {
		/* lengths 0 to 7 */
		for (n = 0, v = o; v > 1 && n < 7; v >>= 1)
			orig[n++] = v & 1 ? 'a' : 'b';
		orig[n] = '\0';
		for (t = 0; t < 4 * 4 * 4 * 4 * 4; t++) {
			text[0] = '\0';
			for (k = 0, v = t; k < 5; k++, v /= 4)
				(void)strncat(text, piece[v % 4],
				    sizeof(text) - strlen(text) - 1);
			if (mask_check(orig, text) != slow(orig, text))
				fail_msg("%s as %s", orig, text);
			if (slow(orig, text) == 0)
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
		buf_put(&b, M "a", strlen(M) + 1);
	buf_put_u8(&b, 'b');
	buf_put_u8(&b, 0);
	assert_int_equal(mask_check(orig, (const char *)b.data), -1);
	b.data[b.len - 2] = 'a';
	assert_int_equal(mask_check(orig, (const char *)b.data), 0);
	buf_free(&b);
	free(orig);
}

/* What the auditor says to an intent with these masks: NULL is good. */
static const char *
auditor_says(const struct plan *p, const struct masks *ms, char *reason)
{
	static const uint8_t digest[PLAN_DIGEST];
	struct intent in;
	struct buf b, why;
	const char *bad;

	buf_init(&b, 65536);
	buf_init(&why, 1024);
	field_u64(&why, "uid", p->caller);
	field_str(&why, "channel", p->channel);
	memset(&in, 0, sizeof(in));
	in.reason = reason;
	in.masks = *ms;
	in.why = why.data;
	in.whylen = why.len;
	bad = recfields_intent(&b, 1, &in, p, digest);
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
#define LASTWHERE	(MASK_PATH + 1)
#define NTEXTS		8U
#define NMASKS		((LASTWHERE + 1) * NELEM(indices) * NTEXTS)

/* The nth of all small masks. */
static void
add_nth(struct masks *ms, size_t n)
{
	static const char *const texts[NTEXTS] = {
		M, "", "build" M, M "all", "/srv/" M, "to see " M, M "bash",
		"something else",
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
		cmocka_unit_test(test_agree),
		cmocka_unit_test(test_numbers),
	};

	return (cmocka_run_group_tests_name("mask", tests, NULL, NULL));
}
