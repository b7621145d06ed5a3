/* SPDX-License-Identifier: ISC */
/*
 * How much memory there is, for programs that ask the kernel by sysinfo(2),
 * which is what sysconf(3) does: a JVM makes its heap by it, and others their
 * buffers.  It is what /proc/meminfo of the run tells (box/meminfo.c), with
 * all else as the kernel tells it.  And who asks for more at once than its
 * limit, which the kernel refuses without telling anybody.
 */
#include "config.h"

#include <sys/sysinfo.h>

#include <errno.h>
#include <string.h>

#include "executor/watch/watch_priv.h"

#define BYTES_PER_KB	1024U

int
call_sysinfo(struct call *c)
{
	struct sysinfo si;

	if (c->w->memory_kb == 0)
		return (call_continue(c));
	/* between its members, too, nothing of ours goes there */
	memset(&si, 0, sizeof(si));
	if (sysinfo(&si) == -1)
		return (-errno);
	si.totalram = si.freeram = c->w->memory_kb * BYTES_PER_KB;
	si.sharedram = si.bufferram = 0;
	si.totalswap = si.freeswap = 0;
	si.totalhigh = si.freehigh = 0;
	si.mem_unit = 1;
	return (call_write(c, ARG(c, 0), &si, sizeof(si)));
}

/* The filter has found that it is more than there may be. */
int
call_mmap(struct call *c)
{
	watch_count(c->w, COUNTED_MEMORY);
	return (call_continue(c));
}
