/* SPDX-License-Identifier: ISC */
/*
 * The auditor as the supervisor sees it: records, tickets, what it refuses,
 * and what a restart finds.
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

static void
up(struct aud *a, const char *dir)
{
	assert_int_equal(aud_up(a, dir, BIG), MSG_READY);
}

static uint64_t
ready_u64(const struct aud *a, const char *key)
{
	return (field_get_u64(a->m.data, a->m.len, key, UINT64_MAX));
}

/* So many records, seals aside; 0: any.  All of them are sealed. */
static uint64_t
verified(const char *dir, uint64_t records)
{
	struct verify_report r;

	verify_dir(dir, NULL, &r);
	assert_string_equal(r.status == VERIFY_OK ? "" : r.line, "");
	if (records != 0)
		assert_int_equal(r.res.records - (r.seal.epoch + 1), records);
	assert_int_equal(r.sealed, r.res.last.number);
	return (r.res.records);
}

/* exec.log is what grep would find. */
static void
same_exec(const char *dir, const char *log, const char *exec)
{
	char *all, *copy, *line, *save, *want;
	size_t n = 0, len;

	all = aud_file(dir, log, NULL);
	copy = aud_file(dir, exec, &len);
	assert_non_null(all);
	assert_non_null(copy);
	want = xcalloc(1, strlen(all) + 1);
	for (line = strtok_r(all, "\n", &save); line != NULL;
	    line = strtok_r(NULL, "\n", &save))
		if (strstr(line, "exec:") != NULL) {
			memcpy(want + n, line, strlen(line));
			n += strlen(line);
			want[n++] = '\n';
		}
	assert_int_equal(n, len);
	assert_memory_equal(want, copy, n);
	free(all);
	free(copy);
	free(want);
}

static void
test_new(void **state)
{
	struct aud a;
	char *s;

	up(&a, *state);
	assert_int_equal(ready_u64(&a, "vault_version"), 0);
	assert_int_equal(ready_u64(&a, "records"), 2);
	assert_int_equal(aud_shutdown(&a), 0);
	s = aud_file(*state, LOG_CURRENT, NULL);
	assert_non_null(strstr(s, "config: {\"v\":1,\"ev\":\"load\","
	    "\"path\":\"/etc/clawbot.conf\",\"digest\":\""));
	assert_non_null(strstr(s, "session: {\"v\":1,\"ev\":\"start\","));
	assert_non_null(strstr(s, "session: {\"v\":1,\"ev\":\"stop\","));
	assert_non_null(strstr(s, "seal: {\"v\":1,\"ev\":\"seal\",\"log\":"));
	free(s);
	verified(*state, 3);
}

static void
test_run(void **state)
{
	uint8_t digest[32], tk[TICKET_SIZE], key[TICKET_KEY];
	struct buf plan;
	const char *why;
	struct aud a;
	struct rd r;
	char *s;

	up(&a, *state);
	aud_intent(&a, 77, "push");
	assert_int_equal(aud_recv(&a), MSG_A_TICKET);
	assert_int_equal(a.m.id, 77);
	rd_init(&r, a.m.data, a.m.len);
	assert_int_equal(rd_u64(&r), 3);
	aud_plan_bytes(&plan, "push");
	plan_digest(digest, plan.data, plan.len);
	buf_free(&plan);
	rd_copy(&r, tk, sizeof(tk));
	/* for those who start the runs of that skill, and nobody else */
	ticket_skill_key(key, aud_exec_key, AUD_SKILL);
	assert_int_equal(ticket_check(tk, TICKET_EXEC, 77, digest, key,
	    &why), 0);
	ticket_skill_key(key, aud_exec_key, AUD_SKILL "2");
	assert_int_equal(ticket_check(tk, TICKET_EXEC, 77, digest, key,
	    &why), -1);
	assert_int_equal(ticket_check(tk, TICKET_EXEC, 77, digest,
	    aud_exec_key, &why), -1);
	assert_int_equal(ticket_check(tk, TICKET_EXEC, 77, digest,
	    aud_vault_key, &why), -1);
	rd_copy(&r, tk, sizeof(tk));
	assert_int_equal(rd_end(&r), 0);
	ticket_secret_digest(digest, "API_KEY@7");
	assert_int_equal(ticket_check(tk, TICKET_SECRET, 77, digest,
	    aud_vault_key, &why), 0);
	aud_close(&a, 77);
	assert_int_equal(aud_recv(&a), MSG_A_DONE);
	assert_int_equal(aud_shutdown(&a), 0);
	s = aud_file(*state, LOG_CURRENT, NULL);
	/* names of variables, never what is in them */
	assert_non_null(strstr(s, "\"secrets\":[\"API_KEY\"],"
	    "\"given\":[\"API_KEY@7\"]"));
	assert_non_null(strstr(s, "\"env\":[\"HOME\",\"TOKEN\"]"));
	assert_null(strstr(s, "hunter2"));
	assert_non_null(strstr(s, "\"reason\":\"the agent says: "
	    "exec\\u003a so\""));
	assert_non_null(strstr(s, "\"ev\":\"result\",\"run\":\"r"));
	assert_non_null(strstr(s, "\"intent\":3,\"outcome\":\"exited\""));
	free(s);
	verified(*state, 5);
	same_exec(*state, LOG_CURRENT, "exec.log");
}

