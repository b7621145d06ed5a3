/* SPDX-License-Identifier: ISC */
/*
 * channels.NAME: who may ask for what.  users and, unless access is none,
 * skills must be written: nothing that is missing means "everyone" or "all".
 * access is execute where it is not written.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "supervisor/conf/conf_priv.h"

#define CHANNEL_NONE	"none"

static const struct key_kind kind_REACH;

#define CHANNEL_ROW(kind, path, member, min, max, dflt, more, what)	\
	KEY_ROW(conf_channel, kind, path, member, min, max, dflt, more)
#define CHANNEL_RATE(kind, path, member, min, max, dflt, more, what)	\
	KEY_ROW(conf_channel, kind, "rateLimit." path, rate.member, min, max, \
	dflt, more)
/* A channel can only narrow; null is "as the skill has it". */
#define CHANNEL_LIMIT(key, member, min, max, dflt, narrow, words, what)	\
	LIMIT_##narrow(key, member, min, max)
#define LIMIT_NARROW_LEAST(key, member, min, max)			\
	KEY_ROW(conf_channel, QUOTA, "limits." key, limits.member, min, max, \
	CONF_UNSET, NULL)
#define LIMIT_NARROW_MOST	LIMIT_NARROW_LEAST
#define LIMIT_NARROW_NOT(key, member, min, max)
static const struct key rows[] = {
	CHANNEL_KEYS(CHANNEL_ROW, LIMITS_TABLE(CHANNEL_LIMIT),
	    RATE_KEYS(CHANNEL_RATE))
};
static const struct key_table channel_table = KEY_TABLE(rows);

/* A list of names, or "*". */
static int
reach_get(struct cx *cx, const struct value *v, const struct key *k, void *of)
{
	struct conf_channel *ch = of;
	const char *s = json_string_value(v->json);
	int rc;

	if (s != NULL && strcmp(s, "*") == 0) {
		ch->all_skills = 1;
		return (0);
	}
	if (s != NULL) {
		cx_err(cx, v, "must be a list of skills or \"*\"");
		return (-1);
	}
	rc = get_texts(cx, v, k->max, &ch->skills);
	if (strv_has(&ch->skills, "*")) {
		ch->all_skills = 1;
		strv_free(&ch->skills);
	}
	return (rc);
}

static json_t *
reach_show(const struct key *k, const void *of)
{
	const struct conf_channel *ch = of;

	(void)k;
	return (ch->all_skills ? json_string("*") : show_texts(&ch->skills));
}

static const struct key_kind kind_REACH = { .name = "reach",
    .get = reach_get, .show = reach_show, .free = list_free };

/* skills.NAME.channel: one of these; whether it is there is looked at later. */
static int
channel_get(struct cx *cx, const struct value *v, const struct key *k,
    void *of)
{
	char **to = key_at(k, of);
	const char *s;

	if ((s = get_text(cx, v)) == NULL)
		return (-1);
	free(*to);
	*to = xstrdup(strcmp(s, CHANNEL_NONE) == 0 ? "" : s);
	return (0);
}

static json_t *
channel_show(const struct key *k, const void *of)
{
	const char *name = *(char **)key_at(k, of);

	return (json_string(name[0] != '\0' ? name : CHANNEL_NONE));
}

static void
channel_init(const struct key *k, void *of)
{
	*(char **)key_at(k, of) = xstrdup("");
}

static void
channel_free(const struct key *k, void *of)
{
	free(*(char **)key_at(k, of));
}

const struct key_kind kind_CHANNEL = { .name = "channel", .get = channel_get,
    .show = channel_show, .init = channel_init, .free = channel_free };

static struct conf_channel *
add_channel(struct conf *c, const char *name)
{
	struct conf_channel *ch = &c->channels[c->nchannels++];

	ch->name = xstrdup(name);
	limits_unset(&ch->limits);
	keys_init(&channel_table, ch);
	return (ch);
}

static int
one_channel(struct cx *cx, const struct value *v, struct conf *c)
{
	struct conf_channel *ch = add_channel(c, v->key);
	int rc = keys_get(cx, v, &channel_table, ch);

	if (!json_is_object(v->json))
		return (-1);
	if (value_find(v, "users") == NULL) {
		cx_err(cx, v, "\"users\" is missing: who may connect?");
		rc = -1;
	}
	if (value_find(v, "skills") == NULL && ch->access != ACCESS_NONE) {
		cx_err(cx, v, "\"skills\" is missing: a list, or \"*\"");
		rc = -1;
	}
	return (rc);
}

static int
channels_get(struct cx *cx, const struct value *v, const struct key *k,
    void *of)
{
	struct conf *c = of;

	c->channels = xcalloc(v->nkids, sizeof(*c->channels));
	return (keys_each(cx, v, k, "channel", one_channel));
}

/* One channel for the approvers. */
static void
channels_absent(struct cx *cx, const struct value *in, const struct key *k,
    void *of)
{
	struct conf *c = of;
	struct conf_channel *ch;

	(void)k;
	c->channels = xcalloc(1, sizeof(*c->channels));
	ch = add_channel(c, "cli");
	ch->all_skills = 1;
	(void)who_default(cx, in, CONF_ADMINS, &ch->users);
}

static json_t *
channels_show(const struct key *k, const void *of)
{
	const struct conf *c = of;
	json_t *o = json_object();
	size_t i;

	(void)k;
	for (i = 0; i < c->nchannels; i++)
		(void)json_object_set_new(o, c->channels[i].name,
		    keys_show(&channel_table, &c->channels[i]));
	return (o);
}

static void
channels_free(const struct key *k, void *of)
{
	struct conf *c = of;
	size_t i;

	(void)k;
	for (i = 0; i < c->nchannels; i++) {
		keys_free(&channel_table, &c->channels[i]);
		free(c->channels[i].name);
	}
	free(c->channels);
}

const struct key_kind kind_CHANNELS = { .name = "channels",
    .get = channels_get, .show = channels_show, .free = channels_free,
    .absent = channels_absent, .each = &channel_table };

int
conf_channel_has_skill(const struct conf_channel *ch, const char *skill)
{
	return (ch->all_skills || strv_has(&ch->skills, skill));
}

int
conf_skill_reached(const struct conf *c, const struct conf_skill *sk)
{
	const struct conf_channel *ch;
	size_t i;

	for (i = 0; i < c->nchannels; i++) {
		ch = &c->channels[i];
		if (ch->access == ACCESS_EXECUTE &&
		    conf_channel_has_skill(ch, sk->name))
			return (1);
	}
	return (0);
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

const struct conf_channel *
conf_channel(const struct conf *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->nchannels; i++)
		if (strcmp(c->channels[i].name, name) == 0)
			return (&c->channels[i]);
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
