/* SPDX-License-Identifier: ISC */
/*
 * Values in the output of runs: masked as a search of all of it at once finds
 * them, in whatever pieces it comes.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/plan.h"
#include "executor/runner/forms.h"
#include "executor/runner/masker_priv.h"

#define VALUES_MAX	4
#define OUTPUT_MAX	4096
#define TURNS		4000

struct values {
	char	v[VALUES_MAX][24];
	size_t	n;
};

/* Few letters, so that values begin in each other. */
static void
any_text(char *p, size_t n, int letters)
{
	size_t i;

	for (i = 0; i < n; i++)
		p[i] = (char)('a' + random() % letters);
}

static void
any_values(struct values *vs, int letters)
{
	size_t i, len;

	memset(vs, 0, sizeof(*vs));
	vs->n = 1 + (size_t)(random() % VALUES_MAX);
	for (i = 0; i < vs->n; i++) {
		len = MASKER_MIN + (size_t)(random() % 8);
		any_text(vs->v[i], len, letters);
	}
}

/* Text, with values here and there, one in the other. */
static size_t
any_output(char *out, const struct values *vs, int letters)
{
	size_t len = (size_t)(random() % OUTPUT_MAX), n, at;
	const char *v;
	int i;

	any_text(out, len, letters);
	for (i = (int)(random() % 6); i > 0; i--) {
		v = vs->v[random() % (long)vs->n];
		n = strlen(v);
		if (n >= len)
			continue;
		at = (size_t)(random() % (long)(len - n));
		memcpy(out + at, v, n);
	}
	return (len);
}

/* What is to be seen of it: each byte of a value is hidden, runs as one. */
static void
expected(struct buf *b, const char *out, size_t len, const struct values *vs)
{
	static uint8_t hide[OUTPUT_MAX];
	size_t i, k, n;

	memset(hide, 0, sizeof(hide));
	for (k = 0; k < vs->n; k++)
		for (i = 0, n = strlen(vs->v[k]); i + n <= len; i++)
			if (memcmp(out + i, vs->v[k], n) == 0)
				memset(hide + i, 1, n);
	for (i = 0; i < len; i++) {
		if (!hide[i])
			buf_put(b, out + i, 1);
		else if (i == 0 || !hide[i - 1])
			buf_put(b, MASK_MARK, strlen(MASK_MARK));
	}
}

static void
masked(struct buf *b, const char *out, size_t len, const struct values *vs,
    struct masker *h)
{
	struct masker_stream *s;
	size_t i, n;

	for (i = 0; i < vs->n; i++)
		masker_add(h, (const uint8_t *)vs->v[i], strlen(vs->v[i]));
	assert_int_equal(masker_build(h), 0);
	s = masker_open(h);
	for (i = 0; i < len; i += n) {
		n = 1 + (size_t)(random() % 200);
		if (random() % 8 == 0)
			n = OUTPUT_MAX;
		if (n > len - i)
			n = len - i;
		masker_feed(s, (const uint8_t *)out + i, n, b);
	}
	masker_finish(s, b);
	masker_close(s);
}

static void
test_masked(void **state)
{
	static char out[OUTPUT_MAX];
	struct buf want, got;
	struct masker *h;
	struct values vs;
	int i, letters;
	size_t len;

	(void)state;
	srandom(1);
	for (i = 0; i < TURNS; i++) {
		letters = i % 3 == 0 ? 2 : i % 3 == 1 ? 5 : 26;
		any_values(&vs, letters);
		len = any_output(out, &vs, letters);
		buf_init(&want, 16 * OUTPUT_MAX);
		buf_init(&got, 16 * OUTPUT_MAX);
		expected(&want, out, len, &vs);
		h = masker_new();
		masked(&got, out, len, &vs, h);
		masker_free(h);
		assert_int_equal(got.len, want.len);
		assert_true(want.len == 0 ||
		    memcmp(got.data, want.data, want.len) == 0);
		buf_free(&want);
		buf_free(&got);
	}
}

/*
 * The slow way to find them: all of the output is read once in each way, and
 * every word is looked for at every symbol.
 */
#define WORDS_MAX	128
#define WORD_MAX	160
#define SHORT_OUT	400
#define WALL		256	/* a symbol of no word */

static struct {
	uint8_t	p[WORD_MAX];
	uint8_t	breaks[WORD_MAX];
	size_t	len;
} words[WORDS_MAX];
static size_t nwords;

static struct {
	unsigned	sym[4 * SHORT_OUT];
	size_t		from[4 * SHORT_OUT];
	size_t		n;
	size_t		floor;
	unsigned	dropped;
	int		broken;
	uint8_t		*hidden;
} slow;

static void
word_add(void *arg, const uint8_t *p, const uint8_t *breaks, size_t len)
{
	(void)arg;
	assert_true(nwords < WORDS_MAX && len <= WORD_MAX);
	memcpy(words[nwords].p, p, len);
	memset(words[nwords].breaks, 0, WORD_MAX);
	if (breaks != NULL)
		memcpy(words[nwords].breaks, breaks, len);
	words[nwords++].len = len;
}

