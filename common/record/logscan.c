/* SPDX-License-Identifier: ISC */
/* Reading a log from its first record to its last. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/record/lines.h"
#include "common/record/logscan.h"
#include "common/record/packed.h"
#include "common/record/pruned.h"
#include "common/xmalloc.h"

/* Where a line stands. */
struct log_place {
	char		 file[LOG_NAMEMAX];
	uint64_t	 offset;
};

struct logscan {
	logscan_cb		 cb;
	void			*arg;
	struct logscan_result	 res;
	int			 done;		/* res.status stands */

	struct log_place	 last;		/* of the last good line */
	struct log_place	 here;		/* of the line being read */
	uint64_t		 promised;	/* by the name of the file */
	int			 current;
	int			 infile;
	uint64_t		 inthis;	/* lines seen in this file */
	struct unpack		*unpack;	/* NULL: it is as it is */

	/* a line whose p is wrong, until the next link is seen */
	int			 suspect;
	struct log_place	 suspect_at;
	uint8_t			 suspect_digest[RECORD_DIGEST];

	/* a beginning that was removed; record 0: none */
	struct pruned		 pruned;
	uint8_t			 prune_digest[RECORD_DIGEST]; /* its line */
	int			 prune_seen;	/* at its place */
	int			 in_links;	/* its seals are being read */
	struct links		 links;
	int			 joins;		/* an archive ends in front */
	int			 joined;	/* they have its last seal */
	struct sealcheck	 archived;	/* which that is */

	struct record_head	 head;		/* expected, or number 0 */
	int			 forked;	/* another line stands there */

	struct sealcheck	 seals;
	logscan_seal_cb		 seal_cb;
	void			*seal_arg;
	struct record_lines	 lines;
};

struct logscan *
logscan_new(logscan_cb cb, void *arg)
{
	struct logscan *s;

	s = xcalloc(1, sizeof(*s));
	s->cb = cb;
	s->arg = arg;
	record_start(&s->res.last);
	sealcheck_init(&s->seals);
	record_lines_init(&s->lines);
	return (s);
}

void
logscan_on_line(struct logscan *s, logscan_cb cb, void *arg)
{
	s->cb = cb;
	s->arg = arg;
}

void
logscan_free(struct logscan *s)
{
	if (s == NULL)
		return;
	record_lines_free(&s->lines);
	unpack_free(s->unpack);
	freezero(s, sizeof(*s));
}

/* The number that must follow. */
static uint64_t
next_number(const struct logscan *s)
{
	return (s->res.last.number + 1);
}

static int
stop(struct logscan *s, enum logscan_status status, uint64_t record,
    const struct log_place *at, const char *rule)
{
	s->done = 1;
	s->res.status = status;
	s->res.record = record;
	s->res.offset = at->offset;
	s->res.rule = rule;
	memcpy(s->res.file, at->file, sizeof(s->res.file));
	return (-1);
}

static int
missing(struct logscan *s, uint64_t last, const struct log_place *at)
{
	(void)stop(s, LOGSCAN_MISSING, next_number(s), at, "missing");
	s->res.missing_last = last;
	return (-1);
}

static void
set_place(struct log_place *at, const char *name)
{
	size_t n = strlen(name);

	memset(at, 0, sizeof(*at));
	if (n >= sizeof(at->file))
		n = sizeof(at->file) - 1;
	memcpy(at->file, name, n);
}

/* What a file leaves behind when the next one begins, or at the end. */
static int
file_done(struct logscan *s)
{
	if (!s->infile)
		return (0);
	s->infile = 0;
	if (s->unpack != NULL && !unpack_whole(s->unpack) && !s->suspect)
		return (stop(s, LOGSCAN_TAMPERED, next_number(s), &s->here,
		    "packed"));
	if (record_lines_inside(&s->lines) && s->suspect)
		return (0);	/* named at the end */
	if (record_lines_inside(&s->lines) && !s->current)
		return (stop(s, LOGSCAN_TAMPERED, next_number(s), &s->here,
		    "format"));
	if (record_lines_inside(&s->lines))
		return (stop(s, LOGSCAN_TRUNCATED, next_number(s), &s->here,
		    "truncated"));
	if (s->inthis == 0 && !s->current)
		return (missing(s, 0, &s->here));
	return (0);
}

