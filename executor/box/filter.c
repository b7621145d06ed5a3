/* SPDX-License-Identifier: ISC */
/*
 * The seccomp filter of runs: what no command of an agent needs and exploits
 * of the kernel like (common/refused.h), what nobody knows yet, modes of files
 * that count on the host, and some calls with some arguments.
 * A command that tries gets an error, not a signal, so that programs which
 * only probe go on.
 *
 * The kernel runs a new filter over every system call number once, to learn
 * which it always allows; a list of a hundred comparisons would cost more there
 * than all the rest of a sandbox.  So the numbers are sorted and cut into
 * blocks, and a number is compared with the bounds of blocks first.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>

#include <netinet/in.h>

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
#include "executor/hook.h"

#define BLOCK		8	/* numbers between two bounds */
#define ENTRY_MAX	32	/* instructions of one number */
#define RULES_MAX	160	/* more than there are together */
#define NEW_NAMESPACES	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | \
			    CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | \
			    CLONE_NEWNET | CLONE_NEWTIME)

enum rule_when {
	REFUSE,		/* always, with error */
	BITS,		/* if a bit of value is set in the argument */
	EQUAL,		/* if the argument is value */
	UNLESS		/* if the argument is not value */
};

struct rule {
	long		nr;
	enum rule_when	how;
	unsigned	arg;
	uint32_t	value;
	int		error;		/* 0: allow */
	uint32_t	without;	/* bits of the argument to leave out */
	size_t		order;
};

/* Rules of one number are tried in the order in which they stand here. */
static const struct rule special[] = {
	/* its flags are in memory: libc falls back to clone */
	{ SYS_clone3, REFUSE, 0, 0, ENOSYS, 0, 0 },
	/* a child is its parent's: that tells which program it is */
	{ SYS_clone, BITS, 0, NEW_NAMESPACES | CLONE_UNTRACED | CLONE_PARENT,
	    EPERM, 0, 0 },
	/* another process cannot move where this one stands */
	{ SYS_clone, EQUAL, 0, CLONE_FS, EPERM, ~(uint32_t)(CLONE_FS |
	    CLONE_THREAD), 0 },
	{ SYS_unshare, BITS, 0, NEW_NAMESPACES, EPERM, 0, 0 },
	{ SYS_ioctl, EQUAL, 1, TIOCSTI, EPERM, 0, 0 },
	{ SYS_ioctl, EQUAL, 1, TIOCLINUX, EPERM, 0, 0 },
	{ SYS_ioctl, EQUAL, 1, TIOCSETD, EPERM, 0, 0 },
	/* init has the run's account, and could not poll with no descriptors */
	{ SYS_prlimit64, EQUAL, 0, 1, EPERM, 0, 0 },
	/* nor be in time between what it does for a run and its second look */
	{ SYS_sched_setaffinity, EQUAL, 0, 1, EPERM, 0, 0 },
	{ SYS_sched_setattr, EQUAL, 0, 1, EPERM, 0, 0 },
	{ SYS_sched_setparam, EQUAL, 0, 1, EPERM, 0, 0 },
	{ SYS_sched_setscheduler, EQUAL, 0, 1, EPERM, 0, 0 },
	{ SYS_setpriority, EQUAL, 0, PRIO_USER, EPERM, 0, 0 },
	{ SYS_setpriority, EQUAL, 1, 1, EPERM, 0, 0 },
	/* asking is fine, and so is what everybody has */
	{ SYS_personality, EQUAL, 0, 0xffffffffU, 0, 0, 0 },
	{ SYS_personality, UNLESS, 0, 0, EPERM, 0, 0 },
};

/* Sockets of a run without network: those inside the run. */
static const struct rule none_rules[] = {
	{ SYS_socket, UNLESS, 0, AF_UNIX, EAFNOSUPPORT, 0, 0 },
	{ SYS_socketpair, UNLESS, 0, AF_UNIX, EAFNOSUPPORT, 0, 0 },
};

/* Inside the run, while Landlock keeps it off the host's abstract ones. */
static const struct rule local_rules[] = {
	{ SYS_socket, EQUAL, 0, AF_UNIX, 0, 0, 0 },
	{ SYS_socketpair, UNLESS, 0, AF_UNIX, EAFNOSUPPORT, 0, 0 },
};

