/* SPDX-License-Identifier: ISC */
/*
 * What will be executed: found, opened, identified.  Used twice with the
 * same rules: when a request is resolved, in the view of its skill, and
 * right before it is executed, in the root of the run itself.
 */
#ifndef EXECUTOR_IDENT_H
#define EXECUTOR_IDENT_H

#include <sys/stat.h>
#include <sys/types.h>

#include <stddef.h>

#include "common/cberr.h"
#include "common/defs.h"
#include "common/plan.h"

#define IDENT_PATHDIRS	6	/* in RUN_PATH */
#define IDENT_MAXFILE	(UINT64_C(1024) * 1024 * 1024)
#define SHEBANG_MAX	256	/* as the kernel has it */

/* Why something cannot be executed. */
struct trouble {
	uint16_t	 err;		/* enum cberr */
	char		 text[506];
};

/* Where names are looked up, and for whom. */
struct place {
	int		 root;		/* descriptor of the root */
	const char	*prefix;	/* what canonical names begin with when
					   seen from outside: "/v/0", or "" */
	const char	*cwd;		/* inside */
	int		 at;		/* it, open, if the root is ours; or
					   -1: by its name */
	int		 ours;		/* root is known to be our own */
	uid_t		 uid;
	gid_t		 gid;
	/* ident_fill with the digest, in its own way; or NULL */
	int		(*fill)(int fd, struct ident *, struct trouble *);
};

void	trouble_set(struct trouble *, enum cberr, const char *, ...)
	    __attribute__((__format__ (printf, 3, 4)));

/* The #! line of a script: as written, and cut up. */
struct shebang {
	char	interp[SHEBANG_MAX];
	char	arg[SHEBANG_MAX];	/* "" if there is none */
};

/*
 * Finds what a command's first word means: by PATH, or as a path from cwd; and
 * clawbot-file is that which the view has (common/fileop.h).
 * The name as it was found goes to path, what fstat says to *st.  0 or -1
 * and *t.
 */
int	ident_find(const struct place *, const char *word,
	    char path[PLAN_MAXPATH], struct stat *st, struct trouble *);
/*
 * The same for who looks up many words in a place, for whom the directories of
 * RUN_PATH are open already.
 */
struct ident_dirs {
	int		 fd[IDENT_PATHDIRS];	/* -1: from the place's root;
						   AT_FDCWD: from ours */
	int		 ours;		/* the place's root is our own */
	unsigned	 learn;		/* a bit for each of which is to be
					   found out what it does not have */
};
/* *absent: a bit for each that does not have that name, and is not asked. */
int	ident_find_in(const struct place *, const struct ident_dirs *,
	    const char *word, unsigned *absent, char path[PLAN_MAXPATH],
	    struct stat *st, struct trouble *);
/* The i-th directory of RUN_PATH; 0: there is none. */
int	ident_pathdir(size_t i, char *dir, size_t size);
/*
 * Opens a program for reading: a regular file that the account may execute;
 * nothing else is opened, but what is in a directory of RUN_PATH.
 * A descriptor and what fstat says of it, or -1 and *t.
 */
int	ident_open(const struct place *, const char *path, struct stat *,
	    struct trouble *);
/* ident_find() and that in one, by fewer calls. */
int	ident_find_open(const struct place *, const char *word,
	    char path[PLAN_MAXPATH], struct stat *, struct trouble *);
/* Canonical name of a descriptor inside the place. 0 or -1. */
int	ident_name(const struct place *, int fd, char path[PLAN_MAXPATH]);
/* The numbers of *id, for who has asked already; without a digest. */
void	ident_numbers(struct ident *, const struct stat *);
/* Everything of *id but the path. hash: not just the numbers. */
int	ident_fill(int fd, int hash, struct ident *id, struct trouble *);
/* The same with its digest, and what was hashed written to another one. */
int	ident_copy(int fd, int to, struct ident *id, struct trouble *);
/* Same file, not touched since; digests count where both have one. */
int	ident_same(const struct ident *, const struct ident *);
/* 1: it is a script and *sb is set; 0: a program; -1 and *t: neither. */
int	ident_script(int fd, const char *path, struct shebang *sb,
	    struct trouble *);
/* The same of what it begins with: SHEBANG_MAX bytes, or all. */
int	ident_script_in(const void *, size_t, const char *path,
	    struct shebang *, struct trouble *);
/*
 * Does a canonical path lie in one of these grants?  What does not, belongs
 * to the system and cannot be changed by any account that runs use.
 */
int	ident_granted(const char *path, const struct strv *grants);
/* Of either kind. */
int	ident_in_grant(const char *path, const struct strv *read,
	    const struct strv *write);
/* Does it lie where each run has a file system of its own, grants apart? */
int	ident_private(const char *path);

#endif
