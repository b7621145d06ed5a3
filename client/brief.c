/* SPDX-License-Identifier: ISC */
/* The essence of what waits for an approval; see brief.h. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/brief.h"
#include "client/esc.h"
#include "client/margin.h"
#include "client/out.h"
#include "client/released.h"
#include "common/msg.h"
#include "common/protect.h"

#define DIGEST_SHOWN	8	/* bytes; all of it is in the full view */

/* While it is made. */
struct brief_making {
	struct brief	*br;
	const struct pending *p;
	const uint8_t	*row;
	size_t		 len;
	size_t		 cols;
	struct buf	 usual;		/* what is as by default */
	struct buf	 b;
};

static void
add_usual(struct brief_making *m, const char *what)
{
	buf_printf(&m->usual, "%s%s", m->usual.len != 0 ? ", " : "", what);
}

static void
differs(struct brief_making *m, const char *label)
{
	margin_take(&m->br->differs, m->cols, label, &m->b);
}

static void
around(struct brief_making *m, const char *label)
{
	margin_take(&m->br->around, m->cols, label, &m->b);
}

static size_t
listed(const struct brief_making *m, const char *key, struct strv *sv)
{
	memset(sv, 0, sizeof(*sv));
	field_get_list(m->row, m->len, key, sv);
	return (sv->n);
}

/* A list in one row, where there is something in it. */
static int
put_list(struct brief_making *m, const char *key, const char *label)
{
	struct strv sv;
	size_t i, n = listed(m, key, &sv);

	for (i = 0; i < n; i++) {
		buf_printf(&m->b, i != 0 ? ", " : "");
		esc_word(&m->b, sv.v[i], strlen(sv.v[i]));
	}
	strv_free(&sv);
	if (n != 0)
		differs(m, label);
	return (n != 0);
}

/* Each with the conditions on which it is released. */
static int
put_secrets(struct brief_making *m)
{
	struct strv sv;
	size_t i, n = released_texts(m->row, m->len, &sv);

	for (i = 0; i < n; i++)
		buf_printf(&m->b, "%s%s", i != 0 ? "; " : "", sv.v[i]);
	strv_free(&sv);
	if (n != 0)
		differs(m, "SECRETS");
	return (n != 0);
}

static void
put_digest(struct buf *b, const uint8_t digest[PLAN_DIGEST])
{
	size_t i;

	buf_printf(b, ", blake2b ");
	for (i = 0; i < DIGEST_SHOWN; i++)
		buf_printf(b, "%02x", digest[i]);
	buf_printf(b, "..");
}

static void
put_limits(struct brief_making *m)
{
	const struct limit_row *row;
	const struct limits *l = &m->p->plan.limits;
	int n = 0;
	size_t i;

	for (i = 0; i < LIMITS_N; i++) {
		row = &limit_rows[i];
		if (l->v[i] == row->dflt)
			continue;
		buf_printf(&m->b, "%s%s ", n++ != 0 ? ", " : "", row->key);
		if (row->words != NULL)
			buf_printf(&m->b, "%s", row->words[l->v[i]]);
		else
			buf_printf(&m->b, "%" PRIu32, l->v[i]);
	}
	if (n != 0)
		differs(m, "limits");
	else
		add_usual(m, "usual limits");
}

/* Names in what it may write that stay as they are. */
static void
put_protect(struct brief_making *m)
{
	struct strv sv;
	size_t i, n, same = 0;

	n = listed(m, "protect", &sv);
	for (i = 0; i < n && protect_usual[i] != NULL &&
	    strcmp(sv.v[i], protect_usual[i]) == 0; i++)
		same++;
	if (!row_has(m->row, m->len, "protect"))
		;	/* of nothing there are no names */
	else if (same == n && protect_usual[n] == NULL)
		add_usual(m, "usual names protected");
	else if (n == 0) {
		buf_printf(&m->b, "NO name in there is");
		differs(m, "protected");
	} else {
		buf_printf(&m->b, "in there others than usual, %zu names", n);
		differs(m, "protected");
	}
	strv_free(&sv);
}

