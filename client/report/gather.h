/* SPDX-License-Identifier: ISC */
/*
 * What a report tells, gathered from the log in one pass, record by record, in
 * memory that does not grow with the log.  Records from before the period
 * count only for what needs all of the log: which programs were there before,
 * and since when there is a secret.
 */
#ifndef CLIENT_REPORT_GATHER_H
#define CLIENT_REPORT_GATHER_H

#include <stddef.h>
#include <stdint.h>

#include "client/report/tally.h"
#include "common/plan.h"
#include "common/record/record.h"

#define REPORT_US	UINT64_C(1000000)	/* of a second */

/* How a run came to its end, in the columns of the first chart. */
enum report_end {
	ENDED_WELL,		/* exit status 0 */
	ENDED_FAILED,		/* another one */
	ENDED_BY_SIGNAL,	/* its own, or killed */
	ENDED_AT_LIMIT,		/* time or another one */
	ENDED_REFUSED,
	ENDED_IN_ERROR,		/* could not begin, or lost */
	ENDED_WAYS
};
extern const char *const ended_names[ENDED_WAYS];

#define REPORT_SPANS	200		/* at most, of the first chart */
struct report_span {
	uint64_t	 begin_us;
	uint64_t	 n[ENDED_WAYS];
};

/* How long approvals took: up to so many seconds. */
#define REPORT_TOOK	7
extern const unsigned report_took_s[REPORT_TOOK - 1];
extern const char *const report_took_names[REPORT_TOOK];

/* How a question was answered. */
enum answered { ANSWERED_YES, ANSWERED_NO, ANSWERED_LATE, ANSWERED_WITHDRAWN,
    ANSWERED_WAYS };
extern const char *const answered_names[ANSWERED_WAYS];

#define REPORT_SECRETS	512
struct report_secret {
	char		 name[PLAN_MAXNAME + 1];
	uint64_t	 set_us;	/* 0: not in this log */
	uint64_t	 used_us;	/* 0: never */
	uint64_t	 uses;		/* in the period */
	int		 removed;
};

#define REPORT_STOPS	64
struct report_stop {
	uint64_t	 time_us;
	int		 resume;
	char		 scope[32];
	char		 name[PLAN_MAXNAME + 1];
	char		 reason[TALLY_TEXT + 1];
	uint64_t	 by;
};

struct report_waits;		/* questions that are open */

struct report {
	uint64_t	 since_us;
	uint64_t	 until_us;	/* the moment it is made, or before */
	uint64_t	 records;	/* in the period */
	uint64_t	 first;		/* their numbers; 0: none */
	uint64_t	 last;
	uint64_t	 log_begins_us;	/* its first record; 0: empty */
	uint64_t	 log_begins;	/* the number of that: what is before
					   it, if anything, is not there */
	char		 gone_until[32];	/* and is as old as that */
	uint64_t	 gone_by;	/* as this record says; 0: none does */
	uint64_t	 bad_lines;	/* that are no records */
	uint64_t	 runs;		/* that began */
	uint64_t	 execs;		/* programs in them */
	uint64_t	 ended[ENDED_WAYS];
	struct report_span spans[REPORT_SPANS];
	size_t		 nspans;
	uint64_t	 span_us;
	struct tally	 skills;	/* runs that began, and refused ones */
	struct tally	 channels;
	struct tally	 accounts;	/* by number */
	struct tally	 rules;		/* by which something was let run */
	struct tally	 refused_rules;	/* requests */
	struct tally	 refused_skills;
	struct tally	 turned_away;	/* by cause: no run came of it */
	struct tally	 near;		/* allowed, and stopped inside */
	struct tally	 limits;
	struct tally	 programs;	/* new ones */
	int		 programs_cut;	/* too many to tell all new ones */
	struct tally	 approvers;	/* by number */
	uint64_t	 asked;		/* questions */
	uint64_t	 answered[ANSWERED_WAYS];
	uint64_t	 took[REPORT_TOOK];
	uint64_t	 took_n;
	uint64_t	 took_us;	/* all of them */
	uint64_t	 took_most_us;
	uint64_t	 trips;		/* refused by an open breaker */
	uint64_t	 resets;
	struct report_secret secrets[REPORT_SECRETS];
	size_t		 nsecrets;
	uint64_t	 secrets_more;
	struct report_stop stops[REPORT_STOPS];
	size_t		 nstops;
	uint64_t	 stops_more;
	uint64_t	 sessions;	/* starts of the daemon */
	uint64_t	 lost;		/* runs that a crash has ended */
	uint64_t	 reloads;	/* configurations in force */
	/* by unused.h; if it is not known, why, escaped */
	char		 unused_why[256];
	struct strv	 unused_skills;
	struct strv	 unused_patterns;	/* "skills.NAME.allow: ..." */
	struct seen_texts	 seen;
	struct report_waits *waits;
};

/* Of that period, in microseconds since the Unix epoch. */
struct report	*report_new(uint64_t since_us, uint64_t until_us);
void		 report_free(struct report *);
/* The next record of the log, whenever it is from. */
void		 report_add(struct report *, const struct record_view *);
/* All are there: what is shown sorted is. */
void		 report_done(struct report *);

#endif
