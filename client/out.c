/* SPDX-License-Identifier: ISC */
/* Rows, tables and JSON. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/esc.h"
#include "client/out.h"
#include "client/user.h"
#include "common/field.h"
#include "common/msg.h"
#include "common/role.h"
#include "common/xmalloc.h"

#define MAXFIELDS	128
#define JROWS_MAX	(256U * 1024 * 1024)

static int check_fields(const void *, size_t, unsigned);

static int
check_rows(const struct field *rows, unsigned depth)
{
	struct field f;
	struct rd r;
	int ret;

	rd_init(&r, rows->val, rows->len);
	while ((ret = field_next(&r, &f)) == 1)
		if (f.type != FIELD_OBJ ||
		    check_fields(f.val, f.len, depth) == -1)
			return (-1);
	return (ret);
}

static int
check_fields(const void *data, size_t len, unsigned depth)
{
	const char *keys[MAXFIELDS];
	size_t lens[MAXFIELDS], i, n = 0;
	struct field f;
	struct rd r;
	int ret;

	rd_init(&r, data, len);
	while ((ret = field_next(&r, &f)) == 1) {
		for (i = 0; i < n; i++)
			if (lens[i] == f.keylen &&
			    memcmp(keys[i], f.key, f.keylen) == 0)
				return (-1);
		if (n == MAXFIELDS || depth > FIELD_DEPTH)
			return (-1);
		keys[n] = f.key;
		lens[n++] = f.keylen;
		if ((f.type == FIELD_OBJ &&
		    check_fields(f.val, f.len, depth + 1) == -1) ||
		    (f.type == FIELD_ROWS &&
		    check_rows(&f, depth + 1) == -1))
			return (-1);
	}
	return (ret);
}

int
row_check(const void *data, size_t len)
{
	return (check_fields(data, len, 0));
}

char *
row_str(const void *data, size_t len, const char *key)
{
	struct field f;

	if (field_find(data, len, key, &f) != 1 || f.type != FIELD_STR)
		return (NULL);
	return (xstrndup((const char *)f.val, f.len));
}

int
row_num(const void *data, size_t len, const char *key, uint64_t *v)
{
	struct field f;

	if (field_find(data, len, key, &f) != 1)
		return (0);
	if (f.type == FIELD_I64 && f.i >= 0)
		*v = (uint64_t)f.i;
	else if (f.type == FIELD_U64 || f.type == FIELD_BOOL)
		*v = f.u;
	else
		return (0);
	return (1);
}

int
row_has(const void *data, size_t len, const char *key)
{
	struct field f;

	return (field_find(data, len, key, &f) == 1);
}

int
row_foreign(const void *data, size_t len, const char *key)
{
	struct strv sv = { NULL, 0 };
	struct field f;
	int foreign = 0;
	size_t i;

	if (field_find(data, len, key, &f) != 1)
		return (0);
	if (f.type == FIELD_STR)
		return (esc_foreign(f.val, f.len));
	if (f.type == FIELD_LIST)
		field_get_list(data, len, key, &sv);
	for (i = 0; i < sv.n; i++)
		foreign |= esc_foreign(sv.v[i], strlen(sv.v[i]));
	strv_free(&sv);
	return (foreign);
}

static void
show_obj(struct buf *b, const struct field *obj)
{
	struct field f;
	struct rd r;
	int n = 0;

	rd_init(&r, obj->val, obj->len);
	while (field_next(&r, &f) == 1) {
		buf_printf(b, "%s%.*s=", n++ != 0 ? " " : "", (int)f.keylen,
		    f.key);
		if (f.type != FIELD_OBJ && f.type != FIELD_ROWS)
			field_show(b, &f);
	}
}

static void
show_rows(struct buf *b, const struct field *rows)
{
	struct field f;
	struct rd r;
	int n = 0;

	rd_init(&r, rows->val, rows->len);
	while (field_next(&r, &f) == 1) {
		buf_printf(b, "%s", n++ != 0 ? "; " : "");
		show_obj(b, &f);
	}
}

void
field_show(struct buf *b, const struct field *f)
{
	struct strv sv = { NULL, 0 };
	struct rd r;
	size_t i;

	switch (f->type) {
	case FIELD_STR:
		esc_text(b, f->val, f->len);
		break;
	case FIELD_U64:
		buf_printf(b, "%" PRIu64, f->u);
		break;
	case FIELD_I64:
		buf_printf(b, "%" PRId64, f->i);
		break;
	case FIELD_BOOL:
		buf_printf(b, "%s", f->u ? "yes" : "no");
		break;
	case FIELD_HEX:
		for (i = 0; i < f->len; i++)
			buf_printf(b, "%02x", f->val[i]);
		break;
	case FIELD_LIST:
		rd_init(&r, f->val, f->len);
		rd_strv(&r, &sv, f->len, f->len);
		esc_words(b, &sv);
		strv_free(&sv);
		break;
	case FIELD_OBJ:
		show_obj(b, f);
		break;
	case FIELD_ROWS:
		show_rows(b, f);
		break;
	}
}

void
row_show(struct buf *b, const void *data, size_t len, const char *key)
{
	struct field f;

	if (field_find(data, len, key, &f) == 1)
		field_show(b, &f);
}

void
out_age(struct buf *b, uint64_t ms)
{
	uint64_t s = ms / 1000;

	if (s < 60)
		buf_printf(b, "%" PRIu64 "s", s);
	else if (s < 3600)
		buf_printf(b, "%" PRIu64 "m%02" PRIu64 "s", s / 60, s % 60);
	else if (s < 86400)
		buf_printf(b, "%" PRIu64 "h%02" PRIu64 "m", s / 3600,
		    s / 60 % 60);
	else
		buf_printf(b, "%" PRIu64 "d%02" PRIu64 "h", s / 86400,
		    s / 3600 % 24);
}

void
out_user(struct buf *b, uint64_t uid)
{
	char *name;

	name = uid < UINT32_MAX ? user_name(USER_FILE, (uid_t)uid) : NULL;
	if (name == NULL) {
		buf_printf(b, "%" PRIu64, uid);
		return;
	}
	esc_text(b, name, strlen(name));
	buf_printf(b, " (%" PRIu64 ")", uid);
	free(name);
}

int
out_colour(FILE *fp)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return ((no == NULL || *no == '\0') && term != NULL &&
	    strcmp(term, "dumb") != 0 && isatty(fileno(fp)));
}

void
out_buf(FILE *fp, struct buf *b)
{
	if (b->len != 0 && fwrite(b->data, 1, b->len, fp) != b->len)
		fail_written(fp);
	buf_free(b);
}

void
table_init(struct table *t, const char *const *heads, size_t ncols,
    size_t state)
{
	memset(t, 0, sizeof(*t));
	t->heads = heads;
	t->ncols = ncols;
	t->state = state;
}

void
table_cell(struct table *t, struct buf *b)
{
	if (t->n % 64 == 0)
		t->cells = xrecallocarray(t->cells, t->n, t->n + 64,
		    sizeof(*t->cells));
	t->cells[t->n++] = b->len == 0 ? xstrdup("-") :
	    xstrndup((const char *)b->data, b->len);
	buf_reset(b);
}

/* Escape sequence for a state, or NULL. */
static const char *
colour(const char *word)
{
	static const char *const good[] = { "active", "up", "running",
	    NULL };
	static const char *const bad[] = { "missing", "gone", "stopped",
	    "refused", "used up", NULL };
	size_t i;

	for (i = 0; good[i] != NULL; i++)
		if (strcmp(word, good[i]) == 0)
			return ("\033[32m");
	for (i = 0; bad[i] != NULL; i++)
		if (strcmp(word, bad[i]) == 0)
			return ("\033[31m");
	return (NULL);
}

