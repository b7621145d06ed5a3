/* SPDX-License-Identifier: ISC */
/* Connecting, asking, and reading answers. */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/conn.h"
#include "client/out.h"
#include "client/tty.h"
#include "common/buf.h"
#include "common/cberr.h"
#include "common/payload.h"
#include "common/xmalloc.h"

#define CHANNEL_MAX	64
#define SOCKET_PATH	sizeof(((struct sockaddr_un *)0)->sun_path)
#define SILENT_MS	5000	/* as long as it waits itself for its roles */

struct conn {
	struct ipc	*ipc;
	int		 greeted;	/* WELCOME came */
	int		 waited;	/* it was said that it does not */
	int		 busy;		/* a request is under way */
};

/* A channel's name becomes a file name: nothing that leads elsewhere. */
static int
channel_ok(const char *s)
{
	return (*s != '\0' && *s != '.' && strlen(s) <= CHANNEL_MAX &&
	    strchr(s, '/') == NULL);
}

static int
address(const struct cli *cli, struct sockaddr_un *sun, struct fail *f)
{
	int n;

	if (!channel_ok(cli->channel)) {
		fail_set(f, EXIT_USAGE, "%s is not a channel's name",
		    cli->channel);
		return (-1);
	}
	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	n = snprintf(sun->sun_path, sizeof(sun->sun_path),
	    "%s/channels/%s.sock", cli->dir, cli->channel);
	if (n < 0 || (size_t)n >= sizeof(sun->sun_path)) {
		fail_set(f, EXIT_USAGE, "%s: path too long for a socket",
		    cli->dir);
		return (-1);
	}
	return (0);
}

/*
 * Sockets and their directories are made for everybody, and who may ask is the
 * daemon's to say: so a mode was changed, of the directory in front of the
 * first name that cannot be seen, or of the socket.
 */
static void
hint_shut(const char *path, struct fail *f)
{
	char part[SOCKET_PATH];
	const char *end = path;

	while ((end = strchr(end + 1, '/')) != NULL) {
		(void)snprintf(part, sizeof(part), "%.*s", (int)(end - path),
		    path);
		if (access(part, X_OK) == -1) {
			fail_hint(f, "%s is shut to this account: as root, "
			    "chmod 755 %s", part, part);
			return;
		}
	}
	fail_hint(f, "%s is shut to this account: as root, chmod 666 %s",
	    path, path);
}

/* Those that there are. */
static void
hint_channels(const char *dir, struct fail *f)
{
	struct dirent *e;
	struct buf b;
	size_t n;
	DIR *d;

	buf_init(&b, 4096);
	if ((d = opendir(dir)) != NULL) {
		while ((e = readdir(d)) != NULL) {
			n = strlen(e->d_name);
			if (n > 5 && strcmp(e->d_name + n - 5, ".sock") == 0)
				buf_printf(&b, " -c %.*s", (int)n - 5,
				    e->d_name);
		}
		(void)closedir(d);
	}
	buf_put_u8(&b, 0);
	if (b.bad || b.len == 1)
		fail_hint(f, "channels are those of clawbot.conf, which a "
		    "start of the daemon makes");
	else
		fail_hint(f, "choose one that there is:%s",
		    (const char *)b.data);
	buf_free(&b);
}

/* connect(2) failed: what does that mean, and what can one do? */
static void
explain(const struct cli *cli, const char *path, int err, struct fail *f)
{
	char dir[SOCKET_PATH];

	fail_set(f, EXIT_NODAEMON, "%s: %s", path, strerror(err));
	switch (err) {
	case EACCES:
		fail_set(f, EXIT_NOPERM, "channel %s: %s", cli->channel,
		    strerror(err));
		hint_shut(path, f);
		return;
	case ENOENT:
	case ENOTDIR:
		(void)snprintf(dir, sizeof(dir), "%s/channels", cli->dir);
		if (access(dir, F_OK) == 0) {
			fail_set(f, EXIT_NODAEMON, "no channel %s in %s",
			    cli->channel, dir);
			hint_channels(dir, f);
			return;
		}
		fail_set(f, EXIT_NODAEMON, "no daemon at %s", cli->dir);
		break;
	case ECONNREFUSED:
		fail_set(f, EXIT_NODAEMON, "the daemon of %s does not run",
		    cli->dir);
		break;
	case EAGAIN:
		fail_set(f, EXIT_TEMPFAIL, "channel %s: too many callers",
		    cli->channel);
		fail_hint(f, "try again");
		return;
	default:
		return;
	}
	fail_hint(f, "start it (systemctl start clawbotd.service, or clawbotd "
	    "as root), or name its socket directory with -S");
}

static int
dial(const struct cli *cli, int how, struct fail *f)
{
	struct sockaddr_un sun;
	int fd, err;

	if (address(cli, &sun, f) == -1)
		return (-1);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | how, 0);
	if (fd == -1) {
		fail_set(f, EXIT_CLAWBOT, "socket: %s", strerror(errno));
		return (-1);
	}
	if (connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1) {
		err = errno;
		(void)close(fd);
		explain(cli, sun.sun_path, err, f);
		return (-1);
	}
	return (fd);
}

