/* SPDX-License-Identifier: ISC */
/* Copies of exec lines against a log that comes; see execcopies.h. */
#include "config.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/execcopies.h"
#include "client/logquery.h"
#include "common/buf.h"
#include "common/decimal.h"
#include "common/msg.h"
#include "common/record/logseg.h"
#include "common/role.h"
#include "common/xmalloc.h"

#define COPY_HEAD	128		/* "copy FIRST NEXT BYTES\n" */
#define COPY_TRIES	3
#define LINE_SUM	crypto_shorthash_BYTES

struct exec_lines {
	uint64_t	 first;		/* records of its segment */
	uint64_t	 next;		/* ... 0: what is written now */
	uint8_t		(*sums)[LINE_SUM];
	size_t		 n;
	size_t		 room;
	struct buf	 part;		/* behind them, a line without end */
	size_t		 at;		/* the next one that is to come */
	int		 ended;		/* too early, which is no change */
	int		 wrong;
	uint64_t	 record;	/* the last exec line */
};

struct execcopies {
	uint8_t		 key[crypto_shorthash_KEYBYTES];
	struct exec_lines *v;
	size_t		 n;
	size_t		 now;		/* which has the lines that come */
	char		 head[COPY_HEAD];
	size_t		 nhead;
	uint64_t	 left;		/* bytes of the last one */
	int		 cut;		/* it ended in front of a NUL */
};

struct execcopies *
execcopies_new(void)
{
	struct execcopies *x;

	x = xcalloc(1, sizeof(*x));
	crypto_shorthash_keygen(x->key);
	return (x);
}

static void
forget(struct execcopies *x)
{
	size_t i;

	for (i = 0; i < x->n; i++) {
		free(x->v[i].sums);
		buf_free(&x->v[i].part);
	}
	free(x->v);
	x->v = NULL;
	x->n = x->now = x->nhead = 0;
	x->left = 0;
}

void
execcopies_free(struct execcopies *x)
{
	forget(x);
	freezero(x, sizeof(*x));
}

static void
line_sum(const struct execcopies *x, uint8_t out[LINE_SUM], const void *p,
    size_t n)
{
	(void)crypto_shorthash(out, p, n, x->key);
}

static void
add_line(struct execcopies *x, struct exec_lines *c, const void *p, size_t n)
{
	if (c->n == c->room) {
		c->sums = xrecallocarray(c->sums, c->room, 2 * c->room + 256,
		    sizeof(*c->sums));
		c->room = 2 * c->room + 256;
	}
	line_sum(x, c->sums[c->n++], p, n);
}

/* Whole lines; one that is longer than any is one that no log has. */
static void
take_lines(struct execcopies *x, const char *p, size_t n)
{
	struct exec_lines *c = &x->v[x->n - 1];
	const char *nul, *nl;
	size_t len;

	if (x->cut)
		return;
	if ((nul = memchr(p, '\0', n)) != NULL) {
		n = (size_t)(nul - p);
		x->cut = 1;
	}
	for (; (nl = memchr(p, '\n', n)) != NULL; p += len, n -= len) {
		len = (size_t)(nl - p) + 1;
		if (c->part.len == 0) {
			add_line(x, c, p, len);
			continue;
		}
		buf_put(&c->part, p, len);
		add_line(x, c, c->part.data, c->part.len);
		buf_reset(&c->part);
	}
	buf_put(&c->part, p, n);
	if (c->part.bad)
		c->wrong = 1;
}

/* A number, no more than most, that ends in that byte. */
static int
number(const char **p, char end, uint64_t most, uint64_t *v)
{
	const char *s;

	if ((s = decimal_front(*p, v)) == NULL || *s != end || *v > most)
		return (-1);
	*p = s + 1;
	return (0);
}

/* One more begins, behind those before. */
static int
begin(struct execcopies *x)
{
	const char *p = x->head + 5;
	struct exec_lines c;

	memset(&c, 0, sizeof(c));
	if (strncmp(x->head, "copy ", 5) != 0 ||
	    number(&p, ' ', RECORD_LAST, &c.first) == -1 ||
	    number(&p, ' ', RECORD_LAST, &c.next) == -1 ||
	    number(&p, '\n', INT64_MAX, &x->left) == -1 || c.first == 0 ||
	    (c.next != 0 && c.next <= c.first))
		return (-1);
	if (x->n != 0 && (x->v[x->n - 1].next == 0 ||
	    x->v[x->n - 1].next > c.first))
		return (-1);
	buf_init(&c.part, RECORD_MAX);
	x->v = xrecallocarray(x->v, x->n, x->n + 1, sizeof(*x->v));
	x->v[x->n++] = c;
	x->nhead = 0;
	x->cut = 0;
	return (0);
}

