/* SPDX-License-Identifier: ISC */
/*
 * The other three processes, as the supervisor sees them: a pid, a socket, a
 * pipe with their diagnostics, and what they said when they were ready.  What
 * they are stands in one table; another role is another row of it.
 *
 * Descriptors of the supervisor when it is idle:
 *	0 1 2	/dev/null (2 is the terminal's with -d)
 *	one	epoll
 *	two	a pipe of libevent's for signals
 *	one	the locked pid file
 *	three	sockets to executor, auditor and vault
 *	three	pipes from their descriptor 4
 *	two	the same of the notifier, if there is one
 *	two	the same of the forwarder, if there is one
 *	one	a spare, given up when accept runs out of descriptors
 *	one	a listening socket for each channel
 *	one	the service manager's socket, if there is one
 *	one	syslog's socket, without -d and if there is a syslog
 * and one for each connected client.  The pipes of a run are open from the
 * verdict until the caller and the roles have them.
 */
#ifndef SUPERVISOR_ROLES_H
#define SUPERVISOR_ROLES_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/ipc.h"
#include "common/payload.h"
#include "supervisor/relay.h"

/* The supervisor's own account. */
#define SUPERVISOR_ACCOUNT	"_clawbot"

/* Place of a role in the table, and of its process in struct daemon. */
enum proc_at {
	PROC_EXEC, PROC_AUDIT, PROC_VAULT, NPROCS
};

/* Root directory of a role, and whose it is. */
enum proc_root {
	ROOT_EMPTY,		/* the supervisor's; it makes its own */
	ROOT_LOG,		/* its own: of the log, of the vault */
	ROOT_VAULT
};

/* What the daemon waits for when it stops, one after the other. */
enum stop_phase {
	STOP_NO,
	STOP_RUNS,		/* to end, and to be recorded */
	STOP_VAULT,
	STOP_AUDITOR,
	STOP_DONE
};

struct proc_row {
	enum role	 role;
	const char	*prog;		/* file below libexec */
	const char	*account;	/* no two roles share one */
	enum proc_root	 root;
	int		 pidns;		/* PID 1 of its own pid namespace */
	enum stop_phase	 stop;		/* in which it is told to end */
};

/* By enum proc_at. */
extern const struct proc_row proc_rows[NPROCS];
/*
 * The one that runs approvals.notify, where there is such: nothing rests on
 * it, so it is in no list of them all.
 */
extern const struct proc_row notifier_row;
/* The one that forwards records, likewise. */
extern const struct proc_row forwarder_row;

enum proc_state {
	PROC_NONE,		/* not started, or gone */
	PROC_BOOT,
	PROC_UP,
	PROC_STOPPING,		/* SHUTDOWN was sent */
	PROC_STOPPED		/* STOPPED came: its end is expected */
};

struct proc {
	const struct proc_row *row;
	enum role	 role;
	uid_t		 uid;
	gid_t		 gid;
	pid_t		 pid;
	enum proc_state	 state;
	struct ipc	*ipc;
	struct relay	 log;
	unsigned	 silent;	/* heartbeat.h: seconds that a PING has
					   not been answered for */
	int		 pinged;	/* one is under way */
	uint8_t		*ready;		/* fields of READY */
	size_t		 readylen;
};

/* One, and all that the daemon rests on, as not started yet. */
void	proc_init(struct proc *, const struct proc_row *);
void	procs_init(struct proc[NPROCS]);
/* Closes everything of it; the process notices. */
void	proc_close(struct proc *);

/*
 * Sends to a role and frees b (which may be NULL).  -1 if it does not fit
 * into the message.
 */
int	role_send(struct proc *, unsigned type, uint64_t id, struct buf *b,
	    const int *fds, unsigned nfds);
/* The same with a structure of the type's shape, see payload.h. */
int	role_put(struct proc *, unsigned type, uint64_t id,
	    const struct shape *, const void *v, const int *fds,
	    unsigned nfds);

#endif
