/* SPDX-License-Identifier: ISC */
/* Reading from a terminal without echo; see quiet.h. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "client/quiet.h"
#include "common/defs.h"
#include "common/role.h"

static const int quiet_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT,
    SIGTSTP };
static volatile sig_atomic_t quiet_caught;

static void
on_signal(int sig)
{
	quiet_caught = sig;
}

ssize_t
quiet_line(const char *prompt, uint8_t *at, size_t size, struct fail *f)
{
	ssize_t n = -1;

	fprintf(stderr, "%s", prompt);
	while (!quiet_caught && (n = read(STDIN_FILENO, at, size)) == -1 &&
	    errno == EINTR)
		;
	fprintf(stderr, "\n");
	if (quiet_caught || n <= 0) {
		fail_set(f, EXIT_IO, "nothing was read");
		return (-1);
	}
	if (at[n - 1] != '\n') {
		fail_set(f, EXIT_USAGE, "the line is too long for a "
		    "terminal");
		fail_hint(f, "give it on standard input");
		return (-1);
	}
	return (n - 1);
}

/* Whatever happens, the terminal echoes again afterwards. */
static int
without_echo(const struct quiet *q, struct fail *f)
{
	struct termios was, off;
	int r;

	if (tcgetattr(STDIN_FILENO, &was) == -1) {
		fail_set(f, EXIT_IO, "terminal: %s", strerror(errno));
		return (-1);
	}
	off = was;
	off.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &off) == -1) {
		fail_set(f, EXIT_IO, "terminal: %s", strerror(errno));
		return (-1);
	}
	r = q->ask(q->arg, f);
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
	return (r);
}

int
quiet_ask(const struct quiet *q, struct fail *f)
{
	struct sigaction sa, old[NELEM(quiet_signals)];
	size_t i;
	int r;

	quiet_caught = 0;
	memset(&sa, 0, sizeof(sa));
	sigemptyset(&sa.sa_mask);
	sa.sa_handler = on_signal;
	for (i = 0; i < NELEM(quiet_signals); i++)
		(void)sigaction(quiet_signals[i], &sa, &old[i]);
	r = without_echo(q, f);
	for (i = 0; i < NELEM(quiet_signals); i++)
		(void)sigaction(quiet_signals[i], &old[i], NULL);
	if (quiet_caught) {
		explicit_bzero(q->p, q->size);
		(void)signal(quiet_caught, SIG_DFL);
		(void)raise(quiet_caught);
		/* one that only stops comes back here */
		fail_set(f, EXIT_IO, "nothing was read: it was interrupted");
		r = -1;
	}
	return (r);
}
