/* SPDX-License-Identifier: ISC */
/*
 * Where a path lies, by its name alone: it and the directory are absolute, or
 * both of them begin in the same one; neither is "/", nor has it a slash at its
 * end, two in a row, "." or "..".
 */
#ifndef COMMON_WITHIN_H
#define COMMON_WITHIN_H

#include "common/xmalloc.h"

/* Is it that directory, or in it? */
int	within_dir(const char *path, const char *dir);
/* ... one of them, or in one? */
int	within_any(const char *path, const struct strv *dirs);

#endif
