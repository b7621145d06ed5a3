/* SPDX-License-Identifier: ISC */
/*
 * What the processes of the executor say to each other: itself, the spawner
 * and the resolver of each skill, the runner of each run, and in its sandbox
 * init and what becomes the command.  Here is THE table; a message that has
 * no row in it is none.  Each begins with a letter, and a letter means one
 * thing.  Integers and strings are those of common/buf.h.
 *
 * Each way is a socket or a pipe that only these two have, so a message says
 * nothing of who sent it.  Over stream ways, of which the table says so,
 * messages follow each other; all others are datagrams, or files.
 */
#ifndef EXECUTOR_INSIDE_H
#define EXECUTOR_INSIDE_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "executor/counted.h"
#include "executor/ident.h"

/* Who speaks. */
enum inside_who {
	IW_EXECUTOR,
	IW_SPAWNER,
	IW_RESOLVER,
	IW_RUNNER,
	IW_INIT,
	IW_COMMAND	/* before it is executed, or the battery in its place */
};

/* Over what. */
enum inside_way {
	IN_FILE,	/* of memory, that a spawner is started with */
	IN_SPAWNER,	/* socket of a skill's spawner */
	IN_RESOLVE,	/* socket of a skill's resolver */
	IN_WISHES,	/* socket from all runners of a skill to its resolver */
	IN_CONTROL,	/* socket of one runner */
	IN_INIT,	/* socket from a runner to init */
	IN_START,	/* stream socket from a runner to the command */
	IN_TROUBLE,	/* pipe from the sandbox; it ends where the command
			   was executed, or ended before */
	IN_WATCH,	/* socket from the command to init */
	IN_REPORT	/* pipe from the battery, a stream */
};

/* Name, letter, from, to, way; bytes with the letter, descriptors; payload. */
#define INSIDE_TABLE(X)							\
/* A spawner */								\
X(CONF, 'C', IW_EXECUTOR, IW_SPAWNER, IN_FILE, 12, 33554432, 0, 0)	\
	/* LAYERS, u32 processes that wait in sandboxes, XCONF with its	\
	   skill and the accounts of that alone */			\
X(BUILD, 'B', IW_EXECUTOR, IW_SPAWNER, IN_SPAWNER, 22, 22, 1, 1)	\
	/* PROFILE: start a runner, which builds a sandbox; its end of	\
	   the control socket */					\
X(KEY, 'k', IW_EXECUTOR, IW_SPAWNER, IN_SPAWNER, 33, 33, 0, 0)		\
	/* 32 bytes: key of the tickets of its skill; once, first */	\
X(RULES, 'L', IW_EXECUTOR, IW_SPAWNER, IN_SPAWNER, 115, 115, 1, 1)	\
	/* TICKET for the digest of what follows; memory with that,	\
	   sealed: XSKILL, by which its runs are judged and limited from \
	   now on */							\
X(ETC, 'H', IW_EXECUTOR, IW_SPAWNER, IN_SPAWNER, 2, 2, 0, 0)		\
	/* u8: the host's /etc has changed; 1: at once, since runs are asked \
	   for, or 0: when the next one is */				\
X(ETC_NEW, 'I', IW_SPAWNER, IW_EXECUTOR, IN_SPAWNER, 1, 1, 0, 0)	\
	/* nothing: from now on sandboxes have that one */		\
/* A resolver */							\
X(RESOLVE, 'r', IW_EXECUTOR, IW_RESOLVER, IN_RESOLVE, 1, 16384, 0, 1)	\
	/* RESOLVE: look it up; or nothing, and memory with that, sealed */ \
X(PLANNED, 'q', IW_RESOLVER, IW_EXECUTOR, IN_RESOLVE, 1, 16384, 0, 1)	\
	/* RESOLVED without masks, likewise: the answer */		\
X(UNPLANNED, 'u', IW_RESOLVER, IW_EXECUTOR, IN_RESOLVE, 7, 512, 0, 0)	\
	/* u16 cberr, str reason: the answer, too */			\
