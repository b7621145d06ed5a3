/* SPDX-License-Identifier: ISC */
/*
 * What is stored of output: what is hidden in it however it comes, what an
 * excerpt has, and that what is left out is counted.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "common/fingerprint.h"
#include "common/plan.h"
#include "common/xconf.h"
#include "executor/runner/keep.h"
#include "executor/runner/lately.h"

#define MARK	MASK_MARK

static struct keepconf how;

static const uint8_t print_key[MSG_PRINT_KEY] = { 7 };
static const char token[] = "Zk3mQ9xv7Rt2", lines[] =
    "first line of it, 1\r\nshort\r\nsecond line of it, 2\r\n";

/* What the vault has, the run's or not. */
static struct fingerprints *
vault_has(void)
{
	struct msg_prints p = { NULL, 0 };
	struct fingerprints *f;

	fingerprint_add(&p, print_key, (const uint8_t *)token, strlen(token));
	fingerprint_add(&p, print_key, (const uint8_t *)lines, strlen(lines));
	f = fingerprints_new(&p, print_key);
	shape_free(&msg_prints_shape, &p);
	return (f);
}

/* What comes out of the pipe, kind by kind, as one text each. */
struct stored_parts {
	struct buf	 text[OUTFILE_KINDS];
	uint64_t	 gap;
	size_t		 parts;
	uint64_t	 bytes;		/* with heads */
	int		 fd;
};

static int
on_part(const struct outfile_part *v, void *arg)
{
	struct stored_parts *s = arg;

	s->parts++;
	s->bytes += OUTFILE_HEAD + v->len;
	if (v->kind == OUTFILE_GAP)
		s->gap += v->gap;
	else
		buf_put(&s->text[v->kind], v->p, v->len);
	return (0);
}

static void *
read_all(void *arg)
{
	struct stored_parts *s = arg;
	uint8_t p[4096];
	struct outfile f;
	ssize_t n;

	memset(&f, 0, sizeof(f));
	while ((n = read(s->fd, p, sizeof(p))) > 0)
		if (outfile_feed(&f, p, (size_t)n, on_part, s) != 0)
			return (s);
	if (n == -1 || outfile_inside(&f))
		return (s);
	outfile_free(&f);
	return (NULL);
}

static struct stored_parts got;
static pthread_t reader;

static struct keep *
begin(uint8_t kind, uint64_t max)
{
	int p[2];
	size_t i;

	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	how.how = kind;
	how.max = max;
	redactpat_begin(how.patterns);
	memset(&got, 0, sizeof(got));
	for (i = 0; i < OUTFILE_KINDS; i++)
		buf_init(&got.text[i], UINT32_MAX);
	got.fd = p[0];
	assert_int_equal(pthread_create(&reader, NULL, read_all, &got), 0);
	return (keep_new(&how, vault_has(), p[1]));
}

static void
end(struct keep *k)
{
	void *bad;

	keep_end(k);
	assert_int_equal(pthread_join(reader, &bad), 0);
	assert_null(bad);
	(void)close(got.fd);
}

static void
clear(void)
{
	size_t i;

	for (i = 0; i < OUTFILE_KINDS; i++)
		buf_free(&got.text[i]);
}

static void
is_text(enum outfile_kind kind, const char *want)
{
	assert_int_equal(got.text[kind].len, strlen(want));
	if (*want != '\0')
		assert_memory_equal(got.text[kind].data, want, strlen(want));
}

/* In pieces of every size, and as what of both ways. */
static void
gives(const char *text, const char *want)
{
	const uint8_t *p = (const uint8_t *)text;
	size_t n = strlen(text), size, i, some;
	uint8_t kind;
	struct keep *k;

	for (kind = KEEP_EXCERPT; kind <= KEEP_FULL; kind++)
		for (size = 1; size <= n; size++) {
			k = begin(kind, 65536);
			for (i = 0; i < n; i += some) {
				some = n - i < size ? n - i : size;
				keep_put(k, OUTFILE_OUT, p + i, some);
			}
			end(k);
			is_text(OUTFILE_OUT, want);
			assert_int_equal(got.gap, 0);
			clear();
		}
}

