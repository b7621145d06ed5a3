/* SPDX-License-Identifier: ISC */
/* Closed segments are packed; see packing.h. */
#include "config.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auditor/auditor.h"
#include "auditor/packcheck.h"
#include "auditor/packing.h"
#include "common/field.h"
#include "common/io.h"
#include "common/log.h"
#include "common/record/packed.h"
#include "common/xmalloc.h"

/* Between two parts, so that others have most of the time. */
#define PACK_PAUSE_US	2000
/* What it is made as; never listed, for it is no segment's name. */
#define PACK_NEW	LOG_STEM ".packing"
/* That much of what is left of it must be free, and then this. */
#define PACK_RATIO	4U
#define PACK_SPARE	(8U * 1024 * 1024)

struct packing {
	struct auditor	*a;
	struct event	*ev;
	int		 on;
	int		 failed;	/* was said */
	size_t		 next;		/* index of the next segment */
	/* the one that is being packed, while in is not NULL */
	uint64_t	 first;
	struct packfile	*in;
	struct packwriter *out;		/* NULL: it is compared */
	struct packfile	*back;
	struct packcheck check;
	int		 fd;		/* of the new file, or -1 */
	uint64_t	 at;
	uint64_t	 size;
	uint64_t	 packed;	/* size of the new file */
	uint8_t		 part[PACKED_PART];
	uint8_t		 again[PACKED_PART];
};

static int
dir_of(const struct packing *p)
{
	return (p->a->chain.seg.dirfd);
}

static void
go_on(struct packing *p)
{
	const struct timeval pause = { 0, PACK_PAUSE_US };

	(void)event_add(p->ev, &pause);
}

/* What there is of it is given up. */
static void
drop(struct packing *p)
{
	packfile_close(p->in);
	packfile_close(p->back);
	packwriter_free(p->out);
	packcheck_free(&p->check);
	if (p->fd != -1)
		(void)close(p->fd);
	p->in = p->back = NULL;
	p->out = NULL;
	p->fd = -1;
}

static void
say_stays(const struct packing *p, const char *what)
{
	log_warnx("the segment of the log that begins with record %llu stays "
	    "as it is for now: %s", (unsigned long long)p->first, what);
}

static void
give_up(struct packing *p, const char *what)
{
	char text[256];

	(void)snprintf(text, sizeof(text), "%s: %s", what, strerror(errno));
	if (!p->failed)
		say_stays(p, text);
	p->failed = 1;
	drop(p);
	(void)unlinkat(dir_of(p), PACK_NEW, 0);
}

/* The next one, and this one as it is. */
static void
pass(struct packing *p)
{
	drop(p);
	(void)unlinkat(dir_of(p), PACK_NEW, 0);
	p->next++;
	go_on(p);
}

/*
 * It is not what the log had there: it is no more packed in this session, and
 * is left for the next start to find.
 */
static void
refuse(struct packing *p, const char *what)
{
	char name[LOG_NAMEMAX];

	logseg_name(name, LOG_STEM, p->first);
	log_warnx("%s is not packed, for %s: look at it with \"clawbot audit "
	    "verify\"", name, what);
	pass(p);
}

/* The file that was read, as it was; what is not known stays as it is. */
static int
is_same(struct packing *p)
{
	int is = packcheck_same(p->a, p->in, p->first);

	if (is == 0)
		refuse(p, "it is not the file that was read");
	else if (is == -1) {
		say_stays(p, "the start could not look at it");
		pass(p);
	}
	return (is == 1);
}

/*
 * Is there room, which runs and their records need more?  For each part anew:
 * others use it too, and not all packs as well as is expected.
 */
static int
has_room(const struct packing *p)
{
	uint64_t left = (p->size - p->at) / PACK_RATIO;
	struct statvfs v;

	if (fstatvfs(p->fd, &v) == -1)
		return (0);
	errno = ENOSPC;
	return (v.f_bavail >= (left + PACK_SPARE) / v.f_frsize);
}

