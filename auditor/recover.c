/* SPDX-License-Identifier: ISC */
/*
 * The start: nobody else may write here, all of the log must be whole (what
 * was read before and not touched since is, see known.h), what a crash left
 * half written is moved aside, and runs that nobody will report on any more
 * are closed.  What is not whole stops the start; nothing is ever repaired in
 * silence.
 */
#include "config.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "auditor/auditor.h"
#include "auditor/fixing.h"
#include "auditor/recfields.h"
#include "auditor/startread.h"
#include "common/civil.h"
#include "common/field.h"
#include "common/io.h"
#include "common/log.h"
#include "common/record/sealfile.h"
#include "common/record/torn.h"
#include "common/xmalloc.h"

#define LOCK_TRIES	100
#define LOCK_NS		20000000	/* between two: 2 s together */
#define TORN_FILES	10U	/* for one place */

/* The auditor of a daemon that has just crashed may still finish. */
static int
lock_dir(int fd)
{
	const struct timespec tick = { 0, LOCK_NS };
	int i;

	for (i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return (0);
		if (errno != EWOULDBLOCK)
			break;
		(void)nanosleep(&tick, NULL);
	}
	return (-1);
}

static void
lock(struct auditor *a, const char *dir)
{
	struct segment *s = &a->chain.seg;

	s->dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dirfd == -1)
		rolemain_fail(a->rm, EXIT_IO, "log directory %s: %s",
		    a->rm->root, strerror(errno));
	if (lock_dir(s->dirfd) == -1)
		rolemain_fail(a->rm, errno == EWOULDBLOCK ? EXIT_CONFIG :
		    EXIT_IO, "log directory %s: %s", a->rm->root,
		    errno == EWOULDBLOCK ? "another auditor writes there" :
		    strerror(errno));
}

static int
exists(int dirfd, const char *name)
{
	struct stat st;

	return (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0);
}

/*
 * gateway.next without gateway.log: the crash came between the two renames
 * of a rotation, or in the first moments of a log.  With it: before them.
 */
static void
finish_rotation(struct auditor *a)
{
	struct segment *s = &a->chain.seg;
	int r;

	if (!exists(s->dirfd, LOG_NEXT))
		return;
	if (exists(s->dirfd, LOG_CURRENT))
		r = unlinkat(s->dirfd, LOG_NEXT, 0);
	else
		r = renameat(s->dirfd, LOG_NEXT, s->dirfd, LOG_CURRENT);
	if (r == -1 || segment_syncdir(s) == -1)
		rolemain_fail(a->rm, EXIT_IO, "%s in %s: %s", LOG_NEXT,
		    a->rm->root, strerror(errno));
}

static void
list_old(struct auditor *a)
{
	struct segment *s = &a->chain.seg;
	struct logseg *segs;
	size_t i, n;
	int next;

	if (logseg_list(s->dirfd, &segs, &n, &next) == -1)
		rolemain_fail(a->rm, EXIT_IO, "log directory %s: %s",
		    a->rm->root, strerror(errno));
	if (n == 0 && exists(s->dirfd, LOG_EXEC))
		rolemain_fail(a->rm, EXIT_CONFIG, "%s is missing in %s, which "
		    "is not a new log directory: put it back, or move the "
		    "directory away to begin a new log", LOG_CURRENT,
		    a->rm->root);
	s->old = xcalloc(n + 1, sizeof(*s->old));
	for (i = 0; i < n && segs[i].first != 0; i++)
		s->old[s->nold++] = segs[i].first;
	free(segs);
	/* an empty directory is a new log; only then is nothing missing */
	if (n == 0 && segment_open(s) == -1)
		rolemain_fail(a->rm, EXIT_IO, "%s in %s: %s", LOG_CURRENT,
		    a->rm->root, strerror(errno));
}

