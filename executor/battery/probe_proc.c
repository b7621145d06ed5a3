/* SPDX-License-Identifier: ISC */
/*
 * Attempts: processes, limits, environment, session, descriptors.
 */
#include "config.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/defs.h"
#include "common/varname.h"
#include "executor/battery/probe.h"
#include "executor/box/box.h"
#include "executor/env.h"
#include "executor/score.h"

#define DESCRIPTORS	4096
#define PIDS		4096

static const struct refuser by_pids[] = {
	{ ESRCH, "namespaces", "there is no other process" },
	{ 0, NULL, NULL },
};

static const struct refuser by_guess[] = {
	{ ESRCH, "namespaces", "there is no such process" },
	{ EPERM, "account", "it is not the run's" },
	{ 0, NULL, NULL },
};

static const struct refuser by_dumpable[] = {
	{ EACCES, "processes", "init is not dumpable" },
	{ EPERM, "processes", "init is not dumpable" },
	{ ENOENT, "view", "init is not to be seen" },
	{ 0, NULL, NULL },
};

static const struct refuser by_hard_limit[] = {
	{ EPERM, "capabilities", "it takes CAP_SYS_RESOURCE" },
	{ EACCES, "capabilities", "it takes CAP_SYS_RESOURCE" },
	{ 0, NULL, NULL },
};

static const struct refuser by_score[] = {
	{ EROFS, "mounts", "/proc is mounted read-only" },
	{ EACCES, "landlock", "no rule allows to write there" },
	{ 0, NULL, NULL },
};

static const struct refuser by_nice[] = {
	{ EPERM, "capabilities", "it takes CAP_SYS_NICE, or the runs' filter" },
	{ EACCES, "limits", "RLIMIT_NICE is 0" },
	{ 0, NULL, NULL },
};

static const struct refuser by_session[] = {
	{ ENXIO, "session", "the run has no terminal" },
	{ 0, NULL, NULL },
};

/* Processes. */

static void
see_others(struct trial *t)
{
	struct dirent *de;
	int good = 1;
	long pid;
	DIR *d;

	if ((d = opendir("/proc")) == NULL) {
		probe_passing();
		try_state(t, 0);
		return;
	}
	while ((de = readdir(d)) != NULL) {
		if (!isdigit((unsigned char)de->d_name[0]))
			continue;
		pid = strtol(de->d_name, NULL, 10);
		if (pid != 1 && pid != getpid())
			good = 0;
	}
	(void)closedir(d);
	try_state(t, good);
}

/*
 * Signal 0 disturbs nobody; init and we ourselves are not counted.  Others
 * that are there, and not ours, would give EPERM.
 */
static void
signal_all(struct trial *t)
{
	int r = kill(-1, 0);

	if (r == -1 && errno == EPERM)
		try_state(t, 0);
	else
		try_call(t, r);
}

static void
signal_guessed(struct trial *t)
{
	pid_t pid;

	for (pid = 2; pid < PIDS; pid++)
		if (pid != getpid())
			try_call(t, kill(pid, 0));
}

static void
memory_of_init(struct trial *t)
{
	try_open(t, "/proc/1/mem", O_RDWR);
	try_open(t, "/proc/1/mem", O_RDONLY);
	try_open(t, "/proc/1/maps", O_RDONLY);
}

/* Limits. */

static const struct {
	__rlimit_resource_t	what;
} kinds[] = {
	{ RLIMIT_CPU }, { RLIMIT_FSIZE }, { RLIMIT_DATA }, { RLIMIT_STACK },
	{ RLIMIT_CORE }, { RLIMIT_NOFILE }, { RLIMIT_NPROC }, { RLIMIT_AS },
	{ RLIMIT_MEMLOCK }, { RLIMIT_MSGQUEUE }, { RLIMIT_NICE },
	{ RLIMIT_RTPRIO }, { RLIMIT_SIGPENDING }, { RLIMIT_LOCKS },
};

static void
raise_limit(struct trial *t, __rlimit_resource_t what)
{
	struct rlimit rl, more, now;

	if (getrlimit(what, &rl) == -1) {
		try_noted(t);
		return;
	}
	if (rl.rlim_max == RLIM_INFINITY)
		return;
	more = rl;
	more.rlim_max++;
	try_returned(t, setrlimit(what, &more));
	if (getrlimit(what, &now) == -1)
		now = rl;
	try_effect(t, now.rlim_max > rl.rlim_max);
}

