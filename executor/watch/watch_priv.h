/* SPDX-License-Identifier: ISC */
/* The inside of the watch, for its folder alone. */
#ifndef EXECUTOR_WATCH_PRIV_H
#define EXECUTOR_WATCH_PRIV_H

#include <sys/ioctl.h>

#include <linux/seccomp.h>

#include <errno.h>
#include <limits.h>
#include <stdint.h>

#include "common/protect.h"
#include "common/terms.h"
#include "executor/counted.h"
#include "executor/watch/gitconf.h"
#include "executor/watch/walk.h"

/* What the oldest headers do not have. */
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV	(1UL << 5)
#endif
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS		SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP	(1UL << 0)
#endif
#define NR_fchmodat2		452

#define WHERE_MAX	(PATH_MAX + SPOT_NAME)

#define HELPERS_MAX		64
#define ASIDE_TRIES	1000	/* to undo what others are against */
#define WATCH_LATER		INT_MAX	/* somebody else is going to answer */

struct gitindex_stat;

struct helper {
	pid_t		pid;
	uint64_t	id;
};

struct watch {
	int		 sock;		/* -1: came, or none is to come */
	int		 listener;	/* -1: none yet, or nobody is left */
	struct walk	 walk;
	int		 shares;	/* processes may have one umask */
	uint64_t	 memory_kb;	/* as a run sees it; 0: as it is */
	struct protect	 names;
	struct strv	 granted;	/* grants, and what is like one */
	uint32_t	 refused;
	uint32_t	 outside;	/* EROFS, for no protected name */
	uint32_t	 by[TERMS_MAXLIST];	/* of these, for each name */
	uint32_t	 counted[COUNTED_KINDS];	/* what has no name */
	struct helper	 helper[HELPERS_MAX];
};

/* One more of these. */
static inline void
watch_count(struct watch *w, enum counted kind)
{
	if (w->counted[kind] < UINT32_MAX)
		w->counted[kind]++;
}

/* One call that waits. */
struct call {
	struct watch		*w;
	struct seccomp_notif	 n;
	int			 known;	/* status was read */
	char			 status[WALK_STATUS];
	char			 path[2][PATH_MAX];
	/* canonical, of what was looked at last: see below */
	char			 where[2][WHERE_MAX];
};

/* In where: what is open, or is renamed; and a name in its directory. */
enum { AT_THING, AT_NAME };

#define ARG(c, i)	((c)->n.data.args[i])
#define ARG_INT(c, i)	((int)(uint32_t)ARG(c, i))

/* All of these: 0 or more, or a negative error number. */

/* caller.c */
/* Up to so much of its memory; less where the next page is not there. */
#define CALL_READ_MAX		65536U
int	call_read(struct call *, uint64_t addr, void *, size_t);
/*
 * All of it, if the call is still there, and not to another program by then;
 * where that fails, a part of it may have been written.
 */
int	call_write(struct call *, uint64_t addr, const void *, size_t);
/* Argument arg is a path, into path[i]. */
int	call_path(struct call *, unsigned arg, unsigned i);
/* Is the call still there, and what we read about its caller true? */
int	call_valid(const struct call *);
/* Its umask becomes ours; and which that is. */
int	call_umask(struct call *);
mode_t	call_mask(void);
/*
 * Has its process a number left for a descriptor?  0 or -EMFILE.  This is
 * exact as long as no other thread opens something meanwhile.
 */
int	call_room(struct call *);
/*
 * The call is going to return this descriptor of ours, which is to be closed
 * before its caller goes on: a copy would keep locks, pipes and ETXTBSY alive.
 * So this is not SECCOMP_ADDFD_FLAG_SEND, but two steps; the answer is the
 * value.
 */
int	call_put(const struct call *, int fd, int cloexec);
/* The same, and it is closed. */
int	call_give(const struct call *, int fd, int cloexec);
void	call_answer(const struct call *, int r);
/* Or the kernel does it, as it was asked: WATCH_LATER. */
int	call_continue(const struct call *);

