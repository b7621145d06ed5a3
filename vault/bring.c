/* SPDX-License-Identifier: ISC */
/*
 * Secrets of a bundle, which another machine has exported.  It is taken apart
 * under the bounds of the vault's own file, opened by what it was made for,
 * and believed once all of it is authenticated; then all of its secrets are in
 * the next file, or none.  What is there with another value stays as it is
 * unless it is said that it may be replaced: all of it, or what somebody was
 * shown, if it is still that.
 */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

#include "common/field.h"
#include "common/log.h"
#include "common/payload.h"
#include "common/varname.h"
#include "vault/change.h"
#include "vault/guard.h"
#include "vault/past.h"
#include "vault/prove.h"
#include "vault/slot.h"

#define BRING_MS	60000U	/* in which all of it comes */

/* What there is to be of it, while it is put together. */
struct merge {
	struct vault	*v;
	struct store	*from;		/* the bundle */
	struct keyring	*k;		/* its keys */
	struct store	*next;
	struct bring	*bring;
	unsigned	 replace;	/* BRING_* */
	uint64_t	 now;		/* seconds since 1970 */
	uint8_t		*text;		/* guarded: a value of the bundle */
	uint8_t		*here;		/* the one that is there */
	/* those of the vault with other values */
	uint8_t		 seen[STORE_DIGEST];	/* of BRING_SEEN */
	const struct store_entry **there;
	size_t		 nthere;
	enum cberr	 code;
	char		 why[VARNAME_MAX + 160];
};

static int __attribute__((__format__ (printf, 3, 4)))
fail_merge(struct merge *m, enum cberr code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(m->why, sizeof(m->why), fmt, ap);
	va_end(ap);
	m->code = code;
	return (-1);
}

/* The value of an entry of the bundle, which has to be one. */
static int
open_entry(struct merge *m, const struct store_entry *e, size_t *len)
{
	const char *wrong = varname_wrong(e->name);

	if (wrong == NULL && store_value(m->from, m->k, e, m->text, len) == -1)
		wrong = "its record does not open";
	if (wrong == NULL)
		wrong = value_wrong(m->text + 4, *len);
	if (wrong == NULL)
		return (0);
	return (fail_merge(m, CBE_USAGE, "the secret %s of the bundle: %s",
	    e->name, wrong));
}

/* Is it of this name, and of a version of which the time is not over? */
static int
comes(const struct merge *m, const struct store_entry *e, const char *name)
{
	return (strcmp(e->name, name) == 0 && !past_over(e, m->now));
}

/* No more earlier versions than there could be if they were made here. */
static int
too_many(const struct merge *m, const char *name)
{
	const struct store_entry *e;
	size_t i, n = 0;

	for (i = 0; i < m->from->nentries; i++) {
		e = &m->from->entries[i];
		n += e->state == STORE_EARLIER && comes(m, e, name);
	}
	return (n > STORE_KEPT_MAX);
}

/* Those of which the time is over: that they were there, as at their end. */
static void
tell_over(struct merge *m, const char *name)
{
	struct store_entry *cur = store_find(m->next, name);
	const struct store_entry *e;
	size_t i;

	for (i = 0; cur != NULL && i < m->from->nentries; i++) {
		e = &m->from->entries[i];
		if (strcmp(e->name, name) == 0 && !comes(m, e, name))
			past_add(cur, e, past_until(e));
	}
}

/* It is new here: with the versions that it has there, as they are there. */
static int
create(struct merge *m, const char *name)
{
	const struct store_entry *e;
	size_t i, len = 0;

	if (too_many(m, name))
		return (fail_merge(m, CBE_USAGE, "the secret %s of the "
		    "bundle: more than %u earlier versions", name,
		    STORE_KEPT_MAX));
	for (i = 0; i < m->from->nentries; i++) {
		e = &m->from->entries[i];
		if (!comes(m, e, name))
			continue;
		if (open_entry(m, e, &len) == -1)
			return (-1);
		if (store_take_over(m->next, m->v->k, e, m->text, len) == -1)
			return (fail_merge(m, CBE_REFUSED, "the vault is "
			    "full"));
	}
	tell_over(m, name);
	m->bring->created++;
	strv_add(&m->bring->names, name);
	return (0);
}