static void
test_hidden(void **state)
{
	(void)state;
	gives("nothing\n", "nothing\n");
	gives("no end", "no end");
	gives("x pin=4711 y\nz\n", "x " MARK " y\nz\n");
	gives("pin=1\rpin=2\r\n", MARK "\r" MARK "\r\n");
	/* not over the end of a line */
	gives("pin=\n4711\n", "pin=\n4711\n");
	gives("AKIAIOSFODNN7EXAMPLE", MARK);
}

static void
test_keys(void **state)
{
	(void)state;
	gives("a\n-----BEGIN RSA PRIVATE KEY-----\nAAAA\nBBB=\n"
	    "-----END RSA PRIVATE KEY-----\nb\n", "a\n" MARK "\n" MARK "\n"
	    MARK "\n" MARK "\nb\n");
	/* what only says that one begins hides nothing but itself */
	gives("-----BEGIN PRIVATE KEY-----\nthis is no key, or is it?\n",
	    MARK "\nthis is no key, or is it?\n");
	/* and one that is on a line ends there */
	gives("k=\"-----BEGIN PRIVATE KEY-----\\nAAAA\\n-----END PRIVATE "
	    "KEY-----\"\nplain\n", "k=\"" MARK "\nplain\n");
}

/* What the vault has is known by its fingerprint. */
static void
test_secrets(void **state)
{
	(void)state;
	gives(token, MARK);
	gives("a Zk3mQ9xv7Rt2\nbZk3mQ9xv7Rt2c\r\n", "a " MARK "\nb" MARK
	    "c\r\n");
	gives("Zk3mQ9xv7Rt\nk3mQ9xv7Rt2\n", "Zk3mQ9xv7Rt\nk3mQ9xv7Rt2\n");
	gives(lines, MARK "\r\nshort\r\n" MARK "\r\n");
	gives("> second line of it, 2\n", "> " MARK "\n");
	/* as it is in a line that is searched for other things, too */
	gives("pin=4711 Zk3mQ9xv7Rt2 AKIAIOSFODNN7EXAMPLE", MARK " " MARK " "
	    MARK);
}

/* Lines of what could be one are none, and the next that is one is found. */
static void
test_almost(void **state)
{
	enum { LINE = 4096, LINES = 512 };
	struct msg_prints p = { NULL, 0 };
	static uint8_t value[LINE], line[LINE];
	struct fingerprints *f;
	uint8_t hide[LINE];
	int i;

	(void)state;
	memset(value, 'a', LINE / 2);
	value[LINE / 2 - 1] = 'b';
	fingerprint_add(&p, print_key, value, LINE / 2);
	f = fingerprints_new(&p, print_key);
	memset(line, 'a', sizeof(line));
	memset(hide, 0, sizeof(hide));
	for (i = 0; i < LINES; i++)
		assert_int_equal(fingerprints_find(f, (const char *)line, LINE,
		    hide), 0);
	assert_null(memchr(hide, 1, LINE));
	memset(line, 'c', sizeof(line));
	memcpy(line + 100, value, LINE / 2);
	assert_int_equal(fingerprints_find(f, (const char *)line, LINE,
	    hide), 1);
	assert_int_equal(hide[99] + hide[100] * 2 + hide[99 + LINE / 2] * 4 +
	    hide[100 + LINE / 2], 6);
	fingerprints_free(f);
	shape_free(&msg_prints_shape, &p);
}

/* A line that is longer than any that is held. */
static void
test_long(void **state)
{
	static uint8_t line[3 * SCRUB_LINE];
	const size_t n = sizeof(line);
	struct keep *k;
	size_t at;

	(void)state;
	for (at = SCRUB_LINE - 12; at < SCRUB_LINE + 4; at++) {
		memset(line, '.', n);
		memcpy(line + at - SCRUB_BEHIND, "pin=12345", 9);
		memcpy(line + at, "pin=98765", 9);
		k = begin(KEEP_FULL, 1U << 20);
		keep_put(k, OUTFILE_OUT, line, n);
		end(k);
		assert_int_equal(got.text[OUTFILE_OUT].len,
		    n - 18 + 2 * strlen(MARK));
		assert_null(memmem(got.text[OUTFILE_OUT].data,
		    got.text[OUTFILE_OUT].len, "pin=", 4));
		clear();
	}
	/* a value that has no end in there has one where the line has */
	memset(line, '7', n);
	memcpy(line + 100, "pin=", 4);
	line[n - 3] = '\n';
	k = begin(KEEP_FULL, 1U << 20);
	keep_put(k, OUTFILE_OUT, line, n);
	end(k);
	assert_int_equal(got.text[OUTFILE_OUT].len, 100 + strlen(MARK) + 3);
	clear();
}

