/* SPDX-License-Identifier: ISC */
/* Reading, writing and syncing; see io.h. */
#include "config.h"

#include <errno.h>
#include <stdint.h>
#include <unistd.h>

#include "common/io.h"

ssize_t
io_read(int fd, void *data, size_t size)
{
	uint8_t *p = data;
	size_t len = 0;
	ssize_t n;

	while (len < size) {
		n = read(fd, p + len, size - len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return (-1);
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return ((ssize_t)len);
}

int
io_write(int fd, const void *data, size_t len)
{
	const uint8_t *p = data;
	ssize_t n;

	for (; len > 0; len -= (size_t)n, p += n) {
		do {
			n = write(fd, p, len);
		} while (n == -1 && errno == EINTR);
		if (n == -1)
			return (-1);
		if (n == 0) {
			errno = EIO;
			return (-1);
		}
	}
	return (0);
}

int
io_fsync(int fd)
{
	int r;

	do {
		r = fsync(fd);
	} while (r == -1 && errno == EINTR);
	return (r);
}

int
io_fdatasync(int fd)
{
	int r;

	do {
		r = fdatasync(fd);
	} while (r == -1 && errno == EINTR);
	return (r);
}
