/* SPDX-License-Identifier: ISC */
/* Files of an archive; see archive.h. */
#include "config.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/archive.h"
#include "client/archiveput.h"
#include "client/logquery.h"
#include "client/segends.h"
#include "client/verify.h"
#include "common/cberr.h"
#include "common/io.h"
#include "common/msg.h"
#include "common/outfile.h"
#include "common/record/logseg.h"
#include "common/record/pruned.h"
#include "common/role.h"
#include "common/xmalloc.h"

#define ARCHIVE_NAMES	(1024U * 1024)	/* bytes of a page of names */

static int
failed(struct fail *f, const char *dir, const char *name)
{
	fail_set(f, EXIT_IO, "%s/%s: %s", dir, name, strerror(errno));
	return (-1);
}

static int
open_dir(int dirfd, const char *path, int flags)
{
	return (openat(dirfd, path, flags | O_DIRECTORY | O_CLOEXEC));
}

static int
has_file(int dirfd, const char *name)
{
	struct stat st;

	return (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode));
}

/* Where an auditor writes, who keeps the keys of its seals beside the log. */
static int
is_log(int dirfd)
{
	return (has_file(dirfd, LOG_SEALKEY) && (has_file(dirfd,
	    LOG_CURRENT) || has_file(dirfd, LOG_NEXT)));
}

static int
is_same(int a, int b)
{
	struct stat x, y;

	return (fstat(a, &x) == 0 && fstat(b, &y) == 0 &&
	    x.st_dev == y.st_dev && x.st_ino == y.st_ino);
}

/*
 * Is it a log's, or in one?  What is to be in other hands would stay in the
 * auditor's.
 */
static int
is_in_log(int dirfd)
{
	int fd = dirfd, up, found = 0, top = 0;

	while (!found && !top) {
		found = is_log(fd);
		up = open_dir(fd, "..", O_PATH);
		top = up == -1 || is_same(up, fd);
		if (fd != dirfd)
			(void)close(fd);
		fd = up;
	}
	if (fd != -1)
		(void)close(fd);
	return (found);
}

int
archive_open(struct archive *a, const char *path, const struct cli *cli,
    struct fail *f)
{
	memset(a, 0, sizeof(*a));
	a->path = path;
	a->cli = cli;
	a->outfd = -1;
	if ((a->fd = open_dir(AT_FDCWD, path, O_RDONLY)) == -1) {
		fail_set(f, errno == EACCES ? EXIT_NOPERM : EXIT_USAGE,
		    "%s: %s", path, strerror(errno));
		return (-1);
	}
	if (is_in_log(a->fd)) {
		fail_set(f, EXIT_USAGE, "%s is a log's own directory, or in "
		    "one", path);
		fail_hint(f, "an archive is what the daemon cannot change: "
		    "give a directory elsewhere");
		return (-1);
	}
	if (flock(a->fd, LOCK_EX | LOCK_NB) == -1) {
		fail_set(f, EXIT_TEMPFAIL, "%s: %s", path,
		    errno == EWOULDBLOCK ? "another one writes there" :
		    strerror(errno));
		return (-1);
	}
	return (0);
}

void
archive_close(struct archive *a)
{
	if (a->fd != -1)
		(void)close(a->fd);
	if (a->outfd != -1)
		(void)close(a->outfd);
	query_free(a->q);
	progress_end(&a->progress);
	archivestay_free(a);
}

/* Both ends of one of the archive's own. */
static int
own_ends(const struct archive *a, const struct logseg *seg, struct segends *e)
{
	int fd, r;

	if ((fd = logseg_open(a->fd, seg->name, O_RDONLY)) == -1)
		return (-1);
	r = segends_file(e, fd, seg->packed);
	(void)close(fd);
	return (r);
}

