/* SPDX-License-Identifier: ISC */
/* The end of a log is moved away; see setaside.h. */
#include "config.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/backup/backupfail.h"
#include "client/backup/setaside.h"
#include "common/immutable.h"
#include "common/io.h"
#include "common/record/logseg.h"
#include "common/record/packed.h"
#include "common/record/pruned.h"
#include "common/record/record.h"
#include "common/record/sealfile.h"
#include "common/role.h"

#define ASIDE_NEW	LOG_STEM ".kept"	/* what stays of a file */
#define ASIDE_NAMES	100U
#define CURRENT_MODE	0640
#define ASIDE_CHUNK	65536U

/* What goes with the end of a log, and is made anew. */
static const char *const derived[] = {
	LOG_EXEC, LOG_NEXT, LOG_RESTORED, LOG_STEM ".known",
	LOG_STEM ".known.new", LOG_STEM ".packing", NULL
};

int
setaside_init(struct setaside *s, int dirfd, uint64_t record, struct fail *f)
{
	struct stat st;

	memset(s, 0, sizeof(*s));
	s->dirfd = dirfd;
	s->to = -1;
	logseg_lost_name(s->name, record);
	if (fstat(dirfd, &st) == -1)
		return (backup_errno(f, "log directory"));
	s->uid = st.st_uid;
	s->gid = st.st_gid;
	return (0);
}

static int
open_aside(struct setaside *s, struct fail *f)
{
	if (mkdirat(s->dirfd, s->name, 0700) == -1 && errno != EEXIST)
		return (backup_errno(f, s->name));
	s->to = openat(s->dirfd, s->name, O_RDONLY | O_DIRECTORY |
	    O_NOFOLLOW | O_CLOEXEC);
	if (s->to == -1 || (geteuid() == 0 && fchown(s->to, s->uid,
	    s->gid) == -1) || io_fsync(s->dirfd) == -1)
		return (backup_errno(f, s->name));
	return (0);
}

/* Durable in the place where it is new first. */
static int
sync_both(const struct setaside *s, struct fail *f)
{
	if (io_fsync(s->to) == -1 || io_fsync(s->dirfd) == -1)
		return (backup_errno(f, s->name));
	return (0);
}

/* A closed part may have been made immutable; what moves it is root. */
static int
lift(const struct setaside *s, const char *name, struct fail *f)
{
	int error, fd;

	if (!immutable_has(s->dirfd, name))
		return (0);
	if ((fd = logseg_open(s->dirfd, name, O_RDONLY)) == -1)
		return (backup_errno(f, name));
	error = immutable_set(fd, 0);
	(void)close(fd);
	if (error == 0)
		return (0);
	fail_set(f, EXIT_IO, "%s keeps its immutable attribute: %s", name,
	    immutable_why(error));
	return (-1);
}

/*
 * Moves a file, or with keep gives it a second name there.  What is there
 * under its name already is another one and stays; 0 where it is gone.
 */
static int
move(const struct setaside *s, const char *name, int keep, struct fail *f)
{
	char to[LOG_NAMEMAX + 8];
	unsigned i;
	int r = -1;

	if (lift(s, name, f) == -1)
		return (-1);
	errno = EEXIST;
	for (i = 0; r == -1 && errno == EEXIST && i < ASIDE_NAMES; i++) {
		(void)snprintf(to, sizeof(to), i == 0 ? "%s" : "%s.%u", name,
		    i);
		r = keep ? linkat(s->dirfd, name, s->to, to, 0) :
		    renameat2(s->dirfd, name, s->to, to, RENAME_NOREPLACE);
	}
	if (r == -1 && errno == ENOENT)
		return (0);
	if (r == -1)
		return (backup_errno(f, name));
	return (sync_both(s, f));
}

/* A segment of that number, in either form, and its copy of exec lines. */
static int
move_segment(const struct setaside *s, uint64_t first, struct fail *f)
{
	char plain[LOG_NAMEMAX], packed[LOG_NAMEMAX], exec[LOG_NAMEMAX];

	logseg_name(plain, LOG_STEM, first);
	logseg_packed_name(packed, first);
	logseg_name(exec, LOG_EXEC_STEM, first);
	return (move(s, exec, 0, f) == -1 || move(s, packed, 0, f) == -1 ||
	    move(s, plain, 0, f) == -1 ? -1 : 0);
}

/* Where the beginning of a file goes, as much of it as stays. */
struct keeping {
	int		 fd;
	uint64_t	 left;
	int		 err;		/* errno, or 0 */
};

static int
keep_piece(const void *p, size_t n, void *arg)
{
	struct keeping *k = arg;

	if (n > k->left)
		n = (size_t)k->left;
	if (io_write(k->fd, p, n) == -1) {
		k->err = errno;
		return (1);
	}
	k->left -= n;
	return (k->left == 0);
}

