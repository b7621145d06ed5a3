/* SPDX-License-Identifier: ISC */
/* Stored output of runs; see outfile.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/decimal.h"
#include "common/outfile.h"
#include "common/plan.h"
#include "common/record/packed.h"
#include "common/xmalloc.h"

void
outfile_put(struct buf *b, enum outfile_kind kind, uint64_t at_us,
    size_t len)
{
	buf_put_u32(b, (uint32_t)kind << 24);
	buf_put_u32(b, (uint32_t)len);
	buf_put_u64(b, at_us);
}

void
outfile_put_gap(struct buf *b, uint64_t at_us, uint64_t bytes)
{
	outfile_put(b, OUTFILE_GAP, at_us, 8);
	buf_put_u64(b, bytes);
}

void
outfile_put_size(struct buf *b, uint64_t at_us, uint16_t rows, uint16_t cols)
{
	outfile_put(b, OUTFILE_SIZE, at_us, 4);
	buf_put_u16(b, rows);
	buf_put_u16(b, cols);
}

void
outfile_start(uint8_t p[OUTFILE_START], uint64_t run)
{
	unsigned i;

	memcpy(p, OUTFILE_MAGIC, 8);
	for (i = 0; i < 8; i++)
		p[8 + i] = (uint8_t)(run >> (56 - 8 * i));
}

void
outfile_name(char name[OUTFILE_NAME], uint64_t intent, uint64_t run)
{
	char id[RUNID_TEXT];

	runid_text(id, run);
	(void)snprintf(name, OUTFILE_NAME, "%012llu-%s.out",
	    (unsigned long long)intent, id);
}

void
outfile_packed_name(char name[OUTFILE_NAME], uint64_t intent, uint64_t run)
{
	size_t n;

	outfile_name(name, intent, run);
	n = strlen(name);
	(void)snprintf(name + n, OUTFILE_NAME - n, PACKED_SUFFIX);
}

int
outfile_parse(const char *name, uint64_t *intent, uint64_t *run, int *packed)
{
	char want[OUTFILE_NAME], id[OUTFILE_NAME];
	const char *end, *dot = strchr(name, '.');

	end = decimal_front(name, intent);
	if (end == NULL || *end != '-' || dot == NULL ||
	    dot - end > RUNID_TEXT)
		return (-1);
	(void)snprintf(id, sizeof(id), "%.*s", (int)(dot - end - 1), end + 1);
	if (runid_parse(id, run) == -1)
		return (-1);
	outfile_name(want, *intent, *run);
	if (strncmp(name, want, strlen(want)) != 0)
		return (-1);
	name += strlen(want);
	*packed = *name != '\0';
	return (!*packed || strcmp(name, PACKED_SUFFIX) == 0 ? 0 : -1);
}

int
outfile_intent(const char *name, uint64_t *intent)
{
	uint64_t run;
	int packed;

	return (outfile_parse(name, intent, &run, &packed));
}

/* What the head says of its part; 0, or -1. */
static int
read_head(const struct outfile *f, struct outfile_part *v)
{
	struct rd rd;
	uint32_t kind;

	rd_init(&rd, f->head, OUTFILE_HEAD);
	kind = rd_u32(&rd);
	v->len = rd_u32(&rd);
	v->at_us = rd_u64(&rd);
	if ((kind & 0xffffff) != 0 || kind >> 24 == 0 ||
	    kind >> 24 >= OUTFILE_KINDS || v->len > OUTFILE_PART)
		return (-1);
	v->kind = (enum outfile_kind)(kind >> 24);
	return (0);
}

/* A part is there; what has a form has to have that. */
static int
read_part(struct outfile_part *v)
{
	struct rd rd;

	rd_init(&rd, v->p, v->len);
	if (v->kind == OUTFILE_GAP)
		v->gap = rd_u64(&rd);
	else if (v->kind == OUTFILE_SIZE) {
		v->rows = rd_u16(&rd);
		v->cols = rd_u16(&rd);
	} else
		return (v->len == 0 ? -1 : 0);
	return (rd_end(&rd));
}

/* As much of the head as is there: how many bytes that took, or -1. */
static ssize_t
take_head(struct outfile *f, const uint8_t *p, size_t n)
{
	struct outfile_part v;

	if (n > OUTFILE_HEAD - f->nhead)
		n = OUTFILE_HEAD - f->nhead;
	memcpy(f->head + f->nhead, p, n);
	f->nhead += n;
	if (f->nhead < OUTFILE_HEAD)
		return ((ssize_t)n);
	if (read_head(f, &v) == -1)
		return (-1);
	if (f->data == NULL)
		f->data = xmalloc(OUTFILE_PART);
	f->len = v.len;
	f->have = 0;
	return ((ssize_t)n);
}

static int
end_part(struct outfile *f, outfile_cb cb, void *arg)
{
	struct outfile_part v;

	memset(&v, 0, sizeof(v));
	if (read_head(f, &v) == -1)
		return (-1);
	v.p = f->data;
	f->nhead = 0;
	return (read_part(&v) == -1 ? -1 : cb(&v, arg));
}

int
outfile_feed(struct outfile *f, const void *data, size_t n, outfile_cb cb,
    void *arg)
{
	const uint8_t *p = data;
	size_t take;
	ssize_t got;
	int r;

	while (n > 0) {
		if (f->nhead < OUTFILE_HEAD) {
			if ((got = take_head(f, p, n)) == -1)
				return (-1);
			take = (size_t)got;
		} else {
			take = f->len - f->have < n ? f->len - f->have : n;
			memcpy(f->data + f->have, p, take);
			f->have += take;
		}
		p += take;
		n -= take;
		if (f->nhead == OUTFILE_HEAD && f->have == f->len &&
		    (r = end_part(f, cb, arg)) != 0)
			return (r);
	}
	return (0);
}

int
outfile_inside(const struct outfile *f)
{
	return (f->nhead != 0);
}

void
outfile_free(struct outfile *f)
{
	if (f->data != NULL)
		freezero(f->data, OUTFILE_PART);
	memset(f, 0, sizeof(*f));
}
