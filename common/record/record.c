/* SPDX-License-Identifier: ISC */
/* One line of the log, and its place in the chain. */
#include "config.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/base64.h"
#include "common/civil.h"
#include "common/field.h"
#include "common/record/record.h"

#define TIMEOFF	(RECORD_NUMLEN + 1)
#define KINDOFF	(TIMEOFF + RECORD_TIME + 1)

static const char before_fields[] = "{\"v\":1,";
static const char before_p[] = ",\"p\":\"";
static const char tail[] = "\"}\n";
static const char behind_kind[] = ": ";

#define HEADLEN	(sizeof(before_fields) - 1)
#define LINKLEN	(sizeof(before_p) - 1)
#define TAILLEN	(sizeof(tail) - 1)
#define BEHIND	(sizeof(behind_kind) - 1)
/* from the comma in front of "p" to the newline */
#define ENDLEN	(LINKLEN + RECORD_P + TAILLEN)

void
record_digest(uint8_t out[RECORD_DIGEST], const void *line, size_t len)
{
	(void)crypto_generichash(out, RECORD_DIGEST, line, len, NULL, 0);
}

void
record_start(struct record_head *h)
{
	h->number = 0;
	record_digest(h->digest, NULL, 0);
}

void
record_step(struct record_head *h, const void *line, size_t len)
{
	h->number++;
	record_digest(h->digest, line, len);
}

void
record_p(char out[RECORD_P + 1], const uint8_t digest[RECORD_DIGEST])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-_";
	const uint8_t *d = digest;
	uint32_t v;
	char *p = out;

	/* no secret: libsodium's takes ten times as long for the same */
	for (; d < digest + RECORD_DIGEST - 2; d += 3) {
		v = (uint32_t)d[0] << 16 | (uint32_t)d[1] << 8 | d[2];
		*p++ = digits[v >> 18];
		*p++ = digits[v >> 12 & 63];
		*p++ = digits[v >> 6 & 63];
		*p++ = digits[v & 63];
	}
	v = (uint32_t)d[0] << 16 | (uint32_t)d[1] << 8;
	*p++ = digits[v >> 18];
	*p++ = digits[v >> 12 & 63];
	*p++ = digits[v >> 6 & 63];
	*p = '\0';
}

int
record_p_parse(uint8_t digest[RECORD_DIGEST], const char *text, size_t len)
{
	return (len != RECORD_P ? -1 : base64_get(digest, RECORD_DIGEST, text,
	    len, sodium_base64_VARIANT_URLSAFE_NO_PADDING));
}

int
record_time(char out[RECORD_TIME + 1], uint64_t us)
{
	struct civil c;

	out[0] = '\0';
	if (civil_get(&c, us / 1000000) == -1)
		return (-1);
	(void)snprintf(out, RECORD_TIME + 1,
	    "%04u-%02u-%02uT%02u:%02u:%02u.%06uZ", c.year, c.month, c.day,
	    c.hour, c.minute, c.second, (unsigned)(us % 1000000));
	return (0);
}

/* n digits as a number, or UINT64_MAX. */
static uint64_t
digits(const char *s, size_t n)
{
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return (UINT64_MAX);
		v = v * 10 + (uint64_t)(s[i] - '0');
	}
	return (v);
}

static int
get_time(const char *s, uint64_t *us)
{
	struct civil c;
	uint64_t frac, sec;

	if (s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' ||
	    s[16] != ':' || s[19] != '.' || s[26] != 'Z')
		return (-1);
	/* what is no number is out of range, too */
	c.year = (unsigned)digits(s, 4);
	c.month = (unsigned)digits(s + 5, 2);
	c.day = (unsigned)digits(s + 8, 2);
	c.hour = (unsigned)digits(s + 11, 2);
	c.minute = (unsigned)digits(s + 14, 2);
	c.second = (unsigned)digits(s + 17, 2);
	frac = digits(s + 20, 6);
	if (frac > 999999 || civil_seconds(&sec, &c) == -1)
		return (-1);
	*us = sec * 1000000 + frac;
	return (0);
}

/* No key twice in an object, and at the top neither "v" nor "p". */
static int
keys_ok(const void *data, size_t len, unsigned depth)
{
	struct field f, seen[RECORD_MAXKEYS];
	size_t i, n = 0;
	struct rd r;
	int ret;

	if (depth > 4)
		return (0);
	rd_init(&r, data, len);
	while ((ret = field_next(&r, &f)) == 1) {
		/* "v" and "p" take two of the places */
		if (n == RECORD_MAXKEYS - 2 || (depth == 0 && f.keylen == 1 &&
		    (f.key[0] == 'v' || f.key[0] == 'p')))
			return (0);
		for (i = 0; i < n; i++)
			if (seen[i].keylen == f.keylen &&
			    memcmp(seen[i].key, f.key, f.keylen) == 0)
				return (0);
		if (f.type == FIELD_ROWS ||	/* answers alone have them */
		    (f.type == FIELD_OBJ && !keys_ok(f.val, f.len, depth + 1)))
			return (0);
		seen[n++] = f;
	}
	return (ret == 0);
}

