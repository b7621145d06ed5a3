/* SPDX-License-Identifier: ISC */
/*
 * What the files of the executor share.  The process itself is nobody on the
 * host and root in its own user namespace; it decides nothing, and what it
 * has others start does not start without a ticket of the auditor.
 */
#ifndef EXECUTOR_EXECUTOR_H
#define EXECUTOR_EXECUTOR_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "common/plan.h"
#include "common/rolemain.h"
#include "common/xconf.h"
#include "executor/cgroup.h"
#include "executor/ident.h"
#include "executor/inside.h"
#include "executor/payer.h"

#define XRUNS_MAX	256	/* resolved, waiting and running together */
#define PLANS_BYTES	(64U * 1024 * 1024)	/* of plans held for them */

struct ask_end;
struct asks;
struct doctor;
struct event;
struct event_base;
struct pools;
struct probe_result;
struct redact;
struct xrun;
struct warm;

/* A skill at work. */
struct skill {
	const struct xskill	*x;
	size_t			 index;
	char			*broken;	/* why it cannot be used */
	char			*moved;		/* which grant is another one,
						   see grantwatch.h */
	struct probe_result	*found;		/* of the last examination */
	int			 setting;	/* a setting of the host, which
						   can be another, refuses it */
	char			 prefix[32];	/* "/v/N" */
	int			 spawner;	/* socket, see spawner.h */
	int			 resolver;	/* likewise */
	pid_t			 pid;
	struct executor		*executor;
	struct warm		*pool;		/* see pool.h */
	size_t			 npool;
	struct profile		 profile;	/* that the pool is made in */
	struct profile		 other;		/* that came last instead */
	int			 in_use;	/* looks until it is not */
};

struct executor {
	struct rolemain		 rm;
	struct xconf		 xc;	/* without the keys */
	uint8_t			*mask_key;	/* guarded */
	uint8_t			*print_key;	/* of fingerprints; guarded */
	uint8_t			*key;	/* of runs' tickets; guarded, and NULL
					   once the spawners have theirs */
	struct skill		*skills;	/* xc.nskills */
	struct layers		 layers;
	struct payer		 payer;
	int			 core_socket;	/* as cores.h has it */
	int			*idns;	/* of each of xc.ids; during start */
	char			 no_idns[160];	/* why there are none */
	int			 program;	/* of spawners; during start */
	int			 source;	/* etc_prepare(); likewise */
	struct cgroups		 cgroups;	/* dir: during start */
	char			 no_cgroup[128]; /* why they do not work */
	struct redact		*redact;
	int			 prints;	/* for runners, see printfile.h;
						   -1: no output is stored */
	struct asks		*asks;
	struct event_base	*base;
	struct pools		*pools;
	struct doctor		*doctor;	/* under way, or NULL */
	char			 kernel[65];	/* release, as of uname(2) */
	char			 host_net[64];	/* the host's network namespace
						   as /proc/self/ns names it */
	int			 lure;		/* these are exam.h's */
	char			 lure_name[32];
	struct strv		 battery;	/* what it is told */
	int			 null;
	int			 yama;
	struct xrun		*runs[XRUNS_MAX];
	size_t			 nruns;
	size_t			 planbytes;
	int			 stopping;
};

/* exec_msg.c: the supervisor's messages, and what asks.h says of them. */
extern const struct ask_end exec_asked;
void	exec_msg(struct ipc *, struct ipc_msg *, void *);
void	exec_end(struct ipc *, int, void *) __attribute__((__noreturn__));
/* The supervisor did what it never does; ends the process. */
/* The payload of a message; what does not decode is a breach. */
void	exec_get(const struct ipc_msg *, const struct shape *, void *v);
void	exec_breach(const char *, ...)
	    __attribute__((__noreturn__, __format__ (printf, 1, 2)));

/* exec_stop.c: are all runs at their end after SHUTDOWN?  Then we end, too. */
void	exec_maybe_stopped(struct executor *);

/* limitstatus.c: what enforces each kind of limit, as fields of READY. */
void	limits_status(struct buf *, const struct executor *);

/*
 * exam/selfcheck.c: examines every skill, and tells the supervisor how far it
 * is.  0, or the exit status if none holds, and why.
 */
int	selfcheck(struct executor *, char *err, size_t errlen);
/* exam/ready.c: what READY says: the layers, and what skills are refused. */
void	exec_ready_fields(const struct executor *, struct buf *);
/* Are its runs in the host's network? */
int	exec_has_network(const struct skill *);
/* The supervisor refuses it and says so; this is not to rest on that. */
int	exec_not_allowed(const struct executor *, const struct skill *);

#endif
