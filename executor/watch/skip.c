/* SPDX-License-Identifier: ISC */
/*
 * What git(1) finds refused under protected names, and goes on without.
 *
 * A checkout that cannot make, or replace, one file of a tree stops half way:
 * the files are those of the one commit and the index says the other.  So
 * what git checks out under such a name it writes into a file without a name,
 * which is gone when it is closed; what is there stays, and git hears that
 * it has removed it; directories are made, and nothing gets into them.  Links
 * it is told it has made, too (skiplink.c).  Each of these is counted as
 * refused, and told at the end of the run, as ever.
 *
 * Which commit it is does not matter: a run can make any, with what it likes
 * in it.  Nor does it who is called git: what is done here for a program of
 * that name no other one could use, since nothing of it stays but directories
 * that are empty, and whoever makes itself one is told what is not so.
 *
 * Under ".git" this does not hold: nothing is checked out there, and what is
 * harmless in there is another matter (gitname.c).
 */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>

#include "executor/watch/watch_priv.h"

int
skip_removal(const struct call *c, const struct spot *s)
{
	char name[SPOT_NAME];
	struct stat st;

	spot_bare(s, name);
	if (s->slash || skip_apart(c->where[AT_NAME]) ||
	    fstatat(s->dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    (!S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode)) || !skip_for(c))
		return (-EROFS);
	return (0);
}

static int
in_vain(struct call *c, int flags, mode_t mode, struct stat *st)
{
	if ((flags & O_EXCL) == 0 || skip_apart(c->where[AT_NAME]) ||
	    !skip_for(c))
		return (-EROFS);
	return (draft_void(c, flags, mode, st));
}

int
skip_new(struct call *c, int flags, mode_t mode)
{
	struct stat st;
	int r;

	if ((r = in_vain(c, flags, mode, &st)) >= 0)
		skip_told(&st);
	return (r);
}

int
skip_anew(struct call *c, const struct spot *s, int flags, mode_t mode)
{
	struct stat st;
	int r;

	if (s->dir == -1 || !S_ISREG(s->st.st_mode) ||
	    (flags & O_ACCMODE) == O_RDONLY || name_where(c, s) < 0 ||
	    protect_check(&c->w->names, c->where[AT_NAME], NULL, NULL) !=
	    PROTECT_KEPT)
		return (-EEXIST);
	r = in_vain(c, flags, mode, &st);
	return (r == -EROFS ? -EEXIST : r);
}