/* Are the last n symbols the first n of this word? */
static int
ends_with(size_t w, size_t n)
{
	size_t i;

	if (n > slow.n || n > words[w].len)
		return (0);
	for (i = 0; i < n; i++)
		if (slow.sym[slow.n - n + i] != words[w].p[i])
			return (0);
	return (1);
}

/*
 * The longest beginning of a word that the symbols end with; whether any has a
 * break behind it.
 */
static size_t
slow_depth(int *broken)
{
	size_t n, w, longest = 0;

	*broken = 0;
	for (n = slow.n < WORD_MAX ? slow.n : WORD_MAX; n > 0; n--)
		for (w = 0; w < nwords; w++)
			if (ends_with(w, n)) {
				longest = longest == 0 ? n : longest;
				*broken |= words[w].breaks[n - 1];
			}
	return (longest);
}

static void
slow_drop(void)
{
	if (++slow.dropped > READ_DROP)
		slow.sym[slow.n++] = WALL;
}

static void
slow_symbol(uint8_t c, size_t from, size_t end)
{
	size_t w, n, start, best = 0;
	int broken;

	if (c == '\n' || c == '\r') {
		if ((n = slow_depth(&broken)) == 0)
			return;
		if (n < READ_LINE && !broken)
			slow.floor = end;
		slow.broken = 1;
		slow_drop();
		return;
	}
	if (slow.broken && (c == ' ' || c == '\t')) {
		slow_drop();
		return;
	}
	slow.broken = 0;
	slow.dropped = 0;
	slow.sym[slow.n] = c;
	slow.from[slow.n++] = from;
	for (w = 0; w < nwords; w++)
		if (words[w].len > best && ends_with(w, words[w].len))
			best = words[w].len;
	if (best == 0)
		return;
	start = slow.from[slow.n - best];
	if (start < slow.floor)
		start = slow.floor;
	memset(slow.hidden + start, 1, end - start);
}

static int
hexval(const char *p, size_t n, unsigned digits)
{
	char text[5] = "";
	unsigned i;

	for (i = 0; i < digits; i++)
		if (i >= n || strchr("0123456789abcdefABCDEF", p[i]) ==
		    NULL || p[i] == '\0')
			return (-1);
	memcpy(text, p, digits);
	return ((int)strtol(text, NULL, 16));
}

/* How many bytes at p are an escape in this way of reading; its byte in *c. */
static size_t
escape_at(int way, const char *p, size_t n, int *c)
{
	static const char from[] = "ntrbfva", to[] = "\n\t\r\b\f\v\a";
	size_t k;

	*c = -1;
	if ((way == READ_PERCENT || way == READ_QUERY) && *p == '%' &&
	    (*c = hexval(p + 1, n - 1, 2)) != -1)
		return (3);
	if (way == READ_QUERY && *p == '+') {
		*c = ' ';
		return (1);
	}
	if (way == READ_ZEROS && *p == '\0')
		return (1);
	if ((way != READ_ESCAPE && way != READ_DOUBLE && way != READ_BARE) ||
	    *p != '\\' || n < 2)
		return (0);
	/* of what is in these outputs */
	if (way == READ_DOUBLE && p[1] != '\n' && p[1] != '\\')
		return (0);
	if (p[1] == '\n')
		return (2);
	*c = (uint8_t)p[1];
	if (way != READ_ESCAPE)
		return (2);
	if (p[1] == 'x') {
		for (k = 2; k > 0; k--)
			if ((*c = hexval(p + 2, n - 2, (unsigned)k)) != -1)
				return (2 + k);
		*c = 'x';
		return (2);
	}
	for (k = 0; from[k] != '\0'; k++)
		if (p[1] == from[k])
			*c = (uint8_t)to[k];
	return (2);
}

static void
slow_read(int way, const char *out, size_t len, uint8_t *hidden)
{
	size_t i, n;
	int c;

	memset(&slow, 0, sizeof(slow));
	slow.hidden = hidden;
	for (i = 0; i < len; i += n) {
		n = way == READ_PLAIN ? 0 : escape_at(way, out + i, len - i,
		    &c);
		if (n == 0) {
			n = 1;
			slow_symbol((uint8_t)out[i], i, i + 1);
		} else if (c == -1)
			slow_drop();
		else
			slow_symbol((uint8_t)c, way == READ_QUERY && n == 1 ?
			    i : i + 1, i + n);
	}
}

static void
slow_expected(struct buf *b, const char *out, size_t len)
{
	static uint8_t hide[SHORT_OUT];
	size_t i;
	int way;

	memset(hide, 0, sizeof(hide));
	for (way = 0; way < READINGS; way++)
		slow_read(way, out, len, hide);
	for (i = 0; i < len; i++) {
		if (!hide[i])
			buf_put(b, out + i, 1);
		else if (i == 0 || !hide[i - 1])
			buf_put(b, MASK_MARK, strlen(MASK_MARK));
	}
}

