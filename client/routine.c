/* SPDX-License-Identifier: ISC */
/* doctor --routine: what has to be done each so often; see mend.h. */
#include "config.h"

#include <sys/wait.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/conn.h"
#include "client/mend.h"
#include "common/defs.h"
#include "common/field.h"
#include "common/msg.h"
#include "common/role.h"

static const char *const periods[] = { "daily", "weekly", "monthly",
    "quarterly" };

/* Of the shortest period that has it; the longer ones have it as well. */
struct routine_step {
	unsigned	 period;
	const char	*words[4];	/* a command of ours; or none, and */
	const char	*person;	/* what somebody has to do */
	int		 each;		/* once for each account that asks */
};

static const struct routine_step steps[] = {
	{ 0, { "doctor" }, "mend what is bad", 0 },
	{ 0, { "approvals" }, "answer what waits", 0 },
	{ 0, { "audit", "report", "--since", "24h" }, "look for refusals and "
	    "near misses that you did not expect", 0 },
	{ 0, { NULL }, "see that last night's backup is there", 0 },
	{ 1, { "policy", "check" }, "read its notes: what do your patterns "
	    "not say?", 0 },
	{ 1, { "standing" }, "revoke standing approvals that are not needed "
	    "any more", 0 },
	{ 1, { NULL }, "copy the newest backup to another host, and check "
	    "it there: clawbot-backup(1)", 0 },
	{ 2, { "doctor", "--sandbox" }, "a skill that does not hold is "
	    "refused: mend the cause", 0 },
	{ 2, { "secrets", "list" }, "give secrets that are older than three "
	    "months another value, at their source first", 0 },
	{ 2, { NULL }, "try the newest backup with the drill of "
	    "clawbot-backup(1)", 0 },
	{ 2, { NULL }, "see who is in the groups of agents and approvers, and "
	    "that nobody is in both", 0 },
	{ 3, { "audit", "report", "--since", "91d" }, "is each skill, pattern "
	    "and secret still needed: who has asked for it?", 0 },
	{ 3, { "policy", "list", "-u" }, "may each account ask for what it "
	    "needs, and for no more?", 1 },
	{ 3, { NULL }, "practise an incident in a quiet hour: stop, assess, "
	    "contain, restore; see clawbot-admin(7)", 0 },
	{ 3, { NULL }, "restore a backup on another host, with the keys that "
	    "are kept elsewhere", 0 },
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

/* The program that we are, with the options in front that we had. */
static void __attribute__((__noreturn__))
be(const struct cli *cli, const struct routine_step *s, const char *last)
{
	const char *argv[16] = { "clawbot", "-S", cli->dir, "-c",
	    cli->channel };
	size_t n = 5, i;

	for (i = 0; i < NELEM(s->words) && s->words[i] != NULL; i++)
		argv[n++] = s->words[i];
	argv[n++] = last;
	argv[n] = NULL;
	(void)execv("/proc/self/exe", (char *const *)(uintptr_t)argv);
	_exit(EXIT_CLAWBOT);
}

static unsigned
did_not(void)
{
	printf("-- this did not end well\n");
	return (1);
}

/* With one more word, unless that is NULL.  1, or 0 if it ended well. */
static unsigned
run_once(const struct cli *cli, const struct routine_step *s,
    const char *last)
{
	size_t i;
	pid_t pid;
	int status = 0;

	printf("\n== clawbot");
	for (i = 0; i < NELEM(s->words) && s->words[i] != NULL; i++)
		printf(" %s", s->words[i]);
	if (s->each)
		printf(" %s", last);
	printf("\n");
	(void)fflush(stdout);
	if ((pid = fork()) == 0)
		be(cli, s, last);
	while (pid != -1 && waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	return (pid != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0 ?
	    0 : did_not());
}

/* Accounts that may ask, by number. */
struct routine_people {
	struct strv	 uids;
	int		 more;		/* than these: some are not told */
};

/* Rows of STATUS that say who may ask, on any channel. */
static int
on_people(const void *row, size_t len, void *arg, struct fail *f)
{
	char *kind = field_get_str(row, len, "kind");
	char *name = field_get_str(row, len, "name");
	struct strv uids = { NULL, 0 };
	struct routine_people *all = arg;
	int agents;
	size_t i;

	(void)f;
	agents = strcmp(kind, "people") == 0 &&
	    strncmp(name, "agent on ", 9) == 0;
	if (agents)
		field_get_list(row, len, "uids", &uids);
	for (i = 0; i < uids.n; i++)
		if (!strv_has(&all->uids, uids.v[i]))
			strv_add(&all->uids, uids.v[i]);
	strv_free(&uids);
	if (agents && field_get_u64(row, len, "more", 0) != 0) {
		printf("\n-- %s: more accounts than are told here: clawbot "
		    "policy list -u USER\n", name);
		all->more = 1;
	}
	free(kind);
	free(name);
	return (0);
}

static unsigned
run_each(const struct cli *cli, const struct routine_step *s)
{
	struct routine_people all = { .more = 0 };
	unsigned bad = 0;
	struct fail f;
	size_t i;

	if (conn_query(cli, MSG_STATUS, NULL, 0, on_people, &all, &f) == -1) {
		(void)fflush(stdout);
		(void)fail_print(&f);
		bad = did_not();
	} else if (all.more)
		bad = did_not();
	for (i = 0; i < all.uids.n; i++)
		bad |= run_once(cli, s, all.uids.v[i]);
	strv_free(&all.uids);
	return (bad);
}

static unsigned
run_step(const struct cli *cli, const struct routine_step *s,
    const char *conf)
{
	if (s->each)
		return (run_each(cli, s));
	return (run_once(cli, s, strcmp(s->words[0], "policy") == 0 ? conf :
	    NULL));
}

int
routine(const struct cli *cli, const char *period, const char *conf)
{
	const int upto = period_of(period);
	unsigned bad = 0, n = 0;
	size_t i;

	if (upto == -1)
		usage_error("doctor: there is no routine %s", period);
	if (cli->json)
		usage_error("doctor: --routine does not go with --json");
	for (i = 0; i < NELEM(steps); i++)
		if ((int)steps[i].period <= upto && steps[i].words[0] != NULL)
			bad += run_step(cli, &steps[i], conf);
	printf("\n== for you to do\n");
	for (i = 0; i < NELEM(steps); i++)
		if ((int)steps[i].period <= upto)
			printf("%2u. %s\n", ++n, steps[i].person);
	if (bad != 0)
		printf("\n%u of these did not end well: see above\n", bad);
	return (bad == 0 ? 0 : 1);
}
