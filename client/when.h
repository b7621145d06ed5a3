/* SPDX-License-Identifier: ISC */
/* Moments as people write them. */
#ifndef CLIENT_WHEN_H
#define CLIENT_WHEN_H

#include <stdint.h>

#define WHEN_FORMS	"as 90m, 2h, 7d, 2026-03-01 or 2026-03-01T12:00"

/*
 * 90s, 15m, 2h, 7d or 4w before now; or a local date, perhaps with a time.
 * Seconds since the Unix epoch, both of them.  0, or -1.
 */
int	when_parse(const char *, uint64_t now, uint64_t *t);

struct fail;
/*
 * The same for an option, in microseconds: *t stays as it is if it is no time,
 * and *f says so.  0 or -1.
 */
int	when_arg(const char *option, const char *, uint64_t *t_us,
	    struct fail *f);

#endif
