/* SPDX-License-Identifier: ISC */
/* The end of the daemon; see exit.h. */
#include "config.h"

#include <sys/wait.h>

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "common/log.h"
#include "supervisor/daemon.h"

#define EXIT_WAIT_MS	800	/* for the roles to end by themselves */
#define BREACH_MAX	1024

/* One after the other, what nothing rests on last; NULL past the end. */
static struct proc *
nth(struct daemon *d, size_t i)
{
	if (i == NPROCS)
		return (&d->notifier);
	if (i == NPROCS + 1)
		return (&d->forwarder);
	return (i < NPROCS ? &d->procs[i] : NULL);
}

/* The roles that have ended; those that are left. */
static int
reap_roles(struct daemon *d)
{
	struct proc *p;
	int left = 0;
	size_t i;

	for (i = 0; (p = nth(d, i)) != NULL; i++) {
		if (p->pid <= 0)
			continue;
		relay_pump(&p->log);
		if (waitpid(p->pid, NULL, WNOHANG) == p->pid)
			p->pid = 0;
		else
			left++;
	}
	return (left);
}

/* During bring-up we may still signal them, afterwards they see EOF. */
static void
kill_roles(struct daemon *d)
{
	struct proc *p;
	size_t i;

	if (d->unprivileged)
		return;
	for (i = 0; (p = nth(d, i)) != NULL; i++)
		if (p->pid > 0)
			(void)kill(p->pid, SIGKILL);
}

static void
close_logs(struct daemon *d)
{
	struct proc *p;
	size_t i;

	for (i = 0; (p = nth(d, i)) != NULL; i++)
		relay_end(&p->log);
}

void
daemon_exit(struct daemon *d, int code)
{
	const struct timespec tick = { 0, 5000000 };
	int64_t end = now_ms() + EXIT_WAIT_MS;
	struct proc *p;
	size_t i;

	/* during bring-up the reason was told; what follows from it is not
	 * worth a line */
	if (!d->unprivileged)
		close_logs(d);
	d->hang_up(d);
	for (i = 0; (p = nth(d, i)) != NULL; i++)
		ipc_free(p->ipc);
	while (reap_roles(d) > 0 && now_ms() < end)
		(void)nanosleep(&tick, NULL);
	if (reap_roles(d) > 0)
		kill_roles(d);
	close_logs(d);
	_exit(code);
}

void
daemon_breach(struct daemon *d, const struct proc *p, const char *fmt, ...)
{
	char text[BREACH_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_warnx("%s broke the protocol: %s", role_name(p->role), text);
	daemon_exit(d, EXIT_ROLE_PROTO(p->role));
}
