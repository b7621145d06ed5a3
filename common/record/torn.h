/* SPDX-License-Identifier: ISC */
/*
 * The end of gateway.log where writing was cut short: a start moves it aside by
 * itself, and it is no damage.
 */
#ifndef COMMON_RECORD_TORN_H
#define COMMON_RECORD_TORN_H

#include <stddef.h>
#include <stdint.h>

#include "common/record/logscan.h"

/* What is written at once, and no more can be torn. */
#define TORN_BATCH	(4U * 1024 * 1024)
#define TORN_MAX	(TORN_BATCH + 2U * RECORD_MAX)

/*
 * fd: gateway.log, in which a scan has ended so.  All from the place of its
 * result on, in fresh memory, if that is such an end; else NULL, with errno
 * where it could not be read, and with errno 0 where it is something else.
 */
uint8_t	*torn_end(int fd, const struct logscan_result *, size_t *);

#endif