static void __attribute__((__noreturn__))
damaged(struct auditor *a, const struct logscan_result *res)
{
	if (res->status == LOGSCAN_IO)
		rolemain_fail(a->rm, EXIT_IO, "%s in %s %s", res->file,
		    a->rm->root, res->rule);
	rolemain_fail(a->rm, EXIT_CONFIG, "the log is not whole: record %llu "
	    "at offset %llu of %s in %s, rule %s; nothing runs on a log that "
	    "was changed or damaged: look at it with \"clawbot audit verify "
	    "%s\", then put back what is missing, or go on without the rest "
	    "by \"clawbot audit recover\"", (unsigned long long)res->record,
	    (unsigned long long)res->offset, res->file, a->rm->root,
	    res->rule, a->rm->root);
}

/* Its end was moved away, and it does not tell of that yet. */
static void
check_lost(struct auditor *a)
{
	char name[LOG_NAMEMAX];

	if (!logseg_lost(a->chain.seg.dirfd, a->chain.tail.number + 1))
		return;
	logseg_lost_name(name, a->chain.tail.number + 1);
	rolemain_fail(a->rm, EXIT_CONFIG, "the end of the log in %s was moved "
	    "to %s, and the log does not say so yet: finish that by \"clawbot "
	    "audit recover --accept-loss -r WHY\"", a->rm->root, name);
}

/*
 * "audit recover" has said again what was removed, behind a loss: the next seal
 * is the first one that can cover it.
 */
static int
is_restated(const struct auditor *a, const struct log_found *f)
{
	return (f->res.status == LOGSCAN_MISSING && f->res.unsaid &&
	    sealfile_restored(a->chain.seg.dirfd, &f->seals,
	    f->res.last.number));
}

/* The i-th file for what was torn off where the next record goes. */
static void
torn_name(const struct auditor *a, unsigned i, char name[LOG_NAMEMAX])
{
	(void)snprintf(name, LOG_NAMEMAX, i == 0 ? LOG_STEM ".torn-%012llu" :
	    LOG_STEM ".torn-%012llu.%u",
	    (unsigned long long)a->chain.tail.number + 1, i);
}

/* A copy that is durable before the original is cut. */
static void
save_torn(struct auditor *a, const uint8_t *p, size_t n)
{
	struct segment *s = &a->chain.seg;
	char name[LOG_NAMEMAX];
	unsigned i;
	int fd;

	for (i = 0; i < TORN_FILES; i++) {
		torn_name(a, i, name);
		if (!exists(s->dirfd, name))
			break;
	}
	fd = openat(s->dirfd, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW |
	    O_CLOEXEC, 0600);
	if (fd == -1 || io_write(fd, p, n) == -1 || io_fsync(fd) == -1 ||
	    segment_syncdir(s) == -1)
		rolemain_fail(a->rm, EXIT_IO, "%s in %s: %s", name,
		    a->rm->root, strerror(errno));
	(void)close(fd);
	log_warnx("%zu bytes of an unfinished write moved to %s", n, name);
}

/* A torn end, n bytes; ends the process where it is something else. */
static uint8_t *
need_torn(struct auditor *a, const struct logscan_result *res, size_t *n)
{
	uint8_t *p;

	_Static_assert(CHAIN_BATCH <= TORN_BATCH, "a batch that is torn");
	if ((p = torn_end(a->chain.seg.fd, res, n)) != NULL)
		return (p);
	if (errno != 0)
		rolemain_fail(a->rm, EXIT_IO, "%s in %s: %s", LOG_CURRENT,
		    a->rm->root, strerror(errno));
	damaged(a, res);
}

/* Moves it aside. */
static void
cut_torn(struct auditor *a, uint8_t *p, size_t n, uint64_t offset)
{
	struct segment *s = &a->chain.seg;

	save_torn(a, p, n);
	freezero(p, n);
	if (ftruncate(s->fd, (off_t)offset) == -1 || io_fsync(s->fd) == -1)
		rolemain_fail(a->rm, EXIT_IO, "%s in %s: %s", LOG_CURRENT,
		    a->rm->root, strerror(errno));
}

/* Adds one such file to the lists of the record; its size, or 0. */
static uint64_t
see_torn(struct auditor *a, const char *name, struct strv *names,
    struct strv *digests)
{
	uint8_t digest[32], *p;
	char text[RECORD_P + 1];
	struct stat st;
	ssize_t n;
	int fd;

