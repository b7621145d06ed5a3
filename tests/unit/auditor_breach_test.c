/* SPDX-License-Identifier: ISC */
/*
 * A supervisor that was taken over: what it may not say ends the auditor,
 * and with it the daemon, and the log tells.
 */
#include "config.h"

#include <string.h>

#include "client/verify.h"
#include "tests/unit/auditor_util.h"
#include "tests/unit/unit.h"

#define BIG	(UINT64_C(64) << 20)

static int
setup(void **state)
{
	*state = aud_tmpdir();
	return (0);
}

/* Nothing comes back, the status is that of a breach, the log is whole. */
static void
breached(struct aud *a, const char *dir, const char *why)
{
	struct verify_report r;
	char *last, *s;
	size_t n;

	assert_int_equal(aud_recv(a), MSG_NONE);
	assert_int_equal(aud_status(a), EXIT_ROLE_PROTO(ROLE_SUPERVISOR));
	verify_dir(dir, NULL, &r);
	assert_int_equal(r.status, VERIFY_OK);
	s = aud_file(dir, LOG_CURRENT, &n);
	/* the last line says so, and is sealed */
	s[n - 1] = '\0';
	last = strrchr(s, '\n') + 1;
	assert_non_null(strstr(last, " seal: "));
	last[-1] = '\0';
	last = strrchr(s, '\n') + 1;
	assert_non_null(strstr(last, "the supervisor broke the protocol"));
	if (strstr(last, why) == NULL)
		print_error("%s\n", s);
	assert_non_null(strstr(last, why));
	free(s);
}

static void
up(struct aud *a, const char *dir)
{
	assert_int_equal(aud_up(a, dir, BIG), MSG_READY);
}

static void
test_close(void **state)
{
	struct buf b;
	struct aud a;

	up(&a, *state);
	aud_close(&a, 5);
	breached(&a, *state, "a run that is not open");
	up(&a, *state);
	aud_intent(&a, 5, "x");
	assert_int_equal(aud_recv(&a), MSG_A_TICKET);
	aud_close(&a, 5);
	assert_int_equal(aud_recv(&a), MSG_A_DONE);
	aud_close(&a, 5);
	breached(&a, *state, "a run that is not open");
	/* kinds, other runs, too long */
	up(&a, *state);
	aud_intent(&a, 5, "x");
	assert_int_equal(aud_recv(&a), MSG_A_TICKET);
	buf_init(&b, 256);
	buf_put_u8(&b, 9);
	buf_put_u32(&b, 0);
	field_str(&b, "outcome", "exited");
	aud_send(&a, MSG_A_CLOSE, 5, &b);
	breached(&a, *state, "A_CLOSE of kind 9");
	up(&a, *state);
	aud_intent(&a, 5, "x");
	assert_int_equal(aud_recv(&a), MSG_A_TICKET);
	buf_init(&b, 256);
	buf_put_u8(&b, CLOSE_RESULT);
	buf_put_u32(&b, 0);
	field_str(&b, "run", "r000000000009");
	aud_send(&a, MSG_A_CLOSE, 5, &b);
	breached(&a, *state, "names another run");
}

/* What is stored is the auditor's to say, and comes by a pipe of the run's. */
static void
test_output(void **state)
{
	static const char *const keys[] = { "output", "output_bytes",
	    "output_cut", "output_lost" };
	struct buf b;
	struct aud a;
	size_t i;
	int p[2];

	for (i = 0; i < NELEM(keys); i++) {
		up(&a, *state);
		aud_intent(&a, 5, "x");
		assert_int_equal(aud_recv(&a), MSG_A_TICKET);
		buf_init(&b, 256);
		buf_put_u8(&b, CLOSE_RESULT);
		buf_put_u32(&b, 0);
		field_str(&b, "outcome", "exited");
		field_u64(&b, keys[i], 1);
		aud_send(&a, MSG_A_CLOSE, 5, &b);
		breached(&a, *state, "or its output");
	}
	/* none is to be stored here */
	up(&a, *state);
	aud_intent(&a, 5, "x");
	assert_int_equal(aud_recv(&a), MSG_A_TICKET);
	assert_int_equal(pipe(p), 0);
	assert_int_equal(ipc_send(a.ipc, MSG_A_OUTPUT, 5, NULL, 0, &p[0], 1),
	    0);
	assert_int_equal(ipc_drain(a.ipc, -1), 0);
	breached(&a, *state, "A_OUTPUT that there cannot be");
	(void)close(p[1]);
}

