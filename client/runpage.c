/* SPDX-License-Identifier: ISC */
/* One run on one page; see runpage.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/esc.h"
#include "client/logline.h"
#include "client/recwalk.h"
#include "client/runpage.h"
#include "client/runtree.h"
#include "common/plan.h"
#include "common/xmalloc.h"

#define SECTION_MAX	(64U * RECORD_MAX)
#define FILES_FEW	40
#define WAITING_MAX	64	/* questions of one run at a time */

enum section {
	P_ASKED, P_COMMAND, P_DECIDED, P_APPROVED, P_RAN, P_EXECUTED,
	P_CHANGED, P_RESULT, P_OTHER, P_RECORDS, P_SECTIONS
};

static const char *const labels[P_SECTIONS] = {
	[P_ASKED] = "asked", [P_COMMAND] = "command",
	[P_DECIDED] = "decided", [P_APPROVED] = "approved",
	[P_RAN] = "ran", [P_EXECUTED] = "executed",
	[P_CHANGED] = "changed", [P_RESULT] = "result",
	[P_OTHER] = "besides", [P_RECORDS] = "records"
};

/* A question: 0 is the request's own, else the number of a program. */
struct waiting {
	uint64_t	 seq;
	uint64_t	 time_us;
};

struct runpage {
	char		 run[RUNID_TEXT];
	int		 all;
	struct buf	 s[P_SECTIONS];	/* lines, each with its newline */
	struct runtree	*tree;
	size_t		 files;
	struct waiting	 waits[WAITING_MAX];
	size_t		 nwaits;
	uint64_t	 first;		/* of a range of records */
	uint64_t	 last;
};

struct runpage *
runpage_new(const char *run, int all)
{
	struct runpage *p = xcalloc(1, sizeof(*p));
	size_t i;

	(void)snprintf(p->run, sizeof(p->run), "%s", run);
	p->all = all;
	p->tree = runtree_new(all);
	for (i = 0; i < P_SECTIONS; i++)
		buf_init(&p->s[i], SECTION_MAX);
	return (p);
}

void
runpage_free(struct runpage *p)
{
	size_t i;

	if (p == NULL)
		return;
	for (i = 0; i < P_SECTIONS; i++)
		buf_free(&p->s[i]);
	runtree_free(p->tree);
	free(p);
}

/* " WORD value" of a member that there is; nothing of an empty list. */
static void
put(struct buf *b, const struct record_view *v, const char *before,
    const char *path)
{
	const size_t was = b->len;
	size_t begin;

	if (!record_has(v, path))
		return;
	buf_printf(b, "%s", before);
	begin = b->len;
	if (record_show(b, v, path) == -1 || b->len == begin)
		b->len = was;
}

/* What is told in words elsewhere on the page; NULL ends a list. */
static const char *const who_known[] = { "channel", "uid", "pid", "rule",
    "verdict", "policy", "reason", "asker", "depth", "confirmed",
    "approver", "approval", "standing", "claims", NULL };
static const char *const intent_known[] = { "v", "ev", "run", "argv", "cwd",
    "env", "exe", "script", "bound", "not_bound", "secrets", "given",
    "skill", "account", "uid", "terminal", "detached", "rotates", "plan",
    "why", "p", "excerpt", NULL };

static int
is_known(const struct recmember *m, const char *const *known)
{
	for (; *known != NULL; known++)
		if (recmember_is(m, *known))
			return (1);
	return (0);
}

/* Members of an object in it, or NULL for its own, under their own names. */
static void
put_rest(struct buf *b, const struct record_view *v, const char *in,
    const char *const *known)
{
	struct recmember m;
	struct recwalk w;
	char path[64];
	const char *val = v->json;
	size_t len = v->jsonlen;

	if (in != NULL && (!record_member(v->json, v->jsonlen, in, &val,
	    &len) || *val != '{'))
		return;
	recwalk_init(&w, val, len);
	while (recwalk_next(&w, &m)) {
		if (is_known(&m, known))
			continue;
		(void)snprintf(path, sizeof(path), "%s%s%.*s",
		    in != NULL ? in : "", in != NULL ? "." : "",
		    (int)m.keylen, m.key);
		buf_printf(b, "%s%.*s ", in != NULL ? ", " : "\n",
		    (int)m.keylen, m.key);
		(void)record_show(b, v, path);
	}
}

