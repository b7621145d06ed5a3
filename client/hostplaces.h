/* SPDX-License-Identifier: ISC */
/*
 * Where the files of a daemon with a configuration are to be, and whose, as
 * clawbotd(8) tells it: see supervisor/boot/layout.h.
 */
#ifndef CLIENT_HOSTPLACES_H
#define CLIENT_HOSTPLACES_H

#include <sys/types.h>

#include "client/cli.h"
#include "common/xmalloc.h"

enum hostplace_kind { PLACE_DIR, PLACE_FILE, PLACE_CONTENTS };

struct hostplace {
	char		*what;
	enum hostplace_kind	 kind;
	char		*path;
	uid_t		 uid;
	gid_t		 gid;
	mode_t		 mode;
};

struct hostplaces {
	struct hostplace	*v;
	size_t		 n;
	struct strv	 wrong;		/* with accounts, as text */
	struct strv	 grants;	/* that cannot be granted */
	struct strv	 lacks;		/* and why: one for each of them */
};

/* NULL: the usual configuration.  0, or -1 and *f; hostplaces_free() after. */
int	hostplaces_get(struct hostplaces *, const char *conf,
	    struct fail *);
void	hostplaces_free(struct hostplaces *);
/* The directory of that word, or NULL. */
const struct hostplace *hostplaces_dir(const struct hostplaces *,
	    const char *what);

#endif
