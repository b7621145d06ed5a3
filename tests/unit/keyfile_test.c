/* SPDX-License-Identifier: ISC */
/*
 * Key files as somebody hostile would have them: each is named for what it is,
 * none is waited for, and no other file is read in its place.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "common/keyfile.h"

#define SOMEBODY	12345

static char dir[] = "/tmp/cbt-keyfile-XXXXXX";
static char path[64];

static void
make_file(mode_t mode, size_t len)
{
	int fd;

	(void)unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_int_not_equal(fd, -1);
	assert_int_equal(ftruncate(fd, (off_t)len), 0);
	assert_int_equal(fchmod(fd, mode), 0);
	(void)close(fd);
}

/* No such file, though it is there: so no errno. */
static void
wrong(int nolink, uid_t uid, const char *text)
{
	const char *why = NULL;

	errno = EBUSY;
	assert_int_equal(keyfile_open(path, nolink, uid, &why), -1);
	assert_int_equal(errno, 0);
	assert_non_null(why);
	assert_string_equal(why, text);
}

static void
right(int nolink, uid_t uid, size_t len)
{
	const char *why = NULL;
	struct stat st;
	int fd;

	fd = keyfile_open(path, nolink, uid, &why);
	assert_int_not_equal(fd, -1);
	assert_null(why);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, len);
	assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
	(void)close(fd);
}

static void
test_files(void **state)
{
	const uid_t me = geteuid();
	const char *why;

	(void)state;
	make_file(0600, 32);
	right(1, me, 32);
	right(0, KEYFILE_ANYBODY, 32);
	make_file(0400, KEYFILE_MAX);
	right(1, me, KEYFILE_MAX);
	make_file(0600, KEYFILE_MAX + 1);
	wrong(1, me, "it is longer than 4096 bytes");
	make_file(0640, 32);
	wrong(0, KEYFILE_ANYBODY, "group or others have access to it "
	    "(chmod 600)");
	make_file(0604, 32);
	wrong(1, me, "group or others have access to it (chmod 600)");
	/* empty: its bytes tell, and it is no key */
	make_file(0600, 0);
	right(1, me, 0);
	assert_string_equal(keyfile_bytes_wrong((const uint8_t *)"", 0),
	    "it is shorter than 32 bytes");
	(void)unlink(path);
	errno = 0;
	assert_int_equal(keyfile_open(path, 1, me, &why), -1);
	assert_int_equal(errno, ENOENT);
	assert_string_equal(why, "No such file or directory");
}

static void
test_owner(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	make_file(0600, 32);
	assert_int_equal(chown(path, SOMEBODY, SOMEBODY), 0);
	wrong(1, 0, "it does not belong to root");
	wrong(1, SOMEBODY + 1, "it belongs neither to root nor to the vault");
	right(1, SOMEBODY, 32);
	right(1, KEYFILE_ANYBODY, 32);
}

/* A link of somebody's leads to what its reader alone can read. */
static void
test_link(void **state)
{
	char target[80];

	(void)state;
	make_file(0600, 32);
	(void)snprintf(target, sizeof(target), "%s.key", path);
	assert_int_equal(rename(path, target), 0);
	assert_int_equal(symlink(target, path), 0);
	if (geteuid() == 0)
		assert_int_equal(lchown(path, SOMEBODY, SOMEBODY), 0);
	wrong(1, geteuid(), "it is a symbolic link");
	right(0, geteuid(), 32);
	(void)unlink(target);
}

/* Nobody writes to the pipe, ever. */
static void
test_others(void **state)
{
	(void)state;
	(void)alarm(60);
	(void)unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	wrong(1, geteuid(), "it is not a regular file");
	wrong(0, KEYFILE_ANYBODY, "it is not a regular file");
	(void)unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	wrong(1, geteuid(), "it is a directory");
	assert_int_equal(rmdir(path), 0);
	if (mknod(path, S_IFCHR | 0600, makedev(1, 5)) == 0)
		wrong(1, geteuid(), "it is not a regular file");
	(void)alarm(0);
}

static int
set_up(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return (-1);
	(void)snprintf(path, sizeof(path), "%s/key", dir);
	return (0);
}

static int
tear_down(void **state)
{
	(void)state;
	(void)unlink(path);
	return (rmdir(dir));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_owner),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_others),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return (cmocka_run_group_tests_name("key files", tests, set_up,
	    tear_down));
}
