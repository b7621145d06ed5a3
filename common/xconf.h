/* SPDX-License-Identifier: ISC */
/*
 * XCONF: what the executor is told before it locks itself in.  Everything in
 * here comes from the configuration file; nothing comes from a client.
 */
#ifndef COMMON_XCONF_H
#define COMMON_XCONF_H

#include <stddef.h>
#include <stdint.h>

#include "plan.h"
#include "words.h"

#define XCONF_MAXSKILLS	256
#define XCONF_MAXIDS	64
#define XCONF_MAXWARM	64
#define XCONF_MAXWRAPPERS	256

/* skills.NAME.execs: what becomes of each execve inside of a run. */
enum xconf_execs { EXECS_JUDGE, EXECS_RECORD, EXECS_OFF };
extern const char *const xconf_execs_words[];	/* up to NULL */

/* skills.NAME.files: which names that its runs change are told. */
enum xconf_files { FILES_CHANGES, FILES_OFF };
extern const char *const xconf_files_words[];

/* logging.output: what is stored of what runs print. */
enum keep_how { KEEP_DIGEST, KEEP_EXCERPT, KEEP_FULL };
extern const char *const xconf_keep_words[];	/* up to NULL */

struct xskill {
	char		*name;
	TERMS;				/* of a run that narrows nothing */
	struct strv	 env;		/* NAME=VALUE, fixed */
	uint8_t		 run_as_caller;
	uint32_t	 uid;		/* unless run_as_caller */
	uint32_t	 gid;
	char		*account;
	char		*home;		/* in there is one for each account,
					   called by its number; "": none */
	struct strv	 programs;	/* first words of its patterns and of
					   approvalPatterns, unique */
	uint8_t		 files;		/* FILES_CHANGES, FILES_OFF */
	uint8_t		 trace;		/* may ptrace(2); with EXECS_OFF */
	/* by what its execs are judged; nothing with other than EXECS_JUDGE */
	uint8_t		 execs;		/* EXECS_* */
	uint8_t		 execs_dflt;	/* enum verdict: no pattern, nested */
	uint8_t		 dflt;		/* likewise, direct */
	uint8_t		 approval;	/* APPROVAL_*: the destructive */
	uint32_t	 held_s;	/* approvals.timeoutSeconds, for what is
					   held in its runs */
	struct strv	 allow;		/* texts of patterns; behind each where
					   it is written, and the set that it
					   came with or "" */
	struct strv	 ask;
	struct strv	 deny;
	struct strv	 destructive;
	struct strv	 wrappers;	/* programs that run others, and behind
					   each its grammar */
};

/* An account that runs may use; mapped into the user namespace. */
struct xid {
	uint32_t	 uid;
	uint32_t	 gid;
	char		*name;
	char		*home;
};

struct xconf {
	const uint8_t	*key;		/* TICKET_KEY bytes; NULL: not here */
	const uint8_t	*mask_key;	/* of digests in marks; likewise */
	const uint8_t	*print_key;	/* MSG_PRINT_KEY bytes; likewise */
	uint32_t	 uid;		/* the executor's own host account */
	uint32_t	 gid;
	uint8_t		 accept_missing;	/* XCONF_ACCEPT_* */
	uint32_t	 warm;		/* sandboxes kept ready, each skill */
	struct strv	 redact;	/* PCRE2 patterns, caseless */
	uint8_t		 redact_known;	/* 1: what knownsecret.h finds, too */
	uint8_t		 output;	/* KEEP_* */
	uint32_t	 output_max;	/* bytes of a run, at most */
	struct xid	*ids;
	size_t		 nids;
	struct xskill	*skills;
	size_t		 nskills;
};
#define XCONF_MASK_KEY			32
#define XCONF_ACCEPT_LANDLOCK		0x01U
#define XCONF_ACCEPT_HOST_NETWORK	0x02U	/* skills may have it */
#define XCONF_ACCEPT_MEMLOCK		0x04U
#define XCONF_ACCEPT_ALL		0x07U

SHAPE_CODEC(xconf);
extern const struct shape xskill_shape, xid_shape;

/*
 * In what two differ that runs of a skill have until its spawner is started
 * anew, "read" for instance, or NULL: what a reload may change is how they are
 * judged, and their limits.
 */
const char *xskill_fixed_differs(const struct xskill *, const struct xskill *);

#endif
