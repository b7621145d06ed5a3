/* SPDX-License-Identifier: ISC */
/* When the log is sealed; see sealing.h. */
#include "config.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auditor/auditor.h"
#include "auditor/sealing.h"
#include "common/io.h"
#include "common/log.h"
#include "common/record/sealfile.h"
#include "common/ticket.h"

#define BUSY_MS		60000	/* while there are records */
#define IDLE_MS		900000	/* while there are none */
#define RETRY_MS	5000

static void __attribute__((__noreturn__))
no_key(struct auditor *a, const struct sealcheck *c, enum sealkey_found found)
{
	if (found == SEALKEY_ERROR)
		rolemain_fail(a->rm, EXIT_IO, "%s in %s: %s", SEALKEY_FILE,
		    a->rm->root, strerror(errno));
	if (found == SEALKEY_NONE)
		rolemain_fail(a->rm, EXIT_CONFIG, "%s is missing in %s, whose "
		    "log was sealed with it: put it back, or move the "
		    "directory away to begin a new log", SEALKEY_FILE,
		    a->rm->root);
	if (c->seals == 0)
		rolemain_fail(a->rm, EXIT_CONFIG, "%s in %s has sealed a log, "
		    "and this one has no seal: put back the log, or move the "
		    "directory away to begin a new one", SEALKEY_FILE,
		    a->rm->root);
	rolemain_fail(a->rm, EXIT_CONFIG, "%s in %s is not the key that the "
	    "last seal, record %llu, names: log and key are not of one time; "
	    "put back the log that belongs to the key, or move the directory "
	    "away to begin a new one", SEALKEY_FILE, a->rm->root,
	    (unsigned long long)c->at);
}

/* What others will check the seals by; until the first one is there. */
static void
say_key(struct auditor *a)
{
	char vkey[SEAL_VKEY];

	seal_vkey(vkey, a->sealing.log, sealkey_now(a->sealing.keys)->public);
	log_info("the log's seals begin with the public key %s; keep it on "
	    "another host, for \"clawbot audit verify -k\"", vkey);
}

/* The keys of a log that has no seal yet, or none by keys that are left. */
static enum sealkey_found
first_key(struct auditor *a)
{
	struct sealing *s = &a->sealing;
	enum sealkey_found found;

	found = sealkey_read(s->keys, a->chain.seg.dirfd, 0, NULL);
	if (found == SEALKEY_NONE)
		found = sealkey_make(s->keys, a->chain.seg.dirfd) == -1 ?
		    SEALKEY_ERROR : SEALKEY_OK;
	if (found != SEALKEY_OK)
		return (found);
	seal_name(s->log, sealkey_now(s->keys)->public);
	say_key(a);
	return (SEALKEY_OK);
}

void
sealing_open(struct auditor *a, const struct sealcheck *c)
{
	struct sealing *s = &a->sealing;
	enum sealkey_found found;

	a->chain.tree = c->tree;
	s->check = *c;
	s->at = c->at;
	s->last_ms = ticket_now();
	/* a key is wiped only when nothing can undo its seal any more */
	if (io_fsync(a->chain.seg.fd) == -1)
		rolemain_fail(a->rm, EXIT_IO, "%s in %s: %s", LOG_CURRENT,
		    a->rm->root, strerror(errno));
	if (c->seals == 0)
		found = first_key(a);
	else {
		memcpy(s->log, c->last.log, sizeof(s->log));
		found = sealkey_read(s->keys, a->chain.seg.dirfd,
		    c->last.epoch + 1, c->last.next);
		if (found != SEALKEY_OK && found != SEALKEY_ERROR &&
		    sealfile_restored(a->chain.seg.dirfd, c,
		    a->chain.tail.number))
			found = first_key(a);
	}
	if (found != SEALKEY_OK)
		no_key(a, c, found);
	if (sealkey_prepare(s->keys, a->chain.seg.dirfd) == -1 &&
	    errno != ENOSPC && errno != EDQUOT)
		no_key(a, c, SEALKEY_ERROR);
}

/* Records that no seal covers. */
static uint64_t
behind(const struct auditor *a)
{
	return (a->chain.tail.number - a->sealing.at);
}