int
execcopies_feed(struct execcopies *x, const void *data, size_t len)
{
	const char *p = data;
	size_t n;

	while (len != 0) {
		if (x->left != 0) {
			n = len < x->left ? len : (size_t)x->left;
			take_lines(x, p, n);
			x->left -= n;
			p += n;
			len -= n;
			continue;
		}
		if (x->nhead + 1 == sizeof(x->head))
			return (-1);
		x->head[x->nhead++] = *p;
		x->head[x->nhead] = '\0';
		len--;
		if (*p++ == '\n' && begin(x) == -1)
			return (-1);
	}
	return (0);
}

int
execcopies_end(struct execcopies *x)
{
	return (x->left != 0 || x->nhead != 0 ? -1 : 0);
}

static int
on_piece(const uint8_t *p, size_t n, void *arg, struct fail *f)
{
	if (execcopies_feed(arg, p, n) == 0)
		return (0);
	fail_set(f, EXIT_CLAWBOT, "wrong answer from the daemon: no copies of "
	    "exec lines");
	return (-1);
}

/* One may be written anew while it is read. */
int
execcopies_ask(struct execcopies *x, const struct cli *cli, struct fail *f)
{
	int i, r = -1;

	for (i = 0; i < COPY_TRIES && r == -1; i++) {
		forget(x);
		r = query_log(cli, QUERY_COPIES, 0, 0, on_piece, NULL, x, f);
		if (r == -1 && f->status != EXIT_TEMPFAIL)
			return (-1);
	}
	if (r == 0 && execcopies_end(x) == -1) {
		fail_set(f, EXIT_CLAWBOT, "wrong answer from the daemon: a "
		    "copy of exec lines ends too early");
		r = -1;
	}
	return (r);
}

/* The copy that has a record's line, or NULL. */
static struct exec_lines *
copy_of(struct execcopies *x, uint64_t record)
{
	struct exec_lines *c;

	for (; x->now < x->n; x->now++) {
		c = &x->v[x->now];
		if (c->next == 0 || record < c->next)
			return (record >= c->first ? c : NULL);
	}
	return (NULL);
}

void
execcopies_line(struct execcopies *x, uint64_t record, const char *line,
    size_t len)
{
	uint8_t sum[LINE_SUM];
	struct exec_lines *c;

	if (record_begins(line, len, RECORD_EXEC) != 1 ||
	    (c = copy_of(x, record)) == NULL || c->ended || c->wrong)
		return;
	c->record = record;
	if (c->at == c->n) {
		/* what is left of it begins this line, or there is none */
		c->ended = 1;
		c->wrong = c->part.len > len ||
		    memcmp(c->part.data != NULL ? (const char *)c->part.data :
		    line, line, c->part.len) != 0;
		return;
	}
	line_sum(x, sum, line, len);
	c->wrong = sodium_memcmp(sum, c->sums[c->at++], LINE_SUM) != 0;
}

static void
on_line(const struct record_view *v, const char *line, size_t len,
    uint64_t offset, void *arg)
{
	(void)offset;
	execcopies_line(arg, v->number, line, len);
}

void
execcopies_lines(struct execcopies *x, struct verify *v)
{
	verify_lines_too(v, on_line, x);
}

/* It goes on behind all lines that the log has there. */
static int
has_more(const struct exec_lines *c)
{
	return (!c->ended && (c->at < c->n || c->part.len != 0));
}

void
execcopies_report(const struct execcopies *x, struct verify_report *r)
{
	char name[LOG_NAMEMAX] = LOG_EXEC;
	const struct exec_lines *c;
	size_t i;

	for (i = 0; i < x->n && verify_good(r); i++) {
		c = &x->v[i];
		if ((c->next != 0 && c->next <= r->res.first) ||
		    (!c->wrong && !has_more(c)))
			continue;
		if (c->next != 0)
			logseg_name(name, LOG_EXEC_STEM, c->first);
		r->status = VERIFY_TAMPERED;
		r->beside = 1;
		r->note[0] = '\0';
		(void)snprintf(r->line, sizeof(r->line), "TAMPERED "
		    "record=%" PRIu64 " rule=exec file=%s", c->record, name);
	}
}