X(MORE, 'n', IW_RESOLVER, IW_EXECUTOR, IN_RESOLVE, 1, 1, 0, 0)		\
	/* nothing: there is more to be read; the same once more, please, \
	   when others have had their turn */				\
X(PROGRAMS, 'M', IW_EXECUTOR, IW_RESOLVER, IN_RESOLVE, 1, 1, 1, 1)	\
	/* nothing; memory with XSKILL, sealed, whose programs are those \
	   of its skill's patterns from now on */			\
X(WISH, 'i', IW_RUNNER, IW_RESOLVER, IN_WISHES, 2, 4097, 0, 0)		\
	/* path of a file of the system, whose digest others could use */ \
/* A runner */								\
X(PLAN, 'P', IW_EXECUTOR, IW_RUNNER, IN_CONTROL, 9, 16384, 3, 39)	\
	/* u64 run, bytes: the plan; standard input, output and error, the \
	   pipes of its secrets, the socket of its channel, if it has one \
	   inside, the pipe for what is stored of its output, where that \
	   is, with memory, sealed, that has fingerprints of secrets, and \
	   where no bytes are in here memory with them, sealed */	\
X(GO, 'G', IW_EXECUTOR, IW_RUNNER, IN_CONTROL, 115, 115, 0, 0)		\
	/* TICKET for this run and plan */				\
X(TRY, 'y', IW_EXECUTOR, IW_RUNNER, IN_CONTROL, 1, 1, 0, 0)		\
	/* nothing: go, where it is the battery that goes */		\
X(KILL, 'K', IW_EXECUTOR, IW_RUNNER, IN_CONTROL, 3, 3, 0, 0)		\
	/* u8 outcome: end it, that is why; u8 now: at once */		\
X(WINSIZE, 'W', IW_EXECUTOR, IW_RUNNER, IN_CONTROL, 5, 5, 0, 0)		\
	/* u16 rows, u16 columns of its terminal */			\
X(ANSWER, 'A', IW_EXECUTOR, IW_RUNNER, IN_CONTROL, 124, 636, 0, 0)	\
	/* ANSWER of the supervisor */					\
X(EXECED, 'D', IW_EXECUTOR, IW_RUNNER, IN_CONTROL, 5, 5, 0, 0)		\
	/* EXECED, likewise */						\
X(EXECS, 'X', IW_RUNNER, IW_EXECUTOR, IN_CONTROL, 5, 65537, 0, 0)	\
	/* EXECS */							\
X(FILES, 'F', IW_RUNNER, IW_EXECUTOR, IN_CONTROL, 22, 65537, 0, 0)	\
	/* FILES */							\
X(QUESTION, 'Q', IW_RUNNER, IW_EXECUTOR, IN_CONTROL, 33, 65537, 0, 0)	\
	/* ASK */							\
X(ASKED, 'c', IW_RUNNER, IW_EXECUTOR, IN_CONTROL, 5, 5, 0, 0)		\
	/* ASKED */							\
X(STARTED, 'S', IW_RUNNER, IW_EXECUTOR, IN_CONTROL, 1, 1, 0, 0)		\
	/* nothing: executed, and not over at once */			\
X(RESULT, 'R', IW_RUNNER, IW_EXECUTOR, IN_CONTROL, 173, 16001, 0, 0)	\
	/* u8 was it executed, RUNRESULT, of which the executor says	\
	   what is logged; the last */					\
/* A sandbox */								\
X(TERM, 't', IW_RUNNER, IW_INIT, IN_INIT, 1, 1, 0, 0)			\
	/* nothing: ask everything in there to end */			\
X(ASK, 'a', IW_RUNNER, IW_INIT, IN_INIT, 1, 1, 0, 0)			\
	/* nothing: EXECUTED, if the command was */			\
X(HELD, 'h', IW_INIT, IW_RUNNER, IN_INIT, 20, 16384, 0, 4)		\
	/* u64 key, u32 process, u32 program that it is, u16 place, u8	\
	   HELD_*, HELD: an exec that waits for SETTLED; its files, and	\
	   memory with HELD, sealed, if that is not in here */		\