/* Two streams are looked at by themselves. */
static void
test_streams(void **state)
{
	struct keep *k;

	(void)state;
	k = begin(KEEP_FULL, 65536);
	keep_put(k, OUTFILE_OUT, (const uint8_t *)"pin=1", 5);
	keep_put(k, OUTFILE_ERR, (const uint8_t *)"err\n", 4);
	keep_put(k, OUTFILE_OUT, (const uint8_t *)"23\n", 3);
	end(k);
	is_text(OUTFILE_OUT, MARK "\n");
	is_text(OUTFILE_ERR, "err\n");
	clear();
}

static void
test_bounds(void **state)
{
	static const uint8_t line[] = "0123456789abcde\n";
	const size_t n = sizeof(line) - 1;
	struct keep *k;
	unsigned i;
	uint8_t kind;

	(void)state;
	for (kind = KEEP_EXCERPT; kind <= KEEP_FULL; kind++) {
		k = begin(kind, 8192);
		for (i = 0; i < 10000; i++)
			keep_put(k, i % 2 ? OUTFILE_ERR : OUTFILE_OUT, line,
			    n);
		end(k);
		assert_true(got.bytes <= 8192 + LATELY_PIECES * OUTFILE_HEAD +
		    24);
		assert_int_equal(got.gap + got.text[OUTFILE_OUT].len +
		    got.text[OUTFILE_ERR].len, 10000 * n);
		assert_true(got.text[OUTFILE_OUT].len > 0);
		clear();
	}
}

/* The end of an excerpt begins where a line does. */
static void
test_end(void **state)
{
	static char text[200000];
	struct keep *k;
	size_t i, n = 0;

	(void)state;
	for (i = 0; n < 100000; i++)
		n += (size_t)snprintf(text + n, 64, "pin=%zu and words\n", i);
	n += (size_t)snprintf(text + n, 64, "the last");
	k = begin(KEEP_EXCERPT, 8192);
	for (i = 0; i < n; i += 1000)
		keep_put(k, OUTFILE_OUT, (uint8_t *)text + i,
		    n - i < 1000 ? n - i : 1000);
	end(k);
	assert_null(memmem(got.text[OUTFILE_OUT].data,
	    got.text[OUTFILE_OUT].len, "pin=", 4));
	assert_memory_equal(got.text[OUTFILE_OUT].data +
	    got.text[OUTFILE_OUT].len - 8, "the last", 8);
	assert_true(got.text[OUTFILE_OUT].len > 6000);
	assert_true(got.gap > 50000);
	clear();
	/* of one line nobody saw the beginning */
	memset(text, 'x', sizeof(text));
	k = begin(KEEP_EXCERPT, 8192);
	keep_put(k, OUTFILE_OUT, (uint8_t *)text, sizeof(text));
	end(k);
	assert_int_equal(got.text[OUTFILE_OUT].len + got.gap, sizeof(text));
	clear();
}

