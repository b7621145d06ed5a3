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

/* The roles that have ended; those that are left. */
static int
reap_roles(struct daemon *d)
{
	struct proc *p;
	int left = 0;

	for (p = d->procs; p < d->procs + NPROCS; p++) {
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
	size_t i;

	if (d->unprivileged)
		return;
	for (i = 0; i < NPROCS; i++)
		if (d->procs[i].pid > 0)
			(void)kill(d->procs[i].pid, SIGKILL);
}

static void
close_logs(struct daemon *d)
{
	size_t i;

	for (i = 0; i < NPROCS; i++)
		relay_end(&d->procs[i].log);
}

void
daemon_exit(struct daemon *d, int code)
{
	const struct timespec tick = { 0, 5000000 };
	int64_t end = now_ms() + EXIT_WAIT_MS;
	size_t i;

	/* during bring-up the reason was told; what follows from it is not
	 * worth a line */
	if (!d->unprivileged)
		close_logs(d);
	d->hang_up(d);
	for (i = 0; i < NPROCS; i++)
		ipc_free(d->procs[i].ipc);
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