/* One that is there, too. */
static int
compare(struct merge *m, const struct store_entry *e,
    const struct store_entry *here)
{
	size_t len = 0, was = 0;

	if (open_entry(m, e, &len) == -1)
		return (-1);
	if (store_value(m->v->st, m->v->k, here, m->here, &was) == -1)
		return (fail_merge(m, CBE_INTERNAL, "secret %s does not open",
		    e->name));
	if (len == was && sodium_memcmp(m->text + 4, m->here + 4, len) == 0) {
		m->bring->kept++;
		return (0);
	}
	m->there[m->nthere++] = here;
	strv_add(&m->bring->names, e->name);
	if (m->replace != BRING_NONE && store_set(m->next, m->v->k, e->name,
	    m->text, len, m->now) == -1)
		return (fail_merge(m, CBE_REFUSED, "the secret %s: %s",
		    e->name, store_no_room(m->next, e->name)));
	return (0);
}

static int
merge_all(struct merge *m)
{
	const struct store_entry *e, *here;
	size_t i;
	int r = 0;

	if (m->text == NULL || m->here == NULL)
		return (fail_merge(m, CBE_AGAIN, "too many secrets are open "
		    "at once"));
	for (i = 0; i < m->from->nentries && r == 0; i++) {
		e = &m->from->entries[i];
		if (e->state != STORE_CURRENT)
			continue;
		here = store_find(m->v->st, e->name);
		r = here == NULL ? create(m, e->name) : compare(m, e, here);
	}
	return (r);
}

_Static_assert(MSG_THERE_SEEN == STORE_DIGEST, "a digest of versions");

/*
 * Of those that are there: another one once it is another secret, or another
 * value of one, also where that has the number of one that was removed.
 */
static void
there_digest(const struct merge *m, uint8_t out[STORE_DIGEST])
{
	struct buf b;
	size_t i;

	buf_init(&b, STORE_MAXINDEX);
	for (i = 0; i < m->nthere; i++) {
		buf_put_str(&b, m->there[i]->name);
		buf_put_u64(&b, m->there[i]->version);
		buf_put_u64(&b, m->there[i]->written);
	}
	vfile_digest(b.data, b.len, out);
	buf_free(&b);
}

static int
there_as_seen(const struct merge *m)
{
	uint8_t all[STORE_DIGEST];

	there_digest(m, all);
	return (memcmp(all, m->seen, sizeof(all)) == 0);
}

static void
put_row(struct buf *out, const struct store_entry *e,
    const uint8_t all[STORE_DIGEST])
{
	struct buf b;

	buf_init(&b, 1024);
	field_str(&b, "name", e->name);
	field_u64(&b, "version", e->version);
	field_hex(&b, "seen", all, STORE_DIGEST);
	buf_put_bytes(out, b.data, b.len);
	buf_free(&b);
}

/* Nothing was stored: those that are there with other values. */
static void
tell_rows(const struct merge *m, uint64_t id)
{
	uint8_t all[STORE_DIGEST];
	struct buf b;
	size_t i;

	there_digest(m, all);
	buf_init(&b, MSG_ROW_MAX);
	buf_put_u32(&b, (uint32_t)m->nthere);
	for (i = 0; i < m->nthere; i++)
		put_row(&b, m->there[i], all);
	if (b.bad)
		vault_done(m->v, id, CBE_REFUSED, "secrets are there with "
		    "other values, too many to name: nothing was stored");
	else
		(void)ipc_send(m->v->ipc, MSG_V_NAMES, id, b.data, b.len,
		    NULL, 0);
	buf_free(&b);
}

/* The change that it is, or the answer why there is none. */
static void
merged(struct merge *m, uint64_t id, int r)
{
	struct vault *v = m->v;
	struct change *c = NULL;

	if (r == -1)
		vault_done(v, id, m->code, "%s", m->why);
	else if (m->replace == BRING_SEEN && !there_as_seen(m))
		vault_done(v, id, CBE_AGAIN, "other secrets are there with "
		    "other values than those that were shown, or other "
		    "versions of them: nothing was stored");
	else if (m->replace == BRING_NONE && m->nthere != 0)
		tell_rows(m, id);
	else
		c = change_start(v, CHANGE_BRING, id, "", NULL);
	if (c == NULL) {
		store_free(m->next);
		strv_free(&m->bring->names);
		free(m->bring);
		return;
	}
	c->next = m->next;
	c->bring = m->bring;
	change_prepare(v);
}

