/* SPDX-License-Identifier: ISC */
/*
 * channels.NAME: who may ask for what.  users and, unless access is none,
 * skills must be written: nothing that is missing means "everyone" or "all".
 * access is execute where it is not written.
 */
#include "config.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "supervisor/conf/conf_priv.h"

void
rate_init(struct rate *r)
{
	r->per_minute = r->api_per_hour = r->concurrent = CONF_UNSET;
}

int
get_rate(struct cx *cx, struct node n, struct rate *r)
{
	static const struct key keys[] = {
		{ "maxExecutionsPerMinute", K_RATE,
		    offsetof(struct rate, per_minute), 0, 1000000, NULL,
		    NULL },
		{ "maxAPICallsPerHour", K_RATE,
		    offsetof(struct rate, api_per_hour), 0, 10000000, NULL,
		    NULL },
		{ "maxConcurrent", K_RATE,
		    offsetof(struct rate, concurrent), 0, 4096, NULL, NULL },
		{ NULL, K_FN, 0, 0, 0, NULL, NULL }
	};

	return (get_object(cx, n, keys, r));
}

static int
get_users(struct cx *cx, struct node n, void *t)
{
	struct conf_channel *ch = t;
	int rc = who_get(cx, n, &ch->users);

	if (json_is_array(n.v) && n.p->nkids == 0) {
		cx_err(cx, n.p, "names nobody");
		return (-1);
	}
	return (rc);
}

/* A list of names, or "*". */
static int
get_chan_skills(struct cx *cx, struct node n, void *t)
{
	struct conf_channel *ch = t;
	const char *s = json_string_value(n.v);
	int rc;

	if (s != NULL && strcmp(s, "*") == 0) {
		ch->all_skills = 1;
		return (0);
	}
	if (s != NULL) {
		cx_err(cx, n.p, "must be a list of skills or \"*\"");
		return (-1);
	}
	rc = get_texts(cx, n, XCONF_MAXSKILLS, &ch->skills);
	if (strv_has(&ch->skills, "*")) {
		ch->all_skills = 1;
		strv_free(&ch->skills);
	}
	return (rc);
}

static int
get_climits(struct cx *cx, struct node n, void *t)
{
	return (get_chan_limits(cx, n, &((struct conf_channel *)t)->limits));
}

static int
get_crate(struct cx *cx, struct node n, void *t)
{
	return (get_rate(cx, n, &((struct conf_channel *)t)->rate));
}

static const struct key channel_keys[] = {
	{ "users", K_FN, 0, 0, 0, NULL, get_users },
	{ "access", K_WORD, offsetof(struct conf_channel, access), 0, 0,
	    access_words, NULL },
	{ "skills", K_FN, 0, 0, 0, NULL, get_chan_skills },
	{ "limits", K_FN, 0, 0, 0, NULL, get_climits },
	{ "rateLimit", K_FN, 0, 0, 0, NULL, get_crate },
	{ NULL, K_FN, 0, 0, 0, NULL, NULL }
};

void
channel_init(struct conf_channel *ch, const char *name)
{
	memset(ch, 0, sizeof(*ch));
	ch->name = xstrdup(name);
	ch->access = ACCESS_EXECUTE;
	limits_unset(&ch->limits);
	rate_init(&ch->rate);
}

void
channel_free(struct conf_channel *ch)
{
	free(ch->name);
	who_free(&ch->users);
	strv_free(&ch->skills);
}

static int
get_channel(struct cx *cx, struct node n, struct conf_channel *ch)
{
	int rc;

	if ((rc = get_object(cx, n, channel_keys, ch)) == -1 &&
	    !json_is_object(n.v))
		return (-1);
	if (pos_key(n.p, "users") == NULL) {
		cx_err(cx, n.p, "\"users\" is missing: who may connect?");
		rc = -1;
	}
	if (pos_key(n.p, "skills") == NULL && ch->access != ACCESS_NONE) {
		cx_err(cx, n.p, "\"skills\" is missing: a list, or \"*\"");
		rc = -1;
	}
	return (rc);
}

static int
one_channel(struct cx *cx, struct node n, void *t)
{
	struct conf *c = t;
	struct conf_channel *ch = &c->channels[c->nchannels++];

	channel_init(ch, n.p->key);
	return (get_channel(cx, n, ch));
}

int
get_channels(struct cx *cx, struct node n, void *t)
{
	struct conf *c = t;

	c->channels = xcalloc(n.p->nkids, sizeof(*c->channels));
	return (get_each(cx, n, "channel", CONF_MAXCHANNELS, one_channel, c));
}

int
conf_channel_has_skill(const struct conf_channel *ch, const char *skill)
{
	return (ch->all_skills || strv_has(&ch->skills, skill));
}

const struct conf_skill *
conf_skill(const struct conf *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->nskills; i++)
		if (strcmp(c->skills[i].name, name) == 0)
			return (&c->skills[i]);
	return (NULL);
}

const struct conf_skill *
conf_default_skill(const struct conf *c, const struct conf_channel *ch)
{
	if (conf_skill(c, "default") != NULL &&
	    conf_channel_has_skill(ch, "default"))
		return (conf_skill(c, "default"));
	if (ch->all_skills)
		return (c->nskills == 1 ? &c->skills[0] : NULL);
	return (ch->skills.n == 1 ? conf_skill(c, ch->skills.v[0]) : NULL);
}

void
conf_limits(struct limits *out, const struct conf_skill *sk,
    const struct conf_channel *ch, uint32_t timeout_s)
{
	struct limits asked;

	limits_unset(&asked);
	asked.timeout_s = timeout_s;
	*out = sk->limits;
	limits_narrow(out, &ch->limits);
	limits_narrow(out, &asked);
}

void
conf_detached(const struct conf *c, struct limits *l)
{
	uint32_t mb = c->detached_output_mb < c->detached_mb ?
	    c->detached_output_mb : c->detached_mb;

	if (l->output_mb == 0 || l->output_mb > mb)
		l->output_mb = mb;
}
