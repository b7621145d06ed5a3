/* SPDX-License-Identifier: ISC */
/*
 * What /proc/meminfo tells a run that has a limit of memory: a machine with so
 * much, all of it free, since who looks there chooses by it how much to use.
 * The kernel's own tells of the host.  It is a file that root wrote, in a tmpfs
 * which has lost its name, and lies over the other one; where the limit is no
 * less than what there is, that one stays.  Runs with the same limit share it;
 * else the tmpfs is the run's own in /dev/shm.
 */
#include "config.h"

#include <sys/mount.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/defs.h"
#include "common/log.h"
#include "common/role.h"
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

uint64_t
box_meminfo_kb(const struct profile *p)
{
	uint64_t kb = p->memory_mb * KB_PER_MB;

	return (kb >= host_kb ? 0 : kb);
}

/* The file, in a tmpfs; 0, or -1 and errno. */
static int
make_file(const char *path, uint64_t kb)
{
	char text[MEMINFO_MAX];
	size_t len;
	int fd, r;

	len = box_meminfo_text(host, kb, text, sizeof(text));
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (fd == -1)
		return (-1);
	/* whatever our umask is */
	r = write(fd, text, len) == (ssize_t)len && fchmod(fd, 0444) == 0 ?
	    0 : -1;
	(void)close(fd);
	return (r);
}

static int
put_over(const char *file)
{
	if (mount(file, MEMINFO, NULL, MS_BIND, NULL) == -1)
		return (-1);
	return (mount(NULL, MEMINFO, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY |
	    MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL));
}

void
box_meminfo(const struct box *bx)
{
	uint64_t kb = box_meminfo_kb(bx->profile);

	if (kb == 0)
		return;
	if (make_file(MEMINFO_NEW, kb) == -1)
		box_fail(bx, CBE_INTERNAL, "memory as a run sees it");
	if (put_over(MEMINFO_NEW) == -1 || unlink(MEMINFO_NEW) == -1)
		box_fail(bx, CBE_INTERNAL, MEMINFO);
}

/* What the view's own tells; 0: of the host. */
static uint64_t shared_kb;

/* One that is not to be had is made by each sandbox for itself. */
static void
share(uint64_t kb)
{
	if (shared_kb != 0 && umount2(MEMINFO, MNT_DETACH) == -1)
		return;
	shared_kb = 0;
	if (mount("none", BOX_ASIDE, "tmpfs", MS_NOSUID | MS_NODEV |
	    MS_NOEXEC, "mode=0755,nr_inodes=4,size=16k") == -1)
		return;
	if (make_file(MEMINFO_NEW, kb) == 0) {
		if (put_over(MEMINFO_NEW) == 0)
			shared_kb = kb;
		else
			(void)umount2(MEMINFO, MNT_DETACH);
	}
	if (umount2(BOX_ASIDE, MNT_DETACH) == -1)
		fatal(EXIT_SYSTEM, "%s", BOX_ASIDE);
}

void
box_meminfo_share(const struct profile *p)
{
	static uint64_t last;
	uint64_t kb = box_meminfo_kb(p);

	/* memory that is written to is a page more for each runner */
	if (kb == 0 || kb == shared_kb)
		return;
	/* two that take turns are not worth it */
	if (kb == last)
		share(kb);
	else
		last = kb;
}

int
box_meminfo_take(const struct box *bx, const char *proc)
{
	uint64_t kb = box_meminfo_kb(bx->profile);
	char to[64];

	if (kb == 0 || kb != shared_kb)
		return (0);
	(void)snprintf(to, sizeof(to), "%s/meminfo", proc);
	/* as read-only as it is there */
	if (mount(MEMINFO, to, NULL, MS_BIND, NULL) == -1)
		box_fail(bx, CBE_INTERNAL, MEMINFO);
	return (1);
}