	fd = openat(a->chain.seg.dirfd, name, O_RDONLY | O_NOFOLLOW |
	    O_CLOEXEC);
	if (fd == -1 || fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) ||
	    st.st_size > (off_t)TORN_MAX)
		rolemain_fail(a->rm, EXIT_IO, "%s in %s cannot be read", name,
		    a->rm->root);
	p = xmalloc((size_t)st.st_size + 1);
	if ((n = read(fd, p, (size_t)st.st_size)) != (ssize_t)st.st_size)
		rolemain_fail(a->rm, EXIT_IO, "%s in %s cannot be read", name,
		    a->rm->root);
	(void)close(fd);
	record_digest(digest, p, (size_t)n);
	record_p(text, digest);
	freezero(p, (size_t)n);
	strv_add(names, name);
	strv_add(digests, text);
	return ((uint64_t)n);
}

static void
append(struct auditor *a, unsigned kind, struct buf *b, size_t open)
{
	enum chain_append r;
	uint64_t number;

	r = chain_append(&a->chain, kind, RECORD_BY_AUDITOR, b, open,
	    &number);
	buf_free(b);
	if (r == CHAIN_FULL)
		rolemain_fail(a->rm, EXIT_IO, "log directory %s is full",
		    a->rm->root);
	if (r == CHAIN_BAD)
		rolemain_fail(a->rm, EXIT_SYSTEM, "cannot make a record: %s",
		    a->chain.bad);
}

/*
 * Files that are named after the next record are not told of in the log yet,
 * also where a crash came between the cut and the record.
 */
static void
record_torn(struct auditor *a)
{
	struct strv names = { NULL, 0 }, digests = { NULL, 0 };
	char name[LOG_NAMEMAX];
	struct buf b;
	unsigned i;

	for (i = 0; i < TORN_FILES; i++) {
		torn_name(a, i, name);
		if (!exists(a->chain.seg.dirfd, name))
			break;
		a->torn += see_torn(a, name, &names, &digests);
	}
	buf_init(&b, 16384);
	field_str(&b, "ev", "torn");
	field_u64(&b, "bytes", a->torn);
	field_list(&b, "moved", &names);
	field_list(&b, "digests", &digests);
	if (names.n != 0)
		append(a, RECORD_RECOVER, &b, a->runs.n);
	buf_free(&b);
	strv_free(&names);
	strv_free(&digests);
}

/* Nobody changes it unseen, though it proves nothing. */
static void
record_changed(void *arg, const char *name, uint64_t bytes, uint64_t good)
{
	struct auditor *a = arg;
	struct buf b;

	log_warnx("%s in %s is not what the log says: it is made anew", name,
	    a->rm->root);
	buf_init(&b, 4096);
	field_str(&b, "ev", "rewritten");
	field_str(&b, "file", name);
	field_u64(&b, "bytes", bytes);
	field_u64(&b, "good", good);
	append(a, RECORD_RECOVER, &b, a->runs.n);
	chain_commit(&a->chain);
}

/*
 * Every plain segment's exec lines; the current one's stays open.  1 if a
 * closed one was looked at.
 */
static int
complete_exec(struct auditor *a, const struct known_log *k)
{
	struct segment *s = &a->chain.seg;
	char name[LOG_NAMEMAX];
	struct execlog x;
	struct stat st;
	int fd, some = 0;
	size_t i;

	for (i = 0; i < s->nold; i++) {
		logseg_name(name, LOG_STEM, s->old[i]);
		if (known_exec(a, k, i) || !exists(s->dirfd, name))
			continue;
		some = 1;
		fd = logseg_open(s->dirfd, name, O_RDONLY);
		if (fd == -1 || fstat(fd, &st) == -1) {
			log_warn("exec lines of segment %zu", i);
		} else {
			execlog_open(&x, s->dirfd, s->old[i]);
			x.changed = record_changed;
			x.arg = a;
			execlog_follow(&x, fd, (uint64_t)st.st_size);
			execlog_close(&x);
		}
		if (fd != -1)
			(void)close(fd);
	}
	execlog_open(&s->exec, s->dirfd, 0);
	s->exec.changed = record_changed;
	s->exec.arg = a;
	execlog_follow(&s->exec, s->fd, s->size);
	s->exec.changed = NULL;
	return (some);
}

