/* SPDX-License-Identifier: ISC */
/*
 * hook: answers an agent that asks before it uses a tool of its own.  However
 * it ends, there is an answer, and it is a refusal unless the daemon has said
 * otherwise.
 */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/beside.h"
#include "client/cli.h"
#include "client/hook/hookanswer.h"
#include "client/hook/hookask.h"
#include "client/mcp/execution.h"
#include "client/mcp/jsonline.h"
#include "client/opt.h"
#include "client/request.h"
#include "common/io.h"
#include "common/role.h"

#define HOOK_LATE_S	8	/* for all but the waiting */

struct hook {
	const struct dialect *dialect;
	const char	*skill;
	uint32_t	 wait_s;
	int		 person;	/* --ask */
	struct strv	 pass;
};

/* What is said when there is no time left, or somebody ends us. */
static struct hookanswer late;

static void
end_late(int sig)
{
	ssize_t n;

	(void)sig;
	n = write(STDOUT_FILENO, late.text, strlen(late.text));
	_exit(n == (ssize_t)strlen(late.text) ? late.status : 2);
}

/*
 * From here on no way leads out without an answer.  No SA_RESTART: whoever
 * waits is interrupted.
 */
static void
set_late(const struct hook *h)
{
	static const int sigs[] = { SIGALRM, SIGTERM, SIGINT, SIGHUP };
	struct sigaction sa;
	const unsigned own = (unsigned)h->dialect->wait_s;
	size_t i;

	hookanswer_make(&late, h->dialect, HOOK_DENY, "clawbot did not answer "
	    "in time, so this is refused");
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = end_late;
	(void)sigfillset(&sa.sa_mask);
	for (i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
		(void)sigaction(sigs[i], &sa, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)alarm((h->wait_s > own ? h->wait_s : own) + HOOK_LATE_S);
}

/* A refusal that nobody could be told is one by its status. */
static int
answer(const struct hook *h, enum hookverdict v, const char *why)
{
	struct hookanswer a;
	int status;

	hookanswer_make(&a, h->dialect, v, why);
	status = a.status;
	if (io_write(STDOUT_FILENO, a.text, strlen(a.text)) == -1 &&
	    v != HOOK_ALLOW)
		status = 2;
	if (v == HOOK_DENY || v == HOOK_ASK)
		complain("%s", why);
	hookanswer_free(&a);
	return (status);
}

/* All of standard input; NULL, or why it is not: it could be longer than
 * anything honest. */
static const char *
read_all(struct buf *b)
{
	static char chunk[65536];
	ssize_t n;

	buf_init(b, HOOKCALL_MAX);
	while ((n = read(STDIN_FILENO, chunk, sizeof(chunk))) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return (strerror(errno));
		buf_put(b, chunk, (size_t)n);
		if (b->bad)
			return ("it is too long, or does not end");
	}
	explicit_bzero(chunk, sizeof(chunk));
	return (NULL);
}

/*
 * Are the agent's shell commands asked for by clawbot-sh, one by one?  By ours:
 * a project's settings can name any other program that is called so.
 */
static int
inside_already(const struct hook *h, const struct hookcall *c)
{
	const char *prefix = getenv("CLAUDE_CODE_SHELL_PREFIX");
	char path[PATH_MAX];
	struct stat its, ours;

	if (c->kind != HOOK_SHELL || prefix == NULL || *prefix != '/' ||
	    strcmp(h->dialect->agent, "claude") != 0)
		return (0);
	beside("clawbot-sh", path, sizeof(path));
	return (stat(prefix, &its) == 0 && stat(path, &ours) == 0 &&
	    its.st_dev == ours.st_dev && its.st_ino == ours.st_ino);
}

static int
judge(const struct hook *h, const struct cli *cli, const struct hookcall *c)
{
	struct hookask a = { cli, h->skill, h->dialect->name, c->session,
	    0 };
	enum hookasked r;
	char *why, *text;
	int status;

	a.until = execution_now() + (int64_t)h->wait_s * 1000;
	r = hookask(&a, c, &why);
	if (r == HOOKASKED_YES)
		(void)xasprintf(&text, "clawbot allows it (%s)", why);
	else
		(void)xasprintf(&text, "clawbot refuses it: %s", why);
	status = answer(h, r == HOOKASKED_YES ? HOOK_ALLOW :
	    r == HOOKASKED_LATER && h->person ? HOOK_ASK : HOOK_DENY,
	    r == HOOKASKED_LATER ? why : text);
	free(text);
	free(why);
	return (status);
}

static int
handle(const struct hook *h, const struct cli *cli, const char *data,
    size_t n)
{
	struct hookcall c;
	char *why;
	int status;

	hookcall_get(&c, data, n, &h->pass);
	if (c.kind == HOOK_UNKNOWN) {
		(void)xasprintf(&why, "clawbot refuses the tool %s: %s. Use a "
		    "tool of the server clawbot, or clawbot run",
		    c.tool != NULL ? c.tool : "that was called", c.why);
		status = answer(h, HOOK_DENY, why);
		free(why);
	} else if (c.kind == HOOK_PASS)
		status = answer(h, HOOK_SILENT, "");
	else if (c.cwd != NULL && chdir(c.cwd) == -1)
		status = answer(h, HOOK_DENY, "the directory that it is to "
		    "work in is not there");
	else if (inside_already(h, &c))
		status = answer(h, HOOK_ALLOW, "clawbot-sh asks for it");
	else
		status = judge(h, cli, &c);
	hookcall_free(&c);
	return (status);
}

static void
parse(struct hook *h, struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	int ch, waits = 0;

	memset(h, 0, sizeof(*h));
	h->skill = "";
	while ((ch = command_opt(cli, cmd, argc, argv)) != -1) {
		switch (ch) {
		case 'c':
			cli->channel = optarg;
			break;
		case 's':
			h->skill = optarg;
			break;
		case 'p':
			strv_add(&h->pass, optarg);
			break;
		case OPT_ASK:
			h->person = 1;
			break;
		case OPT_WAIT:
			h->wait_s = request_time("--wait", optarg, 0);
			waits = 1;
			break;
		}
	}
	command_operands(cmd, argc, 1, 1);
	if ((h->dialect = dialect_find(argv[optind])) == NULL)
		usage_error("hook: no agent %s is known: claude, codex, "
		    "gemini, qwen, copilot, opencode, openclaw, generic",
		    opt_shown(argv[optind]));
	if (!waits)
		h->wait_s = (uint32_t)h->dialect->wait_s;
}

/*
 * To an agent only 2 is a refusal: after any other error it runs the tool.
 * That is so for errors in our own command line, too.
 */
static void
refuse_errors(int status, void *arg)
{
	(void)arg;
	if (status != 0)
		_exit(2);
}

int
cmd_hook(struct cli *cli, const struct command *cmd, int argc, char **argv)
{
	struct hook h;
	struct buf b;
	const char *why;
	char text[256];
	int status;

	(void)on_exit(refuse_errors, NULL);
	jsonline_init();
	parse(&h, cli, cmd, argc, argv);
	set_late(&h);
	if ((why = read_all(&b)) != NULL) {
		(void)snprintf(text, sizeof(text), "clawbot cannot read what "
		    "it is asked about, on standard input: %s", why);
		status = answer(&h, HOOK_DENY, text);
	} else
		status = handle(&h, cli, (char *)b.data, b.len);
	buf_free(&b);
	strv_free(&h.pass);
	return (status);
}
