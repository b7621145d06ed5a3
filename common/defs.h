/* SPDX-License-Identifier: ISC */
/* What every program would write for itself otherwise. */
#ifndef COMMON_DEFS_H
#define COMMON_DEFS_H

#include <stdint.h>

#define NELEM(a)	(sizeof(a) / sizeof((a)[0]))
#define MB		(UINT64_C(1024) * 1024)

/* Where programs are looked for by their names, in the view of a run. */
#define RUN_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

#endif
