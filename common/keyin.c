/* SPDX-License-Identifier: ISC */
/* Keys of slots in a pipe; see keyin.h. */
#include "config.h"

#include <string.h>

#include "common/buf.h"
#include "common/keyin.h"

int
keyin_put(uint8_t *to, size_t *len, const struct keyin *k)
{
	uint8_t *p = to + *len;

	if (k->len == 0 || k->len > KEYFILE_MAX || *len > KEYIN_BYTES ||
	    KEYIN_BYTES - *len < KEYIN_HEAD + k->len)
		return (-1);
	p[0] = (uint8_t)k->kind;
	p[1] = (uint8_t)k->slot;
	p[2] = (uint8_t)(k->len >> 8);
	p[3] = (uint8_t)k->len;
	memcpy(p + KEYIN_HEAD, k->p, k->len);
	*len += KEYIN_HEAD + k->len;
	return (0);
}

static int
get_one(struct rd *r, struct keyin *k)
{
	k->kind = rd_u8(r);
	k->slot = rd_u8(r);
	k->len = rd_u16(r);
	if (r->bad || (k->kind != KEYIN_FILE && k->kind != KEYIN_PHRASE) ||
	    k->len == 0 || k->len > KEYFILE_MAX)
		return (-1);
	k->p = rd_view(r, k->len);
	return (r->bad ? -1 : 0);
}

int
keyin_get(const uint8_t *p, size_t len, struct keyin v[KEYIN_MAX], size_t *n)
{
	struct rd r;

	*n = 0;
	rd_init(&r, p, len);
	while (rd_end(&r) == -1)
		if (*n == KEYIN_MAX || get_one(&r, &v[(*n)++]) == -1) {
			*n = 0;
			return (-1);
		}
	return (0);
}