static void
any_of(char *p, size_t n, const char *from, size_t nfrom)
{
	size_t i;

	for (i = 0; i < n; i++)
		p[i] = from[random() % (long)nfrom];
}

/* Values, and pieces of their forms and of escapes one after another. */
static size_t
any_pieces(char *out, const struct values *vs)
{
	static const char *const odd[] = { "%", "%6", "%61", "%62", "\\",
	    "\\x6", "\\x61", "\\a", "\\b", "\\n", "\\\\", "\n", "\r\n", "\n  ",
	    "\\\n", "+", " ", "a", "ab" };
	size_t len = 0, n, w;

	while (len < SHORT_OUT - WORD_MAX - 1) {
		w = (size_t)random() % nwords;
		switch (random() % 5) {
		case 0:
			n = 1 + (size_t)random() % words[w].len;
			memcpy(out + len, words[w].p, n);
			len += n;
			break;
		case 1:
			n = strlen(vs->v[w % vs->n]);
			memcpy(out + len, vs->v[w % vs->n], n);
			len += n;
			break;
		case 2:
			out[len++] = '\0';
			break;
		default:
			n = (size_t)random() % NELEM(odd);
			memcpy(out + len, odd[n], strlen(odd[n]));
			len += strlen(odd[n]);
		}
	}
	return (len);
}

static void
show(const char *what, const void *p, size_t n)
{
	const uint8_t *q = p;
	size_t i;

	fprintf(stderr, "%s: ", what);
	for (i = 0; i < n; i++)
		fprintf(stderr, q[i] < 32 || q[i] > 126 ? "<%02x>" : "%c",
		    q[i]);
	fprintf(stderr, "\n");
}

/* The same bytes, in whatever pieces, as the slow way. */
static void
test_slow(void **state)
{
	static const char from[] = "aaabbb%61\\x n\n+";
	static char out[SHORT_OUT];
	struct buf want, got;
	struct values vs;
	struct masker *h;
	size_t i, len, hidden = 0;
	int turn;

	(void)state;
	srandom(2);
	for (turn = 0; turn < TURNS; turn++) {
		memset(&vs, 0, sizeof(vs));
		vs.n = 1 + (size_t)(random() % 2);
		nwords = 0;
		for (i = 0; i < vs.n; i++) {
			any_of(vs.v[i], 5 + (size_t)(random() % 12), from,
			    sizeof(from) - 1);
			vs.v[i][0] = 'a';
			forms_each((const uint8_t *)vs.v[i],
			    strlen(vs.v[i]), word_add, NULL);
		}
		len = any_pieces(out, &vs);
		buf_init(&want, 16 * SHORT_OUT);
		buf_init(&got, 16 * SHORT_OUT);
		slow_expected(&want, out, len);
		hidden += want.len != len;
		h = masker_new();
		masked(&got, out, len, &vs, h);
		masker_free(h);
		if (got.len != want.len || memcmp(got.data, want.data,
		    want.len) != 0) {
			for (i = 0; i < vs.n; i++)
				show("value", vs.v[i], strlen(vs.v[i]));
			show("output", out, len);
			show("wanted", want.data, want.len);
			show("got", got.data, got.len);
			fail_msg("turn %d", turn);
		}
		buf_free(&want);
		buf_free(&got);
	}
	assert_true(hidden > TURNS / 2);
}

/* A run that prints nothing, or nothing on one of the two. */
static void
test_nothing(void **state)
{
	struct masker_stream *s;
	struct masker *h;
	struct buf b;

	(void)state;
	h = masker_new();
	masker_add(h, (const uint8_t *)"a value", 7);
	assert_int_equal(masker_build(h), 0);
	buf_init(&b, 16);
	s = masker_open(h);
	masker_finish(s, &b);
	masker_close(s);
	s = masker_open(h);
	masker_feed(s, (const uint8_t *)"", 0, &b);
	masker_finish(s, &b);
	masker_close(s);
	assert_int_equal(b.len, 0);
	buf_free(&b);
	masker_free(h);
}

/* First halves without end are no form: what is held back stays small. */
static void
test_halves(void **state)
{
	static const char half[] = "\\ud800";
	struct masker_stream *s;
	struct masker *h;
	struct buf b;
	unsigned i;

	(void)state;
	h = masker_new();
	masker_add(h, (const uint8_t *)"a value", 7);
	assert_int_equal(masker_build(h), 0);
	buf_init(&b, 4 * MASKER_CHUNK);
	s = masker_open(h);
	masker_feed(s, (const uint8_t *)"a", 1, &b);
	for (i = 0; i < MASKER_CHUNK / 6; i++)
		masker_feed(s, (const uint8_t *)half, 6, &b);
	assert_true(b.len > MASKER_CHUNK - 1024);
	masker_finish(s, &b);
	assert_int_equal(b.len, 1 + 6 * (MASKER_CHUNK / 6));
	masker_close(s);
	buf_free(&b);
	masker_free(h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_masked),
		cmocka_unit_test(test_slow),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_halves),
	};

	return (cmocka_run_group_tests_name("executor masks", tests, NULL,
	    NULL));
}
