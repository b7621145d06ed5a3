/* SPDX-License-Identifier: ISC */
/*
 * doctor: does all of it work, and if not, what is to be done?  With
 * --sandbox the daemon tries the sandbox of every skill anew.
 */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "client/conn.h"
#include "client/disk.h"
#include "client/esc.h"
#include "client/mend.h"
#include "client/ondisk.h"
#include "client/out.h"
#include "client/verify.h"
#include "client/whoiswho.h"
#include "common/defs.h"
#include "common/msg.h"

/* How a check came out. */
enum state { OK, NOTE, BAD };

struct diagnosis {
	const struct cli	*cli;
	struct jrows		 rows;
	unsigned		 bad;
	/* of STATUS */
	unsigned		 up;		/* roles */
	unsigned		 hangs;		/* that do not answer */
	int			 silent;	/* the auditor does not */
	struct strv		 approvers;	/* by number */
	/* of the sandbox: one skill at a time */
	char			*skill;
	struct buf		 lines;
	uint64_t		 held;
	uint64_t		 of;
	int			 fault;
};

static const char *
state_name(enum state s)
{
	static const char *const names[] = {
		[OK] = "ok", [NOTE] = "note", [BAD] = "bad",
	};

	return (names[s]);
}

/* Text as it may stand on a terminal. */
static void
put_shown(struct buf *b, const char *s)
{
	esc_text(b, s, strlen(s));
}

/* One check; next: what is to be done, or "". */
static int
say(struct diagnosis *d, enum state s, const char *what, const char *detail,
    const char *next, struct fail *f)
{
	struct buf b;
	int r = 0;

	d->bad += s == BAD;
	buf_init(&b, MSG_ROW_MAX);
	if (d->cli->json) {
		field_str(&b, "check", what);
		field_str(&b, "state", state_name(s));
		field_str(&b, "detail", detail);
		field_str(&b, "next", next);
		r = jrows_add(&d->rows, b.data, b.len, f);
		buf_free(&b);
		return (r);
	}
	buf_printf(&b, "%-5s ", state_name(s));
	put_shown(&b, what);
	buf_printf(&b, ": ");
	put_shown(&b, detail);
	if (*next != '\0') {
		buf_printf(&b, "; ");
		put_shown(&b, next);
	}
	buf_put_u8(&b, '\n');
	out_buf(stdout, &b);
	return (0);
}

/* What to do about a layer that is not there. */
static const char *
advice(const char *name, const char *detail, enum state s)
{
	if (s == BAD)
		return ("clawbot doctor --sandbox tells what went through; "
		    "the skill is refused until it holds again");
	if (strcmp(name, "vault") == 0)
		return ("clawbot secrets unlock opens it; vault.unlock of "
		    "clawbot.conf(5) says what does at a start");
	/* there the skills say what is wrong */
	if (strstr(detail, "no skill was examined") != NULL)
		return ("");
	if (strstr(name, "landlock") != NULL)
		return ("boot with landlock in lsm=");
	if (strstr(name, "keymem") != NULL)
		return ("give the daemon CAP_IPC_LOCK or a larger "
		    "RLIMIT_MEMLOCK (LimitMEMLOCK= of its unit), or encrypt "
		    "swap");
	if (strstr(detail, "AppArmor") != NULL)
		return ("load the profile that comes with clawbot, as "
		    "clawbotd(8) says, and restart the daemon");
	return ("");
}

static int
status_layer(struct diagnosis *d, const char *name, const char *state,
    const char *detail, struct fail *f)
{
	char what[256];

	(void)snprintf(what, sizeof(what), "layer %s", name);
	if (strcmp(state, "active") == 0)
		return (say(d, OK, what, *detail != '\0' ? detail : state, "",
		    f));
	if (strcmp(state, "missing") == 0)
		return (say(d, NOTE, what, *detail != '\0' ? detail : state,
		    advice(name, detail, NOTE), f));
	return (say(d, BAD, what, detail, advice(name, detail, BAD), f));
}

