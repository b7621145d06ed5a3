/* SPDX-License-Identifier: ISC */
/* doctor --routine: what has to be done each so often; see mend.h. */
#include "config.h"

#include <sys/wait.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/mend.h"
#include "common/defs.h"
#include "common/role.h"

static const char *const periods[] = { "daily", "weekly", "monthly",
    "quarterly" };

/* Of the shortest period that has it; the longer ones have it as well. */
struct routine_step {
	unsigned	 period;
	const char	*words[4];	/* a command of ours; or none, and */
	const char	*person;	/* what somebody has to do */
};

static const struct routine_step steps[] = {
	{ 0, { "doctor" }, "mend what is bad" },
	{ 0, { "approvals" }, "answer what waits" },
	{ 0, { "audit", "report", "--since", "24h" }, "look for refusals and "
	    "near misses that you did not expect" },
	{ 0, { NULL }, "see that last night's backup is there" },
	{ 1, { "policy", "check" }, "read its notes: what do your patterns "
	    "not say?" },
	{ 1, { "standing" }, "revoke standing approvals that are not needed "
	    "any more" },
	{ 1, { NULL }, "copy the newest backup to another host, and check "
	    "it there: clawbot-backup(1)" },
	{ 2, { "doctor", "--sandbox" }, "a skill that does not hold is "
	    "refused: mend the cause" },
	{ 2, { "secrets", "list" }, "give secrets that are older than three "
	    "months another value, at their source first" },
	{ 2, { NULL }, "try the newest backup with the drill of "
	    "clawbot-backup(1)" },
	{ 2, { NULL }, "see who is in the groups of agents and approvers, and "
	    "that nobody is in both" },
	{ 3, { "audit", "report", "--since", "91d" }, "is each skill, pattern "
	    "and secret still needed: who has asked for it?" },
	{ 3, { NULL }, "practise an incident in a quiet hour: stop, assess, "
	    "contain, restore; see clawbot-admin(7)" },
	{ 3, { NULL }, "restore a backup on another host, with the keys that "
	    "are kept elsewhere" },
};

static int
period_of(const char *name)
{
	size_t i;

	for (i = 0; i < NELEM(periods); i++)
		if (strcmp(periods[i], name) == 0)
			return ((int)i);
	return (-1);
}

int
routine_known(const char *period)
{
	return (period_of(period) != -1);
}

/* The program that we are, with the options in front that we had. */
static void __attribute__((__noreturn__))
be(const struct cli *cli, const struct routine_step *s, const char *conf)
{
	const char *argv[16] = { "clawbot", "-S", cli->dir, "-c",
	    cli->channel };
	size_t n = 5, i;

	for (i = 0; i < NELEM(s->words) && s->words[i] != NULL; i++)
		argv[n++] = s->words[i];
	if (strcmp(s->words[0], "policy") == 0 &&
	    strcmp(s->words[1], "check") == 0)
		argv[n++] = conf;
	argv[n] = NULL;
	(void)execv("/proc/self/exe", (char *const *)(uintptr_t)argv);
	_exit(EXIT_CLAWBOT);
}

static int
run_step(const struct cli *cli, const struct routine_step *s,
    const char *conf)
{
	size_t i;
	pid_t pid;
	int status = 0;

	printf("\n== clawbot");
	for (i = 0; i < NELEM(s->words) && s->words[i] != NULL; i++)
		printf(" %s", s->words[i]);
	printf("\n");
	(void)fflush(stdout);
	if ((pid = fork()) == 0)
		be(cli, s, conf);
	while (pid != -1 && waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	if (pid != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return (0);
	printf("-- this did not end well\n");
	return (1);
}

int
routine(const struct cli *cli, const char *period, const char *conf)
{
	const int upto = period_of(period);
	unsigned bad = 0, n = 0;
	size_t i;

	for (i = 0; i < NELEM(steps); i++)
		if ((int)steps[i].period <= upto && steps[i].words[0] != NULL)
			bad += (unsigned)run_step(cli, &steps[i], conf);
	printf("\n== for you to do\n");
	for (i = 0; i < NELEM(steps); i++)
		if ((int)steps[i].period <= upto)
			printf("%2u. %s\n", ++n, steps[i].person);
	if (bad != 0)
		printf("\n%u of these did not end well: see above\n", bad);
	return (bad == 0 ? 0 : 1);
}
