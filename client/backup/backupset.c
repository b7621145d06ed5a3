/* SPDX-License-Identifier: ISC */
/* What goes into a backup; see backupset.h. */
#include "config.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/backup/backupfail.h"
#include "client/backup/backupset.h"
#include "client/backup/logstate.h"
#include "common/civil.h"
#include "common/record/logseg.h"
#include "common/record/pruned.h"
#include "common/role.h"
#include "common/xmalloc.h"

#define SET_TRIES	200
#define SET_NS		50000000	/* between two: 10 s together */
#define SET_VAULT	"secrets.env"

/* A whole file; -1 and errno, or EFBIG. */
static int
slurp(int dirfd, const char *name, struct buf *b, size_t max)
{
	uint8_t part[65536];
	ssize_t n;
	int fd;

	buf_init(b, max);
	fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC |
	    O_NONBLOCK);
	if (fd == -1)
		return (-1);
	while ((n = read(fd, part, sizeof(part))) > 0 ||
	    (n == -1 && errno == EINTR))
		if (n > 0)
			buf_put(b, part, (size_t)n);
	(void)close(fd);
	if (n == 0 && b->bad)
		errno = EFBIG;
	return (n == 0 && !b->bad ? 0 : -1);
}

static void
add_file(struct backup_set *s, const char *dir, const char *name, int fd,
    uint64_t size)
{
	char full[BACKUP_NAME + 1];

	(void)snprintf(full, sizeof(full), "%s%s", dir, name);
	s->fds = xrecallocarray(s->fds, s->head.n, s->head.n + 1,
	    sizeof(*s->fds));
	s->fds[s->head.n] = fd;
	backup_head_add(&s->head, full, size);
}

/* Up to where a record ends; a record that is just being written is left. */
static int
whole_lines(int fd, uint64_t *size, struct fail *f)
{
	char part[4096];
	struct stat st;
	off_t at;
	ssize_t n;

	if (fstat(fd, &st) == -1)
		return (backup_errno(f, LOG_CURRENT));
	for (at = st.st_size; at > 0;) {
		n = at < (off_t)sizeof(part) ? (ssize_t)at :
		    (ssize_t)sizeof(part);
		if (pread(fd, part, (size_t)n, at - n) != n)
			return (backup_errno(f, LOG_CURRENT));
		while (n > 0 && part[n - 1] != '\n') {
			n--;
			at--;
		}
		if (n > 0)
			break;
	}
	*size = (uint64_t)at;
	return (0);
}

/*
 * Whoever owns the directory can put a name of somebody else's file into it,
 * which we could read: no such file is in a backup.
 */
static int
open_own(int dirfd, const char *name)
{
	struct stat dir, st;
	int fd;

	if ((fd = logseg_open(dirfd, name, O_RDONLY)) == -1)
		return (-1);
	if (fstat(dirfd, &dir) == 0 && fstat(fd, &st) == 0 &&
	    st.st_nlink <= 1 && st.st_uid == dir.st_uid)
		return (fd);
	(void)close(fd);
	errno = EPERM;
	return (-1);
}

static int
add_segment(struct backup_set *s, int dirfd, const struct logseg *seg,
    struct fail *f)
{
	struct stat st;
	uint64_t size = 0;
	int fd, r = 0;

	fd = open_own(dirfd, seg->name);
	if (fd == -1)
		return (errno == ENOENT ? 1 : backup_errno(f, seg->name));
	if (seg->first == 0)
		r = whole_lines(fd, &size, f);
	else if (fstat(fd, &st) == 0)
		size = (uint64_t)st.st_size;
	else
		r = backup_errno(f, seg->name);
	if (r == 0)
		add_file(s, BACKUP_LOGDIR, seg->name, fd, size);
	else
		(void)close(fd);
	return (r);
}

/*
 * What stands in front of a log whose beginning was removed: of the seals that
 * are gone no more than the copy of the record tells of.  What is up to *cut is
 * not of the log any more, also where a crash has left it.
 */
static int
add_before(struct backup_set *s, int dirfd, uint64_t *cut, struct fail *f)
{
	struct pruned gone;
	char *line;
	ssize_t n;
	int fd;

	if ((fd = open_own(dirfd, LOG_PRUNED)) == -1)
		return (errno == ENOENT ? 0 : backup_errno(f, LOG_PRUNED));
	line = xmalloc(PRUNED_LINE);
	n = pread(fd, line, PRUNED_LINE, 0);
	if (n <= 0 || pruned_read(&gone, line, (size_t)n) == -1) {
		free(line);
		(void)close(fd);
		fail_set(f, EXIT_ALTERED, LOG_PRUNED " is not what the auditor "
		    "has left there");
		return (-1);
	}
	free(line);
	*cut = gone.last.number;
	add_file(s, BACKUP_LOGDIR, LOG_PRUNED, fd, (uint64_t)n);
	if (gone.links == 0)
		return (0);
	if ((fd = open_own(dirfd, LOG_SEALS)) == -1)
		return (backup_errno(f, LOG_SEALS));
	add_file(s, BACKUP_LOGDIR, LOG_SEALS, fd, gone.links);
	return (0);
}

