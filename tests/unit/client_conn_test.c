/* SPDX-License-Identifier: ISC */
/* The client against daemons that refuse, lie, leave, or are not there. */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <string.h>

#include "client/conn.h"
#include "client/out.h"
#include "client/outcome.h"
#include "common/cberr.h"
#include "common/field.h"

static char dir[] = "/tmp/clawbot-conn-XXXXXX";
static char channels[64], path[96];
static struct cli cli = { .channel = "cli", .dir = dir };

enum script { ROWS, BAD_ROW, TWICE, BAD_TYPE, BAD_END, REFUSE, NO_WELCOME,
    HANG_UP, EARLY_END };

static void
put_end(struct ipc *ipc, unsigned code, const char *why)
{
	struct buf b;

	buf_init(&b, 256);
	buf_put_u16(&b, (uint16_t)code);
	buf_put_str(&b, why);
	(void)ipc_send(ipc, MSG_END, 0, b.data, b.len, NULL, 0);
	buf_free(&b);
}

static void
answer(struct ipc *ipc, enum script s)
{
	struct buf b;

	buf_init(&b, 256);
	field_str(&b, "kind", "role");
	if (s == BAD_ROW)
		buf_put_u8(&b, 9);
	if (s == TWICE)
		field_str(&b, "kind", "role");
	if (s == BAD_TYPE)
		(void)ipc_send(ipc, MSG_WAITING, 0, b.data, b.len, NULL, 0);
	else if (s != REFUSE)
		(void)ipc_send(ipc, MSG_ROW, 0, b.data, b.len, NULL, 0);
	put_end(ipc, s == REFUSE ? CBE_REFUSED : s == BAD_END ? 99 : CBE_OK,
	    s == REFUSE ? "no \033[1m" : "");
	buf_free(&b);
}

/* The daemon of one connection. */
static void
serve(int lfd, enum script s)
{
	struct ipc_msg m;
	struct ipc *ipc;
	int fd;

	if ((fd = accept(lfd, NULL, NULL)) == -1 ||
	    (ipc = ipc_new(fd, ROLE_SUPERVISOR, ROLE_CLIENT, MS_HELLO)) ==
	    NULL)
		_exit(1);
	memset(&m, 0, sizeof(m));
	if (s == EARLY_END) {
		put_end(ipc, CBE_AGAIN, "too many connections");
		(void)ipc_drain(ipc, -1);
		_exit(0);	/* with HELLO unread */
	}
	if (ipc_wait(ipc, &m, 5000) != 1 || s == HANG_UP)
		_exit(0);
	if (s != NO_WELCOME)
		(void)ipc_send(ipc, MSG_WELCOME, 0, NULL, 0, NULL, 0);
	(void)ipc_drain(ipc, -1);
	ipc_set_state(ipc, MS_IDLE);
	if (ipc_wait(ipc, &m, 5000) == 1)
		answer(ipc, s);
	(void)ipc_drain(ipc, -1);
	(void)ipc_wait(ipc, &m, 5000);
	_exit(0);
}

static int nrows;

static int
on_row(const void *data, size_t len, void *arg, struct fail *f)
{
	char *kind = row_str(data, len, "kind");

	(void)f;
	assert_ptr_equal(arg, &nrows);
	assert_string_equal(kind, "role");
	free(kind);
	nrows++;
	return (0);
}

static int
ask(enum script s, struct fail *f)
{
	struct sockaddr_un sun;
	int lfd, r;
	pid_t pid;

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	(void)unlink(path);
	lfd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(lfd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	assert_int_equal(listen(lfd, 1), 0);
	if ((pid = fork()) == 0)
		serve(lfd, s);
	nrows = 0;
	memset(f, 0, sizeof(*f));
	r = conn_query(&cli, MSG_STATUS, NULL, 0, on_row, &nrows, f);
	(void)close(lfd);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return (r);
}

static void
test_rows(void **state)
{
	struct fail f;

	(void)state;
	assert_int_equal(ask(ROWS, &f), 0);
	assert_int_equal(nrows, 1);
}

static void
test_liars(void **state)
{
	static const enum script s[] = { BAD_ROW, TWICE, BAD_TYPE, BAD_END,
	    NO_WELCOME };
	struct fail f;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(s); i++) {
		assert_int_equal(ask(s[i], &f), -1);
		assert_int_equal(f.status, EXIT_CLAWBOT);
	}
}

