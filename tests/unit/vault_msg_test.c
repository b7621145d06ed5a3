/* SPDX-License-Identifier: ISC */
/* The vault's requests, from the supervisor's side. */
#include "config.h"

#include "tests/unit/unit.h"

#include "common/field.h"
#include "common/payload.h"
#include "tests/unit/vault_util.h"

static void
test_life(void **state)
{
	struct vtest t;

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	assert_int_equal(t.v.st->version, 0);
	assert_int_equal(vtest_count(&t, VFILE_NAME), 0);
	vtest_put(&t, 1, "TOKEN", "one");
	assert_int_equal(t.version, 1);
	vtest_put(&t, 2, "OTHER", "two\nlines\n");
	vtest_put(&t, 3, "TOKEN", "three");
	vtest_get(&t, 10, "TOKEN", "three");
	vtest_get(&t, 10, "OTHER", "two\nlines\n");
	vtest_get(&t, 10, "NONE", NULL);
	vtest_stop(&t);
	vtest_start(&t);
	vtest_get(&t, 10, "TOKEN", "three");
	vtest_name(&t, MSG_V_RM, 4, "TOKEN", -1);
	vtest_prepared(&t, 4);
	vtest_get(&t, 11, "TOKEN", "three");
	vtest_commit(&t, 4);
	vtest_done(&t, 4, CBE_OK);
	vtest_get(&t, 12, "TOKEN", NULL);
	vtest_name(&t, MSG_V_RM, 5, "TOKEN", -1);
	vtest_done(&t, 5, CBE_NOENT);
	assert_int_equal(t.version, 4);
	assert_int_equal(vtest_count(&t, VFILE_NEW), 0);
	vtest_stop(&t);
	vtest_end(&t);
}

static void
test_list(void **state)
{
	const uint8_t *row;
	struct vtest t;
	struct rd r;
	size_t len;
	char *s;

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	vtest_put(&t, 1, "B", "x");
	vtest_put(&t, 2, "A", "x");
	vtest_put(&t, 3, "B", "y");
	vtest_send(&t, MSG_V_LIST, 4, NULL, 0, -1);
	vtest_recv(&t, MSG_V_NAMES, 4);
	rd_init(&r, t.m.data, t.m.len);
	assert_int_equal(rd_u32(&r), 2);
	row = rd_bytes(&r, &len, 4096);
	s = field_get_str(row, len, "name");
	assert_string_equal(s, "A");
	free(s);
	row = rd_bytes(&r, &len, 4096);
	s = field_get_str(row, len, "name");
	assert_string_equal(s, "B");
	free(s);
	assert_int_equal(field_get_u64(row, len, "version", 0), 2);
	s = field_get_str(row, len, "changed");
	assert_int_equal(strlen(s), strlen("2026-02-01T12:00:00Z"));
	free(s);
	assert_int_equal(rd_end(&r), 0);
	vtest_stop(&t);
	vtest_end(&t);
}

/* A release with this ticket is refused so and nothing is written. */
static void
no_version(struct vtest *t, const uint8_t ticket[TICKET_SIZE], uint64_t run,
    const char *name, uint64_t version, enum cberr how)
{
	struct msg_release m = { .name = (char *)(uintptr_t)name,
	    .version = version, .oldest = 1 };
	char c;
	int p[2];

	assert_int_equal(pipe(p), 0);
	memcpy(m.ticket, ticket, sizeof(m.ticket));
	vtest_ask(t, run, &m, p[1]);
	vtest_done(t, run, how);
	assert_int_equal(read(p[0], &c, 1), 0);
	(void)close(p[0]);
}

static void
no_release(struct vtest *t, const uint8_t ticket[TICKET_SIZE], uint64_t run,
    const char *name)
{
	no_version(t, ticket, run, name, 1, CBE_REFUSED);
}

