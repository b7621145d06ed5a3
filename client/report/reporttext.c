/* SPDX-License-Identifier: ISC */
/* The report as text; see report.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/esc.h"
#include "client/logline.h"
#include "client/report/report.h"

#define BAR_COLS	24
#define SPANS_SHOWN	48

void
report_moment(struct buf *b, uint64_t us)
{
	const time_t t = (time_t)(us / REPORT_US);
	char text[32];
	struct tm tm;

	if (localtime_r(&t, &tm) != NULL &&
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &tm) != 0)
		buf_printf(b, "%s", text);
}

void
report_lasted(struct buf *b, uint64_t us)
{
	static const struct {
		uint64_t	 s;
		const char	*name;
	} units[] = { { 172800, "days" }, { 7200, "h" }, { 120, "min" } };
	static const unsigned each[] = { 86400, 3600, 60 };
	size_t i;

	for (i = 0; i < 3; i++)
		if (us / REPORT_US >= units[i].s) {
			buf_printf(b, "%llu %s", (unsigned long long)
			    (us / REPORT_US / each[i]), units[i].name);
			return;
		}
	if (us < 10 * REPORT_US)
		buf_printf(b, "%llu.%llu s",
		    (unsigned long long)(us / REPORT_US),
		    (unsigned long long)(us / 100000 % 10));
	else
		buf_printf(b, "%llu s", (unsigned long long)(us / REPORT_US));
}

int
report_is_cut(const struct report *r)
{
	return (r->log_begins > 1);
}

void
report_gone(struct buf *b, const struct report *r)
{
	buf_printf(b, "records 1 to %llu",
	    (unsigned long long)r->log_begins - 1);
	if (r->gone_by == 0)
		return;
	buf_printf(b, ", until ");
	esc_text(b, r->gone_until, strnlen(r->gone_until, 10));
	buf_printf(b, ", removed as record %llu says",
	    (unsigned long long)r->gone_by);
}

void
report_scope(struct buf *b, const struct report *r)
{
	if (report_is_cut(r))
		buf_printf(b, "since record %llu",
		    (unsigned long long)r->log_begins);
	else
		buf_printf(b, "in this log");
}

uint64_t
report_rest(const struct tally *t, size_t rows)
{
	uint64_t n = t->others;

	for (; rows < t->rows; rows++)
		n += t->v[rows].n;
	return (n);
}

static void
put_bar(struct buf *b, uint64_t n, uint64_t most)
{
	uint64_t cols = most == 0 ? 0 : (n * BAR_COLS + most - 1) / most;

	while (cols-- > 0)
		buf_put_u8(b, '#');
}

static void
put_heading(struct buf *b, const char *what)
{
	buf_printf(b, "\n%s\n", what);
}

/* A text of the log, or the name of the account that it is the number of. */
static void
put_key(struct buf *b, const char *text, int account)
{
	if (account)
		logline_account(b, strtoull(text, NULL, 10));
	else
		esc_text(b, text, strlen(text));
}

static void
put_tally(struct buf *b, const char *what, const struct tally *t,
    int account)
{
	uint64_t rest;
	size_t i;

	if (t->total == 0)
		return;
	put_heading(b, what);
	for (i = 0; i < t->rows && i < REPORT_ROWS; i++) {
		buf_printf(b, "  %8llu  ", (unsigned long long)t->v[i].n);
		put_key(b, t->v[i].text, account);
		buf_put_u8(b, '\n');
	}
	if ((rest = report_rest(t, i)) != 0)
		buf_printf(b, "  %8llu  others%s\n", (unsigned long long)rest,
		    t->others != 0 ? " (too many to tell apart)" : "");
}

static void
put_head(struct buf *b, const struct report *r)
{
	buf_printf(b, "clawbot: ");
	report_moment(b, r->since_us > r->log_begins_us ? r->since_us :
	    r->log_begins_us);
	buf_printf(b, " to ");
	report_moment(b, r->until_us);
	if (r->records == 0)
		buf_printf(b, ", no records\n");
	else
		buf_printf(b, ", %llu records, %llu to %llu\n",
		    (unsigned long long)r->records,
		    (unsigned long long)r->first,
		    (unsigned long long)r->last);
	if (report_is_cut(r)) {
		buf_printf(b, "Not in the log any more: ");
		report_gone(b, r);
		buf_printf(b, ".\nWhat is new, unused or never happened is "
		    "that since record %llu.\n",
		    (unsigned long long)r->log_begins);
	}
	if (r->bad_lines != 0)
		buf_printf(b, "LOOK: %llu lines of the log are no records; "
		    "see clawbot audit verify\n",
		    (unsigned long long)r->bad_lines);
}

