/* SPDX-License-Identifier: ISC */
/*
 * Which calls of a run go to init: by their numbers and arguments, all of
 * them, and how long the kernel takes to find that out.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>

#include "common/defs.h"
#include "executor/lastcalls.h"
#include "executor/watch/watch.h"
#include "tests/unit/bpf_run.h"

#define ASKED		SECCOMP_RET_USER_NOTIF
#define NUMBERS		480	/* those that there are, and some more */
#define STEPS_MAX	24	/* of a number that is allowed */
#define LENGTH_MAX	200

static const long by_name[] = {
	SYS_openat2, SYS_mkdirat, SYS_mknodat, SYS_symlinkat, SYS_linkat,
	SYS_renameat2, SYS_unlinkat, SYS_truncate, SYS_fchmod, SYS_fchmodat,
	452 /* fchmodat2 */, SYS_setxattr, SYS_lsetxattr, SYS_fsetxattr,
	SYS_removexattr, SYS_lremovexattr, SYS_fremovexattr, SYS_fchown,
	SYS_fchownat, SYS_utimensat, SYS_bind, SYS_umask,
#ifdef SYS_renameat
	SYS_renameat,
#endif
#ifdef SYS_creat
	SYS_creat, SYS_mkdir, SYS_mknod, SYS_symlink, SYS_link, SYS_rename,
	SYS_unlink, SYS_rmdir, SYS_chmod, SYS_chown, SYS_lchown, SYS_utime,
	SYS_utimes, SYS_futimesat,
#endif
};

static const struct {
	long		nr;
	unsigned	arg;
	uint64_t	value;
	uint32_t	want;		/* where names are protected */
} by_argument[] = {
	{ SYS_openat, 2, O_RDONLY, ALLOW },
	{ SYS_openat, 2, O_RDONLY | O_DIRECTORY | O_CLOEXEC, ALLOW },
	{ SYS_openat, 2, O_WRONLY, ASKED },
	{ SYS_openat, 2, O_RDWR | O_NONBLOCK, ASKED },
	{ SYS_openat, 2, O_CREAT, ASKED },
	{ SYS_openat, 2, O_TRUNC, ASKED },
	{ SYS_openat, 2, O_WRONLY | UINT64_C(0x700000000), ASKED },
	{ SYS_openat, 2, O_PATH, ALLOW },
	{ SYS_openat, 2, O_PATH | O_RDWR | O_CREAT, ALLOW },
	{ SYS_openat, 1, O_WRONLY, ALLOW },
#ifdef SYS_open
	{ SYS_open, 1, O_RDONLY, ALLOW },
	{ SYS_open, 1, O_RDWR, ASKED },
	{ SYS_open, 1, O_PATH | O_RDWR, ALLOW },
#endif
	{ SYS_ioctl, 1, 0x5000940e, FAIL(EPERM) },
	{ SYS_ioctl, 1, 0xbc11, FAIL(EPERM) },
	{ SYS_ioctl, 1, 0x40086602, FAIL(EOPNOTSUPP) },
	{ SYS_ioctl, 1, 0xffff6685, FAIL(EOPNOTSUPP) },
	{ SYS_ioctl, 1, 0x80086601, ALLOW },	/* which reads */
	{ SYS_ioctl, 1, 0x5401, ALLOW },
	{ SYS_fcntl, 1, F_SETLEASE, FAIL(EPERM) },
	{ SYS_fcntl, 1, F_SETDELEG, FAIL(EPERM) },
	{ SYS_fcntl, 1, F_GETLEASE, ALLOW },
	{ SYS_seccomp, 1, SECCOMP_FILTER_FLAG_NEW_LISTENER, FAIL(EBUSY) },
	{ SYS_seccomp, 1, 0, ALLOW },
	{ SYS_prctl, 0, PR_SET_DUMPABLE, FAIL(EPERM) },
	{ SYS_prctl, 0, PR_GET_DUMPABLE, ALLOW },
	{ SYS_ptrace, 0, PTRACE_TRACEME, FAIL(EPERM) },
	{ SYS_ptrace, 0, PTRACE_ATTACH, ASKED },
	{ SYS_ptrace, 0, PTRACE_SEIZE, ASKED },
	{ SYS_ptrace, 0, PTRACE_CONT, FAIL(EPERM) },
	{ SYS_ptrace, 0, PTRACE_GETREGSET, FAIL(EPERM) },
	/* what no key allows init is not asked about */
	{ SYS_socket, 0, AF_PACKET, ALLOW },
	{ SYS_clone, 0, CLONE_NEWUSER | SIGCHLD, ALLOW },
	{ SYS_unshare, 0, CLONE_NEWNS, ALLOW },
	{ SYS_mmap, 1, UINT64_C(1) << 62, ALLOW },	/* PROT_NONE */
	{ 444, 0, 0, FAIL(EOPNOTSUPP) },	/* landlock_create_ruleset */
	{ 463, 0, 0, FAIL(ENOSYS) },		/* setxattrat */
	{ 466, 0, 0, FAIL(ENOSYS) },		/* removexattrat */
	{ 469, 0, 0, FAIL(ENOSYS) },		/* file_setattr */
};

static uint32_t
says(long nr, unsigned arg, uint64_t value)
{
	struct seccomp_data d;

	memset(&d, 0, sizeof(d));
	d.nr = (int)nr;
	d.arch = HERE;
	d.args[arg] = value;
	return (interpret(watch_program(), &d));
}

static int
is_by_name(long nr)
{
	size_t i;

	for (i = 0; i < NELEM(by_name); i++)
		if (by_name[i] == nr)
			return (1);
	return (0);
}

