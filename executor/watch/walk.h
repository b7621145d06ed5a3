/* SPDX-License-Identifier: ISC */
/*
 * Finding what a path means to another process: from its root, its working
 * directory or one of its descriptors, one name after the other, links
 * followed by hand.  What comes out are descriptors of our own (O_PATH), so
 * that nothing is looked up a second time between check and effect.
 */
#ifndef EXECUTOR_WATCH_WALK_H
#define EXECUTOR_WATCH_WALK_H

#include <sys/stat.h>
#include <sys/types.h>

#include <limits.h>

struct walk {
	int	proc;		/* /proc */
	dev_t	proc_dev;
	int	self;		/* /proc/self/fd */
	uid_t	uid;
	pid_t	tid;		/* whose path it is */
};

enum walk_to {
	WALK_PARENT,		/* the last name is not looked at */
	WALK_NAME,		/* nor followed, if it is a link */
	WALK_FOLLOW,
	/* with one of those: for O_CREAT, to which a slash behind the last
	   name is the end of the matter, whatever the name is */
	WALK_MAKES = 4
};

#define WALK_FDS	2	/* that it keeps open */
#define WALK_MAXLINKS	40	/* MAXSYMLINKS of the kernel */

/*
 * One letter more than a name may have, for the kernel to refuse it when it
 * gets there, and a slash.
 */
#define SPOT_NAME	(NAME_MAX + 3)

struct spot {
	int		dir;	/* that holds name; -1: magic, only obj */
	int		obj;	/* what is there; -1: nothing */
	int		slash;	/* the path ended in one: obj has to be a
				   directory, which is for the caller to say */
	char		name[SPOT_NAME];	/* with that slash behind it */
	struct stat	st;	/* of obj */
};

/* 0, or -1 and errno: no proc. */
int	walk_init(struct walk *);
/* What it has open; how many. */
size_t	walk_fds(const struct walk *, int fds[WALK_FDS]);
/* All of these: 0 or more, or a negative error number. */
int	walk_path(const struct walk *, int dirfd, const char *path,
	    unsigned to, struct spot *);
/* A descriptor (AT_FDCWD: the working directory) itself. */
int	walk_fd(const struct walk *, int fd, struct spot *);
/* The same, and not if it is O_PATH, with which nothing can be done. */
int	walk_open_fd(const struct walk *, int fd, struct spot *);
void	walk_done(struct spot *);
/* The name without the slash behind it. */
void	spot_bare(const struct spot *, char name[SPOT_NAME]);
/* The canonical path of one of our descriptors. */
int	walk_where(const struct walk *, int fd, char buf[PATH_MAX]);
/* Is this canonical path about ourselves, process 1? */
int	walk_ours(const char *where);

/* walkproc.c */
/* A file of /proc/TID. */
int	walk_proc(const struct walk *, const char *name, int flags);
/* What one of these links leads to. */
int	walk_stat(const struct walk *, const char *name, struct stat *);
/* What is in there, cut at size - 1 bytes. 0, or a negative errno. */
int	walk_text(const struct walk *, const char *name, char *text,
	    size_t size);
/*
 * The beginning of the caller's status; of the last threads that were asked
 * about it stays open.  0 or a negative errno.
 */
#define WALK_STATUS	2048
int	walk_status_text(const struct walk *, char text[WALK_STATUS]);
/* The number behind a key in there, such as "\nTgid:\t". The same. */
int	walk_number(const char *text, const char *key, int base, long *v);
/* Both. */
int	walk_status(const struct walk *, const char *key, int base, long *v);

#endif
