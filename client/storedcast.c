/* SPDX-License-Identifier: ISC */
/* Stored output in its time; see storedcast.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "client/out.h"
#include "client/storedcast.h"
#include "client/termsafe.h"
#include "common/field.h"
#include "common/outfile.h"
#include "common/text.h"

#define REPLAY_WAIT_US	2000000U	/* at most, without output */
#define NO_SIZE_ROWS	24
#define NO_SIZE_COLS	80

static const char *const stream_words[] = {
	[OUTFILE_OUT] = "out", [OUTFILE_ERR] = "err", [OUTFILE_TTY] = "tty",
	[OUTFILE_SIZE] = "size", [OUTFILE_GAP] = "gap",
};

/* One of the two: parts may come a little out of their order. */
struct storedcast {
	uint64_t	 last_us;
	int		 begun;		/* the first line is out */
	const char	*name;
	uint64_t	 begun_us;
	uint8_t		 held[OUTFILE_KINDS][4];	/* of a character */
	size_t		 nheld[OUTFILE_KINDS];
	size_t		 n;
	struct termsafe	 safe;
};

static int
feed(const uint8_t *p, size_t n, outfile_cb cb, struct storedcast *c)
{
	struct outfile f;
	int r;

	memset(&f, 0, sizeof(f));
	r = outfile_feed(&f, p, n, cb, c);
	if (outfile_inside(&f))
		r = -1;
	outfile_free(&f);
	return (r);
}

/* A JSON string of any bytes: what is no UTF-8 becomes U+FFFD. */
static void
put_json(struct buf *b, const uint8_t *p, size_t n)
{
	uint32_t cp;
	size_t k;

	buf_put_u8(b, '"');
	for (; n > 0; p += k, n -= k) {
		if ((k = text_char(p, n, &cp)) == 0) {
			buf_printf(b, "\\ufffd");
			k = 1;
		} else if (cp < 0x20 || cp == 0x7f)
			buf_printf(b, "\\u%04x", cp);
		else {
			if (cp == '"' || cp == '\\')
				buf_put_u8(b, '\\');
			buf_put(b, p, k);
		}
	}
	buf_put_u8(b, '"');
}

static void
put_head(struct storedcast *c, uint16_t rows, uint16_t cols)
{
	if (c->begun)
		return;
	c->begun = 1;
	printf("{\"version\":2,\"width\":%u,\"height\":%u,"
	    "\"timestamp\":%llu,\"title\":\"%s\"}\n", cols, rows,
	    (unsigned long long)(c->begun_us / 1000000), c->name);
}

/* What is no size goes to the terminal, wherever it came from. */
static void
put_event(struct storedcast *c, uint64_t at_us, const char *code,
    const uint8_t *p, size_t n)
{
	struct buf b;

	if (at_us > c->last_us)
		c->last_us = at_us;
	buf_init(&b, 8U * OUTFILE_PART);
	buf_printf(&b, "[%llu.%06llu,\"%s\",",
	    (unsigned long long)(c->last_us / 1000000),
	    (unsigned long long)(c->last_us % 1000000), code);
	put_json(&b, p, n);
	buf_printf(&b, "]\n");
	out_buf(stdout, &b);
}

/* A character that is cut at the end of a part goes with the next. */
static void
put_output(struct storedcast *c, const struct outfile_part *v)
{
	uint8_t both[OUTFILE_PART + 4];
	size_t *held = &c->nheld[v->kind], n = *held + v->len, whole;

	memcpy(both, c->held[v->kind], *held);
	memcpy(both + *held, v->p, v->len);
	whole = text_whole(both, n);
	if (n - whole > sizeof(c->held[0]))
		whole = n;
	if (whole > 0)
		put_event(c, v->at_us, "o", both, whole);
	*held = n - whole;
	memcpy(c->held[v->kind], both + whole, *held);
}

