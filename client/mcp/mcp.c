/* SPDX-License-Identifier: ISC */
/*
 * mcp: a server of the Model Context Protocol on standard input and output.
 * Each line is a request of a program that is steered by a model; each command
 * in it becomes a request to the daemon, over a connection of its own.
 */
#include "config.h"

#include <sys/resource.h>

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "client/mcp/mcpserver.h"
#include "client/signals.h"

#define MCP_CHUNK	65536U
#define MCP_FDS		(3 + MCPCALLS_MAX + EXECUTION_FDS * EXECUTIONS_OPEN)
#define MCP_FILES	4096
/* Above this nothing more is read: whoever asks has to read answers, too. */
#define MCP_BEHIND	(1U << 20)
#define MCP_LAST_MS	1000	/* for what is under way, at the end */
#define MCP_END_MS	10000	/* for what was told to end */

struct mcp {
	struct mcpserver server;
	struct jsonline_in in;
	struct jsonline_out out;
	int		 wake;		/* signals have come */
	int		 eof;		/* of standard input */
	int64_t		 end_at;	/* everything is told to; 0: not yet */
	int64_t		 leave_at;	/* whatever there is then */
	int		 told;		/* it was */
	int		 unread;	/* errno of a read that failed */
};

static void
parse(const char **skill, int *prompts, int *elicits, struct cli *cli,
    const struct command *cmd, int argc, char **argv)
{
	int ch;

	*skill = "";
	*prompts = *elicits = 0;
	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		if (ch == 'c')
			cli->channel = optarg;
		else if (ch == 's')
			*skill = optarg;
		else if (ch == OPT_PROMPT)
			*prompts = 1;
		else if (ch == OPT_ELICIT)
			*elicits = 1;
	command_operands(cmd, argc, 0, 0);
	if (strlen(*skill) > PLAN_MAXNAME)
		usage_error("mcp: -s: longer than %d bytes", PLAN_MAXNAME);
}

/* Each command under way has its connection and three streams. */
static void
raise_files(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) == -1 || rl.rlim_cur >= MCP_FILES)
		return;
	rl.rlim_cur = rl.rlim_max < MCP_FILES ? rl.rlim_max : MCP_FILES;
	(void)setrlimit(RLIMIT_NOFILE, &rl);
}

/* From here on there are no more requests. */
static void
begin_end(struct mcp *m, int64_t grace)
{
	const int64_t now = execution_now();

	m->eof = 1;
	if (m->end_at == 0 || m->end_at > now + grace)
		m->end_at = now + grace;
	if (m->leave_at == 0)
		m->leave_at = m->end_at + MCP_END_MS;
}

/* The first tells everything to end, the second one leaves. */
static void
take_signals(struct mcp *m)
{
	struct signals came;

	if (!signals_take(&came) || came.ends == 0)
		return;
	if (m->end_at != 0 && m->told)
		m->leave_at = execution_now();
	begin_end(m, 0);
}

static void
take_lines(struct mcp *m)
{
	const char *line;
	size_t len;
	int r;

	while (jsonline_out_left(&m->out) < MCP_BEHIND &&
	    (r = jsonline_in_next(&m->in, &line, &len)) != 0) {
		if (r == -1)
			mcpserver_long(&m->server);
		else
			mcpserver_line(&m->server, line, len);
		jsonline_out_flush(&m->out);
	}
}

static void
read_input(struct mcp *m)
{
	static char chunk[MCP_CHUNK];
	ssize_t n;

	n = read(STDIN_FILENO, chunk, sizeof(chunk));
	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		m->unread = n == -1 ? errno : 0;
		jsonline_in_put(&m->in, "\n", 1);
		/* what was asked last may have been for the answer alone */
		begin_end(m, MCP_LAST_MS);
		return;
	}
	jsonline_in_put(&m->in, chunk, (size_t)n);
	explicit_bzero(chunk, (size_t)n);
}

static int
timeout(const struct mcp *m)
{
	int64_t at = mcpcalls_next(&m->server.calls), left;

	if (m->end_at != 0 && !m->told && m->end_at < at)
		at = m->end_at;
	if (m->leave_at != 0 && m->leave_at < at)
		at = m->leave_at;
	if (at == INT64_MAX)
		return (-1);
	left = at - execution_now();
	return (left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left);
}

static void
entry(struct pollfd *p, int fd, short events)
{
	p->fd = fd;
	p->events = events;
	p->revents = 0;
}

/* One round. */
static void
turn(struct mcp *m)
{
	static struct pollfd p[MCP_FDS];
	const int behind = jsonline_out_left(&m->out) >= MCP_BEHIND;
	size_t n;

	entry(&p[0], m->eof || behind ? -1 : STDIN_FILENO, POLLIN);
	entry(&p[1], m->out.gone ? -1 : STDOUT_FILENO,
	    jsonline_out_left(&m->out) != 0 ? POLLOUT : 0);
	entry(&p[2], m->wake, POLLIN);
	n = 3 + mcpcalls_poll(&m->server.calls, p + 3, MCP_FDS - 3);
	if (poll(p, (nfds_t)n, timeout(m)) == -1)
		return;		/* EINTR: wake is readable now */
	if (p[2].revents != 0)
		take_signals(m);
	mcpcalls_turn(&m->server.calls, p + 3);
	if (p[0].revents != 0)
		read_input(m);
	if ((p[1].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0)
		m->out.gone = 1;
	take_lines(m);
	mcpcalls_tick(&m->server.calls);
	jsonline_out_flush(&m->out);
	if (m->out.gone && m->end_at == 0)
		begin_end(m, 0);
}

/* Is there anything left to be done? */
static int
is_over(struct mcp *m)
{
	const int64_t now = execution_now();
	const struct mcpcalls *cs = &m->server.calls;

	if (m->end_at == 0)
		return (0);
	if (!m->told && (now >= m->end_at || cs->n == 0 || m->out.gone)) {
		m->told = 1;
		mcpcalls_end(&m->server.calls);
		mcpcalls_tick(&m->server.calls);
		jsonline_out_flush(&m->out);
	}
	return (now >= m->leave_at || (m->told && cs->executions.open == 0 &&
	    (m->out.gone || (cs->n == 0 && jsonline_out_left(&m->out) ==
	    0))));
}

/* A client that leaves is the end of it; a stream that fails is an error. */
static int
report(const struct mcp *m)
{
	const int unsaid = m->out.err == EPIPE ? 0 : m->out.err;

	if (unsaid != 0)
		complain("standard output: %s", strerror(unsaid));
	if (m->unread != 0)
		complain("standard input: %s", strerror(m->unread));
	return (unsaid != 0 || m->unread != 0 ? EXIT_IO : 0);
}

int
cmd_mcp(struct cli *cli, const struct command *cmd, int argc, char **argv)
{
	static struct mcp m;
	const char *skill;
	int prompts, elicits;

	parse(&skill, &prompts, &elicits, cli, cmd, argc, argv);
	jsonline_init();
	raise_files();
	m.wake = signals_catch(0);
	jsonline_in_init(&m.in);
	jsonline_out_init(&m.out, STDOUT_FILENO);
	m.server.out = &m.out;
	mcpcalls_init(&m.server.calls, cli, skill, prompts, &m.out);
	m.server.calls.elicits = elicits;
	while (!is_over(&m))
		turn(&m);
	mcpcalls_free(&m.server.calls);
	jsonline_in_free(&m.in);
	jsonline_out_free(&m.out);
	return (report(&m));
}