/* 0, or -1 with errno. */
static int
copy_beginning(int from, const char *name, int to, uint64_t n)
{
	struct keeping k = { to, n, 0 };
	struct unpack *u = packed_name(name) ? unpack_new() : NULL;
	uint8_t part[ASIDE_CHUNK];
	ssize_t got;
	int r = 0;

	while (r == 0 && (got = read(from, part, sizeof(part))) != 0) {
		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			k.err = errno;
		r = got == -1 ? -1 : u != NULL ? unpack_feed(u, part,
		    (size_t)got, keep_piece, &k) :
		    keep_piece(part, (size_t)got, &k);
	}
	unpack_free(u);
	if (k.left == 0 && k.err == 0)
		return (0);
	errno = k.err != 0 ? k.err : EIO;
	return (-1);
}

/*
 * ASIDE_NEW, durable: the first n bytes of what the segment says, and what is
 * to follow them.
 */
static int
make_kept(const struct setaside *s, const char *name, uint64_t n,
    const struct buf *more, struct fail *f)
{
	int from, to = -1, r = -1;
	struct stat st;

	/* what has that name need not be ours: it is not written to */
	(void)unlinkat(s->dirfd, ASIDE_NEW, 0);
	from = logseg_open(s->dirfd, name, O_RDONLY);
	if (from != -1 && fstat(from, &st) == 0)
		to = openat(s->dirfd, ASIDE_NEW, O_WRONLY | O_CREAT |
		    O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to != -1 && copy_beginning(from, name, to, n) == 0 &&
	    (more == NULL || io_write(to, more->data, more->len) == 0) &&
	    (geteuid() != 0 || fchown(to, st.st_uid, st.st_gid) == 0) &&
	    fchmod(to, st.st_mode & 07777) == 0 && io_fsync(to) == 0)
		r = 0;
	else
		(void)backup_errno(f, name);
	if (from != -1)
		(void)close(from);
	if (to != -1)
		(void)close(to);
	return (r);
}

/* The file with the damage keeps what is before it. */
static int
cut_file(const struct setaside *s, const char *name, uint64_t n,
    struct fail *f)
{
	char plain[LOG_NAMEMAX], exec[LOG_NAMEMAX];
	uint64_t first;
	int packed;

	first = logseg_first(name, &packed);
	if (n == 0)
		return (first != 0 ? move_segment(s, first, f) :
		    move(s, name, 0, f));
	if (make_kept(s, name, n, NULL, f) == -1)
		return (-1);
	(void)snprintf(plain, sizeof(plain), "%s", LOG_CURRENT);
	if (first != 0) {
		logseg_name(plain, LOG_STEM, first);
		/* it has more than what stays */
		logseg_name(exec, LOG_EXEC_STEM, first);
		if (move(s, exec, 0, f) == -1)
			return (-1);
	}
	if (!packed && move(s, name, 1, f) == -1)
		return (-1);
	if (renameat(s->dirfd, ASIDE_NEW, s->dirfd, plain) == -1 ||
	    io_fsync(s->dirfd) == -1)
		return (backup_errno(f, name));
	/* the plain one counts from here on */
	return (packed ? move(s, name, 0, f) : 0);
}

/*
 * The newest first, so that what is left is never a log that is whole.  All of
 * them where the file is NULL.
 */
static int
move_later(const struct setaside *s, const char *file, struct fail *f)
{
	struct logseg *segs;
	size_t i, n;
	uint64_t from;
	int next, packed, r = 0;

	if (logseg_list(s->dirfd, &segs, &n, &next) == -1)
		return (backup_errno(f, "log directory"));
	from = file != NULL ? logseg_first(file, &packed) : 0;
	for (i = n; r == 0 && i-- > 0 && (file == NULL ||
	    strcmp(segs[i].name, file) != 0);) {
		if (segs[i].first == 0)
			r = move(s, LOG_CURRENT, 0, f);
		else if (file == NULL || (from != 0 && segs[i].first > from))
			r = move_segment(s, segs[i].first, f);
	}
	free(segs);
	return (r);
}

/* What was left of a removal that only a lost record tells of. */
static int
move_gone(const struct setaside *s, struct fail *f)
{
	struct logseg *segs;
	size_t i, n;
	int next, r = 0;

	if (logseg_list(s->dirfd, &segs, &n, &next) == -1)
		return (backup_errno(f, "log directory"));
	for (i = 0; r == 0 && i < n; i++)
		if (segs[i].first != 0 && segs[i].first <= s->gone)
			r = move_segment(s, segs[i].first, f);
	free(segs);
	return (r);
}

static int
move_derived(const struct setaside *s, struct fail *f)
{
	size_t i;

	for (i = 0; derived[i] != NULL; i++)
		if (move(s, derived[i], 0, f) == -1)
			return (-1);
	if (s->front && (move(s, LOG_PRUNED, 0, f) == -1 ||
	    move(s, LOG_SEALS, 0, f) == -1))
		return (-1);
	return (0);
}

