/* SPDX-License-Identifier: ISC */
/*
 * A record's members, one after the other, and their values as text.  Only
 * for JSON that passed record_check: what that lets through is all there is.
 */
#ifndef CLIENT_RECWALK_H
#define CLIENT_RECWALK_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/record/record.h"

struct recwalk {
	const char	*p;
	const char	*end;
};

struct recmember {
	const char	*key;
	size_t		 keylen;
	const char	*val;		/* JSON */
	size_t		 len;
};

/* Of an object. */
void	recwalk_init(struct recwalk *, const char *json, size_t len);
/* 1 and the next member, 0 behind the last. */
int	recwalk_next(struct recwalk *, struct recmember *);
/* The same of a list, whose elements have no keys. */
int	recwalk_element(struct recwalk *, struct recmember *);
int	recmember_is(const struct recmember *, const char *key);

/* A member's text as it was, cut to what fits; 0, or -1: there is none. */
int	record_text(const struct record_view *, const char *path, char *out,
	    size_t size);
/* Is that member this text? */
int	record_is(const struct record_view *, const char *path,
	    const char *text);
int	record_has(const struct record_view *, const char *path);
/*
 * Appends a member's value for a terminal: a text or a list as words of a
 * command line, anything else as it stands.  0, or -1: there is none.
 */
int	record_show(struct buf *, const struct record_view *,
	    const char *path);

/*
 * Appends a line as an object: number, time and kind go in front of the
 * record's own members.  A line that is not well-formed is passed on as a
 * string, so that what comes out is always JSON.
 */
void	record_to_json(struct buf *, const char *line, size_t len);

#endif
