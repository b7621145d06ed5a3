/* SPDX-License-Identifier: ISC */
/* What a log says; see logstate.h. */
#include "config.h"

#include <sys/file.h>

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/backup/backupfail.h"
#include "client/backup/logstate.h"
#include "common/record/logscan.h"
#include "common/record/pruned.h"
#include "common/role.h"

/* The last one says how many there are. */
static void
see_stop(struct logstate *ls, const struct record_view *v)
{
	char ev[16], scope[16];

	(void)record_member_u64(v->json, v->jsonlen, "after", &ls->stops);
	if (record_member_str(v->json, v->jsonlen, "ev", ev,
	    sizeof(ev)) > 0 && record_member_str(v->json, v->jsonlen, "scope",
	    scope, sizeof(scope)) > 0 && strcmp(scope, "all") == 0)
		ls->stop_all = strcmp(ev, "stop") == 0;
}

static void
see_vault(struct logstate *ls, const struct record_view *v, const char *key)
{
	uint8_t digest[BACKUP_DIGEST];
	char hex[2 * BACKUP_DIGEST + 1];
	uint64_t version;
	size_t n;

	if (record_member_u64(v->json, v->jsonlen, v->kind == RECORD_PRUNE ?
	    "vault_version" : "version", &version) == -1 ||
	    record_member_str(v->json, v->jsonlen, key, hex, sizeof(hex)) !=
	    sizeof(hex) - 1 || sodium_hex2bin(digest, sizeof(digest), hex,
	    sizeof(hex) - 1, NULL, &n, NULL) != 0 || n != sizeof(digest))
		return;
	ls->vault_version = version;
	memcpy(ls->vault_digest, digest, sizeof(digest));
}

/* What the records that are gone have said is in the one that removed them. */
static void
see_prune(struct logstate *ls, const struct record_view *v)
{
	const char *all;
	size_t n;

	see_vault(ls, v, "vault_digest");
	if (record_member_u64(v->json, v->jsonlen, "stops",
	    &ls->stops) == 0 && record_member(v->json, v->jsonlen,
	    "stop_all", &all, &n))
		ls->stop_all = *all == 't';
}

void
logstate_see(struct logstate *ls, const struct record_view *v)
{
	ls->last_us = v->time_us;
	if (v->kind == RECORD_STOP)
		see_stop(ls, v);
	else if (v->kind == RECORD_SECRET)
		see_vault(ls, v, "digest");
	else if (v->kind == RECORD_PRUNE)
		see_prune(ls, v);
}

static void
see_line(const struct record_view *v, const char *line, size_t len,
    uint64_t offset, void *arg)
{
	(void)line;
	(void)len;
	(void)offset;
	logstate_see(arg, v);
}

void
logstate_begin(struct logstate *ls)
{
	memset(ls, 0, sizeof(*ls));
	ls->scan = logscan_new(see_line, ls);
}

static int
is_log(const struct backup_file *file)
{
	const enum backup_part part = backup_part(file->name);

	return (part == PART_PRUNED || part == PART_SEALS ||
	    part == PART_SEGMENT || part == PART_LOG);
}

int
logstate_name(struct logstate *ls, const struct backup_file *file,
    struct fail *f)
{
	(void)f;
	/* what is wrong is told at the end */
	if (is_log(file))
		(void)logscan_file(ls->scan, file->name +
		    strlen(BACKUP_LOGDIR), backup_first(file->name),
		    backup_part(file->name) == PART_LOG);
	return (0);
}

int
logstate_data(struct logstate *ls, const void *p, size_t n, struct fail *f)
{
	(void)f;
	(void)logscan_feed(ls->scan, p, n);
	return (0);
}

int
logstate_file(struct logstate *ls, const struct backup_file *file, int fd,
    struct fail *f)
{
	char part[65536];
	uint64_t at;
	ssize_t n;

