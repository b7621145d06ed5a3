/* SPDX-License-Identifier: ISC */
/*
 * A report: what it counts, that its tables are bounded, that nothing of a log
 * is anything but text in it, and the arithmetic of charts.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <jansson.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/report/chart.h"
#include "client/report/report.h"
#include "common/field.h"

#define US	UINT64_C(1000000)
#define DAY	UINT64_C(86400)
#define NOW	(UINT64_C(1750000000) * US)

static struct report *r;
static uint64_t number;

/* A record so many seconds before the end, of this JSON behind "v". */
static void __attribute__((__format__ (printf, 3, 4)))
add(uint64_t before, const char *kind, const char *fmt, ...)
{
	char line[8192], json[4096], stamp[RECORD_TIME + 1];
	struct record_view v;
	uint64_t got;
	va_list ap;
	int n;

	va_start(ap, fmt);
	(void)vsnprintf(json, sizeof(json), fmt, ap);
	va_end(ap);
	assert_int_equal(record_time(stamp, NOW - before * US), 0);
	n = snprintf(line, sizeof(line), "%012llu %s %s: {\"v\":1,%s,\"p\":"
	    "\"BuqnmqLQstCIi6arrlk5hC6NSvBKGSQ1HY6qsGpDPAk\"}\n",
	    (unsigned long long)++number, stamp, kind, json);
	assert_null(record_check(line, (size_t)n, NULL, &got));
	assert_int_equal(record_view(&v, line, (size_t)n), 0);
	report_add(r, &v);
}

static void
run(uint64_t before, const char *id, const char *path, const char *end)
{
	add(before, "exec", "\"ev\":\"intent\",\"run\":\"%s\",\"exe\":{"
	    "\"path\":\"%s\",\"digest\":\"00ff\"},\"secrets\":[\"KEY\"],"
	    "\"skill\":\"build\",\"why\":{\"channel\":\"cli\",\"uid\":1000,"
	    "\"rule\":\"skills.build.allow: make **\",\"verdict\":\"allow\"}",
	    id, path);
	add(before, "exec", "\"ev\":\"result\",\"run\":\"%s\",%s", id, end);
}

static void
ask(uint64_t before, const char *id, const char *ev)
{
	add(before, "approval", "\"ev\":\"%s\",\"run\":\"%s\",\"skill\":"
	    "\"deploy\",\"why\":{\"uid\":1001,\"channel\":\"cli\",\"rule\":"
	    "\"skills.deploy.ask: git push\"},\"by\":{\"uid\":0}", ev, id);
}

static void
begin(uint64_t days)
{
	number = 0;
	r = report_new(NOW - days * DAY * US, NOW);
}

static void
test_counts(void **state)
{
	(void)state;
	begin(7);
	add(9 * DAY, "secret", "\"ev\":\"set\",\"name\":\"KEY\"");
	run(8 * DAY, "r000000000001", "/bin/old", "\"outcome\":\"exited\","
	    "\"exit\":0");
	run(DAY, "r000000000002", "/bin/old", "\"outcome\":\"exited\","
	    "\"exit\":0");
	run(DAY, "r000000000003", "/bin/new", "\"outcome\":\"exited\","
	    "\"exit\":1");
	run(3600, "r000000000004", "/bin/new", "\"outcome\":\"limited\","
	    "\"limit\":\"memoryMB\"");
	run(3600, "r000000000005", "/bin/old", "\"outcome\":\"timeout\"");
	add(60, "exec", "\"ev\":\"exec\",\"run\":\"r000000000005\",\"seq\":1,"
	    "\"verdict\":\"deny\",\"rule\":\"skills.build.deny: nc **\"");
	add(50, "exec", "\"ev\":\"refused\",\"run\":\"r000000000006\","
	    "\"skill\":\"build\",\"why\":{\"uid\":1000,\"rule\":\"skills."
	    "build.deny: rm **\"},\"outcome\":\"denied\"");
	ask(8 * DAY, "r000000000007", "request");
	ask(8 * DAY - 20, "r000000000007", "approve");
	ask(500, "r000000000008", "request");
	ask(380, "r000000000008", "approve");
	ask(300, "r000000000009", "request");
	ask(299, "r000000000009", "deny");
	add(20, "quota", "\"ev\":\"refused\",\"cause\":\"breaker\","
	    "\"count\":7");
	add(10, "stop", "\"ev\":\"stop\",\"scope\":\"all\",\"reason\":\"x\","
	    "\"by\":{\"uid\":0}");
	report_done(r);
	assert_int_equal(r->runs, 4);
	assert_int_equal(r->ended[ENDED_WELL], 1);
	assert_int_equal(r->ended[ENDED_FAILED], 1);
	assert_int_equal(r->ended[ENDED_AT_LIMIT], 2);
	assert_int_equal(r->ended[ENDED_REFUSED], 2);
	assert_int_equal(r->limits.rows, 2);
	assert_int_equal(r->near.total, 1);
	/* new is what the log did not have before */
	assert_int_equal(r->programs.rows, 1);
	assert_string_equal(r->programs.v[0].text, "/bin/new 00ff");
	assert_int_equal(r->programs.v[0].n, 2);
	/* the answer before the period is none of it */
	assert_int_equal(r->asked, 2);
	assert_int_equal(r->answered[ANSWERED_YES], 1);
	assert_int_equal(r->answered[ANSWERED_NO], 1);
	assert_int_equal(r->took_most_us, 120 * US);
	assert_int_equal(r->took[0], 1);
	assert_int_equal(r->took[2], 1);
	assert_int_equal(r->trips, 7);
	assert_int_equal(r->nstops, 1);
	assert_int_equal(r->nsecrets, 1);
	assert_int_equal(r->secrets[0].uses, 4);
	assert_int_equal(NOW - r->secrets[0].set_us, 9 * DAY * US);
	assert_int_equal(r->secrets[0].used_us, NOW - 3600 * US);
	report_free(r);
}