static int
move_lost(const struct setaside *s, const struct logscan_result *res,
    struct fail *f)
{
	if (move_gone(s, f) == -1)
		return (-1);
	if (res->status == LOGSCAN_OK || res->unsaid)
		return (0);
	if (res->last.number == 0)
		return (move_later(s, NULL, f));
	return (move_later(s, res->file, f) == -1 ? -1 :
	    cut_file(s, res->file, res->offset, f));
}

/* The keys of seals that are lost go on behind none that is left. */
static int
move_keys(struct setaside *s, const struct logscan_result *res,
    const struct sealcheck *seals, struct fail *f)
{
	int fits;

	fits = sealfile_fits(s->dirfd, seals, res->last.number);
	if (fits == -1)
		return (backup_errno(f, LOG_SEALKEY));
	if (!fits)
		s->seals = 1;
	return (s->seals ? move(s, LOG_SEALKEY, 0, f) : 0);
}

/* Its digest, and whether it has seals, or may. */
static int
see_file(struct setaside *s, const char *name, struct fail *f)
{
	static const char seal[] = " seal: {";
	crypto_generichash_state h;
	uint8_t part[ASIDE_CHUNK], digest[RECORD_DIGEST];
	char text[RECORD_P + 1], *path;
	size_t keep = 0;
	ssize_t n;
	int fd;

	if ((fd = logseg_open(s->to, name, O_RDONLY)) == -1)
		return (backup_errno(f, name));
	(void)crypto_generichash_init(&h, NULL, 0, sizeof(digest));
	while ((n = read(fd, part + keep, sizeof(part) - keep)) > 0) {
		(void)crypto_generichash_update(&h, part + keep,
		    (unsigned long long)n);
		s->bytes += (uint64_t)n;
		keep += (size_t)n;
		if (memmem(part, keep, seal, sizeof(seal) - 1) != NULL)
			s->seals = 1;
		/* one may stand across two pieces */
		if (keep > sizeof(seal)) {
			memmove(part, part + keep - sizeof(seal),
			    sizeof(seal));
			keep = sizeof(seal);
		}
	}
	(void)close(fd);
	if (n == -1)
		return (backup_errno(f, name));
	if (packed_name(name))
		s->seals = 1;
	(void)crypto_generichash_final(&h, digest, sizeof(digest));
	record_p(text, digest);
	xasprintf(&path, "%s/%s", s->name, name);
	strv_add(&s->moved, path);
	strv_add(&s->digests, text);
	free(path);
	return (0);
}

/* All that is there, also from an attempt that was ended. */
static int
see_all(struct setaside *s, struct fail *f)
{
	struct strv names = { NULL, 0 };
	const struct dirent *e;
	size_t i;
	DIR *d;
	int fd, r = 0;

	if ((fd = openat(s->to, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) ==
	    -1 || (d = fdopendir(fd)) == NULL)
		return (backup_errno(f, s->name));
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			strv_add(&names, e->d_name);
	(void)closedir(d);
	strv_sort(&names);
	for (i = 0; r == 0 && i < names.n; i++)
		r = see_file(s, names.v[i], f);
	strv_free(&names);
	return (r);
}

/* An empty one follows what is left, if that has none. */
static int
make_current(const struct setaside *s, struct fail *f)
{
	int fd;

	fd = openat(s->dirfd, LOG_CURRENT, O_WRONLY | O_CREAT | O_EXCL |
	    O_NOFOLLOW | O_CLOEXEC, CURRENT_MODE);
	if (fd == -1)
		return (errno == EEXIST ? 0 : backup_errno(f, LOG_CURRENT));
	if ((geteuid() == 0 && fchown(fd, s->uid, s->gid) == -1) ||
	    io_fsync(fd) == -1 || io_fsync(s->dirfd) == -1) {
		(void)close(fd);
		return (backup_errno(f, LOG_CURRENT));
	}
	(void)close(fd);
	return (0);
}

int
setaside_do(struct setaside *s, const struct logscan_result *res,
    const struct sealcheck *seals, struct fail *f)
{
	if (open_aside(s, f) == -1 || move_derived(s, f) == -1 ||
	    move_lost(s, res, f) == -1 || see_all(s, f) == -1 ||
	    move_keys(s, res, seals, f) == -1)
		return (-1);
	return (make_current(s, f));
}

/* A rename: what follows the end is all there, or nothing of it is. */
int
setaside_end(const struct setaside *s, const struct buf *lines,
    struct fail *f)
{
	struct stat st;

	if (fstatat(s->dirfd, LOG_CURRENT, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return (backup_errno(f, LOG_CURRENT));
	if (make_kept(s, LOG_CURRENT, (uint64_t)st.st_size, lines, f) == -1)
		return (-1);
	if (renameat(s->dirfd, ASIDE_NEW, s->dirfd, LOG_CURRENT) == -1 ||
	    io_fsync(s->dirfd) == -1)
		return (backup_errno(f, LOG_CURRENT));
	return (0);
}

void
setaside_free(struct setaside *s)
{
	if (s->to != -1)
		(void)close(s->to);
	strv_free(&s->moved);
	strv_free(&s->digests);
}