	if (!is_log(file))
		return (0);
	if (logstate_name(ls, file, f) == -1)
		return (-1);
	for (at = 0; at < file->size; at += (uint64_t)n) {
		n = pread(fd, part, file->size - at < sizeof(part) ?
		    (size_t)(file->size - at) : sizeof(part), (off_t)at);
		if (n == -1 && errno == EINTR) {
			n = 0;
			continue;
		}
		if (n <= 0) {
			errno = n == 0 ? EIO : errno;
			return (backup_errno(f, file->name));
		}
		if (logstate_data(ls, part, (size_t)n, f) == -1)
			return (-1);
	}
	return (0);
}

int
logstate_end(struct logstate *ls, struct fail *f)
{
	struct logscan_result res;

	(void)logscan_end(ls->scan, &res);
	logscan_free(ls->scan);
	ls->scan = NULL;
	ls->last = res.last;
	if (res.status == LOGSCAN_OK || (ls->cut && res.unsaid))
		return (0);
	fail_set(f, EXIT_ALTERED, "the log is not whole: record %llu at "
	    "offset %llu of %s, rule %s", (unsigned long long)res.record,
	    (unsigned long long)res.offset, res.file, res.rule != NULL ?
	    res.rule : "missing");
	fail_hint(f, "clawbot audit verify tells more; a copy of it as it is "
	    "can be made with tar");
	return (-1);
}

/*
 * One file of the directory, up to max bytes; one that may be missing is passed
 * over.
 */
static int
one_file(struct logstate *ls, int dirfd, const char *name, uint64_t max,
    int may, struct fail *f)
{
	struct backup_file file;
	int fd, r;

	(void)snprintf(file.name, sizeof(file.name), BACKUP_LOGDIR "%s", name);
	fd = logseg_open(dirfd, name, O_RDONLY);
	if (fd == -1)
		return (may && errno == ENOENT ? 0 : backup_errno(f, name));
	file.size = (uint64_t)lseek(fd, 0, SEEK_END);
	if (file.size > max)
		file.size = max;
	r = logstate_file(ls, &file, fd, f);
	(void)close(fd);
	return (r);
}

/*
 * The copy of the record that says what is gone, and the seals of that, of
 * which a crash may have left more.
 */
static int
before_all(struct logstate *ls, int dirfd, const struct logseg *segs,
    size_t n, struct fail *f)
{
	const struct pruned *gone = logscan_pruned(ls->scan);

	if (n == 0 || segs[0].first == 1)
		return (0);
	if (one_file(ls, dirfd, LOG_PRUNED, UINT64_MAX, 1, f) == -1)
		return (-1);
	if (gone->links == 0)
		return (0);
	return (one_file(ls, dirfd, LOG_SEALS, gone->links, 1, f));
}

static int
read_dir(struct logstate *ls, const char *dir, struct fail *f)
{
	struct logseg *segs;
	uint64_t cut;
	size_t n, i;
	int dirfd, next, r;

	if ((dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1 ||
	    logseg_list(dirfd, &segs, &n, &next) == -1) {
		(void)logstate_end(ls, f);
		return (backup_errno(f, dir));
	}
	r = before_all(ls, dirfd, segs, n, f);
	cut = logscan_pruned(ls->scan)->last.number;
	for (i = 0; r == 0 && i < n; i++)
		if (segs[i].first == 0 || segs[i].first > cut)
			r = one_file(ls, dirfd, segs[i].name, UINT64_MAX, 0,
			    f);
	free(segs);
	(void)close(dirfd);
	return (r == -1 ? -1 : logstate_end(ls, f));
}

int
logstate_dir(struct logstate *ls, const char *dir, struct fail *f)
{
	logstate_begin(ls);
	return (read_dir(ls, dir, f));
}

int
logstate_dir_cut(struct logstate *ls, const char *dir, struct fail *f)
{
	logstate_begin(ls);
	ls->cut = 1;
	return (read_dir(ls, dir, f));
}

int
logstate_hold(const char *dir, struct fail *f)
{
	int fd;

	fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return (backup_errno(f, dir));
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return (fd);
	(void)close(fd);
	fail_set(f, EXIT_TEMPFAIL, "an auditor writes to %s", dir);
	fail_hint(f, "stop the daemon first (systemctl stop clawbotd)");
	return (-1);
}
