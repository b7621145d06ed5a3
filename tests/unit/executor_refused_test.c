/* SPDX-License-Identifier: ISC */
/*
 * One list of refused system calls: the ceiling, the filters of runs and the
 * battery agree with it, and so with each other, on every number.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include <linux/seccomp.h>

#include <errno.h>
#include <sched.h>
#include <string.h>

#include "common/bpf.h"
#include "common/plan.h"
#include "common/refused.h"
#include "common/rolefilter.h"
#include "executor/battery/probe.h"
#include "executor/box/box.h"
#include "executor/box/filter.h"
#include "tests/unit/bpf_run.h"

#define LENGTH_MAX	256	/* instructions of a run's filter */
#define NUMBERS	1100
#define OTHER	EXDEV		/* an answer of nobody */
#define VARIES	0xbeefU		/* depends on the arguments */

/* What runs may ask for with some arguments, and the ceiling's sockets. */
static const long some[] = { SYS_clone, SYS_unshare, SYS_ioctl,
    SYS_prlimit64, SYS_sched_setaffinity, SYS_sched_setattr,
    SYS_sched_setparam, SYS_sched_setscheduler, SYS_setpriority,
    SYS_personality, SYS_socket, SYS_socketpair };

static const struct refused *
row(long nr)
{
	size_t i;

	for (i = 0; i < refused_ncalls; i++)
		if (refused_calls[i].nr == nr)
			return (&refused_calls[i]);
	return (NULL);
}

static int
in_gap(long nr)
{
	size_t i;

	for (i = 0; i < refused_ngaps; i++)
		if (nr >= (long)refused_gaps[i].from &&
		    nr <= (long)refused_gaps[i].to)
			return (1);
	return (0);
}

/* What a filter says for good, for such a number. */
static uint32_t
wanted(long nr, unsigned who)
{
	const struct refused *c = row(nr);

	if (c != NULL && (c->by & who) != 0)
		return (FAIL(c->error));
	if (who == REFUSED_BY_RUNS && in_gap(nr))
		return (FAIL(ENOSYS));
	return (ALLOW);
}

static int
in_some(long nr)
{
	size_t i;

	for (i = 0; i < NELEM(some); i++)
		if (some[i] == nr)
			return (1);
	for (i = 0; i < refused_nmodes; i++)
		if (refused_modes[i].nr == nr)
			return (1);
	return (0);
}

/* The answer that does not depend on an argument, or VARIES. */
static uint32_t
answer_to(const struct bpf *b, unsigned nr)
{
	static const uint64_t vals[] = { 0, 1, 2, 16, UINT64_MAX };
	uint32_t first = ask(b, HERE, nr, 0, 0);
	unsigned arg;
	size_t i;

	for (arg = 0; arg < 6; arg++)
		for (i = 0; i < NELEM(vals); i++)
			if (ask(b, HERE, nr, arg, vals[i]) != first)
				return (VARIES);
	return (first);
}

/* Refused where the tables say so, and nothing else for good. */
static void
check_filter(const struct bpf *b, unsigned who)
{
	uint32_t got, want;
	unsigned nr;

	for (nr = 0; nr < NUMBERS; nr++) {
		got = answer_to(b, nr);
		want = wanted((long)nr, who);
		if (nr == SYS_clone3 && who == REFUSED_BY_RUNS)
			want = FAIL(ENOSYS);
		/* see check_requests() */
		if (nr == SYS_ptrace && who == REFUSED_BY_CEILING)
			want = VARIES;
		if (in_some((long)nr) ? want != ALLOW : got != want)
			fail_msg("call %u: 0x%x, not 0x%x", nr, got, want);
	}
}

static void
test_table(void **state)
{
	unsigned seen[REFUSED_GROUPS] = { 0 };
	const struct refused *c;
	size_t i, k;

	(void)state;
	for (i = 0; i < refused_ncalls; i++) {
		c = &refused_calls[i];
		assert_true(c->nr >= 0 && c->nr < NUMBERS);
		assert_true(c->tries >= 1 && c->tries <= REFUSED_TRIES);
		assert_true(c->group > REFUSED_NONE &&
		    c->group < REFUSED_GROUPS);
		/* what the ceiling refuses no run could have */
		assert_true((c->by & REFUSED_BY_RUNS) != 0);
		assert_false(in_some(c->nr));
		seen[c->group]++;
		for (k = 0; k < i; k++)
			assert_int_not_equal(c->nr, refused_calls[k].nr);
	}
	for (i = REFUSED_NONE + 1; i < REFUSED_GROUPS; i++)
#ifndef SYS_iopl
		if (i != REFUSED_X86)
#endif
			assert_int_not_equal(seen[i], 0);
}