static int
status_role(struct diagnosis *d, const char *name, const char *state,
    const char *detail, struct fail *f)
{
	char what[256];
	int up = strcmp(state, "up") == 0;

	(void)snprintf(what, sizeof(what), "process %s", name);
	d->up += up != 0;
	if (strcmp(state, "silent") == 0) {
		d->silent |= strcmp(name, "auditor") == 0;
		d->hangs++;
		return (say(d, BAD, what, detail, "it hangs, or its disk "
		    "does, or a signal has stopped it: what waits for it "
		    "goes on when it answers; else restart the daemon", f));
	}
	return (say(d, up ? OK : BAD, what, up ? detail : state, up ? "" :
	    "it starts or stops just now: ask again, then look at the "
	    "daemon's own log", f));
}

static int
status_daemon(struct diagnosis *d, const char *state, const char *detail,
    struct fail *f)
{
	static const char want[] = "version " CB_VERSION ",";

	if (strcmp(state, "up") != 0)
		return (say(d, BAD, "daemon", state, "wait until it is up",
		    f));
	if (say(d, OK, "daemon", detail, "", f) == -1)
		return (-1);
	if (strncmp(detail, want, sizeof(want) - 1) == 0)
		return (say(d, OK, "versions", "clawbot and clawbotd are "
		    CB_VERSION, "", f));
	return (say(d, BAD, "versions", "clawbot is " CB_VERSION ", clawbotd "
	    "is another one", "restart the daemon after an upgrade", f));
}

static int
status_stop(struct diagnosis *d, const char *name, const char *detail,
    struct fail *f)
{
	static const struct {
		const char *kind;
		const char *option;
	} kinds[] = { { "user ", "-u" }, { "skill ", "-s" },
	    { "channel ", "-c" } };
	char what[256], text[1400], next[300];
	size_t i, n;

	(void)snprintf(what, sizeof(what), "stop of %.200s", name);
	(void)snprintf(text, sizeof(text), "requests are refused: %s",
	    detail);
	(void)snprintf(next, sizeof(next), "clawbot resume ends it");
	for (i = 0; i < NELEM(kinds); i++) {
		n = strlen(kinds[i].kind);
		if (strncmp(name, kinds[i].kind, n) == 0)
			(void)snprintf(next, sizeof(next), "clawbot resume %s "
			    "%.200s ends it", kinds[i].option, name + n);
	}
	return (say(d, BAD, what, text, next, f));
}

/* Of an account and a skill: others go on. */
static int
status_breaker(struct diagnosis *d, const char *name, const char *state,
    const char *detail, struct fail *f)
{
	char what[256], text[600];

	(void)snprintf(what, sizeof(what), "circuit breaker %.200s", name);
	(void)snprintf(text, sizeof(text), "%.20s: %.500s", state, detail);
	return (say(d, BAD, what, text, "clawbot audit tail tells what "
	    "failed; clawbot breaker reset closes it", f));
}

static int
status_quota(struct diagnosis *d, const char *name, const char *detail,
    struct fail *f)
{
	static const char detached[] = "detached runs are refused until some "
	    "have ended; clawbot ps tells which there are, clawbot kill RUN "
	    "ends one; detached.maxRuns of clawbot.conf(5)";
	static const char others[] = "requests are refused until some are "
	    "over; rateLimit of clawbot.conf(5)";
	char what[256];

	(void)snprintf(what, sizeof(what), "quota %.200s", name);
	return (say(d, BAD, what, detail, strcmp(name, "detached") == 0 ?
	    detached : others, f));
}

/* What waits goes on waiting, and is decided as ever. */
static int
status_notify(struct diagnosis *d, const char *state, const char *detail,
    struct fail *f)
{
	const int gone = strcmp(state, "gone") == 0;

	if (strcmp(state, "works") == 0)
		return (say(d, OK, "approvals.notify", detail, "", f));
	return (say(d, NOTE, "approvals.notify", detail, gone ? "restart the "
	    "daemon: its own log tells more" : "run it by hand as its own "
	    "account; the daemon's own log has what it said", f));
}

/* Nothing of it is lost as long as the log has it. */
static int
status_forward(struct diagnosis *d, const char *state, const char *detail,
    struct fail *f)
{
	char what[512];

	if (strcmp(state, "works") == 0)
		return (say(d, OK, "logging.forward", detail, "", f));
	(void)snprintf(what, sizeof(what), "%s: %s", state, detail);
	return (say(d, NOTE, "logging.forward", what, strcmp(state, "gone") ==
	    0 ? "restart the daemon: its own log tells more" : "look at the "
	    "syslog that it names; what waits stays in the log", f));
}

