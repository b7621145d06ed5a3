/* SPDX-License-Identifier: ISC */
/* The command table: what there is, and its help. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/cli.h"
#include "client/command.h"
#include "client/commands.h"
#include "client/opt.h"
#include "common/role.h"
#include "common/text.h"

#define COMMAND_ROW(fn, name, args, what, more, stop, opts)		\
	{ name, args, what, more,					\
	    (const struct cli_opt[]){ opts { 0, NULL, NULL, NULL } },	\
	    stop, fn },
#define OPT(ch, name, arg, what)	{ ch, name, arg, what },

static const struct command commands[] = {
	COMMANDS_TABLE(COMMAND_ROW, OPT)
};
#define NCOMMANDS	(sizeof(commands) / sizeof(commands[0]))

/* Of later versions; refused by name. */
static const char *const later[] = {
	"gateway",
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
		printf("\nclawbot help COMMAND tells more about a command.\n");
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
	exit(fail_stdout(0));
}

static const struct command *
find(const char *name)
{
	size_t i;

	for (i = 0; i < NCOMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return (&commands[i]);
	return (NULL);
}

static const struct command *
find_two(const char *first, const char *second)
{
	char two[128];

	(void)snprintf(two, sizeof(two), "%s %s", first, second);
	return (find(two));
}

const struct command *
command_find(int *argc, char ***argv)
{
	static char two[128];
	const char *name = (*argv)[0];
	const struct command *c;

	if (is_family(name) && (find(name) == NULL || (*argc > 1 &&
	    find_two(name, (*argv)[1]) != NULL))) {
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
	if ((c = find(name)) == NULL)
		unknown(name);
	return (c);
}
