/* SPDX-License-Identifier: ISC */
/*
 * The files of the log.  gateway.log is written; past its size it becomes
 * gateway-<number of its first record>.log and a new one begins.  What is
 * behind the end of gateway.log is set aside, so that what must be written
 * later can be, whatever else fills the disk.
 *
 * exec.log holds the exec lines of gateway.log alone, byte for byte.  It is
 * derived: it is not synced, a failure to write it stops nothing, and the
 * start compares it, makes it complete again, and records before it is made
 * right that somebody has changed it.
 */
#ifndef AUDITOR_SEGMENT_H
#define AUDITOR_SEGMENT_H

#include <stddef.h>
#include <stdint.h>

#include "auditor/packfile.h"
#include "common/record/logseg.h"

#define LOG_MODE	0640
#define LOG_CLOSED_MODE	0440

/* A copy of the exec lines of one segment. */
struct execlog {
	int		 fd;		/* -1: could not be opened */
	uint64_t	 size;		/* good bytes */
	uint64_t	 from;		/* next byte of the segment */
	int		 inside;	/* from is inside a line */
	int		 copying;	/* that is an exec line */
	int		 checking;	/* compare with what is there first */
	int		 failed;	/* was said */
	char		 name[LOG_NAMEMAX];
	/*
	 * Of a copy that is about to be made right, once: it had so many bytes,
	 * and others than the log has behind the first good ones.
	 */
	void		(*changed)(void *, const char *name, uint64_t bytes,
			    uint64_t good);
	void		*arg;
};

/* So much of the end of gateway.log is known to the byte. */
#define SEGMENT_END	512

struct segment {
	int		 dirfd;
	int		 fd;		/* gateway.log */
	uint64_t	 first;		/* its first record */
	uint64_t	 size;		/* all of it durable */
	uint64_t	 reserved;	/* end of what is set aside */
	uint64_t	 limit;		/* rotate past this */
	uint8_t		 end[SEGMENT_END]; /* the last bytes before size */
	size_t		 nend;
	int		 estimate;	/* nothing can be set aside here */
	uint64_t	*old;		/* first records of rotated ones */
	size_t		 nold;
	struct execlog	 exec;
};

/*
 * Opens or creates gateway.log; size and first are the caller's to set.
 * 0, or -1 with errno.
 */
int	segment_open(struct segment *);
/*
 * Takes the file as it is for what must be there from now on, of that size.
 * 0, or -1 with errno.
 */
int	segment_know(struct segment *, uint64_t size);
/*
 * Sets aside n bytes behind the end.  0, or -1 where there is no room; any
 * other error ends the process.
 */
int	segment_reserve(struct segment *, uint64_t n);
/*
 * Appends and makes durable.  It does both or ends the process with EXIT_IO:
 * after a failure nobody knows what the file holds, and a second sync would
 * lie (fsync(2) reports an error once).  So does it where the file is not what
 * was left there: cut, emptied, written by somebody else, moved away or
 * replaced.  A record behind that would be one of another log.
 */
void	segment_write(struct segment *, const void *, size_t);
/*
 * Begins a new segment, whose first record is next and which has n bytes
 * set aside, if the current one is past its size.  Where there is no room
 * for it, the current one goes on.
 */
void	segment_rotate(struct segment *, uint64_t next, uint64_t n);
/* Its place among all, 0..nold, the current one the last of them; or -1. */
int	segment_place(const struct segment *, uint64_t first, size_t *);
/* The first record that is there. */
uint64_t segment_oldest(const struct segment *);
/* The oldest one is not there any more. */
void	segment_forget(struct segment *);
/* Segment i of 0..nold (the current one): opens it to read, or NULL. */
struct packfile	*segment_read(const struct segment *, size_t i);
/* Makes the names in the directory durable. */
int	segment_syncdir(const struct segment *);

/*
 * Opens exec.log, or with first not 0 that of a rotated segment; changed is
 * the caller's to set.
 */
void	execlog_open(struct execlog *, int dirfd, uint64_t first);
/* Brings it up to size bytes of the segment behind fd. */
void	execlog_follow(struct execlog *, int fd, uint64_t size);
void	execlog_close(struct execlog *);

#endif
