/* SPDX-License-Identifier: ISC */
/*
 * The decision about each exec of a run, and what becomes of it.
 *
 * What an attacker could try: start programs faster than they can be written
 * down (then they wait), ask without end (so many questions are open at one
 * time, the others wait behind them), ask and be gone at once (what has its
 * number has room for its row, and a question waits for the rows of those that
 * were asked before), have a question answered by somebody else than who was
 * asked (the answer is sealed with the key of this run, for the very row that
 * was sent), print what looks like our lines (the log has ours).
 *
 * init is in the run: it is believed what it read of a process, whose own word
 * that is, and of files nothing but their descriptors.  Who takes it over can
 * say that as many programs wait as he likes: there are bounds to how many
 * these are and to what is kept of them, beyond which there is no run.
 */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/ticket.h"
#include "executor/fds.h"
#include "executor/lack.h"
#include "executor/runner/arbiter_priv.h"

#define FLUSH_US	50000	/* that a row waits for others, at most */
#define SETTLE_AGAIN_US	1000
#define STILL_US	1000000	/* between looks at what is held for long */
#define PENDS_MAX	65536U	/* that are held, or on their way */
#define PENDS_BYTES	(64U << 20)	/* of their rows */

enum pend_is { PEND_ASK, PEND_ASKED, PEND_READY, PEND_GOING, PEND_SHOWN };

/* An exec that was not settled, or went on and has not come to anything. */
struct pend {
	struct pend	*next;
	enum pend_is	 is;
	uint64_t	 key;
	uint32_t	 image;		/* of who does it */
	enum settled	 how;
	struct judged	 was;
	int		 again;		/* refused, as the one before */
	size_t		 bytes;		/* of its row */
	uint8_t		 digest[PLAN_DIGEST];	/* of the question */
	struct exec_row	 row;		/* everything owned */
};

static struct {
	int		 begun;
	struct pend	*first, **end;
	size_t		 n;		/* of these */
	size_t		 bytes;
	uint64_t	 last;		/* key */
	size_t		 held;		/* not settled */
	size_t		 asked;
	struct arbiterlog	 log;
	int64_t		 still_at;
	int		 full;		/* something is to be settled, when
					   there is room */
	int		 direct;	/* the run is a shell's line */
} all;

static void
begin(const struct runner *r)
{
	if (all.begun)
		return;
	all.begun = 1;
	all.end = &all.first;
	all.direct = arbiterrules_line(&r->plan);
	arbiterlog_init(&all.log);
}

static void
pend_free(struct pend *p)
{
	shape_free(&exec_row_shape, &p->row);
	free(p);
}

static void
pend_unlink(struct pend *p)
{
	struct pend **at;

	for (at = &all.first; *at != p; at = &(*at)->next)
		;
	*at = p->next;
	if (all.end == &p->next)
		all.end = at;
	all.n--;
	all.bytes -= p->bytes;
}

static struct pend *
pend_find(uint64_t key)
{
	struct pend *p;

	for (p = all.first; p != NULL && p->key != key; p = p->next)
		;
	return (p);
}

/* It is what it is: a row, and nobody waits for it. */
static void
pend_end(struct runner *r, struct pend *p)
{
	if (p->row.verdict == VERDICT_DENY && !p->again)
		arbitersay_count(r, &p->row, p->is == PEND_ASKED);
	arbiterlog_add(r, &all.log, &p->row);
	pend_unlink(p);
	pend_free(p);
}

static void
set_text(char **to, const char *s)
{
	free(*to);
	*to = xstrdup(s);
}

/* Its row says that it was refused, and standard error does. */
static void
refuse(struct pend *p, const char *rule, const char *reason)
{
	p->how = SETTLED_REFUSE;
	p->row.verdict = VERDICT_DENY;
	if (rule != NULL)
		set_text(&p->row.rule, rule);
	if (reason != NULL)
		set_text(&p->row.reason, reason);
	p->again = !arbitersay_refused(&p->row, reason != NULL);
}

/* It may go on; what can be another file by then is looked at once more. */
static void
let(struct pend *p)
{
	p->how = p->was.fixed ? SETTLED_GO : SETTLED_SHOW;
}

/* What holds for all that are equal is kept, where init has a place for it. */
static void
keep(struct pend *p, uint16_t place)
{
	arbiterkept_drop(place);
	if (p->was.keeps && p->how == SETTLED_GO &&
	    arbiterkept_put(place, &p->row))
		p->how = SETTLED_KEEP;
}

