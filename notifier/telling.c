/* SPDX-License-Identifier: ISC */
/* What the program is told; see telling.h. */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>

#include "notifier/telling.h"

#define TELLING_TEXT	4096	/* of a notice that is as long as it may be,
				   and less than a pipe takes at once */
#define TELLING_VALUE	256

static void __attribute__((__format__ (printf, 2, 3)))
put(struct strv *env, const char *fmt, ...)
{
	char text[TELLING_VALUE];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	strv_add(env, text);
}

/* CLAWBOT_KIND */
static const char *const telling_kinds[] = {
	[NOTICE_REQUEST] = "request", [NOTICE_HELD] = "program",
	[NOTICE_LOW] = "disk-low", [NOTICE_AMPLE] = "disk-ample",
	[NOTICE_DAMAGED] = "log-damaged", [NOTICE_MENDED] = "log-mended",
	[NOTICE_REMOVED] = "log-removed", [NOTICE_LOST] = "log-lost",
};

static int
is_room(const struct msg_notice *m)
{
	return (m->about == NOTICE_LOW || m->about == NOTICE_AMPLE);
}

static int
is_damage(const struct msg_notice *m)
{
	return (m->about == NOTICE_DAMAGED || m->about == NOTICE_MENDED ||
	    m->about == NOTICE_REMOVED || m->about == NOTICE_LOST);
}

void
telling_env(struct strv *env, uint64_t id, const struct msg_notice *m)
{
	char run[RUNID_TEXT];

	runid_text(run, id);
	put(env, "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
	put(env, "HOME=/");
	put(env, "LANG=C.UTF-8");
	put(env, "CLAWBOT_RUN=%s", is_room(m) || is_damage(m) ? "" :
	    run);
	put(env, "CLAWBOT_KIND=%s", telling_kinds[m->about]);
	put(env, "CLAWBOT_UID=%u", m->uid);
	put(env, "CLAWBOT_CHANNEL=%s", m->channel);
	put(env, "CLAWBOT_SKILL=%s", m->skill);
	put(env, "CLAWBOT_EXPIRES=%u", m->expires_s);
	put(env, "CLAWBOT_WAITING=%u", m->waiting);
	put(env, "CLAWBOT_MISSED=%u", m->missed);
}

static void
put_room(struct buf *b, uint64_t record, const struct msg_notice *m)
{
	const int low = m->about == NOTICE_LOW;

	buf_printf(b, low ? "little room is left for the log\n" :
	    "there is ample room for the log again\n");
	buf_printf(b, "disk     %s\nrecord   %llu\n", m->command,
	    (unsigned long long)record);
	if (low)
		buf_printf(b, "to do    clawbot audit prune, clawbot audit "
		    "archive, or free some space there\n"
		    "when it is full nothing runs that cannot be recorded\n");
}

static void
put_damage(struct buf *b, uint64_t record, const struct msg_notice *m)
{
	static const struct {
		const char	*said;
		const char	*then;
	} of[] = {
		[NOTICE_DAMAGED] = { "is not what was written there",
		    "to do    clawbot audit verify; put back what is missing\n"
		    "the daemon goes on, and does not start again with it as "
		    "it is\n" },
		[NOTICE_MENDED] = { "is again what was written there", "" },
		[NOTICE_REMOVED] = { "that was damaged has been removed",
		    "it was what was written there by then, and the log says "
		    "what it was\n" },
		[NOTICE_LOST] = { "that was damaged has been moved away",
		    "clawbot audit recover did that: the log goes on without "
		    "it\n" },
	};

	buf_printf(b, "a part of the log %s\npart     %s\nrecord   %llu\n%s",
	    of[m->about].said, m->command, (unsigned long long)record,
	    of[m->about].then);
}

void
telling_text(struct buf *b, uint64_t id, const struct msg_notice *m)
{
	char run[RUNID_TEXT];

	buf_init(b, TELLING_TEXT);
	if (is_room(m)) {
		put_room(b, id, m);
		return;
	}
	if (is_damage(m)) {
		put_damage(b, id, m);
		return;
	}
	runid_text(run, id);
	buf_printf(b, "%s %s waits for an approver, for at most %u s\n",
	    m->about == NOTICE_HELD ? "a program of a run," : "request",
	    run, m->expires_s);
	buf_printf(b, "who      uid %u, channel %s, skill %s\n", m->uid,
	    m->channel, m->skill);
	buf_printf(b, "command  %s\n", m->command);
	if (m->reason[0] != '\0')
		buf_printf(b, "reason   %s\n", m->reason);
	buf_printf(b, "answer   clawbot approve %s\n", run);
	if (m->waiting > 1)
		buf_printf(b, "%u wait by now: clawbot approvals\n",
		    m->waiting);
	if (m->missed != 0)
		buf_printf(b, "%u more have begun to wait that nobody was "
		    "told of\n", m->missed);
}
