/* SPDX-License-Identifier: ISC */
/*
 * secrets set and rotate: a value on its way from a person to the vault.  It
 * is held in locked pages between guard pages, goes into a pipe whose other
 * end the vault has, and is in no argument, message or output.
 */
#include "config.h"

#include <sys/mman.h>

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/conn.h"
#include "client/esc.h"
#include "client/out.h"
#include "client/quiet.h"
#include "client/request.h"
#include "client/rotaterun.h"
#include "client/secretvalue.h"
#include "client/storing.h"
#include "common/payload.h"
#include "common/role.h"
#include "common/varname.h"

#define KEEP_S		86400	/* where --keep does not say */

/* Reads up to room bytes to the end of the file.  -1, *f: too long. */
static int
read_all(struct secret_value *v, struct fail *f)
{
	ssize_t n;

	for (;;) {
		n = read(STDIN_FILENO, v->p + v->len, SECRET_ROOM - v->len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			fail_set(f, EXIT_IO, "standard input: %s",
			    strerror(errno));
			return (-1);
		}
		if (n == 0)
			break;
		v->len += (size_t)n;
		if (v->len > SECRET_MAX + 1) {
			fail_set(f, EXIT_USAGE, "a secret has at most %d "
			    "bytes", SECRET_MAX);
			return (-1);
		}
	}
	secret_value_chomp(v);
	return (0);
}

/* What is typed, and where it goes. */
struct typed {
	struct secret_value *v;
	const char	*name;
};

static int
read_twice(void *arg, struct fail *f)
{
	const struct typed *t = arg;
	struct secret_value *v = t->v;
	char prompt[VARNAME_MAX + 64];
	ssize_t n, again;

	(void)snprintf(prompt, sizeof(prompt), "value of %s: ", t->name);
	if ((n = quiet_line(prompt, v->p, SECRET_MAX, f)) == -1 ||
	    (again = quiet_line("once more: ", v->p + SECRET_MAX, SECRET_MAX,
	    f)) == -1)
		return (-1);
	if (n != again || memcmp(v->p, v->p + SECRET_MAX, (size_t)n) != 0) {
		fail_set(f, EXIT_USAGE, "the two values differ");
		return (-1);
	}
	v->len = (size_t)n;
	return (0);
}

static int
read_once(void *arg, struct fail *f)
{
	const struct typed *t = arg;
	ssize_t n;

	n = quiet_line("text that was found: ", t->v->p, SECRET_MAX, f);
	if (n == -1)
		return (-1);
	t->v->len = (size_t)n;
	return (0);
}

static int
read_terminal(struct secret_value *v, const char *name, struct fail *f)
{
	struct typed t = { v, name };
	const struct quiet q = { name != NULL ? read_twice : read_once, &t,
	    v->p, SECRET_ROOM };

	return (quiet_ask(&q, f));
}

static int
store(const struct cli *cli, struct secret_value *v, const struct storing *s,
    char **text, struct fail *f)
{
	struct conn *c;
	int r = -1;

	/* first of all: is there anybody to give it to? */
	if ((c = conn_open(cli, f)) == NULL)
		return (-1);
	if (conn_hello(c, f) == -1)
		goto out;
	if (isatty(STDIN_FILENO))
		r = read_terminal(v, s->name, f);
	else
		r = read_all(v, f);
	if (r == 0)
		r = secret_value_check(v, s->as_it_is, f);
	if (r == 0)
		r = storing_ask(c, s, f);
	if (r == 0)
		r = storing_hand_over(c, v->p, v->len, NULL, text, f);
out:
	conn_free(c);
	return (r);
}

static void
take_name(struct storing *s, const struct command *cmd, int argc, char **argv)
{
	const char *why;

	if (argc - optind > 1)
		usage_error("a value is never an argument, where others can "
		    "see it and the shell's history keeps it: take this one "
		    "as known to others, and give the next on the terminal "
		    "or on standard input");
	command_operands(cmd, argc, 1, 1);
	s->name = argv[optind];
	/* before the value is typed in vain */
	why = s->type == MSG_SECRET_SET ? varname_wrong(s->name) :
	    varname_malformed(s->name, strlen(s->name));
	if (why != NULL)
		usage_error("%s: bad name of a secret: %s", cmd->name, why);
}

static int
take_value(struct cli *cli, const struct storing *s)
{
	struct secret_value v;
	struct fail f;
	char *text = NULL;
	int r;

	storing_close_doors();
	if (secret_value_new(&v, &f) == -1)
		return (fail_print(&f));
	r = store(cli, &v, s, &text, &f);
	secret_value_free(&v);
	if (r == 0)
		storing_say(cli, s->name, text);
	free(text);
	return (r == -1 ? fail_print(&f) : 0);
}

int
cmd_secrets_set(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	struct storing s = { MSG_SECRET_SET, NULL, 0, 0, 0 };
	int ch;

	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		if (ch == OPT_UNMASKABLE)
			s.as_it_is = 1;
	take_name(&s, cmd, argc, argv);
	return (take_value(cli, &s));
}

