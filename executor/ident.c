/* SPDX-License-Identifier: ISC */
/*
 * Finding and identifying programs.  Names are looked up with the root of
 * the run as the root, so a link means there what it will mean to the run;
 * magic links of /proc are never followed.
 */
#include "config.h"

#include <sys/stat.h>

#include <linux/openat2.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/fileop.h"
#include "common/io.h"
#include "common/within.h"
#include "executor/ident.h"
#include "executor/lack.h"
#include "executor/mnt.h"

#define NSEC	1000000000LL

void
trouble_set(struct trouble *t, enum cberr err, const char *fmt, ...)
{
	va_list ap;

	t->err = (uint16_t)err;
	va_start(ap, fmt);
	(void)vsnprintf(t->text, sizeof(t->text), fmt, ap);
	va_end(ap);
}

/*
 * The mode bits for the account.  Only to choose: the kernel asks again, and
 * knows access lists too, when the account itself executes the file.
 */
static int
may_execute(const struct stat *st, uid_t uid, gid_t gid)
{
	if (st->st_uid == uid)
		return ((st->st_mode & S_IXUSR) != 0);
	if (st->st_gid == gid)
		return ((st->st_mode & S_IXGRP) != 0);
	return ((st->st_mode & S_IXOTH) != 0);
}

/* 0, or the errno that says why this is not to be executed. */
static int
judge(const struct place *pl, const struct stat *st)
{
	if (S_ISDIR(st->st_mode))
		return (EISDIR);
	return (S_ISREG(st->st_mode) && may_execute(st, pl->uid, pl->gid) ? 0 :
	    EACCES);
}

static int
look(const struct place *pl, const char *path, struct stat *st)
{
	int fd, r;

	fd = mnt_open(pl->root, path, O_PATH, RESOLVE_IN_ROOT);
	if (fd == -1)
		return (errno);
	r = fstat(fd, st) == -1 ? errno : judge(pl, st);
	(void)close(fd);
	return (r);
}

/*
 * The same for a name in a directory that is open: one call in place of three.
 * Where links are not ours to follow, which is from the root of the place, they
 * are looked up by their path.  *absent: not even a link has that name.
 */
static int
look_in(const struct place *pl, const struct ident_dirs *open, size_t i,
    const char *name, const char *path, struct stat *st, int *absent)
{
	struct stat link;
	int e;

	if (open->fd[i] == AT_FDCWD)
		name = path;
	if (fstatat(open->fd[i], name, st, open->ours ? 0 :
	    AT_SYMLINK_NOFOLLOW) == 0)
		return (S_ISLNK(st->st_mode) ? look(pl, path, st) :
		    judge(pl, st));
	e = errno;
	*absent = e == ENOENT && (open->learn & 1U << i) != 0 &&
	    (!open->ours || fstatat(open->fd[i], name, &link,
	    AT_SYMLINK_NOFOLLOW) == -1);
	return (e);
}

static void
find_failed(struct trouble *t, int error, const char *word)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
		trouble_set(t, CBE_NOTFOUND, "%.200s: not found in the sandbox",
		    word);
		break;
	case EISDIR:
		trouble_set(t, CBE_CANTEXEC, "%.200s: is a directory", word);
		break;
	case EFBIG:
		trouble_set(t, CBE_CANTEXEC, "%.200s: is larger than 1 GB, "
		    "which is as much as is looked at", word);
		break;
	case EACCES:
		trouble_set(t, CBE_CANTEXEC, "%.200s: may not be executed by "
		    "the account of the run", word);
		break;
	default:
		trouble_set(t, lack_err(error, CBE_CANTEXEC), "%.200s: %s",
		    word, strerror(error));
		break;
	}
}

int
ident_pathdir(size_t i, char *dir, size_t size)
{
	const char *p = RUN_PATH;

	for (; i > 0; i--) {
		p += strcspn(p, ":");
		if (*p++ == '\0')
			return (0);
	}
	(void)snprintf(dir, size, "%.*s", (int)strcspn(p, ":"), p);
	return (1);
}

