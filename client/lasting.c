/* SPDX-License-Identifier: ISC */
/* Giving a standing approval; see lasting.h. */
#include "config.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/esc.h"
#include "client/execline.h"
#include "client/lasting.h"
#include "client/logquery.h"
#include "client/out.h"
#include "common/decimal.h"
#include "common/payload.h"
#include "common/policy/again.h"
#include "common/record/kind.h"
#include "common/record/lines.h"
#include "common/record/record.h"
#include "common/role.h"

#define WEEK_US		(UINT64_C(7) * 86400 * 1000000)
#define RECORDS		20000	/* that are looked at */
#define COMMANDS	8	/* that are shown, of those that differ */

/* Commands of the last week that the pattern covers. */
struct lastweek {
	struct plan	 plan;		/* of what waits */
	struct pattern	*like;
	struct logquery	*query;
	struct record_lines cut;
	uint64_t	 since_us;
	uint64_t	 records;	/* that were seen, */
	uint64_t	 oldest_us;	/* the first of them */
	struct strv	 commands;	/* escaped, each once */
	size_t		 more;		/* of others */
	size_t		 n;		/* of all, how often */
};

static struct pattern *
pattern_of(const char *text, const char **why)
{
	if (strlen(text) > STANDING_MAXLIKE) {
		*why = "it is too long";
		return (NULL);
	}
	return (pattern_new(text, why));
}

void
lasting_like(struct lasting *l, const char *text)
{
	struct pattern *p;
	const char *why;

	if ((p = pattern_of(text, &why)) == NULL)
		usage_error("--like: that is no pattern: %s", why);
	pattern_free(p);
	l->like = text;
}

/* n bytes of a text: a number and its unit. */
static const char *
take_amount(struct lasting *l, const char *s, size_t n)
{
	uint64_t v, unit = 1;
	const char *end;

	if ((end = decimal_front(s, &v)) == NULL || end + 1 != s + n ||
	    strchr("smhx", *end) == NULL)
		return ("neither a time (90s, 15m, 1h) nor a number (5x)");
	if (*end == 'x') {
		if (l->count != 0)
			return ("how often is said twice");
		if (v < 2 || v > STANDING_MAXCOUNT)
			return ("from 2x, the one that waits among them, to "
			    "1000000x");
		l->count = (uint32_t)v;
		return (NULL);
	}
	if (l->for_s != 0)
		return ("how long is said twice");
	if (*end != 's')
		unit = *end == 'm' ? 60 : 3600;
	if (v < 1 || v > STANDING_MAXFOR / unit)
		return ("from 1s to 720h");
	l->for_s = (uint32_t)(v * unit);
	return (NULL);
}

const char *
lasting_parse(struct lasting *l, const char *text)
{
	const char *wrong;
	size_t n;

	memset(l, 0, sizeof(*l));
	for (text += strspn(text, " "); *text != '\0' && l->like == NULL;
	    text += strspn(text, " ")) {
		n = strcspn(text, " =");
		if (n == 0) {
			n = 1 + strspn(text + 1, " ");
			l->like = text + n;
			if (*l->like == '\0')
				return ("no pattern behind =");
		} else if ((wrong = take_amount(l, text, n)) != NULL)
			return (wrong);
		text += n;
	}
	if (l->for_s == 0)
		l->for_s = LASTING_FOR;
	return (NULL);
}

static int
is_text(const struct record_view *v, const char *path, const char *text)
{
	char is[PLAN_MAXNAME + 1];

	return (record_member_str(v->json, v->jsonlen, path, is,
	    sizeof(is)) != -1 && strcmp(is, text) == 0);
}

static int
is_number(const struct record_view *v, const char *path, uint64_t n)
{
	uint64_t is;

	return (record_member_u64(v->json, v->jsonlen, path, &is) == 0 &&
	    is == n);
}

/* Somebody was asked about it, or would have been, but for --no-wait. */
static int
was_asked(const struct record_view *v)
{
	return (is_text(v, "why.verdict", "ask") &&
	    ((v->kind == RECORD_APPROVAL && is_text(v, "ev", "request")) ||
	    (v->kind == RECORD_EXEC && is_text(v, "ev", "refused"))));
}