static void
put_runs(struct buf *b, const struct report *r)
{
	uint64_t most = 0;
	size_t i;

	put_heading(b, "Runs");
	buf_printf(b, "  %8llu  began, with %llu programs in them\n",
	    (unsigned long long)r->runs, (unsigned long long)r->execs);
	for (i = 0; i < ENDED_WAYS; i++)
		if (r->ended[i] > most)
			most = r->ended[i];
	for (i = 0; i < ENDED_WAYS; i++) {
		buf_printf(b, "  %8llu  %-10s ", (unsigned long long)
		    r->ended[i], ended_names[i]);
		put_bar(b, r->ended[i], most);
		buf_put_u8(b, '\n');
	}
	if (r->lost != 0)
		buf_printf(b, "  %8llu  of them lost with the daemon\n",
		    (unsigned long long)r->lost);
}

static uint64_t
sum_of(const struct report_span *s)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < ENDED_WAYS; i++)
		n += s->n[i];
	return (n);
}

static void
put_spans(struct buf *b, const struct report *r)
{
	uint64_t most = 0, n;
	size_t i, k, busy = 0, shown = 0;

	for (i = 0; i < r->nspans; i++) {
		n = sum_of(&r->spans[i]);
		busy += n != 0;
		most = n > most ? n : most;
	}
	if (busy == 0)
		return;
	put_heading(b, "By time");
	for (i = 0; i < r->nspans; i++) {
		if ((n = sum_of(&r->spans[i])) == 0 || busy-- > SPANS_SHOWN)
			continue;
		buf_printf(b, "  ");
		report_moment(b, r->spans[i].begin_us);
		buf_printf(b, " %6llu ", (unsigned long long)n);
		put_bar(b, n, most);
		for (k = ENDED_FAILED; k < ENDED_WAYS; k++)
			if (r->spans[i].n[k] != 0)
				buf_printf(b, "  %s %llu", ended_names[k],
				    (unsigned long long)r->spans[i].n[k]);
		buf_put_u8(b, '\n');
		shown++;
	}
	if (shown == SPANS_SHOWN)
		buf_printf(b, "  those before are in --html and --json\n");
}

static void
put_approvals(struct buf *b, const struct report *r)
{
	uint64_t most = 0;
	size_t i;

	if (r->asked == 0 && r->took_n == 0)
		return;
	put_heading(b, "Approvals");
	buf_printf(b, "  %8llu  asked\n", (unsigned long long)r->asked);
	for (i = 0; i < ANSWERED_WAYS; i++)
		buf_printf(b, "  %8llu  %s\n", (unsigned long long)
		    r->answered[i], answered_names[i]);
	if (r->took_n == 0)
		return;
	buf_printf(b, "  an answer took ");
	report_lasted(b, r->took_us / r->took_n);
	buf_printf(b, " on average, ");
	report_lasted(b, r->took_most_us);
	buf_printf(b, " at most\n");
	for (i = 0; i < REPORT_TOOK; i++)
		if (r->took[i] > most)
			most = r->took[i];
	for (i = 0; i < REPORT_TOOK; i++) {
		buf_printf(b, "  %8llu  %s%-7s ", (unsigned long long)
		    r->took[i], i + 1 < REPORT_TOOK ? "within " : "",
		    report_took_names[i]);
		put_bar(b, r->took[i], most);
		buf_put_u8(b, '\n');
	}
}

