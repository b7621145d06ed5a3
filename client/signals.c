/* SPDX-License-Identifier: ISC */
/* Signals of a client; see signals.h. */
#include "config.h"

#include <sys/eventfd.h>

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/cli.h"
#include "client/signals.h"

static volatile sig_atomic_t caught;	/* the last one to end us */
static volatile sig_atomic_t ends;	/* and how many came */
static volatile sig_atomic_t resized, suspended, resumed;
static int wake = -1;			/* eventfd */
static int taken;			/* of ends */

static void
on_signal(int sig)
{
	int saved = errno;
	uint64_t one = 1;
	ssize_t n;

	if (sig == SIGWINCH)
		resized = 1;
	else if (sig == SIGTSTP)
		suspended = 1;
	else if (sig == SIGCONT)
		resumed = 1;
	else {
		caught = sig;
		ends++;
	}
	n = write(wake, &one, sizeof(one));
	(void)n;	/* it cannot fill up within the life of a process */
	errno = saved;
}

int
signals_catch(int terminal)
{
	static const int sigs[] = { SIGINT, SIGTERM, SIGHUP,
	    SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT };
	struct sigaction sa, old;
	size_t i;

	if ((wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) == -1) {
		complain("eventfd: %s", strerror(errno));
		exit(EXIT_CLAWBOT);
	}
	memset(&sa, 0, sizeof(sa));
	sigemptyset(&sa.sa_mask);
	sa.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &sa, NULL);
	/* reading the terminal from the background: an error, not a stop */
	if (!terminal)
		(void)sigaction(SIGTTIN, &sa, NULL);
	sa.sa_handler = on_signal;	/* no SA_RESTART: gets us out of a
					   write to a stopped terminal */
	for (i = 0; i < (terminal ? sizeof(sigs) / sizeof(sigs[0]) : 3); i++)
		if (sigaction(sigs[i], NULL, &old) == 0 &&
		    old.sa_handler != SIG_IGN)
			(void)sigaction(sigs[i], &sa, NULL);
	return (wake);
}

int
signals_take(struct signals *s)
{
	uint64_t n;

	memset(s, 0, sizeof(*s));
	if (read(wake, &n, sizeof(n)) != sizeof(n))
		return (0);
	s->resized = resized;
	s->suspended = suspended;
	s->resumed = resumed;
	resized = suspended = resumed = 0;
	s->ends = ends - taken;
	taken += s->ends;
	s->last = caught;
	return (1);
}

void
signals_stop(void)
{
	struct sigaction sa, old;

	memset(&sa, 0, sizeof(sa));
	sigemptyset(&sa.sa_mask);
	sa.sa_handler = SIG_DFL;
	(void)sigaction(SIGTSTP, &sa, &old);
	(void)raise(SIGTSTP);
	(void)sigaction(SIGTSTP, &old, NULL);
}

void
signals_die(int sig)
{
	(void)fflush(stdout);
	(void)signal(sig, SIG_DFL);
	(void)raise(sig);
}
