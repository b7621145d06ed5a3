/* SPDX-License-Identifier: ISC */
/*
 * Reading the JSON of a log line.  It accepts what field_json can write and
 * nothing else: each freedom that a parser leaves is a bit of the log that
 * could change without a verifier's notice.
 */
#include "config.h"

#include <endian.h>
#include <string.h>

#include "common/record/record.h"
#include "common/text.h"

struct js {
	const char	*p;
	const char	*end;
	unsigned	 depth;
};

struct json_key {
	const char	*s;
	size_t		 len;
};

static int	js_value(struct js *);

static int
js_eat(struct js *j, char c)
{
	if (j->p == j->end || *j->p != c)
		return (0);
	j->p++;
	return (1);
}

/* Four lower-case hex digits behind \u. */
static int
js_hex4(struct js *j, unsigned *v)
{
	int i;
	char c;

	*v = 0;
	for (i = 0; i < 4; i++) {
		if (j->p == j->end)
			return (-1);
		c = *j->p++;
		if (c >= '0' && c <= '9')
			*v = *v << 4 | (unsigned)(c - '0');
		else if (c >= 'a' && c <= 'f')
			*v = *v << 4 | (unsigned)(c - 'a' + 10);
		else
			return (-1);
	}
	return (0);
}

/* What follows a backslash; surrogates only as a pair. */
static int
js_escape(struct js *j)
{
	unsigned v;

	if (js_eat(j, '"') || js_eat(j, '\\'))
		return (0);
	if (!js_eat(j, 'u') || js_hex4(j, &v) == -1)
		return (-1);
	if (v < 0xd800 || v > 0xdfff)
		return (0);
	if (v > 0xdbff || !js_eat(j, '\\') || !js_eat(j, 'u') ||
	    js_hex4(j, &v) == -1)
		return (-1);
	return (v >= 0xdc00 && v <= 0xdfff ? 0 : -1);
}

/* Most characters are. */
static int
is_plain(char c)
{
	return (c >= 0x20 && c < 0x7f && c != '"' && c != '\\');
}

/* Eight bytes at once: is one of them below n, n at most 128, or above 127? */
#define EACH_BYTE(c)	(UINT64_C(0x0101010101010101) * (c))
#define HAS_HIGH(x)	((x) & EACH_BYTE(0x80))
#define HAS_BELOW(x, n)	(((x) - EACH_BYTE(n)) & ~(x) & EACH_BYTE(0x80))
#define HAS_BYTE(x, c)	HAS_BELOW((x) ^ EACH_BYTE(c), 1)

/*
 * Steps over what is plain, eight bytes at a time; what it leaves may be plain
 * only where fewer are left.  A borrow goes upwards, so the lowest bit that is
 * set tells the first byte that is not.
 */
static void
js_plain(struct js *j)
{
	uint64_t x;

	while ((size_t)(j->end - j->p) >= sizeof(x)) {
		memcpy(&x, j->p, sizeof(x));
		x = le64toh(x);
		x = HAS_HIGH(x) | HAS_BELOW(x, 0x20) | HAS_BYTE(x, 0x7f) |
		    HAS_BYTE(x, '"') | HAS_BYTE(x, '\\');
		if (x != 0) {
			j->p += __builtin_ctzll(x) / 8;
			break;
		}
		j->p += sizeof(x);
	}
}

static int
js_string(struct js *j)
{
	uint32_t c;
	size_t n;

	if (!js_eat(j, '"'))
		return (-1);
	js_plain(j);
	while (j->p != j->end) {
		if (is_plain(*j->p)) {
			j->p++;
			continue;
		}
		if (js_eat(j, '"'))
			return (0);
		if (js_eat(j, '\\')) {
			if (js_escape(j) == -1)
				return (-1);
			js_plain(j);
			continue;
		}
		if ((unsigned char)*j->p < 0x20 || *j->p == 0x7f)
			return (-1);
		n = text_char(j->p, (size_t)(j->end - j->p), &c);
		if (n == 0)
			return (-1);
		j->p += n;
		js_plain(j);
	}
	return (-1);
}

static int
js_number(struct js *j)
{
	const char *start;
	size_t n;

	(void)js_eat(j, '-');
	start = j->p;
	while (j->p != j->end && *j->p >= '0' && *j->p <= '9')
		j->p++;
	n = (size_t)(j->p - start);
	if (n == 0 || n > 20 || (n > 1 && *start == '0') ||
	    (n == 1 && *start == '0' && start[-1] == '-'))
		return (-1);
	return (0);
}

static int
js_word(struct js *j, const char *w)
{
	size_t n = strlen(w);

	if ((size_t)(j->end - j->p) < n || memcmp(j->p, w, n) != 0)
		return (-1);
	j->p += n;
	return (0);
}