/* name.c: may it?  What it is about is in where afterwards. */
enum effect {
	DO_WRITE,	/* change what is there */
	DO_MAKE,	/* something that is no directory and no link */
	DO_LINK,	/* a symbolic link */
	DO_MKDIR,
	DO_REMOVE,
	DO_RMDIR
};
/* Is it ".", ".." or "/", of which the kernel makes nothing? */
int	spot_dots(const struct spot *);
/* What is open as obj, for reading: all but what is ours; not in where. */
int	may_look(const struct call *, const struct spot *);
/* The same, to change it; AT_THING. */
int	may_change(struct call *, const struct spot *);
/* The name in its directory; AT_NAME. */
int	may_name(struct call *, const struct spot *, enum effect);
/* The same where name_where() has just said where that is. */
int	may_name_there(struct call *, const struct spot *, enum effect);
/*
 * Would another grant go along?  Then it stays, like what is mounted on.  It
 * says where that is (AT_NAME).
 */
int	may_leave(struct call *, const struct spot *);
/*
 * A rename: what is at from, and of that kind, gets the name of which AT_NAME
 * says where it is.
 */
int	may_move(struct call *, const struct spot *from, const struct stat *);
/* Is what was moved to this name, of that kind, protected under it? */
int	moved_kept(struct call *, const struct stat *, const struct spot *to);
/* Others may have taken the right to write there, to keep us from undoing. */
void	let_write(const struct walk *, int dir);
/* Did this name become a protected one while it was made?  Then it goes. */
int	became_kept(struct call *, const struct spot *, enum effect);

/* For the name that the last look at a path was about: -EROFS. */
int	name_refuse(struct call *);
/* The canonical path of the name, AT_NAME; 0 or a negative error number. */
int	name_where(struct call *, const struct spot *);
/*
 * May what is there, of that kind, leave its name, of which AT_NAME says where
 * it is?  AT_THING.
 */
int	may_take(struct call *, const struct spot *, const struct stat *);
/* The same as may_change(), for mode, owner and times alone. */
int	may_mark(struct call *, const struct spot *);

/* gitname.c: names of a repository that are kept, by their path. */
enum git_kind {
	GIT_NONE,		/* nothing under it is harmless */
	GIT_CONFIG,
	GIT_FILE,		/* a file .git */
	GIT_COMMONDIR,		/* of a work tree */
	GIT_HOOKS,		/* the directory, or that of branches */
	GIT_SAMPLE		/* a file in there that is no hook */
};
#define GIT_HAS_TEXT(kind)	((kind) == GIT_CONFIG || \
				    (kind) == GIT_FILE || \
				    (kind) == GIT_COMMONDIR)
#define GIT_COMMONDIR_TEXT	"../..\n"

struct git_text {
	size_t	len;
	char	data[GITCONF_MAX + 1];
};

enum git_kind git_kind(const struct protect *, const char *where);
/* A regular file, by a descriptor of it.  0 or -1; too long shows. */
int	git_read(const struct walk *, int obj, struct git_text *);
int	git_harmless(const struct protect *, enum git_kind,
	    const char *where, const struct git_text *);
/* May it be done with the kept name?  1 or 0. */
int	git_may(const struct call *, const struct spot *, const char *where,
	    enum effect);
/* May what is open as obj get other marks? */
int	git_may_mark(const struct call *, const struct spot *,
	    const char *where);

/* draft.c */
#define DRAFT_NONE	INT_MIN	/* it is none of these */
/* A name that is not there, of which AT_NAME says where; a descriptor. */
int	draft_new(struct call *, const struct spot *, int flags, mode_t);
/* What is there, to be written from its beginning. */
int	draft_anew(struct call *, const struct spot *, int flags);
/* A file is to get a name, of which AT_NAME says where it is. */
int	draft_move(struct call *, const struct spot *from,
	    const struct spot *to, const struct stat *, unsigned flags);