static void
bring_proved(struct prove *p)
{
	struct vault *v = p->v;
	const uint64_t id = p->id;
	const char *wrong;
	struct merge m;
	int r;

	if (v->locked != NULL || v->change != NULL) {
		prove_fail(p, CBE_AGAIN, "%s", v->locked != NULL ? v->locked :
		    "a change of the vault is under way");
		return;
	}
	wrong = store_check(p->bundle, &p->m->k, p->file.data);
	if (wrong != NULL) {
		prove_fail(p, CBE_USAGE, "the bundle %s", wrong);
		return;
	}
	memset(&m, 0, sizeof(m));
	m.v = v;
	m.from = p->bundle;
	m.k = &p->m->k;
	m.next = change_successor(v);
	m.bring = xcalloc(1, sizeof(*m.bring));
	memcpy(m.bring->digest, p->digest, sizeof(p->digest));
	m.replace = p->keep;
	memcpy(m.seen, p->seen, sizeof(m.seen));
	m.there = xcalloc(v->st->nentries + 1, sizeof(*m.there));
	m.now = (uint64_t)time(NULL);
	m.text = guard_take();
	m.here = guard_take();
	r = merge_all(&m);
	guard_give(m.text);
	guard_give(m.here);
	prove_end(p);
	merged(&m, id, r);
	free(m.there);
}

/* One that was made elsewhere costs no more than one that is made here. */
static const char *
slot_refused(const struct store *st)
{
	const struct store_slot *s = &st->slots[0];
	struct slot_cost cost;
	const char *wrong;

	if (st->nslots != 1)
		return ("it has more than one slot");
	if ((wrong = slot_wrong(s)) != NULL)
		return (wrong);
	if (slot_kind(s) == SLOT_CREDENTIAL)
		return ("its slot is of a type that no bundle has");
	if (slot_kind(s) == SLOT_ARGON2ID) {
		slot_cost(&cost, s);
		if (cost.kib > SLOT_KIB_MADE)
			return ("its passphrase takes more than 256 MiB of "
			    "memory");
	}
	return (aead_available(st->cipher) ? NULL : "this processor cannot "
	    "do its cipher");
}

/* All of it is there. */
static void
take_apart(struct prove *p)
{
	const char *wrong;
	unsigned line;

	event_free(p->ev);
	p->ev = NULL;
	(void)close(p->second_fd);
	p->second_fd = -1;
	wrong = store_parse_bundle((const char *)p->file.data, p->file.len,
	    &p->bundle, &line);
	if (wrong != NULL) {
		prove_fail(p, CBE_USAGE, "line %u of the bundle: %s", line,
		    wrong);
		return;
	}
	if ((wrong = slot_refused(p->bundle)) != NULL) {
		prove_fail(p, CBE_USAGE, "the bundle: %s", wrong);
		return;
	}
	vfile_digest(p->file.data, p->file.len, p->digest);
	prove_try(p);
}

static void
on_bundle(evutil_socket_t fd, short what, void *arg)
{
	uint8_t in[16384];
	struct prove *p = arg;
	ssize_t n;

	if ((what & EV_TIMEOUT) || ticket_now() >= p->deadline) {
		prove_fail(p, CBE_AGAIN, "the bundle did not come in time");
		return;
	}
	do {
		n = read(fd, in, sizeof(in));
		if (n > 0)
			buf_put(&p->file, in, (size_t)n);
	} while ((n > 0 && !p->file.bad) || (n == -1 && errno == EINTR));
	if (p->file.bad)
		prove_fail(p, CBE_USAGE, "the bundle has more than 16 MiB");
	else if (n == 0)
		take_apart(p);
	else if (errno != EAGAIN)
		prove_fail(p, CBE_IO, "reading the bundle failed");
	else
		prove_arm(p);
}

/* The key has come: now what it opens. */
static void
bring_there(struct prove *p)
{
	p->ev = event_new(p->v->base, p->second_fd, EV_READ, on_bundle, p);
	if (p->ev == NULL)
		fatalx(EXIT_SYSTEM, "event loop");
	p->deadline = ticket_now() + BRING_MS;
	prove_arm(p);
}

void
bring(struct vault *v, uint64_t id, const struct msg_bring *b, int keyfd,
    int fd)
{
	struct prove *p = NULL;

	if (v->locked != NULL)
		vault_done(v, id, CBE_AGAIN, "vault is locked: %s",
		    v->locked);
	else if (release_pipe(fd) == -1)
		vault_done(v, id, CBE_INTERNAL, "the bundle has to come by a "
		    "pipe");
	else {
		p = prove_start(v, id, keyfd, PROVE_ANY, bring_proved);
		keyfd = -1;
	}
	if (p != NULL) {
		buf_init(&p->file, STORE_MAX);
		p->there = bring_there;
		p->keep = b->replace;
		memcpy(p->seen, b->seen, sizeof(p->seen));
		p->second_fd = fd;
		return;
	}
	if (keyfd != -1)
		(void)close(keyfd);
	(void)close(fd);
}
