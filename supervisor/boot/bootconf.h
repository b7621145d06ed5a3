/* SPDX-License-Identifier: ISC */
/* What the executor is told of the configuration: XCONF and its accounts. */
#ifndef SUPERVISOR_BOOTCONF_H
#define SUPERVISOR_BOOTCONF_H

#include <sys/types.h>

#include "common/buf.h"
#include "common/plan.h"
#include "common/ticket.h"
#include "common/xconf.h"
#include "supervisor/conf/conf.h"
#include "supervisor/roles.h"

/* Accounts that runs may use, for the maps of the user namespace. */
struct runids {
	struct xid	*ids;
	size_t		 nids;
	uid_t		*uids;		/* the same, each once */
	size_t		 nuids;
	gid_t		*gids;
	size_t		 ngids;
};

/* All that skills name, and callers where a skill runs as its caller. */
int	bootconf_ids(struct runids *, const struct conf *, char *err,
	    size_t errlen);
void	bootconf_free(struct runids *);
/* Those that the executor is given; TICKET_KEY, XCONF_MASK_KEY and
 * MSG_PRINT_KEY bytes. */
struct bootconf_keys {
	const uint8_t	*ticket;
	const uint8_t	*mask;
	const uint8_t	*print;
};
void	bootconf_xconf(struct buf *, const struct conf *,
	    const struct bootconf_keys *, uid_t, gid_t,
	    const struct runids *);
/*
 * The directories of homes: that of all, for each skill that has one one in
 * there, and in that one for each account that its runs may have.  each is told
 * path, owner and mode, until it does not give 0.  That, or -1 and err.
 */
typedef int bootconf_each(void *, const char *path, uid_t, gid_t, mode_t);
int	bootconf_homes(const struct conf *c, bootconf_each *each, void *arg,
	    char *err, size_t errlen);
/* A part of that, of one skill: XSKILL. */
void	bootconf_skill(struct buf *, const struct conf *,
	    const struct conf_skill *);

/*
 * An entry of vault.unlock: UNLOCK_* and the file that it means; 0: it means
 * none; -1 and why.
 */
#define BOOTCONF_CREDENTIAL	"clawbot.key"	/* its name */
int	bootconf_way(const char *, char path[PLAN_MAXPATH], char *err,
	    size_t errlen);
/*
 * Such a file, which root alone may be able to read; -1 and why.  The vault
 * looks at it once more.
 */
int	bootconf_keyfile(const char *path, char *err, size_t errlen);
/* The directory of the role that it is shut in, or NULL: it has none. */
const char *bootconf_root(const struct conf *, enum proc_root);

/* Of what a run prints, as much is stored at most: bytes. */
uint32_t bootconf_output(const struct conf *);
/* Need it not be there? */
int	bootconf_accepts(const struct conf *, enum accept_word);

#endif