/* An option of clawbot run; 0 if it is none. */
static int
take_run_opt(struct rotaterun *h, int ch)
{
	switch (ch) {
	case 's':
		request_text(&h->req.skill, "-s", optarg, PLAN_MAXNAME);
		break;
	case 'C':
		request_cwd(&h->req, optarg);
		break;
	case 'e':
		request_env(&h->req, optarg);
		break;
	case 'r':
		request_text(&h->req.reason, "-r", optarg, PLAN_MAXREASON);
		break;
	case 'n':
		h->no_input = 1;
		break;
	case OPT_SHELL:
		request_shell(&h->req, optarg);
		break;
	case OPT_NO_WAIT:
		h->req.flags |= RUNREQ_NO_WAIT;
		break;
	case OPT_WAIT:
		h->wait_s = request_time("--wait", optarg, 0);
		break;
	case OPT_TIMEOUT:
		h->req.timeout_s = request_seconds(optarg);
		break;
	default:
		return (0);
	}
	return (1);
}

/* NAME is the first operand, and what follows it the hook. */
static int
rotate_run(struct cli *cli, struct storing *s, struct rotaterun *h, int argc,
    char **argv)
{
	const char *why;

	if (argc - optind < 1)
		usage_error("secrets rotate: no name of a secret is given");
	s->name = argv[optind++];
	why = varname_malformed(s->name, strlen(s->name));
	if (why != NULL)
		usage_error("secrets rotate: bad name of a secret: %s", why);
	h->req.rotates = xstrdup(s->name);
	request_finish(&h->req, argc - optind, argv + optind);
	return (rotaterun_go(cli, s, h));
}

int
cmd_secrets_rotate(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	struct storing s = { MSG_SECRET_ROTATE, NULL, KEEP_S, 0, 0 };
	struct rotaterun h;
	int ch, run = 0, of_run = 0;

	rotaterun_init(&h);
	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		if (ch == OPT_UNMASKABLE)
			s.as_it_is = 1;
		else if (ch == OPT_KEEP)
			s.keep_s = request_span("--keep", optarg, 0,
			    ROTATE_MAXKEEP);
		else if (ch == OPT_RUN)
			run = 1;
		else
			of_run |= take_run_opt(&h, ch);
	if (run)
		return (rotate_run(cli, &s, &h, argc, argv));
	if (of_run)
		usage_error("secrets rotate: that is about a hook: it goes "
		    "with --run");
	take_name(&s, cmd, argc, argv);
	runreq_free(&h.req);
	return (take_value(cli, &s));
}

static int
look_for(const struct cli *cli, struct secret_value *v,
    const struct storing_rows *rows, struct fail *f)
{
	struct conn *c;
	char *text = NULL;
	int r = -1;

	if ((c = conn_open(cli, f)) == NULL)
		return (-1);
	if (conn_hello(c, f) == 0)
		r = isatty(STDIN_FILENO) ? read_terminal(v, NULL, f) :
		    read_all(v, f);
	if (r == 0)
		r = conn_ask(c, MSG_SECRET_IDENTIFY, NULL, 0, f);
	if (r == 0)
		r = storing_hand_over(c, v->p, v->len, rows, &text, f);
	conn_free(c);
	free(text);
	return (r);
}

static int
add_found(const void *data, size_t len, void *arg, struct fail *f)
{
	return (jrows_add(arg, data, len, f));
}

static int
print_found(const void *data, size_t len, void *arg, struct fail *f)
{
	struct buf *b = arg;

	(void)f;
	row_show(b, data, len, "name");
	buf_printf(b, ", version ");
	row_show(b, data, len, "version");
	buf_printf(b, ", ");
	row_show(b, data, len, "state");
	buf_put_u8(b, '\n');
	return (0);
}

int
cmd_secrets_identify(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	struct storing_rows rows;
	struct secret_value v;
	struct jrows j;
	struct fail f;
	struct buf b;
	size_t found;
	int r;

	while (command_opt(cli, cmd, argc, argv) != -1)
		;
	command_operands(cmd, argc, 0, 0);
	storing_close_doors();
	if (secret_value_new(&v, &f) == -1)
		return (fail_print(&f));
	jrows_init(&j, "secrets");
	buf_init(&b, 16U * MSG_ROW_MAX);
	rows.row = cli->json ? add_found : print_found;
	rows.arg = cli->json ? (void *)&j : (void *)&b;
	r = look_for(cli, &v, &rows, &f);
	secret_value_free(&v);
	found = cli->json ? j.n : b.len;
	if (r == 0 && cli->json)
		r = jrows_print(&j, &f);
	else if (r == 0 && found == 0)
		printf("no secret that is in the vault\n");
	else if (r == 0)
		out_buf(stdout, &b);
	jrows_free(&j);
	if (r == -1)
		return (fail_print(&f));
	return (found == 0);
}
