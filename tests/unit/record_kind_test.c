/* SPDX-License-Identifier: ISC */
/* Kinds of records: their words, and the forms that the table gives them. */
#include "config.h"

#include <string.h>

#include "common/field.h"
#include "common/record/kind.h"
#include "tests/unit/unit.h"

#define ANYBODY								\
    (RECORD_BY_AUDITOR | RECORD_BY_SUPERVISOR | RECORD_BY_OFFLINE)

static void
test_words(void **state)
{
	static const char *const want[] = {
		"exec", "auth", "policy", "approval", "secret", "quota",
		"config", "session", "stop", "recover", "file",
		"seal", "clock", "forward", "disk", "prune",
	};
	static const char *const later[] = {
		"api", "net", "redact",
	};
	unsigned i;

	(void)state;
	assert_int_equal(RECORD_KINDS, NELEM(want) + 1);
	assert_null(record_kind_name(RECORD_NONE));
	for (i = 0; i < NELEM(want); i++) {
		assert_string_equal(record_kind_name(i + 1), want[i]);
		assert_int_equal(record_kind_find(want[i], strlen(want[i])),
		    i + 1);
		assert_int_equal(record_kind_find(want[i],
		    strlen(want[i]) - 1), RECORD_NONE);
		assert_true(record_kind_ends(want[i], strlen(want[i])));
		assert_false(record_kind_ends(want[i], strlen(want[i]) - 1));
	}
	/* kept, but no record has them */
	for (i = 0; i < NELEM(later); i++) {
		assert_null(record_kind_name(RECORD_KINDS + i));
		assert_int_equal(record_kind_find(later[i],
		    strlen(later[i])), RECORD_NONE);
		assert_true(record_kind_ends(later[i], strlen(later[i])));
	}
	assert_false(record_kind_ends("", 0));
	assert_true(record_kind_ends("an exec", 7));
	assert_false(record_kind_ends("exec ", 5));
}

/* The table again, one form after the other. */
struct form {
	unsigned	 kind;
	const char	*ev;
	unsigned	 by;
	const char	*members;
};
#define A(ev, members)	{ 0, ev, RECORD_BY_AUDITOR, members },
#define S(ev, members)	{ 0, ev, RECORD_BY_SUPERVISOR, members },
#define O(ev, members)	{ 0, ev, RECORD_BY_OFFLINE, members },
#define ROW(name, word, forms)	{ RECORD_##name, NULL, 0, NULL }, forms
static struct form forms[] = { RECORD_KINDS_TABLE(ROW, A, S, O) };

static void
number_forms(void)
{
	unsigned kind = 0;
	size_t i;

	for (i = 0; i < NELEM(forms); i++) {
		if (forms[i].ev == NULL)
			kind = forms[i].kind;
		forms[i].kind = kind;
	}
}

static void
put_member(struct buf *b, const char *key, char type)
{
	struct strv none = { NULL, 0 };

	switch (type) {
	case 's':
		field_str(b, key, "x");
		return;
	case 'n':
		field_u64(b, key, 1);
		return;
	case 'i':
		field_i64(b, key, -1);
		return;
	case 'b':
		field_bool(b, key, 1);
		return;
	case 'l':
		field_list(b, key, &none);
		return;
	case 'o':
		field_end(b, field_obj(b, key));
		return;
	case 'h':
		field_hex(b, key, "x", 1);
		return;
	}
	fail_msg("%s: no type %c", key, type);
}

/* How make() departs from the form. */
enum { ALL, LEAST, WITHOUT, RETYPED };

/*
 * Fields of a form: all of them, or those only that must be there, or all
 * but which, or that of another type.  1 if there is such a member.
 */
static int
make(struct buf *b, const struct form *f, int how, int which)
{
	char key[65], type, what[3];
	const char *p = f->members;
	int i, n, optional, hit = 0;

	buf_init(b, 4096);
	field_str(b, "ev", f->ev);
	for (i = 0; *p != '\0'; i++, p += n + (p[n] == ' ')) {
		if (sscanf(p, "%64[a-zA-Z0-9_]:%2[a-z?]%n", key, what,
		    &n) != 2)
			fail_msg("%s: %s", f->ev, p);
		assert_true(p[n] == ' ' || p[n] == '\0');
		type = what[0];
		optional = what[1] == '?';
		assert_true(what[1] == '\0' || optional);
		if (how == WITHOUT && i == which) {
			hit = optional ? -1 : 1;
			continue;
		}
		if (how == RETYPED && i == which) {
			hit = 1;
			type = type == 'n' ? 's' : 'n';
		}
		if (how != LEAST || !optional)
			put_member(b, key, type);
	}
	assert_false(b->bad);
	return (hit);
}

static const char *
check(const struct form *f, unsigned by, int how, int which, int *hit)
{
	const char *why;
	struct buf b;
	int r;

	r = make(&b, f, how, which);
	why = record_form_check(f->kind, by, b.data, b.len);
	buf_free(&b);
	if (hit != NULL)
		*hit = r;
	return (why);
}

