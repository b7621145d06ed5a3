/* SPDX-License-Identifier: ISC */
/*
 * canary: tells, in the file named by CANARY_LOG, that it was started: the
 * number of its words, whether standard input is /dev/null, and the words,
 * each ended by a NUL.  It prints its words and succeeds every now and then.
 */
#include "config.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Runaway loops end: all of its process group. */
#define LOG_MAX_BYTES	(16 * 1024)

static int
stdin_is_null(void)
{
	struct stat st, null;

	return (fstat(0, &st) == 0 && stat("/dev/null", &null) == 0 &&
	    S_ISCHR(st.st_mode) && st.st_rdev == null.st_rdev);
}

int
main(int argc, char **argv)
{
	const char *path = getenv("CANARY_LOG");
	char *out = NULL;
	unsigned sum = 0;
	struct stat st;
	size_t len = 0, i;
	FILE *f;
	int fd, k;

	if (path == NULL || (f = open_memstream(&out, &len)) == NULL)
		return (125);
	(void)fprintf(f, "%d%c%d%c", argc, '\0', stdin_is_null(), '\0');
	for (k = 0; k < argc; k++)
		(void)fprintf(f, "%s%c", argv[k], '\0');
	(void)fclose(f);
	if ((fd = open(path, O_WRONLY | O_APPEND)) == -1 ||
	    write(fd, out, len) != (ssize_t)len || fstat(fd, &st) == -1)
		return (125);
	for (k = 1; k < argc; k++)
		(void)printf("%s%c", argv[k], k + 1 < argc ? ' ' : '\n');
	for (i = 0; i < len; i++)
		sum = sum * 31 + (unsigned char)out[i];
	free(out);
	if (st.st_size > LOG_MAX_BYTES)
		(void)kill(0, SIGKILL);
	return ((sum + (unsigned)st.st_size) % 3 == 0);
}
