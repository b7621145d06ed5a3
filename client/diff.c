/* SPDX-License-Identifier: ISC */
/*
 * policy diff: which commands would get another verdict by a file than they
 * get by what is in force.  What is in force is judged by the daemon, so that
 * nobody gets its text; the file by clawbotd, as whoever asks; both as tests
 * are judged.
 */
#include "config.h"

#include <sys/mman.h>

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/conn.h"
#include "client/draft.h"
#include "client/esc.h"
#include "client/logquery.h"
#include "client/out.h"
#include "common/civil.h"
#include "common/io.h"
#include "common/payload.h"
#include "common/record/lines.h"
#include "common/record/record.h"
#include "common/xmalloc.h"

#define DIFF_CHANGED	1
#define DIFF_TROUBLE	2
#define DIFF_RECORDS	100000		/* of the log, at most */
#define DIFF_DAYS	7
#define DIFF_BATCH	(128U * 1024)	/* bytes of lines at one time */

/* A command, and what it gets; verdicts NULL: it was not judged. */
struct tried {
	char	*skill;
	char	*line;
	char	*verdict[2];	/* in force, by the file */
	char	*rule[2];
	char	*where[2];
};

struct diff {
	struct cli	*cli;
	const char	*file;
	struct conn	*conn;
	struct strv	 skills;	/* those in force for the caller */
	char		*policy;	/* the digest of that; NULL: none yet */
	int		 log;		/* may read it */
	int		 in;		/* for clawbotd */
	char		 since[CIVIL_TEXT];
	struct record_lines cut;
	const char	*skill;		/* whose tests come */
	struct tried	*v;
	size_t		 n;
	size_t		 cap;
	size_t		 at;		/* whose verdict comes */
	size_t		 changes;
	size_t		 same;
	size_t		 unread;
	uint64_t	 more;
	struct strv	 missing[2];	/* skills only in one of both */
};

static int
put_in(struct diff *d, const void *p, size_t len, struct fail *f)
{
	if (io_write(d->in, p, len) == 0)
		return (0);
	fail_set(f, DIFF_TROUBLE, "memory for commands: %s", strerror(errno));
	return (-1);
}

static int
ask_try(struct diff *d, const char *skill, const struct strv *lines,
    conn_row_cb row, struct fail *f)
{
	struct msg_try q;
	struct buf b;
	int r;

	memset(&q, 0, sizeof(q));
	q.skill = (char *)(uintptr_t)skill;
	if (lines != NULL)
		q.lines = *lines;
	payload_put(&b, MSG_TRY, &msg_try_shape, &q);
	r = conn_rows(d->conn, MSG_TRY, b.data, b.len, row, d, f);
	buf_free(&b);
	return (r);
}

static int
changed_meanwhile(struct fail *f)
{
	fail_set(f, DIFF_TROUBLE, "the daemon's configuration has changed "
	    "meanwhile");
	fail_hint(f, "ask again");
	return (-1);
}

/* What is compared is all judged by one configuration, or not at all. */
static int
on_policy(const void *row, size_t len, void *arg, struct fail *f)
{
	char *policy = field_get_str(row, len, "policy");
	struct diff *d = arg;
	int same;

	if (d->policy == NULL)
		d->policy = xstrdup(policy);
	same = strcmp(d->policy, policy) == 0;
	free(policy);
	return (same ? 0 : changed_meanwhile(f));
}

static int
on_skill(const void *row, size_t len, void *arg, struct fail *f)
{
	struct diff *d = arg;
	uint64_t log = 0;
	char *name;

	if (on_policy(row, len, arg, f) == -1)
		return (-1);
	name = field_get_str(row, len, "skill");
	(void)row_num(row, len, "log", &log);
	d->log |= log != 0;
	strv_add(&d->skills, name);
	free(name);
	return (0);
}

static int
on_test(const void *row, size_t len, void *arg, struct fail *f)
{
	struct diff *d = arg;
	char *line = field_get_str(row, len, "line");
	struct buf fields, b;
	int r;

	buf_init(&fields, MSG_ROW_MAX);
	field_str(&fields, "skill", d->skill);
	field_str(&fields, "line", line);
	buf_init(&b, 16U * MSG_ROW_MAX);
	(void)field_json(&b, fields.data, fields.len, 0);
	buf_put_u8(&b, '\n');
	r = put_in(d, b.data, b.len, f);
	buf_free(&b);
	buf_free(&fields);
	free(line);
	return (r);
}

/* The tests of what is in force. */
static int
take_tests(struct diff *d, struct fail *f)
{
	size_t i;

	if (ask_try(d, "", NULL, on_skill, f) == -1)
		return (-1);
	for (i = 0; i < d->skills.n; i++) {
		d->skill = d->skills.v[i];
		if (ask_try(d, d->skill, NULL, on_test, f) == -1)
			return (-1);
	}
	return (0);
}

