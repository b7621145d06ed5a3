/* SPDX-License-Identifier: ISC */
/*
 * What the executor takes from a runner that was taken over: nothing that
 * would be a breach of its own to the supervisor.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/socket.h>

#include <string.h>

#include "common/files.h"
#include "common/ipc.h"
#include "common/payload.h"
#include "executor/redact.h"
#include "executor/xexecs.h"

static struct executor x;
static struct xskill xs;
static struct skill skill = { .x = &xs };
static struct xrun r;
static struct ipc *supervisor;
/* Rows of X_CHANGED that went, and marks in there. */
static size_t told, marks;

static void
fresh(void)
{
	told = marks = 0;
	memset(&r, 0, sizeof(r));
	r.x = &x;
	r.id = 7;
	r.skill = &skill;
	r.state = XRUN_GONE;
}

/* n rows from seq on, as they came: 0, or -1. */
static int
hear(uint32_t seq, size_t n, enum file_what what, const char *path,
    const char *to)
{
	static struct heard h;
	struct file_row rows[3] = { { 0 } };
	struct file_rows v = { rows, n };
	struct buf b;
	size_t i;
	int rc;

	for (i = 0; i < n; i++) {
		rows[i].seq = seq + (uint32_t)i;
		rows[i].what = (uint8_t)what;
		rows[i].pid = 2;
		rows[i].path = (char *)(uintptr_t)path;
		rows[i].to = (char *)(uintptr_t)to;
	}
	buf_init(&b, MSG_EXECS_MAX);
	shape_put(&file_rows_shape, &b, &v);
	assert_false(b.bad);
	h.p = b.data;
	h.len = b.len;
	rc = xexecs_up(&r, &h, HEARD_FILES);
	buf_free(&b);
	return (rc);
}

static void
note_told(const struct file_rows *v)
{
	size_t i;

	for (i = 0; i < v->n; i++) {
		assert_int_equal(v->rows[i].seq, ++told);
		marks += strstr(v->rows[i].path, MASK_OPEN) != NULL;
	}
}

/* The rows of the next message for the log, or 0: there is none. */
static size_t
went(void)
{
	struct file_rows v;
	struct ipc_msg m;
	size_t n = 0;

	m.nfds = 0;
	(void)ipc_flush(x.rm.ipc);
	while (n == 0 && ipc_recv(supervisor, &m) == 1) {
		assert_int_equal(m.id, 7);
		assert_int_equal(payload_get(&m, &file_rows_shape, &v), 0);
		if (m.type == MSG_X_FILES)
			n = v.n;
		else {
			assert_int_equal(m.type, MSG_X_CHANGED);
			note_told(&v);
		}
		shape_free(&file_rows_shape, &v);
		ipc_msg_done(&m);
	}
	return (n);
}

static void
test_order(void **state)
{
	(void)state;
	fresh();
	assert_int_equal(hear(1, 2, FILE_MADE, "/w/a", ""), 0);
	assert_int_equal(went(), 2);
	assert_int_equal(hear(3, 1, FILE_RENAMED, "/w/a", "/w/b"), 0);
	assert_int_equal(went(), 1);
	assert_int_equal(r.files, 3);
	/* again, with a hole, another's beginning */
	assert_int_equal(hear(3, 1, FILE_MADE, "/w/a", ""), -1);
	assert_int_equal(hear(5, 1, FILE_MADE, "/w/a", ""), -1);
	assert_int_equal(hear(1, 3, FILE_MADE, "/w/a", ""), -1);
	assert_int_equal(r.files, 3);
	assert_int_equal(went(), 0);
	assert_int_equal(told, 3);
}

static void
test_wrong(void **state)
{
	(void)state;
	fresh();
	assert_int_equal(hear(1, 1, FILE_MADE, "", ""), -1);
	assert_int_equal(hear(1, 1, FILE_MADE, "/w/a", "/w/b"), -1);
	assert_int_equal(hear(1, 1, FILE_RENAMED, "/w/a", ""), -1);
	assert_int_equal(hear(1, 1, 0, "/w/a", ""), -1);
	assert_int_equal(hear(1, 1, FILE_WHATS, "/w/a", ""), -1);
	assert_int_equal(hear(0, 1, FILE_MADE, "/w/a", ""), -1);
	/* before its run has begun, and of one that tells none */
	r.state = XRUN_BUILT;
	assert_int_equal(hear(1, 1, FILE_MADE, "/w/a", ""), -1);
	fresh();
	xs.files = FILES_OFF;
	assert_int_equal(hear(1, 1, FILE_MADE, "/w/a", ""), -1);
	xs.files = FILES_CHANGES;
	assert_int_equal(went(), 0);
	assert_int_equal(hear(1, 1, FILE_MADE, "/w/a", ""), 0);
	assert_int_equal(went(), 1);
}

/* The thousandth is the last one. */
static void
test_end(void **state)
{
	uint32_t i;

	(void)state;
	fresh();
	for (i = 1; i < FILES_ROWS; i += 3) {
		assert_int_equal(hear(i, 3, FILE_REMOVED, "/w/a", ""), 0);
		assert_int_equal(went(), 3);
	}
	assert_int_equal(hear(i, 2, FILE_REMOVED, "/w/a", ""), -1);
	assert_int_equal(hear(i, 1, FILE_REMOVED, "/w/a", ""), 0);
	assert_int_equal(went(), 1);
	assert_int_equal(hear(i + 1, 1, FILE_REMOVED, "/w/a", ""), -1);
	assert_int_equal(r.files, FILES_ROWS);
	assert_int_equal(went(), 0);
	assert_int_equal(told, FILES_TOLD);
}

/* What redaction makes longer takes more messages, and is cut. */
static void
test_longer(void **state)
{
	static char path[PLAN_MAXPATH + 1];
	size_t sum = 0, n, messages = 0;
	uint32_t i;

	(void)state;
	memset(path, 's', PLAN_MAXPATH);
	path[0] = '/';
	fresh();
	for (i = 1; i <= 300; i += 3) {
		assert_int_equal(hear(i, 3, FILE_RENAMED, path, path), 0);
		while ((n = went()) != 0) {
			sum += n;
			messages++;
		}
	}
	assert_int_equal(sum, 300);
	assert_int_equal(r.files, 300);
	assert_true(messages >= 100);
	/* and who asked is told the first of them, whatever is hidden */
	assert_int_equal(told, FILES_TOLD);
	assert_int_equal(marks, 0);
}

static const uint8_t mask_key[REDACT_KEY] = "a key";

static int
setup(void **state)
{
	struct strv patterns = { NULL, 0 };
	char err[256];
	int sv[2];

	(void)state;
	strv_add(&patterns, "ss");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) == -1)
		return (-1);
	x.rm.ipc = ipc_new(sv[0], ROLE_EXECUTOR, ROLE_SUPERVISOR, MS_UP);
	supervisor = ipc_new(sv[1], ROLE_SUPERVISOR, ROLE_EXECUTOR, MS_UP);
	x.redact = redact_new(&patterns, 0, mask_key, err, sizeof(err));
	strv_free(&patterns);
	strv_add(&xs.write, "/w");
	strv_add(&xs.protect, ".git/config");
	return (x.redact == NULL ? -1 : 0);
}

static int
teardown(void **state)
{
	(void)state;
	ipc_free(x.rm.ipc);
	ipc_free(supervisor);
	redact_free(x.redact);
	strv_free(&xs.write);
	strv_free(&xs.protect);
	return (0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_longer),
	};

	return (cmocka_run_group_tests_name("executor xexecs", tests, setup,
	    teardown));
}
