/* SPDX-License-Identifier: ISC */
/*
 * The seccomp filter of runs: what no command of an agent needs and exploits
 * of the kernel like (common/refused.h), what nobody knows yet, modes of files
 * that count on the host, and some calls with some arguments.
 * A command that tries gets an error, not a signal, so that programs which
 * only probe go on.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/bpf.h"
#include "common/defs.h"
#include "common/plan.h"
#include "common/refused.h"
#include "executor/box/filter.h"
#include "executor/counted.h"
#include "executor/hook.h"
#include "executor/lastcalls.h"
#include "executor/ruleset.h"

/* Rules of one number are tried in the order in which they stand here. */
static const struct rule special[] = {
	/* its flags are in memory: libc falls back to clone */
	{ SYS_clone3, RULE_ALWAYS, 0, 0, ENOSYS, 0, 0 },
	/* a child is its parent's: that tells which program it is */
	{ SYS_clone, RULE_BITS, 0, CLONE_PARENT, EPERM, 0, 0 },
	{ SYS_ioctl, RULE_EQUAL, 1, TIOCSTI, EPERM, 0, 0 },
	{ SYS_ioctl, RULE_EQUAL, 1, TIOCLINUX, EPERM, 0, 0 },
	{ SYS_ioctl, RULE_EQUAL, 1, TIOCSETD, EPERM, 0, 0 },
	/* init has the run's account, and could not poll with no descriptors */
	{ SYS_prlimit64, RULE_EQUAL, 0, 1, EPERM, 0, 0 },
	/* nor be in time between what it does for a run and its second look */
	{ SYS_sched_setaffinity, RULE_EQUAL, 0, 1, EPERM, 0, 0 },
	{ SYS_sched_setattr, RULE_EQUAL, 0, 1, EPERM, 0, 0 },
	{ SYS_sched_setparam, RULE_EQUAL, 0, 1, EPERM, 0, 0 },
	{ SYS_sched_setscheduler, RULE_EQUAL, 0, 1, EPERM, 0, 0 },
	{ SYS_setpriority, RULE_EQUAL, 0, PRIO_USER, EPERM, 0, 0 },
	{ SYS_setpriority, RULE_EQUAL, 1, 1, EPERM, 0, 0 },
	/* asking is fine, and so is what everybody has */
	{ SYS_personality, RULE_EQUAL, 0, 0xffffffffU, 0, 0, 0 },
	{ SYS_personality, RULE_UNLESS, 0, 0, EPERM, 0, 0 },
};

static struct bpf filter;
static struct bpf last[2];	/* without a watch, and with it */
static struct bpf init_own;

static void
add_refused(struct rule_list *rs)
{
	struct rule r;
	size_t i;

	memset(&r, 0, sizeof(r));
	r.how = RULE_ALWAYS;
	for (i = 0; i < refused_ncalls; i++) {
		r.nr = refused_calls[i].nr;
		r.error = refused_calls[i].error;
		if ((refused_calls[i].by & REFUSED_BY_RUNS) &&
		    !counted_group(refused_calls[i].group))
			ruleset_add(rs, &r, 1);
	}
}

static void
add_modes(struct rule_list *rs)
{
	const struct refused_mode *m;
	struct rule no, any;
	size_t i;

	memset(&no, 0, sizeof(no));
	no.how = RULE_BITS;
	no.error = EPERM;
	memset(&any, 0, sizeof(any));
	any.how = RULE_EQUAL;	/* to 0, and it is allowed */
	for (i = 0; i < refused_nmodes; i++) {
		m = &refused_modes[i];
		any.nr = no.nr = m->nr;
		any.arg = (unsigned)m->flags;
		any.without = ~m->when;
		if (m->flags != -1)
			ruleset_add(rs, &any, 1);
		no.arg = m->arg;
		no.value = m->bits;
		ruleset_add(rs, &no, 1);
	}
}

/* Before what refuses all of it. */
static void
add_seizing(struct rule_list *rs)
{
	struct rule r;
	size_t i;

	memset(&r, 0, sizeof(r));
	r.nr = SYS_ptrace;
	r.how = RULE_EQUAL;
	for (i = 0; i < refused_nseizing; i++) {
		r.value = refused_seizing[i];
		ruleset_add(rs, &r, 1);
	}
}

