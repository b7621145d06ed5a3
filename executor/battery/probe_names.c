/* SPDX-License-Identifier: ISC */
/*
 * Attempts: protected names.  Init watches over a process of its own here,
 * since it would act for all others from then on, by its rules and not by
 * those that an attempt makes for itself.
 */
#include "config.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <linux/openat2.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "executor/battery/probe.h"
#include "executor/box/box.h"
#include "executor/hook.h"
#include "executor/watch/watch.h"

#define UNWATCHED	1	/* init does not serve the calls */
#define UNPROTECTED	2	/* a name could be made */
#define MARKED		4	/* a mode that counts could be given */
#define ADOPTED		8	/* orphans would be a run's own */

/*
 * By a call that makes nothing, even if nobody watches: no link gets a name
 * with a slash at its end (ENOENT).  A name of several parts is only tried
 * where what it begins with is there.
 */
static int
name_is_free(const char *grant, const char *name)
{
	char path[2 * PLAN_MAXPATH];

	if (strchr(name, '*') != NULL)
		return (0);
	(void)snprintf(path, sizeof(path), "%s/%s/", grant, name);
	if (symlink("clawbot-probe", path) != -1)
		return (1);
	/* ELOOP: a link of somebody else, and nobody gets beyond it */
	return (errno != EROFS && errno != EEXIST && errno != ENOTDIR &&
	    errno != EACCES && errno != ELOOP &&
	    (errno != ENOENT || strchr(name, '/') == NULL));
}

/* By the one call whose mode is in memory. */
static long
make_marked(void)
{
	static const char path[] = "/tmp/clawbot-probe-openat2";
	struct open_how how;
	int saved;
	long r;

	memset(&how, 0, sizeof(how));
	how.flags = O_WRONLY | O_CREAT | O_CLOEXEC;
	how.mode = 06755;
	r = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	saved = errno;
	if (r != -1)
		(void)close((int)r);
	(void)unlink(path);
	errno = saved;
	return (r);
}

/*
 * Without arguments init refuses it, and the kernel executes it: then this
 * process ends with 1.
 */
static int
exec_is_held(void)
{
	static char program[] = "/bin/false";
	char *none[] = { NULL };

	return (execve(program, none, none) == -1 && errno == EINVAL);
}

static int
watched(void *arg)
{
	const struct box *bx = arg;
	const struct xskill *s = bx->skill;
	const char *why;
	int bad = 0, fd;
	size_t i, k;

	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == -1 ||
	    (!hook_without("names") &&
	    watch_enter(bx->watch, 1, &why) == -1))
		return (UNWATCHED);
	if (s->execs != EXECS_OFF && !exec_is_held())
		bad |= UNWATCHED;
	if (s->execs != EXECS_OFF && prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0,
	    0) == 0)
		bad |= ADOPTED;
	if (!watch_wanted(&s->write, &s->protect))
		return (bad);
	fd = open("/tmp/clawbot-watched", O_WRONLY | O_CREAT | O_CLOEXEC,
	    0600);
	if (fd == -1)
		bad |= UNWATCHED;
	else
		(void)close(fd);
	if (make_marked() != -1 || errno != EPERM)
		bad |= MARKED;
	for (i = 0; i < s->write.n; i++)
		for (k = 0; k < s->protect.n; k++)
			if (name_is_free(s->write.v[i], s->protect.v[k]))
				bad |= UNPROTECTED;
	return (bad);
}

/* What that process came to; it can be had once. */
static int
look(const struct box *bx)
{
	static int done, bad;

	if (done)
		return (bad);
	done = 1;
	if (watch_wanted(&bx->skill->write, &bx->skill->protect) ||
	    bx->skill->execs != EXECS_OFF)
		bad = probe_child(watched, (void *)(uintptr_t)bx);
	/* no process, or one that was ended: not what it would have found */
	if (bad == -1 || bad >= 256)
		probe_untried();
	errno = 0;
	return (bad);
}

static void
calls_not_served(struct trial *t)
{
	try_state(t, (look(t->bx) & UNWATCHED) == 0);
}

static void
orphans_adopted(struct trial *t)
{
	try_state(t, (look(t->bx) & ADOPTED) == 0);
}

static void
names_made(struct trial *t)
{
	try_state(t, (look(t->bx) & UNPROTECTED) == 0);
}

/* Without a watch the filter knows no such call; else init answers it. */
static void
openat2_mode(struct trial *t)
{
	if (watch_wanted(&t->bx->skill->write, &t->bx->skill->protect))
		try_state(t, (look(t->bx) & MARKED) == 0);
	else
		try_call(t, make_marked());
}

/* The last of all. */
const struct attempt probe_names[] = {
	{ PL_MODES, "giving a new file these bits with openat2(2)",
	    openat2_mode, by_absent, ONLY_THESE },
	{ PL_NAMES, "calls that init does not serve (no seccomp "
	    "notifications?)", calls_not_served, NULL, 0 },
	{ PL_NAMES, "getting orphans as children, where programs are judged",
	    orphans_adopted, NULL, 0 },
	{ PL_NAMES, "making what is protected in a grant", names_made, NULL,
	    0 },
	{ PL_NAMES, NULL, NULL, NULL, 0 },
};
