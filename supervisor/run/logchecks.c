/* SPDX-License-Identifier: ISC */
/* What the auditor tells of what it keeps; see logchecks.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "common/civil.h"
#include "common/field.h"
#include "common/immutable.h"
#include "common/log.h"
#include "common/record/logseg.h"
#include "common/room.h"
#include "common/xmalloc.h"
#include "supervisor/run/logchecks.h"
#include "supervisor/run/notice.h"

struct logchecks {
	uint32_t	 damaged;
	uint64_t	 record;	/* the newest about one; 0: none */
	struct part_damage {
		uint64_t	 first;
		uint64_t	 record;
		char		 file[CHECKED_NAME + 1];
		char		 rule[CHECKED_NAME + 1];
	}		*bad;		/* those of them with a record */
	size_t		 nbad;
	uint64_t	 done_us;	/* when all was read; 0: not yet */
	uint64_t	 done;
	struct msg_stored stored;	/* max 0: not told */
	struct msg_parts parts;
	struct output_said {
		uint32_t	 uid;
		int64_t		 ms;	/* when that was said */
	}		*said;		/* whose output is not stored */
	size_t		 nsaid;
};

/* How much one account prints is its own: that is not said more often. */
#define SAID_MS	(3600 * INT64_C(1000))

static struct logchecks *
logchecks_of(struct daemon *d)
{
	if (d->logchecks == NULL)
		d->logchecks = xcalloc(1, sizeof(*d->logchecks));
	return (d->logchecks);
}

/* What becomes of a part, and what is said of it: "name in directory" */
static const struct part_fate {
	enum notice_of_log of;
	unsigned	 about;
	const char	*said;
	const char	*then;
} fates[] = {
	[CHECKED_DAMAGED] = { NOTICE_LOG_DAMAGE, NOTICE_DAMAGED,
	    "a part of the log is not what was written there",
	    ": look at it with \"clawbot audit verify\"" },
	[CHECKED_MENDED] = { NOTICE_LOG_MENDED, NOTICE_MENDED,
	    "a part of the log is again what was written there", "" },
	[CHECKED_REMOVED] = { NOTICE_LOG_REMOVED, NOTICE_REMOVED,
	    "a part of the log that was damaged has been removed",
	    ", as the log says" },
	[CHECKED_LOST] = { NOTICE_LOG_LOST, NOTICE_LOST,
	    "what was damaged of the log has been moved away",
	    ", by \"clawbot audit recover\"" },
};

static void
tell(struct daemon *d, const struct msg_checked *m)
{
	const int bad = m->fate == CHECKED_DAMAGED;
	const struct part_fate *f = &fates[m->fate];
	char text[NOTICE_COMMAND], all[64] = "";

	if (m->damaged > (bad ? 1 : 0))
		(void)snprintf(all, sizeof(all), "; %u part%s damaged now",
		    m->damaged, m->damaged == 1 ? " is" : "s are");
	(void)snprintf(text, sizeof(text), "%s%s%s in %.300s%s", m->file,
	    bad ? ", rule " : "", bad ? m->rule : "", d->conf->log_dir, all);
	log_warnx("%s: %s%s", f->said, text, f->then);
	notice_log(d, f->of, f->about, m->record, text);
}

/* Which are damaged, by those records. */
static void
note(struct logchecks *c, const struct msg_checked *m)
{
	struct part_damage *p;
	size_t i;

	for (i = 0; i < c->nbad && c->bad[i].first != m->first; i++)
		;
	if (i != c->nbad) {
		c->nbad--;
		memmove(&c->bad[i], &c->bad[i + 1],
		    (c->nbad - i) * sizeof(*c->bad));
	}
	if (m->fate != CHECKED_DAMAGED)
		return;
	c->bad = xrecallocarray(c->bad, c->nbad, c->nbad + 1,
	    sizeof(*c->bad));
	p = &c->bad[c->nbad++];
	p->first = m->first;
	p->record = m->record;
	(void)snprintf(p->file, sizeof(p->file), "%s", m->file);
	(void)snprintf(p->rule, sizeof(p->rule), "%s", m->rule);
}

void
logchecks_told(struct daemon *d, const struct msg_checked *m)
{
	struct logchecks *c = logchecks_of(d);

	if (m->record != c->record) {
		tell(d, m);
		note(c, m);
	}
	c->record = m->record;
	c->damaged = m->damaged;
	c->done_us = m->done_us;
	c->done = m->done;
}

static void
put_read(const struct daemon *d, char *out, size_t size)
{
	const struct logchecks *c = d->logchecks;
	char when[CIVIL_TEXT];

	if (c == NULL || c->done_us == 0) {
		(void)snprintf(out, size, "%s", d->conf->check_hours == 0 ?
		    "it is not read again (logging.checkHours)" :
		    "it was not read again yet since the start");
		return;
	}
	civil_text(when, c->done_us / 1000000);
	(void)snprintf(out, size, "it was read again up to record %llu, until "
	    "%s", (unsigned long long)c->done, when);
}

static void
put_damaged(const struct logchecks *c, struct logchecks_show *s,
    const char *again)
{
	const struct part_damage *p;
	char newest[240];

	if (c->nbad == 0)
		(void)snprintf(newest, sizeof(newest), "there is no room for "
		    "a record that says which");
	else {
		p = &c->bad[c->nbad - 1];
		(void)snprintf(newest, sizeof(newest), "the newest found %s, "
		    "rule %s; record %llu says so", p->file, p->rule,
		    (unsigned long long)p->record);
	}
	(void)snprintf(s->detail, sizeof(s->detail), "%u closed part%s not "
	    "what was written there, %s; %s", c->damaged, c->damaged == 1 ?
	    " is" : "s are", newest, again);
}

