/* SPDX-License-Identifier: ISC */
/*
 * What init tells its runner of an exec that it holds: the whole of HELD, its
 * body in the message or in memory beside it, with as many descriptors as the
 * first byte says.  What is taken has a word at least and bounds that hold,
 * is the only encoding of what it means, and fits into the row that it becomes
 * in the log.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "executor/planfile.h"
#include "executor/runner/arbiter_priv.h"
#include "tests/fuzz/fuzz.h"

/* Of files, which are not looked at here; and memory, which is. */
static void
give_fds(int *fds, unsigned n, int memory)
{
	unsigned i;

	for (i = 0; i < n; i++)
		fds[i] = STDIN_FILENO;
	if (n != 0 && memory != -1)
		fds[n - 1] = memory;
}

static void
check_body(const struct held_exec *h, const uint8_t *p, size_t n)
{
	struct buf b;

	buf_init(&b, 2 * HELD_MAXBYTES);
	shape_put(&held_exec_shape, &b, h);
	if (b.bad || b.len != n || memcmp(b.data, p, n) != 0)
		abort();
	buf_free(&b);
}

static void
check_row(const struct held_exec *h)
{
	struct known exe, script;
	struct exec_row row;

	memset(&exe, 0, sizeof(exe));
	memset(&script, 0, sizeof(script));
	memset(&row, 0, sizeof(row));
	arbiterheld_row(&row, h, &exe, (h->has & HELD_SCRIPT) != 0 ? &script :
	    NULL);
	if (row.argv.n != h->argv.n || strcmp(row.argv.v[0],
	    h->argv.v[0]) != 0 || strcmp(row.cwd, h->cwd) != 0)
		abort();
	shape_free(&exec_row_shape, &row);
}

static void
check(const struct held_exec *h, unsigned n, const uint8_t *body, size_t len)
{
	const unsigned files = !(h->has & HELD_REFUSED) +
	    ((h->has & HELD_SCRIPT) != 0) + ((h->has & HELD_LOADER) != 0);

	if (files + ((h->has & HELD_MEMORY) != 0) != n || h->argv.n == 0 ||
	    h->argv.n > HELD_MAXARGS || strlen(h->cwd) > PLAN_MAXPATH ||
	    strlen(h->interp_arg) > SHEBANG_MAX)
		abort();
	check_body(h, body, len);
	check_row(h);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	int fds[INSIDE_HELD_FDS], memory = -1;
	struct held_exec h;
	const uint8_t *body;
	size_t len, bodylen;
	unsigned nfds;

	if (n < 1 + INSIDE_HELD_MIN || n > 1 + INSIDE_HELD_MAX)
		return (0);
	nfds = *p++ % (INSIDE_HELD_FDS + 1);
	len = --n;
	body = p + INSIDE_HELD_MIN;
	bodylen = n - INSIDE_HELD_MIN;
	/* its flags are the last byte in front of the body */
	if ((p[INSIDE_HELD_MIN - 1] & HELD_MEMORY) != 0 && bodylen != 0) {
		if ((memory = planfile_new(body, bodylen)) == -1)
			return (0);
		len = INSIDE_HELD_MIN;
	}
	give_fds(fds, nfds, memory);
	if (inside_type(IN_INIT, IW_INIT, p, len, nfds) == INSIDE_HELD) {
		if (arbiterheld_get(p, len, &h, fds, nfds) == 0)
			check(&h, nfds, body, bodylen);
		shape_free(&held_exec_shape, &h);
	}
	if (memory != -1)
		(void)close(memory);
	return (0);
}
