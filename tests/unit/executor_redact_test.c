/* SPDX-License-Identifier: ISC */
/* What is hidden before it is logged, and how long may be searched for it. */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/fingerprint.h"
#include "common/plan.h"
#include "executor/redact.h"

static const uint8_t key[REDACT_KEY] = "a key of thirty-two bytes, or so";

static struct redact *
make(const char *pattern)
{
	struct strv v = { NULL, 0 };
	struct redact *r;
	char err[256];

	strv_add(&v, pattern);
	r = redact_new(&v, 0, key, err, sizeof(err));
	strv_free(&v);
	assert_non_null(r);
	redact_begin(r);
	return (r);
}

/* want is with marks that tell nothing: digests are looked at elsewhere. */
static void
gives(struct redact *r, const char *text, const char *want)
{
	char *s = redact_text(r, text);

	if (want == NULL)
		assert_null(s);
	else {
		assert_non_null(s);
		assert_int_equal(mask_check(text, s), 0);
		mask_plain(s);
		assert_string_equal(s, want);
	}
	free(s);
}

/* The one mark that a text becomes, without what stands before it. */
static void
mark_of(struct redact *r, const char *text, char *mark, size_t len)
{
	char *s = redact_text(r, text);

	assert_non_null(s);
	assert_non_null(strstr(s, MASK_OPEN));
	(void)snprintf(mark, len, "%s", strstr(s, MASK_OPEN));
	free(s);
}

static void
test_hides(void **state)
{
	struct redact *r = make("token=[a-z]*");

	(void)state;
	gives(r, "ls -l", NULL);
	gives(r, "", NULL);
	gives(r, "--TOKEN=abc --x", "--" MASK_MARK " --x");
	gives(r, "token=a token=b", MASK_MARK " " MASK_MARK);
	redact_free(r);
}

/* The same value has the same mark, under one key. */
static void
test_digest(void **state)
{
	static const uint8_t other[REDACT_KEY] = "another key";
	struct redact *r = make("(?<=key=)[a-z]*");
	struct strv v = { NULL, 0 };
	char a[64], b[64], c[64], err[64];

	(void)state;
	mark_of(r, "--key=abc", a, sizeof(a));
	mark_of(r, "other key=abc", b, sizeof(b));
	mark_of(r, "--key=abd", c, sizeof(c));
	assert_string_equal(a, b);
	assert_string_not_equal(a, c);
	assert_int_equal(strlen(a), strlen(c));
	assert_int_equal(strncmp(a, MASK_OPEN "3:", strlen(MASK_OPEN) + 2), 0);
	redact_free(r);
	strv_add(&v, "(?<=key=)[a-z]*");
	r = redact_new(&v, 0, other, err, sizeof(err));
	strv_free(&v);
	assert_non_null(r);
	redact_begin(r);
	mark_of(r, "--key=abc", b, sizeof(b));
	assert_string_not_equal(a, b);
	redact_free(r);
}

/* A mark is never the agent's. */
static void
test_forged(void **state)
{
	struct redact *r = make("token=[a-z]*");

	(void)state;
	gives(r, MASK_OPEN "3:0123456789ab]", MASK_MARK "3:0123456789ab]");
	gives(r, "x" MASK_OPEN MASK_OPEN "1]", "x" MASK_MARK "1]");
	gives(r, "x" MASK_OPEN "y" MASK_OPEN, "x" MASK_MARK "y" MASK_MARK);
	gives(r, MASK_MARK, NULL);
	gives(r, "[REDACTED", NULL);
	gives(r, "[REDACTEDtoken=x:3]", "[REDACTED" MASK_MARK ":3]");
	redact_free(r);
}

static const uint8_t print_key[MSG_PRINT_KEY] = "another one";

