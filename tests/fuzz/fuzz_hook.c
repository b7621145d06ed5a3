/* SPDX-License-Identifier: ISC */
/*
 * What an agent tells its hook: whatever it is, it is one of the kinds, paths
 * are absolute, and every agent gets an answer that is JSON.
 */
#include "config.h"

#include <jansson.h>

#include <stdlib.h>
#include <string.h>

#include "client/hook/hookanswer.h"
#include "client/hook/hookcall.h"
#include "client/mcp/jsonline.h"
#include "tests/fuzz/fuzz.h"

static void
answers(const char *why)
{
	const struct dialect *d;
	struct hookanswer a;
	json_t *doc;
	size_t i;

	for (i = 0; (d = dialect_at(i)) != NULL; i++) {
		hookanswer_make(&a, d, HOOK_DENY, why);
		if ((doc = json_loads(a.text, 0, NULL)) == NULL ||
		    strstr(a.text, "\"deny\"") == NULL)
			abort();
		json_decref(doc);
		hookanswer_free(&a);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static int begun;
	const struct strv pass = { NULL, 0 };
	struct hookcall c;
	size_t i;

	if (!begun)
		jsonline_init();
	begun = 1;
	hookcall_get(&c, (const char *)p, n, &pass);
	if (c.kind == HOOK_UNKNOWN && c.why[0] == '\0')
		abort();
	if ((c.kind == HOOK_UNKNOWN || c.kind == HOOK_PASS) && c.what.n != 0)
		abort();
	if (c.kind == HOOK_SHELL && c.what.n != 1)
		abort();
	if (c.kind == HOOK_READ || c.kind == HOOK_WRITE) {
		if (c.what.n == 0)
			abort();
		for (i = 0; i < c.what.n; i++)
			if (c.what.v[i][0] != '/')
				abort();
	}
	answers(c.tool != NULL ? c.tool : "none");
	hookcall_free(&c);
	return (0);
}
