/* SPDX-License-Identifier: ISC */
/* Descriptors over a socket, between processes of the executor alone. */
#ifndef EXECUTOR_FDS_H
#define EXECUTOR_FDS_H

#include <stddef.h>
#include <sys/types.h>

#define FDS_MAX	64

/*
 * One message with n descriptors (at most FDS_MAX), which stay open here.
 * Does not wait. 0 or -1 and errno.
 */
int	fds_send(int sock, const void *, size_t, const int *fds, unsigned n);
/*
 * One message, and up to *n descriptors, all close-on-exec; *n is how many
 * came.  More than that are closed and EMSGSIZE; EMFILE if there is no place
 * for them here.  Length, 0 at the end of the file, or -1 and errno.
 *
 * A peer that ended with a word unread resets the connection, and the kernel
 * tells that first, once; what the peer sent before, its report perhaps, is
 * still there, behind that error, and is what this returns.
 */
ssize_t	fds_recv(int sock, void *, size_t, int *fds, unsigned *n, int flags);

void	fds_close(const int *, unsigned n);

#endif
