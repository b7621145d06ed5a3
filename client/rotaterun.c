/* SPDX-License-Identifier: ISC */
/* A hook's output on its way to the vault; see rotaterun.h. */
#include "config.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/esc.h"
#include "client/out.h"
#include "client/pager.h"
#include "client/request.h"
#include "client/rotaterun.h"
#include "client/session.h"
#include "client/signals.h"
#include "client/storing.h"
#include "common/cberr.h"
#include "common/field.h"
#include "common/payload.h"
#include "common/role.h"
#include "common/varname.h"
#include "common/xmalloc.h"

#define STORE_AGAIN_S	120	/* to store it where nobody can be asked */
#define STORE_AGAIN_MS	1000

/* The one that is under way. */
struct rotating {
	struct cli		*cli;
	struct storing		*s;
	struct session		*run;
	struct secret_value	*v;
};

void
rotaterun_init(struct rotaterun *h)
{
	memset(h, 0, sizeof(*h));
	request_init(&h->req);
	h->wait_s = WAIT_AS_TOLD;
}

static int
take_version(const void *data, size_t len, void *arg, struct fail *f)
{
	(void)f;
	*(uint64_t *)arg = field_get_u64(data, len, "version", 0);
	return (0);
}

/* And the version that is in force. */
static int
may_rotate(const struct rotating *o, uint64_t *version, struct fail *f)
{
	struct buf b;
	int r;

	*version = 0;
	buf_init(&b, VARNAME_MAX + 16);
	buf_put_str(&b, o->s->name);
	buf_put_u32(&b, o->s->keep_s);
	buf_put_u64(&b, 0);
	r = conn_query(o->cli, MSG_SECRET_MAY_ROTATE, b.data, b.len,
	    take_version, version, f);
	buf_free(&b);
	return (r);
}

/* What stays, and what nobody knows then, but its provider. */
static void
tell_kept(const struct rotating *o)
{
	const struct session *r = o->run;
	struct fail f;

	fail_set(&f, 0, "%s keeps its value: %s%s", o->s->name,
	    !r->started ? "the hook was not called" :
	    r->partial != NULL ? "of the hook, " : "the hook failed",
	    r->partial != NULL ? r->partial : "");
	if (r->started)
		fail_hint(&f, "if its provider has a new value by now, nobody "
		    "else has it: see there, and call the hook again; it was "
		    "%s", r->id);
	(void)fail_print(&f);
}

static int
call_hook(struct rotating *o, struct rotaterun *h)
{
	struct intake into = { o->v->p, SECRET_MAX + 2, 0, 0 };
	struct session *r = o->run;
	int status;

	session_init(r, o->cli);
	r->wait_s = h->wait_s;
	r->no_input = h->no_input;
	r->into = &into;
	session_streams(r, &h->req);
	status = request_go(r, &h->req);
	r->into = NULL;
	if (status == 0 && into.over) {
		r->partial = "it printed more than a secret can have";
		status = EXIT_USAGE;
	}
	o->v->len = into.len;
	if (status == 0 && memmem(o->v->p, o->v->len, MASK_MARK,
	    sizeof(MASK_MARK) - 1) != NULL) {
		r->partial = "it printed the value of another secret, which "
		    "is hidden in what comes of it";
		status = EXIT_USAGE;
	}
	if (status != 0)
		tell_kept(o);
	return (status);
}

/*
 * Is it taken?  What could not be hidden well is a matter of taste as long as
 * nothing has happened; now refusing it may lose the only value that works, so
 * a person is asked.
 */
static int
is_taken(const struct rotating *o, struct fail *f)
{
	struct fail again;
	struct buf b;

	if (secret_value_check(o->v, o->s->as_it_is, f) == 0)
		return (0);
	if (f->hint[0] != '\0' && pager_terminal() &&
	    secret_value_check(o->v, 1, &again) == 0) {
		buf_init(&b, sizeof(f->text) + 64);
		buf_printf(&b, "%s; store it all the same", f->text);
		if (pager_yes(&b))
			return (0);
	}
	return (-1);
}

static int
store_once(const struct rotating *o, char **text, struct fail *f)
{
	struct conn *c;
	int r = -1;

	if ((c = conn_open(o->cli, f)) == NULL)
		return (-1);
	if (conn_hello(c, f) == 0 && storing_ask(c, o->s, f) == 0)
		r = storing_hand_over(c, o->v->p, o->v->len, NULL, text, f);
	conn_free(c);
	return (r);
}

/* Is what it holds the version in force of that name? */
static int
look_at(const void *data, size_t len, void *arg, struct fail *f)
{
	const struct rotating *o = arg;
	char *name = field_get_str(data, len, "name");
	char *state = field_get_str(data, len, "state");

	(void)f;
	if (strcmp(name, o->s->name) == 0 && strcmp(state, "current") == 0)
		o->s->from = field_get_u64(data, len, "version", 0);
	free(name);
	free(state);
	return (0);
}

