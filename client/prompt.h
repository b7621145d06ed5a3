/* SPDX-License-Identifier: ISC */
/* The question that an approver answers on a terminal. */
#ifndef CLIENT_PROMPT_H
#define CLIENT_PROMPT_H

#include "client/pending.h"

enum prompt_answer { PROMPT_NO, PROMPT_YES, PROMPT_DENY };

/*
 * Yes is no answer before all of it was on the screen.  With PROMPT_DENY *why
 * is what the approver says, to be freed.
 */
enum prompt_answer prompt_ask(const struct pending *, char **why);
/* Shows file n of what waits, of which there is one or it says so. */
void	prompt_file(const struct pending *, size_t n);

#endif
