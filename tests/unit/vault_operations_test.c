/* SPDX-License-Identifier: ISC */
/*
 * Random operations on a vault beside a model of it, an array: what is set, set
 * again, rotated, removed, released, listed, called off, closed and opened
 * again is what the model says, after each of them.  VAULT_OPERATIONS=N does so
 * many, VAULT_SEED=N others than by default.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/vault_util.h"

#define OPERATIONS	400UL
#define NAMES		12
#define LONGEST		700

static struct model {
	char		value[LONGEST];
	size_t		len;		/* 0: there is none */
	uint64_t	version;
	struct {
		char	value[LONGEST];
		size_t	len;
	}		kept[STORE_KEPT_MAX];	/* the newest first */
	size_t		nkept;
} model[NAMES];
static uint64_t	next_id = 1;

static void
name_of(unsigned i, char *name, size_t size)
{
	(void)snprintf(name, size, "%c_%u", 'A' + (int)(i % 26), i);
}

/* What the vault never takes. */
static int
is_blank(const char *p, size_t n)
{
	size_t k;

	for (k = 0; k < n; k++)
		if (strchr(" \t\r\n", p[k]) == NULL)
			return (0);
	return (1);
}

/* Whether it is to be put in force is told afterwards. */
static void
set(struct vtest *t, unsigned i, int commit)
{
	struct model *m = &model[i];
	char name[16], value[LONGEST];
	size_t n = 1 + (size_t)random() % LONGEST, k;
	int blank = random() % 64 == 0;

	for (k = 0; k < n; k++)
		value[k] = blank ? " \t\r\n"[random() % 4] :
		    (char)(1 + random() % 255);
	name_of(i, name, sizeof(name));
	vtest_set(t, next_id, name, value, n);
	if (is_blank(value, n)) {
		vtest_done(t, next_id++, CBE_USAGE);
		return;
	}
	if (!commit) {
		/* the log never had it, so nothing is remembered of it */
		vtest_recv(t, MSG_V_PREPARED, next_id);
		vtest_send(t, MSG_V_ABORT, next_id++, NULL, 0, -1);
		return;
	}
	vtest_prepared(t, next_id);
	vtest_commit(t, next_id);
	vtest_done(t, next_id++, CBE_OK);
	memcpy(m->value, value, n);
	m->len = n;
	m->version++;
	m->nkept = 0;
}

/* The value before it is kept. */
static void
rotate(struct vtest *t, unsigned i)
{
	struct model *m = &model[i];
	char name[16], value[LONGEST];
	size_t n = 1 + (size_t)random() % (LONGEST - 2), k;

	for (k = 0; k < n; k++)
		value[k] = (char)('a' + random() % 26);
	value[n] = '\0';
	name_of(i, name, sizeof(name));
	vtest_rotate(t, next_id, name, value, 3600);
	if (m->len == 0 || m->nkept == STORE_KEPT_MAX) {
		vtest_done(t, next_id++, m->len == 0 ? CBE_NOENT :
		    CBE_REFUSED);
		return;
	}
	vtest_prepared(t, next_id);
	vtest_commit(t, next_id);
	vtest_done(t, next_id++, CBE_OK);
	memmove(&m->kept[1], &m->kept[0], m->nkept * sizeof(m->kept[0]));
	memcpy(m->kept[0].value, m->value, m->len);
	m->kept[0].len = m->len;
	m->nkept++;
	memcpy(m->value, value, n);
	m->len = n;
	m->version++;
}

static void
take_away(struct vtest *t, unsigned i)
{
	struct model *m = &model[i];
	char name[16];

	name_of(i, name, sizeof(name));
	vtest_name(t, MSG_V_RM, next_id, name, -1);
	if (m->len == 0) {
		vtest_done(t, next_id++, CBE_NOENT);
		return;
	}
	vtest_prepared(t, next_id);
	vtest_commit(t, next_id);
	vtest_done(t, next_id++, CBE_OK);
	memset(m, 0, sizeof(*m));
}

/* From any version on, its own and the next one among them. */
static void
release(struct vtest *t, unsigned i)
{
	const struct model *m = &model[i];
	uint64_t oldest = 1 + (uint64_t)random() % (m->version + 2);
	enum cberr want = m->len == 0 ? CBE_NOENT :
	    m->version < oldest ? CBE_REFUSED : CBE_OK;
	char name[16], got[LONGEST + 1];
	ssize_t n;
	size_t k;
	int fd;

	name_of(i, name, sizeof(name));
	fd = vtest_release_from(t, next_id, name, oldest);
	vtest_done(t, next_id++, want);
	n = vtest_version(fd, got, sizeof(got));
	assert_int_equal(n, want == CBE_OK ? (ssize_t)m->len : -1);
	if (n > 0) {
		assert_memory_equal(got, m->value, (size_t)n);
		for (k = 0; k < m->nkept; k++) {
			assert_int_equal(vtest_version(fd, got, sizeof(got)),
			    m->kept[k].len);
			assert_memory_equal(got, m->kept[k].value,
			    m->kept[k].len);
		}
		assert_int_equal(vtest_version(fd, got, sizeof(got)), 0);
	}
	(void)close(fd);
}

static void
again(struct vtest *t)
{
	vtest_stop(t);
	vtest_start(t);
}

/* Everything, and how many there are. */
static void
compare(struct vtest *t)
{
	const struct store_entry *e;
	char name[16];
	size_t n = 0;
	unsigned i;

	for (i = 0; i < NAMES; i++) {
		name_of(i, name, sizeof(name));
		e = store_find(t->v.st, name);
		assert_int_equal(e != NULL, model[i].len != 0);
		if (e == NULL)
			continue;
		assert_int_equal(e->version, model[i].version);
		n++;
	}
	assert_int_equal(store_count(t->v.st), n);
	assert_int_equal(vtest_count(t, "secrets.env.new-"), 0);
}

static void
test_model(void **state)
{
	const char *s = getenv("VAULT_OPERATIONS");
	const char *of = getenv("VAULT_SEED");
	unsigned seed = of != NULL ? (unsigned)strtoul(of, NULL, 10) : 1;
	unsigned long n = s != NULL ? strtoul(s, NULL, 10) : OPERATIONS, k;
	struct vtest t;
	unsigned i;

	(void)state;
	srandom(seed);
	print_message("# %lu operations of seed %u\n", n, seed);
	vtest_new(&t);
	vtest_start(&t);
	for (k = 0; k < n; k++) {
		i = (unsigned)random() % NAMES;
		switch (random() % 16) {
		case 0:
			take_away(&t, i);
			break;
		case 1:
			set(&t, i, 0);
			break;
		case 2:
		case 3:
		case 4:
			set(&t, i, 1);
			break;
		case 5:
			again(&t);
			break;
		case 6:
		case 7:
			rotate(&t, i);
			break;
		default:
			release(&t, i);
			continue;
		}
		compare(&t);
	}
	vtest_stop(&t);
	vtest_end(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_model),
	};

	return (cmocka_run_group_tests_name("a vault and a model", tests,
	    NULL, NULL));
}
