/* SPDX-License-Identifier: ISC */
/*
 * What a file begins with that is to be executed: what is taken for a script
 * names a program by an absolute path, and both words stand in its first line.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "executor/ident.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct shebang sb;
	struct trouble t;
	const uint8_t *nl;
	size_t line;

	memset(&sb, 'x', sizeof(sb));
	memset(&t, 0, sizeof(t));
	switch (ident_script_in(p, n, "script", &sb, &t)) {
	case -1:
		if (t.text[0] == '\0')
			abort();
		return (0);
	case 0:
		if (n < 5 || memcmp(p, "\177ELF\2", 5) != 0)
			abort();
		return (0);
	}
	nl = memchr(p, '\n', n);
	line = nl != NULL ? (size_t)(nl - p) : n;
	if (memcmp(p, "#!", 2) != 0 || sb.interp[0] != '/' ||
	    strcspn(sb.interp, " \t\n") != strlen(sb.interp) ||
	    memmem(p, line, sb.interp, strlen(sb.interp)) == NULL ||
	    memmem(p, line, sb.arg, strlen(sb.arg)) == NULL)
		abort();
	return (0);
}
