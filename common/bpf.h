/* SPDX-License-Identifier: ISC */
/*
 * seccomp filters as plain BPF arrays: a small builder, for x86-64 and
 * aarch64.  The architecture is checked first, x32 is killed.
 */
#ifndef COMMON_BPF_H
#define COMMON_BPF_H

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <stddef.h>
#include <stdint.h>

#define BPF_MAXLEN	1024

/* What a filter returns. */
#define BPF_ALLOW	SECCOMP_RET_ALLOW
#define BPF_ERRNO(e)	(SECCOMP_RET_ERRNO | (uint32_t)(e))

#ifdef __x86_64__
#define X32_BIT		0x40000000U	/* in numbers of calls of x32 */
#endif

struct bpf {
	struct sock_filter	ins[BPF_MAXLEN];
	size_t			n;
	int			bad;
};

/* Checks architecture, loads the number, kills x32. */
void	bpf_start(struct bpf *);
/* if (nr == sys) return action */
void	bpf_sys(struct bpf *, long sys, uint32_t action);
/*
 * if (nr == sys && (low word of argument arg & mask) == val) return action;
 * a system call that does not match goes on to what follows.
 */
void	bpf_sys_arg(struct bpf *, long sys, unsigned arg, uint32_t mask,
	    uint32_t val, uint32_t action);
/*
 * The same for two arguments, each of which has to be its value as a whole.
 */
void	bpf_sys_two(struct bpf *, long sys, unsigned arg, uint32_t val,
	    unsigned other, uint32_t other_val, uint32_t action);
/*
 * if (nr == sys && (low word of argument arg & bits) != 0) return action;
 * with flags of -1.  Otherwise argument flags has to have one of the bits
 * of when, too.
 */
void	bpf_sys_bits(struct bpf *, long sys, int flags, uint32_t when,
	    unsigned arg, uint32_t bits, uint32_t action);
/* if (from <= nr && nr <= to) return action */
void	bpf_sys_range(struct bpf *, uint32_t from, uint32_t to,
	    uint32_t action);
void	bpf_ret(struct bpf *, uint32_t action);
/* Loads it for this process (no_new_privs must be on). 0 or -1, errno. */
int	bpf_load(const struct bpf *);

#endif
