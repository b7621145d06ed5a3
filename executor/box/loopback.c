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
