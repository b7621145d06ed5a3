/* SPDX-License-Identifier: ISC */
/* Control groups of runs. */
#include "config.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <linux/sched.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/defs.h"
#include "executor/cgroup.h"

#define NAME		24
#define PERIOD_US	100000	/* of cpu.max */
#define BFQ_MAX		1000U

/* 0, or -1 and errno; half a number would be another number. */
static int
put(int dir, const char *file, const char *text)
{
	size_t len = strlen(text);
	ssize_t n;
	int fd, saved;

	if ((fd = openat(dir, file, O_WRONLY | O_CLOEXEC)) == -1)
		return (-1);
	n = write(fd, text, len);
	saved = n == -1 ? errno : EIO;
	(void)close(fd);
	errno = saved;
	return (n == (ssize_t)len ? 0 : -1);
}

static int
has(int dir, const char *file)
{
	return (faccessat(dir, file, F_OK, 0) == 0);
}

static void
name_of(char name[NAME], uint64_t n)
{
	(void)snprintf(name, NAME, "r%" PRIu64, n);
}

/* Can a process be born there?  Another one than in cgroup_new would not do. */
static int
try_birth(int dir)
{
	struct clone_args a;
	int status;
	pid_t pid;

	memset(&a, 0, sizeof(a));
	a.flags = CLONE_INTO_CGROUP;
	a.exit_signal = SIGCHLD;
	a.cgroup = (uint64_t)dir;
	if ((pid = (pid_t)syscall(SYS_clone3, &a, sizeof(a))) == 0)
		_exit(0);
	if (pid == -1)
		return (-1);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	return (0);
}

static void
find_features(struct cgroups *cs, int dir)
{
	cs->has = CGROUP_ANY |
	    (has(dir, "memory.max") ? CGROUP_MEMORY : 0) |
	    (has(dir, "pids.max") ? CGROUP_PIDS : 0) |
	    (has(dir, "cpu.max") ? CGROUP_CPU : 0);
	if (has(dir, "io.weight"))
		cs->has |= CGROUP_IO;
	else if (has(dir, "io.bfq.weight"))
		cs->has |= CGROUP_IO | CGROUP_BFQ;
}

int
cgroup_open(struct cgroups *cs, int dir, char *err, size_t errlen)
{
	struct cgroup cg;
	int r = -1;

	memset(cs, 0, sizeof(*cs));
	cs->dir = dir;
	err[0] = '\0';
	if (dir == -1)
		return (-1);
	if (cgroup_new(cs, &cg) == -1) {
		(void)snprintf(err, errlen, "cannot be made: %s",
		    strerror(errno));
	} else {
		find_features(cs, cg.dir);
		if ((r = try_birth(cg.dir)) == -1)
			(void)snprintf(err, errlen, "no process can be born "
			    "there: %s", strerror(errno));
		cgroup_drop(cs, &cg);
	}
	if (r == -1) {
		(void)close(cs->dir);
		cs->dir = -1;
		cs->has = 0;
	}
	return (r);
}

int
cgroup_part(const struct cgroups *cs, const char *name)
{
	static const struct {
		unsigned	 bit;
		const char	*word;
	} on[] = { { CGROUP_MEMORY, "+memory" }, { CGROUP_PIDS, "+pids" },
	    { CGROUP_CPU, "+cpu" }, { CGROUP_IO, "+io" } };
	int dir, r = 0, saved;
	size_t i;

	if ((mkdirat(cs->dir, name, 0700) == -1 && errno != EEXIST) ||
	    (dir = openat(cs->dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC)) == -1)
		return (-1);
	for (i = 0; r == 0 && i < NELEM(on); i++)
		if (cs->has & on[i].bit)
			r = put(dir, "cgroup.subtree_control", on[i].word);
	saved = errno;
	(void)close(dir);
	errno = saved;
	return (r);
}

