/* SPDX-License-Identifier: ISC */
/* What settings are worth; see connectcheck.h. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/connect/agentcheck.h"
#include "client/connect/canary.h"
#include "client/connect/connectcheck.h"
#include "client/connect/hole.h"
#include "client/connect/settingsfile.h"
#include "client/signals.h"
#include "client/user.h"
#include "common/buf.h"
#include "common/xmalloc.h"

struct setup_try {
	const struct setup *setup;
	char		*texts;		/* of all its files */
	char		 dir[PATH_MAX];	/* where nobody else is */
	int		 bad;
};

static void
tell(struct setup_try *c, int well, const char *what, const char *how)
{
	c->bad += hole_tell(well, what, how);
}

static int
is_named(const char *s, const char *name)
{
	const char *base = strrchr(s, '/');

	return (strcmp(base != NULL ? base + 1 : s, name) == 0);
}

static int
is_hook(const char *s)
{
	return (*s == '/' && strstr(s, "/clawbot hook ") != NULL);
}

static int
is_server(const char *s)
{
	return (*s == '/' && is_named(s, "clawbot"));
}

static int
is_shell(const char *s)
{
	return (*s == '/' && is_named(s, "clawbot-sh"));
}

/* Each of its files, and whether what belongs there is in it. */
static void
read_texts(struct setup_try *c)
{
	const struct setup *s = c->setup;
	struct settingsfile file;
	const char *why;
	struct fail f;
	struct buf b;
	char *out;
	size_t i;
	int r;

	buf_init(&b, 64U * 1024 * 1024);
	for (i = 0; i < s->n; i++) {
		r = settingsfile_read(&file, s->part[i].file, &f);
		if (r == -1) {
			tell(c, 0, "settings", f.text);
			settingsfile_free(&file);
			continue;
		}
		r = setup_change(&s->part[i], 1, file.text, &out, &why);
		tell(c, r == 1, r == 1 ? "is set up" : "is not set up",
		    file.path);
		if (r == 1)
			buf_printf(&b, "%s\n", file.text);
		free(out);
		settingsfile_free(&file);
	}
	buf_put_u8(&b, 0);
	c->texts = xstrdup(b.bad ? "" : (char *)b.data);
	buf_free(&b);
}

/* As agents take it: 2, or a word on standard output. */
static int
refuses(const struct canary *a)
{
	return (a->status == 2 || (a->status == 0 &&
	    strstr(a->out, "\"deny\"") != NULL));
}

static void
try_hook(struct setup_try *c, const char *line, const char *tool,
    const char *input, const char *what)
{
	static struct canary a;
	char *argv[] = { NULL, NULL, NULL, NULL }, *call;
	char sh[] = "/bin/sh", minus_c[] = "-c";
	int r;

	argv[0] = sh;
	argv[1] = minus_c;
	argv[2] = xstrdup(line);
	(void)xasprintf(&call, "{\"cwd\":\"%s\",\"tool_name\":\"%s\","
	    "\"tool_input\":%s}\n", c->dir, tool, input);
	r = canary_fly(&a, argv, call);
	tell(c, r == 0 && refuses(&a), what, r == -1 || a.status == 126 ||
	    a.status == 127 ? "the hook cannot be executed: the agent does "
	    "as it likes" : refuses(&a) ? "refused by the hook" :
	    "not refused by the hook");
	free(argv[2]);
	free(call);
}

/* The command of the hook, from where the agent has it. */
static char *
hook_line(const struct setup_try *c)
{
	char *line = canary_quoted(c->texts, is_hook), *program;

	if (line != NULL || strcmp(c->setup->agent, "opencode") != 0 ||
	    strstr(c->texts, "tool.execute.before") == NULL)
		return (line);
	/* its plugin calls it word by word */
	if ((program = canary_quoted(c->texts, is_server)) == NULL)
		return (NULL);
	(void)xasprintf(&line, "%s hook opencode", program);
	free(program);
	return (line);
}

static void
check_hook(struct setup_try *c)
{
	char *line = hook_line(c), *input;

	if (line == NULL) {
		tell(c, 0, "its own tools", "there is no hook: they are used "
		    "unasked");
		return;
	}
	try_hook(c, line, "ClawbotCanary", "{}", "a tool that nobody knows");
	try_hook(c, line, "Bash", "7", "a call that makes no sense");
	(void)xasprintf(&input, "{\"file_path\":\"%s/canary\"}", c->dir);
	try_hook(c, line, "Write", input, "writing a file of yours");
	free(input);
	free(line);
}

