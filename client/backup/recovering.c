/* SPDX-License-Identifier: ISC */
/* A damaged log goes on without its end; see recovering.h. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/backup/backupfail.h"
#include "client/backup/logadd.h"
#include "client/backup/recovering.h"
#include "client/backup/restate.h"
#include "client/backup/setaside.h"
#include "client/out.h"
#include "common/record/sealfile.h"
#include "common/record/torn.h"
#include "common/role.h"

#define VAULT_NAME	"secrets.env"

/* Is that the trace of writing that was cut short, which a start mends? */
static int
is_torn(const struct recovering *r)
{
	uint8_t *p = NULL;
	size_t n = 0;
	int fd;

	fd = logseg_open(r->dirfd, LOG_CURRENT, O_RDONLY);
	if (fd != -1) {
		p = torn_end(fd, &r->res, &n);
		(void)close(fd);
	}
	freezero(p, n);
	return (p != NULL);
}

/* This command has said again what was removed; a start seals that. */
static int
is_restated(const struct recovering *r)
{
	return (r->res.status == LOGSCAN_MISSING && r->res.unsaid &&
	    sealfile_restored(r->dirfd, &r->seals, r->res.last.number));
}

/* Nothing that a start does not do by itself: 1; else 0. */
static int
is_good(const struct recovering *r)
{
	if (logseg_lost(r->dirfd, r->res.last.number + 1))
		return (0);
	return (r->res.status == LOGSCAN_OK || is_restated(r) || is_torn(r));
}

/*
 * What is there is good.  Is it all there is?  *whole is 0 where the key has
 * gone on behind another seal than the last, whose record is lost.  0, or -1
 * and *f.
 */
static int
look_at_key(const struct recovering *r, int *fits, int *whole, struct fail *f)
{
	int any;

	*whole = 1;
	*fits = sealfile_fits(r->dirfd, &r->seals, r->res.last.number);
	any = *fits == 0 ? sealfile_any(r->dirfd) : 0;
	if (*fits == -1 || any == -1)
		return (backup_errno(f, LOG_SEALKEY));
	if (any)
		*whole = 0;
	return (0);
}

/* All is there; an exit status. */
static int
tell_good(const struct recovering *r, int fits)
{
	if (fits) {
		printf("nothing is lost: the daemon can start\n");
		return (0);
	}
	printf("nothing is lost, but the daemon does not start: %s in %s is "
	    "missing, or is no key\n"
	    "put it back, or a log and a key that are of one time, or move "
	    "the directory away to begin a new log\n", LOG_SEALKEY, r->log);
	return (EXIT_ALTERED);
}

static void
see_line(const struct record_view *v, const char *line, size_t len,
    uint64_t offset, void *arg)
{
	struct recovering *r = arg;
	struct pruned what;

	(void)offset;
	if (v->kind == RECORD_PRUNE && pruned_read(&what, line, len) == 0)
		r->said = v->number;
}

static int
look(struct recovering *r, struct fail *f)
{
	struct logscan *scan;

	scan = logscan_new(see_line, r);
	logscan_dir(scan, r->dirfd);
	(void)logscan_end(scan, &r->res);
	r->seals = *logscan_seals(scan);
	r->front = *logscan_pruned(scan);
	logscan_free(scan);
	if (r->res.status != LOGSCAN_IO)
		return (0);
	fail_set(f, EXIT_IO, "%s in %s %s", r->res.file, r->log,
	    r->res.rule);
	return (-1);
}

/* The first record that is lost: behind the last, which may be it itself. */
static uint64_t
lost_from(const struct recovering *r)
{
	return (r->res.last.number + (r->res.status == LOGSCAN_OK ||
	    r->res.unsaid || r->res.record != r->res.last.number));
}

/* Does what stays begin behind what was removed, and not say so? */
static int
has_to_say(const struct recovering *r)
{
	return (r->res.last.number != 0 && r->front.record >= lost_from(r));
}

static int
read_all(int fd, struct buf *b)
{
	uint8_t part[65536];
	ssize_t n;

	while ((n = read(fd, part, sizeof(part))) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return (-1);
		buf_put(b, part, (size_t)n);
	}
	errno = EFBIG;
	return (b->bad ? -1 : 0);
}

static int
read_vault(const struct recovering *r, struct buf *b, struct fail *f)
{
	char *path;
	int fd, ret = 0;

	if (r->vault == NULL)
		return (0);
	xasprintf(&path, "%s/" VAULT_NAME, r->vault);
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1 && errno != ENOENT)
		ret = backup_errno(f, path);
	if (fd != -1 && read_all(fd, b) == -1)
		ret = backup_errno(f, path);
	if (fd != -1)
		(void)close(fd);
	free(path);
	return (ret);
}