/*
 * Without that nothing would: then there are only pairs, and of these the
 * ones that have no other end to choose.  A pair of datagram sockets can be
 * connected anew, or send to any name; SOCK_DGRAM and SOCK_RAW, which is
 * made one, have a bit that SOCK_STREAM and SOCK_SEQPACKET have not.
 */
static const struct rule pair_rules[] = {
	{ SYS_socketpair, UNLESS, 0, AF_UNIX, EAFNOSUPPORT, 0, 0 },
	{ SYS_socketpair, BITS, 1, SOCK_DGRAM, EPERM, 0, 0 },
};

/* AF_INET is AF_INET6 without this bit. */
#define INET6_BIT	(AF_INET6 & ~AF_INET)
#define TYPE_FLAGS	(SOCK_CLOEXEC | SOCK_NONBLOCK)

/*
 * TCP and UDP, and nothing that has less users and more faults (MPTCP, SCTP,
 * ICMP, raw sockets, which also need a capability).
 */
static const struct rule host_rules[] = {
	{ SYS_socket, UNLESS, 0, AF_INET, EAFNOSUPPORT, INET6_BIT, 0 },
	{ SYS_socket, BITS, 1, ~(uint32_t)(SOCK_STREAM | SOCK_DGRAM |
	    TYPE_FLAGS), EPERM, 0, 0 },
	{ SYS_socket, EQUAL, 1, SOCK_STREAM | SOCK_DGRAM, EPERM, TYPE_FLAGS,
	    0 },
	{ SYS_socket, EQUAL, 2, 0, 0, 0, 0 },
	{ SYS_socket, EQUAL, 2, IPPROTO_TCP, 0, 0, 0 },
	{ SYS_socket, UNLESS, 2, IPPROTO_UDP, EPROTONOSUPPORT, 0, 0 },
};

static struct bpf filter;
static struct bpf last[2];	/* without a watch, and with it */

static void
emit(struct bpf *b, uint16_t code, uint8_t jt, uint8_t jf, uint32_t k)
{
	if (b->n == BPF_MAXLEN) {
		b->bad = 1;
		return;
	}
	b->ins[b->n].code = code;
	b->ins[b->n].jt = jt;
	b->ins[b->n].jf = jf;
	b->ins[b->n].k = k;
	b->n++;
}

static void
emit_test(struct bpf *b, const struct rule *r)
{
	/* the low word: both architectures are little-endian */
	emit(b, BPF_LD | BPF_W | BPF_ABS, 0, 0,
	    (uint32_t)(offsetof(struct seccomp_data, args) + 8 * r->arg));
	if (r->without != 0)
		emit(b, BPF_ALU | BPF_AND | BPF_K, 0, 0, ~r->without);
	if (r->how == BITS)
		emit(b, BPF_JMP | BPF_JSET | BPF_K, 0, 1, r->value);
	else if (r->how == EQUAL)
		emit(b, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, r->value);
	else
		emit(b, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, r->value);
	bpf_ret(b, r->error == 0 ? BPF_ALLOW : BPF_ERRNO(r->error));
}

/* All the rules of one number, n of them. */
static void
emit_number(struct bpf *b, const struct rule *r, size_t n)
{
	size_t at = b->n, i;

	emit(b, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, (uint32_t)r->nr);
	for (i = 0; i < n; i++) {
		if (r[i].how == REFUSE)
			bpf_ret(b, BPF_ERRNO(r[i].error));
		else
			emit_test(b, &r[i]);
	}
	if (r[n - 1].how != REFUSE)
		bpf_ret(b, BPF_ALLOW);
	if (b->n - at - 1 > ENTRY_MAX)
		b->bad = 1;
	b->ins[at].jf = (uint8_t)(b->n - at - 1);
}

static size_t
same_number(const struct rule *r, size_t left)
{
	size_t n;

	for (n = 1; n < left && r[n].nr == r->nr; n++)
		;
	return (n);
}

