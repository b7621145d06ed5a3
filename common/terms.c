/* SPDX-License-Identifier: ISC */
/* What can be said of every term alike. */
#include "config.h"

#include <string.h>

#include "common/field.h"
#include "common/terms.h"

const char *const network_words[] = { "none", "host", "loopback",
    NULL };
const char *const term_secret_words[] = { "env", "file", NULL };

#define OFF(field)	offsetof(struct terms, field)
#define PATHS_ROW(key, field)						\
	{ TERM_PATHS, key, OFF(field), NULL },
#define NAMES_ROW(key, field)						\
	{ TERM_NAMES, key, OFF(field), NULL },
#define CHOICE_ROW(key, field, max, words)				\
	{ TERM_CHOICE, key, OFF(field), words },
#define INNER_ROW(key, field)						\
	{ TERM_CHANNEL, key, OFF(field), NULL },
#define SECRETS_ROW(key, field, how)					\
	{ TERM_SECRETS, key, OFF(field), NULL },
const struct term_row term_rows[TERMS_N] = {
	TERMS_TABLE(PATHS_ROW, NAMES_ROW, CHOICE_ROW, INNER_ROW,
	    SECRETS_ROW)
};

#define PATHS_SHAPE(key, field)						\
	STRV(terms, field, TERMS_MAXLIST, PLAN_MAXPATH),
#define NAMES_SHAPE(key, field)						\
	STRV(terms, field, TERMS_MAXLIST, PLAN_MAXNAME),
#define CHOICE_SHAPE(key, field, max, words)				\
	WORD(terms, field, 0, max),
#define INNER_SHAPE(key, field)					\
	STR(terms, field, PLAN_MAXNAME),
#define SECRETS_SHAPE(key, field, how)					\
	STRV(terms, field, PLAN_MAXSECRETS, PLAN_MAXNAME),		\
	PER(terms, how, field, PLAN_SECRET_ENV, PLAN_SECRET_FILE),
static const struct shape_row rows[] = {
	TERMS_TABLE(PATHS_SHAPE, NAMES_SHAPE, CHOICE_SHAPE, INNER_SHAPE,
	    SECRETS_SHAPE)
	OF(terms, limits, limits),
};
SHAPE(terms, "TERMS", rows, NULL);

void
terms_copy(struct terms *to, const struct terms *from)
{
	shape_copy(&terms_shape, to, from);
}

const char *
terms_differ(const struct terms *a, const struct terms *b)
{
	return (shape_differ(&terms_shape, a, b));
}

void
terms_show(struct buf *b, const struct terms *t)
{
	const struct term_row *row;
	const void *p;
	size_t i;

	for (i = 0; i < TERMS_N; i++) {
		row = &term_rows[i];
		p = (const char *)t + row->off;
		switch (row->kind) {
		case TERM_NAMES:	/* of nothing there are no names */
			if (t->write.n != 0)
				field_list(b, row->key, p);
			break;
		case TERM_PATHS:
			if (p != &t->sockets || t->sockets.n != 0)
				field_list(b, row->key, p);
			break;
		case TERM_SECRETS:
			field_list(b, row->key, p);
			break;
		case TERM_CHANNEL:
			if (t->inner_channel[0] != '\0')
				field_str(b, "inner_channel", t->inner_channel);
			break;
		case TERM_CHOICE:
			field_str(b, row->key,
			    row->words[*(const uint32_t *)p]);
			break;
		}
	}
}
