/* SPDX-License-Identifier: ISC */
/* What every program would write for itself otherwise. */
#ifndef COMMON_DEFS_H
#define COMMON_DEFS_H

#include <stdint.h>

#define NELEM(a)	(sizeof(a) / sizeof((a)[0]))
#define MB		(UINT64_C(1024) * 1024)

#endif