static uint64_t
due_ms(const struct sealing *s)
{
	uint64_t t = s->last_ms + IDLE_MS;

	if (s->first_ms != 0 && s->first_ms + BUSY_MS < t)
		t = s->first_ms + BUSY_MS;
	return (t > s->retry_ms ? t : s->retry_ms);
}

static void
set_timer(struct auditor *a)
{
	struct sealing *s = &a->sealing;
	uint64_t now = ticket_now(), due = due_ms(s), left;
	struct timeval tv;

	if (s->timer == NULL)
		return;
	left = due > now ? due - now : 0;
	tv.tv_sec = (time_t)(left / 1000);
	tv.tv_usec = (suseconds_t)(left % 1000 * 1000 + 1000);
	(void)event_add(s->timer, &tv);
}

void
sealing_timer(struct auditor *a, struct event *timer)
{
	a->sealing.timer = timer;
	set_timer(a);
}

int
sealing_full(const struct auditor *a)
{
	return (behind(a) >= SEAL_RECORDS &&
	    ticket_now() >= a->sealing.retry_ms);
}

void
sealing_ask(struct auditor *a)
{
	a->sealing.asked = 1;
}

static void
later(struct auditor *a, const char *why)
{
	struct sealing *s = &a->sealing;

	s->retry_ms = ticket_now() + RETRY_MS;
	if (!s->failed)
		log_warnx("the log cannot be sealed for now: %s", why);
	s->failed = 1;
	set_timer(a);
}

/* Makes the next key durable.  0, or -1 where there is no room for now. */
static int
prepare(struct auditor *a)
{
	if (sealkey_prepare(a->sealing.keys, a->chain.seg.dirfd) == 0)
		return (0);
	if (errno != ENOSPC && errno != EDQUOT)
		fatal(EXIT_IO, "%s", SEALKEY_FILE);
	later(a, strerror(errno));
	return (-1);
}

static void
add(struct auditor *a, int last)
{
	struct sealing *s = &a->sealing;
	struct seal seal;

	if (prepare(a) == -1)
		return;
	memset(&seal, 0, sizeof(seal));
	memcpy(seal.log, s->log, sizeof(seal.log));
	seal.epoch = s->keys->epoch;
	seal.first = s->at != 0 ? s->at : 1;
	memcpy(seal.key, sealkey_now(s->keys)->public, SEAL_KEY);
	memcpy(seal.next, sealkey_next(s->keys)->public, SEAL_KEY);
	switch (chain_seal(&a->chain, &seal, sealkey_now(s->keys)->secret,
	    last ? 0 : a->runs.n, last)) {
	case CHAIN_OK:
		s->added = a->chain.tail.number;
		s->made = seal;
		break;
	case CHAIN_FULL:
		later(a, "the log directory is full");
		break;
	case CHAIN_BAD:
		fatalx(EXIT_SYSTEM, "cannot make a seal: %s", a->chain.bad);
	}
}

void
sealing_add(struct auditor *a)
{
	struct sealing *s = &a->sealing;
	uint64_t now = ticket_now();

	if (behind(a) != 0 && s->first_ms == 0)
		s->first_ms = now;
	if (now >= s->retry_ms && ((s->asked && behind(a) != 0) ||
	    behind(a) >= SEAL_RECORDS || now >= due_ms(s)))
		add(a, 0);
	/* where the host has slept, its own clock has stood still */
	if (s->added == 0)
		set_timer(a);
}

void
sealing_add_last(struct auditor *a)
{
	add(a, 1);
}

void
sealing_check(const struct auditor *a, struct sealcheck *c)
{
	*c = a->sealing.check;
	c->tree = a->chain.tree;
}

void
sealing_done(struct auditor *a)
{
	struct sealing *s = &a->sealing;

	if (s->added == 0)
		return;
	s->at = s->added;
	s->check.last = s->made;
	s->check.at = s->at;
	s->check.seals++;
	if (s->keys->epoch == 0)
		s->check.series = s->at;
	s->added = s->first_ms = 0;
	s->retry_ms = 0;
	s->asked = s->failed = 0;
	s->last_ms = ticket_now();
	/* the first seal of a series */
	if (s->keys->epoch == 0)
		(void)unlinkat(a->chain.seg.dirfd, LOG_RESTORED, 0);
	sealkey_step(s->keys);
	(void)prepare(a);
	set_timer(a);
}
