/* SPDX-License-Identifier: ISC */
/*
 * A closed segment in zstd's format (RFC 8878), gateway-NUMBER.log.zst: frames
 * that each hold PACKED_PART bytes of it, the last one what is left, and a
 * seek table behind them, so that any part can be read by itself.  The table
 * is that of zstd's "seekable format", version 0.1.0, without checksums; it is
 * a frame that others skip, so zstdcat(1) has the lines.
 *
 * What is in such a file is checked as if it were not packed.  Who reads one
 * is given no more than a part at a time, of at most PACKED_MAX in all.
 */
#ifndef COMMON_RECORD_PACKED_H
#define COMMON_RECORD_PACKED_H

#include <stddef.h>
#include <stdint.h>

#define PACKED_SUFFIX	".zst"
#define PACKED_PART	(256U * 1024)
/* More than logging.segmentMB can say, with what goes on top of it. */
#define PACKED_MAX	((UINT64_C(4096) + 64) * 1024 * 1024)
#define PACKED_PARTS	((size_t)(PACKED_MAX / PACKED_PART))
/* A part of it as a frame is not longer. */
#define PACKED_FRAME	(PACKED_PART + PACKED_PART / 128 + 1024)

/* The seek table: in front of the entries, one of them, and behind them. */
#define PACKED_SKIP	UINT32_C(0x184D2A5E)
#define PACKED_SEEK	UINT32_C(0x8F92EAB1)
#define PACKED_HEAD	8U
#define PACKED_ENTRY	8U
#define PACKED_FOOT	9U

/* Does a name end so? */
int	packed_name(const char *);

/* Reads one from its first byte to its last, in pieces. */
struct unpack;

/* What comes out; 0 to go on. */
typedef int (*unpack_cb)(const void *, size_t, void *);

struct unpack	*unpack_new(void);
/*
 * 0; -1 if the bytes are not such a file; else what cb said when it was not 0,
 * after which the rest is not read.
 */
int		 unpack_feed(struct unpack *, const void *, size_t, unpack_cb,
		    void *arg);
/* Is it complete, with its table? */
int		 unpack_whole(const struct unpack *);
void		 unpack_free(struct unpack *);

#endif
