/* SPDX-License-Identifier: ISC */
/*
 * Shapes: how a structure stands in a message.  A shape is a table with one
 * row a member, in the order of the wire; encoding, decoding with every
 * bound, freeing, copying, comparing and the text in PROTOCOL come from it.
 * Who has a shape has exactly one encoding for one meaning.
 *
 * Rows are written with the macros below; T is the tag of the structure.
 */
#ifndef COMMON_SHAPE_H
#define COMMON_SHAPE_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"

enum shape_kind {
	SHAPE_U8, SHAPE_U16, SHAPE_U32, SHAPE_U64, SHAPE_I32, SHAPE_I64,
	SHAPE_WORD, SHAPE_MAGIC, SHAPE_RAW, SHAPE_STR, SHAPE_STRV,
	SHAPE_BYTES, SHAPE_REST, SHAPE_FIELDS, SHAPE_BOXED, SHAPE_KEY,
	SHAPE_PER, SHAPE_OF, SHAPE_EACH
};

struct shape_row {
	enum shape_kind		 kind;
	const char		*name;
	size_t			 off;	/* of the member */
	size_t			 off2;	/* of what counts it */
	uint64_t		 min;	/* of a number; bytes of a text */
	uint64_t		 max;
	size_t			 n;	/* of strings, of structures */
	const struct shape	*of;
};

struct shape {
	const char		*name;	/* as in PROTOCOL: "RUNREQ" */
	size_t			 size;	/* of the structure */
	const struct shape_row	*rows;
	size_t			 nrows;
	/* What no row can tell: not 0 if the values do not go together. */
	int			(*wrong)(const void *);
};

/* Where a member is; it does not compile if it is of another type. */
#define SHAPE_AT(T, f, type)						\
	(offsetof(struct T, f) + 0 * sizeof(char[			\
	__builtin_types_compatible_p(__typeof__(((struct T *)0)->f), type) \
	? 1 : -1]))
