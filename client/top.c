/* SPDX-License-Identifier: ISC */
/*
 * top: runs by what they use, anew every few seconds, on the whole screen of
 * a terminal; printed elsewhere.  A run is ended by the daemon, by its id, and
 * never by a number of the host's.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "client/conn.h"
#include "client/margin.h"
#include "client/out.h"
#include "client/request.h"
#include "client/screen.h"
#include "client/signals.h"
#include "client/top.h"
#include "common/decimal.h"
#include "common/msg.h"
#include "common/role.h"

#define DELAY_S		2
#define MAXTIMES	1000000

static int64_t
now_us(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ((int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000);
}

static void
note(struct top *t, const char *before, const char *what)
{
	(void)snprintf(t->note, sizeof(t->note), " %s%s%.400s", before,
	    *before != '\0' ? ": " : "", what);
}

/* Those that are only kept use nothing. */
static int
take_row(struct runs *rs, const void *data, size_t len, struct fail *f)
{
	char *state = field_get_str(data, len, "state");
	int over = strcmp(state, "finished") == 0;

	free(state);
	return (over ? 0 : runs_row(rs, data, len, f));
}

static uint64_t
rank(const struct runitem *it, enum runs_cell by)
{
	if (!it->seen)
		return (0);
	if (by == RUNS_MEM)
		return (1 + it->host.memory_kb);
	if (by == RUNS_TIME)
		return (1 + it->host.cpu_us);
	return (1 + it->cpu);
}

static int
compare(const void *a, const void *b, void *by)
{
	uint64_t x = rank(a, *(enum runs_cell *)by);
	uint64_t y = rank(b, *(enum runs_cell *)by);

	if (x != y)
		return (x < y ? 1 : -1);
	return (strcmp(((const struct runitem *)a)->id,
	    ((const struct runitem *)b)->id));
}

static void
sort(struct top *t)
{
	if (t->runs.n != 0)
		qsort_r(t->runs.v, t->runs.n, sizeof(*t->runs.v), compare,
		    &t->by);
}

static const struct runitem *
find(const struct runs *rs, const char *id)
{
	size_t i;

	for (i = 0; i < rs->n; i++)
		if (strcmp(rs->v[i].id, id) == 0)
			return (&rs->v[i]);
	return (NULL);
}

/* Their rows have all come: what they use, from the last time on. */
static void
all_came(struct top *t)
{
	int64_t now = now_us(), past = now - t->looked_us;
	const struct runitem *was;
	struct runitem *it;
	size_t i;

	runs_look(&t->coming, conn_peer(t->conn));
	for (i = 0; i < t->coming.n; i++) {
		it = &t->coming.v[i];
		was = find(&t->runs, it->id);
		if (!it->seen || was == NULL || !was->seen || past <= 0)
			continue;
		it->cpu = it->host.cpu_us <= was->host.cpu_us ? 0 :
		    (it->host.cpu_us - was->host.cpu_us) * 1000 /
		    (uint64_t)past;
	}
	runs_free(&t->runs);
	t->runs = t->coming;
	memset(&t->coming, 0, sizeof(t->coming));
	t->looked_us = now;
	sort(t);
}

static void
failed(struct top *t)
{
	t->status = t->f.status;
	t->quit = 1;
}

/* What has its turn: an end that was asked for, else a look. */
static void
ask(struct top *t)
{
	struct buf b;

	if (t->asked != TOP_NOTHING)
		return;
	buf_init(&b, 64);
	if (t->kill != 0) {
		buf_put_u64(&b, t->kill);
		buf_put_u8(&b, 0);
		t->asked = TOP_KILL;
	} else if (now_us() >= t->next_us) {
		t->next_us = now_us() + (int64_t)t->delay_s * 1000000;
		t->asked = TOP_RUNS;
	}
	if (t->asked != TOP_NOTHING && conn_ask(t->conn,
	    t->asked == TOP_KILL ? MSG_KILL : MSG_PS, b.data, b.len,
	    &t->f) == -1)
		failed(t);
	buf_free(&b);
}

/* That it is not answered, or refused, is told, and it goes on. */
static void
answered(struct top *t, const struct ipc_msg *m)
{
	int ok = conn_end(m, &t->f) == 0;
	char text[RUNID_TEXT] = "";

	if (t->asked == TOP_KILL) {
		runid_text(text, t->kill);
		t->kill = 0;
		t->next_us = 0;
	}
	if (!ok)
		note(t, text, t->f.text);
	else if (t->asked == TOP_KILL)
		note(t, text, "told to end");
	else
		all_came(t);
	runs_free(&t->coming);
	t->asked = TOP_NOTHING;
}

