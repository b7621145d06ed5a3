/* SPDX-License-Identifier: ISC */
/* What verdicts, accesses and kinds of records are called, everywhere. */
#ifndef COMMON_WORDS_H
#define COMMON_WORDS_H

#include <stddef.h>

enum verdict { VERDICT_ALLOW = 0, VERDICT_ASK = 1, VERDICT_DENY = 2 };
enum access_level { ACCESS_NONE, ACCESS_READ_ONLY, ACCESS_EXECUTE };

/* By number, with a NULL behind the last. */
extern const char *const verdict_words[];
extern const char *const access_words[];

enum record_kind {
	RECORD_EXEC = 1, RECORD_AUTH, RECORD_POLICY, RECORD_APPROVAL,
	RECORD_SECRET, RECORD_QUOTA, RECORD_CONFIG, RECORD_SESSION,
	RECORD_STOP, RECORD_RECOVER, RECORD_KINDS
};

/* "exec", ...; NULL if there is no such kind */
const char	*record_kind_name(unsigned);
/*
 * Do n bytes end in a kind's name, one that there is or one that is kept for
 * later?  A colon behind it would look like the beginning of a record.
 */
int		 record_kind_ends(const void *, size_t n);

#endif
