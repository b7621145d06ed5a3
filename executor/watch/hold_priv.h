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

/*
 * files.c: what the name of a program, of what reads a script or of a loader
 * leads to.
 */
struct progfile {
	int		 fd;		/* to be read */
	int		 lent;		/* not to be closed; for this call */
	struct stat	 st;
	char		 where[PATH_MAX];	/* canonical */
};
/*
 * If it may be executed: 0 or a negative error number, *hidden as for
 * sought_read().
 */
int	progfile_find(struct call *, int dirfd, const char *path, int flags,
	    struct progfile *, int *hidden);
/* If it may be read, which is enough for a loader: likewise. */
int	progfile_named(const struct walk *, const char *name,
	    struct progfile *);
/* Its beginning. */
#define PROGFILE_HEAD	4096U
struct progfile_head {
	int		 fd;
	ssize_t		 n;		/* as by pread(2) */
	uint8_t		 p[PROGFILE_HEAD];
};
void	progfile_head(struct progfile_head *, int fd);
/*
 * What the kernel would map to begin in: 1 and its path, 0: none, or a negative
 * error number.
 */
int	progfile_loader(const struct progfile_head *, char path[PATH_MAX]);

/* What a call asks for, as it was read. */
struct sought {
	struct held_exec	 h;		/* cwd, interp_arg, argv */
	int		 fds[4];	/* in the order of HELD */
	unsigned	 nfds;
	unsigned	 lent;		/* a bit for each: as in progfile */
	int		 exe;		/* which of them is executed */
	dev_t		 dev;		/* that one's */
	ino_t		 ino;
	dev_t		 cwd_dev;	/* of h.cwd */
	ino_t		 cwd_ino;
	char		*script;	/* its name to what reads it, or NULL */
	dev_t		 loader_dev;	/* of HELD_LOADER; 0: it is not one */
	ino_t		 loader_ino;
	/* the arguments that the new program must have, joined with NULs */
	uint8_t		 args[EXECS_DIGEST];
	int		 links;		/* what its words lead to by links may
					   count: it is like no other */
	crypto_generichash_state all;	/* of what is decided by */
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
/*
 * Once, of what was read: two are equal that have the same files, which are as
 * they were, the same arguments and directory, and are the same one's.
 */
void	sought_same(struct sought *, unsigned whose,
	    uint8_t same[EXECS_DIGEST]);
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

/*
 * kept.c: what equal requests may go on by, without that the runner is asked.
 * A place, or HELD_NOWHERE.
 */
/* One that holds for this, if there is room for one more; it is used now. */
uint16_t kept_use(const uint8_t same[EXECS_DIGEST]);
/* What went on by it has come to something. */
void	kept_used(uint16_t place);
/* For one that is to be asked about. */
uint16_t kept_place(const uint8_t same[EXECS_DIGEST]);
/* The runner's word about that, or there is none to come: does it hold? */
void	kept_word(uint16_t place, int holds);
/* So many more may go on. */
void	kept_ahead(uint32_t more);

/* loader.c: is this what the kernel has mapped to begin in? */
int	loader_is(const struct walk *, int fd);

/* tell.c: to the runner, over this. */
void	tell_start(int box);
/* It becomes longer where it does not fit into a message. */
void	tell_held(struct sought *);
void	tell_fate(uint64_t key, enum fate, uint32_t image);
void	tell_shown(uint64_t key, const int *fds, unsigned n);
void	tell_repeated(const struct repeated *);

/*
 * loaded.c: the file that a loader is to load, if exe, which names none, is
 * one, and these are the words of the new program.  0, -ENOENT or -ENOTDIR if
 * there is none, or another negative error number; *hidden as in sought_read.
 */
int	loaded_find(const struct walk *, int exe, char *const *words, size_t n,
	    struct progfile *, int *hidden);

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
 * The same of who calls; a thread is what its process is.  *alone: the start of
 * its process, if that has no other thread, nor gets one while this one is
 * held; or 0.
 */
uint32_t image_of_caller(const struct images *, const struct walk *,
	    uint64_t *alone);
/* It is a new one now, with the next number; its start, or 0: not known. */
uint32_t image_new(struct images *, const struct walk *, pid_t pid,
	    uint64_t start);
/* Parent, number of threads and start of a process or thread. */
int	image_stat(const struct walk *, pid_t, pid_t *parent, unsigned *threads,
	    uint64_t *start);

#endif
