/* SPDX-License-Identifier: ISC */
/* Rows of what waits; see pending.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "client/conn.h"
#include "client/out.h"
#include "client/pending.h"
#include "common/decimal.h"
#include "common/msg.h"
#include "common/xmalloc.h"

static int
is_key(const struct field *f, const char *key)
{
	return (f->keylen == strlen(key) &&
	    memcmp(f->key, key, f->keylen) == 0);
}

/* What is told, without the bytes, which are taken out. */
static void
copy_told(struct buf *b, const void *data, size_t len, struct field *plan,
    struct field *exec)
{
	const uint8_t *from;
	struct field f;
	struct rd r;

	memset(plan, 0, sizeof(*plan));
	memset(exec, 0, sizeof(*exec));
	rd_init(&r, data, len);
	for (from = r.p; field_next(&r, &f) == 1; from = r.p)
		if (is_key(&f, "plan_bytes"))
			*plan = f;
		else if (is_key(&f, "exec_bytes"))
			*exec = f;
		else
			buf_put(b, from, (size_t)(r.p - from));
}

/* Is it what the daemon tells of it? */
static int
plan_fits(const struct pending *p)
{
	uint64_t uid;
	char *channel, *skill;
	int fits;

	channel = field_get_str(p->row.data, p->row.len, "channel");
	skill = field_get_str(p->row.data, p->row.len, "skill");
	fits = strcmp(channel, p->plan.channel) == 0 &&
	    strcmp(skill, p->plan.skill) == 0 &&
	    row_num(p->row.data, p->row.len, "uid", &uid) &&
	    uid == p->plan.caller;
	free(channel);
	free(skill);
	return (fits);
}

static const char *
take_plan(struct pending *p, const struct field *bytes)
{
	if (bytes->type != FIELD_HEX || plan_get(bytes->val, bytes->len,
	    &p->plan) == -1)
		return ("malformed plan");
	if (!plan_fits(p))
		return ("plan of something else");
	plan_digest(p->digest, bytes->val, bytes->len);
	plan_show(&p->row, &p->plan, p->digest);
	return (NULL);
}

static const char *
take_program(struct pending *p, const struct field *bytes)
{
	struct buf b;
	int bad;

	plan_digest(p->digest, bytes->val, bytes->len);
	buf_init(&b, 4U * MSG_ROW_MAX);
	buf_put(&b, p->digest, sizeof(p->digest));
	buf_put(&b, bytes->val, bytes->len);
	bad = bytes->type != FIELD_HEX || b.bad || shape_get(&exec_ask_shape,
	    &p->ask, b.data, b.len) == -1;
	buf_free(&b);
	if (bad)
		return ("malformed program");
	exec_show(&p->row, &p->ask);
	return (NULL);
}

static const char *
take_id(struct pending *p)
{
	const char *key = p->program ? "question" : "run";
	char *id = row_str(p->row.data, p->row.len, key);
	int r;

	r = id == NULL ? -1 : runid_parse(id, &p->number);
	free(id);
	if (r == -1)
		return ("no id");
	runid_text(p->id, p->number);
	return (NULL);
}

int
pending_get(struct pending *p, const void *data, size_t len, struct fail *f)
{
	struct field plan, exec;
	const char *wrong;

	memset(p, 0, sizeof(*p));
	buf_init(&p->row, 4U * MSG_ROW_MAX);
	copy_told(&p->row, data, len, &plan, &exec);
	p->program = row_has(data, len, "question");
	if ((wrong = take_id(p)) == NULL) {
		if ((plan.val != NULL) == (exec.val != NULL) ||
		    p->program != (exec.val != NULL))
			wrong = "no plan";
		else
			wrong = p->program ? take_program(p, &exec) :
			    take_plan(p, &plan);
	}
	/* nothing is told twice, and differently */
	if (wrong == NULL && (p->row.bad || row_check(p->row.data,
	    p->row.len) == -1))
		wrong = "more than a plan";
	if (wrong == NULL)
		return (0);
	fail_set(f, EXIT_CLAWBOT, "wrong answer from the daemon: %s", wrong);
	return (-1);
}

void
pending_free(struct pending *p)
{
	buf_free(&p->row);
	plan_free(&p->plan);
	shape_free(&exec_ask_shape, &p->ask);
	memset(p, 0, sizeof(*p));
}

struct finding_one {
	uint64_t	 id;
	struct pending	*p;
	int		 found;
};

static int
pick(const void *data, size_t len, void *arg, struct fail *f)
{
	struct finding_one *one = arg;
	struct pending p;
	int r;

	if ((r = pending_get(&p, data, len, f)) == 0 && !one->found &&
	    p.number == one->id) {
		*one->p = p;
		one->found = 1;
	} else
		pending_free(&p);
	return (r);
}

int
pending_find(struct conn *c, uint64_t id, struct pending *p, struct fail *f)
{
	struct finding_one one = { id, p, 0 };
	char text[RUNID_TEXT];
	uint8_t watch = 0;

	memset(p, 0, sizeof(*p));
	if (conn_rows(c, MSG_APPROVALS, &watch, 1, pick, &one, f) == -1 ||
	    (!one.found && conn_rows(c, MSG_LAPSED, NULL, 0, pick, &one,
	    f) == -1))
		return (-1);
	if (one.found) {
		p->lapsed = row_has(p->row.data, p->row.len, "lapsed");
		return (0);
	}
	runid_text(text, id);
	fail_set(f, 1, "%s does not wait for an approval", text);
	fail_hint(f, "clawbot approvals shows what does, and with --lapsed "
	    "what can be approved late");
	return (-1);
}

static const struct ident *
program_file(const struct pending *p, size_t n, struct ident *store)
{
	if (n != 1 || p->ask.row.script[0] == '\0')
		return (NULL);
	memset(store, 0, sizeof(*store));
	store->path = p->ask.row.script;
	store->size = UINT64_MAX;
	memcpy(store->digest, p->ask.row.script_digest, sizeof(store->digest));
	return (store);
}

const struct ident *
pending_file(const struct pending *p, size_t n, struct ident *store)
{
	size_t i;

	if (p->program)
		return (program_file(p, n, store));
	if (p->plan.script.path[0] != '\0' && n-- == 1)
		return (&p->plan.script);
	for (i = 0; i < p->plan.nbound; i++)
		if (p->plan.bound[i].how == BOUND_FILE && n-- == 1)
			return (&p->plan.bound[i].file);
	return (NULL);
}

size_t
pending_typed(const char *s)
{
	const char *p = s + strspn(s, " \t");
	size_t len = strlen(p);
	uint64_t n = 1;
	char *word;

	while (len > 0 && (p[len - 1] == ' ' || p[len - 1] == '\t'))
		len--;
	word = xstrndup(p, len);
	if (*word != '\0' && decimal(word, SIZE_MAX, &n) == -1)
		n = 0;
	free(word);
	return ((size_t)n);
}
