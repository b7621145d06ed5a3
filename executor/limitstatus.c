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

/* Not a controller: its groups can be there without any. */

struct kind {
	unsigned	 with;		/* CGROUP_*, 0: no matter */
	const char	*group;		/* with that */
	const char	*otherwise;	/* NULL: then nothing does it */
};

/* By the rows of limits.h. */
static const struct kind kinds[LIMITS_N] = {
	[LIMITS_ROW(timeout_s)] = { 0, NULL,
	    "the run's runner, for the whole run" },
	[LIMITS_ROW(cpu_s)] = { CGROUP_ANY,
	    "cgroup cpu.stat, for the whole run; RLIMIT_CPU, for each "
	    "process",
	    "/proc, for the whole run but for children that nobody waits "
	    "for; RLIMIT_CPU, for each process" },
	[LIMITS_ROW(memory_mb)] = { CGROUP_MEMORY,
	    "cgroup memory.max, for the whole run",
	    "RLIMIT_DATA, for each process" },
	[LIMITS_ROW(processes)] = { CGROUP_PIDS,
	    "cgroup pids.max, for the whole run; RLIMIT_NPROC, for all runs "
	    "of an account", "RLIMIT_NPROC, for all runs of an account" },
	[LIMITS_ROW(open_files)] = { 0, NULL,
	    "RLIMIT_NOFILE, for each process" },
	[LIMITS_ROW(file_mb)] = { 0, NULL, "RLIMIT_FSIZE, for each file" },
	[LIMITS_ROW(output_mb)] = { 0, NULL,
	    "the run's runner, for the whole run" },
	[LIMITS_ROW(tmp_mb)] = { 0, NULL, "size of the run's own tmpfs" },
	[LIMITS_ROW(shm_mb)] = { 0, NULL, "size of the run's own tmpfs" },
	[LIMITS_ROW(cpu_percent)] = { CGROUP_CPU,
	    "cgroup cpu.max, for the whole run", NULL },
	[LIMITS_ROW(io_weight)] = { CGROUP_IO,
	    "cgroup io.weight, for the whole run, as far as the disk's "
	    "scheduler has weights", NULL },
	[LIMITS_ROW(nice)] = { CGROUP_CPU,
	    "cgroup cpu.weight.nice, for the whole run; setpriority, for "
	    "each process",
	    "setpriority, for each process" },
	[LIMITS_ROW(io_class)] = { 0, NULL,
	    "ioprio_set, for each process, as far as the disk's scheduler "
	    "has classes" },
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

	if (x->cgroups.has == 0 && x->no_cgroup[0] == '\0')
		return;
	if (x->cgroups.has == 0)
		(void)snprintf(text, sizeof(text), "missing: %s",
		    x->no_cgroup);
	for (i = 0; i < 4; i++)
		if ((x->cgroups.has & 1U << i) != 0) {
			len = strlen(text);
			(void)snprintf(text + len, sizeof(text) - len,
			    "%s %s", n++ == 0 ? " controllers" : ",",
			    names[i]);
		}
	if (x->cgroups.has != 0 && n == 0)
		(void)snprintf(text, sizeof(text), "a group for each run, "
		    "without controllers");
	field_str(b, "cgroup", text);
}

void
limits_status(struct buf *b, const struct executor *x)
{
	const struct cgroups *cs = &x->cgroups;
	const struct kind *k;
	size_t i;

	say_cgroups(b, x);
	for (i = 0; i < LIMITS_N; i++) {
		k = &kinds[i];
		if (k->with != 0 && (cs->has & k->with) != 0)
			say(b, limit_rows[i].key, k->group);
		else if (k->otherwise != NULL)
			say(b, limit_rows[i].key, k->otherwise);
		else if (k->with != 0)
			say(b, limit_rows[i].key, "missing: needs a cgroup; "
			    "runs with this limit are refused");
	}
}
