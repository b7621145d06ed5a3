/* SPDX-License-Identifier: ISC */
/* What is stored of runs' output; see outstore.h. */
#include "config.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <dirent.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auditor/outstore.h"
#include "auditor/packfile.h"
#include "common/field.h"
#include "common/io.h"
#include "common/log.h"
#include "common/outfile.h"
#include "common/payload.h"
#include "common/role.h"
#include "common/xmalloc.h"

#define STORE_CHUNK	65536U	/* of one run before the others */
#define STORE_BLOCK	4096U	/* of the disk */
#define LOOK_TURN	256	/* files at a time */
#define ROOM_PARTS	20U	/* one of so many is left free on the disk */

struct stored {
	TAILQ_ENTRY(stored) entry;
	struct outstore	*os;
	uint64_t	 run;
	uint64_t	 intent;
	uint32_t	 uid;		/* who has asked for it */
	int		 pipe;		/* -1: nothing more comes */
	struct event	*ev;
	struct outfile	 parts;
	int		 fd;		/* -1: nothing is stored yet */
	crypto_generichash_state hash;
	uint64_t	 bytes;		/* of the file */
	uint64_t	 seen;		/* of the pipe */
	uint64_t	 cut;		/* of output, that are not stored */
	const char	*lost;		/* why some are not, or NULL */
	struct buf	 out;		/* whole parts, to be written */
	uint64_t	 outlen;	/* of output in there */
	int		 settled;
	uint8_t		 digest[32];
};

void
outstore_open(struct outstore *os, int logdir, uint64_t next)
{
	TAILQ_INIT(&os->runs);
	LIST_INIT(&os->listed);
	os->session = next;
	os->dirfd = openat(logdir, OUTFILE_DIR, O_RDONLY | O_DIRECTORY |
	    O_NOFOLLOW | O_CLOEXEC);
	if (os->dirfd == -1 && (os->max != 0 || errno != ENOENT))
		log_warn("%s: no output is stored", OUTFILE_DIR);
}

/* A file takes whole blocks, however small it is. */
uint64_t
outstore_takes(uint64_t bytes)
{
	return ((bytes + STORE_BLOCK - 1) / STORE_BLOCK * STORE_BLOCK);
}

/* Of an earlier session: what is ours is counted when it is written. */
static int
is_earlier(const struct outstore *os, uint64_t intent)
{
	return (intent < os->session);
}

