/* SPDX-License-Identifier: ISC */
/*
 * RELOAD: another configuration while everything runs.  Root's client hands
 * over what clawbotd -R has read and looked up, in parts.  Until that is
 * recorded nothing of it is in force, and whatever is wrong changes nothing;
 * from then on it is in force everywhere, or the daemon ends.
 *
 *	handed over, checked	nothing has changed
 *	OP_LOAD			A_RELOAD was sent: likewise
 *	OP_HAND			recorded, in force here, and X_RELOAD was sent:
 *				what the executor hears next is by that
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/field.h"
#include "common/log.h"
#include "common/text.h"
#include "supervisor/ask/ask.h"
#include "supervisor/ask/skillwhy.h"
#include "supervisor/boot/bootconf.h"
#include "supervisor/run/operation.h"
#include "supervisor/run/newconf.h"
#include "supervisor/run/run.h"

struct reload {
	const struct client	*cl;	/* hands it over; NULL: all is here */
	struct buf		 parts;
	struct conf		*next;
	struct strv		 changed; /* keys */
	struct buf		*rules;	/* of each of its skills */
	size_t			 waiting; /* requests that were judged anew */
	char			 digest[2 * PLAN_DIGEST + 1];
};

static void
forget(struct daemon *d)
{
	struct reload *l = d->reload;
	size_t i;

	for (i = 0; l->rules != NULL && i < l->next->nskills; i++)
		buf_free(&l->rules[i]);
	free(l->rules);
	conf_free(l->next);
	buf_free(&l->parts);
	strv_free(&l->changed);
	free(l);
	d->reload = NULL;
}

void
reload_gone(const struct client *cl)
{
	struct reload *l = cl->d->reload;

	/* what is on its way to be recorded goes on */
	if (l != NULL && l->cl == cl)
		forget(cl->d);
}

static void
key_row(struct client *cl, const char *key, const char *why)
{
	struct buf b;

	buf_init(&b, MSG_ROW_MAX);
	field_str(&b, "key", key);
	field_str(&b, "needs", why);
	client_send(cl, MSG_ROW, &b, NULL, 0);
}

/* Is there nothing here that could hold a limit of this kind? */
static int
nothing_holds(const struct daemon *d, const char *key)
{
	const struct proc *p = &d->procs[PROC_EXEC];
	char name[64], *says;
	int missing;

	(void)snprintf(name, sizeof(name), "limit_%s", key);
	says = field_get_str(p->ready, p->readylen, name);
	missing = strncmp(says, "missing: ", 9) == 0;
	free(says);
	return (missing);
}

/* Limits that are new and that nothing would enforce: how many. */
static size_t
lacking(struct client *cl, const struct conf *next)
{
	const struct conf *now = cl->d->conf;
	const struct conf_skill *sk, *old;
	char key[256];
	size_t i, k, n = 0;

	for (i = 0; i < next->nskills; i++) {
		sk = &next->skills[i];
		if ((old = conf_skill(now, sk->name)) == NULL)
			continue;
		for (k = 0; k < LIMITS_N; k++) {
			if (sk->limits.v[k] == 0 || old->limits.v[k] != 0 ||
			    !nothing_holds(cl->d, limit_rows[k].key))
				continue;
			(void)snprintf(key, sizeof(key), "skills.%.64s."
			    "limits.%s", sk->name, limit_rows[k].key);
			key_row(cl, key, "a control group, which is missing");
			n++;
		}
	}
	return (n);
}

/* All that only a start could change: how many keys. */
static size_t
refuse_keys(struct client *cl, struct reload *l)
{
	struct strv start = { NULL, 0 };
	size_t i, n;

	conf_differ(cl->d->conf, l->next, &l->changed, &start);
	for (i = 0; i < start.n; i++)
		key_row(cl, start.v[i], "a restart");
	n = start.n + lacking(cl, l->next);
	strv_free(&start);
	return (n);
}