static int
find_in_path(const struct place *pl, const struct ident_dirs *open,
    const char *word, unsigned *absent, char *path, struct stat *st,
    struct trouble *t)
{
	int best = ENOENT, gone, e, n;
	char dir[64];
	size_t i;

	for (i = 0; ident_pathdir(i, dir, sizeof(dir)); i++) {
		if ((*absent & 1U << i) != 0)
			continue;
		gone = 0;
		n = snprintf(path, PLAN_MAXPATH, "%s/%s", dir, word);
		if (n >= PLAN_MAXPATH)
			e = ENAMETOOLONG;
		else if (open->fd[i] != -1)
			e = look_in(pl, open, i, word, path, st, &gone);
		else
			e = look(pl, path, st);
		if (e == 0)
			return (0);
		/* what comes first may be here, and not be seen */
		if (lack_is(e)) {
			best = e;
			break;
		}
		if (gone)
			*absent |= 1U << i;
		/* found, but not executable, is better than not found */
		if (e != ENOENT && e != ENOTDIR && best == ENOENT)
			best = e;
	}
	find_failed(t, best, word);
	return (-1);
}

/* No directory of RUN_PATH has it, or another one by its name. */
static const char *
meant(const char *word)
{
	return (strcmp(word, FILEOP_NAME) == 0 ? FILEOP_PATH : word);
}

/* That of a word with a slash; 0: it is too long. */
static int
word_path(const struct place *pl, const char *word, char path[PLAN_MAXPATH])
{
	int n;

	if (word[0] == '/')
		n = snprintf(path, PLAN_MAXPATH, "%s", word);
	else
		n = snprintf(path, PLAN_MAXPATH, "%s/%s", pl->cwd, word);
	return (n < PLAN_MAXPATH);
}

int
ident_find_in(const struct place *pl, const struct ident_dirs *open,
    const char *word, unsigned *absent, char path[PLAN_MAXPATH],
    struct stat *st, struct trouble *t)
{
	int e;

	if (word[0] == '\0') {
		find_failed(t, ENOENT, "\"\"");
		return (-1);
	}
	word = meant(word);
	if (strchr(word, '/') == NULL)
		return (find_in_path(pl, open, word, absent, path, st, t));
	e = word_path(pl, word, path) ? look(pl, path, st) : ENAMETOOLONG;
	if (e == 0)
		return (0);
	find_failed(t, e, word);
	return (-1);
}

int
ident_find(const struct place *pl, const char *word, char path[PLAN_MAXPATH],
    struct stat *st, struct trouble *t)
{
	static const struct ident_dirs none = { { -1, -1, -1, -1, -1, -1 },
	    0, 0 };
	unsigned absent = 0;

	return (ident_find_in(pl, &none, word, &absent, path, st, t));
}

/*
 * To be read, if it may be executed; or -1 and errno.  To open a fifo or a
 * device is to do something, so who was not led there by RUN_PATH looks first;
 * and what has become one since does not hold us up.
 */
static int
open_read(const struct place *pl, const char *path, struct stat *st)
{
	int fd, e;

	fd = mnt_open(pl->root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY,
	    RESOLVE_IN_ROOT);
	if (fd == -1)
		return (-1);
	e = fstat(fd, st) == -1 ? errno : judge(pl, st);
	if (e == 0 && (uint64_t)st->st_size > IDENT_MAXFILE)
		e = EFBIG;
	if (e == 0)
		return (fd);
	(void)close(fd);
	errno = e;
	return (-1);
}

int
ident_open(const struct place *pl, const char *path, struct stat *st,
    struct trouble *t)
{
	int fd, e;

	if ((e = look(pl, path, st)) != 0) {
		find_failed(t, e, path);
		return (-1);
	}
	if ((fd = open_read(pl, path, st)) != -1)
		return (fd);
	if (errno == EACCES)
		trouble_set(t, CBE_CANTEXEC, "%.200s: cannot be read, so it "
		    "cannot be identified", path);
	else
		find_failed(t, errno, path);
	return (-1);
}