static struct conn *
open_how(const struct cli *cli, int how, struct fail *f)
{
	struct conn *c;
	struct buf b;
	int fd;

	if ((fd = dial(cli, how, f)) == -1)
		return (NULL);
	c = xcalloc(1, sizeof(*c));
	c->ipc = ipc_new(fd, ROLE_CLIENT, ROLE_SUPERVISOR, MS_HELLO);
	if (c->ipc == NULL) {
		fail_set(f, EXIT_CLAWBOT, "socket: %s", strerror(errno));
		(void)close(fd);
		free(c);
		return (NULL);
	}
	buf_init(&b, 256);
	buf_put_u32(&b, MSG_PROTOCOL);
	buf_put_str(&b, "clawbot " CB_VERSION);
	(void)ipc_send(c->ipc, MSG_HELLO, 0, b.data, b.len, NULL, 0);
	buf_free(&b);
	return (c);
}

struct conn *
conn_open(const struct cli *cli, struct fail *f)
{
	return (open_how(cli, 0, f));
}

struct conn *
conn_open_now(const struct cli *cli, struct fail *f)
{
	return (open_how(cli, SOCK_NONBLOCK, f));
}

void
conn_free(struct conn *c)
{
	if (c == NULL)
		return;
	ipc_free(c->ipc);
	free(c);
}

int
conn_fd(const struct conn *c)
{
	return (ipc_fd(c->ipc));
}

pid_t
conn_peer(const struct conn *c)
{
	socklen_t len = sizeof(struct ucred);
	struct ucred cred;

	if (getsockopt(conn_fd(c), SOL_SOCKET, SO_PEERCRED, &cred,
	    &len) == -1 || len != sizeof(cred))
		return (0);
	return (cred.pid);
}

static void
set_state(struct conn *c)
{
	ipc_set_state(c->ipc, !c->greeted ? MS_HELLO :
	    c->busy ? MS_BUSY : MS_IDLE);
}

/* Any failure of sending is found out by the next receive, END before. */
static void
push(struct conn *c)
{
	(void)ipc_drain(c->ipc, -1);
}

int
conn_greeted(const struct conn *c)
{
	return (c->greeted);
}

int
conn_queued(const struct conn *c)
{
	return (ipc_queued(c->ipc) != 0);
}

void
conn_flush(struct conn *c)
{
	(void)ipc_flush(c->ipc);
}

int
conn_queue(struct conn *c, unsigned type, const void *data, size_t len,
    struct fail *f)
{
	if (ipc_send(c->ipc, type, 0, data, len, NULL, 0) == -1) {
		fail_set(f, EXIT_USAGE, "the request is too large: %s",
		    ipc_error(c->ipc));
		return (-1);
	}
	c->busy = 1;
	set_state(c);
	conn_flush(c);
	return (0);
}

int
conn_ask(struct conn *c, unsigned type, const void *data, size_t len,
    struct fail *f)
{
	if (conn_queue(c, type, data, len, f) == -1)
		return (-1);
	push(c);
	return (0);
}

void
conn_cancel(struct conn *c)
{
	(void)ipc_send(c->ipc, MSG_CANCEL, 0, NULL, 0, NULL, 0);
	/* without waiting: who cancels may want to leave */
	(void)ipc_flush(c->ipc);
}

void
conn_leave(struct conn *c)
{
	(void)ipc_send(c->ipc, MSG_LEAVE, 0, NULL, 0, NULL, 0);
	(void)ipc_flush(c->ipc);
}

void
conn_winsize(struct conn *c, uint16_t rows, uint16_t cols)
{
	struct buf b;

	buf_init(&b, 4);
	buf_put_u16(&b, rows);
	buf_put_u16(&b, cols);
	(void)ipc_send(c->ipc, MSG_WINSIZE, 0, b.data, b.len, NULL, 0);
	(void)ipc_flush(c->ipc);
	buf_free(&b);
}

/*
 * A peer that closed with our request unread leaves ECONNRESET in front of
 * what it had sent, perhaps the reason: so the first end is asked again.
 */
static int
receive(struct conn *c, struct ipc_msg *m, int ms)
{
	int r;

	r = ms == 0 ? ipc_recv(c->ipc, m) : ipc_wait(c->ipc, m, ms);
	return (r == -2 ? ipc_recv(c->ipc, m) : r);
}

/* Somebody in there keeps us waiting, or does so no more. */
static int
tell_delay(const struct ipc_msg *m, struct fail *f)
{
	uint64_t s = 0;
	char *role;

	if (row_check(m->data, m->len) == -1 ||
	    !row_num(m->data, m->len, "seconds", &s)) {
		fail_set(f, EXIT_CLAWBOT, "wrong answer from the daemon: "
		    "malformed DELAY");
		return (-1);
	}
	/* a terminal of the run's own shows what the run does */
	if (tty_is_raw())
		return (0);
	role = field_get_str(m->data, m->len, "role");
	if (s == 0)
		complain("the %s of clawbotd answers again", role);
	else
		complain("waiting for the %s of clawbotd, which has not "
		    "answered for %llu s", role, (unsigned long long)s);
	free(role);
	return (0);
}

