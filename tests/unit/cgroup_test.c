/* SPDX-License-Identifier: ISC */
/*
 * Control groups, with plain files in place of the kernel's: what is written
 * where, what is made of what stands there, and how names are found.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <string.h>

#include "common/proctree.h"
#include "executor/cgroup.h"
#include "supervisor/boot/bootcg.h"

static char dir[64];

static int
set_up(void **state)
{
	(void)state;
	(void)snprintf(dir, sizeof(dir), "/tmp/cgroup_test.XXXXXX");
	return (mkdtemp(dir) == NULL ? -1 : 0);
}

static int
take_away(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return (remove(path));
}

static int
tear_down(void **state)
{
	(void)state;
	return (nftw(dir, take_away, 8, FTW_DEPTH | FTW_PHYS));
}

static void
file(int at, const char *name, const char *text)
{
	int fd = openat(at, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	(void)close(fd);
}

/* What was written into it; then it is empty again. */
static void
wrote(int at, const char *name, const char *want)
{
	char text[256];
	int fd = openat(at, name, O_RDWR);
	ssize_t n;

	assert_int_not_equal(fd, -1);
	n = read(fd, text, sizeof(text) - 1);
	assert_true(n >= 0);
	text[n] = '\0';
	assert_string_equal(text, want);
	assert_int_equal(ftruncate(fd, 0), 0);
	(void)close(fd);
}

/* A group with these files, all of them empty. */
static void
make(struct cgroups *cs, struct cgroup *cg, const char *const *files)
{
	memset(cs, 0, sizeof(*cs));
	cs->dir = open(dir, O_RDONLY | O_DIRECTORY);
	assert_int_equal(cgroup_new(cs, cg), 0);
	for (; *files != NULL; files++)
		file(cg->dir, *files, "");
}

static const char *const all[] = { "memory.max", "memory.swap.max",
    "memory.oom.group", "pids.max", "cpu.max", "cpu.weight.nice",
    "io.weight", "cgroup.kill", NULL };