/* What ended is in the column of its hour, and all columns have the sum. */
static void
test_spans(void **state)
{
	static const unsigned days[] = { 1, 7, 60, 4000, 18000 };
	uint64_t sum;
	size_t i, k;

	(void)state;
	for (k = 0; k < sizeof(days) / sizeof(days[0]); k++) {
		begin(days[k]);
		for (i = 0; i < 50; i++)
			run((days[k] * DAY - 1) / 50 * (50 - i),
			    "r000000000001", "/bin/x",
			    "\"outcome\":\"killed\"");
		assert_in_range(r->nspans, 2, REPORT_SPANS);
		assert_true(r->spans[0].begin_us <= NOW - days[k] * DAY * US +
		    DAY * US / 50 * days[k]);
		assert_true(r->spans[r->nspans - 1].begin_us + r->span_us >=
		    NOW);
		for (i = sum = 0; i < r->nspans; i++)
			sum += r->spans[i].n[ENDED_BY_SIGNAL];
		assert_int_equal(sum, 50);
		report_free(r);
	}
}

static void
test_bounds(void **state)
{
	char text[400];
	struct tally t;
	size_t i;

	(void)state;
	tally_init(&t);
	for (i = 0; i < TALLY_MAX + 10; i++) {
		(void)snprintf(text, sizeof(text), "%zu", i);
		(void)tally_add(&t, text, 1 + (i == 5), i, NULL);
	}
	assert_int_equal(t.rows, TALLY_MAX);
	assert_int_equal(t.others, 10);
	assert_int_equal(tally_add(&t, "9999", 1, 0, NULL), -1);
	assert_int_equal(tally_add(&t, "7", 1, 0, NULL), 0);
	tally_sort(&t);
	assert_string_equal(t.v[1].text, "7");
	assert_string_equal(tally_find(&t, "100")->text, "100");
	assert_null(tally_find(&t, "9999"));
	tally_free(&t);
	/* a long text is the same again */
	tally_init(&t);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(tally_add(&t, text, 1, 0, NULL), 1);
	assert_int_equal(tally_add(&t, text, 1, 0, NULL), 0);
	assert_non_null(tally_find(&t, text));
	tally_free(&t);
}

static void
hostile(void)
{
	static const char *const names[] = { "<script>alert(1)</script>",
	    "\\\"><img src=x onerror=alert(1)>", "</td></table><h1>x",
	    "&lt;b&gt;", "'onload='x", "]]>--><!--", "\\u202egnp.exe",
	    "\\u001b[31m" };
	char id[16];
	size_t i;

	begin(1);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(id, sizeof(id), "r%012zu", i);
		run(100, id, names[i], "\"outcome\":\"limited\",\"limit\":"
		    "\"<i>\"");
		add(90, "exec", "\"ev\":\"refused\",\"skill\":\"%s\","
		    "\"why\":{\"uid\":1,\"rule\":\"%s\"}", names[i], names[i]);
		add(80, "stop", "\"ev\":\"stop\",\"scope\":\"skill\","
		    "\"name\":\"%s\",\"reason\":\"%s\"", names[i], names[i]);
		add(70, "secret", "\"ev\":\"set\",\"name\":\"%s\"", names[i]);
		add(60, "quota", "\"ev\":\"refused\",\"cause\":\"%s\"",
		    names[i]);
	}
	strv_add(&r->unused_patterns, "skills.x.allow: <u> **");
	report_done(r);
}

/* Nothing in a tag that would load or run something. */
static void
is_harmless(const char *tag, size_t n)
{
	static const char *const bad[] = { " on", "href", "src", "style=" };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_null(memmem(tag, n, bad[i], strlen(bad[i])));
}

