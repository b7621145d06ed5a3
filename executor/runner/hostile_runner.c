/* SPDX-License-Identifier: ISC */
/* A runner that was taken over; nothing in a build for use. */
#include "config.h"

#include "executor/runner/hostile_runner.h"

#if CB_TEST_HOOKS
#include <sys/socket.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/execs.h"
#include "common/files.h"
#include "common/log.h"
#include "common/words.h"
#include "executor/fds.h"

#define FLOOD_ROWS	4000
#define LONG_WORDS	9

static const char *
wanted(const struct runner *r)
{
	static const char word[] = "runner=";
	const char *last = r->plan.argv.n == 0 ? "" :
	    r->plan.argv.v[r->plan.argv.n - 1];

	if (getenv("CLAWBOT_HOSTILE") == NULL ||
	    strncmp(last, word, sizeof(word) - 1) != 0)
		return ("");
	return (last + sizeof(word) - 1);
}

static void
up(const struct runner *r, enum inside letter, const struct shape *s,
    const void *v)
{
	struct buf b;

	buf_init(&b, INSIDE_EXECS_MAX);
	buf_put_u8(&b, (uint8_t)letter);
	shape_put(s, &b, v);
	if (b.bad)
		log_warnx("hostile: runner: too long");
	runner_send(r, b.data, b.len);
	buf_free(&b);
}

static void
fill(struct exec_row *w, uint32_t seq, unsigned verdict)
{
	memset(w, 0, sizeof(*w));
	w->seq = seq;
	w->parent = EXECS_UNKNOWN;
	w->how = EXEC_NESTED;
	w->verdict = (uint8_t)verdict;
	w->path = xstrdup("/usr/bin/never");
	w->script = xstrdup("");
	w->cwd = xstrdup("/");
	w->rule = xstrdup("skills.other.allow: **");
	w->reason = xstrdup("");
	strv_add(&w->argv, "never");
}

static void
row(const struct runner *r, struct exec_row *w)
{
	struct exec_rows v = { w, 1 };

	up(r, INSIDE_EXECS, &exec_rows_shape, &v);
	shape_free(&exec_row_shape, w);
}

static void
one_row(const struct runner *r, uint32_t seq, unsigned verdict, int answered)
{
	struct exec_row w;

	fill(&w, seq, verdict);
	w.answered = (uint8_t)answered;
	row(r, &w);
}

static void
ask(const struct runner *r, uint32_t seq)
{
	struct exec_ask v;

	memset(&v, 0, sizeof(v));
	fill(&v.row, seq, VERDICT_ASK);
	up(r, INSIDE_QUESTION, &exec_ask_shape, &v);
	shape_free(&exec_ask_shape, &v);
}

static void
asked(const struct runner *r, uint32_t seq)
{
	struct exec_asked v = { seq };

	up(r, INSIDE_ASKED, &exec_asked_shape, &v);
}

/* As long as one message takes, as many as are not believed. */
static void
flood(const struct runner *r, int words)
{
	static char word[EXECS_ARG + 1];
	struct exec_row w;
	uint32_t i;
	int k;

	memset(word, 'x', EXECS_ARG);
	for (i = 1; i <= FLOOD_ROWS; i++) {
		fill(&w, i, VERDICT_ALLOW);
		for (k = 0; k < words; k++)
			strv_add(&w.argv, word);
		row(r, &w);
	}
}

static void
file(const struct runner *r, uint32_t seq, const char *path)
{
	static char none[] = "";
	struct file_row w = { .seq = seq, .what = FILE_MADE, .to = none };
	struct file_rows v = { &w, 1 };

	w.path = xstrdup(path);
	up(r, INSIDE_FILES, &file_rows_shape, &v);
	free(w.path);
}

/* The end of a run; ran: of what nobody has executed. */
static void
result(const struct runner *r, unsigned outcome, unsigned ran, uint32_t execs)
{
	struct runresult v;
	struct buf b;

	memset(&v, 0, sizeof(v));
	v.outcome = (uint8_t)outcome;
	v.err = outcome == OUTCOME_ERROR ? CBE_INTERNAL : CBE_OK;
	v.execs = execs;
	v.limit = xstrdup("");
	v.reason = xstrdup("");
	v.logged = xstrdup("");
	buf_init(&b, INSIDE_RESULT_MAX);
	buf_put_u8(&b, INSIDE_RESULT);
	buf_put_u8(&b, (uint8_t)ran);
	runresult_put(&b, &v);
	runner_send(r, b.data, b.len);
	buf_free(&b);
	runresult_free(&v);
}