static void
test_batch(void **state)
{
	struct aud a;
	uint64_t i;

	up(&a, *state);
	for (i = 1; i <= 600; i++)
		aud_intent(&a, i, "push");
	for (i = 1; i <= 600; i++) {
		assert_int_equal(aud_recv(&a), MSG_A_TICKET);
		assert_int_equal(a.m.id, i);
	}
	for (i = 1; i <= 600; i++)
		aud_close(&a, i);
	for (i = 1; i <= 600; i++) {
		assert_int_equal(aud_recv(&a), MSG_A_DONE);
		assert_int_equal(a.m.id, i);
	}
	assert_int_equal(aud_shutdown(&a), 0);
	verified(*state, 1203);
	same_exec(*state, LOG_CURRENT, "exec.log");
}

static void
test_rotate(void **state)
{
	struct verify_report r;
	struct logseg *segs;
	char name[LOG_NAMEMAX], exec[LOG_NAMEMAX];
	struct aud a;
	uint64_t i, all;
	size_t n, k;
	int fd, next;

	assert_int_equal(aud_up(&a, *state, 8192), MSG_READY);
	for (i = 1; i <= 100; i++) {
		aud_intent(&a, i, "push");
		assert_int_equal(aud_recv(&a), MSG_A_TICKET);
		if (i % 3 != 0)
			continue;
		aud_record(&a, i, RECORD_POLICY, "refused", "no");
		assert_int_equal(aud_recv(&a), MSG_A_DONE);
	}
	assert_int_equal(aud_shutdown(&a), 0);
	all = verified(*state, 136);
	fd = open(*state, O_RDONLY | O_DIRECTORY);
	assert_int_equal(logseg_list(fd, &segs, &n, &next), 0);
	(void)close(fd);
	assert_true(n > 5);
	assert_int_equal(next, 0);
	for (k = 0; k < n; k++) {
		logseg_name(name, "gateway", segs[k].first);
		logseg_name(exec, "exec", segs[k].first);
		same_exec(*state, segs[k].first != 0 ? name : LOG_CURRENT,
		    segs[k].first != 0 ? exec : "exec.log");
	}
	/* and it goes on behind all of them */
	up(&a, *state);
	assert_int_equal(ready_u64(&a, "lost"), 100);
	assert_int_equal(ready_u64(&a, "records"), all + 102);
	assert_int_equal(aud_shutdown(&a), 0);
	verified(*state, 136 + 103);
	/* one of them gone */
	(void)snprintf(exec, sizeof(exec), "%s", segs[2].name);
	fd = open(*state, O_RDONLY | O_DIRECTORY);
	assert_int_equal(unlinkat(fd, exec, 0), 0);
	(void)close(fd);
	free(segs);
	verify_dir(*state, NULL, &r);
	assert_int_equal(r.status, VERIFY_MISSING);
	assert_int_equal(aud_up(&a, *state, BIG), MSG_FAILED);
	assert_int_equal(aud_status(&a), EXIT_CONFIG);
}