/*
 * What docker's default profile refuses to a container without capabilities,
 * of all that Linux 6.18 has for these two architectures.
 */
static const struct {
	const char	*name;
	long		 nr;
} docker[] = {
#define NAME(n)	{ #n, SYS_##n }
	NAME(acct), NAME(add_key), NAME(bpf), NAME(chroot), NAME(clone),
	NAME(clone3), NAME(clock_settime), NAME(delete_module),
	NAME(fanotify_init), NAME(finit_module), NAME(fsconfig),
	NAME(fsmount), NAME(fsopen), NAME(fspick), NAME(get_mempolicy),
	NAME(init_module), NAME(io_uring_enter), NAME(io_uring_register),
	NAME(io_uring_setup), NAME(kcmp), NAME(kexec_file_load),
	NAME(kexec_load), NAME(keyctl), NAME(lookup_dcookie), NAME(mbind),
	NAME(migrate_pages), NAME(mount), { "mount_setattr", 442 },
	NAME(move_mount), NAME(move_pages), NAME(nfsservctl),
	NAME(open_by_handle_at), NAME(open_tree), { "open_tree_attr", 467 },
	NAME(perf_event_open), NAME(pidfd_getfd), NAME(pivot_root),
	NAME(process_madvise), NAME(quotactl), { "quotactl_fd", 443 },
	NAME(reboot), NAME(request_key), NAME(set_mempolicy),
	{ "set_mempolicy_home_node", 450 }, NAME(setdomainname),
	NAME(sethostname), NAME(setns), NAME(settimeofday), NAME(swapoff),
	NAME(swapon), NAME(syslog), NAME(umount2), NAME(unshare),
	NAME(userfaultfd), NAME(vhangup), { "lsm_get_self_attr", 459 },
	{ "lsm_set_self_attr", 460 }, { "lsm_list_modules", 461 },
	{ "file_getattr", 468 }, { "file_setattr", 469 }, { "listns", 470 },
	{ "rseq_slice_yield", 471 },
#ifdef __x86_64__
	NAME(_sysctl), NAME(afs_syscall), NAME(create_module),
	NAME(get_kernel_syms), NAME(getpmsg), NAME(ioperm), NAME(iopl),
	NAME(putpmsg), NAME(query_module), NAME(security), NAME(sysfs),
	NAME(tuxcall), { "uprobe", 336 }, NAME(uselib), NAME(ustat),
	NAME(vserver),
#endif
#undef NAME
};

static const char *
reason(long nr)
{
	size_t i;

	for (i = 0; i < refused_nnots; i++)
		if (refused_nots[i].nr == nr)
			return (refused_nots[i].why);
	return (NULL);
}

static void
test_docker(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < NELEM(docker); i++)
		if ((wanted(docker[i].nr, REFUSED_BY_RUNS) == ALLOW) !=
		    (reason(docker[i].nr) != NULL))
			fail_msg("%s: neither refused nor a reason, or both",
			    docker[i].name);
	for (i = 0; i < refused_nnots; i++) {
		for (k = 0; k < NELEM(docker); k++)
			if (docker[k].nr == refused_nots[i].nr)
				break;
		if (k == NELEM(docker))
			fail_msg("a reason for call %ld, which docker allows",
			    refused_nots[i].nr);
	}
}

/* Every number of this machine's headers. */
static const long numbers[] = {
#include "syscall_numbers.h"
};

/* What they name, and no kernel has. */
static const long nobodys[] = {
#ifdef __x86_64__
	SYS_getpmsg, SYS_putpmsg, SYS_afs_syscall, SYS_tuxcall, SYS_security,
	SYS_vserver,
#else
	244,	/* arch_specific_syscall */
#endif
};

static int
has(const long *v, size_t n, long nr)
{
	while (n-- > 0)
		if (v[n] == nr)
			return (1);
	return (0);
}