X(SETTLED, 'v', IW_RUNNER, IW_INIT, IN_INIT, 10, 10, 0, 0)		\
	/* u64 key, u8 SETTLED_*; of HELD, and of SHOWN */		\
X(SHOWN, 'o', IW_INIT, IW_RUNNER, IN_INIT, 9, 9, 1, 2)			\
	/* u64 key; what it is by now, which nobody can write to, and	\
	   what the name of its script leads to: it stands, and waits	\
	   for SETTLED once more */					\
X(FATE, 'd', IW_INIT, IW_RUNNER, IN_INIT, 14, 14, 0, 0)			\
	/* u64 key, u8 FATE_*, u32 the program that it is now; of each	\
	   HELD that was not refused, and then nothing more */		\
X(AHEAD, 'z', IW_RUNNER, IW_INIT, IN_INIT, 5, 5, 0, 0)			\
	/* u32: so many more may go on as REPEATED */			\
X(REPEATED, 'b', IW_INIT, IW_RUNNER, IN_INIT, 16, 16, 0, 0)		\
	/* u16 place, u8 FATE_*, u32 process, u32 program that it was,	\
	   u32 that it is now: one that went on without a word, since	\
	   it is equal to what was kept at that place */		\
X(STILL, 'l', IW_RUNNER, IW_INIT, IN_INIT, 1, 1, 0, 0)			\
	/* nothing: FATE of those that do not wait any more */		\
X(CHANGES, 'N', IW_INIT, IW_RUNNER, IN_INIT, 22, 16384, 0, 0)		\
	/* FILES: names that it has changed for the run */		\
X(EXECUTED, 'E', IW_INIT, IW_RUNNER, IN_INIT, 1, 1, 0, 0)		\
	/* nothing: the answer */					\
X(ENDED, 'e', IW_INIT, IW_RUNNER, IN_INIT, 110, 110, 0, 0)		\
	/* ENDED: the command has, and all that it left; the last */	\
X(TAKE, 'p', IW_RUNNER, IW_COMMAND, IN_START, 1, 1, 1, 1)		\
	/* nothing; memory with the plan */				\
X(GIVEN, 'V', IW_RUNNER, IW_COMMAND, IN_START, 6, 16380, 0, 0)		\
	/* u32 length, bytes: the plan, in place of TAKE */		\
X(TTY, 'm', IW_COMMAND, IW_RUNNER, IN_START, 1, 1, 1, 1)		\
	/* nothing; master of its terminal */				\
X(SECRET, 's', IW_RUNNER, IW_COMMAND, IN_START, 5, 65541, 0, 0)		\
	/* bytes: the next secret of the plan */			\
X(START, 'g', IW_RUNNER, IW_COMMAND, IN_START, 1, 1, 0, 0)		\
	/* nothing: behind the secrets, execute */			\
X(JOINED, 'j', IW_RUNNER, IW_COMMAND, IN_START, 1, 1, 0, 0)		\
	/* nothing: the same, with standard error where standard	\
	   output is */							\
X(TROUBLE, 'x', IW_INIT, IW_RUNNER, IN_TROUBLE, 7, 512, 0, 0)		\
	/* u16 cberr, str reason: it will not be executed; from the	\
	   command too */						\
X(WATCH, 'w', IW_COMMAND, IW_INIT, IN_WATCH, 1, 1, 1, 1)		\
	/* nothing; seccomp listener of its calls that init answers */	\
X(FOUND, 'f', IW_COMMAND, IW_EXECUTOR, IN_REPORT, 3, 1283, 0, 0)	\
	/* u16 count, each: u8 verdict, u32 errno: what the battery	\
	   found, in the order of its table */

#define INSIDE_LETTER(name, letter, from, to, way, min, max, fmin, fmax) \
	INSIDE_##name = letter,
enum inside {
	INSIDE_TABLE(INSIDE_LETTER)
	INSIDE_NONE = -1
};