int
cgroup_new(struct cgroups *cs, struct cgroup *cg)
{
	char name[NAME];
	int saved;

	memset(cg, 0, sizeof(*cg));
	cg->dir = -1;
	if (cs->dir == -1)
		return (0);
	do {		/* a daemon before this one may have left some */
		cg->n = ++cs->last;
		name_of(name, cg->n);
	} while (mkdirat(cs->dir, name, 0700) == -1 && errno == EEXIST);
	cg->dir = openat(cs->dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC);
	/* a run reads its own; to others the directories above are closed */
	if (cg->dir == -1 || fchmod(cg->dir, 0755) == -1) {
		saved = errno;
		if (cg->dir != -1)
			(void)close(cg->dir);
		cg->dir = -1;
		(void)unlinkat(cs->dir, name, AT_REMOVEDIR);
		errno = saved;
	}
	return (cg->dir == -1 ? -1 : 0);
}

/* No swap beside it, and what goes beyond ends as a whole. */
static int
set_memory(int dir, uint32_t mb)
{
	char text[32];

	if (mb == 0)
		return (put(dir, "memory.max", "max"));
	if (has(dir, "memory.swap.max") &&
	    put(dir, "memory.swap.max", "0") == -1)
		return (-1);
	(void)snprintf(text, sizeof(text), "%" PRIu64, mb * MB);
	if (put(dir, "memory.oom.group", "1") == -1)
		return (-1);
	return (put(dir, "memory.max", text));
}

/* The run's init is one more. */
static int
set_pids(int dir, uint32_t n)
{
	char text[32];

	if (n == 0)
		return (put(dir, "pids.max", "max"));
	(void)snprintf(text, sizeof(text), "%" PRIu64, (uint64_t)n + 1);
	return (put(dir, "pids.max", text));
}

static int
set_cpu(int dir, uint32_t percent)
{
	char text[64];

	if (percent == 0)
		return (put(dir, "cpu.max", "max"));
	(void)snprintf(text, sizeof(text), "%" PRIu64 " %d",
	    (uint64_t)percent * PERIOD_US / 100, PERIOD_US);
	return (put(dir, "cpu.max", text));
}

/* Between groups; inside of one setpriority(2) does it. */
static int
set_nice(int dir, uint32_t nice)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%" PRIu32, nice);
	return (put(dir, "cpu.weight.nice", text));
}

static int
set_io(const struct cgroups *cs, int dir, uint32_t weight)
{
	char text[32];

	if (weight == 0)
		weight = 100;		/* what every group has */
	if ((cs->has & CGROUP_BFQ) && weight > BFQ_MAX)
		weight = BFQ_MAX;
	(void)snprintf(text, sizeof(text), "default %" PRIu32, weight);
	return (put(dir, cs->has & CGROUP_BFQ ? "io.bfq.weight" : "io.weight",
	    text));
}

int
cgroup_set(const struct cgroups *cs, struct cgroup *cg,
    const struct limits *l)
{
	const struct limits *old = &cg->set;

	if (cg->dir == -1)
		return (0);
	if (((cs->has & CGROUP_MEMORY) && l->memory_mb != old->memory_mb &&
	    set_memory(cg->dir, l->memory_mb) == -1) ||
	    ((cs->has & CGROUP_PIDS) && l->processes != old->processes &&
	    set_pids(cg->dir, l->processes) == -1) ||
	    ((cs->has & CGROUP_CPU) && l->cpu_percent != old->cpu_percent &&
	    set_cpu(cg->dir, l->cpu_percent) == -1) ||
	    ((cs->has & CGROUP_CPU) && l->nice != old->nice &&
	    set_nice(cg->dir, l->nice) == -1) ||
	    ((cs->has & CGROUP_IO) && l->io_weight != old->io_weight &&
	    set_io(cs, cg->dir, l->io_weight) == -1))
		return (-1);
	cg->set = *l;
	return (0);
}