/* What was looked up there, once more in here; or NULL, and it was said. */
static struct conf *
replay(struct client *cl, const struct reload *l)
{
	struct conf *c;
	char *text = NULL;
	size_t len = 0;
	FILE *errs;

	if ((errs = open_memstream(&text, &len)) == NULL) {
		client_end(cl, CBE_AGAIN, "out of memory; nothing has changed");
		return (NULL);
	}
	c = conf_replay(l->parts.data, l->parts.len, cl->d->build, errs);
	(void)fclose(errs);
	if (len > 0 && text[len - 1] == '\n')
		len--;
	if (c == NULL)
		client_end(cl, CBE_REFUSED, "%.*s", (int)text_whole(text,
		    len < MSG_TEXT_MAX / 2 ? len : MSG_TEXT_MAX / 2), text);
	free(text);
	return (c);
}

static int
send_load(struct client *cl, struct reload *l, uint64_t id)
{
	const struct conf *c = l->next;
	struct msg_areload v;
	struct buf by;
	size_t i;
	int r;

	memset(&v, 0, sizeof(v));
	v.text = (uint8_t *)c->text;
	v.textlen = c->textlen;
	v.path = c->path;
	v.n = c->nskills;
	v.rules = xcalloc(v.n, sizeof(*v.rules));
	l->rules = xcalloc(v.n, sizeof(*l->rules));
	for (i = 0; i < v.n; i++) {
		bootconf_skill(&l->rules[i], c, &c->skills[i]);
		v.rules[i].skill = c->skills[i].name;
		v.rules[i].rules = l->rules[i].data;
		v.rules[i].len = l->rules[i].len;
	}
	buf_init(&by, 8192);
	rec_by(&by, cl);
	v.fields = by.data;
	v.len = by.len;
	r = role_put(&cl->d->procs[PROC_AUDIT], MSG_A_RELOAD, id,
	    &msg_areload_shape, &v, NULL, 0);
	buf_free(&by);
	free(v.rules);
	return (r);
}

/* What every skill's spawner is to have, each with its ticket. */
static int
hand_on(struct daemon *d, uint64_t id, const struct msg_areloaded *in)
{
	struct reload *l = d->reload;
	struct msg_xreload v;
	size_t i;
	int r;

	v.n = l->next->nskills;
	v.sealed = xcalloc(v.n, sizeof(*v.sealed));
	for (i = 0; i < v.n; i++) {
		memcpy(v.sealed[i].ticket, in->tickets + i * MSG_TICKET,
		    MSG_TICKET);
		v.sealed[i].rules = l->rules[i].data;
		v.sealed[i].len = l->rules[i].len;
	}
	r = role_put(&d->procs[PROC_EXEC], MSG_X_RELOAD, id,
	    &msg_xreload_shape, &v, NULL, 0);
	free(v.sealed);
	return (r);
}

static void
put_hex(char *out, const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", p[i]);
}

static enum op_state
loaded(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct msg_areloaded *v = payload_as(in, &msg_areloaded_shape);
	struct reload *l = d->reload;
	struct conf *next = l->next;
	size_t i;

	if (v->ticketslen != next->nskills * MSG_TICKET)
		daemon_breach(d, p, "A_RELOADED with other tickets");
	if (d->stop != STOP_NO) {
		if (o->cl != NULL)
			client_end(o->cl, CBE_UNAVAIL, "clawbot is stopping");
		forget(d);
		return (OP_DONE);
	}
	if (hand_on(d, o->id, v) == -1) {
		log_warnx("a configuration that is recorded cannot be handed "
		    "on: everything ends");
		daemon_exit(d, EXIT_SYSTEM);
	}
	put_hex(l->digest, v->digest, sizeof(v->digest));
	for (i = 0; i < next->nskills; i++)
		buf_free(&l->rules[i]);
	free(l->rules);
	l->rules = NULL;
	l->next = NULL;
	l->waiting = newconf(d, next, xstrdup(l->digest));
	log_info("%s was reloaded: policy %.16s", d->conf->path, l->digest);
	return (OP_HAND);
}

