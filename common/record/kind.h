/* SPDX-License-Identifier: ISC */
/*
 * THE table of kinds of records.  A kind has one row here; from it come its
 * number and its word.
 */
#ifndef COMMON_RECORD_KIND_H
#define COMMON_RECORD_KIND_H

#include <stddef.h>

/* KIND(NAME, "word"); the order is that of the wire. */
#define RECORD_KINDS_TABLE(KIND)					\
KIND(EXEC, "exec")							\
KIND(AUTH, "auth")							\
KIND(POLICY, "policy")							\
KIND(APPROVAL, "approval")						\
KIND(SECRET, "secret")							\
KIND(QUOTA, "quota")							\
KIND(CONFIG, "config")							\
KIND(SESSION, "session")						\
KIND(STOP, "stop")							\
KIND(RECOVER, "recover")

#define RECORD_KIND_NUMBER(name, word)	RECORD_##name,
enum record_kind {
	RECORD_NONE = 0,
	RECORD_KINDS_TABLE(RECORD_KIND_NUMBER)
	RECORD_KINDS
};
#undef RECORD_KIND_NUMBER

/* "exec", ...; NULL if there is no such kind. */
const char	*record_kind_name(unsigned);
/* The kind of that word, n bytes; RECORD_NONE if there is none. */
unsigned	 record_kind_find(const char *, size_t n);
/*
 * Do n bytes end in a kind's word, one that there is or one that is kept for
 * later?  A colon behind it would look like the beginning of a record.
 */
int		 record_kind_ends(const void *, size_t n);

#endif
