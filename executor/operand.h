/* SPDX-License-Identifier: ISC */
/*
 * What the words of a command name: files and directories of grants, which
 * belong to what is approved.  Looked for twice by the same rules, like a
 * program (ident.h): when a request is resolved that a person will be asked
 * about, and right before it is executed.
 */
#ifndef EXECUTOR_OPERAND_H
#define EXECUTOR_OPERAND_H

#include "common/plan.h"
#include "executor/ident.h"

/* Bytes of all files of one command that are hashed. */
#define OPERAND_BYTES	(UINT64_C(128) * 1024 * 1024)

/*
 * Fills p->bound and p->unbound, which are empty, from p->argv, p->env,
 * p->asked_env, p->exe, p->script, p->read and p->write.  A word may be an
 * operand, what is behind "=" in it, behind an option's letter ("-fX"), and
 * what is behind "@" in front of any of these; so may be the value of a
 * variable that was asked for.  What cannot be read is told by its numbers
 * alone.  p->unbound counts what there is no room for, what leads through
 * /proc, and, after a number of words that lead through links, all that do.
 * 0; or -1 and *t for a lack (lack.h), for which no word is left out.
 */
int	operands_find(const struct place *, struct plan *, struct trouble *t);
/*
 * Are those of now the same?  NULL, or the path of the first that is not, in
 * one of the two plans.
 */
const char *operands_differ(const struct plan *, const struct plan *now);

#endif