/* Each form holds to its members, their types, and the role that makes it. */
static void
test_forms(void **state)
{
	const struct form *f;
	const char *why;
	size_t i, n = 0;
	int hit, k;

	(void)state;
	for (i = 0; i < NELEM(forms); i++) {
		f = &forms[i];
		if (f->ev == NULL)
			continue;
		n++;
		assert_null(check(f, f->by, ALL, 0, NULL));
		assert_null(check(f, ANYBODY, LEAST, 0, NULL));
		assert_string_equal(check(f, ANYBODY & ~f->by, ALL, 0, NULL),
		    "not a record for it to make");
		for (k = 0;; k++) {
			why = check(f, f->by, RETYPED, k, &hit);
			if (hit == 0)
				break;
			assert_string_equal(why, "a member of another type");
			why = check(f, f->by, WITHOUT, k, &hit);
			if (hit == 1)
				assert_non_null(strstr(why, "is missing"));
			else
				assert_null(why);
		}
		assert_true(k > 0);
	}
	assert_true(n > 15);
}

static void
test_others(void **state)
{
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(forms); i++) {
		if (forms[i].ev == NULL)
			continue;
		(void)make(&b, &forms[i], ALL, 0);
		field_str(&b, "other", "x");
		assert_string_equal(record_form_check(forms[i].kind, ANYBODY,
		    b.data, b.len), "a member that such a record does not "
		    "have");
		/* cut off in the middle */
		assert_string_equal(record_form_check(forms[i].kind, ANYBODY,
		    b.data, b.len - 1), "malformed fields");
		assert_string_equal(record_form_check(
		    forms[i].kind == RECORD_CLOCK ? RECORD_SEAL :
		    RECORD_CLOCK, ANYBODY, b.data, b.len),
		    "not a record for it to make");
		assert_string_equal(record_form_check(RECORD_NONE, ANYBODY,
		    b.data, b.len), "no such kind");
		assert_string_equal(record_form_check(RECORD_KINDS, ANYBODY,
		    b.data, b.len), "no such kind");
		buf_free(&b);
	}
	buf_init(&b, 256);
	field_str(&b, "run", "x");
	assert_string_equal(record_form_check(RECORD_EXEC, ANYBODY, b.data,
	    b.len), "a record without ev");
	field_u64(&b, "ev", 1);
	assert_string_equal(record_form_check(RECORD_EXEC, ANYBODY, b.data,
	    b.len), "a record without ev");
	buf_free(&b);
}

/*
 * The log's end and what the vault is are not the supervisor's to write; who
 * has asked about secrets says nothing of its file.
 */
static void
test_supervisor(void **state)
{
	static const unsigned not[] = { RECORD_SESSION, RECORD_RECOVER };
	/* what leaves the vault's file as it is, and shows nothing */
	static const char *const its[] = { "unlock", "lock", "refused",
	    "identify" };
	size_t i, k;

	(void)state;
	for (i = 0; i < NELEM(forms); i++)
		for (k = 0; k < NELEM(not); k++)
			if (forms[i].ev != NULL && forms[i].kind == not[k])
				assert_false(forms[i].by &
				    RECORD_BY_SUPERVISOR);
	for (i = 0; i < NELEM(forms); i++)
		if (forms[i].by == RECORD_BY_OFFLINE)
			assert_true(strcmp(forms[i].ev, "lost") == 0 ||
			    strcmp(forms[i].ev, "restored") == 0 ||
			    strcmp(forms[i].ev, "restated") == 0);
	for (i = 0; i < NELEM(forms); i++) {
		if (forms[i].ev == NULL || forms[i].kind != RECORD_SECRET)
			continue;
		for (k = 0; k < NELEM(its); k++)
			if (strcmp(forms[i].ev, its[k]) == 0)
				break;
		assert_int_equal(forms[i].by == RECORD_BY_SUPERVISOR,
		    k < NELEM(its));
	}
}

/* Who asks by which connection is told alike wherever it is told. */
static void
test_origin(void **state)
{
	static const char *const keys[] = { "account:s", "conn:s",
	    "login_uid:n", "login:s", "audit_session:n", "asker:s",
	    "depth:n", "chain:l" };
	size_t i, k, n = 0;

	(void)state;
	for (i = 0; i < NELEM(forms); i++) {
		if (forms[i].ev == NULL ||
		    strstr(forms[i].members, "uid:n") == NULL ||
		    strstr(forms[i].members, " pid:n") == NULL)
			continue;
		n++;
		for (k = 0; k < NELEM(keys); k++)
			if (strstr(forms[i].members, keys[k]) == NULL)
				fail_msg("%s has no %s", forms[i].ev,
				    keys[k]);
	}
	assert_true(n > 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_supervisor),
		cmocka_unit_test(test_origin),
	};

	number_forms();
	return (cmocka_run_group_tests_name("record_kind", tests, NULL,
	    NULL));
}
