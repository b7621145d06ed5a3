/* SPDX-License-Identifier: ISC */
/*
 * An auditor that cannot hear what is done to closed segments: it says so, and
 * still finds it when it looks.
 */
#include "config.h"

#include <sys/inotify.h>
#include <sys/syscall.h>

#include <string.h>

#include "tests/unit/rounds_util.h"

#define PLAIN	LOG_STEM "-000000000001.log"

static int no_inotify;
static int no_watch;
static const char *elsewhere;	/* what is watched in its place */

/* In place of the C library's. */
int
inotify_init1(int flags)
{
	if (no_inotify) {
		errno = EMFILE;
		return (-1);
	}
	return ((int)syscall(SYS_inotify_init1, flags));
}

int
inotify_add_watch(int fd, const char *path, uint32_t mask)
{
	if (no_watch) {
		errno = ENOSPC;
		return (-1);
	}
	return ((int)syscall(SYS_inotify_add_watch, fd, elsewhere != NULL ?
	    elsewhere : path, mask));
}

static int
setup(void **state)
{
	*state = aud_tmpdir();
	no_inotify = no_watch = 0;
	elsewhere = NULL;
	return (0);
}

/* READY says so, and what is looked at with each seal is still found. */
static void
deaf(const char *dir, const char *why)
{
	char *path, *watch;
	struct msg_checked m;
	struct aud a;

	xasprintf(&path, "%s/" PLAIN, dir);
	assert_int_equal(aud_up(&a, dir, SMALL), MSG_READY);
	watch = field_get_str(a.m.data, a.m.len, "watch");
	assert_int_equal(strncmp(watch, "missing: ", 9), 0);
	assert_non_null(strstr(watch, why));
	free(watch);
	runs(&a, 1);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(told(&a, &m, 60), 0);
	seals(&a);
	assert_int_equal(told(&a, &m, WAIT_MS), 1);
	assert_string_equal(m.rule, "missing");
	forget(&m);
	free(path);
	assert_int_equal(aud_shutdown(&a), 0);
}

static void
test_deaf(void **state)
{
	char *watch;
	struct aud a;

	no_inotify = 1;
	deaf(*state, "max_user_instances");
	no_inotify = 0;
	aud_rmdir(*state);
	*state = aud_tmpdir();
	no_watch = 1;
	deaf(*state, "root has used up fs.inotify.max_user_watches");
	no_watch = 0;
	aud_rmdir(*state);
	*state = aud_tmpdir();
	elsewhere = "/proc";
	deaf(*state, "does not tell");
	aud_rmdir(*state);
	*state = aud_tmpdir();
	elsewhere = "/none/such";
	deaf(*state, "no watch of the log directory");
	aud_rmdir(*state);
	*state = aud_tmpdir();
	elsewhere = NULL;
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	watch = field_get_str(a.m.data, a.m.len, "watch");
	assert_string_equal(watch, "what is done to closed parts of the log "
	    "is heard at once");
	free(watch);
	assert_int_equal(aud_shutdown(&a), 0);
}

int
main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, setup, aud_teardown)
	const struct CMUnitTest tests[] = {
		T(test_deaf),
	};

	return (cmocka_run_group_tests_name("auditor deaf", tests, NULL,
	    NULL));
}
