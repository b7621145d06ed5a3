/* SPDX-License-Identifier: ISC */
/* Fingerprints in a file of memory: the key, and then as in a message. */
#include "config.h"

#include <sys/mman.h>

#include <errno.h>
#include <stddef.h>

#include "common/fingerprint.h"
#include "common/msg.h"
#include "executor/planfile.h"
#include "executor/printfile.h"

#define PRINTFILE_MAX	(MSG_PRINT_KEY + MSG_PRINTS_BYTES)

int
printfile_new(const struct msg_prints *prints, const uint8_t *key)
{
	struct buf b;
	int fd = -1;

	buf_init(&b, PRINTFILE_MAX);
	buf_put(&b, key, MSG_PRINT_KEY);
	shape_put(&msg_prints_shape, &b, prints);
	if (b.bad)	/* the runners could not read what there is of it */
		errno = EMSGSIZE;
	else
		fd = planfile_new(b.data, b.len);
	buf_free(&b);
	return (fd);
}

struct fingerprints *
printfile_read(int fd)
{
	struct fingerprints *f = NULL;
	struct msg_prints v;
	const uint8_t *p;
	size_t len;
	void *map;

	if ((map = planfile_map(fd, PRINTFILE_MAX, &len)) == NULL)
		return (NULL);
	p = map;
	errno = EINVAL;
	if (len > MSG_PRINT_KEY) {
		if (shape_get(&msg_prints_shape, &v, p + MSG_PRINT_KEY,
		    len - MSG_PRINT_KEY) == 0)
			f = fingerprints_new(&v, p);
		shape_free(&msg_prints_shape, &v);
	}
	(void)munmap(map, len);
	return (f);
}
