/* SPDX-License-Identifier: ISC */
/*
 * The loader of a process that stands before its first instruction.  The kernel
 * has opened it by its path, after we did, and between the two that may have
 * been made to lead elsewhere.  What /proc/PID/maps tells of a mapping is a
 * device and a number that are not those of stat(2) with every file system: so
 * the file that was judged is mapped here, too, and the two are compared as the
 * kernel tells them.
 */
#include "config.h"

#include <sys/mman.h>

#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "executor/watch/hold_priv.h"

#define MAPS_MAX	65536	/* as much as is looked through */
#define MAP_ID		64	/* "MAJOR:MINOR INODE" */

/* Where it was mapped, 0: it cannot be told. */
static unsigned long
base_of(const struct walk *w)
{
	Elf64_auxv_t v[64];
	size_t i, n;
	ssize_t got;
	int fd;

	if ((fd = walk_proc(w, "auxv", O_RDONLY)) < 0)
		return (0);
	got = read(fd, v, sizeof(v));
	(void)close(fd);
	n = got <= 0 ? 0 : (size_t)got / sizeof(v[0]);
	for (i = 0; i < n && v[i].a_type != AT_NULL; i++)
		if (v[i].a_type == AT_BASE)
			return (v[i].a_un.a_val);
	return (0);
}

/* All that there is of it, up to its size; what follows is 0. */
static int
read_maps(const struct walk *w, char text[MAPS_MAX])
{
	size_t len = 0;
	ssize_t n;
	int fd;

	if ((fd = walk_proc(w, "maps", O_RDONLY)) < 0)
		return (-1);
	while (len < MAPS_MAX - 1 &&
	    (n = read(fd, text + len, MAPS_MAX - 1 - len)) > 0)
		len += (size_t)n;
	(void)close(fd);
	text[len] = '\0';
	return (len == 0 ? -1 : 0);
}

/* What is mapped at this address. 0 or -1 */
static int
mapped_at(const struct walk *w, unsigned long at, char id[MAP_ID])
{
	static char text[MAPS_MAX];
	char dev[MAP_ID / 2], ino[MAP_ID / 2], *p, *end;
	unsigned long from, to;

	if (read_maps(w, text) == -1)
		return (-1);
	for (p = text; *p != '\0'; p += *p == '\n') {
		from = strtoul(p, &end, 16);
		to = *end == '-' ? strtoul(end + 1, &end, 16) : 0;
		if (from <= at && at < to &&
		    sscanf(end, " %*s %*s %31s %31s", dev, ino) == 2) {
			(void)snprintf(id, MAP_ID, "%s %s", dev, ino);
			return (0);
		}
		p += strcspn(p, "\n");
	}
	return (-1);
}

/* As the kernel tells it of ourselves. */
static int
mapped_here(const struct walk *walk, int fd, char id[MAP_ID])
{
	struct walk w = *walk;
	void *p;
	int r;

	if ((p = mmap(NULL, 1, PROT_READ, MAP_PRIVATE, fd, 0)) == MAP_FAILED)
		return (-1);
	w.tid = getpid();
	r = mapped_at(&w, (unsigned long)(uintptr_t)p, id);
	(void)munmap(p, 1);
	return (r);
}

int
loader_is(const struct walk *w, int fd)
{
	char theirs[MAP_ID], ours[MAP_ID];
	unsigned long at = base_of(w);

	return (at != 0 && mapped_at(w, at, theirs) == 0 &&
	    mapped_here(w, fd, ours) == 0 && strcmp(theirs, ours) == 0);
}
