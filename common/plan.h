/* SPDX-License-Identifier: ISC */
/*
 * What is asked, what it was resolved to, and what came of it: the shapes
 * that travel between client, supervisor, executor and auditor.  Decoders
 * return 0, or -1 on anything malformed, too large, or left over; after
 * either, the _free function is safe to call.  See shape.h.
 */
#ifndef COMMON_PLAN_H
#define COMMON_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "shape.h"
#include "terms.h"
#include "xmalloc.h"

#define PLAN_DIGEST	32	/* BLAKE2b-256 */
#define PLAN_MAXARGS	4096
#define PLAN_MAXARG	(128 * 1024)
#define PLAN_MAXENV	256
#define PLAN_MAXREASON	2048
#define PLAN_UMASK	022

/* RUNREQ: what a client asks for.  Identity is not in it. */
#define RUNREQ_CWD_IMPLICIT	0x01U	/* cwd is just where the caller was */
#define RUNREQ_NO_WAIT		0x02U	/* do not wait for an approval */
#define RUNREQ_TTY		0x04U	/* a terminal in place of pipes */
#define RUNREQ_DETACH		0x08U	/* goes on without its caller */
#define RUNREQ_JOIN		0x10U	/* one pipe for output and errors */
#define RUNREQ_NO_HOLD		0x20U	/* nor hold a program of it for one */
#define RUNREQ_FLAGS		0x3fU	/* all of them */

struct runreq {
	uint32_t	 flags;
	uint32_t	 timeout_s;	/* 0: the skill's */
	uint16_t	 rows;		/* of the terminal, or 0 */
	uint16_t	 cols;
	uint16_t	 umask;		/* of its caller */
	char		*skill;		/* "": the default one */
	char		*cwd;		/* absolute */
	char		*reason;	/* the agent's own words, may be "" */
	char		*rotates;	/* "", or the secret that standard
					   output becomes; then neither TTY
					   nor DETACH nor JOIN */
	struct strv	 argv;		/* at least one */
	struct strv	 env;		/* NAME=VALUE asked for with -e */
	struct strv	 locale;	/* NAME=VALUE of a caller's LANG, LC_*,
					   TERM, TZ, NO_COLOR, COLUMNS, LINES */
};

SHAPE_CODEC(runreq);

/* RESOLVE: the same with what the supervisor knows. */
struct resolve {
	char		*channel;
	char		*skill;		/* a skill of XCONF */
	uint32_t	 uid;		/* the caller */
	uint32_t	 gid;
	struct limits	 limits;	/* in force for this run */
	uint8_t		 bind;		/* what its words name, too */
	struct runreq	 req;
};

SHAPE_CODEC(resolve);

/* A file as it was when it was hashed. */
struct ident {
	char		*path;		/* inside the run's view, canonical */
	uint64_t	 dev;
	uint64_t	 ino;
	uint64_t	 size;
	int64_t		 mtime_ns;
	int64_t		 ctime_ns;
	uint8_t		 digest[PLAN_DIGEST];
};
extern const struct shape ident_shape;

/*
 * A file or directory of a grant that a word of the command names: what the
 * plan has of it is what it must be when the command is executed.  What is in
 * a directory, or in a file that was not read, can be another by then.
 */
enum bound_how {
	BOUND_FILE = 1,		/* with its digest */
	BOUND_UNREAD = 2,	/* by size and times: changes, or no right */
	BOUND_LARGE = 3,	/* likewise: larger than what may be read */
	BOUND_DIRECTORY = 4,	/* which one it is */
	BOUND_SPECIAL = 5	/* likewise: neither file nor directory */
};

struct bound {
	uint8_t		 how;		/* BOUND_* */
	struct ident	 file;
};
extern const struct shape bound_shape;

#define PLAN_MAXBOUND	64

/*
 * The plan: everything that decides what a run does.  Its canonical bytes
 * are what plan_put writes; their BLAKE2b-256 is the plan digest that is
 * decided on, approved, logged and executed.  env is sorted.
 */
