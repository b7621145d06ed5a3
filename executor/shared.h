/* SPDX-License-Identifier: ISC */
/*
 * Memory that one process writes and all others that its parent forks can
 * only read, whatever becomes of them.
 */
#ifndef EXECUTOR_SHARED_H
#define EXECUTOR_SHARED_H

#include <stddef.h>

/* Zeros, mapped twice: 0, or -1 and errno. */
int	shared_make(const char *name, size_t size, void **writes,
	    const void **reads);

#endif
