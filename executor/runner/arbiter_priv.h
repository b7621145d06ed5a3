/* SPDX-License-Identifier: ISC */
/* The inside of what judges a run's execs. */
#ifndef EXECUTOR_RUNNER_ARBITER_PRIV_H
#define EXECUTOR_RUNNER_ARBITER_PRIV_H

#include <stdint.h>

#include "common/execs.h"
#include "common/policy/policy.h"
#include "executor/inside.h"
#include "executor/runner/arbiter.h"
#include "executor/runner/runner_priv.h"

/*
 * arbiterfile.c: a file by its descriptor, with its digest and its path in the
 * run, and which words of the skill's patterns mean it.
 */
struct known {
	struct ident	 id;		/* its path is owned */
	int		 fixed;		/* no run can change it */
	int		 named;		/* and it is what the first argument
					   means */
	struct strv	 names;		/* views into the skill */
	struct strv	 same;
};
/* Is a file what this first argument means, and can no run change it? */
int	arbiterfile_named(const struct runner *, const struct ident *,
	    const char *arg0);
/* How it was when it was judged. */
struct seen {
	uint64_t	 size;
	int64_t		 mtime_ns;
	int64_t		 ctime_ns;
};
void	arbiterfile_seen(struct seen *, const struct known *);
/*
 * Is it untouched since, as far as that can be told?  Memory that is mapped
 * can be written to without that times change, so its bytes are read unless it
 * is fixed.  matters: they must be those that were judged; so they must where
 * they are now those of what a pattern names.  Elsewhere digest becomes that of
 * the bytes that run.
 */
int	arbiterfile_same(const struct runner *, int fd, const struct seen *,
	    int matters, uint8_t digest[PLAN_DIGEST]);
/*
 * fresh: its bytes are read, whatever its times say.  0, or -1 and why it
 * cannot be (static text).
 */
int	arbiterfile_look(const struct runner *, int fd, int fresh,
	    struct known *, const char **why);
void	arbiterfile_done(struct known *);

/*
 * arbiterlog.c: rows on their way to the log.  What is put in a row is masked
 * and cut there.
 */
#define ARBITER_ROW	(24U * 1024)	/* the longest that comes of one */
struct arbiterlog {
	struct buf	 batch;		/* rows, encoded */
	uint32_t	 n;		/* of them */
	int64_t		 since;		/* us, of the first of them */
	uint32_t	 last;		/* seq */
	uint32_t	 handed;	/* rows that were, in all */
	uint32_t	 durable;	/* of those */
};
void	arbiterlog_init(struct arbiterlog *);
/* The row's own strings become masked and short; everything of it is owned. */
void	arbiterlog_fit(const struct runner *, struct exec_row *);
/* Behind the others; the row's seq is set, if it has none yet. */
void	arbiterlog_add(struct runner *, struct arbiterlog *, struct exec_row *);
/* Hands up what there is; wait: until it is taken. */
void	arbiterlog_flush(struct runner *, struct arbiterlog *, int wait);
/* A message to the executor; wait: until it is taken. 1: gone, 0: not now. */
int	arbiterlog_up(struct runner *, const struct buf *, int wait);
/* Bytes that are kept of one. */
size_t	arbiterlog_weight(const struct exec_row *);
/* Rows that are not known to be on disk, those that are not sent too. */
uint32_t arbiterlog_open(const struct arbiterlog *);

/* arbiterjudge.c: what was judged, and so must be as it was. */
struct judged {
	struct seen	 exe;
	struct seen	 script;
	int		 matters;	/* patterns name their bytes */
	int		 fixed;		/* nobody can write to either */
	int		 named;		/* as in struct known */
	int		 keeps;		/* for all that are equal */
};
/* The files and the verdict of a row, of which how is known. */
void	arbiterjudge(struct runner *, const struct held_exec *,
	    const int *fds, struct exec_row *, struct judged *);
/* Is what a row says executed what its first argument means? */
int	arbiterjudge_named(const struct runner *, const struct exec_row *);
/*
 * What stands there, and what the name of its script leads to: are these what
 * was judged?  Digests in the row become those of the bytes that run.
 */
