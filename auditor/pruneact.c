/* SPDX-License-Identifier: ISC */
/* A segment that was read is removed, with its record; see prune.h. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auditor/auditor.h"
#include "auditor/carry.h"
#include "auditor/packing.h"
#include "auditor/prune_priv.h"
#include "common/field.h"
#include "common/io.h"
#include "common/log.h"

/*
 * What a prune may take of the room that is set aside for the session's end,
 * where there is no other, until there is other again.
 */
#define PRUNE_BORROW	(16U * 1024)

void
prune_put_time(struct buf *b, const char *key, uint64_t us)
{
	char text[RECORD_TIME + 1];

	if (record_time(text, us) == 0)
		field_str(b, key, text);
}

/* The seals in it go to those that are kept.  0, or -1 with errno. */
static int
keep_seals(struct pruning *p)
{
	const struct pruned *gone = &p->a->gone.what;
	uint64_t old = p->links.size - p->lines.len;
	struct stat st;
	int fd, r = -1, saved;

	if (p->lines.len == 0)
		return (0);
	fd = openat(p->a->chain.seg.dirfd, LOG_SEALS, O_RDWR | O_CREAT |
	    O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, LOG_MODE);
	if (fd == -1)
		return (-1);
	errno = EINVAL;
	/* behind what the last record tells of a crash may have left more */
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (uint64_t)st.st_size >= old &&
	    (old == 0 || gone->links == old) &&
	    ftruncate(fd, (off_t)old) == 0 &&
	    lseek(fd, (off_t)old, SEEK_SET) != -1 &&
	    io_write(fd, p->lines.data, p->lines.len) == 0 &&
	    io_fsync(fd) == 0)
		r = segment_syncdir(&p->a->chain.seg);
	saved = errno;
	(void)close(fd);
	errno = saved;
	return (r);
}

void
prune_put_segment(struct buf *b, const struct pruning *p)
{
	field_u64(b, "first", p->first);
	field_u64(b, "last", p->head.number);
	prune_put_time(b, "from", p->from_us);
	prune_put_time(b, "until", p->until_us);
	field_str(b, "file", p->name);
	field_u64(b, "bytes", p->size);
	field_hex(b, "digest", p->digest, sizeof(p->digest));
}

static void
put_record(struct buf *b, struct pruning *p)
{
	struct pruned what;

	memset(&what, 0, sizeof(what));
	what.last = p->head;
	what.seals = p->seals;
	what.links = p->links.size;
	memcpy(what.digest, p->links.digest, sizeof(what.digest));
	field_str(b, "ev", "prune");
	field_u64(b, "first", p->first);
	prune_put_time(b, "from", p->from_us);
	prune_put_time(b, "until", p->until_us);
	field_str(b, "file", p->name);
	field_u64(b, "bytes", p->size);
	field_hex(b, "digest", p->digest, sizeof(p->digest));
	pruned_fields(b, &what);
	carry_record_put(b, p->a);
	buf_put(b, p->asked.data, p->asked.len);
}

/*
 * Appends it: on a full disk in room of the session's end, which what it is
 * about gives back.
 */
static enum chain_append
append(struct pruning *p, const struct buf *b, uint64_t *number)
{
	struct auditor *a = p->a;
	size_t before = a->chain.batch.len;
	enum chain_append r;

	r = chain_append(&a->chain, RECORD_PRUNE, RECORD_BY_AUDITOR, b,
	    a->runs.n, number);
	if (r == CHAIN_OK)
		p->borrowed = 0;
	if (r != CHAIN_FULL || p->borrowed >= PRUNE_BORROW)
		return (r);
	r = chain_append_reserved(&a->chain, RECORD_PRUNE, b, number);
	p->borrowed += a->chain.batch.len - before;
	/* it has passed as a record: more than such room is what it has */
	return (r == CHAIN_BAD ? CHAIN_FULL : r);
}

/* With a seal behind it, which has room of its own, if there can be one. */
static void
commit(struct auditor *a)
{
	sealing_add_last(a);
	chain_commit(&a->chain);
	sealing_done(a);
	closed_durable(a);
	query_wake(a);
}

/* The record, durable, and sealed.  Its line is in gone then; 0 or -1. */
static int
record(struct pruning *p)
{
	struct auditor *a = p->a;
	enum chain_append r;
	uint64_t number = 0;
	struct gone old;
	struct buf b;
	size_t at;

	audit_commit(a);
	buf_init(&b, PRUNE_FIELDS);
	put_record(&b, p);
	at = a->chain.batch.len;
	r = append(p, &b, &number);
	buf_free(&b);
	if (r == CHAIN_BAD)
		fatalx(EXIT_SYSTEM, "cannot make a record: %s", a->chain.bad);
	if (r == CHAIN_FULL) {
		errno = ENOSPC;
		return (-1);
	}
	old = a->gone;
	a->gone.line = NULL;
	gone_set(&a->gone, (char *)a->chain.batch.data + at,
	    a->chain.batch.len - at);
	commit(a);
	if (a->sealing.at > number) {
		free(old.line);
		return (0);
	}
	/* nothing goes before that is sealed */
	free(a->gone.line);
	a->gone = old;
	errno = EAGAIN;
	return (-1);
}

int
prune_is_same(const struct pruning *p)
{
	struct stat name, file;

	return (fstat(p->fd, &file) == 0 && fstatat(p->a->chain.seg.dirfd,
	    p->name, &name, AT_SYMLINK_NOFOLLOW) == 0 &&
	    name.st_dev == file.st_dev && name.st_ino == file.st_ino &&
	    (uint64_t)file.st_size == p->size);
}

/* Who reads in there has to ask again. */
static void
take_out(struct auditor *a)
{
	query_forget(a);
	packing_forget(a->packing);
	closed_forget(a, a->chain.seg.old[0]);
	damage_removed(a, a->chain.seg.old[0], a->gone.what.record);
	segment_forget(&a->chain.seg);
}

static int
remove_segment(struct pruning *p, const char **what)
{
	struct auditor *a = p->a;
	char name[LOG_NAMEMAX];

	*what = "an attribute keeps it, see lsattr(1)";
	errno = EPERM;
	if (fixed_bars(a, p->first, name) != NULL)
		return (-1);
	*what = "the seals in it cannot be kept";
	if (keep_seals(p) == -1)
		return (-1);
	*what = "that cannot be recorded";
	if (record(p) == -1)
		return (-1);
	*what = "it cannot be removed";
	if (gone_write(a) == -1 || gone_unlink(a, p->first) == -1)
		return (-1);
	take_out(a);
	outstore_gone(&a->output, segment_oldest(&a->chain.seg));
	return (0);
}

int
prune_remove(struct pruning *p, const char **what)
{
	int r, saved;

	gone_spare_use(p->a);
	r = remove_segment(p, what);
	saved = errno;
	gone_spare(p->a);
	errno = saved;
	return (r);
}

int
prune_rest(struct auditor *a)
{
	const uint64_t first = a->gone.first;
	int r = -1, saved;

	gone_spare_use(a);
	if (gone_write(a) == 0 && gone_unlink(a, first) == 0) {
		take_out(a);
		log_info("segment %llu, whose removal is recorded, is removed",
		    (unsigned long long)first);
		r = 0;
	}
	saved = errno;
	gone_spare(a);
	errno = saved;
	return (r);
}
