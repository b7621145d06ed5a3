/* SPDX-License-Identifier: ISC */
/*
 * What approvals.notify is told: every text as long as it may be, and nothing
 * that a terminal, a mail or a shell would take for more than itself.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "common/ipc.h"
#include "common/payload.h"
#include "notifier/telling.h"

#define ID	UINT64_C(0x0123456789abcdef)

static void
fill(struct msg_notice *m)
{
	memset(m, 0, sizeof(*m));
	m->uid = 1000;
	m->expires_s = 1800;
	m->waiting = 1;
	m->channel = xstrdup("cli");
	m->skill = xstrdup("dev");
	m->command = xstrdup("rm -rf build");
	m->reason = xstrdup("make room");
}

static char *
text_of(const struct msg_notice *m)
{
	struct buf b;
	char *s;

	telling_text(&b, ID, m);
	assert_int_equal(b.bad, 0);
	s = xstrndup((const char *)b.data, b.len);
	buf_free(&b);
	return (s);
}

static void
has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("no \"%s\" in \"%s\"", part, text);
}

static void
test_text(void **state)
{
	char run[RUNID_TEXT], line[64], *s;
	struct msg_notice m;

	(void)state;
	fill(&m);
	runid_text(run, ID);
	s = text_of(&m);
	(void)snprintf(line, sizeof(line), "request %s waits", run);
	has(s, line);
	has(s, "uid 1000, channel cli, skill dev\n");
	has(s, "command  rm -rf build\n");
	has(s, "reason   make room\n");
	assert_null(strstr(s, "by now"));
	assert_null(strstr(s, "nobody was"));
	free(s);
	m.about = NOTICE_HELD;
	m.waiting = 3;
	m.missed = 7;
	m.reason[0] = '\0';
	s = text_of(&m);
	has(s, "a program of a run, ");
	has(s, "3 wait by now");
	has(s, "7 more have begun to wait");
	assert_null(strstr(s, "reason"));
	free(s);
	shape_free(&msg_notice_shape, &m);
}

/* Of the log's room there is no request, and nothing that could be answered. */
static void
test_room(void **state)
{
	struct strv env = { NULL, 0 };
	struct msg_notice m;
	char *s;

	(void)state;
	memset(&m, 0, sizeof(m));
	m.about = NOTICE_LOW;
	m.channel = m.skill = m.reason = xstrdup("");
	m.command = xstrdup("31M of 96M free (32%): /var/log/clawbot");
	s = text_of(&m);
	has(s, "little room is left for the log\n");
	has(s, "disk     31M of 96M free (32%): /var/log/clawbot\n");
	has(s, "clawbot audit prune");
	assert_null(strstr(s, "approve"));
	free(s);
	telling_env(&env, ID, &m);
	assert_true(strv_has(&env, "CLAWBOT_KIND=disk-low"));
	assert_true(strv_has(&env, "CLAWBOT_RUN="));
	strv_free(&env);
	m.about = NOTICE_AMPLE;
	s = text_of(&m);
	has(s, "there is ample room for the log again\n");
	assert_null(strstr(s, "prune"));
	free(s);
	telling_env(&env, ID, &m);
	assert_true(strv_has(&env, "CLAWBOT_KIND=disk-ample"));
	strv_free(&env);
	free(m.command);
	free(m.reason);
}

static char *
longest(size_t n)
{
	char *s = xmalloc(n + 1);

	memset(s, 'x', n);
	s[n] = '\0';
	return (s);
}

/* As long as the message may be, and it still goes into a pipe at once. */
static void
test_longest(void **state)
{
	struct msg_notice m;
	char *s;

	(void)state;
	memset(&m, 0, sizeof(m));
	m.uid = m.expires_s = m.waiting = m.missed = UINT32_MAX;
	m.about = NOTICE_HELD;
	m.channel = longest(PLAN_MAXNAME);
	m.skill = longest(PLAN_MAXNAME);
	m.command = longest(NOTICE_COMMAND);
	m.reason = longest(NOTICE_REASON);
	s = text_of(&m);
	assert_true(strlen(s) < 4096);
	free(s);
	shape_free(&msg_notice_shape, &m);
}

static void
test_env(void **state)
{
	struct strv env = { NULL, 0 };
	struct msg_notice m;
	size_t i;

	(void)state;
	fill(&m);
	m.missed = 2;
	telling_env(&env, ID, &m);
	assert_true(env.n > 3 && env.n < 31);
	for (i = 0; i < env.n; i++) {
		assert_non_null(strchr(env.v[i], '='));
		assert_null(strstr(env.v[i], "build"));
		assert_null(strstr(env.v[i], "room"));
	}
	assert_true(strv_has(&env, "CLAWBOT_KIND=request"));
	assert_true(strv_has(&env, "CLAWBOT_UID=1000"));
	assert_true(strv_has(&env, "CLAWBOT_CHANNEL=cli"));
	assert_true(strv_has(&env, "CLAWBOT_SKILL=dev"));
	assert_true(strv_has(&env, "CLAWBOT_MISSED=2"));
	strv_free(&env);
	shape_free(&msg_notice_shape, &m);
}

/* Is this taken as the command of a notice? */
static int
takes(const char *command)
{
	struct msg_notice m, got;
	struct ipc_msg in;
	struct buf b;
	int r;

	fill(&m);
	free(m.command);
	m.command = xstrdup(command);
	payload_put(&b, MSG_N_NOTICE, &msg_notice_shape, &m);
	memset(&in, 0, sizeof(in));
	in.type = MSG_N_NOTICE;
	in.data = b.data;
	in.len = b.len;
	r = payload_get(&in, &msg_notice_shape, &got);
	shape_free(&msg_notice_shape, &got);
	shape_free(&msg_notice_shape, &m);
	buf_free(&b);
	return (r == 0);
}

static void
test_plain(void **state)
{
	static const char *const bad[] = { "a\nb", "a\rb", "\033[2J", "a\tb",
	    "\177", "b\xe2\x80\xaei", "\xff", "\xc3", "\xc2\x85",
	    "\xef\xbb\xbfx", "a\xc2\xa0z", "\xed\xa0\x80" };
	size_t i;

	(void)state;
	assert_true(takes(""));
	assert_true(takes("$(id) `id` ;|&<>'\"\\ --help -x"));
	assert_true(takes("\xc3\xa4 \xe4\xb8\xad"));
	for (i = 0; i < NELEM(bad); i++)
		if (takes(bad[i]))
			fail_msg("%zu is taken", i);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_env),
		cmocka_unit_test(test_plain),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