int
logscan_file(struct logscan *s, const char *name, uint64_t first, int current)
{
	if (s->done || file_done(s) == -1)
		return (-1);
	if (s->in_links && strcmp(name, LOG_SEALS) != 0)
		return (stop(s, LOGSCAN_TAMPERED, s->pruned.record, &s->here,
		    "links"));
	set_place(&s->here, name);
	s->promised = first;
	s->current = current;
	s->infile = 1;
	s->inthis = 0;
	unpack_free(s->unpack);
	s->unpack = packed_name(name) ? unpack_new() : NULL;
	if (s->suspect || first == 0 || first == next_number(s))
		return (0);
	if (first > next_number(s))
		return (missing(s, first - 1, &s->here));
	return (stop(s, LOGSCAN_TAMPERED, first, &s->here, "number"));
}

/* The suspect k+1 is as it was written: k was changed.  Or it was itself. */
static int
resolve(struct logscan *s, int intact)
{
	s->suspect = 0;
	if (intact)
		return (stop(s, LOGSCAN_TAMPERED, s->res.last.number, &s->last,
		    "chain"));
	return (stop(s, LOGSCAN_TAMPERED, next_number(s), &s->suspect_at,
	    "chain"));
}

static int
bad_line(struct logscan *s, const char *line, size_t len, const char *rule,
    uint64_t got)
{
	if (strcmp(rule, "chain") == 0 && s->res.records != 0) {
		s->suspect = 1;
		s->suspect_at = s->here;
		record_digest(s->suspect_digest, line, len);
		return (0);
	}
	/*
	 * A gap can only be where a file begins.  A line that does follow
	 * the last one, or that stands where the name of the file wants
	 * another, is a changed number and not a gap.
	 */
	if (strcmp(rule, "number") == 0 && got > next_number(s) &&
	    s->inthis == 0 && s->promised == 0 &&
	    !record_carries(line, len, s->res.last.digest))
		return (missing(s, got - 1, &s->here));
	return (stop(s, LOGSCAN_TAMPERED, next_number(s), &s->here, rule));
}

/* Compares the last good line with the head that is known. */
static void
see_head(struct logscan *s)
{
	if (s->head.number != 0 && s->head.number == s->res.last.number)
		s->forked = memcmp(s->head.digest, s->res.last.digest,
		    RECORD_DIGEST) != 0;
}

/* All that is known of what is gone is there: the rest follows on it. */
static int
go_on_behind(struct logscan *s)
{
	const struct sealcheck *c = &s->pruned.seals;
	const struct links *l = &s->links;

	s->in_links = 0;
	if (s->joins && !s->joined)
		return (stop(s, LOGSCAN_FORK, s->archived.at, &s->here,
		    "fork"));
	if (c->seals != 0 && (l->size != s->pruned.links ||
	    memcmp(l->digest, s->pruned.digest, RECORD_DIGEST) != 0 ||
	    l->begins || l->seals != c->seals || l->at != c->at ||
	    l->epoch != c->last.epoch ||
	    strcmp(l->log, c->last.log) != 0 ||
	    memcmp(l->next, c->last.next, SEAL_KEY) != 0))
		return (stop(s, LOGSCAN_TAMPERED, s->pruned.record, &s->here,
		    "links"));
	s->res.last = s->pruned.last;
	s->seals = *c;
	return (0);
}

/* A copy of a record that has to come again. */
static int
begin_pruned(struct logscan *s, const char *line, size_t len)
{
	if (pruned_read(&s->pruned, line, len) == -1) {
		s->pruned.record = 0;
		return (stop(s, LOGSCAN_TAMPERED, 1, &s->here, "prune"));
	}
	s->res.cut_first = next_number(s);
	s->res.cut = s->pruned.last.number;
	s->res.prune = s->pruned.record;
	record_digest(s->prune_digest, line, len);
	s->prune_seen = 0;
	links_init(&s->links);
	s->in_links = s->pruned.seals.seals != 0;
	return (s->in_links ? 0 : go_on_behind(s));
}