/* On the same channel, by the same account, for the same skill. */
static int
is_of(const struct plan *p, const struct record_view *v)
{
	return (is_text(v, "skill", p->skill) &&
	    is_text(v, "why.channel", p->channel) &&
	    is_number(v, "why.uid", p->caller));
}

/* By its words alone; the file and the directory are those that wait. */
static int
is_like(const struct lastweek *w, const struct strv *argv)
{
	struct plan plan = w->plan;	/* a view */
	struct strv names = { argv->v, 1 };

	plan.argv = *argv;
	memset(&plan.asked_env, 0, sizeof(plan.asked_env));
	return (argv->n != 0 && again_is_like(w->like, NULL, &plan, &names));
}

static void
count(struct lastweek *w, const struct strv *argv)
{
	struct buf b;

	w->n++;
	buf_init(&b, 16U * MSG_ROW_MAX);
	esc_words(&b, argv);
	buf_put_u8(&b, 0);
	if (b.bad)
		w->more++;
	else if (!strv_has(&w->commands, (const char *)b.data)) {
		if (w->commands.n < COMMANDS)
			strv_add(&w->commands, (const char *)b.data);
		else
			w->more++;
	}
	buf_free(&b);
}

static int
on_line(const char *line, size_t len, void *arg)
{
	struct strv argv = { NULL, 0 };
	struct lastweek *w = arg;
	struct record_view v;
	uint64_t number;

	if (record_check(line, len, NULL, &number) != NULL ||
	    record_view(&v, line, len) == -1)
		return (0);
	if (w->records++ == 0)
		w->oldest_us = v.time_us;
	if (v.time_us < w->since_us || !was_asked(&v) || !is_of(&w->plan, &v))
		return (0);
	execline_argv(&v, &argv);
	if (is_like(w, &argv))
		count(w, &argv);
	strv_free(&argv);
	return (0);
}

static int
on_piece(const uint8_t *p, size_t n, void *arg, struct fail *f)
{
	struct lastweek *w = arg;

	if (record_lines_feed(&w->cut, p, n, on_line, w) == 0)
		return (0);
	fail_set(f, EXIT_CLAWBOT, "a line of the log is longer than %u bytes",
	    RECORD_MAX);
	return (-1);
}

struct lastweek *
lasting_look(const struct cli *cli, const struct lasting *l,
    const struct pending *p, struct fail *f)
{
	static const struct query_ask all = { QUERY_TAIL, RECORDS, 0 };
	struct lastweek *w = xcalloc(1, sizeof(*w));
	const char *why;

	/* it may be over before that is done */
	shape_copy(&plan_shape, &w->plan, &p->plan);
	w->since_us = (uint64_t)time(NULL) * 1000000;
	w->since_us -= w->since_us < WEEK_US ? w->since_us : WEEK_US;
	record_lines_init(&w->cut);
	if ((w->like = pattern_of(l->like, &why)) == NULL)
		fail_set(f, EXIT_USAGE, "that is no pattern: %s", why);
	else if ((w->query = query_begin(cli, &all, on_piece, NULL, w,
	    f)) != NULL)
		return (w);
	lasting_look_free(w);
	return (NULL);
}

int
lasting_look_fd(const struct lastweek *w)
{
	return (query_fd(w->query));
}

int
lasting_look_step(struct lastweek *w, int ms, struct fail *f)
{
	return (query_step(w->query, ms, f));
}

void
lasting_look_free(struct lastweek *w)
{
	if (w == NULL)
		return;
	query_free(w->query);
	record_lines_free(&w->cut);
	pattern_free(w->like);
	shape_free(&plan_shape, &w->plan);
	strv_free(&w->commands);
	free(w);
}

static void
add(struct strv *to, struct buf *b)
{
	buf_put_u8(b, 0);
	strv_add(to, b->bad ? "(too long)" : (const char *)b->data);
	buf_reset(b);
}

