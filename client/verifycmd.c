/* SPDX-License-Identifier: ISC */
/*
 * audit verify: of a directory, or of the daemon's own log.  The daemon only
 * hands over bytes and names the end that it knows; the check is made here.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "client/esc.h"
#include "client/execcopies.h"
#include "client/logquery.h"
#include "client/out.h"
#include "client/verify.h"
#include "client/verifyexec.h"
#include "client/verifystored.h"
#include "common/msg.h"

struct checking {
	struct verify		*v;
	int			 clear;	/* the verdict is, before the end */
	struct record_head	 head;
};

static const char *
status_name(const struct verify_report *r)
{
	if (r->beside)
		return (r->status == VERIFY_TAMPERED ? "tampered" :
		    r->status == VERIFY_MISSING ? "missing" : "io");
	switch (r->res.status) {
	case LOGSCAN_OK:
		return (r->status == VERIFY_IO ? "io" :
		    r->status == VERIFY_OK ? "ok" :
		    r->status == VERIFY_MISSING ? "pruned" :
		    r->status == VERIFY_UNSEALED ? "unsealed" :
		    r->status == VERIFY_KEY ? "wrongkey" :
		    strncmp(r->line, "ROLLBACK", 8) == 0 ? "rollback" :
		    "fork");
	case LOGSCAN_TAMPERED:
		return ("tampered");
	case LOGSCAN_TRUNCATED:
		return ("truncated");
	case LOGSCAN_ROLLBACK:
		return ("rollback");
	case LOGSCAN_FORK:
		return ("fork");
	case LOGSCAN_KEY:
		return ("wrongkey");
	case LOGSCAN_MISSING:
		return ("missing");
	case LOGSCAN_IO:
		break;
	}
	return ("io");
}

static void
put_string(struct buf *b, const char *key, const char *val)
{
	buf_printf(b, ",\"%s\":", key);
	json_str(b, val, strlen(val));
}

static void
put_number(struct buf *b, const char *key, uint64_t v)
{
	buf_printf(b, ",\"%s\":%llu", key, (unsigned long long)v);
}

static void
print_json(const struct verify_report *r)
{
	const struct logscan_result *res = &r->res;
	char head[RECORD_P + 1], next[SEAL_VKEY];
	struct buf b;

	buf_init(&b, 65536);
	buf_printf(&b, "{\"status\":\"%s\",\"exit\":%d", status_name(r),
	    (int)r->status);
	if (res->status == LOGSCAN_OK) {
		record_p(head, res->last.digest);
		put_number(&b, "records", res->records);
		put_number(&b, "first", res->first);
		put_number(&b, "last", res->last.number);
		put_string(&b, "head", head);
		if (res->cut != 0) {
			put_number(&b, "pruned_first", res->cut_first);
			put_number(&b, "pruned", res->cut);
			put_number(&b, "prune", res->prune);
		}
	} else {
		put_number(&b, "record", res->record);
		put_number(&b, "offset", res->offset);
		put_string(&b, "file", res->file);
		if (res->rule != NULL)
			put_string(&b, "rule", res->rule);
	}
	put_number(&b, "sealed", r->sealed);
	if (r->sealed != 0) {
		seal_vkey(next, r->seal.log, r->seal.next);
		put_number(&b, "epoch", r->seal.epoch);
		put_string(&b, "next", next);
	}
	put_string(&b, "line", r->line);
	put_string(&b, "note", r->note);
	buf_printf(&b, "}\n");
	out_buf(stdout, &b);
}

static int
print_report(const struct cli *cli, const struct verify_report *r)
{
	struct buf b;

	if (cli->json) {
		print_json(r);
		return ((int)r->status);
	}
	buf_init(&b, 65536);
	esc_text(&b, r->line, strlen(r->line));
	buf_put_u8(&b, '\n');
	if (r->note[0] != '\0') {
		esc_text(&b, r->note, strlen(r->note));
		buf_put_u8(&b, '\n');
	}
	out_buf(stdout, &b);
	return ((int)r->status);
}

static int
on_piece(const uint8_t *p, size_t n, void *arg, struct fail *f)
{
	struct checking *c = arg;

	(void)f;
	if (verify_feed(c->v, p, n) == 0)
		return (0);
	c->clear = 1;
	return (-1);
}

