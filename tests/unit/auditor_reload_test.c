/* SPDX-License-Identifier: ISC */
/*
 * A configuration that takes the place of another: its record and all of its
 * text are durable before anybody is told, and each skill's rules get a ticket
 * that is good for these bytes and that skill alone; all of it, or nothing.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "client/verify.h"
#include "common/payload.h"
#include "tests/unit/auditor_disk.h"
#include "tests/unit/auditor_util.h"

#define BIG	(UINT64_C(64) << 20)
#define PATH	"/etc/clawbot.conf"
#define FULL	6000000	/* more than is set aside in advance */

static uint8_t one[] = "rules of one", two[] = "the rules of two";

/* by: fields beside the auditor's own. */
static void
send_reload(struct aud *a, uint64_t id, const char *text, const struct buf *by)
{
	static char a_name[] = "one", b_name[] = "two", path[] = PATH;
	struct msg_rules rules[2] = { { a_name, one, sizeof(one) },
	    { b_name, two, sizeof(two) } };
	struct msg_areload v;
	struct buf b;

	memset(&v, 0, sizeof(v));
	v.text = (uint8_t *)(uintptr_t)text;
	v.textlen = strlen(text);
	v.path = path;
	v.rules = rules;
	v.n = 2;
	v.fields = by->data;
	v.len = by->len;
	payload_put(&b, MSG_A_RELOAD, &msg_areload_shape, &v);
	aud_send(a, MSG_A_RELOAD, id, &b);
	/* more than its socket takes at one time */
	assert_int_equal(ipc_drain(a->ipc, 60000), 0);
}

static void
reload(struct aud *a, uint64_t id, const char *text)
{
	struct buf by;

	buf_init(&by, 4096);
	field_end(&by, field_obj(&by, "by"));
	send_reload(a, id, text, &by);
	buf_free(&by);
}

static void
check_ticket(const uint8_t *ticket, const char *skill, const void *rules,
    size_t len, uint64_t record)
{
	uint8_t key[TICKET_KEY], digest[PLAN_DIGEST];
	const char *why = "";

	ticket_skill_key(key, aud_exec_key, skill);
	plan_digest(digest, rules, len);
	if (ticket_check(ticket, TICKET_RULES, 0, digest, key, &why) == -1)
		fail_msg("%s: %s", skill, why);
	assert_int_equal(ticket_record(ticket), record);
	/* no run, and nobody else's */
	assert_int_equal(ticket_check(ticket, TICKET_EXEC, 0, digest, key,
	    &why), -1);
	ticket_skill_key(key, aud_exec_key, "other");
	assert_int_equal(ticket_check(ticket, TICKET_RULES, 0, digest, key,
	    &why), -1);
}

/* It is durable, and sealed for both of them; the record's number. */
static uint64_t
reloaded(struct aud *a, uint64_t id, const char *text)
{
	uint8_t digest[PLAN_DIGEST];
	struct msg_areloaded v;
	uint64_t record;

	assert_int_equal(aud_recv(a), MSG_A_RELOADED);
	assert_int_equal(a->m.id, id);
	assert_int_equal(payload_get(&a->m, &msg_areloaded_shape, &v), 0);
	plan_digest(digest, text, strlen(text));
	assert_memory_equal(v.digest, digest, sizeof(digest));
	assert_int_equal(v.ticketslen, 2 * MSG_TICKET);
	check_ticket(v.tickets, "one", one, sizeof(one), v.record);
	check_ticket(v.tickets + MSG_TICKET, "two", two, sizeof(two),
	    v.record);
	record = v.record;
	shape_free(&msg_areloaded_shape, &v);
	return (record);
}

static size_t
count(const char *dir, const char *text)
{
	size_t len, n = 0;
	char *s = aud_file(dir, LOG_CURRENT, &len), *at;

	for (at = s; (at = strstr(at, text)) != NULL; at++)
		n++;
	free(s);
	return (n);
}

static void
whole(const char *dir)
{
	struct verify_report r;

	verify_dir(dir, NULL, &r);
	assert_int_equal(r.status, VERIFY_OK);
}

