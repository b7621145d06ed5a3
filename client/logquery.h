/* SPDX-License-Identifier: ISC */
/* AUDIT: bytes of the log, from the daemon through a pipe. */
#ifndef CLIENT_LOGQUERY_H
#define CLIENT_LOGQUERY_H

#include <stddef.h>
#include <stdint.h>

#include "client/cli.h"
#include "client/conn.h"

/* A piece as it came; 0, or -1 with *f set to stop. */
typedef int (*query_cb)(const uint8_t *, size_t, void *, struct fail *);

/*
 * Asks QUERY_* and hands on what comes out of the pipe; then row, if not
 * NULL, gets the ROWs behind it.  Returns when the daemon says END: 0, or -1
 * and *f.
 */
int	query_log(const struct cli *, unsigned query, uint64_t count,
	    uint64_t run, query_cb, conn_row_cb row, void *,
	    struct fail *);

#endif