/* A block: numbers from the bound below up to the one above, left out. */
static size_t
emit_block(struct bpf *b, const struct rule *r, size_t left)
{
	size_t at = b->n, used = 0, i, n;

	emit(b, BPF_JMP | BPF_JGE | BPF_K, 0, 0, 0);
	for (i = 0; i < BLOCK && used < left; i++) {
		n = same_number(r + used, left - used);
		emit_number(b, r + used, n);
		used += n;
	}
	bpf_ret(b, BPF_ALLOW);
	if (b->n - at - 1 > UINT8_MAX || b->bad) {
		b->bad = 1;
		return (left);
	}
	b->ins[at].k = used < left ? (uint32_t)r[used].nr : UINT32_MAX;
	b->ins[at].jt = (uint8_t)(b->n - at - 1);
	return (used);
}

static int
by_number(const void *a, const void *b)
{
	const struct rule *x = a, *y = b;

	if (x->nr != y->nr)
		return (x->nr < y->nr ? -1 : 1);
	return (x->order < y->order ? -1 : x->order > y->order);
}

struct rule_list {
	struct rule	r[RULES_MAX];
	size_t		n;
	int		bad;		/* something did not fit */
};

static void
add(struct rule_list *rs, const struct rule *r, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (rs->n == RULES_MAX) {
			rs->bad = 1;
			return;
		}
		rs->r[rs->n] = r[i];
		rs->r[rs->n].order = rs->n;
		rs->n++;
	}
}

static void
add_refused(struct rule_list *rs)
{
	struct rule r;
	size_t i;

	memset(&r, 0, sizeof(r));
	r.how = REFUSE;
	for (i = 0; i < refused_ncalls; i++) {
		r.nr = refused_calls[i].nr;
		r.error = refused_calls[i].error;
		if (refused_calls[i].by & REFUSED_BY_RUNS)
			add(rs, &r, 1);
	}
}

static void
add_modes(struct rule_list *rs)
{
	const struct refused_mode *m;
	struct rule no, any;
	size_t i;

	memset(&no, 0, sizeof(no));
	no.how = BITS;
	no.error = EPERM;
	memset(&any, 0, sizeof(any));
	any.how = EQUAL;	/* to 0, and it is allowed */
	for (i = 0; i < refused_nmodes; i++) {
		m = &refused_modes[i];
		any.nr = no.nr = m->nr;
		any.arg = (unsigned)m->flags;
		any.without = ~m->when;
		if (m->flags != -1)
			add(rs, &any, 1);
		no.arg = m->arg;
		no.value = m->bits;
		add(rs, &no, 1);
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
	r.how = EQUAL;
	for (i = 0; i < refused_nseizing; i++) {
		r.value = refused_seizing[i];
		add(rs, &r, 1);
	}
}

static int
emit_rules(struct bpf *b, struct rule_list *rs)
{
	size_t i;

	qsort(rs->r, rs->n, sizeof(rs->r[0]), by_number);
	bpf_start(b);
	for (i = 0; i < refused_ngaps; i++)
		bpf_sys_range(b, refused_gaps[i].from, refused_gaps[i].to,
		    BPF_ERRNO(ENOSYS));
	for (i = 0; i < rs->n; )
		i += emit_block(b, rs->r + i, rs->n - i);
	bpf_ret(b, BPF_ALLOW);
	return (b->bad || rs->bad ? -1 : 0);
}

static void
build_last(struct bpf *b, int openat2)
{
	bpf_start(b);
	if (!openat2)
		bpf_sys(b, SYS_openat2, BPF_ERRNO(ENOSYS));
	bpf_sys_arg(b, SYS_fcntl, 1, ~0U, F_SETLEASE, BPF_ERRNO(EPERM));
	bpf_sys(b, SYS_ptrace, BPF_ERRNO(EPERM));
	bpf_ret(b, BPF_ALLOW);
}

int
filter_build(unsigned network, int scoped, int seizing)
{
	static struct rule_list rs;

	rs.n = 0;
	rs.bad = 0;
	if (seizing)
		add_seizing(&rs);
	add_refused(&rs);
	if (!hook_without("modes"))
		add_modes(&rs);
	add(&rs, special, NELEM(special));
	if (network == PLAN_NET_HOST) {
		if (scoped)
			add(&rs, local_rules, NELEM(local_rules));
		else
			add(&rs, pair_rules, NELEM(pair_rules));
		add(&rs, host_rules, NELEM(host_rules));
	} else
		add(&rs, none_rules, NELEM(none_rules));
	build_last(&last[0], hook_without("modes"));
	build_last(&last[1], 1);
	return (last[0].bad || last[1].bad ? -1 : emit_rules(&filter, &rs));
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
