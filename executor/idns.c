/* SPDX-License-Identifier: ISC */
/* User namespaces of accounts; see idns.h. */
#include "config.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "executor/allcaps.h"
#include "executor/fds.h"
#include "executor/hook.h"
#include "executor/idns.h"
#include "executor/lack.h"

/*
 * Makes one, sends it with the errno of that, and stays until its maps are
 * written, which are found by this process.
 *
 * The kernel takes the effective account for the creator, which it counts
 * for; another real one would let the account's own processes on the host
 * signal this one.  Its files in /proc have to be that account's, too: of
 * what cannot be dumped they are the host's root's.  Nobody else looks into
 * it: that takes all three accounts, and a capability in here.
 *
 * AppArmor restricts user namespaces of who has no capability, as it is with
 * another effective account, and not of who has them.
 */
static void __attribute__((__noreturn__))
make_one(int sock, const struct xid *id)
{
	int32_t error = 0;
	int fd = -1;
	char c;

	if (setegid(id->gid) == -1 || seteuid(id->uid) == -1 ||
	    allcaps_raise() == -1 || unshare(CLONE_NEWUSER) == -1 ||
	    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == -1 ||
	    (fd = open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC)) == -1)
		error = errno;
	(void)fds_send(sock, &error, sizeof(error), &fd, error == 0);
	(void)!read(sock, &c, 1);
	_exit(0);
}

static int
write_map(pid_t pid, const char *which, uint32_t id)
{
	char path[64], text[64];
	ssize_t n;
	int fd, saved;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, which);
	(void)snprintf(text, sizeof(text), "0 0 1\n%u %u 1\n", id, id);
	if ((fd = open(path, O_WRONLY | O_CLOEXEC)) == -1)
		return (-1);
	n = write(fd, text, strlen(text));
	saved = n == -1 ? errno : EIO;
	(void)close(fd);
	errno = saved;
	return (n == (ssize_t)strlen(text) ? 0 : -1);
}

/* What make_one has sent: the descriptor, or -1 and errno. */
static int
take_one(int sock)
{
	unsigned nfds = 1;
	int32_t error;
	ssize_t n;
	int fd;

	do {
		n = fds_recv(sock, &error, sizeof(error), &fd, &nfds, 0);
	} while (n == -1 && errno == EINTR);
	if (n == (ssize_t)sizeof(error) && nfds == 1)
		return (fd);
	if (n != -1)		/* it was ended: by whom but the kernel? */
		errno = n == (ssize_t)sizeof(error) ? error : ENOMEM;
	return (-1);
}

static int
make(const struct xid *id)
{
	int fd, saved, sv[2];
	pid_t pid;

	if (hook_apparmor()) {
		errno = EACCES;
		return (-1);
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) == -1)
		return (-1);
	if ((pid = fork()) == 0) {
		(void)close(sv[0]);
		make_one(sv[1], id);
	}
	saved = errno;
	(void)close(sv[1]);
	errno = saved;
	fd = pid == -1 ? -1 : take_one(sv[0]);
	if (fd != -1 && (write_map(pid, "uid_map", id->uid) == -1 ||
	    write_map(pid, "gid_map", id->gid) == -1)) {
		saved = errno;
		(void)close(fd);
		errno = saved;
		fd = -1;
	}
	saved = errno;
	(void)close(sv[0]);
	while (pid != -1 && waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		;
	errno = saved;
	return (fd);
}

int
idns_make(const struct xid *ids, size_t n, int *fds, int *lack)
{
	size_t i;
	int saved;

	for (i = 0; i < n; i++) {
		if ((fds[i] = make(&ids[i])) != -1)
			continue;
		/* so many are not allowed: a setting of the host */
		saved = errno;
		*lack = lack_is(saved) && saved != ENOSPC && saved != EUSERS;
		while (i > 0)
			(void)close(fds[--i]);
		errno = saved;
		return (-1);
	}
	return (0);
}

int
idns_enter(int fd)
{
	return (setns(fd, CLONE_NEWUSER));
}
