/* SPDX-License-Identifier: ISC */
/*
 * onpty [-s ROWSxCOLS] SCRIPT COMMAND [ARGUMENT ...]: runs a command on a
 * terminal of its own, as a session leader, types what SCRIPT says, and
 * copies what is printed to standard output.  Exits as the command did, 128
 * and the signal, or with 3 if a line of SCRIPT was not fulfilled in time.
 *
 * SCRIPT has one instruction a line:
 *	expect TEXT	until TEXT was printed, since the last expect
 *	pages A|B	until B was printed, types Enter whenever A was
 *	type TEXT	\r \n \e \\ and \xNN are known
 *	file NAME	types all of that file
 *	size ROWS COLS	of the terminal from now on
 *	signal NUMBER	to the command
 *	shell LINE	runs sh -c LINE, with PID the command's
 *	modes NAME	writes the terminal's settings to file NAME
 *	raw		until the command reads single keys from it
 *	wait MS		does nothing but read
 *	hangup		closes the terminal
 * The settings are also written to SCRIPT.before, and to SCRIPT.after when
 * the command has ended.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/wait.h>

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS	120000
#define HELD		(1U << 20)

static int	 master = -1, keep = -1;
static pid_t	 pid;
static char	 held[HELD];	/* printed since the last expect */
static size_t	 nheld;
static int	 ended;		/* status is known */
static int	 status;

static long
now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}

static void
set_size(unsigned rows, unsigned cols)
{
	struct winsize ws;

	memset(&ws, 0, sizeof(ws));
	ws.ws_row = (unsigned short)rows;
	ws.ws_col = (unsigned short)cols;
	if (ioctl(master, TIOCSWINSZ, &ws) == -1)
		err(2, "TIOCSWINSZ");
}

static void
write_modes(const char *base, const char *suffix)
{
	struct termios t;
	char path[4096];
	size_t i;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s%s", base, suffix);
	memset(&t, 0, sizeof(t));
	if (tcgetattr(keep, &t) == -1 || (f = fopen(path, "w")) == NULL)
		err(2, "%s", path);
	fprintf(f, "%x %x %x %x", t.c_iflag, t.c_oflag, t.c_cflag,
	    t.c_lflag);
	for (i = 0; i < NCCS; i++)
		fprintf(f, " %x", t.c_cc[i]);
	fprintf(f, "\n");
	(void)fclose(f);
}

/* Reads what there is within ms; 0 at the end. */
static int
hear(int ms)
{
	struct pollfd p = { .fd = master, .events = POLLIN };
	char buf[4096];
	ssize_t n;

	if (!ended && waitpid(pid, &status, WNOHANG) == pid)
		ended = 1;
	if (master == -1 || poll(&p, 1, ms) != 1)
		return (!ended);
	if ((n = read(master, buf, sizeof(buf))) <= 0)
		return (!ended);
	(void)!write(STDOUT_FILENO, buf, (size_t)n);
	if (nheld + (size_t)n > HELD) {		/* the last of it is enough */
		memmove(held, held + HELD / 2, nheld - HELD / 2);
		nheld -= HELD / 2;
	}
	memcpy(held + nheld, buf, (size_t)n);
	nheld += (size_t)n;
	return (1);
}

/* Takes the first of it out of what was printed, with what is before it. */
static int
take(const char *text)
{
	size_t n = strlen(text);
	char *at = memmem(held, nheld, text, n);

	if (at == NULL)
		return (-1);
	nheld -= (size_t)(at - held) + n;
	memmove(held, at + n, nheld);
	return (0);
}

/* again: what is answered by Enter, or NULL */
static int
expect(const char *text, const char *again)
{
	long end = now_ms() + PATIENCE_MS;
	int over = 0;		/* turns since its end: some may be left */

	for (;;) {
		if (again != NULL && take(again) == 0) {
			if (write(master, "\r", 1) != 1)
				err(2, "type");
			end = now_ms() + PATIENCE_MS;
			continue;
		}
		if (take(text) == 0)
			return (0);
		if (now_ms() > end || over > 3)
			return (-1);
		over += !hear(50);
	}
}

static size_t
unescape(char *s)
{
	char *out = s, *in = s, hex[3];

	while (*in != '\0') {
		if (*in != '\\') {
			*out++ = *in++;
			continue;
		}
		in++;
		switch (*in) {
		case 'r': *out++ = '\r'; break;
		case 'n': *out++ = '\n'; break;
		case 'e': *out++ = '\033'; break;
		case 'x':
			hex[0] = in[1], hex[1] = in[2], hex[2] = '\0';
			*out++ = (char)strtoul(hex, NULL, 16);
			in += 2;
			break;
		default: *out++ = *in;
		}
		in++;
	}
	return ((size_t)(out - s));
}

/* "A|B" */
static int
pages(char *line)
{
	char *last = strchr(line, '|');

	if (last == NULL)
		errx(2, "pages A|B");
	*last++ = '\0';
	last[unescape(last)] = '\0';
	return (expect(last, line));
}

static void
type(char *s)
{
	size_t n = unescape(s), off;
	ssize_t w;

	for (off = 0; off < n; off += (size_t)w)
		if ((w = write(master, s + off, n - off)) <= 0)
			err(2, "type");
}