/* 0; 1 if it was rotated meanwhile; -1 and *f. */
static int
add_segments(struct backup_set *s, int dirfd, struct fail *f)
{
	struct logseg *segs, *again;
	uint64_t cut = 0;
	size_t n, m, i;
	int next, r = 0;

	if (logseg_list(dirfd, &segs, &n, &next) == -1)
		return (backup_errno(f, "log directory"));
	if (n != 0 && segs[0].first != 1)
		r = add_before(s, dirfd, &cut, f);
	for (i = 0; r == 0 && i < n; i++)
		if (segs[i].first == 0 || segs[i].first > cut)
			r = add_segment(s, dirfd, &segs[i], f);
	if (r == 0 && logseg_list(dirfd, &again, &m, &next) == 0) {
		/* between two names there is none that is written */
		r = m != n || (n != 0 && segs[n - 1].first != 0);
		for (i = 0; r == 0 && i < n; i++)
			r = again[i].first != segs[i].first;
		free(again);
	}
	free(segs);
	return (r);
}

static int
by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return (strcmp(*x, *y));
}

/* What crashes have left there; they do not change any more. */
static int
add_torn(struct backup_set *s, int dirfd, struct fail *f)
{
	char full[NAME_MAX + sizeof(BACKUP_LOGDIR)];
	struct strv names = { NULL, 0 };
	const struct dirent *e;
	struct stat st;
	DIR *d;
	size_t i;
	int fd, r = 0;

	if ((fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) ==
	    -1 || (d = fdopendir(fd)) == NULL)
		return (backup_errno(f, "log directory"));
	while ((e = readdir(d)) != NULL) {
		(void)snprintf(full, sizeof(full), BACKUP_LOGDIR "%s",
		    e->d_name);
		if (backup_part(full) == PART_TORN)
			strv_add(&names, e->d_name);
	}
	(void)closedir(d);
	if (names.n != 0)
		qsort(names.v, names.n, sizeof(*names.v), by_name);
	for (i = 0; r == 0 && i < names.n; i++) {
		fd = open_own(dirfd, names.v[i]);
		if (fd == -1 || fstat(fd, &st) == -1)
			r = backup_errno(f, names.v[i]);
		else
			add_file(s, BACKUP_LOGDIR, names.v[i], fd,
			    (uint64_t)st.st_size);
	}
	strv_free(&names);
	return (r);
}

/* A daemon that was ever started has one: it is lost, or another's. */
static int
no_log(const struct hostplace *p, struct fail *f)
{
	fail_set(f, EXIT_IO, "there is no log in %s", p->path);
	fail_hint(f, "a daemon that was started once has one; see log.path in "
	    "the configuration");
	return (-1);
}

/* Of one moment; 1: try again. */
static int
take_log(struct backup_set *s, const struct hostplace *p, struct fail *f)
{
	int dirfd, r;

	dirfd = open(p->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dirfd == -1 && errno == ENOENT)
		return (no_log(p, f));
	if (dirfd == -1)
		return (backup_errno(f, p->path));
	if ((r = add_torn(s, dirfd, f)) == 0)
		r = add_segments(s, dirfd, f);
	if (r == 0 && s->head.n == 0)
		r = no_log(p, f);
	(void)close(dirfd);
	return (r);
}

/* Is that the file?  Where the log names none, any is. */
static int
is_vault(const struct buf *b, const struct logstate *ls)
{
	uint8_t digest[BACKUP_DIGEST];

	if (ls->vault_version == 0)
		return (1);
	(void)crypto_generichash(digest, sizeof(digest), b->data, b->len,
	    NULL, 0);
	return (memcmp(digest, ls->vault_digest, sizeof(digest)) == 0);
}

/* Under its name, or one that it is just to lose; 0, or -1: not now. */
static int
find_vault(struct buf *b, int dirfd, const struct logstate *ls)
{
	const struct dirent *e;
	int fd, found = 0;
	DIR *d;

	if (slurp(dirfd, SET_VAULT, b, BACKUP_VAULT_MAX) == 0) {
		if (is_vault(b, ls))
			return (0);
	} else if (errno == ENOENT && ls->vault_version == 0)
		return (0);
	if ((fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) ==
	    -1 || (d = fdopendir(fd)) == NULL)
		return (-1);
	while (!found && (e = readdir(d)) != NULL) {
		if (strncmp(e->d_name, SET_VAULT ".new-",
		    strlen(SET_VAULT ".new-")) != 0)
			continue;
		buf_free(b);
		found = slurp(dirfd, e->d_name, b, BACKUP_VAULT_MAX) == 0 &&
		    is_vault(b, ls);
	}
	(void)closedir(d);
	return (found ? 0 : -1);
}

