/* SPDX-License-Identifier: ISC */
/*
 * agent: a whole agent in one run, with what it needs of its caller: the
 * program that the caller's PATH leads to, shell, colours, and who makes
 * commits.  What the run may do is its skill's matter alone, as ever.
 */
#include "config.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "client/hostprog.h"
#include "client/request.h"
#include "client/session.h"
#include "client/tty.h"
#include "common/defs.h"
#include "common/role.h"

#define AGENT_SKILL	"agent"
#define AGENT_OWN	2	/* arguments */
#define EXIT_NO_PROGRAM	127

struct agent {
	const char	*name;		/* and its program's */
	const char	*own[AGENT_OWN]; /* its sandbox is off with these */
	const char	*option;	/* unless its caller gives this one */
};

/* Of the last ones the profile says it, by variables. */
static const struct agent agents[] = {
	{ "claude", { "--settings", "{\"sandbox\":{\"enabled\":false}}" },
	    "--settings" },
	{ "codex", { "-c", "sandbox_mode=\"danger-full-access\"" },
	    "--sandbox" },
	{ "opencode", { NULL, NULL }, NULL },
	{ "gemini", { NULL, NULL }, NULL },
	{ "qwen", { NULL, NULL }, NULL },
};

static const struct agent *
named(const char *word)
{
	size_t i;

	for (i = 0; i < NELEM(agents); i++)
		if (strcmp(agents[i].name, word) == 0)
			return (&agents[i]);
	usage_error("agent: no agent of that name is known: there are claude, "
	    "codex, opencode, gemini and qwen; any other one is started by "
	    "clawbot run -t -s %s -- PROGRAM", AGENT_SKILL);
}

static void
add_var(struct runreq *req, const char *name, const char *value)
{
	char *var;

	xasprintf(&var, "%s=%s", name, value);
	if (strlen(var) <= PLAN_MAXNAME)
		strv_add(&req->locale, var);
	free(var);
}

/* Who makes commits: what git takes for the caller, in that directory. */
static void
add_identity(struct runreq *req)
{
	static const struct { const char *key, *author, *committer; } id[] = {
		{ "user.name", "GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME" },
		{ "user.email", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL" },
	};
	const char *argv[] = { "git", "config", "--global", "--get", NULL,
	    NULL };
	const char *a, *c;
	char *line;
	size_t i;

	for (i = 0; i < NELEM(id); i++) {
		argv[4] = id[i].key;
		line = hostprog_line(argv);
		a = getenv(id[i].author);
		c = getenv(id[i].committer);
		a = a != NULL ? a : line;
		c = c != NULL ? c : line;
		if (a != NULL)
			add_var(req, id[i].author, a);
		if (c != NULL)
			add_var(req, id[i].committer, c);
		free(line);
	}
}

/* What the account has outside, beside what every run is told. */
static void
add_account(struct runreq *req)
{
	const char *shell = getenv("SHELL");

	if (shell != NULL)
		add_var(req, "SHELL", shell);
	add_identity(req);
}

static int
has_option(const char *option, int argc, char **argv)
{
	size_t n = strlen(option);
	int i;

	for (i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strncmp(argv[i], option, n) == 0 &&
		    (argv[i][n] == '\0' || argv[i][n] == '='))
			return (1);
	return (0);
}

/* The words of the run: program, what switches its sandbox off, the rest. */
static void
add_words(struct runreq *req, const struct agent *a, int argc, char **argv)
{
	struct strv w = { NULL, 0 };
	size_t i;

	if (hostprog_add(&w, a->name) == -1) {
		complain("agent: %s is not in your PATH", a->name);
		exit(EXIT_NO_PROGRAM);
	}
	if (a->option != NULL && !has_option(a->option, argc, argv)) {
		complain("%s: its own sandbox is off, since it does not work "
		    "in a run, which is one", a->name);
		for (i = 0; i < AGENT_OWN; i++)
			strv_add(&w, a->own[i]);
	}
	for (i = 0; i < (size_t)argc; i++)
		strv_add(&w, argv[i]);
	request_finish(req, (int)w.n, w.v);
	strv_free(&w);
}

static void
parse(struct session *r, struct cli *cli, const struct command *cmd,
    struct runreq *req, int argc, char **argv)
{
	const struct agent *a;
	int ch;

	request_init(req);
	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		if (ch == 's')
			request_text(&req->skill, "-s", optarg, PLAN_MAXNAME);
		else if (ch == 'C')
			request_cwd(req, optarg);
		else if (ch == 'r')
			request_text(&req->reason, "-r", optarg,
			    PLAN_MAXREASON);
		else if (ch == OPT_TIMEOUT)
			req->timeout_s = request_seconds(optarg);
	if (argc == optind)
		usage_error("agent: which one?");
	a = named(argv[optind]);
	if (req->skill[0] == '\0')
		request_text(&req->skill, "-s", AGENT_SKILL, PLAN_MAXNAME);
	r->tty = !cli->json && tty_missing() == NULL;
	/* their own way to stop leads nowhere, where no shell is above them */
	r->stops = r->tty;
	if (r->tty)
		request_tty(req);
	r->size.rows = req->rows;
	r->size.cols = req->cols;
	add_account(req);
	add_words(req, a, argc - optind - 1, argv + optind + 1);
}

int
cmd_agent(struct cli *cli, const struct command *cmd, int argc, char **argv)
{
	static struct session r;
	struct runreq req;

	session_init(&r, cli);
	parse(&r, cli, cmd, &req, argc, argv);
	return (request_go(&r, &req));
}
