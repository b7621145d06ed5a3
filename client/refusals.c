/* SPDX-License-Identifier: ISC */
/* What was refused inside of a run; see refusals.h. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "client/out.h"
#include "client/refusals.h"
#include "common/msg.h"
#include "common/plan.h"

#define REFUSALS_MAX	65536	/* bytes of what is told of one kind */
#define NAME_MAX_SHOWN	64	/* bytes of a program's name */

/* The next one of them; 1 and its fields, or 0. */
static int
next_of(struct rd *r, struct field *one)
{
	while (field_next(r, one) == 1)
		if (one->type == FIELD_OBJ)
			return (1);
	return (0);
}

struct refusals {
	const uint8_t	*result;
	size_t		 len;
	int		 failed;
};

/*
 * "denied", which were refused inside of the run, or "changed", names; 0 if
 * there were none.
 */
static int
find_all(const uint8_t *result, size_t len, const char *key, struct rd *r)
{
	struct field all;

	if (field_find(result, len, key, &all) != 1 ||
	    (all.type != FIELD_OBJ && all.type != FIELD_ROWS))
		return (0);
	rd_init(r, all.val, all.len);
	return (1);
}

/* What rows of a member are about. */
enum about { ABOUT_PROGRAM, ABOUT_CHANGE, ABOUT_CALL, ABOUT_UNANSWERED };

/* Is it what this key of a skill has refused?  A name may end like one. */
static int
has_key(const struct field *one, const char *key)
{
	char *rule = field_get_str(one->val, one->len, "rule");
	const size_t n = strlen(rule), len = strlen(key);
	int r;

	r = n > len && strcmp(rule + n - len, key) == 0 &&
	    strstr(rule, ": ") == NULL;
	free(rule);
	return (r);
}

/* What no name is about. */
static int
is_call(const struct field *one)
{
	return (has_key(one, ".network") || has_key(one, ".trace") ||
	    has_key(one, ".limits.memoryMB"));
}

/*
 * A program that was refused, or that nobody had decided on; else a change
 * that a protected name has refused, or a call that is about no name.
 */
static enum about
about(const struct field *one)
{
	struct field f;

	if (row_has(one->val, one->len, "unanswered"))
		return (ABOUT_UNANSWERED);
	if (field_find(one->val, one->len, "program", &f) == 1 && f.len != 0)
		return (ABOUT_PROGRAM);
	return (is_call(one) ? ABOUT_CALL : ABOUT_CHANGE);
}

/*
 * Programs try in vain to write where no grant is, and what else no run may,
 * and go on: people are told of it where the command has failed.
 */
static int
is_silent(const struct field *one)
{
	return (about(one) == ABOUT_CALL ||
	    (about(one) == ABOUT_CHANGE && has_key(one, ".write")));
}

/* It may have taken that for an error of its own. */
void
refusals_memory(const uint8_t *result, size_t len)
{
	char *limit = field_get_str(result, len, "limit");
	struct field one;
	int at_once = 0;
	struct rd r;

	if (strcmp(limit, "memory") == 0) {
		if (find_all(result, len, "denied", &r))
			while (next_of(&r, &one))
				at_once |= has_key(&one, ".limits.memoryMB");
		if (at_once)
			complain("the command asked for more memory at once "
			    "than its limit (memoryMB): without a control "
			    "group what is reserved counts, too, as by "
			    "AddressSanitizer");
		else
			complain("the command has probably reached its limit "
			    "of memory (memoryMB)");
	}
	free(limit);
}

/*
 * The run has chosen it, and may have what looks like words of ours in it: its
 * beginning, in quotes, as JSON.
 */
static void
put_program(struct buf *b, const struct field *one)
{
	struct field f;
	size_t n;

	if (field_find(one->val, one->len, "program", &f) != 1 ||
	    f.type != FIELD_STR)
		return;
	n = f.len;
	if (n > NAME_MAX_SHOWN)
		for (n = NAME_MAX_SHOWN; n > 0 && (f.val[n] & 0xc0) == 0x80; )
			n--;
	json_str(b, (const char *)f.val, n);
	buf_printf(b, n < f.len ? "..." : "");
}

/* "\"rm\" (skills.dev.deny: rm **, 2 times)", "skills.dev.write (2 times)" */
static void
put_one(struct buf *b, const struct field *one, uint64_t count, int program)
{
	if (program) {
		put_program(b, one);
		buf_printf(b, " (");
	}
	row_show(b, one->val, one->len, "rule");
	if (count != 1)
		buf_printf(b, program ? ", %" PRIu64 " times" :
		    " (%" PRIu64 " times)", count);
	buf_printf(b, program ? ")" : "");
}

