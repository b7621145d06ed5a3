/* SPDX-License-Identifier: ISC */
/*
 * A removal that has stopped between its record and its files: it goes on where
 * the record is sealed, and is none where it is not; the log is whole at any
 * time.
 */
#include "config.h"

#include <stdint.h>

static uint32_t check_s;	/* a round is begun that often */
#define AUD_CHECK_S	check_s
static int hears;		/* A_CHECKED */
#define AUD_CHECKED	hears

#include "tests/unit/unit.h"

#include <sys/mman.h>

#include "client/backup/backupset.h"
#include "client/backup/logstate.h"
#include "tests/unit/prune_util.h"

#define ROOM	(UINT64_C(1) << 20)

#define LONG	RECORD_RESULT

/* For auditors, too. */
static struct {
	uint64_t	 room;		/* up to this offset */
	int		 moved;		/* each segment, while it is read */
} *host;

int
fallocate(int fd, int mode, off_t off, off_t len)
{
	(void)fd;
	(void)mode;
	if ((uint64_t)(off + len) <= host->room)
		return (0);
	errno = ENOSPC;
	return (-1);
}

/* The first look at a name does not find it. */
int
fstatat(int dirfd, const char *name, struct stat *st, int flags)
{
	static char last[LOG_NAMEMAX];
	int fd, r;

	if (host->moved && strncmp(name, LOG_STEM "-", sizeof(LOG_STEM)) ==
	    0 && strcmp(name, last) != 0) {
		(void)snprintf(last, sizeof(last), "%s", name);
		errno = ENOENT;
		return (-1);
	}
	fd = openat(dirfd, name, O_PATH | O_CLOEXEC |
	    ((flags & AT_SYMLINK_NOFOLLOW) != 0 ? O_NOFOLLOW : 0));
	if (fd == -1)
		return (-1);
	r = fstat(fd, st);
	(void)close(fd);
	return (r);
}

/* The second removal, of a segment that then cannot go. */
static size_t
make_half(const char *dir, struct verify_by *by, struct aud *a,
    const char *path)
{
	char name[LOG_NAMEMAX];
	uint64_t first;
	size_t n;

	make_pruned(dir, by);
	assert_int_equal(aud_up(a, dir, SMALL), MSG_READY);
	n = closed(dir, &first, name);
	assert_true(n > 1 && first > 1);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(prune(a, NEVER, 0, CBE_IO), 0);
	assert_int_equal(closed(dir, &first, name), n);
	return (n);
}

/* The record is there and sealed, and then its files cannot be written. */
static void
test_half(void **state)
{
	char path[512], name[LOG_NAMEMAX];
	struct verify_by by;
	uint64_t first;
	struct aud a;
	size_t n;
	int again;

	(void)snprintf(path, sizeof(path), "%s/%s.new", (char *)*state,
	    LOG_PRUNED);
	n = make_half(*state, &by, &a, path);
	check_stream(&a, &by, "PRUNED first=1 last=");
	verify_whole_dir(*state);
	/* it is not pruned again, and neither is what is behind it */
	assert_int_equal(prune(&a, NEVER, 1, CBE_OK), n - 1);
	assert_int_equal(prune(&a, NEVER, 0, CBE_IO), 0);
	assert_int_equal(closed(*state, &first, name), n);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(prune(&a, NEVER, 0, CBE_OK), n - 1);
	check_stream(&a, &by, "PRUNED first=1 last=");
	for (again = 0; again < 2; again++) {
		assert_int_equal(aud_shutdown(&a), 0);
		check(*state, &by, "PRUNED first=1 last=", VERIFY_MISSING);
		forget(*state);
		assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	}
	assert_int_equal(aud_shutdown(&a), 0);
}

