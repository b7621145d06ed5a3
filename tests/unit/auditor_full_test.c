/* SPDX-License-Identifier: ISC */
/*
 * A full disk: new intents are refused with the reason, what was promised
 * room is written, and all is well again when there is space.  fallocate and
 * fstatvfs are replaced, so that no file system has to be filled.  Before it is
 * full, that is recorded and told, once.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

#include <errno.h>
#include <string.h>

#include "client/verify.h"
#include "common/payload.h"
#include "common/room.h"
#include "tests/unit/auditor_util.h"

#define BIG	(UINT64_C(64) << 20)
#define SMALL	(UINT64_C(1) << 16)

static struct {
	int		 none;		/* no fallocate on this file system */
	uint64_t	 end;		/* room up to this offset */
	uint64_t	 most;		/* highest end that was set aside */
	/* what is told, where size is not 0 */
	uint64_t	 size;
	uint64_t	 free;
	uint64_t	 files;
	uint64_t	 all_files;
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
	v->f_files = disk->all_files;
	v->f_favail = disk->files;
	v->f_blocks = disk->size / 512;
	if (disk->size != 0) {
		v->f_bavail = disk->free / 512;
		return (0);
	}
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

#define MIB	(UINT64_C(1) << 20)

/* After a look at so much room: 'l' low, 'a' ample, or '-' where that is not
 * told; what is told fits what there is. */
static int
look(struct aud *a, uint64_t free_bytes, uint64_t files)
{
	struct msg_room m;
	int how = '-';

	disk->free = free_bytes;
	disk->files = files;
	aud_send(a, MSG_PING, 0, NULL);
	assert_int_equal(aud_recv(a), MSG_PONG);
	/* whatever was told is in front of this */
	aud_record(a, 60, RECORD_POLICY, "refused", "no");
	if (aud_recv(a) == MSG_A_ROOM) {
		assert_int_equal(payload_get(&a->m, &msg_room_shape, &m), 0);
		assert_int_equal(m.free_bytes, free_bytes);
		assert_int_equal(m.free_files, files);
		assert_true(m.record != 0);
		how = m.low ? 'l' : 'a';
		(void)aud_recv(a);
	}
	assert_true(a->m.type == MSG_A_DONE || a->m.type == MSG_A_REFUSED);
	return (how);
}

/* How many records of that kind the log has. */
static unsigned
records(const char *dir, const char *ev)
{
	char *log = aud_file(dir, LOG_CURRENT, NULL), *p = log, what[64];
	unsigned n = 0;

	(void)snprintf(what, sizeof(what), " disk: {\"v\":1,\"ev\":\"%s\"", ev);
	while ((p = strstr(p, what)) != NULL) {
		n++;
		p++;
	}
	free(log);
	return (n);
}

static void
much_room(void)
{
	disk->size = 1024 * MIB;
	disk->free = 512 * MIB;
	disk->files = disk->all_files = 10000;
}

/* Once at the mark, whatever flutters about it, and once far above. */
static void
test_low(void **state)
{
	struct verify_report v;
	struct aud a;
	unsigned i;

	much_room();
	assert_int_equal(aud_up(&a, *state, BIG), MSG_READY);
	assert_int_equal(look(&a, 512 * MIB, 10000), '-');
	assert_int_equal(look(&a, ROOM_LOG_LOW, 10000), '-');
	assert_int_equal(look(&a, ROOM_LOG_LOW - 512, 10000), 'l');
	for (i = 0; i < 20; i++)
		assert_int_equal(look(&a, i % 2 == 0 ? 2 * ROOM_LOG_LOW - 512 :
		    ROOM_LOG_LOW / 2, 10000), '-');
	assert_int_equal(records(*state, "low"), 1);
	assert_int_equal(records(*state, "ample"), 0);
	assert_int_equal(look(&a, 2 * ROOM_LOG_LOW, 10000), 'a');
	assert_int_equal(look(&a, 2 * ROOM_LOG_LOW, 10000), '-');
	/* files are as scarce as bytes; where none are counted, never */
	assert_int_equal(look(&a, 512 * MIB, 199), 'l');
	assert_int_equal(look(&a, 512 * MIB, 399), '-');
	assert_int_equal(look(&a, 512 * MIB, 400), 'a');
	disk->all_files = 0;
	assert_int_equal(look(&a, 512 * MIB, 0), '-');
	assert_int_equal(records(*state, "low"), 2);
	assert_int_equal(records(*state, "ample"), 2);
	assert_int_equal(aud_shutdown(&a), 0);
	verify_dir(*state, NULL, &v);
	assert_int_equal(v.status, VERIFY_OK);
}

