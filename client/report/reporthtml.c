/* SPDX-License-Identifier: ISC */
/* The report as one page of HTML; see report.h. */
#include "config.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/logline.h"
#include "client/report/chart.h"
#include "client/report/report.h"
#include "common/defs.h"


/* The page's policy names its digest, so no other style holds. */
static const char style[] =
":root{color-scheme:light dark;--bg:#f4f6f9;--card:#fff;--ink:#1b2330;"
"--soft:#5c6779;--line:#e2e6ed;--well:#2f9c8d;--failed:#e3a535;"
"--signal:#8b80c4;--limit:#e0713f;--refused:#c83b57;--error:#5a6372;"
"--plain:#3f74cf}\n"
"@media (prefers-color-scheme:dark){:root{--bg:#11151c;--card:#1a202a;"
"--ink:#e7ebf2;--soft:#98a3b5;--line:#2c3442;--well:#45b8a8;"
"--failed:#e9b550;--signal:#a49ad9;--limit:#ec8657;--refused:#e2607a;"
"--error:#8a94a5;--plain:#6a98e6}}\n"
"*{box-sizing:border-box}\n"
"body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 "
"system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',"
"sans-serif}\n"
"main{max-width:1120px;margin:0 auto;padding:32px 20px 48px}\n"
"h1{font-size:26px;line-height:1.2;margin:0;letter-spacing:-.01em}\n"
"h2{font-size:15px;margin:0 0 12px;font-weight:600}\n"
"header p,footer{color:var(--soft);margin:4px 0 0}\n"
".note{border-left:3px solid var(--refused);padding:8px 12px;"
"background:var(--card);margin:16px 0 0}\n"
".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(130px,"
"1fr));gap:12px;margin:24px 0 16px;padding:0;list-style:none}\n"
".tiles li,section{background:var(--card);border:1px solid var(--line);"
"border-radius:10px}\n"
".tiles li{padding:12px 16px;color:var(--soft);font-size:13px}\n"
".tiles strong{display:block;font-size:26px;line-height:1.25;"
"color:var(--ink);font-weight:600;font-variant-numeric:tabular-nums}\n"
".cards{columns:2 440px;column-gap:16px}\n"
"section{padding:18px 20px;margin:0 0 16px;break-inside:avoid}\n"
".chart{display:block;width:100%;height:auto}\n"
".tick{fill:var(--soft);font-size:11px;font-variant-numeric:"
"tabular-nums}\n"
".grid{stroke:var(--line)}.axis{stroke:var(--soft)}\n"
".well{fill:var(--well)}.failed{fill:var(--failed)}"
".signal{fill:var(--signal)}.limit{fill:var(--limit)}"
".refused{fill:var(--refused)}.error{fill:var(--error)}"
".plain{fill:var(--plain)}\n"
".legend{display:flex;flex-wrap:wrap;gap:4px 18px;margin:0 0 8px;"
"padding:0;list-style:none;font-size:13px;color:var(--soft)}\n"
".swatch{width:10px;height:10px;margin-right:7px}\n"
"table{border-collapse:collapse;width:100%;font-size:14px}\n"
"th{text-align:left;font-weight:500;color:var(--soft);font-size:12px;"
"padding:0 8px 4px 0}\n"
"td{padding:5px 8px 5px 0;border-top:1px solid var(--line);"
"vertical-align:top}\n"
"td.key{overflow-wrap:anywhere;font-family:ui-monospace,'DejaVu Sans "
"Mono',monospace;font-size:12.5px}\n"
"td.count,th.count{text-align:right;font-variant-numeric:tabular-nums;"
"white-space:nowrap;width:1%}\n"
"td.bars{width:32%;padding-top:11px}\n"
".bar{display:block;width:100%;height:8px}\n"
".none{color:var(--soft);margin:0;font-size:14px}"
".none+table,.chart+.none{margin-top:12px}\n"
"tr.rest td{color:var(--soft);font-family:inherit}\n"
"footer{margin-top:28px;font-size:13px}\n"
"@media print{body{background:none}}\n";

static const char *const ended_classes[ENDED_WAYS] = {
	[ENDED_WELL] = "well", [ENDED_FAILED] = "failed",
	[ENDED_BY_SIGNAL] = "signal", [ENDED_AT_LIMIT] = "limit",
	[ENDED_REFUSED] = "refused", [ENDED_IN_ERROR] = "error"
};

static void
put_text(struct buf *b, const char *s)
{
	chart_html(b, s, strlen(s));
}

/* What account() and the like make for terminals is text here. */
static void
put_made(struct buf *b, struct buf *made)
{
	chart_html(b, made->data, made->len);
	buf_free(made);
}

static void
put_account(struct buf *b, uint64_t uid)
{
	struct buf t;

	buf_init(&t, 4096);
	logline_account(&t, uid);
	put_made(b, &t);
}

