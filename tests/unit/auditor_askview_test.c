/* SPDX-License-Identifier: ISC */
/*
 * What of each form of record its asker is shown: nothing in which words of a
 * request were searched for what must not be logged.
 */
#include "config.h"

#include <string.h>

#include "auditor/askview.h"
#include "common/field.h"
#include "common/record/kind.h"
#include "tests/unit/unit.h"

/* Members whose text is searched, and what follows from it. */
static const char *const searched[] = { "argv", "cwd", "env", "bound",
    "not_bound", "path", "to", "reason", "masked", "output", "output_bytes",
    "output_cut", "output_lost", "claims", "like", "asker_argv" };
/* All that objects have. */
static const char *const inside[] = { "channel", "uid", "account", "pid",
    "conn", "login_uid", "login", "audit_session", "asker", "depth", "chain",
    "rule", "verdict", "approver", "approver_account", "confirmed",
    "approval", "standing", "policy", "reason", "claims", "signal", "path",
    "digest", "dev", "ino", "question", "seq", "way", "id", "for_s", "count",
    "plan", "like", "exe", "exe_digest", "script_digest", "argv",
    "asker_argv", "made_up_later" };

static int
is_searched(const char *key)
{
	size_t i;

	for (i = 0; i < NELEM(searched); i++)
		if (strcmp(searched[i], key) == 0)
			return (1);
	return (0);
}

/* text: of what is searched; anything else is the same in any record. */
static void
put_str(struct buf *b, const char *key, const char *text)
{
	field_str(b, key, is_searched(key) ? text : "word");
}

static void
put_member(struct buf *b, const char *key, char type, const char *text)
{
	struct strv v = { NULL, 0 };
	size_t i, tok;

	switch (type) {
	case 'n':
	case 'i':
		field_u64(b, key, is_searched(key) ? strlen(text) : 7);
		return;
	case 'b':
		field_bool(b, key, 1);
		return;
	case 'h':
		text = is_searched(key) ? text : "digest";
		field_hex(b, key, text, strlen(text));
		return;
	case 'l':
		strv_add(&v, is_searched(key) ? text : "word");
		field_list(b, key, &v);
		strv_free(&v);
		return;
	case 'o':
		tok = field_obj(b, key);
		for (i = 0; i < NELEM(inside); i++)
			put_str(b, inside[i], text);
		/* none has it, and so it is not shown */
		field_str(b, "another", text);
		field_end(b, tok);
		return;
	default:
		put_str(b, key, text);
	}
}

/* A record of a form with all its members. */
static void
make(struct buf *line, unsigned kind, const char *ev, const char *members,
    const char *text)
{
	struct record_head head;
	char key[64];
	struct buf b;
	size_t n;

	buf_init(&b, 65536);
	field_str(&b, "ev", ev);
	while (*members != '\0') {
		n = strcspn(members, ":");
		assert_true(n < sizeof(key));
		memcpy(key, members, n);
		key[n] = '\0';
		put_member(&b, key, members[n + 1], text);
		members += strcspn(members, " ");
		members += strspn(members, " ");
	}
	record_start(&head);
	record_step(&head, text, strlen(text));
	buf_init(line, RECORD_MAX);
	assert_int_equal(record_line(line, &head, UINT64_C(1700000000000000),
	    kind, b.data, b.len), 0);
	buf_free(&b);
}

static char *
view(unsigned kind, const char *ev, const char *members, const char *text)
{
	struct record_view v;
	struct buf line, b;
	uint64_t number;
	char *s;

	make(&line, kind, ev, members, text);
	assert_int_equal(record_view(&v, (const char *)line.data, line.len),
	    0);
	buf_init(&b, RECORD_MAX);
	askview_line(&b, (const char *)line.data, &v);
	if (b.len != 0)
		assert_null(record_check((const char *)b.data, b.len, NULL,
		    &number));
	s = b.len != 0 ? buf_text(&b) : xstrdup("");
	buf_free(&line);
	return (s);
}

struct form {
	unsigned	 kind;
	const char	*ev;
	const char	*members;
};
#define FORM(ev, members)	{ 0, ev, members },
#define ROW(name, word, forms)	{ RECORD_##name, NULL, NULL }, forms
static struct form forms[] = { RECORD_KINDS_TABLE(ROW, FORM, FORM, FORM) };

static void
each_form(void (*look)(unsigned, const char *, const char *))
{
	unsigned kind = 0;
	size_t i;

	for (i = 0; i < NELEM(forms); i++)
		if (forms[i].ev == NULL)
			kind = forms[i].kind;
		else
			look(kind, forms[i].ev, forms[i].members);
}

/* The same, whatever was hidden. */
static void
tells_nothing(unsigned kind, const char *ev, const char *members)
{
	static const char *const texts[] = { "Summer2026!", "",
	    "[REDACTED:11:0123456789ab]", "\xff not a text", "\"\\u0000" };
	char *as = view(kind, ev, members, "some words"), *s;
	size_t i;

	for (i = 0; i < NELEM(texts); i++) {
		s = view(kind, ev, members, texts[i]);
		assert_string_equal(s, as);
		free(s);
	}
	assert_null(strstr(as, "some words"));
	assert_null(strstr(as, "\"another\""));
	assert_null(strstr(as, "\"made_up_later\""));
	free(as);
}

/* What is not searched is there, of records that runs have. */
static void
tells_the_rest(unsigned kind, const char *ev, const char *members)
{
	char *s = view(kind, ev, members, "some words"), key[64], want[80];
	size_t n;

	if (kind != RECORD_EXEC && kind != RECORD_APPROVAL &&
	    kind != RECORD_FILE) {
		assert_string_equal(s, "");
		free(s);
		return;
	}
	assert_non_null(strstr(s, "{\"v\":1,\"excerpt\":true,\"ev\":\""));
	assert_non_null(strstr(s, ",\"p\":\"" ASKVIEW_P "\"}\n"));
	while (*members != '\0') {
		n = strcspn(members, ":");
		memcpy(key, members, n);
		key[n] = '\0';
		(void)snprintf(want, sizeof(want), ",\"%s\":", key);
		/* the digest of stdin has no words of a request */
		if (!is_searched(key) && strstr(s, want) == NULL)
			fail_msg("%s is not shown, and not searched", key);
		members += strcspn(members, " ");
		members += strspn(members, " ");
	}
	free(s);
}

static void
test_nothing(void **state)
{
	(void)state;
	each_form(tells_nothing);
}

static void
test_rest(void **state)
{
	(void)state;
	each_form(tells_the_rest);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_rest),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
