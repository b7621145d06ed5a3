/* SPDX-License-Identifier: ISC */
/* What verdicts and accesses are called, everywhere. */
#ifndef COMMON_WORDS_H
#define COMMON_WORDS_H

enum verdict { VERDICT_ALLOW = 0, VERDICT_ASK = 1, VERDICT_DENY = 2 };
enum access_level { ACCESS_NONE, ACCESS_READ_ONLY, ACCESS_EXECUTE };

/* By number, with a NULL behind the last. */
extern const char *const verdict_words[];
extern const char *const access_words[];

#endif
