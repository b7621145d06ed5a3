/* SPDX-License-Identifier: ISC */
/* Records that restore and recover add; see logadd.h. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/backup/backupfail.h"
#include "client/backup/logadd.h"
#include "common/civil.h"
#include "common/estop.h"
#include "common/field.h"
#include "common/io.h"
#include "common/record/logseg.h"
#include "common/role.h"
#include "common/xmalloc.h"

/* Never before the record that it follows. */
static uint64_t
time_us(const struct logstate *ls)
{
	uint64_t us = 0;

	(void)civil_now(&us);
	return (us > ls->last_us ? us : ls->last_us);
}

void
logadd_begin(struct logadd *l, struct logstate *ls)
{
	l->ls = ls;
	l->n = 0;
	buf_init(&l->lines, 4 * RECORD_MAX);
}

void
logadd_free(struct logadd *l)
{
	buf_free(&l->lines);
}

int
logadd_append(const struct logadd *l, const char *dir, struct fail *f)
{
	struct stat st;
	char *path;
	int fd, r = 0;

	xasprintf(&path, "%s/" LOG_CURRENT, dir);
	fd = open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);
	if (fd != -1 && (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) ||
	    st.st_nlink != 1)) {
		(void)close(fd);
		fd = -1;
		errno = EINVAL;
	}
	if (fd == -1 || io_write(fd, l->lines.data, l->lines.len) == -1 ||
	    io_fsync(fd) == -1)
		r = backup_errno(f, path);
	if (fd != -1)
		(void)close(fd);
	free(path);
	return (r);
}

/* A record of a form that the role in by may make. */
static int
add(struct logadd *l, unsigned kind, unsigned by, struct buf *fields,
    struct fail *f)
{
	struct logstate *ls = l->ls;
	const char *bad;
	struct buf line;
	int r = -1;

	buf_init(&line, RECORD_MAX);
	bad = record_form_check(kind, by, fields->data, fields->len);
	if (bad != NULL)
		fail_set(f, EXIT_CLAWBOT, "cannot make a record: %s", bad);
	else if (fields->bad || record_line(&line, &ls->last, time_us(ls), kind,
	    fields->data, fields->len) == -1)
		fail_set(f, EXIT_CLAWBOT, "cannot make a record");
	else {
		r = 0;
		record_step(&ls->last, line.data, line.len);
		buf_put(&l->lines, line.data, line.len);
		l->n++;
	}
	buf_free(&line);
	buf_free(fields);
	return (r);
}

static void
put_who(struct buf *b, const char *why)
{
	size_t tok;

	field_str(b, "reason", why);
	tok = field_obj(b, "by");
	field_u64(b, "uid", getuid());
	field_u64(b, "pid", (uint64_t)getpid());
	field_end(b, tok);
}

int
logadd_restored(const char *dir, uint64_t number, struct fail *f)
{
	struct stat st;
	char *path;
	int fd, r = 0;

	xasprintf(&path, "%s/" LOG_RESTORED, dir);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    0640);
	if (fd == -1 || dprintf(fd, "%llu\n", (unsigned long long)number) < 0)
		r = backup_errno(f, path);
	free(path);
	xasprintf(&path, "%s/" LOG_CURRENT, dir);
	/* whose the log is */
	if (r == 0 && (stat(path, &st) == -1 || (geteuid() == 0 &&
	    fchown(fd, st.st_uid, st.st_gid) == -1) || io_fsync(fd) == -1))
		r = backup_errno(f, path);
	if (fd != -1)
		(void)close(fd);
	free(path);
	return (r);
}

int
logadd_stop(struct logadd *l, const char *why, struct fail *f)
{
	const struct logstate *ls = l->ls;
	struct estop e;
	struct buf b;

	memset(&e, 0, sizeof(e));
	e.scope = ESTOP_ALL;
	buf_init(&b, 16384);
	field_str(&b, "ev", "stop");
	estop_put(&b, &e);
	put_who(&b, why);
	field_u64(&b, "before", ls->stops);
	field_u64(&b, "after", ls->stops + (ls->stop_all ? 0 : 1));
	field_u64(&b, "runs", 0);
	field_u64(&b, "waiting", 0);
	/* it stands for one of the supervisor's */
	return (add(l, RECORD_STOP, RECORD_BY_SUPERVISOR, &b, f));
}

/* The version that a vault's file says it is, or 0. */
static uint64_t
vault_version(const struct buf *b)
{
	static const char word[] = "\n# version ";
	const uint8_t *at, *end;
	uint64_t v = 0;

	if (b->len == 0 || (at = memmem(b->data, b->len, word,
	    strlen(word))) == NULL)
		return (0);
	end = b->data + b->len;
	for (at += strlen(word); at < end && *at >= '0' && *at <= '9' &&
	    v < UINT64_MAX / 16; at++)
		v = v * 10 + (uint64_t)(*at - '0');
	return (v);
}

int
logadd_vault(struct logadd *l, const struct buf *vault, const char *why,
    struct fail *f)
{
	const struct logstate *ls = l->ls;
	uint8_t digest[BACKUP_DIGEST];
	struct buf b;

	(void)crypto_generichash(digest, sizeof(digest), vault->data,
	    vault->len, NULL, 0);
	if (ls->vault_version == 0 ||
	    memcmp(ls->vault_digest, digest, sizeof(digest)) == 0)
		return (0);
	buf_init(&b, 16384);
	field_str(&b, "ev", "restored");
	field_u64(&b, "version", vault_version(vault));
	field_hex(&b, "digest", digest, BACKUP_DIGEST);
	put_who(&b, why);
	return (add(l, RECORD_SECRET, RECORD_BY_OFFLINE, &b, f));
}

int
logadd_gone(struct logadd *l, struct buf *fields, const char *why,
    struct fail *f)
{
	const size_t at = l->lines.len;
	struct record_view v;

	put_who(fields, why);
	if (add(l, RECORD_PRUNE, RECORD_BY_OFFLINE, fields, f) == -1)
		return (-1);
	/* what follows has to know what it says of stops and the vault */
	if (record_view(&v, (char *)l->lines.data + at,
	    l->lines.len - at) == 0)
		logstate_see(l->ls, &v);
	return (0);
}

int
logadd_lost(struct logadd *l, const struct setaside *s,
    const struct logscan_result *res, const char *why, struct fail *f)
{
	struct buf b;

	buf_init(&b, RECORD_MAX);
	field_str(&b, "ev", "lost");
	field_u64(&b, "record", l->ls->last.number + 1);
	if (res->status != LOGSCAN_OK) {
		field_str(&b, "file", res->file);
		field_u64(&b, "offset", res->offset);
		field_str(&b, "rule", res->rule);
	}
	field_u64(&b, "bytes", s->bytes);
	field_list(&b, "moved", &s->moved);
	field_list(&b, "digests", &s->digests);
	field_bool(&b, "seals", s->seals);
	put_who(&b, why);
	return (add(l, RECORD_RECOVER, RECORD_BY_OFFLINE, &b, f));
}