void
logchecks_show(const struct daemon *d, struct logchecks_show *s)
{
	const struct logchecks *c = d->logchecks;
	const int bad = c != NULL && c->damaged != 0;
	char again[200];

	put_read(d, again, sizeof(again));
	s->state = bad ? "damaged" : "whole";
	if (bad)
		put_damaged(c, s, again);
	else
		(void)snprintf(s->detail, sizeof(s->detail), "closed parts "
		    "look as they were left; %s", again);
}

/* Is it time to say that of this account?  Then it is said. */
static int
says_refused(struct logchecks *c, uint32_t uid)
{
	size_t i;

	for (i = 0; i < c->nsaid && c->said[i].uid != uid; i++)
		;
	if (i == c->nsaid) {
		c->said = xrecallocarray(c->said, i, i + 1,
		    sizeof(*c->said));
		c->said[c->nsaid++].uid = uid;
	} else if (now_ms() - c->said[i].ms < SAID_MS)
		return (0);
	c->said[i].ms = now_ms();
	return (1);
}

void
logchecks_stored(struct daemon *d, const struct msg_stored *m)
{
	struct logchecks *c = logchecks_of(d);

	if (m->refused != OUTPUT_FITS && says_refused(c, m->uid))
		log_warnx("output of a run of uid %u is not stored: %s; this "
		    "is said once an hour", m->uid,
		    m->refused == OUTPUT_TOTAL ? "as much is as "
		    "logging.outputTotalMB says" : "as much of its runs' is "
		    "as its share of logging.outputTotalMB");
	c->stored = *m;
}

int
logchecks_show_stored(const struct daemon *d, struct logchecks_show *s)
{
	static const char *const states[] = {
		[OUTPUT_FITS] = "stored", [OUTPUT_SHARE] = "share",
		[OUTPUT_TOTAL] = "full",
	};
	const struct msg_stored *m;
	char total[ROOM_BYTES], max[ROOM_BYTES];
	int n;

	if (d->logchecks == NULL || d->logchecks->stored.max == 0)
		return (0);
	m = &d->logchecks->stored;
	room_bytes(m->total, total);
	room_bytes(m->max, max);
	s->state = states[m->refused];
	n = snprintf(s->detail, sizeof(s->detail), "output of runs: %s of %s, "
	    "of an account half of what the others leave at most", total, max);
	if (m->refused != OUTPUT_FITS && n > 0 && n < (int)sizeof(s->detail))
		(void)snprintf(s->detail + n, sizeof(s->detail) - (size_t)n,
		    "; nothing more of uid %u is stored until some is removed",
		    m->uid);
	return (1);
}

void
logchecks_parts(struct daemon *d, const struct msg_parts *m)
{
	logchecks_of(d)->parts = *m;
}

static uint32_t
get_count(const void *ready, size_t len, const char *key)
{
	uint64_t n = field_get_u64(ready, len, key, 0);

	return (n > UINT32_MAX ? UINT32_MAX : (uint32_t)n);
}

void
logchecks_ready(struct daemon *d, const void *ready, size_t len)
{
	struct msg_parts *m = &logchecks_of(d)->parts;

	m->closed = get_count(ready, len, "parts");
	m->immutable = get_count(ready, len, "immutable");
	m->due = get_count(ready, len, "parts_due");
	m->error = get_count(ready, len, "immutable_error");
	m->held = field_get_u64(ready, len, "parts_held", 0);
}

/* Why not all of them, and when they will. */
static const char *
put_rest(const struct daemon *d, const struct msg_parts *m, char *out,
    size_t size)
{
	const uint32_t rest = m->closed > m->immutable ?
	    m->closed - m->immutable : 0;
	const uint32_t due = m->due < rest ? m->due : rest;
	const char *others = d->conf->compress ? "get it at a start, once they "
	    "are packed" : "are not packed (logging.compress)";
	char name[LOG_NAMEMAX];

	if (m->held != 0) {
		logseg_packed_name(name, m->held);
		(void)snprintf(out, size, "; %s is older than "
		    "logging.keepDays, and stays until a restart lifts that, "
		    "or root, with chattr -i", name);
		return ("held");
	}
	if (!d->conf->immutable) {
		(void)snprintf(out, size, "; it is off (logging.immutable)");
		return ("off");
	}
	if (m->error != 0) {
		(void)snprintf(out, size, "; %s",
		    immutable_why((int)m->error));
		return ("missing");
	}
	*out = '\0';
	if (rest > due && due != 0)
		(void)snprintf(out, size, "; %u soon to be removed by "
		    "logging.keepDays, the others %s", due, others);
	else if (due != 0)
		(void)snprintf(out, size, "; the others are soon to be removed "
		    "by logging.keepDays");
	else if (rest != 0)
		(void)snprintf(out, size, "; the others %s", others);
	return ("set");
}

void
logchecks_show_fixed(const struct daemon *d, struct logchecks_show *s)
{
	static const struct msg_parts none;
	const struct msg_parts *m = d->logchecks != NULL ?
	    &d->logchecks->parts : &none;
	char rest[256];

	if (m->closed == 0) {
		s->state = "none";
		(void)snprintf(s->detail, sizeof(s->detail), "no part of the "
		    "log is closed");
		return;
	}
	s->state = put_rest(d, m, rest, sizeof(rest));
	(void)snprintf(s->detail, sizeof(s->detail), "immutable: %u of %u "
	    "closed part%s%s", m->immutable, m->closed, m->closed == 1 ? "" :
	    "s", rest);
}
