/* SPDX-License-Identifier: ISC */
/*
 * Who ends first when memory is short: runs before runners before spawners
 * before the roles, which have what clawbotd was started with.  A process
 * begins with what forked it had at that moment: a runner has a run's while
 * it makes one.  A score can be made worse by anybody.  The spawners' was set
 * by root, and nothing beneath can get below it; to their own files in /proc
 * runs cannot write at all where there is Landlock.
 */
#ifndef EXECUTOR_SCORE_H
#define EXECUTOR_SCORE_H

#define SCORE_SPAWNER	600
#define SCORE_RUNNER	700
#define SCORE_RUN	800

/* Of the calling process, as /proc has it; or less than there is. */
int	score_now(void);
/*
 * Makes it as bad as that; what was started with a worse one keeps it, since
 * only a capability could take it back. 0 or -1, errno.
 */
int	score_set(int);
/*
 * In a process that nobody may look into: its own, to be written by
 * score_put(), or -1, errno.  Not while it has the account of a run: for a
 * moment whoever has its account could.
 */
int	score_open(void);
/* What this process has now is what those that it forks were started with. */
void	score_note(void);
/* As bad as that, or as it was noted; 0 or -1, errno. */
int	score_put(int fd, int score);
/* A file in /proc/self: the text is written. 0 or -1, errno. */
int	score_self(const char *name, const char *text);

#endif