static void
raise_limits(struct trial *t)
{
	size_t i;

	for (i = 0; i < NELEM(kinds); i++)
		raise_limit(t, kinds[i].what);
}

/* As the plan of a self-check has them. */
static void
limits_in_force(struct trial *t)
{
	const struct limits *l = &t->bx->plan->limits;
	struct rlimit cpu, file, fds;

	if (getrlimit(RLIMIT_CPU, &cpu) == -1 ||
	    getrlimit(RLIMIT_FSIZE, &file) == -1 ||
	    getrlimit(RLIMIT_NOFILE, &fds) == -1)
		try_noted(t);
	else
		try_state(t, cpu.rlim_cur <= l->cpu_s &&
		    file.rlim_max <= (rlim_t)l->file_mb * 1024 * 1024 &&
		    fds.rlim_max <= l->open_files);
}

static int
file_is(const char *path, const char *want)
{
	char now[16];
	ssize_t n;
	int fd;

	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return (0);
	n = read(fd, now, sizeof(now));
	(void)close(fd);
	return (n > 0 && (size_t)n >= strlen(want) &&
	    memcmp(now, want, strlen(want)) == 0);
}

static void
dump_core(struct trial *t)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_CORE, &rl) == -1)
		try_noted(t);
	else
		try_state(t, rl.rlim_cur <= 1 && rl.rlim_max <= 1);
	/* with 0 a handler that core_pattern names is started */
	errno = 0;
	if (t->verdict == PROBE_HELD && rl.rlim_max != 1)
		try_noted(t);
	/* whatever it gets, there is no memory in it; no such file, no dump */
	try_state(t, file_is("/proc/self/coredump_filter", "00000000\n") ||
	    access("/proc/self/coredump_filter", F_OK) == -1);
}

/* Each of its own, so that a skill's runs do not take another's. */
static void
counters_in_force(struct trial *t)
{
	struct rlimit sig, queue, lock;

	if (getrlimit(RLIMIT_SIGPENDING, &sig) == -1 ||
	    getrlimit(RLIMIT_MSGQUEUE, &queue) == -1 ||
	    getrlimit(RLIMIT_MEMLOCK, &lock) == -1)
		try_noted(t);
	else
		try_state(t, sig.rlim_max <= LIMITS_SIGPENDING &&
		    queue.rlim_max <= LIMITS_MSGQUEUE &&
		    lock.rlim_max <= LIMITS_MEMLOCK);
}

/* The classes of ioprio_get(2), above this many bits. */
#define IO_CLASS	13
#define IO_REALTIME	1

static void
more_priority(struct trial *t)
{
	struct sched_param sp = { .sched_priority = 1 };
	int was = getpriority(PRIO_PROCESS, 0);

	try_returned(t, setpriority(PRIO_PROCESS, 0, -1));
	try_effect(t, getpriority(PRIO_PROCESS, 0) < was);
	try_returned(t, sched_setscheduler(0, SCHED_FIFO, &sp));
	try_effect(t, sched_getscheduler(0) == SCHED_FIFO);
	try_returned(t, syscall(SYS_ioprio_set, 1L, 0L,
	    (long)IO_REALTIME << IO_CLASS));
	try_effect(t, syscall(SYS_ioprio_get, 1L, 0L) >> IO_CLASS ==
	    IO_REALTIME);
}

/*
 * Runs go first when memory is short.  The spawner's score is the least that
 * they could set, if they could write there at all.
 */
static void
oom_score(struct trial *t)
{
	static const char path[] = "/proc/self/oom_score_adj";
	static const char score[] = "-1000";
	int fd;

	try_state(t, score_now() >= SCORE_RUN);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	try_returned(t, fd == -1 ? -1 : write(fd, score, sizeof(score) - 1));
	if (fd != -1)
		(void)close(fd);
	try_effect(t, file_is(path, score));
}

/* Environment. */

static void
environment_of_init(struct trial *t)
{
	try_open(t, "/proc/1/environ", O_RDONLY);
	try_open(t, "/proc/1/auxv", O_RDONLY);
}

/* What tests and sanitizers are told by, in builds for them alone. */
static int
is_ours(const char *e)
{
	return ((CB_TEST_HOOKS && strncmp(e, "CLAWBOT_", 8) == 0) ||
	    (CB_SANITIZE && strstr(e, "SAN_OPTIONS=") != NULL));
}

