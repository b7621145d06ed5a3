/* SPDX-License-Identifier: ISC */
/*
 * Bounded buffer for messages: a writer that cannot grow past its limit and
 * a reader that cannot read past its end.  Both keep the first error, so a
 * codec checks once, at the end.  Integers are big-endian.  A string is a
 * u32 length and that many bytes, without NUL inside or after.
 */
#ifndef COMMON_BUF_H
#define COMMON_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "xmalloc.h"

struct buf {
	uint8_t	*data;
	size_t	 len;
	size_t	 cap;
	size_t	 max;		/* refuses to grow past this */
	int	 bad;		/* something did not fit */
};

void	 buf_init(struct buf *, size_t max);
/* Overwrites what was in it. */
void	 buf_free(struct buf *);
/* What is in it as a string, for the caller to free, or NULL where it is bad;
 * and buf_free(). */
char	*buf_text(struct buf *);
void	 buf_reset(struct buf *);
void	 buf_put(struct buf *, const void *, size_t);
void	 buf_put_u8(struct buf *, uint8_t);
void	 buf_put_u16(struct buf *, uint16_t);
void	 buf_put_u32(struct buf *, uint32_t);
void	 buf_put_u64(struct buf *, uint64_t);
void	 buf_put_str(struct buf *, const char *);
/* Same encoding as a string; the bytes may be anything. */
void	 buf_put_bytes(struct buf *, const void *, size_t);
/* u32 count, then that many strings */
void	 buf_put_strv(struct buf *, const struct strv *);
/* Text without any framing, for lines. */
void	 buf_printf(struct buf *, const char *, ...)
	    __attribute__((__format__ (printf, 2, 3)));
/* Overwrites four bytes that were put before, at offset off. */
void	 buf_set_u32(struct buf *, size_t off, uint32_t);

struct rd {
	const uint8_t	*p;
	size_t		 left;
	int		 bad;
};

void		 rd_init(struct rd *, const void *, size_t);
uint8_t		 rd_u8(struct rd *);
uint16_t	 rd_u16(struct rd *);
uint32_t	 rd_u32(struct rd *);
uint64_t	 rd_u64(struct rd *);
/* Exactly n bytes into dst; dst is zeroed where they are missing. */
void		 rd_copy(struct rd *, void *dst, size_t n);
/* A view of n raw bytes into the message, or NULL. */
const uint8_t	*rd_view(struct rd *, size_t n);
/*
 * A length-prefixed byte string of at most max bytes, as a view into the
 * message; *len is set.  NULL and bad on error (NULL is never returned for
 * an empty one).
 */
const uint8_t	*rd_bytes(struct rd *, size_t *len, size_t max);
/*
 * A string of at most max bytes without NUL, as a fresh copy the caller
 * frees.  On error bad is set and an empty string is returned, never NULL.
 */
char		*rd_str(struct rd *, size_t max);
/* At most maxn strings of at most maxlen bytes each; replaces *dst. */
void		 rd_strv(struct rd *, struct strv *dst, size_t maxn,
		    size_t maxlen);
/* 0 if nothing went wrong and nothing is left, else -1. */
int		 rd_end(const struct rd *);

#endif