static void
test_long_result(void **state)
{
	char *text;
	struct buf b;
	struct aud a;

	up(&a, *state);
	aud_intent(&a, 5, "x");
	assert_int_equal(aud_recv(&a), MSG_A_TICKET);
	text = xcalloc(1, RECORD_RESULT + 1);
	memset(text, 'x', RECORD_RESULT);
	buf_init(&b, MSG_ROW_MAX);
	buf_put_u8(&b, CLOSE_RESULT);
	buf_put_u32(&b, 0);
	field_str(&b, "reason", text);
	free(text);
	aud_send(&a, MSG_A_CLOSE, 5, &b);
	breached(&a, *state, "A_CLOSE makes no record");
}

/* Where it says itself what the auditor adds, it must be right. */
static void
test_close_named(void **state)
{
	struct buf b;
	struct aud a;
	char *s;

	up(&a, *state);
	aud_intent(&a, 5, "x");
	assert_int_equal(aud_recv(&a), MSG_A_TICKET);
	buf_init(&b, 256);
	buf_put_u8(&b, CLOSE_ABORT);
	buf_put_u32(&b, 0);
	field_str(&b, "ev", "abort");
	field_str(&b, "run", "r000000000005");
	field_str(&b, "outcome", "error");
	field_u64(&b, "intent", 3);
	aud_send(&a, MSG_A_CLOSE, 5, &b);
	assert_int_equal(aud_recv(&a), MSG_A_DONE);
	assert_int_equal(aud_shutdown(&a), 0);
	s = aud_file(*state, LOG_CURRENT, NULL);
	assert_non_null(strstr(s, "\"ev\":\"abort\",\"run\":"
	    "\"r000000000005\",\"intent\":3,\"outcome\":\"error\",\"p\""));
	free(s);
}

static void
test_intent(void **state)
{
	struct buf b;
	struct aud a;

	up(&a, *state);
	aud_intent(&a, 5, "x");
	assert_int_equal(aud_recv(&a), MSG_A_TICKET);
	aud_intent(&a, 5, "x");
	breached(&a, *state, "a run that is open");
	up(&a, *state);
	aud_intent(&a, 0, "x");
	breached(&a, *state, "no run");
	up(&a, *state);
	aud_intent(&a, UINT64_C(1) << 60, "x");
	breached(&a, *state, "no run");
	up(&a, *state);
	buf_init(&b, 256);
	buf_put(&b, "0123456789012345678901234567890123456789"
	    "0123456789012345678901234567890123456789", 80);
	aud_send(&a, MSG_A_INTENT, 6, &b);
	breached(&a, *state, "malformed A_INTENT");
	up(&a, *state);
	aud_intent_buf(&b, "x", NULL);
	buf_put_u8(&b, 0);
	aud_send(&a, MSG_A_INTENT, 6, &b);
	breached(&a, *state, "malformed A_INTENT");
	up(&a, *state);
	aud_intent_buf(&b, "x", NULL);
	b.data[4] ^= 1;		/* the plan's magic */
	aud_send(&a, MSG_A_INTENT, 6, &b);
	breached(&a, *state, "a malformed plan");
}

/* An intent whose why, or versions of secrets, are something else. */
static void
bad_intent(const char *dir, struct buf *why, const char *given,
    const char *want)
{
	struct intent in;
	struct buf plan, b;
	struct aud a;

	up(&a, dir);
	memset(&in, 0, sizeof(in));
	aud_plan_bytes(&plan, "x");
	in.plan = plan.data;
	in.planlen = plan.len;
	in.reason = xstrdup("");
	in.expires_s = 60;
	strv_add(&in.given, given);
	in.why = why->data;
	in.whylen = why->len;
	buf_init(&b, MSG_INTENT_MAX);
	intent_put(&b, &in);
	strv_free(&in.given);
	free(in.reason);
	buf_free(&plan);
	buf_free(why);
	aud_send(&a, MSG_A_INTENT, 6, &b);
	breached(&a, dir, want);
}

static void
test_why(void **state)
{
	struct buf why;

	aud_why(&why, "other", 1000);
	bad_intent(*state, &why, "API_KEY@7", "another channel");
	aud_why(&why, "cli", 1001);
	bad_intent(*state, &why, "API_KEY@7", "another uid");
	aud_why(&why, "cli", 1000);
	field_str(&why, "reason", "mine");
	bad_intent(*state, &why, "API_KEY@7", "a reason among");
	aud_why(&why, "cli", 1000);
	field_str(&why, "channel", "twice");
	bad_intent(*state, &why, "API_KEY@7", "A_INTENT makes no record");
	buf_init(&why, 256);
	field_u64(&why, "uid", 1000);
	bad_intent(*state, &why, "API_KEY@7", "no channel");
}

