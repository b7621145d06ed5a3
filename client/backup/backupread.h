/* SPDX-License-Identifier: ISC */
/*
 * Reading what comes out of a backup's chunks (see FORMAT), in pieces of any
 * size.  Nothing is believed but what the head says, and that only within the
 * bounds of backuphead.h: a file is as long as it was told to be, and what is
 * missing, left over, or of another digest is an error.
 */
#ifndef CLIENT_BACKUPREAD_H
#define CLIENT_BACKUPREAD_H

#include "client/backup/backuphead.h"
#include "client/cli.h"

/*
 * What is made of it.  Each returns 0, or -1 with *f, which ends it.  Whether
 * the bytes are right is known at the end alone: until backup_read_end gives
 * 0 nothing may be done with them that lasts.
 */
struct backup_sink {
	int	(*head)(void *, const struct backup_head *, struct fail *);
	int	(*begin)(void *, const struct backup_file *, struct fail *);
	int	(*data)(void *, const void *, size_t, struct fail *);
	int	(*end)(void *, const struct backup_file *, struct fail *);
};

struct backup_read;

struct backup_read *backup_read_new(const struct backup_sink *, void *arg);
void	backup_read_free(struct backup_read *);
/* 0, or -1 and *f. */
int	backup_read_feed(struct backup_read *, const void *, size_t,
	    struct fail *);
/* Is that all of it, with the right digests?  0, or -1 and *f. */
int	backup_read_end(struct backup_read *, struct fail *);
/* Once the head has come; NULL until then. */
const struct backup_head *backup_read_head(const struct backup_read *);

#endif
