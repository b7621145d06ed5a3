/* SPDX-License-Identifier: ISC */
/*
 * For status: what enforces each kind of limit, and for how much of a run.
 * The words are those of clawbot.conf(5).
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "common/field.h"
#include "executor/executor.h"

struct kind {
	const char	*key;
	unsigned	 with;		/* CGROUP_*, 0: no matter */
	const char	*group;		/* with that */
	const char	*otherwise;		/* NULL: then nothing does it */
};

static const struct kind kinds[] = {
	{ "timeoutSeconds", 0, NULL,
	    "the run's runner, for the whole run" },
	{ "memoryMB", CGROUP_MEMORY,
	    "cgroup memory.max, for the whole run",
	    "RLIMIT_DATA, for each process" },
	{ "processes", CGROUP_PIDS,
	    "cgroup pids.max, for the whole run; RLIMIT_NPROC, for all runs "
	    "of an account", "RLIMIT_NPROC, for all runs of an account" },
	{ "openFiles", 0, NULL, "RLIMIT_NOFILE, for each process" },
	{ "fileMB", 0, NULL, "RLIMIT_FSIZE, for each file" },
	{ "outputMB", 0, NULL, "the run's runner, for the whole run" },
	{ "tmpMB", 0, NULL, "size of the run's own tmpfs" },
	{ "cpuPercent", CGROUP_CPU, "cgroup cpu.max, for the whole run",
	    NULL },
	{ "ioWeight", CGROUP_IO, "cgroup io.weight, for the whole run, as "
	    "far as the disk's scheduler has weights", NULL },
	{ "nice", CGROUP_CPU, "cgroup cpu.weight.nice, for the whole run; "
	    "setpriority, for each process", "setpriority, for each process" },
	{ "ioClass", 0, NULL, "ioprio_set, for each process, as far as the "
	    "disk's scheduler has classes" },
};

static void
say(struct buf *b, const char *name, const char *text)
{
	char key[64];

	(void)snprintf(key, sizeof(key), "limit_%s", name);
	field_str(b, key, text);
}

/* Nothing where the supervisor has none to give: it says why itself. */
static void
say_cgroups(struct buf *b, const struct executor *x)
{
	static const char *const names[] = { "memory", "pids", "cpu", "io" };
	char text[256] = "a group for each run;";
	size_t i, n = 0, len;

	if (x->cgroups.dir == -1 && x->no_cgroup[0] == '\0')
		return;
	if (x->cgroups.dir == -1)
		(void)snprintf(text, sizeof(text), "missing: %s",
		    x->no_cgroup);
	for (i = 0; i < 4 && x->cgroups.dir != -1; i++)
		if ((x->cgroups.has & 1U << i) != 0) {
			len = strlen(text);
			(void)snprintf(text + len, sizeof(text) - len,
			    "%s %s", n++ == 0 ? " controllers" : ",",
			    names[i]);
		}
	if (x->cgroups.dir != -1 && n == 0)
		(void)snprintf(text, sizeof(text), "a group for each run, "
		    "without controllers");
	field_str(b, "cgroup", text);
}

void
limits_say(struct buf *b, const struct executor *x)
{
	const struct cgroups *cs = &x->cgroups;
	const struct kind *k;
	size_t i;

	say_cgroups(b, x);
	/* its groups can be there without any controller */
	say(b, "cpuSeconds", cs->dir != -1 ?
	    "cgroup cpu.stat, for the whole run; RLIMIT_CPU, for each "
	    "process" : "/proc, for the whole run but for children that "
	    "nobody waits for; RLIMIT_CPU, for each process");
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		k = &kinds[i];
		if (k->with != 0 && (cs->has & k->with) != 0)
			say(b, k->key, k->group);
		else
			say(b, k->key, k->otherwise != NULL ? k->otherwise :
			    "missing: needs a cgroup; runs with this limit "
			    "are refused");
	}
}
