/* SPDX-License-Identifier: ISC */
/*
 * clawbot-vault: holds the secrets and gives them out on tickets.  It has
 * the supervisor's socket, its own directory, and nothing else.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include <event2/event.h>

#include "build_id.h"
#include "common/landlock.h"
#include "common/log.h"
#include "common/rolemain.h"
#include "vault/guard.h"
#include "vault/vault.h"

static void
drop(struct rolemain *rm, struct priv *p)
{
	char err[256];

	memset(p, 0, sizeof(*p));
	p->role = ROLE_VAULT;
	p->uid = rm->uid;
	p->gid = rm->gid;
	p->root = rm->root;
	p->landlock_fs = LL_FS_READ_FILE | LL_FS_WRITE_FILE |
	    LL_FS_READ_DIR | LL_FS_MAKE_REG | LL_FS_REMOVE_FILE;
	p->nofile = ROLE_NOFILE;
	/* for derive.h; of all vaults of this account */
	p->nproc = 256;
	p->parent = rm->parent;
	p->accept_no_landlock = rm->accept_no_landlock;
	if (priv_unshare(p, err, sizeof(err)) == -1 ||
	    priv_drop(p, err, sizeof(err)) == -1)
		rolemain_fail(rm, p->status, "vault: %s", err);
}

int
main(int argc, char **argv)
{
	struct rolemain rm;
	struct vault v;
	struct priv p;
	char err[256];

	rolemain_start(&rm, ROLE_VAULT, BUILD_ID, argc, argv);
	if (rm.root == NULL)
		fatalx(EXIT_USAGE, "no directory was given");
	memset(&v, 0, sizeof(v));
	/* As root: the limit on locked memory does not bind it. */
	if (guard_init(err, sizeof(err)) == -1)
		rolemain_fail(&rm, EXIT_SYSTEM, "vault: %s", err);
	v.base = event_base_new();
	if (v.base == NULL)
		rolemain_fail(&rm, EXIT_SYSTEM, "vault: event loop");
	drop(&rm, &p);
	v.ipc = rm.ipc;
	v.k = keyring_get();
	v.root = rm.root;
	v.dir.uid = rm.uid;
	v.dir.root = rm.root;
	v.dir.fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (v.dir.fd == -1)
		rolemain_fail(&rm, EXIT_CONFIG, "vault: %s cannot be read by "
		    "uid %u", rm.root, (unsigned)rm.uid);
	vault_boot(&v, &rm, &p);
	if (ipc_ev_attach(v.ipc, v.base, vault_on_msg, vault_on_end, &v) ==
	    -1)
		fatalx(EXIT_SYSTEM, "event loop");
	(void)event_base_dispatch(v.base);
	guard_wipe();
	fatalx(EXIT_SYSTEM, "event loop ended");
}