/* All of it is whole: the next start need not read what is closed. */
static void
keep_known(struct auditor *a, struct log_found *f, int news)
{
	closed_begin(a, &f->known, &f->state, f->believed && !news);
}

/* Somebody wrote there what no start left. */
static void
record_wrong(struct auditor *a, const struct log_found *f)
{
	struct buf b;

	if (!f->wrong)
		return;
	log_warnx("%s in %s is not what the last start left there: all of "
	    "the log was read", KNOWN_FILE, a->rm->root);
	buf_init(&b, 4096);
	field_str(&b, "ev", "reread");
	field_str(&b, "file", KNOWN_FILE);
	field_hex(&b, "digest", f->digest, sizeof(f->digest));
	append(a, RECORD_RECOVER, &b, a->runs.n);
}

/* The file as it is goes on. */
static void
take_current(struct auditor *a)
{
	struct segment *s = &a->chain.seg;
	struct stat st;

	if (fstat(s->fd, &st) == -1 ||
	    segment_know(s, (uint64_t)st.st_size) == -1)
		rolemain_fail(a->rm, EXIT_IO, "%s: %s", LOG_CURRENT,
		    strerror(errno));
	s->reserved = s->size;
	if (s->size == 0)
		s->first = a->chain.tail.number + 1;
}

void
recover_log(struct auditor *a, const char *dir, uint64_t limit)
{
	struct segment *s = &a->chain.seg;
	struct log_found f;
	uint8_t *torn = NULL;
	size_t ntorn = 0;
	uint64_t gone;
	int news;

	chain_init(&a->chain);
	s->limit = limit;
	lock(a, dir);
	finish_rotation(a);
	list_old(a);
	startread(a, &f);
	a->chain.tail = a->chain.durable = f.res.last;
	if (is_restated(a, &f)) {
		f.res.status = LOGSCAN_OK;
		sealing_ask(a);
	}
	if (f.res.status == LOGSCAN_MISSING || f.res.status == LOGSCAN_IO)
		damaged(a, &f.res);
	check_lost(a);
	if (s->fd == -1 && segment_open(s) == -1)
		rolemain_fail(a->rm, EXIT_IO, "%s in %s: %s", LOG_CURRENT,
		    a->rm->root, strerror(errno));
	if (f.res.status != LOGSCAN_OK)
		torn = need_torn(a, &f.res, &ntorn);
	/* before anything is changed: it may be the wrong log */
	sealing_open(a, &f.seals);
	if (torn != NULL)
		cut_torn(a, torn, ntorn, f.res.offset);
	take_current(a);
	record_torn(a);
	record_wrong(a, &f);
	/* a segment that was not known has no exec lines that are */
	news = complete_exec(a, &f.known);
	news |= fixing_start(a, &f.known);
	if ((gone = gone_finish(a)) != 0) {
		known_forget(&f.known, gone);
		fixed_forget(a, gone);
	}
	keep_known(a, &f, gone != 0 || news);
}

void
recover_records(struct auditor *a, const uint8_t digest[32],
    const char *path)
{
	const struct open_run *run;
	uint64_t us = 0;
	struct buf b;

	(void)civil_now(&us);
	gone_now(&a->gone, us, a->chain.tail.number + 1);
	/* each of them has its room, if it was to be had */
	while (a->runs.n != 0) {
		run = &a->runs.v[0];
		buf_init(&b, 4096);
		recfields_lost(&b, run);
		outstore_found(&a->output, run->id, run->record, &b);
		append(a, RECORD_EXEC, &b, a->runs.n - 1);
		openruns_del(&a->runs, run->id);
		a->lost++;
	}
	buf_init(&b, 16384);
	field_str(&b, "ev", "load");
	field_str(&b, "path", path);
	field_hex(&b, "digest", digest, 32);
	append(a, RECORD_CONFIG, &b, 0);
	buf_init(&b, 4096);
	field_str(&b, "ev", "start");
	field_str(&b, "version", CB_VERSION);
	fixed_record(&b, a);
	closed_put(a, &b);
	append(a, RECORD_SESSION, &b, 0);
}