static void
put_head(struct buf *b, const struct report *r)
{
	uint8_t digest[crypto_hash_sha256_BYTES];
	char text[sodium_base64_ENCODED_LEN(crypto_hash_sha256_BYTES,
	    sodium_base64_VARIANT_ORIGINAL)];
	struct buf gone;

	crypto_hash_sha256(digest, (const uint8_t *)style, sizeof(style) - 1);
	sodium_bin2base64(text, sizeof(text), digest, sizeof(digest),
	    sodium_base64_VARIANT_ORIGINAL);
	buf_printf(b, REPORT_HTML_BEGIN REPORT_HTML_MAKER
	    "<meta http-equiv=\"Content-Security-Policy\" "
	    "content=\"default-src 'none'; style-src 'sha256-%s'; base-uri "
	    "'none'; form-action 'none'\">\n<meta name=\"viewport\" "
	    "content=\"width=device-width, initial-scale=1\">\n<meta name="
	    "\"referrer\" content=\"no-referrer\">\n" REPORT_HTML_TITLE
	    "\n<style>", text);
	buf_put(b, style, sizeof(style) - 1);
	buf_printf(b, "</style></head>\n<body><main><header><h1>What agents "
	    "did here</h1><p>");
	report_moment(b, r->since_us > r->log_begins_us ? r->since_us :
	    r->log_begins_us);
	buf_printf(b, " to ");
	report_moment(b, r->until_us);
	if (r->records != 0)
		buf_printf(b, " &middot; %llu records, %llu to %llu",
		    (unsigned long long)r->records,
		    (unsigned long long)r->first,
		    (unsigned long long)r->last);
	else
		buf_printf(b, " &middot; no records");
	buf_printf(b, "</p></header>\n");
	if (report_is_cut(r)) {
		buf_printf(b, "<p class=\"note\">Not in the log any more: ");
		buf_init(&gone, 256);
		report_gone(&gone, r);
		put_made(b, &gone);
		buf_printf(b, ". What is new, unused or never happened is "
		    "that since record %llu.</p>\n",
		    (unsigned long long)r->log_begins);
	}
	if (r->bad_lines != 0)
		buf_printf(b, "<p class=\"note\">%llu lines of the log are no "
		    "records: see clawbot audit verify.</p>\n",
		    (unsigned long long)r->bad_lines);
}

static void
put_tile(struct buf *b, const char *what, uint64_t n)
{
	buf_printf(b, "<li><strong>%llu</strong>%s</li>\n",
	    (unsigned long long)n, what);
}

static void
put_tiles(struct buf *b, const struct report *r)
{
	buf_printf(b, "<ul class=\"tiles\">\n");
	put_tile(b, "runs", r->runs);
	put_tile(b, "refused", r->ended[ENDED_REFUSED]);
	put_tile(b, "questions asked", r->asked);
	put_tile(b, "near misses", r->near.total);
	put_tile(b, "limits met", r->limits.total);
	put_tile(b, "new programs", r->programs.rows);
	put_tile(b, "stops, resumes", r->nstops + r->stops_more);
	buf_printf(b, "</ul>\n");
}

static uint64_t
span_value(const void *arg, size_t i, size_t k)
{
	return (((const struct report *)arg)->spans[i].n[k]);
}

static int
span_time(const struct report *r, size_t i, struct tm *tm)
{
	const time_t t = (time_t)(r->spans[i].begin_us / REPORT_US);

	return (localtime_r(&t, tm) == NULL ? -1 : 0);
}

static void
span_label(struct buf *b, const void *arg, size_t i)
{
	const struct report *r = arg;
	char text[32];
	struct tm tm;

	if (span_time(r, i, &tm) == 0 && strftime(text, sizeof(text),
	    r->span_us >= 86400 * REPORT_US ? "%Y-%m-%d" : "%m-%d %H:%M",
	    &tm) != 0)
		buf_printf(b, "%s", text);
}

/* Spans of hours, over so many of them that days are what one looks for? */
static int
has_days(const struct report *r)
{
	return (r->span_us < 86400 * REPORT_US &&
	    r->nspans * r->span_us >= 2 * 86400 * REPORT_US);
}

static int
is_midnight(const void *arg, size_t i)
{
	const struct report *r = arg;
	struct tm tm;

	return (span_time(r, i, &tm) == 0 &&
	    (uint64_t)tm.tm_hour * 3600 * REPORT_US < r->span_us);
}

static void
day_label(struct buf *b, const void *arg, size_t i)
{
	char text[32];
	struct tm tm;

	if (span_time(arg, i, &tm) == 0 && strftime(text, sizeof(text),
	    "%a %m-%d", &tm) != 0)
		buf_printf(b, "%s", text);
}

