/* SPDX-License-Identifier: ISC */
/*
 * Writing a file.  What is to be there comes from whoever asked, while the
 * digest of it is a word of the command: so it is that which policy, approver
 * and log know, and half of it, of one who has gone away, is not written.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/xmalloc.h"
#include "file/file.h"

/* All of standard input; how much, or -1 and errno. */
static ssize_t
read_input(uint8_t *p, size_t size)
{
	size_t off = 0;
	ssize_t n;

	while (off < size &&
	    (n = read(STDIN_FILENO, p + off, size - off)) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return (-1);
		off += (size_t)n;
	}
	return ((ssize_t)off);
}

/* From here on it is done or not, and nothing is left between. */
static void
hold_signals(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGPIPE);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
}

static int
not_written(int error)
{
	switch (error) {
	case EAGAIN:
		return (outcome_because("it was changed at the same time, and "
		    "nothing was written"));
	case ENOENT:
		return (outcome_because("there is no such directory"));
	default:
		return (outcome_failed(error));
	}
}

static int
put_it(const struct target *t, const char *digest)
{
	const char *how = t->exists ? "replaced" : "created";
	int again = 1;

	hold_signals();
	if (target_replaceable(t) && fileop_replace(t, &again) == 0)
		again = 0;
	else if (!t->exists || !again)
		return (not_written(errno));
	if (again) {
		how = "changed";
		if (fileop_change(t) == -1)
			return (not_written(errno));
	}
	(void)fprintf(stderr, FILEOP_LINE "wrote size=%zu sha256=%s "
	    "how=%s\n", t->len, digest, how);
	return (0);
}

/* 0: it is what was expected; else the exit status. */
static int
compare(const struct target *t, const char *was)
{
	char hex[FILEOP_HEX + 1] = "-";

	if (!t->exists)
		return (outcome_differs(hex));
	if (t->old == -1)
		return (outcome_because("it may not be read, so it is not "
		    "known to be what was expected"));
	if (digest_file(t->old, hex) == -1)
		return (outcome_failed(errno));
	return (strcmp(hex, was) == 0 ? 0 : outcome_differs(hex));
}

static int
write_target(struct target *t, const struct filewrite *w)
{
	int r;

	if ((r = target_find(t, w->path)) == -2)
		return (outcome_not_a_file(&t->st));
	if (r == -1)
		return (not_written(errno));
	if (w->was != NULL && (r = compare(t, w->was)) != 0)
		return (r);
	return (put_it(t, w->digest));
}

int
fileop_write(const struct filewrite *w)
{
	char hex[FILEOP_HEX + 1];
	uint8_t *data = xmalloc(FILEOP_WRITE_MAX + 1);
	struct target t;
	ssize_t n;
	int status;

	memset(&t, 0, sizeof(t));
	if ((n = read_input(data, FILEOP_WRITE_MAX + 1)) == -1)
		status = outcome_failed(errno);
	else if (n > (ssize_t)FILEOP_WRITE_MAX)
		status = outcome_because("it would be larger than 4 MB");
	else {
		digest_bytes(data, (size_t)n, hex);
		t.data = data;
		t.len = (size_t)n;
		status = strcmp(hex, w->digest) != 0 ? outcome_because(
		    "what came on standard input is not what was asked for") :
		    write_target(&t, w);
	}
	freezero(data, FILEOP_WRITE_MAX + 1);
	return (status);
}
