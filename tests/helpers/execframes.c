/* SPDX-License-Identifier: ISC */
/*
 * Payloads for a false executor (mitm): what a run starts, asks, and how it
 * ends, on standard output.
 *
 *	execframes execs SEQ:WHAT...	rows of EXEC; WHAT is allow, deny, or
 *					those with "!": answered; "^" in front
 *					of it: the parent is one that is younger
 *	execframes many FIRST LAST	such rows, all allowed
 *	execframes ask SEQ
 *	execframes asked SEQ
 *	execframes refused WHY		of A_REFUSED: try again
 *	execframes names SEQ:WHAT[:PATH[:TO]]...	rows of FILE; WHAT is
 *					its number
 *	execframes result EXECS[,FILES] [PROGRAM RULE COUNT]...	exited, with 0
 */
#include "config.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cberr.h"
#include "common/execs.h"
#include "common/files.h"
#include "common/words.h"
#include "common/xmalloc.h"

static uint32_t
number(const char *s)
{
	char *end;
	unsigned long v = strtoul(s, &end, 10);

	if (end == s || v > UINT32_MAX)
		errx(1, "%s is no number", s);
	return ((uint32_t)v);
}

static void
fill(struct exec_row *row, uint32_t seq)
{
	char text[64];

	memset(row, 0, sizeof(*row));
	row->seq = seq;
	row->parent = seq - 1;
	row->pid = 2 + seq;
	row->how = seq == 1 ? EXEC_DIRECT : EXEC_NESTED;
	row->verdict = VERDICT_ALLOW;
	row->at_us = 1000 * (uint64_t)seq;
	row->dev = 64769;
	row->ino = 4000 + seq;
	memset(row->digest, (int)seq, sizeof(row->digest));
	row->path = xstrdup("/usr/bin/rm");
	row->script = xstrdup("");
	row->cwd = xstrdup("/tmp");
	strv_add(&row->argv, "rm");
	strv_add(&row->argv, "-rf");
	(void)snprintf(text, sizeof(text), "tree of \"%u\"", seq);
	strv_add(&row->argv, text);
	row->rule = xstrdup("");
	row->reason = xstrdup("");
}

static void
set_rule(struct exec_row *row)
{
	free(row->rule);
	row->rule = xstrdup("skills.default.ask: rm **");
	free(row->reason);
	row->reason = xstrdup("removes files");
}

static void
one_row(struct exec_row *row, const char *what)
{
	const char *p = strchr(what, ':');

	fill(row, number(what));
	p = p == NULL ? "allow" : p + 1;
	if (*p == '^') {
		row->parent = row->seq + 1;
		p++;
	}
	if (strncmp(p, "deny", 4) == 0) {
		row->verdict = VERDICT_DENY;
		set_rule(row);
	} else if (strncmp(p, "ask", 3) == 0)
		row->verdict = VERDICT_ASK;
	row->answered = p[strlen(p) - 1] == '!';
	if (row->answered)
		set_rule(row);
}

/* The rows are freed. */
static void
put_rows(struct buf *b, struct exec_row *rows, size_t n)
{
	struct exec_rows v = { rows, n };

	shape_put(&exec_rows_shape, b, &v);
	shape_free(&exec_rows_shape, &v);
}

static void
execs(struct buf *b, int argc, char **argv)
{
	struct exec_row *rows = xcalloc((size_t)argc, sizeof(*rows));
	int i;

	for (i = 0; i < argc; i++)
		one_row(&rows[i], argv[i]);
	put_rows(b, rows, (size_t)argc);
}

static void
many(struct buf *b, uint32_t first, uint32_t last)
{
	struct exec_row *rows = xcalloc(last - first + 1, sizeof(*rows));
	uint32_t i;

	for (i = first; i <= last; i++)
		fill(&rows[i - first], i);
	put_rows(b, rows, last - first + 1);
}