static void
bytes(const struct runner *r, const char *p, size_t len, int fd)
{
	(void)fds_send(r->ctl, p, len, &fd, fd != -1);
}

/* Rows and questions. */
static int
say_execs(const struct runner *r, const char *what)
{
	if (strcmp(what, "hole") == 0)
		one_row(r, 2, VERDICT_ALLOW, 0);
	else if (strcmp(what, "again") == 0) {
		one_row(r, 1, VERDICT_ALLOW, 0);
		one_row(r, 1, VERDICT_ALLOW, 0);
	} else if (strcmp(what, "answered") == 0)
		one_row(r, 1, VERDICT_ALLOW, 1);
	else if (strcmp(what, "undecided") == 0)
		one_row(r, 1, VERDICT_ASK, 0);
	else if (strcmp(what, "asks twice") == 0) {
		ask(r, 1);
		ask(r, 1);
	} else if (strcmp(what, "asks far") == 0)
		ask(r, 5000);
	else if (strcmp(what, "asks, does not wait") == 0) {
		ask(r, 1);
		one_row(r, 1, VERDICT_ALLOW, 0);
	} else if (strcmp(what, "takes back what it did not ask") == 0)
		asked(r, 1);
	else if (strcmp(what, "takes back twice") == 0) {
		ask(r, 1);
		asked(r, 1);
		asked(r, 1);
	} else if (strcmp(what, "floods") == 0)
		flood(r, 0);
	else if (strcmp(what, "floods long") == 0)
		flood(r, LONG_WORDS);
	else
		return (0);
	return (1);
}

static int
say_end(const struct runner *r, const char *what)
{
	if (strcmp(what, "another count") == 0)
		result(r, OUTCOME_EXITED, 1, 7);
	else if (strcmp(what, "not started, exited") == 0)
		result(r, OUTCOME_EXITED, 0, 0);
	else if (strcmp(what, "denied") == 0)
		result(r, OUTCOME_DENIED, 0, 0);
	else if (strcmp(what, "no outcome") == 0)
		result(r, 0, 1, 0);
	else if (strcmp(what, "ran twice") == 0)
		result(r, OUTCOME_EXITED, 2, 0);
	else if (strcmp(what, "claims") == 0)
		result(r, OUTCOME_EXITED, 1, 0);
	else if (strcmp(what, "ends twice") == 0) {
		result(r, OUTCOME_EXITED, 1, 0);
		result(r, OUTCOME_SIGNALED, 1, 0);
	} else
		return (0);
	return (1);
}

static void
say(const struct runner *r, const char *what)
{
	if (say_execs(r, what) || say_end(r, what))
		return;
	if (strcmp(what, "names, a hole") == 0)
		file(r, 3, "/tmp/x");
	else if (strcmp(what, "names, empty") == 0)
		file(r, 1, "");
	else if (strcmp(what, "names") == 0) {
		file(r, 1, "/etc/shadow");
		result(r, OUTCOME_EXITED, 1, 0);
	} else if (strcmp(what, "a letter of others") == 0)
		bytes(r, "B", 1, -1);
	else if (strcmp(what, "no letter") == 0)
		bytes(r, "\377", 1, -1);
	else if (strcmp(what, "a descriptor") == 0)
		bytes(r, "S", 1, r->box);
	else if (strcmp(what, "cut") == 0)
		bytes(r, "X\0\0\0", 4, -1);
}

/* It was asked to end, or the executor is gone: nothing of that is heard. */
static void
deaf(struct runner *r)
{
	for (;;)
		(void)sleep(1);
	(void)r;
}

int
hostile_runner_early(struct runner *r)
{
	const char *what = wanted(r);

	if (strncmp(what, "early ", 6) != 0)
		return (0);
	what += 6;
	if (strcmp(what, "start") == 0)
		bytes(r, "S", 1, -1);
	else if (strcmp(what, "go") == 0)
		return (1);
	else
		say(r, what);
	return (0);
}

void
hostile_runner_go(struct runner *r)
{
	const char *what = wanted(r);

	if (what[0] == '\0' || strncmp(what, "early ", 6) == 0)
		return;
	if (strcmp(what, "is deaf") == 0)
		deaf(r);
	say(r, what);
	/* what it says stands for itself */
	(void)sleep(2);
	_exit(0);
}
#endif
