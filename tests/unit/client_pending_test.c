/* SPDX-License-Identifier: ISC */
/* What an approver is shown: the plan's own bytes, on lines of ours. */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "client/brief.h"
#include "client/inbox.h"
#include "client/lasting.h"
#include "client/margin.h"
#include "client/out.h"
#include "client/pending.h"
#include "client/perusal.h"
#include "common/field.h"
#include "common/msg.h"

#define ID	"r000000000001"

static char empty[] = "", skill[] = "dev", channel[] = "cli",
    account[] = "clawbot", cwd[] = "/srv", exe[] = "/bin/ls";

static void
make_plan(struct plan *p, struct buf *bytes, const char *word)
{
	memset(p, 0, sizeof(*p));
	p->channel = channel;
	p->skill = skill;
	p->caller = 7;
	p->account = account;
	p->cwd = cwd;
	p->exe.path = exe;
	p->script.path = empty;
	p->interp_arg = empty;
	p->rotates = empty;
	p->inner_channel = empty;
	p->limits.timeout_s = 60;
	strv_add(&p->argv, "ls");
	strv_add(&p->argv, word);
	strv_add(&p->write, "/srv");
	buf_init(bytes, MSG_PLAN_MAX);
	plan_put(bytes, p);
	assert_false(bytes->bad);
	strv_free(&p->argv);
	strv_free(&p->write);
}

/* A row as the daemon sends it; more: what else is in there. */
static void
make_row(struct buf *row, const struct buf *bytes, const char *in,
    const char *more)
{
	buf_init(row, MSG_ROW_MAX);
	field_str(row, "run", ID);
	field_str(row, "channel", channel);
	field_str(row, "skill", in);
	field_u64(row, "uid", 7);
	field_u64(row, "pid", 1);
	if (more != NULL)
		field_str(row, more, "x");
	if (bytes != NULL)
		field_hex(row, "plan_bytes", bytes->data, bytes->len);
}

static int
get(struct pending *p, const struct buf *bytes, const char *in,
    const char *more)
{
	struct fail f;
	struct buf row;
	int r;

	make_row(&row, bytes, in, more);
	r = pending_get(p, row.data, row.len, &f);
	buf_free(&row);
	return (r);
}

static void
test_row(void **state)
{
	struct pending p;
	struct plan plan;
	struct buf bytes;
	uint8_t want[PLAN_DIGEST];

	(void)state;
	make_plan(&plan, &bytes, "-l");
	plan_digest(want, bytes.data, bytes.len);
	assert_int_equal(get(&p, &bytes, skill, NULL), 0);
	assert_memory_equal(p.digest, want, sizeof(want));
	assert_string_equal(p.id, ID);
	assert_string_equal(p.plan.argv.v[1], "-l");
	assert_true(row_has(p.row.data, p.row.len, "argv"));
	assert_false(row_has(p.row.data, p.row.len, "plan_bytes"));
	pending_free(&p);
	/* a plan of something else, none, or one that is told twice */
	assert_int_equal(get(&p, &bytes, "ops", NULL), -1);
	pending_free(&p);
	assert_int_equal(get(&p, NULL, skill, NULL), -1);
	pending_free(&p);
	assert_int_equal(get(&p, &bytes, skill, "argv"), -1);
	pending_free(&p);
	assert_int_equal(get(&p, &bytes, skill, "question"), -1);
	pending_free(&p);
	bytes.len--;
	assert_int_equal(get(&p, &bytes, skill, NULL), -1);
	pending_free(&p);
	buf_free(&bytes);
}

/* The text of some lines, without margins; each is narrow enough. */
static void
joined(const struct strv *lines, size_t cols, char *out, size_t size)
{
	const unsigned char *p;
	size_t i, w;

	out[0] = '\0';
	for (i = 0; i < lines->n; i++) {
		for (w = 0, p = (const unsigned char *)lines->v[i]; *p; p++)
			w += *p < 0x80 ? 1 : (*p & 0xc0) == 0xc0 ? 2 : 0;
		assert_true(w <= cols);
		assert_memory_equal(lines->v[i] + 11, "| ", 2);
		assert_true(strlen(out) + strlen(lines->v[i]) < size);
		(void)strncat(out, lines->v[i] + 13, size - strlen(out) - 1);
	}
}

