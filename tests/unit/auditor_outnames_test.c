/* SPDX-License-Identifier: ISC */
/*
 * Names of stored output: each once and in order, however many there are, and
 * also those that are packed, one behind the other, while they are listed.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "auditor/outnames.h"
#include "common/outfile.h"
#include "common/xmalloc.h"

#define FILES	(2U * OUTNAMES_PAGE + 1500)
#define RUN_OF(i) ((uint64_t)(i) * 7919 + 1)

static char dir[] = "/tmp/cbt-names-XXXXXX";
static struct outstore os;
static int packed[FILES + 1];

static void
make_file(const char *name)
{
	int fd;

	fd = openat(os.dirfd, name, O_WRONLY | O_CREAT | O_EXCL, 0400);
	assert_int_not_equal(fd, -1);
	(void)close(fd);
}

/* The next one of them, in no order, becomes a packed one. */
static void
pack(uint64_t i)
{
	char was[OUTFILE_NAME], is[OUTFILE_NAME];

	if (packed[i])
		return;
	outfile_name(was, i, RUN_OF(i));
	outfile_packed_name(is, i, RUN_OF(i));
	make_file(is);
	outnames_packed(&os, is);
	assert_int_equal(unlinkat(os.dirfd, was, 0), 0);
	packed[i] = 1;
}

static int
set_up(void **state)
{
	char name[OUTFILE_NAME];
	uint64_t i;

	(void)state;
	assert_non_null(mkdtemp(dir));
	os.dirfd = open(dir, O_RDONLY | O_DIRECTORY);
	assert_int_not_equal(os.dirfd, -1);
	LIST_INIT(&os.listed);
	for (i = 1; i <= FILES; i++) {
		outfile_name(name, i, RUN_OF(i));
		make_file(name);
	}
	make_file("packing");
	make_file("000000000003-r000000000001.out~");
	return (0);
}

static int
tear_down(void **state)
{
	char name[OUTFILE_NAME];
	uint64_t i;

	(void)state;
	assert_true(LIST_EMPTY(&os.listed));
	for (i = 1; i <= FILES; i++) {
		outfile_name(name, i, RUN_OF(i));
		(void)unlinkat(os.dirfd, name, 0);
		outfile_packed_name(name, i, RUN_OF(i));
		(void)unlinkat(os.dirfd, name, 0);
	}
	(void)unlinkat(os.dirfd, "packing", 0);
	(void)unlinkat(os.dirfd, "000000000003-r000000000001.out~", 0);
	(void)close(os.dirfd);
	return (rmdir(dir));
}

/*
 * A page behind that record: each name is the next one, and it is there in one
 * of its forms.  The last one's record, or 0.
 */
static uint64_t
page(uint64_t after, uint64_t last, uint64_t *turn)
{
	struct outnames *o;
	char *text, *at, *name;
	uint64_t intent, run, next = after;
	struct buf b;
	int is, r;

	buf_init(&b, 4U << 20);
	assert_non_null(o = outnames_new(&os, after, last));
	while ((r = outnames_step(o, &b)) == 1)
		if (turn != NULL)
			pack((*turn += 6007) % FILES + 1);
	assert_int_equal(r, 0);
	outnames_free(o);
	at = text = buf_text(&b);
	assert_non_null(text);
	while ((name = strsep(&at, "\n")) != NULL) {
		if (*name == '\0')
			continue;
		assert_int_equal(outfile_parse(name, &intent, &run, &is), 0);
		if (intent != next + 1)
			fail_msg("%s is behind record %ju", name,
			    (uintmax_t)next);
		assert_true(run == RUN_OF(intent));
		assert_true(is <= packed[intent]);
		next = intent;
	}
	free(text);
	assert_true(next - after <= OUTNAMES_PAGE);
	return (next == after ? 0 : next);
}

static void
all(uint64_t last, uint64_t *turn)
{
	uint64_t after = 0, to;

	while ((to = page(after, last, turn)) != 0)
		after = to;
	assert_int_equal(after, last < FILES ? last : FILES);
}

static void
test_all(void **state)
{
	(void)state;
	all(UINT64_MAX, NULL);
	all(OUTNAMES_PAGE, NULL);
	all(OUTNAMES_PAGE + 1, NULL);
	all(5, NULL);
	assert_int_equal(page(FILES, UINT64_MAX, NULL), 0);
	assert_int_equal(page(5, 5, NULL), 0);
	assert_int_equal(page(9, 5, NULL), 0);
}

static void
test_packed_meanwhile(void **state)
{
	uint64_t turn = 0;
	unsigned i;

	(void)state;
	for (i = 0; i < 20; i++)
		all(UINT64_MAX, &turn);
}

/* A crash has left both forms of one, and somebody another run's name. */
static void
test_both(void **state)
{
	char name[OUTFILE_NAME], other[OUTFILE_NAME], want[256];
	struct outnames *o;
	struct buf b;
	char *s;

	(void)state;
	outfile_name(name, FILES + 1, 1);
	outfile_packed_name(other, FILES + 1, 1);
	make_file(name);
	make_file(other);
	(void)snprintf(want, sizeof(want), "%s\n", other);
	outfile_name(name, FILES + 1, 2);
	make_file(name);
	(void)snprintf(want + strlen(want), sizeof(want) - strlen(want),
	    "%s\n", name);
	buf_init(&b, 65536);
	assert_non_null(o = outnames_new(&os, FILES, UINT64_MAX));
	while (outnames_step(o, &b) == 1)
		;
	outnames_free(o);
	s = buf_text(&b);
	assert_string_equal(s, want);
	free(s);
	(void)unlinkat(os.dirfd, other, 0);
	(void)unlinkat(os.dirfd, name, 0);
	outfile_name(name, FILES + 1, 1);
	(void)unlinkat(os.dirfd, name, 0);
}

static void
test_nothing(void **state)
{
	struct outstore none = { .dirfd = -1 };
	struct outnames *o;
	struct buf b;

	(void)state;
	LIST_INIT(&none.listed);
	buf_init(&b, 64);
	assert_non_null(o = outnames_new(&none, 0, UINT64_MAX));
	assert_int_equal(outnames_step(o, &b), 0);
	assert_int_equal(b.len, 0);
	outnames_free(o);
	outnames_free(NULL);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_both),
		cmocka_unit_test(test_packed_meanwhile),
		cmocka_unit_test(test_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return (cmocka_run_group_tests_name("names of stored output", tests,
	    set_up, tear_down));
}