struct plan {
	char		*channel;
	char		*skill;
	uint32_t	 caller;	/* uid that asked */
	uint32_t	 uid;		/* the account it runs as */
	uint32_t	 gid;
	char		*account;
	char		*cwd;		/* inside the view */
	uint64_t	 cwd_dev;	/* that very directory; 0 and 0: one */
	uint64_t	 cwd_ino;	/* that each run has for itself */
	struct strv	 argv;		/* as asked */
	struct strv	 env;		/* all of it, NAME=VALUE, sorted;
					   no secrets */
	struct strv	 asked_env;	/* names that came with -e */
	struct ident	 exe;		/* what execve gets */
	struct ident	 script;	/* path "" if exe is no interpreter */
	char		*interp_arg;	/* the #! line's argument or "" */
	uint8_t		 bind;		/* its words were looked at: */
	uint32_t	 unbound;	/* so many more, without a place here */
	struct bound	*bound;		/* in the order of its words */
	size_t		 nbound;
	uint8_t		 tty;		/* on a terminal of its own */
	uint8_t		 detach;	/* without its caller */
	char		*rotates;	/* "", or the secret that its standard
					   output becomes: neither masked nor
					   stored, nor told the length of */
	uint16_t	 umask;		/* PLAN_UMASK, but for one that runs
					   as its caller */
	TERMS;				/* its limits are those in force */
};

SHAPE_CODEC(plan);

struct masks;
/*
 * What of a plan that was bound is as it was when the command is executed,
 * one "DIGEST  PATH" each, as of b2sum(1); and what may be another by then,
 * with why.  Paths as the masks have them, if there are any.
 */
void	plan_bound_show(const struct plan *, const struct masks *,
	    struct strv *fixed, struct strv *open);
/* All of it as fields, nothing is shortened. */
void	plan_show(struct buf *, const struct plan *,
	    const uint8_t digest[PLAN_DIGEST]);
/* BLAKE2b-256 of canonical bytes; in plan_digest.c, needs libsodium. */
void	plan_digest(uint8_t out[PLAN_DIGEST], const void *bytes, size_t len);

/*
 * MASKED: what redaction changed in words that will be logged.  Each entry
 * replaces one string; literal parts must be found unchanged in the original,
 * with just as many bytes between them as the marks say (mask_check), so a
 * mask can hide, but cannot lie.
 *
 * A mark is [REDACTED:LENGTH:DIGEST], or without a digest where nobody has
 * made one; alone, MASK_MARK hides all of a string, or stands in text that has
 * no original.  A digest is MASK_DIGEST bytes in hexadecimal, of the hidden
 * bytes, under a key: two of one installation that are the same hide the same.
 */
#define MASK_MARK	"[REDACTED]"
#define MASK_OPEN	"[REDACTED:"
#define MASK_DIGEST	6
/* Of variables the names, of paths the program, the script, then what else is
 * bound; MASK_ERROR of why there is no plan, or how the run ended. */
enum { MASK_ARGV = 1, MASK_CWD = 2, MASK_REASON = 3, MASK_PATH = 4,
    MASK_ENV = 5, MASK_ERROR = 6 };
#define MASK_PATH_BOUND	2

struct mask {
	uint8_t		 where;		/* MASK_* */
	uint32_t	 index;		/* of argument, path, variable */
	char		*text;
};

struct masks {
	struct mask	*m;
	size_t		 n;
};

void	masks_add(struct masks *, unsigned where, uint32_t index,
	    const char *text);
void	masks_put(struct buf *, const struct masks *);
/* Part of a message; what was in there is freed. */
void	masks_get(struct rd *, struct masks *);
void	masks_free(struct masks *);
extern const struct shape masks_shape;
/* The text to log for one string: the mask's, or the original. */
const char *masks_text(const struct masks *, unsigned where, uint32_t index,
	    const char *orig);
/* The digest of n bytes that are hidden. */
typedef void mask_digester(void *arg, const char *, size_t n,
    uint8_t out[MASK_DIGEST]);
/*
 * Text with a mark for each stretch of bytes of which hide is not 0; the caller
 * frees it.  digest may be NULL.  Where with digests it would be longer than a
 * mask may be, there are none; where it still would, what is between two marks
 * goes with them, the shortest pieces first; what is before the first and
 * behind the last stays, but of a text that is longer than any mask.
 */
char	*mask_text(const char *text, size_t len, const uint8_t *hide,
	    mask_digester *digest, void *arg);
/* 0 if text is orig with marks in place of pieces, else -1. */
int	mask_check(const char *orig, const char *text);
/* The same where orig was masked before, and its marks may stay. */
int	mask_check_again(const char *orig, const char *text);
/* Makes each mark one that tells neither length nor digest, or no digest. */
void	mask_plain(char *text);
void	mask_short(char *text);
/*
 * Does every mask stand for a string that there is, and hide pieces of it
 * alone?  Asked by the supervisor of the executor's answer, and by the
 * auditor of what the supervisor passes on: it must be one question, or the
 * second refusal would be blamed on the wrong process.
 */
int	masks_fit(const struct masks *, const struct plan *,
	    const char *reason);

