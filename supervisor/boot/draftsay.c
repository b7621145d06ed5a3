/* SPDX-License-Identifier: ISC */
/* Checking a draft; see draftsay.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "common/field.h"
#include "common/msg.h"
#include "common/role.h"
#include "supervisor/boot/draftsay.h"
#include "supervisor/boot/look.h"
#include "supervisor/boot/lookname.h"
#include "supervisor/conf/review.h"
#include "supervisor/conf/trial.h"

static void
put_row(void *arg, const struct conf_said *s)
{
	struct buf row;

	buf_init(&row, MSG_ROW_MAX);
	field_str(&row, "file", s->file);
	field_u64(&row, "line", s->line);
	field_u64(&row, "column", s->col);
	field_str(&row, "key", s->key);
	field_str(&row, "text", s->text);
	field_bool(&row, "note", s->note);
	field_bool(&row, "unread", s->unread);
	draft_put(arg, &row);
}

static void
look(const struct conf *c, struct conf_told *told)
{
	look_host(c, told);
	review_policy(c, told);
	lookname_allow(c, told);
}

int
draft_check(const char *path)
{
	const struct conf_ear ear = { .hear = put_row, .arg = stdout };
	struct conf *c = conf_draft(path, &ear, look);
	const int sound = c != NULL;

	conf_free(c);
	if (fflush(stdout) != 0 || ferror(stdout))
		return (EXIT_IO);
	return (sound ? 0 : EXIT_CONFIG);
}
