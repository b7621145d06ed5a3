/* SPDX-License-Identifier: ISC */
/* What the closed segments say; see known.h. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auditor/auditor.h"
#include "auditor/carry.h"
#include "auditor/known.h"
#include "common/io.h"
#include "common/log.h"
#include "common/varname.h"
#include "common/xmalloc.h"

#define KNOWN_MAX	(16U * 1024 * 1024)
#define KNOWN_MAGIC	8
#define SEGMENTS_MAX	65536U

static const char magic[KNOWN_MAGIC + 1] = "cbknown5";

static void
take_stat(struct known_file *f, const struct stat *st)
{
	f->ino = st->st_ino;
	f->size = (uint64_t)st->st_size;
	f->sec = (uint64_t)st->st_ctim.tv_sec;
	f->nsec = (uint64_t)st->st_ctim.tv_nsec;
}

/* 0, or -1 and errno: EINVAL where it is there, and no plain file. */
static int
look_at(int dirfd, const char *name, struct known_file *f)
{
	struct stat st;

	memset(f, 0, sizeof(*f));
	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return (-1);
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return (-1);
	}
	take_stat(f, &st);
	return (0);
}

static int
same(const struct known_file *a, const struct known_file *b)
{
	return (a->ino == b->ino && a->size == b->size && a->sec == b->sec &&
	    a->nsec == b->nsec);
}

int
known_find(const struct auditor *a, uint64_t first, char name[LOG_NAMEMAX],
    struct known_file *now)
{
	logseg_name(name, LOG_STEM, first);
	if (look_at(a->chain.seg.dirfd, name, now) == 0)
		return (0);
	if (errno != ENOENT)
		return (-1);
	logseg_packed_name(name, first);
	return (look_at(a->chain.seg.dirfd, name, now));
}

static int
look_log(const struct auditor *a, uint64_t first, struct known_file *f)
{
	char name[LOG_NAMEMAX];

	return (known_find(a, first, name, f));
}

int
known_open(int fd, struct known_file *f)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return (-1);
	take_stat(f, &st);
	return (0);
}

int
known_alike(const struct known_file *a, const struct known_file *b)
{
	return (same(a, b));
}

int
known_still(const struct auditor *a, const struct known_log *k, size_t i,
    struct known_file *now)
{
	if (look_log(a, k->v[i].first, now) == -1)
		return (-1);
	return (same(now, &k->v[i].log));
}

/* NULL where that one is not known. */
static struct known_segment *
find(const struct known_log *k, uint64_t first)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		if (k->v[i].first == first)
			return (&k->v[i]);
	return (NULL);
}

int
known_has(const struct known_log *k, uint64_t first)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		if (k->v[i].first == first)
			return (1);
	return (0);
}

int
known_same(const struct auditor *a, const struct known_log *k,
    uint64_t first, int fd)
{
	struct known_file name, open;
	char plain[LOG_NAMEMAX];
	const struct known_segment *s;
	struct stat st;

	if ((s = find(k, first)) == NULL)
		return (-1);
	logseg_name(plain, LOG_STEM, first);
	if (fstat(fd, &st) == -1 ||
	    look_at(a->chain.seg.dirfd, plain, &name) == -1)
		return (0);
	take_stat(&open, &st);
	return (same(&name, &s->log) && same(&open, &s->log));
}

void
known_packed(struct auditor *a, struct known_log *k, uint64_t first,
    struct known_segment *was)
{
	char name[LOG_NAMEMAX];
	struct known_segment *s;

	memset(was, 0, sizeof(*was));
	if ((s = find(k, first)) == NULL)
		return;
	*was = *s;
	logseg_packed_name(name, first);
	(void)look_at(a->chain.seg.dirfd, name, &s->log);
	memset(&s->exec, 0, sizeof(s->exec));
}

void
known_plain(struct known_log *k, const struct known_segment *was)
{
	struct known_segment *s;

	if ((s = find(k, was->first)) != NULL)
		*s = *was;
}