static int
on_row(const void *data, size_t len, void *arg, struct fail *f)
{
	struct checking *c = arg;
	char *head;
	int r;

	head = field_get_str(data, len, "head");
	r = record_p_parse(c->head.digest, head, strlen(head));
	free(head);
	if (r == -1 || !row_num(data, len, "records", &c->head.number)) {
		fail_set(f, EXIT_CLAWBOT, "wrong answer from the daemon: no "
		    "head");
		return (-1);
	}
	return (0);
}

/* The daemon named an end, and sent something that goes on behind it. */
static void
check_end(struct verify_report *r, const struct record_head *head)
{
	if (!verify_whole(r) || r->res.last.number == head->number)
		return;
	r->status = VERIFY_ROLLBACK;
	(void)snprintf(r->line, sizeof(r->line),
	    "FORK record=%llu expected=%llu",
	    (unsigned long long)r->res.last.number,
	    (unsigned long long)head->number);
}

int
verify_daemon_by(const struct cli *cli, struct verify *v,
    struct verify_report *r, struct fail *f)
{
	struct checking c;
	int ret;

	memset(&c, 0, sizeof(c));
	c.v = v;
	ret = query_log(cli, QUERY_VERIFY, 0, 0, on_piece, on_row, &c, f);
	verify_end(c.v, c.clear ? NULL : &c.head, r);
	if (c.clear)
		return (0);
	if (ret == 0 && c.head.number == 0) {
		fail_set(f, EXIT_CLAWBOT, "wrong answer from the daemon: no "
		    "head");
		ret = -1;
	}
	if (ret == 0)
		check_end(r, &c.head);
	return (ret);
}

int
verify_daemon(const struct cli *cli, const struct verify_by *by,
    struct verify_report *r, struct fail *f)
{
	return (verify_daemon_by(cli, verify_new("log", by), r, f));
}

/* The daemon's own log, and its copies of the exec lines. */
static int
verify_both(const struct cli *cli, struct verify *v, struct verify_report *r,
    struct fail *f)
{
	struct execcopies *copies = execcopies_new();
	int ret;

	/* first: the log has no less then */
	ret = execcopies_ask(copies, cli, f);
	execcopies_lines(copies, v);
	if (ret == 0)
		ret = verify_daemon_by(cli, v, r, f);
	else
		verify_end(v, NULL, r);
	if (ret == 0)
		execcopies_report(copies, r);
	execcopies_free(copies);
	return (ret);
}

int
verify_all(const struct cli *cli, const char *dir, const char *archive,
    uint64_t moved, const struct verify_by *by, struct verify_report *r,
    struct fail *f)
{
	struct verifystored *stored;
	struct verify *v;
	int fd = -1, ret = 0;

	if (archive != NULL && (fd = open(archive, O_RDONLY | O_DIRECTORY |
	    O_CLOEXEC)) == -1) {
		fail_set(f, VERIFY_IO, "%s: %s", archive, strerror(errno));
		return (-1);
	}
	stored = verifystored_new();
	v = verify_new(dir == NULL ? "log" : NULL, by);
	verifystored_lines(stored, v);
	if (fd != -1) {
		verify_archive(v, fd);
		verifystored_archive(stored, fd);
		verifystored_moved(stored, moved);
	}
	if (dir != NULL) {
		verify_end_dir(v, dir, r);
		verifystored_dir(stored, dir, r);
		verifyexec_dir(dir, r);
	} else if ((ret = verify_both(cli, v, r, f)) == 0)
		verifystored_daemon(stored, cli, r);
	verifystored_free(stored);
	if (fd != -1)
		(void)close(fd);
	return (ret);
}

int
cmd_audit_verify(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	const char *archive = NULL;
	struct verify_report r;
	struct verify_by by;
	struct fail f;
	int ch, bad = 0;

	if (sodium_init() == -1) {
		complain("libsodium cannot be used");
		return (EXIT_CLAWBOT);
	}
	memset(&by, 0, sizeof(by));
	while (bad == 0 && (ch = command_opt(cli, cmd, argc, argv)) != -1) {
		bad = ch == 'k' ? verify_key_arg(&by, optarg, &f) :
		    ch == 'c' ? verify_checkpoint_arg(&by, optarg, &f) : 0;
		if (ch == OPT_ARCHIVE)
			archive = optarg;
	}
	if (bad != 0)
		return (fail_print(&f));
	command_operands(cmd, argc, 0, 1);
	if (verify_all(cli, optind != argc ? argv[optind] : NULL, archive,
	    0, &by, &r, &f) == -1)
		return (fail_print(&f));
	return (print_report(cli, &r));
}