void
cgroup_drop(struct cgroups *cs, struct cgroup *cg)
{
	char name[NAME];

	if (cg->dir == -1)
		return;
	name_of(name, cg->n);
	if (unlinkat(cs->dir, name, AT_REMOVEDIR) == -1 && errno != ENOENT) {
		(void)cgroup_kill(cg->dir);
		cs->old = xrecallocarray(cs->old, cs->nold, cs->nold + 1,
		    sizeof(*cs->old));
		cs->old[cs->nold++] = cg->n;
	}
	(void)close(cg->dir);
	cg->dir = -1;
}

size_t
cgroup_sweep(struct cgroups *cs)
{
	char name[NAME];
	size_t i, left = 0;

	for (i = 0; i < cs->nold; i++) {
		name_of(name, cs->old[i]);
		if (unlinkat(cs->dir, name, AT_REMOVEDIR) == -1 &&
		    errno != ENOENT)
			cs->old[left++] = cs->old[i];
	}
	cs->nold = left;
	if (left == 0) {
		free(cs->old);
		cs->old = NULL;
	}
	return (left);
}

const char *
cgroup_lacks(const struct cgroups *cs, const struct limits *l)
{
	if (l->cpu_percent != 0 && !(cs->has & CGROUP_CPU))
		return (limit_rows[LIMITS_ROW(cpu_percent)].key);
	if (l->io_weight != 0 && !(cs->has & CGROUP_IO))
		return (limit_rows[LIMITS_ROW(io_weight)].key);
	return (NULL);
}

/* The number behind a key, or alone in the file if key is "". */
static uint64_t
number(const char *text, const char *key)
{
	size_t n = strlen(key);
	const char *p = text;

	while (strncmp(p, key, n) != 0 || (n != 0 && p[n] != ' ')) {
		if ((p = strchr(p, '\n')) == NULL)
			return (0);
		p++;
	}
	return (strtoull(p + n, NULL, 10));	/* 0: it is no number */
}

static int
get(int dir, const char *file, char *text, size_t len)
{
	ssize_t n;
	int fd, saved;

	text[0] = '\0';
	if ((fd = openat(dir, file, O_RDONLY | O_CLOEXEC)) == -1)
		return (-1);
	n = read(fd, text, len - 1);
	saved = errno;
	(void)close(fd);
	errno = saved;
	if (n == -1)
		return (-1);
	text[n] = '\0';
	return (0);
}

int
cgroup_holds(int dir, uint32_t mb)
{
	char text[64];

	if (get(dir, "memory.max", text, sizeof(text)) == -1 ||
	    (mb != 0 && number(text, "") != mb * MB))
		return (0);
	/* without that, a run has all of the swap beside it */
	return (get(dir, "memory.swap.max", text, sizeof(text)) == 0 &&
	    (mb == 0 || strcmp(text, "0\n") == 0));
}

int
cgroup_stat(int dir, struct cgroup_stat *st)
{
	char text[4096];

	memset(st, 0, sizeof(*st));
	if (get(dir, "cpu.stat", text, sizeof(text)) == -1)
		return (-1);
	st->user_us = number(text, "user_usec");
	st->sys_us = number(text, "system_usec");
	if (get(dir, "memory.peak", text, sizeof(text)) == 0)
		st->peak_kb = number(text, "") / 1024;
	if (get(dir, "pids.peak", text, sizeof(text)) == 0)
		st->pids_peak = number(text, "");
	if (get(dir, "memory.events", text, sizeof(text)) == 0) {
		st->memory_max = number(text, "max");
		st->oom = number(text, "oom");
		st->oom_kill = number(text, "oom_kill");
	}
	if (get(dir, "pids.events", text, sizeof(text)) == 0)
		st->pids_max = number(text, "max");
	return (0);
}

int
cgroup_kill(int dir)
{
	return (put(dir, "cgroup.kill", "1"));
}