/* The last cell of a row, with the widths of all columns. */
static void
print_last(const struct table *t, const char *s, const size_t *widths)
{
	size_t n, i, at = 0, left;

	for (i = 0; i + 1 < t->ncols; i++)
		at += widths[i] + 2;
	left = t->width > at + 4 ? t->width - at : 4;
	n = t->width == 0 ? strlen(s) : esc_fits(s, strlen(s), left);
	if (s[n] != '\0')
		n = esc_fits(s, n, left - 3);
	printf("%.*s%s\n", (int)n, s, s[n] != '\0' ? "..." : "");
}

static void
print_cell(const struct table *t, size_t col, const char *s,
    const size_t *widths, const char *seq)
{
	size_t w = esc_width(s, strlen(s));

	if (col + 1 == t->ncols && seq == NULL) {
		print_last(t, s, widths);
		return;
	}
	printf("%s%s%s", seq != NULL ? seq : "", s,
	    seq != NULL ? "\033[0m" : "");
	if (col + 1 == t->ncols)
		printf("\n");
	else
		printf("%*s", (int)(widths[col] - w + 2), "");
}

void
table_free(struct table *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		free(t->cells[i]);
	free(t->cells);
	memset(t, 0, sizeof(*t));
}

/* Column behind this one. */
static size_t
next_col(const struct table *t, size_t col)
{
	return (col + 1 == t->ncols ? 0 : col + 1);
}

static size_t *
col_widths(const struct table *t)
{
	size_t *widths, i, col, w;

	widths = xcalloc(t->ncols, sizeof(*widths));
	for (i = 0; i < t->ncols; i++)
		widths[i] = strlen(t->heads[i]);
	for (i = col = 0; i < t->n; i++, col = next_col(t, col)) {
		w = esc_width(t->cells[i], strlen(t->cells[i]));
		if (w > widths[col])
			widths[col] = w;
	}
	return (widths);
}

void
table_print(const struct table *t)
{
	size_t *widths, i, col;
	int on = out_colour(stdout);

	widths = col_widths(t);
	for (i = 0; i < t->ncols; i++)
		print_cell(t, i, t->heads[i], widths, NULL);
	for (i = col = 0; i < t->n; i++, col = next_col(t, col))
		print_cell(t, col, t->cells[i], widths,
		    on && col == t->state ? colour(t->cells[i]) : NULL);
	free(widths);
}

void
jrows_init(struct jrows *j, const char *name)
{
	buf_init(&j->b, JROWS_MAX);
	buf_printf(&j->b, "{\"%s\":[", name);
	j->n = 0;
}

int
jrows_add(struct jrows *j, const void *data, size_t len, struct fail *f)
{
	if (j->n++ != 0)
		buf_put_u8(&j->b, ',');
	if (field_json(&j->b, data, len, 0) == -1) {
		fail_set(f, EXIT_CLAWBOT, "the answer does not fit");
		return (-1);
	}
	return (0);
}

int
jrows_print(struct jrows *j, struct fail *f)
{
	buf_put(&j->b, "]}\n", 3);
	if (j->b.bad) {
		fail_set(f, EXIT_CLAWBOT, "the answer does not fit");
		return (-1);
	}
	out_buf(stdout, &j->b);
	return (0);
}

void
jrows_free(struct jrows *j)
{
	buf_free(&j->b);
}

void
out_done(const char *key, const char *value, const char *done)
{
	struct buf b;

	buf_init(&b, 65536);
	buf_printf(&b, "{\"%s\":", key);
	json_str(&b, value, strlen(value));
	buf_printf(&b, ",\"result\":\"%s\"}\n", done);
	out_buf(stdout, &b);
}
