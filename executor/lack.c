/* SPDX-License-Identifier: ISC */
/* The one place that knows which errors pass by themselves. */
#include "config.h"

#include <errno.h>
#include <time.h>

#include "executor/lack.h"

int
lack_is(int error)
{
	switch (error) {
	case ENOMEM:
	case EAGAIN:
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOSPC:	/* of namespaces, or of a tmpfs: no disk is ours */
	case EUSERS:
		return (1);
	default:
		return (0);
	}
}

enum cberr
lack_err(int error, enum cberr otherwise)
{
	return (lack_is(error) ? CBE_AGAIN : otherwise);
}

int
lack_again(unsigned *tries)
{
	const struct timespec tick = { 0, LACK_NS };
	int error = errno;

	if (error == EINTR)
		return (1);
	if (!lack_is(error) || (*tries)++ == LACK_TRIES)
		return (0);
	(void)nanosleep(&tick, NULL);
	errno = error;
	return (1);
}
