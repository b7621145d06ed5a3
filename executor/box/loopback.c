/* SPDX-License-Identifier: ISC */
/*
 * The network of a run that has one of its own: lo, and nothing else, in a
 * namespace that came into being with the run's init.  The kernel gives lo
 * its addresses when it comes up.  The namespace is of the executor's user
 * namespace, above that of the run's account, so nothing in a run, root of
 * its own namespace included, could change anything in it.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <net/if.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "executor/box/box.h"
#include "executor/hook.h"

void
box_loopback(const struct box *bx)
{
	static const char name[] = "lo";
	struct ifreq ifr;
	int fd;

	if (bx->skill->network != PLAN_NET_LOOPBACK ||
	    hook_without("loopback"))
		return;
	memset(&ifr, 0, sizeof(ifr));
	memcpy(ifr.ifr_name, name, sizeof(name));
	ifr.ifr_flags = IFF_UP;
	/* a device is asked for by a socket of any family */
	if ((fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) == -1 ||
	    ioctl(fd, SIOCSIFFLAGS, &ifr) == -1)
		box_fail(bx, CBE_INTERNAL, "lo of a run's network");
	(void)close(fd);
}

/* Of a line "Name: ..." the number that stands where the name has this word. */
static uint64_t
in_columns(const char *text, const char *name, const char *word)
{
	const size_t len = strlen(name), n = strlen(word);
	const char *at = strstr(text, name), *values;

	if (at == NULL || (values = strstr(at + len, name)) == NULL)
		return (0);
	for (at += len, values += len; *at == ' '; ) {
		at++;
		values += strspn(values, " ");
		if (strncmp(at, word, n) == 0 && strchr(" \n", at[n]) != NULL)
			return (strtoull(values, NULL, 10));
		at += strcspn(at, " \n");
		values += strcspn(values, " \n");
	}
	return (0);
}

/* The number behind this name, on a line of its own. */
static uint64_t
on_line(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	return (at == NULL ? 0 : strtoull(at + strlen(name), NULL, 10));
}

static void
read_file(const char *path, char *text, size_t len)
{
	ssize_t n = -1;
	int fd;

	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) != -1) {
		n = read(fd, text, len - 1);
		(void)close(fd);
	}
	text[n > 0 ? n : 0] = '\0';
}

uint32_t
box_unreached(const struct box *bx)
{
	static char text[8192];
	uint64_t n;

	if (bx->skill->network != PLAN_NET_LOOPBACK ||
	    hook_without("loopback"))
		return (0);
	read_file("/proc/self/net/snmp", text, sizeof(text));
	n = in_columns(text, "Ip:", "OutNoRoutes") +
	    in_columns(text, "Udp:", "NoPorts");
	read_file("/proc/self/net/snmp6", text, sizeof(text));
	n += on_line(text, "Ip6OutNoRoutes") + on_line(text, "Udp6NoPorts");
	return (n < UINT32_MAX ? (uint32_t)n : UINT32_MAX);
}
