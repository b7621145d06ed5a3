/* SPDX-License-Identifier: ISC */
/*
 * What the daemon says of damage to the log, and of output that is not stored,
 * on a clock of the test's own.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/log.h"
#include "supervisor/conf/conf.h"
#include "supervisor/run/logchecks.h"
#include "supervisor/run/notice.h"

#define HOUR	3600000
#define ONE	1000
#define OTHER	2000

static int64_t now;
static int said[2];		/* a pipe: the daemon's own log */
static char noticed[NOTICE_LOG_MAX][1024];

/* In place of the supervisor's. */
int64_t
now_ms(void)
{
	return (now);
}

void
notice_log(struct daemon *d, enum notice_of_log of, unsigned about,
    uint64_t record, const char *text)
{
	(void)d;
	(void)snprintf(noticed[of], sizeof(noticed[of]), "%u %llu %s", about,
	    (unsigned long long)record, text);
}

/* So many lines were said since. */
static unsigned
lines(void)
{
	char text[4096];
	ssize_t i, n;
	unsigned all = 0;

	/* one more byte, so that there is something to read */
	assert_int_equal(write(said[1], "x", 1), 1);
	n = read(said[0], text, sizeof(text));
	for (i = 0; i < n; i++)
		all += text[i] == '\n';
	return (all);
}

static void
stored(struct daemon *d, unsigned refused, uint32_t uid)
{
	const struct msg_stored m = { .total = 4096, .max = 8192,
	    .refused = (uint8_t)refused, .uid = uid };

	logchecks_stored(d, &m);
}

/* Whatever accounts print, and in whatever turns: a line of each an hour. */
static void
test_stored(void **state)
{
	struct logchecks_show show;
	static struct daemon d;
	int i;

	(void)state;
	now = 5;
	for (i = 0; i < 100; i++) {
		stored(&d, OUTPUT_SHARE, ONE);
		stored(&d, OUTPUT_FITS, ONE);
		stored(&d, OUTPUT_SHARE, OTHER);
		stored(&d, OUTPUT_TOTAL, ONE);
	}
	assert_int_equal(lines(), 2);
	now += HOUR - 1;
	stored(&d, OUTPUT_SHARE, OTHER);
	assert_int_equal(lines(), 0);
	assert_int_equal(logchecks_show_stored(&d, &show), 1);
	assert_string_equal(show.state, "share");
	assert_non_null(strstr(show.detail, "of uid 2000"));
	now++;
	stored(&d, OUTPUT_SHARE, OTHER);
	stored(&d, OUTPUT_SHARE, OTHER);
	assert_int_equal(lines(), 1);
	stored(&d, OUTPUT_FITS, OTHER);
	assert_int_equal(logchecks_show_stored(&d, &show), 1);
	assert_string_equal(show.state, "stored");
}

static void
checked(struct daemon *d, unsigned damaged, unsigned fate, uint64_t record,
    const char *file)
{
	struct msg_checked m;
	char name[64], rule[] = "missing";

	memset(&m, 0, sizeof(m));
	(void)snprintf(name, sizeof(name), "%s", file);
	m.damaged = damaged;
	m.fate = (uint8_t)fate;
	m.first = (uint64_t)file[0];
	m.record = record;
	m.file = name;
	m.rule = rule;
	logchecks_told(d, &m);
}

/* Each has a line; a notice has the newest, and how many there are. */
static void
test_damaged(void **state)
{
	static struct conf conf;
	static struct daemon d;
	struct logchecks_show show;
	char dir[] = "/log";

	(void)state;
	conf.log_dir = dir;
	d.conf = &conf;
	/* there is no room for a record of it */
	checked(&d, 1, 0, 0, "");
	assert_int_equal(lines(), 0);
	logchecks_show(&d, &show);
	assert_string_equal(show.state, "damaged");
	assert_non_null(strstr(show.detail, "no room"));
	checked(&d, 2, 0, 7, "one");
	checked(&d, 2, 0, 8, "two");
	checked(&d, 2, 0, 8, "two");
	assert_int_equal(lines(), 2);
	assert_non_null(strstr(noticed[NOTICE_LOG_DAMAGE], "8 two, rule "
	    "missing in /log; 2 parts are damaged"));
	logchecks_show(&d, &show);
	assert_non_null(strstr(show.detail, "found two, rule missing; record "
	    "8"));
	checked(&d, 1, 1, 9, "one");
	assert_int_equal(lines(), 1);
	assert_non_null(strstr(noticed[NOTICE_LOG_MENDED], "9 one in /log; "
	    "1 part is damaged"));
	assert_non_null(strstr(noticed[NOTICE_LOG_DAMAGE], "8 two"));
	checked(&d, 0, 1, 10, "two");
	assert_null(strstr(noticed[NOTICE_LOG_MENDED], "damaged"));
	logchecks_show(&d, &show);
	assert_string_equal(show.state, "whole");
	assert_int_equal(lines(), 1);
}

/* What is over is not listed any more, and each is told what became of it. */
static void
test_over(void **state)
{
	static struct conf conf;
	static struct daemon d;
	struct logchecks_show show;
	char dir[] = "/log";

	(void)state;
	conf.log_dir = dir;
	d.conf = &conf;
	checked(&d, 1, CHECKED_DAMAGED, 7, "one");
	checked(&d, 2, CHECKED_DAMAGED, 8, "two");
	checked(&d, 3, CHECKED_DAMAGED, 9, "six");
	checked(&d, 2, CHECKED_MENDED, 10, "six");
	logchecks_show(&d, &show);
	assert_non_null(strstr(show.detail, "found two, rule missing; record "
	    "8"));
	checked(&d, 1, CHECKED_REMOVED, 11, "two");
	assert_non_null(strstr(noticed[NOTICE_LOG_REMOVED], "11 two in /log; "
	    "1 part is damaged"));
	logchecks_show(&d, &show);
	assert_non_null(strstr(show.detail, "found one, rule missing; record "
	    "7"));
	checked(&d, 0, CHECKED_REMOVED, 12, "one");
	logchecks_show(&d, &show);
	assert_string_equal(show.state, "whole");
	checked(&d, 0, CHECKED_LOST, 13, "lost-1");
	assert_non_null(strstr(noticed[NOTICE_LOG_LOST], "13 lost-1 in /log"));
	assert_int_equal(lines(), 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stored), cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_over),
	};

	if (pipe(said) == -1)
		return (1);
	log_init("logchecks", LOG_TO_FD, said[1], 0);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
