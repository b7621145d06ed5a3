/* SPDX-License-Identifier: ISC */
/*
 * Who ends first when memory is short: runs before runners before spawners
 * before the roles, which have what clawbotd was started with.  Each says so
 * of itself before it forks those after it; a score can be made worse by
 * anybody.  The spawners' was set by root, and nothing beneath can get below
 * it; to their own files in /proc runs cannot write at all where there is
 * Landlock.
 */
#ifndef EXECUTOR_SCORE_H
#define EXECUTOR_SCORE_H

#define SCORE_SPAWNER	"600"
#define SCORE_RUNNER	"700"
#define SCORE_RUN	"800"

/*
 * Of the calling process, which nobody may look into, and on whose proc it
 * has to be.  Not while it has the account of a run: for that moment whoever
 * has its account could.  0 or -1, errno.
 */
int	score_set(const char *);
/* A file in /proc/self: the text is written. 0 or -1, errno. */
int	score_self(const char *name, const char *text);

#endif
