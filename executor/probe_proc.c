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

#include "executor/env.h"
#include "executor/jail.h"
#include "executor/probe.h"

#define NELEM(a)	(sizeof(a) / sizeof((a)[0]))
#define DESCRIPTORS	4096
#define PIDS		4096

/* Processes. */

static enum probe_verdict
see_others(const struct jail *j)
{
	struct dirent *de;
	int good = 1;
	long pid;
	DIR *d;

	(void)j;
	if ((d = opendir("/proc")) == NULL)
		return (PROBE_OPEN);
	while ((de = readdir(d)) != NULL) {
		if (!isdigit((unsigned char)de->d_name[0]))
			continue;
		pid = strtol(de->d_name, NULL, 10);
		if (pid != 1 && pid != getpid())
			good = 0;
	}
	(void)closedir(d);
	return (probe_is(good));
}

/* Signal 0 disturbs nobody; init and we ourselves are not counted. */
static enum probe_verdict
signal_all(const struct jail *j)
{
	(void)j;
	return (probe_refused_by(kill(-1, 0), ESRCH));
}

static enum probe_verdict
signal_guessed(const struct jail *j)
{
	pid_t pid;

	(void)j;
	for (pid = 2; pid < PIDS; pid++)
		if (pid != getpid() && kill(pid, 0) != -1)
			return (PROBE_OPEN);
	return (PROBE_HELD);
}

static enum probe_verdict
memory_of_init(const struct jail *j)
{
	(void)j;
	return (probe_is(probe_opens("/proc/1/mem", O_RDWR) == PROBE_HELD &&
	    probe_opens("/proc/1/mem", O_RDONLY) == PROBE_HELD &&
	    probe_opens("/proc/1/maps", O_RDONLY) == PROBE_HELD));
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

static enum probe_verdict
raise_limits(const struct jail *j)
{
	struct rlimit rl;
	size_t i;

	(void)j;
	for (i = 0; i < NELEM(kinds); i++) {
		if (getrlimit(kinds[i].what, &rl) == -1)
			return (PROBE_OPEN);
		if (rl.rlim_max == RLIM_INFINITY)
			continue;
		rl.rlim_max++;
		if (setrlimit(kinds[i].what, &rl) != -1)
			return (PROBE_OPEN);
	}
	return (PROBE_HELD);
}

/* As the plan of a self-check has them. */
static enum probe_verdict
limits_in_force(const struct jail *j)
{
	const struct limits *l = &j->plan->limits;
	struct rlimit cpu, file, fds;

	if (getrlimit(RLIMIT_CPU, &cpu) == -1 ||
	    getrlimit(RLIMIT_FSIZE, &file) == -1 ||
	    getrlimit(RLIMIT_NOFILE, &fds) == -1)
		return (PROBE_OPEN);
	return (probe_is(cpu.rlim_cur <= l->cpu_s &&
	    file.rlim_max <= (rlim_t)l->file_mb * 1024 * 1024 &&
	    fds.rlim_max <= l->open_files));
}

static enum probe_verdict
dump_core(const struct jail *j)
{
	struct rlimit rl;

	(void)j;
	return (probe_is(getrlimit(RLIMIT_CORE, &rl) == 0 &&
	    rl.rlim_cur == 0 && rl.rlim_max == 0));
}

static enum probe_verdict
more_priority(const struct jail *j)
{
	struct sched_param sp = { .sched_priority = 1 };

	(void)j;
	return (probe_is(setpriority(PRIO_PROCESS, 0, -1) == -1 &&
	    sched_setscheduler(0, SCHED_FIFO, &sp) == -1 &&
	    syscall(SYS_ioprio_set, 1L, 0L, 1L << 13) == -1));
}

/* Runs go first when memory is short: that is the least that they may set. */
static enum probe_verdict
oom_score(const struct jail *j)
{
	static const char score[] = "-1000";
	ssize_t n;
	int fd, saved;

	(void)j;
	fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd == -1)
		return (PROBE_HELD);
	n = write(fd, score, sizeof(score) - 1);
	saved = errno;
	(void)close(fd);
	errno = saved;
	return (probe_refused(n));
}

/* Environment. */

static enum probe_verdict
environment_of_init(const struct jail *j)
{
	(void)j;
	return (probe_is(
	    probe_opens("/proc/1/environ", O_RDONLY) == PROBE_HELD &&
	    probe_opens("/proc/1/auxv", O_RDONLY) == PROBE_HELD));
}

