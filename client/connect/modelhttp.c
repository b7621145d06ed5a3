/* SPDX-License-Identifier: ISC */
/* A server for one agent; see modelhttp.h. */
#include "config.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <ctype.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "client/connect/modelhttp.h"
#include "common/xmalloc.h"

#define HEAD_MAX	65536
#define BODY_MAX	(32U * 1024 * 1024)
#define PATH_LEN	512

/* The head of a request. */
struct head {
	char	 path[PATH_LEN];	/* without what is behind "?" */
	size_t	 len;			/* of all of it */
	size_t	 body;
	int	 chunked;
	int	 key;			/* ours is in it */
};

/* The value of such a header in a head that is a string, or NULL. */
static const char *
header(const char *head, const char *name)
{
	const char *line = head;
	size_t n = strlen(name);

	while ((line = strstr(line, "\r\n")) != NULL) {
		line += 2;
		if (strncasecmp(line, name, n) == 0 && line[n] == ':')
			return (line + n + 1 + strspn(line + n + 1, " "));
	}
	return (NULL);
}

/* 1: it is whole; 0: more; -1: it is none. */
static int
get_head(struct head *h, const char *s, size_t n, const char *key)
{
	const char *end = memmem(s, n, "\r\n\r\n", 4), *v;
	char *head;
	int r = 1;

	memset(h, 0, sizeof(*h));
	if (end == NULL)
		return (n > HEAD_MAX ? -1 : 0);
	h->len = (size_t)(end - s) + 4;
	if (memchr(s, '\0', h->len) != NULL)
		return (-1);
	head = xstrndup(s, h->len);
	if (sscanf(head, "%*15[A-Z] %511[^ ?\r\n]", h->path) != 1)
		r = -1;
	if ((v = header(head, "Content-Length")) != NULL)
		h->body = strtoul(v, NULL, 10);
	if ((v = header(head, "Transfer-Encoding")) != NULL)
		h->chunked = strncasecmp(v, "chunked", 7) == 0;
	if (h->body > BODY_MAX)
		r = -1;
	h->key = strstr(head, key) != NULL;
	freezero(head, h->len);
	return (r);
}

/* A body in pieces, put together: 1; 0: more; -1: it is none. */
static int
get_chunks(const char *s, size_t n, struct buf *body)
{
	const char *line;
	size_t len;
	char *end;

	while ((line = memmem(s, n, "\r\n", 2)) != NULL) {
		/* a line that begins so ends what strtoul looks at */
		if (!isxdigit((unsigned char)*s))
			return (-1);
		len = strtoul(s, &end, 16);
		if (len > BODY_MAX)
			return (-1);
		n -= (size_t)(line + 2 - s);
		s = line + 2;
		if (n < len + 2)
			return (0);
		if (len == 0)
			return (1);
		buf_put(body, s, len);
		s += len + 2;
		n -= len + 2;
	}
	return (n > HEAD_MAX ? -1 : 0);
}

static void
reply(struct buf *out, const char *status, const char *type,
    const struct buf *body)
{
	buf_printf(out, "HTTP/1.1 %s\r\nContent-Type: %s\r\n"
	    "Content-Length: %zu\r\nConnection: close\r\n\r\n", status, type,
	    body->len);
	if (body->len > 0)
		buf_put(out, body->data, body->len);
}

static void
refuse(struct buf *out, const char *status)
{
	struct buf body;

	buf_init(&body, HEAD_MAX);
	buf_printf(&body, "{\"error\":{\"message\":\"%s\"}}", status);
	reply(out, status, "application/json", &body);
	buf_free(&body);
}

static void
answer(struct modelhttp *m, const struct head *h, const char *body, size_t n,
    struct buf *out)
{
	const char *type;
	struct buf b;

	buf_init(&b, BODY_MAX);
	if (scripted_answer(&m->model, h->path, body, n, &b, &type) == -1)
		refuse(out, "404 Not Found");
	else
		reply(out, "200 OK", type, &b);
	buf_free(&b);
}

int
modelhttp_request(struct modelhttp *m, const char *s, size_t n,
    struct buf *out)
{
	struct buf body;
	struct head h;
	int r;

	if ((r = get_head(&h, s, n, m->key)) == 1 && !h.key) {
		/* of a stranger nothing more is read */
		refuse(out, "401 Unauthorized");
	} else if (r == 1 && h.chunked) {
		buf_init(&body, BODY_MAX);
		r = get_chunks(s + h.len, n - h.len, &body);
		if (r == 1 && !body.bad)
			answer(m, &h, (char *)body.data, body.len, out);
		else if (body.bad)
			r = -1;
		buf_free(&body);
	} else if (r == 1 && n - h.len < h.body)
		r = 0;
	else if (r == 1)
		answer(m, &h, s + h.len, h.body, out);
	if (r == -1)
		refuse(out, "400 Bad Request");
	return (r != 0);
}