static void
check_server(struct setup_try *c)
{
	static struct canary a;
	char mcp[] = "mcp", *argv[] = { NULL, NULL, NULL };
	int r = -1, well;

	argv[0] = canary_quoted(c->texts, is_server);
	argv[1] = mcp;
	if (argv[0] != NULL)
		r = canary_fly(&a, argv, "{\"jsonrpc\":\"2.0\",\"id\":0,"
		    "\"method\":\"initialize\",\"params\":{"
		    "\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},"
		    "\"clientInfo\":{\"name\":\"canary\",\"version\":\"1\"}}}\n"
		    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
		    "\"tools/list\"}\n");
	well = r == 0 && strstr(a.out, "\"run_command\"") != NULL;
	tell(c, well, "the server", well ? "it may run commands" :
	    argv[0] == NULL ? "it is not there" :
	    "it does not answer, or may run nothing");
	free(argv[0]);
}

/* Does a command of its shell reach the files of this account? */
static void
try_shell(struct setup_try *c, const char *shell)
{
	static struct canary a;
	char *argv[] = { NULL, NULL, NULL }, *file;
	struct stat st;
	int r;

	argv[0] = xstrdup(shell);
	(void)xasprintf(&file, "%s/canary", c->dir);
	(void)xasprintf(&argv[1], "touch %s", file);
	r = canary_fly(&a, argv, "");
	if (stat(file, &st) == 0) {
		(void)unlink(file);
		tell(c, 0, "its commands", "they reach your files");
	} else
		tell(c, r == 0 && a.status != 127 && a.status != 126,
		    "its commands", r == 0 && a.status != 127 &&
		    a.status != 126 ? "they run inside, or not at all" :
		    "clawbot-sh cannot be executed");
	free(argv[0]);
	free(argv[1]);
	free(file);
}

/* The shell of this account, of which only Codex takes the name. */
static int
account_shell(char *path, size_t size)
{
	const struct passwd *pw;
	FILE *fp = fopen(USER_FILE, "re");
	char *real = NULL;
	int r;

	if (fp == NULL)
		return (0);
	while ((pw = fgetpwent(fp)) != NULL && pw->pw_uid != getuid())
		;
	if (pw != NULL)
		real = realpath(pw->pw_shell, NULL);
	(void)fclose(fp);
	if (real == NULL)
		return (0);
	r = is_shell(real);
	if (r)
		(void)snprintf(path, size, "%s", real);
	free(real);
	return (r);
}

static void
check_shell(struct setup_try *c)
{
	char *shell = canary_quoted(c->texts, is_shell), path[PATH_MAX];

	if (shell != NULL)
		try_shell(c, shell);
	else if (strcmp(c->setup->agent, "codex") == 0 &&
	    account_shell(path, sizeof(path)))
		try_shell(c, path);
	else
		tell(c, 0, "its commands", "no shell of ours is in its "
		    "settings: what is allowed runs outside");
	free(shell);
}

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *w)
{
	(void)st;
	(void)flag;
	(void)w;
	return (remove(path));
}

int
connectcheck(const struct setup *s, const struct cli *cli, const char *skill)
{
	struct setup_try c = { s, NULL, "", 0 };
	const char *home = getenv("HOME");
	const char *why;
	int sig = 0;

	(void)snprintf(c.dir, sizeof(c.dir), "%s/.clawbot-canary.XXXXXX",
	    home != NULL ? home : "/tmp");
	if (mkdtemp(c.dir) == NULL) {
		tell(&c, 0, "a directory to try it in", c.dir);
		return (c.bad);
	}
	read_texts(&c);
	check_server(&c);
	check_hook(&c);
	if ((why = agentcheck_why_not(s)) == NULL)
		c.bad += agentcheck(s, cli, skill, c.dir, &sig);
	else {
		/* the next best: what its settings name */
		check_shell(&c);
		printf("\n%s itself was not started: %s.\n", s->name, why);
	}
	printf("\nNot to be tried from here: %s.\n", s->holes);
	if (nftw(c.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS) == -1)
		printf("%s could not be removed: %s\n", c.dir,
		    strerror(errno));
	free(c.texts);
	if (sig != 0)
		signals_die(sig);
	return (c.bad);
}
