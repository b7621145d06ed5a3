/* SPDX-License-Identifier: ISC */
/*
 * Spawners: one small process for each skill.  It lives in a mount namespace
 * whose root is the skill's view, so that the namespace of a run is a copy
 * of a dozen mounts and not of all skills', and it forks runners, and first
 * of all its skill's resolver, from a memory that has no plan in it.  It has
 * the key of its skill's tickets, which the executor gives it before READY
 * and then forgets: so one that dies cannot be replaced, and the executor
 * ends with it.
 */
#ifndef EXECUTOR_SPAWNER_SPAWNER_H
#define EXECUTOR_SPAWNER_SPAWNER_H

#include "common/ticket.h"
#include "executor/executor.h"

/* Descriptors that clawbot-spawner is started with, beside ROLE_FD_LOG. */
#define SPAWNER_FD_SOCK	3	/* IN_SPAWNER of inside.h; the other way its
				   build id, once, before that */
#define SPAWNER_FD_CONF	5	/* IN_FILE */
#define SPAWNER_FD_RESOLVE 6	/* IN_RESOLVE, for the resolver that it forks */
#define SPAWNER_FD_CGROUP 7	/* directory of the control group of its skill,
				   where layers.cgroup says that there is one */
#define SPAWNER_FD_ETC	8	/* what its /etc is made of: etcnew.h */
#define SPAWNER_FD_IDNS	9	/* and on: where layers.idns is, the user
				   namespace of each account in its XCONF */

/* The name of the control group of the skill with this index. */
#define SPAWNER_GROUP	24
void	spawner_group(char name[SPAWNER_GROUP], size_t skill);
/*
 * The program, found beside the one that is running (self: its link in
 * /proc). A descriptor, or -1 and errno.
 */
int	spawner_program(const char *self);
/*
 * Starts one; s->spawner, s->resolver and s->pid are set.  0, or -1 and errno.
 */
int	spawner_start(struct executor *, struct skill *);
/*
 * Waits for the first word of one that was started, its build id, which it
 * says before it reads anything.  0 if it is this one, else what to end with
 * and why.
 */
int	spawner_check(const struct skill *, const char *build, char *err,
	    size_t errlen);
/*
 * Gives one that was checked the key of its skill's tickets, made from that
 * of all.  0, or -1 and errno.
 */
int	spawner_key(const struct skill *, const uint8_t key[TICKET_KEY]);
/*
 * Asks for a runner and its sandbox.  The descriptor that controls it, or -1
 * and errno; whether it lives, shows there.
 */
int	spawner_ask(const struct skill *, const struct profile *);
/*
 * Waits for all children that have ended.  Was a spawner among them, the
 * executor ends, and says how that one has.
 */
void	spawner_reap(const struct executor *);
/*
 * The resolver of this skill has gone.  Its spawner says how, and ends: the
 * executor waits for that, a little, and ends as well.
 */
void	spawner_lost(const struct skill *) __attribute__((__noreturn__));
/*
 * Gives it, and its resolver, the rules and limits of its skill's runs from
 * now on: len bytes of XSKILL, and the ticket for these.  0, or -1 and errno:
 * it has lived with the old ones for the last time.
 */
int	spawner_renew(const struct skill *, const uint8_t ticket[TICKET_SIZE],
	    const void *rules, size_t len);
/*
 * Tells it that the host's /etc has changed, and whether another one is to be
 * made at once.  0, or -1 and errno: it does not know.
 */
int	spawner_etc(const struct skill *, int at_once);
/*
 * What a spawner says, of which there is something to be read: 1, sandboxes
 * that are built from now on have another /etc; 0, nothing; or -1, it is gone
 * or says something else.
 */
int	spawner_etc_new(const struct skill *);
/*
 * Before the executor ends: where there are control groups, lets all of them
 * take away theirs, and waits for that, a little.
 */
void	spawner_end(struct executor *);

#endif
