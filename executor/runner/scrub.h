/* SPDX-License-Identifier: ISC */
/*
 * What is hidden in output before it is stored, beside the run's own secrets,
 * which are masked by then: what logging.redact matches, line by line, secrets
 * of known shapes (common/knownsecret.h), private keys over their lines, too,
 * and all that the vault has, by fingerprints (common/fingerprint.h), which
 * tell a value and its long lines.  Each becomes MASK_MARK, in whatever pieces
 * it came.
 *
 * A line is held until its end is there, or SCRUB_LINE bytes of it: of a line
 * that is longer, what is certain goes on, and where a match goes on up to
 * there, all the rest of the line is hidden.
 */
#ifndef EXECUTOR_RUNNER_SCRUB_H
#define EXECUTOR_RUNNER_SCRUB_H

#include <stddef.h>
#include <stdint.h>

#include "executor/redactpat.h"

#define SCRUB_LINE	65536U
#define SCRUB_BEHIND	8192U	/* of such a line, that is held still */
#define SCRUB_MS	10000U	/* of a run, to search what it prints */

struct fingerprints;
struct scrub;

/*
 * By whose expressions; known: what has a known shape is hidden as well;
 * secrets: those of the vault, or NULL.
 */
struct scrubber {
	struct redactpat *patterns;
	int		  known;
	struct fingerprints *secrets;
};

/* Bytes that can be stored, which came at that time. */
typedef void (*scrub_cb)(void *arg, int64_t us, const uint8_t *, size_t);

struct scrub	*scrub_new(struct scrubber *, scrub_cb, void *arg);
void		 scrub_free(struct scrub *);
void		 scrub_feed(struct scrub *, int64_t us, const uint8_t *,
		    size_t);
/* Goes on at the next beginning of a line: what comes before was lost. */
void		 scrub_resync(struct scrub *);
/* Bytes that it left out for that, and at the end. */
uint64_t	 scrub_skipped(const struct scrub *);
/* The end: what was held goes out. */
void		 scrub_end(struct scrub *);
/*
 * What follows is lost.  What is held of a line is left out, but for what is
 * SCRUB_BEHIND before its end: something to be hidden may have begun there.
 */
void		 scrub_cut(struct scrub *);

#endif