static void
test_versions(void **state)
{
	static const char *const t[] = { "API_KEY", "API_KEY@", "API_KEY@07",
	    "API_KEY@7x", "API_KEY@-7", "OTHER@7", "API_KEY2@7",
	    "API_KEY@18446744073709551616" };
	struct buf why;
	size_t i;

	for (i = 0; i < NELEM(t); i++) {
		aud_why(&why, "cli", 1000);
		bad_intent(*state, &why, t[i], "a version of another secret");
	}
}

static void
test_masks(void **state)
{
	static const struct {
		uint8_t		 where;
		uint32_t	 index;
		const char	*text;
		int		 ok;
	} t[] = {
		{ MASK_ARGV, 1, "--token=[REDACTED:6:0123456789ab]", 1 },
		{ MASK_ARGV, 1, "--status=fine", 0 },
		{ MASK_ARGV, 1, "--tok=[REDACTED:6]", 0 },
		{ MASK_ARGV, 1, "--token=[REDACTED:5]", 0 },
		{ MASK_ARGV, 1, "--token=[REDACTED]", 0 },
		{ MASK_ARGV, 2, "[REDACTED]", 0 },
		{ MASK_CWD, 0, "/[REDACTED:1:0123456789ab]", 1 },
		{ MASK_CWD, 0, "/elsewhere", 0 },
		{ MASK_REASON, 0, "the agent [REDACTED:14]", 1 },
		{ MASK_REASON, 0, "nothing of interest", 0 },
		{ MASK_PATH, 0, "/usr/bin/[REDACTED:3]", 1 },
		{ MASK_PATH, 0, "/bin/true", 0 },
		{ MASK_PATH, 2, "/usr/bin/[REDACTED:3]", 0 },
	};
	struct masks ms;
	struct buf b;
	struct aud a;
	char *s;
	size_t i;

	for (i = 0; i < NELEM(t); i++) {
		memset(&ms, 0, sizeof(ms));
		masks_add(&ms, t[i].where, t[i].index, t[i].text);
		aud_intent_buf(&b, "--token=sesame", &ms);
		masks_free(&ms);
		up(&a, *state);
		aud_send(&a, MSG_A_INTENT, 100 + i, &b);
		if (!t[i].ok) {
			breached(&a, *state, "a mask that does not fit");
			continue;
		}
		assert_int_equal(aud_recv(&a), MSG_A_TICKET);
		assert_int_equal(aud_shutdown(&a), 0);
		s = aud_file(*state, LOG_CURRENT, NULL);
		assert_non_null(strstr(s, t[i].text));
		free(s);
	}
}

/* The beginning of RECORD. */
static void
begin_record(struct buf *b, unsigned kind, const char *ev)
{
	buf_init(b, 256);
	buf_put_u8(b, (uint8_t)kind);
	buf_put_u8(b, 0);
	field_str(b, "ev", ev);
}

static void
test_record(void **state)
{
	static const struct {
		unsigned	 kind;
		const char	*ev;
	} t[] = {
		{ RECORD_EXEC, "intent" }, { RECORD_EXEC, "result" },
		{ RECORD_EXEC, "abort" }, { RECORD_EXEC, "lost" },
		{ RECORD_SECRET, "set" }, { RECORD_SECRET, "rm" },
		{ RECORD_CONFIG, "load" }, { RECORD_SESSION, "start" },
		{ RECORD_SESSION, "stop" }, { RECORD_STOP, "set" },
		{ RECORD_RECOVER, "torn" }, { RECORD_POLICY, "request" },
		{ RECORD_POLICY, "x" },
	};
	struct buf b;
	struct aud a;
	size_t i;

	for (i = 0; i < NELEM(t); i++) {
		up(&a, *state);
		aud_record(&a, 5, t[i].kind, t[i].ev, "x");
		breached(&a, *state, "not a record for it to make");
	}
	up(&a, *state);
	aud_record(&a, 5, RECORD_KINDS, "x", "x");
	breached(&a, *state, "no such kind");
	up(&a, *state);
	aud_record(&a, 5, RECORD_APPROVAL, "request", "x");
	breached(&a, *state, "A_RECORD makes no record: a member");
	/* one kind says "doctor" to the form, and "load" to a reader */
	up(&a, *state);
	begin_record(&b, RECORD_CONFIG, "doctor");
	aud_caller(&b);
	field_u64(&b, "skills", 1);
	field_u64(&b, "attempts", 1);
	field_u64(&b, "open", 0);
	field_str(&b, "ev", "load");
	aud_send(&a, MSG_A_RECORD, 5, &b);
	breached(&a, *state, "no line comes of it");
	up(&a, *state);
	begin_record(&b, RECORD_POLICY, "refused");
	field_str(&b, "p", "mine");
	aud_send(&a, MSG_A_RECORD, 5, &b);
	breached(&a, *state, "A_RECORD makes no record: a member");
	up(&a, *state);
	begin_record(&b, RECORD_POLICY, "refused");
	buf_put(&b, "\0\0\0", 3);
	aud_send(&a, MSG_A_RECORD, 5, &b);
	breached(&a, *state, "A_RECORD makes no record: malformed fields");
	up(&a, *state);
	begin_record(&b, RECORD_POLICY, "refused");
	b.data[1] = 1;
	aud_send(&a, MSG_A_RECORD, 5, &b);
	breached(&a, *state, "A_RECORD with flags 1");
}

