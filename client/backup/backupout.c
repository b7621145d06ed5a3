/* SPDX-License-Identifier: ISC */
/* Writing the chunks of a backup; see backupstream.h. */
#include "config.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "client/backup/backupfail.h"
#include "client/backup/backupstream.h"
#include "client/backup/backupstream_priv.h"
#include "common/io.h"
#include "common/role.h"
#include "common/xmalloc.h"

struct backup_out {
	int		 fd;
	crypto_secretstream_xchacha20poly1305_state stream;
	uint8_t		 ad[STREAM_FRONT];	/* of the first chunk */
	size_t		 adlen;
	z_stream	 z;
	uint8_t		 plain[STREAM_CHUNK];	/* compressed, that is */
	uint8_t		 chunk[STREAM_CHUNK + STREAM_MORE];
};

static int
put_fd(struct backup_out *o, const void *p, size_t n, struct fail *f)
{
	return (io_write(o->fd, p, n) == 0 ? 0 : backup_errno(f, "backup"));
}

static int
put_front(struct backup_out *o, const struct backup_secret *s,
    struct fail *f)
{
	uint8_t *key;

	if ((key = backup_key_make(s, o->ad, f)) == NULL)
		return (-1);
	(void)crypto_secretstream_xchacha20poly1305_init_push(&o->stream,
	    o->ad + BACKUP_FRONT, key);
	sodium_free(key);
	o->adlen = sizeof(o->ad);
	return (put_fd(o, o->ad, sizeof(o->ad), f));
}

struct backup_out *
backup_out_new(int fd, const struct backup_secret *s, struct fail *f)
{
	struct backup_out *o;

	o = xcalloc(1, sizeof(*o));
	o->fd = fd;
	if (deflateInit(&o->z, Z_DEFAULT_COMPRESSION) != Z_OK) {
		fail_set(f, EXIT_CLAWBOT, "out of memory");
		freezero(o, sizeof(*o));
		return (NULL);
	}
	o->z.next_out = o->plain;
	o->z.avail_out = sizeof(o->plain);
	if (put_front(o, s, f) == 0)
		return (o);
	backup_out_free(o);
	return (NULL);
}

static int
put_chunk(struct backup_out *o, uint8_t tag, struct fail *f)
{
	size_t n = sizeof(o->plain) - o->z.avail_out;

	(void)crypto_secretstream_xchacha20poly1305_push(&o->stream,
	    o->chunk, NULL, o->plain, n, o->ad, o->adlen, tag);
	o->adlen = 0;
	o->z.next_out = o->plain;
	o->z.avail_out = sizeof(o->plain);
	return (put_fd(o, o->chunk, n + STREAM_MORE, f));
}

int
backup_out_put(struct backup_out *o, const void *p, size_t n, struct fail *f)
{
	o->z.next_in = (Bytef *)(uintptr_t)p;
	o->z.avail_in = (uInt)n;
	while (o->z.avail_in != 0) {
		/* full before anything more comes: it is not the last one */
		if (o->z.avail_out == 0 && put_chunk(o,
		    crypto_secretstream_xchacha20poly1305_TAG_MESSAGE,
		    f) == -1)
			return (-1);
		(void)deflate(&o->z, Z_NO_FLUSH);
	}
	return (0);
}

int
backup_out_end(struct backup_out *o, struct fail *f)
{
	int r;

	while ((r = deflate(&o->z, Z_FINISH)) == Z_OK || r == Z_BUF_ERROR)
		if (put_chunk(o,
		    crypto_secretstream_xchacha20poly1305_TAG_MESSAGE,
		    f) == -1)
			return (-1);
	if (r != Z_STREAM_END) {
		fail_set(f, EXIT_CLAWBOT, "compressing failed");
		return (-1);
	}
	return (put_chunk(o, crypto_secretstream_xchacha20poly1305_TAG_FINAL,
	    f));
}

void
backup_out_free(struct backup_out *o)
{
	if (o == NULL)
		return;
	(void)deflateEnd(&o->z);
	freezero(o, sizeof(*o));
}
