/* SPDX-License-Identifier: ISC */
/*
 * What the executor's processes share in memory: files that nobody can change
 * once they were looked at, and digests that one of them writes down.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/msg.h"
#include "executor/digests.h"
#include "executor/fds.h"
#include "executor/parcel.h"
#include "executor/planfile.h"
#include "tests/sample.h"

static int
memory(const void *p, size_t len, int seals)
{
	int fd;

	fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	assert_true(fd != -1 && write(fd, p, len) == (ssize_t)len);
	if (seals != 0)
		assert_int_equal(fcntl(fd, F_ADD_SEALS, seals), 0);
	return (fd);
}

/* Every seal counts, and what cannot have any is no plan. */
static void
test_seals(void **state)
{
	static const int all[] = { F_SEAL_WRITE, F_SEAL_GROW, F_SEAL_SHRINK,
	    F_SEAL_SEAL };
	uint8_t digest[PLAN_DIGEST], want[PLAN_DIGEST];
	struct plan p, got;
	struct buf b;
	int fd, pfd[2];
	size_t i, k;
	unsigned seals;

	(void)state;
	sample_plan(&p);
	buf_init(&b, MSG_PLAN_MAX);
	plan_put(&b, &p);
	plan_free(&p);
	plan_digest(want, b.data, b.len);
	assert_true((fd = planfile_new(b.data, b.len)) != -1);
	assert_int_equal(planfile_read(fd, &got, digest), 0);
	assert_memory_equal(digest, want, sizeof(want));
	plan_free(&got);
	assert_int_equal(write(fd, "x", 1), -1);
	(void)close(fd);
	for (i = 0; i <= NELEM(all); i++) {
		for (k = 0, seals = 0; k < NELEM(all); k++)
			if (k != i)
				seals |= (unsigned)all[k];
		fd = memory(b.data, b.len, (int)seals);
		assert_int_equal(planfile_read(fd, &got, NULL),
		    i == NELEM(all) ? 0 : -1);
		if (i == NELEM(all))
			plan_free(&got);
		(void)close(fd);
	}
	fd = memory(b.data, b.len, 0);
	assert_int_equal(planfile_read(fd, &got, NULL), -1);
	(void)close(fd);
	assert_int_equal(pipe(pfd), 0);
	assert_int_equal(planfile_read(pfd[0], &got, NULL), -1);
	(void)close(pfd[0]);
	(void)close(pfd[1]);
	fd = open("/dev/null", O_RDONLY);
	assert_int_equal(planfile_read(fd, &got, NULL), -1);
	(void)close(fd);
	buf_free(&b);
}

/* Through a socket and out again, of any length up to the largest. */
static void
through(size_t len, size_t max, int ok)
{
	static uint8_t m[INSIDE_PLANNED_MAX + 1];
	unsigned nfds = INSIDE_PLANNED_FDS;
	int fds[INSIDE_PLANNED_FDS], sv[2];
	struct parcel k;
	uint8_t *p;
	ssize_t n;
	size_t i;

	p = xmalloc(len + 1);
	for (i = 0; i < len; i++)
		p[i] = (uint8_t)(i * 7 + i / 251);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv), 0);
	assert_int_equal(parcel_send(sv[0], INSIDE_PLANNED, p, len), 0);
	n = fds_recv(sv[1], m, sizeof(m), fds, &nfds, 0);
	assert_int_equal(inside_type(IN_RESOLVE, IW_RESOLVER, m, (size_t)n,
	    nfds), INSIDE_PLANNED);
	assert_int_equal(parcel_open(&k, m, (size_t)n, fds, nfds, max),
	    ok ? 0 : -1);
	if (ok) {
		assert_int_equal(k.len, len);
		assert_memory_equal(k.p, p, len);
	}
	parcel_close(&k);
	(void)close(sv[0]);
	(void)close(sv[1]);
	free(p);
}

static void
test_parcels(void **state)
{
	static const size_t some[] = { 1, 2, INSIDE_PLANNED_MAX - 2,
	    INSIDE_PLANNED_MAX - 1, INSIDE_PLANNED_MAX,
	    INSIDE_PLANNED_MAX + 1, 100000, MSG_INTENT_MAX };
	struct parcel k;
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < NELEM(some); i++) {
		through(some[i], MSG_INTENT_MAX, 1);
		through(some[i], some[i], 1);
		through(some[i], some[i] - 1, 0);
	}
	/* bytes and a file are one too many; a file that can change is none */
	fd = planfile_new("abc", 3);
	assert_int_equal(parcel_open(&k, "qx", 2, &fd, 1, 100), -1);
	fd = memory("abc", 3, 0);
	assert_int_equal(parcel_open(&k, "q", 1, &fd, 1, 100), -1);
}

static void
file(struct ident *id, uint64_t ino, unsigned seed)
{
	memset(id, 0, sizeof(*id));
	id->dev = 5;
	id->ino = ino;
	id->size = 100;
	id->mtime_ns = 7;
	id->ctime_ns = 8;
	sample_digest(id->digest, sizeof(id->digest), seed);
}

/* 1: known, with this seed's digest. */
static int
known(uint64_t ino, unsigned seed)
{
	uint8_t digest[PLAN_DIGEST];
	struct ident id;

	file(&id, ino, seed);
	return (digests_get(&id, digest) &&
	    memcmp(digest, id.digest, sizeof(digest)) == 0);
}

static void
test_digests(void **state)
{
	uint8_t digest[PLAN_DIGEST];
	struct ident id, other;
	int status, wishes;

	(void)state;
	assert_false(known(1, 1));
	assert_int_equal(digests_make(&wishes), 0);
	assert_false(known(1, 1));
	assert_false(known(0, 0));
	if (fork() == 0) {	/* the resolver */
		file(&id, 1, 1);
		digests_put(&id);
		_exit(!known(1, 1));
	}
	assert_int_not_equal(wait(&status), -1);
	assert_int_equal(status, 0);
	digests_read_only();
	assert_true(known(1, 1));
	assert_false(known(2, 1));
	/* who only reads writes nothing */
	file(&id, 2, 2);
	digests_put(&id);
	assert_false(known(2, 2));
	/* any of its numbers */
	file(&id, 1, 1);
#define OTHER(f)							\
	do {								\
		other = id;						\
		other.f++;						\
		assert_false(digests_get(&other, digest));		\
	} while (0)
	OTHER(dev);
	OTHER(ino);
	OTHER(size);
	OTHER(mtime_ns);
	OTHER(ctime_ns);
}

static int
setup(void **state)
{
	(void)state;
	return (sodium_init() == -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seals),
		cmocka_unit_test(test_parcels),
		cmocka_unit_test(test_digests),
	};

	return (cmocka_run_group_tests_name("memory", tests, setup, NULL));
}
