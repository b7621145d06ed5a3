/* SPDX-License-Identifier: ISC */
/*
 * Which program a process is: by a table of processes of our own making, so
 * that numbers come again and parents end when it suits whoever wants to pass
 * for another; and what is read of a real one.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/prctl.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <pthread.h>
#include <string.h>

#include "executor/watch/hold_priv.h"

#define COMMAND	10

/* Processes are files below this, as in /proc. */
static char dir[64];
static struct walk fake, real;

static int
set_up(void **state)
{
	(void)state;
	(void)snprintf(dir, sizeof(dir), "/tmp/images_test.XXXXXX");
	if (mkdtemp(dir) == NULL || walk_init(&real) == -1)
		return (-1);
	fake = real;
	fake.proc = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return (fake.proc == -1 ? -1 : 0);
}

static void
path_of(char path[96], pid_t pid, const char *name)
{
	(void)snprintf(path, 96, "%s/%d%s", dir, (int)pid, name);
}

static void
ends(pid_t pid)
{
	char path[96];

	path_of(path, pid, "/stat");
	/* who has it open reads nothing in there any more, as in /proc */
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(unlink(path), 0);
	path_of(path, pid, "");
	assert_int_equal(rmdir(path), 0);
}

static void
stat_is(pid_t pid, const char *text)
{
	char path[96];
	FILE *f;

	path_of(path, pid, "");
	(void)mkdir(path, 0700);
	path_of(path, pid, "/stat");
	assert_non_null(f = fopen(path, "w"));
	(void)fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

/* There is a process of that number, parent and start. */
static void
lives(pid_t pid, pid_t parent, unsigned long long start)
{
	char text[256];

	(void)snprintf(text, sizeof(text), "%d (a (b) 1 2) S %d 1 1 0 -1 0 0 0 "
	    "0 0 0 0 0 0 20 0 1 0 %llu 0 0\n", (int)pid, (int)parent, start);
	stat_is(pid, text);
}

/* The command, and a table that knows of nothing else. */
static void
begin(struct images *t)
{
	memset(t, 0, sizeof(*t));
	t->command = COMMAND;
	lives(COMMAND, 1, 100);
}

static void
done(struct images *t)
{
	free(t->v);
	ends(COMMAND);
}

static void
test_family(void **state)
{
	struct images t;

	(void)state;
	begin(&t);
	assert_int_equal(image_of(&t, &fake, COMMAND), 0);
	/* nobody has executed anything yet: all is the command */
	lives(11, COMMAND, 101);
	lives(12, 11, 101);
	assert_int_equal(image_of(&t, &fake, 11), 0);
	assert_int_equal(image_of(&t, &fake, 12), 0);
	/* a new program; what it has forked before goes with it */
	assert_int_equal(image_new(&t, &fake, 11, 0), 1);
	assert_int_equal(image_of(&t, &fake, 11), 1);
	assert_int_equal(image_of(&t, &fake, 12), 1);
	assert_int_equal(image_of(&t, &fake, COMMAND), 0);
	/* the same process executes another one */
	assert_int_equal(image_new(&t, &fake, 11, 0), 2);
	assert_int_equal(image_of(&t, &fake, 12), 2);
	/* so does the command itself, whose number is 0 no more */
	assert_int_equal(image_new(&t, &fake, COMMAND, 0), 3);
	assert_int_equal(image_of(&t, &fake, COMMAND), 3);
	lives(13, COMMAND, 102);
	assert_int_equal(image_of(&t, &fake, 13), 3);
	/* nobody's child, and what does not live */
	lives(14, 1, 102);
	assert_int_equal(image_of(&t, &fake, 14), IMAGE_UNKNOWN);
	assert_int_equal(image_of(&t, &fake, 99), IMAGE_UNKNOWN);
	assert_int_equal(image_of(&t, &fake, 1), IMAGE_UNKNOWN);
	assert_int_equal(image_of(&t, &fake, 0), IMAGE_UNKNOWN);
	ends(11);
	ends(12);
	ends(13);
	ends(14);
	done(&t);
}

/* A process ends, so that its child gets another parent. */
static void
test_orphan(void **state)
{
	struct images t;

	(void)state;
	begin(&t);
	lives(11, COMMAND, 101);
	assert_int_equal(image_new(&t, &fake, 11, 0), 1);
	lives(12, 11, 102);
	assert_int_equal(image_of(&t, &fake, 12), 1);
	/* init takes it, and it is nobody's */
	ends(11);
	lives(12, 1, 102);
	assert_int_equal(image_of(&t, &fake, 12), IMAGE_UNKNOWN);
	/* the parent is not there to be looked at */
	lives(12, 11, 102);
	assert_int_equal(image_of(&t, &fake, 12), IMAGE_UNKNOWN);
	/* what it has executed itself, it is */
	assert_int_equal(image_new(&t, &fake, 12, 0), 2);
	lives(12, 1, 102);
	assert_int_equal(image_of(&t, &fake, 12), 2);
	ends(12);
	done(&t);
}

/* A number comes again. */
static void
test_again(void **state)
{
	struct images t;

	(void)state;
	begin(&t);
	lives(11, COMMAND, 101);
	assert_int_equal(image_new(&t, &fake, 11, 0), 1);
	lives(12, 11, 102);
	/* it is another one's now, which is the command as it was forked */
	lives(11, COMMAND, 103);
	assert_int_equal(image_of(&t, &fake, 11), 0);
	/* no parent is younger than its child: 12 was not forked by this one */
	assert_int_equal(image_of(&t, &fake, 12), IMAGE_UNKNOWN);
	/* nor when that has executed something */
	assert_int_equal(image_new(&t, &fake, 11, 0), 2);
	assert_int_equal(image_of(&t, &fake, 11), 2);
	assert_int_equal(image_of(&t, &fake, 12), IMAGE_UNKNOWN);
	/* as old is old enough: clocks tick slowly */
	lives(12, 11, 103);
	assert_int_equal(image_of(&t, &fake, 12), 2);
	/* one entry for a number, however often it comes */
	assert_int_equal(t.n, 1);
	ends(11);
	ends(12);
	done(&t);
}

/* Processes without end: those that have ended make room. */
static void
test_many(void **state)
{
	struct images t;
	size_t most = 0;
	pid_t pid;

	(void)state;
	begin(&t);
	for (pid = 100; pid < 140; pid++)
		lives(pid, COMMAND, 200);
	for (pid = 100; pid < 140; pid++)
		assert_int_equal(image_new(&t, &fake, pid, 0), pid - 99);
	for (pid = 1000; pid < 6000; pid++) {
		lives(pid, COMMAND, 300);
		(void)image_new(&t, &fake, pid, 0);
		ends(pid);
		most = t.room > most ? t.room : most;
	}
	assert_true(most <= 512);
	/* and none of those that live is forgotten, or taken for another */
	for (pid = 100; pid < 140; pid++)
		assert_int_equal(image_of(&t, &fake, pid), pid - 99);
	/* all of them live: it grows, and finds each */
	for (pid = 1000; pid < 1300; pid++) {
		lives(pid, COMMAND, 300);
		assert_int_equal(image_new(&t, &fake, pid, 0),
		    5041 + pid - 1000);
	}
	for (pid = 1000; pid < 1300; pid++)
		assert_int_equal(image_of(&t, &fake, pid), 5041 + pid - 1000);
	assert_true(t.n < t.room);
	for (pid = 1000; pid < 1300; pid++)
		ends(pid);
	for (pid = 100; pid < 140; pid++)
		ends(pid);
	done(&t);
}

/* Numbers of programs are used up, and do not begin anew. */
static void
test_last(void **state)
{
	struct images t;

	(void)state;
	begin(&t);
	lives(11, COMMAND, 101);
	t.last = IMAGE_UNKNOWN - 2;
	assert_int_equal(image_new(&t, &fake, 11, 0), IMAGE_UNKNOWN - 1);
	assert_int_equal(image_of(&t, &fake, 11), IMAGE_UNKNOWN - 1);
	assert_int_equal(image_new(&t, &fake, 11, 0), IMAGE_UNKNOWN);
	assert_int_equal(image_new(&t, &fake, COMMAND, 0), IMAGE_UNKNOWN);
	ends(11);
	done(&t);
}

/* One that is its own parent's parent, as far as we are told, ends too. */
static void
test_ring(void **state)
{
	struct images t;

	(void)state;
	begin(&t);
	lives(11, 12, 101);
	lives(12, 11, 101);
	assert_int_equal(image_of(&t, &fake, 11), IMAGE_UNKNOWN);
	ends(11);
	ends(12);
	done(&t);
}

static void
test_text(void **state)
{
	static const char *const bad[] = {
		"", "11", "11 (sh", "11 (sh)", "11 (sh) S", "11 (sh) S 10 1\n",
		"11 (sh) S 10 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0",
	};
	uint64_t start = 0;
	unsigned threads = 0;
	pid_t parent = 0;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(bad); i++) {
		stat_is(11, bad[i]);
		assert_true(image_stat(&fake, 11, &parent, &threads,
		    &start) < 0);
	}
	/* a name that looks like the rest */
	stat_is(11, "11 (x) S 66 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 9 0 66 0) R "
	    "10 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 2 0 18446744073709551615 0\n");
	assert_int_equal(image_stat(&fake, 11, &parent, &threads, &start), 0);
	assert_int_equal(parent, 10);
	assert_int_equal(threads, 2);
	assert_true(start == UINT64_MAX);
	ends(11);
	assert_true(image_stat(&fake, 11, &parent, &threads, &start) < 0);
}