/*
 * A file with this in it, and otherwise like it, gets the name.  0, or -1 with
 * errno, and nothing of it is left.
 */
int	draft_place(int dir, const char *name, const void *, size_t,
	    const struct stat *like, unsigned flags);
/* A file that never gets a name, and what it is: a descriptor. */
int	draft_void(struct call *, int flags, mode_t, struct stat *);
/* Before a call is answered; or last, when nobody is left. */
void	drafts_settle(struct watch *, int last);

/* skipwho.c.  Is a component ".git", ".git.git" or one of the watch's own? */
int	skip_apart(const char *where);
/* Is the program that asks called git? */
int	skip_for(const struct call *);
/* May a directory of this kept name be made or removed?  1 or 0. */
int	skip_may(const struct call *, const char *where, enum effect);
/* What a link of ours leads to: nothing, and nobody makes anything there. */
#define SKIP_LINK_TEXT	"/proc/clawbot/this-name-is-protected"
/* Has the watch left it there, when it was killed?  1 or 0. */
int	skip_is_left(const struct spot *);

/* skip.c: what git is told of names that are kept, to go on without them. */
/* What may_name() refused to remove: 0, it is to be told so; or -EROFS. */
int	skip_removal(const struct call *, const struct spot *);
/* What it refused to make: a descriptor to write to in vain, or -EROFS. */
int	skip_new(struct call *, int flags, mode_t);
/* What is there and was to be new: the same, or -EEXIST. */
int	skip_anew(struct call *, const struct spot *, int flags, mode_t);

/* skiplink.c */
#define SKIP_LINKS_MAX	65536U	/* of a run; more are refused */
/*
 * A symbolic link was refused, with this error: 0 if git is to go on as if it
 * had made it, or that error.
 */
int	skip_link(struct call *, const struct spot *, int refused);
/* Before a call is answered; or last, when nobody is left. */
void	skip_links_settle(const struct watch *, int last);
/* How many there were. */
uint32_t skip_links(void);
/* Is it one of these, as git keeps it?  1 or 0. */
int	skip_was_linked(const struct gitindex_stat *);

/* skipindex.c.  git was told that it has made this file, which is not there. */
void	skip_told(const struct stat *);
/* Was it, of one with these numbers, as git keeps them?  1 or 0. */
int	skip_was_told(uint32_t dev, uint32_t ino);
/*
 * May be the index of a work tree that gets its name, of which AT_NAME says
 * where it is: with marks where it was told so; DRAFT_NONE where there are
 * none to be made.
 */
int	skip_index(struct call *, const struct spot *from,
	    const struct spot *to, const struct stat *, unsigned flags);

/* wait.c */
/* Our descriptor obj, opened once more. */
int	wait_open(const struct walk *, int obj, int flags);
/* A child opens it, answers the call, and is interrupted as the call is. */
int	wait_let(struct call *, int obj, int flags, int cloexec);
/* This child may have been one of these. */
void	wait_ended(struct watch *, pid_t);

/* open.c */
int	call_open(struct call *);
int	call_openat(struct call *);
int	call_openat2(struct call *);
int	call_creat(struct call *);

/*
 * device.c: a descriptor of the device that has this path, not to be closed;
 * or -1: it is to be looked for as all else is.
 */
int	device_held(const char *path);

/* bind.c */
int	call_bind(struct call *);

/* memory.c */
int	call_sysinfo(struct call *);
int	call_mmap(struct call *);

/* mark.c */
/* What the arguments name, which must be there. */
int	call_thing(struct call *, int dirfd, unsigned path, int flags,
	    struct spot *);
/* The calls that change what is there without opening it. */
int	call_mark(struct call *);
int	call_truncate(struct call *);

/* call.c */
/* Is it one that executes a program? */
int	call_executes(const struct call *);
int	call_perform(struct call *);

#endif