/* Rows and ends, as many as there are. */
static void
told(struct top *t)
{
	struct ipc_msg m;
	int r = 0;

	memset(&m, 0, sizeof(m));
	while (!t->quit && (r = conn_recv(t->conn, &m, 0, &t->f)) != 0) {
		if (r == 1 && m.type == MSG_WELCOME)
			continue;
		if (r == 1 && m.type == MSG_END &&
		    t->asked != TOP_NOTHING) {
			answered(t, &m);
			continue;
		}
		if (r == 1 && m.type == MSG_END) {
			if (conn_end(&m, &t->f) == 0)
				fail_set(&t->f, EXIT_NODAEMON, "the daemon "
				    "ends");
		} else if (r == 1 && (m.type != MSG_ROW ||
		    row_check(m.data, m.len) == -1))
			fail_set(&t->f, EXIT_CLAWBOT, "wrong answer from the "
			    "daemon: %s", msg_name(m.type));
		else if (r == 1 && take_row(&t->coming, m.data, m.len,
		    &t->f) == 0)
			continue;
		failed(t);
	}
	ipc_msg_done(&m);
}

static void
stop(void)
{
	screen_end();
	signals_stop();
	(void)screen_begin();
}

static void
heard(struct top *t)
{
	struct signals s;

	if (signals_take(&s) == 0)
		return;
	if (s.ends != 0) {
		t->sig = s.last;
		t->quit = 1;
	} else if (s.suspended)
		stop();
	else if (s.resumed)
		(void)screen_begin();
}

static void
choose(struct top *t, int key)
{
	size_t at = top_place(t), last = t->runs.n - 1, page = 10;

	if (t->runs.n == 0)
		return;
	if (key == KEY_DOWN)
		at++;
	else if (key == KEY_PAGE_DOWN)
		at += page;
	else if (key == KEY_UP)
		at -= at != 0;
	else if (key == KEY_PAGE_UP)
		at -= at < page ? at : page;
	else if (key == KEY_HOME)
		at = 0;
	else if (key == KEY_END)
		at = last;
	(void)snprintf(t->chosen, sizeof(t->chosen), "%s",
	    t->runs.v[at < last ? at : last].id);
}

/* What is typed to the question; a key that is held down is no yes. */
static void
question_key(struct top *t, int key)
{
	if (key > ' ' && key < 0x7f && t->len < sizeof(t->line) - 1) {
		t->line[t->len++] = (char)key;
		return;
	}
	t->asks = 0;
	t->line[t->len] = '\0';
	if ((key != '\r' && key != '\n') || (strcmp(t->line, "y") != 0 &&
	    strcmp(t->line, "yes") != 0))
		note(t, t->about, "goes on");
	else if (runid_parse(t->about, &t->kill) == -1)
		t->kill = 0;
}

/* 1 if what was typed with it in advance is to be dropped. */
static int
list_key(struct top *t, int key)
{
	t->note[0] = '\0';
	switch (key) {
	case 'q':
		t->quit = 1;
		break;
	case 'P':
		t->by = RUNS_CPU;
		break;
	case 'M':
		t->by = RUNS_MEM;
		break;
	case 'T':
		t->by = RUNS_TIME;
		break;
	case ' ':
		t->next_us = 0;
		break;
	case 'k':
		choose(t, KEY_NONE);
		if (t->runs.n == 0)
			break;
		t->asks = 1;
		t->len = 0;
		(void)snprintf(t->about, sizeof(t->about), "%s", t->chosen);
		return (1);
	default:
		if (key >= KEY_UP && key <= KEY_END)
			choose(t, key);
	}
	sort(t);
	return (0);
}

/* 1 likewise. */
static int
pressed(struct top *t, int key)
{
	if (key == KEY_NONE || (key & KEY_PASTED) != 0)
		return (0);
	if (key == ('Z' & 0x1f)) {
		stop();
		return (1);
	}
	if (key == ('C' & 0x1f) || key == ('\\' & 0x1f)) {
		t->sig = key == ('C' & 0x1f) ? SIGINT : SIGQUIT;
		t->quit = 1;
		return (1);
	}
	/* it was typed without seeing what it is about */
	if (margin_lacks() != NULL) {
		t->quit = key == 'q';
		return (1);
	}
	if (!t->asks)
		return (list_key(t, key));
	question_key(t, key);
	return (!t->asks);
}

