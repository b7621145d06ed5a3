/* SPDX-License-Identifier: ISC */
/* The report as JSON; see report.h. */
#include "config.h"

#include <string.h>

#include "client/report/report.h"
#include "common/civil.h"
#include "common/field.h"


static void
put_number(struct buf *b, const char *key, uint64_t n)
{
	buf_printf(b, "\"%s\":%llu,", key, (unsigned long long)n);
}

static void
put_string(struct buf *b, const char *key, const char *text)
{
	buf_printf(b, "\"%s\":", key);
	json_str(b, text, strlen(text));
	buf_put_u8(b, ',');
}

static void
put_time(struct buf *b, const char *key, uint64_t us)
{
	char text[CIVIL_TEXT];

	if (us == 0)
		return;
	civil_text(text, us / REPORT_US);
	put_string(b, key, text);
}

/* In place of the comma behind the last member or element. */
static void
end(struct buf *b, char c)
{
	if (!b->bad && b->len > 0 && b->data[b->len - 1] == ',')
		b->len--;
	buf_put_u8(b, (uint8_t)c);
	buf_put_u8(b, ',');
}

static void
put_tally(struct buf *b, const char *key, const struct tally *t)
{
	size_t i;

	buf_printf(b, "\"%s\":{\"rows\":[", key);
	for (i = 0; i < t->rows; i++) {
		buf_put_u8(b, '{');
		put_string(b, "key", t->v[i].text);
		put_number(b, "count", t->v[i].n);
		put_time(b, "first", t->v[i].first_us);
		put_time(b, "last", t->v[i].last_us);
		end(b, '}');
	}
	end(b, ']');
	put_number(b, "others", t->others);
	put_number(b, "total", t->total);
	end(b, '}');
}

static void
put_spans(struct buf *b, const struct report *r)
{
	size_t i, k;

	put_number(b, "span_s", r->span_us / REPORT_US);
	buf_printf(b, "\"spans\":[");
	for (i = 0; i < r->nspans; i++) {
		buf_put_u8(b, '{');
		put_time(b, "begin", r->spans[i].begin_us);
		for (k = 0; k < ENDED_WAYS; k++)
			put_number(b, ended_names[k], r->spans[i].n[k]);
		end(b, '}');
	}
	end(b, ']');
}

static void
put_approvals(struct buf *b, const struct report *r)
{
	size_t i;

	buf_printf(b, "\"approvals\":{");
	put_number(b, "asked", r->asked);
	for (i = 0; i < ANSWERED_WAYS; i++)
		put_number(b, answered_names[i], r->answered[i]);
	put_number(b, "took_us", r->took_us);
	put_number(b, "took_most_us", r->took_most_us);
	buf_printf(b, "\"took\":[");
	for (i = 0; i < REPORT_TOOK; i++) {
		buf_put_u8(b, '{');
		if (i + 1 < REPORT_TOOK)
			put_number(b, "within_s", report_took_s[i]);
		put_number(b, "count", r->took[i]);
		end(b, '}');
	}
	end(b, ']');
	put_tally(b, "approvers", &r->approvers);
	end(b, '}');
}

static void
put_secrets(struct buf *b, const struct report *r)
{
	size_t i;

	buf_printf(b, "\"secrets\":[");
	for (i = 0; i < r->nsecrets; i++) {
		buf_put_u8(b, '{');
		put_string(b, "name", r->secrets[i].name);
		put_time(b, "stored", r->secrets[i].set_us);
		put_time(b, "used", r->secrets[i].used_us);
		put_number(b, "uses", r->secrets[i].uses);
		buf_printf(b, "\"removed\":%s", r->secrets[i].removed ?
		    "true" : "false");
		end(b, '}');
	}
	end(b, ']');
}

static void
put_stops(struct buf *b, const struct report *r)
{
	size_t i;

	buf_printf(b, "\"stops\":[");
	for (i = 0; i < r->nstops; i++) {
		buf_put_u8(b, '{');
		put_time(b, "time", r->stops[i].time_us);
		put_string(b, "what", r->stops[i].resume ? "resume" : "stop");
		put_string(b, "scope", r->stops[i].scope);
		put_string(b, "name", r->stops[i].name);
		put_string(b, "reason", r->stops[i].reason);
		if (r->stops[i].by != UINT64_MAX)
			put_number(b, "by", r->stops[i].by);
		end(b, '}');
	}
	end(b, ']');
	put_number(b, "stops_more", r->stops_more);
}

static void
put_list(struct buf *b, const char *key, const struct strv *v)
{
	size_t i;

	buf_printf(b, "\"%s\":[", key);
	for (i = 0; i < v->n; i++) {
		json_str(b, v->v[i], strlen(v->v[i]));
		buf_put_u8(b, ',');
	}
	end(b, ']');
}

static void
put_ends(struct buf *b, const struct report *r)
{
	size_t i;

	buf_printf(b, "\"ended\":{");
	for (i = 0; i < ENDED_WAYS; i++)
		put_number(b, ended_names[i], r->ended[i]);
	end(b, '}');
}

void
report_json(struct buf *b, const struct report *r)
{
	buf_put_u8(b, '{');
	put_time(b, "since", r->since_us > r->log_begins_us ? r->since_us :
	    r->log_begins_us);
	put_time(b, "until", r->until_us);
	put_number(b, "records", r->records);
	put_number(b, "first", r->first);
	put_number(b, "last", r->last);
	if (report_is_cut(r)) {
		put_number(b, "gone", r->log_begins - 1);
		if (r->gone_by != 0) {
			put_string(b, "gone_until", r->gone_until);
			put_number(b, "gone_by", r->gone_by);
		}
	}
	put_number(b, "bad_lines", r->bad_lines);
	put_number(b, "runs", r->runs);
	put_number(b, "execs", r->execs);
	put_number(b, "lost", r->lost);
	put_ends(b, r);
	put_spans(b, r);
	put_tally(b, "skills", &r->skills);
	put_tally(b, "channels", &r->channels);
	put_tally(b, "accounts", &r->accounts);
	put_tally(b, "refused_rules", &r->refused_rules);
	put_tally(b, "refused_skills", &r->refused_skills);
	put_tally(b, "turned_away", &r->turned_away);
	put_tally(b, "near_misses", &r->near);
	put_approvals(b, r);
	put_tally(b, "limits", &r->limits);
	put_tally(b, "new_programs", &r->programs);
	buf_printf(b, "\"new_programs_cut\":%s,", r->programs_cut ? "true" :
	    "false");
	put_number(b, "breaker_refusals", r->trips);
	put_number(b, "breaker_resets", r->resets);
	put_stops(b, r);
	put_secrets(b, r);
	put_number(b, "sessions", r->sessions);
	put_number(b, "configurations", r->reloads);
	if (r->unused_why[0] != '\0')
		put_string(b, "unused_unknown", r->unused_why);
	else {
		put_list(b, "unused_skills", &r->unused_skills);
		put_list(b, "unused_patterns", &r->unused_patterns);
	}
	end(b, '}');
	b->len -= b->len > 0;
	buf_put_u8(b, '\n');
}
