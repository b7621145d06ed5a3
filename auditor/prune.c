/* SPDX-License-Identifier: ISC */
/* Closed segments are removed; see prune.h. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auditor/auditor.h"
#include "auditor/packcheck.h"
#include "auditor/prune.h"
#include "auditor/prune_priv.h"
#include "common/cberr.h"
#include "common/civil.h"
#include "common/field.h"
#include "common/log.h"
#include "common/payload.h"
#include "common/record/logscan.h"
#include "common/xmalloc.h"

#define PRUNE_CHUNK	(32U * 1024)
#define PRUNE_PAUSE_US	2000		/* between two of them */
#define PRUNE_AGAIN	3U
#define PRUNE_DAILY_S	3600		/* how often keepDays is looked after */
#define DAY_US		(86400 * UINT64_C(1000000))

static void
close_segment(struct pruning *p)
{
	logscan_free(p->scan);
	p->scan = NULL;
	buf_free(&p->lines);
	if (p->fd != -1)
		(void)close(p->fd);
	p->fd = -1;
}

static void
go_on(struct pruning *p)
{
	const struct timeval pause = { 0, PRUNE_PAUSE_US };

	(void)event_add(p->ev, &pause);
}

static void
put(struct auditor *a, unsigned type, uint64_t id, struct buf *b)
{
	audit_put(a, type, id, b);
	if (ipc_flush(a->rm->ipc) == 1)
		(void)event_add(a->wev, NULL);
}

static void
answer(struct auditor *a, uint64_t op, enum cberr err, const char *text)
{
	struct msg_reason v;
	struct buf b;

	v.code = (uint16_t)err;
	v.text = xstrdup(text);
	payload_put(&b, MSG_A_PRUNED, &msg_reason_shape, &v);
	put(a, MSG_A_PRUNED, op, &b);
	free(v.text);
}

/* It is over; what was removed stays so. */
static void __attribute__((__format__ (printf, 3, 4)))
end(struct pruning *p, enum cberr err, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	close_segment(p);
	buf_free(&p->asked);
	p->busy = 0;
	if (p->op != 0)
		answer(p->a, p->op, err, text);
	else if (err != CBE_OK)
		log_warnx("logging.keepDays: %s", text);
}

/* That somebody has asked, and nothing went.  -1: there is no room for it. */
static int
asked(struct pruning *p)
{
	struct auditor *a = p->a;
	enum chain_append r;
	uint64_t number;
	struct buf b;

	buf_init(&b, PRUNE_FIELDS);
	field_str(&b, "ev", "none");
	prune_put_time(&b, "until", p->before_us);
	buf_put(&b, p->asked.data, p->asked.len);
	r = chain_append(&a->chain, RECORD_PRUNE, RECORD_BY_AUDITOR, &b,
	    a->runs.n, &number);
	buf_free(&b);
	if (r == CHAIN_BAD)
		fatalx(EXIT_SYSTEM, "cannot make a record: %s", a->chain.bad);
	audit_commit(a);
	return (r == CHAIN_FULL ? -1 : 0);
}

/*
 * Nothing more is old enough.  That somebody has asked is recorded in any case:
 * he has looked at the clock.
 */
static void
done(struct pruning *p)
{
	if (p->op == 0 || p->dry) {
		end(p, CBE_OK, "%s", "");
		return;
	}
	p->a->gone.jump = 0;
	if (p->removed == 0 && asked(p) == -1)
		end(p, CBE_AGAIN, "nothing is that old, and that cannot be "
		    "recorded: the log directory is full");
	else
		end(p, CBE_OK, "%s", "");
}

static void
on_seal(const struct seal *s, void *arg)
{
	struct pruning *p = arg;

	links_put(&p->lines, &p->links, s);
}

static void
on_line(const struct record_view *v, const char *line, size_t len,
    uint64_t offset, void *arg)
{
	struct pruning *p = arg;

	(void)line;
	(void)len;
	(void)offset;
	if (p->from_us == 0)
		p->from_us = v->time_us;
	if (v->time_us > p->until_us)
		p->until_us = v->time_us;
}

