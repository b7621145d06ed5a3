/* SPDX-License-Identifier: ISC */
/*
 * The decision about each exec of a run, and what becomes of it.
 *
 * What an attacker could try: start programs faster than they can be written
 * down (then they wait), ask without end (so many questions are open at one
 * time, the others wait behind them), have a question answered by somebody
 * else than who was asked (the answer is sealed with the key of this run, for
 * the very row that was sent), print what looks like our lines (the log has
 * ours).  init is in the run: it is believed what it read of a process, whose
 * own word that is, and of files nothing but their descriptors.
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

enum pend_is { PEND_ASK, PEND_ASKED, PEND_READY, PEND_GOING, PEND_SHOWN };

/* An exec that was not settled, or went on and has not come to anything. */
struct pend {
	struct pend	*next;
	enum pend_is	 is;
	uint64_t	 key;
	uint32_t	 image;		/* of who does it */
	enum settled	 how;
	uint64_t	 size;		/* of what is executed, with its */
	int64_t		 mtime_ns;	/* times: as it was judged */
	int64_t		 ctime_ns;
	int		 fixed;		/* nobody can write to it */
	int		 named;		/* as in struct known */
	int		 again;		/* refused, as the one before */
	uint8_t		 digest[PLAN_DIGEST];	/* of the question */
	struct exec_row	 row;		/* everything owned */
};

static struct {
	int		 begun;
	struct pend	*first, **end;
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
	struct exec_row *w = &p->row;

	shape_free(&exec_row_shape, w);
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
		arbitersay_count(r, &p->row);
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
	p->how = p->fixed ? SETTLED_GO : SETTLED_SHOW;
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

/* How many will have a row once they have come to something. */
static size_t
going(void)
{
	const struct pend *p;
	size_t n = 0;

	for (p = all.first; p != NULL; p = p->next)
		n += p->is == PEND_GOING || p->is == PEND_SHOWN;
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
	size_t open = arbiterlog_open(&all.log) + going();
	struct pend *p, *next;

	all.full = 0;
	for (p = all.first; p != NULL && !all.full; p = next) {
		next = p->next;
		if (p->is == PEND_SHOWN)
			all.full = !settle(r, p);
		else if (p->is == PEND_READY && open < EXECS_ROWS) {
			open++;
			all.full = !settle(r, p);
		}
	}
}

/* In order, as they come. */
static struct pend *
pend_new(const struct runner *r, const struct held_exec *h)
{
	struct pend *p = xcalloc(1, sizeof(*p));

	p->key = h->key;
	p->image = h->image;
	p->row.pid = h->pid;
	p->row.parent = h->image == IMAGE_UNKNOWN ? EXECS_UNKNOWN :
	    arbiterway_seq(h->image);
	if (h->image == IMAGE_UNKNOWN)
		p->row.how = EXEC_ORPHAN;
	else
		p->row.how = h->image == 0 && all.direct ? EXEC_DIRECT :
		    EXEC_NESTED;
	p->row.at_us = (uint64_t)(runner_now() - r->started);
	p->is = PEND_READY;
	*all.end = p;
	all.end = &p->next;
	all.held++;
	return (p);
}

/* The question goes up; what cannot go now goes later. */
static void
send_question(struct runner *r, struct pend *p)
{
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
		if (p->is == PEND_ASK)
			send_question(r, p);
}

/* One that nobody can look at: 1, with what stands in its row. */
static int
cannot_look(struct runner *r, const struct held_exec *h, const int *fds,
    struct known k[3], const char **why)
{
	unsigned i, n = 1;

