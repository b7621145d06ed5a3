/* SPDX-License-Identifier: ISC */
/*
 * What the files of clawbot(1) share: the options before the command, the
 * command table, and how a failure is told.
 */
#ifndef CLIENT_CLI_H
#define CLIENT_CLI_H

#include <stddef.h>
#include <stdio.h>

#include "client/commands.h"

/* Exit codes beyond those of common/role.h. */
#define EXIT_TIMEDOUT	124
#define EXIT_CLAWBOT	125

struct command;

/* What the options in front of the command said. */
struct cli {
	const char	*channel;
	const char	*dir;		/* socketDirectory */
	int		 json;
	/* command.c's, for a command that tells of others; or NULL */
	const struct command *(*find)(int *, char ***);
	void		(*list)(FILE *);
};

/* What they are where nothing is said, but in the environment. */
void	cli_init(struct cli *);
/* A standard stream that is closed stays so: no socket of ours takes its
 * place.  Before anything is opened. */
void	cli_hold_stdio(void);

/* Why something did not work, and the exit status for it. */
struct fail {
	int	 status;
	char	 text[16384];		/* escaped */
	char	 hint[512];		/* what to do next, or "" */
};

void	fail_set(struct fail *, int status, const char *, ...)
	    __attribute__((__format__ (printf, 3, 4)));
void	fail_hint(struct fail *, const char *, ...)
	    __attribute__((__format__ (printf, 2, 3)));
/* "clawbot: text" and the hint on standard error; returns the status. */
int	fail_print(const struct fail *);
/* The status that it is given; but if that is 0 and standard output could not
 * be written, which it says, another one. */
int	fail_stdout(int status);
/* errno says why that stream was not written: for fail_stdout(). */
void	fail_written(FILE *);
/* The same for one line without a hint. */
void	complain(const char *, ...)
	    __attribute__((__format__ (printf, 1, 2)));
/* complain() and where the help is, then exit 64. */
void	usage_error(const char *, ...)
	    __attribute__((__noreturn__, __format__ (printf, 1, 2)));

/*
 * One option.  One without a description is of a later version: it is known,
 * so that it can be refused by name, and not shown.
 */
struct cli_opt {
	int		 ch;		/* letter, or OPT_* without one */
	const char	*name;		/* long form */
	const char	*arg;		/* what it takes, or NULL */
	const char	*what;
};

enum {
	OPT_JSON = 256, OPT_NO_WAIT, OPT_TIMEOUT, OPT_SHELL, OPT_FOR,
	OPT_COUNT, OPT_LIKE, OPT_SANDBOX, OPT_DIGEST, OPT_WAIT, OPT_ALL,
	OPT_LAPSED, OPT_PROMPT, OPT_ASK, OPT_WRITE, OPT_REMOVE,
	OPT_CHECK, OPT_ELICIT, OPT_PROFILE, OPT_VERIFY_ONLY, OPT_INTO,
	OPT_UNMASKABLE, OPT_FIX, OPT_ROUTINE, OPT_KEEP, OPT_SINCE, OPT_UNTIL,
	OPT_HTML, OPT_DOTENV, OPT_FORMAT, OPT_ACCEPT_LOSS, OPT_DROP,
	OPT_REVEAL, OPT_ROLLBACK, OPT_OUTPUT, OPT_RAW, OPT_TIMING,
	OPT_REPLAY, OPT_CLAIM, OPT_BEFORE, OPT_KEEP_DAYS, OPT_TO, OPT_FROM,
	OPT_REPLACE, OPT_ARCHIVE, OPT_RUN, OPT_ROTATE
};

struct command {
	const char	*name;		/* "run", "secrets set" */
	const char	*args;		/* synopsis behind the options */
	const char	*what;		/* one line */
	const char	*more;		/* paragraphs for --help, or NULL */
	const struct cli_opt *opts;	/* ends with name NULL; without --json
					   and --help, which all have */
	int		 stop;		/* options end at the first operand */
	int		(*run)(struct cli *, const struct command *, int,
			    char **);	/* argv[0] is the name; exit status */
};

/* Every command, one after the other; NULL past the end. */
const struct command *command_at(size_t);
/*
 * opt.c.  Next option of a command: its ch with getopt's optarg, or -1 at the
 * end, optind then at the first operand.  --json and --help are done here,
 * and errors end the process.
 */
int	command_opt(struct cli *, const struct command *, int, char **);
/* Prints what --help does of a command. */
void	command_usage(const struct command *);
/* Ends the process with a usage error unless lo..hi operands are left. */
void	command_operands(const struct command *, int argc, int lo, int hi);

/* The commands; argv[0] is the name, the result is an exit status. */
#define COMMAND_DECLARE(fn, name, args, what, more, stop, opts)	\
int	fn(struct cli *, const struct command *, int, char **);
#define COMMAND_NO_OPT(ch, name, arg, what)
COMMANDS_TABLE(COMMAND_DECLARE, COMMAND_NO_OPT)
#undef COMMAND_DECLARE
#undef COMMAND_NO_OPT

#endif