static void
test_set(void **state)
{
	struct cgroups cs;
	struct cgroup cg;
	struct limits l;

	(void)state;
	make(&cs, &cg, all);
	cs.has = CGROUP_MEMORY | CGROUP_PIDS | CGROUP_CPU | CGROUP_IO;
	memset(&l, 0, sizeof(l));
	assert_int_equal(cgroup_set(&cs, &cg, &l), 0);
	wrote(cg.dir, "memory.max", "");
	wrote(cg.dir, "pids.max", "");
	l.memory_mb = 16777216;
	l.processes = 20;
	l.cpu_percent = 150;
	l.io_weight = 50;
	l.nice = 7;
	assert_int_equal(cgroup_set(&cs, &cg, &l), 0);
	wrote(cg.dir, "memory.max", "17592186044416");
	wrote(cg.dir, "memory.swap.max", "0");
	wrote(cg.dir, "memory.oom.group", "1");
	wrote(cg.dir, "pids.max", "21");
	wrote(cg.dir, "cpu.max", "150000 100000");
	wrote(cg.dir, "cpu.weight.nice", "7");
	wrote(cg.dir, "io.weight", "default 50");
	/* the same again is not written again */
	l.processes = 0;
	assert_int_equal(cgroup_set(&cs, &cg, &l), 0);
	wrote(cg.dir, "memory.max", "");
	wrote(cg.dir, "pids.max", "max");
	memset(&l, 0, sizeof(l));
	assert_int_equal(cgroup_set(&cs, &cg, &l), 0);
	wrote(cg.dir, "memory.max", "max");
	wrote(cg.dir, "cpu.max", "max");
	wrote(cg.dir, "io.weight", "default 100");
	/* no controller, nothing to write */
	cs.has = 0;
	l.memory_mb = l.processes = 1;
	assert_int_equal(cgroup_set(&cs, &cg, &l), 0);
	wrote(cg.dir, "memory.max", "");
	/* the old name of the weight, which ends at a thousand */
	file(cg.dir, "io.bfq.weight", "");
	cs.has = CGROUP_IO | CGROUP_BFQ;
	l.io_weight = 5000;
	assert_int_equal(cgroup_set(&cs, &cg, &l), 0);
	wrote(cg.dir, "io.bfq.weight", "default 1000");
	wrote(cg.dir, "io.weight", "");
	/* what cannot be written is no limit */
	cs.has = CGROUP_PIDS;
	l.processes = 5;
	assert_int_equal(unlinkat(cg.dir, "pids.max", 0), 0);
	assert_int_equal(cgroup_set(&cs, &cg, &l), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(cg.set.processes, 1);
}

/* The group of a skill: controllers for those in it, and each by itself. */
static void
test_part(void **state)
{
	struct cgroups cs;
	struct cgroup cg;
	int part;

	(void)state;
	make(&cs, &cg, all);
	cs.has = CGROUP_ANY;
	assert_int_equal(cgroup_part(&cs, "s3"), 0);
	part = openat(cs.dir, "s3", O_RDONLY | O_DIRECTORY);
	assert_int_not_equal(part, -1);
	/* one that is there already, and what the kernel would have in it */
	cs.has = CGROUP_ANY | CGROUP_IO | CGROUP_BFQ;
	assert_int_equal(cgroup_part(&cs, "s3"), -1);
	assert_int_equal(errno, ENOENT);
	file(part, "cgroup.subtree_control", "");
	assert_int_equal(cgroup_part(&cs, "s3"), 0);
	wrote(part, "cgroup.subtree_control", "+io");
	cs.has = CGROUP_MEMORY;
	assert_int_equal(cgroup_part(&cs, "s3"), 0);
	wrote(part, "cgroup.subtree_control", "+memory");
	assert_int_equal(symlinkat("s3", cs.dir, "s4"), 0);
	assert_int_equal(cgroup_part(&cs, "s4"), -1);
	(void)close(part);
}

static void
test_stat(void **state)
{
	static const char *const none[] = { NULL };
	struct cgroup_stat st;
	struct cgroups cs;
	struct cgroup cg;

	(void)state;
	make(&cs, &cg, none);
	assert_int_equal(cgroup_stat(cg.dir, &st), -1);
	file(cg.dir, "cpu.stat", "usage_usec 30\nuser_usec 10\n"
	    "system_usec 20\n");
	assert_int_equal(cgroup_stat(cg.dir, &st), 0);
	assert_int_equal(st.user_us, 10);
	assert_int_equal(st.sys_us, 20);
	assert_int_equal(st.peak_kb, 0);
	assert_int_equal(st.oom_kill, 0);
	file(cg.dir, "memory.peak", "2048\n");
	file(cg.dir, "pids.peak", "4\n");
	/* oom_group_kill is another key, and stands behind or before */
	file(cg.dir, "memory.events", "low 0\nhigh 0\nmax 8\noom 3\n"
	    "oom_group_kill 9\noom_kill 2\n");
	file(cg.dir, "pids.events", "max 5\n");
	assert_int_equal(cgroup_stat(cg.dir, &st), 0);
	assert_int_equal(st.peak_kb, 2);
	assert_int_equal(st.pids_peak, 4);
	assert_int_equal(st.memory_max, 8);
	assert_int_equal(st.oom, 3);
	assert_int_equal(st.oom_kill, 2);
	assert_int_equal(st.pids_max, 5);
	/* nonsense is nothing */
	file(cg.dir, "memory.events", "");
	file(cg.dir, "pids.events", "max\n");
	file(cg.dir, "memory.peak", "x");
	assert_int_equal(cgroup_stat(cg.dir, &st), 0);
	assert_int_equal(st.oom_kill + st.pids_max + st.peak_kb, 0);
	assert_int_equal(st.memory_max + st.oom, 0);
}

/* Whoever gets no rlimit of memory has to have the group's. */
static void
test_holds(void **state)
{
	static const char *const none[] = { NULL };
	struct cgroups cs;
	struct cgroup cg;

	(void)state;
	make(&cs, &cg, none);
	assert_false(cgroup_holds(cg.dir, 0));
	assert_false(cgroup_holds(cg.dir, 64));
	assert_false(cgroup_holds(-1, 0));
	file(cg.dir, "memory.max", "max\n");
	/* a kernel that does not count swap */
	assert_false(cgroup_holds(cg.dir, 0));
	file(cg.dir, "memory.swap.max", "max\n");
	assert_true(cgroup_holds(cg.dir, 0));
	assert_false(cgroup_holds(cg.dir, 64));
	file(cg.dir, "memory.max", "67108864\n");
	assert_false(cgroup_holds(cg.dir, 64));
	file(cg.dir, "memory.swap.max", "0\n");
	assert_true(cgroup_holds(cg.dir, 64));
	assert_false(cgroup_holds(cg.dir, 65));
	file(cg.dir, "memory.max", "17592186044416\n");
	assert_true(cgroup_holds(cg.dir, 16777216));
}

static void
test_drop(void **state)
{
	struct cgroups cs;
	struct cgroup cg, next;
	int at;

	(void)state;
	make(&cs, &cg, all);
	at = dup(cg.dir);
	/* files keep a directory here as processes do there */
	cgroup_drop(&cs, &cg);
	assert_int_equal(cg.dir, -1);
	wrote(at, "cgroup.kill", "1");
	assert_int_equal(cgroup_sweep(&cs), 1);
	assert_int_equal(cgroup_new(&cs, &next), 0);
	assert_int_not_equal(next.n, cg.n);
	cgroup_drop(&cs, &next);
	assert_int_equal(cs.nold, 1);
	for (size_t i = 0; all[i] != NULL; i++)
		assert_int_equal(unlinkat(at, all[i], 0), 0);
	assert_int_equal(cgroup_sweep(&cs), 0);
	assert_int_equal(cgroup_sweep(&cs), 0);
	/* names that another daemon left are passed over */
	assert_int_equal(mkdirat(cs.dir, "r3", 0700), 0);
	assert_int_equal(cgroup_new(&cs, &next), 0);
	assert_int_equal(next.n, 4);
	(void)close(at);
}

static void
test_open(void **state)
{
	struct limits l;
	struct cgroups cs;
	struct cgroup cg;
	char err[128];

	(void)state;
	/* none: everything is a way of doing nothing */
	assert_int_equal(cgroup_open(&cs, -1, err, sizeof(err)), -1);
	assert_string_equal(err, "");
	assert_int_equal(cgroup_new(&cs, &cg), 0);
	assert_int_equal(cg.dir, -1);
	memset(&l, 0, sizeof(l));
	l.memory_mb = 5;
	assert_int_equal(cgroup_set(&cs, &cg, &l), 0);
	cgroup_drop(&cs, &cg);
	assert_int_equal(cgroup_sweep(&cs), 0);
	assert_null(cgroup_lacks(&cs, &l));
	l.io_weight = 1;
	assert_string_equal(cgroup_lacks(&cs, &l), "ioWeight");
	l.cpu_percent = 1;
	assert_string_equal(cgroup_lacks(&cs, &l), "cpuPercent");
	cs.has = CGROUP_CPU | CGROUP_IO;
	assert_null(cgroup_lacks(&cs, &l));
	/* no control group, but a directory: tried and refused */
	assert_int_equal(cgroup_open(&cs, open(dir, O_RDONLY | O_DIRECTORY),
	    err, sizeof(err)), -1);
	assert_non_null(strstr(err, "no process can be born there"));
	assert_int_equal(cs.dir, -1);
	assert_int_equal(rmdir(dir), 0);	/* nothing was left */
	assert_int_equal(mkdir(dir, 0700), 0);
}

static void
test_mount(void **state)
{
	static const char root[] = "31 23 0:28 / /sys/fs/cgroup rw,nosuid "
	    "shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";
	char out[64];

	(void)state;
	assert_int_equal(bootcg_mount(root, "/", out, sizeof(out)), 0);
	assert_string_equal(out, "/sys/fs/cgroup");
	assert_int_equal(bootcg_mount(root, "/a.slice/b", out,
	    sizeof(out)), 0);
	assert_string_equal(out, "/sys/fs/cgroup/a.slice/b");
	/* a part of the hierarchy is mounted */
	assert_int_equal(bootcg_mount("1 2 0:3 /a /m rw - cgroup2 none rw",
	    "/a/b", out, sizeof(out)), 0);
	assert_string_equal(out, "/m/b");
	assert_int_equal(bootcg_mount("1 2 0:3 /a /m rw - cgroup2 none rw",
	    "/a", out, sizeof(out)), 0);
	assert_string_equal(out, "/m");
	/* another part */
	assert_int_equal(bootcg_mount("1 2 0:3 /a /m rw - cgroup2 none rw",
	    "/ab", out, sizeof(out)), -1);
	assert_int_equal(bootcg_mount("1 2 0:3 /.. /m rw - cgroup2 none rw",
	    "/", out, sizeof(out)), -1);
	assert_int_equal(bootcg_mount(root, "/../x", out, sizeof(out)), -1);
	/* version 1, other file systems, other names, no room */
	assert_int_equal(bootcg_mount("1 2 0:3 / /m rw - cgroup cgroup rw,cpu",
	    "/", out, sizeof(out)), -1);
	assert_int_equal(bootcg_mount("1 2 0:3 / /cgroup2 rw - tmpfs cgroup2 "
	    "rw", "/", out, sizeof(out)), -1);
	assert_int_equal(bootcg_mount("1 2 0:3 / /a\\040b rw - cgroup2 c rw",
	    "/", out, sizeof(out)), -1);
	assert_int_equal(bootcg_mount("", "/", out, sizeof(out)), -1);
	assert_int_equal(bootcg_mount(root, "/", out, 14), -1);
	assert_int_equal(bootcg_mount(root, "/", out, 15), 0);
}

/* A process in a proc file system of our own. */
static void
task(int at, int pid, const char *name, int parent, unsigned ticks)
{
	char path[64], text[256];

	(void)snprintf(path, sizeof(path), "%d", pid);
	assert_int_equal(mkdirat(at, path, 0700), 0);
	(void)snprintf(path, sizeof(path), "%d/stat", pid);
	(void)snprintf(text, sizeof(text), "%d (%s) S %d 1 1 0 -1 4194560 9 9 "
	    "0 0 %u 0 0 0 20 0 1 0 %d 9999999 %d\n", pid, name, parent, ticks,
	    1000 - pid, pid);
	file(at, path, text);
}

static uint64_t
cpu(const char *proc, pid_t pid)
{
	struct proctree_sum sum;
	struct proctree t;

	proctree_read(&t, proc);
	proctree_sum(&t, pid, &sum);
	proctree_free(&t);
	return (sum.cpu_us);
}

static void
test_usage(void **state)
{
	uint64_t tick = 1000000 / (uint64_t)sysconf(_SC_CLK_TCK);
	int at = open(dir, O_RDONLY | O_DIRECTORY);
	struct proctree_sum sum;
	struct proctree t;

	(void)state;
	task(at, 10, "init", 5, 1);
	task(at, 5, "runner", 1, 1000);
	task(at, 12, "sh", 10, 2);
	/* a name that says it belongs to somebody else */
	task(at, 13, "x) S 5 1 1 0 (", 12, 4);
	task(at, 11, "deep", 13, 8);
	task(at, 20, "other", 6, 5000);
	task(at, 21, "other", 20, 5000);
	assert_int_equal(mkdirat(at, "self", 0700), 0);
	assert_int_equal(mkdirat(at, "99", 0700), 0);	/* gone meanwhile */
	assert_int_equal(mkdirat(at, "98", 0700), 0);
	file(at, "98/stat", "98 (half");
	assert_int_equal(cpu(dir, 10), 15 * tick);
	assert_int_equal(cpu(dir, 11), 8 * tick);
	assert_int_equal(cpu(dir, 77), 0);
	proctree_read(&t, dir);
	proctree_sum(&t, 10, &sum);
	assert_int_equal(sum.processes, 4);
	assert_int_equal(sum.rss_kb, (10 + 11 + 12 + 13) *
	    sysconf(_SC_PAGESIZE) / 1024);
	assert_string_equal(proctree_get(&t, 13)->name, "x) S 5 1 1 0 (");
	assert_int_equal(proctree_get(&t, 13)->parent, 12);
	assert_int_equal(proctree_get(&t, 13)->start, 1000 - 13);
	assert_null(proctree_get(&t, 98));
	assert_null(proctree_oldest(&t, 11));
	task(at, 14, "older", 10, 0);
	proctree_free(&t);
	proctree_read(&t, dir);
	/* by when it was started, whatever its number */
	assert_int_equal(proctree_oldest(&t, 10)->pid, 14);
	proctree_free(&t);
	/* ids were used again while it was looked at: an end all the same */
	task(at, 30, "a", 31, 1);
	task(at, 31, "b", 30, 1);
	assert_true(cpu(dir, 30) >= 2 * tick);
	(void)close(at);
	/* of the real one it is more than nothing in the end */
	while (cpu("/proc", getpid()) == 0)
		;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_set, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_part, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stat, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_holds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_drop, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_open, set_up, tear_down),
		cmocka_unit_test(test_mount),
		cmocka_unit_test_setup_teardown(test_usage, set_up,
		    tear_down),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
