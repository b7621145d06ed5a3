/* SPDX-License-Identifier: ISC */
/* Reading a log from its first record to its last. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/logscan.h"
#include "common/xmalloc.h"

/* Where a line stands. */
struct line_pos {
	char		 file[LOG_NAMEMAX];
	uint64_t	 offset;
};

struct logscan {
	logscan_cb		 cb;
	void			*arg;
	struct logscan_result	 res;
	int			 done;		/* res.status stands */

	uint64_t		 next;		/* number that must follow */
	struct line_pos		 last;		/* of the last good line */
	struct line_pos		 here;		/* of the line being read */
	uint64_t		 promised;	/* by the name of the file */
	int			 current;
	int			 infile;
	uint64_t		 inthis;	/* lines seen in this file */

	/* a line whose p is wrong, until the next link is seen */
	int			 suspect;
	struct line_pos		 suspect_at;
	uint8_t			 suspect_digest[RECORD_DIGEST];

	struct logscan_head	 head;		/* expected */
	int			 forked;	/* another line stands there */

	struct buf		 part;		/* a line without its end */
};

struct logscan *
logscan_new(logscan_cb cb, void *arg)
{
	struct logscan *s;

	s = xcalloc(1, sizeof(*s));
	s->cb = cb;
	s->arg = arg;
	s->next = 1;
	record_digest(s->res.head, NULL, 0);
	buf_init(&s->part, RECORD_MAX);
	return (s);
}

void
logscan_free(struct logscan *s)
{
	if (s == NULL)
		return;
	buf_free(&s->part);
	freezero(s, sizeof(*s));
}

static int
stop(struct logscan *s, enum logscan_status status, uint64_t record,
    const struct line_pos *at, const char *rule)
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
missing(struct logscan *s, uint64_t last, const struct line_pos *at)
{
	(void)stop(s, LOGSCAN_MISSING, s->next, at, "missing");
	s->res.missing_last = last;
	return (-1);
}

