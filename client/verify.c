/* SPDX-License-Identifier: ISC */
/* Checking a log: verdicts for people and exit statuses. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/verify.h"
#include "common/civil.h"
#include "common/record/lines.h"
#include "common/record/pruned.h"
#include "common/xmalloc.h"

struct verify {
	struct logscan	*scan;
	struct verify_by by;
	int		 keyed;		/* its key has signed */
	int		 sized;		/* a seal of that size, and root */
	int		 other;		/* of that size, and another root */
	logscan_cb	 line;
	logscan_seal_cb	 cb;
	void		*arg;
	logscan_cb	 line_too;
	void		*arg_too;
	const char	*name;		/* of the stream */
	uint64_t	 segment;	/* the last one of an archive, or 0 */
	int		 skipping;	/* what is in that, of a stream */
	int		 began;		/* its first line has come */
	struct record_lines lines;
};

static void
on_seal(const struct seal *s, void *arg)
{
	struct verify *v = arg;

	if (v->by.keyed && strcmp(s->log, v->by.log) == 0 &&
	    memcmp(s->key, v->by.key, SEAL_KEY) == 0)
		v->keyed = 1;
	if (s->last == v->by.size && memcmp(s->root, v->by.root,
	    TREE_HASH) == 0)
		v->sized = 1;
	else if (s->last == v->by.size)
		v->other = 1;
	if (v->cb != NULL)
		v->cb(s, v->arg);
}

static void
on_line(const struct record_view *view, const char *line, size_t len,
    uint64_t offset, void *arg)
{
	const struct verify *v = arg;

	if (v->line != NULL)
		v->line(view, line, len, offset, v->arg);
	if (v->line_too != NULL)
		v->line_too(view, line, len, offset, v->arg_too);
}

struct verify *
verify_new(const char *name, const struct verify_by *by)
{
	struct verify *v;

	v = xcalloc(1, sizeof(*v));
	if (by != NULL)
		v->by = *by;
	v->scan = logscan_new(NULL, NULL);
	logscan_on_seal(v->scan, on_seal, v);
	v->name = name;
	record_lines_init(&v->lines);
	if (name != NULL)
		(void)logscan_file(v->scan, name, 0, 1);
	return (v);
}

void
verify_archive(struct verify *v, int dirfd)
{
	v->segment = logscan_archive(v->scan, dirfd);
	if (v->name == NULL)
		return;
	v->skipping = 1;
	(void)logscan_file(v->scan, v->name, 0, 1);
}

/*
 * Is it not the first one behind the archive?  Neither is what stands in front
 * of a log whose beginning was removed: a copy of a record, and seals.
 */
static int
skip_line(const char *line, size_t len, void *arg)
{
	struct verify *v = arg;
	struct record_view r;
	const int first = !v->began;
	int gap;

	v->began = 1;
	if (first && v->skipping && record_view(&r, line, len) == 0 &&
	    r.kind == RECORD_PRUNE &&
	    (gap = logscan_gap(v->scan, line, len)) != 0) {
		v->skipping = 0;
		return (gap == 1 ? 0 : -1);
	}
	if (v->skipping && (record_view(&r, line, len) == -1 ?
	    strncmp(line, "log ", 4) == 0 || strncmp(line, "seal ", 5) == 0 :
	    r.number <= logscan_number(v->scan) || (first &&
	    r.kind == RECORD_PRUNE)))
		return (0);
	v->skipping = 0;
	return (logscan_feed(v->scan, line, len));
}

void
verify_lines(struct verify *v, logscan_cb line, logscan_seal_cb seal,
    void *arg)
{
	logscan_on_line(v->scan, on_line, v);
	v->line = line;
	v->cb = seal;
	v->arg = arg;
}

void
verify_lines_too(struct verify *v, logscan_cb line, void *arg)
{
	logscan_on_line(v->scan, on_line, v);
	v->line_too = line;
	v->arg_too = arg;
}