/* What the vault has, and what it has not. */
static void
test_secrets(void **state)
{
	static const char token[] = "Zk3mQ9xv7Rt2";
	static const char lines[] = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9"
	    "w0BAQ\nshort\n-----END KEY-----\n";
	struct redact *r = make("(?<=key=)[a-z]*");
	struct msg_prints p = { NULL, 0 };
	char a[64], b[64];

	(void)state;
	gives(r, "x Zk3mQ9xv7Rt2", NULL);
	fingerprint_add(&p, print_key, (const uint8_t *)token, strlen(token));
	fingerprint_add(&p, print_key, (const uint8_t *)lines, strlen(lines));
	fingerprint_add(&p, print_key, (const uint8_t *)"hunter2", 7);
	assert_int_equal(p.n, 3);
	redact_secrets(r, &p, print_key);
	gives(r, token, MASK_MARK);
	gives(r, "xZk3mQ9xv7Rt2Zk3mQ9xv7Rt2y", "x" MASK_MARK "y");
	gives(r, "Zk3mQ9xv7Rt", NULL);
	gives(r, "Zk3mQ9xv7Rt3 zk3mQ9xv7Rt2", NULL);
	gives(r, "k3mQ9xv7Rt2", NULL);
	gives(r, "hunter2", NULL);
	gives(r, "-----BEGIN KEY----- short", NULL);
	gives(r, "'MIIEvQIBADANBgkqhkiG9w0BAQ',", "'" MASK_MARK "',");
	gives(r, lines, MASK_MARK "\n");
	/* by whatever it was found, one value has one mark */
	mark_of(r, "x Zk3mQ9xv7Rt2", a, sizeof(a));
	redact_secrets(r, &(struct msg_prints){ NULL, 0 }, print_key);
	gives(r, token, NULL);
	mark_of(r, "key=Zk", b, sizeof(b));
	shape_free(&msg_prints_shape, &p);
	redact_free(r);
}

/* Much of what is almost one, of what is one at each byte, and of what
 * many have their middle in: all in a time that has an end. */
static void
test_almost(void **state)
{
	enum { LEN = 256 * 1024, OF = 4096, MANY = 64 };
	struct redact *r = make("(?<=key=)[a-z]*");
	struct msg_prints p = { NULL, 0 };
	char *text = xmalloc(LEN + 1);
	char want[64];
	uint8_t *value;
	size_t i;

	(void)state;
	value = xmalloc(OF);
	memset(value, 'a', OF);
	value[OF - 1] = 'b';
	fingerprint_add(&p, print_key, value, OF);
	redact_secrets(r, &p, print_key);
	for (i = 0; i < LEN; i++)
		text[i] = "0123456789abcdef"[i * 2654435761U >> 28 & 15];
	text[LEN] = '\0';
	gives(r, text, NULL);
	/* every window is its middle, and it is nowhere */
	memset(text, 'a', LEN);
	redact_begin(r);
	gives(r, text, NULL);
	text[LEN - 1] = 'b';
	redact_begin(r);
	mark_of(r, text, want, sizeof(want));
	assert_int_equal(strncmp(want, MASK_OPEN "4096:", 15), 0);
	for (i = 0; i < MANY; i++) {
		value[OF - 1] = (uint8_t)('c' + i);
		fingerprint_add(&p, print_key, value, OF);
	}
	redact_secrets(r, &p, print_key);
	/* more of them than may be looked at: the last places are hidden */
	redact_begin(r);
	mark_of(r, text, want, sizeof(want));
	value[OF - 1] = 'a';
	fingerprint_add(&p, print_key, value, OF);
	redact_secrets(r, &p, print_key);
	text[LEN - 1] = 'a';
	redact_begin(r);
	mark_of(r, text, want, sizeof(want));
	assert_int_equal(strncmp(want, MASK_OPEN "262144:", 17), 0);
	free(text);
	free(value);
	shape_free(&msg_prints_shape, &p);
	redact_free(r);
}

/* Who knows the middle of a long one has nothing else hidden by it, however
 * often it is written; and what is there is found all the same. */
