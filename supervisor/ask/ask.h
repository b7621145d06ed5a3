/* SPDX-License-Identifier: ISC */
/*
 * What clients may ask for: one table, in ask.c, and one file for each kind
 * of request.  A function here has the message of a client that may ask so;
 * it answers it, now or later, or ends the connection.
 */
#ifndef SUPERVISOR_ASK_H
#define SUPERVISOR_ASK_H

#include "common/ipc.h"
#include "supervisor/client/client.h"

extern const struct client_up	ask_up;

/* status.c */
void	req_status(struct client *, struct ipc_msg *);
/* list.c */
void	req_ps(struct client *, struct ipc_msg *);
void	req_kill(struct client *, struct ipc_msg *);
/* approve.c */
void	req_approvals(struct client *, struct ipc_msg *);
void	req_approve(struct client *, struct ipc_msg *);
void	req_deny(struct client *, struct ipc_msg *);
/* secret.c */
void	req_secret_list(struct client *, struct ipc_msg *);
void	req_secret_set(struct client *, struct ipc_msg *);
void	req_secret_rm(struct client *, struct ipc_msg *);
/* audit.c */
void	req_audit(struct client *, struct ipc_msg *);
/* why.c */
void	req_why(struct client *, struct ipc_msg *);
/* doctor.c */
void	req_doctor(struct client *, struct ipc_msg *);
/* admit.c */
void	req_run(struct client *, struct ipc_msg *);
/*
 * The skill that a request of this client means, or NULL and why it may not
 * have it.
 */
const struct conf_skill *admit_skill(const struct client *, const char *name,
	    char *why, size_t len);
/* logs.c */
void	req_logs(struct client *, struct ipc_msg *);
void	req_wait(struct client *, struct ipc_msg *);

#endif
