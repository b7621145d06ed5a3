/* SPDX-License-Identifier: ISC */
/*
 * dotenv: what was taken is taken again, to the same names and values, when it
 * is written in the form that means every byte as it stands; what was not has
 * a line that there is.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "client/dotenv.h"
#include "common/buf.h"
#include "common/varname.h"
#include "tests/fuzz/fuzz.h"

static void
put_value(struct buf *b, const struct dotenv_entry *e)
{
	size_t i;

	if (memchr(e->value, '\'', e->len) == NULL) {
		buf_printf(b, "export %s='", e->name);
		buf_put(b, e->value, e->len);
		buf_printf(b, "' # of line %u\n", e->line);
		return;
	}
	buf_printf(b, "%s=\"", e->name);
	for (i = 0; i < e->len; i++) {
		if (e->value[i] == '`')
			buf_printf(b, "x");
		else if (strchr("\"\\$", e->value[i]) != NULL)
			buf_printf(b, "\\%c", e->value[i]);
		else
			buf_put(b, &e->value[i], 1);
	}
	buf_printf(b, "\"\n");
}

static void
same(const struct dotenv *a, const struct dotenv *b)
{
	size_t i, k;

	if (a->n != b->n)
		abort();
	for (i = 0; i < a->n; i++) {
		if (strcmp(a->v[i].name, b->v[i].name) != 0 ||
		    a->v[i].len != b->v[i].len ||
		    varname_wrong(a->v[i].name) != NULL)
			abort();
		for (k = 0; k < a->v[i].len; k++)
			if (a->v[i].value[k] != b->v[i].value[k] &&
			    a->v[i].value[k] != '`')
				abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct dotenv d, again;
	unsigned lines = 1;
	struct buf b;
	char *text;
	size_t i;

	if (n > DOTENV_MAX)
		return (0);
	text = malloc(n + 1);
	if (text == NULL)
		abort();
	memcpy(text, p, n);
	for (i = 0; i < n; i++)
		lines += text[i] == '\n';
	if (dotenv_parse(&d, text, n) == -1) {
		if (d.line == 0 || d.line > lines || d.why[0] == '\0')
			abort();
		free(text);
		return (0);
	}
	buf_init(&b, 8U * DOTENV_MAX);
	for (i = 0; i < d.n; i++)
		put_value(&b, &d.v[i]);
	if (b.bad || dotenv_parse(&again, (char *)b.data, b.len) == -1)
		abort();
	same(&d, &again);
	buf_free(&b);
	free(text);
	return (0);
}
