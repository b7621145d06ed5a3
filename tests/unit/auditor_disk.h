/* SPDX-License-Identifier: ISC */
/* A disk that is full when a test says so, for an auditor in a process. */
#ifndef TESTS_AUDITOR_DISK_H
#define TESTS_AUDITOR_DISK_H

#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>

#include "tests/unit/auditor_util.h"

static struct {
	uint64_t	 end;		/* room up to this offset */
} *disk;

/* Before any test: the auditor has it, too. */
static int
disk_new(void)
{
	disk = mmap(NULL, sizeof(*disk), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return (disk == MAP_FAILED ? -1 : 0);
}

int
fallocate(int fd, int mode, off_t off, off_t len)
{
	(void)fd;
	(void)mode;
	if ((uint64_t)(off + len) <= disk->end)
		return (0);
	errno = ENOSPC;
	return (-1);
}

static int
setup(void **state)
{
	disk->end = UINT64_MAX / 2;
	*state = aud_tmpdir();
	return (0);
}

#endif
