/* SPDX-License-Identifier: ISC */
/*
 * Prints the forms that records may have, from the table of kinds, a line for
 * each: kind, ev, the role that makes it, and its members, between tabs.
 */
#include "config.h"

#include <stdio.h>

#include "common/record/kind.h"

#define KIND_ROWS(name, word, forms)	kind = word; forms
#define BY_AUDITOR(ev, members)						\
	printf("%s\t%s\tauditor\t%s\n", kind, ev, members);
#define BY_SUPERVISOR(ev, members)					\
	printf("%s\t%s\tsupervisor\t%s\n", kind, ev, members);
#define BY_OFFLINE(ev, members)						\
	printf("%s\t%s\toffline\t%s\n", kind, ev, members);

int
main(void)
{
	const char *kind;

	RECORD_KINDS_TABLE(KIND_ROWS, BY_AUDITOR, BY_SUPERVISOR, BY_OFFLINE)
	return (0);
}
