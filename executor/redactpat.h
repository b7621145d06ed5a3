/* SPDX-License-Identifier: ISC */
/*
 * The expressions of logging.redact, in strings that come from an agent or
 * from what it runs: PCRE2's limits keep a pattern that backtracks from being
 * a way to stop a process, and all of them together have so much time.
 */
#ifndef EXECUTOR_REDACTPAT_H
#define EXECUTOR_REDACTPAT_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

struct redactpat;

/*
 * may_us: of the processor's time, from one redactpat_begin to the next.
 * NULL and the reason in err if a pattern cannot be compiled.
 */
struct redactpat *redactpat_new(const struct strv *patterns, int64_t may_us,
		    char *err, size_t errlen);
void		 redactpat_free(struct redactpat *);
void		 redactpat_begin(struct redactpat *);
/*
 * Sets those of the len bytes of hide to 1 that match in the len bytes of
 * text.  How many stretches that were, or -1: it could not be searched in
 * time, and hide may have some.
 */
int		 redactpat_find(struct redactpat *, const char *text,
		    size_t len, uint8_t *hide);

#endif
