/* SPDX-License-Identifier: ISC */
/*
 * Emergency stops in the log: no ticket for what one covers, from the moment
 * that it is asked for, over every end of the auditor, until it is resumed;
 * and their records have room where nothing else has.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "client/verify.h"
#include "common/estop.h"
#include "tests/unit/auditor_disk.h"
#include "tests/unit/auditor_util.h"

#define BIG	(UINT64_C(64) << 20)
#define WHY	"it \"runs\" wild\\, gr\xc3\xbc\xc3\x9f"

/* A record of this kind; what became of it. */
static unsigned
stop(struct aud *a, const char *ev, unsigned scope, uint32_t user,
    const char *name)
{
	struct estop e;
	struct buf b;
	size_t tok;

	memset(&e, 0, sizeof(e));
	e.scope = (uint8_t)scope;
	e.user = user;
	(void)snprintf(e.name, sizeof(e.name), "%s", name);
	buf_init(&b, MSG_INTENT_MAX);
	buf_put_u8(&b, RECORD_STOP);
	buf_put_u8(&b, 0);
	field_str(&b, "ev", ev);
	estop_put(&b, &e);
	field_str(&b, "reason", WHY);
	tok = field_obj(&b, "by");
	field_u64(&b, "uid", 1001);
	field_end(&b, tok);
	field_u64(&b, "before", 0);
	field_u64(&b, "after", 1);
	if (strcmp(ev, "stop") == 0) {
		field_u64(&b, "runs", 1);
		field_u64(&b, "waiting", 2);
	}
	aud_send(a, MSG_A_RECORD, 9, &b);
	return (aud_recv(a));
}

/* Does the intent of uid 1000, channel cli, skill default get a ticket? */
static int
may_run(struct aud *a)
{
	static uint64_t run = 100;
	struct rd r;

	aud_intent(a, ++run, "x");
	if (aud_recv(a) == MSG_A_TICKET)
		return (1);
	assert_int_equal(a->m.type, MSG_A_REFUSED);
	rd_init(&r, a->m.data, a->m.len);
	/* not as a full log is told */
	assert_int_equal(rd_u16(&r), CBE_REFUSED);
	return (0);
}

static size_t
told(struct aud *a)
{
	static struct estops s;

	assert_int_equal(a->m.type, MSG_READY);
	estops_get(a->m.data, a->m.len, "stops", &s);
	return (s.n);
}

static void
whole(const char *dir)
{
	struct verify_report v;

	verify_dir(dir, NULL, &v);
	assert_string_equal(v.status == VERIFY_OK ? "" : v.line, "");
}

static void
test_scopes(void **state)
{
	static const struct {
		unsigned	 scope;
		uint32_t	 user;
		const char	*name;
		int		 covers;
	} t[] = {
		{ ESTOP_ALL, 0, "", 1 },
		{ ESTOP_USER, 1000, "", 1 }, { ESTOP_USER, 1001, "", 0 },
		{ ESTOP_SKILL, 0, AUD_SKILL, 1 }, { ESTOP_SKILL, 0, "x", 0 },
		{ ESTOP_CHANNEL, 0, "cli", 1 }, { ESTOP_CHANNEL, 0, "x", 0 },
	};
	struct aud a;
	size_t i;

	assert_int_equal(aud_up(&a, *state, BIG), MSG_READY);
	assert_int_equal(told(&a), 0);
	for (i = 0; i < NELEM(t); i++) {
		assert_true(may_run(&a));
		assert_int_equal(stop(&a, "stop", t[i].scope, t[i].user,
		    t[i].name), MSG_A_DONE);
		assert_int_equal(may_run(&a), !t[i].covers);
		assert_int_equal(stop(&a, "resume", t[i].scope, t[i].user,
		    t[i].name), MSG_A_DONE);
	}
	assert_true(may_run(&a));
	/* another scope's end is not its own */
	assert_int_equal(stop(&a, "stop", ESTOP_ALL, 0, ""), MSG_A_DONE);
	assert_int_equal(stop(&a, "resume", ESTOP_USER, 1000, ""),
	    MSG_A_DONE);
	assert_false(may_run(&a));
	assert_int_equal(aud_shutdown(&a), 0);
	whole(*state);
}

