/* SPDX-License-Identifier: ISC */
/* Guarded memory; see guard.h. */
#include "config.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "common/memlock.h"
#include "vault/guard.h"

#ifndef SYS_memfd_secret
#define SYS_memfd_secret	447	/* the same on every architecture */
#endif
#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK		18
#endif

/* The largest page size of the architectures that we know. */
#define GUARD_PAGE	65536U
#define GUARD_PIECES	(GUARD_SLOTS + 1)

static struct {
	uint8_t		*keys;
	uint8_t		*slot[GUARD_SLOTS];
	uint8_t		 taken[GUARD_SLOTS];
	const char	*kind;
} guard;

static size_t
round_page(size_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (n + page - 1) / page * page;
}

static size_t
piece_size(unsigned i)
{
	return (round_page(i == 0 ? GUARD_KEYS : GUARD_SLOT));
}

static void
piece_place(unsigned i, uint8_t *p)
{
	if (i == 0)
		guard.keys = p;
	else
		guard.slot[i - 1] = p;
}

/* Makes one piece of a reserved range usable. */
static int
piece_map(uint8_t *p, size_t len, int fd, off_t off)
{
	if (fd != -1) {
		if (mmap(p, len, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_FIXED, fd, off) == MAP_FAILED)
			return (-1);
		return (madvise(p, len, MADV_DONTFORK));
	}
	if (mprotect(p, len, PROT_READ | PROT_WRITE) == -1 ||
	    memlock_flags(p, len, MLOCK_ONFAULT) == -1 ||
	    madvise(p, len, MADV_DONTDUMP) == -1)
		return (-1);
	return (madvise(p, len, MADV_WIPEONFORK));
}

/* Lays out all pieces; fd is a memfd_secret or -1. */
static int
layout(int fd)
{
	uint8_t *base, *p;
	size_t total = GUARD_PAGE;
	unsigned i;
	off_t off = 0;
	int saved;

	for (i = 0; i < GUARD_PIECES; i++)
		total += piece_size(i) + GUARD_PAGE;
	base = mmap(NULL, total, PROT_NONE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (base == MAP_FAILED)
		return (-1);
	p = base + GUARD_PAGE;
	for (i = 0; i < GUARD_PIECES; i++) {
		if (piece_map(p, piece_size(i), fd, off) == -1) {
			saved = errno;
			munmap(base, total);
			errno = saved;
			return (-1);
		}
		piece_place(i, p);
		p += piece_size(i) + GUARD_PAGE;
		off += (off_t)piece_size(i);
	}
	return (0);
}

static int
init_secret(void)
{
	size_t total = 0;
	unsigned i;
	int fd, r;

	fd = (int)syscall(SYS_memfd_secret, (unsigned)O_CLOEXEC);
	if (fd == -1)
		return (-1);
	for (i = 0; i < GUARD_PIECES; i++)
		total += piece_size(i);
	r = ftruncate(fd, (off_t)total);
	if (r == 0)
		r = layout(fd);
	/* Root can read the pages for as long as the descriptor is open. */
	close(fd);
	return (r);
}

int
guard_init(char *err, size_t errlen)
{
	if (guard.keys != NULL)
		return (0);
	if (init_secret() == 0)
		guard.kind = "memfd_secret";
	else if (layout(-1) == 0)
		guard.kind = memlock_missing() != NULL ? memlock_missing() :
		    "mlock";
	else {
		snprintf(err, errlen, "cannot lock memory for keys: %s "
		    "(CAP_IPC_LOCK or a larger RLIMIT_MEMLOCK is needed, or "
		    "accept it in sandbox.acceptMissing)",
		    strerror(errno));
		return (-1);
	}
	sodium_memzero(guard.keys, GUARD_KEYS);
	return (0);
}

const char *
guard_kind(void)
{
	return (guard.kind == NULL ? "none" : guard.kind);
}

void *
guard_keys(void)
{
	return (guard.keys);
}

void *
guard_take(void)
{
	unsigned i;

	for (i = 0; i < GUARD_SLOTS; i++)
		if (!guard.taken[i] && guard.slot[i] != NULL) {
			guard.taken[i] = 1;
			return (guard.slot[i]);
		}
	return (NULL);
}

void
guard_give(void *p)
{
	unsigned i;

	if (p == NULL)
		return;
	for (i = 0; i < GUARD_SLOTS; i++)
		if (guard.slot[i] == p) {
			sodium_memzero(p, GUARD_SLOT);
			guard.taken[i] = 0;
		}
}

void
guard_wipe(void)
{
	unsigned i;

	if (guard.keys != NULL)
		sodium_memzero(guard.keys, GUARD_KEYS);
	for (i = 0; i < GUARD_SLOTS; i++)
		if (guard.taken[i])
			guard_give(guard.slot[i]);
}
