/* SPDX-License-Identifier: ISC */
/* Trying commands; see trial.h. */
#include "config.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/field.h"
#include "common/msg.h"
#include "common/role.h"
#include "common/xconf.h"
#include "supervisor/conf/conftell.h"
#include "supervisor/conf/judge.h"
#include "supervisor/conf/trial.h"

struct trial_line {
	char	*skill;
	char	*line;
};

struct trial_lines {
	struct trial_line	*v;
	size_t		 n;
	size_t		 cap;
	size_t		 more;
};

static void
add(struct trial_lines *cs, const char *skill, const char *line)
{
	const size_t cap = cs->cap == 0 ? 256 : 2 * cs->cap;

	if (cs->n == cs->cap) {
		cs->v = xrecallocarray(cs->v, cs->cap, cap, sizeof(*cs->v));
		cs->cap = cap;
	}
	cs->v[cs->n].skill = xstrdup(skill);
	cs->v[cs->n++].line = xstrdup(line);
}

static int
by_text(const void *a, const void *b)
{
	const struct trial_line *x = a, *y = b;
	int r = strcmp(x->skill, y->skill);

	return (r != 0 ? r : strcmp(x->line, y->line));
}

/* Each once. */
static void
unique(struct trial_lines *cs)
{
	size_t i, n = 0;

	if (cs->n > 1)
		qsort(cs->v, cs->n, sizeof(*cs->v), by_text);
	for (i = 0; i < cs->n; i++) {
		if (n > 0 && by_text(&cs->v[n - 1], &cs->v[i]) == 0) {
			free(cs->v[i].skill);
			free(cs->v[i].line);
		} else
			cs->v[n++] = cs->v[i];
	}
	cs->n = n;
}

/* What does not fit even where each is once. */
static int
has_room(struct trial_lines *cs)
{
	if (cs->n < 2 * TRIAL_MAX)
		return (1);
	unique(cs);
	if (cs->n < TRIAL_MAX)
		return (1);
	cs->more++;
	return (0);
}

/* The word as a shell, and a test, reads it. */
static void
put_word(struct buf *b, const char *s)
{
	buf_put_u8(b, '\'');
	for (; *s != '\0'; s++)
		if (*s == '\'')
			buf_put(b, "'\\''", 4);
		else
			buf_put_u8(b, (uint8_t)*s);
	buf_put_u8(b, '\'');
}

/* NULL if a word is none that can be had back. */
static char *
line_of(const json_t *argv)
{
	struct buf b;
	const char *s;
	char *line = NULL;
	size_t i;

	buf_init(&b, MSG_REQ_MAX);
	for (i = 0; i < json_array_size(argv); i++) {
		if ((s = json_string_value(json_array_get(argv, i))) == NULL)
			break;
		if (i > 0)
			buf_put_u8(&b, ' ');
		put_word(&b, s);
	}
	if (i > 0 && i == json_array_size(argv) && !b.bad)
		line = xstrndup((const char *)b.data, b.len);
	buf_free(&b);
	return (line);
}

static void
take(struct trial_lines *cs, const char *text, size_t len)
{
	const char *at = memchr(text, '{', len), *skill, *line;
	json_t *o;
	const json_t *argv;
	char *own = NULL;

	if (at == NULL || (o = json_loadb(at, len - (size_t)(at - text), 0,
	    NULL)) == NULL)
		return;
	skill = json_string_value(json_object_get(o, "skill"));
	line = json_string_value(json_object_get(o, "line"));
	argv = json_object_get(o, "argv");
	if (line == NULL)
		line = own = line_of(argv);
	if (skill != NULL && line != NULL && has_room(cs))
		add(cs, skill, line);
	else if (skill != NULL && line == NULL && argv != NULL)
		cs->more++;	/* words that are no text */
	free(own);
	json_decref(o);
}

static void
take_input(struct trial_lines *cs)
{
	char *text = NULL;
	size_t size = 0;
	ssize_t n;

	while ((n = getline(&text, &size, stdin)) != -1)
		take(cs, text, (size_t)n);
	free(text);
}

static void
take_tests(struct trial_lines *cs, const struct conf_skill *sk)
{
	size_t v, i;

	for (v = 0; v < 3; v++)
		for (i = 0; i < sk->tests[v].n; i++)
			add(cs, sk->name, sk->tests[v].v[i]);
	for (i = 0; i < sk->profile_tests.n; i++)
		add(cs, sk->name, sk->profile_tests.v[i]);
}

static void
put_verdict(struct buf *b, const struct conf *c, const struct conf_skill *sk,
    const struct strv *argv)
{
	struct decision d;
	struct rules r;

	conf_rules(&r, c, sk);
	policy_try(&d, &r, argv, conf_execs(c, sk) == EXECS_JUDGE);
	policy_end(&d);
	field_str(b, "verdict", verdict_words[d.verdict]);
	field_str(b, "rule", d.rule);
	field_str(b, "where", d.where);
}

static void
put_command(const struct conf *c, const struct trial_line *cmd)
{
	const struct conf_skill *sk = conf_skill(c, cmd->skill);
	struct strv argv = { NULL, 0 };
	struct buf b;

	buf_init(&b, MSG_ROW_MAX);
	field_str(&b, "skill", cmd->skill);
	field_str(&b, "line", cmd->line);
	if (sk == NULL)
		field_bool(&b, "gone", 1);
	else if (policy_words(cmd->line, &argv) == -1)
		field_bool(&b, "unread", 1);
	else
		put_verdict(&b, c, sk, &argv);
	strv_free(&argv);
	draft_put(stdout, &b);
}

static void
put_all(const struct conf *c, struct trial_lines *cs)
{
	struct buf b;
	size_t i;

	unique(cs);
	for (i = 0; i < cs->n; i++) {
		put_command(c, &cs->v[i]);
		free(cs->v[i].skill);
		free(cs->v[i].line);
	}
	free(cs->v);
	if (cs->more == 0)
		return;
	buf_init(&b, 256);
	field_u64(&b, "more", cs->more);
	draft_put(stdout, &b);
}

static void
hear_nothing(void *arg, const struct conf_said *s)
{
	(void)arg;
	(void)s;
}

int
trial(const char *path)
{
	const struct conf_ear ear = { .hear = hear_nothing };
	struct conf *c = conf_draft(path, &ear, NULL);
	struct trial_lines cs = { NULL, 0, 0, 0 };
	size_t i;

	if (c == NULL)
		return (EXIT_CONFIG);
	for (i = 0; i < c->nskills; i++)
		take_tests(&cs, &c->skills[i]);
	take_input(&cs);
	put_all(c, &cs);
	conf_free(c);
	return (fflush(stdout) != 0 || ferror(stdout) ? EXIT_IO : 0);
}

void
draft_put(FILE *fp, struct buf *row)
{
	struct buf b;

	buf_init(&b, MSG_ROW_MAX + sizeof(uint32_t));
	buf_put_u32(&b, (uint32_t)row->len);
	buf_put(&b, row->data, row->len);
	(void)fwrite(b.data, 1, b.len, fp);
	buf_free(&b);
	buf_free(row);
}