static void
test_lost(void **state)
{
	struct aud a;
	char *s;

	up(&a, *state);
	aud_intent(&a, 1, "one");
	assert_int_equal(aud_recv(&a), MSG_A_TICKET);
	aud_intent(&a, 2, "two");
	assert_int_equal(aud_recv(&a), MSG_A_TICKET);
	aud_close(&a, 1);
	assert_int_equal(aud_recv(&a), MSG_A_DONE);
	kill(a.pid, SIGKILL);
	assert_int_equal(aud_status(&a), 128 + SIGKILL);
	up(&a, *state);
	assert_int_equal(ready_u64(&a, "lost"), 1);
	/* it is closed: its id can come again */
	aud_intent(&a, 2, "two");
	assert_int_equal(aud_recv(&a), MSG_A_TICKET);
	aud_close(&a, 2);
	assert_int_equal(aud_recv(&a), MSG_A_DONE);
	assert_int_equal(aud_shutdown(&a), 0);
	s = aud_file(*state, LOG_CURRENT, NULL);
	assert_non_null(strstr(s, "\"ev\":\"lost\",\"run\":\"r000000000002"));
	assert_null(strstr(s, "\"ev\":\"lost\",\"run\":\"r000000000001"));
	free(s);
	verified(*state, 0);
}

static void
test_eof(void **state)
{
	struct aud a;
	char *s;

	up(&a, *state);
	aud_intent(&a, 1, "one");
	aud_record(&a, 2, RECORD_POLICY, "refused", "no");
	(void)ipc_flush(a.ipc);
	/* everything that was sent is in the log */
	assert_int_equal(aud_status(&a), 0);
	s = aud_file(*state, LOG_CURRENT, NULL);
	assert_non_null(strstr(s, "\"ev\":\"intent\""));
	assert_non_null(strstr(s, "\"ev\":\"refused\""));
	assert_non_null(strstr(s, "\"reason\":\"supervisor gone\""));
	free(s);
	verified(*state, 5);
}

static void
test_recent(void **state)
{
	struct strv sv = { NULL, 0 };
	struct aud a;
	uint64_t i;

	up(&a, *state);
	field_get_list(a.m.data, a.m.len, "recent", &sv);
	assert_int_equal(sv.n, 0);
	for (i = 1; i <= 3; i++) {
		aud_intent(&a, i, "x");
		assert_int_equal(aud_recv(&a), MSG_A_TICKET);
	}
	assert_int_equal(aud_shutdown(&a), 0);
	up(&a, *state);
	field_get_list(a.m.data, a.m.len, "recent", &sv);
	assert_int_equal(sv.n, 3);
	assert_non_null(strstr(sv.v[0], " cli"));
	strv_free(&sv);
	assert_int_equal(aud_shutdown(&a), 0);
}

static void
send_commit(struct aud *a, uint64_t id, uint64_t version, int fill)
{
	uint8_t digest[32];
	struct buf b;

	memset(digest, fill, sizeof(digest));
	buf_init(&b, 8192);
	buf_put(&b, digest, sizeof(digest));
	field_str(&b, "ev", "set");
	field_str(&b, "name", "API_KEY");
	field_u64(&b, "version", version);
	aud_caller(&b);
	aud_send(a, MSG_A_COMMIT, id, &b);
}