/*
 * Where there are as many rows as there can be, what came later has none.
 * "3 programs were refused in the run: "rm" (skills.dev.deny: rm **, 2 times)",
 * "1 change was refused in the run: skills.dev.protect: .git/hooks",
 * "2 calls were refused in the run: skills.dev.network (2 times)",
 * "1 program still waited for an approver: "rm" (profile developer: rm -r)"
 */
static void
put_some(struct buf *to, const struct refusals *v, enum about what)
{
	static const struct {
		const char	*one;
		const char	*some;
	} words[] = {
		[ABOUT_PROGRAM] = { "program was refused in the run",
		    "programs were refused in the run" },
		[ABOUT_CHANGE] = { "change was refused in the run",
		    "changes were refused in the run" },
		[ABOUT_CALL] = { "call was refused in the run",
		    "calls were refused in the run" },
		[ABOUT_UNANSWERED] = { "program still waited for an approver",
		    "programs still waited for an approver" },
	};
	uint64_t count, all = 0;
	size_t rows = 0;
	struct field one;
	struct buf b;
	struct rd r;

	if (!find_all(v->result, v->len, "denied", &r))
		return;
	buf_init(&b, REFUSALS_MAX);
	while (next_of(&r, &one)) {
		rows++;
		if (about(&one) != what || (!v->failed && is_silent(&one)))
			continue;
		if (!row_num(one.val, one.len, "count", &count))
			count = 1;
		buf_printf(&b, all == 0 ? "" : ", ");
		put_one(&b, &one, count, what == ABOUT_PROGRAM ||
		    what == ABOUT_UNANSWERED);
		all += count;
	}
	buf_put_u8(&b, 0);
	if (all != 0 && !b.bad)
		buf_printf(to, "%" PRIu64 "%s %s: %s", all,
		    rows >= RUN_MAXDENIED ? " or more" : "",
		    all == 1 ? words[what].one : words[what].some,
		    (const char *)b.data);
	buf_free(&b);
}

/* In the order in which they are told. */
static const enum about order[] = { ABOUT_PROGRAM, ABOUT_UNANSWERED,
    ABOUT_CHANGE, ABOUT_CALL };

void
refusals_tell(const uint8_t *result, size_t len, int failed)
{
	const struct refusals v = { result, len, failed };
	struct buf b;
	size_t i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		buf_init(&b, REFUSALS_MAX);
		put_some(&b, &v, order[i]);
		if (b.len != 0) {
			buf_put_u8(&b, 0);
			if (!b.bad)
				complain("%s", (const char *)b.data);
		}
		buf_free(&b);
	}
}

void
refusals_text(struct buf *to, const uint8_t *result, size_t len, int failed)
{
	const struct refusals v = { result, len, failed };
	size_t i, was;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		buf_put_u8(to, ' ');
		was = to->len;
		put_some(to, &v, order[i]);
		if (to->len == was)
			to->len--;
		else
			buf_put_u8(to, '.');
	}
}

/* What an agent can tell its user: these rows of a member. */
static void
put_all(struct buf *b, const struct refusals *v, const char *key,
    const char *member, enum about what, enum about or)
{
	const char *sep = "";
	struct field one;
	struct rd r;

	buf_printf(b, ",\"%s\":[", key);
	if (find_all(v->result, v->len, member, &r))
		while (next_of(&r, &one)) {
			if (about(&one) != what && about(&one) != or)
				continue;
			buf_printf(b, "%s", sep);
			(void)field_json(b, one.val, one.len, 0);
			sep = ",";
		}
	buf_put_u8(b, ']');
}

void
refusals_json(struct buf *b, const uint8_t *result, size_t len)
{
	const struct refusals v = { result, len, 0 };

	put_all(b, &v, "changed", "changed", ABOUT_CHANGE, ABOUT_CHANGE);
	put_all(b, &v, "denied", "denied", ABOUT_PROGRAM, ABOUT_PROGRAM);
	put_all(b, &v, "unanswered", "denied", ABOUT_UNANSWERED,
	    ABOUT_UNANSWERED);
	put_all(b, &v, "refused", "denied", ABOUT_CHANGE, ABOUT_CALL);
}
