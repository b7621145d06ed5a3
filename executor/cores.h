/* SPDX-License-Identifier: ISC */
/*
 * Dumps of runs.  A limit of one byte keeps the kernel from writing a file and
 * from starting a handler, but not from sending a dump to a socket
 * (core_pattern with @, Linux 6.16).  coredump_filter leaves memory out of
 * that; what is in registers, which is what was copied last, is in it.
 */
#ifndef EXECUTOR_CORES_H
#define EXECUTOR_CORES_H

struct buf;

/* Does the host send dumps to a socket?  Asked while /proc/sys is there. */
int	cores_to_socket(void);
/* As a field of READY. */
void	cores_say(struct buf *, int to_socket);

#endif
