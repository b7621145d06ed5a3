/* SPDX-License-Identifier: ISC */
/* Closed segments, packed or not; see packfile.h. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "auditor/packfile.h"
#include "common/io.h"
#include "common/log.h"
#include "common/record/logseg.h"
#include "common/record/packed.h"
#include "common/role.h"
#include "common/xmalloc.h"

#define PACK_LEVEL	3
/* So much is made durable at once: nobody waits long for that. */
#define PACK_SYNC	(2U * 1024 * 1024)

struct packfile {
	int		 fd;
	int		 packed;
	uint64_t	 size;		/* packed: of what it holds */
	uint64_t	*at;		/* of each part, and of their end */
	size_t		 nparts;
	ZSTD_DCtx	*ctx;
	uint8_t		*part;		/* PACKED_PART bytes */
	uint8_t		*frame;		/* PACKED_FRAME */
	size_t		 have;		/* which part that is, nparts: none */
};

struct packwriter {
	int		 fd;
	ZSTD_CCtx	*ctx;
	uint64_t	 size;		/* written */
	size_t		 unsynced;	/* of that */
	uint8_t		*table;		/* of entries */
	size_t		 nparts;
	int		 short_one;	/* no part follows */
	uint8_t		 frame[PACKED_FRAME];
};

static uint32_t
get_le(const uint8_t *p)
{
	return ((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24);
}

static void
put_le(uint8_t *p, uint32_t v)
{
	p[0] = v & 0xff;
	p[1] = v >> 8 & 0xff;
	p[2] = v >> 16 & 0xff;
	p[3] = v >> 24;
}

static int
malformed(void)
{
	errno = EBADMSG;
	return (-1);
}

static int
read_at(int fd, void *p, size_t n, uint64_t at)
{
	size_t done = 0;
	ssize_t r;

	while (done < n) {
		r = pread(fd, (uint8_t *)p + done, n - done,
		    (off_t)(at + done));
		if (r == -1 && errno == EINTR)
			continue;
		if (r == -1)
			return (-1);
		if (r == 0)
			return (malformed());
		done += (size_t)r;
	}
	return (0);
}

/* Where each part is: all of the table, and nothing that does not add up. */
static int
take_table(struct packfile *f, const uint8_t *p, uint64_t table)
{
	uint32_t frame, part;
	uint64_t at = 0;
	size_t i;

	f->at = xcalloc(f->nparts + 1, sizeof(*f->at));
	for (i = 0; i < f->nparts; i++, p += PACKED_ENTRY) {
		frame = get_le(p);
		part = get_le(p + 4);
		if (frame == 0 || frame > PACKED_FRAME || part == 0 ||
		    part > PACKED_PART || (part != PACKED_PART &&
		    i != f->nparts - 1))
			return (malformed());
		f->at[i] = at;
		at += frame;
		f->size += part;
	}
	f->at[i] = at;
	return (at == table ? 0 : malformed());
}

static int
read_table(struct packfile *f, uint64_t size)
{
	uint8_t foot[PACKED_FOOT], head[PACKED_HEAD], *p;
	uint64_t len;
	int r;

	if (size < PACKED_HEAD + PACKED_FOOT)
		return (malformed());
	if (read_at(f->fd, foot, sizeof(foot), size - PACKED_FOOT) == -1)
		return (-1);
	f->nparts = get_le(foot);
	if (get_le(foot + 5) != PACKED_SEEK || foot[4] != 0 ||
	    f->nparts == 0 || f->nparts > PACKED_PARTS)
		return (malformed());
	len = (uint64_t)f->nparts * PACKED_ENTRY;
	if (size < PACKED_HEAD + len + PACKED_FOOT)
		return (malformed());
	size -= PACKED_HEAD + len + PACKED_FOOT;
	if (read_at(f->fd, head, sizeof(head), size) == -1)
		return (-1);
	if (get_le(head) != PACKED_SKIP ||
	    get_le(head + 4) != len + PACKED_FOOT)
		return (malformed());
	p = xmalloc((size_t)len);
	r = read_at(f->fd, p, (size_t)len, size + PACKED_HEAD);
	if (r == 0)
		r = take_table(f, p, size);
	free(p);
	return (r);
}

static int
open_packed(struct packfile *f)
{
	struct stat st;

	if (fstat(f->fd, &st) == -1)
		return (-1);
	if (read_table(f, (uint64_t)st.st_size) == -1)
		return (-1);
	f->have = f->nparts;
	f->part = xmalloc(PACKED_PART);
	f->frame = xmalloc(PACKED_FRAME);
	if ((f->ctx = ZSTD_createDCtx()) == NULL)
		fatalx(EXIT_SYSTEM, "zstd: out of memory");
	return (0);
}

struct packfile *
packfile_open(int dirfd, uint64_t first)
{
	char name[LOG_NAMEMAX] = LOG_CURRENT;
	struct packfile *f;
	int saved;

	f = xcalloc(1, sizeof(*f));
	if (first != 0)
		logseg_name(name, LOG_STEM, first);
	f->fd = logseg_open(dirfd, name, O_RDONLY);
	if (f->fd == -1 && errno == ENOENT && first != 0) {
		logseg_packed_name(name, first);
		f->fd = logseg_open(dirfd, name, O_RDONLY);
		f->packed = 1;
	}
	if (f->fd != -1 && (!f->packed || open_packed(f) == 0))
		return (f);
	saved = errno;
	packfile_close(f);
	errno = saved;
	return (NULL);
}

struct packfile *
packfile_plain(int fd)
{
	struct packfile *f;

	f = xcalloc(1, sizeof(*f));
	f->fd = fd;
	return (f);
}

struct packfile *
packfile_packed(int fd)
{
	struct packfile *f;
	int saved;

	f = xcalloc(1, sizeof(*f));
	f->fd = fd;
	f->packed = 1;
	if (open_packed(f) == 0)
		return (f);
	saved = errno;
	packfile_close(f);
	errno = saved;
	return (NULL);
}

uint64_t
packfile_size(const struct packfile *f)
{
	struct stat st;

	if (f->packed)
		return (f->size);
	return (fstat(f->fd, &st) == -1 ? 0 : (uint64_t)st.st_size);
}

static int
load_part(struct packfile *f, size_t i)
{
	size_t n = (size_t)(f->at[i + 1] - f->at[i]), got, want;

	if (f->have == i)
		return (0);
	f->have = f->nparts;
	if (read_at(f->fd, f->frame, n, f->at[i]) == -1)
		return (-1);
	want = i == f->nparts - 1 ? (size_t)(f->size -
	    (uint64_t)i * PACKED_PART) : PACKED_PART;
	got = ZSTD_decompressDCtx(f->ctx, f->part, PACKED_PART, f->frame, n);
	if (ZSTD_isError(got) || got != want)
		return (malformed());
	f->have = i;
	return (0);
}

/* Out of one part. */
static ssize_t
read_part(struct packfile *f, void *p, size_t n, uint64_t off)
{
	size_t in = (size_t)(off % PACKED_PART), left = PACKED_PART - in;

	if (load_part(f, (size_t)(off / PACKED_PART)) == -1)
		return (-1);
	if (left > f->size - off)
		left = (size_t)(f->size - off);
	if (n > left)
		n = left;
	memcpy(p, f->part + in, n);
	return ((ssize_t)n);
}

ssize_t
packfile_read(struct packfile *f, void *p, size_t n, uint64_t off)
{
	size_t done;
	ssize_t r;

	if (!f->packed) {
		do {
			r = pread(f->fd, p, n, (off_t)off);
		} while (r == -1 && errno == EINTR);
		return (r);
	}
	for (done = 0; done < n && off + done < f->size; done += (size_t)r)
		if ((r = read_part(f, (uint8_t *)p + done, n - done,
		    off + done)) == -1)
			return (-1);
	return ((ssize_t)done);
}

int
packfile_fd(const struct packfile *f)
{
	return (f->fd);
}

void
packfile_close(struct packfile *f)
{
	if (f == NULL)
		return;
	if (f->fd != -1)
		(void)close(f->fd);
	(void)ZSTD_freeDCtx(f->ctx);
	free(f->at);
	free(f->part);
	free(f->frame);
	free(f);
}

struct packwriter *
packwriter_new(int fd)
{
	struct packwriter *w;

	w = xcalloc(1, sizeof(*w));
	w->fd = fd;
	if ((w->ctx = ZSTD_createCCtx()) == NULL)
		fatalx(EXIT_SYSTEM, "zstd: out of memory");
	return (w);
}

int
packwriter_part(struct packwriter *w, const void *p, size_t n)
{
	size_t frame, k = w->nparts * PACKED_ENTRY;

	errno = EFBIG;
	if (w->short_one || n == 0 || n > PACKED_PART ||
	    w->nparts == PACKED_PARTS)
		return (-1);
	frame = ZSTD_compressCCtx(w->ctx, w->frame, sizeof(w->frame), p, n,
	    PACK_LEVEL);
	if (ZSTD_isError(frame))
		fatalx(EXIT_SYSTEM, "zstd: %s", ZSTD_getErrorName(frame));
	if (io_write(w->fd, w->frame, frame) == -1)
		return (-1);
	w->unsynced += frame;
	if (w->unsynced >= PACK_SYNC) {
		if (io_fdatasync(w->fd) == -1)
			return (-1);
		w->unsynced = 0;
	}
	w->table = xrecallocarray(w->table, k, k + PACKED_ENTRY, 1);
	put_le(w->table + k, (uint32_t)frame);
	put_le(w->table + k + 4, (uint32_t)n);
	w->nparts++;
	w->size += frame;
	w->short_one = n != PACKED_PART;
	return (0);
}

int
packwriter_end(struct packwriter *w, uint64_t *size)
{
	uint8_t head[PACKED_HEAD], foot[PACKED_FOOT];
	size_t n = w->nparts * PACKED_ENTRY;

	put_le(head, PACKED_SKIP);
	put_le(head + 4, (uint32_t)(n + PACKED_FOOT));
	put_le(foot, (uint32_t)w->nparts);
	foot[4] = 0;
	put_le(foot + 5, PACKED_SEEK);
	if (io_write(w->fd, head, sizeof(head)) == -1 ||
	    io_write(w->fd, w->table, n) == -1 ||
	    io_write(w->fd, foot, sizeof(foot)) == -1)
		return (-1);
	*size = w->size + sizeof(head) + n + sizeof(foot);
	return (0);
}

void
packwriter_free(struct packwriter *w)
{
	if (w == NULL)
		return;
	(void)ZSTD_freeCCtx(w->ctx);
	free(w->table);
	free(w);
}
