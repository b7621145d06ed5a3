/* SPDX-License-Identifier: ISC */
/*
 * secrets get --reveal: the one command that shows a value, on a terminal and
 * nowhere else.
 */
#include "config.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <getopt.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/esc.h"
#include "client/out.h"
#include "client/slotkey.h"
#include "common/io.h"
#include "common/payload.h"
#include "common/role.h"
#include "common/varname.h"

/* Could it do something to the terminal? */
static int
is_plain(const uint8_t *p, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if ((p[i] < ' ' && p[i] != '\n' && p[i] != '\t') ||
		    p[i] > '~')
			return (0);
	return (1);
}

static void
show(const uint8_t *p, size_t len)
{
	struct buf b;

	buf_init(&b, 16U * MSG_SECRET_MAX);
	if (is_plain(p, len))
		buf_put(&b, p, len);
	else {
		fprintf(stderr, "clawbot: it has bytes that a terminal would "
		    "not show; they are escaped\n");
		esc_text(&b, p, len);
	}
	buf_put_u8(&b, '\n');
	out_buf(stdout, &b);
}

/* Its bytes are read once END has come. */
static int
on_pipe(int fd, void *arg, struct fail *f)
{
	(void)f;
	*(int *)arg = fd;
	return (0);
}

static int
reveal(struct slotkey *k, struct conn *c, const struct msg_reveal *v,
    struct fail *f)
{
	uint8_t *p = sodium_malloc(MSG_SECRET_MAX);
	char *text = NULL;
	ssize_t n = -1;
	struct buf b;
	int fd = -1, r;
	const struct slotkey_more more = { on_pipe, NULL, &fd };

	payload_put(&b, MSG_REVEAL, &msg_reveal_shape, v);
	r = slotkey_ask(k, c, MSG_REVEAL, &b, &more, &text, f);
	buf_free(&b);
	if (r == 0 && p != NULL && fd != -1)
		n = io_read(fd, p, MSG_SECRET_MAX);
	if (r == 0 && n > 0)
		show(p, (size_t)n);
	else if (r == 0) {
		fail_set(f, EXIT_CLAWBOT, "the value did not come");
		r = -1;
	}
	if (fd != -1)
		(void)close(fd);
	sodium_free(p);
	free(text);
	return (r);
}

static int
ask(const struct cli *cli, const struct msg_reveal *v, struct fail *f)
{
	struct slotkey k;
	struct conn *c = NULL;
	int r;

	r = slotkey_new(&k, f);
	if (r == 0 && ((c = conn_open(cli, f)) == NULL ||
	    conn_hello(c, f) == -1))
		r = -1;
	if (r == 0)
		r = slotkey_slots(&k, c, f);
	if (r == 0 && !slotkey_has_phrase(&k)) {
		fail_set(f, EXIT_NOPERM, "no slot of the vault has a "
		    "passphrase, which is what a value is shown for");
		fail_hint(f, "clawbot secrets slots add passphrase");
		r = -1;
	}
	if (r == 0)
		r = slotkey_phrase(&k, "passphrase of the vault: ", 0, 0, f);
	if (r == 0)
		r = reveal(&k, c, v, f);
	if (c != NULL)
		conn_free(c);
	slotkey_free(&k);
	return (r);
}

int
cmd_secrets_get(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	struct rlimit none = { 0, 0 };
	struct msg_reveal v = { NULL, NULL };
	struct fail f;
	const char *why;
	int ch, shown = 0;

	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		if (ch == OPT_REVEAL)
			shown = 1;
		else if (ch == 'r')
			v.why = optarg;
	command_operands(cmd, argc, 1, 1);
	v.name = argv[optind];
	if ((why = varname_malformed(v.name, strlen(v.name))) != NULL)
		usage_error("%s: bad name of a secret: %s", cmd->name, why);
	if (!shown || v.why == NULL || v.why[0] == '\0' ||
	    strlen(v.why) > MSG_REVEAL_WHY)
		usage_error("a value is shown with --reveal and -r WHY only, "
		    "and both are recorded");
	if (cli->json || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		usage_error("a value is shown on a terminal only; what needs "
		    "it is run with clawbot run");
	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)signal(SIGPIPE, SIG_IGN);
	return (ask(cli, &v, &f) == -1 ? fail_print(&f) : 0);
}