/* RESOLVED: the executor's answer. */
struct resolved {
	uint8_t		*plan;		/* canonical bytes */
	size_t		 planlen;
	uint8_t		 digest[PLAN_DIGEST];
	uint32_t	 flags;		/* RESOLVED_* */
	struct strv	 names;		/* policy words that PATH resolves to
					   this very file */
	struct strv	 same;		/* policy words whose file has the same
					   bytes */
	struct strv	 interp;	/* those of both kinds that mean what
					   interprets a script */
	struct masks	 masks;
};
#define RESOLVED_CWD_MOVED	0x01U	/* an implicit cwd is not in the view */

SHAPE_CODEC(resolved);

/* INTENT: what the auditor writes before a run may start. */
struct intent {
	uint8_t		*plan;
	size_t		 planlen;
	char		*reason;	/* the agent's, unmasked */
	uint32_t	 expires_s;	/* life of the tickets, 1..3600 */
	struct strv	 given;		/* the plan's secrets in their order,
					   see varname_versioned() */
	struct masks	 masks;
	uint8_t		*why;		/* fields: channel, uid, pid, rule,
					   verdict, approver, ... */
	size_t		 whylen;
};

SHAPE_CODEC(intent);

/* How a run ended. */
enum outcome {
	OUTCOME_EXITED = 1,	/* code: exit status */
	OUTCOME_SIGNALED = 2,	/* code: signal */
	OUTCOME_TIMEOUT = 3,	/* wall clock */
	OUTCOME_LIMITED = 4,	/* another quota; limit names it */
	OUTCOME_KILLED = 5,	/* clawbot kill, CANCEL, caller gone, stop */
	OUTCOME_ERROR = 6,	/* never ran; reason and err say why */
	OUTCOME_DENIED = 7,	/* never ran: policy, approval */
	OUTCOME_LOST = 8,	/* the daemon or its runner ended under it: how
				   it ended, or that it ran, is not known */
	OUTCOME_MAX = 9
};

/* "exited", "signaled", ... as in --json and the log; never NULL. */
const char	*outcome_name(unsigned);

/* DENIED: what was refused inside of a run, and how often. */
struct run_denied {
	char		*program;	/* "": a change, by a protected name */
	char		*rule;
	uint32_t	 count;
	uint8_t		 unanswered;	/* 1: it was held until it, or the
					   run, had ended */
};
extern const struct shape run_denied_shape;

#define RUN_MAXDENIED	16
#define RUN_DENIED_TEXT	255	/* bytes of a program, a rule */
#define RUN_LOGGED_MAX	8192U	/* bytes of a reason with its marks */

/* RUNRESULT: the executor's report. */
struct runresult {
	uint8_t		 outcome;
	uint16_t	 err;		/* enum cberr with OUTCOME_ERROR */
	int32_t		 code;
	uint64_t	 wall_us;
	uint64_t	 user_us;
	uint64_t	 sys_us;
	uint64_t	 maxrss_kb;
	uint64_t	 in_bytes;	/* that it was given */
	uint64_t	 out_bytes;	/* as delivered, after masking */
	uint64_t	 err_bytes;
	uint64_t	 processes;	/* and threads that it started */
	uint32_t	 refused;	/* attempts that were counted */
	uint8_t		 digest[PLAN_DIGEST]; /* of the digests of standard
					   output and of standard error, each
					   as delivered */
	uint8_t		 in_digest[PLAN_DIGEST]; /* of what it was given; all
					   0: nothing, or at a terminal */
	uint32_t	 masked;	/* secrets hidden in the output */
	uint32_t	 execs;		/* of the run, in EXECS */
	uint32_t	 files;		/* of the run, in FILES */
	uint32_t	 files_more;	/* and not; FILES_UNKNOWN */
	struct run_denied *denied;	/* of these the first, each once */
	size_t		 ndenied;
	char		*limit;		/* "", "output", "cpu", "memory", ... */
	char		*reason;	/* "" or what went wrong */
	char		*logged;	/* that, as the log has it: the
					   executor's word, whatever the
					   runner said */
};

SHAPE_CODEC(runresult);

/* A run's id as people see it: "r" and 12 characters of Crockford base32. */
#define RUNID_TEXT	14	/* with the terminator */
void	runid_text(char out[RUNID_TEXT], uint64_t id);
/* 0 and *id, or -1. */
int	runid_parse(const char *, uint64_t *id);
/* The same of a standing approval: "s" and 12 characters. */
void	standingid_text(char out[RUNID_TEXT], uint64_t id);
int	standingid_parse(const char *, uint64_t *id);
/* The same of a connection: "c" and 12 characters. */
void	connid_text(char out[RUNID_TEXT], uint64_t id);
/* ids have 60 bits and are not 0 */
#define RUNID_MASK	((UINT64_C(1) << 60) - 1)

#endif
