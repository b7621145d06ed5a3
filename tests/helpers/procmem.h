/* SPDX-License-Identifier: ISC */
/* The memory of a process, region by region, as far as root can read it. */
#ifndef TESTS_PROCMEM_H
#define TESTS_PROCMEM_H

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PROCMEM_PAGE	4096U
/* The sanitizers' shadow is larger, and holds no bytes of anybody's. */
#define PROCMEM_HUGE	(UINT64_C(16) << 30)

/*
 * One region, from and to being offsets in fd, of which pages may be missing;
 * what: the file or use that the kernel names, or nothing.
 */
typedef void	procmem_fn(int fd, uint64_t from, uint64_t to,
		    const char *pid, const char *what);

/* Is that line of maps one of a region to be looked at? */
static inline int
procmem_line(const char *line, uint64_t *from, uint64_t *to, char what[256])
{
	char perms[8];

	what[0] = '\0';
	return (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s %*s %*s %*s %255s",
	    from, to, perms, what) >= 3 && perms[0] == 'r' &&
	    *to - *from <= PROCMEM_HUGE && strncmp(what, "[v", 2) != 0);
}

/*
 * Calls fn for each.  How many there were: 0 where the process has ended or is
 * none.  What else keeps it from being read ends the program, with 2.
 */
static inline unsigned
procmem_each(const char *pid, procmem_fn *fn)
{
	char path[64], line[512], what[256];
	unsigned regions = 0;
	uint64_t from, to;
	FILE *maps;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%s/mem", pid);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1) {
		if (errno == ENOENT || errno == ESRCH)
			return (0);
		err(2, "%s", path);
	}
	(void)snprintf(path, sizeof(path), "/proc/%s/maps", pid);
	if ((maps = fopen(path, "re")) == NULL)
		err(2, "%s", path);
	while (fgets(line, sizeof(line), maps) != NULL)
		if (procmem_line(line, &from, &to, what)) {
			fn(fd, from, to, pid, what);
			regions++;
		}
	(void)fclose(maps);
	(void)close(fd);
	return (regions);
}

#endif
