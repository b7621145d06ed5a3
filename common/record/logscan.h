/* SPDX-License-Identifier: ISC */
/*
 * Reading a log from its first record to its last: the one verifier, used by
 * the auditor at its start and by clawbot(1) on any copy.  Bytes are pushed
 * in, so that it reads directories, pipes and test vectors alike.
 *
 * Of a log whose beginning was removed, the copy of the prune record comes
 * first, and then the seals that are gone (pruned.h), as files of their own or
 * in front of the first line.
 *
 * Which record a broken chain names.  When line k+1 does not carry the
 * digest of line k, either line k was changed after k+1 was written, or k+1
 * was (a changed p changes k+1's own digest too).  The next link tells: if
 * line k+2 (or the expected head, where k+1 is the last) carries the digest
 * of line k+1 as it stands, k+1 is what was written and k is named; if not,
 * k+1 is.  Where there is no such link, k is named and ambiguous is set.
 */
#ifndef COMMON_RECORD_LOGSCAN_H
#define COMMON_RECORD_LOGSCAN_H

#include <stddef.h>
#include <stdint.h>

#include "common/record/logseg.h"
#include "common/record/record.h"
#include "common/record/seal.h"

enum logscan_status {
	LOGSCAN_OK = 0,
	LOGSCAN_TAMPERED,	/* record, offset, rule, file */
	LOGSCAN_TRUNCATED,	/* the last line has no end */
	LOGSCAN_ROLLBACK,	/* ends before the expected head */
	LOGSCAN_FORK,		/* another line where the head was */
	LOGSCAN_KEY,		/* record was sealed with another key than
				   that which the seal before it names */
	LOGSCAN_MISSING,	/* records record..missing_last are not there */
	LOGSCAN_IO		/* a file could not be read; see rule */
};

struct logscan_result {
	enum logscan_status	 status;
	uint64_t		 record;
	uint64_t		 missing_last;	/* 0: up to an unknown one */
	uint64_t		 offset;	/* of the record, in file */
	const char		*rule;		/* static text */
	char			 file[LOG_NAMEMAX];
	int			 ambiguous;	/* record, or the next one */
	/*
	 * All that is there is good, but the record of what was removed is
	 * not (tampered), or no seal is behind it (missing).
	 */
	int			 unsaid;
	/* what was removed, as record prune says; 0: nothing */
	uint64_t		 cut_first;	/* from there on */
	uint64_t		 cut;		/* up to there */
	uint64_t		 prune;
	uint64_t		 joined;	/* last seal of an archive
						   in front of that */
	/* what was good up to there */
	uint64_t		 records;
	uint64_t		 first;
	struct record_head	 last;
};

/* A line that is good; offset is where it begins in its file. */
typedef void (*logscan_cb)(const struct record_view *, const char *line,
	    size_t len, uint64_t offset, void *);

struct logscan;

/* cb may be NULL. */
struct logscan	*logscan_new(logscan_cb cb, void *arg);
void		 logscan_on_line(struct logscan *, logscan_cb, void *arg);
void		 logscan_free(struct logscan *);
/*
 * The next file begins.  first: the record its name promises, or 0.
 * current: no file follows, and it may be empty.  0 to go on, -1 when the
 * result is already clear.
 */
int		 logscan_file(struct logscan *, const char *name,
		    uint64_t first, int current);
int		 logscan_feed(struct logscan *, const void *, size_t);
/*
 * What the end is known to be from elsewhere, from the running daemon; before
 * the line it names is passed.  -1 if that is too late.
 */
int		 logscan_expect(struct logscan *, const struct record_head *);
/* Each good one, as it comes. */
typedef void (*logscan_seal_cb)(const struct seal *, void *);
void		 logscan_on_seal(struct logscan *, logscan_seal_cb, void *arg);
/* What was removed; record 0: nothing. */
struct pruned;
const struct pruned *logscan_pruned(const struct logscan *);
/* The number of the last line, also of one that may be wrong yet. */
uint64_t	 logscan_number(const struct logscan *);
/* The seals of what was good. */
const struct sealcheck *logscan_seals(const struct logscan *);
/*
 * Goes on behind what was read before, from logscan_whole() of another
 * scanner; before the first file.
 */
void		 logscan_resume(struct logscan *, const struct record_head *,
		    const struct sealcheck *);
/* 0 and where it stands, or -1 unless all of it is whole as yet. */
int		 logscan_whole(const struct logscan *, struct record_head *,
		    struct sealcheck *);
/* The end.  Returns the status and fills the result. */
enum logscan_status logscan_end(struct logscan *, struct logscan_result *);
/*
 * A file could not be read, or one is not there: the result from here on.
 * rule is static text.
 */
void		 logscan_io(struct logscan *, const char *file,
		    const char *rule);
void		 logscan_missing(struct logscan *, const char *file);

/*
 * logdir.c: pushes a whole directory through a scanner.  A missing current
 * segment is good only while a rotation was under way.  What a crash has left
 * of segments whose removal is recorded is passed over.
 */
void	logscan_dir(struct logscan *, int dirfd);
/*
 * The closed segments of an archive, which come before those of the log's own
 * directory.  The number that a segment of the log must begin behind not to be
 * one of them.
 */
uint64_t logscan_archive(struct logscan *, int dirfd);
/*
 * Behind an archive: the copy of a prune record that stands in front of the log
 * which goes on, newline included.  1: it tells of records behind the archive's
 * end, the seals that are gone follow, and the archive's last one has to be
 * among them.  0: it is of what is there, and neither it nor they are needed.
 * -1 when the result is clear.
 */
int	logscan_gap(struct logscan *, const char *line, size_t len);
/*
 * The same without the closed segments that begin before record from; current
 * is called, if not NULL, when all that are closed are read.
 */
void	logscan_dir_from(struct logscan *, int dirfd, uint64_t from,
	    void (*current)(struct logscan *, void *), void *arg);

#endif