/* The first one that there is, or -1: none, or one that is no such file. */
static int
open_in_path(const struct place *pl, const char *word,
    char path[PLAN_MAXPATH], struct stat *st)
{
	char dir[64];
	size_t i;
	int fd;

	for (i = 0; ident_pathdir(i, dir, sizeof(dir)); i++) {
		if (snprintf(path, PLAN_MAXPATH, "%s/%s", dir, word) >=
		    PLAN_MAXPATH)
			return (-1);
		fd = open_read(pl, path, st);
		if (fd != -1 || (errno != ENOENT && errno != ENOTDIR))
			return (fd);
	}
	return (-1);
}

int
ident_find_open(const struct place *pl, const char *word,
    char path[PLAN_MAXPATH], struct stat *st, struct trouble *t)
{
	const char *name = meant(word);
	int fd = -1;

	if (strchr(name, '/') == NULL)
		fd = open_in_path(pl, name, path, st);
	else if (word_path(pl, name, path) && look(pl, path, st) == 0)
		fd = open_read(pl, path, st);
	if (fd != -1)
		return (fd);
	/* why not, and is there another one behind it? */
	if (ident_find(pl, word, path, st, t) == -1)
		return (-1);
	return (ident_open(pl, path, st, t));
}

int
ident_name(const struct place *pl, int fd, char path[PLAN_MAXPATH])
{
	char link[64], full[PLAN_MAXPATH + 32];
	size_t plen = strlen(pl->prefix);
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, full, sizeof(full) - 1);
	if (n == -1 || (size_t)n == sizeof(full) - 1)
		return (-1);
	full[n] = '\0';
	if (strncmp(full, pl->prefix, plen) != 0 ||
	    (full[plen] != '/' && full[plen] != '\0') ||
	    (size_t)n - plen >= PLAN_MAXPATH) {
		errno = ENOENT;
		return (-1);
	}
	(void)snprintf(path, PLAN_MAXPATH, "%s",
	    full[plen] == '\0' ? "/" : full + plen);
	return (0);
}

void
ident_numbers(struct ident *id, const struct stat *st)
{
	memset(id->digest, 0, sizeof(id->digest));
	id->dev = (uint64_t)st->st_dev;
	id->ino = (uint64_t)st->st_ino;
	id->size = (uint64_t)st->st_size;
	id->mtime_ns = (int64_t)st->st_mtim.tv_sec * NSEC +
	    st->st_mtim.tv_nsec;
	id->ctime_ns = (int64_t)st->st_ctim.tv_sec * NSEC +
	    st->st_ctim.tv_nsec;
}

/*
 * to: where what was hashed is written, or -1.  1, 0 if it is of another size
 * by now, or -1 and errno.
 */
static int
hash_fd(int fd, uint64_t size, int to, uint8_t digest[PLAN_DIGEST])
{
	crypto_generichash_state st;
	static uint8_t buf[131072];
	uint64_t off = 0;
	ssize_t n;

	(void)crypto_generichash_init(&st, NULL, 0, PLAN_DIGEST);
	while (off < size) {
		n = pread(fd, buf, sizeof(buf), (off_t)off);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return (-1);
		if (n == 0 || (uint64_t)n > size - off)
			return (0);
		(void)crypto_generichash_update(&st, buf,
		    (unsigned long long)n);
		if (to != -1 && io_write(to, buf, (size_t)n) == -1)
			return (-1);
		off += (uint64_t)n;
	}
	(void)crypto_generichash_final(&st, digest, PLAN_DIGEST);
	return (1);
}

static int
fill_numbers(int fd, struct ident *id, struct trouble *t)
{
	struct stat st;

	if (fstat(fd, &st) == -1) {
		memset(id->digest, 0, sizeof(id->digest));
		trouble_set(t, lack_err(errno, CBE_CANTEXEC), "fstat: %s",
		    strerror(errno));
		return (-1);
	}
	ident_numbers(id, &st);
	return (0);
}