static void
test_numbers(void **state)
{
	const struct bpf *b = filter_program();
	size_t i;

	(void)state;
	assert_true(has(numbers, NELEM(numbers), SYS_openat2));
	assert_int_equal(filter_build(PLAN_NET_NONE, 1, 0), 0);
	for (i = 0; i < NELEM(numbers); i++)
		if (in_gap(numbers[i]) &&
		    !has(nobodys, NELEM(nobodys), numbers[i]))
			fail_msg("the headers know call %ld: look at it, and "
			    "at what docker does, and raise REFUSED_LAST",
			    numbers[i]);
	assert_int_equal(ask(b, HERE, REFUSED_LAST + 1, 0, 0), FAIL(ENOSYS));
	assert_int_equal(ask(b, HERE, 0x3fffffff, 0, 0), FAIL(ENOSYS));
	assert_int_not_equal(ask(b, HERE, REFUSED_LAST, 0, 0), FAIL(ENOSYS));
}

/* Each one that ptrace(2) has, and those beside. */
static void
check_requests(const struct bpf *b)
{
	uint64_t request;
	uint32_t want;
	size_t i;

	for (request = 0; request < 0x4300; request++) {
		want = FAIL(EPERM);
		for (i = 0; i < refused_nseizing; i++)
			if (refused_seizing[i] == request)
				want = ALLOW;
		if (ask(b, HERE, SYS_ptrace, 0, request) != want)
			fail_msg("request 0x%x", (unsigned)request);
	}
	for (i = 0; i < refused_nseizing; i++)
		assert_true(refused_seizing[i] == PTRACE_SEIZE ||
		    refused_seizing[i] == PTRACE_CONT ||
		    refused_seizing[i] == PTRACE_LISTEN ||
		    refused_seizing[i] == PTRACE_GETEVENTMSG ||
		    refused_seizing[i] == PTRACE_DETACH ||
		    refused_seizing[i] == PTRACE_ATTACH);
}

static void
test_ceiling(void **state)
{
	static struct bpf b;

	(void)state;
	rolefilter_ceiling(&b);
	assert_false(b.bad);
	check_filter(&b, REFUSED_BY_CEILING);
	check_requests(&b);
	/* a run's init enters a user namespace, and no other kind */
	assert_int_equal(ask(&b, HERE, SYS_setns, 1, CLONE_NEWUSER),
	    SECCOMP_RET_ALLOW);
	assert_int_equal(ask(&b, HERE, SYS_setns, 1, CLONE_NEWNS),
	    FAIL(EPERM));
	assert_int_equal(ask(&b, HERE, SYS_setns, 1, CLONE_NEWUSER |
	    CLONE_NEWNS), FAIL(EPERM));
}

static void
test_runs(void **state)
{
	static const struct {
		unsigned	network;
		int		scoped;
	} kinds[] = { { PLAN_NET_NONE, 1 }, { PLAN_NET_NONE, 0 },
	    { PLAN_NET_HOST, 1 }, { PLAN_NET_HOST, 0 },
	    { PLAN_NET_LOOPBACK, 1 }, { PLAN_NET_LOOPBACK, 0 } };
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(kinds); i++) {
		assert_int_equal(filter_build(kinds[i].network,
		    kinds[i].scoped, 0), 0);
		check_filter(filter_program(), REFUSED_BY_RUNS);
		/* the kernel compiles it anew for each run */
		assert_true(filter_program()->n < LENGTH_MAX);
		assert_int_equal(ask(filter_program(), HERE, SYS_setns, 1,
		    CLONE_NEWUSER), FAIL(EPERM));
	}
}

/* Where init counts, too, but for what it counts, and needs. */
static void
test_counts(void **state)
{
	uint32_t before[NUMBERS];
	unsigned nr;

	(void)state;
	assert_int_equal(filter_build(PLAN_NET_LOOPBACK, 1, 0), 0);
	for (nr = 0; nr < NUMBERS; nr++)
		before[nr] = answer_to(filter_program(), nr);
	assert_int_equal(filter_build(PLAN_NET_LOOPBACK, 1, FILTER_COUNTS), 0);
	for (nr = 0; nr < NUMBERS; nr++)
		if (nr != SYS_ptrace && answer_to(filter_program(), nr) !=
		    before[nr])
			fail_msg("call %u", nr);
	check_requests(filter_program());
}

