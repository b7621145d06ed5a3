/* SPDX-License-Identifier: ISC */
/* Locked memory; see memlock.h. */
#include "config.h"

#include <sys/mman.h>

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/memlock.h"

static struct {
	int	accepted;
	int	error;		/* of the first that could not be locked */
	char	text[256];
} lack;

void
memlock_accept(void)
{
	lack.accepted = 1;
}

static int
missing(void)
{
	if (!lack.accepted)
		return (-1);
	if (lack.error == 0)
		lack.error = errno;
	return (0);
}

/* The pages that it is in; mlock(2) takes these by itself. */
static int
keep_undumped(void *p, size_t len)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const size_t before = (uintptr_t)p % page;

	return (madvise((uint8_t *)p - before, before + len, MADV_DONTDUMP));
}

int
memlock(void *p, size_t len)
{
	if (keep_undumped(p, len) == -1)
		return (-1);
	return (mlock(p, len) == 0 ? 0 : missing());
}

int
memlock_flags(void *p, size_t len, unsigned flags)
{
	if (keep_undumped(p, len) == -1)
		return (-1);
	return (mlock2(p, len, flags) == 0 ? 0 : missing());
}

const char *
memlock_missing(void)
{
	if (lack.error == 0)
		return (NULL);
	(void)snprintf(lack.text, sizeof(lack.text), "missing: keys and "
	    "values can be written to swap: memory could not be locked (%s), "
	    "which sandbox.acceptMissing accepts", strerror(lack.error));
	return (lack.text);
}
