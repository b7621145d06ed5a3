/* SPDX-License-Identifier: ISC */
/* A plan in a file of memory: read by many, written by nobody any more. */
#include "config.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "common/io.h"
#include "common/msg.h"
#include "executor/planfile.h"

#define SEALS	(F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)

int
planfile_new(const void *plan, size_t len)
{
	int fd, saved;

	fd = memfd_create("plan", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd == -1)
		return (-1);
	if (io_write(fd, plan, len) == 0 && fcntl(fd, F_ADD_SEALS, SEALS) == 0)
		return (fd);
	saved = errno;
	(void)close(fd);
	errno = saved;
	return (-1);
}

void *
planfile_map(int fd, size_t max, size_t *len)
{
	struct stat st;
	int seals;
	void *p;

	/* first: from then on its size does not change either */
	if ((seals = fcntl(fd, F_GET_SEALS)) == -1 || fstat(fd, &st) == -1)
		return (NULL);
	if ((seals & SEALS) != SEALS || st.st_size <= 0 ||
	    (uint64_t)st.st_size > max) {
		errno = EINVAL;
		return (NULL);
	}
	*len = (size_t)st.st_size;
	p = mmap(NULL, *len, PROT_READ, MAP_PRIVATE, fd, 0);
	return (p != MAP_FAILED ? p : NULL);
}

int
planfile_read(int fd, struct plan *plan, uint8_t *digest)
{
	size_t len;
	void *p;
	int r;

	if ((p = planfile_map(fd, MSG_PLAN_MAX, &len)) == NULL)
		return (-1);
	r = plan_get(p, len, plan);
	if (r == 0 && digest != NULL)
		plan_digest(digest, p, len);
	(void)munmap(p, len);
	if (r == -1)
		errno = EINVAL;
	return (r);
}
