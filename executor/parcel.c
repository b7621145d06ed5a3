/* SPDX-License-Identifier: ISC */
/* Messages that may be long. */
#include "config.h"

#include <sys/mman.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "executor/fds.h"
#include "executor/parcel.h"
#include "executor/planfile.h"

int
parcel_send(int sock, enum inside letter, const void *p, size_t len)
{
	uint8_t m[INSIDE_RESOLVE_MAX];
	int fd, r, saved;

	m[0] = (uint8_t)letter;
	if (len < sizeof(m)) {
		memcpy(m + 1, p, len);
		return (fds_send(sock, m, 1 + len, NULL, 0));
	}
	if ((fd = planfile_new(p, len)) == -1)
		return (-1);
	r = fds_send(sock, m, 1, &fd, 1);
	saved = errno;
	(void)close(fd);
	errno = saved;
	return (r);
}

int
parcel_open(struct parcel *k, const void *m, size_t len, const int *fds,
    unsigned nfds, size_t max)
{
	int saved;

	k->map = NULL;
	if (nfds == 0) {
		k->p = (const uint8_t *)m + 1;
		k->len = len - 1;
		errno = EINVAL;
		return (k->len <= max ? 0 : -1);
	}
	errno = EINVAL;
	if (len == 1)
		k->map = planfile_map(fds[0], max, &k->len);
	k->p = k->map;
	saved = errno;
	(void)close(fds[0]);
	errno = saved;
	return (k->map != NULL ? 0 : -1);
}

void
parcel_close(struct parcel *k)
{
	if (k->map != NULL)
		(void)munmap(k->map, k->len);
	k->map = NULL;
}
