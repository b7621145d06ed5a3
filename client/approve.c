/* SPDX-License-Identifier: ISC */
/*
 * approve, deny: the answer of a person.  It names the digest of the bytes
 * that were shown, and holds for nothing else.  Without a terminal there is
 * nobody to ask, and nothing is approved unless that was said.
 */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/conn.h"
#include "client/full.h"
#include "client/lasting.h"
#include "client/list.h"
#include "client/margin.h"
#include "client/out.h"
#include "client/pager.h"
#include "client/pending.h"
#include "client/prompt.h"
#include "client/request.h"
#include "common/decimal.h"
#include "common/payload.h"
#include "common/role.h"

struct answering {
	const struct cli *cli;
	struct conn	*conn;
	struct pending	 p;
	int		 yes;		/* -y */
	int		 digest;	/* --digest: */
	uint8_t		 want[PLAN_DIGEST];
	int		 lasts;		/* --for, --count, --like: */
	struct lasting	 again;
	char		 standing[RUNID_TEXT];	/* that was given, or "" */
};

static int
hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *s;

	s = c == '\0' ? NULL : strchr(digits, c);
	return (s == NULL ? -1 : (int)(s - digits));
}

static void
take_digest(struct answering *a, const char *s)
{
	size_t i;
	int hi, lo;

	for (i = 0; i < PLAN_DIGEST; i++) {
		hi = hex_digit(s[2 * i]);
		lo = hi == -1 ? -1 : hex_digit(s[2 * i + 1]);
		if (lo == -1)
			break;
		a->want[i] = (uint8_t)(hi << 4 | lo);
	}
	if (i != PLAN_DIGEST || s[2 * i] != '\0')
		usage_error("--digest: the %d hexadecimal digits behind "
		    "\"plan\" or \"exec\"", 2 * PLAN_DIGEST);
	a->digest = 1;
}

/* What is approved unseen is at least printed. */
static int
print_full(FILE *fp, const struct pending *p, struct fail *f)
{
	struct buf b;

	full_make(&b, p);
	if (b.bad) {
		buf_free(&b);
		fail_set(f, EXIT_CLAWBOT, "it is too large to be shown");
		return (-1);
	}
	out_buf(fp, &b);
	if (fflush(fp) == 0)
		return (0);
	fail_set(f, EXIT_IO, "what waits could not be printed");
	return (-1);
}

/* What the same account has asked for it can confirm, if at all. */
static unsigned
how_yes(const struct pending *p)
{
	uint64_t uid;

	return (!p->program && !p->lapsed && row_num(p->row.data, p->row.len,
	    "uid", &uid) && uid == getuid() ? MSG_CONFIRM_OWN : MSG_APPROVE);
}

static int
say_yes(struct answering *a, const char **done, struct fail *f)
{
	const unsigned type = how_yes(&a->p);
	struct buf b;
	int r;

	if (a->lasts)
		return (lasting_give(a->conn, &a->p, &a->again, a->standing,
		    f));
	buf_init(&b, 64);
	buf_put_u64(&b, a->p.number);
	buf_put(&b, a->p.digest, sizeof(a->p.digest));
	if (type == MSG_CONFIRM_OWN)
		*done = "confirmed";
	r = conn_rows(a->conn, type, b.data, b.len, NULL, NULL, f);
	buf_free(&b);
	return (r);
}

static int
say_no(struct conn *c, uint64_t id, const char *why, struct fail *f)
{
	struct buf b;
	int r;

	buf_init(&b, PLAN_MAXREASON + 64);
	buf_put_u64(&b, id);
	buf_put_str(&b, why);
	r = conn_rows(c, MSG_DENY, b.data, b.len, NULL, NULL, f);
	buf_free(&b);
	return (r);
}

static void
print_done(const struct answering *a, const char *done)
{
	struct buf b;

	if (!a->cli->json) {
		printf("%s %s\n", done, a->p.id);
		if (a->p.lapsed)
			printf("the same request runs, once, when it is made "
			    "again within 30 minutes\n");
		if (*a->standing != '\0')
			printf("clawbot revoke %s ends what it is for later "
			    "on\n", a->standing);
		return;
	}
	buf_init(&b, 16U * MSG_ROW_MAX);
	buf_printf(&b, "{\"run\":\"%s\",\"result\":\"%s\",", a->p.id, done);
	if (*a->standing != '\0')
		buf_printf(&b, "\"standing\":\"%s\",", a->standing);
	buf_printf(&b, "\"approval\":");
	(void)field_json(&b, a->p.row.data, a->p.row.len, 0);
	buf_printf(&b, "}\n");
	out_buf(stdout, &b);
}