/* What belongs to no record that is there is removed, all else counted. */
static void
look_at(struct outstore *os, const char *name)
{
	uint64_t intent, size;
	struct stat st;

	if (outfile_intent(name, &intent) == -1 ||
	    fstatat(os->dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    !S_ISREG(st.st_mode))
		return;
	size = outstore_takes((uint64_t)st.st_size);
	if (intent >= os->first) {
		if (!os->counted && is_earlier(os, intent))
			os->total += size;
	} else if (unlinkat(os->dirfd, name, 0) == -1)
		log_warn("%s/%s, whose record was removed", OUTFILE_DIR, name);
	else if (os->counted || !is_earlier(os, intent))
		os->total -= size < os->total ? size : os->total;
}

/* Some was removed, or has become less: who was refused may have room again. */
static void
free_again(struct outstore *os)
{
	if (os->refused != OUTPUT_FITS && os->total <= os->total_max &&
	    os->total_max - os->total >= STORE_BLOCK &&
	    outshare_fits(&os->share, os->refused_uid, STORE_BLOCK, os->total,
	    os->total_max))
		os->refused = OUTPUT_FITS;
}

static void
begin_look(struct outstore *os)
{
	int fd;

	os->again = 0;
	fd = openat(os->dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 || (os->looking = fdopendir(fd)) == NULL)
		fatal(EXIT_SYSTEM, "%s", OUTFILE_DIR);
	event_active(os->look, 0, 0);
}

static void
end_look(struct outstore *os)
{
	(void)closedir(os->looking);
	os->looking = NULL;
	os->counted = 1;
	free_again(os);
	if (os->again)
		begin_look(os);
}

static void
on_look(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval soon = { 0, 0 };
	struct outstore *os = arg;
	struct dirent *d;
	int i;

	(void)fd;
	(void)what;
	for (i = 0; i < LOOK_TURN; i++) {
		if ((d = readdir(os->looking)) == NULL) {
			end_look(os);
			return;
		}
		look_at(os, d->d_name);
	}
	(void)event_add(os->look, &soon);
}

void
outstore_start(struct outstore *os, struct event_base *base, uint64_t first)
{
	os->base = base;
	os->first = first;
	if (os->dirfd == -1)
		return;
	os->look = event_new(base, -1, 0, on_look, os);
	if (os->look == NULL || event_priority_set(os->look, 1) == -1)
		fatalx(EXIT_SYSTEM, "event of what is stored");
	begin_look(os);
}

void
outstore_gone(struct outstore *os, uint64_t first)
{
	os->first = first;
	outshare_gone(&os->share, first);
	if (os->dirfd == -1)
		return;
	if (os->looking != NULL)
		os->again = 1;
	else
		begin_look(os);
}

static struct stored *
find(const struct outstore *os, uint64_t run)
{
	struct stored *s;

	TAILQ_FOREACH(s, &os->runs, entry)
		if (s->run == run)
			return (s);
	return (NULL);
}

static uint64_t
sum(uint64_t a, uint64_t b)
{
	return (a > INT64_MAX - (b < INT64_MAX ? b : INT64_MAX) ?
	    INT64_MAX : a + b);
}

/* What waits to be written is not; nor is what still comes. */
static void
lose(struct stored *s, const char *why)
{
	s->lost = why;
	s->cut = sum(s->cut, s->outlen);
	s->outlen = 0;
	buf_reset(&s->out);
}

/* Does so much of the disk stay free, for the log?  Of files, too, where their
 * number is bounded. */
static int
has_room(const struct stored *s, size_t n)
{
	struct statvfs v;

	return (fstatvfs(s->os->dirfd, &v) == 0 && v.f_frsize != 0 &&
	    v.f_bavail > v.f_blocks / ROOM_PARTS + n / v.f_frsize + 1 &&
	    (s->fd != -1 || v.f_files == 0 ||
	    v.f_favail > v.f_files / ROOM_PARTS));
}

static int
create(struct stored *s)
{
	uint8_t start[OUTFILE_START];
	char name[OUTFILE_NAME];

	outfile_name(name, s->intent, s->run);
	s->fd = openat(s->os->dirfd, name, O_WRONLY | O_CREAT | O_EXCL |
	    O_NOFOLLOW | O_CLOEXEC, 0600);
	if (s->fd == -1)
		return (-1);
	outfile_start(start, s->run);
	(void)crypto_generichash_init(&s->hash, NULL, 0, sizeof(s->digest));
	if (io_write(s->fd, start, sizeof(start)) == -1)
		return (-1);
	(void)crypto_generichash_update(&s->hash, start, sizeof(start));
	s->bytes = sizeof(start);
	outshare_add(&s->os->share, s->intent, s->uid);
	outstore_sized(s->os, s->intent, 0, s->bytes);
	return (0);
}

static void
remove_file(struct stored *s)
{
	char name[OUTFILE_NAME];

	outfile_name(name, s->intent, s->run);
	if (unlinkat(s->os->dirfd, name, 0) == 0)
		outstore_sized(s->os, s->intent, s->bytes, 0);
	(void)close(s->fd);
	s->fd = -1;
	s->bytes = 0;
}

/* What is there of it ends behind a whole part. */
static void
take_back(struct stored *s)
{
	if (s->settled || s->bytes <= OUTFILE_START ||
	    ftruncate(s->fd, (off_t)s->bytes) == -1)
		remove_file(s);
}

/* No more than there may be of all, and of the account's. */
static int
is_within(struct stored *s)
{
	struct outstore *os = s->os;
	const char *why;

	if (sum(os->total, s->out.len) > os->total_max) {
		os->refused = OUTPUT_TOTAL;
		why = "as much is stored as logging.outputTotalMB says";
	} else if (!outshare_fits(&os->share, s->uid, s->out.len, os->total,
	    os->total_max)) {
		os->refused = OUTPUT_SHARE;
		why = "as much of this account's is stored as its share of "
		    "logging.outputTotalMB is";
	} else {
		if (s->uid == os->refused_uid)
			os->refused = OUTPUT_FITS;
		return (1);
	}
	os->refused_uid = s->uid;
	lose(s, why);
	return (0);
}

static void
store(struct stored *s)
{
	struct outstore *os = s->os;

	if (s->out.len == 0)
		return;
	if (os->dirfd == -1)
		lose(s, "there is no directory for it");
	else if (!is_within(s))
		;
	else if (!has_room(s, s->out.len))
		lose(s, "there is not enough room on the disk");
	else if ((s->fd == -1 && create(s) == -1) ||
	    io_write(s->fd, s->out.data, s->out.len) == -1) {
		lose(s, errno == ENOSPC || errno == EDQUOT ?
		    "there is not enough room on the disk" :
		    "it could not be written");
		if (s->fd != -1)
			take_back(s);
	} else {
		(void)crypto_generichash_update(&s->hash, s->out.data,
		    s->out.len);
		outstore_sized(os, s->intent, s->bytes,
		    s->bytes + s->out.len);
		s->bytes += s->out.len;
	}
	buf_reset(&s->out);
	s->outlen = 0;
}

/* Kinds that this is none of are not there: outfile.c knows them all. */
static int
on_part(const struct outfile_part *v, void *arg)
{
	struct stored *s = arg;
	const int is_output = v->kind != OUTFILE_GAP &&
	    v->kind != OUTFILE_SIZE;

	if (v->kind == OUTFILE_GAP)
		s->cut = sum(s->cut, v->gap);
	if (s->lost != NULL) {
		if (is_output)
			s->cut = sum(s->cut, v->len);
		return (0);
	}
	outfile_put(&s->out, v->kind, v->at_us, v->len);
	buf_put(&s->out, v->p, v->len);
	if (is_output)
		s->outlen += v->len;
	return (0);
}

static void
end_pipe(struct stored *s)
{
	if (s->ev != NULL)
		event_free(s->ev);
	s->ev = NULL;
	if (s->pipe != -1)
		(void)close(s->pipe);
	s->pipe = -1;
}

/*
 * What is there now, at most so much: 1 if there may be more.  A runner that
 * sends what cannot be, or more than it may, is not listened to.
 */
static int
take_some(struct stored *s)
{
	static uint8_t chunk[STORE_CHUNK];
	ssize_t n;

	do {
		n = read(s->pipe, chunk, sizeof(chunk));
	} while (n == -1 && errno == EINTR);
	if (n == -1 && errno == EAGAIN)
		return (0);
	if (n <= 0) {
		end_pipe(s);
		return (0);
	}
	s->seen += (uint64_t)n;
	if (outfile_feed(&s->parts, chunk, (size_t)n, on_part, s) == -1) {
		store(s);
		lose(s, "what came of it makes no sense");
		end_pipe(s);
		return (0);
	}
	store(s);
	if (s->seen <= s->os->max)
		return (1);
	lose(s, "more came than there may be");
	end_pipe(s);
	return (0);
}

static void
on_pipe(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)take_some(arg);
}

