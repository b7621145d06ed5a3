/* SPDX-License-Identifier: ISC */
/* What the supervisor's files share: the daemon itself. */
#ifndef SUPERVISOR_DAEMON_H
#define SUPERVISOR_DAEMON_H

#include <sys/queue.h>
#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/cberr.h"
#include "common/estop.h"
#include "common/lastuse.h"
#include "supervisor/clock.h"
#include "supervisor/conf/conf.h"
#include "supervisor/exit.h"
#include "supervisor/ids.h"
#include "supervisor/roles.h"
#include "supervisor/secretver.h"

#define RUNS_MAX	512
#define OPS_MAX		2048
#define STOP_MS		5000

struct client;
struct client_up;
struct door;
struct denials;
struct forwarding;
struct kept;
struct lapses;
struct noticeq;
struct notices;
struct unread;
struct event;
struct event_base;
struct op;
struct quota;
struct reload;
struct run;
struct standings;
struct logchecks;

struct listener {
	struct daemon			*d;
	const struct conf_channel	*ch;
	int				 fd;
	struct event			*ev;
	int				 paused;	/* accept failed */
	const struct door		*door;		/* of a run, or NULL */
};

struct daemon {
	const struct conf	*conf;		/* a reload replaces it */
	int			 foreground;	/* -d */
	int			 verbose;	/* -v */
	const char		*build;		/* id; also the roles' */
	uid_t			 uid;		/* after the drop */
	gid_t			 gid;
	int			 up_fd;		/* tells the parent; -1: none */

	struct event_base	*base;
	struct event		*events[8];	/* signals and timers */
	struct proc		 procs[NPROCS];
	struct proc		 notifier;	/* notice.h; or PROC_NONE */
	struct notices		*notices;	/* likewise; NULL: none */
	struct noticeq		*noticeq;	/* noticeq.h; likewise */
	struct proc		 forwarder;	/* forward.h; or PROC_NONE */
	struct forwarding	*forwarding;	/* likewise; NULL: none */
	unsigned		 layers;	/* own PRIV_* */
	int			 own_keyring;	/* not that of who started us */
	int			 knows_logins;	/* login.h */
	int			 unprivileged;	/* not root any more */
	int			 knows_values;	/* to hide the vault's in the
						   log: it has been open */
	char			*policy;	/* digest of conf, hex */
	unsigned		 generation;	/* reloads so far */
	struct reload		*reload;	/* under way, or NULL */
	char			*no_cgroup;	/* why, or "" */
	int64_t			 started;

	struct listener		*listeners;
	size_t			 nlisteners;
	TAILQ_HEAD(doors, door)	 doors;		/* door.h */
	int			 lock_fd;	/* the pid file */
	int			 spare_fd;
	TAILQ_HEAD(clients, client) clients;
	const struct client_up	*up;
	TAILQ_HEAD(unreads, unread) unreads;	/* unread.h */
	struct event		*reap;

	/* the auditor has refused a record, and written none since */
	char			*unrecorded;	/* why, or NULL */
	int64_t			 unrecorded_since;	/* now_ms() */
	struct logchecks	*logchecks;	/* NULL: nothing was found */

	struct estops		 estops;	/* emergency.h */
	uint64_t		 estop_mark;	/* of the last one given */

	struct lastuse		 uses;		/* of secrets */
	struct secretver	 versions;	/* likewise */
	struct quota		*quota;
	struct denials		*denials;	/* denied.h */
	struct standings	*standings;	/* standing.h */
	struct lapses		*lapses;	/* lapsed.h */
	struct run		*runs[RUNS_MAX];
	size_t			 nruns;
	TAILQ_HEAD(ops, op)	 ops;
	size_t			 nops;
	struct op		*change;	/* of the vault, under way */
	TAILQ_HEAD(askings, asking) askings;	/* resolveq.h */
	TAILQ_HEAD(kepts, kept)	 kept;		/* detach.h; oldest first */
	struct ids		 ids;

	enum stop_phase		 stop;
	/* closes what clients have of us */
	void			(*hang_up)(struct daemon *);
};

#endif
