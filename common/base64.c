/* SPDX-License-Identifier: ISC */
/* Base64; see base64.h. */
#include "config.h"

#include <sodium.h>

#include "common/base64.h"

int
base64_get(uint8_t *out, size_t size, const char *text, size_t len,
    int variant)
{
	size_t i, n;

	/* the decoder takes some that have the eighth bit for digits */
	for (i = 0; i < len; i++)
		if ((text[i] & 0x80) != 0)
			return (-1);
	return (sodium_base642bin(out, size, text, len, NULL, &n, NULL,
	    variant) != 0 || n != size ? -1 : 0);
}
