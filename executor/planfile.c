/* SPDX-License-Identifier: ISC */
/* A plan in a file of memory: read by many, written by nobody any more. */
#include "config.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "common/msg.h"
#include "executor/planfile.h"

#define SEALS	(F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)

int
planfile_new(const void *plan, size_t len)
{
	const uint8_t *p = plan;
	size_t off;
	ssize_t n;
	int fd;

	fd = memfd_create("plan", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd == -1)
		return (-1);
	for (off = 0; off < len; off += (size_t)n)
		if ((n = write(fd, p + off, len - off)) <= 0) {
			(void)close(fd);
			return (-1);
		}
	if (fcntl(fd, F_ADD_SEALS, SEALS) == -1) {
		(void)close(fd);
		return (-1);
	}
	return (fd);
}

int
planfile_read(int fd, struct plan *plan, uint8_t *digest)
{
	struct stat st;
	int r, seals;
	void *p;

	/* first: from then on its size does not change either */
	if ((seals = fcntl(fd, F_GET_SEALS)) == -1 || fstat(fd, &st) == -1)
		return (-1);
	if ((seals & SEALS) != SEALS || st.st_size <= 0 ||
	    st.st_size > (off_t)MSG_PLAN_MAX) {
		errno = EINVAL;
		return (-1);
	}
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return (-1);
	r = plan_get(p, (size_t)st.st_size, plan);
	if (r == 0 && digest != NULL)
		plan_digest(digest, p, (size_t)st.st_size);
	(void)munmap(p, (size_t)st.st_size);
	if (r == -1)
		errno = EINVAL;
	return (r);
}