/* The beginning of an excerpt ends in a line, long before it is full. */
static void
test_begin(void **state)
{
	static const char secret[] = "AKIAIOSFODNN7EXAMPLE";
	static uint8_t text[200000];
	struct keep *k;
	unsigned i;

	(void)state;
	memset(text, '\n', sizeof(text));
	k = begin(KEEP_EXCERPT, 65536);
	for (i = 0; i < LATELY_PIECES - 2; i++)
		keep_put(k, i % 2 ? OUTFILE_ERR : OUTFILE_OUT,
		    (const uint8_t *)"x\n", 2);
	keep_put(k, OUTFILE_OUT, (const uint8_t *)secret, 12);
	keep_put(k, OUTFILE_OUT, (const uint8_t *)secret + 12, 8);
	keep_put(k, OUTFILE_OUT, text, sizeof(text));
	end(k);
	assert_memory_equal(got.text[OUTFILE_OUT].data, "x\nx\n", 4);
	assert_null(memmem(got.text[OUTFILE_OUT].data,
	    got.text[OUTFILE_OUT].len, secret, 4));
	assert_int_equal(got.gap + got.text[OUTFILE_OUT].len +
	    got.text[OUTFILE_ERR].len, 2 * (LATELY_PIECES - 2) + 20 +
	    sizeof(text));
	clear();
	/* or has become short by what is hidden */
	memset(text, '1', 12288);
	memcpy(text, "pin=", 4);
	memcpy(text + 12288 - 13, "\n", 1);
	memcpy(text + 12288 - 12, secret, 20);
	k = begin(KEEP_EXCERPT, 8192);
	keep_put(k, OUTFILE_OUT, text, sizeof(text));
	end(k);
	assert_memory_equal(got.text[OUTFILE_OUT].data, MARK "\n",
	    sizeof(MARK));
	assert_null(memmem(got.text[OUTFILE_OUT].data,
	    got.text[OUTFILE_OUT].len, secret, 4));
	clear();
	/* of a line that is long all is there that is certain */
	memset(text, '.', sizeof(text));
	k = begin(KEEP_EXCERPT, 65536);
	keep_put(k, OUTFILE_OUT, text, sizeof(text));
	end(k);
	assert_true(got.text[OUTFILE_OUT].len > 32000);
	assert_int_equal(got.text[OUTFILE_OUT].len + got.gap, sizeof(text));
	clear();
}

/* Nobody reads: it ends all the same. */
static void
test_nobody(void **state)
{
	struct keep *k;
	int p[2];

	(void)state;
	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	how.how = KEEP_FULL;
	k = keep_new(&how, NULL, p[1]);
	(void)close(p[0]);
	keep_put(k, OUTFILE_OUT, (const uint8_t *)"x\n", 2);
	keep_end(k);
}

static void
test_sizes(void **state)
{
	struct keep *k;
	uint16_t i;

	(void)state;
	k = begin(KEEP_FULL, 65536);
	for (i = 1; i < 1000; i++)
		keep_size(k, i, 80);
	keep_put(k, OUTFILE_TTY, (const uint8_t *)"$ ", 2);
	end(k);
	is_text(OUTFILE_TTY, "$ ");
	assert_int_equal(got.parts, 65);
	clear();
}

struct late {
	char	text[64];
	size_t	n;
};

static void
on_late(void *arg, unsigned kind, int64_t us, const uint8_t *p, size_t n)
{
	struct late *l = arg;

	(void)us;
	assert_int_equal(kind, 1 + (p[0] >= 'A' && p[0] <= 'Z'));
	memcpy(l->text + l->n, p, n);
	l->n += n;
}

static void
test_lately(void **state)
{
	static const char all[] = "abcdefABCDEFghijklGHIJKLmnopqrMNOPQR";
	struct late got_late;
	struct lately *l;
	size_t i, size, some;

	(void)state;
	for (size = 1; size <= 40; size++) {
		l = lately_new(size);
		for (i = 0; i < 36; i += 3)
			lately_add(l, all[i] >= 'A' && all[i] <= 'Z' ? 2 : 1,
			    0, (const uint8_t *)all + i, 3);
		memset(&got_late, 0, sizeof(got_late));
		lately_each(l, on_late, &got_late);
		some = size < 36 ? size : 36;
		assert_int_equal(got_late.n, some);
		assert_memory_equal(got_late.text, all + 36 - some, some);
		assert_int_equal(lately_lost(l), 36 - some);
		lately_free(l);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_almost),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_begin),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_lately),
	};
	struct strv v = { NULL, 0 };
	char err[256];

	(void)signal(SIGPIPE, SIG_IGN);
	strv_add(&v, "pin=[0-9]+");
	how.patterns = redactpat_new(&v, SCRUB_MS * 1000, err,
	    sizeof(err));
	strv_free(&v);
	how.known = 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return (how.patterns == NULL ? 1 :
	    cmocka_run_group_tests(tests, NULL, NULL));
}
