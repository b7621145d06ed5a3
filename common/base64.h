/* SPDX-License-Identifier: ISC */
/* Base64 (RFC 4648) that others wrote, in its one spelling. */
#ifndef COMMON_BASE64_H
#define COMMON_BASE64_H

#include <stddef.h>
#include <stdint.h>

/*
 * Just size bytes out of all of len characters; variant is libsodium's.  0, or
 * -1 if these are no such bytes, or not as an encoder writes them.
 */
int	base64_get(uint8_t *out, size_t size, const char *text, size_t len,
	    int variant);

#endif
