/* SPDX-License-Identifier: ISC */
/*
 * escape_who: is executed by the other escape_* programs in ways that could
 * give it more than they have (setuid, file capabilities, memory files).
 * Exit status 0: it has no more than a run has; else a line says what.
 */
#include "config.h"

#include <err.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const fields[] = { "CapInh:\t", "CapPrm:\t", "CapEff:\t",
    "CapBnd:\t", "CapAmb:\t" };

static int
none(const char *line, const char *field, const char *value)
{
	size_t n = strlen(field);

	if (strncmp(line, field, n) != 0 || strcmp(line + n, value) == 0)
		return (1);
	fprintf(stderr, "gained: %s", line);
	return (0);
}

int
main(void)
{
	char line[4096];
	uid_t r, e, s;
	gid_t gr, ge, gs;
	int held;
	size_t i;
	FILE *f;

	if (getresuid(&r, &e, &s) == -1 || getresgid(&gr, &ge, &gs) == -1 ||
	    (f = fopen("/proc/self/status", "re")) == NULL)
		err(2, "who am I");
	held = r == e && e == s && r != 0 && gr == ge && ge == gs && gr != 0 &&
	    getgroups(0, NULL) == 0;
	if (!held)
		fprintf(stderr, "gained: uid %u %u %u gid %u %u %u\n", r, e, s,
		    gr, ge, gs);
	while (fgets(line, sizeof(line), f) != NULL) {
		for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
			held &= none(line, fields[i], "0000000000000000\n");
		held &= none(line, "NoNewPrivs:\t", "1\n");
		held &= none(line, "Seccomp:\t", "2\n");
	}
	(void)fflush(stdout);
	_exit(!held);
}