/* A variable that the caller asked for, out of all of them. */
static void
put_variable(struct brief_making *m, const char *name)
{
	const struct strv *env = &m->p->plan.env;
	size_t i, n = strlen(name);

	for (i = 0; i < env->n; i++)
		if (strncmp(env->v[i], name, n) == 0 && env->v[i][n] == '=')
			break;
	if (i == env->n)
		return;
	esc_word(&m->b, env->v[i], strlen(env->v[i]));
	buf_put_u8(&m->b, ' ');
}

/* What the request says of its own surroundings. */
static void
put_request(struct brief_making *m)
{
	const struct plan *p = &m->p->plan;
	size_t i;

	for (i = 0; i < p->asked_env.n; i++)
		put_variable(m, p->asked_env.v[i]);
	if (p->asked_env.n != 0)
		differs(m, "variables");
	else
		add_usual(m, "no variables of its own");
	if (p->tty) {
		buf_printf(&m->b, "it has one, and can be typed to");
		differs(m, "terminal");
	}
	if (p->detach) {
		buf_printf(&m->b, "it goes on without its caller");
		differs(m, "detached");
	}
	put_limits(m);
}

/* What can be another by then, shortly: it is told in full elsewhere. */
static void
put_open(struct brief_making *m)
{
	put_list(m, "not_bound", "can change");
}

static void
put_size(struct buf *b, uint64_t size)
{
	if (size != UINT64_MAX)
		buf_printf(b, ", %" PRIu64 " byte%s", size,
		    size == 1 ? "" : "s");
}

static void
put_files(struct brief_making *m)
{
	const struct ident *id;
	struct ident store;
	char label[16];
	size_t n;

	for (n = 1; (id = pending_file(m->p, n, &store)) != NULL; n++) {
		esc_word(&m->b, id->path, strlen(id->path));
		put_size(&m->b, id->size);
		put_digest(&m->b, id->digest);
		(void)snprintf(label, sizeof(label), "file %zu", n);
		differs(m, label);
	}
}

static void
put_program(struct brief_making *m)
{
	const struct pending *p = m->p;
	const char *path = p->program ? p->ask.row.path : p->plan.exe.path;

	esc_word(&m->b, path, strlen(path));
	if (!p->program)
		put_size(&m->b, p->plan.exe.size);
	put_digest(&m->b, p->program ? p->ask.row.digest : p->plan.exe.digest);
	differs(m, "program");
}

static void
put_network(struct brief_making *m)
{
	char *network = field_get_str(m->row, m->len, "network");

	if (strcmp(network, "none") == 0)
		add_usual(m, "no network");
	else if (strcmp(network, "loopback") == 0)
		add_usual(m, "a loopback of its own");
	else {
		buf_printf(&m->b, "it can reach other machines, and what "
		    "listens on this one");
		differs(m, "NETWORK");
	}
	free(network);
}

/* The programs between it and the request, the nearest first. */
static void
put_way(struct brief_making *m)
{
	struct field way, step;
	struct rd r;

	if (!m->p->program)
		return;
	row_show(&m->b, m->row, m->len, "request");
	around(m, "request");
	if (field_find(m->row, m->len, "way", &way) != 1 ||
	    way.type != FIELD_ROWS)
		return;
	rd_init(&r, way.val, way.len);
	while (field_next(&r, &step) == 1)
		if (step.type == FIELD_OBJ) {
			row_show(&m->b, step.val, step.len, "argv");
			around(m, "started by");
		}
}

