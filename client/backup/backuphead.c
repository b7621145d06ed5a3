/* SPDX-License-Identifier: ISC */
/* The head of a backup; see backuphead.h. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/backup/backuphead.h"
#include "client/stored.h"
#include "common/plan.h"
#include "common/record/pruned.h"
#include "common/record/logseg.h"
#include "common/xmalloc.h"

#define HEAD_HOST	255U
#define HEAD_VERSION	64U
#define LOG_FILE_MAX	(UINT64_C(1) << 44)
#define TORN_STEM	BACKUP_LOGDIR LOG_STEM ".torn-"
#define TORN_FILE_MAX	(64U * 1024 * 1024)

uint64_t
backup_first(const char *name)
{
	size_t n = strlen(BACKUP_LOGDIR);
	int packed;

	return (strncmp(name, BACKUP_LOGDIR, n) == 0 ?
	    logseg_first(name + n, &packed) : 0);
}

/* ".torn-", twelve digits, and maybe a point and one more. */
static int
is_torn(const char *name)
{
	static const char digits[] = "0123456789";
	const char *p = name + strlen(TORN_STEM);

	if (strncmp(name, TORN_STEM, strlen(TORN_STEM)) != 0 ||
	    strspn(p, digits) != RECORD_NUMLEN)
		return (0);
	p += RECORD_NUMLEN;
	return (*p == '\0' || (p[0] == '.' && strspn(p + 1, digits) == 1 &&
	    p[2] == '\0'));
}

/* Numbers of an intent and a run, as they are written. */
static int
is_output(const char *name)
{
	const char *p = name + strlen(BACKUP_OUTDIR);
	char id[RUNID_TEXT], want[OUTFILE_NAME];
	uint64_t intent, run;
	char *end;

	if (strncmp(name, BACKUP_OUTDIR, strlen(BACKUP_OUTDIR)) != 0)
		return (0);
	intent = strtoull(p, &end, 10);
	if (*end != '-')
		return (0);
	(void)snprintf(id, sizeof(id), "%s", end + 1);
	id[strcspn(id, ".")] = '\0';
	if (runid_parse(id, &run) == -1)
		return (0);
	outfile_name(want, intent, run);
	if (strcmp(p, want) == 0)
		return (1);
	outfile_packed_name(want, intent, run);
	return (strcmp(p, want) == 0);
}

enum backup_part
backup_part(const char *name)
{
	if (strcmp(name, BACKUP_CONF) == 0)
		return (PART_CONF);
	if (strcmp(name, BACKUP_VAULT) == 0)
		return (PART_VAULT);
	if (strcmp(name, BACKUP_LOGDIR LOG_CURRENT) == 0)
		return (PART_LOG);
	if (is_output(name))
		return (PART_OUTPUT);
	if (strcmp(name, BACKUP_LOGDIR LOG_PRUNED) == 0)
		return (PART_PRUNED);
	if (strcmp(name, BACKUP_LOGDIR LOG_SEALS) == 0)
		return (PART_SEALS);
	if (is_torn(name))
		return (PART_TORN);
	return (backup_first(name) != 0 ? PART_SEGMENT : PART_NONE);
}

static uint64_t
most_of(enum backup_part part)
{
	switch (part) {
	case PART_CONF:
		return (BACKUP_CONF_MAX);
	case PART_VAULT:
		return (BACKUP_VAULT_MAX);
	case PART_OUTPUT:
		return (STORED_MAX);
	case PART_TORN:
		return (TORN_FILE_MAX);
	default:
		return (LOG_FILE_MAX);
	}
}

/* May b come behind a? */
static int
in_order(const struct backup_file *a, const struct backup_file *b)
{
	enum backup_part pa = backup_part(a->name), pb = backup_part(b->name);

	if (pa != pb)
		return (pa < pb);
	if (pa == PART_SEGMENT)
		return (backup_first(a->name) < backup_first(b->name));
	return ((pa == PART_TORN || pa == PART_OUTPUT) &&
	    strcmp(a->name, b->name) < 0);
}

void
backup_head_add(struct backup_head *h, const char *name, uint64_t size)
{
	struct backup_file *f;

	h->v = xrecallocarray(h->v, h->n, h->n + 1, sizeof(*h->v));
	f = &h->v[h->n++];
	(void)snprintf(f->name, sizeof(f->name), "%s", name);
	f->size = size;
	h->total += size;
}

void
backup_head_put(struct buf *b, const struct backup_head *h)
{
	size_t at = b->len, i;

	buf_put_u32(b, 0);
	buf_put_u64(b, h->time_us);
	buf_put_str(b, h->host);
	buf_put_str(b, h->version);
	buf_put_u64(b, h->log.number);
	buf_put(b, h->log.digest, sizeof(h->log.digest));
	buf_put_u32(b, (uint32_t)h->n);
	for (i = 0; i < h->n; i++) {
		buf_put_str(b, h->v[i].name);
		buf_put_u64(b, h->v[i].size);
	}
	buf_set_u32(b, at, (uint32_t)(b->len - at - 4));
}

static int
get_file(struct backup_head *h, struct rd *r)
{
	char *name = rd_str(r, BACKUP_NAME);
	uint64_t size = rd_u64(r);
	enum backup_part part = backup_part(name);
	int bad;

	bad = r->bad || part == PART_NONE || size > most_of(part);
	if (!bad) {
		backup_head_add(h, name, size);
		bad = h->n == 1 ? part != PART_CONF :
		    !in_order(&h->v[h->n - 2], &h->v[h->n - 1]);
	}
	free(name);
	return (bad ? -1 : 0);
}

int
backup_head_get(struct backup_head *h, const void *data, size_t len)
{
	struct rd r;
	uint32_t i, n;

	memset(h, 0, sizeof(*h));
	rd_init(&r, data, len);
	h->time_us = rd_u64(&r);
	h->host = rd_str(&r, HEAD_HOST);
	h->version = rd_str(&r, HEAD_VERSION);
	h->log.number = rd_u64(&r);
	rd_copy(&r, h->log.digest, sizeof(h->log.digest));
	n = rd_u32(&r);
	if (r.bad || n == 0 || n > BACKUP_FILES)
		return (-1);
	for (i = 0; i < n; i++)
		if (get_file(h, &r) == -1)
			return (-1);
	return (rd_end(&r));
}

void
backup_head_free(struct backup_head *h)
{
	free(h->host);
	free(h->version);
	free(h->v);
	memset(h, 0, sizeof(*h));
}
