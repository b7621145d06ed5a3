/* SPDX-License-Identifier: ISC */
/* The command table: what there is, and its help. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/cli.h"
#include "client/command.h"
#include "client/opt.h"
#include "common/role.h"
#include "common/text.h"

static const struct cli_opt no_opts[] = {
	{ 0, NULL, NULL, NULL }
};

static const struct cli_opt run_opts[] = {
	{ 's', "skill", "SKILL", "the skill to run under; its grants and "
	    "limits hold" },
	{ 'C', "directory", "DIR", "working directory of the command" },
	{ 'e', "env", "NAME=VALUE", "variable for the command; may be given "
	    "again" },
	{ 'r', "reason", "WHY", "why you run it, for approvers and the log" },
	{ 't', "tty", NULL, "give it a terminal in place of pipes" },
	{ 'd', "detach", NULL, "print its id and leave; it goes on" },
	{ OPT_NO_WAIT, "no-wait", NULL, "be refused rather than wait for an "
	    "approval" },
	{ OPT_TIMEOUT, "timeout", "S[m|h]", "end the command after so many "
	    "seconds, minutes, hours" },
	{ OPT_SHELL, "shell", "LINE", NULL },
	{ 0, NULL, NULL, NULL }
};

static const struct cli_opt approvals_opts[] = {
	{ 'w', "watch", NULL, "go on and show new ones as they come" },
	{ 0, NULL, NULL, NULL }
};

static const struct cli_opt approve_opts[] = {
	{ 'y', "yes", NULL, "do not ask on the terminal" },
	{ OPT_FOR, "for", "TIME", NULL },
	{ OPT_COUNT, "count", "N", NULL },
	{ OPT_LIKE, "like", "PATTERN", NULL },
	{ 0, NULL, NULL, NULL }
};

static const struct cli_opt deny_opts[] = {
	{ 'r', "reason", "WHY", "what the caller and the log are told" },
	{ 0, NULL, NULL, NULL }
};

static const struct cli_opt logs_opts[] = {
	{ 'f', "follow", NULL, "go on until the run has ended" },
	{ 0, NULL, NULL, NULL }
};

static const struct cli_opt tail_opts[] = {
	{ 'n', "lines", "N", "how many records to begin with (10)" },
	{ 'f', "follow", NULL, "go on and show records as they are written" },
	{ 0, NULL, NULL, NULL }
};

static const struct cli_opt why_opts[] = {
	{ 's', "skill", "SKILL", "the skill to ask about" },
	{ 'C', "directory", "DIR", "working directory of the command" },
	{ 'e', "env", "NAME=VALUE", "variable for the command; may be given "
	    "again" },
	{ 0, NULL, NULL, NULL }
};

static const struct cli_opt doctor_opts[] = {
	{ OPT_SANDBOX, "sandbox", NULL, "try the sandbox of every skill "
	    "anew; for approvers" },
	{ 0, NULL, NULL, NULL }
};

static const struct command commands[] = {
	{ "run", "-- CMD [ARG ...]", "run a command, confined and recorded",
	    "Standard input, output and error are the command's.  The exit "
	    "status is its own,\n128+N if signal N ended it; if it did not "
	    "run: 64 usage, 69 no daemon, 75 try\nagain, 77 refused, "
	    "125 clawbot failed, 126 cannot execute, 127 not found; 124\n"
	    "timed out.  Ctrl-C stops the command, a second one leaves.\n"
	    "On a terminal (-t) every key is the command's: Enter ~ . stops "
	    "it, ~ ~ types a ~.\n",
	    run_opts, 1, cmd_run },
	{ "status", "", "show layers, roles, quotas and channels", NULL,
	    no_opts, 0, cmd_status },
	{ "ps", "", "list running and waiting runs", NULL,
	    no_opts, 0, cmd_ps },
	{ "kill", "RUN", "end a run", NULL, no_opts, 0, cmd_kill },
	{ "logs", "RUN", "show what a detached run has printed", NULL,
	    logs_opts, 0, cmd_logs },
	{ "wait", "RUN", "wait for a run, and end as it ended", NULL,
	    no_opts, 0, cmd_wait },
	{ "approvals", "", "show what waits for an approval", NULL,
	    approvals_opts, 0, cmd_approvals },
	{ "approve", "RUN", "let a waiting run go, once",
	    "Everything that will run is shown first.  On a terminal you "
	    "are asked; without\none the approval is given after "
	    "printing.\n", approve_opts, 0, cmd_approve },
	{ "deny", "RUN", "refuse a waiting run", NULL,
	    deny_opts, 0, cmd_deny },
	{ "secrets set", "NAME", "store a secret",
	    "The value is read from the terminal without echo, twice, or "
	    "from standard input,\nwhere one newline at its end is removed.  "
	    "It is never an argument.\n", no_opts, 0, cmd_secrets_set },
	{ "secrets list", "", "list names, never values", NULL,
	    no_opts, 0, cmd_secrets_list },
	{ "secrets rm", "NAME", "remove a secret", NULL,
	    no_opts, 0, cmd_secrets_rm },
	{ "audit tail", "", "show the end of the log", NULL,
	    tail_opts, 0, cmd_audit_tail },
	{ "audit show", "RUN", "show every record of a run", NULL,
	    no_opts, 0, cmd_audit_show },
	{ "audit verify", "[DIR]", "check the log, or a copy of it in DIR",
	    "Needs no daemon when DIR is given.  Exit status: 0 all is well, "
	    "2 tampered,\n3 truncated, 4 rollback or fork, 5 unsealed tail, "
	    "6 a range is missing,\n7 wrong key, 8 it cannot be read.\n",
	    no_opts, 0, cmd_audit_verify },
	{ "doctor", "", "check that all of it works, and tell what to do",
	    "Exit status: 0 all is well, 1 something is not.  A layer that "
	    "is missing and was\naccepted to be is only noted.\n",
	    doctor_opts, 0, cmd_doctor },
	{ "policy why", "-- CMD [ARG ...]",
	    "tell what would happen to a command, and by which rule", NULL,
	    why_opts, 1, cmd_policy_why },
};
#define NCOMMANDS	(sizeof(commands) / sizeof(commands[0]))

/* Of later versions; refused by name. */
static const char *const later[] = {
	"standing", "revoke", "mcp", "gateway", "stop", "resume",
	"audit search", "audit report", "audit export", "audit recover",
	"policy check", "secrets rotate", "secrets history",
	"secrets import", "secrets export", "secrets unlock",
	"secrets lock", "secrets rekey", "secrets slots", "secrets get",
	NULL
};

