/* SPDX-License-Identifier: ISC */
/*
 * The other three processes, as the supervisor sees them: a pid, a socket, a
 * pipe with their diagnostics, and what they said when they were ready.
 *
 * Descriptors of the supervisor when it is idle:
 *	0 1 2	/dev/null (2 is the terminal's with -d)
 *	one	epoll
 *	two	a pipe of libevent's for signals
 *	one	the locked pid file
 *	three	sockets to executor, auditor and vault
 *	three	pipes from their descriptor 4
 *	one	a spare, given up when accept runs out of descriptors
 *	one	a listening socket for each channel
 *	one	the service manager's socket, if there is one
 *	one	syslog's socket, without -d and if there is a syslog
 * and one for each connected client.  The pipes of a run are open from the
 * verdict until the caller and the roles have them.
 */
#ifndef SUPERVISOR_PROC_H
#define SUPERVISOR_PROC_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "common/ipc.h"

struct event;

/* Diagnostics of a role on their way to ours. */
struct relay {
	int		 fd;		/* -1: ended */
	const char	*name;
	struct event	*ev;
	char		 line[2048];
	size_t		 len;
	int64_t		 since;		/* start of the current second */
	unsigned	 lines;		/* in it */
	unsigned	 dropped;
};

enum proc_state {
	PROC_NONE,		/* not started, or gone */
	PROC_BOOT,
	PROC_UP,
	PROC_STOPPING,		/* SHUTDOWN was sent */
	PROC_STOPPED		/* STOPPED came: its end is expected */
};

struct proc {
	enum role	 role;
	const char	*prog;		/* file below libexec */
	const char	*account;
	uid_t		 uid;
	gid_t		 gid;
	pid_t		 pid;
	enum proc_state	 state;
	struct ipc	*ipc;
	struct relay	 log;
	unsigned	 silent;	/* watch.h: seconds that a PING has not
					   been answered for */
	int		 pinged;	/* one is under way */
	uint8_t		*ready;		/* fields of READY */
	size_t		 readylen;
};

/* How a role is started. */
struct proc_opts {
	const char	*root;		/* -r */
	int		 pidns;		/* PID 1 of its own pid namespace */
	int		 accept_no_landlock;
	int		 verbose;
};

/*
 * Starts the program with descriptors 0 to 4 and nothing else.  0, or what
 * the daemon is to end with and the reason in err.
 */
int	proc_start(struct proc *, const struct proc_opts *, char *err,
	    size_t errlen);
/*
 * The maps of the user namespace that p waits in: its root is p's account,
 * every one of the n ids is itself.  0, or likewise.
 */
int	proc_map_ids(const struct proc *, const uid_t *uids, size_t nuids,
	    const gid_t *gids, size_t ngids, char *err, size_t errlen);
/* "exited with status 3", "was ended by signal 9" */
void	proc_how(int status, char *buf, size_t len);
/* Closes everything of it; the process notices. */
void	proc_close(struct proc *);

/* relay.c: passes on what is there now. */
void	relay_pump(struct relay *);
/* Writes what stands in an unfinished line, and closes. */
void	relay_end(struct relay *);

#endif
