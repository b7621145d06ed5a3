/* SPDX-License-Identifier: ISC */
/*
 * In place of a command: everything that no run may do is tried, in vain.
 * This process has come the whole way that a command comes, and what would
 * be executed next is this.  Every attempt is made, whatever became of those
 * before it.
 */
#include "config.h"

#include <sys/prctl.h>

#include <unistd.h>

#include "common/role.h"
#include "executor/battery/probe.h"
#include "executor/hook.h"

static void
send_report(const struct buf *b)
{
	size_t off;
	ssize_t n;

	for (off = 0; off < b->len; off += (size_t)n)
		if ((n = write(STDOUT_FILENO, b->data + off,
		    b->len - off)) <= 0)
			_exit(EXIT_SYSTEM);
}

static void
try(const struct attempt *a, const struct box *bx, struct probe_result *r)
{
	struct trial t;

	t.a = a;
	t.bx = bx;
	t.verdict = PROBE_HELD;
	t.err = t.ret_err = 0;
	t.ret = 0;
	a->fn(&t);
	r->verdict = (uint8_t)t.verdict;
	r->err = t.err;
}

void
probe_main(const struct box *bx)
{
	struct probe_result r[PROBE_ATTEMPTS_MAX];
	const struct attempt *a;
	struct buf b;
	size_t n;

	/* as execve(2) leaves it; else much would be refused for that alone */
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == -1)
		_exit(EXIT_SYSTEM);
	hook_changed();
	for (n = 0; n < PROBE_ATTEMPTS_MAX && (a = probe_at(n)) != NULL; n++)
		try(a, bx, &r[n]);
	buf_init(&b, PROBE_REPORT_MAX);
	probe_put(&b, r, n);
	send_report(&b);
	_exit(b.bad ? EXIT_SYSTEM : 0);
}