static void
put_account(struct buf *b, const struct record_view *v, const char *path)
{
	uint64_t uid;

	if (record_member_u64(v->json, v->jsonlen, path, &uid) == -1)
		return;
	logline_account(b, uid);
	buf_printf(b, " (%llu)", (unsigned long long)uid);
}

static void
put_took(struct buf *b, uint64_t us)
{
	if (us >= UINT64_C(60000000))
		buf_printf(b, "%llu min %llu s",
		    (unsigned long long)(us / 60000000),
		    (unsigned long long)(us / 1000000 % 60));
	else
		buf_printf(b, "%llu.%03llu s",
		    (unsigned long long)(us / 1000000),
		    (unsigned long long)(us / 1000 % 1000));
}

/* What every record of a request says of it: the first of them is enough. */
static void
add_request(struct runpage *p, const struct record_view *v)
{
	struct buf *b = &p->s[P_ASKED];

	if (b->len != 0 || !record_has(v, record_has(v, "excerpt") ? "why" :
	    "argv"))
		return;
	buf_printf(b, "by ");
	put_account(b, v, "why.uid");
	put(b, v, ", pid ", "why.pid");
	put(b, v, ", on channel ", "why.channel");
	put(b, v, ", for skill ", "skill");
	put_rest(b, v, "why", who_known);
	buf_printf(b, "\nat ");
	logline_time(b, v);
	put(b, v, ", inside of run ", "why.asker");
	buf_put_u8(b, '\n');
	if (!record_is(v, "why.reason", "")) {
		put(b, v, "says: ", "why.reason");
		if (b->data[b->len - 1] != '\n')
			buf_put_u8(b, '\n');
	}
	if (record_has(v, "why.claims")) {
		buf_printf(b, "claims:");
		put(b, v, " client ", "why.claims.client");
		put(b, v, " model ", "why.claims.model");
		put(b, v, " session ", "why.claims.session");
		buf_put_u8(b, '\n');
	}
	b = &p->s[P_COMMAND];
	if (record_has(v, "excerpt"))
		buf_printf(b, RECORD_UNSHOWN);
	put(b, v, "", "argv");
	put(b, v, "\nin ", "cwd");
	buf_put_u8(b, '\n');
}

static void
add_verdict(struct runpage *p, const struct record_view *v)
{
	struct buf *b = &p->s[P_DECIDED];

	if (b->len != 0 || !record_has(v, "why.verdict"))
		return;
	put(b, v, "", "why.verdict");
	put(b, v, " by ", "why.rule");
	put(b, v, "\npolicy ", "why.policy");
	buf_put_u8(b, '\n');
}

/* Since when that question waits; 0 if it is not known. */
static uint64_t
asked_at(struct runpage *p, uint64_t seq)
{
	size_t i;

	for (i = p->nwaits; i-- > 0;)
		if (p->waits[i].seq == seq)
			return (p->waits[i].time_us);
	return (0);
}

static void
add_approval(struct runpage *p, const struct record_view *v)
{
	struct buf *b = &p->s[P_APPROVED];
	uint64_t seq, since;
	struct waiting *w;

	if (record_member_u64(v->json, v->jsonlen, "exec.seq", &seq) == -1)
		seq = 0;
	if (record_is(v, "ev", "request")) {
		w = &p->waits[p->nwaits % WAITING_MAX];
		if (p->nwaits < WAITING_MAX)
			p->nwaits++;
		w->seq = seq;
		w->time_us = v->time_us;
	}
	put(b, v, "", "ev");
	if (seq != 0)
		buf_printf(b, " of #%llu", (unsigned long long)seq);
	if (record_has(v, "by.uid")) {
		buf_printf(b, " by ");
		put_account(b, v, "by.uid");
	}
	put(b, v, ", on channel ", "by.channel");
	put_rest(b, v, "by", who_known);
	buf_printf(b, ", ");
	logline_time(b, v);
	since = asked_at(p, seq);
	if (since != 0 && since < v->time_us) {
		buf_printf(b, ", after ");
		put_took(b, v->time_us - since);
	}
	put(b, v, ": ", "reason");
	buf_put_u8(b, '\n');
}