int
known_set(struct known_log *k, uint64_t first, const struct known_file *f)
{
	static const struct known_file none;
	struct known_segment *s;

	if (f == NULL)
		f = &none;
	if ((s = find(k, first)) == NULL || same(&s->log, f))
		return (0);
	s->log = *f;
	return (1);
}

static int
look_exec(const struct auditor *a, uint64_t first, struct known_file *f)
{
	char name[LOG_NAMEMAX];

	logseg_name(name, LOG_EXEC_STEM, first);
	return (look_at(a->chain.seg.dirfd, name, f));
}

void
known_look(struct auditor *a, struct known_log *k)
{
	const struct segment *s = &a->chain.seg;
	size_t i;

	k->v = xrecallocarray(k->v, k->n, s->nold + 1, sizeof(*k->v));
	for (i = k->n; i < s->nold; i++) {
		k->v[i].first = s->old[i];
		(void)look_log(a, s->old[i], &k->v[i].log);
	}
	k->n = s->nold;
}

int
known_exec(const struct auditor *a, const struct known_log *k, size_t i)
{
	struct known_file f;

	return (i < k->n && k->v[i].exec.ino != 0 &&
	    look_exec(a, k->v[i].first, &f) == 0 && same(&f, &k->v[i].exec));
}

static void
put_file(struct buf *b, const struct known_file *f)
{
	buf_put_u64(b, f->ino);
	buf_put_u64(b, f->size);
	buf_put_u64(b, f->sec);
	buf_put_u64(b, f->nsec);
}

static void
get_file(struct rd *r, struct known_file *f)
{
	f->ino = rd_u64(r);
	f->size = rd_u64(r);
	f->sec = rd_u64(r);
	f->nsec = rd_u64(r);
}

static void
put_seals(struct buf *b, const struct sealcheck *c)
{
	const struct seal *s = &c->last;

	buf_put_u64(b, c->tree.size);
	buf_put(b, c->tree.node, sizeof(c->tree.node));
	buf_put_u64(b, c->seals);
	buf_put_u64(b, c->at);
	buf_put_u64(b, c->series);
	buf_put(b, s->log, sizeof(s->log));
	buf_put_u64(b, s->epoch);
	buf_put(b, s->next, sizeof(s->next));
}

/* As much of the last seal as the next one is held to. */
static void
get_seals(struct rd *r, struct sealcheck *c)
{
	struct seal *s = &c->last;

	sealcheck_init(c);
	c->tree.size = rd_u64(r);
	rd_copy(r, c->tree.node, sizeof(c->tree.node));
	c->seals = rd_u64(r);
	c->at = rd_u64(r);
	c->series = rd_u64(r);
	rd_copy(r, s->log, sizeof(s->log));
	s->log[sizeof(s->log) - 1] = '\0';
	s->epoch = rd_u64(r);
	rd_copy(r, s->next, sizeof(s->next));
}

/* The runs that are open, and those that the quotas count. */
static void
put_runs(struct buf *b, const struct auditor *a)
{
	const struct recent *r;
	size_t i, n;

	buf_put_u32(b, (uint32_t)a->runs.n);
	for (i = 0; i < a->runs.n; i++) {
		buf_put_u64(b, a->runs.v[i].id);
		buf_put_u64(b, a->runs.v[i].record);
	}
	n = a->nrecent < RECENT_MAX ? a->nrecent : RECENT_MAX;
	buf_put_u32(b, (uint32_t)n);
	for (i = a->nrecent - n; i < a->nrecent; i++) {
		r = &a->recent[i % RECENT_MAX];
		buf_put_u64(b, r->time_us);
		buf_put_str(b, r->channel);
	}
}

