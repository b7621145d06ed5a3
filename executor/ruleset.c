/* SPDX-License-Identifier: ISC */
/* Filters made of rules; see ruleset.h. */
#include "config.h"

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <stdlib.h>

#include "executor/ruleset.h"

#define BLOCK		8	/* numbers between two bounds */
#define ENTRY_MAX	64	/* instructions of one number */

void
ruleset_init(struct rule_list *rs)
{
	rs->n = 0;
	rs->bad = 0;
}

void
ruleset_add(struct rule_list *rs, const struct rule *r, size_t n)
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
emit_answer(struct bpf *b, const struct rule *r)
{
	if (r->error == RULE_NOTIFY)
		bpf_ret(b, SECCOMP_RET_USER_NOTIF);
	else
		bpf_ret(b, r->error == 0 ? BPF_ALLOW : BPF_ERRNO(r->error));
}

/* Instructions of a rule that compares. */
static uint8_t
test_length(const struct rule *r)
{
	return (r->without != 0 ? 4 : 3);
}

static void
emit_test(struct bpf *b, const struct rule *r)
{
	/* the low word: both architectures are little-endian */
	emit(b, BPF_LD | BPF_W | BPF_ABS, 0, 0,
	    (uint32_t)(offsetof(struct seccomp_data, args) + 8 * r->arg));
	if (r->without != 0)
		emit(b, BPF_ALU | BPF_AND | BPF_K, 0, 0, ~r->without);
	if (r->how == RULE_WHERE) {
		emit(b, BPF_JMP | BPF_JEQ | BPF_K, 0, test_length(r + 1),
		    r->value);
		return;
	}
	if (r->how == RULE_BITS)
		emit(b, BPF_JMP | BPF_JSET | BPF_K, 0, 1, r->value);
	else if (r->how == RULE_EQUAL)
		emit(b, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, r->value);
	else
		emit(b, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, r->value);
	emit_answer(b, r);
}

/* All the rules of one number, n of them. */
static void
emit_number(struct bpf *b, const struct rule *r, size_t n)
{
	size_t at = b->n, i;

	emit(b, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, (uint32_t)r->nr);
	for (i = 0; i < n; i++) {
		if (r[i].how == RULE_ALWAYS)
			emit_answer(b, &r[i]);
		else
			emit_test(b, &r[i]);
	}
	if (r[n - 1].how != RULE_ALWAYS)
		bpf_ret(b, BPF_ALLOW);
	if (b->bad || b->n - at - 1 > ENTRY_MAX) {
		b->bad = 1;
		return;
	}
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
	if (b->bad || b->n - at - 1 > UINT8_MAX) {
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

int
ruleset_emit(struct bpf *b, struct rule_list *rs)
{
	size_t i;

	qsort(rs->r, rs->n, sizeof(rs->r[0]), by_number);
	for (i = 0; i < rs->n; )
		i += emit_block(b, rs->r + i, rs->n - i);
	bpf_ret(b, BPF_ALLOW);
	return (b->bad || rs->bad ? -1 : 0);
}