static void
test_commit(void **state)
{
	uint8_t digest[32] = { 1 };
	struct buf b;
	struct aud a;

	up(&a, *state);
	buf_init(&b, 256);
	buf_put(&b, digest, sizeof(digest));
	field_str(&b, "ev", "set");
	aud_send(&a, MSG_A_COMMIT, 5, &b);
	breached(&a, *state, "a vault file without a version");
	up(&a, *state);
	buf_init(&b, 256);
	buf_put(&b, digest, sizeof(digest));
	digest[0] = 2;
	field_str(&b, "ev", "set");
	field_u64(&b, "version", 1);
	field_hex(&b, "digest", digest, sizeof(digest));
	aud_send(&a, MSG_A_COMMIT, 5, &b);
	breached(&a, *state, "another digest than the ticket's");
	up(&a, *state);
	buf_init(&b, 256);
	buf_put(&b, digest, sizeof(digest));
	field_str(&b, "ev", "set");
	field_str(&b, "name", "KEY");
	field_u64(&b, "version", 1);
	aud_caller(&b);
	field_str(&b, "value", "the secret");
	aud_send(&a, MSG_A_COMMIT, 5, &b);
	breached(&a, *state, "A_COMMIT makes no record: a member");
}

/* What was sent before it is kept. */
static void
test_evidence(void **state)
{
	struct aud a;
	char *s;

	up(&a, *state);
	aud_record(&a, 1, RECORD_POLICY, "refused", "the first trace");
	aud_intent(&a, 2, "second");
	aud_close(&a, 3);
	while (aud_recv(&a) != MSG_NONE)
		;
	assert_int_equal(aud_status(&a), EXIT_ROLE_PROTO(ROLE_SUPERVISOR));
	s = aud_file(*state, LOG_CURRENT, NULL);
	assert_non_null(strstr(s, "the first trace"));
	assert_non_null(strstr(s, "second"));
	free(s);
}

static void
test_config(void **state)
{
	struct buf b;
	struct aud a;

	aud_start(&a, *state, NULL, 0);
	buf_init(&b, 256);
	buf_put(&b, aud_exec_key, 32);
	buf_put(&b, aud_vault_key, 32);
	buf_put_u64(&b, 1);	/* bytes a segment */
	buf_put_bytes(&b, "{}", 2);
	buf_put_str(&b, "/etc/clawbot.conf");
	aud_send(&a, MSG_A_CONFIG, 0, &b);
	assert_int_equal(aud_recv(&a), MSG_FAILED);
	assert_int_equal(aud_status(&a), EXIT_ROLE_PROTO(ROLE_SUPERVISOR));
	/* gone before it said anything */
	aud_start(&a, *state, NULL, 0);
	assert_int_equal(aud_status(&a), 0);
	/* stopped before it was up */
	aud_start(&a, *state, NULL, 0);
	aud_send(&a, MSG_SHUTDOWN, 0, NULL);
	(void)ipc_flush(a.ipc);
	assert_int_equal(aud_recv(&a), MSG_NONE);
	assert_int_equal(aud_status(&a), 0);
}

int
main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, setup, aud_teardown)
	const struct CMUnitTest tests[] = {
		T(test_close), T(test_output), T(test_long_result),
		T(test_close_named),
		T(test_intent), T(test_why), T(test_versions), T(test_masks),
		T(test_record),
		T(test_commit), T(test_evidence), T(test_config),
	};

	return (cmocka_run_group_tests_name("auditor breach", tests, NULL,
	    NULL));
}