/* Every tag of the page is one that is made here. */
static void
only_known_tags(const char *page)
{
	static const char *const tags[] = { "!DOCTYPE", "html", "head", "meta",
	    "title", "style", "body", "main", "header", "h1", "p", "ul", "li",
	    "strong", "section", "h2", "svg", "desc", "line", "text", "g",
	    "rect", "table", "tr", "td", "th", "div", "footer" };
	const char *s = page;
	size_t i, n;

	while ((s = strchr(s, '<')) != NULL) {
		s += s[1] == '/' ? 2 : 1;
		n = strcspn(s, " >");
		for (i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
			if (strlen(tags[i]) == n && memcmp(tags[i], s, n) == 0)
				break;
		assert_true(i < sizeof(tags) / sizeof(tags[0]));
		if (strncmp(s, "meta", 4) != 0)
			is_harmless(s, strcspn(s, ">"));
	}
	assert_null(strstr(page, "url("));
}

static char *
made(void (*how)(struct buf *, const struct report *))
{
	struct buf b;
	char *s;

	buf_init(&b, 1U << 28);
	how(&b, r);
	assert_false(b.bad);
	s = buf_text(&b);
	assert_non_null(s);
	return (s);
}

static void
test_html(void **state)
{
	char *page;

	(void)state;
	hostile();
	page = made(report_html);
	assert_non_null(strstr(page, "&lt;script&gt;alert(1)&lt;/script&gt;"));
	assert_non_null(strstr(page, "&amp;lt;b&amp;gt;"));
	only_known_tags(page);
	assert_null(strchr(page, '\033'));
	assert_null(strstr(page, "\342\200\256"));
	assert_non_null(strstr(page, "default-src 'none'"));
	free(page);
	report_free(r);
}

static void
test_forms(void **state)
{
	json_error_t e;
	json_t *j;
	char *s;

	(void)state;
	hostile();
	s = made(report_json);
	assert_int_equal(strcspn(s, "\n"), strlen(s) - 1);
	j = json_loads(s, JSON_REJECT_DUPLICATES, &e);
	assert_non_null(j);
	assert_int_equal(json_integer_value(json_object_get(j, "runs")), 8);
	json_decref(j);
	free(s);
	s = made(report_text);
	assert_null(strchr(s, '\033'));
	free(s);
	report_free(r);
	/* of nothing at all */
	begin(1);
	report_done(r);
	s = made(report_json);
	j = json_loads(s, 0, &e);
	assert_non_null(j);
	json_decref(j);
	free(s);
	free(made(report_text));
	s = made(report_html);
	only_known_tags(s);
	free(s);
	report_free(r);
}

/* What is not there any more is said, and nothing is called new for it. */
static void
test_cut(void **state)
{
	json_error_t e;
	json_t *j;
	char *s;

	(void)state;
	begin(7);
	number = 124;
	run(DAY, "r000000000001", "/bin/old", "\"outcome\":\"exited\","
	    "\"exit\":0");
	/* one of an earlier part, and that of what is in front */
	add(600, "prune", "\"ev\":\"prune\",\"first\":1,\"last\":50,"
	    "\"until\":\"2025-01-01T00:00:00.000000Z\"");
	add(500, "prune", "\"ev\":\"prune\",\"first\":51,\"last\":124,"
	    "\"until\":\"2025-06-01T12:00:00.000000Z\"");
	report_done(r);
	s = made(report_text);
	assert_non_null(strstr(s, "Not in the log any more: records 1 to 124, "
	    "until 2025-06-01, removed as record 128 says.\n"));
	assert_non_null(strstr(s, "New programs, not seen before since record "
	    "125\n"));
	assert_non_null(strstr(s, "started 0 times, with 0 configurations "
	    "loaded, since record 125.\n"));
	assert_null(strstr(s, "this log"));
	assert_null(strstr(s, "never used"));
	free(s);
	s = made(report_html);
	only_known_tags(s);
	assert_non_null(strstr(s, "records 1 to 124, until 2025-06-01"));
	assert_null(strstr(s, "this log"));
	free(s);
	s = made(report_json);
	j = json_loads(s, JSON_REJECT_DUPLICATES, &e);
	assert_int_equal(json_integer_value(json_object_get(j, "gone")), 124);
	assert_int_equal(json_integer_value(json_object_get(j, "gone_by")),
	    128);
	assert_string_equal(json_string_value(json_object_get(j,
	    "gone_until")), "2025-06-01T12:00:00.000000Z");
	json_decref(j);
	free(s);
	report_free(r);
	/* missing, and no record says why */
	begin(7);
	number = 9;
	run(DAY, "r000000000001", "/bin/old", "\"outcome\":\"timeout\"");
	report_done(r);
	s = made(report_text);
	assert_non_null(strstr(s, "any more: records 1 to 9.\n"));
	free(s);
	report_free(r);
}

static void
test_steps(void **state)
{
	static const uint64_t tops[] = { 1, 2, 3, 7, 12, 23, 50, 99, 1234,
	    1000000, UINT64_MAX / 2 };
	uint64_t step, n;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(tops) / sizeof(tops[0]); i++) {
		step = chart_step(tops[i]);
		n = tops[i] / step + (tops[i] % step != 0);
		assert_in_range(n, 1, 6);
		assert_true(tops[i] < 5 || n >= 3 || tops[i] > 1 << 30);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_html),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_steps),
	};

	return (sodium_init() == -1 ? 1 : cmocka_run_group_tests_name(
	    "client report", tests, NULL, NULL));
}
