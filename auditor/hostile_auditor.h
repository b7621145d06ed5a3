/* SPDX-License-Identifier: ISC */
/*
 * An auditor that was taken over; see common/takeover.h.  The file is "hostile"
 * in the log directory.
 */
#ifndef AUDITOR_HOSTILE_AUDITOR_H
#define AUDITOR_HOSTILE_AUDITOR_H

#include "auditor/auditor.h"

#if CB_TEST_HOOKS
/* A ticket is about to be made, and for which run; it may be another. */
void	hostile_ticket_of(struct reply *, uint64_t *run, uint8_t *kind,
	    uint64_t *expires);
/* It was made; it may be one that was. */
void	hostile_made(uint8_t *raw, size_t len);
/* Whose runs are shown to who asks; an account, or all. */
void	hostile_owner(uint32_t *uid);
#else
#define hostile_ticket_of(ans, run, kind, expires)	((void)0)
#define hostile_made(raw, len)		((void)0)
#define hostile_owner(uid)		((void)0)
#endif

#endif
