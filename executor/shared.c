/* SPDX-License-Identifier: ISC */
/* Memory with one writer; see shared.h. */
#include "config.h"

#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "executor/shared.h"

#define READERS_SEALS	(F_SEAL_FUTURE_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | \
		    F_SEAL_SEAL)

int
shared_make(const char *name, size_t size, void **writes, const void **reads)
{
	void *w, *r = MAP_FAILED;
	int fd, saved;

	fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd == -1)
		return (-1);
	w = MAP_FAILED;
	if (ftruncate(fd, (off_t)size) == 0)
		w = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		    0);
	/* what is mapped from now on can never be written to */
	if (w != MAP_FAILED && fcntl(fd, F_ADD_SEALS, READERS_SEALS) == 0)
		r = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	saved = errno;
	(void)close(fd);
	if (r == MAP_FAILED) {
		if (w != MAP_FAILED)
			(void)munmap(w, size);
		errno = saved;
		return (-1);
	}
	*writes = w;
	*reads = r;
	return (0);
}