static void
test_record(void **state)
{
	const char *dir = *state;
	struct aud a;
	uint64_t first;

	assert_int_equal(aud_up(&a, dir, BIG), MSG_READY);
	reload(&a, 7, "{ \"a\": 1 }");
	first = reloaded(&a, 7, "{ \"a\": 1 }");
	assert_int_equal(count(dir, "\"ev\":\"load\",\"path\":\"" PATH), 2);
	assert_int_equal(count(dir, "\"parts\":1"), 1);
	assert_int_equal(count(dir, "{ \\\"a\\\"\\u003a 1 }") +
	    count(dir, "{ \\\"a\\\": 1 }"), 1);
	reload(&a, 8, "{}");
	assert_true(reloaded(&a, 8, "{}") > first);
	assert_int_equal(aud_shutdown(&a), 0);
	whole(dir);
}

/* In parts, and no character is torn apart. */
static void
test_long(void **state)
{
	const char *dir = *state;
	struct buf b;
	struct aud a;
	char *text;
	size_t i;

	buf_init(&b, 1U << 20);
	buf_printf(&b, "{} //");
	for (i = 0; i < 60000; i++)
		buf_printf(&b, "\xe2\x82\xac%s", i % 7 == 0 ? "x" : "");
	text = xstrndup((char *)b.data, b.len);
	assert_int_equal(aud_up(&a, dir, BIG), MSG_READY);
	reload(&a, 9, text);
	(void)reloaded(&a, 9, text);
	i = count(dir, "\"ev\":\"text\"");
	assert_true(i > 5 && i < 12);
	assert_int_equal(count(dir, "b64"), 0);
	assert_int_equal(count(dir, "\xe2\x82\xac"), 60000);
	assert_int_equal(aud_shutdown(&a), 0);
	whole(dir);
	free(text);
	buf_free(&b);
}

/* Without room nothing of it is there, and what comes later is. */
static void
test_full(void **state)
{
	const char *dir = *state;
	char *text = xcalloc(FULL + 1, 1);
	struct msg_reason why;
	struct aud a;

	memset(text, 'x', FULL);
	memcpy(text, "{}//", 4);
	assert_int_equal(aud_up(&a, dir, BIG), MSG_READY);
	disk->end = 0;
	reload(&a, 10, text);
	assert_int_equal(aud_recv(&a), MSG_A_REFUSED);
	assert_int_equal(a.m.id, 10);
	assert_int_equal(payload_get(&a.m, &msg_refused_shape, &why), 0);
	assert_int_equal(why.code, CBE_AGAIN);
	shape_free(&msg_refused_shape, &why);
	assert_int_equal(count(dir, "\"ev\":\"load\""), 1);
	assert_int_equal(count(dir, "\"ev\":\"text\""), 0);
	disk->end = UINT64_MAX / 2;
	reload(&a, 11, text);
	(void)reloaded(&a, 11, text);
	assert_int_equal(count(dir, "\"ev\":\"load\""), 2);
	assert_int_equal(aud_shutdown(&a), 0);
	whole(dir);
	free(text);
}

/* Of what the record says nothing is the supervisor's but who asks. */
static void
test_breach(void **state)
{
	const char *dir = *state;
	struct buf by;
	struct aud a;

	assert_int_equal(aud_up(&a, dir, BIG), MSG_READY);
	buf_init(&by, 4096);
	field_str(&by, "digest", "0000");
	send_reload(&a, 12, "{}", &by);
	buf_free(&by);
	assert_int_equal(aud_recv(&a), MSG_NONE);
	assert_int_equal(aud_status(&a), EXIT_ROLE_PROTO(ROLE_SUPERVISOR));
	assert_int_equal(count(dir, "\"ev\":\"load\""), 1);
	whole(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_record, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_long, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_full, setup,
		    aud_teardown),
		cmocka_unit_test_setup_teardown(test_breach, setup,
		    aud_teardown),
	};

	if (disk_new() == -1)
		return (1);
	return (cmocka_run_group_tests_name("auditor and reloads", tests,
	    NULL, NULL));
}