static void
typed(struct top *t)
{
	uint8_t bytes[256];
	ssize_t i, n;

	n = read(STDIN_FILENO, bytes, sizeof(bytes));
	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		fail_set(&t->f, EXIT_IO, "the terminal is gone");
		failed(t);
		return;
	}
	for (i = 0; i < n && !t->quit; i++)
		if (pressed(t, keyseq_put(&t->keys, bytes[i]))) {
			(void)tcflush(STDIN_FILENO, TCIFLUSH);
			t->keys.n = 0;
			return;
		}
}

static int
patience(const struct top *t)
{
	int64_t ms = (t->next_us - now_us()) / 1000 + 1;

	if (t->keys.n != 0)
		return (KEYSEQ_MS);
	if (t->asked != TOP_NOTHING)
		return (-1);
	return (ms < 0 ? 0 : ms > INT32_MAX ? INT32_MAX : (int)ms);
}

static void
serve(struct top *t, int signals)
{
	struct pollfd p[3];
	int n;

	while (!t->quit) {
		ask(t);
		if (t->quit)
			break;
		top_draw(t);
		memset(p, 0, sizeof(p));
		p[0].fd = STDIN_FILENO;
		p[1].fd = conn_fd(t->conn);
		p[2].fd = signals;
		p[0].events = p[1].events = p[2].events = POLLIN;
		n = poll(p, 3, patience(t));
		if (n == 0 && t->keys.n != 0)
			(void)pressed(t, keyseq_flush(&t->keys));
		if (n <= 0)
			memset(p, 0, sizeof(p));
		heard(t);
		if (!t->quit && p[1].revents != 0)
			told(t);
		if (!t->quit && p[0].revents != 0)
			typed(t);
	}
}

static int
view(struct top *t)
{
	int signals = signals_catch(1);

	if (screen_begin() == -1) {
		complain("the terminal: %s", strerror(errno));
		return (EXIT_IO);
	}
	serve(t, signals);
	screen_end();
	if (t->sig != 0)
		signals_die(t->sig);
	return (t->status != 0 ? fail_print(&t->f) : 0);
}

static int
on_row(const void *data, size_t len, void *arg, struct fail *f)
{
	return (take_row(arg, data, len, f));
}

static int
print(struct top *t, int json, unsigned long times)
{
	size_t rows, width = 0;

	if (isatty(STDOUT_FILENO))
		margin_screen(&rows, &width);
	for (;;) {
		if (conn_rows(t->conn, MSG_PS, NULL, 0, on_row, &t->coming,
		    &t->f) == -1)
			return (fail_print(&t->f));
		all_came(t);
		if (runs_print(&t->runs, json, width, &t->f) == -1)
			return (fail_print(&t->f));
		if (fail_stdout(0) != 0)
			return (EXIT_IO);
		if (--times == 0)
			return (0);
		(void)poll(NULL, 0, (int)t->delay_s * 1000);
		if (!json)
			printf("\n");
	}
}

static unsigned long
number(const char *s)
{
	uint64_t v;

	if (decimal(s, MAXTIMES, &v) == -1 || v == 0)
		usage_error("-n: %s is not a number of times", s);
	return ((unsigned long)v);
}

int
cmd_top(struct cli *cli, const struct command *cmd, int argc, char **argv)
{
	unsigned long times = 0;
	struct top t;
	int ch, status;

	memset(&t, 0, sizeof(t));
	t.delay_s = DELAY_S;
	t.by = RUNS_CPU;
	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		if (ch == 'd')
			t.delay_s = request_time("-d", optarg, 1);
		else if (ch == 'n')
			times = number(optarg);
	command_operands(cmd, argc, 0, 0);
	if ((t.conn = conn_open(cli, &t.f)) == NULL)
		return (fail_print(&t.f));
	if (times != 0 || cli->json || !screen_possible())
		status = print(&t, cli->json, times != 0 ? times : 1);
	else
		status = view(&t);
	conn_free(t.conn);
	runs_free(&t.runs);
	runs_free(&t.coming);
	return (status);
}
