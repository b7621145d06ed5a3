/* SPDX-License-Identifier: ISC */
/* Words to be found; see needles.h. */
#include "config.h"

#include <sys/mman.h>

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/memlock.h"
#include "common/xmalloc.h"
#include "executor/runner/needles.h"

#define WORDS		5U	/* u32 for each node */
#define NEEDLES_ROW		256U
#define BEGINS		((1U << NEEDLES_BITS) / 8)

int
needles_init(struct needles *d, size_t symbols)
{
	size_t n = symbols + 1, rows, saved;
	uint32_t *p;

	memset(d, 0, sizeof(*d));
	/* the root's, and those of its children */
	rows = (symbols < 256 ? symbols : 256) + 1;
	if (n > UINT32_MAX / 32) {
		errno = ENOMEM;
		return (-1);
	}
	d->max = (uint32_t)n;
	d->maplen = (n * WORDS + rows * NEEDLES_ROW) * sizeof(*p) + 2 * n +
	    BEGINS;
	d->map = mmap(NULL, d->maplen, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (d->map == MAP_FAILED) {
		d->map = NULL;
		return (-1);
	}
	if (memlock(d->map, d->maplen) == -1 ||
	    madvise(d->map, d->maplen, MADV_DONTDUMP) == -1) {
		saved = (size_t)errno;
		needles_free(d);
		errno = (int)saved;
		return (-1);
	}
	p = d->map;
	d->fail = p;
	d->child = p + n;
	d->sib = p + 2 * n;
	d->depth = p + 3 * n;
	d->out = p + 4 * n;
	d->rows = p + WORDS * n;
	d->sym = (uint8_t *)(d->rows + rows * NEEDLES_ROW);
	d->flags = d->sym + n;
	d->begin = d->flags + n;
	d->n = 1;
	return (0);
}

void
needles_free(struct needles *d)
{
	if (d->map == NULL)
		return;
	sodium_memzero(d->map, d->maplen);
	(void)munmap(d->map, d->maplen);
	memset(d, 0, sizeof(*d));
}

/* The child of this symbol, made where there is none. */
static uint32_t
child_of(struct needles *d, uint32_t node, uint8_t c)
{
	uint32_t e;

	for (e = d->child[node]; e != 0; e = d->sib[e])
		if (d->sym[e] == c)
			return (e);
	/* the caller has counted what it adds */
	if (d->n == d->max)
		abort();
	e = d->n++;
	d->sym[e] = c;
	d->depth[e] = d->depth[node] + 1;
	d->sib[e] = d->child[node];
	d->child[node] = e;
	return (e);
}

void
needles_first(struct needles *d, uint8_t c)
{
	(void)child_of(d, 0, c);
	d->first = d->n - 1;
}

static void
note_begin(struct needles *d, const uint8_t *word, size_t len)
{
	uint32_t h;

	if (len < NEEDLES_BEGIN) {
		d->shorter = 1;
		return;
	}
	h = ((uint32_t)word[0] << 16 | (uint32_t)word[1] << 8 | word[2]) *
	    0x9e3779b1U >> (32 - NEEDLES_BITS);
	d->begin[h >> 3] |= (uint8_t)(1U << (h & 7));
}

void
needles_add(struct needles *d, const uint8_t *word, const uint8_t *breaks,
    size_t len)
{
	uint32_t node = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		node = child_of(d, node, word[i]);
		if (breaks != NULL && breaks[i] != 0)
			d->flags[node] |= NEEDLES_BREAK;
	}
	note_begin(d, word, len);
	d->out[node] = (uint32_t)len;
	if (len > d->longest)
		d->longest = (uint32_t)len;
}

/* A node's whole row, when that of its border is there. */
static void
row_fill(struct needles *d, uint32_t *row, const uint32_t *border,
    uint32_t node)
{
	uint32_t e;

	if (border != NULL)
		memcpy(row, border, NEEDLES_ROW * sizeof(*row));
	for (e = d->child[node]; e != 0; e = d->sib[e])
		row[d->sym[e]] = e;
}

void
needles_done(struct needles *d)
{
	uint32_t *queue, head = 0, tail = 0, node, e;

	queue = xcalloc(d->n, sizeof(*queue));
	row_fill(d, d->rows, NULL, 0);
	queue[tail++] = 0;
	while (head < tail) {
		node = queue[head++];
		if (node != 0 && node <= d->first)
			row_fill(d, d->rows + (size_t)node * NEEDLES_ROW,
			    d->rows, node);
		for (e = d->child[node]; e != 0; e = d->sib[e]) {
			if (node != 0)
				d->fail[e] = needles_next(d, d->fail[node],
				    d->sym[e]);
			if (d->out[e] == 0)
				d->out[e] = d->out[d->fail[e]];
			d->flags[e] |= d->flags[d->fail[e]];
			queue[tail++] = e;
		}
	}
	free(queue);
}
