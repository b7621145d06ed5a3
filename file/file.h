/* SPDX-License-Identifier: ISC */
/*
 * The parts of clawbot-file; what it does is in common/fileop.h.  It is a
 * program like any other of a run and has no more rights than that: what it
 * takes care of is that a file is whole, and is what was meant.
 */
#ifndef FILE_FILE_H
#define FILE_FILE_H

#include <sys/stat.h>

#include <stddef.h>
#include <stdint.h>

#include "common/fileop.h"

struct fileread {
	const char	*path;
	uint64_t	 from;
	uint64_t	 most;
};

struct filewrite {
	const char	*path;
	const char	*digest;	/* of what comes, in hexadecimal */
	const char	*was;		/* of what is there, or NULL */
};

/* Each does all of it and returns the exit status. */
int	fileop_read(const struct fileread *);
int	fileop_write(const struct filewrite *);

/* outcome.c: the last line; they return the exit status that belongs to it. */
int	outcome_failed(int error);
int	outcome_because(const char *why);
int	outcome_differs(const char *digest);
/* Of what kind it is instead. */
int	outcome_not_a_file(const struct stat *);

/* digest.c: of a file from where it stands on; 0, or -1 and errno. */
int	digest_file(int fd, char hex[FILEOP_HEX + 1]);
void	digest_bytes(const void *, size_t, char hex[FILEOP_HEX + 1]);

/* What is to be there, and where. */
struct target {
	int		 dir;		/* that it is in */
	char		*name;
	int		 old;		/* what is there, or -1 */
	int		 exists;
	struct stat	 st;		/* of that */
	const void	*data;
	size_t		 len;
};

/*
 * target.c: follows links to the end.  0, or -1 and errno; or -2 if what is
 * there is no regular file.
 */
int	target_find(struct target *, const char *path);
/* Is it still what was found? */
int	target_same(const struct target *);
/* Can another file take its name, and be as it was in all but its content? */
int	target_replaceable(const struct target *);

/*
 * replace.c: another file takes its name.  0; -1 and errno: nothing has
 * changed; *again: it can be tried in the other way.
 */
int	fileop_replace(const struct target *, int *again);
/* The file itself gets other bytes.  0, or -1 and errno. */
int	fileop_change(const struct target *);

#endif