static void
add_intent(struct runpage *p, const struct record_view *v)
{
	struct buf *b = &p->s[P_RAN];

	if (record_has(v, "excerpt"))
		buf_printf(b, RECORD_UNSHOWN);
	put(b, v, "", "exe.path");
	put(b, v, "\n  blake2b-256 ", "exe.digest");
	put(b, v, "\nscript ", "script.path");
	put(b, v, "\n  blake2b-256 ", "script.digest");
	put(b, v, "\nas ", "account");
	put(b, v, " (", "uid");
	buf_printf(b, ")");
	if (record_has(v, "terminal"))
		buf_printf(b, ", on a terminal");
	if (record_has(v, "detached"))
		buf_printf(b, ", detached");
	put(b, v, "\nwhat it prints becomes the secret ", "rotates");
	put(b, v, "\nsecrets ", record_has(v, "given") ? "given" : "secrets");
	put(b, v, "\nbound ", "bound");
	put(b, v, "\nnot bound ", "not_bound");
	put_rest(b, v, NULL, intent_known);
	put(b, v, "\nplan ", "plan");
	if (record_has(v, "why.approver")) {
		buf_printf(b, "\napproved by ");
		put_account(b, v, "why.approver");
	}
	put(b, v, ", standing approval ", "why.standing");
	put(b, v, ", record ", "why.approval");
	if (record_has(v, "why.confirmed"))
		buf_printf(b, ", confirmed by who asked");
	buf_put_u8(b, '\n');
}

/* What is stored of its output, and how to see it. */
static void
add_stored(struct runpage *p, const struct record_view *v)
{
	struct buf *b = &p->s[P_RESULT];
	const size_t was = b->len;

	put(b, v, "output is stored, bytes ", "output_bytes");
	put(b, v, b->len != was ? ", not stored " : "output is not stored, "
	    "bytes ", "output_cut");
	put(b, v, ": ", "output_lost");
	if (b->len == was)
		return;
	if (record_has(v, "output"))
		buf_printf(b, "; clawbot audit show --output %s", p->run);
	buf_put_u8(b, '\n');
}

static void
add_end(struct runpage *p, const struct record_view *v)
{
	struct buf *b = &p->s[P_RESULT];
	uint64_t us;

	if (record_is(v, "ev", "refused"))
		buf_printf(b, "refused: ");
	else if (record_is(v, "ev", "abort"))
		buf_printf(b, "did not begin: ");
	put(b, v, "", "outcome");
	put(b, v, " ", "exit");
	if (record_member_u64(v->json, v->jsonlen, "wall_us", &us) == 0) {
		buf_printf(b, " after ");
		put_took(b, us);
	}
	put(b, v, ", limit met: ", "limit");
	/* that it was denied is its outcome, too */
	if (!record_is(v, "reason", "denied"))
		put(b, v, ": ", "reason");
	buf_put_u8(b, '\n');
	if (!record_has(v, "wall_us"))
		return;
	put(b, v, "processor us: user ", "user_us");
	put(b, v, ", system ", "sys_us");
	put(b, v, "; memory kB ", "maxrss_kb");
	put(b, v, "; processes ", "processes");
	put(b, v, "\nbytes: in ", "in_bytes");
	put(b, v, ", out ", "out_bytes");
	put(b, v, ", errors ", "err_bytes");
	put(b, v, "; refused calls ", "refused");
	put(b, v, "; values masked ", "masked");
	if (record_has(v, "files_lost"))
		buf_printf(b, "\nnot every name that it changed is known");
	else
		put(b, v, "; names without a record ", "files_more");
	put(b, v, "\noutput's digest ", "digest");
	buf_put_u8(b, '\n');
	add_stored(p, v);
}

