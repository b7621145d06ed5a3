/* SPDX-License-Identifier: ISC */
/*
 * Giving one secret to one run.  The ticket says that the auditor has a
 * durable record of it; it is good for this run and this name, once.
 *
 * Behind the value go those before it that are kept: the run is not given
 * them, its runner hides them in what the run prints.
 */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "common/log.h"
#include "common/plan.h"
#include "vault/guard.h"
#include "vault/hostile_vault.h"
#include "vault/past.h"
#include "vault/vault.h"

#define WRITE_MS	30000U	/* for a run to take its secret */
#define USED_MAX	16384U
#define LENGTH		4U		/* bytes before a value */

struct release {
	struct vault	*v;
	uint64_t	 run;
	int		 fd;
	struct event	*ev;
	uint64_t	 deadline;
	char		*name;
	uint64_t	 version;	/* in text; 0: the end */
	uint8_t		*text;		/* guarded; as store_value has it */
	size_t		 off;
	size_t		 end;
};

int
release_pipe(int fd)
{
	struct stat st;
	int fl;

	if (fstat(fd, &st) == -1 || !S_ISFIFO(st.st_mode) ||
	    (fl = fcntl(fd, F_GETFL)) == -1)
		return (-1);
	return (fcntl(fd, F_SETFL, fl | O_NONBLOCK));
}

static void
release_end(struct release *r, enum cberr code, const char *why)
{
	struct vault *v = r->v;
	uint64_t run = r->run;

	if (r->ev != NULL)
		event_free(r->ev);
	/*
	 * EOF is what tells the reader that it has all of it: that it has
	 * not is on its way before.
	 */
	if (code != CBE_OK)
		vault_done(v, run, code, "%s", why);
	(void)close(r->fd);
	guard_give(r->text);
	free(r->name);
	free(r);
	if (code == CBE_OK)
		vault_done(v, run, code, "%s", why);
}

/* Writes what the pipe takes; 1 when all is written, 0 for later, -1. */
static int
pump(struct release *r)
{
	ssize_t n;

	while (r->off < r->end) {
		n = write(r->fd, r->text + r->off, r->end - r->off);
		if (n >= 0)
			r->off += (size_t)n;
		else if (errno == EAGAIN)
			return (0);
		else if (errno != EINTR)
			return (-1);
	}
	return (1);
}

/* The version before, or a length of 0 behind the last.  0, or it is over. */
static int
release_next(struct release *r)
{
	struct vault *v = r->v;
	const struct store_entry *e;
	size_t len = 0;

	if (v->locked != NULL) {
		release_end(r, CBE_AGAIN, "the vault was locked meanwhile");
		return (-1);
	}
	r->off = 0;
	if ((e = past_before(v->st, r->name, r->version)) == NULL) {
		r->version = 0;
		memset(r->text, 0, LENGTH);
	} else if (store_value(v->st, v->k, e, r->text, &len) == -1) {
		log_warnx("secret %s: version %llu does not open", r->name,
		    (unsigned long long)e->version);
		release_end(r, CBE_INTERNAL, "an earlier version of a secret "
		    "does not open");
		return (-1);
	} else
		r->version = e->version;
	r->end = LENGTH + len;
	return (0);
}

static void
release_step(struct release *r)
{
	uint64_t now = ticket_now(), left;
	struct timeval tv;
	int how;

	while ((how = pump(r)) == 1 && r->version != 0)
		if (release_next(r) == -1)
			return;
	if (how == 1)
		release_end(r, CBE_OK, "");
	else if (how == -1)
		release_end(r, CBE_IO, "the run is gone");
	else if (now >= r->deadline)
		release_end(r, CBE_IO, "the run did not take its secret");
	else {
		left = r->deadline - now;
		tv.tv_sec = (time_t)(left / 1000);
		tv.tv_usec = (suseconds_t)(left % 1000 * 1000);
		if (event_add(r->ev, &tv) == -1)
			fatalx(EXIT_SYSTEM, "event loop");
	}
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	release_step(arg);
}

/* Forgets tickets that time has made useless. */
static void
used_expire(struct vault *v)
{
	uint64_t now = ticket_now();
	size_t i, kept = 0;

	for (i = 0; i < v->nused; i++)
		if (v->used[i].expires_ms >= now)
			v->used[kept++] = v->used[i];
	v->nused = kept;
}

/* 0 and remembered, or -1: it was used, or there is no room to remember. */
static int
use_once(struct vault *v, const struct ticket *t, const char **why)
{
	size_t i;

	used_expire(v);
	for (i = 0; i < v->nused; i++)
		if (v->used[i].run == t->run &&
		    memcmp(v->used[i].name, t->digest, 32) == 0) {
			*why = "ticket was used before";
			return (-1);
		}
	if (v->nused == USED_MAX) {
		*why = "too many tickets in a short time";
		return (-1);
	}
	if (v->used == NULL)
		v->used = xcalloc(USED_MAX, sizeof(*v->used));
	v->used[v->nused].run = t->run;
	v->used[v->nused].expires_ms = t->expires_ms;
	memcpy(v->used[v->nused].name, t->digest, 32);
	v->nused++;
	return (0);
}