/* What no shape takes is written all the same. */
static void
names(struct buf *b, int argc, char **argv)
{
	char *s, *p;
	int i;

	buf_put_u32(b, (uint32_t)argc);
	for (i = 0; i < argc; i++) {
		s = argv[i];
		buf_put_u32(b, number(strsep(&s, ":")));
		buf_put_u8(b, (uint8_t)number(s == NULL ? "1" :
		    strsep(&s, ":")));
		buf_put_u32(b, 2);
		p = strsep(&s, ":");
		buf_put_str(b, p == NULL ? "/w/a" : p);
		buf_put_str(b, s == NULL ? "" : s);
	}
}

static void
step(struct exec_step *s, uint32_t seq, const char *path, const char *name,
    const char *arg)
{
	s->seq = seq;
	s->path = xstrdup(path);
	strv_add(&s->argv, name);
	strv_add(&s->argv, arg);
}

static void
ask(struct buf *b, uint32_t seq)
{
	struct exec_ask v;
	size_t at = b->len;

	memset(&v, 0, sizeof(v));
	fill(&v.row, seq);
	v.row.parent = EXECS_UNKNOWN;
	v.row.verdict = VERDICT_ASK;
	set_rule(&v.row);
	v.nway = 2;
	v.way = xcalloc(v.nway, sizeof(*v.way));
	step(&v.way[0], v.row.parent, "/usr/bin/make", "make", "clean");
	step(&v.way[1], 0, "/usr/bin/dash", "sh", "build.sh");
	shape_put(&exec_ask_shape, b, &v);
	plan_digest(b->data + at, b->data + at + PLAN_DIGEST,
	    b->len - at - PLAN_DIGEST);
	shape_free(&exec_ask_shape, &v);
}

static void
result(struct buf *b, int argc, char **argv)
{
	struct runresult v;
	const char *files;
	int i;

	memset(&v, 0, sizeof(v));
	v.outcome = OUTCOME_EXITED;
	v.wall_us = 1;
	v.limit = xstrdup("");
	v.reason = xstrdup("");
	v.logged = xstrdup("");
	v.execs = number(argv[0]);
	if ((files = strchr(argv[0], ',')) != NULL)
		v.files = number(files + 1);
	v.ndenied = (size_t)(argc - 1) / 3;
	v.denied = xcalloc(v.ndenied + 1, sizeof(*v.denied));
	for (i = 0; (size_t)i < v.ndenied; i++) {
		v.denied[i].program = xstrdup(argv[1 + 3 * i]);
		v.denied[i].rule = xstrdup(argv[2 + 3 * i]);
		v.denied[i].count = number(argv[3 + 3 * i]);
	}
	runresult_put(b, &v);
	runresult_free(&v);
}

int
main(int argc, char **argv)
{
	struct buf b;

	buf_init(&b, 1024U * 1024);
	if (argc > 2 && strcmp(argv[1], "execs") == 0)
		execs(&b, argc - 2, argv + 2);
	else if (argc == 4 && strcmp(argv[1], "many") == 0)
		many(&b, number(argv[2]), number(argv[3]));
	else if (argc > 2 && strcmp(argv[1], "names") == 0)
		names(&b, argc - 2, argv + 2);
	else if (argc == 3 && strcmp(argv[1], "ask") == 0)
		ask(&b, number(argv[2]));
	else if (argc == 3 && strcmp(argv[1], "asked") == 0)
		buf_put_u32(&b, number(argv[2]));
	else if (argc == 3 && strcmp(argv[1], "refused") == 0) {
		buf_put_u16(&b, CBE_AGAIN);
		buf_put_str(&b, argv[2]);
	} else if (argc > 2 && strcmp(argv[1], "result") == 0)
		result(&b, argc - 2, argv + 2);
	else
		errx(1, "usage: execframes execs|many|names|ask|asked|refused|"
		    "result ...");
	if (b.bad || fwrite(b.data, 1, b.len, stdout) != b.len ||
	    fflush(stdout) != 0)
		errx(1, "it does not fit");
	buf_free(&b);
	return (0);
}