static void *
wait_for(void *p)
{
	char c;

	assert_int_equal(read(*(int *)p, &c, 1), 0);
	return (NULL);
}

/* The kernel's own words. */
static void
test_real(void **state)
{
	uint64_t start = 0, before = 0;
	unsigned threads = 0;
	pid_t parent = 0;
	pthread_t thread;
	int p[2];

	(void)state;
	assert_int_equal(prctl(PR_SET_NAME, ") Z 1 (x", 0, 0, 0), 0);
	assert_int_equal(image_stat(&real, getpid(), &parent, &threads,
	    &before), 0);
	assert_int_equal(parent, getppid());
	assert_int_equal(threads, 1);
	assert_int_equal(pipe(p), 0);
	assert_int_equal(pthread_create(&thread, NULL, wait_for, p), 0);
	assert_int_equal(image_stat(&real, getpid(), &parent, &threads,
	    &start), 0);
	assert_int_equal(threads, 2);
	assert_true(start == before && start != 0);
	(void)close(p[1]);
	assert_int_equal(pthread_join(thread, NULL), 0);
	(void)close(p[0]);
}

static int
tear_down(void **state)
{
	(void)state;
	(void)close(fake.proc);
	return (rmdir(dir));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_family),
		cmocka_unit_test(test_orphan),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_last),
		cmocka_unit_test(test_ring),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_real),
	};

	return (cmocka_run_group_tests_name("executor_images", tests, set_up,
	    tear_down));
}
