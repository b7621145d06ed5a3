/* SPDX-License-Identifier: ISC */
/* What status says of closed parts, immutable and not. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#include "common/field.h"
#include "supervisor/run/logchecks.h"

/* In READY, and in A_PARTS. */
static const struct {
	struct msg_parts m;
	int		 on;
	int		 packs;
	const char	*state;
	const char	*detail;
} said[] = {
	{ { 0, 0, 0, 0, 0 }, 1, 1, "none", "no part of the log is closed" },
	{ { 1, 1, 0, 0, 0 }, 1, 1, "set", "immutable: 1 of 1 closed part" },
	{ { 12, 11, 0, 0, 0 }, 1, 1, "set", "immutable: 11 of 12 closed parts; "
	    "the others get it at a start, once they are packed" },
	{ { 12, 0, 0, 0, 0 }, 1, 0, "set", "immutable: 0 of 12 closed parts; "
	    "the others are not packed (logging.compress)" },
	{ { 12, 9, 3, 0, 0 }, 1, 1, "set", "immutable: 9 of 12 closed parts; "
	    "the others are soon to be removed by logging.keepDays" },
	{ { 12, 8, 3, 0, 0 }, 1, 1, "set", "immutable: 8 of 12 closed parts; "
	    "3 soon to be removed by logging.keepDays, the others get it at a "
	    "start, once they are packed" },
	{ { 12, 0, 0, EOPNOTSUPP, 0 }, 1, 1, "missing", "immutable: 0 of 12 "
	    "closed parts; the file system has no such attribute" },
	{ { 12, 0, 0, EPERM, 0 }, 1, 1, "missing", "immutable: 0 of 12 closed "
	    "parts; bring-up has no CAP_LINUX_IMMUTABLE" },
	{ { 2, 0, 0, 0, 0 }, 0, 1, "off", "immutable: 0 of 2 closed parts; it "
	    "is off (logging.immutable)" },
	{ { 2, 2, 0, 0, 42 }, 1, 1, "held", "immutable: 2 of 2 closed parts; "
	    "gateway-000000000042.log.zst is older than logging.keepDays, and "
	    "stays until a restart lifts that, or root, with chattr -i" },
	/* what a hostile auditor may say */
	{ { 1, UINT32_MAX, UINT32_MAX, 0, 0 }, 1, 1, "set",
	    "immutable: 4294967295 of 1 closed part" },
};

static void
test_said(void **state)
{
	static struct daemon d;
	static struct conf c;
	struct logchecks_show s;
	struct msg_parts m;
	struct buf b;
	size_t i;

	(void)state;
	d.conf = &c;
	for (i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		m = said[i].m;
		c.immutable = said[i].on;
		c.compress = said[i].packs;
		buf_init(&b, 4096);
		field_u64(&b, "parts", m.closed);
		field_u64(&b, "immutable", m.immutable);
		field_u64(&b, "parts_due", m.due);
		field_u64(&b, "immutable_error", m.error);
		field_u64(&b, "parts_held", m.held);
		logchecks_ready(&d, b.data, b.len);
		buf_free(&b);
		logchecks_show_fixed(&d, &s);
		assert_string_equal(s.state, said[i].state);
		assert_string_equal(s.detail, said[i].detail);
		memset(&m, 0, sizeof(m));
		logchecks_parts(&d, &m);
		logchecks_show_fixed(&d, &s);
		assert_string_equal(s.state, "none");
		logchecks_parts(&d, &said[i].m);
		logchecks_show_fixed(&d, &s);
		assert_string_equal(s.detail, said[i].detail);
	}
	free(d.logchecks);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_said),
	};

	return (cmocka_run_group_tests_name("parts in status", tests, NULL,
	    NULL));
}
