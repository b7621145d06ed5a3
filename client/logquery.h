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

/*
 * The same for those who do something else meanwhile.  query_fd is to be polled
 * for input, anew each time; then query_step takes what is there, and waits at
 * most ms if nothing is (conn_recv).  1: END came and all is well, 0: there is
 * more to come, -1 and *f.
 */
struct logquery;
struct query_ask {
	unsigned	 query;		/* QUERY_* */
	uint64_t	 count;
	uint64_t	 run;
};
struct logquery	*query_begin(const struct cli *, const struct query_ask *,
		    query_cb, conn_row_cb row, void *, struct fail *);
int		 query_fd(const struct logquery *);
int		 query_step(struct logquery *, int ms, struct fail *);
/* Steps to END: 0, or -1 and *f. */
int		 query_rest(struct logquery *, struct fail *);
/* One more over the same connection, behind END; arg is the callbacks'. */
int		 query_again(struct logquery *, const struct query_ask *,
		    void *arg, struct fail *);
/* Under way or not; NULL is none. */
void		 query_free(struct logquery *);

#endif