/* 0, or -1 and *f; *done is what has become of it. */
static int
ask(struct answering *a, const char **done, struct fail *f)
{
	char *why = NULL;
	int r;

	switch (prompt_ask(&a->p, &why)) {
	case PROMPT_YES:
		return (say_yes(a, done, f));
	case PROMPT_DENY:
		if (a->p.lapsed) {
			free(why);
			fail_set(f, 1, "%s is not approved", a->p.id);
			return (-1);
		}
		*done = "denied";
		if (strlen(why) > PLAN_MAXREASON)
			why[PLAN_MAXREASON] = '\0';
		r = say_no(a->conn, a->p.number, why, f);
		free(why);
		return (r);
	default:
		fail_set(f, 1, a->p.lapsed ? "%s is not approved" :
		    "not approved; %s still waits", a->p.id);
		if (!a->p.lapsed)
			fail_hint(f, "clawbot deny %s refuses it", a->p.id);
		return (-1);
	}
}

static int
answer(struct answering *a, uint64_t id, const char **done, struct fail *f)
{
	if (pending_find(a->conn, id, &a->p, f) == -1)
		return (-1);
	if (a->digest && memcmp(a->want, a->p.digest, PLAN_DIGEST) != 0) {
		fail_set(f, 1, "%s waits with another digest than that",
		    a->p.id);
		fail_hint(f, "clawbot approvals show %s shows what it is now",
		    a->p.id);
		return (-1);
	}
	if (a->lasts && a->p.lapsed) {
		fail_set(f, EXIT_USAGE, "nobody waits with %s any more: it "
		    "can be approved once", a->p.id);
		return (-1);
	}
	if (a->lasts && lasting_wait(a->cli, &a->again, &a->p, f) == -1)
		return (-1);
	if (!a->yes)
		return (ask(a, done, f));
	if (print_full(a->cli->json ? stderr : stdout, &a->p, f) == -1)
		return (-1);
	return (say_yes(a, done, f));
}

static void
need_terminal(void)
{
	const char *lacks;

	if (!pager_terminal())
		usage_error("approve: there is no terminal to ask on; -y "
		    "approves without being asked");
	if ((lacks = margin_lacks()) != NULL)
		usage_error("approve: %s", lacks);
}

/*
 * What begins like the one that was looked at may be another one by now, that
 * somebody has asked for until it did: what nobody looks at is named whole.
 */
static void
need_whole(const struct answering *a, int argc, char **argv)
{
	uint64_t id;

	if (a->yes && !a->digest && argc - optind == 1 &&
	    runid_parse(argv[optind], &id) == -1)
		usage_error("approve: -y takes the whole id of what waits, "
		    "or --digest with it");
}

static void
take_count(struct answering *a, const char *s)
{
	uint64_t n;

	if (decimal(s, STANDING_MAXCOUNT, &n) == -1 || n < 2)
		usage_error("--count: from 2, the one that waits among them, "
		    "to %u", STANDING_MAXCOUNT);
	a->again.count = (uint32_t)n;
}

static void
option(struct answering *a, int ch)
{
	switch (ch) {
	case 'y':
		a->yes = 1;
		return;
	case OPT_DIGEST:
		take_digest(a, optarg);
		return;
	case OPT_FOR:
		a->again.for_s = request_time("--for", optarg, 1);
		if (a->again.for_s > STANDING_MAXFOR)
			usage_error("--for: at most %u hours",
			    STANDING_MAXFOR / 3600);
		break;
	case OPT_COUNT:
		take_count(a, optarg);
		break;
	case OPT_LIKE:
		lasting_like(&a->again, optarg);
		break;
	}
	a->lasts = 1;
}

int
cmd_approve(struct cli *cli, const struct command *cmd, int argc, char **argv)
{
	const char *done = "approved";
	struct answering a;
	struct fail f;
	uint64_t id;
	int ch, status = 0;

	memset(&a, 0, sizeof(a));
	a.cli = cli;
	a.again.for_s = LASTING_FOR;
	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		option(&a, ch);
	need_whole(&a, argc, argv);
	id = run_operand(cli, cmd, argc, argv);
	if (!a.yes)
		need_terminal();
	if ((a.conn = conn_open(cli, &f)) == NULL ||
	    answer(&a, id, &done, &f) == -1)
		status = fail_print(&f);
	else
		print_done(&a, done);
	conn_free(a.conn);
	pending_free(&a.p);
	return (status);
}

int
cmd_deny(struct cli *cli, const struct command *cmd, int argc, char **argv)
{
	const char *why = "";
	struct fail f;
	struct conn *c;
	uint64_t id;
	int ch, r = -1;

	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		if (ch == 'r')
			why = optarg;
	id = run_operand(cli, cmd, argc, argv);
	if (strlen(why) > PLAN_MAXREASON)
		usage_error("-r: longer than %d bytes", PLAN_MAXREASON);
	if ((c = conn_open(cli, &f)) != NULL)
		r = say_no(c, id, why, &f);
	conn_free(c);
	if (r == -1)
		return (fail_print(&f));
	if (cli->json)
		out_done("run", argv[optind], "denied");
	else
		printf("denied %s\n", argv[optind]);
	return (0);
}
