/* SPDX-License-Identifier: ISC */
/*
 * The system calls on files of an auditor in a process of a test: one of them
 * fails, is cut short, or is the last one.
 */
#ifndef TESTS_AUDITOR_CALLS_H
#define TESTS_AUDITOR_CALLS_H

#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>

#include "common/defs.h"
#include "common/msg.h"

/* With _FORTIFY_SOURCE the C library declares some of these inline. */
#ifdef __clang__
#pragma clang diagnostic ignored "-Wstatic-in-inline"
#endif

#define TOLD	99		/* status: answered too early */

enum how { FAIL_EIO, FAIL_ENOSPC, CUT, INTERRUPT, DIE_BEFORE, DIE_AFTER,
    HOWS };
enum call { WRITE, SYNC, RESERVE, OTHER };

/* In the child; what the parent has to know is in *seen. */
static struct {
	enum how	how;
	unsigned	left;		/* calls until it happens, 0: never */
	int		dirty;		/* written, not synced */
	int		poisoned;	/* a write or sync of the log failed */
} fault;

static struct seen {
	int		fired;
	int		poisoned;
	/* the files that are synced and up to where, by inode */
	struct {
		ino_t	ino;
		off_t	size;
	}		file[64];
	size_t		nfiles;
} *seen;

static int
hit(void)
{
	if (fault.left == 0 || --fault.left != 0)
		return (0);
	seen->fired = 1;
	if (fault.how == DIE_BEFORE)
		_exit(9);
	return (1);
}

static long
after(int was_hit, long r)
{
	if (was_hit && fault.how == DIE_AFTER)
		_exit(9);
	return (r);
}

/* -1 with errno if this call is to fail. */
static int
fails(int was_hit, enum call c)
{
	if (!was_hit || fault.how == DIE_AFTER)
		return (0);
	if (fault.how == CUT && c == WRITE)
		return (0);
	if (fault.how == INTERRUPT) {
		errno = EINTR;
		return (c == OTHER ? 0 : -1);
	}
	errno = fault.how == FAIL_ENOSPC && (c == WRITE || c == RESERVE) ?
	    ENOSPC : EIO;
	return (-1);
}

/* The log is what is opened to append. */
static int
is_log(int fd)
{
	int fl = fcntl(fd, F_GETFL);

	return (fl != -1 && (fl & O_APPEND) != 0);
}

static void
synced(int fd)
{
	struct stat st;
	size_t i;

	if (fstat(fd, &st) == -1)
		_exit(98);
	if (!S_ISREG(st.st_mode))
		return;
	for (i = 0; i < seen->nfiles && seen->file[i].ino != st.st_ino; i++)
		;
	if (i == NELEM(seen->file))
		_exit(98);
	seen->file[i].ino = st.st_ino;
	seen->file[i].size = st.st_size;
	if (i == seen->nfiles)
		seen->nfiles++;
}

ssize_t
write(int fd, const void *p, size_t n)
{
	int log = is_log(fd), h;
	struct stat st;
	ssize_t r;

	/* diagnostics and queries go to pipes */
	h = log || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) ? hit() : 0;
	if (log)
		fault.dirty = 1;
	if (fails(h, WRITE) == -1) {
		seen->poisoned = fault.poisoned |= log && errno != EINTR;
		return (-1);
	}
	if (h && fault.how == CUT)
		n /= 2;
	r = syscall(SYS_write, fd, p, n);
	return (after(h, r));
}

ssize_t
pwrite(int fd, const void *p, size_t n, off_t off)
{
	int h = hit();

	if (fails(h, WRITE) == -1)
		return (-1);
	if (h && fault.how == CUT)
		n /= 2;
	return (after(h, syscall(SYS_pwrite64, fd, p, n, off)));
}

static int
sync_call(long nr, int fd)
{
	int h = hit(), log = is_log(fd);

	if (fails(h, SYNC) == -1) {
		seen->poisoned = fault.poisoned |= log && fault.dirty &&
		    errno != EINTR;
		return (-1);
	}
	if (syscall(nr, fd) == -1)
		return (-1);
	synced(fd);
	if (log)
		fault.dirty = 0;
	return ((int)after(h, 0));
}

int
fdatasync(int fd)
{
	return (sync_call(SYS_fdatasync, fd));
}

int
fsync(int fd)
{
	return (sync_call(SYS_fsync, fd));
}

int
fallocate(int fd, int mode, off_t off, off_t len)
{
	int h = hit();

	if (fails(h, RESERVE) == -1)
		return (-1);
	return ((int)after(h, syscall(SYS_fallocate, fd, mode, off, len)));
}

int
openat(int fd, const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;
	int h = hit();

	va_start(ap, flags);
	mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	if (fails(h, OTHER) == -1)
		return (-1);
	return ((int)after(h, syscall(SYS_openat, fd, path, flags, mode)));
}

int
renameat(int from, const char *a, int to, const char *b)
{
	int h = hit();

	if (fails(h, OTHER) == -1)
		return (-1);
	return ((int)after(h, syscall(SYS_renameat2, from, a, to, b, 0)));
}

int
unlinkat(int fd, const char *path, int flags)
{
	int h = hit();

	if (fails(h, OTHER) == -1)
		return (-1);
	return ((int)after(h, syscall(SYS_unlinkat, fd, path, flags)));
}

int
ftruncate(int fd, off_t len)
{
	int h = hit();

	if (fails(h, OTHER) == -1)
		return (-1);
	return ((int)after(h, syscall(SYS_ftruncate, fd, len)));
}

ssize_t
pread(int fd, void *p, size_t n, off_t off)
{
	int h = hit();

	if (fails(h, OTHER) == -1)
		return (-1);
	return (after(h, syscall(SYS_pread64, fd, p, n, off)));
}

int
flock(int fd, int op)
{
	int h = hit();

	if (fails(h, OTHER) == -1)
		return (-1);
	return ((int)after(h, syscall(SYS_flock, fd, op)));
}

/* Every frame that leaves: is what it promises durable? */
ssize_t
sendmsg(int fd, const struct msghdr *m, int flags)
{
	const uint8_t *p = m->msg_iov[0].iov_base;
	unsigned type = (unsigned)p[2] << 8 | p[3];

	if ((type == MSG_A_TICKET || type == MSG_A_DONE) &&
	    (fault.dirty || fault.poisoned))
		_exit(TOLD);
	return (syscall(SYS_sendmsg, fd, m, flags));
}

#endif