/* Nothing is damaged by that: what it leaves is not looked at. */
static void
test_half_looks(void **state)
{
	char path[512], name[LOG_NAMEMAX];
	struct verify_by by;
	struct msg_checked m;
	uint64_t first;
	struct aud a;
	int i;

	check_s = 1;
	hears = 1;
	(void)snprintf(path, sizeof(path), "%s/%s.new", (char *)*state,
	    LOG_PRUNED);
	(void)make_half(*state, &by, &a, path);
	(void)closed(*state, &first, name);
	gone(*state, name);
	do {
		(void)poll(NULL, 0, 1);
		aud_send(&a, MSG_PING, 0, NULL);
		do {
			assert_int_not_equal(aud_recv(&a), MSG_NONE);
			i = a.m.type == MSG_A_CHECKED;
		} while (!i && a.m.type != MSG_PONG);
		if (!i)
			continue;
		assert_int_equal(payload_get(&a.m, &msg_checked_shape, &m), 0);
		assert_int_equal(m.damaged, 0);
		assert_int_equal(m.record, 0);
		i = m.done != 0;
		shape_free(&msg_checked_shape, &m);
	} while (!i);
	check_s = 0;
	hears = 0;
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(aud_shutdown(&a), 0);
}

/* The next start does that. */
static void
test_half_start(void **state)
{
	char path[512], name[LOG_NAMEMAX];
	struct verify_by by;
	uint64_t was, first;
	struct aud a;
	size_t n;

	(void)snprintf(path, sizeof(path), "%s/%s.new", (char *)*state,
	    LOG_PRUNED);
	(void)make_half(*state, &by, &a, path);
	(void)closed(*state, &was, name);
	assert_int_equal(aud_shutdown(&a), 0);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	n = closed(*state, &first, name);
	assert_true(first > was);
	check_stream(&a, &by, "PRUNED first=1 last=");
	assert_int_equal(prune(&a, NEVER, 0, CBE_OK), n);
	assert_int_equal(aud_shutdown(&a), 0);
	check(*state, &by, "PRUNED first=1 last=", VERIFY_MISSING);
}

/* The end of the log up to its last record of that kind, which stays. */
static void
cut_behind(const char *dir, const char *what)
{
	char *s, *p, *at = NULL;
	size_t len;

	s = aud_file(dir, LOG_CURRENT, &len);
	assert_non_null(s);
	for (p = s; (p = strstr(p, what)) != NULL; p++)
		at = p;
	assert_non_null(at);
	at = strchr(at, '\n');
	assert_non_null(at);
	aud_write(dir, LOG_CURRENT, s, (size_t)(at + 1 - s));
	free(s);
}

/* A crash between the record and its seal: nothing goes, then or later. */
static void
test_unsealed(void **state)
{
	char path[512], name[LOG_NAMEMAX], *key;
	struct verify_by by;
	uint64_t was, first;
	struct aud a;
	size_t n = 0, len;
	int i;

	(void)snprintf(path, sizeof(path), "%s/%s.new", (char *)*state,
	    LOG_PRUNED);
	make_pruned(*state, &by);
	key = aud_file(*state, SEALKEY_FILE, &len);
	assert_non_null(key);
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	(void)closed(*state, &was, name);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(prune(&a, NEVER, 0, CBE_IO), 0);
	assert_int_equal(kill(a.pid, SIGKILL), 0);
	(void)aud_status(&a);
	assert_int_equal(rmdir(path), 0);
	cut_behind(*state, " prune: {\"v\":1,\"ev\":\"prune\"");
	aud_write(*state, SEALKEY_FILE, key, len);
	free(key);
	for (i = 0; i < 3; i++) {
		forget(*state);
		assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
		n = closed(*state, &first, name);
		assert_int_equal(first, was);
		check_stream(&a, &by, "PRUNED first=1 last=");
		assert_int_equal(prune(&a, NEVER, 1, CBE_OK), n);
		if (i < 2)
			assert_int_equal(aud_shutdown(&a), 0);
	}
	assert_int_equal(prune(&a, NEVER, 0, CBE_OK), n);
	assert_int_equal(aud_shutdown(&a), 0);
	check(*state, &by, "PRUNED first=1 last=", VERIFY_MISSING);
}

