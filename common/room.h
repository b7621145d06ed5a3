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
/*
 * Little is ROOM_LOW_PERCENT of what there is, of bytes and of files, and no
 * less than what is wanted there (ROOM_LOG_LOW); on a large file system no more
 * than this, which lasts for long whatever part of it that is.  And never more
 * than one of ROOM_LOW_PART parts of the bytes: on a small one twice as much,
 * which is ample, can be free.
 */
#define ROOM_LOW_PERCENT	2U
#define ROOM_LOW_BYTES	(UINT64_C(2) << 30)
#define ROOM_LOW_FILES	UINT64_C(65536)
#define ROOM_LOW_PART	3U

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
#define ROOM_TEXT	128
/* "11M of 64M free (17%)", and how many files where these are low. */
void		 room_text(const struct room_left *, char text[ROOM_TEXT]);
/* So many bytes, as df -h would write it. */
#define ROOM_BYTES	32
void		 room_bytes(uint64_t, char text[ROOM_BYTES]);
/* How many bytes free are not little, where least of them are wanted. */
uint64_t	 room_mark(const struct room_left *, uint64_t least);
/* 1: less than that, or little of files. */
int		 room_low(const struct room_left *, uint64_t least);
/* 1: at least twice as much as it takes for room_low() to be 0. */
int		 room_ample(const struct room_left *, uint64_t least);

#endif
