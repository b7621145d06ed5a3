/* SPDX-License-Identifier: ISC */
/* Telling people what went wrong, in one style. */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/cli.h"
#include "client/esc.h"
#include "common/role.h"
#include "common/xmalloc.h"

/* Formats, then escapes what the arguments may have brought along. */
static void __attribute__((__format__ (printf, 3, 0)))
put_text(char *dst, size_t size, const char *fmt, va_list ap)
{
	struct buf b;
	char *raw;
	size_t n;

	if (vasprintf(&raw, fmt, ap) < 0) {
		(void)snprintf(dst, size, "out of memory");
		return;
	}
	buf_init(&b, 16 * strlen(raw) + 1);
	esc_text(&b, raw, strlen(raw));
	n = b.len < size - 1 ? b.len : size - 1;
	if (n != 0)
		memcpy(dst, b.data, n);
	dst[n] = '\0';
	buf_free(&b);
	free(raw);
}

void
fail_set(struct fail *f, int status, const char *fmt, ...)
{
	va_list ap;

	f->status = status;
	f->hint[0] = '\0';
	va_start(ap, fmt);
	put_text(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
}

void
fail_hint(struct fail *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_text(f->hint, sizeof(f->hint), fmt, ap);
	va_end(ap);
}

int
fail_print(const struct fail *f)
{
	(void)fflush(stdout);
	fprintf(stderr, "clawbot: %s\n", f->text);
	if (f->hint[0] != '\0')
		fprintf(stderr, "clawbot: %s\n", f->hint);
	return (f->status);
}

/* Why standard output could not be written, which stdio forgets. */
static int stdout_errno;

void
fail_written(FILE *fp)
{
	if (fp == stdout && stdout_errno == 0)
		stdout_errno = errno;
}

int
fail_stdout(int status)
{
	errno = 0;
	if ((fflush(stdout) == 0 && !ferror(stdout)) || status != 0)
		return (status);
	if (stdout_errno == 0)
		stdout_errno = errno;
	complain("standard output: %s", stdout_errno != 0 ?
	    strerror(stdout_errno) : "write failed");
	return (EXIT_IO);
}

void
complain(const char *fmt, ...)
{
	struct fail f;
	va_list ap;

	f.status = 0;
	f.hint[0] = '\0';
	va_start(ap, fmt);
	put_text(f.text, sizeof(f.text), fmt, ap);
	va_end(ap);
	(void)fail_print(&f);
}

void
usage_error(const char *fmt, ...)
{
	struct fail f;
	va_list ap;

	fail_set(&f, EXIT_USAGE, "usage");
	va_start(ap, fmt);
	put_text(f.text, sizeof(f.text), fmt, ap);
	va_end(ap);
	fail_hint(&f, "see clawbot --help");
	exit(fail_print(&f));
}
