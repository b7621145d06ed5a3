/* SPDX-License-Identifier: ISC */
/* Runs as they are shown; see runs.h. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/esc.h"
#include "client/out.h"
#include "client/runs.h"
#include "client/user.h"
#include "common/defs.h"
#include "common/field.h"
#include "common/msg.h"
#include "common/role.h"
#include "common/xmalloc.h"

#define RUNS_ROOM	(MSG_ROW_MAX + 1024U)	/* and what the host tells */
#define TICK_US	10000U		/* when a process began is not known better */
#define CUT	16		/* where every column but the last ends */
#define NARROW	120		/* a screen on which not all columns fit */

/* Names that were looked up: top asks each time, and that may be getent(1). */
static struct runs_name {
	uid_t	 uid;
	char	*name;		/* or NULL */
} *known;
static size_t nknown;

static const char *
name_of(uid_t uid)
{
	size_t i;

	for (i = 0; i < nknown; i++)
		if (known[i].uid == uid)
			return (known[i].name);
	known = xrecallocarray(known, nknown, nknown + 1, sizeof(*known));
	known[nknown].uid = uid;
	known[nknown].name = user_name(USER_FILE, uid);
	return (known[nknown++].name);
}

int
runs_row(struct runs *rs, const void *data, size_t len, struct fail *f)
{
	struct runitem *it;
	uint64_t id;
	char *text;
	int ok;

	text = row_str(data, len, "run");
	ok = text != NULL && runid_parse(text, &id) == 0;
	free(text);
	if (!ok) {
		fail_set(f, EXIT_CLAWBOT, "wrong answer from the daemon: a "
		    "row without a run");
		return (-1);
	}
	if (rs->n % 64 == 0)
		rs->v = xrecallocarray(rs->v, rs->n, rs->n + 64,
		    sizeof(*rs->v));
	it = &rs->v[rs->n++];
	runid_text(it->id, id);
	buf_init(&it->row, RUNS_ROOM);
	buf_put(&it->row, data, len);
	return (0);
}

static void
look(struct runitem *it, const struct hostruns *h)
{
	struct hostrun *r = &it->host;

	if (hostruns_get(h, it->id, r) == -1)
		return;
	it->seen = 1;
	it->cpu = r->cpu_us * 1000 / (r->lived_us > TICK_US ? r->lived_us :
	    TICK_US);
}

void
runs_look(struct runs *rs, pid_t daemon)
{
	struct hostruns h;
	size_t i;

	hostruns_look(&h, daemon);
	for (i = 0; i < rs->n; i++)
		look(&rs->v[i], &h);
	hostruns_free(&h);
}

void
runs_free(struct runs *rs)
{
	size_t i;

	for (i = 0; i < rs->n; i++)
		buf_free(&rs->v[i].row);
	free(rs->v);
	memset(rs, 0, sizeof(*rs));
}

void
runs_memory(struct buf *b, uint64_t kb)
{
	static const char units[] = "KMGT";
	uint64_t tenths = kb * 10;
	size_t i = 0;

	for (; tenths >= 10240 && units[i + 1] != '\0'; i++)
		tenths /= 1024;
	if (tenths >= 1000 || i == 0)
		buf_printf(b, "%" PRIu64 "%c", tenths / 10, units[i]);
	else
		buf_printf(b, "%" PRIu64 ".%" PRIu64 "%c", tenths / 10,
		    tenths % 10, units[i]);
}

/* Processor time, as top(1) has it. */
static void
put_time(struct buf *b, uint64_t us)
{
	uint64_t s = us / 1000000;

	if (s < 6000)
		buf_printf(b, "%" PRIu64 ":%02" PRIu64 ".%02" PRIu64, s / 60,
		    s % 60, us / 10000 % 100);
	else
		buf_printf(b, "%" PRIu64 "h%02" PRIu64 "m", s / 3600,
		    s / 60 % 60);
}

static void
put_host(struct buf *b, const struct runitem *it, enum runs_cell c)
{
	if (!it->seen)
		return;
	if (c == RUNS_PID)
		buf_printf(b, "%d", (int)it->host.pid);
	else if (c == RUNS_PROCS)
		buf_printf(b, "%" PRIu64, it->host.processes);
	else if (c == RUNS_MEM)
		runs_memory(b, it->host.memory_kb);
	else if (c == RUNS_TIME)
		put_time(b, it->host.cpu_us);
	else if (it->cpu < 1000)
		buf_printf(b, "%" PRIu64 ".%" PRIu64, it->cpu / 10,
		    it->cpu % 10);
	else
		buf_printf(b, "%" PRIu64, it->cpu / 10);
}

static void
put_user(struct buf *b, const struct runitem *it, enum runs_cell c)
{
	const char *name = NULL;
	uint64_t uid;

	if (!row_num(it->row.data, it->row.len, "uid", &uid))
		return;
	if (uid < UINT32_MAX)
		name = name_of((uid_t)uid);
	if (name != NULL)
		esc_text(b, name, strlen(name));
	if (name == NULL)
		buf_printf(b, "%" PRIu64, uid);
	else if (c == RUNS_USER)
		buf_printf(b, " (%" PRIu64 ")", uid);
	if (c == RUNS_USER && row_has(it->row.data, it->row.len, "asker")) {
		buf_printf(b, " in ");
		row_show(b, it->row.data, it->row.len, "asker");
	}
}

