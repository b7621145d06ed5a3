/* SPDX-License-Identifier: ISC */
/*
 * Reading and writing all of it, and seeing to it that it stays: what was
 * interrupted, or done in part, goes on.  An error of a sync is final: a
 * second one would only seem to go well (fsync(2): what was not written may be
 * dropped).
 */
#ifndef COMMON_IO_H
#define COMMON_IO_H

#include <sys/types.h>

#include <stddef.h>

/* As much as there is, or as fits; -1 and errno. */
ssize_t	io_read(int fd, void *, size_t);
/* 0, or -1 and errno: some of it may be written. */
int	io_write(int fd, const void *, size_t);
/* As fsync(2) and fdatasync(2), but never EINTR. */
int	io_fsync(int fd);
int	io_fdatasync(int fd);

#endif