static void
say_ok(struct verify_report *r)
{
	char head[RECORD_P + 1];
	size_t n;

	r->status = VERIFY_OK;
	record_p(head, r->res.last.digest);
	(void)snprintf(r->line, sizeof(r->line),
	    "OK records=%llu first=%llu last=%llu head=%s",
	    (unsigned long long)r->res.records,
	    (unsigned long long)r->res.first,
	    (unsigned long long)r->res.last.number, head);
	n = strlen(r->line);
	if (r->sealed != 0)
		(void)snprintf(r->line + n, sizeof(r->line) - n,
		    " sealed=%llu", (unsigned long long)r->sealed);
}

/* Whole, but for what the log itself says is gone. */
static void
say_pruned(struct verify_report *r)
{
	char head[RECORD_P + 1];

	r->status = VERIFY_MISSING;
	record_p(head, r->res.last.digest);
	(void)snprintf(r->line, sizeof(r->line),
	    "PRUNED first=%llu last=%llu record=%llu; the rest is whole: "
	    "records=%llu first=%llu last=%llu head=%s sealed=%llu",
	    (unsigned long long)r->res.cut_first,
	    (unsigned long long)r->res.cut, (unsigned long long)r->res.prune,
	    (unsigned long long)r->res.records,
	    (unsigned long long)r->res.first,
	    (unsigned long long)r->res.last.number, head,
	    (unsigned long long)r->sealed);
}

/* What an OK leaves open: the end of the log, and whose seals these are. */
static void
note_open(struct verify_report *r, const struct verify *v, int known)
{
	const char *end = "", *whose = "";
	char bare[128] = "";

	if (!known && r->sealed == 0)
		end = "the last record is not yet covered by a following one";
	else if (!known && r->sealed != r->res.last.number)
		end = "records behind the last seal can be cut off unseen";
	if (v->by.keyed && !v->keyed)
		whose = "that key has sealed nothing yet";
	else if (r->sealed != 0 && !v->keyed)
		whose = "whose seals these are only a public key tells that "
		    "was kept elsewhere (-k)";
	if (r->res.joined != 0 && r->res.joined < r->res.cut_first - 1)
		(void)snprintf(bare, sizeof(bare), "%sno seal that is there "
		    "covers records %llu to %llu of the archive",
		    *end != '\0' || *whose != '\0' ? "; " : "",
		    (unsigned long long)r->res.joined + 1,
		    (unsigned long long)r->res.cut_first - 1);
	if (*end != '\0' || *whose != '\0' || *bare != '\0')
		(void)snprintf(r->note, sizeof(r->note), "note: %s%s%s%s", end,
		    *end != '\0' && *whose != '\0' ? "; " : "", whose, bare);
}

/* Records that a seal should cover. */
static void
say_unsealed(struct verify_report *r)
{
	r->status = VERIFY_UNSEALED;
	if (r->sealed == r->res.last.number) {
		(void)snprintf(r->line, sizeof(r->line),
		    "UNSEALED sealed=%llu: that key has sealed nothing yet",
		    (unsigned long long)r->sealed);
		return;
	}
	(void)snprintf(r->line, sizeof(r->line),
	    "UNSEALED first=%llu last=%llu",
	    (unsigned long long)r->sealed + 1,
	    (unsigned long long)r->res.last.number);
	(void)snprintf(r->note, sizeof(r->note), "note: a log that is in use "
	    "has such records for a minute; of others the seals were taken "
	    "away");
}

static void
say_key(struct verify_report *r)
{
	r->status = VERIFY_KEY;
	if (r->res.status == LOGSCAN_KEY)
		(void)snprintf(r->line, sizeof(r->line),
		    "WRONGKEY record=%llu offset=%llu file=%s",
		    (unsigned long long)r->res.record,
		    (unsigned long long)r->res.offset, r->res.file);
	else
		(void)snprintf(r->line, sizeof(r->line),
		    "WRONGKEY sealed=%llu: that key has not sealed this log",
		    (unsigned long long)r->sealed);
}