int	arbiterjudge_same(const struct runner *, struct exec_row *,
	    const struct judged *, const int *fds, unsigned nfds);

/*
 * arbiterheld.c: a HELD with its descriptors.  0, or -1: malformed; *h is to
 * be freed by held_exec_shape after both.
 */
int	arbiterheld_get(const void *m, size_t len, struct held_exec *,
	    const int *fds, unsigned nfds);
/* Of script, which may be NULL, and what is executed. */
void	arbiterheld_row(struct exec_row *, const struct held_exec *,
	    const struct known *exe, const struct known *script);

/* arbiterrules.c: was a line or script given to a shell, by that name? */
int	arbiterrules_line(const struct plan *);
/* Did this rule ask about these words when the run was asked for? */
int	arbiterrules_was_asked(const struct runner *, const struct strv *argv,
	    const char *rule);
/* policy_shows(), by the wrappers of the skill. */
int	arbiterrules_shows(const struct strv *argv, const struct strv *words);
/* The strictest of what it is and what it names to load it with. */
void	arbiterrules_decide(const struct runner *, struct decision *,
	    const struct held_exec *, enum exec_how, const struct known *exe,
	    const struct known *script, const struct known *loader);

/*
 * arbiterway.c: the row of a program of the run, EXECS_UNKNOWN if there is
 * none.
 */
uint32_t arbiterway_seq(uint32_t image);
/*
 * That of this row, started by parent; named as in struct known.  0, or -1:
 * image is not the one that comes next.
 */
int	arbiterway_add(uint32_t image, uint32_t parent,
	    const struct exec_row *, int named);
/*
 * Is image to execute these words because the request says so, with nothing
 * in between that does not stand in it?
 */
int	arbiterway_shows(const struct runner *, uint32_t image,
	    const struct strv *words);
/* The way from the run to what image asks about, nearest first. */
void	arbiterway_fill(const struct runner *, struct exec_ask *,
	    uint32_t image);
void	arbiterway_free(struct exec_ask *);

/*
 * arbitersay.c: a line for the run's standard error; 0: it was said of this
 * process and file before, and nothing since.  answered: its reason is what
 * became of a question, not what its rule says.
 */
int	arbitersay_refused(const struct exec_row *, int answered);
/* What the result tells of it; unanswered: nobody has refused it. */
void	arbitersay_count(struct runner *, const struct exec_row *,
	    int unanswered);
/* Writes what is to be said between two writes of the run's own. */
void	arbitersay_write(struct runner *);

/*
 * arbiterkept.c: rows of execs that init lets go on without a word, since they
 * are equal to one that was let go on; by the place that init has for it.
 */
/* It holds no more. */
void	arbiterkept_drop(uint16_t place);
/* It is to hold what this row says: 1, or 0: it cannot be kept. */
int	arbiterkept_put(uint16_t place, const struct exec_row *);
/*
 * The row of one more, of which how, pid, parent and at_us are there: 0, or
 * -1: there is none.  Everything of it is owned.
 */
int	arbiterkept_row(uint16_t place, struct exec_row *);
/* How many init may still let go on, or has, without having told. */
uint32_t arbiterkept_ahead(void);
/* One of them was told: 0, or -1: there was none. */
int	arbiterkept_told(void);
/* Lets it go on with more, where so many rows are open with those. */
void	arbiterkept_more(const struct runner *, size_t open);

/*
 * arbiterask.c: asks, of what image is to execute; the digest is what has to
 * be sealed in an answer.  0, or -1: not now.
 */
int	arbiterask_send(struct runner *, const struct exec_row *,
	    uint32_t image, uint8_t digest[PLAN_DIGEST]);
/* Nobody waits for it any more. */
void	arbiterask_back(struct runner *, uint32_t seq);
/* An approver said no; did one to the same process, a moment ago? */
void	arbiterask_refused(const struct exec_row *);
int	arbiterask_was_refused(const struct exec_row *);

#endif
