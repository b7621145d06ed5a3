/* SPDX-License-Identifier: ISC */
/* The seccomp filter of runs. */
#ifndef EXECUTOR_FILTER_H
#define EXECUTOR_FILTER_H

/* Builds it, once, before the first run. 0, or -1: does not fit. */
int	filter_build(void);
/* Puts it on the calling process for good. 0 or -1, errno. */
int	filter_enter(void);

#endif