static int
on_record(const char *line, size_t len, void *arg)
{
	struct diff *d = arg;
	struct record_view v;
	uint64_t number;

	if (record_check(line, len, NULL, &number) != NULL ||
	    record_view(&v, line, len) == -1 || v.kind != RECORD_EXEC ||
	    strncmp(v.time, d->since, strlen("YYYY-MM-DDTHH:MM:SS")) < 0)
		return (0);
	return (io_write(d->in, line, len));
}

static int
on_log(const uint8_t *p, size_t len, void *arg, struct fail *f)
{
	struct diff *d = arg;

	if (record_lines_feed(&d->cut, p, len, on_record, d) == 0)
		return (0);
	fail_set(f, DIFF_TROUBLE, "the log cannot be read");
	return (-1);
}

/* What was asked for in the last week. */
static int
take_log(struct diff *d, struct fail *f)
{
	int r;

	if (!d->log)
		return (0);
	civil_text(d->since, (uint64_t)time(NULL) - DIFF_DAYS * 86400);
	record_lines_init(&d->cut);
	r = query_log(d->cli, QUERY_TAIL, DIFF_RECORDS, 0, on_log, NULL, d, f);
	record_lines_free(&d->cut);
	return (r);
}

static void
add_once(struct strv *to, const char *s)
{
	if (!strv_has(to, s))
		strv_add(to, s);
}

static void
add_tried(struct diff *d, const void *row, size_t len)
{
	const size_t cap = d->cap == 0 ? 256 : 2 * d->cap;
	struct tried *t;

	if (d->n == d->cap) {
		d->v = xrecallocarray(d->v, d->cap, cap, sizeof(*d->v));
		d->cap = cap;
	}
	t = &d->v[d->n++];
	t->skill = field_get_str(row, len, "skill");
	t->line = field_get_str(row, len, "line");
	t->verdict[1] = row_str(row, len, "verdict");
	t->rule[1] = field_get_str(row, len, "rule");
	t->where[1] = field_get_str(row, len, "where");
}

static int
on_trial(const void *row, size_t len, void *arg, struct fail *f)
{
	struct diff *d = arg;
	char *skill;

	(void)f;
	if (row_num(row, len, "more", &d->more))
		return (0);
	skill = field_get_str(row, len, "skill");
	if (row_has(row, len, "unread"))
		d->unread++;
	else if (!strv_has(&d->skills, skill)) {
		/* of the log, or of a skill that others have */
		if (d->log && !row_has(row, len, "gone"))
			add_once(&d->missing[0], skill);
	} else if (row_has(row, len, "gone"))
		add_once(&d->missing[1], skill);
	else
		add_tried(d, row, len);
	free(skill);
	return (0);
}

static int
on_verdict(const void *row, size_t len, void *arg, struct fail *f)
{
	struct diff *d = arg;
	struct tried *t;

	if (d->at == d->n) {
		fail_set(f, EXIT_CLAWBOT, "wrong answer from the daemon");
		return (-1);
	}
	t = &d->v[d->at++];
	t->verdict[0] = row_str(row, len, "verdict");
	t->rule[0] = field_get_str(row, len, "rule");
	t->where[0] = field_get_str(row, len, "where");
	return (0);
}

/* Those are sorted by skill. */
static int
judge_in_force(struct diff *d, struct fail *f)
{
	char *lines[MSG_TRY_MAX];
	struct strv batch = { lines, 0 };
	size_t i, sum;

	for (i = 0; i < d->n; ) {
		d->at = i;
		d->skill = d->v[i].skill;
		for (batch.n = sum = 0; i < d->n && batch.n < MSG_TRY_MAX &&
		    sum < DIFF_BATCH && strcmp(d->v[i].skill, d->skill) == 0;
		    i++) {
			lines[batch.n++] = d->v[i].line;
			sum += strlen(d->v[i].line);
		}
		if (ask_try(d, d->skill, &batch, on_verdict, f) == -1)
			return (-1);
		if (d->at != i)
			return (changed_meanwhile(f));
	}
	return (ask_try(d, "", NULL, on_policy, f));
}

static void
put_rule(struct buf *b, const char *what, const char *rule,
    const char *where)
{
	buf_printf(b, "    %s  ", what);
	esc_text(b, rule, strlen(rule));
	if (where[0] != '\0') {
		buf_printf(b, " (");
		esc_text(b, where, strlen(where));
		buf_printf(b, ")");
	}
	buf_put_u8(b, '\n');
}

static void
put_text(const struct tried *t)
{
	struct buf b;

	buf_init(&b, 16U * MSG_ROW_MAX);
	buf_printf(&b, "%s -> %s  ", t->verdict[0], t->verdict[1]);
	esc_text(&b, t->skill, strlen(t->skill));
	buf_printf(&b, ": ");
	esc_text(&b, t->line, strlen(t->line));
	buf_put_u8(&b, '\n');
	put_rule(&b, "now ", t->rule[0], t->where[0]);
	put_rule(&b, "then", t->rule[1], t->where[1]);
	out_buf(stdout, &b);
}

