/* SPDX-License-Identifier: ISC */
/*
 * Giving sockets their addresses.  A Unix socket gets a name in the file
 * system, which is looked at like any other that is made.  It takes the
 * caller's own socket, so all of these calls are done here, by a copy of its
 * descriptor and of its address.
 *
 * What an attacker could try: change the address, or what its names mean,
 * between our look and the kernel's (the address is our copy; what the run
 * itself renames waits for us, and what another run makes of it is looked for
 * behind the effect); bind what is no socket of its own (its descriptors are
 * all that we get, and we have no right that it has not).
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "executor/watch/changes.h"
#include "executor/watch/watch_priv.h"

/* A copy of the caller's descriptor. */
static int
take_socket(struct call *c, int fd)
{
	long tgid;
	int pidfd, r;

	if (fd < 0)
		return (-EBADF);
	if ((r = walk_status(&c->w->walk, "\nTgid:\t", 10, &tgid)) < 0)
		return (r);
	pidfd = (int)syscall(SYS_pidfd_open, (pid_t)tgid, 0);
	if (pidfd == -1)
		return (-errno);
	r = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	if (r == -1)
		r = -errno;
	(void)close(pidfd);
	return (r);
}

/* Where a name that is not absolute begins; back leads to where we stand. */
static int
stand_there(const struct call *c, int *back)
{
	int cwd, r = 0;

	if ((*back = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC)) == -1)
		return (-errno);
	if ((cwd = walk_proc(&c->w->walk, "cwd", O_PATH | O_DIRECTORY)) < 0)
		r = cwd;
	else if (fchdir(cwd) == -1)
		r = -errno;
	if (cwd >= 0)
		(void)close(cwd);
	if (r < 0)
		(void)close(*back);
	return (r);
}

static int
bind_there(struct call *c, int sock, const struct sockaddr_un *a,
    socklen_t len)
{
	int back, r;

	if ((r = stand_there(c, &back)) < 0)
		return (r);
	r = bind(sock, (const struct sockaddr *)a, len) == -1 ? -errno : 0;
	/* nothing depends on it: all else is found by descriptors */
	(void)!fchdir(back);
	(void)close(back);
	return (r);
}

/* Wherever the name has led by then. */
static int
look_again(struct call *c)
{
	struct spot s;
	int r;

	if (walk_path(&c->w->walk, AT_FDCWD, c->path[0], WALK_PARENT, &s) < 0)
		return (0);
	if ((r = became_kept(c, &s, DO_MAKE)) == 0)
		changes_add(c, FILE_MADE);
	walk_done(&s);
	return (r);
}

static int
bind_name(struct call *c, int sock, const struct sockaddr_un *a,
    socklen_t len)
{
	struct spot s;
	int r;

	r = walk_path(&c->w->walk, AT_FDCWD, c->path[0], WALK_PARENT, &s);
	if (r < 0)
		return (r);
	r = may_name(c, &s, DO_MAKE);
	walk_done(&s);
	if (r == -EEXIST)
		return (-EADDRINUSE);
	if (r < 0 || (r = call_umask(c)) < 0 || (r = call_valid(c)) < 0 ||
	    (r = bind_there(c, sock, a, len)) < 0)
		return (r);
	return (look_again(c));
}

static int
bind_socket(struct call *c, int sock, const struct sockaddr_un *a,
    socklen_t len)
{
	const size_t head = offsetof(struct sockaddr_un, sun_path);
	size_t n;
	int r;

	if (len > head && a->sun_family == AF_UNIX && a->sun_path[0] != '\0') {
		n = strnlen(a->sun_path, len - head);
		if (n > sizeof(a->sun_path))
			return (-EINVAL);
		memcpy(c->path[0], a->sun_path, n);
		c->path[0][n] = '\0';
		return (bind_name(c, sock, a, len));
	}
	if ((r = call_valid(c)) < 0)
		return (r);
	return (bind(sock, (const struct sockaddr *)a, len) == -1 ? -errno :
	    0);
}

int
call_bind(struct call *c)
{
	static union {
		struct sockaddr_un	un;
		struct sockaddr_storage	any;
		char			last[sizeof(struct sockaddr_storage) +
					    1];
	} a;
	uint64_t len = (uint32_t)ARG(c, 2);
	int n, r, sock;

	if ((sock = take_socket(c, ARG_INT(c, 0))) < 0)
		return (sock);
	memset(&a, 0, sizeof(a));
	if (len > sizeof(a.any))
		r = -EINVAL;
	else if (len != 0 && (n = call_read(c, ARG(c, 1), &a,
	    (size_t)len)) != (int)len)
		r = n < 0 ? n : -EFAULT;
	else
		r = bind_socket(c, sock, &a.un, (socklen_t)len);
	(void)close(sock);
	return (r);
}
