/* SPDX-License-Identifier: ISC */
/*
 * A record's members, one after the other.  Only for JSON that passed
 * record_check: what that lets through is all there is.
 */
#ifndef COMMON_RECORD_MEMBERS_H
#define COMMON_RECORD_MEMBERS_H

#include <stddef.h>

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

#endif