static int
is_by_argument(long nr)
{
	size_t i;

	for (i = 0; i < NELEM(by_argument); i++)
		if (by_argument[i].nr == nr)
			return (1);
	return (0);
}

/* What init needs for a run, and no run may do itself. */
static uint32_t
at_last(long nr, int names, int traces)
{
	if (nr == SYS_openat2 && !names)
		return (FAIL(ENOSYS));
	if ((nr == SYS_ptrace && !traces) || nr == SYS_pidfd_getfd ||
	    nr == SYS_process_vm_readv || nr == SYS_process_vm_writev)
		return (FAIL(EPERM));
	if (nr == SYS_sysinfo)
		return (ASKED);
	return (ALLOW);
}

static void
all_numbers(int names, int execs, int traces)
{
	uint32_t want;
	long nr;

	assert_int_equal(watch_build(names, execs, traces, 0), 0);
	for (nr = 0; nr < NUMBERS; nr++) {
		if (is_by_argument(nr))
			continue;
		want = at_last(nr, names, traces);
		if ((names && is_by_name(nr)) || (execs &&
		    (nr == SYS_execve || nr == SYS_execveat)))
			want = ASKED;
		if (says(nr, 0, 0) != want)
			fail_msg("%ld: 0x%x, not 0x%x", nr, says(nr, 0, 0),
			    want);
	}
}

static void
test_numbers(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 8; i++) {
		all_numbers(i & 1, (i & 2) != 0, (i & 4) != 0);
		assert_int_equal(says(SYS_ptrace, 0, PTRACE_ATTACH),
		    (i & 4) != 0 ? ALLOW : ASKED);
	}
}

static void
test_arguments(void **state)
{
	size_t i;

	(void)state;
	assert_int_equal(watch_build(1, 0, 0, 0), 0);
	for (i = 0; i < NELEM(by_argument); i++)
		if (says(by_argument[i].nr, by_argument[i].arg,
		    by_argument[i].value) != by_argument[i].want)
			fail_msg("%ld, 0x%llx", by_argument[i].nr,
			    (unsigned long long)by_argument[i].value);
}

/* Memory: of this length, with that protection, and flags. */
static uint32_t
says_map(uint64_t len, uint64_t prot, uint64_t flags)
{
	struct seccomp_data d;

	memset(&d, 0, sizeof(d));
	d.nr = SYS_mmap;
	d.arch = HERE;
	d.args[1] = len;
	d.args[2] = prot;
	d.args[3] = flags;
	return (interpret(watch_program(), &d));
}

/* Handed over from the first length on that the kernel refuses for certain. */
static void
from(uint32_t memory_mb, uint64_t least)
{
	const uint64_t rw = PROT_READ | PROT_WRITE,
	    usual = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
	uint64_t len;

	assert_true(least >= memory_mb * MB && least < 2 * memory_mb * MB);
	assert_int_equal(watch_build(1, 1, 0, memory_mb), 0);
	assert_int_equal(says_map(memory_mb * MB - 1, rw, usual), ALLOW);
	assert_int_equal(says_map(least - 1, rw, usual), ALLOW);
	for (len = least; len != 0; len *= 2) {
		assert_int_equal(says_map(len, rw, usual), ASKED);
		assert_int_equal(says_map(len + 4096, PROT_WRITE,
		    MAP_PRIVATE), ASKED);
		/* what does not count */
		assert_int_equal(says_map(len, PROT_NONE, usual), ALLOW);
		assert_int_equal(says_map(len, PROT_READ | PROT_EXEC, usual),
		    ALLOW);
		assert_int_equal(says_map(len, rw, MAP_SHARED), ALLOW);
		assert_int_equal(says_map(len, rw, MAP_SHARED_VALIDATE),
		    ALLOW);
		assert_int_equal(says_map(len, rw, usual | MAP_GROWSDOWN),
		    ALLOW);
	}
}

static void
test_memory(void **state)
{
	const uint64_t gb = UINT64_C(1) << 30;

	(void)state;
	from(1, MB);
	from(300, 512 * MB);
	from(1024, gb);
	from(1536, 2 * gb);
	from(2049, 4 * gb);
	from(4096, 4 * gb);
	from(4097, 8 * gb);
	from(1000000, 1024 * gb);
	assert_int_equal(watch_build(1, 1, 0, 0), 0);
	assert_int_equal(says_map(16384 * gb, PROT_WRITE, MAP_PRIVATE), ALLOW);
}

/* How many instructions a number takes whose arguments are zeros. */
static unsigned
steps(const struct bpf *b, long nr)
{
	struct seccomp_data d;
	unsigned n = 0;

	memset(&d, 0, sizeof(d));
	d.nr = (int)nr;
	d.arch = HERE;
	(void)interpret_count(b, &d, &n);
	return (n);
}

static void
test_short(void **state)
{
	unsigned all = 0;
	long nr;

	(void)state;
	assert_int_equal(watch_build(1, 1, 0, 512), 0);
	for (nr = 0; nr < NUMBERS; nr++)
		all += steps(watch_program(), nr);
	print_message("%u instructions for %d numbers\n", all, NUMBERS);
	assert_true(all < NUMBERS * STEPS_MAX);
	/* and it is compiled for each run */
	print_message("%zu instructions\n", (size_t)watch_program()->n);
	assert_true(watch_program()->n < LENGTH_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_short),
	};

	return (cmocka_run_group_tests_name("executor watched calls", tests,
	    NULL, NULL));
}
