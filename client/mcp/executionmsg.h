/* SPDX-License-Identifier: ISC */
/* What the daemon says of an execution; it is checked as if it were hostile. */
#ifndef CLIENT_EXECUTIONMSG_H
#define CLIENT_EXECUTIONMSG_H

#include "client/mcp/execution.h"

enum executionmsg {
	EXECUTIONMSG_GO_ON,
	EXECUTIONMSG_END	/* e->result, or *f says why there is none */
};

enum executionmsg executionmsg_take(struct execution *, struct ipc_msg *,
	    struct fail *);

#endif
