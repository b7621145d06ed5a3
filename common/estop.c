/* SPDX-License-Identifier: ISC */
/* Emergency stops; see estop.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/estop.h"
#include "common/field.h"

static const char *const words[ESTOP_SCOPES] = {
	[ESTOP_ALL] = "all",
	[ESTOP_USER] = "user",
	[ESTOP_SKILL] = "skill",
	[ESTOP_CHANNEL] = "channel",
};

static const struct shape_row estop_rows[] = {
	U8(msg_estop, scope, ESTOP_ALL, ESTOP_SCOPES - 1),
	U32(msg_estop, user, 0, UINT32_MAX),
	STR(msg_estop, name, PLAN_MAXNAME),
	STR(msg_estop, why, ESTOP_MAXWHY),
};

/* A scope has what it is about, and nothing else. */
static int
estop_wrong(const void *p)
{
	const struct msg_estop *v = p;
	int named = v->scope == ESTOP_SKILL || v->scope == ESTOP_CHANNEL;

	return ((v->name[0] != '\0') != named ||
	    (v->user != 0 && v->scope != ESTOP_USER));
}

SHAPE(msg_estop, "ESTOP", estop_rows, estop_wrong);

const char *
estop_word(unsigned scope)
{
	return (scope < ESTOP_SCOPES ? words[scope] : NULL);
}

void
estop_text(char *buf, size_t len, unsigned scope, uint32_t user,
    const char *name)
{
	if (scope == ESTOP_ALL)
		(void)snprintf(buf, len, "everything");
	else if (scope == ESTOP_USER)
		(void)snprintf(buf, len, "user %u", user);
	else
		(void)snprintf(buf, len, "%s %s", words[scope], name);
}

struct estop *
estops_find(struct estops *s, unsigned scope, uint32_t user,
    const char *name)
{
	struct estop *e;

	for (e = s->v; e < s->v + s->n; e++)
		if (e->scope == scope && e->user == user &&
		    strcmp(e->name, name) == 0)
			return (e);
	return (NULL);
}

struct estop *
estops_add(struct estops *s, const struct estop *e)
{
	struct estop *at = estops_find(s, e->scope, e->user, e->name);
	/* the last place is for everything */
	size_t max = e->scope == ESTOP_ALL ? ESTOPS_MAX : ESTOPS_MAX - 1;

	if (at == NULL && s->n >= max && estops_find(s, ESTOP_ALL, 0,
	    "") == NULL)
		return (NULL);
	if (at == NULL && s->n == ESTOPS_MAX)
		return (NULL);
	if (at == NULL)
		at = &s->v[s->n++];
	*at = *e;
	return (at);
}

void
estops_del(struct estops *s, struct estop *e)
{
	size_t i = (size_t)(e - s->v);

	s->n--;
	memmove(e, e + 1, (s->n - i) * sizeof(*e));
}

static int
covers(const struct estop *e, const char *channel, const char *skill,
    uint32_t user)
{
	switch (e->scope) {
	case ESTOP_ALL:
		return (1);
	case ESTOP_USER:
		return (e->user == user);
	case ESTOP_SKILL:
		return (strcmp(e->name, skill) == 0);
	default:
		return (strcmp(e->name, channel) == 0);
	}
}

const struct estop *
estops_covers(const struct estops *s, const char *channel,
    const char *skill, uint32_t user)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (covers(&s->v[i], channel, skill, user))
			return (&s->v[i]);
	return (NULL);
}

void
estop_put(struct buf *b, const struct estop *e)
{
	field_str(b, "scope", words[e->scope]);
	if (e->scope == ESTOP_USER)
		field_u64(b, "user", e->user);
	if (e->name[0] != '\0')
		field_str(b, "name", e->name);
}

static void
get_text(const void *data, size_t len, const char *key, char *out,
    size_t size)
{
	char *s = field_get_str(data, len, key);

	(void)snprintf(out, size, "%s", s);
	free(s);
}

int
estop_get(const void *data, size_t len, struct estop *e)
{
	char word[16];
	unsigned i;

	memset(e, 0, sizeof(*e));
	get_text(data, len, "scope", word, sizeof(word));
	for (i = ESTOP_ALL; i < ESTOP_SCOPES; i++)
		if (strcmp(words[i], word) == 0)
			break;
	if (i == ESTOP_SCOPES)
		return (-1);
	e->scope = (uint8_t)i;
	if (i == ESTOP_USER)
		e->user = (uint32_t)field_get_u64(data, len, "user", 0);
	if (i == ESTOP_SKILL || i == ESTOP_CHANNEL)
		get_text(data, len, "name", e->name, sizeof(e->name));
	get_text(data, len, "reason", e->why, sizeof(e->why));
	return (0);
}

void
estops_put(struct buf *b, const char *key, const struct estops *s)
{
	const struct estop *e;
	size_t all, one;
	char n[24];

	all = field_obj(b, key);
	for (e = s->v; e < s->v + s->n; e++) {
		(void)snprintf(n, sizeof(n), "%zu", (size_t)(e - s->v) + 1);
		one = field_obj(b, n);
		estop_put(b, e);
		field_str(b, "reason", e->why);
		field_bool(b, "by_signal", e->by_signal);
		field_u64(b, "by", e->by);
		field_u64(b, "time_us", e->time_us);
		field_end(b, one);
	}
	field_end(b, all);
}

void
estops_get(const void *data, size_t len, const char *key, struct estops *s)
{
	struct field f, one;
	struct estop e;
	struct rd r;

	s->n = 0;
	if (field_find(data, len, key, &f) != 1 || f.type != FIELD_OBJ)
		return;
	rd_init(&r, f.val, f.len);
	while (field_next(&r, &f) == 1) {
		if (f.type != FIELD_OBJ ||
		    estop_get(f.val, f.len, &e) == -1)
			continue;
		e.by_signal = field_find(f.val, f.len, "by_signal",
		    &one) == 1 && one.u != 0;
		e.by = (uint32_t)field_get_u64(f.val, f.len, "by", 0);
		e.time_us = field_get_u64(f.val, f.len, "time_us", 0);
		(void)estops_add(s, &e);
	}
}
