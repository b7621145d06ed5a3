/* SPDX-License-Identifier: ISC */
/* Records of refusals, damped; see refusal.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/field.h"
#include "common/record/kind.h"
#include "common/text.h"
#include "supervisor/client/origin.h"
#include "supervisor/daemon.h"
#include "supervisor/run/recording.h"
#include "supervisor/run/refusal.h"

#define PERIOD_MS	1000
#define SLOTS		256
#define UIDS		16	/* of strangers, named in one record */

/* What was refused last, and how often since it was last written. */
struct refusal_slot {
	struct refusal	 last;
	char		 channel[129];
	char		 reason[256];
	struct lineage	 line;
	struct origin	 from;
	uid_t		 uids[UIDS];	/* the first ones */
	size_t		 nuids;
	int64_t		 written;
	uint64_t	 count;
};

static struct refusal_slot slots[SLOTS];
static size_t nslots;
static struct refusal_newest newest;

/* All accounts that a record of strangers stands for; or that many. */
static void
put_uids(struct buf *b, const struct refusal_slot *s)
{
	struct strv v = { NULL, 0 };
	char text[16];
	size_t i;

	for (i = 0; i < s->nuids; i++) {
		(void)snprintf(text, sizeof(text), "%u", s->uids[i]);
		strv_add(&v, text);
	}
	field_list(b, "uids", &v);
	strv_free(&v);
}

static void
note_uid(struct refusal_slot *s, uid_t uid)
{
	size_t i;

	for (i = 0; i < s->nuids; i++)
		if (s->uids[i] == uid)
			return;
	if (s->nuids < UIDS)
		s->uids[s->nuids++] = uid;
}

static void
write_slot(struct daemon *d, struct refusal_slot *s)
{
	struct buf b;
	size_t tok;

	buf_init(&b, 8192);
	field_str(&b, "ev", "refused");
	field_str(&b, "cause", s->last.cause);
	tok = field_obj(&b, "why");
	field_str(&b, "channel", s->channel);
	origin_put(&b, d->conf, s->last.uid, s->last.pid, &s->from, &s->line);
	if (s->nuids > 1)
		put_uids(&b, s);
	field_end(&b, tok);
	if (s->last.argc != 0)
		field_u64(&b, "argc", s->last.argc);
	field_str(&b, "reason", s->reason);
	field_u64(&b, "count", s->count);
	(void)recording_put(d, s->last.kind, &b, NULL, NULL);
	s->count = s->nuids = 0;
	s->written = now_ms();
}

static struct refusal_slot *
find_slot(struct daemon *d, const struct refusal *p)
{
	struct refusal_slot *s, *old = &slots[0];
	size_t i;

	for (i = 0; i < nslots; i++) {
		s = &slots[i];
		if (s->last.stranger == p->stranger &&
		    (p->stranger || s->last.uid == p->uid) &&
		    s->last.kind == p->kind &&
		    strcmp(s->last.cause, p->cause) == 0)
			return (s);
		if (s->written < old->written)
			old = s;
	}
	if (nslots < SLOTS)
		old = &slots[nslots++];
	else if (old->count != 0)
		write_slot(d, old);
	memset(old, 0, sizeof(*old));
	old->written = now_ms() - PERIOD_MS;
	return (old);
}

void
refusal_record(struct daemon *d, const struct refusal *p)
{
	struct refusal_slot *s = find_slot(d, p);

	s->last = *p;
	(void)snprintf(s->channel, sizeof(s->channel), "%s", p->channel);
	(void)snprintf(s->reason, sizeof(s->reason), "%s", p->reason);
	s->line = *p->line;
	s->from = *p->from;
	s->last.channel = s->last.reason = NULL;
	s->last.line = NULL;
	s->last.from = NULL;
	s->count++;
	if (p->stranger)
		note_uid(s, p->uid);
	else
		refusal_note(p->uid, p->channel, "", p->reason, p->reason);
	if (now_ms() - s->written >= PERIOD_MS)
		write_slot(d, s);
}

/* Whole characters of it. */
static void
put_text(char to[256], const char *text)
{
	(void)snprintf(to, 256, "%s", text);
	to[text_whole(to, strlen(to))] = '\0';
}

void
refusal_note(uid_t uid, const char *channel, const char *skill,
    const char *reason, const char *logged)
{
	newest.time_s = (uint64_t)time(NULL);
	newest.uid = uid;
	(void)snprintf(newest.channel, sizeof(newest.channel), "%s", channel);
	(void)snprintf(newest.skill, sizeof(newest.skill), "%s", skill);
	put_text(newest.reason, reason);
	put_text(newest.logged, logged);
}

const struct refusal_newest *
refusal_newest(void)
{
	return (newest.time_s != 0 ? &newest : NULL);
}

void
refusal_flush(struct daemon *d, int force)
{
	size_t i;

	for (i = 0; i < nslots; i++)
		if (slots[i].count != 0 && (force ||
		    now_ms() - slots[i].written >= PERIOD_MS))
			write_slot(d, &slots[i]);
}
