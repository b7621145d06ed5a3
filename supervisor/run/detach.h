/* SPDX-License-Identifier: ISC */
/*
 * Detached runs: they go on without their caller.  The executor keeps what
 * they print, this keeps how they ended, both within detached.* of the
 * configuration and not over a restart.
 */
#ifndef SUPERVISOR_DETACH_H
#define SUPERVISOR_DETACH_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/plan.h"
#include "supervisor/client/client.h"
#include "supervisor/daemon.h"

struct run;

/*
 * Is there room for one more of this client?  Results that are kept make way
 * for it, the client's own before others.  0, or -1 and why.
 */
int	detach_room(struct client *, const struct conf_skill *, char *why,
	    size_t len);
/* A run may start: whoever wants to follow it can now. */
void	detach_begun(struct run *);
/* A run is over: tells who waits for it, and keeps the result if it must. */
void	detach_over(struct run *);
/* Forgets what was kept long enough. */
void	detach_tick(struct daemon *);
/* The executor forgets what a run has printed, or ends an OP_LOGS. */
void	detach_forget(struct daemon *, uint64_t id);

/* What is kept, for PS. */
size_t	detach_count(const struct daemon *);
/* Are as many under way as may be? */
int	detach_full(const struct daemon *);
/* Bytes of output that are kept or may still come. */
uint64_t detach_bytes(const struct daemon *);
/* Is one kept that this client may see, and has it run? */
int	detach_kept(const struct client *, uint64_t id, int *ran);
/*
 * Answers with the result of one, own: of the client's own.  -1: there is none
 * for it.
 */
int	detach_result(struct client *, uint64_t id, int own);
void	detach_ids(const struct daemon *, uint64_t *);
/* 0, or -1 if there is none for this client. */
int	detach_row(struct buf *, const struct client *, uint64_t id);

#endif