/*** Connections ***/

static void
drop(struct modelhttp_conn *c)
{
	(void)close(c->fd);
	c->fd = -1;
	buf_free(&c->in);
	buf_free(&c->out);
}

static void
take(struct modelhttp *m)
{
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	struct modelhttp_conn *c;
	size_t i;
	int fd;

	fd = accept4(m->fd, (struct sockaddr *)&from, &len, SOCK_NONBLOCK |
	    SOCK_CLOEXEC);
	for (i = 0; i < MODELHTTP_CONNS && m->conn[i].fd != -1; i++)
		;
	if (fd == -1 || i == MODELHTTP_CONNS) {
		if (fd != -1)
			(void)close(fd);
		return;
	}
	c = &m->conn[i];
	c->fd = fd;
	c->off = 0;
	buf_init(&c->in, HEAD_MAX + BODY_MAX);
	buf_init(&c->out, HEAD_MAX + BODY_MAX);
}

static void
hear(struct modelhttp *m, struct modelhttp_conn *c)
{
	char chunk[65536];
	ssize_t n = recv(c->fd, chunk, sizeof(chunk), 0);

	if (n > 0)
		buf_put(&c->in, chunk, (size_t)n);
	if ((n == -1 && (errno == EINTR || errno == EAGAIN)) || (n > 0 &&
	    !c->in.bad && !modelhttp_request(m, (char *)c->in.data, c->in.len,
	    &c->out)))
		return;
	if (n <= 0 || c->in.bad || c->out.bad)
		drop(c);
}

static void
say(struct modelhttp_conn *c)
{
	ssize_t n = send(c->fd, c->out.data + c->off, c->out.len - c->off,
	    MSG_NOSIGNAL);

	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n > 0)
		c->off += (size_t)n;
	if (n == -1 || c->off == c->out.len)
		drop(c);
}

size_t
modelhttp_wants(const struct modelhttp *m, struct pollfd *p)
{
	const struct modelhttp_conn *c;
	size_t i, n = 0;

	for (i = 0; i < MODELHTTP_CONNS; i++) {
		c = &m->conn[i];
		if (c->fd != -1)
			p[n++] = (struct pollfd){ c->fd, c->out.len > 0 ?
			    POLLOUT : POLLIN, 0 };
	}
	if (n < MODELHTTP_CONNS)
		p[n++] = (struct pollfd){ m->fd, POLLIN, 0 };
	return (n);
}

void
modelhttp_serve(struct modelhttp *m, const struct pollfd *p, size_t n)
{
	struct modelhttp_conn *c;
	size_t i, k;

	for (k = 0; k < n; k++) {
		if (p[k].revents == 0)
			continue;
		if (p[k].fd == m->fd)
			take(m);
		for (i = 0; i < MODELHTTP_CONNS; i++) {
			c = &m->conn[i];
			if (c->fd != p[k].fd)
				continue;
			if (c->out.len > 0)
				say(c);
			else
				hear(m, c);
			break;
		}
	}
}

void
modelhttp_none(struct modelhttp *m)
{
	size_t i;

	memset(m, 0, sizeof(*m));
	m->fd = -1;
	for (i = 0; i < MODELHTTP_CONNS; i++)
		m->conn[i].fd = -1;
}

int
modelhttp_init(struct modelhttp *m, const char *dir)
{
	unsigned char raw[MODELHTTP_KEY / 2];
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);

	modelhttp_none(m);
	scripted_init(&m->model, dir);
	randombytes_buf(raw, sizeof(raw));
	(void)sodium_bin2hex(m->key, sizeof(m->key), raw, sizeof(raw));
	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	m->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (m->fd == -1 || bind(m->fd, (struct sockaddr *)&sin, len) == -1 ||
	    listen(m->fd, MODELHTTP_CONNS) == -1 ||
	    getsockname(m->fd, (struct sockaddr *)&sin, &len) == -1)
		return (-1);
	m->port = ntohs(sin.sin_port);
	return (0);
}

void
modelhttp_free(struct modelhttp *m)
{
	size_t i;

	for (i = 0; i < MODELHTTP_CONNS; i++)
		if (m->conn[i].fd != -1)
			drop(&m->conn[i]);
	if (m->fd != -1)
		(void)close(m->fd);
	m->fd = -1;
	scripted_free(&m->model);
	explicit_bzero(m->key, sizeof(m->key));
}