static void
tell_scope(struct strv *to, const struct lasting *l, struct buf *b)
{
	buf_printf(b, "without being asked about, for ");
	out_age(b, (uint64_t)l->for_s * 1000);
	if (l->count != 0)
		buf_printf(b, ", %u times with this one", l->count);
	buf_printf(b, ", by this account, channel and skill:");
	add(to, b);
	if (l->like == NULL)
		buf_printf(b, "exactly this command");
	else {
		buf_printf(b, "this program, unchanged, in this directory, "
		    "with any words that are like ");
		esc_word(b, l->like, strlen(l->like));
	}
	add(to, b);
}

static void
tell_week(struct strv *to, const struct lastweek *w, struct buf *b)
{
	size_t i;

	buf_printf(b, "asked about and like it, ");
	if (w->records >= RECORDS && w->oldest_us > w->since_us)
		buf_printf(b, "in the last %u records: ", RECORDS);
	else
		buf_printf(b, "in the last week: ");
	buf_printf(b, "%zu, with this one%s", w->n, w->n > 0 ? "; of these" :
	    "");
	add(to, b);
	for (i = 0; i < w->commands.n; i++) {
		buf_printf(b, "  %s", w->commands.v[i]);
		add(to, b);
	}
	if (w->more != 0) {
		buf_printf(b, "  and %zu others", w->more);
		add(to, b);
	}
}

int
lasting_tell(const struct lasting *l, const struct lastweek *w,
    struct pending *p, struct fail *f)
{
	struct strv lines = { NULL, 0 };
	size_t len = p->row.len;
	struct buf b;
	int r = 0;

	if (p->program) {
		fail_set(f, EXIT_USAGE, "%s is a program of a run, which is "
		    "approved once", p->id);
		return (-1);
	}
	buf_init(&b, 32U * MSG_ROW_MAX);
	tell_scope(&lines, l, &b);
	if (w != NULL)
		tell_week(&lines, w, &b);
	field_list(&p->row, "again", &lines);
	/* what is not shown is not asked about */
	if (p->row.bad) {
		p->row.len = len;
		p->row.bad = 0;
		fail_set(f, EXIT_CLAWBOT, "what it would be for is too large "
		    "to be shown");
		r = -1;
	}
	buf_free(&b);
	strv_free(&lines);
	return (r);
}

int
lasting_wait(const struct cli *cli, const struct lasting *l,
    struct pending *p, struct fail *f)
{
	struct lastweek *w = NULL;
	struct pollfd fd;
	int r = 0;

	if (l->like != NULL && !p->program) {
		if ((w = lasting_look(cli, l, p, f)) == NULL)
			return (-1);
		do {
			fd.fd = lasting_look_fd(w);
			fd.events = POLLIN;
			(void)poll(&fd, 1, -1);
			r = lasting_look_step(w, -1, f);
		} while (r == 0);
	}
	r = r == -1 ? -1 : lasting_tell(l, w, p, f);
	lasting_look_free(w);
	return (r);
}

int
lasting_given(const void *data, size_t len, void *arg, struct fail *f)
{
	char *id = row_str(data, len, "standing"), *to = arg;
	uint64_t number;

	if (id == NULL || standingid_parse(id, &number) == -1) {
		free(id);
		fail_set(f, EXIT_CLAWBOT, "wrong answer from the daemon: no "
		    "id");
		return (-1);
	}
	(void)snprintf(to, RUNID_TEXT, "%s", id);
	free(id);
	return (0);
}

void
lasting_put(struct buf *b, const struct pending *p, const struct lasting *l)
{
	struct msg_standing v;
	char *like;

	like = xstrdup(l->like != NULL ? l->like : "");
	memset(&v, 0, sizeof(v));
	v.run = p->number;
	memcpy(v.digest, p->digest, sizeof(v.digest));
	v.for_s = l->for_s;
	v.count = l->count;
	v.like = like;
	payload_put(b, MSG_STANDING_ADD, &msg_standing_shape, &v);
	free(like);
}

int
lasting_give(struct conn *c, const struct pending *p, const struct lasting *l,
    char id[RUNID_TEXT], struct fail *f)
{
	struct buf b;
	int r;

	id[0] = '\0';
	lasting_put(&b, p, l);
	r = conn_rows(c, MSG_STANDING_ADD, b.data, b.len, lasting_given, id,
	    f);
	buf_free(&b);
	return (r);
}