static int
take_vault(struct backup_set *s, const struct hostplace *p,
    const struct logstate *ls, struct fail *f)
{
	int dirfd, r;

	dirfd = open(p->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dirfd == -1 && errno == ENOENT && ls->vault_version == 0)
		return (0);
	if (dirfd == -1)
		return (backup_errno(f, p->path));
	buf_free(&s->vault);
	r = find_vault(&s->vault, dirfd, ls);
	(void)close(dirfd);
	return (r == 0 ? 0 : 1);
}

static void
forget(struct backup_set *s)
{
	size_t i;

	for (i = 0; i < s->head.n; i++)
		if (s->fds[i] >= 0)
			(void)close(s->fds[i]);
	free(s->fds);
	free(s->head.v);
	s->fds = NULL;
	s->head.v = NULL;
	s->head.n = 0;
	s->head.total = 0;
	buf_free(&s->vault);
}

/* The two that are in memory go in front. */
static void
put_in_front(struct backup_set *s)
{
	const size_t more = s->vault.len != 0 ? 2 : 1, n = s->head.n;

	s->fds = xrecallocarray(s->fds, n, n + more, sizeof(*s->fds));
	s->head.v = xrecallocarray(s->head.v, n, n + more,
	    sizeof(*s->head.v));
	memmove(s->fds + more, s->fds, n * sizeof(*s->fds));
	memmove(s->head.v + more, s->head.v, n * sizeof(*s->head.v));
	s->fds[0] = s->fds[more - 1] = -1;
	(void)snprintf(s->head.v[0].name, BACKUP_NAME + 1, "%s",
	    BACKUP_CONF);
	s->head.v[0].size = s->conf.len;
	if (more == 2) {
		(void)snprintf(s->head.v[1].name, BACKUP_NAME + 1, "%s",
		    BACKUP_VAULT);
		s->head.v[1].size = s->vault.len;
	}
	s->head.n = n + more;
	s->head.total += s->conf.len + s->vault.len;
}

/* 0; 1: not of one moment; -1 and *f. */
static int
take_once(struct backup_set *s, const struct hostplace *log,
    const struct hostplace *vault, struct fail *f)
{
	struct logstate ls;
	size_t i;
	int r;

	forget(s);
	if ((r = take_log(s, log, f)) != 0)
		return (r);
	logstate_begin(&ls);
	for (i = 0; r == 0 && i < s->head.n; i++)
		r = logstate_file(&ls, &s->head.v[i], s->fds[i], f);
	if (logstate_end(&ls, f) == -1 || r == -1)
		return (-1);
	s->head.log = ls.last;
	return (take_vault(s, vault, &ls, f));
}

static int
take_tries(struct backup_set *s, const struct hostplace *log,
    const struct hostplace *vault, struct fail *f)
{
	const struct timespec tick = { 0, SET_NS };
	int i, r = 1;

	for (i = 0; i < SET_TRIES && r == 1; i++) {
		if (i != 0)
			(void)nanosleep(&tick, NULL);
		r = take_once(s, log, vault, f);
	}
	if (r != 1)
		return (r);
	fail_set(f, EXIT_TEMPFAIL, "the vault is not the file that the log "
	    "names last, or the log is rotated all the time");
	fail_hint(f, "clawbot doctor tells whether all is well");
	return (-1);
}

int
backup_set_take(struct backup_set *s, const char *conf,
    const struct hostplaces *ps, struct fail *f)
{
	const struct hostplace *log = hostplaces_dir(ps, "log");
	const struct hostplace *vault = hostplaces_dir(ps, "vault");
	char host[256] = "";

	memset(s, 0, sizeof(*s));
	if (log == NULL || vault == NULL) {
		fail_set(f, EXIT_CONFIG, "%s", ps->wrong.n != 0 ?
		    ps->wrong.v[0] : "there is no log, or no vault");
		return (-1);
	}
	if (slurp(AT_FDCWD, conf, &s->conf, BACKUP_CONF_MAX) == -1)
		return (backup_errno(f, conf));
	if (take_tries(s, log, vault, f) == -1)
		return (-1);
	(void)civil_now(&s->head.time_us);
	(void)gethostname(host, sizeof(host) - 1);
	s->head.host = xstrdup(host);
	s->head.version = xstrdup(CB_VERSION);
	put_in_front(s);
	return (0);
}

void
backup_set_free(struct backup_set *s)
{
	forget(s);
	free(s->stored);
	backup_head_free(&s->head);
	buf_free(&s->conf);
	memset(s, 0, sizeof(*s));
}