const struct command *
command_at(size_t i)
{
	return (i < NCOMMANDS ? &commands[i] : NULL);
}

void
command_help(FILE *fp)
{
	char left[64];
	size_t i;

	fprintf(fp, "usage: clawbot [options] COMMAND [options] "
	    "[ARGUMENT ...]\n\n");
	for (i = 0; i < NCOMMANDS; i++) {
		(void)snprintf(left, sizeof(left), "%s %s", commands[i].name,
		    commands[i].args);
		fprintf(fp, "  %-28s %s\n", left, commands[i].what);
	}
	fprintf(fp, "\n");
	if (fp == stdout) {
		opt_help(global_opts);
		printf("\nclawbot COMMAND --help tells more about a "
		    "command.\n");
	}
}

static const char *
nearest(const char *word)
{
	const char *best = NULL;
	size_t i, d, least = 3;

	for (i = 0; i < NCOMMANDS; i++) {
		d = text_distance(word, commands[i].name);
		if (d < least) {
			least = d;
			best = commands[i].name;
		}
	}
	return (best);
}

/* Is this the first word of commands of two? */
static int
is_family(const char *word)
{
	size_t i, n = strlen(word);

	for (i = 0; i < NCOMMANDS; i++)
		if (strncmp(commands[i].name, word, n) == 0 &&
		    commands[i].name[n] == ' ')
			return (1);
	return (0);
}

static void __attribute__((__noreturn__))
unknown(const char *name)
{
	const char *near;
	size_t i;

	for (i = 0; later[i] != NULL; i++)
		if (strcmp(later[i], name) == 0)
			usage_error("%s is not in this version", name);
	if ((near = nearest(name)) != NULL)
		usage_error("%s is not a command; did you mean %s?",
		    opt_shown(name), near);
	usage_error("%s is not a command", opt_shown(name));
}

static void __attribute__((__noreturn__))
help_family(const char *word)
{
	size_t i, n = strlen(word);
	char left[64];

	printf("usage: clawbot %s COMMAND [options] [ARGUMENT ...]\n\n", word);
	for (i = 0; i < NCOMMANDS; i++) {
		if (strncmp(commands[i].name, word, n) != 0 ||
		    commands[i].name[n] != ' ')
			continue;
		(void)snprintf(left, sizeof(left), "%s %s", commands[i].name,
		    commands[i].args);
		printf("  %-28s %s\n", left, commands[i].what);
	}
	exit(fflush(stdout) == 0 ? 0 : EXIT_IO);
}

const struct command *
command_find(int *argc, char ***argv)
{
	static char two[128];
	const char *name = (*argv)[0];
	size_t i;

	if (is_family(name)) {
		if (*argc < 2)
			usage_error("%s needs a command: see clawbot %s "
			    "--help", name, name);
		if (strcmp((*argv)[1], "--help") == 0 ||
		    strcmp((*argv)[1], "-h") == 0)
			help_family(name);
		(void)snprintf(two, sizeof(two), "%s %s", name, (*argv)[1]);
		name = two;
		(*argc)--;
		(*argv)++;
	}
	for (i = 0; i < NCOMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return (&commands[i]);
	unknown(name);
}
