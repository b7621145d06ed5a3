/* SPDX-License-Identifier: ISC */
/*
 * Calls of a vault on files and pipes, one of which goes wrong: the one at
 * which fault.left gets to 0, while fault.on is set.
 */
#ifndef TESTS_VAULT_CALLS_H
#define TESTS_VAULT_CALLS_H

#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

/* With _FORTIFY_SOURCE the C library declares some of these inline. */
#ifdef __clang__
#pragma clang diagnostic ignored "-Wstatic-in-inline"
#endif

enum how { FAIL, SHORT, DIE_BEFORE, DIE_AFTER, HOWS };

static struct {
	int		on;
	enum how	how;
	unsigned	left;		/* calls until it happens */
	int		*fired;		/* has it? */
} fault;

/* Is this call the one? */
static int
hit(void)
{
	if (!fault.on || fault.left == 0 || --fault.left != 0)
		return (0);
	*fault.fired = 1;
	if (fault.how == DIE_BEFORE)
		_exit(9);
	return (1);
}

/* The result of a call, or death, or failure that did not happen. */
static long
after(int was_hit, long r)
{
	if (was_hit && fault.how == DIE_AFTER)
		_exit(9);
	return (r);
}

#define FAILS(h)	((h) && (fault.how == FAIL || fault.how == SHORT))

int
openat(int fd, const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;
	int h = hit();

	va_start(ap, flags);
	mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	if (FAILS(h)) {
		errno = EMFILE;
		return (-1);
	}
	return ((int)after(h, syscall(SYS_openat, fd, path, flags, mode)));
}

ssize_t
write(int fd, const void *p, size_t n)
{
	int h = hit();

	if (FAILS(h) && (fault.how == FAIL || n < 2)) {
		errno = ENOSPC;
		return (-1);
	}
	if (FAILS(h))
		n /= 2;
	return (after(h, syscall(SYS_write, fd, p, n)));
}

ssize_t
read(int fd, void *p, size_t n)
{
	int h = hit();

	if (FAILS(h) && (fault.how == FAIL || n < 2)) {
		errno = EIO;
		return (-1);
	}
	if (FAILS(h))
		n /= 2;
	return (after(h, syscall(SYS_read, fd, p, n)));
}

int
fsync(int fd)
{
	int h = hit();

	if (FAILS(h)) {
		errno = EIO;
		return (-1);
	}
	return ((int)after(h, syscall(SYS_fsync, fd)));
}

int
renameat(int from, const char *a, int to, const char *b)
{
	int h = hit();

	if (FAILS(h)) {
		errno = EIO;
		return (-1);
	}
	return ((int)after(h, syscall(SYS_renameat2, from, a, to, b, 0)));
}

int
unlinkat(int fd, const char *path, int flags)
{
	int h = hit();

	if (FAILS(h)) {
		errno = EIO;
		return (-1);
	}
	return ((int)after(h, syscall(SYS_unlinkat, fd, path, flags)));
}

#endif
