/* SPDX-License-Identifier: ISC */
/*
 * The battery: what no run may be able to do, tried from where a command
 * would be, by a process that is in all else what a command is.  The table
 * of attempts is the same on both sides, so a report has verdicts only.
 */
#ifndef EXECUTOR_PROBE_H
#define EXECUTOR_PROBE_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

struct jail;

/* Layers of the sandbox. */
enum probe_layer {
	PL_ACCOUNT, PL_CAPABILITIES, PL_NO_NEW_PRIVS, PL_NAMESPACES, PL_VIEW,
	PL_MOUNTS, PL_DEVICES, PL_LANDLOCK, PL_SECCOMP, PL_SOCKETS,
	PL_TERMINAL, PL_PROCESSES, PL_LIMITS, PL_ENVIRONMENT, PL_SESSION,
	PL_DESCRIPTORS, PL_NAMES, PL_LAYERS
};

/* What became of an attempt. */
enum probe_verdict {
	PROBE_HELD = 1,
	PROBE_OPEN = 2,		/* it went through */
	PROBE_MISSING = 3	/* this kernel does not offer the layer */
};

struct probe_result {
	uint8_t	verdict;
	int	err;		/* errno with which it was refused, or 0 */
};

/*
 * One attempt.  It returns a verdict and leaves errno; what could end the
 * process that tries is done in a child of its own.
 */
struct attempt {
	enum probe_layer	 layer;
	const char		*name;
	enum probe_verdict	(*fn)(const struct jail *);
};

/* Attempt i in the order of reports, or NULL past the end. */
const struct attempt	*probe_at(size_t i);
size_t			 probe_count(void);
/* "seccomp", ...; static, never NULL. */
const char		*probe_layer_name(unsigned);
/* What a run could do where an attempt in that layer goes through. */
const char		*probe_layer_means(unsigned);
const char		*probe_verdict_name(unsigned);

/* The report: u16 count, then u8 verdict and u32 errno of each attempt. */
#define PROBE_ATTEMPTS_MAX	256
#define PROBE_REPORT_MAX	(2 + 5 * PROBE_ATTEMPTS_MAX)
void	probe_put(struct buf *, const struct probe_result *, size_t n);
/* n results and nothing else, every verdict a known one; 0, or -1. */
int	probe_get(const void *, size_t len, struct probe_result *, size_t n);

/*
 * Words of the plan of a self-check, behind argv[0]: an abstract socket of
 * the executor (without the leading NUL) that no run may reach, then the
 * executor's own namespaces as /proc/self/ns names them, in this order.
 */
#define PROBE_ARG_SOCKET	1
#define PROBE_ARG_NS		2
#define PROBE_NAMESPACES	{ "pid", "mnt", "ipc", "uts", "cgroup" }
#define PROBE_NNAMESPACES	5

/* probe.c.  Tries everything, reports on standard output, and exits. */
void	probe_main(const struct jail *) __attribute__((__noreturn__));

/* For the attempts. */
/* Refused, whatever the reason? */
enum probe_verdict	probe_refused(long r);
/* Refused by exactly this, so that it was the layer that did it? */
enum probe_verdict	probe_refused_by(long r, int err);
enum probe_verdict	probe_is(int good);
/* Open, and closed again? */
enum probe_verdict	probe_opens(const char *path, int flags);
/* Is the path, something in it, or what it is in granted? */
int			probe_granted(const struct jail *, const char *path);
/*
 * Runs fn in a child: its exit status (what fn returned), or 256 and the
 * signal that ended it, or -1.
 */
int			probe_child(int (*fn)(void *), void *);

/* The parts of the table, each ends with a name of NULL. */
extern const struct attempt probe_priv[];	/* probe_priv.c */
extern const struct attempt probe_files[];	/* probe_files.c */
extern const struct attempt probe_sys[];	/* probe_sys.c */
extern const struct attempt probe_proc[];	/* probe_proc.c */
extern const struct attempt probe_names[];	/* probe_names.c */

/*
 * Built with test hooks, CLAWBOT_WITHOUT=LAYER@SKILL[@PATH] leaves out one
 * layer in the runs of a skill, while PATH exists in its view: so tests can
 * see that the battery finds it.
 */
#if CB_TEST_HOOKS
void	hook_skill(const char *name);
int	hook_without(const char *layer);
#else
#define hook_skill(name)	((void)0)
#define hook_without(layer)	0
#endif

#endif