/* Checks the ticket, which is for one version, and takes it out of use. */
static int
redeem(struct vault *v, uint64_t run, const struct msg_release *m,
    const char **why)
{
	char text[VARNAME_VERSIONED + 1];
	struct ticket t;
	struct rd r;

	varname_versioned(text, m->name, m->version);
	ticket_secret_digest(t.digest, text);
	if (ticket_check(m->ticket, TICKET_SECRET, run, t.digest,
	    v->k->ticket, why) == -1)
		return (-1);
	t.run = run;
	/* "CBT1", kind, 0, run, record, then the expiry (ticket.h) */
	rd_init(&r, m->ticket, TICKET_SIZE);
	(void)rd_view(&r, 22);
	t.expires_ms = rd_u64(&r);
	return (use_once(v, &t, why));
}

/* The answer is given where it is too old. */
static int
is_too_old(struct vault *v, uint64_t run, const struct store_entry *e,
    uint64_t oldest)
{
	if (e->version >= oldest)
		return (0);
	vault_done(v, run, CBE_REFUSED, "secret %s: the vault has version "
	    "%llu, and its runs get version %llu or a later one: an approver "
	    "stores it with clawbot secrets set %s", e->name,
	    (unsigned long long)e->version, (unsigned long long)oldest,
	    e->name);
	return (1);
}

/*
 * The same where it is not what the run's record says that it is given: it was
 * changed between the two.
 */
static int
is_another(struct vault *v, uint64_t run, const struct store_entry *e,
    uint64_t version)
{
	if (e->version == version)
		return (0);
	vault_done(v, run, CBE_AGAIN, "secret %s: version %llu came at that "
	    "very moment, and the record of the run says %llu: ask for it "
	    "once more", e->name, (unsigned long long)e->version,
	    (unsigned long long)version);
	return (1);
}

/* Opens the secret into guarded memory; the answer is given on failure. */
static struct release *
release_open(struct vault *v, uint64_t run, const struct msg_release *m)
{
	const char *name = m->name;
	struct store_entry *e;
	struct release *r;
	uint8_t *text;
	size_t len;

	if ((e = store_find(v->st, name)) == NULL) {
		vault_done(v, run, CBE_NOENT, "no secret %s in the vault: an "
		    "approver stores it with clawbot secrets set %s", name,
		    name);
		return (NULL);
	}
	if (is_too_old(v, run, e, m->oldest) ||
	    is_another(v, run, e, m->version))
		return (NULL);
	if ((text = guard_take()) == NULL) {
		vault_done(v, run, CBE_AGAIN, "too many secrets are open at "
		    "once");
		return (NULL);
	}
	if (store_value(v->st, v->k, e, text, &len) == -1) {
		guard_give(text);
		log_warnx("secret %s does not open", name);
		vault_done(v, run, CBE_INTERNAL, "secret %s does not open",
		    name);
		return (NULL);
	}
	r = xcalloc(1, sizeof(*r));
	r->v = v;
	r->run = run;
	r->name = xstrdup(name);
	r->version = e->version;
	r->text = text;
	r->end = LENGTH + len;
	r->deadline = ticket_now() + WRITE_MS;
	return (r);
}

void
release_secret(struct vault *v, uint64_t run, const struct msg_release *m,
    int fd)
{
	const char *name = m->name;
	struct release *r = NULL;
	char id[RUNID_TEXT];
	const char *why = "not a pipe";

	if (hostile_release(v, run, name, fd))
		return;
	if (v->locked != NULL)
		vault_done(v, run, CBE_AGAIN, "vault is locked: %s",
		    v->locked);
	else if (!store_name_ok(name))
		vault_done(v, run, CBE_USAGE, "no name of a secret");
	else if (release_pipe(fd) == -1 ||
	    redeem(v, run, m, &why) == -1) {
		runid_text(id, run & RUNID_MASK);
		log_warnx("secret %s for run %s refused: %s", name, id, why);
		vault_done(v, run, CBE_REFUSED, "secret %s: %s", name, why);
	} else
		r = release_open(v, run, m);
	if (r == NULL) {
		(void)close(fd);
		return;
	}
	r->fd = fd;
	r->ev = event_new(v->base, fd, EV_WRITE, on_writable, r);
	if (r->ev == NULL)
		fatalx(EXIT_SYSTEM, "event loop");
	release_step(r);
}
