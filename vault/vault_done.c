/* SPDX-License-Identifier: ISC */
/* V_DONE, the answer to most requests. */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>

#include "vault/vault.h"

void
vault_done(struct vault *v, uint64_t id, enum cberr code, const char *fmt,
    ...)
{
	char text[MSG_TEXT_MAX];
	struct buf b;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_init(&b, sizeof(text) + 6);
	buf_put_u16(&b, (uint16_t)code);
	buf_put_str(&b, text);
	(void)ipc_send(v->ipc, MSG_V_DONE, id, b.data, b.len, NULL, 0);
	buf_free(&b);
}
