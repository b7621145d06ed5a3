/* SPDX-License-Identifier: ISC */
/* The state tables: nothing is missing from them, and nothing can be stuck. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/msg.h"
#include "supervisor/states.h"

typedef const struct transition *(*at_fn)(size_t);

/*
 * Message types of roles while they are up; PONG and V_STATE are about the
 * role itself, A_ROOM about a disk, A_CHECKED, A_STORED and A_PARTS about the
 * log, V_PRINTS for another role, V_VERSIONS about no run, V_DUE begins an
 * operation, and what notifier and forwarder say is about no run.
 */
static int
from_a_role(const struct msg_row *m)
{
	return (m->type != MSG_PONG && m->type != MSG_V_PRINTS &&
	    m->type != MSG_V_VERSIONS &&
	    m->type != MSG_V_DUE && m->type != MSG_V_STATE &&
	    m->type != MSG_A_ROOM && m->type != MSG_A_CHECKED &&
	    m->type != MSG_A_STORED && m->type != MSG_A_PARTS &&
	    (m->from & R_ROLES & ~(R_NOTE | R_FWD)) != 0 &&
	    (m->states & MS_UP) != 0);
}

static void
check_shape(at_fn at, unsigned states, enum action first, enum action last)
{
	const struct transition *r, *other;
	const struct msg_row *m;
	size_t i, k;

	for (i = 0; (r = at(i)) != NULL; i++) {
		assert_true(r->state < states);
		assert_true(r->next != 0);
		assert_true((r->next >> states) == 0);
		assert_true(r->action == ACT_NONE ||
		    (r->action >= first && r->action <= last));
		if (r->event >= EV_OWN)
			assert_true(r->event < EV_END);
		else {
			assert_non_null(m = msg_row(r->event));
			assert_true(from_a_role(m));
		}
		for (k = 0; k < i; k++) {
			other = at(k);
			assert_false(other->state == r->state &&
			    other->event == r->event);
		}
	}
}

static void
test_shape(void **state)
{
	(void)state;
	check_shape(states_run_at, RUN_STATES, ACT_PLAN, ACT_FINISH);
	check_shape(states_op_at, OP_STATES, ACT_HIDDEN, ACT_LOGGED);
}

/* Every message that a role may send has its place in one of the tables. */
static void
test_every_message(void **state)
{
	const struct transition *r;
	const struct msg_row *m;
	size_t i, k;
	int found;

	(void)state;
	for (i = 0; (m = msg_row_at(i)) != NULL; i++) {
		if (!from_a_role(m))
			continue;
		found = 0;
		for (k = 0; (r = states_run_at(k)) != NULL; k++)
			found |= r->event == m->type;
		for (k = 0; (r = states_op_at(k)) != NULL; k++)
			found |= r->event == m->type;
		if (!found)
			print_error("%s\n", m->name);
		assert_true(found);
	}
}

/* All states that can come after s. */
static uint32_t
reach(at_fn at, unsigned s)
{
	uint32_t set = 1U << s, old;
	const struct transition *r;
	size_t i;

	do {
		old = set;
		for (i = 0; (r = at(i)) != NULL; i++)
			if ((set & 1U << r->state) != 0)
				set |= r->next;
	} while (set != old);
	return (set);
}

static void
test_reach(void **state)
{
	unsigned s;

	(void)state;
	assert_int_equal(reach(states_run_at, RUN_NEW),
	    (1U << RUN_STATES) - 1);
	for (s = 0; s < RUN_STATES; s++)
		assert_true((reach(states_run_at, s) & 1U << RUN_DONE) != 0);
	for (s = 0; s < OP_STATES; s++)
		assert_true((reach(states_op_at, s) & 1U << OP_DONE) != 0);
	/* what is done stays done */
	assert_int_equal(reach(states_run_at, RUN_DONE), 1U << RUN_DONE);
	assert_int_equal(reach(states_op_at, OP_DONE), 1U << OP_DONE);
}

