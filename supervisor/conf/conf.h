/* SPDX-License-Identifier: ISC */
/*
 * The configuration, /etc/clawbot.conf: JSON with comments and trailing
 * commas.  Read and checked as root before anything else happens; constant
 * afterwards, until a reload puts another one in its place.
 */
#ifndef SUPERVISOR_CONF_H
#define SUPERVISOR_CONF_H

#include <sys/types.h>

#include <stdint.h>
#include <stdio.h>

#include "common/buf.h"
#include "common/plan.h"
#include "common/policy/rules.h"
#include "common/xmalloc.h"
#include "supervisor/conf/keys.h"

enum { CGROUP_AUTO, CGROUP_OFF };

#define CONF_UNSET	LIMITS_UNSET	/* no limit given here */

/* Accounts and groups that a list names; resolved to numbers at load. */
/* uids and names, one beside the other. */
struct accounts {
	uid_t		*uids;
	size_t		 n;
	struct strv	 names;
};

struct who {
	struct strv	 text;		/* as written */
	uid_t		*uids;		/* of accounts */
	size_t		 nuids;
	gid_t		*gids;		/* of group:NAME */
	size_t		 ngids;
	struct accounts	 members;	/* that this covers, as the groups
					   were when it was read */
	int		 not_root;	/* one of them at least is not root */
};

/* The keys of the three below, and their members, are rows of keys.h. */
struct rate {
	RATE_KEYS(KEY_MEMBER)
};

struct conf_secret {
	char		*name;
	SECRET_KEYS(KEY_MEMBER)
};

struct conf_skill {
	char		*name;
	SKILL_KEYS(KEY_MEMBER, TERMS;, )
	struct conf_secret releases[PLAN_MAXSECRETS];	/* of its secrets, in
					   their order */
	struct strv	 tests[3];	/* command lines, by enum verdict */
	struct strv	 profile_tests;	/* all of those of its profile */
	/* runAs in numbers */
	int		 run_as_caller;
	uid_t		 uid;
	gid_t		 gid;
	struct patterns	 destructive;	/* views: those of all, and its own */
	struct patterns	 confirmable;	/* views: allow and confirm; empty
					   without the latter */
	struct strv	 programs;	/* first words of its patterns and of
					   these; for xskill */
	char		*home_path;	/* of the homes of its runs, one of
					   write as well; NULL: none */
	/*
	 * Not NULL: something in this skill needs what another key does not
	 * allow, so its runs are refused with this reason.
	 */
	char		*refuse;
};

/* What tools.exec.approval says, by APPROVAL_*. */
extern const char *const conf_approval_words[];

struct conf_channel {
	char		*name;
	CHANNEL_KEYS(KEY_MEMBER, , )
	struct limits	 limits;	/* CONF_UNSET where not narrowed */
	struct rate	 rate;
};

/* What was read, and when it had been written then. */
struct conf_file {
	char		*path;
	int64_t		 mtime_ns;
};

struct conf {
	char		*path;		/* as given with -f */
	char		*text;		/* the file and the profiles that it
					   names, for its digest */
	size_t		 textlen;
	struct conf_file *files;	/* it and the profiles that it names */
	size_t		 nfiles;
	CONF_KEYS(KEY_MEMBER, )
	struct rate	 rate;
	const char	*keyfile;	/* the first of unlock, or NULL */
};

struct conf_told;
typedef void	 conf_look(const struct conf *, struct conf_told *);
/*
 * Reads and checks a file.  Where nothing is wrong with it so far, look, which
 * may be NULL, is shown it, too, and tells what it finds by conf_tell.  Every
 * error is printed to errs as "file:line:column: reason", all of them.  NULL
 * if there was one.  The caller frees.
 */
struct conf	*conf_load(const char *path, FILE *errs, conf_look *look);
/* The same for text in memory, without the checks on the file itself. */
struct conf	*conf_parse(const char *path, const char *text, size_t len,
		    FILE *errs);
/*
 * For a process that can open nothing: conf_load, and all that was looked up
 * for it, files, accounts and paths, into b; errors and notes as there.  And
 * the same once more from these bytes alone, which one that is root has made;
 * look-ups that are not in there fail.  build: of who made it, which has to be
 * that of who reads it.
 */
struct conf	*conf_load_looked(const char *path, FILE *errs,
		    conf_look *look, const char *build, struct buf *b);
struct conf	*conf_replay(const void *, size_t, const char *build,
		    FILE *errs);
#define CONF_LOOKED_MAX	(8U * 1024 * 1024)	/* bytes of all that */

/*
 * Which keys differ, "skills.dev.limits.memoryMB": those that a reload
 * changes, and those that only a start can.
 */
void		 conf_differ(const struct conf *, const struct conf *with,
		    struct strv *at_once, struct strv *at_start);
void		 conf_free(struct conf *);
/* -T: the effective configuration as JSON, every default filled in. */
void		 conf_print(const struct conf *, FILE *);

/*
 * A place where a socket is that is never granted, since who connects there is
 * root by another name; NULL past the end.
 */
const char	*conf_ruler_at(size_t);

/* By its name; NULL if there is none. */
const struct conf_skill *conf_skill(const struct conf *, const char *name);
const struct conf_channel *conf_channel(const struct conf *,
			    const char *name);
/*
 * The skill that a request without -s means on a channel: "default" if the
 * channel has it, else the channel's only one, else NULL.
 */
const struct conf_skill *conf_default_skill(const struct conf *,
			    const struct conf_channel *);
int		 conf_channel_has_skill(const struct conf_channel *,
		    const char *skill);
/* Can it be asked for on any channel? */
int		 conf_skill_reached(const struct conf *,
		    const struct conf_skill *);
/* Is this peer in the list?  groups: all of the peer's groups. */
int		 who_has(const struct who *, uid_t, const gid_t *groups,
		    size_t ngroups);
/* The same by the account alone, as the groups were when it was read. */
int		 who_covers(const struct who *, uid_t);
/* The name of one of these accounts; NULL: it is none of them. */
const char	*who_name(const struct who *, uid_t);
/* The same of those who approve or ask, and of root; NULL: nobody knows. */
const char	*conf_account(const struct conf *, uid_t);
/* One of clawbot's own accounts, or a group of theirs? */
int		 who_is_own(uid_t, gid_t);
/* Strictest of a skill's limits, a channel's, and a request's timeout. */
void		 conf_limits(struct limits *out, const struct conf_skill *,
		    const struct conf_channel *, uint32_t timeout_s);
/* Words of sandbox.acceptMissing, and the bits of accept_missing. */
enum accept_word { ACCEPT_LANDLOCK, ACCEPT_MEMLOCK };
/*
 * EXECS_* in force: where its rules could neither refuse nor ask for anything,
 * there is nothing to judge.
 */
unsigned	 conf_execs(const struct conf *, const struct conf_skill *);
/* And what a run that is detached may print at most. */
void		 conf_detached(const struct conf *, struct limits *);

#endif
