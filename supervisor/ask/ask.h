/* SPDX-License-Identifier: ISC */
/*
 * What clients may ask for: one table, in ask.c, and one file for each kind
 * of request.  A function here has what a client said that may ask so, NULL if
 * there is nothing to say; it answers it, now or later, or ends the
 * connection.
 */
#ifndef SUPERVISOR_ASK_H
#define SUPERVISOR_ASK_H

#include "common/payload.h"
#include "supervisor/client/client.h"

extern const struct client_up	ask_up;

/* status.c */
void	req_status(struct client *, struct payload *);
/* list.c */
void	req_ps(struct client *, struct payload *);
void	req_kill(struct client *, struct payload *);
/* stopping.c */
void	req_stop(struct client *, struct payload *);
void	req_resume(struct client *, struct payload *);
void	req_claims(struct client *, struct payload *);
void	req_breaker(struct client *, struct payload *);
/* approve.c */
void	req_approvals(struct client *, struct payload *);
void	req_lapsed(struct client *, struct payload *);
void	req_approve(struct client *, struct payload *);
void	req_confirm(struct client *, struct payload *);
void	req_deny(struct client *, struct payload *);
/*
 * The run that waits under this id, with that digest, and that this client may
 * approve now; or NULL, and it was answered.
 */
struct run *approve_find(struct client *, uint64_t id, const uint8_t *digest);
/* standask.c */
void	req_standing_add(struct client *, struct payload *);
void	req_standing_list(struct client *, struct payload *);
void	req_revoke(struct client *, struct payload *);
/* secret.c */
void	req_secret_list(struct client *, struct payload *);
void	req_secret_set(struct client *, struct payload *);
void	req_secret_rm(struct client *, struct payload *);
void	req_secret_rotate(struct client *, struct payload *);
void	req_secret_may_rotate(struct client *, struct payload *);
void	req_secret_import(struct client *, struct payload *);
void	req_secret_recover(struct client *, struct payload *);
void	req_secret_identify(struct client *, struct payload *);
void	req_secret_history(struct client *, struct payload *);
/* V_DUE: has what is over removed. */
void	secret_due(struct daemon *, const struct proc *,
	    const struct ipc_msg *);
/* slots.c */
void	req_secret_unlock(struct client *, struct payload *);
void	req_secret_lock(struct client *, struct payload *);
void	req_slot_list(struct client *, struct payload *);
void	req_slot_add(struct client *, struct payload *);
void	req_slot_rm(struct client *, struct payload *);
void	req_rekey(struct client *, struct payload *);
void	req_reveal(struct client *, struct payload *);
void	req_secret_export(struct client *, struct payload *);
void	req_secret_bring(struct client *, struct payload *);
/* V_STATE, whose fields it takes over. */
void	slots_state(struct daemon *, struct proc *, struct msg_fields *);
/* audit.c */
void	req_audit(struct client *, struct payload *);
/* why.c */
void	req_why(struct client *, struct payload *);
/* mayask.c */
void	req_rules(struct client *, struct payload *);
void	req_try(struct client *, struct payload *);
/* doctor.c */
void	req_doctor(struct client *, struct payload *);
void	req_prune(struct client *, struct payload *);
/* reload.c */
void	req_reload(struct client *, struct payload *);
/* What it has begun to hand over is forgotten. */
void	reload_gone(const struct client *);
/* admit.c */
void	req_run(struct client *, struct payload *);
/*
 * The skill that a request of this account means, on this client's channel, or
 * NULL and why it may not have it.
 */
const struct conf_skill *admit_skill(const struct client *, uid_t,
	    const char *name, char *why, size_t len);
/* NULL, or why it may not have what a run prints become a secret. */
const char *admit_may_not_rotate(const struct client *);
/* NULL, or why it may not ask about requests of this account here. */
const char *admit_may_not(const struct client *, uid_t);
/* logs.c */
void	req_logs(struct client *, struct payload *);
void	req_wait(struct client *, struct payload *);

#endif