/* Of each: the smallest, the largest, and the most descriptors. */
#define INSIDE_SIZES(name, letter, from, to, way, min, max, fmin, fmax)	\
	INSIDE_##name##_MIN = min, INSIDE_##name##_MAX = max,		\
	INSIDE_##name##_FDS = fmax,
enum {
	INSIDE_TABLE(INSIDE_SIZES)
};

/* Descriptors that come with INSIDE_PLAN, in this order. */
#define PLAN_STDIN	0	/* read end */
#define PLAN_STDOUT	1
#define PLAN_STDERR	2
#define PLAN_SECRETS	3	/* then a socket, a pipe with
				   fingerprints, memory, if any */

struct inside_row {
	const char	*name;
	uint8_t		 letter;
	enum inside_who	 from;
	enum inside_who	 to;
	enum inside_way	 way;
	size_t		 min;
	size_t		 max;
	unsigned	 minfds;
	unsigned	 maxfds;
};

/* In the order of the table; NULL past the end. */
const struct inside_row	*inside_row(size_t i);
/* What has come that way from there, or INSIDE_NONE: the table has no such. */
enum inside		 inside_type(enum inside_way, enum inside_who from,
			    const void *, size_t, unsigned nfds);

/* What a sandbox is built from, beside its skill. */
struct profile {
	uint32_t	uid;
	uint32_t	gid;
	uint32_t	tmp_mb;		/* of /tmp; 0: the kernel's default */
	uint32_t	shm_mb;		/* of /dev/shm, likewise */
	uint32_t	memory_mb;	/* that /proc/meminfo tells of; 0: the
					   host's */
	int		probe;		/* the battery in place of a command */
};

/* What the sandbox of a run with this account and limits is built from. */
void	profile_of(struct profile *, uid_t, gid_t, const struct limits *);

/* What the kernel gives; found out at bring-up, reported in READY. */
struct layers {
	int	landlock;	/* ABI, 0: none */
	int	userns_capped;	/* no user namespace beneath ours can be made */
	int	idns;		/* each account has its own: idns.h */
	unsigned cgroup;	/* CGROUP_* of groups of runs */
};

#define ENDED_KEPT	8

/* What became of a command, and what it cost. */
struct ended {
	int		executed;	/* or it ended before that */
	int		status;		/* as wait4(2) gives it: exited or
					   ended by a signal */
	uint64_t	user_us;
	uint64_t	sys_us;
	uint64_t	maxrss_kb;
	uint32_t	refused;	/* calls, for protected names */
	uint32_t	outside;	/* for names that no grant of write
					   has */
	uint32_t	changes;	/* of names, those not told too */
	uint32_t	counted[COUNTED_KINDS];	/* other refusals */
	struct {
		uint16_t name;		/* its place in the skill's list */
		uint32_t count;		/* 0: nothing */
	}		kept[ENDED_KEPT];	/* for protected names: the
						   first of them */
	uint64_t	processes;	/* and threads; 0: not known */
};

/* An exec of a process in a sandbox, which waits. */
struct held_exec {
	uint64_t	 key;		/* of init's, never again */
	uint32_t	 pid;		/* in there */
	uint32_t	 image;		/* program that the process is: 0 that
					   of the run, or by number of FATE;
					   IMAGE_UNKNOWN */
	uint16_t	 place;		/* where it can be kept, if equal ones
					   may go on, too: what was there is
					   not any more; or HELD_NOWHERE */
	uint8_t		 has;		/* HELD_*: descriptors, in this order */
	char		*cwd;
	char		*interp_arg;	/* as in struct plan */
	struct strv	 argv;		/* of the program or script */
};
extern const struct shape held_exec_shape;

/* One that was equal to what is kept at this place. */
struct repeated {
	uint16_t	 place;
	uint8_t		 fate;		/* FATE_* */
	uint32_t	 pid;
	uint32_t	 was;		/* images: it was, */
	uint32_t	 is;		/* and is now, if it ran */
};

#define IMAGE_UNKNOWN	UINT32_MAX
#define HELD_SCRIPT	0x01U	/* in front the script, then what reads it */
#define HELD_LOADER	0x02U	/* behind, what the program names as that; or,
				   if it is one, what that is to load */
