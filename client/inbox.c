/* SPDX-License-Identifier: ISC */
/* What waits, as it comes and goes; see inbox.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/esc.h"
#include "client/inbox.h"
#include "client/out.h"
#include "common/msg.h"
#include "common/xmalloc.h"

void
inbox_init(struct inbox *in)
{
	memset(in, 0, sizeof(*in));
	TAILQ_INIT(&in->items);
}

int64_t
inbox_now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_BOOTTIME, &ts);
	return (ts.tv_sec * 1000LL + ts.tv_nsec / 1000000);
}

static void
drop_item(struct inbox *in, struct inbox_item *it)
{
	TAILQ_REMOVE(&in->items, it, entry);
	if (it->over != NULL)
		in->over--;
	else
		in->waiting--;
	pending_free(&it->p);
	free(it->who);
	free(it->channel);
	free(it->skill);
	free(it->command);
	free(it->over);
	free(it);
}

void
inbox_free(struct inbox *in)
{
	struct inbox_item *it;

	while ((it = TAILQ_FIRST(&in->items)) != NULL)
		drop_item(in, it);
}

struct inbox_item *
inbox_find(const struct inbox *in, uint64_t id)
{
	struct inbox_item *it;

	TAILQ_FOREACH(it, &in->items, entry)
		if (it->id == id)
			return (it);
	return (NULL);
}

/* What is in a buffer, as a string of its own; the buffer is emptied. */
static char *
take_text(struct buf *b)
{
	char *s = b->bad ? xstrdup("(too large to be shown)") :
	    xstrndup(b->len != 0 ? (const char *)b->data : "", b->len);

	b->bad = 0;
	buf_reset(b);
	return (s);
}

static char *
shown(struct buf *b, const struct pending *p, const char *key)
{
	row_show(b, p->row.data, p->row.len, key);
	return (take_text(b));
}

/* How long ago, or from now, that is; of no more than a year. */
static int64_t
millis(const struct pending *p, const char *key, uint64_t unit)
{
	uint64_t v;

	if (!row_num(p->row.data, p->row.len, key, &v))
		return (0);
	return (v < 366 * UINT64_C(86400000) / unit ? (int64_t)(v * unit) :
	    366 * INT64_C(86400000));
}

static void
fill(struct inbox_item *it)
{
	const struct pending *p = &it->p;
	struct buf b;
	uint64_t uid;

	buf_init(&b, 16U * MSG_ROW_MAX);
	if (row_num(p->row.data, p->row.len, "uid", &uid))
		out_user(&b, uid);
	it->who = take_text(&b);
	it->channel = shown(&b, p, "channel");
	it->skill = shown(&b, p, "skill");
	it->command = shown(&b, p, "argv");
	buf_free(&b);
	it->since = inbox_now() - millis(p, "asked_ago_ms", 1);
	it->expires = inbox_now() + millis(p, "expires_s", 1000);
}

/* Behind those that wait, before those that are over. */
static void
insert(struct inbox *in, struct inbox_item *it)
{
	struct inbox_item *next;

	TAILQ_FOREACH(next, &in->items, entry)
		if (next->over != NULL)
			break;
	if (next != NULL)
		TAILQ_INSERT_BEFORE(next, it, entry);
	else
		TAILQ_INSERT_TAIL(&in->items, it, entry);
}

static int
add_item(struct inbox *in, const void *data, size_t len, struct fail *f)
{
	struct inbox_item *it, *before;

	it = xcalloc(1, sizeof(*it));
	if (pending_get(&it->p, data, len, f) == -1) {
		pending_free(&it->p);
		free(it);
		return (-1);
	}
	it->id = it->p.number;
	it->told = it->p.row.len;
	if ((before = inbox_find(in, it->id)) != NULL)
		drop_item(in, before);
	if (in->waiting == INBOX_MAX) {
		pending_free(&it->p);
		free(it);
		fail_set(f, EXIT_CLAWBOT, "wrong answer from the daemon: "
		    "more waits than can");
		return (-1);
	}
	fill(it);
	insert(in, it);
	in->waiting++;
	it->serial = ++in->came;
	return (0);
}

static char *
how_over(const void *data, size_t len)
{
	char *how = field_get_str(data, len, "how");
	char *reason = field_get_str(data, len, "reason");
	struct buf b;
	uint64_t by;

	buf_init(&b, MSG_ROW_MAX);
	esc_text(&b, how, strlen(how));
	if (row_num(data, len, "by", &by)) {
		buf_printf(&b, " by ");
		out_user(&b, by);
	}
	if (*reason != '\0') {
		buf_printf(&b, ": ");
		esc_text(&b, reason, strlen(reason));
	}
	free(how);
	free(reason);
	reason = take_text(&b);
	buf_free(&b);
	return (reason);
}

static void
forget_oldest(struct inbox *in)
{
	struct inbox_item *it;

	TAILQ_FOREACH(it, &in->items, entry)
		if (it->over != NULL)
			break;
	if (it != NULL)
		drop_item(in, it);
}

/* One that was never shown may be over, too. */
static int
end_item(struct inbox *in, const char *text, const void *data, size_t len,
    struct fail *f)
{
	struct inbox_item *it;
	uint64_t id;

	if (runid_parse(text, &id) == -1) {
		fail_set(f, EXIT_CLAWBOT, "wrong answer from the daemon: "
		    "no id");
		return (-1);
	}
	if ((it = inbox_find(in, id)) == NULL || it->over != NULL)
		return (0);
	it->over = how_over(data, len);
	pending_free(&it->p);
	in->waiting--;
	in->over++;
	TAILQ_REMOVE(&in->items, it, entry);
	TAILQ_INSERT_TAIL(&in->items, it, entry);
	if (in->over > INBOX_OVER)
		forget_oldest(in);
	return (0);
}

int
inbox_row(struct inbox *in, const void *data, size_t len, struct fail *f)
{
	char *over;
	int r;

	if (row_check(data, len) == -1) {
		fail_set(f, EXIT_CLAWBOT, "wrong answer from the daemon: "
		    "malformed row");
		return (-1);
	}
	if ((over = row_str(data, len, "over")) == NULL)
		return (add_item(in, data, len, f));
	r = end_item(in, over, data, len, f);
	free(over);
	return (r);
}

int
inbox_matches(const struct inbox_item *it, const char *text)
{
	char id[RUNID_TEXT];

	runid_text(id, it->id);
	return (strstr(it->command, text) != NULL ||
	    strstr(it->who, text) != NULL || strstr(it->skill, text) != NULL ||
	    strstr(it->channel, text) != NULL || strstr(id, text) != NULL);
}
