/* SPDX-License-Identifier: ISC */
/* Records as lines; see logline.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/esc.h"
#include "client/execline.h"
#include "client/logline.h"
#include "client/recwalk.h"
#include "client/user.h"
#include "common/defs.h"
#include "common/record/kind.h"
#include "common/room.h"

/* Those looked up last: there are few, and many records. */
#define ACCOUNTS_KEPT	16
static struct {
	uint64_t	 uid;
	char		*name;
} names[ACCOUNTS_KEPT];
static size_t nnames;

/* The name, or the number of who has none. */
void
logline_account(struct buf *b, uint64_t uid)
{
	size_t i;

	for (i = 0; i < ACCOUNTS_KEPT; i++)
		if (names[i].name != NULL && names[i].uid == uid)
			break;
	if (i == ACCOUNTS_KEPT && uid < UINT32_MAX) {
		i = nnames++ % ACCOUNTS_KEPT;
		free(names[i].name);
		names[i].uid = uid;
		names[i].name = user_name(USER_FILE, (uid_t)uid);
	}
	if (i < ACCOUNTS_KEPT && names[i].name != NULL)
		esc_word(b, names[i].name, strlen(names[i].name));
	else
		buf_printf(b, "%llu", (unsigned long long)uid);
}

static void
put_who(struct buf *b, const struct record_view *v, const char *path,
    const char *before)
{
	uint64_t uid;

	if (record_member_u64(v->json, v->jsonlen, path, &uid) == -1)
		return;
	buf_printf(b, "%s", before);
	logline_account(b, uid);
}

/* The words of a list or text, each behind a blank; of an empty one nothing. */
static size_t
put_words(struct buf *b, const struct record_view *v, const char *path,
    const char *before)
{
	struct strv words = { NULL, 0 };
	size_t i, n;

	execline_words(v, path, &words);
	n = words.n == 1 && *words.v[0] == '\0' ? 0 : words.n;
	if (n != 0)
		buf_printf(b, "%s", before);
	for (i = 0; i < n; i++) {
		if (i != 0)
			buf_put_u8(b, ' ');
		esc_word(b, words.v[i], strlen(words.v[i]));
	}
	strv_free(&words);
	return (n);
}

void
logline_time(struct buf *b, const struct record_view *v)
{
	const time_t t = (time_t)(v->time_us / 1000000);
	char text[32];
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm) == 0)
		buf_printf(b, "%.*s", RECORD_TIME, v->time);
	else
		buf_printf(b, "%s", text);
}

static void
put_end(struct buf *b, const struct record_view *v)
{
	uint64_t n;

	(void)put_words(b, v, "outcome", "  ");
	if (record_member_u64(v->json, v->jsonlen, "exit", &n) == 0)
		buf_printf(b, " %llu", (unsigned long long)n);
	if (record_member_u64(v->json, v->jsonlen, "wall_us", &n) == 0)
		buf_printf(b, " in %llu.%03llu s",
		    (unsigned long long)(n / 1000000),
		    (unsigned long long)(n / 1000 % 1000));
}

static int
number_of(const struct record_view *v, const char *key, uint64_t *n)
{
	*n = 0;
	return (record_member_u64(v->json, v->jsonlen, key, n) == 0);
}

static void
put_room(struct buf *b, const struct record_view *v)
{
	struct room_left r;
	char text[ROOM_TEXT];
	uint64_t n;

	(void)number_of(v, "free_bytes", &r.free);
	(void)number_of(v, "size_bytes", &r.size);
	(void)number_of(v, "free_files", &r.files);
	(void)number_of(v, "all_files", &r.all_files);
	room_text(&r, text);
	buf_printf(b, "  %s", text);
	if (number_of(v, "unrecorded", &n) && n != 0)
		buf_printf(b, ", and %llu refused meanwhile",
		    (unsigned long long)n);
}

/* What is told by numbers alone. */
static void
put_numbers(struct buf *b, const struct record_view *v)
{
	uint64_t first, last;
	const char *p;
	size_t len;

	if (v->kind == RECORD_DISK)
		put_room(b, v);
	else if (number_of(v, "first", &first) && number_of(v, "last", &last))
		buf_printf(b, "  records %llu to %llu",
		    (unsigned long long)first, (unsigned long long)last);
	/* digits, and perhaps a sign */
	if (v->kind == RECORD_CLOCK && record_member(v->json, v->jsonlen,
	    "by_us", &p, &len) == 1 && len < 32)
		buf_printf(b, "  by %.3f s", strtod(p, NULL) / 1e6);
}

void
logline_show(struct buf *b, const struct record_view *v)
{
	/* what it is about; the first that there is */
	static const char *const about[] = { "argv", "name", "path", "cause",
	    "scope", "version", "moved", "file" };
	const char *val;
	size_t i, len;

	buf_printf(b, "%llu ", (unsigned long long)v->number);
	logline_time(b, v);
	buf_printf(b, " %s", record_kind_name(v->kind));
	(void)put_words(b, v, "ev", " ");
	(void)put_words(b, v, "run", " ");
	put_who(b, v, "why.uid", " ");
	if (v->kind != RECORD_EXEC)
		put_who(b, v, "uid", " ");
	for (i = 0; i < NELEM(about); i++)
		if (put_words(b, v, about[i], "  ") != 0)
			break;
	put_numbers(b, v);
	if (record_member(v->json, v->jsonlen, "excerpt", &val, &len))
		buf_printf(b, "  " RECORD_UNSHOWN);
	(void)put_words(b, v, "to", " -> ");
	(void)put_words(b, v, "why.verdict", "  ");
	(void)put_words(b, v, "verdict", "  ");
	(void)put_words(b, v, "why.rule", " by ");
	(void)put_words(b, v, "rule", " by ");
	put_end(b, v);
	(void)put_words(b, v, "reason", ": ");
	(void)put_words(b, v, "why.reason", "  because ");
	put_who(b, v, "why.approver", "  approved by ");
	put_who(b, v, "by.uid", "  by ");
}