static int
status_disk(struct diagnosis *d, const void *row, size_t len, struct fail *f)
{
	char *name = field_get_str(row, len, "name");
	char *state = field_get_str(row, len, "state");
	char *detail = field_get_str(row, len, "detail");
	char what[256];
	uint64_t least;
	int r = 0;

	(void)snprintf(what, sizeof(what), "disk of %.200s", name);
	if (strcmp(state, "full") == 0)
		r = say(d, BAD, what, detail, "free some space there: nothing "
		    "runs that cannot be recorded; clawbot audit archive or "
		    "prune makes room", f);
	else if (strcmp(state, "closed") != 0)
		r = say(d, strcmp(state, "free") == 0 ? OK : NOTE, what,
		    detail, strcmp(state, "low") != 0 ? "" :
		    row_num(row, len, "refuses_below", &least) ? "free some "
		    "space there, or nothing runs soon; clawbot audit archive "
		    "or prune makes room" : "free some space there", f);
	free(name);
	free(state);
	free(detail);
	return (r);
}

/* Closed parts of the log: the daemon goes on, the next start does not. */
static int
status_parts(struct diagnosis *d, const char *state, const char *detail,
    struct fail *f)
{
	if (strcmp(state, "damaged") != 0)
		return (say(d, strcmp(state, "held") == 0 ||
		    strcmp(state, "missing") == 0 ? NOTE : OK,
		    "parts of the log", detail, "", f));
	return (say(d, BAD, "parts of the log", detail, "put back what is "
	    "missing: no start takes it so; see clawbot audit verify", f));
}

/* Who is who, and who should not be both. */
static int
status_people(struct diagnosis *d, const void *data, size_t len,
    const char *name, struct fail *f)
{
	struct strv *approvers = &d->approvers;
	struct buf b, both;
	int r;

	buf_init(&b, MSG_ROW_MAX);
	whoiswho_text(&b, data, len);
	buf_put_u8(&b, '\0');
	r = say(d, OK, name, b.bad ? "" : (const char *)b.data, "", f);
	buf_free(&b);
	if (r == 0 && strcmp(name, "approver") == 0) {
		field_get_list(data, len, "uids", approvers);
		if (whoiswho_root_alone(approvers))
			r = say(d, NOTE, name, "nobody but root can approve",
			    "name others in approvals.approvers, or in its "
			    "groups", f);
	}
	if (r == -1 || strncmp(name, "agent on ", 9) != 0)
		return (r);
	buf_init(&both, MSG_ROW_MAX);
	if (whoiswho_both(&both, data, len, approvers)) {
		buf_put_u8(&both, '\0');
		r = say(d, NOTE, name, both.bad ? "" :
		    (const char *)both.data, "whatever runs as that account "
		    "can approve what others ask for: give agents accounts "
		    "of their own", f);
	}
	buf_free(&both);
	return (r);
}

