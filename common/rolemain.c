/* SPDX-License-Identifier: ISC */
/* The start that the roles share. */
#include "config.h"

#include <limits.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/decimal.h"
#include "common/log.h"
#include "common/memlock.h"
#include "common/rolemain.h"

static unsigned
number(const char *s, const char *what)
{
	uint64_t v;

	if (decimal(s, UINT_MAX - 1, &v) == -1)
		fatalx(EXIT_USAGE, "bad %s %s", what, s);
	return ((unsigned)v);
}

static void
parse(struct rolemain *rm, int argc, char **argv)
{
	int c, uid = 0, gid = 0;

	while ((c = getopt(argc, argv, "u:g:r:p:b:LMv")) != -1) {
		switch (c) {
		case 'u':
			rm->uid = (uid_t)number(optarg, "uid");
			uid = 1;
			break;
		case 'g':
			rm->gid = (gid_t)number(optarg, "gid");
			gid = 1;
			break;
		case 'r':
			rm->root = optarg;
			break;
		case 'p':
			rm->parent = (pid_t)number(optarg, "parent");
			break;
		case 'b':
			rm->build = optarg;
			break;
		case 'L':
			rm->accept_no_landlock = 1;
			break;
		case 'M':
			memlock_accept();
			break;
		case 'v':
			rm->verbose = 1;
			break;
		default:
			fatalx(EXIT_USAGE, "clawbotd starts this program; "
			    "see clawbotd(8)");
		}
	}
	if (optind != argc || !uid || !gid || rm->uid == 0 ||
	    rm->gid == 0 || rm->build == NULL)
		fatalx(EXIT_USAGE, "clawbotd starts this program; see "
		    "clawbotd(8)");
}

void
rolemain_start(struct rolemain *rm, enum role role, const char *build,
    int argc, char **argv)
{
	static const int keep[] = { ROLE_FD_IPC, ROLE_FD_LOG };

	memset(rm, 0, sizeof(*rm));
	rm->role = role;
	log_init(role_name(role), LOG_TO_STDERR, -1, 0);
	parse(rm, argc, argv);
	priv_closefrom(keep, sizeof(keep) / sizeof(keep[0]));
	log_init(role_name(role), LOG_TO_FD, ROLE_FD_LOG, rm->verbose);
	(void)signal(SIGPIPE, SIG_IGN);
	/* a file that may not grow is an error like others */
	(void)signal(SIGXFSZ, SIG_IGN);
	if (sodium_init() == -1)
		fatalx(EXIT_SYSTEM, "libsodium");
	rm->ipc = ipc_new(ROLE_FD_IPC, role, ROLE_SUPERVISOR, MS_BOOT);
	if (rm->ipc == NULL)
		fatal(EXIT_SYSTEM, "descriptor %d", ROLE_FD_IPC);
	if (strcmp(rm->build, build) != 0)
		/* programs are being replaced, perhaps: try again */
		rolemain_fail(rm, EXIT_SYSTEM, "clawbot-%s is of build %s, "
		    "clawbotd of %s: install all programs anew",
		    role_name(role), build, rm->build);
}

void
rolemain_fail(struct rolemain *rm, int status, const char *fmt, ...)
{
	char text[MSG_TEXT_MAX];
	struct buf b;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_init(&b, MSG_TEXT_MAX + 6);
	buf_put_u16(&b, (uint16_t)status);
	buf_put_str(&b, text);
	if (ipc_send(rm->ipc, MSG_FAILED, 0, b.data, b.len, NULL, 0) == -1 ||
	    ipc_drain(rm->ipc, ROLE_DRAIN_MS) != 0)
		log_warnx("%s", text);
	_exit(status);
}

void
rolemain_end(struct ipc *ipc, int how)
{
	if (how == -2)
		_exit(0);
	log_warnx("from the supervisor: %s", ipc_error(ipc));
	_exit(EXIT_ROLE_PROTO(ROLE_SUPERVISOR));
}