/* With a mode in one argument and, where that counts, flags in another. */
static uint32_t
ask_mode(const struct bpf *b, const struct refused_mode *m, uint32_t flags,
    uint64_t mode)
{
	struct seccomp_data d;

	memset(&d, 0, sizeof(d));
	d.nr = (int)m->nr;
	d.arch = HERE;
	d.args[m->arg] = mode;
	if (m->flags != -1)
		d.args[m->flags] = flags;
	return (interpret(b, &d));
}

static void
check_modes(const struct bpf *b)
{
	const struct refused_mode *m;
	uint32_t bit, when;
	size_t i;

	for (i = 0; i < refused_nmodes; i++) {
		m = &refused_modes[i];
		for (bit = 1; bit != 0; bit <<= 1) {
			assert_int_equal(ask_mode(b, m, m->when, bit),
			    (m->bits & bit) != 0 ? FAIL(EPERM) : ALLOW);
			/* the upper half is not looked at by the kernel */
			assert_int_equal(ask_mode(b, m, m->when,
			    UINT64_C(1) << 32 | bit),
			    (m->bits & bit) != 0 ? FAIL(EPERM) : ALLOW);
		}
		assert_int_equal(ask_mode(b, m, m->when, 0), ALLOW);
		/* what is there without flags is no mode */
		if (m->flags != -1)
			assert_int_equal(ask_mode(b, m, ~m->when, m->bits),
			    ALLOW);
		for (when = 1; m->flags != -1 && when != 0; when <<= 1)
			assert_int_equal(ask_mode(b, m, when, m->bits),
			    (m->when & when) != 0 ? FAIL(EPERM) : ALLOW);
	}
}

static void
test_modes(void **state)
{
	static struct bpf b;

	(void)state;
	rolefilter_ceiling(&b);
	check_modes(&b);
	assert_int_equal(filter_build(PLAN_NET_NONE, 1, 0), 0);
	check_modes(filter_program());
	assert_int_equal(filter_build(PLAN_NET_HOST, 0, 0), 0);
	check_modes(filter_program());
}

/* A world in which all of them are refused, but for one with a hole. */
static int
enter_world(long hole)
{
	static struct bpf b;
	size_t i;

	bpf_start(&b);
	for (i = 0; i < refused_ncalls; i++)
		bpf_sys(&b, refused_calls[i].nr, FAIL(refused_calls[i].nr ==
		    hole ? OTHER : refused_calls[i].error));
	bpf_ret(&b, ALLOW);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return (-1);
	return (bpf_load(&b));
}

/* Of layer seccomp, by the runs' filter: the attempts at such calls. */
static int
at_refused(const struct attempt *a)
{
	return (a->layer == PL_SECCOMP && (a->answers == by_filter ||
	    a->answers == by_absent) &&
	    strncmp(a->name, "leases", 6) != 0 &&
	    strncmp(a->name, "clone", 5) != 0 &&
	    strncmp(a->name, "unshare", 7) != 0 &&
	    strncmp(a->name, "personality", 11) != 0);
}

/* How many attempts find the hole; 200 and more: something else. */
static int
find_hole(void *arg)
{
	static struct xskill skill;	/* that allows nothing more */
	static struct box bx = { .skill = &skill };
	const long *hole = arg;
	const struct attempt *a;
	struct trial t;
	int found = 0;
	size_t i;

	if (enter_world(*hole) == -1)
		return (200);
	for (i = 0; (a = probe_at(i)) != NULL; i++) {
		if (!at_refused(a))
			continue;
		memset(&t, 0, sizeof(t));
		t.a = a;
		t.bx = &bx;
		t.verdict = PROBE_HELD;
		a->fn(&t);
		if (t.verdict == PROBE_OPEN && t.err == OTHER)
			found++;
		else if (t.verdict != PROBE_HELD)
			return (201);
	}
	return (found);
}

static void
test_battery(void **state)
{
	const struct refused *c;
	long none = -1;
	size_t i;
	int st;

	(void)state;
	st = in_child(find_hole, &none);
	assert_true(WIFEXITED(st));
	assert_int_equal(WEXITSTATUS(st), 0);
	for (i = 0; i < refused_ncalls; i++) {
		c = &refused_calls[i];
		st = in_child(find_hole, (void *)(uintptr_t)&c->nr);
		if (!WIFEXITED(st) || WEXITSTATUS(st) != 1)
			fail_msg("a hole at %s: status 0x%x", c->name, st);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_docker),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_ceiling),
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_battery),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