static void
test_middle(void **state)
{
	enum { OF = 60000, TIMES = 20000 };
	struct redact *r = make("(?<=key=)[a-z]*");
	struct msg_prints p = { NULL, 0 };
	char *text = xmalloc(OF + TIMES * 8 + 64), *at = text, *s;
	uint8_t *value = xmalloc(OF);
	size_t i;

	(void)state;
	for (i = 0; i < OF; i++)
		value[i] = (uint8_t)("0123456789abcdef"[
		    i * 2654435761U >> 28 & 15]);
	fingerprint_add(&p, print_key, value, OF);
	redact_secrets(r, &p, print_key);
	for (i = 0; i < TIMES; i++) {
		memcpy(at, value + (OF - 8) / 2, 8);
		at += 8;
	}
	memcpy(at, "; rm -rf / ;", 12);
	at += 12;
	*at = '\0';
	gives(r, text, NULL);
	memcpy(at, value, OF);
	at[OF] = '\0';
	s = redact_text(r, text);
	assert_non_null(s);
	assert_int_equal(mask_check(text, s), 0);
	assert_non_null(strstr(s, "; rm -rf / ;" MASK_OPEN "60000:"));
	free(s);
	free(text);
	free(value);
	shape_free(&msg_prints_shape, &p);
	redact_free(r);
}

/*
 * By a generator: of pieces of values, whole ones and other text, exactly what
 * a search for each at each place finds.
 */
static void
test_prints_model(void **state)
{
	enum { N = 6, LEN = 300, ROUNDS = 3000 };
	static const char *const values[N] = {
		"aaaaaaaa", "aaaaaaaaa", "abababababab", "bababababa",
		"aabbaabbaabbaabb", "abbbbbbbbbbbbbbbbbbbbbba",
	};
	struct msg_prints p = { NULL, 0 };
	struct fingerprints *f;
	char text[LEN + 1];
	uint8_t hide[LEN], want[LEN];
	uint64_t x = 20261127;
	size_t i, j, n, round;

	(void)state;
	for (i = 0; i < N; i++)
		fingerprint_add(&p, print_key, (const uint8_t *)values[i],
		    strlen(values[i]));
	f = fingerprints_new(&p, print_key);
	for (round = 0; round < ROUNDS; round++) {
		for (i = 0; i < LEN; ) {
			x = x * 6364136223846793005ULL + 1442695040888963407ULL;
			j = x >> 40;
			n = strlen(values[j % N]);
			n = j / 8 % 3 == 0 ? n : j / 32 % n + 1;
			if (n > LEN - i)
				n = LEN - i;
			memcpy(text + i, values[j % N], n);
			i += n;
			if (i < LEN && j / 2048 % 4 == 0)
				text[i++] = 'a' + (char)(j / 8192 % 3);
		}
		text[LEN] = '\0';
		memset(hide, 0, sizeof(hide));
		memset(want, 0, sizeof(want));
		for (i = 0; i < LEN; i++)
			for (j = 0; j < N; j++)
				if (strncmp(text + i, values[j],
				    strlen(values[j])) == 0)
					memset(want + i, 1, strlen(values[j]));
		(void)fingerprints_find(f, text, LEN, hide);
		assert_memory_equal(hide, want, LEN);
	}
	fingerprints_free(f);
	shape_free(&msg_prints_shape, &p);
}

/* However many there are in a word, what is between them stays; and what could
 * not be searched is told. */
static void
test_many(void **state)
{
	enum { TIMES = 5000, LEN = TIMES * 6 };
	struct redact *r = make("(pin=[0-9]|(q+)+z)");
	char *text = xmalloc(LEN + 16), *s;
	size_t i;

	(void)state;
	for (i = 0; i < TIMES; i++)
		memcpy(text + i * 6, "pin=1 ", 6);
	memcpy(text + LEN, "; rm -rf / ;", 13);
	s = redact_text(r, text);
	assert_non_null(s);
	assert_int_equal(mask_check(text, s), 0);
	assert_non_null(strstr(s, "; rm -rf / ;"));
	assert_int_equal(strncmp(strchr(s, ']'), "] " MASK_OPEN, 12), 0);
	assert_int_equal(redact_gave_up(r), 0);
	free(s);
	memset(text, 'q', 100);
	text[100] = '\0';
	gives(r, text, MASK_MARK);
	assert_int_equal(redact_gave_up(r), 1);
	redact_begin(r);
	assert_int_equal(redact_gave_up(r), 0);
	free(text);
	redact_free(r);
}