/* The next that is there as it was written; 0 if there is none. */
static int
find_next(struct packing *p)
{
	const struct segment *s = &p->a->chain.seg;
	char name[LOG_NAMEMAX];
	struct stat st;

	for (; p->next < s->nold; p->next++) {
		logseg_name(name, LOG_STEM, s->old[p->next]);
		if (fstatat(s->dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
			p->first = s->old[p->next];
			return (1);
		}
	}
	return (0);
}

static void
begin(struct packing *p)
{
	p->at = 0;
	if ((p->in = packfile_open(dir_of(p), p->first)) == NULL) {
		give_up(p, "it cannot be read");
		return;
	}
	if (!is_same(p))
		return;
	p->size = packfile_size(p->in);
	p->fd = openat(dir_of(p), PACK_NEW, O_RDWR | O_CREAT | O_TRUNC |
	    O_NOFOLLOW | O_CLOEXEC, LOG_MODE);
	if (p->fd == -1 || !has_room(p)) {
		give_up(p, "there is no room to pack it");
		return;
	}
	p->out = packwriter_new(p->fd);
	go_on(p);
}

/* Goes over from writing to comparing. */
static int
turn(struct packing *p)
{
	int fd;

	if (packwriter_end(p->out, &p->packed) == -1 ||
	    fchmod(p->fd, LOG_CLOSED_MODE) == -1 || io_fsync(p->fd) == -1)
		return (-1);
	packwriter_free(p->out);
	p->out = NULL;
	if ((fd = fcntl(p->fd, F_DUPFD_CLOEXEC, 0)) == -1)
		return (-1);
	if ((p->back = packfile_packed(fd)) == NULL)
		return (-1);
	packcheck_begin(&p->check, p->first);
	p->at = 0;
	return (0);
}

/* The next part, written or compared.  0, or -1 with errno. */
static int
one_part(struct packing *p)
{
	uint64_t left = p->size - p->at;
	size_t n = left < PACKED_PART ? (size_t)left : PACKED_PART;

	if (p->out != NULL && !has_room(p))
		return (-1);
	errno = EIO;
	if (packfile_read(p->in, p->part, n, p->at) != (ssize_t)n)
		return (-1);
	if (p->out != NULL && packwriter_part(p->out, p->part, n) == -1)
		return (-1);
	errno = EIO;
	if (p->out == NULL && (packfile_size(p->back) != p->size ||
	    packfile_read(p->back, p->again, n, p->at) != (ssize_t)n ||
	    memcmp(p->part, p->again, n) != 0))
		return (-1);
	if (p->out == NULL)
		packcheck_feed(&p->check, p->part, n);
	p->at += n;
	return (p->at == p->size && p->out != NULL ? turn(p) : 0);
}

/* That it is there packed.  0, or -1 with errno. */
static int
record(struct packing *p)
{
	struct auditor *a = p->a;
	enum chain_append r;
	uint64_t number;
	struct buf b;

	buf_init(&b, 4096);
	field_str(&b, "ev", "packed");
	field_u64(&b, "first", p->first);
	field_u64(&b, "bytes", p->size);
	field_u64(&b, "packed", p->packed);
	closed_put(a, &b);
	r = chain_append(&a->chain, RECORD_SESSION, RECORD_BY_AUDITOR, &b,
	    a->runs.n, &number);
	buf_free(&b);
	if (r == CHAIN_BAD)
		fatalx(EXIT_SYSTEM, "cannot make a record: %s", a->chain.bad);
	if (r == CHAIN_OK)
		return (0);
	/* no record has the digest of what closed_put has written */
	closed_back(a);
	errno = ENOSPC;
	return (-1);
}

/* It has its name; then the record, and the plain one goes. */
static int
replace(struct packing *p)
{
	struct auditor *a = p->a;
	struct known_segment was;
	char name[LOG_NAMEMAX];

	logseg_packed_name(name, p->first);
	if (renameat(dir_of(p), PACK_NEW, dir_of(p), name) == -1 ||
	    segment_syncdir(&a->chain.seg) == -1)
		return (-1);
	closed_packed(a, p->first, &was);
	if (record(p) == 0) {
		/* may rotate, and would wake us if in were NULL */
		audit_commit(a);
		logseg_name(name, LOG_STEM, p->first);
		if (unlinkat(dir_of(p), name, 0) == 0)
			return (0);
	}
	/* the plain one counts */
	closed_plain(a, &was);
	return (-1);
}

/* Packed and compared.  Is it what is known to be there, and whole? */
static int
is_good(struct packing *p)
{
	char what[64];
	const char *bad;
	int r;

	r = packcheck_end(&p->check, p->a, p->next, &bad);
	if (r == -1) {
		give_up(p, "what follows it cannot be read");
		return (0);
	}
	if (r == 1) {
		(void)snprintf(what, sizeof(what), "a record in it breaks "
		    "rule %s", bad);
		refuse(p, what);
		return (0);
	}
	return (is_same(p));
}

static void
finish(struct packing *p)
{
	char name[LOG_NAMEMAX];

	if (!is_good(p))
		return;
	if (replace(p) == -1) {
		give_up(p, "it is packed beside it");
		return;
	}
	drop(p);
	p->next++;
	p->failed = 0;
	logseg_name(name, LOG_EXEC_STEM, p->first);
	if (unlinkat(dir_of(p), name, 0) == -1 && errno != ENOENT)
		log_warn("%s", name);
	go_on(p);
}

static void
on_step(evutil_socket_t fd, short what, void *arg)
{
	struct packing *p = arg;

	(void)fd;
	(void)what;
	if (p->in == NULL) {
		if (find_next(p))
			begin(p);
	} else if (one_part(p) == -1)
		give_up(p, "it cannot be packed");
	else if (p->out == NULL && p->at == p->size)
		finish(p);
	else
		go_on(p);
}

void
packing_rotated(struct packing *p)
{
	if (p->on && p->in == NULL)
		go_on(p);
}

void
packing_forget(struct packing *p)
{
	if (p->in != NULL && p->next == 0) {
		drop(p);
		(void)unlinkat(dir_of(p), PACK_NEW, 0);
		go_on(p);
	} else if (p->next > 0)
		p->next--;
}

/* A crash may have come before the copy of a packed one's exec lines went. */
static void
remove_exec(const struct packing *p)
{
	const struct segment *s = &p->a->chain.seg;
	char name[LOG_NAMEMAX];
	struct stat st;
	size_t i;

	for (i = 0; i < s->nold; i++) {
		logseg_name(name, LOG_STEM, s->old[i]);
		if (fstatat(s->dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ||
		    errno != ENOENT)
			continue;
		logseg_name(name, LOG_EXEC_STEM, s->old[i]);
		if (unlinkat(s->dirfd, name, 0) == -1 && errno != ENOENT)
			log_warn("%s", name);
	}
}

struct packing *
packing_new(struct auditor *a, int on)
{
	struct packing *p;

	p = xcalloc(1, sizeof(*p));
	p->a = a;
	p->fd = -1;
	p->ev = event_new(a->base, -1, 0, on_step, p);
	if (p->ev == NULL || event_priority_set(p->ev, 1) == -1)
		rolemain_fail(a->rm, EXIT_SYSTEM, "event loop");
	(void)unlinkat(dir_of(p), PACK_NEW, 0);
	remove_exec(p);
	p->on = on;
	if (on)
		go_on(p);
	return (p);
}
