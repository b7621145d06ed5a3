/* SPDX-License-Identifier: ISC */
/*
 * Inside of a sandbox: its init, which is process 1 in there, and the
 * command.  The runner outside talks to them over three descriptors.
 */
#ifndef EXECUTOR_BOX_BOX_H
#define EXECUTOR_BOX_BOX_H

#include <sys/types.h>

#include <stdint.h>

#include "common/plan.h"
#include "common/xconf.h"
#include "executor/executor.h"

struct box {
	const struct profile	*profile;
	const struct xskill	*skill;
	const struct layers	*layers;
	const struct plan	*plan;	/* the command, once it has it */
	uint32_t spare;		/* see job */
	int	grouped;	/* born into a control group of its own */
	int	memory;		/* which holds its memory */
	/* to the runner, see inside.h */
	int	sock;		/* IN_INIT */
	int	go;		/* IN_START */
	int	trouble;	/* IN_TROUBLE, write end */
	int	idns;		/* of its account, or -1: idns.h */
	int	copies;		/* root of programs' copies; -1: no grant */
	int	door;		/* what is mounted on VIEW_INNER, or -1 */
	int	files[PLAN_MAXSECRETS];	/* of its secrets that are files, in
				   their order, to be written */
	unsigned nfiles;
	int	watch;		/* IN_WATCH, the command's end; or -1 */
	int	made;		/* it has its umask: no file is made now */
	int	stdio[3];	/* standard input, output, error */
};

/* The life of init. */
void	box_init(const struct box *) __attribute__((__noreturn__));
/*
 * trouble.c: reports, with the text of errno behind it unless that is 0, and
 * exits.  A lack (lack.h) is reported as such, whatever else was said.
 */
void	box_fail(const struct box *, enum cberr, const char *, ...)
	    __attribute__((__noreturn__, __format__ (printf, 3, 4)));

/*
 * mounts.c: in the spawner, what of /proc is to be masked; 0, or -1 and errno.
 * Then the mounts that each run has for itself.
 */
int	box_proc_note(void);
void	box_mounts(struct box *);
/*
 * A new mount: one call that takes all options as a text, where one call for
 * each of them and five more would do the same.
 */
void	box_mount(const struct box *, const char *type, const char *opts,
	    unsigned long flags, const char *at);
/* Where one can be on top while it has no other place. */
#define BOX_ASIDE	"/dev/shm"
/*
 * meminfo.c: in the spawner, the host's /proc/meminfo: 0, or -1 and errno.
 * Then that of a run with a limit of memory, over its own proc; how much it
 * tells of, in kB, where 0 is that the host's own tells enough.  Its text from
 * another one, with so much memory; what does not fit is left out.
 */
int	box_meminfo_note(void);
uint64_t box_meminfo_kb(const struct profile *);
void	box_meminfo(const struct box *);
/*
 * In the spawner, before a sandbox is built: where one like it was built last,
 * the file is put over the meminfo of the view, for all to come.  A sandbox
 * takes that for its own proc, at this place, while that of the view is there;
 * 0 if it is another one.
 */
void	box_meminfo_share(const struct profile *);
int	box_meminfo_take(const struct box *, const char *proc);
size_t	box_meminfo_text(const char *, uint64_t kb, char *, size_t);
/*
 * copy.c: where programs of grants are copied to, and its rule; then the copy
 * of one, open, with what was found in *id. The descriptor fd is closed.  It is
 * mounted at a place that the caller detaches (MNT_DETACH), or what that is in.
 */
void	box_copies(struct box *, const char *at);
void	box_copies_allow(const struct box *, int ruleset);
int	box_copy(const struct box *, int fd, const char *path,
	    struct ident *id);
/* loopback.c: lo of the run's own network, where it has one, comes up. */
void	box_loopback(const struct box *);
/*
 * What was sent there to addresses that it has no way to, or in datagrams to
 * ports of its own where nobody listens: so many times.
 */
uint32_t box_unreached(const struct box *);
/*
 * nested.c: grants that lie in a grant of write.  In the spawner, in the view
 * and before the first run: 0, or -1 and errno.  In a sandbox: is each still
 * where it was?  Looked at first as root of the user namespace, and then as
 * the account of the run.
 */
int	box_nested_note(const struct xskill *);
void	box_nested_check(const struct box *, int first);
/* drop.c: the account, no capability, Landlock, seccomp. */
void	box_drop(const struct box *);
/* exec.c: waits for the word, then becomes the command. */
void	box_exec(const struct box *) __attribute__((__noreturn__));
/* pty.c: a terminal in place of its three pipes. */
void	box_pty(const struct box *);
/* Those that no skill sets: the rows of rlimits.c. */
#define LIMITS_SIGPENDING	4096
#define LIMITS_MSGQUEUE		204800
#define LIMITS_MEMLOCK		(256 * 1024)
/*
 * rlimits.c: in the spawner, once, the limits that are the same for all runs
 * and bind hard: what a process may not raise again, its children may not
 * either.  0 or -1.
 */
int	rlimits_inherit(void);
/*
 * Lowers the other resource limits and the priority; spare processes of
 * the account are not the run's, and memory is left to a control group that
 * holds it. 0 or -1.
 */
int	rlimits_set(const struct limits *, uint32_t spare, int grouped);
/*
 * Did a run that failed meet its limit of memory?  By the events of a group
 * that holds it, or, where that is NULL, by the largest of its processes, in
 * kB.  signaled: a signal ended the command.
 */
int	rlimits_memory_met(const struct limits *, const struct cgroup_stat *,
	    uint64_t maxrss_kb, int signaled);
/* Init, before the filter: LIMITS_IO_*, for all that it forks; 0 or -1. */
int	rlimits_io(uint32_t class);

#endif