static int
on_status(const void *data, size_t len, void *arg, struct fail *f)
{
	char *kind = field_get_str(data, len, "kind");
	char *name = field_get_str(data, len, "name");
	char *state = field_get_str(data, len, "state");
	char *detail = field_get_str(data, len, "detail");
	struct diagnosis *d = arg;
	char what[256];
	struct buf b;
	int r = 0;

	(void)snprintf(what, sizeof(what), "skill %.128s", name);
	if (strcmp(kind, "layer") == 0)
		r = status_layer(d, name, state, detail, f);
	else if (strcmp(kind, "role") == 0)
		r = status_role(d, name, state, detail, f);
	else if (strcmp(kind, "daemon") == 0 && strcmp(name, "clawbotd") == 0)
		r = status_daemon(d, state, detail, f);
	else if (strcmp(kind, "log") == 0 && strcmp(state, "refused") == 0)
		r = say(d, BAD, "records", detail, "nothing runs until "
		    "records can be written again", f);
	else if (strcmp(kind, "log") == 0 && strcmp(name, "output") == 0)
		r = say(d, strcmp(state, "stored") == 0 ? OK : NOTE,
		    "stored output", detail, strcmp(state, "stored") == 0 ?
		    "" : "clawbot audit prune or archive makes room; "
		    "logging.outputTotalMB of clawbot.conf(5)", f);
	else if (strcmp(kind, "log") == 0 && strcmp(name, "records") != 0)
		r = status_parts(d, state, detail, f);
	else if (disk_row(data, len, &b)) {
		r = status_disk(d, b.data, b.len, f);
		buf_free(&b);
	} else if (strcmp(kind, "notify") == 0)
		r = status_notify(d, state, detail, f);
	else if (strcmp(kind, "forward") == 0)
		r = status_forward(d, state, detail, f);
	else if (strcmp(kind, "people") == 0)
		r = status_people(d, data, len, name, f);
	else if (ondisk_changed(data, len))
		r = say(d, NOTE, name, ondisk_text, "clawbot reload, or a "
		    "restart, puts it in force", f);
	else if (strcmp(kind, "stop") == 0)
		r = status_stop(d, name, detail, f);
	else if (strcmp(kind, "breaker") == 0 && strcmp(state, "closed") != 0)
		r = status_breaker(d, name, state, detail, f);
	else if (strcmp(kind, "quota") == 0 && strcmp(state, "used up") == 0)
		r = status_quota(d, name, detail, f);
	else if (strcmp(kind, "note") == 0)
		r = say(d, NOTE, name, detail, "no hole, and nothing is "
		    "refused for it: tell those who make clawbot", f);
	else if (strcmp(kind, "skill") == 0 && strcmp(state, "refused") == 0)
		r = say(d, BAD, what, detail, "its runs are refused; mend "
		    "the cause, then restart the daemon or, for its sandbox, "
		    "run clawbot doctor --sandbox", f);
	free(kind);
	free(name);
	free(state);
	free(detail);
	return (r);
}

static int
check_log(struct diagnosis *d, struct fail *f)
{
	struct verify_report r;
	struct fail why;

	if (d->silent)
		return (say(d, BAD, "log", "not checked", "the auditor does "
		    "not answer, see above", f));
	if (verify_daemon(d->cli, NULL, &r, &why) == -1) {
		if (why.status == EXIT_NOPERM)
			return (say(d, NOTE, "log", "not checked",
			    "only approvers may read it", f));
		return (say(d, BAD, "log", why.text, why.hint, f));
	}
	if (verify_whole(&r))
		return (say(d, OK, "log", r.line, "", f));
	return (say(d, BAD, "log", r.line, "keep the log as it is, and a "
	    "copy: clawbot audit verify tells more", f));
}

static int
check_all(struct diagnosis *d, struct fail *f)
{
	struct fail why;

	if (conn_query(d->cli, MSG_STATUS, NULL, 0, on_status, d,
	    &why) == -1)
		return (say(d, BAD, "daemon", why.text, why.hint, f));
	if (d->up + d->hangs < 4 && say(d, BAD, "processes",
	    "not all four are up", "look at the daemon's own log", f) == -1)
		return (-1);
	return (check_log(d, f));
}

/* Sandboxes. */

static void
end_skill(struct diagnosis *d)
{
	struct buf b;

	if (d->skill == NULL)
		return;
	buf_init(&b, 16U * MSG_ROW_MAX);
	buf_printf(&b, "skill ");
	put_shown(&b, d->skill);
	if (d->of != 0)
		buf_printf(&b, ": held %llu of %llu%s\n",
		    (unsigned long long)d->held, (unsigned long long)d->of,
		    d->fault ? "; its runs are refused" : "");
	else
		buf_printf(&b, ": its runs are refused\n");
	buf_put(&b, d->lines.data, d->lines.len);
	out_buf(stdout, &b);
	(void)fflush(stdout);
	buf_reset(&d->lines);
	free(d->skill);
	d->skill = NULL;
	d->held = d->of = 0;
	d->fault = 0;
}

