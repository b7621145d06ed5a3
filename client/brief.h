/* SPDX-License-Identifier: ISC */
/*
 * What waits for an approval, in the order of importance and as lines that
 * fit on a screen: first what is another than by default, and last, next to
 * the question, who asks for it, where, why, and the command.
 */
#ifndef CLIENT_BRIEF_H
#define CLIENT_BRIEF_H

#include <stddef.h>

#include "client/pending.h"

struct brief {
	struct strv	head;		/* what this is */
	struct strv	differs;	/* from what is usual, which is one */
	struct strv	around;		/* who, where, why, by which rule */
	struct strv	command;
};

void	brief_make(struct brief *, const struct pending *, size_t cols);
void	brief_free(struct brief *);
void	brief_all(const struct brief *, struct strv *);
/*
 * No more than so many lines, at least 6: the head, what is around and the
 * command, the last two shortened where they are long, and it says so.
 */
void	brief_short(const struct brief *, struct strv *, size_t rows);

#endif
