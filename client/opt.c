/* SPDX-License-Identifier: ISC */
/* Options: ours become getopt's, and are explained by --help. */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/esc.h"
#include "client/opt.h"
#include "client/user.h"
#include "common/role.h"

#define MAXOPTS	24

const struct cli_opt global_opts[] = {
	{ 'c', "channel", "CHANNEL", "the channel to ask on (cli); also "
	    "CLAWBOT_CHANNEL" },
	{ 'S', "sockets", "DIR", "directory of the daemon's sockets; also "
	    "CLAWBOT_SOCKETS" },
	{ OPT_JSON, "json", NULL, "print JSON" },
	{ 'h', "help", NULL, "print this" },
	{ 'V', "version", NULL, "print the version" },
	{ 0, NULL, NULL, NULL }
};

static const struct cli_opt common_opts[] = {
	{ OPT_JSON, "json", NULL, "print JSON" },
	{ 'h', "help", NULL, "print this" },
	{ 0, NULL, NULL, NULL }
};

void
opt_help(const struct cli_opt *o)
{
	char left[64];

	for (; o->name != NULL; o++) {
		if (o->what == NULL)
			continue;
		(void)snprintf(left, sizeof(left), "%c%c%s --%s%s%s",
		    o->ch < 256 ? '-' : ' ', o->ch < 256 ? o->ch : ' ',
		    o->ch < 256 ? "," : " ", o->name,
		    o->arg != NULL ? " " : "", o->arg != NULL ? o->arg : "");
		printf("  %-28s %s\n", left, o->what);
	}
}

void
command_usage(const struct command *c)
{
	printf("usage: clawbot [-c CHANNEL] %s [options]%s%s\n\n%s\n\n",
	    c->name, *c->args != '\0' ? " " : "", c->args, c->what);
	if (c->more != NULL)
		printf("%s\n", c->more);
	opt_help(c->opts);
	opt_help(common_opts);
}

/* getopt's tables for one of ours. */
static void
add_opts(const struct cli_opt *o, char *letters, size_t size,
    struct option *longs, size_t *n)
{
	size_t len;

	for (; o->name != NULL && *n < MAXOPTS; o++, (*n)++) {
		longs[*n].name = o->name;
		longs[*n].has_arg = o->arg != NULL ? required_argument :
		    no_argument;
		longs[*n].flag = NULL;
		longs[*n].val = o->ch;
		len = strlen(letters);
		if (o->ch < 256)
			(void)snprintf(letters + len, size - len, "%c%s",
			    o->ch, o->arg != NULL ? ":" : "");
	}
}

static const struct cli_opt *
find_opt(const struct cli_opt *o, int ch)
{
	for (; o->name != NULL; o++)
		if (o->ch == ch)
			return (o);
	return (NULL);
}

const char *
opt_shown(const char *word)
{
	static struct buf b;

	buf_free(&b);
	buf_init(&b, 1024);
	esc_text(&b, word, strcspn(word, "="));
	buf_put_u8(&b, 0);
	return (b.bad ? "?" : (const char *)b.data);
}

static void __attribute__((__noreturn__))
bad_opt(const struct cli_opt *opts, const char *cmd, int how, char **argv)
{
	const struct cli_opt *o;
	const char *sep = *cmd != '\0' ? ": " : "";

	if (how == ':' && (o = find_opt(opts, optopt)) != NULL)
		usage_error("%s%s--%s needs %s", cmd, sep, o->name, o->arg);
	if (how == ':')
		usage_error("%s%s%s needs a value", cmd, sep,
		    opt_shown(argv[optind - 1]));
	if (optopt > ' ' && optopt < 0x7f &&
	    strncmp(argv[optind - 1], "--", 2) != 0) {
		if (*cmd != '\0' && find_opt(global_opts, optopt) != NULL)
			usage_error("%s: -%c goes before the command", cmd,
			    optopt);
		usage_error("%s%sunknown option -%c", cmd, sep, optopt);
	}
	if (optopt != 0)
		usage_error("%s%s%s takes no value", cmd, sep,
		    opt_shown(argv[optind - 1]));
	usage_error("%s%sunknown option %s", cmd, sep,
	    opt_shown(argv[optind - 1]));
}

/*
 * getopt takes any beginning of a long option that is the only one with it:
 * with each new option some script would mean another one.
 */
