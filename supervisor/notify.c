/* SPDX-License-Identifier: ISC */
/*
 * The service manager's protocol (sd_notify(3)), by hand: datagrams to the
 * socket that NOTIFY_SOCKET names.  It is connected before the chroot.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/decimal.h"
#include "common/log.h"
#include "supervisor/notify.h"

static int	notify_fd = -1;
static uint64_t	notify_usec;

static uint64_t
env_number(const char *name)
{
	const char *s = getenv(name);
	uint64_t v = 0;

	if (s != NULL)
		(void)decimal(s, UINT64_MAX, &v);
	return (v);
}

static void
connect_to(const char *path)
{
	struct sockaddr_un sun;
	size_t len = strlen(path);

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	if (len < 2 || len >= sizeof(sun.sun_path) ||
	    (path[0] != '/' && path[0] != '@')) {
		log_warnx("NOTIFY_SOCKET is no address");
		return;
	}
	memcpy(sun.sun_path, path, len);
	if (path[0] == '@')
		sun.sun_path[0] = '\0';
	notify_fd = socket(AF_UNIX,
	    SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (notify_fd != -1 && connect(notify_fd, (struct sockaddr *)&sun,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) == 0)
		return;
	log_warn("cannot reach the service manager");
	if (notify_fd != -1)
		(void)close(notify_fd);
	notify_fd = -1;
}

void
notify_open(void)
{
	const char *path;
	uint64_t pid;

	if ((path = getenv("NOTIFY_SOCKET")) != NULL)
		connect_to(path);
	pid = env_number("WATCHDOG_PID");
	if (notify_fd != -1 && (pid == 0 || pid == (uint64_t)getpid()))
		notify_usec = env_number("WATCHDOG_USEC");
	(void)unsetenv("NOTIFY_SOCKET");
	(void)unsetenv("WATCHDOG_PID");
	(void)unsetenv("WATCHDOG_USEC");
}

static void
notify_send(const char *text)
{
	ssize_t n;

	if (notify_fd == -1)
		return;
	do {
		n = write(notify_fd, text, strlen(text));
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		log_debug("service manager: %s", strerror(errno));
}

void
notify_ready(void)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "READY=1\nSTATUS=\nMAINPID=%d\n",
	    (int)getpid());
	notify_send(text);
}

void
notify_starting(int64_t ms, const char *what)
{
	char text[256];

	(void)snprintf(text, sizeof(text),
	    "EXTEND_TIMEOUT_USEC=%lld\nSTATUS=%s\n", (long long)ms * 1000,
	    what);
	notify_send(text);
}

void
notify_stopping(void)
{
	notify_send("STOPPING=1\n");
}

uint64_t
notify_interval(void)
{
	return (notify_usec / 4);
}

void
notify_alive(void)
{
	notify_send("WATCHDOG=1\n");
}
