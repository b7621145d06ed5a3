/* SPDX-License-Identifier: ISC */
/* Tables of shell lines and what the reader finds in them. */
#ifndef TESTS_UNIT_SHELLTABLE_H
#define TESTS_UNIT_SHELLTABLE_H

#include "tests/shellshow.h"
#include "tests/unit/unit.h"

struct shell_row {
	const char	*line;
	const char	*found;		/* as show_text() has it */
};

/* Is all of it as it stands there? */
static inline void
shell_rows_hold(const struct shell_row *v, size_t n)
{
	size_t i;
	char *got;

	for (i = 0; i < n; i++) {
		got = show_text(v[i].line, strlen(v[i].line));
		if (strcmp(got, v[i].found) != 0)
			fail_msg("%s\n is %s\nnot %s", v[i].line, got,
			    v[i].found);
		free(got);
	}
}

#endif
