/* SPDX-License-Identifier: ISC */
/* The builder of seccomp filters. */
#include "config.h"

#include <sys/syscall.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/bpf.h"

#if defined(__x86_64__)
#define ARCH		AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH		AUDIT_ARCH_AARCH64
#else
#error "no system call tables for this architecture"
#endif

#define NR_OFF		((uint32_t)offsetof(struct seccomp_data, nr))
#define ARCH_OFF	((uint32_t)offsetof(struct seccomp_data, arch))
/* low word; both architectures are little-endian */
#define ARG_OFF(i)	((uint32_t)(offsetof(struct seccomp_data, args) + \
			    8 * (size_t)(i)))

static void
emit(struct bpf *b, uint16_t code, uint8_t jt, uint8_t jf, uint32_t k)
{
	struct sock_filter *f;

	if (b->n == BPF_MAXLEN) {
		b->bad = 1;
		return;
	}
	f = &b->ins[b->n++];
	f->code = code;
	f->jt = jt;
	f->jf = jf;
	f->k = k;
}

static void
load(struct bpf *b, uint32_t off)
{
	emit(b, BPF_LD | BPF_W | BPF_ABS, 0, 0, off);
}

void
bpf_ret(struct bpf *b, uint32_t action)
{
	emit(b, BPF_RET | BPF_K, 0, 0, action);
}

void
bpf_start(struct bpf *b)
{
	b->n = 0;
	b->bad = 0;
	load(b, ARCH_OFF);
	emit(b, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, ARCH);
	bpf_ret(b, SECCOMP_RET_KILL_PROCESS);
	load(b, NR_OFF);
#ifdef X32_BIT
	emit(b, BPF_JMP | BPF_JSET | BPF_K, 0, 1, X32_BIT);
	bpf_ret(b, SECCOMP_RET_KILL_PROCESS);
#endif
}

void
bpf_sys(struct bpf *b, long sys, uint32_t action)
{
	emit(b, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, (uint32_t)sys);
	bpf_ret(b, action);
}

void
bpf_sys_arg(struct bpf *b, long sys, unsigned arg, uint32_t mask,
    uint32_t val, uint32_t action)
{
	emit(b, BPF_JMP | BPF_JEQ | BPF_K, 0, 5, (uint32_t)sys);
	load(b, ARG_OFF(arg));
	emit(b, BPF_ALU | BPF_AND | BPF_K, 0, 0, mask);
	emit(b, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, val);
	bpf_ret(b, action);
	load(b, NR_OFF);
}

void
bpf_sys_two(struct bpf *b, long sys, unsigned arg, uint32_t val,
    unsigned other, uint32_t other_val, uint32_t action)
{
	emit(b, BPF_JMP | BPF_JEQ | BPF_K, 0, 6, (uint32_t)sys);
	load(b, ARG_OFF(arg));
	emit(b, BPF_JMP | BPF_JEQ | BPF_K, 0, 3, val);
	load(b, ARG_OFF(other));
	emit(b, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, other_val);
	bpf_ret(b, action);
	load(b, NR_OFF);
}

void
bpf_sys_bits(struct bpf *b, long sys, int flags, uint32_t when, unsigned arg,
    uint32_t bits, uint32_t action)
{
	emit(b, BPF_JMP | BPF_JEQ | BPF_K, 0, flags == -1 ? 4 : 6,
	    (uint32_t)sys);
	if (flags != -1) {
		load(b, ARG_OFF((unsigned)flags));
		emit(b, BPF_JMP | BPF_JSET | BPF_K, 0, 3, when);
	}
	load(b, ARG_OFF(arg));
	emit(b, BPF_JMP | BPF_JSET | BPF_K, 0, 1, bits);
	bpf_ret(b, action);
	load(b, NR_OFF);
}

void
bpf_sys_range(struct bpf *b, uint32_t from, uint32_t to, uint32_t action)
{
	emit(b, BPF_JMP | BPF_JGE | BPF_K, 0, to == UINT32_MAX ? 1 : 2, from);
	if (to != UINT32_MAX)
		emit(b, BPF_JMP | BPF_JGE | BPF_K, 1, 0, to + 1);
	bpf_ret(b, action);
}

int
bpf_load(const struct bpf *b)
{
	struct sock_fprog prog;

	if (b->bad || b->n == 0) {
		errno = E2BIG;
		return (-1);
	}
	memset(&prog, 0, sizeof(prog));
	prog.len = (unsigned short)b->n;
	/* the kernel copies it */
	prog.filter = (struct sock_filter *)(uintptr_t)b->ins;
	return ((int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog));
}