/* A value that is shown: the file stays, and the ticket is for the name. */
static void
show_value(struct aud *a, const uint8_t file[32])
{
	uint8_t digest[32], tk[TICKET_SIZE];
	const char *why;
	struct buf b;
	struct rd r;

	buf_init(&b, 8192);
	buf_put(&b, file, 32);
	field_str(&b, "ev", "reveal");
	field_str(&b, "name", "API_KEY");
	field_str(&b, "reason", "it moves");
	field_u64(&b, "version", 2);
	aud_caller(&b);
	aud_send(a, MSG_A_COMMIT, 502, &b);
	assert_int_equal(aud_recv(a), MSG_A_TICKET);
	rd_init(&r, a->m.data, a->m.len);
	(void)rd_u64(&r);
	rd_copy(&r, tk, sizeof(tk));
	assert_int_equal(ticket_check(tk, TICKET_REVEAL, 502, file,
	    aud_vault_key, &why), -1);
	(void)crypto_generichash(digest, sizeof(digest),
	    (const uint8_t *)"API_KEY", 7, NULL, 0);
	assert_int_equal(ticket_check(tk, TICKET_COMMIT, 502, digest,
	    aud_vault_key, &why), -1);
	assert_int_equal(ticket_check(tk, TICKET_REVEAL, 502, digest,
	    aud_vault_key, &why), 0);
}

static void
test_vault(void **state)
{
	uint8_t digest[32], tk[TICKET_SIZE];
	const char *why;
	struct field f;
	struct aud a;
	struct rd r;

	up(&a, *state);
	send_commit(&a, 500, 1, 0xaa);
	assert_int_equal(aud_recv(&a), MSG_A_TICKET);
	send_commit(&a, 501, 2, 0xbb);
	assert_int_equal(aud_recv(&a), MSG_A_TICKET);
	rd_init(&r, a.m.data, a.m.len);
	assert_int_equal(rd_u64(&r), 4);
	rd_copy(&r, tk, sizeof(tk));
	assert_int_equal(rd_end(&r), 0);
	memset(digest, 0xbb, sizeof(digest));
	assert_int_equal(ticket_check(tk, TICKET_COMMIT, 501, digest,
	    aud_vault_key, &why), 0);
	show_value(&a, digest);
	assert_int_equal(aud_shutdown(&a), 0);
	up(&a, *state);
	assert_int_equal(ready_u64(&a, "vault_version"), 2);
	assert_int_equal(field_find(a.m.data, a.m.len, "vault_digest", &f),
	    1);
	assert_int_equal(f.len, 32);
	assert_memory_equal(f.val, digest, 32);
	assert_int_equal(aud_shutdown(&a), 0);
}

static void
test_second(void **state)
{
	struct aud a, b;

	up(&a, *state);
	assert_int_equal(aud_up(&b, *state, BIG), MSG_FAILED);
	assert_int_equal(aud_status(&b), EXIT_CONFIG);
	assert_int_equal(aud_shutdown(&a), 0);
	verified(*state, 3);
}

/* Room that cannot be had: an intent too many, and all is as before. */
static void
test_too_many(void **state)
{
	struct aud a;
	uint64_t i;

	up(&a, *state);
	for (i = 1; i <= OPEN_RUNS_MAX; i++) {
		aud_intent(&a, i, "x");
		if (i % 64 == 0)
			while (ipc_drain(a.ipc, 0) == 0 &&
			    ipc_recv(a.ipc, &a.m) == 1)
				;
	}
	aud_intent(&a, i, "x");
	do {
		assert_int_not_equal(aud_recv(&a), MSG_NONE);
	} while (a.m.type == MSG_A_TICKET);
	assert_int_equal(a.m.type, MSG_A_REFUSED);
	assert_int_equal(a.m.id, OPEN_RUNS_MAX + 1);
	aud_close(&a, 1);
	assert_int_equal(aud_recv(&a), MSG_A_DONE);
	aud_intent(&a, i, "x");
	assert_int_equal(aud_recv(&a), MSG_A_TICKET);
	assert_int_equal(aud_shutdown(&a), 0);
	verified(*state, 0);
}

int
main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, setup, aud_teardown)
	const struct CMUnitTest tests[] = {
		T(test_new), T(test_run), T(test_batch), T(test_rotate),
		T(test_lost), T(test_eof), T(test_recent), T(test_vault),
		T(test_second), T(test_too_many),
	};

	return (cmocka_run_group_tests_name("auditor log", tests, NULL,
	    NULL));
}