static void
test_tickets(void **state)
{
	const struct msg_release m = { .name = (char *)(uintptr_t)"TOKEN",
	    .version = 1 };
	uint8_t k[TICKET_SIZE];
	struct vtest t;
	unsigned i;

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	vtest_put(&t, 1, "TOKEN", "value");
	vtest_secret_ticket(&t, TICKET_SECRET, 5, &m, 60000, k);
	no_release(&t, k, 6, "TOKEN");
	no_release(&t, k, 5, "TOKEN2");
	for (i = 0; i < TICKET_SIZE * 8; i++) {
		k[i / 8] ^= (uint8_t)(1U << (i % 8));
		no_release(&t, k, 5, "TOKEN");
		k[i / 8] ^= (uint8_t)(1U << (i % 8));
	}
	no_version(&t, k, 5, "TOKEN", 2, CBE_REFUSED);
	vtest_secret_ticket(&t, TICKET_EXEC, 5, &m, 60000, k);
	no_release(&t, k, 5, "TOKEN");
	vtest_secret_ticket(&t, TICKET_SECRET, 5, &m, -1000, k);
	no_release(&t, k, 5, "TOKEN");
	/* None of that used up the good one; once it is used it is. */
	vtest_get(&t, 5, "TOKEN", "value");
	vtest_secret_ticket(&t, TICKET_SECRET, 5, &m, 50000, k);
	no_release(&t, k, 5, "TOKEN");
	vtest_get(&t, 6, "TOKEN", "value");
	/* the version that a record names is released, or none */
	vtest_put(&t, 2, "TOKEN", "newer");
	vtest_secret_ticket(&t, TICKET_SECRET, 7, &m, 60000, k);
	no_version(&t, k, 7, "TOKEN", 1, CBE_AGAIN);
	vtest_get(&t, 8, "TOKEN", "newer");
	vtest_stop(&t);
	vtest_end(&t);
}

/* A version that is older than the oldest one that may be. */
static void
test_oldest(void **state)
{
	struct vtest t;
	char c;
	int fd;

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	vtest_put(&t, 1, "TOKEN", "value");
	fd = vtest_release_from(&t, 5, "TOKEN", 2);
	vtest_done(&t, 5, CBE_REFUSED);
	assert_int_equal(read(fd, &c, 1), 0);
	(void)close(fd);
	vtest_put(&t, 2, "TOKEN", "other");
	fd = vtest_release_from(&t, 6, "TOKEN", 2);
	vtest_done(&t, 6, CBE_OK);
	assert_int_equal(read(fd, &c, 1), 1);
	(void)close(fd);
	fd = vtest_release_from(&t, 7, "TOKEN", UINT64_MAX);
	vtest_done(&t, 7, CBE_REFUSED);
	assert_int_equal(read(fd, &c, 1), 0);
	(void)close(fd);
	vtest_stop(&t);
	vtest_end(&t);
}

/* A release of BIG by a pipe of that size. */
static int
release_into(struct vtest *t, uint64_t run, int size)
{
	struct msg_release m = { .name = (char *)(uintptr_t)"BIG",
	    .version = 1, .oldest = 1 };
	int p[2];

	assert_int_equal(pipe(p), 0);
	assert_true(fcntl(p[1], F_SETPIPE_SZ, size) > 0);
	vtest_secret_ticket(t, TICKET_SECRET, run, &m, 60000, m.ticket);
	vtest_ask(t, run, &m, p[1]);
	return (p[0]);
}

#define RELEASED	(4 + STORE_VALUE_MAX + 4)	/* bytes of BIG */

/* What takes its time: a reader that is slow, one that is gone, too many. */
static void
test_slow_reader(void **state)
{
	struct vtest t;
	char big[STORE_VALUE_MAX + 1], got[4096];
	int fd[GUARD_SLOTS + 1];
	size_t i, sum = 0;
	ssize_t n;

	(void)state;
	memset(big, 'x', sizeof(big));
	vtest_new(&t);
	vtest_start(&t);
	vtest_set(&t, 1, "BIG", big, STORE_VALUE_MAX);
	vtest_prepared(&t, 1);
	vtest_commit(&t, 1);
	vtest_done(&t, 1, CBE_OK);
	/* It fits a larger pipe, so the vault is done at once. */
	fd[0] = release_into(&t, 2, 1024 * 1024);
	vtest_done(&t, 2, CBE_OK);
	while ((n = read(fd[0], got, sizeof(got))) > 0)
		sum += (size_t)n;
	assert_int_equal(sum, RELEASED);
	(void)close(fd[0]);
	/* Pipes of one page: each holds a slot until it is read. */
	for (i = 0; i < GUARD_SLOTS + 1; i++)
		fd[i] = release_into(&t, 100 + i, 4096);
	vtest_done(&t, 100 + GUARD_SLOTS, CBE_AGAIN);
	(void)close(fd[GUARD_SLOTS]);
	(void)close(fd[0]);
	vtest_done(&t, 100, CBE_IO);
	for (i = 1; i < GUARD_SLOTS; i++) {
		for (sum = 0; sum < RELEASED; sum += (size_t)n) {
			n = read(fd[i], got, sizeof(got));
			assert_true(n > 0);
			(void)event_base_loop(t.v.base, EVLOOP_NONBLOCK);
		}
		vtest_done(&t, 100 + i, CBE_OK);
		assert_int_equal(read(fd[i], got, 1), 0);
		(void)close(fd[i]);
	}
	vtest_stop(&t);
	vtest_end(&t);
}