/*
 * What is in front of the oldest segment that is not recorded as removed: 0, or
 * -1.
 */
static int
begin_at(struct pruning *p)
{
	const struct pruned *gone = &p->a->gone.what;

	links_init(&p->kept);
	p->i = gone_is_half(p->a);
	if (gone_held(p->a, &p->head, &p->seals) == -1)
		return (-1);
	if (p->head.number == 0)
		return (0);
	p->kept.size = gone->links;
	memcpy(p->kept.digest, gone->digest, sizeof(p->kept.digest));
	p->kept.seals = gone->seals.seals;
	p->kept.at = gone->seals.at;
	return (0);
}

static int
open_segment(struct pruning *p)
{
	const int dirfd = p->a->chain.seg.dirfd;

	logseg_name(p->name, LOG_STEM, p->first);
	p->fd = logseg_open(dirfd, p->name, O_RDONLY);
	if (p->fd == -1 && errno == ENOENT) {
		logseg_packed_name(p->name, p->first);
		p->fd = logseg_open(dirfd, p->name, O_RDONLY);
	}
	return (p->fd == -1 ? -1 : 0);
}

/* The first record behind the segment. */
static uint64_t
behind(const struct pruning *p)
{
	const struct segment *s = &p->a->chain.seg;

	return (p->i + 1 < s->nold ? s->old[p->i + 1] : s->first);
}

/* Its end would be one of a run that nobody knows. */
static int
has_open_run(const struct pruning *p)
{
	const struct open_runs *runs = &p->a->runs;
	uint64_t next = behind(p);
	size_t i;

	for (i = 0; i < runs->n; i++)
		if (runs->v[i].record < next)
			return (1);
	return (0);
}

/*
 * Root alone lifts that; a start does it for what is soon to be removed, where
 * it may believe the clock: who asks has looked at that.
 */
static void
barred(struct pruning *p, const char *name, const char *letters)
{
	const char *root = p->a->rm->root;
	const char *what = strcmp(letters, "a") == 0 ? "append-only" :
	    "immutable";
	char packed[LOG_NAMEMAX];
	int lifts;

	if (p->op != 0) {
		if (p->a->gone.jump != 0 && (p->removed != 0 ||
		    asked(p) == 0))
			p->a->gone.jump = 0;
		end(p, CBE_REFUSED, "%s has the %s attribute, and stays: as "
		    "root lift it with \"chattr -%s %s/%s\", and ask again",
		    name, what, letters, root, name);
		return;
	}
	logseg_packed_name(packed, p->first);
	lifts = strcmp(letters, "i") == 0 && strcmp(name, packed) == 0;
	if (fixed_hold(p->a, p->first))
		log_warnx("logging.keepDays: %s has the %s attribute, and "
		    "stays: %sas root lift it with \"chattr -%s %s/%s\"",
		    name, what, lifts ? "restart clawbotd, which lifts it, or "
		    : "", letters, root, name);
	done(p);
}

/* The oldest one that is old enough is read; or all is done. */
static void
next_segment(struct pruning *p)
{
	const struct segment *s = &p->a->chain.seg;
	char name[LOG_NAMEMAX];
	const char *letters;
	uint64_t us;

	if (p->i >= s->nold || (p->last != 0 && behind(p) - 1 > p->last)) {
		done(p);
		return;
	}
	us = packcheck_time(p->a, p->i);
	if (us == 0 || us >= p->before_us) {
		done(p);
		return;
	}
	p->first = s->old[p->i];
	if (has_open_run(p)) {
		end(p, CBE_AGAIN, "a run that is not over has begun in segment "
		    "%llu, which stays", (unsigned long long)p->first);
		return;
	}
	if (!p->dry && (letters = fixed_bars(p->a, p->first, name)) != NULL) {
		barred(p, name, letters);
		return;
	}
	if (open_segment(p) == -1) {
		end(p, CBE_IO, "%s: %s", p->name, strerror(errno));
		return;
	}
	p->size = p->from_us = p->until_us = 0;
	p->links = p->kept;
	buf_init(&p->lines, UINT32_MAX);
	(void)crypto_generichash_init(&p->sum, NULL, 0, RECORD_DIGEST);
	p->scan = logscan_new(on_line, p);
	logscan_on_seal(p->scan, on_seal, p);
	logscan_resume(p->scan, &p->head, &p->seals);
	(void)logscan_file(p->scan, p->name, p->first, 0);
	go_on(p);
}

