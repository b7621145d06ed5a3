/* SPDX-License-Identifier: ISC */
/* From records to a report; see gather.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/execline.h"
#include "client/recwalk.h"
#include "client/report/gather.h"
#include "common/defs.h"
#include "common/xmalloc.h"

#define WAITS		4096	/* open questions; more than can wait */

const char *const ended_names[ENDED_WAYS] = {
	[ENDED_WELL] = "exited 0", [ENDED_FAILED] = "failed",
	[ENDED_BY_SIGNAL] = "signal", [ENDED_AT_LIMIT] = "limit met",
	[ENDED_REFUSED] = "refused", [ENDED_IN_ERROR] = "error"
};
const unsigned report_took_s[REPORT_TOOK - 1] = { 10, 60, 300, 900, 3600,
    14400 };
const char *const report_took_names[REPORT_TOOK] = { "10 s", "1 min",
    "5 min", "15 min", "1 h", "4 h", "more" };
const char *const answered_names[ANSWERED_WAYS] = {
	[ANSWERED_YES] = "approved", [ANSWERED_NO] = "denied",
	[ANSWERED_LATE] = "not in time", [ANSWERED_WITHDRAWN] = "withdrawn"
};

struct report_waits {
	struct {
		char		 run[RUNID_TEXT];
		uint64_t	 seq;
		uint64_t	 time_us;
	} v[WAITS];
	size_t		 next;		/* the oldest makes way */
};

struct report *
report_new(uint64_t since_us, uint64_t until_us)
{
	struct report *r = xcalloc(1, sizeof(*r));
	struct tally *const all[] = { &r->skills, &r->channels, &r->accounts,
	    &r->rules, &r->refused_rules, &r->refused_skills,
	    &r->turned_away, &r->near, &r->limits, &r->programs,
	    &r->approvers };
	size_t i;

	r->since_us = since_us;
	r->until_us = until_us;
	for (i = 0; i < NELEM(all); i++)
		tally_init(all[i]);
	seen_init(&r->seen);
	r->waits = xcalloc(1, sizeof(*r->waits));
	return (r);
}

void
report_free(struct report *r)
{
	struct tally *const all[] = { &r->skills, &r->channels, &r->accounts,
	    &r->rules, &r->refused_rules, &r->refused_skills,
	    &r->turned_away, &r->near, &r->limits, &r->programs,
	    &r->approvers };
	size_t i;

	for (i = 0; i < NELEM(all); i++)
		tally_free(all[i]);
	seen_free(&r->seen);
	strv_free(&r->unused_skills);
	strv_free(&r->unused_patterns);
	free(r->waits);
	free(r);
}

/* How wide, so that there are enough of them and not too many. */
static void
lay_spans(struct report *r)
{
	static const unsigned hours[] = { 1, 3, 6, 24, 168, 672, 8766 };
	const uint64_t begin = r->since_us > r->log_begins_us ? r->since_us :
	    r->log_begins_us;
	uint64_t at, width = 0, local;
	const time_t t = (time_t)(begin / REPORT_US);
	struct tm tm;
	size_t i;

	if (begin >= r->until_us)
		return;
	for (i = 0; i < NELEM(hours); i++) {
		width = hours[i] * 3600 * REPORT_US;
		if ((r->until_us - begin) / width + 2 <= REPORT_SPANS)
			break;
	}
	/* from a whole hour or day on, as clocks on the wall have it */
	local = localtime_r(&t, &tm) == NULL ? 0 : (uint64_t)tm.tm_hour *
	    3600 + (uint64_t)tm.tm_min * 60 + (uint64_t)tm.tm_sec;
	if (width < 86400 * REPORT_US)
		local %= width / REPORT_US;
	at = begin - begin % REPORT_US;
	at -= at < local * REPORT_US ? at : local * REPORT_US;
	r->span_us = width;
	for (; at < r->until_us && r->nspans < REPORT_SPANS; at += width)
		r->spans[r->nspans++].begin_us = at;
}

