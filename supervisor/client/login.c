/* SPDX-License-Identifier: ISC */
/* Login uids and audit sessions; see login.h. */
#include "config.h"

#include <sys/mount.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/decimal.h"
#include "common/rolefilter.h"
#include "supervisor/client/login.h"

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD	77	/* Linux 6.5 */
#endif

static int	opened;

static int
mount_proc(const char **what)
{
	int fs, fd = -1;

	*what = "fsopen";
	if ((fs = fsopen("proc", FSOPEN_CLOEXEC)) == -1)
		return (-1);
	*what = "fsconfig subset=pid";
	if (fsconfig(fs, FSCONFIG_SET_STRING, "subset", "pid", 0) == 0 &&
	    fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0) {
		*what = "fsmount";
		fd = fsmount(fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY |
		    MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	}
	(void)close(fs);
	return (fd);
}

int
login_open(char *err, size_t errlen)
{
	const char *what;
	int fd, to;

	if ((fd = mount_proc(&what)) == -1) {
		(void)snprintf(err, errlen, "%s: %s", what, strerror(errno));
		return (-1);
	}
	to = fcntl(fd, F_DUPFD_CLOEXEC, ROLEFILTER_PROC);
	(void)close(fd);
	opened = to == ROLEFILTER_PROC;
	if (!opened && to != -1)
		(void)close(to);
	if (!opened)
		(void)snprintf(err, errlen, "descriptor %d is not free",
		    ROLEFILTER_PROC);
	return (opened ? 0 : -1);
}

/* One number in a file of a process. */
static uint32_t
read_number(pid_t pid, const char *file)
{
	char path[64], text[16];
	uint64_t v;
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "%ld/%s", (long)pid, file);
	if ((fd = openat(ROLEFILTER_PROC, path, ROLEFILTER_PROC_FLAGS)) == -1)
		return (ORIGIN_UNSET);
	n = read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	if (n <= 0)
		return (ORIGIN_UNSET);
	text[n] = '\0';
	return (decimal(text, ORIGIN_UNSET, &v) == -1 ? ORIGIN_UNSET :
	    (uint32_t)v);
}

void
login_read(int sock, pid_t pid, struct origin *o)
{
	struct pollfd p = { -1, POLLIN, 0 };
	socklen_t len = sizeof(p.fd);

	o->login = o->audit = ORIGIN_UNSET;
	if (!opened || pid <= 0 || getsockopt(sock, SOL_SOCKET, SO_PEERPIDFD,
	    &p.fd, &len) == -1)
		return;
	o->login = read_number(pid, "loginuid");
	/* the kernel gives both at once, or neither */
	if (o->login != ORIGIN_UNSET)
		o->audit = read_number(pid, "sessionid");
	/* while it is there nobody else has its number */
	if (poll(&p, 1, 0) != 0)
		o->login = o->audit = ORIGIN_UNSET;
	(void)close(p.fd);
}