static void
put_runs(struct buf *b, const struct report *r)
{
	const struct chart c = { .id = "runs",
	    .title = "Runs by time and outcome",
	    .about = "Stacked columns, one for each span of time: how many "
	    "runs ended in which way, and how many requests were refused.",
	    .width = 1060, .n = r->nspans, .nseries = ENDED_WAYS,
	    .names = ended_names, .classes = ended_classes,
	    .value = span_value, .label = span_label,
	    .marked = has_days(r) ? is_midnight : NULL,
	    .mark = has_days(r) ? day_label : NULL, .arg = r };

	buf_printf(b, "<section><h2>Runs by %s, and how they "
	    "ended</h2>\n", r->span_us == 3600 * REPORT_US ? "hour" : "time");
	if (r->nspans != 0)
		chart_columns(b, &c);
	else
		buf_printf(b, "<p class=\"none\">None.</p>");
	buf_printf(b, "</section>\n");
}

static uint64_t
took_value(const void *arg, size_t i, size_t k)
{
	(void)k;
	return (((const struct report *)arg)->took[i]);
}

static void
took_label(struct buf *b, const void *arg, size_t i)
{
	(void)arg;
	buf_printf(b, "%s%s", i + 1 < REPORT_TOOK ? "\342\211\244 " : "",
	    report_took_names[i]);
}

static void
put_approvals(struct buf *b, const struct report *r)
{
	static const char *const name[] = { "answers" }, *const class[] = {
	    "plain" };
	const struct chart c = { .id = "took",
	    .title = "How long answers took",
	    .about = "Columns: how many questions were answered within which "
	    "time.", .width = 500, .n = REPORT_TOOK, .nseries = 1,
	    .names = name, .classes = class, .value = took_value,
	    .label = took_label, .arg = r };
	size_t i;

	buf_printf(b, "<section><h2>Approvals, and how long they took</h2>\n");
	if (r->took_n != 0)
		chart_columns(b, &c);
	buf_printf(b, "<p class=\"none\">%llu asked",
	    (unsigned long long)r->asked);
	for (i = 0; i < ANSWERED_WAYS; i++)
		buf_printf(b, ", %llu %s", (unsigned long long)
		    r->answered[i], answered_names[i]);
	if (r->took_n != 0) {
		buf_printf(b, "; an answer took ");
		report_lasted(b, r->took_us / r->took_n);
		buf_printf(b, " on average, ");
		report_lasted(b, r->took_most_us);
		buf_printf(b, " at most");
	}
	buf_printf(b, ".</p></section>\n");
}

static void
put_tally(struct buf *b, const char *what, const struct tally *t,
    const char *class, int account)
{
	uint64_t rest;
	size_t i;

	buf_printf(b, "<section><h2>%s</h2>\n", what);
	if (t->total == 0)
		buf_printf(b, "<p class=\"none\">None.</p>");
	else
		buf_printf(b, "<table>");
	for (i = 0; i < t->rows && i < REPORT_ROWS; i++) {
		buf_printf(b, "<tr><td class=\"key\">");
		if (account)
			put_account(b, strtoull(t->v[i].text, NULL, 10));
		else
			put_text(b, t->v[i].text);
		buf_printf(b, "</td><td class=\"bars\">");
		chart_bar(b, t->v[i].n, t->v[0].n, class);
		buf_printf(b, "</td><td class=\"count\">%llu</td></tr>\n",
		    (unsigned long long)t->v[i].n);
	}
	if ((rest = report_rest(t, i)) != 0)
		buf_printf(b, "<tr class=\"rest\"><td class=\"key\">others"
		    "</td><td></td><td class=\"count\">%llu</td></tr>\n",
		    (unsigned long long)rest);
	buf_printf(b, "%s</section>\n", t->total == 0 ? "" : "</table>");
}

static void
put_secret(struct buf *b, const struct report *r,
    const struct report_secret *s)
{
	buf_printf(b, "<tr><td class=\"key\">");
	put_text(b, s->name);
	buf_printf(b, "</td><td>");
	if (s->removed)
		buf_printf(b, "removed");
	else if (s->set_us == 0)
		buf_printf(b, "before %s", report_is_cut(r) ? "that" :
		    "this log");
	else if (s->set_us < r->until_us) {
		report_lasted(b, r->until_us - s->set_us);
		buf_printf(b, " ago");
	}
	buf_printf(b, "</td><td>");
	if (s->used_us == 0) {
		buf_printf(b, "not ");
		report_scope(b, r);
	} else
		report_moment(b, s->used_us);
	buf_printf(b, "</td><td class=\"count\">%llu</td></tr>\n",
	    (unsigned long long)s->uses);
}

