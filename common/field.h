/* SPDX-License-Identifier: ISC */
/*
 * Self-describing records: key, type, value.  Answers to clients (a row of a
 * table) and log records travel in this form; the auditor and clawbot(1)
 * render it as JSON with the same function, so what is shown and what is
 * logged is escaped alike.
 *
 * Encoding of one field: key (str, 1..64 bytes of [a-zA-Z0-9_]), type u8,
 * value.  str and raw: bytes; u64, i64: 8 bytes; bool: u8 0 or 1; list: u32
 * count and strings; obj and rows: bytes that are fields again (at most 4
 * deep).
 */
#ifndef COMMON_FIELD_H
#define COMMON_FIELD_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"

#define FIELD_DEPTH	4	/* of objects in objects */

#define FIELD_KEY	64	/* bytes of a key */

enum field_type {
	FIELD_STR = 1,		/* text or any bytes but NUL */
	FIELD_U64 = 2,
	FIELD_I64 = 3,
	FIELD_BOOL = 4,
	FIELD_LIST = 5,
	FIELD_OBJ = 6,
	FIELD_HEX = 7,		/* bytes, rendered as lower-case hex string */
	FIELD_ROWS = 8		/* objects, rendered as an array; their keys
				   say nothing */
};

void	 field_str(struct buf *, const char *key, const char *);
void	 field_u64(struct buf *, const char *key, uint64_t);
void	 field_i64(struct buf *, const char *key, int64_t);
void	 field_bool(struct buf *, const char *key, int);
void	 field_list(struct buf *, const char *key, const struct strv *);
void	 field_hex(struct buf *, const char *key, const void *, size_t);
/* Everything put until field_end(tok) goes into the object. */
size_t	 field_obj(struct buf *, const char *key);
/* Likewise the objects of a list, each of them put by field_obj. */
size_t	 field_rows(struct buf *, const char *key);
void	 field_end(struct buf *, size_t tok);

struct field {
	const char	*key;		/* not terminated */
	size_t		 keylen;
	enum field_type	 type;
	uint64_t	 u;		/* u64, bool */
	int64_t		 i;
	const uint8_t	*val;		/* str, hex, obj: the bytes;
					   list: count and strings */
	size_t		 len;
};

/* 1 and the next field, 0 at the end, -1 if malformed. */
int	 field_next(struct rd *, struct field *);
/* Finds key among the fields in data; 1 found, 0 not, -1 malformed. */
int	 field_find(const void *data, size_t len, const char *key,
	    struct field *);
/* Copies, or a default where the key is absent or of another type. */
char	*field_get_str(const void *data, size_t len, const char *key);
uint64_t field_get_u64(const void *data, size_t len, const char *key,
	    uint64_t dflt);
void	 field_get_list(const void *data, size_t len, const char *key,
	    struct strv *);

/*
 * Appends {"key":value,...} without the closing brace when open_end is set.
 * Strings: valid UTF-8 is kept except control, bidi, zero-width and other
 * invisible characters, which are written \uXXXX; a string that is not UTF-8
 * becomes {"b64":"..."}, and so does one of eight bytes or more that escapes
 * would make more than three times as long, while a list of shorter ones for
 * which that is so becomes [{"b64s":"..."}], all of them, a NUL behind each; a
 * log kind followed by a colon has the colon as \u003a.  Returns -1 if the
 * fields are malformed or do not fit.
 */
int	 field_json(struct buf *, const void *data, size_t len, int open_end);
/* One JSON string with the same escapes, quotes included. */
void	 json_str(struct buf *, const char *, size_t);

#endif
