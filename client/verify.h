/* SPDX-License-Identifier: ISC */
/*
 * Checking a log, from a directory or from a pipe, with nothing but the
 * bytes and what is known of it from elsewhere: the head that a running daemon
 * names, a public key of its seals, a checkpoint that was kept.
 *
 * Each record is covered by the one that follows it, and the seals.  Without
 * a key a log that was written anew with other seals cannot be told from the
 * right one.  The records behind the last seal, and with a log that is not
 * sealed the last one, are covered by the head alone; that a copy ends at an
 * earlier seal is found by the head or a later checkpoint.  The report says
 * in its note what is left open.
 */
#ifndef CLIENT_VERIFY_H
#define CLIENT_VERIFY_H

#include <stddef.h>
#include <stdint.h>

#include "common/record/logscan.h"

/* Exit statuses of clawbot audit verify. */
enum verify_status {
	VERIFY_OK = 0,
	VERIFY_TAMPERED = 2,	/* a record was changed */
	VERIFY_TRUNCATED = 3,	/* the last line has no end */
	VERIFY_ROLLBACK = 4,	/* another end than the head: older, or fork */
	VERIFY_UNSEALED = 5,	/* there are records that no seal covers */
	VERIFY_MISSING = 6,	/* a range of records is not there, also where
				   the log itself says so */
	VERIFY_KEY = 7,		/* sealed with other keys */
	VERIFY_IO = 8		/* not everything could be read */
};

/*
 * Behind the last seal, of a log that goes on: more than that were not left
 * there by an auditor, whatever came in one message.
 */
#define VERIFY_BEHIND	8192
/* As long at most is a seal the last one of a log that goes on. */
#define VERIFY_STALE_US	(20 * 60 * UINT64_C(1000000))

/* What is known of the log from elsewhere. */
struct verify_by {
	struct record_head head;	/* number 0: not known */
	int		 keyed;		/* a key of its seals is */
	char		 log[SEAL_NAME + 1];
	uint8_t		 key[SEAL_KEY];
	uint64_t	 size;		/* of a tree that was, 0: none is */
	uint8_t		 root[TREE_HASH];
};

struct verify_report {
	struct tree	 gone;		/* over what was removed */
	enum verify_status	 status;
	struct logscan_result	 res;
	uint64_t		 sealed;	/* up to there; 0: nothing */
	struct seal		 seal;		/* the last one */
	uint64_t		 series;	/* of its first one */
	int			 beside;	/* it is a file beside the log
						   that is wrong */
	size_t			 lost;		/* stored output that was moved,
						   and was wrong before */
	char			 line[320];	/* the verdict, for people */
	char			 note[320];	/* what it leaves open, or "" */
};

/* Is it, or all of it but what it says itself is gone? */
int		 verify_whole(const struct verify_report *);
/* The same, but for records behind the last seal. */
int		 verify_good(const struct verify_report *);
/* head: NULL or number 0 where it is not known. */
void		 verify_dir(const char *dir, const struct record_head *head,
		    struct verify_report *);
void		 verify_dir_by(const char *dir, const struct verify_by *,
		    struct verify_report *);

struct cli;
struct fail;
/*
 * verifycmd.c: the log in dir, or with NULL the daemon's own, and the output
 * that it says is stored; archive: NULL, or a directory with what was in front
 * of it; moved: what is stored of runs that have begun up to that record has to
 * be in there, unless the log has lost it; 0 for none.  0, or -1 and why it is
 * not known.
 */
int		 verify_all(const struct cli *, const char *dir,
		    const char *archive, uint64_t moved,
		    const struct verify_by *, struct verify_report *,
		    struct fail *);
/*
 * The daemon's own log, by what is known besides the head; by may be NULL.
 * 0, or -1 and why it is not known.
 */
int		 verify_daemon(const struct cli *, const struct verify_by *by,
		    struct verify_report *, struct fail *);
struct verify;
/* The same with one that was made before; it is freed. */
int		 verify_daemon_by(const struct cli *, struct verify *,
		    struct verify_report *, struct fail *);

/* verifyby.c: a public key, or a file that begins with one; 0 or -1. */
int		 verify_key_arg(struct verify_by *, const char *,
		    struct fail *);
/* The same of a file with a checkpoint. */
int		 verify_checkpoint_arg(struct verify_by *, const char *path,
		    struct fail *);

/* The same for a stream; its name stands where a file's would. */
struct verify	*verify_new(const char *name, const struct verify_by *by);
/* Every good line, as it comes; before the first piece. */
void		 verify_lines(struct verify *, logscan_cb, logscan_seal_cb,
		    void *arg);
/* The same to one more. */
void		 verify_lines_too(struct verify *, logscan_cb, void *arg);
/*
 * What is in an archive comes first; before the first piece.  Of the rest what
 * is in there already is passed over.
 */
void		 verify_archive(struct verify *, int dirfd);
/* 0 to go on; -1 when the verdict is clear and the rest need not be read. */
int		 verify_feed(struct verify *, const void *, size_t);
/*
 * The end of the stream, and what the head is if it became known meanwhile.
 * Frees it.
 */
void		 verify_end(struct verify *, const struct record_head *,
		    struct verify_report *);
/* A directory in place of a stream; frees it. */
void		 verify_end_dir(struct verify *, const char *dir,
		    struct verify_report *);

#endif