static int
fill(int fd, int to, struct ident *id, struct trouble *t)
{
	struct ident again;
	int r;

	if (fill_numbers(fd, id, t) == -1)
		return (-1);
	if ((r = hash_fd(fd, id->size, to, id->digest)) == -1) {
		trouble_set(t, lack_err(errno, CBE_CANTEXEC), "cannot be "
		    "read: %s", strerror(errno));
		return (-1);
	}
	if (fill_numbers(fd, &again, t) == -1)
		return (-1);
	if (r == 1 && ident_same(id, &again))
		return (0);
	trouble_set(t, CBE_CANTEXEC, "changed while it was read");
	return (-1);
}

int
ident_fill(int fd, int hash, struct ident *id, struct trouble *t)
{
	return (hash ? fill(fd, -1, id, t) : fill_numbers(fd, id, t));
}

int
ident_copy(int fd, int to, struct ident *id, struct trouble *t)
{
	return (fill(fd, to, id, t));
}

int
ident_same(const struct ident *a, const struct ident *b)
{
	static const uint8_t none[PLAN_DIGEST];

	if (a->dev != b->dev || a->ino != b->ino || a->size != b->size ||
	    a->mtime_ns != b->mtime_ns || a->ctime_ns != b->ctime_ns)
		return (0);
	if (memcmp(a->digest, none, PLAN_DIGEST) == 0 ||
	    memcmp(b->digest, none, PLAN_DIGEST) == 0)
		return (1);
	return (memcmp(a->digest, b->digest, PLAN_DIGEST) == 0);
}

/* Cuts the line behind "#!" up like the kernel does. */
static int
cut_shebang(char *line, int whole, struct shebang *sb)
{
	size_t n;
	char *p = line + strspn(line, " \t");

	n = strcspn(p, " \t");
	if (n == 0 || (!whole && p[n] == '\0'))
		return (-1);
	memcpy(sb->interp, p, n);
	sb->interp[n] = '\0';
	p += n;
	p += strspn(p, " \t");
	n = strlen(p);
	while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	memcpy(sb->arg, p, n);
	sb->arg[n] = '\0';
	return (0);
}

int
ident_script_in(const void *p, size_t n, const char *path, struct shebang *sb,
    struct trouble *t)
{
	char head[SHEBANG_MAX + 1];
	size_t len;

	if (n > SHEBANG_MAX)
		n = SHEBANG_MAX;
	memcpy(head, p, n);
	head[n] = '\0';
	/* EI_CLASS: 32-bit system calls kill a run */
	if (n >= 5 && memcmp(head, "\177ELF", 4) == 0 && head[4] == 2)
		return (0);
	if (n < 3 || memcmp(head, "#!", 2) != 0) {
		trouble_set(t, CBE_CANTEXEC, "%.200s: is neither a 64-bit "
		    "program nor a script with #!", path);
		return (-1);
	}
	/* a NUL ends the line too; what is behind it is not looked at */
	len = strcspn(head, "\n");
	head[len] = '\0';
	if (cut_shebang(head + 2, len < SHEBANG_MAX, sb) == 0 &&
	    sb->interp[0] == '/')
		return (1);
	trouble_set(t, CBE_CANTEXEC, "%.200s: its #! line names no program "
	    "by an absolute path", path);
	return (-1);
}

int
ident_script(int fd, const char *path, struct shebang *sb, struct trouble *t)
{
	char head[SHEBANG_MAX];
	ssize_t n;

	if ((n = pread(fd, head, sizeof(head), 0)) == -1) {
		trouble_set(t, lack_err(errno, CBE_CANTEXEC), "%.200s: %s",
		    path, strerror(errno));
		return (-1);
	}
	return (ident_script_in(head, (size_t)n, path, sb, t));
}

int
ident_granted(const char *path, const struct strv *grants)
{
	return (within_any(path, grants));
}

int
ident_in_grant(const char *path, const struct strv *read,
    const struct strv *write)
{
	return (ident_granted(path, read) || ident_granted(path, write));
}

int
ident_private(const char *path)
{
	static const char *const own[] = { "/tmp", "/dev", "/proc",
	    "/run/secrets" };
	size_t i;

	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (within_dir(path, own[i]))
			return (1);
	return (0);
}