static void
tell(struct pruning *p)
{
	char name[LOG_NAMEMAX], *path;
	struct buf b;

	p->removed++;
	if (p->op == 0) {
		log_info("%s, records %llu to %llu, was removed by "
		    "logging.keepDays", p->name, (unsigned long long)p->first,
		    (unsigned long long)p->head.number);
		return;
	}
	buf_init(&b, PRUNE_FIELDS);
	prune_put_segment(&b, p);
	if (!p->dry)
		field_u64(&b, "record", p->a->gone.what.record);
	else if (fixed_has(p->a, p->first, name)) {
		xasprintf(&path, "%s/%s", p->a->rm->root, name);
		field_str(&b, "immutable", path);
		free(path);
	}
	put(p->a, MSG_A_PRUNING, p->op, &b);
}

/* It was read to its end, and is what the log says: away with it. */
static void
whole(struct pruning *p)
{
	const char *what;

	if (p->until_us >= p->before_us) {
		done(p);
		return;
	}
	(void)crypto_generichash_final(&p->sum, p->digest, sizeof(p->digest));
	if (!p->dry) {
		if (prune_remove(p, &what) == -1) {
			end(p, CBE_IO, "%s: %s: %s", p->name, what,
			    strerror(errno));
			return;
		}
	}
	tell(p);
	p->kept = p->links;
	p->again = 0;
	if (p->dry)
		p->i++;
	close_segment(p);
	go_on(p);
}

/* Does it end where the next one begins? */
static void
at_end(struct pruning *p)
{
	const char *why = NULL;
	struct logscan_result res;
	int is = -1;

	if (!prune_is_same(p) && p->again++ < PRUNE_AGAIN) {
		/* it was packed meanwhile, or somebody was there */
		close_segment(p);
		go_on(p);
		return;
	}
	if (!prune_is_same(p))
		why = "it was replaced while it was read";
	else if (logscan_whole(p->scan, &p->head, &p->seals) == -1 ||
	    (is = packcheck_followed(&p->head, p->a, p->i)) == 0) {
		(void)logscan_end(p->scan, &res);
		why = is == 0 ? "what follows it is another log" :
		    res.rule != NULL ? res.rule : "its last line has no end";
	} else if (is == -1)
		why = "what follows it cannot be read";
	if (why == NULL) {
		whole(p);
		return;
	}
	log_warnx("%s is not removed: %s", p->name, why);
	end(p, CBE_IO, "%s is not what the log says (%s), and stays: "
	    "look at it with \"clawbot audit verify\"", p->name, why);
}

static void
on_step(evutil_socket_t fd, short what, void *arg)
{
	uint8_t piece[PRUNE_CHUNK];
	struct pruning *p = arg;
	ssize_t n;

	(void)fd;
	(void)what;
	if (p->fd == -1) {
		next_segment(p);
		return;
	}
	do {
		n = read(p->fd, piece, sizeof(piece));
	} while (n == -1 && errno == EINTR);
	if (n == -1) {
		end(p, CBE_IO, "%s: %s", p->name, strerror(errno));
		return;
	}
	p->size += (uint64_t)n;
	(void)crypto_generichash_update(&p->sum, piece, (size_t)n);
	if (n == 0 || logscan_feed(p->scan, piece, (size_t)n) == -1)
		at_end(p);
	else
		go_on(p);
}