/* The key is of an earlier series of seals. */
static void
say_restored(struct verify_report *r)
{
	r->status = VERIFY_KEY;
	(void)snprintf(r->line, sizeof(r->line),
	    "WRONGKEY record=%llu sealed=%llu: other keys have sealed this log "
	    "from there on", (unsigned long long)r->series,
	    (unsigned long long)r->sealed);
	(void)snprintf(r->note, sizeof(r->note), "note: that is so of a log "
	    "that was restored, without its keys; the daemon named the new one "
	    "when it started");
}

/* "WORD record=... offset=... rule=... file=..." */
static void
say_record(struct verify_report *r, enum verify_status status,
    const char *word)
{
	r->status = status;
	(void)snprintf(r->line, sizeof(r->line),
	    "%s record=%llu offset=%llu rule=%s file=%s", word,
	    (unsigned long long)r->res.record,
	    (unsigned long long)r->res.offset, r->res.rule, r->res.file);
	if (r->res.ambiguous)
		(void)snprintf(r->note, sizeof(r->note), "note: record %llu "
		    "or %llu; nothing that follows tells which",
		    (unsigned long long)r->res.record,
		    (unsigned long long)r->res.record + 1);
}

static void
say_missing(struct verify_report *r)
{
	char last[24] = "unknown";

	r->status = VERIFY_MISSING;
	if (r->res.missing_last != 0)
		(void)snprintf(last, sizeof(last), "%llu",
		    (unsigned long long)r->res.missing_last);
	(void)snprintf(r->line, sizeof(r->line),
	    "MISSING first=%llu last=%s file=%s",
	    (unsigned long long)r->res.record, last, r->res.file);
}

static void
say_rollback(struct verify_report *r)
{
	r->status = VERIFY_ROLLBACK;
	(void)snprintf(r->line, sizeof(r->line),
	    "ROLLBACK record=%llu expected=%llu file=%s",
	    (unsigned long long)r->res.record,
	    (unsigned long long)r->res.missing_last, r->res.file);
}


/* A checkpoint that was kept, and no such seal. */
static void
say_other_tree(struct verify_report *r, const struct verify *v)
{
	r->status = VERIFY_ROLLBACK;
	(void)snprintf(r->line, sizeof(r->line),
	    "%s sealed=%llu expected=%llu", v->other ||
	    r->sealed > v->by.size ? "FORK" : "ROLLBACK",
	    (unsigned long long)r->sealed, (unsigned long long)v->by.size);
}

/*
 * Is the last seal too old for a log that goes on?  With a key the end that the
 * daemon names is not enough: it is its auditor's word, which may have been
 * taken over, and seals every quarter of an hour and at so many records.
 */
static int
is_stale(const struct verify_report *r)
{
	uint64_t us = 0;

	(void)civil_now(&us);
	return (r->res.last.number - r->sealed > VERIFY_BEHIND ||
	    r->seal.time_us + VERIFY_STALE_US < us);
}

/* The log is whole; is it the one that is known, up to its end? */
static void
report_whole(struct verify_report *r, const struct verify *v, int known)
{
	uint64_t behind = r->res.last.number - r->sealed;
	int upcoming = v->by.keyed && r->sealed != 0 &&
	    strcmp(r->seal.log, v->by.log) == 0 &&
	    memcmp(r->seal.next, v->by.key, SEAL_KEY) == 0;

	if (v->by.keyed && !v->keyed && r->sealed != 0 && !upcoming)
		say_key(r);
	else if (v->keyed && strcmp(r->seal.log, v->by.log) != 0)
		say_restored(r);
	else if (v->by.size != 0 && !v->sized)
		say_other_tree(r, v);
	else if (v->by.keyed ? !v->keyed || (known ? is_stale(r) :
	    behind != 0) : !known && r->sealed != 0 && behind > VERIFY_BEHIND)
		say_unsealed(r);
	else {
		if (r->res.cut != 0)
			say_pruned(r);
		else
			say_ok(r);
		note_open(r, v, known);
	}
}