/* Homoglyphs cannot be told apart by looking: say that there may be some. */
static void
put_foreign(struct brief_making *m)
{
	static const char *const keys[] = { "argv", "exe", "script", "cwd",
	    "bound", "env", "request", NULL };
	size_t i;
	int n = 0;

	for (i = 0; keys[i] != NULL; i++)
		if (row_foreign(m->row, m->len, keys[i]))
			buf_printf(&m->b, "%s%s", n++ != 0 ? ", " :
			    "characters beyond ASCII, which may look like "
			    "others, in ", keys[i]);
	if (n != 0)
		around(m, "note");
}

static void
put_who(struct brief_making *m)
{
	uint64_t uid;

	if (row_num(m->row, m->len, "uid", &uid))
		out_user(&m->b, uid);
	buf_printf(&m->b, ", process ");
	row_show(&m->b, m->row, m->len, "pid");
	buf_printf(&m->b, ", channel ");
	row_show(&m->b, m->row, m->len, "channel");
	buf_printf(&m->b, ", skill ");
	row_show(&m->b, m->row, m->len, "skill");
	buf_printf(&m->b, ", to run as ");
	row_show(&m->b, m->row, m->len, "account");
	around(m, "who");
}

/* A run asks for it, from inside: that is not what somebody has typed. */
static void
put_asker(struct brief_making *m)
{
	uint64_t depth;

	if (!row_num(m->row, m->len, "depth", &depth))
		return;
	row_show(&m->b, m->row, m->len, "asker");
	buf_printf(&m->b, ", %" PRIu64 " deep", depth);
	if (row_has(m->row, m->len, "asker_argv")) {
		buf_printf(&m->b, ", skill ");
		row_show(&m->b, m->row, m->len, "asker_skill");
		buf_printf(&m->b, ": ");
		row_show(&m->b, m->row, m->len, "asker_argv");
	}
	around(m, "BY RUN");
}

/* The same rights for what it runs in turn, and who answers to it. */
static void
put_reach(struct brief_making *m)
{
	(void)put_list(m, "sockets", "SOCKETS");
	if (!row_has(m->row, m->len, "inner_channel"))
		return;
	buf_printf(&m->b, "it can ask for runs itself, on ");
	row_show(&m->b, m->row, m->len, "inner_channel");
	differs(m, "channel");
}

/* A text of somebody's, quoted where need be. */
static void
put_words(struct brief_making *m, const char *key, const char *label)
{
	char *s = field_get_str(m->row, m->len, key);

	if (*s != '\0') {
		esc_word(&m->b, s, strlen(s));
		around(m, label);
	}
	free(s);
}

static void
put_rule(struct brief_making *m)
{
	char *because = field_get_str(m->row, m->len, "because");

	row_show(&m->b, m->row, m->len, "rule");
	if (*because != '\0') {
		buf_printf(&m->b, "; ");
		esc_text(&m->b, because, strlen(because));
	}
	around(m, "rule");
	free(because);
}

/* Nobody waits with it: what a yes means then. */
static void
put_lapsed(struct brief_making *m)
{
	uint64_t uid;

	if (!row_has(m->row, m->len, "lapsed"))
		return;
	if (row_num(m->row, m->len, "denied_by", &uid)) {
		buf_printf(&m->b, "denied by ");
		out_user(&m->b, uid);
	} else
		buf_printf(&m->b, "nobody approved it in time");
	buf_printf(&m->b, "; yes lets the same request run, once, when it is "
	    "made again within 30 minutes");
	around(m, "LAPSED");
}

/* What the same yes is for later on: lines that were made by ourselves. */
static void
put_again(struct brief_making *m)
{
	struct strv sv;
	size_t i, n = listed(m, "again", &sv);

	for (i = 0; i < n; i++) {
		esc_text(&m->b, sv.v[i], strlen(sv.v[i]));
		around(m, i == 0 ? "AGAIN" : "");
	}
	strv_free(&sv);
}