static void
count_end(struct report *r, uint64_t time_us, enum report_end how)
{
	size_t i;

	r->ended[how]++;
	if (r->nspans == 0 || time_us < r->spans[0].begin_us)
		return;
	i = (size_t)((time_us - r->spans[0].begin_us) / r->span_us);
	if (i < r->nspans)
		r->spans[i].n[how]++;
}

static void
count_text(struct tally *t, const struct record_view *v, const char *path)
{
	char text[TALLY_TEXT + 1];

	if (record_text(v, path, text, sizeof(text)) == 0)
		(void)tally_add(t, text, 1, v->time_us, NULL);
}

static void
count_number(struct tally *t, const struct record_view *v, const char *path)
{
	char text[24];
	uint64_t n;

	if (record_member_u64(v->json, v->jsonlen, path, &n) == -1)
		return;
	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	(void)tally_add(t, text, 1, v->time_us, NULL);
}

/* "PATH DIGEST": what was not there before is told. */
static void
see_program(struct report *r, const struct record_view *v, const char *path,
    const char *digest, int now)
{
	char text[TALLY_TEXT + 1], hex[72] = "";
	size_t n;
	int is_new;

	if (record_text(v, path, text, sizeof(text) - 16) == -1)
		return;
	(void)record_text(v, digest, hex, sizeof(hex));
	n = strlen(text);
	(void)snprintf(text + n, sizeof(text) - n, " %.12s", hex);
	is_new = seen_add(&r->seen, text, strlen(text));
	if (is_new == -1)
		r->programs_cut = 1;
	/* counted on, too, once it is new */
	if (now && (is_new == 1 || tally_find(&r->programs, text) != NULL))
		(void)tally_add(&r->programs, text, 1, v->time_us, NULL);
}

static struct report_secret *
secret_of(struct report *r, const char *name)
{
	struct report_secret *s;
	size_t i;

	for (i = 0; i < r->nsecrets; i++)
		if (strcmp(r->secrets[i].name, name) == 0)
			return (&r->secrets[i]);
	if (r->nsecrets == REPORT_SECRETS) {
		r->secrets_more++;
		return (NULL);
	}
	s = &r->secrets[r->nsecrets++];
	(void)snprintf(s->name, sizeof(s->name), "%s", name);
	return (s);
}

static void
see_uses(struct report *r, const struct record_view *v, int now)
{
	struct strv names = { NULL, 0 };
	struct report_secret *s;
	size_t i;

	execline_words(v, "secrets", &names);
	for (i = 0; i < names.n; i++)
		if ((s = secret_of(r, names.v[i])) != NULL) {
			s->used_us = v->time_us;
			s->uses += now != 0;
		}
	strv_free(&names);
}

static void
see_secret(struct report *r, const struct record_view *v)
{
	char name[PLAN_MAXNAME + 1];
	struct report_secret *s;

	if (record_text(v, "name", name, sizeof(name)) == -1 ||
	    (s = secret_of(r, name)) == NULL)
		return;
	if (record_is(v, "ev", "set")) {
		s->set_us = v->time_us;
		s->removed = 0;
	} else if (record_is(v, "ev", "rm"))
		s->removed = 1;
}

/* Of those that tell what is gone the last one counts. */
static void
see_prune(struct report *r, const struct record_view *v)
{
	uint64_t last;

	if (record_member_u64(v->json, v->jsonlen, "last", &last) == -1 ||
	    last + 1 != r->log_begins)
		return;
	r->gone_by = v->number;
	(void)record_text(v, "until", r->gone_until, sizeof(r->gone_until));
}

static void
add_result(struct report *r, const struct record_view *v)
{
	enum report_end how = ENDED_IN_ERROR;
	uint64_t status;

	if (record_is(v, "outcome", "exited"))
		how = record_member_u64(v->json, v->jsonlen, "exit",
		    &status) == 0 && status == 0 ? ENDED_WELL : ENDED_FAILED;
	else if (record_is(v, "outcome", "signaled") ||
	    record_is(v, "outcome", "killed"))
		how = ENDED_BY_SIGNAL;
	else if (record_is(v, "outcome", "timeout") ||
	    record_is(v, "outcome", "limited"))
		how = ENDED_AT_LIMIT;
	else if (record_is(v, "outcome", "denied"))
		how = ENDED_REFUSED;
	count_end(r, v->time_us, how);
	if (record_is(v, "ev", "lost"))
		r->lost++;
	if (record_has(v, "limit"))
		count_text(&r->limits, v, "limit");
	else if (record_is(v, "outcome", "timeout"))
		(void)tally_add(&r->limits, "timeoutSeconds", 1, v->time_us,
		    NULL);
}

