/* SPDX-License-Identifier: ISC */
/* Claims; see claims.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/field.h"
#include "common/plan.h"
#include "supervisor/client/claims.h"

char *
claims_join(const struct msg_claims *v)
{
	struct buf b;

	buf_init(&b, 4 * (CLAIM_MAX + 1));
	buf_printf(&b, "%s\n%s\n%s", v->session, v->model, v->client);
	return (buf_text(&b));
}

static char *
one(const char *s, size_t n)
{
	return (n == 0 ? NULL : xstrndup(s, n));
}

void
claims_split(struct claims *c, const char *text)
{
	const char *second = strchr(text, '\n');
	const char *third = second != NULL ? strchr(second + 1, '\n') : NULL;

	claims_free(c);
	if (third == NULL || strchr(third + 1, '\n') != NULL) {
		/* a mask went over the end of one of them */
		c->session = xstrdup(MASK_MARK);
		c->model = xstrdup(MASK_MARK);
		c->client = xstrdup(MASK_MARK);
		return;
	}
	c->session = one(text, (size_t)(second - text));
	c->model = one(second + 1, (size_t)(third - second) - 1);
	c->client = one(third + 1, strlen(third + 1));
}

static char *
again(const char *s)
{
	return (s == NULL ? NULL : xstrdup(s));
}

void
claims_copy(struct claims *to, const struct claims *from)
{
	to->session = again(from->session);
	to->model = again(from->model);
	to->client = again(from->client);
}

static void
forget(char *s)
{
	if (s != NULL)
		freezero(s, strlen(s));
}

void
claims_free(struct claims *c)
{
	forget(c->session);
	forget(c->model);
	forget(c->client);
	memset(c, 0, sizeof(*c));
}

void
claims_put(struct buf *b, const struct claims *c)
{
	size_t tok;

	if (c->session == NULL && c->model == NULL && c->client == NULL)
		return;
	tok = field_obj(b, "claims");
	if (c->session != NULL)
		field_str(b, "session", c->session);
	if (c->model != NULL)
		field_str(b, "model", c->model);
	if (c->client != NULL)
		field_str(b, "client", c->client);
	field_end(b, tok);
}