static void
put_secrets(struct buf *b, const struct report *r)
{
	size_t i;

	buf_printf(b, "<section><h2>Secrets, by age and last use</h2>\n");
	if (r->nsecrets == 0)
		buf_printf(b, "<p class=\"none\">None.</p>");
	else
		buf_printf(b, "<table><tr><th>name</th><th>stored</th><th>"
		    "last used</th><th class=\"count\">uses</th></tr>\n");
	for (i = 0; i < r->nsecrets; i++)
		put_secret(b, r, &r->secrets[i]);
	buf_printf(b, "%s</section>\n", r->nsecrets == 0 ? "" : "</table>");
}

static void
put_list(struct buf *b, const char *what, const struct strv *v,
    const char *unknown)
{
	size_t i;

	buf_printf(b, "<section><h2>%s</h2>\n", what);
	if (v->n == 0) {
		buf_printf(b, "<p class=\"none\">");
		if (*unknown != '\0') {
			buf_printf(b, "Not known: ");
			put_text(b, unknown);
		} else
			buf_printf(b, "None.");
		buf_printf(b, "</p></section>\n");
		return;
	}
	buf_printf(b, "<table>");
	for (i = 0; i < v->n && i < 2 * REPORT_ROWS; i++) {
		buf_printf(b, "<tr><td class=\"key\">");
		put_text(b, v->v[i]);
		buf_printf(b, "</td></tr>\n");
	}
	if (v->n > i)
		buf_printf(b, "<tr class=\"rest\"><td class=\"key\">and %zu "
		    "more</td></tr>\n", v->n - i);
	buf_printf(b, "</table></section>\n");
}

static void
put_stops(struct buf *b, const struct report *r)
{
	const struct report_stop *s;
	size_t i;

	buf_printf(b, "<section><h2>Emergency stops and circuit breakers</h2>"
	    "\n<p class=\"none\">%llu requests refused by an open breaker, "
	    "%llu resets.</p>\n", (unsigned long long)r->trips,
	    (unsigned long long)r->resets);
	if (r->nstops != 0)
		buf_printf(b, "<table><tr><th>when</th><th>what</th><th>why"
		    "</th></tr>\n");
	for (i = 0; i < r->nstops; i++) {
		s = &r->stops[i];
		buf_printf(b, "<tr><td>");
		report_moment(b, s->time_us);
		buf_printf(b, "</td><td>%s ", s->resume ? "resume" : "stop");
		put_text(b, s->scope);
		buf_put_u8(b, ' ');
		put_text(b, s->name);
		buf_printf(b, "</td><td>");
		put_text(b, s->reason);
		if (s->by != UINT64_MAX) {
			buf_printf(b, " (");
			put_account(b, s->by);
			buf_put_u8(b, ')');
		}
		buf_printf(b, "</td></tr>\n");
	}
	buf_printf(b, "%s", r->nstops != 0 ? "</table>" : "");
	if (r->stops_more != 0)
		buf_printf(b, "<p class=\"none\">And %llu more.</p>",
		    (unsigned long long)r->stops_more);
	buf_printf(b, "</section>\n");
}

void
report_html(struct buf *b, const struct report *r)
{
	put_head(b, r);
	put_tiles(b, r);
	put_runs(b, r);
	buf_printf(b, "<div class=\"cards\">\n");
	put_tally(b, "Refused, by rule", &r->refused_rules, "refused", 0);
	put_tally(b, "Refused, by skill", &r->refused_skills, "refused", 0);
	put_approvals(b, r);
	put_tally(b, "Approvers, by answers", &r->approvers, "plain", 1);
	put_tally(b, "Near misses: let run, and stopped inside by a rule",
	    &r->near, "limit", 0);
	put_tally(b, "Turned away before a run, by cause", &r->turned_away,
	    "failed", 0);
	put_tally(b, report_is_cut(r) ? "New programs, since what is not in "
	    "the log any more" : "New programs, not seen before in this log",
	    &r->programs, "plain", 0);
	put_tally(b, "Limits met", &r->limits, "limit", 0);
	put_tally(b, "Skills", &r->skills, "well", 0);
	put_tally(b, "Accounts that asked", &r->accounts, "well", 1);
	put_secrets(b, r);
	put_stops(b, r);
	put_list(b, "Skills that nobody asked for", &r->unused_skills,
	    r->unused_why);
	put_list(b, "Allow patterns that let nothing run",
	    &r->unused_patterns, r->unused_why);
	buf_printf(b, "</div>\n<footer>The daemon started %llu times, with "
	    "%llu configurations loaded; %llu runs were lost with it.%s%s "
	    "Times are local.</footer></main></body></html>\n",
	    (unsigned long long)r->sessions,
	    (unsigned long long)r->reloads, (unsigned long long)r->lost,
	    report_is_cut(r) ? " That is so of what is in the log." : "",
	    r->programs_cut ? " There are too many programs to tell all new "
	    "ones." : "");
}
