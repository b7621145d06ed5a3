/* SPDX-License-Identifier: ISC */
/*
 * What may stand where a secret's value is expected, by its text alone: the n
 * bytes at p.  Each is 1 if it is that, else 0.
 */
#ifndef COMMON_KNOWNVALUE_H
#define COMMON_KNOWNVALUE_H

#include <stddef.h>

/* It only says where the value is, or that there is none.  quote is that in
 * which it stands, or 0. */
int	knownvalue_refers(const char *p, size_t n, char quote);
/* A number that only counts something. */
int	knownvalue_count(const char *p, size_t n);
/* Names of letters with dots between them, and no more than that. */
int	knownvalue_path(const char *p, size_t n);
/*
 * It stands between quotes and reads as something to run.  Then the quote is no
 * end of a value, or whoever wrote it would have all of it hidden by giving it
 * a name.
 */
int	knownvalue_script(const char *p, size_t n);

#endif