static void
add_file(struct runpage *p, const struct record_view *v)
{
	struct buf *b = &p->s[P_CHANGED];

	if (p->files++ >= FILES_FEW && !p->all)
		return;
	put(b, v, "", "ev");
	if (record_has(v, "excerpt"))
		buf_printf(b, " " RECORD_UNSHOWN);
	put(b, v, " ", "path");
	put(b, v, " -> ", "to");
	buf_put_u8(b, '\n');
}

static void
end_range(struct runpage *p)
{
	struct buf *b = &p->s[P_RECORDS];

	if (p->first == 0)
		return;
	buf_printf(b, "%s%llu", b->len != 0 ? ", " : "",
	    (unsigned long long)p->first);
	if (p->last != p->first)
		buf_printf(b, "-%llu", (unsigned long long)p->last);
}

static void
add_number(struct runpage *p, uint64_t number)
{
	if (number != p->last + 1 || p->first == 0) {
		end_range(p);
		p->first = number;
	}
	p->last = number;
}

void
runpage_add(struct runpage *p, const struct record_view *v)
{
	add_number(p, v->number);
	if (v->kind == RECORD_FILE) {
		add_file(p, v);
		return;
	}
	if (v->kind == RECORD_EXEC && record_is(v, "ev", "exec")) {
		runtree_add(p->tree, v);
		return;
	}
	if (v->kind == RECORD_APPROVAL) {
		if (!record_has(v, "exec")) {
			add_request(p, v);
			add_verdict(p, v);
		}
		add_approval(p, v);
		return;
	}
	if (v->kind != RECORD_EXEC) {
		logline_show(&p->s[P_OTHER], v);
		buf_put_u8(&p->s[P_OTHER], '\n');
		return;
	}
	add_request(p, v);
	add_verdict(p, v);
	if (record_is(v, "ev", "intent"))
		add_intent(p, v);
	else
		add_end(p, v);
}

static void
more_line(const struct runpage *p, struct buf *b, size_t n)
{
	if (n != 0)
		buf_printf(b, "and %zu more: clawbot audit show --all %s\n",
		    n, p->run);
}

static void
fill_executed(struct runpage *p)
{
	const size_t n = runtree_count(p->tree);
	struct buf *b = &p->s[P_EXECUTED];

	if (n == 0)
		return;
	buf_printf(b, "%zu program%s\n", n, n == 1 ? "" : "s");
	more_line(p, b, runtree_show(p->tree, b));
}

/* Its lines, the first behind the label and the others below it. */
static void
put_section(struct buf *out, const char *label, const struct buf *s)
{
	const char *p = (const char *)s->data, *end = p + s->len, *nl;

	for (; p < end; p = nl + 1) {
		if ((nl = memchr(p, '\n', (size_t)(end - p))) == NULL)
			nl = end;
		buf_printf(out, "%-10s ", label);
		buf_put(out, p, (size_t)(nl - p));
		buf_put_u8(out, '\n');
		label = "";
	}
}

void
runpage_show(struct runpage *p, struct buf *b)
{
	size_t i;

	fill_executed(p);
	if (!p->all && p->files > FILES_FEW)
		more_line(p, &p->s[P_CHANGED], p->files - FILES_FEW);
	if (p->s[P_RAN].len != 0 && p->s[P_RESULT].len == 0)
		buf_printf(&p->s[P_RESULT], "none yet: it runs, or the daemon "
		    "has not closed it\n");
	end_range(p);
	p->first = 0;
	buf_printf(b, "run        %s\n", p->run);
	for (i = 0; i < P_SECTIONS; i++) {
		put_section(b, labels[i], &p->s[i]);
		if (p->s[i].bad)
			b->bad = 1;
	}
}
