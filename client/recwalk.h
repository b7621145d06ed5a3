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
#include "common/record/told.h"

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
int	record_has(const struct record_view *, const char *path);
/*
 * Appends a member's value for a terminal: a text or a list as words of a
 * command line, anything else as it stands.  0, or -1: there is none.
 */
int	record_show(struct buf *, const struct record_view *,
	    const char *path);

#endif
