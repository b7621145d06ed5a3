/* SPDX-License-Identifier: ISC */
/* The secrets of one run, on their way from the vault to the command. */
#include "config.h"

#include <sys/mman.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "executor/box/box.h"
#include "executor/lack.h"
#include "executor/runner/masker.h"
#include "executor/runner/runner.h"

#define VALUE_MAX	((size_t)INSIDE_SECRET_MAX - INSIDE_SECRET_MIN)
#define VALUE_ROOM	(VALUE_MAX + 1)		/* one more: too long */

int
secrets_open(struct secrets *v, const int *fds, size_t n, struct trouble *t)
{
	size_t i;
	int fl;

	memset(v, 0, sizeof(*v));
	v->n = n;
	for (i = 0; i < n; i++)
		v->s[i].fd = fds[i];
	if (n == 0)
		return (0);
	for (i = 0; i < n; i++)
		if ((fl = fcntl(fds[i], F_GETFL)) == -1 ||
		    fcntl(fds[i], F_SETFL, fl | O_NONBLOCK) == -1)
			break;
	/* sodium_malloc does not say when it could not lock the pages */
	if (i < n || (v->mem = sodium_malloc(n * VALUE_ROOM)) == NULL ||
	    mlock(v->mem, n * VALUE_ROOM) == -1) {
		trouble_set(t, lack_err(errno, CBE_INTERNAL),
		    "memory for secrets: %s", strerror(errno));
		return (-1);
	}
	for (i = 0; i < n; i++)
		v->s[i].p = v->mem + i * VALUE_ROOM;
	return (0);
}

int
secrets_wait(const struct secrets *v)
{
	size_t i;

	for (i = 0; i < v->n; i++)
		if (v->s[i].fd != -1)
			return (1);
	return (0);
}

int
secrets_read(struct secrets *v, size_t i, const char *name,
    struct trouble *t)
{
	ssize_t n;

	for (;;) {
		n = read(v->s[i].fd, v->s[i].p + v->s[i].len,
		    VALUE_ROOM - v->s[i].len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno == EAGAIN)
			return (0);
		if (n == -1) {
			/* not the end: a part of it is no secret */
			trouble_set(t, lack_err(errno, CBE_INTERNAL),
			    "secret %s: %s", name, strerror(errno));
			return (-1);
		}
		if (n == 0)
			break;
		v->s[i].len += (size_t)n;
		if (v->s[i].len == VALUE_ROOM) {
			trouble_set(t, CBE_INTERNAL, "secret %s is too long",
			    name);
			return (-1);
		}
	}
	(void)close(v->s[i].fd);
	v->s[i].fd = -1;
	return (0);
}

size_t
secrets_core(const struct secrets *v, size_t i)
{
	size_t n = v->s[i].len;

	while (n > 0 && (v->s[i].p[n - 1] == '\n' ||
	    v->s[i].p[n - 1] == '\r'))
		n--;
	return (n);
}

int
secrets_check(const struct secrets *v, const struct plan *p,
    struct trouble *t)
{
	const char *name;
	size_t i;

	for (i = 0; i < v->n; i++) {
		name = p->secrets.v[i];
		if (v->s[i].len == 0)
			trouble_set(t, CBE_AGAIN, "secret %s was not released",
			    name);
		else if (secrets_core(v, i) < MASKER_MIN)
			trouble_set(t, CBE_REFUSED, "secret %s is too short to "
			    "be hidden in the output", name);
		else if (p->secret_how[i] == PLAN_SECRET_ENV &&
		    memchr(v->s[i].p, '\0', v->s[i].len) != NULL)
			trouble_set(t, CBE_REFUSED, "secret %s has a NUL and "
			    "cannot be a variable", name);
		else
			continue;
		return (-1);
	}
	return (0);
}

/* What is left of a message that is this and a value, where it is guarded. */
static ssize_t
send_rest(int go, const uint8_t *head, size_t headlen, const uint8_t *value,
    size_t len, size_t off)
{
	ssize_t n;

	do {
		if (off < headlen)
			n = send(go, head + off, headlen - off,
			    MSG_NOSIGNAL | MSG_DONTWAIT);
		else
			n = send(go, value + (off - headlen),
			    len - (off - headlen),
			    MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (n == -1 && errno == EINTR);
	return (n);
}

/*
 * A command that somebody has stopped does not read, and its runner has the
 * time to keep: so this does not wait.
 */
int
secrets_pass(struct secrets *v, int go)
{
	uint8_t m[INSIDE_SECRET_MIN];
	struct buf b;
	size_t len;
	ssize_t n;

	while (v->at <= v->n) {
		inside_begin(&b, m, sizeof(m), v->at < v->n ? INSIDE_SECRET :
		    v->joined ? INSIDE_JOINED : INSIDE_START);
		len = v->at < v->n ? v->s[v->at].len : 0;
		if (v->at < v->n)
			buf_put_u32(&b, (uint32_t)len);
		n = send_rest(go, m, b.len, len != 0 ? v->s[v->at].p : NULL,
		    len, v->off);
		if (n == -1)
			return (errno == EAGAIN ? 0 : -1);
		v->off += (size_t)n;
		if (v->off < b.len + len)
			continue;
		v->at++;
		v->off = 0;
	}
	return (1);
}
