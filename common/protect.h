/* SPDX-License-Identifier: ISC */
/*
 * Names in writable grants that stay as they are: of one to four components,
 * like ".ssh" or ".git/hooks".  A component "*" stands for any one name, "**"
 * for one or more.  A name is protected wherever it stands in a grant, with
 * all that is below it.  Letters are compared without regard to case, since a
 * file system may do so.
 */
#ifndef COMMON_PROTECT_H
#define COMMON_PROTECT_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include "common/field.h"

#define PROTECT_PARTS	4

/*
 * Those of a skill that names none, NULL at the end: what is executed, or
 * decides what is, when a person or a tool opens the directory, logs in, or
 * asks for a key.
 */
extern const char *const protect_usual[];

/* What is wrong with a name that is to be protected, or NULL. */
const char *protect_wrong(const char *);

struct protect_name {
	char	*part[PROTECT_PARTS];
	size_t	 len[PROTECT_PARTS];
	size_t	 n;
	int	 git;		/* one of those of a repository of git's */
};

/*
 * Names that begin with this are the watch's own while it writes what has been
 * looked at: nobody else opens them for writing, wherever anything is
 * protected.
 */
#define PROTECT_OWN	".clawbot-"

struct protect {
	struct protect_name	 *v;
	size_t			  n;
	const struct strv	 *grants;	/* borrowed */
	const char *const	 *free;		/* places, NULL at the end */
	struct strv		  held;		/* see protect_hold() */
	/* by a letter: of what lengths, modulo 32, first parts begin with it */
	uint32_t		  begins[UCHAR_MAX + 1];
};

/* The stricter is the greater. */
enum protect_is {
	PROTECT_FREE,
	PROTECT_WITHIN,	/* it begins a protected name: no link may be it */
	PROTECT_BEGINS,	/* the same, as ".git", which may be no file either */
	PROTECT_KEPT	/* it is one, or below one */
};

/* Both lists are borrowed.  -1: a name that protect_wrong() refuses. */
int	protect_init(struct protect *, const struct strv *names,
	    const struct strv *grants, const char *const *places);
void	protect_done(struct protect *);

/*
 * Directories in a grant of write that lead to another grant, which is to
 * stay where it is: each of their names may not be taken from them.
 */
void	protect_hold(struct protect *, const struct strv *read,
	    const struct strv *write);
int	protect_held(const struct protect *, const char *path);

/* Is a canonical absolute path a grant, or below one? */
int	protect_granted(const struct protect *, const char *path);

/*
 * What a canonical absolute path is.  It counts below the deepest grant that
 * holds it: a grant that is itself a protected name was given on purpose.  In
 * the free places nothing is protected but in grants; elsewhere everything
 * counts.  For each name that the path begins, each(arg, name, first part
 * that is missing) is asked, unless it is NULL, until it does not give 0.
 */
enum protect_is protect_check(const struct protect *, const char *path,
	    int (*each)(void *, const struct protect_name *, size_t),
	    void *arg);
/* The same without the names of git's, and without asking. */
enum protect_is protect_check_others(const struct protect *,
	    const char *path);
/*
 * Which of the names made the last path that was looked at what it is, by its
 * place in the list; the number of names if none did.
 */
size_t	protect_by(const struct protect *);

#endif
