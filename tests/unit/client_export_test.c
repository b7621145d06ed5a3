/* SPDX-License-Identifier: ISC */
/*
 * Records in the forms of others: every form of every kind that there is, with
 * all that a log may lack or have otherwise, and lines that are no records.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "client/export/export.h"
#include "common/field.h"

#define FORM_OF(name, word, forms)	forms
#define EV_OF(ev, members)		ev,
static const char *const evs[] = {
	RECORD_KINDS_TABLE(FORM_OF, EV_OF, EV_OF, EV_OF)
};

static export_fn *const forms[] = { export_json, export_ocsf, export_otel };

/* One JSON object, on one line. */
static json_t *
one(export_fn *fn, const struct export_in *in)
{
	json_error_t e;
	json_t *j;
	struct buf b;
	char *s;

	buf_init(&b, 32U * RECORD_MAX);
	fn(&b, in);
	assert_false(b.bad);
	s = buf_text(&b);
	assert_null(strchr(s, '\n'));
	j = json_loads(s, JSON_REJECT_DUPLICATES, &e);
	if (j == NULL)
		fail_msg("%s: %.300s", e.text, s);
	free(s);
	return (j);
}

/* What OCSF wants of every event, and of the class that it is of. */
static void
is_event(const json_t *j, uint64_t time_us)
{
	static const char *const all[] = { "activity_id", "category_uid",
	    "class_uid", "metadata", "severity_id", "time", "type_uid" };
	static const struct { int class; const char *need; } needs[] = {
		{ 1001, "actor" }, { 1001, "device" }, { 1001, "file" },
		{ 1007, "actor" }, { 1007, "device" }, { 1007, "process" },
		{ 3003, "user" }, { 3004, "entity" }, { 6002, "app" },
	};
	json_int_t class;
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		assert_non_null(json_object_get(j, all[i]));
	class = json_integer_value(json_object_get(j, "class_uid"));
	for (i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (needs[i].class == class)
			assert_non_null(json_object_get(j, needs[i].need));
	assert_int_equal(json_integer_value(json_object_get(j, "time")),
	    time_us / 1000);
	assert_true(json_is_object(json_object_get(j, "unmapped")));
}

static void
export_all(unsigned kind, const struct buf *fields)
{
	struct export_in in = { .host = "a\"host" };
	struct record_head head;
	struct record_view v;
	struct buf line;
	json_t *j;
	size_t i;

	record_start(&head);
	head.number = 76;
	buf_init(&line, RECORD_MAX);
	assert_int_equal(record_line(&line, &head, 1700000000123456, kind,
	    fields->data, fields->len), 0);
	assert_int_equal(record_view(&v, (char *)line.data, line.len), 0);
	in.v = &v;
	in.line = (char *)line.data;
	in.len = line.len;
	in.time_us = v.time_us;
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		j = one(forms[i], &in);
		if (forms[i] == export_ocsf)
			is_event(j, in.time_us);
		json_decref(j);
	}
	buf_free(&line);
}

/* Nothing but its form. */
static void
test_bare(void **state)
{
	struct buf f;
	unsigned kind;
	size_t i;

	(void)state;
	buf_init(&f, 65536);
	for (kind = 1; kind < RECORD_KINDS; kind++) {
		export_all(kind, &f);
		for (i = 0; i < sizeof(evs) / sizeof(evs[0]); i++) {
			field_str(&f, "ev", evs[i]);
			export_all(kind, &f);
			buf_reset(&f);
		}
	}
	buf_free(&f);
}

/* Every member that is looked at, as another type or as no UTF-8. */
static void
test_odd(void **state)
{
	static const char *const keys[] = { "run", "path", "to", "digest",
	    "name", "account", "outcome", "reason", "version", "exit", "uid",
	    "seq", "parent" };
	static const char bytes[] = "a\377\"\\/\001\342\200\256";
	struct strv list = { NULL, 0 };
	struct buf f;
	unsigned kind;
	size_t i, k, tok;

	(void)state;
	strv_add(&list, bytes);
	strv_add(&list, "");
	buf_init(&f, 65536);
	for (kind = 1; kind < RECORD_KINDS; kind++)
		for (i = 0; i < sizeof(evs) / sizeof(evs[0]); i++) {
			field_str(&f, "ev", evs[i]);
			for (k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
				switch ((k + i) % 4) {
				case 0:
					field_str(&f, keys[k], bytes);
					break;
				case 1:
					field_u64(&f, keys[k], INT64_MAX);
					break;
				case 2:
					field_list(&f, keys[k], &list);
					break;
				default:
					tok = field_obj(&f, keys[k]);
					field_bool(&f, "uid", 1);
					field_end(&f, tok);
				}
			field_list(&f, "argv", &list);
			tok = field_obj(&f, "exe");
			field_str(&f, "path", bytes);
			field_end(&f, tok);
			export_all(kind, &f);
			buf_reset(&f);
		}
	strv_free(&list);
	buf_free(&f);
}

/* What is no record, or one of a kind that will be: nothing is lost of it. */
static void
test_unknown(void **state)
{
	static const char *const lines[] = { "no record at all\n", "\n",
	    "000000000007 2026-01-01T00:00:00.000000Z dream: {\"v\":1}\n",
	    "\"quoted\" \\ \377\n" };
	struct export_in in = { .time_us = 1700000000123456, .host = "" };
	struct buf b;
	json_t *j;
	char *s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		in.line = lines[i];
		in.len = strlen(lines[i]);
		j = one(export_ocsf, &in);
		is_event(j, in.time_us);
		assert_non_null(json_object_get(j, "raw_data"));
		json_decref(j);
		json_decref(one(export_json, &in));
		j = one(export_otel, &in);
		json_decref(j);
		buf_init(&b, 4096);
		export_syslog(&b, &in);
		s = buf_text(&b);
		assert_memory_equal(s, "<108>1 2023-11-14T22:13:20Z - clawbot "
		    "- - - {\"invalid\":", 53);
		free(s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bare),
		cmocka_unit_test(test_odd),
		cmocka_unit_test(test_unknown),
	};

	return (sodium_init() == -1 ? 1 : cmocka_run_group_tests_name(
	    "client export", tests, NULL, NULL));
}