static void
get_runs(struct rd *r, struct auditor *a)
{
	struct recent *at;
	uint64_t id;
	uint32_t n;

	for (n = rd_u32(r); n != 0 && !r->bad; n--) {
		id = rd_u64(r);
		openruns_add(&a->runs, id, rd_u64(r), NULL, 0);
	}
	for (n = rd_u32(r); n != 0 && !r->bad; n--) {
		at = &a->recent[a->nrecent++ % RECENT_MAX];
		at->time_us = rd_u64(r);
		carry_get_text(r, at->channel, sizeof(at->channel));
	}
}

void
known_put(struct buf *b, const struct auditor *a,
    const struct record_head *tail, const struct sealcheck *seals)
{
	buf_put_u64(b, tail->number);
	buf_put(b, tail->digest, sizeof(tail->digest));
	put_seals(b, seals);
	buf_put_u64(b, a->vault_version);
	buf_put(b, a->vault_digest, sizeof(a->vault_digest));
	carry_put_stops(b, &a->stops);
	put_runs(b, a);
	carry_put_uses(b, &a->uses);
	gone_put(b, &a->gone);
	buf_put_u8(b, a->lowroom.low != 0);
	damage_put(b, &a->damages);
}

static void
get_state(struct rd *r, struct auditor *a, struct known_log *k)
{
	k->tail.number = rd_u64(r);
	rd_copy(r, k->tail.digest, sizeof(k->tail.digest));
	get_seals(r, &k->seals);
	a->vault_version = rd_u64(r);
	rd_copy(r, a->vault_digest, sizeof(a->vault_digest));
	carry_get_stops(r, &a->stops);
	get_runs(r, a);
	carry_get_uses(r, &a->uses);
	gone_get(r, &a->gone);
	a->lowroom.low = rd_u8(r) != 0;
	damage_get(r, &a->damages);
}

void
known_forget(struct known_log *k, uint64_t first)
{
	if (k->n == 0 || k->v[0].first != first)
		return;
	k->n--;
	memmove(k->v, k->v + 1, k->n * sizeof(*k->v));
}

/* Are these the first segments of the directory, untouched? */
static int
fits(const struct auditor *a, const struct known_log *k)
{
	const struct segment *s = &a->chain.seg;
	struct known_file f;
	size_t i;

	if (k->n == 0 || k->n > s->nold)
		return (0);
	for (i = 0; i < k->n; i++)
		if (k->v[i].first != s->old[i] ||
		    look_log(a, s->old[i], &f) == -1 ||
		    !same(&f, &k->v[i].log))
			return (0);
	return (1);
}

static void
get_segments(struct rd *r, struct known_log *k)
{
	uint32_t i, n = rd_u32(r);

	if (n > SEGMENTS_MAX)
		r->bad = 1;
	if (r->bad)
		return;
	k->v = xcalloc(n + 1, sizeof(*k->v));
	for (i = 0; i < n; i++) {
		k->v[i].first = rd_u64(r);
		get_file(r, &k->v[i].log);
		get_file(r, &k->v[i].exec);
	}
	k->n = n;
}

/* All of the file in fresh memory; NULL, with a length if it is there. */
static uint8_t *
read_file(int dirfd, const char *name, size_t *len)
{
	struct stat st;
	uint8_t *p = NULL;
	int fd;

	*len = 0;
	fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);
	if (fd == -1) {
		*len = errno != ENOENT;
		return (NULL);
	}
	*len = 1;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size > KNOWN_MAGIC + KNOWN_DIGEST &&
	    st.st_size <= KNOWN_MAX) {
		*len = (size_t)st.st_size;
		p = xmalloc(*len);
		if (pread(fd, p, *len, 0) != (ssize_t)*len) {
			free(p);
			p = NULL;
		}
	}
	(void)close(fd);
	return (p);
}

/* It ends in the digest of what is before. */
static int
is_whole(const uint8_t *p, size_t len)
{
	uint8_t sum[KNOWN_DIGEST];

	(void)crypto_generichash(sum, sizeof(sum), p, len - KNOWN_DIGEST,
	    NULL, 0);
	return (memcmp(p, magic, KNOWN_MAGIC) == 0 &&
	    memcmp(sum, p + len - KNOWN_DIGEST, KNOWN_DIGEST) == 0);
}