static void
test_margin(void **state)
{
	static const char wide[] =
	    "\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2"
	    "\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2";
	static const char *const texts[] = { "", "x", "let it run? [y/N] ",
	    "one two three four five six seven eight nine ten eleven twelve",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	    wide };
	struct strv lines = { NULL, 0 };
	char got[256];
	size_t i, cols;

	(void)state;
	for (cols = 16; cols < 100; cols++)
		for (i = 0; i < NELEM(texts); i++) {
			margin_add(&lines, cols, "label", texts[i],
			    strlen(texts[i]));
			assert_true(lines.n > 0);
			joined(&lines, cols, got, sizeof(got));
			assert_string_equal(got, texts[i]);
			strv_free(&lines);
		}
}

/* However long it is: so many lines, the last of the command at the end. */
static void
test_brief(void **state)
{
	static char word[60001];
	struct strv lines = { NULL, 0 };
	struct pending p;
	struct plan plan;
	struct buf bytes;
	struct brief br;
	size_t rows, n;

	(void)state;
	for (n = 1; n < sizeof(word); n *= 30) {
		memset(word, 'a', sizeof(word));
		word[n - 1] = 'b';
		word[n] = '\0';
		make_plan(&plan, &bytes, word);
		assert_int_equal(get(&p, &bytes, skill, NULL), 0);
		brief_make(&br, &p, 40);
		brief_all(&br, &lines);
		assert_int_equal(lines.n, br.head.n + br.differs.n +
		    br.around.n + br.command.n);
		strv_free(&lines);
		for (rows = 7; rows < 60; rows++) {
			brief_short(&br, &lines, rows);
			assert_true(lines.n <= rows);
			assert_non_null(strchr(lines.v[lines.n - 1], 'b'));
			strv_free(&lines);
		}
		brief_free(&br);
		pending_free(&p);
		buf_free(&bytes);
	}
}

/* Yes needs every line, in one go or in many, and none skipped. */
static void
test_perusal(void **state)
{
	struct strv last = { NULL, 0 };
	struct perusal r;
	struct pending p;
	struct plan plan;
	struct buf bytes;
	char *word;
	size_t n;

	(void)state;
	word = xmalloc(4001);
	memset(word, 'a', 4000);
	word[4000] = '\0';
	make_plan(&plan, &bytes, word);
	assert_int_equal(get(&p, &bytes, skill, NULL), 0);
	perusal_make(&r, &p, 80);
	n = r.all.n;
	assert_true(n > 50);
	assert_false(perusal_done(&r));
	perusal_shown(&r, n - 10, 10);	/* the end alone */
	perusal_shown(&r, 1, n - 1);	/* all but the first */
	assert_false(perusal_done(&r));
	assert_int_equal(r.seen, 0);
	perusal_shown(&r, 0, 20);
	perusal_shown(&r, 21, n);	/* all but one */
	assert_int_equal(r.seen, 20);
	perusal_shown(&r, 5, 3);	/* back, and nothing is forgotten */
	assert_int_equal(r.seen, 20);
	perusal_shown(&r, 20, 0);
	perusal_shown(&r, 20, SIZE_MAX);
	assert_true(perusal_done(&r));
	perusal_last(&r, &last, 10);
	assert_true(last.n <= 10);
	strv_free(&last);
	perusal_last(&r, &last, n);
	assert_int_equal(last.n, n);
	strv_free(&last);
	perusal_free(&r);
	assert_false(perusal_done(&r));
	pending_free(&p);
	buf_free(&bytes);
	free(word);
}

/* Comes in, is told anew, is over; what nobody knows is not an error. */
static void
test_inbox(void **state)
{
	const struct inbox_item *it;
	struct inbox in;
	struct plan plan;
	struct fail f;
	struct buf bytes, row;
	uint64_t id;
	int i;

	(void)state;
	inbox_init(&in);
	assert_int_equal(runid_parse(ID, &id), 0);
	make_plan(&plan, &bytes, "a\033[2Jb");
	make_row(&row, &bytes, skill, NULL);
	for (i = 0; i < 2; i++) {
		assert_int_equal(inbox_row(&in, row.data, row.len, &f), 0);
		it = inbox_find(&in, id);
		assert_non_null(it);
		assert_string_equal(it->command, "ls \"a\\x1b[2Jb\"");
		assert_int_equal(it->serial, i + 1);
		assert_int_equal(in.waiting, 1);
	}
	assert_true(inbox_matches(it, "") && inbox_matches(it, "2Jb") &&
	    inbox_matches(it, "cli") && inbox_matches(it, ID));
	assert_false(inbox_matches(it, "other"));
	row.len--;
	assert_int_equal(inbox_row(&in, row.data, row.len, &f), -1);
	buf_free(&row);
	for (i = 0; i < 2; i++) {
		buf_init(&row, MSG_ROW_MAX);
		field_str(&row, "over", ID);
		field_str(&row, "how", "denied");
		field_str(&row, "reason", "no\033]0;x");
		assert_int_equal(inbox_row(&in, row.data, row.len, &f), 0);
		buf_free(&row);
	}
	it = inbox_find(&in, id);
	assert_string_equal(it->over, "denied: no\\x1b]0;x");
	assert_int_equal(in.waiting, 0);
	assert_int_equal(in.over, 1);
	/* it waits again */
	make_row(&row, &bytes, skill, NULL);
	assert_int_equal(inbox_row(&in, row.data, row.len, &f), 0);
	assert_null(inbox_find(&in, id)->over);
	assert_int_equal(in.over, 0);
	buf_free(&row);
	buf_init(&row, MSG_ROW_MAX);
	field_str(&row, "over", "no id");
	assert_int_equal(inbox_row(&in, row.data, row.len, &f), -1);
	buf_free(&row);
	inbox_free(&in);
	buf_free(&bytes);
}