/*
 * 0, or -1: there is no room for it now.  This does not wait: init may be
 * waiting for room on the way here.
 */
static int
send_settled(struct runner *r, const struct pend *p)
{
	uint8_t m[INSIDE_SETTLED_MAX];
	struct buf b;

	inside_begin(&b, m, sizeof(m), INSIDE_SETTLED);
	settled_put(&b, p->key, p->how);
	if (r->box != -1 && send(r->box, m, b.len, MSG_NOSIGNAL |
	    MSG_DONTWAIT) == -1 && (errno == EINTR || lack_is(errno)))
		return (-1);
	return (0);
}

/*
 * How many rows are not on disk, with those that there will be whatever
 * happens: of what was let go, what init may let go, and what was asked about.
 */
static size_t
rows_open(void)
{
	const struct pend *p;
	size_t n = arbiterlog_open(&all.log) + arbiterkept_ahead();

	for (p = all.first; p != NULL; p = p->next)
		n += p->is == PEND_GOING || p->is == PEND_SHOWN ||
		    p->row.seq != 0;
	return (n);
}

/* One that is decided: 1, or 0 if there is no room to say so. */
static int
settle(struct runner *r, struct pend *p)
{
	if (send_settled(r, p) == -1)
		return (0);
	all.held--;
	/* what stands has its fate told, too, if it is killed */
	if (p->how != SETTLED_REFUSE || p->is == PEND_SHOWN)
		p->is = PEND_GOING;
	else
		pend_end(r, p);
	return (1);
}

/*
 * As many as may be without being on disk; the others wait, but what stands
 * is one of these.
 */
static void
settle_ready(struct runner *r)
{
	size_t open = rows_open();
	struct pend *p, *next;

	all.full = 0;
	for (p = all.first; p != NULL && !all.full; p = next) {
		next = p->next;
		if (p->is == PEND_SHOWN)
			all.full = !settle(r, p);
		else if (p->is == PEND_READY && (p->row.seq != 0 ||
		    open < EXECS_ROWS)) {
			open += p->row.seq == 0;
			all.full = !settle(r, p);
		}
	}
	arbiterkept_more(r, open);
}

/* In order, as they come. */
static struct pend *
pend_new(const struct runner *r, uint64_t key, uint32_t image, uint32_t pid)
{
	struct pend *p = xcalloc(1, sizeof(*p));

	p->key = key;
	p->image = image;
	p->row.pid = pid;
	p->row.parent = image == IMAGE_UNKNOWN ? EXECS_UNKNOWN :
	    arbiterway_seq(image);
	if (image == IMAGE_UNKNOWN)
		p->row.how = EXEC_ORPHAN;
	else
		p->row.how = image == 0 && all.direct ? EXEC_DIRECT :
		    EXEC_NESTED;
	p->row.at_us = (uint64_t)(runner_now() - r->started);
	p->is = PEND_READY;
	*all.end = p;
	all.end = &p->next;
	all.held++;
	all.n++;
	return (p);
}

/*
 * The question goes up; what cannot go now goes later.  In front of it go the
 * rows of what was asked before, so that nobody has to remember many.
 */
static void
send_question(struct runner *r, struct pend *p)
{
	arbiterlog_flush(r, &all.log, 0);
	if (all.log.n != 0)
		return;
	p->row.seq = all.log.last + 1;
	if (arbiterask_send(r, &p->row, p->image, p->digest) == -1) {
		/* no row of it was announced, and others must not wait */
		p->row.seq = 0;
		return;
	}
	all.log.last++;
	p->is = PEND_ASKED;
	all.asked++;
}

static void
send_questions(struct runner *r)
{
	struct pend *p;

	for (p = all.first; p != NULL && all.asked < EXECS_QUESTIONS;
	    p = p->next)
		if (p->is == PEND_ASK && rows_open() < EXECS_ROWS)
			send_question(r, p);
}