static int
is_pipe(int fd)
{
	struct stat st;
	int fl;

	return (fstat(fd, &st) != -1 && S_ISFIFO(st.st_mode) &&
	    (fl = fcntl(fd, F_GETFL)) != -1 &&
	    (fl & O_ACCMODE) == O_RDONLY &&
	    fcntl(fd, F_SETFL, fl | O_NONBLOCK) != -1);
}

int
outstore_take(struct outstore *os, const struct open_run *run, int fd)
{
	struct stored *s;

	if (run == NULL || os->max == 0 || !is_pipe(fd) ||
	    find(os, run->id) != NULL) {
		(void)close(fd);
		return (run == NULL ? 0 : -1);
	}
	s = xcalloc(1, sizeof(*s));
	s->os = os;
	s->run = run->id;
	s->intent = run->record;
	s->uid = run->uid;
	s->pipe = fd;
	s->fd = -1;
	buf_init(&s->out, UINT32_MAX);
	s->ev = event_new(os->base, fd, EV_READ | EV_PERSIST, on_pipe, s);
	if (s->ev == NULL || event_priority_set(s->ev, 1) == -1 ||
	    event_add(s->ev, NULL) == -1)
		fatalx(EXIT_SYSTEM, "event of a run's output");
	TAILQ_INSERT_TAIL(&os->runs, s, entry);
	return (0);
}

