/* SPDX-License-Identifier: ISC */
/* Claims; see claim.h. */
#include "config.h"

#include <string.h>

#include "client/claim.h"
#include "common/msg.h"
#include "common/text.h"

static char *
place_of(struct claim_set *c, const char *name, size_t n)
{
	if (n == 7 && memcmp(name, "session", n) == 0)
		return (c->session);
	if (n == 5 && memcmp(name, "model", n) == 0)
		return (c->model);
	if (n == 6 && memcmp(name, "client", n) == 0)
		return (c->client);
	return (NULL);
}

int
claim_arg(struct claim_set *c, const char *arg)
{
	const char *value = strchr(arg, '=');
	char *to;

	if (value == NULL ||
	    (to = place_of(c, arg, (size_t)(value - arg))) == NULL)
		return (-1);
	claim_text(to, value + 1);
	return (strcmp(to, value + 1) == 0 ? 0 : -1);
}

void
claim_text(char to[CLAIM_MAX + 1], const char *text)
{
	size_t k, left = text != NULL ? strlen(text) : 0, n = 0;
	uint32_t c;

	for (; left != 0; text += k, left -= k) {
		k = text_char((const uint8_t *)text, left, &c);
		if (k == 0 || c < ' ' || c == 0x7f) {
			k = k == 0 ? 1 : k;
			continue;
		}
		if (n + k > CLAIM_MAX)
			break;
		memcpy(to + n, text, k);
		n += k;
	}
	to[n] = '\0';
}

int
claim_any(const struct claim_set *c)
{
	return (c->session[0] != '\0' || c->model[0] != '\0' ||
	    c->client[0] != '\0');
}

void
claim_put(struct buf *b, const struct claim_set *c)
{
	struct msg_claims v;

	v.session = (char *)(uintptr_t)c->session;
	v.model = (char *)(uintptr_t)c->model;
	v.client = (char *)(uintptr_t)c->client;
	payload_put(b, MSG_CLAIMS, &msg_claims_shape, &v);
}

int
claim_say(struct conn *conn, const struct claim_set *c, struct fail *f)
{
	struct buf b;
	int r;

	if (!claim_any(c))
		return (0);
	claim_put(&b, c);
	r = conn_rows(conn, MSG_CLAIMS, b.data, b.len, NULL, NULL, f);
	buf_free(&b);
	return (r);
}