/* The one way to X_GO is a ticket, and to a ticket a verdict. */
static void
test_choke_point(void **state)
{
	const struct transition *r;
	size_t i;

	(void)state;
	for (i = 0; (r = states_run_at(i)) != NULL; i++) {
		if ((r->next & 1U << RUN_RECORDED) != 0 &&
		    r->state != RUN_RECORDED) {
			assert_int_equal(r->state, RUN_DECIDED);
			assert_int_equal(r->event, MSG_A_TICKET);
			assert_int_equal(r->action, ACT_GO);
		}
		if (r->action == ACT_GO)
			assert_int_equal(r->event, MSG_A_TICKET);
		if ((r->next & 1U << RUN_DECIDED) != 0) {
			assert_int_equal(r->action, ACT_LAUNCH);
			assert_true((r->state == RUN_RESOLVED &&
			    r->event == EV_ALLOW) ||
			    (r->state == RUN_GRANTED &&
			    r->event == EV_CLAIM));
		}
		if ((r->next & 1U << RUN_GRANTED) != 0) {
			assert_true((r->state == RUN_APPROVING &&
			    r->event == EV_APPROVED) ||
			    (r->state == RUN_RESOLVED &&
			    r->event == EV_STANDING &&
			    r->action == ACT_STANDING));
		}
		if ((r->next & 1U << RUN_RUNNING) != 0 &&
		    r->state != RUN_RUNNING)
			assert_int_equal(r->state, RUN_RECORDED);
		if ((r->next & 1U << RUN_APPROVING) != 0 &&
		    r->state != RUN_APPROVING)
			assert_int_equal(r->event, EV_APPROVE);
	}
}

/* A caller may leave at any time before the result is on its way. */
static void
test_cancel(void **state)
{
	static const enum run_state yes[] = { RUN_NEW, RUN_BINDING,
	    RUN_WAITING, RUN_REJUDGING, RUN_APPROVING, RUN_GRANTED,
	    RUN_DECIDED, RUN_RECORDED, RUN_RUNNING };
	const struct transition *row, *r;
	size_t i, n = 0;
	unsigned s;

	(void)state;
	for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		assert_non_null(states_run(yes[i], EV_CANCEL));
	/* its row is its own, and one of the rows that are walked above */
	for (s = 0; s < RUN_STATES; s++) {
		row = states_run(s, EV_CANCEL);
		for (i = 0; (r = states_run_at(i)) != NULL; i++)
			if (r->event == EV_CANCEL && r->state == s)
				break;
		assert_ptr_equal(row, r);
		n += row != NULL;
	}
	assert_int_equal(n, sizeof(yes) / sizeof(yes[0]));
}

/* Every type of every role in every state: a row or none, never another's. */
static void
test_walk(void **state)
{
	const struct transition *r;
	const struct msg_row *m;
	size_t i, rows = 0;
	unsigned s;

	(void)state;
	for (i = 0; (m = msg_row_at(i)) != NULL; i++)
		for (s = 0; s < RUN_STATES; s++) {
			if ((r = states_run(s, m->type)) == NULL)
				continue;
			rows++;
			assert_int_equal(r->state, s);
			assert_int_equal(r->event, m->type);
			assert_true(from_a_role(m));
		}
	assert_true(rows > 10);
	assert_null(states_run(RUN_NEW, MSG_X_STARTED));
	assert_null(states_run(RUN_WAITING, MSG_X_RESULT));
	assert_null(states_run(RUN_DECIDED, MSG_X_STARTED));
	assert_null(states_run(RUN_RUNNING, MSG_A_TICKET));
	assert_null(states_op(OP_PREPARE, MSG_A_TICKET));
	assert_null(states_run(RUN_STATES, EV_CANCEL));
}

/* What is recorded is not called off, and nobody waits for a reader. */
static void
test_ends(void **state)
{
	static const enum op_state recorded[] = { OP_RECORD, OP_COMMIT,
	    OP_APPLY, OP_LOAD, OP_HAND };
	const struct op_state_row *s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(recorded) / sizeof(recorded[0]); i++) {
		s = states_of_op(recorded[i]);
		assert_int_equal(s->gone, END_GOES_ON);
		assert_int_equal(s->stop, END_GOES_ON);
		assert_true(s->holds);
	}
	for (i = 0; i < OP_STATES; i++)
		assert_int_equal(states_of_op(i)->over, i == OP_DONE);
	for (i = 0; i < OP_STATES; i++)
		assert_int_equal(!states_of_op(i)->holds,
		    i == OP_QUERY || i == OP_LOGS || i == OP_PRUNE ||
		    i == OP_DONE);
	assert_ptr_equal(states_of_op(OP_STATES),
	    states_of_op(OP_DONE));
}