void
runs_cell(struct buf *b, const struct runitem *it, enum runs_cell c)
{
	static const char *const keys[] = { [RUNS_ID] = "run",
	    [RUNS_STATE] = "state", [RUNS_CHANNEL] = "channel",
	    [RUNS_SKILL] = "skill", [RUNS_COMMAND] = "argv" };
	const void *row = it->row.data;
	size_t len = it->row.len;
	uint64_t v;

	switch (c) {
	case RUNS_USER:
	case RUNS_NAME:
		put_user(b, it, c);
		break;
	case RUNS_AGE:
		if (row_num(row, len, "started_ago_ms", &v))
			out_age(b, v);
		break;
	case RUNS_ID:
	case RUNS_STATE:
	case RUNS_CHANNEL:
	case RUNS_SKILL:
	case RUNS_COMMAND:
		row_show(b, row, len, keys[c]);
		if (c == RUNS_COMMAND && row_has(row, len, "cut"))
			buf_printf(b, " ...");
		if (c == RUNS_STATE && row_num(row, len, "held", &v) && v != 0)
			buf_printf(b, ", %" PRIu64 " held", v);
		break;
	case RUNS_PID:
	case RUNS_PROCS:
	case RUNS_CPU:
	case RUNS_MEM:
	case RUNS_TIME:
		put_host(b, it, c);
		break;
	}
}

static int
add_json(struct jrows *rows, const struct runitem *it, struct fail *f)
{
	const struct hostrun *h = &it->host;
	struct buf b;
	int r;

	buf_init(&b, RUNS_ROOM);
	buf_put(&b, it->row.data, it->row.len);
	if (it->seen) {
		field_u64(&b, "host_pid", (uint64_t)h->pid);
		field_u64(&b, "init_pid", (uint64_t)h->init);
		field_u64(&b, "processes", h->processes);
		field_u64(&b, "cpu_us", h->cpu_us);
		field_u64(&b, "cpu_permille", it->cpu);
		field_u64(&b, "memory_kb", h->memory_kb);
		field_str(&b, "memory_of", h->grouped ? "group" :
		    "processes");
	}
	r = jrows_add(rows, b.data, b.len, f);
	buf_free(&b);
	return (r);
}

static int
print_json(const struct runs *rs, struct fail *f)
{
	struct jrows rows;
	int r = 0;
	size_t i;

	jrows_init(&rows, "runs");
	for (i = 0; i < rs->n && r == 0; i++)
		r = add_json(&rows, &rs->v[i], f);
	if (r == 0)
		r = jrows_print(&rows, f);
	jrows_free(&rows);
	return (r);
}

struct runs_column {
	const char	*head;
	enum runs_cell	 cell;
};

static void
print_columns(const struct runs *rs, const struct runs_column *cols,
    size_t ncols, size_t width)
{
	const char *heads[16];
	struct table t;
	struct buf b;
	size_t i, c;

	for (c = 0; c < ncols; c++)
		heads[c] = cols[c].head;
	table_init(&t, heads, ncols, 1);
	t.width = width;
	buf_init(&b, 16U * MSG_ROW_MAX);
	for (i = 0; i < rs->n; i++)
		for (c = 0; c < ncols; c++) {
			runs_cell(&b, &rs->v[i], cols[c].cell);
			if (width != 0 && c + 1 < ncols && b.len != 0)
				b.len = esc_fits((const char *)b.data, b.len,
				    CUT);
			table_cell(&t, &b);
		}
	buf_free(&b);
	table_print(&t);
	table_free(&t);
}

int
runs_print(const struct runs *rs, int json, size_t width, struct fail *f)
{
	static const struct runs_column all[] = { { "RUN", RUNS_ID },
	    { "STATE", RUNS_STATE }, { "CHANNEL", RUNS_CHANNEL },
	    { "SKILL", RUNS_SKILL }, { "USER", RUNS_USER },
	    { "PID", RUNS_PID }, { "PROCS", RUNS_PROCS },
	    { "%CPU", RUNS_CPU }, { "MEM", RUNS_MEM }, { "AGE", RUNS_AGE },
	    { "COMMAND", RUNS_COMMAND } };
	static const struct runs_column few[] = { { "RUN", RUNS_ID },
	    { "STATE", RUNS_STATE }, { "USER", RUNS_NAME },
	    { "PID", RUNS_PID }, { "%CPU", RUNS_CPU }, { "MEM", RUNS_MEM },
	    { "AGE", RUNS_AGE }, { "COMMAND", RUNS_COMMAND } };

	if (json)
		return (print_json(rs, f));
	if (width != 0 && width < NARROW)
		print_columns(rs, few, NELEM(few), width);
	else
		print_columns(rs, all, NELEM(all), width);
	return (0);
}
