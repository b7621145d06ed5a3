/* SPDX-License-Identifier: ISC */
/*
 * The expressions of logging.redact.  The supervisor compiles each when it
 * reads the configuration, to tell at once where one is wrong, and forgets
 * it; the executor is the one that uses them.
 */
#ifndef COMMON_REDACTRE_H
#define COMMON_REDACTRE_H

#ifndef PCRE2_CODE_UNIT_WIDTH
#define PCRE2_CODE_UNIT_WIDTH 8
#endif
#include <pcre2.h>
#include <stddef.h>

/* To be freed with pcre2_code_free; NULL, and why. */
pcre2_code	*redactre_compile(const char *, char *err, size_t errlen);

#endif