static void
begin(struct pruning *p, uint64_t op, const struct msg_aprune *v)
{
	p->busy = 1;
	p->op = op;
	p->before_us = v->before_us;
	p->last = v->last;
	p->dry = v->dry;
	p->removed = 0;
	p->i = 0;
	p->again = 0;
	if (!p->dry && gone_is_half(p->a) && prune_rest(p->a) == -1) {
		end(p, CBE_IO, "segment %llu, whose removal is recorded, "
		    "cannot be removed: %s",
		    (unsigned long long)p->a->gone.first, strerror(errno));
		return;
	}
	if (begin_at(p) == -1) {
		end(p, CBE_IO, "the first segment that is there is not "
		    "the one behind what was removed: look at it with "
		    "\"clawbot audit verify\"");
		return;
	}
	go_on(p);
}

static uint64_t
look_at_clock(struct pruning *p)
{
	struct auditor *a = p->a;
	uint64_t us = 0;

	(void)civil_now(&us);
	gone_now(&a->gone, us, a->chain.tail.number + 1);
	if (a->gone.jump != 0 && p->days != 0 && !p->told)
		log_warnx("logging.keepDays: at record %llu the time jumps by "
		    "more than a week, so nothing is removed by its age: look "
		    "whether the clock is right, and then ask for it once, "
		    "with \"clawbot audit prune --keep-days %u -r WHY\"",
		    (unsigned long long)a->gone.jump, p->days);
	p->told = a->gone.jump != 0;
	return (us);
}

/* What is older than logging.keepDays. */
static void
by_age(struct pruning *p)
{
	const uint64_t keep = p->days * DAY_US;
	uint64_t us = look_at_clock(p);
	struct msg_aprune v = { 0 };
	char why[64];

	if (p->busy || p->days == 0 || p->a->gone.jump != 0 || us <= keep)
		return;
	(void)snprintf(why, sizeof(why), "logging.keepDays %u", p->days);
	buf_init(&p->asked, PRUNE_FIELDS);
	field_str(&p->asked, "reason", why);
	v.before_us = us - keep;
	begin(p, 0, &v);
}

static void
set_daily(struct pruning *p)
{
	const struct timeval later = { PRUNE_DAILY_S, 0 };

	(void)event_add(p->daily, &later);
}

static void
on_daily(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	by_age(arg);
	set_daily(arg);
}

void
prune_rotated(struct auditor *a)
{
	by_age(a->pruning);
}

/* What makes a record when nothing goes makes one for what does. */
static int
is_wrong(const struct msg_aprune *v)
{
	struct buf b;
	int bad;

	buf_init(&b, PRUNE_FIELDS);
	field_str(&b, "ev", "none");
	field_str(&b, "until", "");
	buf_put(&b, v->fields, v->len);
	bad = b.bad || record_form_check(RECORD_PRUNE, RECORD_BY_AUDITOR,
	    b.data, b.len) != NULL;
	buf_free(&b);
	return (bad);
}

static int
on_ask(struct auditor *a, uint64_t id, const struct msg_aprune *v)
{
	struct pruning *p = a->pruning;

	if (is_wrong(v))
		return (-1);
	if (p->busy) {
		answer(a, id, CBE_AGAIN, "parts of the log are being removed "
		    "already: try again");
		return (0);
	}
	buf_init(&p->asked, PRUNE_FIELDS);
	buf_put(&p->asked, v->fields, v->len);
	begin(p, id, v);
	return (0);
}

struct pruning *
prune_new(struct auditor *a, uint32_t days)
{
	struct pruning *p;

	p = xcalloc(1, sizeof(*p));
	p->a = a;
	p->fd = -1;
	p->days = days;
	p->ev = event_new(a->base, -1, 0, on_step, p);
	p->daily = event_new(a->base, -1, 0, on_daily, p);
	if (p->ev == NULL || event_priority_set(p->ev, 1) == -1 ||
	    p->daily == NULL || event_priority_set(p->daily, 1) == -1)
		rolemain_fail(a->rm, EXIT_SYSTEM, "event loop");
	a->prune = on_ask;
	gone_spare(a);
	by_age(p);
	set_daily(p);
	return (p);
}
