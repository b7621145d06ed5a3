/* SPDX-License-Identifier: ISC */
/*
 * audit recover: a log that is damaged, so that no daemon starts on it, goes on
 * without its end.  That is told first; with --accept-loss it is done, what is
 * lost is kept beside it, and the log says so itself.
 */
#include "config.h"

#include <getopt.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/backup/logstate.h"
#include "client/backup/recovering.h"
#include "client/hostplaces.h"
#include "common/estop.h"
#include "common/knownmask.h"
#include "common/role.h"

static int
with_places(struct recovering *r, const char *conf, struct fail *f)
{
	const struct hostplace *log, *vault;
	struct hostplaces ps;
	int ret = -1;

	if (hostplaces_get(&ps, conf, f) == -1)
		return (-1);
	log = hostplaces_dir(&ps, "log");
	vault = hostplaces_dir(&ps, "vault");
	if (log == NULL)
		fail_set(f, EXIT_CONFIG, "the configuration has no log");
	else {
		r->log = log->path;
		r->vault = vault != NULL ? vault->path : NULL;
		r->dirfd = logstate_hold(r->log, f);
		if (r->dirfd != -1) {
			ret = recovering_do(r, f);
			(void)close(r->dirfd);
		}
	}
	hostplaces_free(&ps);
	return (ret);
}

int
cmd_audit_recover(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	struct recovering r = { .dirfd = -1 };
	const char *conf = NULL;
	char *why = NULL;
	struct fail f;
	int ch, ret;

	while ((ch = command_opt(cli, cmd, argc, argv)) != -1) {
		if (ch == OPT_ACCEPT_LOSS)
			r.accept = 1;
		else if (ch == 'f')
			conf = optarg;
		else
			r.why = optarg;
	}
	command_operands(cmd, argc, 0, 0);
	r.json = cli->json;
	if (r.accept && (r.why == NULL || *r.why == '\0' ||
	    strlen(r.why) > ESTOP_MAXWHY))
		usage_error("%s: --accept-loss takes a reason for the log "
		    "(-r), of at most %u bytes", cmd->name,
		    (unsigned)ESTOP_MAXWHY);
	if (geteuid() != 0) {
		complain("only root may move a part of the log away");
		return (EXIT_NOPERM);
	}
	if (sodium_init() == -1) {
		complain("libsodium cannot be used");
		return (EXIT_CLAWBOT);
	}
	if (r.why != NULL)
		r.why = why = knownmask_text(r.why, ESTOP_MAXWHY);
	ret = with_places(&r, conf, &f);
	free(why);
	return (ret == -1 ? fail_print(&f) : ret);
}
