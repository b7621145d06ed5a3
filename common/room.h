/* SPDX-License-Identifier: ISC */
/*
 * Room on a file system: how much is there, and is that little?  One rule for
 * who records it (the auditor) and for who shows it (clawbot status, doctor).
 */
#ifndef COMMON_ROOM_H
#define COMMON_ROOM_H

#include <sys/statvfs.h>

#include <stddef.h>
#include <stdint.h>

/*
 * Bytes that are little where the log is: twice what results and emergency
 * stops have set aside with all the runs that there can be.  So it is told of
 * before a run is refused, however many there are.
 */
#define ROOM_LOG_LOW	(UINT64_C(32) << 20)
#define ROOM_LOW_PERCENT	2U	/* anywhere, of bytes and of files */

struct room_left {
	uint64_t	 free;		/* bytes, for an account that is not
					   root */
	uint64_t	 size;
	uint64_t	 files;		/* that can still be made; and */
	uint64_t	 all_files;	/* 0: without a bound of its own */
};

void		 room_of(struct room_left *, const struct statvfs *);
/* How many hundredths of it are free. */
unsigned	 room_percent(const struct room_left *);
unsigned	 room_files_percent(const struct room_left *);
#define ROOM_TEXT	128
/* "11M of 64M free (17%)", and how many files where these are low. */
void		 room_text(const struct room_left *, char text[ROOM_TEXT]);
/* So many bytes, as df -h would write it. */
#define ROOM_BYTES	32
void		 room_bytes(uint64_t, char text[ROOM_BYTES]);
/* 1: less than least bytes, or than ROOM_LOW_PERCENT of bytes or files. */
int		 room_low(const struct room_left *, uint64_t least);
/* 1: at least twice as much as it takes for room_low() to be 0. */
int		 room_ample(const struct room_left *, uint64_t least);

#endif