	n += (h->has & HELD_SCRIPT) != 0;
	n += (h->has & HELD_LOADER) != 0;
	if (h->has & HELD_REFUSED) {
		*why = "it, its interpreter or who starts it is not to be "
		    "read, or a script is read by a script";
		return (1);
	}
	for (i = 0; i < n; i++)
		if (arbiterfile_look(r, fds[i], 0, &k[i], why) == -1)
			return (1);
	return (0);
}

/*
 * Who let the request go on has seen these very words in it, and answered for
 * them.  What stands in a file, comes by an input or is made by a program was
 * not seen, be it the same words: there it may be in another directory and
 * with another input.  Nor was what is called by the name of something else.
 */
static int
was_asked(const struct runner *r, const struct held_exec *h,
    const struct known *exe, const char *rule)
{
	return (exe->named && arbiterrules_was_asked(r, &h->argv, rule) &&
	    arbiterway_shows(r, h->image, &h->argv));
}

static void
judge_one(struct runner *r, const struct held_exec *h, const int *fds)
{
	const int record = r->job->skill->execs == EXECS_RECORD;
	struct known k[3], *exe, *script, *loader;
	struct pend *p = pend_new(r, h);
	const char *why = "";
	struct decision d;
	int blind;

	memset(k, 0, sizeof(k));
	blind = cannot_look(r, h, fds, k, &why);
	script = (h->has & HELD_SCRIPT) ? &k[0] : NULL;
	exe = script != NULL ? &k[1] : &k[0];
	loader = (h->has & HELD_LOADER) ? exe + 1 : NULL;
	arbiterheld_row(&p->row, h, exe, script);
	policy_begin(&d);
	if (blind)
		policy_say(&d, record ? VERDICT_ALLOW : VERDICT_DENY, why,
		    "unseen");
	else if (record)
		policy_say(&d, VERDICT_ALLOW, "recorded", "%s", "");
	else
		arbiterrules_decide(r, &d, h, (enum exec_how)p->row.how, exe,
		    script, loader);
	p->named = exe->named = !blind && script == NULL &&
	    arbiterfile_named(r, &exe->id, h->argv.v[0]);
	if (d.verdict == VERDICT_ASK && was_asked(r, h, exe, d.rule)) {
		d.verdict = VERDICT_ALLOW;
		(void)snprintf(d.reason, sizeof(d.reason),
		    "approved with the request");
	}
	if (p->row.path[0] == '\0')
		set_text(&p->row.path, h->argv.v[0]);
	p->row.rule = xstrdup(d.rule);
	p->row.reason = xstrdup(d.reason);
	p->row.verdict = (uint8_t)d.verdict;
	p->size = exe->id.size;
	p->mtime_ns = exe->id.mtime_ns;
	p->ctime_ns = exe->id.ctime_ns;
	p->fixed = blind || exe->fixed;
	if (d.verdict == VERDICT_ALLOW)
		let(p);
	arbiterlog_fit(r, &p->row);
	if (d.verdict == VERDICT_ASK && arbiterask_was_refused(&p->row))
		refuse(p, NULL, "not approved a moment ago");
	else if (d.verdict == VERDICT_ASK)
		p->is = PEND_ASK;
	else if (d.verdict == VERDICT_DENY)
		refuse(p, NULL, NULL);
	arbiterfile_done(&k[0]);
	arbiterfile_done(&k[1]);
	arbiterfile_done(&k[2]);
}

static void __attribute__((__noreturn__))
malformed(struct runner *r)
{
	errno = EPROTO;
	runner_errno(r, "a word about what a run executes");
}

void
arbiter_held(struct runner *r, const void *m, size_t len, const int *fds,
    unsigned nfds)
{
	struct held_exec h;
	unsigned i;

	begin(r);
	if (r->phase < PH_EXEC || arbiterheld_get(m, len, &h, fds, nfds) == -1)
		malformed(r);
	judge_one(r, &h, fds);
	for (i = 0; i < nfds; i++)
		(void)close(fds[i]);
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

/*
 * Where it stands nobody can write to it any more.  If it is the file that
 * was judged, untouched as far as that can be told, it goes on; and if bytes
 * matter, by its bytes.
 */
void
arbiter_shown(struct runner *r, const void *m, size_t len, int fd)
{
	struct known k;
	const char *why;
	uint64_t key;
	struct pend *p;
	int same;

	if (shown_get(m, len, &key) == -1)
		malformed(r);
	if (!all.begun || (p = pend_find(key)) == NULL ||
	    p->is != PEND_GOING) {
		(void)close(fd);
		return;
	}
	/* who approved it has seen its digest: memory that is mapped can be
	   written to without that times change */
	same = arbiterfile_look(r, fd, p->row.answered, &k, &why) == 0 &&
	    k.id.size == p->size &&
	    k.id.mtime_ns == p->mtime_ns && k.id.ctime_ns == p->ctime_ns &&
	    memcmp(k.id.digest, p->row.digest, sizeof(k.id.digest)) == 0;
	if (r->job->skill->execs == EXECS_RECORD) {
		memcpy(p->row.digest, k.id.digest, sizeof(p->row.digest));
		same = 1;
	}
	arbiterfile_done(&k);
	(void)close(fd);
	p->how = same ? SETTLED_GO : SETTLED_REFUSE;
	p->is = PEND_SHOWN;
	all.held++;
	settle_ready(r);
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
	/* what was not let go cannot run */
	if (fate == FATE_RAN && p->is != PEND_GOING &&
	    r->job->skill->execs != EXECS_RECORD)
		malformed(r);
	if (fate != FATE_RAN && p->is != PEND_GOING)
		gone_early(r, p);
	else if (fate != FATE_RAN)
		failed(r, p, fate);
	else {
		/* recorded alone, it did not wait for us */
		if (p->is != PEND_GOING)
			all.held--;
		if (p->row.seq == 0)
			p->row.seq = ++all.log.last;
		if (image != IMAGE_UNKNOWN)
			arbiterway_add(image, p->image, &p->row, p->named);
		pend_end(r, p);
	}
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
