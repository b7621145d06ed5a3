/* SPDX-License-Identifier: ISC */
/*
 * What the auditor's own records say.  The supervisor has decoded and checked
 * all of this before; it is checked again here, because a supervisor that was
 * taken over must not be able to write a record that lies about the plan it
 * gets a ticket for.
 */
#ifndef AUDITOR_RECFIELDS_H
#define AUDITOR_RECFIELDS_H

#include <stddef.h>
#include <stdint.h>

#include "auditor/openruns.h"
#include "common/buf.h"
#include "common/execs.h"
#include "common/files.h"
#include "common/plan.h"

/*
 * The fields of an intent record.  NULL, or static text that says what is
 * wrong with it.
 */
const char *recfields_intent(struct buf *, uint64_t run, const struct intent *,
	    const struct plan *, const uint8_t digest[PLAN_DIGEST]);
/*
 * Of a run of which the output becomes a secret: it goes to who has asked for
 * it, unmasked, and so does all that the run knows of that secret.
 */
void	recfields_handed(struct buf *, uint64_t run, const struct intent *,
	    const struct plan *);
/*
 * The fields of a result or abort: ev, run and intent, then what the
 * supervisor says.  Where that names those three itself, they must be right.
 */
const char *recfields_close(struct buf *, unsigned how, const struct open_run *,
	    const void *fields, size_t len);
void	 recfields_lost(struct buf *, const struct open_run *);
/* Of a program that was started inside of a run. */
void	 recfields_exec(struct buf *, uint64_t run, const struct exec_row *);
/* Of a name that a run has changed. */
void	 recfields_file(struct buf *, uint64_t run, const struct file_row *);
/* Of an approval; digest: of what may go on, as its ticket will carry it. */
void	 recfields_consent(struct buf *, const struct exec_consent *,
	    const struct exec_ask *, const uint8_t digest[PLAN_DIGEST]);
/* A secret record with the digest that its ticket will carry. */
const char *recfields_commit(struct buf *, const uint8_t digest[32],
	    const void *fields, size_t len);

#endif