static void
add_asked(struct report *r, const struct record_view *v)
{
	count_text(&r->skills, v, "skill");
	count_text(&r->channels, v, "why.channel");
	count_number(&r->accounts, v, "why.uid");
}

/* What a program does by itself in a run. */
static void
add_exec(struct report *r, const struct record_view *v)
{
	r->execs++;
	if (record_is(v, "verdict", "deny"))
		count_text(&r->near, v, "rule");
	else
		count_text(&r->rules, v, "rule");
}

static void
add_run(struct report *r, const struct record_view *v)
{
	if (record_is(v, "ev", "intent")) {
		r->runs++;
		add_asked(r, v);
		count_text(&r->rules, v, "why.rule");
	} else if (record_is(v, "ev", "exec"))
		add_exec(r, v);
	else if (record_is(v, "ev", "refused")) {
		add_asked(r, v);
		count_end(r, v->time_us, ENDED_REFUSED);
		count_text(&r->refused_rules, v, record_has(v, "why.rule") ?
		    "why.rule" : "reason");
		count_text(&r->refused_skills, v, "skill");
	} else
		add_result(r, v);
}

/* Waits from now on. */
static void
ask(struct report *r, const char *run, uint64_t seq, uint64_t time_us)
{
	const size_t i = r->waits->next++ % WAITS;

	(void)snprintf(r->waits->v[i].run, sizeof(r->waits->v[i].run), "%s",
	    run);
	r->waits->v[i].seq = seq;
	r->waits->v[i].time_us = time_us;
}

/* How long it has waited; UINT64_MAX if that is not known. */
static uint64_t
answer(struct report *r, const char *run, uint64_t seq, uint64_t time_us)
{
	size_t i;

	for (i = 0; i < WAITS && i < r->waits->next; i++)
		if (r->waits->v[i].seq == seq &&
		    strcmp(r->waits->v[i].run, run) == 0) {
			r->waits->v[i].run[0] = '\0';
			return (time_us < r->waits->v[i].time_us ? 0 :
			    time_us - r->waits->v[i].time_us);
		}
	return (UINT64_MAX);
}

static void
add_took(struct report *r, uint64_t us)
{
	size_t i;

	for (i = 0; i < REPORT_TOOK - 1; i++)
		if (us <= report_took_s[i] * REPORT_US)
			break;
	r->took[i]++;
	r->took_n++;
	r->took_us += us;
	if (us > r->took_most_us)
		r->took_most_us = us;
}

static void
add_approval(struct report *r, const struct record_view *v, int now)
{
	static const struct {
		const char	*ev;
		enum answered	 how;
	} ways[] = { { "approve", ANSWERED_YES }, { "confirm", ANSWERED_YES },
	    { "consent", ANSWERED_YES }, { "deny", ANSWERED_NO },
	    { "timeout", ANSWERED_LATE },
	    { "withdrawn", ANSWERED_WITHDRAWN } };
	char run[RUNID_TEXT];
	uint64_t seq, us;
	size_t i;

	if (record_text(v, "run", run, sizeof(run)) == -1)
		return;
	if (record_member_u64(v->json, v->jsonlen, "exec.seq", &seq) == -1)
		seq = 0;
	if (record_is(v, "ev", "request")) {
		ask(r, run, seq, v->time_us);
		r->asked += now != 0;
		return;
	}
	for (i = 0; i < NELEM(ways); i++)
		if (record_is(v, "ev", ways[i].ev))
			break;
	if (i == NELEM(ways))
		return;
	us = answer(r, run, seq, v->time_us);
	if (!now)
		return;
	r->answered[ways[i].how]++;
	if (ways[i].how <= ANSWERED_NO) {
		count_number(&r->approvers, v, "by.uid");
		if (us != UINT64_MAX)
			add_took(r, us);
	}
	/* no other record tells of the end of such a request */
	if (seq == 0 && (ways[i].how == ANSWERED_NO ||
	    ways[i].how == ANSWERED_LATE)) {
		add_asked(r, v);
		count_end(r, v->time_us, ENDED_REFUSED);
		count_text(&r->refused_rules, v, "why.rule");
		count_text(&r->refused_skills, v, "skill");
	}
}

