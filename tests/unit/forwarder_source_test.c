/* SPDX-License-Identifier: ISC */
/*
 * The log goes on behind the place, if it is still the one that had that: else
 * it is forwarded from its beginning.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "common/forwardto.h"
#include "forwarder/forwarder.h"
#include "tests/unit/sealed_log.h"

#define LINES	5U

static struct forwarder f;
static int to;				/* the auditor's end of the pipe */

/* A log of LINES records, with that text in the third. */
static void
makes(struct buf *log, struct record_head heads[LINES + 1], const char *third)
{
	struct sl_key key[SL_EPOCHS];
	struct sealed_log l;
	unsigned i;

	sl_keys(key, 1);
	sl_init(&l, &key[0]);
	heads[0] = l.head;
	for (i = 1; i <= LINES; i++) {
		sl_add(&l, i == 3 ? third : "usual");
		heads[i] = l.head;
	}
	buf_init(log, SL_MAX);
	buf_put(log, l.b.data, l.b.len);
	sl_free(&l);
}

static void
begin(const struct record_head *place)
{
	struct forwardto peer;
	int p[2];

	memset(&f, 0, sizeof(f));
	assert_null(forwardto_parse("syslog+udp:127.0.0.1:514", &peer));
	assert_int_equal(outbox_open(&f.box, &peer, 1000), 0);
	record_lines_init(&f.lines);
	assert_int_equal(pipe(p), 0);
	to = p[1];
	f.pipe = -1;
	f.last = *place;
	f.unproved = 1;
	f.done = place->number;
	source_set(&f, p[0], place->number + 1);
}

static void
end(void)
{
	(void)close(to);
	if (f.pipe != -1)
		(void)close(f.pipe);
	(void)close(f.box.peer.fd);
	record_lines_free(&f.lines);
	buf_free(&f.box.text);
	free(f.box.msgs);
}

static void
comes(const struct buf *log)
{
	assert_int_equal(write(to, log->data, log->len), (ssize_t)log->len);
	source_read(&f, 1000);
}

static void
test_same(void **state)
{
	struct record_head heads[LINES + 1];
	struct buf log;
	unsigned i;

	(void)state;
	makes(&log, heads, "usual");
	for (i = 1; i <= LINES; i++) {
		begin(&heads[i]);
		comes(&log);
		assert_int_not_equal(f.pipe, -1);
		assert_int_equal(f.box.n, LINES - i);
		assert_int_equal(f.next, LINES + 1);
		assert_int_equal(f.last.number, LINES);
		assert_memory_equal(f.last.digest, heads[LINES].digest,
		    RECORD_DIGEST);
		end();
	}
	buf_free(&log);
}

static void
test_another(void **state)
{
	struct record_head heads[LINES + 1], others[LINES + 1];
	struct buf log, other;
	int p[2];

	(void)state;
	makes(&log, heads, "usual");
	makes(&other, others, "another");
	/* up to there both are the same */
	begin(&heads[2]);
	comes(&other);
	assert_int_equal(f.box.n, LINES - 2);
	end();
	begin(&heads[3]);
	comes(&other);
	assert_int_equal(f.pipe, -1);
	assert_int_equal(f.box.n, 0);
	assert_int_equal(f.done, 0);
	assert_int_equal(f.next, 1);
	(void)close(to);
	/* it is asked for all, and takes that */
	assert_int_equal(pipe(p), 0);
	to = p[1];
	source_set(&f, p[0], 1);
	comes(&other);
	assert_int_equal(f.box.n, LINES);
	assert_memory_equal(f.last.digest, others[LINES].digest,
	    RECORD_DIGEST);
	end();
	buf_free(&log);
	buf_free(&other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_another),
	};

	if (sodium_init() == -1)
		return (1);
	return (cmocka_run_group_tests_name("forwarder source", tests, NULL,
	    NULL));
}
