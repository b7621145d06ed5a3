/* SPDX-License-Identifier: ISC */
/*
 * completion: what a shell has to read so that it completes command lines, the
 * same that is installed for it.  It asks the program candidates, which is
 * installed, too.
 */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "client/cli.h"
#include "client/out.h"
#include "common/defs.h"
#include "common/field.h"
#include "common/msg.h"
#include "common/role.h"

/* Of etc/complete, as strings. */
static const char bash_text[] =
#include "complete_bash.inc"
;
static const char zsh_text[] =
#include "complete_zsh.inc"
;
static const char fish_text[] =
#include "complete_fish.inc"
;

static const struct completion {
	const char	*shell;
	const char	*text;
} completions[] = {
	{ "bash", bash_text },
	{ "zsh", zsh_text },
	{ "fish", fish_text },
};

static int
print_json(const struct completion *c, struct fail *f)
{
	struct jrows rows;
	struct buf b;
	int rc;

	buf_init(&b, MSG_ROW_MAX);
	field_str(&b, "shell", c->shell);
	field_str(&b, "text", c->text);
	jrows_init(&rows, "completion");
	rc = jrows_add(&rows, b.data, b.len, f);
	if (rc == 0)
		rc = jrows_print(&rows, f);
	jrows_free(&rows);
	buf_free(&b);
	return (rc);
}

int
cmd_completion(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	const char *shell;
	struct fail f;
	size_t i;

	while (command_opt(cli, cmd, argc, argv) != -1)
		;
	command_operands(cmd, argc, 1, 1);
	shell = argv[optind];
	for (i = 0; i < NELEM(completions); i++)
		if (strcmp(completions[i].shell, shell) == 0)
			break;
	if (i == NELEM(completions))
		usage_error("completion: no shell of that name is known: there "
		    "are bash, zsh and fish");
	if (cli->json)
		return (print_json(&completions[i], &f) == -1 ?
		    fail_print(&f) : 0);
	(void)fputs(completions[i].text, stdout);
	return (0);
}