static void
shell(const char *line)
{
	char id[32];
	int how = 0;
	pid_t sh;

	(void)snprintf(id, sizeof(id), "%d", (int)pid);
	(void)setenv("PID", id, 1);
	if ((sh = fork()) == 0) {
		(void)execl("/bin/sh", "sh", "-c", line, (char *)NULL);
		_exit(127);
	}
	if (sh == -1 || waitpid(sh, &how, 0) != sh || how != 0)
		errx(3, "shell %s", line);
}

/* Waits, reading along, for a terminal that is in raw mode. */
static int
raw(void)
{
	long end = now_ms() + PATIENCE_MS;
	struct termios t;

	for (;;) {
		if (tcgetattr(keep, &t) == 0 && !(t.c_lflag & ICANON))
			return (0);
		if (now_ms() > end || !hear(20))
			return (-1);
	}
}

/* Types all of a file, reading along. */
static void
type_file(const char *path)
{
	struct pollfd p = { .fd = master, .events = POLLOUT };
	char buf[4096];
	size_t n, off;
	ssize_t w;
	FILE *f;
	int fl;

	if ((f = fopen(path, "re")) == NULL ||
	    (fl = fcntl(master, F_GETFL)) == -1 ||
	    fcntl(master, F_SETFL, fl | O_NONBLOCK) == -1)
		err(2, "%s", path);
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		for (off = 0; off < n; ) {
			(void)hear(0);
			w = write(master, buf + off, n - off);
			if (w > 0)
				off += (size_t)w;
			else if (errno == EAGAIN)
				(void)poll(&p, 1, 10);
			else
				err(2, "type");
		}
	(void)fclose(f);
	(void)fcntl(master, F_SETFL, fl);
}

static int
obey(char *line)
{
	unsigned a, b;
	long end;

	if (strncmp(line, "expect ", 7) == 0)
		return (expect(line + 7, NULL));
	if (strncmp(line, "pages ", 6) == 0)
		return (pages(line + 6));
	if (strcmp(line, "raw") == 0)
		return (raw());
	if (strncmp(line, "type ", 5) == 0)
		type(line + 5);
	else if (strncmp(line, "file ", 5) == 0)
		type_file(line + 5);
	else if (sscanf(line, "size %u %u", &a, &b) == 2)
		set_size(a, b);
	else if (sscanf(line, "signal %u", &a) == 1)
		(void)kill(pid, (int)a);
	else if (strncmp(line, "shell ", 6) == 0)
		shell(line + 6);
	else if (strncmp(line, "modes ", 6) == 0)
		write_modes(line + 6, "");
	else if (sscanf(line, "wait %u", &a) == 1) {
		for (end = now_ms() + a; now_ms() < end; )
			(void)hear((int)(end - now_ms()));
	} else if (strcmp(line, "hangup") == 0) {
		(void)close(keep);
		(void)close(master);
		keep = master = -1;
	} else
		errx(2, "%s: unknown", line);
	return (0);
}

static void
start(const char *base, char **argv, unsigned rows, unsigned cols)
{
	char *name;

	master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (master == -1 || grantpt(master) == -1 || unlockpt(master) == -1 ||
	    (name = ptsname(master)) == NULL)
		err(2, "terminal");
	/* held open, so that the settings outlive the command */
	if ((keep = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)) == -1)
		err(2, "%s", name);
	set_size(rows, cols);
	write_modes(base, ".before");
	if ((pid = fork()) != 0)
		return;
	if (setsid() == -1 || ioctl(keep, TIOCSCTTY, 0) == -1)
		_exit(2);
	(void)dup2(keep, 0);
	(void)dup2(keep, 1);
	(void)dup2(keep, 2);
	(void)execvp(argv[0], argv);
	_exit(127);
}

int
main(int argc, char **argv)
{
	unsigned rows = 24, cols = 80;
	char line[4096];
	int failed = 0;
	long end;
	FILE *f;

	if (argc > 2 && strcmp(argv[1], "-s") == 0) {
		if (sscanf(argv[2], "%ux%u", &rows, &cols) != 2)
			errx(2, "-s ROWSxCOLS");
		argv += 2;
		argc -= 2;
	}
	if (argc < 3)
		errx(2, "usage: onpty [-s ROWSxCOLS] SCRIPT COMMAND ...");
	if ((f = fopen(argv[1], "re")) == NULL)
		err(2, "%s", argv[1]);
	start(argv[1], argv + 2, rows, cols);
	while (!failed && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '\0' || obey(line) == 0)
			continue;
		fprintf(stderr, "not fulfilled: %s\n", line);
		failed = 1;
	}
	(void)fclose(f);
	for (end = now_ms() + PATIENCE_MS; !ended && now_ms() < end; )
		(void)hear(20);
	while (master != -1 && nheld < HELD) {	/* the rest of it */
		struct pollfd p = { .fd = master, .events = POLLIN };

		if (poll(&p, 1, 0) != 1 || hear(0) == -1)
			break;
	}
	if (keep != -1)
		write_modes(argv[1], ".after");
	if (!ended) {
		fprintf(stderr, "not ended\n");
		(void)kill(pid, SIGKILL);
		return (3);
	}
	if (failed)
		return (3);
	return (WIFEXITED(status) ? WEXITSTATUS(status) :
	    128 + WTERMSIG(status));
}