static int
cast_part(const struct outfile_part *v, void *arg)
{
	struct storedcast *c = arg;
	char text[64];

	if (v->kind == OUTFILE_SIZE) {
		if (!c->begun) {
			put_head(c, v->rows, v->cols);
			return (0);
		}
		(void)snprintf(text, sizeof(text), "%ux%u", v->cols, v->rows);
		put_event(c, v->at_us, "r", (uint8_t *)text, strlen(text));
		return (0);
	}
	put_head(c, NO_SIZE_ROWS, NO_SIZE_COLS);
	if (v->kind != OUTFILE_GAP) {
		put_output(c, v);
		return (0);
	}
	(void)snprintf(text, sizeof(text), "\r\n[%llu bytes are not stored]"
	    "\r\n", (unsigned long long)v->gap);
	put_event(c, v->at_us, "o", (uint8_t *)text, strlen(text));
	return (0);
}

int
storedcast_print(const struct stored_output *o, const char *name,
    const uint8_t *p, size_t n)
{
	struct storedcast c;
	int kind, r;

	memset(&c, 0, sizeof(c));
	c.name = name;
	c.begun_us = o->begun_us;
	r = feed(p, n, cast_part, &c);
	put_head(&c, NO_SIZE_ROWS, NO_SIZE_COLS);
	for (kind = 0; kind < OUTFILE_KINDS; kind++)
		if (c.nheld[kind] != 0)
			put_event(&c, 0, "o", c.held[kind], c.nheld[kind]);
	return (r);
}

static int
json_part(const struct outfile_part *v, void *arg)
{
	struct storedcast *c = arg;
	struct buf b;

	buf_init(&b, 8U * OUTFILE_PART);
	buf_printf(&b, "%s{\"at_us\":%llu,\"stream\":\"%s\",",
	    c->n++ != 0 ? "," : "", (unsigned long long)v->at_us,
	    stream_words[v->kind]);
	if (v->kind == OUTFILE_GAP)
		buf_printf(&b, "\"bytes\":%llu}", (unsigned long long)v->gap);
	else if (v->kind == OUTFILE_SIZE)
		buf_printf(&b, "\"rows\":%u,\"columns\":%u}", v->rows,
		    v->cols);
	else {
		buf_printf(&b, "\"text\":");
		json_str(&b, (const char *)v->p, v->len);
		buf_put_u8(&b, '}');
	}
	out_buf(stdout, &b);
	return (0);
}

int
storedcast_json(const char *name, const uint8_t *p, size_t n)
{
	struct storedcast c;
	int r;

	memset(&c, 0, sizeof(c));
	printf("{\"run\":\"%s\",\"parts\":[", name);
	r = feed(p, n, json_part, &c);
	printf("]}\n");
	return (r);
}

/* Whoever has looked long enough presses the key that interrupts. */
static void
wait_until(struct storedcast *c, uint64_t at_us)
{
	struct timespec ts;
	uint64_t us;

	if (at_us <= c->last_us)
		return;
	us = at_us - c->last_us;
	c->last_us = at_us;
	if (us > REPLAY_WAIT_US)
		us = REPLAY_WAIT_US;
	(void)fflush(stdout);
	ts.tv_sec = (time_t)(us / 1000000);
	ts.tv_nsec = (long)(us % 1000000) * 1000;
	(void)nanosleep(&ts, NULL);
}

static int
replay_part(const struct outfile_part *v, void *arg)
{
	struct storedcast *c = arg;
	struct buf b;

	if (v->kind == OUTFILE_SIZE)
		return (0);
	wait_until(c, v->at_us);
	buf_init(&b, OUTFILE_PART + 64);
	if (v->kind == OUTFILE_GAP)
		buf_printf(&b, "\r\n[%llu bytes are not stored]\r\n",
		    (unsigned long long)v->gap);
	else
		termsafe_put(&c->safe, &b, v->p, v->len);
	out_buf(stdout, &b);
	return (0);
}

int
storedcast_replay(const uint8_t *p, size_t n)
{
	struct storedcast c;
	int r;

	memset(&c, 0, sizeof(c));
	r = feed(p, n, replay_part, &c);
	printf("\033[0m\n");
	return (r);
}