static void
test_bad_values(void **state)
{
	static const char *const names[] = { "1A", "A-B", "A.B", "A B", "=",
	    "PATH", "LD_PRELOAD", "BASH_ENV" };
	char big[STORE_VALUE_MAX + 1], name[KEYRING_NAME + 1];
	struct vtest t;
	size_t i;
	int fd;

	(void)state;
	memset(big, 'x', sizeof(big));
	vtest_new(&t);
	vtest_start(&t);
	vtest_set(&t, 1, "A", "", 0);
	vtest_done(&t, 1, CBE_USAGE);
	vtest_set(&t, 1, "A", "a\0b", 3);
	vtest_done(&t, 1, CBE_USAGE);
	vtest_set(&t, 1, "A", big, sizeof(big));
	vtest_done(&t, 1, CBE_USAGE);
	for (i = 0; i < NELEM(names); i++) {
		vtest_set(&t, 1, names[i], "x", 1);
		vtest_done(&t, 1, CBE_USAGE);
	}
	vtest_set(&t, 1, "A", " \t\r\n ", 5);
	vtest_done(&t, 1, CBE_USAGE);
	/* An old one of such a name can be removed. */
	vtest_name(&t, MSG_V_RM, 1, "PATH", -1);
	vtest_done(&t, 1, CBE_NOENT);
	/* Values come by pipes, from nowhere else. */
	fd = openat(t.dirfd, "key", O_RDONLY);
	vtest_name(&t, MSG_V_SET, 1, "A", fd);
	vtest_done(&t, 1, CBE_INTERNAL);
	memset(name, 'N', KEYRING_NAME);
	name[KEYRING_NAME] = '\0';
	vtest_put(&t, 2, name, "x");
	vtest_get(&t, 3, name, "x");
	assert_int_equal(vtest_count(&t, VFILE_NEW), 0);
	vtest_stop(&t);
	vtest_end(&t);
}

static void
test_one_at_a_time(void **state)
{
	struct vtest t;
	int p[2];

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	assert_int_equal(pipe(p), 0);
	assert_int_equal(write(p[1], "ha", 2), 2);
	vtest_name(&t, MSG_V_SET, 1, "A", p[0]);
	vtest_set(&t, 2, "B", "x", 1);
	vtest_done(&t, 2, CBE_AGAIN);
	vtest_name(&t, MSG_V_RM, 3, "B", -1);
	vtest_done(&t, 3, CBE_AGAIN);
	assert_int_equal(write(p[1], "lf", 2), 2);
	(void)close(p[1]);
	vtest_prepared(&t, 1);
	vtest_set(&t, 2, "B", "x", 1);
	vtest_done(&t, 2, CBE_AGAIN);
	/* Neither another's commit nor another's abort. */
	vtest_commit(&t, 9);
	vtest_done(&t, 9, CBE_REFUSED);
	vtest_send(&t, MSG_V_ABORT, 9, NULL, 0, -1);
	vtest_commit(&t, 1);
	vtest_done(&t, 1, CBE_OK);
	vtest_get(&t, 4, "A", "half");
	/* Abort before and after the value came. */
	assert_int_equal(pipe(p), 0);
	vtest_name(&t, MSG_V_SET, 5, "A", p[0]);
	vtest_send(&t, MSG_V_ABORT, 5, NULL, 0, -1);
	(void)close(p[1]);
	vtest_set(&t, 6, "A", "x", 1);
	vtest_prepared(&t, 6);
	assert_int_equal(vtest_count(&t, VFILE_NEW), 1);
	vtest_send(&t, MSG_V_ABORT, 6, NULL, 0, -1);
	assert_int_equal(vtest_count(&t, VFILE_NEW), 0);
	vtest_commit(&t, 6);
	vtest_done(&t, 6, CBE_REFUSED);
	vtest_get(&t, 7, "A", "half");
	vtest_stop(&t);
	vtest_end(&t);
}

