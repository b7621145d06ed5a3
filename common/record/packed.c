/* SPDX-License-Identifier: ISC */
/* Closed segments in zstd's format; see packed.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "common/log.h"
#include "common/record/packed.h"
#include "common/role.h"
#include "common/xmalloc.h"

/* No frame of ours needs a window that is larger than its part. */
#define WINDOW_LOG	18

struct unpack {
	ZSTD_DCtx	*ctx;
	uint64_t	 all;		/* came out so far */
	int		 some;		/* went in */
	int		 inside;	/* of a frame */
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

	u = xmalloc(sizeof(*u));
	u->all = 0;
	u->some = u->inside = 0;
	u->ctx = ZSTD_createDCtx();
	if (u->ctx == NULL || ZSTD_isError(ZSTD_DCtx_setParameter(u->ctx,
	    ZSTD_d_windowLogMax, WINDOW_LOG)))
		fatalx(EXIT_SYSTEM, "zstd: out of memory");
	return (u);
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
		u->some = 1;
		u->inside = left != 0;
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
	return (u->some && !u->inside);
}

void
unpack_free(struct unpack *u)
{
	if (u == NULL)
		return;
	(void)ZSTD_freeDCtx(u->ctx);
	free(u);
}
