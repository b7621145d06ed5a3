/* SPDX-License-Identifier: ISC */
/*
 * What stands in front of a log whose beginning is gone comes whole, however
 * many seals that had.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include "common/payload.h"
#include "common/record/pruned.h"
#include "tests/unit/auditor_util.h"

#define LINE	"the copy of a record\n"
#define MORE	(3 * RECORD_MAX / 2)	/* than what an answer holds at once */

static int
setup(void **state)
{
	*state = aud_tmpdir();
	return (0);
}

/* An auditor of an empty log with so many bytes of seals in front of it. */
static void __attribute__((__noreturn__))
child(int fd, const char *dir, uint64_t links)
{
	static struct rolemain rm;
	static struct auditor a;
	static char line[] = LINE;
	struct ipc_msg m;

	(void)signal(SIGPIPE, SIG_IGN);
	memset(&m, 0, sizeof(m));
	rm.ipc = ipc_new(fd, ROLE_AUDITOR, ROLE_SUPERVISOR, MS_UP);
	a.rm = &rm;
	a.base = event_base_new();
	if (a.base == NULL || event_base_priority_init(a.base, 2) == -1)
		errx(1, "event_base_new");
	TAILQ_INIT(&a.queries);
	chain_init(&a.chain);
	a.chain.seg.dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (segment_open(&a.chain.seg) == -1)
		err(1, "%s", dir);
	a.chain.seg.first = 8;
	a.gone.line = line;
	a.gone.len = sizeof(line) - 1;
	a.gone.what.record = 9;
	a.gone.what.last.number = 7;
	a.gone.what.links = links;
	if (ipc_wait(rm.ipc, &m, 60000) != 1)
		errx(1, "no question");
	query_start(&a, &m);
	(void)event_base_dispatch(a.base);
	(void)ipc_drain(rm.ipc, 60000);
	_exit(0);
}

static void
check(const char *dir, const char *seals, size_t size, uint64_t links)
{
	const size_t from = sizeof(LINE) - 1;
	struct msg_queried v;
	struct aud a;
	size_t len;
	char *got;
	int sp[2];

	aud_write(dir, LOG_SEALS, seals, size);
	memset(&a, 0, sizeof(a));
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
	    sp), 0);
	if ((a.pid = fork()) == 0)
		child(sp[1], dir, links);
	assert_true(a.pid > 0);
	(void)close(sp[1]);
	a.logfd = -1;
	a.ipc = ipc_new(sp[0], ROLE_SUPERVISOR, ROLE_AUDITOR, MS_UP);
	got = aud_slurp(aud_query(&a, 5, QUERY_VERIFY, 0, 0, UINT32_MAX),
	    &len);
	assert_int_equal(aud_recv(&a), MSG_A_QUERIED);
	assert_int_equal(payload_get(&a.m, &msg_queried_shape, &v), 0);
	assert_int_equal(v.code, CBE_OK);
	shape_free(&msg_queried_shape, &v);
	if (links > size)
		links = size;
	assert_int_equal(len, from + links);
	assert_memory_equal(got, LINE, from);
	assert_true(memcmp(got + from, seals, (size_t)links) == 0);
	free(got);
	assert_int_equal(aud_status(&a), 0);
}

static void
test_seals(void **state)
{
	size_t i;
	char *s;

	s = xmalloc(MORE);
	for (i = 0; i < MORE; i++)
		s[i] = (char)(i * 2654435761U >> 24);
	check(*state, s, 100, 100);
	check(*state, s, MORE, MORE);
	/* a crash has left more; somebody has taken some away */
	check(*state, s, MORE, MORE - 1);
	check(*state, s, MORE - 70000, MORE);
	check(*state, s, 0, 1);
	free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_seals, setup,
		    aud_teardown),
	};

	return (cmocka_run_group_tests_name("auditor before", tests, NULL,
	    NULL));
}