static int
abbreviated(const struct option *o, char **argv)
{
	const char *word = argv[optind - 1];

	/* its value may be a word of its own */
	if (o->has_arg == required_argument && optarg == word)
		word = argv[optind - 2];
	return (strncmp(word, "--", 2) != 0 ||
	    strcspn(word + 2, "=") != strlen(o->name));
}

/*
 * What is empty names nothing, and is not taken for what holds without the
 * option: that may be more, and a variable of a script's that is not set looks
 * so.  Why something is asked for, and a shell line, may be empty.
 */
static void
check_value(const struct cli_opt *o, const char *cmd)
{
	if (o == NULL || o->arg == NULL || *optarg != '\0' ||
	    strcmp(o->arg, "WHY") == 0 || strcmp(o->arg, "LINE") == 0)
		return;
	usage_error("%s%s--%s needs %s, and was given nothing", cmd,
	    *cmd != '\0' ? ": " : "", o->name, o->arg);
}

int
opt_next(const struct cli_opt *opts, const struct cli_opt *more,
    const char *cmd, int stop, int argc, char **argv)
{
	struct option longs[MAXOPTS + 1];
	char letters[4 * MAXOPTS] = "+:";
	size_t n = 0;
	int ch, at = -1;

	memset(longs, 0, sizeof(longs));
	if (!stop)
		(void)snprintf(letters, sizeof(letters), ":");
	add_opts(opts, letters, sizeof(letters), longs, &n);
	if (more != NULL)
		add_opts(more, letters, sizeof(letters), longs, &n);
	opterr = 0;
	ch = getopt_long(argc, argv, letters, longs, &at);
	if (ch == '?' || ch == ':')
		bad_opt(opts, cmd, ch, argv);
	if (ch != -1 && at != -1 && abbreviated(&longs[at], argv))
		usage_error("%s%sunknown option; did you mean --%s?", cmd,
		    *cmd != '\0' ? ": " : "", longs[at].name);
	if (ch != -1)
		check_value(find_opt(opts, ch), cmd);
	return (ch);
}

/*
 * How many of the words that getopt has not seen yet are a command's own: those
 * behind --, where c takes a command there.  Told before getopt has moved
 * operands behind it.
 */
static int
command_words(const struct command *c, int argc, char **argv)
{
	int i;

	if (strstr(c->args, "-- ") == NULL)
		return (0);
	for (i = optind; i < argc; i++)
		if (strcmp(argv[i], "--") == 0)
			return (argc - i - 1);
	return (0);
}

/*
 * An operand that is empty is none; the last words, of a command, may be.  The
 * first is ours, wherever it stands: agent -- AGENT.
 */
static void
check_operands(const struct command *c, int words, int argc, char **argv)
{
	int i;

	for (i = optind; !c->stop && i < argc; i++)
		if (*argv[i] == '\0' && (i == optind || i < argc - words))
			usage_error("%s: an argument is empty%s%s", c->name,
			    *c->args != '\0' ? ", and should be " : "",
			    c->args);
}

int
command_opt(struct cli *cli, const struct command *c, int argc, char **argv)
{
	const struct cli_opt *o;
	int ch, words;

	for (;;) {
		words = command_words(c, argc, argv);
		ch = opt_next(c->opts, common_opts, c->name, c->stop, argc,
		    argv);
		if (ch == 'h') {
			command_usage(c);
			exit(fail_stdout(0));
		}
		if (ch == OPT_JSON) {
			cli->json = 1;
			continue;
		}
		if (ch == -1)
			check_operands(c, words, argc, argv);
		o = ch == -1 ? NULL : find_opt(c->opts, ch);
		if (o != NULL && o->what == NULL)
			usage_error("%s --%s is not in this version", c->name,
			    o->name);
		return (ch);
	}
}

uid_t
opt_user(const struct command *c, const char *who)
{
	uid_t uid;

	if (user_uid(USER_FILE, who, &uid) == -1)
		usage_error("%s: there is no account %s", c->name,
		    opt_shown(who));
	return (uid);
}

void
command_operands(const struct command *c, int argc, int lo, int hi)
{
	int n = argc - optind;

	if (n < lo)
		usage_error("%s needs %s", c->name, c->args);
	if (n > hi)
		usage_error("%s: too many arguments", c->name);
}
