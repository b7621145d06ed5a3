/* SPDX-License-Identifier: ISC */
/* What stays of an archive that came to nothing: what is whole, and no more. */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <sodium.h>
#include <string.h>

#include "client/archiveput.h"

static char dir[] = "/tmp/cbt-archive-XXXXXX";
static struct archive a;

static void
put_text(int dirfd, const char *name, const char *text)
{
	int fd;

	fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_not_equal(fd, -1);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(write(fd, text, strlen(text)),
	    (ssize_t)strlen(text));
	(void)close(fd);
}

/* As an attempt does it. */
static void
put_file(int dirfd, const char *name, const char *text)
{
	uint8_t digest[ARCHIVE_DIGEST];

	put_text(dirfd, name, text);
	(void)crypto_generichash(digest, sizeof(digest),
	    (const uint8_t *)text, strlen(text), NULL, 0);
	assert_int_equal(archivestay_note(&a, dirfd, name, digest), 0);
}

static int
there(int dirfd, const char *name)
{
	return (faccessat(dirfd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0);
}

static void
test_stays(void **state)
{
	static const uint8_t none[ARCHIVE_DIGEST];

	(void)state;
	assert_int_equal(archive_stays(&a), 0);
	put_file(a.fd, "gateway-000000000001.log.zst", "one");
	put_file(a.fd, "gateway-000000000005.log.zst", "two");
	put_file(a.fd, "gateway-000000000009.log.zst", "three");
	put_file(a.outfd, "000000000002-r000000000001.out", "printed");
	put_file(a.outfd, "000000000006-r000000000002.out", "");
	assert_int_equal(archivestay_note(&a, a.fd, "none", none), -1);
	assert_int_equal(a.nput, 5);
	assert_int_equal(archive_stays(&a), 5);
	/* the same file with something else in it, longer and as long */
	put_text(a.fd, "gateway-000000000005.log.zst", "tvo");
	put_text(a.outfd, "000000000006-r000000000002.out", "more");
	/* another file of that name: it is whoever's put it there */
	assert_int_equal(unlinkat(a.fd, "gateway-000000000009.log.zst", 0), 0);
	assert_int_equal(symlinkat("gateway-000000000001.log.zst", a.fd,
	    "gateway-000000000009.log.zst"), 0);
	put_text(a.fd, "gateway-000000000013.log.zst", "not of this attempt");
	assert_int_equal(archive_stays(&a), 2);
	assert_true(there(a.fd, "gateway-000000000001.log.zst"));
	assert_false(there(a.fd, "gateway-000000000005.log.zst"));
	assert_true(there(a.fd, "gateway-000000000009.log.zst"));
	assert_true(there(a.fd, "gateway-000000000013.log.zst"));
	assert_true(there(a.outfd, "000000000002-r000000000001.out"));
	assert_false(there(a.outfd, "000000000006-r000000000002.out"));
	/* gone, and gone again */
	assert_int_equal(archive_stays(&a), 2);
	archivestay_free(&a);
	assert_int_equal(archive_stays(&a), 0);
}

static int
set_up(void **state)
{
	(void)state;
	if (sodium_init() == -1 || mkdtemp(dir) == NULL)
		return (-1);
	a.path = dir;
	a.fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (a.fd == -1 || mkdirat(a.fd, "output", 0700) == -1)
		return (-1);
	a.outfd = openat(a.fd, "output", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return (a.outfd == -1 ? -1 : 0);
}

static int
tear_down(void **state)
{
	(void)state;
	(void)unlinkat(a.outfd, "000000000002-r000000000001.out", 0);
	(void)unlinkat(a.fd, "gateway-000000000001.log.zst", 0);
	(void)unlinkat(a.fd, "gateway-000000000009.log.zst", 0);
	(void)unlinkat(a.fd, "gateway-000000000013.log.zst", 0);
	(void)unlinkat(a.fd, "output", AT_REMOVEDIR);
	(void)close(a.outfd);
	(void)close(a.fd);
	return (rmdir(dir));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stays),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return (cmocka_run_group_tests_name("what stays of an archive", tests,
	    set_up, tear_down));
}