static void
judge_one(struct runner *r, const struct held_exec *h, const int *fds)
{
	struct pend *p = pend_new(r, h->key, h->image, h->pid);

	arbiterjudge(r, h, fds, &p->row, &p->was);
	if (p->row.verdict == VERDICT_ALLOW)
		let(p);
	arbiterlog_fit(r, &p->row);
	p->bytes = arbiterlog_weight(&p->row);
	all.bytes += p->bytes;
	if (p->row.verdict == VERDICT_ASK && arbiterask_was_refused(&p->row))
		refuse(p, NULL, "not approved a moment ago");
	else if (p->row.verdict == VERDICT_ASK)
		p->is = PEND_ASK;
	else if (p->row.verdict == VERDICT_DENY)
		refuse(p, NULL, NULL);
	keep(p, h->place);
}

static void __attribute__((__noreturn__))
malformed(struct runner *r)
{
	errno = EPROTO;
	runner_errno(r, "a word about what a run executes");
}

/* No run that means well comes near to this. */
static void
too_many(struct runner *r)
{
	struct trouble t;

	if (all.n < PENDS_MAX && all.bytes < PENDS_BYTES)
		return;
	trouble_set(&t, CBE_AGAIN, "more programs wait to be executed than "
	    "can be kept");
	runner_fail(r, &t);
}

void
arbiter_held(struct runner *r, const void *m, size_t len, const int *fds,
    unsigned nfds)
{
	struct held_exec h;

	begin(r);
	if (r->phase < PH_EXEC || arbiterheld_get(m, len, &h, fds, nfds) ==
	    -1 || h.key <= all.last)
		malformed(r);
	all.last = h.key;
	too_many(r);
	judge_one(r, &h, fds);
	fds_close(fds, nfds);
	shape_free(&held_exec_shape, &h);
	settle_ready(r);
}

/* It went on and did not become what it was to. */
static void
failed(struct runner *r, struct pend *p, enum fate fate)
{
	if (fate == FATE_OTHER) {
		refuse(p, "race", "another program or other arguments than "
		    "were judged; killed");
		pend_end(r, p);
	} else if (p->row.seq != 0) {
		set_text(&p->row.reason, "allowed, and then the call failed");
		pend_end(r, p);
	} else {
		pend_unlink(p);
		pend_free(p);
	}
}

/* Nobody waits any more for what was not settled. */
static void
gone_early(struct runner *r, struct pend *p)
{
	int asked = p->is == PEND_ASKED;

	/* what stood there was killed */
	if (p->is == PEND_SHOWN) {
		all.held--;
		failed(r, p, FATE_GONE);
		return;
	}
	all.held--;
	if (asked) {
		all.asked--;
		arbiterask_back(r, p->row.seq);
	}
	if (p->row.seq == 0) {
		pend_unlink(p);
		pend_free(p);
		return;
	}
	/* it has its number: so there is a row */
	p->row.verdict = VERDICT_DENY;
	set_text(&p->row.reason, "ended before there was an answer");
	pend_end(r, p);
}

/* Where it stands nobody can write to it any more. */
void
arbiter_shown(struct runner *r, const void *m, size_t len, const int *fds,
    unsigned nfds)
{
	uint64_t key;
	struct pend *p;

	if (shown_get(m, len, &key) == -1)
		malformed(r);
	if (!all.begun || (p = pend_find(key)) == NULL ||
	    p->is != PEND_GOING) {
		fds_close(fds, nfds);
		return;
	}
	if (nfds != (p->row.script_ino != 0 ? 2U : 1U))
		malformed(r);
	p->how = arbiterjudge_same(r, &p->row, &p->was, fds, nfds) ||
	    r->job->skill->execs == EXECS_RECORD ? SETTLED_GO : SETTLED_REFUSE;
	fds_close(fds, nfds);
	p->is = PEND_SHOWN;
	all.held++;
	settle_ready(r);
}

/* It is that program now, by the number that init has for it. */
static void
ran(struct runner *r, struct pend *p, uint32_t image)
{
	if (p->row.seq == 0)
		p->row.seq = ++all.log.last;
	if (image != IMAGE_UNKNOWN && arbiterway_add(image, p->image,
	    &p->row, p->was.named) == -1)
		malformed(r);
	pend_end(r, p);
}

