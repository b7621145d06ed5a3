/* SPDX-License-Identifier: ISC */
/* Checking a log: verdicts for people and exit statuses. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/verify.h"
#include "common/xmalloc.h"

struct verify {
	struct logscan	*scan;
};

static void
say_ok(struct verify_report *r, int known)
{
	char head[RECORD_P + 1];

	r->status = VERIFY_OK;
	record_p(head, r->res.last.digest);
	(void)snprintf(r->line, sizeof(r->line),
	    "OK records=%llu first=%llu last=%llu head=%s",
	    (unsigned long long)r->res.records,
	    (unsigned long long)r->res.first,
	    (unsigned long long)r->res.last.number, head);
	if (!known)
		(void)snprintf(r->note, sizeof(r->note), "note: the last "
		    "record is not yet covered by a following one");
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

static void
report(struct verify_report *r, int known)
{
	r->line[0] = r->note[0] = '\0';
	switch (r->res.status) {
	case LOGSCAN_OK:
		say_ok(r, known);
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

static void
end(struct logscan *s, const struct record_head *head,
    struct verify_report *r)
{
	int known = head != NULL && head->number != 0;

	memset(r, 0, sizeof(*r));
	/* too late means that the stream went on past the head */
	if (known && logscan_expect(s, head) == -1)
		known = 0;
	(void)logscan_end(s, &r->res);
	logscan_free(s);
	report(r, known);
}

void
verify_dir(const char *dir, const struct record_head *head,
    struct verify_report *r)
{
	struct logscan *s;
	int fd;

	s = logscan_new(NULL, NULL);
	if (head != NULL && head->number != 0)
		(void)logscan_expect(s, head);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		logscan_io(s, ".", errno == ENOENT ? "no such directory" :
		    errno == EACCES ? "permission denied" :
		    "cannot be opened as a directory");
	else
		logscan_dir(s, fd);
	memset(r, 0, sizeof(*r));
	(void)logscan_end(s, &r->res);
	logscan_free(s);
	if (fd != -1)
		(void)close(fd);
	report(r, head != NULL && head->number != 0);
}

struct verify *
verify_new(const char *name)
{
	struct verify *v;

	v = xcalloc(1, sizeof(*v));
	v->scan = logscan_new(NULL, NULL);
	(void)logscan_file(v->scan, name, 0, 1);
	return (v);
}

int
verify_feed(struct verify *v, const void *p, size_t n)
{
	return (logscan_feed(v->scan, p, n));
}

void
verify_end(struct verify *v, const struct record_head *head,
    struct verify_report *r)
{
	end(v->scan, head, r);
	freezero(v, sizeof(*v));
}
