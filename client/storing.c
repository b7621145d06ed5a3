/* SPDX-License-Identifier: ISC */
/* Values on their way to the vault; see storing.h. */
#include "config.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "client/out.h"
#include "client/storing.h"

#define ORDINARY_MAX	12	/* letters of what may be an ordinary word */

void
storing_close_doors(void)
{
	struct rlimit none = { 0, 0 };

	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)signal(SIGPIPE, SIG_IGN);
}

static int
all_of(const uint8_t *p, size_t len, int (*is)(int))
{
	size_t i;

	for (i = 0; i < len; i++)
		if (p[i] > 127 || !is(p[i]))
			return (0);
	return (1);
}

static int
is_blank(uint8_t c)
{
	return (c == ' ' || c == '\t' || c == '\r' || c == '\n');
}

size_t
storing_core(const uint8_t *p, size_t len)
{
	while (len > 0 && is_blank(*p)) {
		p++;
		len--;
	}
	while (len > 0 && is_blank(p[len - 1]))
		len--;
	return (len);
}

const char *
storing_unmaskable(const uint8_t *p, size_t len)
{
	if (storing_core(p, len) < STORING_MASKABLE)
		return ("it is short");
	if (len <= ORDINARY_MAX && (all_of(p, len, islower) ||
	    all_of(p, len, isupper) || (isupper(p[0]) &&
	    all_of(p, len, isalpha))))
		return ("it is one word");
	return (NULL);
}

static int
write_all(int fd, const uint8_t *p, size_t len)
{
	size_t off = 0;
	ssize_t n;
	int fl;

	/* our end alone: nobody else minds that it blocks */
	if ((fl = fcntl(fd, F_GETFL)) == -1 ||
	    fcntl(fd, F_SETFL, fl & ~O_NONBLOCK) == -1)
		return (-1);
	while (off < len) {
		n = write(fd, p + off, len - off);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return (-1);
		off += (size_t)n;
	}
	return (0);
}

int
storing_hand_over(struct conn *c, const uint8_t *p, size_t len,
    const struct storing_rows *rows, char **text, struct fail *f)
{
	struct ipc_msg m;
	int r, fd, sent = 0, failed = 0;

	memset(&m, 0, sizeof(m));
	for (;;) {
		if (conn_recv(c, &m, -1, f) == -1)
			return (-1);
		if (m.type == MSG_END)
			break;
		if (m.type == MSG_ROW && rows != NULL &&
		    row_check(m.data, m.len) == 0) {
			r = rows->row(m.data, m.len, rows->arg, f);
			ipc_msg_done(&m);
			if (r == -1)
				return (-1);
			continue;
		}
		if (m.type != MSG_PIPE || sent) {
			fail_set(f, EXIT_CLAWBOT, "wrong answer from the "
			    "daemon: %s", msg_name(m.type));
			ipc_msg_done(&m);
			return (-1);
		}
		sent = 1;
		fd = ipc_take_fd(&m, 0);
		failed = write_all(fd, p, len) == -1;
		(void)close(fd);
	}
	r = conn_said(&m, text, f);
	ipc_msg_done(&m);
	if (r == 0 && (!sent || failed)) {
		fail_set(f, EXIT_CLAWBOT, "wrong answer from the daemon: it "
		    "stored a value that it did not get");
		return (-1);
	}
	return (r);
}