int
archive_end(const struct archive *a, struct record_head *last, struct fail *f)
{
	struct logseg *segs;
	struct segends e;
	int next, r = 0;
	size_t n;

	memset(last, 0, sizeof(*last));
	if (logseg_list(a->fd, &segs, &n, &next) == -1)
		return (failed(f, a->path, "."));
	if (n != 0 && own_ends(a, &segs[n - 1], &e) == -1) {
		fail_set(f, VERIFY_TAMPERED, "%s/%s cannot be read as a part "
		    "of a log", a->path, segs[n - 1].name);
		r = -1;
	} else if (n != 0)
		*last = e.last;
	free(segs);
	return (r);
}

/* Does the one of the archive's that begins there begin with that line? */
static int
has_line(const struct archive *a, const struct record_head *first)
{
	struct logseg *segs;
	int next, has = 0;
	struct segends e;
	size_t i, n;

	if (logseg_list(a->fd, &segs, &n, &next) == -1)
		return (0);
	for (i = 0; i < n && segs[i].first != first->number; i++)
		;
	if (i < n && own_ends(a, &segs[i], &e) == 0)
		has = memcmp(e.first.digest, first->digest,
		    sizeof(first->digest)) == 0;
	free(segs);
	return (has);
}

/* It may be packed by now, or gone. */
static int
not_there(struct fail *f, const char *name)
{
	fail_set(f, EXIT_TEMPFAIL, "%s has changed in the log's directory "
	    "since it was listed", name);
	fail_hint(f, "if it was packed meanwhile, the next attempt finds it; "
	    "otherwise \"clawbot audit verify\" tells what is there");
	return (-1);
}

int
archive_part(struct archive *a, uint64_t first, const char *name,
    const uint8_t digest[ARCHIVE_DIGEST], struct fail *f)
{
	const struct query_ask ask = { QUERY_PART, first, 0 };

	switch (archiveput_file(a, &ask, a->fd, name, digest, f)) {
	case PUT_DONE:
		return (0);
	case PUT_OTHER:
		return (not_there(f, name));
	case PUT_FAILED:
		break;
	}
	return (-1);
}

int
archive_joins(struct archive *a, const struct record_head *end,
    uint64_t first, const char *name, struct fail *f)
{
	const struct query_ask ask = { QUERY_PART, first, 0 };
	struct segends_read read;
	struct segends e;
	int r, packed;

	(void)logseg_first(name, &packed);
	segends_begin(&read, packed);
	r = archiveput_ends(a, &ask, &read, f);
	if (segends_end(&read, &e) == -1 || r == -1)
		return (r == -1 ? -1 : not_there(f, name));
	if (e.first.number == first && (first == end->number + 1 ?
	    memcmp(e.behind, end->digest, sizeof(e.behind)) == 0 :
	    has_line(a, &e.first)))
		return (0);
	fail_set(f, VERIFY_TAMPERED, "%s is an archive of another log, or was "
	    "changed: %s of the log does not go on there", a->path, name);
	fail_hint(f, "nothing was put there: an empty directory begins another "
	    "archive");
	return (-1);
}

/* The copy of the record, and, where it has some, the seals that are gone. */
int
archive_before(struct archive *a, struct fail *f)
{
	const struct query_ask ask = { QUERY_PRUNED, 0, 0 };
	const struct query_ask seals = { QUERY_SEALS, 0, 0 };
	struct pruned what;
	struct buf b;
	int r;

	buf_init(&b, PRUNED_LINE);
	r = archiveput_get(a, &ask, &b, f);
	if (r == 0 && pruned_read(&what, (char *)b.data, b.len) == -1) {
		fail_set(f, VERIFY_TAMPERED, LOG_PRUNED " beside the log is "
		    "no record of what is gone");
		fail_hint(f, "\"clawbot audit verify\" tells of the log");
		r = -1;
	}
	if (r == 0 && what.links != 0 && archiveput_file(a, &seals, a->fd,
	    LOG_SEALS, NULL, f) != PUT_DONE)
		r = -1;
	if (r == 0 && archiveput_file(a, &ask, a->fd, LOG_PRUNED, NULL,
	    f) != PUT_DONE)
		r = -1;
	buf_free(&b);
	return (r);
}