/* Each is replaced while it is read, and read again: its seals count once. */
static void
test_again(void **state)
{
	char name[LOG_NAMEMAX];
	struct verify_by by;
	uint64_t first;
	struct aud a;
	size_t n;

	make(*state);
	first_seal(*state, &by);
	by.size = 0;
	n = closed(*state, &first, name);
	assert_true(n > 4);
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	host->moved = 1;
	assert_int_equal(prune(&a, NEVER, 0, CBE_OK), n);
	host->moved = 0;
	assert_int_equal(aud_shutdown(&a), 0);
	check(*state, &by, "PRUNED first=1 last=", VERIFY_MISSING);
}

/* A copy of the configuration at conf, and of the log in dir. */
static void
backs_up(char *dir, const char *conf)
{
	static char log_what[] = "log", vault_what[] = "vault";
	static char none[] = "/nonexistent";
	struct hostplace p[2];
	struct hostplaces ps;
	struct logstate ls;
	struct backup_set s;
	struct fail f;

	if (logstate_dir(&ls, dir, &f) == -1)
		fail_msg("%s", f.text);
	memset(p, 0, sizeof(p));
	memset(&ps, 0, sizeof(ps));
	p[0].what = log_what;
	p[0].path = dir;
	p[1].what = vault_what;
	p[1].path = none;
	ps.v = p;
	ps.n = 2;
	if (backup_set_take(&s, conf, &ps, &f) == -1)
		fail_msg("%s", f.text);
	assert_true(s.head.log.number == ls.last.number);
	backup_set_free(&s);
}

/* Whatever a crash has left of a removal, the log is whole for a backup. */
static void
test_left(void **state)
{
	static const char more[] = "seal 1 2 3\n";
	char name[LOG_NAMEMAX], path[512], *was, *seals;
	struct verify_by by;
	uint64_t first;
	struct aud a;
	size_t len, n;

	(void)snprintf(path, sizeof(path), "%s/conf", (char *)*state);
	aud_write(*state, "conf", "{}", 2);
	make_pruned(*state, &by);
	assert_true(closed(*state, &first, name) > 1);
	backs_up(*state, path);
	/* all but the end of the files' removal */
	was = aud_file(*state, name, &len);
	assert_non_null(was);
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	assert_true(prune(&a, NEVER, 0, CBE_OK) > 0);
	runs(&a, 2000);
	assert_int_equal(aud_shutdown(&a), 0);
	backs_up(*state, path);
	aud_write(*state, name, was, len);
	backs_up(*state, path);
	gone(*state, name);
	free(was);
	/* the seals without the record */
	was = aud_file(*state, LOG_SEALS, &len);
	assert_non_null(was);
	n = len + sizeof(more) - 1;
	seals = xmalloc(n);
	memcpy(seals, was, len);
	memcpy(seals + len, more, sizeof(more) - 1);
	aud_write(*state, LOG_SEALS, seals, n);
	backs_up(*state, path);
	check(*state, &by, "PRUNED first=1 last=", VERIFY_MISSING);
	free(seals);
	free(was);
}

/* A full disk, and a record that has more than the room that is set aside. */
static void
test_full(void **state)
{
	char name[LOG_NAMEMAX], *why;
	uint64_t first;
	struct aud a;
	size_t n;

	make(*state);
	n = closed(*state, &first, name);
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	host->room = 0;
	why = xcalloc(1, LONG + 1);
	memset(why, 'x', LONG);
	assert_int_equal(prune_why(&a, NEVER, 0, CBE_IO, why), 0);
	free(why);
	assert_int_equal(closed(*state, &first, name), n);
	/* a short one has room there */
	assert_true(prune(&a, NEVER, 0, CBE_OK) > 0);
	host->room = ROOM;
	assert_int_equal(aud_shutdown(&a), 0);
	verify_whole_dir(*state);
}

static int
group(void **state)
{
	(void)state;
	host = mmap(NULL, sizeof(*host), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (host == MAP_FAILED)
		return (-1);
	host->room = ROOM;
	return (0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_half, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_half_looks, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_half_start, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_unsealed, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_again, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_left, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_full, setup,
		    aud_teardown),
	};

	if (sodium_init() == -1)
		return (1);
	return (cmocka_run_group_tests_name("auditor half", tests, group,
	    NULL));
}
