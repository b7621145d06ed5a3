/* SPDX-License-Identifier: ISC */
/*
 * Ids of runs as operands: whole ones as they are, without a question, and
 * beginnings of them, which are looked for among the runs that there are and
 * the programs inside of them that wait.
 */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/conn.h"
#include "client/list.h"
#include "client/out.h"
#include "common/plan.h"
#include "common/xmalloc.h"

#define LEAST	3		/* bytes of a beginning: r and two more */

struct beginning {
	const char	*begin;
	char		 found[2][RUNID_TEXT];
	size_t		 n;		/* that begin so; 2: or more */
};

static void
note(struct beginning *s, const char *id)
{
	if (strncmp(id, s->begin, strlen(s->begin)) != 0 ||
	    (s->n == 1 && strcmp(s->found[0], id) == 0) || s->n == 2)
		return;
	(void)snprintf(s->found[s->n++], RUNID_TEXT, "%s", id);
}

static int
on_row(const void *data, size_t len, void *arg, struct fail *f)
{
	static const char *const keys[] = { "question", "run" };
	size_t i;
	char *id;

	(void)f;
	/* what is held in a run goes by an id of its own */
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if ((id = row_str(data, len, keys[i])) == NULL)
			continue;
		note(arg, id);
		free(id);
	}
	return (0);
}

/* Can it be the beginning of an id? */
static int
is_beginning(const char *s)
{
	char whole[RUNID_TEXT];
	uint64_t id;
	size_t n = strlen(s);

	if (n < LEAST || n >= RUNID_TEXT - 1)
		return (0);
	(void)snprintf(whole, sizeof(whole), "%s%s", s,
	    &"111111111111"[n - 1]);
	return (runid_parse(whole, &id) == 0);
}

static void
look(const struct cli *cli, struct beginning *s)
{
	static const uint8_t none = 0;
	struct fail f;

	if (conn_query(cli, MSG_PS, NULL, 0, on_row, s, &f) == -1 ||
	    conn_query(cli, MSG_APPROVALS, &none, 1, on_row, s, &f) == -1)
		exit(fail_print(&f));
}

uint64_t
run_word(const struct cli *cli, const struct command *cmd, char **word)
{
	struct beginning s;
	uint64_t id;

	if (runid_parse(*word, &id) == 0)
		return (id);
	if (!is_beginning(*word))
		usage_error("%s: %s is not a run: r and 12 letters and "
		    "digits, as clawbot ps shows them, or their beginning",
		    cmd->name, *word);
	memset(&s, 0, sizeof(s));
	s.begin = *word;
	look(cli, &s);
	if (s.n == 0) {
		complain("%s: no run's id begins with %s, of those that there "
		    "are now", cmd->name, *word);
		exit(1);
	}
	if (s.n > 1)
		usage_error("%s: %s is the beginning of %s and %s", cmd->name,
		    *word, s.found[0], s.found[1]);
	if (runid_parse(s.found[0], &id) == -1)
		usage_error("%s: %s is not a run", cmd->name, s.found[0]);
	*word = xstrdup(s.found[0]);
	return (id);
}

uint64_t
run_operand(const struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	command_operands(cmd, argc, 1, 1);
	return (run_word(cli, cmd, &argv[optind]));
}