/* A busy machine, or a program that took long to be hashed. */
static void
test_waiting_is_not_searching(void **state)
{
	const struct timespec t = { 0, 3 * REDACT_MS * 1000000L };
	struct redact *r = make("token=[a-z]*");

	(void)state;
	(void)nanosleep(&t, NULL);
	gives(r, "ls -l", NULL);
	gives(r, "token=abc", MASK_MARK);
	redact_free(r);
}

static void
test_working_is_not_searching(void **state)
{
	struct redact *r = make("token=[a-z]*");
	clock_t end = clock() + CLOCKS_PER_SEC * 3 * REDACT_MS / 1000;

	(void)state;
	while (clock() < end)
		;
	gives(r, "ls -l", NULL);
	redact_free(r);
}

/* Patterns that take for ever: all that comes then is hidden. */
static void
test_limit(void **state)
{
	struct redact *r = make("(a+)+$");
	char text[2001], *s = NULL;
	int i;

	(void)state;
	memset(text, 'a', sizeof(text) - 2);
	text[sizeof(text) - 2] = '!';
	text[sizeof(text) - 1] = '\0';
	/* one that is too much by itself */
	gives(r, text, MASK_MARK);
	for (i = 0; i < 100000 && (s = redact_text(r, "ls")) == NULL; i++)
		free(redact_text(r, text));
	free(s);
	assert_true(i < 100000);
	gives(r, "ls -l", MASK_MARK);
	/* another request has its own time */
	redact_begin(r);
	gives(r, "ls -l", NULL);
	redact_free(r);
}

/* Many that are short each come to something together. */
static void
test_short_searches(void **state)
{
	struct redact *r = make("(a+)+$");
	char *s = NULL;
	int i;

	(void)state;
	for (i = 0; i < 200000 && s == NULL; i++)
		s = redact_text(r, "aaaaaaaaaa!");
	assert_non_null(s);
	assert_int_equal(redact_gave_up(r), 1);
	free(s);
	/* not at once, either */
	assert_true(i > 100);
	redact_free(r);
}

/* What a message has no room for goes step by step, the longest first. */
static void
test_lessen(void **state)
{
	struct masks ms = { NULL, 0 };
	char longer[200];

	(void)state;
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	masks_add(&ms, MASK_ARGV, 0, "a [REDACTED:3:0123456789ab] b, "
	    "[REDACTED:4]");
	masks_add(&ms, MASK_ARGV, 1, "[REDACTED:0:] stays");
	masks_add(&ms, MASK_ARGV, 2, longer);
	assert_int_equal(redact_lessen(&ms), 1);
	assert_string_equal(ms.m[0].text, "a [REDACTED:3] b, [REDACTED:4]");
	assert_int_equal(mask_check("a xyz b, word", ms.m[0].text), 0);
	assert_string_equal(ms.m[1].text, "[REDACTED:0:] stays");
	assert_string_equal(ms.m[2].text, longer);
	assert_int_equal(redact_lessen(&ms), 1);
	assert_string_equal(ms.m[0].text, "a [REDACTED:3] b, [REDACTED:4]");
	assert_string_equal(ms.m[2].text, MASK_MARK);
	assert_int_equal(redact_lessen(&ms), 1);
	assert_string_equal(ms.m[0].text, MASK_MARK);
	assert_int_equal(redact_lessen(&ms), 1);
	assert_string_equal(ms.m[1].text, MASK_MARK);
	assert_int_equal(redact_lessen(&ms), 0);
	masks_free(&ms);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hides),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_forged),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_almost),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_middle),
		cmocka_unit_test(test_prints_model),
		cmocka_unit_test(test_waiting_is_not_searching),
		cmocka_unit_test(test_working_is_not_searching),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_short_searches),
		cmocka_unit_test(test_lessen),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