/* Records until there is one more segment. */
static void
rotate(struct aud *a, const char *dir)
{
	char *text = xcalloc(1, RECORD_RESULT), path[512];
	struct stat st;

	memset(text, 'x', RECORD_RESULT / 2);
	(void)snprintf(path, sizeof(path), "%s/gateway-000000000001.log", dir);
	do {
		aud_record(a, 60, RECORD_POLICY, "refused", text);
		assert_int_equal(aud_recv(a), MSG_A_DONE);
	} while (stat(path, &st) == -1);
	free(text);
}

/* The next start knows what the last one has recorded. */
static void
test_low_again(void **state)
{
	struct aud a;

	much_room();
	assert_int_equal(aud_up(&a, *state, BIG), MSG_READY);
	assert_int_equal(look(&a, MIB, 10000), 'l');
	assert_int_equal(aud_shutdown(&a), 0);
	assert_int_equal(aud_up(&a, *state, BIG), MSG_READY);
	assert_int_equal(look(&a, MIB, 10000), '-');
	/* nothing dies with a process that is killed either */
	assert_int_equal(kill(a.pid, SIGKILL), 0);
	(void)aud_status(&a);
	/* and what is in segments that no start reads again is carried on */
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	rotate(&a, *state);
	assert_int_equal(look(&a, MIB, 10000), '-');
	assert_int_equal(look(&a, MIB, 10000), '-');
	assert_int_equal(aud_shutdown(&a), 0);
	assert_int_equal(aud_up(&a, *state, BIG), MSG_READY);
	assert_int_equal(look(&a, MIB, 10000), '-');
	assert_int_equal(look(&a, 512 * MIB, 10000), 'a');
	assert_int_equal(aud_shutdown(&a), 0);
	assert_int_equal(aud_up(&a, *state, BIG), MSG_READY);
	assert_int_equal(look(&a, 512 * MIB, 10000), '-');
	assert_int_equal(look(&a, MIB, 10000), 'l');
	assert_int_equal(aud_shutdown(&a), 0);
}

/* A disk that was filled between two looks: the record has its room. */
static void
test_low_full(void **state)
{
	struct verify_report v;
	struct aud a;
	char *log;

	much_room();
	assert_int_equal(aud_up(&a, *state, BIG), MSG_READY);
	assert_int_equal(intents(&a, 1, 3), 3);
	disk->end = disk->most;
	do {
		aud_record(&a, 60, RECORD_POLICY, "refused", "some text");
	} while (aud_recv(&a) == MSG_A_DONE);
	assert_int_equal(look(&a, 0, 10000), 'l');
	assert_int_equal(intents(&a, 50, 5), 0);
	assert_int_equal(look(&a, 0, 10000), '-');
	log = aud_file(*state, LOG_CURRENT, NULL);
	assert_true(strlen(log) <= disk->most);
	free(log);
	disk->end = UINT64_MAX / 2;
	assert_int_equal(look(&a, 512 * MIB, 10000), 'a');
	log = aud_file(*state, LOG_CURRENT, NULL);
	/* the intents, and what every look has recorded besides */
	assert_non_null(strstr(log, "\"unrecorded\":7,"));
	free(log);
	aud_close(&a, 1);
	assert_int_equal(aud_recv(&a), MSG_A_DONE);
	assert_int_equal(aud_shutdown(&a), 0);
	verify_dir(*state, NULL, &v);
	assert_int_equal(v.status, VERIFY_OK);
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
		T(test_start), T(test_low), T(test_low_again),
		T(test_low_full),
	};

	return (cmocka_run_group_tests_name("auditor full", tests, group,
	    NULL));
}
