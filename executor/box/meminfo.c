/* SPDX-License-Identifier: ISC */
/*
 * What /proc/meminfo tells a run that has a limit of memory: a machine with so
 * much, all of it free, since who looks there chooses by it how much to use.
 * The kernel's own tells of the host.  It is a file of the run's own tmpfs in
 * /dev/shm that has lost its name, which root wrote, and lies over the other
 * one; where the limit is no less than what there is, that one stays.
 */
#include "config.h"

#include <sys/mount.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/defs.h"
#include "executor/box/box.h"

#define MEMINFO		"/proc/meminfo"
#define MEMINFO_NEW	"/dev/shm/meminfo"
#define MEMINFO_MAX	8192
#define KB_PER_MB	(MB / 1024)

/* The host's, as it was when the spawner started; "": there is none. */
static char host[MEMINFO_MAX];
static uint64_t host_kb;

int
box_meminfo_note(void)
{
	static const char total[] = "MemTotal:";
	ssize_t n;
	int fd;

	host[0] = '\0';
	host_kb = 0;
	if ((fd = open(MEMINFO, O_RDONLY | O_CLOEXEC)) == -1)
		return (errno == ENOENT ? 0 : -1);
	n = read(fd, host, sizeof(host) - 1);
	(void)close(fd);
	if (n == -1)
		return (-1);
	host[n] = '\0';
	if (strncmp(host, total, sizeof(total) - 1) == 0)
		host_kb = strtoull(host + sizeof(total) - 1, NULL, 10);
	return (0);
}

/* Of a line with that name, in kB; what is not known here is none. */
static uint64_t
value_of(const char *name, size_t len, const char *was, uint64_t kb)
{
	static const char *const all[] = { "MemTotal", "MemFree",
	    "MemAvailable" };
	/* how it is addressed, and not how much of it there is */
	static const char *const kept[] = { "VmallocTotal", "Hugepagesize" };
	size_t i;

	for (i = 0; i < NELEM(all); i++)
		if (strlen(all[i]) == len && memcmp(name, all[i], len) == 0)
			return (kb);
	for (i = 0; i < NELEM(kept); i++)
		if (strlen(kept[i]) == len && memcmp(name, kept[i], len) == 0)
			return (strtoull(was, NULL, 10));
	return (0);
}

size_t
box_meminfo_text(const char *from, uint64_t kb, char *to, size_t size)
{
	const char *colon, *end;
	size_t len = 0;
	int n, unit;

	for (; (end = strchr(from, '\n')) != NULL; from = end + 1) {
		colon = memchr(from, ':', (size_t)(end - from));
		if (colon == NULL)
			continue;
		unit = end - colon > 3 && memcmp(end - 3, " kB", 3) == 0;
		n = snprintf(to + len, size - len, "%-16.*s%8" PRIu64 "%s\n",
		    (int)(colon + 1 - from), from, value_of(from,
		    (size_t)(colon - from), colon + 1, kb), unit ? " kB" : "");
		if (n < 0 || (size_t)n >= size - len)
			break;
		len += (size_t)n;
	}
	return (len);
}

void
box_meminfo(const struct box *bx)
{
	char text[MEMINFO_MAX];
	uint64_t kb = bx->profile->memory_mb * KB_PER_MB;
	size_t len;
	int fd;

	if (kb == 0 || kb >= host_kb)
		return;
	len = box_meminfo_text(host, kb, text, sizeof(text));
	fd = open(MEMINFO_NEW, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (fd == -1 || write(fd, text, len) != (ssize_t)len)
		box_fail(bx, CBE_INTERNAL, "memory as a run sees it");
	(void)close(fd);
	if (mount(MEMINFO_NEW, MEMINFO, NULL, MS_BIND, NULL) == -1 ||
	    mount(NULL, MEMINFO, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY |
	    MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == -1 ||
	    unlink(MEMINFO_NEW) == -1)
		box_fail(bx, CBE_INTERNAL, MEMINFO);
}