/* What the log says of it; nothing runs before somebody has looked. */
static int
write_records(struct recovering *r, const struct setaside *s, struct fail *f)
{
	struct logstate ls;
	struct logadd l;
	struct buf vault;
	int ret;

	if (logstate_dir_cut(&ls, r->log, f) == -1)
		return (-1);
	buf_init(&vault, BACKUP_VAULT_MAX);
	logadd_begin(&l, &ls);
	ret = logadd_restored(r->log, ls.last.number + 1, f);
	if (ret == 0)
		ret = read_vault(r, &vault, f);
	if (ret == 0)
		ret = logadd_lost(&l, s, &r->res, r->why, f);
	if (ret == 0 && has_to_say(r))
		ret = restate(&l, s, r->why, f);
	if (ret == 0)
		ret = logadd_stop(&l, r->why, f);
	if (ret == 0 && vault.len != 0)
		ret = logadd_vault(&l, &vault, r->why, f);
	if (ret == 0)
		ret = setaside_end(s, &l.lines, f);
	logadd_free(&l);
	buf_free(&vault);
	return (ret);
}

static void
tell(const struct recovering *r, const struct setaside *s)
{
	struct buf b, line;

	if (r->json) {
		buf_init(&b, 1 << 20);
		field_u64(&b, "record", lost_from(r));
		field_u64(&b, "bytes", s->bytes);
		field_list(&b, "moved", &s->moved);
		field_list(&b, "digests", &s->digests);
		field_bool(&b, "seals", s->seals);
		buf_init(&line, 16U << 20);
		(void)field_json(&line, b.data, b.len, 0);
		buf_put_u8(&line, '\n');
		out_buf(stdout, &line);
		buf_free(&b);
		return;
	}
	printf("what was from record %llu on, %llu bytes, is in %s/%s\n",
	    (unsigned long long)lost_from(r), (unsigned long long)s->bytes,
	    r->log, s->name);
	if (s->seals)
		printf("other keys seal the log from here on: keep the one "
		    "that the daemon says when it starts\n");
	printf("an emergency stop is in force: clawbotd runs nothing until "
	    "clawbot resume\n");
}

/* What would be done; the status of a log that is not whole. */
static int
tell_loss(const struct recovering *r)
{
	if (is_good(r))
		printf("records from %llu on are missing, or %s in %s is of "
		    "another log: it does not go on behind the last seal, "
		    "record %llu\n"
		    "put back a log and a key that are of one time; else the "
		    "daemon would start with other keys, and an emergency "
		    "stop\n", (unsigned long long)lost_from(r), LOG_SEALKEY,
		    r->log, (unsigned long long)r->seals.at);
	else if (r->res.status == LOGSCAN_OK)
		printf("records from %llu on were moved away before, and the "
		    "log does not say so yet\n",
		    (unsigned long long)lost_from(r));
	else if (r->res.unsaid)
		printf("records from %llu on are missing, and with them what "
		    "says, under a seal, that those up to %llu were removed\n"
		    "the daemon would start again without them, with an "
		    "emergency stop\n", (unsigned long long)lost_from(r),
		    (unsigned long long)r->front.last.number);
	else
		printf("damaged: record=%llu offset=%llu rule=%s file=%s\n"
		    "%s would be lost: it is moved to a directory beside the "
		    "log, and the daemon starts again, with an emergency "
		    "stop\n", (unsigned long long)r->res.record,
		    (unsigned long long)r->res.offset, r->res.rule,
		    r->res.file, r->res.last.number == 0 ?
		    "nothing is good in front of that: all of the log" :
		    "what is from there on");
	printf("to do so: clawbot audit recover --accept-loss -r WHY\n");
	return (EXIT_ALTERED);
}

int
recovering_do(struct recovering *r, struct fail *f)
{
	struct setaside s;
	int fits, whole, ret;

	r->said = 0;
	if (look(r, f) == -1)
		return (-1);
	if (is_good(r)) {
		if (look_at_key(r, &fits, &whole, f) == -1)
			return (-1);
		if (whole)
			return (tell_good(r, fits));
	}
	if (!r->accept)
		return (tell_loss(r));
	if (setaside_init(&s, r->dirfd, lost_from(r), f) == -1)
		return (-1);
	if (has_to_say(r))
		s.gone = r->front.last.number;
	s.front = r->res.last.number == 0 ||
	    (r->front.record == 0 && (r->said == 0 ||
	    r->said >= lost_from(r)));
	ret = setaside_do(&s, &r->res, &r->seals, f);
	if (ret == 0)
		ret = write_records(r, &s, f);
	if (ret == 0)
		tell(r, &s);
	setaside_free(&s);
	return (ret);
}
