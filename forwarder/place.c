/* SPDX-License-Identifier: ISC */
/* The place; see place.h. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/record/record.h"
#include "forwarder/place.h"

#define PLACE_LEN	13U	/* always: one write, in one sector */

int
place_read(int fd, uint64_t *number)
{
	char text[PLACE_LEN + 1];
	uint64_t v = 0;
	ssize_t n;
	size_t i;

	*number = 0;
	if ((n = pread(fd, text, sizeof(text), 0)) == 0)
		return (0);
	if (n != PLACE_LEN || text[PLACE_LEN - 1] != '\n')
		return (-1);
	for (i = 0; i < PLACE_LEN - 1; i++) {
		if (text[i] < '0' || text[i] > '9')
			return (-1);
		v = v * 10 + (uint64_t)(text[i] - '0');
	}
	*number = v;
	return (1);
}

int
place_write(int fd, uint64_t number)
{
	char text[32];
	ssize_t n;

	(void)snprintf(text, sizeof(text), "%012llu\n",
	    (unsigned long long)number);
	do {
		n = pwrite(fd, text, PLACE_LEN, 0);
	} while (n == -1 && errno == EINTR);
	if (n != (ssize_t)PLACE_LEN) {
		if (n >= 0)
			errno = ENOSPC;
		return (-1);
	}
	return (fdatasync(fd));
}