/* Neither what would be given to a command nor what we came with. */
static void
environment_hooks(struct trial *t)
{
	const struct strv *env = &t->bx->plan->env;
	char **e;
	size_t i;

	for (i = 0; i < env->n; i++)
		try_state(t, !varname_is_hook(env->v[i],
		    strcspn(env->v[i], "=")));
	for (e = environ; e != NULL && *e != NULL; e++)
		if (strncmp(*e, "PATH=", 5) != 0 && !is_ours(*e))
			try_state(t, !varname_is_hook(*e, strcspn(*e, "=")));
}

/* Session. */

static void
own_session(struct trial *t)
{
	try_state(t, getsid(0) == getpid() && getpgrp() == getpid());
}

static void
controlling_terminal(struct trial *t)
{
	try_open(t, "/dev/tty", O_RDWR);
}

/* SIGSYS may be a test's. */
static void
signals_as_they_come(struct trial *t)
{
	struct sigaction sa;
	sigset_t set;
	int sig;

	if (sigprocmask(SIG_SETMASK, NULL, &set) == -1) {
		try_noted(t);
		return;
	}
	for (sig = 1; sig < SIGRTMIN; sig++) {
		try_state(t, sigismember(&set, sig) != 1);
		if (sig != SIGSYS && sigaction(sig, NULL, &sa) == 0)
			try_state(t, sa.sa_handler == SIG_DFL);
	}
}

/* Descriptors. */

/* 0, 1 and 2, and what is closed when a command is executed. */
static void
left_over(struct trial *t)
{
	const struct box *bx = t->bx;
	int fd, fl;

	for (fd = 3; fd < DESCRIPTORS; fd++)
		if ((fl = fcntl(fd, F_GETFD)) != -1)
			try_state(t, (fl & FD_CLOEXEC) != 0 &&
			    (fd == bx->go || fd == bx->trouble ||
			    fd == bx->watch || fd == bx->copies));
}

/* A directory from outside leads back there. */
static void
open_directories(struct trial *t)
{
	struct stat st;
	int fd;

	for (fd = 0; fd < DESCRIPTORS; fd++)
		if (fd != t->bx->copies && fstat(fd, &st) == 0)
			try_state(t, !S_ISDIR(st.st_mode));
}

static void
open_sockets(struct trial *t)
{
	struct stat st;
	int fd;

	for (fd = 0; fd < DESCRIPTORS; fd++)
		if (fd != t->bx->go && fd != t->bx->watch &&
		    fstat(fd, &st) == 0)
			try_state(t, !S_ISSOCK(st.st_mode));
}

const struct attempt probe_proc[] = {
	{ PL_PROCESSES, "seeing other processes", see_others, NULL, 0 },
	{ PL_PROCESSES, "signalling every process", signal_all, by_pids, 0 },
	{ PL_PROCESSES, "signalling processes by guess", signal_guessed,
	    by_guess, 0 },
	{ PL_PROCESSES, "reading the memory of init", memory_of_init,
	    by_dumpable, 0 },
	{ PL_LIMITS, "running without the limits of the skill",
	    limits_in_force, NULL, 0 },
	{ PL_LIMITS, "raising limits", raise_limits, by_hard_limit, 0 },
	{ PL_LIMITS, "having more of what is counted for all",
	    counters_in_force, NULL, 0 },
	{ PL_LIMITS, "dumping core", dump_core, NULL, 0 },
	{ PL_LIMITS, "taking priority over others", more_priority, by_nice,
	    0 },
	{ PL_LIMITS, "hiding from the end when memory is short", oom_score,
	    by_score, 0 },
	{ PL_ENVIRONMENT, "reading the environment of init",
	    environment_of_init, by_dumpable, 0 },
	{ PL_ENVIRONMENT, "being given variables that load code",
	    environment_hooks, NULL, 0 },
	{ PL_SESSION, "being in clawbot's session", own_session, NULL, 0 },
	{ PL_SESSION, "opening clawbot's terminal", controlling_terminal,
	    by_session, 0 },
	{ PL_SESSION, "having signals blocked or ignored",
	    signals_as_they_come, NULL, 0 },
	{ PL_DESCRIPTORS, "having other descriptors than 0, 1 and 2",
	    left_over, NULL, 0 },
	{ PL_DESCRIPTORS, "having a directory open", open_directories, NULL,
	    0 },
	{ PL_DESCRIPTORS, "having a socket open", open_sockets, NULL, 0 },
	{ PL_DESCRIPTORS, NULL, NULL, NULL, 0 },
};