int
logscan_gap(struct logscan *s, const char *line, size_t len)
{
	struct pruned what;

	if (s->done)
		return (-1);
	/* what has no seals on both sides cannot be known to belong together */
	if (pruned_read(&what, line, len) == -1 ||
	    what.last.number <= logscan_number(s) ||
	    what.seals.seals == 0 || s->seals.seals == 0)
		return (0);
	if (s->suspect)
		return (-1);
	s->joins = 1;
	s->archived = s->seals;
	s->res.joined = s->archived.at;
	if (begin_pruned(s, line, len) == -1)
		return (-1);
	s->here.offset += len;
	return (1);
}

/* Of one that a prune record tells of only this much is known. */
static int
is_seal(const struct seal *a, const struct seal *b)
{
	return (strcmp(a->log, b->log) == 0 && a->epoch == b->epoch &&
	    memcmp(a->next, b->next, SEAL_KEY) == 0 && (b->last == 0 ||
	    memcmp(a->sig, b->sig, SEAL_SIG) == 0));
}

/* The next of the seals that are gone. */
static int
take_link(struct logscan *s, const char *line, size_t len)
{
	struct seal seal;
	int r;

	r = links_line(&s->links, &seal, line, len);
	if (r == -1 || s->links.size > s->pruned.links)
		return (stop(s, LOGSCAN_TAMPERED, s->pruned.record, &s->here,
		    "links"));
	if (r == 1 && s->joins && is_seal(&seal, &s->archived.last))
		s->joined = 1;
	if (r == 1 && s->seal_cb != NULL)
		s->seal_cb(&seal, s->seal_arg);
	return (s->links.size < s->pruned.links ? 0 : go_on_behind(s));
}

/* 1 where it is no record of the log, but comes before the first one. */
static int
is_before(const struct logscan *s, const char *line, size_t len)
{
	return (s->in_links || (s->res.last.number == 0 &&
	    s->pruned.record == 0 && s->promised == 0 &&
	    (record_begins(line, len, RECORD_PRUNE) == 1 ||
	    strcmp(s->here.file, LOG_PRUNED) == 0)));
}

static int
before(struct logscan *s, const char *line, size_t len)
{
	s->inthis++;
	if ((s->in_links ? take_link(s, line, len) :
	    begin_pruned(s, line, len)) == -1)
		return (-1);
	s->here.offset += len;
	return (0);
}

/* The record itself: is it what was said in front of the log? */
static int
is_other_prune(struct logscan *s, const struct record_head *head)
{
	if (s->pruned.record != head->number)
		return (0);
	s->prune_seen = 1;
	return (memcmp(s->prune_digest, head->digest, RECORD_DIGEST) != 0);
}

/* One that is well-formed and in its place; a seal may still be wrong. */
static int
take_line(struct logscan *s, const char *line, size_t len)
{
	struct record_head head = s->res.last;
	struct record_view v;
	const char *rule;

	record_step(&head, line, len);
	if (is_other_prune(s, &head))
		return (stop(s, LOGSCAN_TAMPERED, head.number, &s->here,
		    "prune"));
	rule = sealcheck_line(&s->seals, line, len, &s->res.last, head.digest);
	if (rule != NULL)
		return (stop(s, strcmp(rule, "key") == 0 ? LOGSCAN_KEY :
		    LOGSCAN_TAMPERED, head.number, &s->here, rule));
	if (s->cb != NULL && record_view(&v, line, len) == 0)
		s->cb(&v, line, len, s->here.offset, s->arg);
	s->res.last = head;
	s->last = s->here;
	if (s->seal_cb != NULL && s->seals.at == head.number)
		s->seal_cb(&s->seals.last, s->seal_arg);
	if (s->res.records++ == 0)
		s->res.first = s->res.last.number;
	see_head(s);
	return (0);
}

static int
one_line(const char *line, size_t len, void *arg)
{
	struct logscan *s = arg;
	const char *rule;
	uint64_t got;

	if (s->suspect)
		return (resolve(s, record_carries(line, len,
		    s->suspect_digest)));
	if (is_before(s, line, len))
		return (before(s, line, len));
	rule = record_check(line, len, &s->res.last, &got);
	if ((rule == NULL ? take_line(s, line, len) :
	    bad_line(s, line, len, rule, got)) == -1)
		return (-1);
	s->inthis++;
	s->here.offset += len;
	return (0);
}

