/* SPDX-License-Identifier: ISC */
/* run, and wait: asks for a command, or for one that was asked for. */
#include "config.h"

#include <getopt.h>
#include <string.h>

#include "client/list.h"
#include "client/request.h"
#include "client/session.h"

static void
parse(struct session *r, struct cli *cli, const struct command *cmd,
    struct runreq *req, int argc, char **argv)
{
	int ch;

	request_init(req);
	while ((ch = command_opt(cli, cmd, argc, argv)) != -1) {
		switch (ch) {
		case 's':
			request_text(&req->skill, "-s", optarg, PLAN_MAXNAME);
			break;
		case 'C':
			request_cwd(req, optarg);
			break;
		case 'e':
			request_env(req, optarg);
			break;
		case 'r':
			request_text(&req->reason, "-r", optarg,
			    PLAN_MAXREASON);
			break;
		case 't':
			r->tty = 1;
			break;
		case 'n':
			r->no_input = 1;
			break;
		case 'd':
			r->detach = 1;
			req->flags |= RUNREQ_DETACH;
			break;
		case OPT_CLAIM:
			if (claim_arg(&r->said, optarg) == -1)
				usage_error("run: --claim %s: not "
				    "session=, model= or client= and "
				    "at most %d bytes of text", optarg,
				    CLAIM_MAX);
			break;
		case OPT_SHELL:
			request_shell(req, optarg);
			break;
		case OPT_NO_WAIT:
			req->flags |= RUNREQ_NO_WAIT;
			break;
		case OPT_WAIT:
			r->wait_s = request_time("--wait", optarg, 0);
			break;
		case OPT_TIMEOUT:
			req->timeout_s = request_seconds(optarg);
			break;
		}
	}
	if (r->wait_s == 0)
		req->flags |= RUNREQ_NO_HOLD;
	if (r->tty && (r->detach || cli->json || r->no_input))
		usage_error("run: -t does not go with %s", r->detach ? "-d" :
		    r->no_input ? "-n" : "--json");
	if (r->wait_s != WAIT_AS_TOLD && (r->tty || r->detach))
		usage_error("run: --wait does not go with %s", r->tty ? "-t" :
		    "-d");
	if (r->tty)
		request_tty(req);
	session_streams(r, req);
	request_finish(req, argc - optind, argv + optind);
}

int
cmd_run(struct cli *cli, const struct command *cmd, int argc, char **argv)
{
	static struct session r;	/* too large for a stack */
	struct runreq req;

	session_init(&r, cli);
	parse(&r, cli, cmd, &req, argc, argv);
	return (request_go(&r, &req));
}

int
cmd_wait(struct cli *cli, const struct command *cmd, int argc, char **argv)
{
	static struct session r;
	struct buf b;
	uint64_t id;
	int ch, status;

	session_init(&r, cli);
	r.claims = 1;
	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		if (ch == 'n')
			r.no_input = 1;
		else if (ch == OPT_WAIT)
			r.wait_s = request_time("--wait", optarg, 0);
	id = run_operand(cli, cmd, argc, argv);
	runid_text(r.id, id);
	buf_init(&b, 16);
	buf_put_u64(&b, id);
	buf_put_u8(&b, 0);
	status = session_go(&r, MSG_WAIT, b.data, b.len);
	buf_free(&b);
	return (status);
}