static enum known_found
load(struct auditor *a, struct known_log *k, const uint8_t *p, size_t len)
{
	struct rd r;

	if (!is_whole(p, len))
		return (KNOWN_BROKEN);
	memcpy(k->digest, p + len - KNOWN_DIGEST, KNOWN_DIGEST);
	rd_init(&r, p + KNOWN_MAGIC, len - KNOWN_MAGIC - KNOWN_DIGEST);
	get_segments(&r, k);
	if (r.bad || !fits(a, k))
		return (KNOWN_TOUCHED);
	get_state(&r, a, k);
	return (rd_end(&r) == -1 ? KNOWN_TOUCHED : KNOWN_FITS);
}

enum known_found
known_load(struct auditor *a, struct known_log *k, const char *name)
{
	enum known_found found;
	uint8_t *p;
	size_t len;

	memset(k, 0, sizeof(*k));
	p = read_file(a->chain.seg.dirfd, name, &len);
	if (p == NULL)
		return (len == 0 ? KNOWN_NONE : KNOWN_BROKEN);
	found = load(a, k, p, len);
	free(p);
	return (found);
}

static int
write_file(int dirfd, const struct buf *b)
{
	int fd, r;

	fd = openat(dirfd, KNOWN_NEW, O_WRONLY | O_CREAT | O_TRUNC |
	    O_NOFOLLOW | O_CLOEXEC, LOG_MODE);
	if (fd == -1)
		return (-1);
	r = io_write(fd, b->data, b->len);
	/* the record with its digest must not be durable before it */
	if (r == 0)
		r = io_fsync(fd);
	(void)close(fd);
	if (r == -1)
		(void)unlinkat(dirfd, KNOWN_NEW, 0);
	return (r);
}

int
known_save(struct auditor *a, struct known_log *k, const struct buf *state)
{
	struct buf b;
	size_t i;
	int r;

	buf_init(&b, KNOWN_MAX);
	buf_put(&b, magic, KNOWN_MAGIC);
	buf_put_u32(&b, (uint32_t)k->n);
	for (i = 0; i < k->n; i++) {
		(void)look_exec(a, k->v[i].first, &k->v[i].exec);
		buf_put_u64(&b, k->v[i].first);
		put_file(&b, &k->v[i].log);
		put_file(&b, &k->v[i].exec);
	}
	buf_put(&b, state->data, state->len);
	(void)crypto_generichash(k->digest, KNOWN_DIGEST, b.data, b.len, NULL,
	    0);
	buf_put(&b, k->digest, KNOWN_DIGEST);
	errno = EFBIG;
	r = state->bad || b.bad || k->n > SEGMENTS_MAX ? -1 :
	    write_file(a->chain.seg.dirfd, &b);
	if (r == -1)
		log_warn("%s: the next start reads more", KNOWN_FILE);
	buf_free(&b);
	return (r);
}

void
known_take(const struct auditor *a)
{
	int dirfd = a->chain.seg.dirfd;

	if (renameat(dirfd, KNOWN_NEW, dirfd, KNOWN_FILE) == -1 &&
	    errno != ENOENT)
		log_warn("%s: the next start reads more", KNOWN_FILE);
}

void
known_drop(const struct auditor *a)
{
	(void)unlinkat(a->chain.seg.dirfd, KNOWN_NEW, 0);
}

void
known_wrong(const struct auditor *a)
{
	if (unlinkat(a->chain.seg.dirfd, KNOWN_FILE, 0) == -1 &&
	    errno != ENOENT)
		log_warn("%s", KNOWN_FILE);
}

void
known_free(struct known_log *k)
{
	free(k->v);
	memset(k, 0, sizeof(*k));
}
