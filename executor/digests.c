/* SPDX-License-Identifier: ISC */
/*
 * Digests that a resolver and the sandboxes of its skill share.  One process
 * writes, many read, and each may end at any time: an entry has a count that
 * is odd while it is written.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/socket.h>

#include <stdatomic.h>
#include <string.h>

#include "executor/digests.h"
#include "executor/inside.h"
#include "executor/shared.h"

#define ENTRIES	1024U	/* direct mapped */

struct file {
	uint64_t	 dev;
	uint64_t	 ino;
	uint64_t	 size;
	int64_t		 mtime_ns;
	int64_t		 ctime_ns;
};

struct entry {
	_Atomic uint64_t count;		/* 0: never written */
	struct file	 file;
	uint8_t		 digest[PLAN_DIGEST];
};

static struct entry *writes;		/* where this process may write */
static const struct entry *reads;
static int wishing = -1;

#define SIZE	(ENTRIES * sizeof(struct entry))

int
digests_make(int *wishes)
{
	const void *r;
	void *w;
	int sv[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) == -1)
		return (-1);
	*wishes = sv[0];
	wishing = sv[1];
	if (shared_make("digests", SIZE, &w, &r) == -1)
		return (-1);
	writes = w;
	reads = r;
	return (0);
}

void
digests_read_only(void)
{
	(void)munmap(writes, SIZE);
	writes = NULL;
}

int
digests_wishing(void)
{
	return (wishing);
}

void
digests_wish(const char *path)
{
	uint8_t m[INSIDE_WISH_MAX];
	size_t len = strlen(path);

	if (wishing == -1 || len == 0 || len >= sizeof(m))
		return;
	m[0] = INSIDE_WISH;
	memcpy(m + 1, path, len);
	/* where there is no room, another run says it */
	(void)send(wishing, m, 1 + len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void
file_of(struct file *f, const struct ident *id)
{
	memset(f, 0, sizeof(*f));
	f->dev = id->dev;
	f->ino = id->ino;
	f->size = id->size;
	f->mtime_ns = id->mtime_ns;
	f->ctime_ns = id->ctime_ns;
}

static size_t
place(const struct ident *id)
{
	return ((id->ino ^ id->dev * 31) % ENTRIES);
}

int
digests_get(const struct ident *id, uint8_t digest[PLAN_DIGEST])
{
	const struct entry *e;
	struct file want, have;
	uint64_t count;

	if (reads == NULL)
		return (0);
	e = &reads[place(id)];
	file_of(&want, id);
	count = atomic_load_explicit(&e->count, memory_order_acquire);
	if (count == 0 || count % 2 != 0)
		return (0);
	have = e->file;
	memcpy(digest, e->digest, PLAN_DIGEST);
	atomic_thread_fence(memory_order_acquire);
	return (atomic_load_explicit(&e->count, memory_order_relaxed) ==
	    count && memcmp(&want, &have, sizeof(want)) == 0);
}

void
digests_put(const struct ident *id)
{
	struct entry *e;
	uint64_t count;

	if (writes == NULL)
		return;
	e = &writes[place(id)];
	count = atomic_load_explicit(&e->count, memory_order_relaxed);
	atomic_store_explicit(&e->count, count + 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	file_of(&e->file, id);
	memcpy(e->digest, id->digest, PLAN_DIGEST);
	atomic_store_explicit(&e->count, count + 2, memory_order_release);
}
