/* SPDX-License-Identifier: ISC */
/*
 * The store against a plain table: random sets, rotations, removals and ends
 * of what is kept, and now and then the whole file, written and read again.
 * CLAWBOT_MODEL_OPS says how many operations, CLAWBOT_MODEL_SEED which.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include "tests/unit/vault_util.h"
#include "vault/past.h"

#define NAMES		12U
#define VALUE		24U
#define FILE_EVERY	64U

/* What there should be of a name; kept[0] is the oldest. */
struct plain_value {
	uint64_t	version;
	uint64_t	until;
	char		value[VALUE];
};

struct plain {
	int		 there;
	struct plain_value now;
	struct plain_value kept[STORE_KEPT_MAX];
	size_t		 nkept;
	uint64_t	 ended;		/* versions that are gone */
};

struct model {
	struct plain	 t[NAMES];
	struct store	*st;
	struct keyring	*k;
	uint8_t		*text;		/* guarded */
	uint64_t	 clock;
	uint64_t	 seed;
	uint64_t	 count;		/* of values made */
};

static uint32_t
draw(struct model *m, uint32_t below)
{
	m->seed = m->seed * 6364136223846793005U + 1442695040888963407U;
	return ((uint32_t)(m->seed >> 33) % below);
}

static void
name_of(char out[8], unsigned i)
{
	(void)snprintf(out, 8, "N%u", i);
}

/* The next value, into the guarded memory and p. */
static size_t
new_value(struct model *m, struct plain_value *p)
{
	(void)snprintf(p->value, sizeof(p->value), "value %llu",
	    (unsigned long long)++m->count);
	memcpy(m->text + 4, p->value, strlen(p->value));
	return (strlen(p->value));
}

static void
op_set(struct model *m, unsigned i)
{
	struct plain *p = &m->t[i];
	struct plain_value v;
	char name[8];
	size_t len;

	name_of(name, i);
	len = new_value(m, &v);
	assert_int_equal(store_set(m->st, m->k, name, m->text, len, m->clock),
	    0);
	p->ended = p->there ? p->ended + p->nkept + 1 : 0;
	v.version = p->there ? p->now.version + 1 : 1;
	v.until = 0;
	p->there = 1;
	p->nkept = 0;
	p->now = v;
}

static void
op_rotate(struct model *m, unsigned i)
{
	struct plain *p = &m->t[i];
	struct store_when when = { m->clock, m->clock + 1 + draw(m, 40) };
	struct plain_value v;
	char name[8];
	size_t len;
	int r;

	name_of(name, i);
	len = new_value(m, &v);
	r = store_rotate(m->st, m->k, name, m->text, len, &when);
	assert_int_equal(r, p->there && p->nkept < STORE_KEPT_MAX ? 0 : -1);
	if (r == -1)
		return;
	p->kept[p->nkept] = p->now;
	p->kept[p->nkept++].until = when.until;
	v.version = p->now.version + 1;
	v.until = 0;
	p->now = v;
}

static void
op_expire(struct model *m, unsigned i)
{
	struct plain *p = &m->t[i];
	size_t k, left = 0;
	char name[8];

	name_of(name, i);
	for (k = 0; p->there && k < p->nkept; k++)
		if (p->kept[k].until > m->clock)
			p->kept[left++] = p->kept[k];
	k = p->there ? p->nkept - left : 0;
	assert_int_equal(store_expire(m->st, name, m->clock), k);
	p->ended += k;
	p->nkept = p->there ? left : 0;
}

static void
op_remove(struct model *m, unsigned i)
{
	char name[8];

	name_of(name, i);
	assert_int_equal(store_remove(m->st, name), m->t[i].there ? 0 : -1);
	memset(&m->t[i], 0, sizeof(m->t[i]));
}

static void
same_value(struct model *m, const struct store_entry *e,
    const struct plain_value *v)
{
	size_t len;

	assert_int_equal(e->version, v->version);
	assert_int_equal(past_until(e), v->until);
	assert_int_equal(store_value(m->st, m->k, e, m->text, &len), 0);
	assert_int_equal(len, strlen(v->value));
	assert_memory_equal(m->text + 4, v->value, len);
}

static void
same_name(struct model *m, unsigned i)
{
	struct past_version past[PAST_MAX];
	const struct plain *p = &m->t[i];
	const struct store_entry *e;
	char name[8];
	size_t k;

	name_of(name, i);
	e = store_find(m->st, name);
	assert_int_equal(e != NULL, p->there);
	assert_int_equal(past_kept(m->st, name), p->nkept);
	if (e == NULL)
		return;
	same_value(m, e, &p->now);
	for (k = 0; k < p->nkept; k++)
		same_value(m, e - (p->nkept - k), &p->kept[k]);
	assert_int_equal(past_get(e, past), p->ended < PAST_MAX ? p->ended :
	    PAST_MAX);
}

/* What is written, parsed and opened again is the same, to the last bit. */
static void
through_file(struct model *m)
{
	struct store *again;
	unsigned line, i;
	struct buf b;

	m->st->version++;
	assert_int_equal(store_seal_index(m->st, m->k), 0);
	buf_init(&b, STORE_MAX);
	store_put(&b, m->st);
	keyring_mac(m->k, b.data, b.len, m->st->mac);
	store_put_mac(&b, m->st->mac);
	assert_false(b.bad);
	assert_null(store_parse((char *)b.data, b.len, &again, &line));
	assert_int_equal(store_open_index(again, m->k), 0);
	store_free(m->st);
	m->st = again;
	buf_free(&b);
	for (i = 0; i < NAMES; i++)
		same_name(m, i);
}

static uint64_t
number(const char *name, uint64_t otherwise)
{
	const char *s = getenv(name);

	return (s == NULL ? otherwise : strtoull(s, NULL, 10));
}

static void
test_model(void **state)
{
	static void (*const ops[])(struct model *, unsigned) = { op_set,
	    op_rotate, op_rotate, op_rotate, op_expire, op_remove };
	const uint64_t n = number("CLAWBOT_MODEL_OPS", 10000);
	struct vtest t;
	struct model m;
	uint64_t i;
	unsigned at;

	(void)state;
	memset(&m, 0, sizeof(m));
	m.seed = number("CLAWBOT_MODEL_SEED", randombytes_random());
	print_message("# CLAWBOT_MODEL_SEED=%llu CLAWBOT_MODEL_OPS=%llu\n",
	    (unsigned long long)m.seed, (unsigned long long)n);
	vtest_new(&t);
	vtest_start(&t);
	m.st = store_clone(t.v.st);
	m.st->version = 1;
	m.k = t.v.k;
	m.text = guard_take();
	m.clock = 1000;
	for (i = 0; i < n; i++) {
		at = draw(&m, NAMES);
		m.clock += draw(&m, 3);
		ops[draw(&m, NELEM(ops))](&m, at);
		same_name(&m, at);
		if (i % FILE_EVERY == 0)
			through_file(&m);
	}
	through_file(&m);
	guard_give(m.text);
	store_free(m.st);
	vtest_stop(&t);
	vtest_end(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_model),
	};

	if (sodium_init() == -1)
		return (1);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