int
record_line(struct buf *out, const struct record_head *head,
    uint64_t realtime_us, unsigned kind, const void *fields, size_t len)
{
	const char *word = record_kind_name(kind);
	char p[RECORD_P + 1], time[RECORD_TIME + 1];
	struct buf b, f;
	int r = -1;

	buf_init(&b, RECORD_MAX);
	buf_init(&f, RECORD_MAX);
	if (head->number >= RECORD_LAST || word == NULL ||
	    !keys_ok(fields, len, 0))
		goto out;
	field_u64(&f, "v", 1);
	buf_put(&f, fields, len);
	if (record_time(time, realtime_us) == -1)
		goto out;
	buf_printf(&b, "%012" PRIu64 " %s %s%s", head->number + 1, time, word,
	    behind_kind);
	if (f.bad || field_json(&b, f.data, f.len, 1) == -1)
		goto out;
	record_p(p, head->digest);
	buf_printf(&b, "%s%s%s", before_p, p, tail);
	if (b.bad || out->bad || b.len > out->max - out->len)
		goto out;
	buf_put(out, b.data, b.len);
	r = 0;
out:
	buf_free(&f);
	buf_free(&b);
	return (r);
}

/*
 * The kind at s and, in *len, the length of its word; RECORD_NONE if there
 * is none, or -1 if there is nothing like a kind, a colon and a space.
 */
static int
get_kind(const char *s, size_t n, size_t *len)
{
	size_t i;

	for (i = 0; i < n && s[i] >= 'a' && s[i] <= 'z'; i++)
		;
	if (i == 0 || n - i < BEHIND ||
	    memcmp(s + i, behind_kind, BEHIND) != 0)
		return (-1);
	*len = i;
	return ((int)record_kind_find(s, i));
}

int
record_begins(const char *line, size_t n, enum record_kind kind)
{
	const char *word = record_kind_name(kind);
	size_t len = strlen(word);

	if (n < KINDOFF + len + BEHIND)
		return (-1);
	return (memcmp(line + KINDOFF, word, len) == 0 &&
	    memcmp(line + KINDOFF + len, behind_kind, BEHIND) == 0);
}

/* grep "exec:" must find the exec records and no others. */
static int
kind_in_text(const char *s, size_t n)
{
	const char *c, *p = s, *end = s + n;

	for (; (c = memchr(p, ':', (size_t)(end - p))) != NULL; p = c + 1) {
		/* most colons stand behind a key's quotation mark */
		if (c == s || c[-1] < 'a' || c[-1] > 'z')
			continue;
		if (record_kind_ends(s, (size_t)(c - s)))
			return (1);
	}
	return (0);
}

/*
 * The parts of a line, as far as "format", "time" and "kind" go.  The number
 * is set as soon as there is one, so that a broken line can be named.
 */
static const char *
parse_line(struct record_view *v, const char *line, size_t len)
{
	size_t klen;
	int kind;

	memset(v, 0, sizeof(*v));
	if (len > RECORD_NUMLEN && line[RECORD_NUMLEN] == ' ' &&
	    digits(line, RECORD_NUMLEN) != UINT64_MAX)
		v->number = digits(line, RECORD_NUMLEN);
	if (v->number == 0 || len > RECORD_MAX ||
	    len < KINDOFF + HEADLEN + ENDLEN || line[KINDOFF - 1] != ' ' ||
	    memchr(line, '\n', len) != line + len - 1)
		return ("format");
	v->p = line + len - TAILLEN - RECORD_P;
	if (memcmp(v->p - LINKLEN, before_p, LINKLEN) != 0 ||
	    memcmp(v->p + RECORD_P, tail, TAILLEN) != 0)
		return ("format");
	kind = get_kind(line + KINDOFF, len - KINDOFF - ENDLEN, &klen);
	if (kind == -1)
		return ("format");
	if (get_time(line + TIMEOFF, &v->time_us) == -1)
		return ("time");
	if (kind == RECORD_NONE)
		return ("kind");
	v->kind = (unsigned)kind;
	v->time = line + TIMEOFF;
	v->json = line + KINDOFF + klen + BEHIND;
	v->jsonlen = (size_t)(line + len - 1 - v->json);
	return (NULL);
}

static int
json_ok(const struct record_view *v)
{
	return (v->jsonlen >= HEADLEN &&
	    memcmp(v->json, before_fields, HEADLEN) == 0 &&
	    !kind_in_text(v->json, v->jsonlen) &&
	    record_json(v->json, v->jsonlen) == 0);
}

/* Is that what p says? */
static int
is_linked(const char *p, const uint8_t digest[RECORD_DIGEST])
{
	char want[RECORD_P + 1];

	record_p(want, digest);
	return (memcmp(p, want, RECORD_P) == 0);
}

int
record_carries(const char *line, size_t len,
    const uint8_t digest[RECORD_DIGEST])
{
	const char *p;

	if (len <= RECORD_P + TAILLEN)
		return (0);
	p = line + len - TAILLEN - RECORD_P;
	return (is_linked(p, digest) &&
	    memcmp(p + RECORD_P, tail, TAILLEN) == 0);
}

const char *
record_check(const char *line, size_t len, const struct record_head *head,
    uint64_t *got_number)
{
	uint8_t digest[RECORD_DIGEST];
	struct record_view v;
	const char *rule;
	int linked;

	rule = parse_line(&v, line, len);
	*got_number = v.number;
	if (rule != NULL && strcmp(rule, "format") == 0)
		return (rule);
	/* a p that is right needs no second look */
	linked = head != NULL && is_linked(v.p, head->digest);
	if (!linked && record_p_parse(digest, v.p, RECORD_P) == -1)
		return ("format");
	if (head != NULL && v.number != head->number + 1)
		return ("number");
	if (rule != NULL)
		return (rule);
	if (!json_ok(&v))
		return ("json");
	return (head == NULL || linked ? NULL : "chain");
}

int
record_view(struct record_view *v, const char *line, size_t len)
{
	return (parse_line(v, line, len) == NULL ? 0 : -1);
}
