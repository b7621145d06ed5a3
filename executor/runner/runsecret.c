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

#include "common/memlock.h"
#include "executor/box/box.h"
#include "executor/lack.h"
#include "executor/runner/runner.h"

#define VALUE_MAX	((size_t)INSIDE_SECRET_MAX - INSIDE_SECRET_MIN)

int
secrets_open(struct secrets *v, const int *fds, size_t n, struct trouble *t)
{
	size_t i;
	int fl;

	memset(v, 0, sizeof(*v));
	v->n = n;
	for (i = 0; i < n; i++)
		v->s[i].fd = fds[i];
	for (i = 0; i < n; i++)
		if ((fl = fcntl(fds[i], F_GETFL)) == -1 ||
		    fcntl(fds[i], F_SETFL, fl | O_NONBLOCK) == -1) {
			trouble_set(t, lack_err(errno, CBE_INTERNAL),
			    "pipe of a secret: %s", strerror(errno));
			return (-1);
		}
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

/* Room for the version whose length is there, or the end. */
static int
begin_version(struct secret *s, const char *name, struct trouble *t)
{
	struct secret_version *e = &s->v[s->nv];
	struct rd r;

	rd_init(&r, s->head, sizeof(s->head));
	if ((e->len = rd_u32(&r)) == 0) {
		s->whole = 1;
		return (0);
	}
	if (e->len > VALUE_MAX || s->nv == SECRETS_VERSIONS) {
		trouble_set(t, CBE_INTERNAL, "secret %s %s", name,
		    e->len > VALUE_MAX ? "is too long" :
		    "has too many versions");
		return (-1);
	}
	/* sodium_malloc does not say when it could not lock the pages */
	if ((e->p = sodium_malloc(e->len)) == NULL ||
	    memlock(e->p, e->len) == -1) {
		trouble_set(t, lack_err(errno, CBE_INTERNAL),
		    "memory for secrets: %s", strerror(errno));
		return (-1);
	}
	return (0);
}

/* Where the next bytes go, and how many of them at most. */
static uint8_t *
place_of(struct secret *s, size_t *room)
{
	struct secret_version *e = &s->v[s->nv];

	if (s->whole) {
		/* nothing comes any more */
		*room = 1;
		return (s->head);
	}
	if (s->at < sizeof(s->head)) {
		*room = sizeof(s->head) - s->at;
		return (s->head + s->at);
	}
	*room = e->len - (s->at - sizeof(s->head));
	return (e->p + (s->at - sizeof(s->head)));
}

/* So many bytes are there. */
static int
took(struct secret *s, size_t n, const char *name, struct trouble *t)
{
	if (s->whole) {
		trouble_set(t, CBE_INTERNAL, "secret %s is too long", name);
		return (-1);
	}
	s->at += n;
	if (s->at == sizeof(s->head))
		return (begin_version(s, name, t));
	if (s->at > sizeof(s->head) &&
	    s->at == sizeof(s->head) + s->v[s->nv].len) {
		s->nv++;
		s->at = 0;
	}
	return (0);
}

/* What there is.  0 for more to come, 1 at the end, -1 and *t. */
static int
read_some(struct secret *s, const char *name, struct trouble *t)
{
	size_t room;
	uint8_t *p;
	ssize_t n;

	for (;;) {
		p = place_of(s, &room);
		n = read(s->fd, p, room);
		if (n == 0)
			return (1);
		if (n > 0 && took(s, (size_t)n, name, t) == -1)
			return (-1);
		if (n > 0 || errno == EINTR)
			continue;
		if (errno == EAGAIN)
			return (0);
		/* not the end: a part of it is no secret */
		trouble_set(t, lack_err(errno, CBE_INTERNAL), "secret %s: %s",
		    name, strerror(errno));
		return (-1);
	}
}

int
secrets_read(struct secrets *v, size_t i, const char *name,
    struct trouble *t)
{
	struct secret *s = &v->s[i];
	int how = read_some(s, name, t);

	if (how == 0)
		return (0);
	(void)close(s->fd);
	s->fd = -1;
	return (how == -1 ? -1 : 0);
}

/* Length of a value without the newlines at its end, which are not secret. */
static size_t
core_of(const struct secret_version *e)
{
	size_t n = e->len;

	while (n > 0 && (e->p[n - 1] == '\n' || e->p[n - 1] == '\r'))
		n--;
	return (n);
}

int
secrets_check(const struct secrets *v, const struct plan *p,
    struct trouble *t)
{
	const struct secret *s;
	const char *name;
	size_t i;

	for (i = 0; i < v->n; i++) {
		s = &v->s[i];
		name = p->secrets.v[i];
		if (!s->whole || s->nv == 0)
			trouble_set(t, CBE_AGAIN, "secret %s was not released",
			    name);
		else if (core_of(&s->v[0]) < MASKER_MIN)
			trouble_set(t, CBE_REFUSED, "secret %s is too short to "
			    "be hidden in the output", name);
		else if (p->secret_how[i] == PLAN_SECRET_ENV &&
		    memchr(s->v[0].p, '\0', s->v[0].len) != NULL)
			trouble_set(t, CBE_REFUSED, "secret %s has a NUL and "
			    "cannot be a variable", name);
		else
			continue;
		return (-1);
	}
	return (0);
}

void
secrets_hide(const struct secrets *v, struct masker *m)
{
	const struct secret_version *e;
	size_t i, k;

	for (i = 0; i < v->n; i++)
		for (k = 0; k < v->s[i].nv; k++) {
			e = &v->s[i].v[k];
			/* no run ever had a version that is shorter */
			if (core_of(e) >= MASKER_MIN)
				masker_add(m, e->p, core_of(e));
		}
}

/* Lines that frame keys and certificates, and are in all of them alike. */
#define FRAME		"-----"

static void
hide_piece(struct masker *m, const uint8_t *p, const uint8_t *end)
{
	while (end > p && (end[-1] == '\n' || end[-1] == '\r'))
		end--;
	if (end - p >= MASKER_MIN)
		masker_add(m, p, (size_t)(end - p));
}

/* What of a value is its own. */
static void
hide_own(struct masker *m, const uint8_t *p, size_t len)
{
	const uint8_t *const end = p + len;
	const uint8_t *from = p, *next;

	for (; p < end; p = next) {
		next = memchr(p, '\n', (size_t)(end - p));
		next = next == NULL ? end : next + 1;
		if ((size_t)(next - p) < sizeof(FRAME) - 1 ||
		    memcmp(p, FRAME, sizeof(FRAME) - 1) != 0)
			continue;
		hide_piece(m, from, p);
		from = next;
	}
	hide_piece(m, from, end);
}

void
secrets_hide_others(const struct secrets *v, const struct strv *names,
    const char *but, struct masker *m)
{
	const struct secret_version *e;
	size_t i, k;

	for (i = 0; i < v->n; i++)
		for (k = 0; k < v->s[i].nv; k++) {
			e = &v->s[i].v[k];
			if (strcmp(names->v[i], but) != 0 &&
			    core_of(e) >= MASKER_MIN)
				hide_own(m, e->p, core_of(e));
		}
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
		len = v->at < v->n ? v->s[v->at].v[0].len : 0;
		if (v->at < v->n)
			buf_put_u32(&b, (uint32_t)len);
		n = send_rest(go, m, b.len, len != 0 ? v->s[v->at].v[0].p :
		    NULL, len, v->off);
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
