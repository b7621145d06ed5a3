/* SPDX-License-Identifier: ISC */
/*
 * Settings of agents, which are anybody's: what can be put into them can be
 * taken out again, and then they are as they were.  The first byte says what
 * it is.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "client/connect/jsonedit.h"
#include "client/connect/setup.h"
#include "client/connect/tomledit.h"
#include "common/xmalloc.h"
#include "tests/fuzz/fuzz.h"

static char value[] = "{\n  \"command\": \"our thing\"\n}";
static const struct jsonedit edits[] = {
	{ { "hooks", "Pre", NULL }, NULL, value, "our thing" },
	{ { "mcp", NULL }, "clawbot", value, "our thing" },
};

static void
json(const char *text, const struct jsonedit *e)
{
	char *with, *back, *again;
	const char *why;

	/* it may be there, or be half there */
	if (strstr(text, "our thing") != NULL) {
		if (jsonedit_remove(text, e, &back, &why) == 1)
			free(back);
		return;
	}
	if (jsonedit_add(text, e, &with, &why) != 1)
		return;
	if (jsonedit_add(with, e, &again, &why) != 0 ||
	    jsonedit_remove(with, e, &back, &why) != 1)
		abort();
	if (strcmp(back, text) != 0 &&
	    text[strspn(text, " \t\r\n")] != '\0')
		abort();
	free(with);
	free(back);
}

static void
toml(const char *text)
{
	char *with, *back, *again;
	const char *why;

	if (strstr(text, "clawbot connect") != NULL) {
		if (tomledit_remove(text, &back, &why) == 1)
			free(back);
		return;
	}
	if (tomledit_add(text, "[mcp_servers.clawbot]\n", setup_tables,
	    &with, &why) != 1)
		return;
	if (tomledit_add(with, "[mcp_servers.clawbot]\n", setup_tables,
	    &again, &why) != 0 || tomledit_remove(with, &back, &why) != 1 ||
	    strcmp(back, text) != 0)
		abort();
	free(with);
	free(back);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *text;

	if (n == 0)
		return (0);
	text = xstrndup((const char *)p + 1, strnlen((const char *)p + 1,
	    n - 1));
	if (p[0] == 't')
		toml(text);
	else
		json(text, &edits[p[0] & 1]);
	free(text);
	return (0);
}