static int
open_output(struct archive *a, struct fail *f)
{
	if (mkdirat(a->fd, OUTFILE_DIR, 0700) == -1 && errno != EEXIST)
		return (failed(f, a->path, OUTFILE_DIR));
	a->outfd = open_dir(a->fd, OUTFILE_DIR, O_RDONLY | O_NOFOLLOW);
	if (a->outfd == -1 || io_fsync(a->fd) == -1)
		return (failed(f, a->path, OUTFILE_DIR));
	return (0);
}

/* The same in the other form: was it packed since it was listed? */
static int
put_other(struct archive *a, const char *name, struct query_ask *ask,
    struct fail *f)
{
	char other[OUTFILE_NAME];

	if (f->status != cberr_exit(CBE_NOENT))
		return (-1);
	if (ask->query == QUERY_PACKED) {
		outfile_name(other, ask->count, ask->run);
		ask->query = QUERY_STORED;
	} else {
		outfile_packed_name(other, ask->count, ask->run);
		ask->query = QUERY_PACKED;
	}
	if (archiveput_file(a, ask, a->outfd, other, NULL, f) == PUT_DONE)
		return (0);
	return (f->status == cberr_exit(CBE_NOENT) ? not_there(f, name) : -1);
}

/* The last one that the daemon has named. */
struct last_output {
	uint64_t	 intent;	/* of its run; 0: there was none yet */
	char		 name[OUTFILE_NAME];
};

/* One more: no other name gets a file, and none comes twice. */
static int
put_output(struct archive *a, const char *name, uint64_t last,
    struct last_output *n, struct fail *f)
{
	struct query_ask ask = { QUERY_STORED, 0, 0 };
	int packed;

	if (outfile_parse(name, &ask.count, &ask.run, &packed) == -1 ||
	    ask.count > last || strcmp(name, n->name) <= 0) {
		fail_set(f, EXIT_CLAWBOT, "wrong answer from the daemon: no "
		    "name of what is stored");
		return (-1);
	}
	n->intent = ask.count;
	(void)snprintf(n->name, sizeof(n->name), "%s", name);
	if (packed)
		ask.query = QUERY_PACKED;
	if (a->outfd == -1 && open_output(a, f) == -1)
		return (-1);
	if (archiveput_file(a, &ask, a->outfd, name, NULL, f) == PUT_DONE)
		return (0);
	return (put_other(a, name, &ask, f));
}

/* Of the first runs behind that of n, which is then the last of these. */
static int
put_page(struct archive *a, uint64_t last, struct last_output *n,
    struct fail *f)
{
	const struct query_ask ask = { QUERY_NAMES, last, n->intent };
	char *names, *at, *name;
	struct buf b;
	int r;

	buf_init(&b, ARCHIVE_NAMES);
	if (archiveput_get(a, &ask, &b, f) == -1) {
		buf_free(&b);
		return (-1);
	}
	at = names = buf_text(&b);
	r = 0;
	while (r == 0 && (name = strsep(&at, "\n")) != NULL)
		if (*name != '\0')
			r = put_output(a, name, last, n, f);
	free(names);
	return (r);
}

int
archive_output(struct archive *a, uint64_t last, struct fail *f)
{
	struct last_output n = { 0, "" };
	uint64_t before;

	do {
		before = n.intent;
		if (put_page(a, last, &n, f) == -1)
			return (-1);
	} while (n.intent != before);
	return (0);
}

int
archive_sync(const struct archive *a, struct fail *f)
{
	if (io_fsync(a->fd) == -1)
		return (failed(f, a->path, "."));
	if (a->outfd != -1 && io_fsync(a->outfd) == -1)
		return (failed(f, a->path, OUTFILE_DIR));
	return (0);
}
