/* SPDX-License-Identifier: ISC */
/* Where dumps of runs go; see cores.h. */
#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/field.h"
#include "executor/cores.h"

int
cores_to_socket(void)
{
	ssize_t n;
	char c;
	int fd;

#if CB_TEST_HOOKS
	if (getenv("CLAWBOT_CORE_SOCKET") != NULL)
		return (1);
#endif
	if ((fd = open("/proc/sys/kernel/core_pattern",
	    O_RDONLY | O_CLOEXEC)) == -1)
		return (0);	/* a kernel without dumps */
	n = read(fd, &c, 1);
	(void)close(fd);
	return (n == 1 && c == '@');
}

void
cores_say(struct buf *b, int to_socket)
{
	field_str(b, "cores", to_socket ? "missing: a run that crashes leaves "
	    "its registers, in which there can be pieces of secrets, with "
	    "who listens at the socket of kernel.core_pattern" :
	    "of no process of a run");
}
