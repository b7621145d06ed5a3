/* SPDX-License-Identifier: ISC */
/*
 * A full disk: new intents are refused with the reason, what was promised
 * room is written, and all is well again when there is space.  fallocate and
 * fstatvfs are replaced, so that no file system has to be filled.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

#include <errno.h>
#include <string.h>

#include "client/verify.h"
#include "tests/unit/auditor_util.h"

#define BIG	(UINT64_C(64) << 20)

static struct {
	int		 none;		/* no fallocate on this file system */
	uint64_t	 end;		/* room up to this offset */
	uint64_t	 most;		/* highest end that was set aside */
} *disk;

int
fallocate(int fd, int mode, off_t off, off_t len)
{
	(void)fd;
	if (disk->none || mode != FALLOC_FL_KEEP_SIZE) {
		errno = EOPNOTSUPP;
		return (-1);
	}
	if ((uint64_t)(off + len) > disk->end) {
		errno = ENOSPC;
		return (-1);
	}
	if ((uint64_t)(off + len) > disk->most)
		disk->most = (uint64_t)(off + len);
	return (0);
}

int
fstatvfs(int fd, struct statvfs *v)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return (-1);
	memset(v, 0, sizeof(*v));
	v->f_frsize = 512;
	if ((uint64_t)st.st_size < disk->end)
		v->f_bavail = (disk->end - (uint64_t)st.st_size) / 512;
	return (0);
}

static int
setup(void **state)
{
	memset(disk, 0, sizeof(*disk));
	disk->end = UINT64_MAX / 2;
	*state = aud_tmpdir();
	return (0);
}

/* Answers to n intents from run on: how many got a ticket. */
static unsigned
intents(struct aud *a, uint64_t run, unsigned n)
{
	unsigned i, err, ok = 0;
	char *why;
	struct rd r;

	for (i = 0; i < n; i++) {
		aud_intent(a, run + i, "x");
		if (aud_recv(a) == MSG_A_TICKET) {
			ok++;
			continue;
		}
		assert_int_equal(a->m.type, MSG_A_REFUSED);
		assert_int_equal(a->m.id, run + i);
		rd_init(&r, a->m.data, a->m.len);
		err = rd_u16(&r);
		assert_int_equal(err, CBE_AGAIN);
		why = rd_str(&r, MSG_TEXT_MAX);
		assert_int_equal(strncmp(why, "log directory is full", 21),
		    0);
		free(why);
	}
	return (ok);
}

static void
full(void **state, int none)
{
	struct verify_report v;
	struct aud a;
	unsigned i, ok;

	disk->none = none;
	disk->end = 10 * RECORD_RESULT;
	assert_int_equal(aud_up(&a, *state, BIG), MSG_READY);
	ok = intents(&a, 1, 20);
	assert_true(ok > 2 && ok < 10);
	/* not a byte more, and the results still find their room */
	disk->end = none ? 0 : disk->most;
	assert_int_equal(intents(&a, 50, 5), 0);
	aud_record(&a, 60, RECORD_POLICY, "refused", "no");
	(void)aud_recv(&a);
	if (none)
		assert_int_equal(a.m.type, MSG_A_REFUSED);
	for (i = 1; i <= ok; i++) {
		aud_close(&a, i);
		assert_int_equal(aud_recv(&a), MSG_A_DONE);
	}
	/* by itself, when there is space */
	disk->end = UINT64_MAX / 2;
	assert_int_equal(intents(&a, 100, 20), 20);
	/* a stop is recorded on a full disk too */
	disk->end = 0;
	assert_int_equal(aud_shutdown(&a), 0);
	verify_dir(*state, NULL, &v);
	assert_int_equal(v.status, VERIFY_OK);
}

static void
test_full(void **state)
{
	full(state, 0);
}

static void
test_estimate(void **state)
{
	full(state, 1);
}

/* The longest result fits in what was set aside, whatever comes between. */
static void
test_longest(void **state)
{
	struct aud a;
	struct buf b;
	char *text;
	unsigned i;

	assert_int_equal(aud_up(&a, *state, BIG), MSG_READY);
	assert_int_equal(intents(&a, 1, 30), 30);
	disk->end = disk->most;
	/* eats what may be eaten */
	do {
		aud_record(&a, 60, RECORD_POLICY, "refused", "some text");
	} while (aud_recv(&a) == MSG_A_DONE);
	assert_int_equal(a.m.type, MSG_A_REFUSED);
	text = xcalloc(1, RECORD_RESULT);
	memset(text, 'x', RECORD_RESULT - 300);
	for (i = 1; i <= 30; i++) {
		buf_init(&b, MSG_ROW_MAX);
		buf_put_u8(&b, CLOSE_RESULT);
		buf_put_u32(&b, 0);
		field_str(&b, "outcome", "exited");
		field_str(&b, "reason", text);
		aud_send(&a, MSG_A_CLOSE, i, &b);
		assert_int_equal(aud_recv(&a), MSG_A_DONE);
	}
	free(text);
	assert_int_equal(aud_shutdown(&a), 0);
	text = aud_file(*state, LOG_CURRENT, NULL);
	assert_true(strlen(text) <= disk->most);
	free(text);
}

/* Nothing starts where the start itself cannot be recorded. */
static void
test_start(void **state)
{
	struct aud a;

	disk->end = 1000;
	assert_int_equal(aud_up(&a, *state, BIG), MSG_FAILED);
	assert_int_equal(aud_status(&a), EXIT_IO);
	disk->end = UINT64_MAX / 2;
	assert_int_equal(aud_up(&a, *state, BIG), MSG_READY);
	assert_int_equal(aud_shutdown(&a), 0);
}

static int
group(void **state)
{
	(void)state;
	disk = mmap(NULL, sizeof(*disk), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return (disk == MAP_FAILED ? -1 : 0);
}

int
main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, setup, aud_teardown)
	const struct CMUnitTest tests[] = {
		T(test_full), T(test_estimate), T(test_longest),
		T(test_start),
	};

	return (cmocka_run_group_tests_name("auditor full", tests, group,
	    NULL));
}
