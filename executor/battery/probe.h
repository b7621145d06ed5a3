/* SPDX-License-Identifier: ISC */
/*
 * The battery: what no run may be able to do, tried from where a command
 * would be, by a process that is in all else what a command is.  The table
 * of attempts is the same on both sides, so a report has verdicts only.
 */
#ifndef EXECUTOR_BATTERY_PROBE_H
#define EXECUTOR_BATTERY_PROBE_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "executor/inside.h"

struct box;

/* Layers of the sandbox. */
enum probe_layer {
	PL_ACCOUNT, PL_CAPABILITIES, PL_NO_NEW_PRIVS, PL_NAMESPACES, PL_VIEW,
	PL_MOUNTS, PL_DEVICES, PL_LANDLOCK, PL_SECCOMP, PL_SOCKETS,
	PL_TERMINAL, PL_PROCESSES, PL_LIMITS, PL_ENVIRONMENT, PL_SESSION,
	PL_DESCRIPTORS, PL_MODES, PL_NAMES, PL_LAYERS
};

/* What became of an attempt. */
enum probe_verdict {
	PROBE_HELD = 1,		/* refused, by whom the table names */
	PROBE_OPEN = 2,		/* it went through, or nobody refused it who
				   could be relied on */
	PROBE_MISSING = 3,	/* this kernel does not offer the layer */
	PROBE_NOTED = 4		/* no effect, but another answer than those in
				   the table: not a hole, and to be looked at */
};

struct probe_result {
	uint8_t	verdict;
	int	err;		/* errno with which it was refused, or 0 */
};

/* An errno with which an attempt may be refused, who gives it, and why. */
struct refuser {
	int		 err;		/* 0: the end of a list */
	const char	*who;		/* a layer, or "kernel" */
	const char	*why;
};

struct attempt;

/* An attempt under way: the worst that its parts have come to. */
struct trial {
	const struct attempt	*a;
	const struct box	*bx;
	enum probe_verdict	 verdict;
	int			 err;
	long			 ret;		/* of try_returned() */
	int			 ret_err;
};

/*
 * One attempt.  Most are made of several calls.  What could end or change the
 * process that tries is done in a child of its own.
 *
 * An attempt is judged by its effect where it can have one, and by who has
 * refused it: an answer in the list is that of a layer.  What another answer
 * means depends.  Where the filter of runs answers, it does so before the
 * kernel is asked and alike on every kernel, so that any other answer comes
 * from behind it (ONLY_THESE).  Otherwise what was refused was refused, and a
 * kernel has changed its mind about how.  A kernel that does not know the
 * call (ENOSYS) has nothing that could be reached.
 */
struct attempt {
	enum probe_layer	 layer;
	const char		*name;
	void			(*fn)(struct trial *);
	const struct refuser	*answers;	/* NULL: nothing is refused,
						   a state is looked at */
	int			 others;
#define ONLY_THESE	1
};

/* Attempt i in the order of reports, or NULL past the end. */
const struct attempt	*probe_at(size_t i);
size_t			 probe_count(void);
/* "seccomp", ...; static, never NULL. */
const char		*probe_layer_name(unsigned);
/* What a run could do where an attempt in that layer goes through. */
const char		*probe_layer_means(unsigned);
const char		*probe_verdict_name(unsigned);

/*
 * What was noted of an attempt: its layer and name, what was answered in place
 * of what could be expected.
 */
void	probe_note(char *, size_t, const struct attempt *, int err);
/* "EPERM (seccomp)" and the like, the answers of an attempt; "" for none. */
void	probe_expected(char *, size_t, const struct attempt *);

/* The report, INSIDE_FOUND. */
#define PROBE_ATTEMPTS_MAX	256
#define PROBE_REPORT_MAX	INSIDE_FOUND_MAX
void	probe_put(struct buf *, const struct probe_result *, size_t n);
/* n results and nothing else, every verdict a known one; 0, or -1. */
int	probe_get(const void *, size_t len, struct probe_result *, size_t n);

/*
 * Words of the plan of a self-check, behind argv[0]: an abstract socket of
 * the executor (without the leading NUL) that no run may reach, the host's
 * network namespace as /proc/self/ns names it, then the executor's own ones
 * in this order.
 */
#define PROBE_ARG_SOCKET	1
#define PROBE_ARG_NET		2
#define PROBE_ARG_NS		3
#define PROBE_NAMESPACES	{ "pid", "mnt", "ipc", "uts", "cgroup", "net" }
#define PROBE_NNAMESPACES	6

/* probemain.c.  Tries everything, reports on standard output, and exits. */
void	probe_main(const struct box *) __attribute__((__noreturn__));

/* probe.c, for the attempts.  Each makes the verdict worse, or leaves it. */
/* A call that is to be refused, and has returned r and errno. */
void	try_call(struct trial *, long r);
/*
 * The same in two steps, where it can be seen whether it had its effect: what
 * it has returned is kept, with errno, before anything else is called; then
 * whoever has looked for the effect says whether there is one.
 */
void	try_returned(struct trial *, long r);
void	try_effect(struct trial *, int effect);
/* How things are to be. */
void	try_state(struct trial *, int good);
/* An open(2) that is to be refused; what was opened is closed again. */
void	try_open(struct trial *, const char *path, int flags);
/*
 * A Unix socket that is to be out of reach, by its path or, abstract, by its
 * name without the leading NUL.  A name that none can have is open: nothing
 * could be tried.
 */
void	try_connect(struct trial *, const char *name, int abstract);
/* Each of n paths that is not granted. */
void	try_paths(struct trial *, const char *const *, size_t n, int flags);
/* In a child: fn returns the errno of a refusal, or 0. */
void	try_child(struct trial *, int (*fn)(void *), void *);
void	try_missing(struct trial *);
/* Something that is neither refused nor a hole; errno tells. */
void	try_noted(struct trial *);

/*
 * There was no room to try it (no process, no memory, no descriptor): that
 * says nothing about the sandbox, and ends the battery without a report.
 */
void	probe_untried(void) __attribute__((__noreturn__));
/* The same if errno is of that kind. */
void	probe_passing(void);
/*
 * Runs fn in a child: its exit status (what fn returned), or 256 and the
 * signal that ended it, or -1.
 */
int	probe_child(int (*fn)(void *), void *);
/* Is the path, something in it, or what it is in granted? */
int	probe_granted(const struct box *, const char *path);
/*
 * What /proc/self/status has behind a key ("Uid:"), without blanks around
 * it.  0, or -1: it has no such line.
 */
int	probe_status(const char *key, char *val, size_t);

/* Answers that many attempts share. */
extern const struct refuser by_filter[], by_absent[], by_family[], by_view[],
	    by_ids[];

/*
 * Before the last layers are entered: measures what the sandbox is without
 * them, to compare with later.
 */
void	probe_control(const struct box *);
/* How many Landlock domains fit on top of what there is; -1: cannot tell. */
int	probe_domains(const struct box *);

/* The parts of the table, each ends with a name of NULL. */
extern const struct attempt probe_priv[];	/* probe_priv.c */
extern const struct attempt probe_files[];	/* probe_files.c */
extern const struct attempt probe_sys[];	/* probe_sys.c */
extern const struct attempt probe_net[];	/* probe_net.c */
extern const struct attempt probe_proc[];	/* probe_proc.c */
extern const struct attempt probe_modes[];	/* probe_modes.c */
extern const struct attempt probe_names[];	/* probe_names.c */

#endif
