/* SPDX-License-Identifier: ISC */
/* The inside of what init sees of execs. */
#ifndef EXECUTOR_WATCH_HOLD_PRIV_H
#define EXECUTOR_WATCH_HOLD_PRIV_H

#include <sys/types.h>

#include <sodium.h>
#include <stdint.h>

#include "executor/inside.h"
#include "executor/watch/watch_priv.h"

#define EXECS_DIGEST	32

/* What a call asks for, as it was read. */
struct sought {
	struct held_exec	 h;		/* cwd, interp_arg, argv */
	int		 fds[4];	/* in the order of HELD */
	unsigned	 nfds;
	int		 exe;		/* which of them is executed */
	dev_t		 dev;		/* that one's */
	ino_t		 ino;
	dev_t		 cwd_dev;	/* of h.cwd */
	ino_t		 cwd_ino;
	char		*script;	/* its name to what reads it, or NULL */
	dev_t		 loader_dev;	/* HELD_LOADER */
	ino_t		 loader_ino;
	/* the arguments that the new program must have, joined with NULs */
	uint8_t		 args[EXECS_DIGEST];
};

/*
 * sought.c: reads it all. 0, or a negative error number, with which the
 * call is to fail; *hidden says why it could not be judged if it did not.
 */
#define SOUGHT_HIDDEN	1	/* caller or file are not to be looked at, or a
				   script is read by a script */
#define SOUGHT_STRANGE	2	/* neither a program nor a script */
int	sought_read(struct call *, int dirfd, unsigned path, int flags,
	    struct sought *, int *hidden);
void	sought_done(struct sought *);
/* What a process is that was just executed. 0 or a negative error number. */
int	sought_became(const struct walk *, pid_t, struct sought *);
/* The digest of the arguments of a process that was just executed. */
int	sought_args(const struct walk *, uint8_t args[EXECS_DIGEST]);
/*
 * The file that a name leads a process to, its script perhaps: a descriptor, or
 * a negative error number.
 */
int	sought_named(const struct walk *, const char *name);
/* Likewise, by the name of the loader which the program exe names. */
int	sought_loader(const struct walk *, int exe);

/* loader.c: is this what the kernel has mapped to begin in? */
int	loader_is(const struct walk *, int fd);

/* seize.c: what is traced, between the call and what becomes of it. */
/*
 * From now on it stops where it becomes something else.  alone: its process
 * has no other thread.  0 or -1; errno is EAGAIN where it may be so later.
 */
int	seize_take(const struct walk *, pid_t tid, int alone);
/* Let go, or ended: its number may be another one's soon. */
void	seize_over(pid_t tid);

/* images.c: which program a process is, that was executed itself or forked. */
struct images {
	pid_t		 command;	/* it is 0 */
	struct image {
		pid_t		 pid;	/* 0: none */
		uint64_t	 start;
		uint32_t	 number;
	}		*v;
	size_t		 n;
	size_t		 room;
	uint32_t	 last;		/* number */
};

/* IMAGE_UNKNOWN where its parents have ended, or cannot be looked at. */
uint32_t image_of(const struct images *, const struct walk *, pid_t pid);
/*
 * The same of who calls; a thread is what its process is.  *alone: and that has
 * no other one, nor gets one while this one is held.
 */
uint32_t image_of_caller(const struct images *, const struct walk *,
	    int *alone);
/* It is a new one now, with the next number. */
uint32_t image_new(struct images *, const struct walk *, pid_t pid);
/* Parent, number of threads and start of a process or thread. */
int	image_stat(const struct walk *, pid_t, pid_t *parent, unsigned *threads,
	    uint64_t *start);

#endif