static void
put_json(const struct tried *t, int first)
{
	static const char *const ends[] = { "now", "then" };
	struct buf fields, b;
	size_t i, tok;

	buf_init(&fields, MSG_ROW_MAX);
	field_str(&fields, "skill", t->skill);
	field_str(&fields, "line", t->line);
	for (i = 0; i < 2; i++) {
		tok = field_obj(&fields, ends[i]);
		field_str(&fields, "verdict", t->verdict[i]);
		field_str(&fields, "rule", t->rule[i]);
		field_str(&fields, "where", t->where[i]);
		field_end(&fields, tok);
	}
	buf_init(&b, 16U * MSG_ROW_MAX);
	buf_printf(&b, "%s", first ? "" : ",");
	(void)field_json(&b, fields.data, fields.len, 0);
	out_buf(stdout, &b);
	buf_free(&fields);
}

static void
put_changes(struct diff *d)
{
	const struct tried *t;

	if (d->cli->json)
		printf("{\"changes\":[");
	for (t = d->v; t < d->v + d->n; t++) {
		if (t->verdict[0] == NULL || t->verdict[1] == NULL)
			continue;
		if (strcmp(t->verdict[0], t->verdict[1]) == 0) {
			d->same++;
			continue;
		}
		if (d->cli->json)
			put_json(t, d->changes == 0);
		else
			put_text(t);
		d->changes++;
	}
}

static void
put_missing(const struct strv *v, const char *what)
{
	struct buf b;
	size_t i;

	for (i = 0; i < v->n; i++) {
		buf_init(&b, 16 * strlen(v->v[i]) + 64);
		buf_printf(&b, "skill ");
		esc_text(&b, v->v[i], strlen(v->v[i]));
		buf_printf(&b, " %s\n", what);
		out_buf(stdout, &b);
	}
}

static void
put_end(const struct diff *d)
{
	struct buf b, fields;

	if (!d->cli->json) {
		put_missing(&d->missing[0], "is not in force");
		put_missing(&d->missing[1], "is not in the file");
		printf("%zu change%s, %zu the same, %zu not told by their "
		    "words, %llu not looked at%s\n", d->changes,
		    d->changes == 1 ? "" : "s", d->same, d->unread,
		    (unsigned long long)d->more, d->log ? "" :
		    "; without the log, which is for approvers");
		return;
	}
	buf_init(&fields, MSG_ROW_MAX);
	field_u64(&fields, "same", d->same);
	field_u64(&fields, "unread", d->unread);
	field_u64(&fields, "more", d->more);
	field_bool(&fields, "log", d->log);
	field_list(&fields, "new_skills", &d->missing[0]);
	field_list(&fields, "gone_skills", &d->missing[1]);
	buf_init(&b, 16U * MSG_ROW_MAX);
	(void)field_json(&b, fields.data, fields.len, 0);
	/* without its brace */
	printf("],%.*s\n", (int)b.len - 1, (const char *)b.data + 1);
	buf_free(&b);
	buf_free(&fields);
}

static int
compare(struct diff *d, struct fail *f)
{
	int sound;

	if (take_tests(d, f) == -1 || take_log(d, f) == -1)
		return (-1);
	if (lseek(d->in, 0, SEEK_SET) == -1) {
		fail_set(f, DIFF_TROUBLE, "lseek: %s", strerror(errno));
		return (-1);
	}
	sound = draft_try(d->file, d->in, on_trial, d, f);
	if (sound == 0) {
		fail_set(f, DIFF_TROUBLE, "%s is not sound", d->file);
		fail_hint(f, "clawbot policy check %s tells what is wrong",
		    d->file);
	}
	return (sound == 1 ? judge_in_force(d, f) : -1);
}

static void
diff_free(struct diff *d)
{
	size_t i, k;

	for (i = 0; i < d->n; i++) {
		free(d->v[i].skill);
		free(d->v[i].line);
		for (k = 0; k < 2; k++) {
			free(d->v[i].verdict[k]);
			free(d->v[i].rule[k]);
			free(d->v[i].where[k]);
		}
	}
	free(d->v);
	free(d->policy);
	strv_free(&d->skills);
	strv_free(&d->missing[0]);
	strv_free(&d->missing[1]);
	if (d->in != -1)
		(void)close(d->in);
	if (d->conn != NULL)
		conn_free(d->conn);
}

int
cmd_policy_diff(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	struct diff d;
	struct fail f;
	int r = -1, status;

	while (command_opt(cli, cmd, argc, argv) != -1)
		;
	command_operands(cmd, argc, 1, 1);
	memset(&d, 0, sizeof(d));
	d.cli = cli;
	d.file = argv[optind];
	if ((d.in = memfd_create("commands", MFD_CLOEXEC)) == -1)
		fail_set(&f, DIFF_TROUBLE, "memfd_create: %s",
		    strerror(errno));
	else if ((d.conn = conn_open(cli, &f)) != NULL)
		r = compare(&d, &f);
	if (r == 0) {
		put_changes(&d);
		put_end(&d);
		status = d.changes + d.missing[0].n + d.missing[1].n > 0 ?
		    DIFF_CHANGED : 0;
	} else {
		(void)fail_print(&f);
		status = DIFF_TROUBLE;
	}
	diff_free(&d);
	return (status);
}