static void
put_head(struct brief_making *m)
{
	uint64_t left;

	row_show(&m->b, m->row, m->len, m->p->program ? "question" : "run");
	if (m->p->program) {
		buf_printf(&m->b, ", a program of the run ");
		row_show(&m->b, m->row, m->len, "run");
	}
	if (row_num(m->row, m->len, "expires_s", &left)) {
		buf_printf(&m->b, ", expires in ");
		out_age(&m->b, left < UINT32_MAX ? left * 1000 : UINT32_MAX);
	}
	margin_take(&m->br->head, m->cols, "approval", &m->b);
}

static void
put_rotates(struct brief_making *m)
{
	const char *name = m->p->plan.rotates;

	if (name[0] == '\0')
		return;
	buf_printf(&m->b, "what it prints becomes the new value of ");
	esc_word(&m->b, name, strlen(name));
	differs(m, "ROTATES");
}

/* The least important first: it is the farthest from the question. */
static void
put_differs(struct brief_making *m)
{
	struct strv usual = { NULL, 0 }, rest;
	size_t i;

	put_open(m);
	if (!m->p->program)
		put_request(m);
	put_protect(m);
	put_files(m);
	put_program(m);
	if (!put_secrets(m))
		add_usual(m, "no secrets");
	(void)put_list(m, "read", "may read");
	if (!put_list(m, "write", "may write"))
		add_usual(m, "nothing to write to");
	put_reach(m);
	put_network(m);
	if (!m->p->program)
		put_rotates(m);
	margin_take(&usual, m->cols, "as usual", &m->usual);
	rest = m->br->differs;
	for (i = 0; i < rest.n; i++)
		strv_add(&usual, rest.v[i]);
	strv_free(&rest);
	m->br->differs = usual;
}

void
brief_make(struct brief *br, const struct pending *p, size_t cols)
{
	struct brief_making m;

	memset(&m, 0, sizeof(m));
	memset(br, 0, sizeof(*br));
	m.br = br;
	m.p = p;
	m.row = p->row.data;
	m.len = p->row.len;
	m.cols = cols;
	buf_init(&m.b, 64U * MSG_ROW_MAX);
	buf_init(&m.usual, 4096);
	put_head(&m);
	put_differs(&m);
	put_who(&m);
	put_asker(&m);
	put_way(&m);
	put_words(&m, "cwd", "where");
	put_words(&m, "reason", "why");
	put_rule(&m);
	put_foreign(&m);
	put_again(&m);
	put_lapsed(&m);
	row_show(&m.b, m.row, m.len, "argv");
	margin_take(&br->command, cols, "command", &m.b);
	buf_free(&m.b);
	buf_free(&m.usual);
}

void
brief_free(struct brief *br)
{
	strv_free(&br->head);
	strv_free(&br->differs);
	strv_free(&br->around);
	strv_free(&br->command);
}

static void
append(struct strv *to, const struct strv *from, size_t first, size_t n)
{
	size_t i;

	for (i = first; i < first + n; i++)
		strv_add(to, from->v[i]);
}

void
brief_all(const struct brief *br, struct strv *out)
{
	append(out, &br->head, 0, br->head.n);
	append(out, &br->differs, 0, br->differs.n);
	append(out, &br->around, 0, br->around.n);
	append(out, &br->command, 0, br->command.n);
}

/* Its first and last lines where it has more than n, which is 3 or more. */
static void
shorten(struct strv *to, const struct strv *from, size_t n)
{
	char *s;

	if (from->n <= n) {
		append(to, from, 0, from->n);
		return;
	}
	append(to, from, 0, n - 2);
	(void)xasprintf(&s, "%10s | [%zu lines, which you have read]", "...",
	    from->n - n + 1);
	strv_add(to, s);
	free(s);
	append(to, from, from->n - 1, 1);
}

void
brief_short(const struct brief *br, struct strv *out, size_t rows)
{
	size_t half = (rows - 1) / 2;

	if (half < 3)
		half = 3;
	append(out, &br->head, 0, 1);
	shorten(out, &br->around, rows - 1 - half);
	shorten(out, &br->command, half);
}