static void
test_refusals(void **state)
{
	struct fail f;

	(void)state;
	assert_int_equal(ask(REFUSE, &f), -1);
	assert_int_equal(f.status, EXIT_NOPERM);
	assert_string_equal(f.text, "no \\x1b[1m");
	assert_int_equal(ask(HANG_UP, &f), -1);
	assert_int_equal(f.status, EXIT_NODAEMON);
	/* the reason is found although HELLO was not read any more */
	assert_int_equal(ask(EARLY_END, &f), -1);
	assert_int_equal(f.status, EXIT_TEMPFAIL);
	assert_string_equal(f.text, "too many connections");
}

static void
test_nobody(void **state)
{
	struct cli other = cli;
	struct fail f;

	(void)state;
	/* the last test's socket is there and nobody listens */
	assert_null(conn_open(&cli, &f));
	assert_int_equal(f.status, EXIT_NODAEMON);
	other.channel = "absent";
	assert_null(conn_open(&other, &f));
	assert_int_equal(f.status, EXIT_NODAEMON);
	assert_non_null(strstr(f.text, "no channel absent"));
	other.dir = "/nonexistent";
	assert_null(conn_open(&other, &f));
	assert_int_equal(f.status, EXIT_NODAEMON);
	other.channel = "../x";
	assert_null(conn_open(&other, &f));
	assert_int_equal(f.status, EXIT_USAGE);
}

static int
as_nobody(void *arg)
{
	struct fail f;

	(void)arg;
	if (setgid(65534) == -1 || setuid(65534) == -1)
		return (99);
	return (conn_open(&cli, &f) == NULL ? f.status : 0);
}

static void
test_permission(void **state)
{
	int status;

	(void)state;
	if (getuid() != 0)
		skip();
	assert_int_equal(chmod(dir, 0755), 0);
	assert_int_equal(chmod(path, 0600), 0);
	status = in_child(as_nobody, NULL);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), EXIT_NOPERM);
}

static void
test_status(void **state)
{
	struct outcome_in in;
	struct fail f;
	struct buf b;

	(void)state;
	memset(&in, 0, sizeof(in));
	fail_set(&f, EXIT_NODAEMON, "gone");
	in.fail = &f;
	in.run = "";
	assert_int_equal(outcome_status(&in), EXIT_NODAEMON);
	buf_init(&b, 1024);
	field_u64(&b, "status", 7);
	in.result = b.data;
	in.len = b.len;
	assert_int_equal(outcome_status(&in), 7);
	/* no status, or none that a process can have */
	buf_reset(&b);
	field_u64(&b, "status", 256);
	in.result = b.data;
	in.len = b.len;
	assert_int_equal(outcome_status(&in), EXIT_CLAWBOT);
	buf_reset(&b);
	field_str(&b, "status", "0");
	in.result = b.data;
	in.len = b.len;
	assert_int_equal(outcome_status(&in), EXIT_CLAWBOT);
	buf_free(&b);
}

static int
setup(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return (-1);
	(void)snprintf(channels, sizeof(channels), "%s/channels", dir);
	(void)snprintf(path, sizeof(path), "%s/cli.sock", channels);
	return (mkdir(channels, 0755));
}

static int
teardown(void **state)
{
	(void)state;
	(void)unlink(path);
	(void)rmdir(channels);
	return (rmdir(dir));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_liars),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_permission),
		cmocka_unit_test(test_status),
	};

	return (cmocka_run_group_tests(tests, setup, teardown));
}