#define SHAPE_NUMBER(kind, T, f, type, min, max)			\
	{ kind, #f, SHAPE_AT(T, f, type), 0, min, max, 0, NULL }

/* Numbers from min to max. */
#define U8(T, f, min, max)						\
	SHAPE_NUMBER(SHAPE_U8, T, f, uint8_t, min, max)
#define U16(T, f, min, max)						\
	SHAPE_NUMBER(SHAPE_U16, T, f, uint16_t, min, max)
#define U32(T, f, min, max)						\
	SHAPE_NUMBER(SHAPE_U32, T, f, uint32_t, min, max)
#define U64(T, f)							\
	SHAPE_NUMBER(SHAPE_U64, T, f, uint64_t, 0, UINT64_MAX)
#define U64IN(T, f, min, max)						\
	SHAPE_NUMBER(SHAPE_U64, T, f, uint64_t, min, max)
#define I32(T, f)							\
	SHAPE_NUMBER(SHAPE_I32, T, f, int32_t, 0, UINT64_MAX)
#define I64(T, f)							\
	SHAPE_NUMBER(SHAPE_I64, T, f, int64_t, 0, UINT64_MAX)
/* A uint32_t that is an u8 on the wire. */
#define WORD(T, f, min, max)						\
	SHAPE_NUMBER(SHAPE_WORD, T, f, uint32_t, min, max)
/* An u32 that is always the same. */
#define MAGIC(v)	{ SHAPE_MAGIC, "magic", 0, 0, v, v, 0, NULL }
/* An array of bytes, all of it. */
#define RAW(T, f)							\
	{ SHAPE_RAW, #f, offsetof(struct T, f), 0, 0,			\
	sizeof(((struct T *)0)->f), 0, NULL }
/* A string of at most max bytes, and a list of at most n of them. */
#define STR(T, f, max)							\
	{ SHAPE_STR, #f, SHAPE_AT(T, f, char *), 0, 0, max, 0, NULL }
#define STRV(T, f, n, max)						\
	{ SHAPE_STRV, #f, SHAPE_AT(T, f, struct strv), 0, 0, max, n, NULL }
/* At most max bytes of any kind; and all that is left of the message. */
#define BYTES(T, f, len, max)						\
	{ SHAPE_BYTES, #f, SHAPE_AT(T, f, uint8_t *),			\
	SHAPE_AT(T, len, size_t), 0, max, 0, NULL }
#define REST(T, f, len)							\
	{ SHAPE_REST, #f, SHAPE_AT(T, f, uint8_t *),			\
	SHAPE_AT(T, len, size_t), 0, UINT32_MAX, 0, NULL }
/* The same, and it is fields of field.h. */
#define FIELDS(T, f, len)						\
	{ SHAPE_FIELDS, #f, SHAPE_AT(T, f, uint8_t *),			\
	SHAPE_AT(T, len, size_t), 0, UINT32_MAX, 0, NULL }
/* At most max bytes that are fields. */
#define BOXED(T, f, len, max)						\
	{ SHAPE_BOXED, #f, SHAPE_AT(T, f, uint8_t *),			\
	SHAPE_AT(T, len, size_t), 0, max, 0, NULL }
/*
 * n bytes that are a key.  What is decoded points into the message, so that
 * the key goes from there to guarded memory and nowhere else; whoever has
 * moved it overwrites the message.  NULL is encoded as zeros.
 */
#define KEY(T, f, n)							\
	{ SHAPE_KEY, #f, SHAPE_AT(T, f, const uint8_t *), 0, 0, n, 0, NULL }
/* An u8 from min to max for each string of a list that came before. */
#define PER(T, f, list, min, max)					\
	{ SHAPE_PER, #f, offsetof(struct T, f),				\
	SHAPE_AT(T, list, struct strv), min, max,			\
	sizeof(((struct T *)0)->f), NULL }
/* A structure; and a pointer to some, at most n, with their number. */
#define OF(T, f, tag)							\
	{ SHAPE_OF, #f, SHAPE_AT(T, f, struct tag), 0, 0, 0, 0,		\
	&tag##_shape }
#define EACH(T, f, count, n, tag)					\
	{ SHAPE_EACH, #f, SHAPE_AT(T, f, struct tag *),			\
	SHAPE_AT(T, count, size_t), 0, 0, n, &tag##_shape }

#define SHAPE(tag, name, rows, wrong)					\
	const struct shape tag##_shape = SHAPE_OF_ROWS(tag, name, rows, wrong)
/* For a second shape of one structure. */
#define SHAPE_OF_ROWS(tag, name, rows, wrong)				\
	{ name, sizeof(struct tag), rows,				\
	sizeof(rows) / sizeof((rows)[0]), wrong }

/* The functions that a structure with a shape has. */
#define SHAPE_CODEC(tag)						\
	extern const struct shape tag##_shape;				\
	void	tag##_put(struct buf *, const struct tag *);		\
	int	tag##_get(const void *, size_t, struct tag *);		\
	void	tag##_free(struct tag *)
#define SHAPE_FUNCTIONS(tag)						\
	void								\
	tag##_put(struct buf *b, const struct tag *v)			\
	{								\
		shape_put(&tag##_shape, b, v);				\
	}								\
									\
	int								\
	tag##_get(const void *p, size_t n, struct tag *v)		\
	{								\
		return (shape_get(&tag##_shape, v, p, n));		\
	}								\
									\
	void								\
	tag##_free(struct tag *v)					\
	{								\
		shape_free(&tag##_shape, v);				\
	}

/* The values are the caller's; no pointer of it is NULL but a KEY. */
void	shape_put(const struct shape *, struct buf *, const void *);
/*
 * Decodes a whole message into *v, whatever was in there.  0, or -1 on
 * anything malformed, out of bounds or left over; shape_free is safe after
 * either, and no string or list of it is NULL.
 */
int	shape_get(const struct shape *, void *v, const void *data,
	    size_t len);
/* The same for a part of one; on error r is bad. */
void	shape_read(const struct shape *, struct rd *r, void *v);
/* Overwrites and frees all that it points to, and zeroes it. */
void	shape_free(const struct shape *, void *);
/*
 * A deep copy of values within their bounds, no KEY among them; *to is not
 * freed before.
 */
void	shape_copy(const struct shape *, void *to, const void *from);
/* The name of the first row in which two differ, or NULL. */
const char *shape_differ(const struct shape *, const void *, const void *);

#endif