/*
 * A reload: what waits is judged anew, an approval is none any more, what has
 * been allowed goes on; nothing is in force before it is recorded, and what is
 * recorded is not called off.
 */
static void
test_reload(void **state)
{
	const struct transition *r;
	size_t i;
	unsigned s;

	(void)state;
	for (s = 0; s < RUN_STATES; s++) {
		r = states_run(s, EV_REJUDGE);
		assert_int_equal(r != NULL, s == RUN_WAITING ||
		    s == RUN_GRANTED);
		if (r != NULL)
			assert_int_equal(r->action, ACT_REJUDGE);
	}
	/* it comes out of that by its plan alone, as out of any look-up */
	for (i = 0; (r = states_run_at(i)) != NULL; i++)
		if (r->state == RUN_REJUDGING &&
		    (r->next & 1U << RUN_RESOLVED) != 0)
			assert_int_equal(r->event, MSG_X_PLAN);
	assert_null(states_run(RUN_REJUDGING, EV_APPROVE));
	assert_null(states_run(RUN_REJUDGING, EV_CLAIM));
	/* the only way to hand it on is a record */
	for (i = 0; (r = states_op_at(i)) != NULL; i++)
		if ((r->next & 1U << OP_HAND) != 0) {
			assert_int_equal(r->state, OP_LOAD);
			assert_int_equal(r->event, MSG_A_RELOADED);
		}
	assert_int_equal(states_op(OP_LOAD, MSG_A_REFUSED)->next,
	    1U << OP_DONE);
	assert_null(states_op(OP_HAND, MSG_A_REFUSED));
	assert_null(states_op(OP_LOAD, MSG_X_RELOADED));
}

/* Output has a place from the ticket on; only the end is over. */
static void
test_run_states(void **state)
{
	uint32_t after = reach(states_run_at, RUN_RECORDED);
	const struct transition *row;
	const struct run_state_row *s;
	unsigned i;

	(void)state;
	for (i = 0; i < RUN_STATES; i++) {
		s = states_of_run(i);
		assert_int_equal(s->over, i == RUN_DONE);
		assert_int_equal(s->printed,
		    i != RUN_DONE && (after & 1U << i) != 0);
		assert_int_equal(s->waits,
		    i == RUN_WAITING || i == RUN_REJUDGING ||
		    i == RUN_APPROVING || i == RUN_GRANTED);
		/* a decision that is not on disk may not take place */
		assert_int_equal(s->undecided,
		    i == RUN_WAITING || i == RUN_APPROVING);
		/* who is decided on was shown, and nobody decides twice */
		assert_int_equal(s->open, s->shown && s->waits);
		assert_int_equal(s->open,
		    states_run(i, EV_APPROVE) != NULL);
		assert_int_equal(s->open, states_run(i, EV_DENY) != NULL);
		assert_int_equal(s->open || i == RUN_GRANTED,
		    states_run(i, EV_EXPIRE) != NULL);
		/* asked for is what can still be answered */
		assert_int_equal(s->asking, states_run(i, MSG_X_PLAN) !=
		    NULL);
		/* what has a ticket is killed, everything else is dropped */
		row = states_run(i, EV_CANCEL);
		assert_int_equal(s->going,
		    row != NULL && row->action == ACT_KILL);
		assert_int_equal(s->begins, i == RUN_RECORDED);
	}
	assert_ptr_equal(states_of_run(RUN_STATES),
	    states_of_run(RUN_DONE));
}

static void
test_names(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < RUN_STATES; i++)
		assert_string_not_equal(run_state_name(i), "unknown");
	assert_string_equal(run_state_name(RUN_STATES), "unknown");
	for (i = EV_OWN; i < EV_END; i++)
		assert_string_not_equal(event_name(i), "unknown");
	assert_string_equal(event_name(EV_END), "unknown");
	assert_string_equal(event_name(MSG_X_PLAN), "X_PLAN");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shape),
		cmocka_unit_test(test_every_message),
		cmocka_unit_test(test_reach),
		cmocka_unit_test(test_choke_point),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_reload),
		cmocka_unit_test(test_run_states),
		cmocka_unit_test(test_names),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
