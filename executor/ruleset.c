/* SPDX-License-Identifier: ISC */
/* Filters made of rules; see ruleset.h. */
#include "config.h"

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <stdlib.h>

#include "executor/ruleset.h"

#define BLOCK		8	/* comparisons between two bounds */
#define IN_A_ROW		3	/* numbers that are worth a range */
#define LEAPS		64	/* jumps to the answers of a block */

/*
 * The answers of a block stand once, at its end: a jump that is to lead to
 * one, by its place and by which of its two ways.
 */
struct leap {
	size_t		at;
	int		otherwise;
	uint32_t	answer;
};

struct block {
	struct leap	leap[LEAPS];
	size_t		n;
};

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

static uint32_t
answer_of(const struct rule *r)
{
	if (r->error == RULE_NOTIFY)
		return (SECCOMP_RET_USER_NOTIF);
	return (r->error == 0 ? BPF_ALLOW : BPF_ERRNO(r->error));
}

/* A jump, one way of which leads to the answer; the other one goes on. */
static void
emit_jump(struct bpf *b, struct block *bl, uint16_t code, uint32_t k,
    int otherwise, uint32_t answer)
{
	struct leap *w;

	if (bl->n == LEAPS) {
		b->bad = 1;
		return;
	}
	w = &bl->leap[bl->n++];
	w->at = b->n;
	w->otherwise = otherwise;
	w->answer = answer;
	emit(b, BPF_JMP | code | BPF_K, 0, 0, k);
}

/* Sets a jump's way to here. */
static void
lead_here(struct bpf *b, size_t at, int otherwise)
{
	size_t far = b->n - at - 1;

	if (b->bad || far > UINT8_MAX)
		b->bad = 1;
	else if (otherwise)
		b->ins[at].jf = (uint8_t)far;
	else
		b->ins[at].jt = (uint8_t)far;
}

static void
emit_answers(struct bpf *b, struct block *bl)
{
	size_t i, k;

	for (i = 0; i < bl->n; i++) {
		for (k = 0; bl->leap[k].answer != bl->leap[i].answer; k++)
			;
		if (k < i)	/* it stands there already */
			continue;
		for (k = i; k < bl->n; k++)
			if (bl->leap[k].answer == bl->leap[i].answer)
				lead_here(b, bl->leap[k].at,
				    bl->leap[k].otherwise);
		bpf_ret(b, bl->leap[i].answer);
	}
}

/* Instructions of a rule that compares. */
static uint8_t
test_length(const struct rule *r)
{
	return (r->without != 0 ? 3 : 2);
}

static void
emit_test(struct bpf *b, struct block *bl, const struct rule *r)
{
	const uint32_t at = (uint32_t)offsetof(struct seccomp_data, args) +
	    8 * r->arg;

	if (r->how == RULE_HIGH) {
		emit(b, BPF_LD | BPF_W | BPF_ABS, 0, 0, at + 4);
		emit_jump(b, bl, BPF_JSET, r->value, 0, answer_of(r));
		return;
	}
	/* the low word: both architectures are little-endian */
	emit(b, BPF_LD | BPF_W | BPF_ABS, 0, 0, at);
	if (r->without != 0)
		emit(b, BPF_ALU | BPF_AND | BPF_K, 0, 0, ~r->without);
	if (r->how == RULE_WHERE)
		emit(b, BPF_JMP | BPF_JEQ | BPF_K, 0, test_length(r + 1),
		    r->value);
	else
		emit_jump(b, bl, r->how == RULE_BITS ? BPF_JSET : BPF_JEQ,
		    r->value, r->how == RULE_UNLESS, answer_of(r));
}

/* All the rules of one number, n of them. */
static void
emit_number(struct bpf *b, struct block *bl, const struct rule *r, size_t n)
{
	size_t at = b->n, i;

	emit(b, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, (uint32_t)r->nr);
	for (i = 0; i < n && r[i].how != RULE_ALWAYS; i++)
		emit_test(b, bl, &r[i]);
	/* what comes behind one that always counts is never tried */
	bpf_ret(b, i < n ? answer_of(&r[i]) : BPF_ALLOW);
	lead_here(b, at, 1);
}

static size_t
same_number(const struct rule *r, size_t left)
{
	size_t n;

	for (n = 1; n < left && r[n].nr == r->nr; n++)
		;
	return (n);
}

/* How many numbers in a row have this answer and nothing else. */
static size_t
in_a_row(const struct rule *r, size_t left)
{
	size_t n;

	for (n = 0; n < left && r[n].how == RULE_ALWAYS &&
	    r[n].nr == r->nr + (long)n && r[n].error == r->error &&
	    same_number(r + n, left - n) == 1; n++)
		;
	return (n);
}

/* The first number, and those behind it that go with it; how many rules. */
static size_t
emit_entry(struct bpf *b, struct block *bl, const struct rule *r, size_t left)
{
	size_t at = b->n, n = in_a_row(r, left);

	if (n == 0) {
		n = same_number(r, left);
		emit_number(b, bl, r, n);
	} else if (n < IN_A_ROW) {
		n = 1;
		emit_jump(b, bl, BPF_JEQ, (uint32_t)r->nr, 0, answer_of(r));
	} else {
		emit(b, BPF_JMP | BPF_JGE | BPF_K, 0, 0, (uint32_t)r->nr);
		emit_jump(b, bl, BPF_JGE, (uint32_t)r->nr + (uint32_t)n, 1,
		    answer_of(r));
		lead_here(b, at, 1);
	}
	return (n);
}

/* A block: numbers from the bound below up to the one above, left out. */
static size_t
emit_block(struct bpf *b, const struct rule *r, size_t left)
{
	struct block bl;
	size_t at = b->n, used = 0, i;

	bl.n = 0;
	emit(b, BPF_JMP | BPF_JGE | BPF_K, 0, 0, 0);
	for (i = 0; i < BLOCK && used < left; i++)
		used += emit_entry(b, &bl, r + used, left - used);
	bpf_ret(b, BPF_ALLOW);
	emit_answers(b, &bl);
	lead_here(b, at, 0);
	if (b->bad)
		return (left);
	b->ins[at].k = used < left ? (uint32_t)r[used].nr : UINT32_MAX;
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
