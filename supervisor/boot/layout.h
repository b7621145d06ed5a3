/* SPDX-License-Identifier: ISC */
/*
 * What a daemon with a configuration needs in the file system, and whose it
 * is.  From it bring-up makes directories, and clawbot(1), which is told by
 * clawbotd -L, mends and saves what is there.
 */
#ifndef SUPERVISOR_LAYOUT_H
#define SUPERVISOR_LAYOUT_H

#include <sys/types.h>

#include "supervisor/conf/conf.h"
#include "supervisor/roles.h"

enum layout_kind {
	LAYOUT_DIR,		/* a directory of this very mode */
	LAYOUT_FILE,		/* a file without other bits than these */
	LAYOUT_CONTENTS		/* all files in that directory, likewise */
};

struct layout_place {
	const char	*what;		/* "log", ...: a word for programs */
	enum layout_kind kind;
	const char	*path;
	uid_t		 uid;
	gid_t		 gid;
	mode_t		 mode;
};

/*
 * Each is told one, parents first, until it does not give 0.  That, or -1 and
 * err.  Accounts of procs have been found; conf's own path is not among them.
 */
typedef int layout_each(void *, const struct layout_place *);
int	layout_walk(const struct conf *c, const struct proc *procs,
	    layout_each *each, void *arg, char *err, size_t errlen);
/*
 * Writes all that on standard output for clawbot(1), fields behind a u32 with
 * their length: "what", "kind", "path", "uid", "gid", "mode"; and "wrong" for
 * what is wrong with accounts, whose places are left out then.  To root also
 * "grant", a path that cannot be granted, "skill", "why", and "make", a command
 * that makes it, where there is one: no start makes those, see
 * skills.NAME.write.  Returns the exit status.
 */
int	layout_say(const char *path);

#endif
