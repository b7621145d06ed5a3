/* SPDX-License-Identifier: ISC */
/* Who pays; see payer.h. */
#include "config.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/defs.h"
#include "common/field.h"
#include "executor/allcaps.h"
#include "executor/hook.h"
#include "executor/payer.h"

#define PAYER_UID	0xfffffff0U /* far from all that is handed out */
#define INSTANCES_MIN	16	/* so few are of no use to anybody */
#define WATCHES_MIN	4096

/*
 * What the namespace's creator has of these when it makes it, all that is
 * beneath has together.
 */
static const __rlimit_resource_t summed[] = {
	RLIMIT_SIGPENDING, RLIMIT_MSGQUEUE, RLIMIT_MEMLOCK,
};

/* A number in a file of /proc/sys, or 0. */
static uint64_t
number_in(const char *path)
{
	char text[32];
	ssize_t n;
	int fd;

	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return (0);
	n = read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	if (n <= 0)
		return (0);
	text[n] = '\0';
	return (strtoull(text, NULL, 10));
}

static uint64_t
limit_of_host(const char *name)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "/proc/sys/user/%s", name);
	return (number_in(path));
}

/* The kernel takes the effective account for the creator. */
static int
unshare_as_nobody(void)
{
	int r, saved;

	if (seteuid(PAYER_UID) == -1)
		return (-1);
	if ((r = allcaps_raise()) == 0)
		r = unshare(CLONE_NEWUSER);
	if (r == 0)
		return (0);
	saved = errno;
	if (seteuid(0) == 0)
		errno = saved;
	return (-1);
}

#define APPARMOR	"kernel.apparmor_restrict_unprivileged_userns"

static int
apparmor_restricts(void)
{
	return (hook_apparmor() || number_in("/proc/sys/kernel/"
	    "apparmor_restrict_unprivileged_userns") != 0);
}

/* In a process that nothing else becomes of: an errno, or 0. */
static int
try_out(void)
{
	if (hook_apparmor())
		return (EACCES);
	if (unshare_as_nobody() == -1 || unshare(CLONE_NEWUTS) == -1)
		return (errno);
	return (0);
}

/*
 * Would a namespace of that account be worth anything?  AppArmor may refuse
 * to make it, or have it made with no capability in it, of which nothing can
 * be given back; a profile that has userns lets it be.  So it is made, and
 * used: what a switch or a version says about that is for others to guess.
 */
static int
nobody_can(void)
{
	int status;
	pid_t pid;

	if ((pid = fork()) == -1)
		return (-1);
	if (pid == 0)
		_exit(try_out());
	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return (-1);
	errno = WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD;
	return (errno == 0 ? 0 : -1);
}

void
payer_why(const struct payer *p, int error, char *why, size_t len)
{
	if ((error == EPERM || error == EACCES) && p->apparmor)
		(void)snprintf(why, len, APPARMOR " is on, and no profile of "
		    "AppArmor allows clawbot-executor userns");
	else
		(void)snprintf(why, len, "%s", strerror(error));
}

static int
unshare_somehow(struct payer *p)
{
	if (nobody_can() == 0 && unshare_as_nobody() == 0) {
		p->nobodys = 1;
		return (0);
	}
	payer_why(p, errno, p->why, sizeof(p->why));
	return (geteuid() == 0 ? unshare(CLONE_NEWUSER) : -1);
}

int
payer_unshare(struct payer *p)
{
	static const struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };
	struct rlimit was[NELEM(summed)];
	int r, saved;
	size_t i;

	memset(p, 0, sizeof(*p));
	p->apparmor = apparmor_restricts();
	p->instances = limit_of_host("max_inotify_instances");
	p->watches = limit_of_host("max_inotify_watches");
	for (i = 0; i < NELEM(summed); i++)
		if (getrlimit(summed[i], &was[i]) == -1)
			return (-1);
		else if (setrlimit(summed[i], &none) == -1)
			p->bounded = 1;
	r = unshare_somehow(p);
	saved = errno;
	for (i = 0; i < NELEM(summed); i++)
		(void)setrlimit(summed[i], &was[i]);
	errno = saved;
	return (r);
}

int
payer_limit(const char *name, uint64_t value)
{
	char path[96], text[32];
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/sys/user/%s", name);
	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	if ((fd = open(path, O_WRONLY | O_CLOEXEC)) == -1)
		return (-1);
	n = write(fd, text, strlen(text));
	(void)close(fd);
	return (n == (ssize_t)strlen(text) ? 0 : -1);
}

/* Of what the host has, for one of n; none has less than min. */
static uint64_t
share(const char *name, uint64_t host, size_t n, uint64_t min)
{
	uint64_t v = host / (n == 0 ? 1 : n);

	if (v < min)
		v = min;
	return (host != 0 && payer_limit(name, v) == 0 ? v : 0);
}

void
payer_share(struct payer *p, size_t naccounts)
{
	p->instances = share("max_inotify_instances", p->instances,
	    naccounts, INSTANCES_MIN);
	p->watches = share("max_inotify_watches", p->watches, naccounts,
	    WATCHES_MIN);
}

void
payer_say(struct buf *b, const struct payer *p)
{
	char text[384];

	if (p->nobodys)
		(void)snprintf(text, sizeof(text), "of runs are charged to "
		    "no account of the host");
	else
		(void)snprintf(text, sizeof(text), "missing: what runs take "
		    "of the kernel's timers, signals, queues and inotify is "
		    "charged to the host's root (%s)", p->why);
	if (p->nobodys && p->instances != 0)
		(void)snprintf(text + strlen(text), sizeof(text) -
		    strlen(text), "; each account has %llu inotify instances",
		    (unsigned long long)p->instances);
	if (p->nobodys && p->bounded)
		(void)snprintf(text + strlen(text), sizeof(text) -
		    strlen(text), "; all runs share the limits that clawbotd "
		    "was started with");
	field_str(b, "counters", text);
}
