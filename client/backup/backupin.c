/* SPDX-License-Identifier: ISC */
/* Reading the chunks of a backup; see backupstream.h. */
#include "config.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "client/backup/backupfail.h"
#include "client/backup/backupstream.h"
#include "client/backup/backupstream_priv.h"
#include "common/role.h"
#include "common/xmalloc.h"

struct backup_in {
	const struct backup_secret *secret;
	backup_plain	*fn;
	void		*arg;
	int		 keyed;		/* the front is over */
	int		 first;		/* chunk, the front belongs to it */
	int		 inflating;
	int		 over;		/* the compressed stream is */
	crypto_secretstream_xchacha20poly1305_state stream;
	z_stream	 z;
	uint8_t		 front[STREAM_FRONT];
	uint8_t		 chunk[STREAM_CHUNK + STREAM_MORE];
	size_t		 len;		/* of what is there of either */
	uint8_t		 plain[STREAM_CHUNK];
	uint8_t		 out[STREAM_CHUNK];
};

struct backup_in *
backup_in_new(const struct backup_secret *s, backup_plain *fn, void *arg)
{
	struct backup_in *in;

	in = xcalloc(1, sizeof(*in));
	in->secret = s;
	in->fn = fn;
	in->arg = arg;
	in->first = 1;
	return (in);
}

void
backup_in_free(struct backup_in *in)
{
	if (in == NULL)
		return;
	if (in->inflating)
		(void)inflateEnd(&in->z);
	freezero(in, sizeof(*in));
}

static int
take_front(struct backup_in *in, struct fail *f)
{
	uint8_t *key;
	int bad;

	if ((key = backup_key_of(in->secret, in->front, f)) == NULL)
		return (-1);
	bad = crypto_secretstream_xchacha20poly1305_init_pull(&in->stream,
	    in->front + BACKUP_FRONT, key) != 0;
	sodium_free(key);
	if (bad)
		return (backup_altered(f, "its front is not as it was "
		    "written"));
	if (inflateInit(&in->z) != Z_OK) {
		fail_set(f, EXIT_CLAWBOT, "out of memory");
		return (-1);
	}
	in->inflating = 1;
	in->keyed = 1;
	in->len = 0;
	return (0);
}

static int
inflate_all(struct backup_in *in, size_t n, struct fail *f)
{
	int r;

	if (in->over && n != 0)
		return (backup_altered(f, "there is something behind its "
		    "end"));
	in->z.next_in = in->plain;
	in->z.avail_in = (uInt)n;
	while (!in->over) {
		in->z.next_out = in->out;
		in->z.avail_out = sizeof(in->out);
		r = inflate(&in->z, Z_NO_FLUSH);
		if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
			return (backup_altered(f, "it was not compressed as "
			    "a backup is"));
		n = sizeof(in->out) - in->z.avail_out;
		if (n != 0 && in->fn(in->arg, in->out, n, f) == -1)
			return (-1);
		in->over = r == Z_STREAM_END;
		if (!in->over && in->z.avail_out != 0)
			break;
	}
	return (in->over && in->z.avail_in != 0 ? backup_altered(f, "there "
	    "is something behind its end") : 0);
}

/* The one that is there, which is the last one or not. */
static int
take_chunk(struct backup_in *in, int last, struct fail *f)
{
	unsigned long long n;
	uint8_t tag;

	if (in->len < STREAM_MORE)
		return (backup_altered(f, "its end is missing"));
	if (crypto_secretstream_xchacha20poly1305_pull(&in->stream, in->plain,
	    &n, &tag, in->chunk, in->len, in->first ? in->front : NULL,
	    in->first ? sizeof(in->front) : 0) != 0)
		return (backup_altered(f, in->first ? "another passphrase or "
		    "key file belongs to it, or it was altered" :
		    "it was altered, or cut"));
	in->first = 0;
	if (tag != (last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL :
	    crypto_secretstream_xchacha20poly1305_TAG_MESSAGE))
		return (backup_altered(f, last ? "its end is missing" :
		    "there is something behind its end"));
	in->len = 0;
	return (inflate_all(in, (size_t)n, f));
}

int
backup_in_feed(struct backup_in *in, const void *data, size_t len,
    struct fail *f)
{
	const uint8_t *p = data;
	size_t k, room;

	while (len != 0) {
		room = in->keyed ? sizeof(in->chunk) : sizeof(in->front);
		/* a full one that something follows is not the last one */
		if (in->keyed && in->len == room) {
			if (take_chunk(in, 0, f) == -1)
				return (-1);
			continue;
		}
		k = room - in->len < len ? room - in->len : len;
		memcpy((in->keyed ? in->chunk : in->front) + in->len, p, k);
		in->len += k;
		p += k;
		len -= k;
		if (!in->keyed && in->len == room && take_front(in, f) == -1)
			return (-1);
	}
	return (0);
}

int
backup_in_end(struct backup_in *in, struct fail *f)
{
	if (!in->keyed)
		return (backup_altered(f, in->len < BACKUP_FRONT ||
		    memcmp(in->front, BACKUP_MAGIC,
		    sizeof(BACKUP_MAGIC) - 1) != 0 ?
		    "it is no backup of clawbot, or its beginning" :
		    "its end is missing"));
	if (take_chunk(in, 1, f) == -1)
		return (-1);
	return (in->over ? 0 : backup_altered(f, "its end is missing"));
}
