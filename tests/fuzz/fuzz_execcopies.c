/* SPDX-License-Identifier: ISC */
/*
 * Copies of exec lines as a daemon sends them: in one piece or in many, they
 * are the same, and so is what is said of them when the log has these lines.
 */
#include "config.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "client/execcopies.h"
#include "tests/fuzz/fuzz.h"

#define STAMP(n)	"00000000000" #n " 2023-11-14T22:13:20.000000Z exec: "

/* Which of them a corpus has copies of. */
static const char *const lines[] = {
	STAMP(1) "{\"v\":1,\"ev\":\"intent\"}\n",
	STAMP(2) "{\"v\":1,\"ev\":\"result\"}\n",
	STAMP(5) "{\"v\":1,\"ev\":\"intent\"}\n"
};
static const uint64_t numbers[] = { 1, 2, 5 };

static void
tell(struct execcopies *x, struct verify_report *r)
{
	size_t i;

	memset(r, 0, sizeof(*r));
	r->res.first = 1;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		execcopies_line(x, numbers[i], lines[i], strlen(lines[i]));
	execcopies_report(x, r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct execcopies *whole, *pieces;
	struct verify_report a, b;
	int x, y = 0;
	size_t i;

	if (sodium_init() == -1)
		abort();
	whole = execcopies_new();
	pieces = execcopies_new();
	x = execcopies_feed(whole, p, n);
	for (i = 0; i < n && y == 0; i++)
		y = execcopies_feed(pieces, p + i, 1);
	if (x != y || (x == 0 &&
	    execcopies_end(whole) != execcopies_end(pieces)))
		abort();
	if (x == 0 && execcopies_end(whole) == 0) {
		tell(whole, &a);
		tell(pieces, &b);
		if (a.status != b.status || strcmp(a.line, b.line) != 0 ||
		    (a.status == VERIFY_OK) != (a.line[0] == '\0'))
			abort();
	}
	execcopies_free(whole);
	execcopies_free(pieces);
	return (0);
}
