/* SPDX-License-Identifier: ISC */
/*
 * Giving up privileges: one function, one order, for all processes, and
 * a proof at the end.  The order is that of the description in PRIVSEP; each
 * step that fails ends bring-up with the step's name.
 */
#ifndef COMMON_PRIV_H
#define COMMON_PRIV_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "role.h"

/* Optional layers; READY reports which are in force. */
#define PRIV_LANDLOCK	0x01U
#define PRIV_SECCOMP	0x02U

struct priv {
	enum role	 role;
	uid_t		 uid;
	gid_t		 gid;
	const char	*root;		/* chroot here; NULL: already done */
	int		 in_userns;	/* executor: uid and gid are 0 in its
					   own user namespace, capabilities
					   there stay, no chroot, no Landlock */
	uint64_t	 landlock_fs;	/* accesses to allow beneath root */
	const char	*const *landlock_write;	/* what may be written there,
					   too, up to NULL; or NULL */
	int		 landlock_read;	/* files beneath this descriptor may
					   be read, too; 0: there is none */
	int		 landlock_tcp;	/* TCP stays as it is */
	uint16_t	 landlock_port;	/* but is connected to this port alone;
					   0: to any */
	int		 nofile;	/* RLIMIT_NOFILE; 0: leave */
	int		 nproc;		/* RLIMIT_NPROC; 0: it never forks */
	pid_t		 parent;	/* must still be it; 0: not visible */
	int		 accept_no_landlock;
	unsigned	 active;	/* out: PRIV_* */
	int		 status;	/* out, of a failure: what to end with,
					   EXIT_NOPERM or see hostlack.h */
};

/*
 * Closes every descriptor from 3 on that is not in keep (n entries), and
 * opens /dev/null on 0, 1 and 2 where they are closed.  First thing a role
 * does.
 */
void	priv_closefrom(const int *keep, size_t n);
/* The same where 0, 1 and 2 are known to be open. */
void	priv_closebut(const int *keep, size_t n);
/* Everything after that, up to and including seccomp.  0, or -1 with status
 * and the reason in err. */
int	priv_drop(struct priv *, char *err, size_t errlen);
/* Empty network and ipc namespaces for auditor and vault, the latter alone
 * where TCP is to stay; as root. 0 or -1 likewise. */
int	priv_unshare(struct priv *, char *err, size_t errlen);
/*
 * The executor's last step: what it kept in its own user namespace goes too,
 * and it forks no more. 0, or -1 and the reason in err.
 */
int	priv_renounce(char *err, size_t errlen);
/* Proof on demand: no capability in any set, no_new_privs, filter on. */
int	priv_prove(const struct priv *, char *err, size_t errlen);
/* No core dump, also where the host has a handler for them; best as root,
 * and for all that is started from here. 0 or -1, errno. */
int	priv_no_core(void);
/* Running kernel's Landlock ABI, 0 if there is none. */
int	priv_landlock_abi(void);

#endif
