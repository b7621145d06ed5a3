/* SPDX-License-Identifier: ISC */
/*
 * clawbot-notifier: runs approvals.notify, a program that somebody else has
 * made, for each request that begins to wait.  Started by clawbotd(8) as root
 * and as process 1 of a new pid namespace, where that program is named.
 */
#include "config.h"

#include <sys/signalfd.h>

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "build_id.h"
#include "common/field.h"
#include "common/landlock.h"
#include "common/log.h"
#include "common/payload.h"
#include "common/rolemain.h"
#include "notifier/notifier.h"

#define NCONFIG_MS	60000

/* The program needs somewhere to write, and that is all of it. */
static const char *const writable[] = { "/tmp", "/var/tmp", "/dev/null",
    NULL };

static void
drop(struct rolemain *rm, struct priv *p)
{
	char err[256];

	memset(p, 0, sizeof(*p));
	p->role = ROLE_NOTIFIER;
	p->uid = rm->uid;
	p->gid = rm->gid;
	p->landlock_fs = LL_FS_EXECUTE | LL_FS_READ_FILE | LL_FS_READ_DIR |
	    LL_FS_RESOLVE_UNIX;
	p->landlock_write = writable;
	p->landlock_tcp = 1;
	p->nofile = NOTIFIER_NOFILE;
	p->nproc = NOTIFIER_NPROC;
	p->parent = rm->parent;
	p->accept_no_landlock = rm->accept_no_landlock;
	if (chdir("/") == -1)
		rolemain_fail(rm, EXIT_SYSTEM, "notifier: /");
	if (priv_unshare(p, err, sizeof(err)) == -1 ||
	    priv_drop(p, err, sizeof(err)) == -1)
		rolemain_fail(rm, p->status, "notifier: %s", err);
}

static int
catch_children(struct rolemain *rm)
{
	sigset_t set;
	int fd;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1 ||
	    (fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)) == -1)
		rolemain_fail(rm, EXIT_SYSTEM, "notifier: signals");
	return (fd);
}

static char *
read_config(struct rolemain *rm)
{
	struct msg_nconf v;
	struct ipc_msg m;
	char *program;
	int r;

	memset(&m, 0, sizeof(m));
	if ((r = ipc_wait(rm->ipc, &m, NCONFIG_MS)) < 0)
		rolemain_end(rm->ipc, r);
	if (r == 0)
		fatalx(EXIT_ROLE_PROTO(ROLE_SUPERVISOR), "no configuration "
		    "came");
	if (m.type == MSG_SHUTDOWN)
		_exit(0);
	if (m.type != MSG_N_CONFIG ||
	    payload_get(&m, &msg_nconf_shape, &v) == -1)
		notifier_breach(m.type);
	program = v.program;
	v.program = NULL;
	shape_free(&msg_nconf_shape, &v);
	ipc_msg_done(&m);
	return (program);
}

static void
say_ready(struct rolemain *rm, const struct priv *p)
{
	struct buf b;

	buf_init(&b, 1024);
	field_bool(&b, "landlock", (p->active & PRIV_LANDLOCK) != 0);
	field_bool(&b, "seccomp", (p->active & PRIV_SECCOMP) != 0);
	(void)ipc_send(rm->ipc, MSG_READY, 0, b.data, b.len, NULL, 0);
	buf_free(&b);
	ipc_set_state(rm->ipc, MS_UP);
}

int
main(int argc, char **argv)
{
	struct rolemain rm;
	struct notifier n;
	struct priv p;

	rolemain_start(&rm, ROLE_NOTIFIER, BUILD_ID, argc, argv);
	/* it signals all that it sees, which is to be nobody else's */
	if (getpid() != 1)
		rolemain_fail(&rm, EXIT_SYSTEM, "notifier: not in a pid "
		    "namespace of its own");
	drop(&rm, &p);
	n.ipc = rm.ipc;
	n.id = 0;
	n.signals = catch_children(&rm);
	n.program = read_config(&rm);
	say_ready(&rm, &p);
	if (ipc_flush(n.ipc) == -1)
		rolemain_end(n.ipc, -2);
	notifier_serve(&n);
}
