/* SPDX-License-Identifier: ISC */
/*
 * A file of init's gets a name of the run's with all that is in it, however the
 * kernel takes it; or the name stays as it was, and why is told.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/stat.h>
#include <sys/syscall.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "executor/watch/watch_priv.h"

#define LEN	100000U		/* of an index that is not large */

static char dir[] = "/tmp/cbt-place-XXXXXX";
static uint8_t text[LEN];
static struct stat like;
static int dirfd_of = -1;

/* What write(2) takes at one time, and how much there is room for. */
static size_t piece, room;
static int interrupts;

/* In place of the library's. */
ssize_t
write(int fd, const void *p, size_t n)
{
	ssize_t r;

	if (piece == 0)
		return (syscall(SYS_write, fd, p, n));
	if (interrupts > 0) {
		interrupts--;
		errno = EINTR;
		return (-1);
	}
	if (room == 0) {
		errno = ENOSPC;
		return (-1);
	}
	if (n > piece)
		n = piece;
	if (n > room)
		n = room;
	r = syscall(SYS_write, fd, p, n);
	if (r > 0)
		room -= (size_t)r;
	return (r);
}

/* draft_place() where so much is taken of it. */
static int
place(size_t at_once, size_t all, unsigned flags)
{
	int r;

	piece = at_once;
	room = all;
	interrupts = 1;
	errno = 0;
	r = draft_place(dirfd_of, "index", text, LEN, &like, flags);
	piece = 0;
	return (r == -1 ? errno : r);
}

static int
setup(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < LEN; i++)
		text[i] = (uint8_t)(i * 7);
	like.st_mode = S_IFREG | 0640;
	like.st_mtim.tv_sec = 1000000000;
	return (mkdtemp(dir) == NULL || (dirfd_of = open(dir, O_RDONLY |
	    O_DIRECTORY | O_CLOEXEC)) == -1 ? -1 : 0);
}

static int
teardown(void **state)
{
	(void)state;
	(void)unlinkat(dirfd_of, "index", 0);
	(void)close(dirfd_of);
	return (rmdir(dir));
}

/* How many names there are in there. */
static unsigned
names(void)
{
	const struct dirent *d;
	unsigned n = 0;
	DIR *p;

	assert_non_null(p = opendir(dir));
	while ((d = readdir(p)) != NULL)
		n += d->d_name[0] != '.' || strlen(d->d_name) > 2;
	(void)closedir(p);
	return (n);
}

static void
is_text(void)
{
	uint8_t got[LEN + 1];
	struct stat st;
	int fd;

	assert_int_not_equal(fd = openat(dirfd_of, "index", O_RDONLY), -1);
	assert_int_equal(read(fd, got, sizeof(got)), LEN);
	assert_memory_equal(got, text, LEN);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(st.st_mtim.tv_sec, 1000000000);
	(void)close(fd);
	assert_int_equal(names(), 1);
}

static void
test_full(void **state)
{
	(void)state;
	assert_int_equal(place(LEN, LEN - 1, 0), ENOSPC);
	assert_int_equal(names(), 0);
	assert_int_equal(place(1000, 0, 0), ENOSPC);
	assert_int_equal(names(), 0);
}

static void
test_pieces(void **state)
{
	(void)state;
	assert_int_equal(place(4096, LEN, 0), 0);
	is_text();
	text[5]++;
	assert_int_equal(place(LEN, LEN, 0), 0);
	is_text();
}

/* What is there already. */
static void
test_there(void **state)
{
	(void)state;
	text[6]++;
	assert_int_equal(place(LEN, LEN, RENAME_NOREPLACE), EEXIST);
	assert_int_equal(place(LEN, LEN / 2, 0), ENOSPC);
	text[6]--;
	is_text();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_there),
	};

	return (cmocka_run_group_tests_name("place", tests, setup, teardown));
}