/* What tests and sanitizers are told by, in builds for them alone. */
static int
is_ours(const char *e)
{
	return ((CB_TEST_HOOKS && strncmp(e, "CLAWBOT_", 8) == 0) ||
	    (CB_SANITIZE && strstr(e, "SAN_OPTIONS=") != NULL));
}

/* Neither what would be given to a command nor what we came with. */
static enum probe_verdict
environment_hooks(const struct jail *j)
{
	const struct strv *env = &j->plan->env;
	char **e;
	size_t i;

	for (i = 0; i < env->n; i++)
		if (env_is_hook(env->v[i], strcspn(env->v[i], "=")))
			return (PROBE_OPEN);
	for (e = environ; e != NULL && *e != NULL; e++)
		if (strncmp(*e, "PATH=", 5) != 0 && !is_ours(*e) &&
		    env_is_hook(*e, strcspn(*e, "=")))
			return (PROBE_OPEN);
	return (PROBE_HELD);
}

/* Session. */

static enum probe_verdict
own_session(const struct jail *j)
{
	(void)j;
	return (probe_is(getsid(0) == getpid() && getpgrp() == getpid()));
}

static enum probe_verdict
controlling_terminal(const struct jail *j)
{
	(void)j;
	return (probe_opens("/dev/tty", O_RDWR));
}

/* SIGSYS may be a test's. */
static enum probe_verdict
signals_as_they_come(const struct jail *j)
{
	struct sigaction sa;
	sigset_t set;
	int sig;

	(void)j;
	if (sigprocmask(SIG_SETMASK, NULL, &set) == -1)
		return (PROBE_OPEN);
	for (sig = 1; sig < SIGRTMIN; sig++) {
		if (sigismember(&set, sig) == 1)
			return (PROBE_OPEN);
		if (sig != SIGSYS && sigaction(sig, NULL, &sa) == 0 &&
		    sa.sa_handler != SIG_DFL)
			return (PROBE_OPEN);
	}
	return (PROBE_HELD);
}

/* Descriptors. */

/* 0, 1 and 2, and what is closed when a command is executed. */
static enum probe_verdict
left_over(const struct jail *j)
{
	int fd, fl;

	for (fd = 3; fd < DESCRIPTORS; fd++) {
		if ((fl = fcntl(fd, F_GETFD)) == -1)
			continue;
		if ((fl & FD_CLOEXEC) == 0)
			return (PROBE_OPEN);
		if (fd != j->go && fd != j->trouble && fd != j->warden)
			return (PROBE_OPEN);
	}
	errno = 0;
	return (PROBE_HELD);
}

/* A directory from outside leads back there. */
static enum probe_verdict
open_directories(const struct jail *j)
{
	struct stat st;
	int fd;

	(void)j;
	for (fd = 0; fd < DESCRIPTORS; fd++)
		if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
			return (PROBE_OPEN);
	errno = 0;
	return (PROBE_HELD);
}

static enum probe_verdict
open_sockets(const struct jail *j)
{
	struct stat st;
	int fd;

	for (fd = 0; fd < DESCRIPTORS; fd++)
		if (fd != j->go && fd != j->warden && fstat(fd, &st) == 0 &&
		    S_ISSOCK(st.st_mode))
			return (PROBE_OPEN);
	errno = 0;
	return (PROBE_HELD);
}

const struct attempt probe_proc[] = {
	{ PL_PROCESSES, "seeing other processes", see_others },
	{ PL_PROCESSES, "signalling every process", signal_all },
	{ PL_PROCESSES, "signalling processes by guess", signal_guessed },
	{ PL_PROCESSES, "reading the memory of init", memory_of_init },
	{ PL_LIMITS, "running without the limits of the skill",
	    limits_in_force },
	{ PL_LIMITS, "raising limits", raise_limits },
	{ PL_LIMITS, "dumping core", dump_core },
	{ PL_LIMITS, "taking priority over others", more_priority },
	{ PL_LIMITS, "hiding from the end when memory is short", oom_score },
	{ PL_ENVIRONMENT, "reading the environment of init",
	    environment_of_init },
	{ PL_ENVIRONMENT, "being given variables that load code",
	    environment_hooks },
	{ PL_SESSION, "being in clawbot's session", own_session },
	{ PL_SESSION, "opening clawbot's terminal", controlling_terminal },
	{ PL_SESSION, "having signals blocked or ignored",
	    signals_as_they_come },
	{ PL_DESCRIPTORS, "having other descriptors than 0, 1 and 2",
	    left_over },
	{ PL_DESCRIPTORS, "having a directory open", open_directories },
	{ PL_DESCRIPTORS, "having a socket open", open_sockets },
	{ PL_DESCRIPTORS, NULL, NULL },
};
