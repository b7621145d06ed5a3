/* SPDX-License-Identifier: ISC */
/* Reading a backup; see backupread.h. */
#include "config.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "client/backup/backupfail.h"
#include "client/backup/backupread.h"
#include "common/xmalloc.h"

enum read_state { READ_LENGTH, READ_HEAD, READ_FILE, READ_DIGEST, READ_DONE };

struct backup_read {
	const struct backup_sink *sink;
	void			*arg;
	enum read_state		 state;
	struct buf		 part;		/* of a length, head, digest */
	size_t			 want;		/* so much of it */
	struct backup_head	 head;
	size_t			 at;		/* the file, the digest */
	uint64_t		 left;		/* of the file */
	crypto_generichash_state hash;
	uint8_t			(*digests)[BACKUP_DIGEST];
};

struct backup_read *
backup_read_new(const struct backup_sink *sink, void *arg)
{
	struct backup_read *r;

	r = xcalloc(1, sizeof(*r));
	r->sink = sink;
	r->arg = arg;
	r->want = sizeof(uint32_t);
	buf_init(&r->part, BACKUP_HEAD_MAX);
	return (r);
}

void
backup_read_free(struct backup_read *r)
{
	if (r == NULL)
		return;
	buf_free(&r->part);
	backup_head_free(&r->head);
	free(r->digests);
	freezero(r, sizeof(*r));
}

const struct backup_head *
backup_read_head(const struct backup_read *r)
{
	return (r->state >= READ_FILE ? &r->head : NULL);
}

/* The next file, past those that are empty, or the digests. */
static int
begin_file(struct backup_read *r, struct fail *f)
{
	if (r->at == r->head.n) {
		r->state = READ_DIGEST;
		r->at = 0;
		r->want = BACKUP_DIGEST;
		return (0);
	}
	r->state = READ_FILE;
	r->left = r->head.v[r->at].size;
	(void)crypto_generichash_init(&r->hash, NULL, 0, BACKUP_DIGEST);
	return (r->sink->begin(r->arg, &r->head.v[r->at], f));
}

static int
end_file(struct backup_read *r, struct fail *f)
{
	(void)crypto_generichash_final(&r->hash, r->digests[r->at],
	    BACKUP_DIGEST);
	if (r->sink->end(r->arg, &r->head.v[r->at], f) == -1)
		return (-1);
	r->at++;
	return (begin_file(r, f));
}

static int
take_part(struct backup_read *r, struct fail *f)
{
	struct rd rd;

	switch (r->state) {
	case READ_LENGTH:
		rd_init(&rd, r->part.data, r->part.len);
		r->want = rd_u32(&rd);
		r->state = READ_HEAD;
		if (r->want == 0 || r->want > BACKUP_HEAD_MAX)
			return (backup_altered(f, "its head has no length"));
		break;
	case READ_HEAD:
		if (backup_head_get(&r->head, r->part.data,
		    r->part.len) == -1)
			return (backup_altered(f, "its head is none"));
		r->digests = xcalloc(r->head.n, sizeof(*r->digests));
		if (r->sink->head(r->arg, &r->head, f) == -1)
			return (-1);
		buf_reset(&r->part);
		return (begin_file(r, f));
	case READ_DIGEST:
		if (sodium_memcmp(r->part.data, r->digests[r->at],
		    BACKUP_DIGEST) != 0)
			return (backup_altered(f, "the digest of %s is "
			    "another", r->head.v[r->at].name));
		if (++r->at == r->head.n)
			r->state = READ_DONE;
		break;
	case READ_FILE:
	case READ_DONE:
		break;
	}
	buf_reset(&r->part);
	return (0);
}

/* How many of the n bytes were taken, or -1. */
static ssize_t
feed_part(struct backup_read *r, const uint8_t *p, size_t n, struct fail *f)
{
	size_t k = r->want - r->part.len;

	k = k < n ? k : n;
	buf_put(&r->part, p, k);
	if (r->part.len == r->want && take_part(r, f) == -1)
		return (-1);
	return ((ssize_t)k);
}

static ssize_t
feed_file(struct backup_read *r, const uint8_t *p, size_t n, struct fail *f)
{
	size_t k = r->left < n ? (size_t)r->left : n;

	(void)crypto_generichash_update(&r->hash, p, k);
	if (k != 0 && r->sink->data(r->arg, p, k, f) == -1)
		return (-1);
	r->left -= k;
	if (r->left == 0 && end_file(r, f) == -1)
		return (-1);
	return ((ssize_t)k);
}

int
backup_read_feed(struct backup_read *r, const void *data, size_t len,
    struct fail *f)
{
	const uint8_t *p = data;
	ssize_t k;

	while (len != 0) {
		if (r->state == READ_DONE)
			return (backup_altered(f, "there is something behind "
			    "its end"));
		k = r->state == READ_FILE ? feed_file(r, p, len, f) :
		    feed_part(r, p, len, f);
		if (k == -1)
			return (-1);
		p += k;
		len -= (size_t)k;
	}
	return (0);
}

int
backup_read_end(struct backup_read *r, struct fail *f)
{
	if (r->state != READ_DONE)
		return (backup_altered(f, "its end is missing"));
	return (0);
}
