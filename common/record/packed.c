/* SPDX-License-Identifier: ISC */
/* Closed segments in zstd's format; see packed.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "common/buf.h"
#include "common/log.h"
#include "common/record/packed.h"
#include "common/role.h"
#include "common/xmalloc.h"

/* No frame of ours needs a window that is larger than its part. */
#define WINDOW_LOG	18

struct unpack {
	ZSTD_DCtx	*ctx;
	uint64_t	 all;		/* came out so far */
	uint64_t	 in;		/* of this frame, so far */
	uint64_t	 out;
	int		 short_one;	/* no part follows */
	int		 table;		/* nothing follows */
	struct buf	 want;		/* the entries of the table */
	struct buf	 raw;		/* this frame, if it may be that */
	uint8_t		 part[PACKED_PART];
};

int
packed_name(const char *name)
{
	size_t n = strlen(name), k = strlen(PACKED_SUFFIX);

	return (n > k && strcmp(name + n - k, PACKED_SUFFIX) == 0);
}

struct unpack *
unpack_new(void)
{
	struct unpack *u;

	u = xcalloc(1, sizeof(*u));
	buf_init(&u->want, PACKED_PARTS * PACKED_ENTRY);
	buf_init(&u->raw, PACKED_HEAD + PACKED_PARTS * PACKED_ENTRY +
	    PACKED_FOOT);
	u->ctx = ZSTD_createDCtx();
	if (u->ctx == NULL || ZSTD_isError(ZSTD_DCtx_setParameter(u->ctx,
	    ZSTD_d_windowLogMax, WINDOW_LOG)))
		fatalx(EXIT_SYSTEM, "zstd: out of memory");
	return (u);
}

static void
put_le(struct buf *b, uint32_t v)
{
	unsigned i;

	for (i = 0; i < 32; i += 8)
		buf_put_u8(b, (uint8_t)(v >> i));
}

/* Is the frame that ends the table of those before it? */
static int
is_table(const struct unpack *u)
{
	struct buf b;
	int is;

	buf_init(&b, PACKED_HEAD + PACKED_PARTS * PACKED_ENTRY + PACKED_FOOT);
	put_le(&b, PACKED_SKIP);
	put_le(&b, (uint32_t)(u->want.len + PACKED_FOOT));
	buf_put(&b, u->want.data, u->want.len);
	put_le(&b, (uint32_t)(u->want.len / PACKED_ENTRY));
	buf_put_u8(&b, 0);
	put_le(&b, PACKED_SEEK);
	is = u->want.len != 0 && u->in == b.len && u->raw.len == b.len &&
	    memcmp(u->raw.data, b.data, b.len) == 0;
	buf_free(&b);
	return (is);
}

/* So much more of a frame; ends: and that is all of it.  0, or -1. */
static int
see_frame(struct unpack *u, const uint8_t *p, size_t n, size_t out, int ends)
{
	if (u->table)
		return (-1);
	u->in += n;
	u->out += out;
	/* one that is longer than any table is none */
	if (u->out == 0)
		buf_put(&u->raw, p, n);
	if (!ends)
		return (0);
	if (u->out == 0) {
		u->table = is_table(u);
		return (u->table ? 0 : -1);
	}
	if (u->short_one || u->out > PACKED_PART || u->in > PACKED_FRAME)
		return (-1);
	u->short_one = u->out != PACKED_PART;
	put_le(&u->want, (uint32_t)u->in);
	put_le(&u->want, (uint32_t)u->out);
	u->in = u->out = 0;
	buf_reset(&u->raw);
	return (u->want.bad ? -1 : 0);
}

int
unpack_feed(struct unpack *u, const void *p, size_t n, unpack_cb cb,
    void *arg)
{
	ZSTD_inBuffer in = { p, n, 0 };
	ZSTD_outBuffer out = { u->part, sizeof(u->part), 0 };
	size_t before, left;
	int r;

	/* a full buffer may have left some behind */
	while (in.pos < in.size || out.pos == out.size) {
		out.pos = 0;
		before = in.pos;
		left = ZSTD_decompressStream(u->ctx, &out, &in);
		if (ZSTD_isError(left))
			return (-1);
		if (in.pos == before && out.pos == 0)
			break;
		if (see_frame(u, (const uint8_t *)p + before, in.pos - before,
		    out.pos, left == 0) == -1)
			return (-1);
		u->all += out.pos;
		if (u->all > PACKED_MAX)
			return (-1);
		if (out.pos != 0 && (r = cb(u->part, out.pos, arg)) != 0)
			return (r);
	}
	return (0);
}

int
unpack_whole(const struct unpack *u)
{
	return (u->table);
}

void
unpack_free(struct unpack *u)
{
	if (u == NULL)
		return;
	(void)ZSTD_freeDCtx(u->ctx);
	buf_free(&u->want);
	buf_free(&u->raw);
	free(u);
}
