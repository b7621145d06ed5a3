/* SPDX-License-Identifier: ISC */
/*
 * clawbot-auditor: started by clawbotd as root, locked into the log
 * directory before it reads its first message.
 */
#include "config.h"

#include <event2/event.h>
#include <sodium.h>
#include <string.h>

#include "auditor/auditor.h"
#include "build_id.h"
#include "common/landlock.h"
#include "common/log.h"
#include "common/memlock.h"
#include "common/rolemain.h"

/*
 * Made now: seccomp allows none of mlock(2), epoll_create1(2),
 * timerfd_create(2) and inotify_init1(2).
 */
static void
prepare(struct auditor *a)
{
	struct sealkeys **seal = &a->sealing.keys;

	if ((a->keys = sodium_malloc(sizeof(*a->keys))) == NULL ||
	    memlock(a->keys, sizeof(*a->keys)) == -1 ||
	    (*seal = sodium_malloc(sizeof(**seal))) == NULL ||
	    memlock(*seal, sizeof(**seal)) == -1)
		rolemain_fail(a->rm, EXIT_SYSTEM, "cannot lock memory for "
		    "keys: %s (or accept it in sandbox.acceptMissing)",
		    strerror(errno));
	if (clockstep_open(&a->clock) == -1)
		rolemain_fail(a->rm, EXIT_SYSTEM, "timerfd_create");
	logwatch_open(&a->watch, a->rm->root);
	if ((a->base = event_base_new()) == NULL ||
	    event_base_priority_init(a->base, 2) == -1)
		rolemain_fail(a->rm, EXIT_SYSTEM, "event loop");
}

/* No more run at a time than the executor takes. */
#define OUTPUT_RUNS	256

static void
lock_in(struct auditor *a)
{
	struct rolemain *rm = a->rm;
	struct priv p;
	char err[256];

	memset(&p, 0, sizeof(p));
	p.role = ROLE_AUDITOR;
	p.uid = rm->uid;
	p.gid = rm->gid;
	p.root = rm->root;
	p.landlock_fs = LL_FS_READ_FILE | LL_FS_WRITE_FILE | LL_FS_READ_DIR |
	    LL_FS_MAKE_REG | LL_FS_REMOVE_FILE | LL_FS_TRUNCATE;
	/*
	 * 3 and 4, directory, two logs, a key, epoll, timer, what tells of
	 * changes in the directory, three for the segment that is being packed,
	 * four for stored output that is, two for a segment that is being
	 * removed, and one for what is checked; two for each query, and one
	 * more where it begins with seals; two for each run whose output is
	 * stored, and one more on its way.
	 */
	p.nofile = ROLE_NOFILE + 3 * (AUDITOR_READS + AUDITOR_ASKS) +
	    3 * OUTPUT_RUNS;
	p.parent = rm->parent;
	p.accept_no_landlock = rm->accept_no_landlock;
	a->landlock_abi = priv_landlock_abi();
	if (priv_unshare(&p, err, sizeof(err)) == -1 ||
	    priv_drop(&p, err, sizeof(err)) == -1)
		rolemain_fail(rm, p.status, "%s", err);
	a->active = p.active;
}

int
main(int argc, char **argv)
{
	static struct rolemain rm;
	static struct auditor a;

	rolemain_start(&rm, ROLE_AUDITOR, BUILD_ID, argc, argv);
	if (rm.root == NULL)
		rolemain_fail(&rm, EXIT_USAGE, "no log directory");
	a.rm = &rm;
	prepare(&a);
	lock_in(&a);
	auditor_serve(&a, "/");
}
