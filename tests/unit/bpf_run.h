/* SPDX-License-Identifier: ISC */
/* An interpreter of the few instructions that our filters are made of. */
#ifndef TESTS_BPF_RUN_H
#define TESTS_BPF_RUN_H

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <string.h>

#include "common/bpf.h"
#include "tests/unit/unit.h"

#if defined(__x86_64__)
#define HERE		AUDIT_ARCH_X86_64
#define ELSEWHERE	AUDIT_ARCH_I386
#else
#define HERE		AUDIT_ARCH_AARCH64
#define ELSEWHERE	AUDIT_ARCH_ARM
#endif

#define ALLOW		SECCOMP_RET_ALLOW
#define KILL		SECCOMP_RET_KILL_PROCESS
#define FAIL(e)		(SECCOMP_RET_ERRNO | (uint32_t)(e))
#define STUCK		0xdeadU		/* no action: the filter has no end */

/*
 * What a filter says to a system call; a wild jump fails the test.  *steps is
 * how many instructions it took.
 */
static inline uint32_t
interpret_count(const struct bpf *b, const struct seccomp_data *d,
    unsigned *steps)
{
	const struct sock_filter *f;
	uint32_t a = 0, w;
	size_t pc = 0;

	for (;;) {
		if (pc >= b->n)
			return (STUCK);
		f = &b->ins[pc++];
		(*steps)++;
		switch (f->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			assert_true(f->k % 4 == 0 && f->k < sizeof(*d));
			memcpy(&w, (const char *)d + f->k, sizeof(w));
			a = w;
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= f->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			pc += a == f->k ? f->jt : f->jf;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			pc += a >= f->k ? f->jt : f->jf;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			pc += (a & f->k) != 0 ? f->jt : f->jf;
			break;
		case BPF_RET | BPF_K:
			return (f->k);
		default:
			fail_msg("instruction 0x%x", f->code);
		}
	}
}

static inline uint32_t
interpret(const struct bpf *b, const struct seccomp_data *d)
{
	unsigned steps = 0;

	return (interpret_count(b, d, &steps));
}

/* To call nr of this architecture, or of another, with one argument. */
static inline uint32_t
ask(const struct bpf *b, uint32_t arch, unsigned nr, unsigned arg,
    uint64_t val)
{
	struct seccomp_data d;

	memset(&d, 0, sizeof(d));
	d.nr = (int)nr;
	d.arch = arch;
	d.args[arg] = val;
	return (interpret(b, &d));
}

#endif
