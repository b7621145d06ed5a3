/* SPDX-License-Identifier: ISC */
/* A passphrase from the terminal; see phrase.h. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "client/backup/phrase.h"
#include "common/defs.h"
#include "common/role.h"

static const int phrase_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT,
    SIGTSTP };
static volatile sig_atomic_t phrase_caught;

static void
on_signal(int sig)
{
	phrase_caught = sig;
}

/* A line without its newline; its length, or -1. */
static ssize_t
read_line(const char *prompt, uint8_t *p, size_t size)
{
	ssize_t n = -1;

	fprintf(stderr, "%s", prompt);
	while (!phrase_caught && (n = read(STDIN_FILENO, p, size)) == -1 &&
	    errno == EINTR)
		;
	fprintf(stderr, "\n");
	if (phrase_caught || n <= 0 || p[n - 1] != '\n')
		return (-1);
	return (n - 1);
}

static int
read_twice(uint8_t *p, size_t size, size_t *len, struct fail *f)
{
	uint8_t *q;
	ssize_t n;
	int same;

	if ((q = sodium_malloc(size)) == NULL) {
		fail_set(f, EXIT_CLAWBOT, "cannot lock memory: %s",
		    strerror(errno));
		return (-1);
	}
	n = read_line("once more: ", q, size);
	same = n == (ssize_t)*len && sodium_memcmp(p, q, *len) == 0;
	sodium_free(q);
	if (!same)
		fail_set(f, EXIT_USAGE, "the two passphrases differ");
	return (same ? 0 : -1);
}

static int
read_quietly(uint8_t *p, size_t size, size_t *len, int again, struct fail *f)
{
	ssize_t n;

	if ((n = read_line("passphrase of the backup: ", p, size)) == -1) {
		fail_set(f, EXIT_USAGE, "no passphrase was read");
		return (-1);
	}
	*len = (size_t)n;
	if (!again)
		return (0);
	if (*len < PHRASE_MIN) {
		fail_set(f, EXIT_USAGE, "a passphrase needs %u bytes: "
		    "whoever has the file can try as many as he likes",
		    PHRASE_MIN);
		return (-1);
	}
	return (read_twice(p, size, len, f));
}

/* Whatever happens, the terminal echoes again afterwards. */
static int
hidden(uint8_t *p, size_t size, size_t *len, int again, struct fail *f)
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
	r = read_quietly(p, size, len, again, f);
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
	return (r);
}

int
phrase_read(uint8_t *p, size_t size, size_t *len, int again, struct fail *f)
{
	struct sigaction sa, old[NELEM(phrase_signals)];
	size_t i;
	int r;

	if (!isatty(STDIN_FILENO)) {
		fail_set(f, EXIT_USAGE, "a passphrase is typed on a terminal; "
		    "without one give a key file with -k");
		return (-1);
	}
	memset(&sa, 0, sizeof(sa));
	sigemptyset(&sa.sa_mask);
	sa.sa_handler = on_signal;
	for (i = 0; i < NELEM(phrase_signals); i++)
		(void)sigaction(phrase_signals[i], &sa, &old[i]);
	r = hidden(p, size, len, again, f);
	for (i = 0; i < NELEM(phrase_signals); i++)
		(void)sigaction(phrase_signals[i], &old[i], NULL);
	if (phrase_caught) {
		sodium_memzero(p, size);
		(void)signal(phrase_caught, SIG_DFL);
		(void)raise(phrase_caught);
		/* one that only stops comes back here */
		phrase_caught = 0;
		fail_set(f, EXIT_USAGE, "no passphrase was read");
		r = -1;
	}
	return (r);
}
