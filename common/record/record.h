/* SPDX-License-Identifier: ISC */
/*
 * The line format of the log, shared by the auditor that writes it and by
 * clawbot(1) that checks any copy of it:
 *
 *   NNNNNNNNNNNN YYYY-MM-DDTHH:MM:SS.uuuuuuZ kind: {...,"p":"<43 chars>"}\n
 *
 * p is the unpadded base64url BLAKE2b-256 of the whole previous line, its
 * newline included; for the very first record it is that of no bytes at
 * all.  Needs libsodium.
 */
#ifndef COMMON_RECORD_RECORD_H
#define COMMON_RECORD_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/record/kind.h"

#define RECORD_DIGEST	32
#define RECORD_NUMLEN	12			/* digits of a number */
#define RECORD_P	43
#define RECORD_TIME	27			/* with microseconds */
#define RECORD_MAX	(8U * 1024 * 1024)	/* a line, newline included */
#define RECORD_LAST	UINT64_C(999999999999)	/* highest number */
#define RECORD_MAXKEYS	128			/* members of one object */
#define RECORD_DEPTH	8			/* objects and lists, nested */

/* The end of a chain: what the next line is bound to. */
struct record_head {
	uint64_t	 number;		/* of the last line; 0: none */
	uint8_t		 digest[RECORD_DIGEST];	/* of that line */
};

/* The end of a log that holds nothing. */
void	record_start(struct record_head *);
/* Takes in the line, newline included, that follows. */
void	record_step(struct record_head *, const void *line, size_t len);
/* BLAKE2b-256 of a line, newline included; of nothing with len 0. */
void	record_digest(uint8_t out[RECORD_DIGEST], const void *line,
	    size_t len);
/* A digest as p has it. */
void	record_p(char out[RECORD_P + 1], const uint8_t digest[RECORD_DIGEST]);
/* A time as a line has it; -1 for one past the year 9999. */
int	record_time(char out[RECORD_TIME + 1], uint64_t realtime_us);
/* 0 and the digest of such a text, or -1. */
int	record_p_parse(uint8_t digest[RECORD_DIGEST], const char *text,
	    size_t len);

/*
 * Appends to out the line that follows a head, which is not moved.  fields
 * are field.h fields that go between "v":1 and "p".  realtime_us:
 * microseconds since the Unix epoch.  -1 if the fields are malformed, name a
 * key twice or one of "v" and "p", or if the line would be too long; out is
 * as before then.  A line that this function made passes record_check.
 */
int	record_line(struct buf *out, const struct record_head *,
	    uint64_t realtime_us, unsigned kind, const void *fields,
	    size_t len);

/*
 * Checks one line (newline included) strictly against the format and
 * against the head that it must follow.  NULL if it is good, else the name
 * of the rule it breaks: "format", "number", "time", "kind", "json",
 * "chain".  With a head of NULL any number and any p are taken (the start of
 * a partial copy).  *got_number is set when the line has one, else it is 0.
 */
const char *record_check(const char *line, size_t len,
	    const struct record_head *, uint64_t *got_number);
/* Does a line carry that digest in p?  It need not be good otherwise. */
int	record_carries(const char *line, size_t len,
	    const uint8_t digest[RECORD_DIGEST]);
/*
 * Of the first n bytes of a line that is good: is it of that kind?  1 or 0,
 * or -1 when n is too small to tell.
 */
int	record_begins(const char *line, size_t n, enum record_kind);

/* Where the parts of a line are. */
struct record_view {
	uint64_t	 number;
	uint64_t	 time_us;	/* since the Unix epoch */
	unsigned	 kind;
	const char	*time;		/* RECORD_TIME characters */
	const char	*json;		/* the object, without the newline */
	size_t		 jsonlen;
	const char	*p;		/* RECORD_P characters */
};

/* For a line that passed record_check; -1 if it lacks one of them. */
int	record_view(struct record_view *, const char *line, size_t len);

/*
 * JSON as field_json writes it and nothing else: no space, no null, whole
 * numbers, keys of [a-zA-Z0-9_] that are unique in their object, strings of
 * valid UTF-8 with the escapes \" \\ \uXXXX only.  0 if all of it is one
 * such object, else -1.
 */
int	record_json(const char *json, size_t len);
/*
 * Finds the member path ("run", "why.uid") of an object that passed
 * record_json.  1 and the value's JSON text, or 0.
 */
int	record_member(const char *json, size_t len, const char *path,
	    const char **val, size_t *vlen);
/* The same as a string without escapes in it: its length, or -1. */
int	record_member_str(const char *json, size_t len, const char *path,
	    char *out, size_t size);
/* The same as a number: 0, or -1. */
int	record_member_u64(const char *json, size_t len, const char *path,
	    uint64_t *);

#endif