static void
report(struct verify_report *r, const struct verify *v, int known)
{
	r->line[0] = r->note[0] = '\0';
	switch (r->res.status) {
	case LOGSCAN_OK:
		report_whole(r, v, known);
		return;
	case LOGSCAN_TAMPERED:
		say_record(r, VERIFY_TAMPERED, "TAMPERED");
		return;
	case LOGSCAN_TRUNCATED:
		say_record(r, VERIFY_TRUNCATED, "TRUNCATED");
		return;
	case LOGSCAN_FORK:
		say_record(r, VERIFY_ROLLBACK, "FORK");
		return;
	case LOGSCAN_ROLLBACK:
		say_rollback(r);
		return;
	case LOGSCAN_KEY:
		say_key(r);
		return;
	case LOGSCAN_MISSING:
		say_missing(r);
		return;
	case LOGSCAN_IO:
		break;
	}
	r->status = VERIFY_IO;
	(void)snprintf(r->line, sizeof(r->line), "ERROR file=%s %s",
	    r->res.file, r->res.rule);
}

int
verify_whole(const struct verify_report *r)
{
	return (!r->beside && (r->status == VERIFY_OK ||
	    (r->status == VERIFY_MISSING && r->res.status == LOGSCAN_OK)));
}

int
verify_good(const struct verify_report *r)
{
	return (!r->beside && (verify_whole(r) ||
	    r->status == VERIFY_UNSEALED));
}

int
verify_feed(struct verify *v, const void *p, size_t n)
{
	if (!v->skipping && !record_lines_inside(&v->lines))
		return (logscan_feed(v->scan, p, n));
	return (record_lines_feed(&v->lines, p, n, skip_line, v));
}

void
verify_end(struct verify *v, const struct record_head *head,
    struct verify_report *r)
{
	const struct sealcheck *seals = logscan_seals(v->scan);
	int known = head != NULL && head->number != 0;

	memset(r, 0, sizeof(*r));
	/* too late means that the stream went on past the head */
	if (known && logscan_expect(v->scan, head) == -1)
		known = 0;
	(void)logscan_end(v->scan, &r->res);
	r->sealed = seals->at;
	r->seal = seals->last;
	r->series = seals->series;
	r->gone = logscan_pruned(v->scan)->seals.tree;
	logscan_free(v->scan);
	record_lines_free(&v->lines);
	report(r, v, known);
	freezero(v, sizeof(*v));
}

void
verify_end_dir(struct verify *v, const char *dir, struct verify_report *r)
{
	struct record_head head = v->by.head;
	const char *why = NULL;
	int fd;

	if (head.number != 0)
		(void)logscan_expect(v->scan, &head);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1) {
		why = errno == ENOENT ? "no such directory" :
		    errno == EACCES ? "permission denied" :
		    "cannot be opened as a directory";
		logscan_io(v->scan, ".", why);
	} else {
		logscan_dir_from(v->scan, fd, v->segment == 0 ? 0 :
		    v->segment + 1, NULL, NULL);
		(void)close(fd);
	}
	verify_end(v, &head, r);
	/* which it is has no room where files of the log are named */
	if (why != NULL && r->status == VERIFY_IO)
		(void)snprintf(r->line, sizeof(r->line),
		    "ERROR directory=%s %s", dir, why);
}

void
verify_dir_by(const char *dir, const struct verify_by *by,
    struct verify_report *r)
{
	verify_end_dir(verify_new(NULL, by), dir, r);
}

void
verify_dir(const char *dir, const struct record_head *head,
    struct verify_report *r)
{
	struct verify_by by;

	memset(&by, 0, sizeof(by));
	if (head != NULL)
		by.head = *head;
	verify_dir_by(dir, &by, r);
}
