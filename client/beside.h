/* SPDX-License-Identifier: ISC */
/* Our own programs. */
#ifndef CLIENT_BESIDE_H
#define CLIENT_BESIDE_H

#include <stddef.h>

/* The one of that name beside this program, or where it is installed. */
void	beside(const char *name, char *path, size_t size);

#endif