int
conn_patience(const struct conn *c)
{
	return (c->greeted || c->waited ? -1 : SILENT_MS);
}

void
conn_overdue(struct conn *c)
{
	if (conn_patience(c) == -1)
		return;
	c->waited = 1;
	/* as for DELAY */
	if (tty_is_raw())
		return;
	complain("waiting for clawbotd, which has not answered for %d s",
	    SILENT_MS / 1000);
}

static int
receive_first(struct conn *c, struct ipc_msg *m, int ms)
{
	int r;

	if (ms != -1 || conn_patience(c) == -1)
		return (receive(c, m, ms));
	if ((r = receive(c, m, conn_patience(c))) != 0)
		return (r);
	conn_overdue(c);
	return (receive(c, m, -1));
}

int
conn_recv(struct conn *c, struct ipc_msg *m, int ms, struct fail *f)
{
	int r;

	for (;;) {
		if ((r = receive_first(c, m, ms)) == 0)
			return (0);
		if (r == -2) {
			fail_set(f, EXIT_NODAEMON, "the daemon hung up");
			fail_hint(f, "clawbot status tells whether it runs");
			return (-1);
		}
		if (r == -1) {
			fail_set(f, EXIT_CLAWBOT, "wrong answer from the "
			    "daemon: %s", ipc_error(c->ipc));
			return (-1);
		}
		if (m->type == MSG_WELCOME) {
			c->greeted = 1;
			set_state(c);
			if (!c->busy)
				return (1);
			continue;
		}
		if (m->type == MSG_DELAY) {
			if (tell_delay(m, f) == -1)
				return (-1);
			continue;
		}
		if (m->type == MSG_END || m->type == MSG_RESULT) {
			c->busy = 0;
			set_state(c);
		}
		return (1);
	}
}

int
conn_hello(struct conn *c, struct fail *f)
{
	struct ipc_msg m;
	int r;

	if (c->greeted)
		return (0);
	memset(&m, 0, sizeof(m));
	push(c);
	if (conn_recv(c, &m, -1, f) == -1)
		return (-1);
	r = c->greeted ? 0 : -1;
	/* before WELCOME only END passes the checks of ipc.c */
	if (r == -1 && conn_end(&m, f) == 0)
		fail_set(f, EXIT_CLAWBOT, "the daemon ended before it "
		    "began");
	ipc_msg_done(&m);
	return (r);
}

int
conn_said(const struct ipc_msg *m, char **text, struct fail *f)
{
	struct msg_reason v;

	*text = NULL;
	if (payload_get(m, &msg_reason_shape, &v) == -1) {
		fail_set(f, EXIT_CLAWBOT, "wrong answer from the daemon: "
		    "malformed END");
		free(v.text);
		return (-1);
	}
	if (v.code == CBE_OK) {
		*text = v.text;
		return (0);
	}
	fail_set(f, cberr_exit((enum cberr)v.code), "%s", *v.text != '\0' ?
	    v.text : cberr_text((enum cberr)v.code));
	free(v.text);
	return (-1);
}

int
conn_end(const struct ipc_msg *m, struct fail *f)
{
	char *text;
	int r = conn_said(m, &text, f);

	free(text);
	return (r);
}

int
conn_rows(struct conn *c, unsigned type, const void *data, size_t len,
    conn_row_cb row, void *arg, struct fail *f)
{
	struct ipc_msg m;
	int r;

	memset(&m, 0, sizeof(m));
	if (conn_ask(c, type, data, len, f) == -1)
		return (-1);
	for (;;) {
		if (conn_recv(c, &m, -1, f) == -1)
			return (-1);
		if (m.type == MSG_END)
			return (conn_end(&m, f));
		if (m.type != MSG_ROW) {
			fail_set(f, EXIT_CLAWBOT, "wrong answer from the "
			    "daemon: %s", msg_name(m.type));
			r = -1;
		} else if (row_check(m.data, m.len) == -1) {
			fail_set(f, EXIT_CLAWBOT, "wrong answer from the "
			    "daemon: malformed row");
			r = -1;
		} else
			r = row == NULL ? 0 : row(m.data, m.len, arg, f);
		if (r == -1) {
			ipc_msg_done(&m);
			return (-1);
		}
	}
}

int
conn_query(const struct cli *cli, unsigned type, const void *data,
    size_t len, conn_row_cb row, void *arg, struct fail *f)
{
	struct conn *c;
	int r;

	if ((c = conn_open(cli, f)) == NULL)
		return (-1);
	r = conn_rows(c, type, data, len, row, arg, f);
	conn_free(c);
	return (r);
}