static void
put_secrets(struct buf *b, const struct report *r)
{
	const struct report_secret *s;
	size_t i;

	if (r->nsecrets == 0)
		return;
	put_heading(b, "Secrets");
	for (i = 0; i < r->nsecrets; i++) {
		s = &r->secrets[i];
		buf_printf(b, "  ");
		esc_word(b, s->name, strlen(s->name));
		if (s->removed)
			buf_printf(b, ", removed");
		else if (s->set_us != 0 && s->set_us < r->until_us) {
			buf_printf(b, ", stored ");
			report_lasted(b, r->until_us - s->set_us);
			buf_printf(b, " ago");
		} else
			buf_printf(b, ", stored before %s", report_is_cut(r) ?
			    "that" : "this log");
		if (s->used_us == 0) {
			buf_printf(b, ", not used ");
			report_scope(b, r);
			buf_put_u8(b, '\n');
		} else {
			buf_printf(b, ", last used ");
			report_moment(b, s->used_us);
			buf_printf(b, ", %llu times in this period\n",
			    (unsigned long long)s->uses);
		}
	}
	if (r->secrets_more != 0)
		buf_printf(b, "  more secrets than are told apart\n");
}

static void
put_list(struct buf *b, const char *what, const struct strv *v)
{
	size_t i;

	if (v->n == 0)
		return;
	put_heading(b, what);
	for (i = 0; i < v->n && i < REPORT_ROWS; i++) {
		buf_printf(b, "  ");
		esc_text(b, v->v[i], strlen(v->v[i]));
		buf_put_u8(b, '\n');
	}
	if (v->n > i)
		buf_printf(b, "  and %zu more\n", v->n - i);
}

static void
put_stops(struct buf *b, const struct report *r)
{
	const struct report_stop *s;
	size_t i;

	if (r->nstops != 0)
		put_heading(b, "Emergency stops");
	for (i = 0; i < r->nstops; i++) {
		s = &r->stops[i];
		buf_printf(b, "  ");
		report_moment(b, s->time_us);
		buf_printf(b, " %s %s ", s->resume ? "resume" : "stop",
		    s->scope);
		esc_text(b, s->name, strlen(s->name));
		if (s->by != UINT64_MAX) {
			buf_printf(b, " by ");
			logline_account(b, s->by);
		}
		buf_printf(b, ": ");
		esc_text(b, s->reason, strlen(s->reason));
		buf_put_u8(b, '\n');
	}
	if (r->stops_more != 0)
		buf_printf(b, "  and %llu more\n",
		    (unsigned long long)r->stops_more);
}

static void
put_new(struct buf *b, const struct report *r)
{
	struct buf what;
	char *text;

	buf_init(&what, 128);
	buf_printf(&what, "New programs, not seen before ");
	report_scope(&what, r);
	if ((text = buf_text(&what)) == NULL) {
		b->bad = 1;
		return;
	}
	put_tally(b, text, &r->programs, 0);
	free(text);
}

void
report_text(struct buf *b, const struct report *r)
{
	put_head(b, r);
	put_runs(b, r);
	put_spans(b, r);
	put_tally(b, "Skills", &r->skills, 0);
	put_tally(b, "Accounts that asked", &r->accounts, 1);
	put_tally(b, "Refused, by rule", &r->refused_rules, 0);
	put_tally(b, "Refused, by skill", &r->refused_skills, 0);
	put_tally(b, "Turned away before a run, by cause", &r->turned_away,
	    0);
	put_tally(b, "Near misses: let run, and stopped by this rule inside",
	    &r->near, 0);
	put_approvals(b, r);
	put_tally(b, "Approvers, by answers", &r->approvers, 1);
	put_tally(b, "Limits met", &r->limits, 0);
	put_new(b, r);
	if (r->programs_cut)
		buf_printf(b, "  there are too many programs to tell all new "
		    "ones\n");
	put_heading(b, "Circuit breakers");
	buf_printf(b, "  %8llu  requests refused by an open one\n  %8llu  "
	    "resets\n", (unsigned long long)r->trips,
	    (unsigned long long)r->resets);
	put_stops(b, r);
	put_secrets(b, r);
	put_list(b, "Skills that nobody asked for", &r->unused_skills);
	put_list(b, "Allow patterns that let nothing run",
	    &r->unused_patterns);
	if (r->unused_why[0] != '\0')
		buf_printf(b, "\nUnused skills and patterns are not known: "
		    "%s\n", r->unused_why);
	buf_printf(b, "\nThe daemon started %llu times, with %llu "
	    "configurations loaded", (unsigned long long)r->sessions,
	    (unsigned long long)r->reloads);
	if (report_is_cut(r)) {
		buf_printf(b, ", ");
		report_scope(b, r);
	}
	buf_printf(b, ".\n");
}