void
arbiter_fate(struct runner *r, const void *m, size_t len)
{
	enum fate fate;
	uint32_t image;
	uint64_t key;
	struct pend *p;

	if (fate_get(m, len, &key, &fate, &image) == -1)
		malformed(r);
	/* refused, and gone at the same time */
	if (!all.begun || (p = pend_find(key)) == NULL)
		return;
	/*
	 * What was not let go cannot run; recorded alone, it does in place of
	 * what was, whose row there is room for.
	 */
	if (fate == FATE_RAN && p->is != PEND_GOING &&
	    (r->job->skill->execs != EXECS_RECORD ||
	    arbiterlog_open(&all.log) >= EXECS_ROWS))
		malformed(r);
	if (fate != FATE_RAN && p->is != PEND_GOING)
		gone_early(r, p);
	else if (fate != FATE_RAN)
		failed(r, p, fate);
	else {
		/* recorded alone, it did not wait for us */
		if (p->is != PEND_GOING)
			all.held--;
		ran(r, p, image);
	}
	settle_ready(r);
}

/* One that did not wait for us, by the word for an equal one. */
void
arbiter_repeated(struct runner *r, const void *m, size_t len)
{
	struct repeated v;
	struct pend *p;

	if (repeated_get(m, len, &v) == -1 || !all.begun ||
	    arbiterkept_told() == -1)
		malformed(r);
	p = pend_new(r, 0, v.was, v.pid);
	if (arbiterkept_row(v.place, &p->row) == -1)
		malformed(r);
	all.held--;
	p->is = PEND_GOING;
	p->was.named = arbiterjudge_named(r, &p->row);
	if (v.fate == FATE_RAN)
		ran(r, p, v.is);
	else
		failed(r, p, (enum fate)v.fate);
	settle_ready(r);
}

void
arbiter_answer(struct runner *r, const void *m, size_t len)
{
	struct exec_answer v;
	const char *why = "";
	struct pend *p;

	begin(r);
	if (shape_get(&exec_answer_shape, &v, (const uint8_t *)m + 1,
	    len - 1) == -1)
		malformed(r);
	for (p = all.first; p != NULL; p = p->next)
		if (p->is == PEND_ASKED && p->row.seq == v.seq)
			break;
	if (p == NULL)		/* it was taken back */
		goto out;
	all.asked--;
	p->is = PEND_READY;
	if (!v.allowed) {
		arbiterask_refused(&p->row);
		refuse(p, NULL, v.reason[0] != '\0' ? v.reason :
		    "not approved");
	} else if (ticket_check(v.ticket, TICKET_ANSWER, r->id, p->digest,
	    r->answers, &why) == -1)
		refuse(p, "answer", why);
	else {
		let(p);
		p->row.verdict = VERDICT_ALLOW;
		p->row.answered = 1;
	}
out:
	shape_free(&exec_answer_shape, &v);
	settle_ready(r);
}

void
arbiter_execed(struct runner *r, const void *m, size_t len)
{
	struct exec_done v;

	begin(r);
	if (shape_get(&exec_done_shape, &v, (const uint8_t *)m + 1,
	    len - 1) == -1 || v.durable > all.log.handed)
		malformed(r);
	if (v.durable > all.log.durable)
		all.log.durable = v.durable;
	settle_ready(r);
}

int
arbiter_asks(void)
{
	return (all.begun && all.asked != 0);
}

int64_t
arbiter_time(const struct runner *r)
{
	int64_t next = INT64_MAX;

	(void)r;
	if (!all.begun)
		return (next);
	if (all.log.n != 0)
		next = all.log.since + FLUSH_US;
	if (all.first != NULL && all.still_at < next)
		next = all.still_at;
	if (all.full && runner_now() + SETTLE_AGAIN_US < next)
		next = runner_now() + SETTLE_AGAIN_US;
	return (next);
}

void
arbiter_step(struct runner *r, int64_t now)
{
	static const uint8_t still = INSIDE_STILL;

	if (!all.begun)
		return;
	arbitersay_write(r);
	send_questions(r);
	if (all.full)
		settle_ready(r);
	if (all.log.n != 0 && all.log.since + FLUSH_US <= now)
		arbiterlog_flush(r, &all.log, 0);
	if (all.first != NULL && all.still_at <= now) {
		all.still_at = now + STILL_US;
		if (r->box != -1)
			(void)send(r->box, &still, 1, MSG_NOSIGNAL |
			    MSG_DONTWAIT);
	}
}

void
arbiter_end(struct runner *r)
{
	struct pend *p, *next;

	if (!all.begun)
		return;
	all.begun = 0;
	for (p = all.first; p != NULL; p = next) {
		next = p->next;
		if (p->is != PEND_GOING)
			gone_early(r, p);
		else
			failed(r, p, FATE_GONE);
	}
	arbiterlog_flush(r, &all.log, 1);
}