/* What is over is forgotten in the end, what waits is not. */
static void
test_inbox_full(void **state)
{
	struct inbox in;
	struct plan plan;
	struct fail f;
	struct buf bytes, row;
	char text[RUNID_TEXT];
	uint64_t id;

	(void)state;
	inbox_init(&in);
	make_plan(&plan, &bytes, "-l");
	for (id = 1; id <= 3 * INBOX_OVER; id++) {
		runid_text(text, id);
		buf_init(&row, MSG_ROW_MAX);
		field_str(&row, "run", text);
		field_str(&row, "channel", channel);
		field_str(&row, "skill", skill);
		field_u64(&row, "uid", 7);
		field_hex(&row, "plan_bytes", bytes.data, bytes.len);
		assert_int_equal(inbox_row(&in, row.data, row.len, &f), 0);
		buf_free(&row);
		if (id == 1)
			continue;
		buf_init(&row, MSG_ROW_MAX);
		field_str(&row, "over", text);
		field_str(&row, "how", "expired");
		assert_int_equal(inbox_row(&in, row.data, row.len, &f), 0);
		buf_free(&row);
	}
	assert_int_equal(in.waiting, 1);
	assert_int_equal(in.over, INBOX_OVER);
	assert_non_null(inbox_find(&in, 1));
	assert_null(inbox_find(&in, 2));
	assert_int_equal(TAILQ_FIRST(&in.items)->id, 1);
	inbox_free(&in);
	buf_free(&bytes);
}

static void
test_lasting(void **state)
{
	static const char *const wrong[] = { "5", "x", "1x", "0s", "721h",
	    "1000001x", "1hh", "2x 3x", "1h 1m", "-1h", "+1h", "=", "1h = ",
	    "h", "1h y", "99999999999999999999s", "0x5h", NULL };
	struct lasting l;
	size_t i;

	(void)state;
	for (i = 0; wrong[i] != NULL; i++)
		assert_non_null(lasting_parse(&l, wrong[i]));
	assert_null(lasting_parse(&l, " "));
	assert_int_equal(l.for_s, LASTING_FOR);
	assert_int_equal(l.count, 0);
	assert_null(l.like);
	assert_null(lasting_parse(&l, " 5x 2m=  touch 3x = y"));
	assert_int_equal(l.for_s, 120);
	assert_int_equal(l.count, 5);
	assert_string_equal(l.like, "touch 3x = y");
	assert_null(lasting_parse(&l, "720h"));
	assert_int_equal(l.for_s, 720 * 3600);
}

static void
test_typed(void **state)
{
	(void)state;
	assert_int_equal(pending_typed(""), 1);
	assert_int_equal(pending_typed(" \t"), 1);
	assert_int_equal(pending_typed("2"), 2);
	assert_int_equal(pending_typed(" 2"), 2);
	assert_int_equal(pending_typed("12 \t"), 12);
	assert_int_equal(pending_typed(" 3 "), 3);
	assert_int_equal(pending_typed("1 2"), 0);
	assert_int_equal(pending_typed("2x "), 0);
	assert_int_equal(pending_typed("-1"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_row),
		cmocka_unit_test(test_margin),
		cmocka_unit_test(test_brief),
		cmocka_unit_test(test_perusal),
		cmocka_unit_test(test_inbox),
		cmocka_unit_test(test_inbox_full),
		cmocka_unit_test(test_lasting),
		cmocka_unit_test(test_typed),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
