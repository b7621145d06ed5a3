/* SPDX-License-Identifier: ISC */
/* What was not used; see unused.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/conn.h"
#include "client/out.h"
#include "client/report/unused.h"
#include "common/payload.h"

#define UNUSED_ACCOUNTS	16	/* that are asked about */

/* One of a list; 0 if it was there. */
static int
add_once(struct strv *to, const char *text)
{
	size_t i;

	for (i = 0; i < to->n; i++)
		if (strcmp(to->v[i], text) == 0)
			return (0);
	strv_add(to, text);
	return (1);
}

static int
on_skill(const void *row, size_t len, void *arg, struct fail *f)
{
	struct report *r = arg;
	char *name = row_str(row, len, "skill");

	(void)f;
	if (name != NULL && tally_find(&r->skills, name) == NULL)
		(void)add_once(&r->unused_skills, name);
	free(name);
	return (0);
}

/* The patterns of one set, as rules are called that they make. */
static void
look_set(struct report *r, const char *skill, const struct field *set)
{
	struct strv patterns = { NULL, 0 };
	char *name = row_str(set->val, set->len, "set"), *rule;
	struct buf b;
	size_t i;

	field_get_list(set->val, set->len, "patterns", &patterns);
	for (i = 0; i < patterns.n; i++) {
		buf_init(&b, MSG_ROW_MAX);
		if (name != NULL && *name != '\0')
			buf_printf(&b, "%s: %s", name, patterns.v[i]);
		else
			buf_printf(&b, "skills.%s.allow: %s", skill,
			    patterns.v[i]);
		rule = buf_text(&b);
		if (rule != NULL && tally_find(&r->rules, rule) == NULL)
			(void)add_once(&r->unused_patterns, rule);
		free(rule);
	}
	strv_free(&patterns);
	free(name);
}

static int
on_rules(const void *row, size_t len, void *arg, struct fail *f)
{
	char *list = row_str(row, len, "list");
	char *skill = row_str(row, len, "skill");
	struct field sets, set;
	struct rd rd;

	(void)f;
	if (list != NULL && skill != NULL && strcmp(list, "allow") == 0 &&
	    field_find(row, len, "sets", &sets) == 1 &&
	    sets.type == FIELD_ROWS) {
		rd_init(&rd, sets.val, sets.len);
		while (field_next(&rd, &set) == 1)
			if (set.type == FIELD_OBJ)
				look_set(arg, skill, &set);
	}
	free(list);
	free(skill);
	return (0);
}

static int
ask_skills(struct report *r, struct conn *c, struct fail *f)
{
	struct msg_try q;
	char none[] = "";
	struct buf b;
	int ret;

	memset(&q, 0, sizeof(q));
	q.skill = none;
	payload_put(&b, MSG_TRY, &msg_try_shape, &q);
	ret = conn_rows(c, MSG_TRY, b.data, b.len, on_skill, r, f);
	buf_free(&b);
	return (ret);
}

static int
ask_rules(struct report *r, struct conn *c, uint32_t uid, struct fail *f)
{
	struct msg_account q = { uid };
	struct buf b;
	int ret;

	payload_put(&b, MSG_RULES, &msg_account_shape, &q);
	ret = conn_rows(c, MSG_RULES, b.data, b.len, on_rules, r, f);
	buf_free(&b);
	return (ret);
}

static int
ask_all(struct report *r, struct conn *c, struct fail *f)
{
	size_t i;

	if (ask_skills(r, c, f) == -1)
		return (-1);
	for (i = 0; i < r->accounts.rows && i < UNUSED_ACCOUNTS; i++)
		if (ask_rules(r, c, (uint32_t)strtoul(r->accounts.v[i].text,
		    NULL, 10), f) == -1)
			return (-1);
	return (0);
}

void
unused_ask(struct report *r, const struct cli *cli)
{
	struct conn *c;
	struct fail f;

	if (r->rules.others != 0 || r->skills.others != 0) {
		(void)snprintf(r->unused_why, sizeof(r->unused_why),
		    "more rules were used than are counted");
		return;
	}
	c = conn_open(cli, &f);
	if (c == NULL || ask_all(r, c, &f) == -1) {
		strv_free(&r->unused_skills);
		strv_free(&r->unused_patterns);
		(void)snprintf(r->unused_why, sizeof(r->unused_why), "%.255s",
		    f.text);
	}
	conn_free(c);
}