static int
feed_lines(const void *data, size_t len, void *arg)
{
	struct logscan *s = arg;

	if (record_lines_feed(&s->lines, data, len, one_line, s) == 0)
		return (0);
	/* a line that has no end where it must have one */
	if (!s->done)
		(void)stop(s, LOGSCAN_TAMPERED, next_number(s), &s->here,
		    "format");
	return (-1);
}

int
logscan_feed(struct logscan *s, const void *data, size_t len)
{
	if (s->done)
		return (-1);
	if (s->unpack == NULL)
		return (feed_lines(data, len, s));
	if (unpack_feed(s->unpack, data, len, feed_lines, s) == 0)
		return (0);
	if (!s->done)
		(void)stop(s, LOGSCAN_TAMPERED, next_number(s), &s->here,
		    "packed");
	return (-1);
}

void
logscan_io(struct logscan *s, const char *file, const char *rule)
{
	struct log_place at;

	set_place(&at, file);
	if (!s->done)
		(void)stop(s, LOGSCAN_IO, next_number(s), &at, rule);
}

void
logscan_missing(struct logscan *s, const char *file)
{
	struct log_place at;

	if (s->done || s->suspect || file_done(s) == -1)
		return;
	set_place(&at, file);
	(void)missing(s, 0, &at);
}

int
logscan_expect(struct logscan *s, const struct record_head *head)
{
	if (head->number < s->res.last.number)
		return (-1);
	s->head = *head;
	see_head(s);
	return (0);
}

void
logscan_on_seal(struct logscan *s, logscan_seal_cb cb, void *arg)
{
	s->seal_cb = cb;
	s->seal_arg = arg;
}

const struct pruned *
logscan_pruned(const struct logscan *s)
{
	return (&s->pruned);
}

uint64_t
logscan_number(const struct logscan *s)
{
	return (s->res.last.number + (s->suspect != 0));
}

const struct sealcheck *
logscan_seals(const struct logscan *s)
{
	return (&s->seals);
}

void
logscan_resume(struct logscan *s, const struct record_head *head,
    const struct sealcheck *seals)
{
	s->res.last = *head;
	s->seals = *seals;
}

int
logscan_whole(const struct logscan *s, struct record_head *head,
    struct sealcheck *seals)
{
	if (s->done || s->suspect || record_lines_inside(&s->lines))
		return (-1);
	*head = s->res.last;
	*seals = s->seals;
	return (0);
}

/*
 * A changed last line is seen here only, and so is a log that was cut off
 * at the end of a line, or written anew.
 */
static void
check_head(struct logscan *s)
{
	if (s->head.number > s->res.last.number) {
		(void)stop(s, LOGSCAN_ROLLBACK, s->res.last.number,
		    &s->last, "rollback");
		s->res.missing_last = s->head.number;
	} else if (s->forked)
		(void)stop(s, LOGSCAN_FORK, s->head.number, &s->last, "fork");
}

/*
 * What is missing is only then not missing when the log says so itself, under
 * a seal.
 */
static void
check_prune(struct logscan *s)
{
	if (s->pruned.record == 0 || (!s->in_links && s->prune_seen &&
	    s->seals.at > s->pruned.record))
		return;
	s->res.unsaid = !s->in_links;
	if (s->in_links || !s->prune_seen) {
		(void)stop(s, LOGSCAN_TAMPERED, s->pruned.record, &s->here,
		    s->in_links ? "links" : "prune");
		return;
	}
	(void)stop(s, LOGSCAN_MISSING, s->res.cut_first, &s->here, "missing");
	s->res.missing_last = s->pruned.last.number;
}

enum logscan_status
logscan_end(struct logscan *s, struct logscan_result *res)
{
	if (!s->done)
		(void)file_done(s);
	if (!s->done && s->suspect) {
		s->res.ambiguous = s->head.number != next_number(s);
		(void)resolve(s, s->res.ambiguous ||
		    memcmp(s->head.digest, s->suspect_digest,
		    RECORD_DIGEST) == 0);
	}
	if (!s->done)
		check_prune(s);
	if (!s->done)
		check_head(s);
	*res = s->res;
	return (res->status);
}