static const uint8_t in_key[256] = {
	['0'] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	['A'] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	['_'] = 1,
	['a'] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
};

static int
js_key(struct js *j, struct json_key *k)
{
	if (!js_eat(j, '"'))
		return (-1);
	k->s = j->p;
	while (j->p != j->end && in_key[(unsigned char)*j->p])
		j->p++;
	k->len = (size_t)(j->p - k->s);
	if (k->len == 0 || k->len > 64)
		return (-1);
	return (js_eat(j, '"') && js_eat(j, ':') ? 0 : -1);
}

static int
key_is(const struct json_key *k, const char *s, size_t len)
{
	return (k->len == len && memcmp(k->s, s, len) == 0);
}

static int
js_object(struct js *j)
{
	struct json_key keys[RECORD_MAXKEYS];
	uint64_t seen = 0, bit;
	size_t i, n = 0;

	if (js_eat(j, '}'))
		return (0);
	do {
		if (n == RECORD_MAXKEYS || js_key(j, &keys[n]) == -1)
			return (-1);
		/* of length and beginning: most keys are new by that alone */
		bit = UINT64_C(1) << ((keys[n].len * 7 +
		    (unsigned char)keys[n].s[0]) & 63);
		for (i = 0; (seen & bit) != 0 && i < n; i++)
			if (key_is(&keys[i], keys[n].s, keys[n].len))
				return (-1);
		seen |= bit;
		n++;
		if (js_value(j) == -1)
			return (-1);
	} while (js_eat(j, ','));
	return (js_eat(j, '}') ? 0 : -1);
}

static int
js_list(struct js *j)
{
	if (js_eat(j, ']'))
		return (0);
	do {
		if (js_value(j) == -1)
			return (-1);
	} while (js_eat(j, ','));
	return (js_eat(j, ']') ? 0 : -1);
}

static int
js_nest(struct js *j, int (*what)(struct js *))
{
	int r;

	if (j->depth == RECORD_DEPTH)
		return (-1);
	j->p++;
	j->depth++;
	r = what(j);
	j->depth--;
	return (r);
}

static int
js_value(struct js *j)
{
	if (j->p == j->end)
		return (-1);
	switch (*j->p) {
	case '{':
		return (js_nest(j, js_object));
	case '[':
		return (js_nest(j, js_list));
	case '"':
		return (js_string(j));
	case 't':
		return (js_word(j, "true"));
	case 'f':
		return (js_word(j, "false"));
	default:
		return (js_number(j));
	}
}

int
record_json(const char *json, size_t len)
{
	struct js j = { json, json + len, 0 };

	if (len == 0 || *json != '{' || js_value(&j) == -1 || j.p != j.end)
		return (-1);
	return (0);
}

/* Steps through one object; 1 with j at the value of key, else 0. */
static int
js_find(struct js *j, const char *key, size_t len)
{
	struct json_key k;

	if (!js_eat(j, '{'))
		return (0);
	while (js_key(j, &k) == 0) {
		if (key_is(&k, key, len))
			return (1);
		if (js_value(j) == -1 || !js_eat(j, ','))
			break;
	}
	return (0);
}

int
record_member(const char *json, size_t len, const char *path,
    const char **val, size_t *vlen)
{
	struct js j = { json, json + len, 0 };
	const char *dot;

	while ((dot = strchr(path, '.')) != NULL) {
		if (!js_find(&j, path, (size_t)(dot - path)))
			return (0);
		path = dot + 1;
	}
	if (!js_find(&j, path, strlen(path)))
		return (0);
	*val = j.p;
	if (js_value(&j) == -1)
		return (0);
	*vlen = (size_t)(j.p - *val);
	return (1);
}

int
record_member_str(const char *json, size_t len, const char *path, char *out,
    size_t size)
{
	const char *v;
	size_t n;

	if (!record_member(json, len, path, &v, &n) || n < 2 || *v != '"')
		return (-1);
	n -= 2;
	v++;
	if (n >= size || memchr(v, '\\', n) != NULL)
		return (-1);
	memcpy(out, v, n);
	out[n] = '\0';
	return ((int)n);
}

int
record_member_u64(const char *json, size_t len, const char *path,
    uint64_t *out)
{
	const char *v;
	uint64_t u = 0, d;
	size_t i, n;

	if (!record_member(json, len, path, &v, &n))
		return (-1);
	for (i = 0; i < n; i++) {
		if (v[i] < '0' || v[i] > '9')
			return (-1);
		d = (uint64_t)(v[i] - '0');
		if (u > (UINT64_MAX - d) / 10)
			return (-1);
		u = u * 10 + d;
	}
	*out = u;
	return (0);
}