static void
layer_line(struct diagnosis *d, const void *data, size_t len)
{
	uint64_t held = field_get_u64(data, len, "held", 0);
	uint64_t of = field_get_u64(data, len, "of", 0);
	char *layer = field_get_str(data, len, "layer");
	char *verdict = field_get_str(data, len, "verdict");

	d->held += held;
	d->of += of;
	buf_printf(&d->lines, "  ");
	put_shown(&d->lines, layer);
	buf_printf(&d->lines, "%*s ", strlen(layer) < 14 ?
	    14 - (int)strlen(layer) : 0, "");
	put_shown(&d->lines, verdict);
	buf_printf(&d->lines, ", %llu of %llu\n", (unsigned long long)held,
	    (unsigned long long)of);
	free(layer);
	free(verdict);
}

static void
attempt_line(struct diagnosis *d, const void *data, size_t len)
{
	static const struct {
		const char *key;
		const char *label;
	} parts[] = {
		{ "verdict", "    " }, { "attempt", ": " },
		{ "errno", "\n      the kernel said: " },
		{ "expected", "\n      expected: " },
		{ "means", "\n      that means: " },
		{ "reason", "\n      reason: " },
	};
	size_t i;
	char *s;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		s = field_get_str(data, len, parts[i].key);
		if (*s != '\0') {
			buf_printf(&d->lines, "%s", parts[i].label);
			put_shown(&d->lines, s);
		}
		free(s);
	}
	buf_put_u8(&d->lines, '\n');
}

static int
on_found(const void *data, size_t len, void *arg, struct fail *f)
{
	struct diagnosis *d = arg;
	uint64_t fault = 0;
	char *skill;

	(void)row_num(data, len, "fault", &fault);
	d->bad += fault != 0;
	if (d->cli->json)
		return (jrows_add(&d->rows, data, len, f));
	skill = field_get_str(data, len, "skill");
	if (d->skill != NULL && strcmp(d->skill, skill) != 0)
		end_skill(d);
	if (d->skill == NULL)
		d->skill = skill;
	else
		free(skill);
	d->fault |= fault != 0;
	if (row_has(data, len, "of"))
		layer_line(d, data, len);
	else
		attempt_line(d, data, len);
	return (0);
}

static int
sandboxes(struct diagnosis *d, struct fail *f)
{
	int r;

	buf_init(&d->lines, 16U * MSG_ROW_MAX);
	r = conn_query(d->cli, MSG_DOCTOR, NULL, 0, on_found, d, f);
	if (r == 0 && !d->cli->json) {
		end_skill(d);
		printf(d->bad == 0 ? "every sandbox holds\n" :
		    "mend what is named above, then run this again: a skill "
		    "whose sandbox holds again is\nused again; after a change "
		    "of grants or of the configuration restart clawbotd\n");
	}
	free(d->skill);
	buf_free(&d->lines);
	return (r);
}

static int
diagnose(const struct cli *cli, int sandbox)
{
	struct diagnosis d;
	struct fail f;
	int r;

	if (sodium_init() == -1) {
		complain("libsodium cannot be used");
		return (EXIT_CLAWBOT);
	}
	memset(&d, 0, sizeof(d));
	d.cli = cli;
	jrows_init(&d.rows, "doctor");
	r = sandbox ? sandboxes(&d, &f) : check_all(&d, &f);
	if (r == 0 && cli->json)
		r = jrows_print(&d.rows, &f);
	jrows_free(&d.rows);
	strv_free(&d.approvers);
	if (r == -1)
		return (fail_print(&f));
	return (d.bad == 0 ? 0 : 1);
}

int
cmd_doctor(struct cli *cli, const struct command *cmd, int argc, char **argv)
{
	const char *period = NULL, *conf = CB_SYSCONFDIR "/clawbot.conf";
	int ch, sandbox = 0, fix = 0, yes = 0;

	while ((ch = command_opt(cli, cmd, argc, argv)) != -1) {
		if (ch == OPT_SANDBOX)
			sandbox = 1;
		else if (ch == OPT_FIX)
			fix = 1;
		else if (ch == 'y')
			yes = 1;
		else if (ch == 'f')
			conf = optarg;
		else
			period = optarg;
	}
	command_operands(cmd, argc, 0, 0);
	if (sandbox + fix + (period != NULL) > 1)
		usage_error("%s does one thing at a time", cmd->name);
	if (period != NULL)
		return (routine(cli, period, conf));
	return (fix ? mend(cli, conf, yes) : diagnose(cli, sandbox));
}
