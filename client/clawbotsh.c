/* SPDX-License-Identifier: ISC */
/*
 * clawbot-sh(1): a shell that runs nothing itself.  Each line, script or
 * standard input that it is given is a request to the daemon, as by clawbot
 * run --shell.  It is executed by whoever executes shells: login(1), sshd(8),
 * agents; so what it does not know it refuses.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/beside.h"
#include "client/preamble.h"
#include "client/request.h"
#include "client/session.h"
#include "common/log.h"
#include "common/msg.h"
#include "common/role.h"

struct shellargs {
	int		 line;		/* -c */
	int		 input;		/* -s */
	int		 interactive;	/* -i */
	int		 argc;		/* operands */
	char		**argv;
};

static void __attribute__((__noreturn__))
refuse(int status, const char *why, const char *hint)
{
	struct fail f;

	fail_set(&f, status, "%s", why);
	if (hint != NULL)
		fail_hint(&f, "%s", hint);
	exit(fail_print(&f));
}

static void __attribute__((__noreturn__))
unreadable(void)
{
	struct fail f;

	fail_set(&f, EXIT_IO, "standard input: %s", strerror(errno));
	exit(fail_print(&f));
}

static void __attribute__((__noreturn__))
unknown(const char *arg)
{
	struct fail f;

	fail_set(&f, EXIT_USAGE, "clawbot-sh: %s is not an option here", arg);
	fail_hint(&f, "clawbot-sh takes -c LINE, -l, -s and a script; options "
	    "of the shell itself go into the line: set -e");
	exit(fail_print(&f));
}

/* "-lc" and the like. */
static void
letters(struct shellargs *a, const char *arg)
{
	const char *s;

	for (s = arg + 1; *s != '\0'; s++)
		switch (*s) {
		case 'c':
			a->line = 1;
			break;
		case 'i':
			a->interactive = 1;
			break;
		case 's':
			a->input = 1;
			break;
		case 'l':
			break;
		default:
			unknown(arg);
		}
}

/* What changes nothing where no file of the user's is read before a line. */
static int
idle_option(const char *arg)
{
	static const char *const idle[] = { "--login", "--noprofile", "--norc",
	    "--posix", NULL };
	size_t i;

	for (i = 0; idle[i] != NULL; i++)
		if (strcmp(idle[i], arg) == 0)
			return (1);
	return (0);
}

static void __attribute__((__noreturn__))
print_about(const char *arg)
{
	if (strcmp(arg, "--version") == 0)
		printf("clawbot-sh %s\n", CB_VERSION);
	else
		printf("usage: clawbot-sh [-l] -c LINE [NAME [ARG ...]]\n"
		    "       clawbot-sh [-l] SCRIPT [ARG ...]\n"
		    "       clawbot-sh [-l] [-s] <SCRIPT\n\n"
		    "Runs it by /bin/sh, confined and recorded, as by "
		    "clawbot run --shell.\nSee clawbot-sh(1).\n");
	exit(fail_stdout(0));
}

static void
parse(struct shellargs *a, int argc, char **argv)
{
	int i;

	memset(a, 0, sizeof(*a));
	for (i = 1; i < argc; i++) {
		if (argv[i][0] != '-' || argv[i][1] == '\0')
			break;
		if (strcmp(argv[i], "--") == 0)
			break;
		if (strcmp(argv[i], "--help") == 0 ||
		    strcmp(argv[i], "--version") == 0)
			print_about(argv[i]);
		if (argv[i][1] != '-')
			letters(a, argv[i]);
		else if (!idle_option(argv[i]))
			unknown(argv[i]);
	}
	/* both of these end the options */
	if (i < argc && (strcmp(argv[i], "-") == 0 ||
	    strcmp(argv[i], "--") == 0))
		i++;
	a->argc = argc - i;
	a->argv = argv + i;
}