static enum op_state
not_loaded(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct msg_reason *v = payload_as(in, &msg_refused_shape);

	(void)p;
	if (o->cl != NULL)
		client_end(o->cl, v->code, "%s; nothing has changed", v->text);
	forget(d);
	return (OP_DONE);
}

/* Grants are opened at a start, so this has mended none that was not there. */
static void
refused_rows(struct client *cl)
{
	const struct conf *c = cl->d->conf;
	char **why = skillwhy_all(cl->d);
	struct buf b;
	size_t i;

	for (i = 0; i < c->nskills; i++) {
		if (*why[i] == '\0')
			continue;
		buf_init(&b, MSG_ROW_MAX);
		field_str(&b, "skill", c->skills[i].name);
		field_str(&b, "refused", why[i]);
		client_send(cl, MSG_ROW, &b, NULL, 0);
	}
	skillwhy_free(why);
}

static enum op_state
handed(struct daemon *d, struct op *o, const struct proc *p,
    struct payload *in)
{
	const struct reload *l = d->reload;
	struct buf b;

	(void)p;
	(void)in;
	if (o->cl != NULL) {
		buf_init(&b, MSG_ROW_MAX);
		field_str(&b, "config", d->conf->path);
		field_str(&b, "policy", l->digest);
		field_list(&b, "changed", &l->changed);
		field_u64(&b, "waiting", l->waiting);
		client_send(o->cl, MSG_ROW, &b, NULL, 0);
		refused_rows(o->cl);
		client_end(o->cl, CBE_OK, "%s", "");
	}
	forget(d);
	return (OP_DONE);
}

static const struct op_kind reload_kind = {
	.act = {
		[ACT_LOADED] = loaded,
		[ACT_NOT_LOADED] = not_loaded,
		[ACT_HANDED] = handed,
	},
};

/* All of it is here. */
static void
begin(struct client *cl, struct reload *l)
{
	struct daemon *d = cl->d;
	struct op *o = NULL;
	size_t n;

	l->cl = NULL;
	l->next = replay(cl, l);
	buf_free(&l->parts);
	if (l->next == NULL)
		forget(d);
	else if ((n = refuse_keys(cl, l)) != 0) {
		forget(d);
		client_end(cl, CBE_REFUSED, "%zu key%s cannot be changed by a "
		    "reload; nothing has changed", n, n == 1 ? "" : "s");
	} else if ((o = op_new(d, &reload_kind, OP_LOAD, cl)) == NULL ||
	    send_load(cl, l, o->id) == -1) {
		if (o != NULL)
			op_free(d, o);
		forget(d);
		client_end(cl, CBE_AGAIN, "too busy, or too much for a "
		    "reload; nothing has changed");
	}
}

/* Which file it would be, without another one; nothing begins yet. */
static void
tell_path(struct client *cl)
{
	struct buf b;

	buf_init(&b, MSG_ROW_MAX);
	field_str(&b, "config", cl->d->conf->path);
	client_send(cl, MSG_ROW, &b, NULL, 0);
	client_end(cl, CBE_OK, "%s", "");
}

void
req_reload(struct client *cl, struct payload *p)
{
	const struct msg_part *v = payload_as(p, &msg_part_shape);
	struct reload *l = cl->d->reload;

	if (l != NULL && l->cl != cl) {
		client_end(cl, CBE_AGAIN, "another reload is under way");
		return;
	}
	if (l == NULL && v->len == 0 && v->more) {
		tell_path(cl);
		return;
	}
	if (l == NULL) {
		l = cl->d->reload = xcalloc(1, sizeof(*l));
		l->cl = cl;
		buf_init(&l->parts, CONF_LOOKED_MAX);
	}
	buf_put(&l->parts, v->p, v->len);
	if (l->parts.bad) {
		forget(cl->d);
		client_end(cl, CBE_USAGE, "too large for a configuration");
	} else if (v->more)
		client_end(cl, CBE_OK, "%s", "");
	else
		begin(cl, l);
}