static void
add_turned_away(struct report *r, const struct record_view *v)
{
	char cause[TALLY_TEXT + 1];
	uint64_t n;

	if (record_is(v, "ev", "reset"))
		r->resets++;
	if (!record_is(v, "ev", "refused") ||
	    record_text(v, "cause", cause, sizeof(cause)) == -1)
		return;
	if (record_member_u64(v->json, v->jsonlen, "count", &n) == -1)
		n = 1;
	(void)tally_add(&r->turned_away, cause, n, v->time_us, NULL);
	if (strcmp(cause, "breaker") == 0)
		r->trips += n;
}

static void
add_stop(struct report *r, const struct record_view *v)
{
	struct report_stop *s;

	if (r->nstops == REPORT_STOPS) {
		r->stops_more++;
		return;
	}
	s = &r->stops[r->nstops++];
	s->time_us = v->time_us;
	s->resume = record_is(v, "ev", "resume");
	(void)record_text(v, "scope", s->scope, sizeof(s->scope));
	(void)record_text(v, "name", s->name, sizeof(s->name));
	(void)record_text(v, "reason", s->reason, sizeof(s->reason));
	if (record_member_u64(v->json, v->jsonlen, "by.uid", &s->by) == -1)
		s->by = UINT64_MAX;
}

static void
add_of_period(struct report *r, const struct record_view *v)
{
	r->records++;
	if (r->first == 0)
		r->first = v->number;
	r->last = v->number;
	switch (v->kind) {
	case RECORD_EXEC:
		add_run(r, v);
		break;
	case RECORD_AUTH:
	case RECORD_POLICY:
	case RECORD_QUOTA:
		add_turned_away(r, v);
		break;
	case RECORD_STOP:
		add_stop(r, v);
		break;
	case RECORD_SESSION:
		r->sessions += record_is(v, "ev", "start") != 0;
		break;
	case RECORD_CONFIG:
		r->reloads += record_is(v, "ev", "load") != 0;
		break;
	default:
		break;
	}
}

void
report_add(struct report *r, const struct record_view *v)
{
	const int now = v->time_us >= r->since_us && v->time_us < r->until_us;

	if (r->log_begins_us == 0) {
		r->log_begins_us = v->time_us;
		r->log_begins = v->number;
		lay_spans(r);
	}
	if (v->kind == RECORD_EXEC && record_is(v, "ev", "intent")) {
		see_program(r, v, "exe.path", "exe.digest", now);
		see_program(r, v, "script.path", "script.digest", now);
		see_uses(r, v, now);
	} else if (v->kind == RECORD_EXEC && record_is(v, "ev", "exec"))
		see_program(r, v, "path", "digest", now);
	else if (v->kind == RECORD_SECRET)
		see_secret(r, v);
	else if (v->kind == RECORD_PRUNE)
		see_prune(r, v);
	else if (v->kind == RECORD_APPROVAL)
		add_approval(r, v, now);
	if (now)
		add_of_period(r, v);
}

static int
by_use(const void *a, const void *b)
{
	const struct report_secret *x = a, *y = b;

	if (x->used_us != y->used_us)
		return (x->used_us > y->used_us ? -1 : 1);
	return (strcmp(x->name, y->name));
}

void
report_done(struct report *r)
{
	tally_sort(&r->skills);
	tally_sort(&r->channels);
	tally_sort(&r->accounts);
	tally_sort(&r->refused_rules);
	tally_sort(&r->refused_skills);
	tally_sort(&r->turned_away);
	tally_sort(&r->near);
	tally_sort(&r->limits);
	tally_sort(&r->programs);
	tally_sort(&r->approvers);
	qsort(r->secrets, r->nsecrets, sizeof(r->secrets[0]), by_use);
}