static void
set_place(struct line_pos *at, const char *name)
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
	if (s->part.len != 0 && s->suspect)
		return (0);	/* named at the end */
	if (s->part.len != 0 && !s->current)
		return (stop(s, LOGSCAN_TAMPERED, s->next, &s->here,
		    "format"));
	if (s->part.len != 0)
		return (stop(s, LOGSCAN_TRUNCATED, s->next, &s->here,
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
	set_place(&s->here, name);
	s->promised = first;
	s->current = current;
	s->infile = 1;
	s->inthis = 0;
	if (s->suspect || first == 0 || first == s->next)
		return (0);
	if (first > s->next)
		return (missing(s, first - 1, &s->here));
	return (stop(s, LOGSCAN_TAMPERED, first, &s->here, "number"));
}

/* Does this line carry that digest?  It need not be good otherwise. */
static int
carries(const char *line, size_t len, const uint8_t digest[RECORD_DIGEST])
{
	static const char tail[] = "\"}\n";
	const size_t n = RECORD_P + sizeof(tail) - 1;
	char p[RECORD_P + 1];

	record_p(p, digest);
	return (len > n && memcmp(line + len - n, p, RECORD_P) == 0 &&
	    memcmp(line + len - (sizeof(tail) - 1), tail,
	    sizeof(tail) - 1) == 0);
}

/* The suspect k+1 is as it was written: k was changed.  Or it was itself. */
static int
resolve(struct logscan *s, int intact)
{
	s->suspect = 0;
	if (intact)
		return (stop(s, LOGSCAN_TAMPERED, s->next - 1, &s->last,
		    "chain"));
	return (stop(s, LOGSCAN_TAMPERED, s->next, &s->suspect_at, "chain"));
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
	if (strcmp(rule, "number") == 0 && got > s->next &&
	    s->inthis == 0 && s->promised == 0 &&
	    !carries(line, len, s->res.head))
		return (missing(s, got - 1, &s->here));
	return (stop(s, LOGSCAN_TAMPERED, s->next, &s->here, rule));
}

/* Compares the last good line with the head that is known. */
static void
see_head(struct logscan *s)
{
	if (s->head.number != 0 && s->head.number == s->res.last)
		s->forked = memcmp(s->head.digest, s->res.head,
		    RECORD_DIGEST) != 0;
}

static int
one_line(struct logscan *s, const char *line, size_t len)
{
	struct record_view v;
	const char *rule;
	uint64_t got;

	if (s->suspect)
		return (resolve(s, carries(line, len, s->suspect_digest)));
	rule = record_check(line, len, s->next, s->res.head, &got);
	if (rule != NULL) {
		if (bad_line(s, line, len, rule, got) == -1)
			return (-1);
	} else {
		if (s->cb != NULL && record_view(&v, line, len) == 0)
			s->cb(&v, line, len, s->here.offset, s->arg);
		record_digest(s->res.head, line, len);
		s->last = s->here;
		s->res.last = s->next++;
		if (s->res.records++ == 0)
			s->res.first = s->res.last;
		see_head(s);
	}
	s->inthis++;
	s->here.offset += len;
	return (0);
}

/* The end of a line that began in an earlier piece. */
static int
end_part(struct logscan *s, const char *p, size_t n)
{
	int r;

	buf_put(&s->part, p, n);
	if (s->part.bad)
		return (stop(s, LOGSCAN_TAMPERED, s->next, &s->here,
		    "format"));
	r = one_line(s, (const char *)s->part.data, s->part.len);
	buf_reset(&s->part);
	return (r);
}

int
logscan_feed(struct logscan *s, const void *data, size_t len)
{
	const char *nl, *p = data;
	size_t n;

	while (!s->done && len != 0) {
		nl = memchr(p, '\n', len);
		n = nl != NULL ? (size_t)(nl - p) + 1 : len;
		if (nl == NULL) {
			buf_put(&s->part, p, n);
			if (s->part.bad)
				return (stop(s, LOGSCAN_TAMPERED, s->next,
				    &s->here, "format"));
		} else if (s->part.len != 0)
			(void)end_part(s, p, n);
		else
			(void)one_line(s, p, n);
		p += n;
		len -= n;
	}
	return (s->done ? -1 : 0);
}

void
logscan_io(struct logscan *s, const char *file, const char *rule)
{
	struct line_pos at;

	set_place(&at, file);
	if (!s->done)
		(void)stop(s, LOGSCAN_IO, s->next, &at, rule);
}

void
logscan_missing(struct logscan *s, const char *file)
{
	struct line_pos at;

	if (s->done || s->suspect || file_done(s) == -1)
		return;
	set_place(&at, file);
	(void)missing(s, 0, &at);
}

int
logscan_expect(struct logscan *s, const struct logscan_head *head)
{
	if (head->number < s->res.last)
		return (-1);
	s->head = *head;
	see_head(s);
	return (0);
}

/*
 * A changed last line is seen here only, and so is a log that was cut off
 * at the end of a line, or written anew.
 */
static void
check_head(struct logscan *s)
{
	if (s->head.number > s->res.last) {
		(void)stop(s, LOGSCAN_ROLLBACK, s->res.last, &s->last,
		    "rollback");
		s->res.missing_last = s->head.number;
	} else if (s->forked)
		(void)stop(s, LOGSCAN_FORK, s->head.number, &s->last, "fork");
}

enum logscan_status
logscan_end(struct logscan *s, struct logscan_result *res)
{
	if (!s->done)
		(void)file_done(s);
	if (!s->done && s->suspect) {
		s->res.ambiguous = s->head.number != s->next;
		(void)resolve(s, s->res.ambiguous ||
		    memcmp(s->head.digest, s->suspect_digest,
		    RECORD_DIGEST) == 0);
	}
	if (!s->done)
		check_head(s);
	*res = s->res;
	return (res->status);
}