/* The file is as it will be. */
static void
make_durable(struct stored *s)
{
	(void)crypto_generichash_final(&s->hash, s->digest,
	    sizeof(s->digest));
	if (fchmod(s->fd, OUTFILE_MODE) == -1 || io_fsync(s->fd) == -1 ||
	    io_fsync(s->os->dirfd) == -1) {
		log_warn("%s: output of a run", OUTFILE_DIR);
		s->lost = "it could not be made durable";
		s->cut = INT64_MAX;
		remove_file(s);
		return;
	}
	(void)close(s->fd);
	s->fd = -1;
}

void
outstore_settle(struct outstore *os, uint64_t run)
{
	struct stored *s = find(os, run);

	if (s == NULL || s->settled)
		return;
	while (s->pipe != -1 && take_some(s))
		;
	if (s->lost == NULL && outfile_inside(&s->parts))
		s->lost = "its end did not come";
	end_pipe(s);
	if (s->fd != -1)
		make_durable(s);
	s->settled = 1;
}

static void
put_fields(struct buf *b, const uint8_t digest[32], uint64_t bytes)
{
	field_hex(b, "output", digest, 32);
	field_u64(b, "output_bytes", bytes);
}

void
outstore_fields(const struct outstore *os, uint64_t run, struct buf *b)
{
	const struct stored *s = find(os, run);

	if (s == NULL)
		return;
	if (s->bytes != 0)
		put_fields(b, s->digest, s->bytes);
	if (s->cut != 0)
		field_u64(b, "output_cut", s->cut);
	if (s->lost != NULL)
		field_str(b, "output_lost", s->lost);
}

void
outstore_forget(struct outstore *os, uint64_t run)
{
	struct stored *s = find(os, run);

	if (s == NULL)
		return;
	TAILQ_REMOVE(&os->runs, s, entry);
	end_pipe(s);
	if (s->fd != -1)
		(void)close(s->fd);
	outfile_free(&s->parts);
	buf_free(&s->out);
	freezero(s, sizeof(*s));
}

void
outstore_sized(struct outstore *os, uint64_t intent, uint64_t from,
    uint64_t to)
{
	os->total += outstore_takes(to);
	from = outstore_takes(from);
	outshare_sized(&os->share, intent, outstore_takes(to), from);
	os->total -= from < os->total ? from : os->total;
	if (outstore_takes(to) < from)
		free_again(os);
}

/* A regular file, or -1. */
static int
open_file(const struct outstore *os, const char *name)
{
	struct stat st;
	int fd;

	fd = os->dirfd == -1 ? -1 : openat(os->dirfd, name, O_RDONLY |
	    O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1 || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)))
		return (fd);
	(void)close(fd);
	return (-1);
}

/*
 * While both are there the plain one counts.  What is packed and does not add
 * up is read as it is, so that it is found to be another.
 */
struct packfile *
outstore_read(const struct outstore *os, uint64_t run, uint64_t intent)
{
	char name[OUTFILE_NAME];
	struct packfile *f;
	int fd, again;

	outfile_name(name, intent, run);
	if ((fd = open_file(os, name)) != -1)
		return (packfile_plain(fd));
	outfile_packed_name(name, intent, run);
	if ((fd = open_file(os, name)) == -1)
		return (NULL);
	again = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if ((f = packfile_packed(fd)) == NULL && again != -1)
		return (packfile_plain(again));
	if (again != -1)
		(void)close(again);
	return (f);
}

void
outstore_found(struct outstore *os, uint64_t run, uint64_t intent,
    struct buf *b)
{
	static uint8_t chunk[STORE_CHUNK];
	crypto_generichash_state hash;
	char name[OUTFILE_NAME];
	uint8_t digest[32];
	uint64_t bytes = 0;
	ssize_t n;
	int fd;

	outfile_name(name, intent, run);
	if ((fd = open_file(os, name)) == -1)
		return;
	(void)crypto_generichash_init(&hash, NULL, 0, sizeof(digest));
	while ((n = read(fd, chunk, sizeof(chunk))) > 0) {
		(void)crypto_generichash_update(&hash, chunk,
		    (unsigned long long)n);
		bytes += (uint64_t)n;
	}
	(void)crypto_generichash_final(&hash, digest, sizeof(digest));
	if (n == 0 && fchmod(fd, OUTFILE_MODE) == 0 && io_fsync(fd) == 0 &&
	    io_fsync(os->dirfd) == 0)
		put_fields(b, digest, bytes);
	else
		field_str(b, "output_lost", "what there is of it could not "
		    "be read");
	(void)close(fd);
}