/*
 * It was refused: perhaps because it is stored, by an attempt whose answer was
 * lost.  The vault is asked for what it knows a text by, which is recorded.
 */
static int
is_stored(const struct rotating *o, char **text)
{
	const struct storing_rows rows = { look_at, (void *)(uintptr_t)o };
	const uint64_t from = o->s->from;
	struct conn *c;
	struct fail f;
	int r = -1;

	if ((c = conn_open(o->cli, &f)) == NULL)
		return (0);
	if (conn_hello(c, &f) == 0 &&
	    conn_ask(c, MSG_SECRET_IDENTIFY, NULL, 0, &f) == 0)
		r = storing_hand_over(c, o->v->p, o->v->len, &rows, text, &f);
	conn_free(c);
	if (r == -1)
		return (0);
	free(*text);
	*text = NULL;
	if (o->s->from == from)
		return (0);
	xasprintf(text, "rotated, version %llu",
	    (unsigned long long)o->s->from);
	return (1);
}

/* A person decides on what somebody else has stored since; 0: it stays. */
static int
is_still_meant(const struct rotating *o)
{
	uint64_t now;
	struct fail f;
	struct buf b;
	int yes;

	if (may_rotate(o, &now, &f) == -1 || now == o->s->from)
		return (1);
	buf_init(&b, 512);
	buf_printf(&b, "%s has version %llu, which came while the hook was "
	    "called for version %llu; store the hook's value in its place",
	    o->s->name, (unsigned long long)now,
	    (unsigned long long)o->s->from);
	if ((yes = pager_yes(&b)))
		o->s->from = now;
	return (yes);
}

/* Waits so long, or for a line where there is a terminal; 1: it was told to
 * end. */
static int
told_to_end(const struct rotating *o, int ms)
{
	struct pollfd p[2] = { { .fd = o->run->wake, .events = POLLIN },
	    { .fd = ms == -1 ? STDIN_FILENO : -1, .events = POLLIN } };
	struct signals came;
	char line[512];

	for (;;) {
		if (poll(p, 2, ms) == 0)
			return (0);
		if (signals_take(&came) && came.ends != 0) {
			o->run->interrupted = came.last;
			return (1);
		}
		if (p[1].revents != 0)
			return (read(STDIN_FILENO, line, sizeof(line)) <= 0);
	}
}

/*
 * The provider may take nothing but this value any more, and it is nowhere but
 * here: a person mends what is wrong and has it tried again; else it is, for a
 * while, where that can end by itself.
 */
static int
store(const struct rotating *o, char **text, struct fail *f)
{
	const time_t until = time(NULL) + STORE_AGAIN_S;
	int asks = pager_terminal(), tries = 0;

	while (store_once(o, text, f) == -1) {
		if (f->status == cberr_exit(CBE_REFUSED) && is_stored(o, text))
			return (0);
		if (!asks && ((f->status != EXIT_TEMPFAIL &&
		    f->status != EXIT_NODAEMON) || time(NULL) >= until))
			return (-1);
		if (asks || tries++ == 0)
			(void)fail_print(f);
		if (asks)
			complain("the new value of %s is here alone: mend "
			    "that in another terminal and press Enter, or "
			    "Ctrl-C to let go of it", o->s->name);
		else if (tries == 1)
			complain("the new value of %s is here alone; trying "
			    "for %d s to store it", o->s->name, STORE_AGAIN_S);
		if (told_to_end(o, asks ? -1 : STORE_AGAIN_MS) ||
		    (asks && !is_still_meant(o)))
			return (-1);
	}
	return (0);
}

static int
rotate(struct rotating *o, struct rotaterun *h)
{
	struct fail f;
	char *text = NULL;
	int status;

	if (may_rotate(o, &o->s->from, &f) == -1) {
		runreq_free(&h->req);
		status = fail_print(&f);
		complain("the hook was not called, and nothing has changed");
		return (status);
	}
	if ((status = call_hook(o, h)) != 0)
		return (status);
	secret_value_chomp(o->v);
	if (is_taken(o, &f) == -1 || store(o, &text, &f) == -1) {
		status = fail_print(&f);
		complain("%s keeps its value, though the hook ended well: if "
		    "its provider has a new one by now, nobody else has it; "
		    "see there, and call the hook again; it was %s",
		    o->s->name, o->run->id);
		return (status);
	}
	storing_say(o->cli, o->s->name, text);
	free(text);
	return (0);
}

int
rotaterun_go(struct cli *cli, const struct storing *s, struct rotaterun *h)
{
	static struct session run;	/* too large for a stack */
	struct secret_value v;
	struct storing mine = *s;
	struct rotating o = { cli, &mine, &run, &v };
	struct fail f;
	int status;

	storing_close_doors();
	if (secret_value_new(&v, &f) == -1) {
		runreq_free(&h->req);
		return (fail_print(&f));
	}
	status = rotate(&o, h);
	secret_value_free(&v);
	if (status != 0 && run.interrupted != 0)
		signals_die(run.interrupted);
	return (status);
}