#define HELD_MEMORY	0x04U	/* and this, with HELD */
#define HELD_SEEN	0x08U	/* it was asked about: interrupted, and anew */
#define HELD_REFUSED	0x10U	/* init could not look at it: it is held until
				   there is room for its row; no descriptors,
				   and its path as argv */
#define HELD_STRAIGHT	0x20U	/* it removes files, by its name, and none of
				   its words leads through a link */
#define HELD_FLAGS	0x3fU
#define HELD_PLACES	256U
#define HELD_NOWHERE	UINT16_MAX
#define HELD_MAXARGS	65536U
#define HELD_MAXBYTES	(2U * 1024 * 1024)	/* of all, as HELD */

enum settled {
	SETTLED_REFUSE = 0,
	SETTLED_GO = 1,
	SETTLED_SHOW = 2,	/* it goes on, and then is SHOWN */
	SETTLED_KEEP = 3,	/* it goes on, and equal ones may, while there
				   is AHEAD */
	SETTLED_MAX = 4
};

enum fate {
	FATE_RAN = 1,		/* what was judged is what it is now */
	FATE_FAILED = 2,	/* it is what it was: the call failed */
	FATE_GONE = 3,		/* its process ended, or was interrupted */
	FATE_OTHER = 4,		/* became something else, and was killed */
	FATE_MAX = 5
};

/*
 * Codecs of whole messages, letter and all.  What is put comes into memory
 * of the caller's, which does not grow: a buffer begun with inside_begin, of
 * which nothing is to be freed.  What is got was not looked at before; 0, or
 * -1 and it is not to be used.
 */
void	inside_begin(struct buf *, void *, size_t, enum inside);

void	build_put(struct buf *, const struct profile *);
int	build_get(const void *, size_t, struct profile *);
void	plan_run_put(struct buf *, uint64_t run);
int	plan_run_get(const void *, size_t, uint64_t *run, struct rd *rest);
/* The ticket in the message, of TICKET_SIZE bytes. */
const uint8_t *go_ticket(const void *, size_t);
void	kill_put(struct buf *, unsigned outcome, unsigned now);
int	kill_get(const void *, size_t, unsigned *outcome, unsigned *now);
void	winsize_put(struct buf *, uint16_t rows, uint16_t cols);
int	winsize_get(const void *, size_t, uint16_t *rows, uint16_t *cols);
void	ended_put(struct buf *, const struct ended *);
int	ended_get(const void *, size_t, struct ended *);
/* What is not in HELD. */
void	held_put(struct buf *, const struct held_exec *);
/* The same; *rest is HELD, if that is in there. */
int	held_get(const void *, size_t, struct held_exec *, struct rd *rest);
void	settled_put(struct buf *, uint64_t key, enum settled);
int	settled_get(const void *, size_t, uint64_t *key, enum settled *);
void	shown_put(struct buf *, uint64_t key);
int	shown_get(const void *, size_t, uint64_t *key);
void	fate_put(struct buf *, uint64_t key, enum fate, uint32_t image);
int	fate_get(const void *, size_t, uint64_t *key, enum fate *,
	    uint32_t *image);
void	ahead_put(struct buf *, uint32_t more);
int	ahead_get(const void *, size_t, uint32_t *more);
void	repeated_put(struct buf *, const struct repeated *);
int	repeated_get(const void *, size_t, struct repeated *);
/* A reason that does not fit is cut. */
void	trouble_put(struct buf *, const struct trouble *);
int	trouble_get(const void *, size_t, struct trouble *);

void	unplanned_put(struct buf *, const struct trouble *);
int	unplanned_get(const void *, size_t, struct trouble *);

/* These two begin a longer message, of which another codec does the rest. */
void	conf_put(struct buf *, const struct layers *, uint32_t spare);
int	conf_get(struct rd *, struct layers *, uint32_t *spare);
/* A result's first byte; *rest is the RUNRESULT. */
int	result_get(const void *, size_t, unsigned *ran, struct rd *rest);

#endif
