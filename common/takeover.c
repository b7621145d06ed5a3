/* SPDX-License-Identifier: ISC */
/* Roles that were taken over; nothing in a build for use. */
#include "config.h"

#include "common/takeover.h"

#if CB_TEST_HOOKS
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/defs.h"
#include "common/log.h"

static volatile sig_atomic_t trapped;

const char *
hostile_word(const char *path)
{
	static char word[64];
	ssize_t n;
	int fd;

	word[0] = '\0';
	if (getenv("CLAWBOT_HOSTILE") == NULL ||
	    (fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return (word);
	n = read(fd, word, sizeof(word) - 1);
	(void)close(fd);
	word[n > 0 ? n : 0] = '\0';
	word[strcspn(word, "\n")] = '\0';
	return (word);
}

static void
on_trap(int sig)
{
	(void)sig;
	trapped = 1;
}

int
hostile_syscall(const struct hostile_call *c, long *r)
{
	(void)signal(SIGSYS, on_trap);
	trapped = 0;
	errno = 0;
	*r = syscall(c->nr, c->args[0], c->args[1], c->args[2], c->args[3],
	    c->args[4], 0);
	/* the new process: that there is one is told by the other */
	if (c->nr == SYS_clone && trapped == 0 && *r == 0)
		_exit(0);
	return (trapped == 0 ? 0 : -1);
}

void
hostile_try(const struct hostile_call *c)
{
	long r;

	if (hostile_syscall(c, &r) == -1)
		log_warnx("hostile: call %s: refused by the filter", c->name);
	else if (r == -1)
		log_warnx("hostile: call %s: refused: %s", c->name,
		    strerror(errno));
	else
		log_warnx("hostile: call %s: DONE", c->name);
}

void
hostile_calls(void)
{
	const long other = 1;
	const struct hostile_call c[] = {
		{ "execve", SYS_execve, { CALL_ARG("/bin/sh"), 0, 0 } },
		{ "fork", SYS_clone, { SIGCHLD, 0, 0, 0 } },
		{ "kill", SYS_kill, { other, 0 } },
		{ "ptrace", SYS_ptrace, { 0x4206, other, 0, 0 } },
		{ "process_vm_readv", SYS_process_vm_readv, { other, 0, 0,
		    0 } },
		{ "pidfd_open", SYS_pidfd_open, { other, 0 } },
		{ "unshare", SYS_unshare, { CLONE_NEWUSER } },
		{ "setresuid", SYS_setresuid, { 0, 0, 0 } },
		{ "chroot", SYS_chroot, { CALL_ARG("/") } },
		{ "mount", SYS_mount, { 0, CALL_ARG("/"), CALL_ARG("tmpfs"),
		    0 } },
		{ "executable memory", SYS_mmap, { 0, 4096, PROT_READ |
		    PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1 } },
		{ "mknod", SYS_mknodat, { AT_FDCWD, CALL_ARG("/made"), 0100755,
		    0 } },
		{ "link", SYS_linkat, { AT_FDCWD, CALL_ARG("/hostile"),
		    AT_FDCWD, CALL_ARG("/made") } },
		{ "socket unix", SYS_socket, { AF_UNIX, SOCK_STREAM, 0 } },
		{ "socket inet", SYS_socket, { AF_INET, SOCK_STREAM, 0 } },
		{ "socket netlink", SYS_socket, { AF_NETLINK, SOCK_RAW, 0 } },
		{ "bind", SYS_bind, { 0, 0, 0 } },
		{ "open host", SYS_openat, { AT_FDCWD,
		    CALL_ARG("/../../etc/passwd"), O_RDONLY } },
		{ "open proc", SYS_openat, { AT_FDCWD, CALL_ARG("/proc/1/maps"),
		    O_RDONLY } },
	};
	size_t i;

	for (i = 0; i < NELEM(c); i++)
		hostile_try(&c[i]);
}
#endif
