/* SPDX-License-Identifier: ISC */
/* The place; see place.h. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "forwarder/place.h"

#define PLACE_P		(RECORD_NUMLEN + 1)
#define PLACE_LEN	(PLACE_P + RECORD_P + 1)	/* always: one write,
							   in one sector */

int
place_read(int fd, struct record_head *head)
{
	char text[PLACE_LEN + 1];
	uint64_t v = 0;
	ssize_t n;
	size_t i;

	memset(head, 0, sizeof(*head));
	if ((n = pread(fd, text, sizeof(text), 0)) == 0)
		return (0);
	if (n != PLACE_LEN || text[PLACE_P - 1] != ' ' ||
	    text[PLACE_LEN - 1] != '\n')
		return (-1);
	for (i = 0; i < RECORD_NUMLEN; i++) {
		if (text[i] < '0' || text[i] > '9')
			return (-1);
		v = v * 10 + (uint64_t)(text[i] - '0');
	}
	if (record_p_parse(head->digest, text + PLACE_P, RECORD_P) == -1)
		return (-1);
	head->number = v;
	return (1);
}

int
place_write(int fd, const struct record_head *head)
{
	char p[RECORD_P + 1], text[PLACE_LEN + 16];
	ssize_t n;

	record_p(p, head->digest);
	(void)snprintf(text, sizeof(text), "%012llu %s\n",
	    (unsigned long long)head->number, p);
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
