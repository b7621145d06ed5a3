/* SPDX-License-Identifier: ISC */
/* Secrets that a run gets, for people; see released.h. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "client/esc.h"
#include "client/out.h"
#include "client/released.h"
#include "common/field.h"
#include "common/msg.h"

static void
put_conditions(struct buf *b, const void *one, size_t len)
{
	uint64_t v, used;

	if (row_num(one, len, "approval", &v) && v != 0)
		buf_printf(b, ", only after an approval");
	if (row_num(one, len, "max_minute", &v))
		buf_printf(b, ", %" PRIu64 " of %" PRIu64 " releases in the "
		    "last minute", row_num(one, len, "minute", &used) ? used :
		    0, v);
	if (row_num(one, len, "min_version", &v) && v > 1)
		buf_printf(b, ", version %" PRIu64 " or a later one", v);
}

static void
add_release(struct strv *to, const void *one, size_t len)
{
	struct buf b;

	buf_init(&b, MSG_ROW_MAX);
	row_show(&b, one, len, "secret");
	buf_printf(&b, " as ");
	row_show(&b, one, len, "as");
	put_conditions(&b, one, len);
	strv_addn(to, (const char *)b.data, b.len);
	buf_free(&b);
}

static void
add_name(struct strv *to, const char *name)
{
	struct buf b;

	buf_init(&b, MSG_ROW_MAX);
	esc_word(&b, name, strlen(name));
	strv_addn(to, (const char *)b.data, b.len);
	buf_free(&b);
}

size_t
released_texts(const void *row, size_t len, struct strv *to)
{
	struct strv names = { NULL, 0 };
	struct field all, one;
	struct rd r;
	size_t i;

	memset(to, 0, sizeof(*to));
	if (field_find(row, len, "releases", &all) == 1 &&
	    all.type == FIELD_ROWS) {
		rd_init(&r, all.val, all.len);
		while (field_next(&r, &one) == 1)
			if (one.type == FIELD_OBJ)
				add_release(to, one.val, one.len);
		return (to->n);
	}
	field_get_list(row, len, "secrets", &names);
	for (i = 0; i < names.n; i++)
		add_name(to, names.v[i]);
	strv_free(&names);
	return (to->n);
}