/* Where init follows what is executed, or could: nobody traces then. */
static const struct rule follow_rules[] = {
	{ SYS_clone, RULE_BITS, 0, CLONE_UNTRACED, EPERM, 0, 0 },
	/* another process cannot move where this one stands */
	{ SYS_clone, RULE_EQUAL, 0, CLONE_FS, EPERM, ~(uint32_t)(CLONE_FS |
	    CLONE_THREAD), 0 },
};

static const struct rule trace_rules[] = {
	{ SYS_ptrace, RULE_ALWAYS, 0, 0, 0, 0, 0 },
};

/* The same: a descriptor of the run's, to be done something with for it. */
static const struct rule taking_rules[] = {
	{ SYS_pidfd_getfd, RULE_ALWAYS, 0, 0, 0, 0, 0 },
};

/* And the memory of who calls: paths and arguments, and what is answered. */
static const struct rule memory_rules[] = {
	{ SYS_process_vm_readv, RULE_ALWAYS, 0, 0, 0, 0, 0 },
	{ SYS_process_vm_writev, RULE_ALWAYS, 0, 0, 0, 0, 0 },
};

static int
emit_rules(struct bpf *b, struct rule_list *rs)
{
	size_t i;

	bpf_start(b);
	for (i = 0; i < refused_ngaps; i++)
		bpf_sys_range(b, refused_gaps[i].from, refused_gaps[i].to,
		    BPF_ERRNO(ENOSYS));
	return (ruleset_emit(b, rs));
}

static const struct rule no_trace_rules[] = {
	{ SYS_ptrace, RULE_ALWAYS, 0, 0, EPERM, 0, 0 },
};

/* Where init does not follow what is executed it has nothing to seize. */
static int
build_own(struct bpf *b, unsigned init)
{
	static struct rule_list rs;

	ruleset_init(&rs);
	counted_add(&rs, 0, 1);
	if (!(init & (FILTER_SEIZES | FILTER_TRACES)))
		ruleset_add(&rs, no_trace_rules, NELEM(no_trace_rules));
	bpf_start(b);
	return (ruleset_emit(b, &rs));
}

static int
build_last(struct bpf *b, int openat2, unsigned init)
{
	static struct rule_list rs;

	ruleset_init(&rs);
	if (init & FILTER_COUNTS)
		counted_add(&rs, 0, 0);
	lastcalls_add(&rs, openat2, (init & FILTER_TRACES) != 0);
	bpf_start(b);
	return (ruleset_emit(b, &rs));
}

int
filter_build(unsigned network, int scoped, unsigned init)
{
	static struct rule_list rs;
	int traces = (init & FILTER_TRACES) != 0;

	counted_choose(network, scoped, traces);
	ruleset_init(&rs);
	if (traces)
		ruleset_add(&rs, trace_rules, NELEM(trace_rules));
	else
		ruleset_add(&rs, follow_rules, NELEM(follow_rules));
	if (init & (FILTER_SEIZES | FILTER_COUNTS))
		add_seizing(&rs);
	if (init & FILTER_TAKES)
		ruleset_add(&rs, taking_rules, NELEM(taking_rules));
	if (init & (FILTER_SEIZES | FILTER_TAKES))
		ruleset_add(&rs, memory_rules, NELEM(memory_rules));
	add_refused(&rs);
	if (!hook_without("modes"))
		add_modes(&rs);
	ruleset_add(&rs, special, NELEM(special));
	if (!(init & FILTER_COUNTS))
		counted_add(&rs, 0, 1);
	return (build_last(&last[0], hook_without("modes"), init) == -1 ||
	    build_last(&last[1], 1, init) == -1 ||
	    build_own(&init_own, init) == -1 ? -1 :
	    emit_rules(&filter, &rs));
}

const struct bpf *
filter_program(void)
{
	return (&filter);
}

int
filter_enter(void)
{
	return (bpf_load(&filter));
}

int
filter_last(int watched)
{
	return (bpf_load(&last[watched != 0]));
}

int
filter_own(void)
{
	return (bpf_load(&init_own));
}