static void
kill_auditor(struct aud *a)
{
	assert_int_equal(kill(a->pid, SIGKILL), 0);
	assert_int_equal(aud_status(a), 128 + SIGKILL);
}

static void
test_lasts(void **state)
{
	static struct estops s;
	struct aud a;

	assert_int_equal(aud_up(&a, *state, BIG), MSG_READY);
	assert_int_equal(stop(&a, "stop", ESTOP_USER, 1000, ""), MSG_A_DONE);
	assert_int_equal(stop(&a, "stop", ESTOP_SKILL, 0, "x"), MSG_A_DONE);
	kill_auditor(&a);
	assert_int_equal(aud_up(&a, *state, BIG), MSG_READY);
	assert_int_equal(told(&a), 2);
	estops_get(a.m.data, a.m.len, "stops", &s);
	assert_int_equal(s.v[0].scope, ESTOP_USER);
	assert_int_equal(s.v[0].user, 1000);
	assert_int_equal(s.v[0].by, 1001);
	assert_string_equal(s.v[0].why, WHY);
	assert_string_equal(s.v[1].name, "x");
	assert_false(may_run(&a));
	assert_int_equal(stop(&a, "resume", ESTOP_USER, 1000, ""),
	    MSG_A_DONE);
	assert_true(may_run(&a));
	kill_auditor(&a);
	assert_int_equal(aud_up(&a, *state, BIG), MSG_READY);
	assert_int_equal(told(&a), 1);
	assert_true(may_run(&a));
	assert_int_equal(aud_shutdown(&a), 0);
	whole(*state);
}

/* Some fit where no intent does; then one holds without, until it ends. */
static void
test_full(void **state)
{
	struct aud a;
	unsigned n;

	assert_int_equal(aud_up(&a, *state, BIG), MSG_READY);
	disk->end = 0;
	aud_intent(&a, 1, "x");
	while (aud_recv(&a) == MSG_A_TICKET)
		aud_intent(&a, 1 + a.m.id, "x");
	assert_int_equal(stop(&a, "stop", ESTOP_ALL, 0, ""), MSG_A_DONE);
	assert_int_equal(stop(&a, "resume", ESTOP_ALL, 0, ""), MSG_A_DONE);
	for (n = 0; stop(&a, "stop", ESTOP_USER, 1, "") == MSG_A_DONE; n++)
		assert_true(n < 10000);
	assert_int_equal(a.m.type, MSG_A_REFUSED);
	assert_true(n > 16);
	/* not written, and it holds */
	assert_int_equal(stop(&a, "stop", ESTOP_ALL, 0, ""), MSG_A_REFUSED);
	assert_int_equal(stop(&a, "resume", ESTOP_ALL, 0, ""), MSG_A_REFUSED);
	disk->end = UINT64_MAX / 2;
	assert_false(may_run(&a));
	assert_int_equal(stop(&a, "resume", ESTOP_ALL, 0, ""), MSG_A_DONE);
	assert_true(may_run(&a));
	disk->end = 0;
	assert_int_equal(aud_shutdown(&a), 0);
	whole(*state);
}

/* The supervisor may not write one that tells nothing. */
static void
test_malformed(void **state)
{
	struct buf b;
	struct aud a;

	assert_int_equal(aud_up(&a, *state, BIG), MSG_READY);
	buf_init(&b, MSG_INTENT_MAX);
	buf_put_u8(&b, RECORD_STOP);
	buf_put_u8(&b, 0);
	field_str(&b, "ev", "resume");
	aud_send(&a, MSG_A_RECORD, 9, &b);
	while (aud_recv(&a) != MSG_NONE)
		;
	assert_int_equal(aud_status(&a), EXIT_ROLE_PROTO(ROLE_SUPERVISOR));
}

int
main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, setup, aud_teardown)
	const struct CMUnitTest tests[] = {
		T(test_scopes),
		T(test_lasts),
		T(test_full),
		T(test_malformed),
	};

	if (disk_new() == -1)
		return (1);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