/* All of standard input, which the commands then have none of. */
static char *
read_input(void)
{
	struct buf b;
	uint8_t chunk[4096];
	ssize_t n;
	char *s;

	buf_init(&b, PLAN_MAXARG + 1);
	while ((n = read(STDIN_FILENO, chunk, sizeof(chunk))) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			unreadable();
		buf_put(&b, chunk, (size_t)n);
		if (b.bad)
			refuse(EXIT_USAGE, "standard input: longer than a "
			    "line may be", "put it in a file that runs can "
			    "read");
	}
	explicit_bzero(chunk, sizeof(chunk));
	if (b.len != 0 && memchr(b.data, '\0', b.len) != NULL)
		refuse(EXIT_USAGE, "standard input: there is a NUL in it",
		    NULL);
	buf_put_u8(&b, 0);
	s = xstrdup(b.bad ? "" : (char *)b.data);
	buf_free(&b);
	return (s);
}

static void
be_client(const char *line)
{
	char path[PATH_MAX], **words;

	if (!preamble_is_client(line, &words))
		return;
	beside("clawbot", path, sizeof(path));
	(void)execv(path, words);
	complain("%s: %s", path, strerror(errno));
	exit(errno == ENOENT ? 127 : 126);
}

/* A line that is asked for as it was meant. */
static void
take_line(struct session *r, struct runreq *req, const char *line)
{
	char *meant;

	be_client(line);
	meant = preamble_strip(line, &r->no_input);
	request_shell(req, meant != NULL ? meant : line);
	if (meant != NULL)
		freezero(meant, strlen(meant));
}

static void
add_operands(struct runreq *req, const struct shellargs *a, int from)
{
	int i;

	if (a->argc - from > PLAN_MAXARGS - 4)
		refuse(EXIT_USAGE, "too many arguments", NULL);
	for (i = from; i < a->argc; i++) {
		if (strlen(a->argv[i]) > PLAN_MAXARG)
			refuse(EXIT_USAGE, "an argument is too long", NULL);
		strv_add(&req->argv, a->argv[i]);
	}
}

/*
 * An operand is a script; but one that is no file and is alone is a line: so
 * CLAUDE_CODE_SHELL_PREFIX hands it over.
 */
static void
take_script(struct session *r, struct runreq *req, const struct shellargs *a)
{
	if (a->argc == 1 && access(a->argv[0], F_OK) == -1) {
		take_line(r, req, a->argv[0]);
		return;
	}
	strv_add(&req->argv, "/bin/sh");
	add_operands(req, a, 0);
}

static void
take_input(struct session *r, struct runreq *req, const struct shellargs *a)
{
	char *line;

	if (isatty(STDIN_FILENO))
		refuse(EXIT_NOPERM, "there is no interactive shell here",
		    "each command is asked for by itself: clawbot-sh -c LINE, "
		    "or clawbot run");
	line = read_input();
	take_line(r, req, line);
	freezero(line, strlen(line));
	/* they are its parameters, and none of them its name */
	if (a->argc != 0)
		strv_add(&req->argv, "sh");
	add_operands(req, a, 0);
	r->no_input = 1;
}

static void
take(struct session *r, struct runreq *req, const struct shellargs *a)
{
	const char *skill = getenv("CLAWBOT_SKILL");

	request_init(req);
	if (skill != NULL)
		request_text(&req->skill, "CLAWBOT_SKILL", skill,
		    PLAN_MAXNAME);
	if (a->line && a->argc == 0)
		refuse(EXIT_USAGE, "clawbot-sh: -c needs a line", NULL);
	if (a->interactive && !a->line)
		refuse(EXIT_NOPERM, "there is no interactive shell here",
		    "each command is asked for by itself: clawbot-sh -c LINE, "
		    "or clawbot run");
	if (a->line && a->argc == 1)
		take_line(r, req, a->argv[0]);
	else if (a->line) {
		/* its parameters belong to it as it stands */
		request_shell(req, a->argv[0]);
		add_operands(req, a, 1);
	} else if (a->argc != 0 && !a->input)
		take_script(r, req, a);
	else
		take_input(r, req, a);
}

int
main(int argc, char **argv)
{
	static struct session r;	/* too large for a stack */
	struct shellargs a;
	struct runreq req;
	struct cli cli;

	cli_hold_stdio();
	log_init("clawbot-sh", LOG_TO_STDERR, -1, 0);
	parse(&a, argc, argv);
	cli_init(&cli);
	session_init(&r, &cli);
	take(&r, &req, &a);
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && !r.no_input) {
		r.tty = 1;
		request_tty(&req);
	}
	session_streams(&r, &req);
	request_caller(&req);
	return (request_go(&r, &req));
}