/* A wrong ticket changes nothing; the right one may still come. */
static void
test_commit_tickets(void **state)
{
	uint8_t k[TICKET_SIZE];
	struct vtest t;
	unsigned i;

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	vtest_put(&t, 1, "A", "old");
	vtest_set(&t, 2, "A", "new", 3);
	vtest_prepared(&t, 2);
	for (i = 0; i < 20; i++) {
		vtest_ticket(&t, TICKET_SECRET, 2, t.digest, 1000, k);
		vtest_send(&t, MSG_V_COMMIT, 2, k, sizeof(k), -1);
		vtest_done(&t, 2, CBE_REFUSED);
		vtest_ticket(&t, TICKET_COMMIT, 3, t.digest, 1000, k);
		vtest_send(&t, MSG_V_COMMIT, 2, k, sizeof(k), -1);
		vtest_done(&t, 2, CBE_REFUSED);
		vtest_get(&t, 100 + i, "A", "old");
	}
	assert_int_equal(vtest_count(&t, VFILE_NEW), 1);
	vtest_name(&t, MSG_V_RM, 5, "A", -1);
	vtest_done(&t, 5, CBE_AGAIN);
	vtest_commit(&t, 2);
	vtest_done(&t, 2, CBE_OK);
	vtest_get(&t, 6, "A", "new");
	assert_int_equal(vtest_count(&t, VFILE_NEW), 0);
	vtest_stop(&t);
	vtest_end(&t);
}

static void
test_locked(void **state)
{
	struct vtest t;
	int key, fd;

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	vtest_put(&t, 1, "A", "x");
	vtest_stop(&t);
	key = t.keyfd;
	t.keyfd = -1;
	assert_int_equal(vtest_open(&t, vtest_cipher(), 0), 0);
	assert_non_null(t.v.locked);
	vtest_set(&t, 1, "A", "y", 1);
	vtest_done(&t, 1, CBE_AGAIN);
	vtest_name(&t, MSG_V_RM, 2, "A", -1);
	vtest_done(&t, 2, CBE_AGAIN);
	vtest_send(&t, MSG_V_LIST, 3, NULL, 0, -1);
	vtest_done(&t, 3, CBE_AGAIN);
	fd = vtest_release(&t, 4, "A");
	vtest_done(&t, 4, CBE_AGAIN);
	(void)close(fd);
	vtest_stop(&t);
	t.keyfd = key;
	vtest_end(&t);
}

/* Somebody puts another file there while the vault is up. */
static void
test_disturbed(void **state)
{
	struct vtest t;
	size_t len;
	char *p;

	(void)state;
	vtest_new(&t);
	vtest_start(&t);
	vtest_put(&t, 1, "A", "x");
	p = vtest_read(&t, VFILE_NAME, &len);
	vtest_write(&t, VFILE_NAME, p, len - 1);
	vtest_set(&t, 2, "A", "y", 1);
	vtest_done(&t, 2, CBE_IO);
	assert_int_equal(vtest_count(&t, VFILE_NEW), 0);
	free(p);
	vtest_stop(&t);
	vtest_end(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_tickets),
		cmocka_unit_test(test_oldest),
		cmocka_unit_test(test_slow_reader),
		cmocka_unit_test(test_bad_values),
		cmocka_unit_test(test_one_at_a_time),
		cmocka_unit_test(test_commit_tickets),
		cmocka_unit_test(test_locked),
		cmocka_unit_test(test_disturbed),
	};

	if (sodium_init() == -1)
		return (1);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
