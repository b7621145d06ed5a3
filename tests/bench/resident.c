/* SPDX-License-Identifier: ISC */
/*
 * resident DIRECTORY WORD...: a client that keeps its connection.  For each
 * byte of standard input it asks the daemon of that socket directory to run the
 * command, reads what that prints to its end, and says so by a byte on standard
 * output when its result is there.  Ends with standard input, and with status 1
 * when a run does not end with 0.
 */
#include "config.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/conn.h"
#include "client/out.h"
#include "client/request.h"
#include "common/payload.h"

static struct cli cli = { .channel = "cli" };
static struct fail why;

static void
read_out(int fd)
{
	char text[4096];
	ssize_t n;

	if (fd == -1)
		return;
	while ((n = read(fd, text, sizeof(text))) > 0 ||
	    (n == -1 && errno == EINTR))
		;
	(void)close(fd);
}

/* It has begun: nothing for it to read, and all that it prints. */
static void
streams(struct ipc_msg *m)
{
	int in = ipc_take_fd(m, 0), out = ipc_take_fd(m, 1);
	int error = ipc_take_fd(m, 2);

	if (in != -1)
		(void)close(in);
	read_out(out);
	read_out(error);
}

static void
result(const struct ipc_msg *m)
{
	uint64_t code = 1;

	if (row_check(m->data, m->len) == -1 ||
	    !row_num(m->data, m->len, "status", &code) || code != 0)
		errx(1, "a run that does not end with 0");
}

static void
run(struct conn *c, const struct buf *req)
{
	struct ipc_msg m;

	memset(&m, 0, sizeof(m));
	if (conn_ask(c, MSG_RUN, req->data, req->len, &why) == -1)
		errx(1, "%s", why.text);
	do {
		if (conn_recv(c, &m, -1, &why) == -1)
			errx(1, "%s", why.text);
		if (m.type == MSG_STARTED)
			streams(&m);
		else if (m.type == MSG_END || m.type == MSG_WAITING)
			errx(1, "it does not run");
	} while (m.type != MSG_RESULT);
	result(&m);
	ipc_msg_done(&m);
}

int
main(int argc, char **argv)
{
	struct runreq req;
	struct conn *c;
	struct buf b;
	char byte;

	if (argc < 3)
		errx(1, "usage: resident DIRECTORY WORD...");
	cli.dir = argv[1];
	request_init(&req);
	request_finish(&req, argc - 2, argv + 2);
	request_put(&b, &runreq_shape, &req);
	if ((c = conn_open(&cli, &why)) == NULL ||
	    conn_hello(c, &why) == -1)
		errx(1, "%s", why.text);
	while (read(STDIN_FILENO, &byte, 1) == 1) {
		run(c, &b);
		if (write(STDOUT_FILENO, &byte, 1) != 1)
			err(1, "write");
	}
	conn_free(c);
	runreq_free(&req);
	buf_free(&b);
	return (0);
}
