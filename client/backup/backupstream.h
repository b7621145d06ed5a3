/* SPDX-License-Identifier: ISC */
/*
 * The chunks of a backup: compressed, then encrypted and authenticated, and
 * the way back, in pieces of any size.  See FORMAT.
 */
#ifndef CLIENT_BACKUPSTREAM_H
#define CLIENT_BACKUPSTREAM_H

#include "client/backup/backupkey.h"
#include "client/cli.h"

struct backup_out;

/* Writes the front on fd, which stays the caller's; NULL and *f. */
struct backup_out *backup_out_new(int fd, const struct backup_secret *,
	    struct fail *);
/* 0, or -1 and *f. */
int	backup_out_put(struct backup_out *, const void *, size_t,
	    struct fail *);
/* The last chunk; 0, or -1 and *f. */
int	backup_out_end(struct backup_out *, struct fail *);
void	backup_out_free(struct backup_out *);

/* What was compressed, in pieces: 0, or -1 and *f to stop. */
typedef int backup_plain(void *, const void *, size_t, struct fail *);

struct backup_in;

struct backup_in *backup_in_new(const struct backup_secret *, backup_plain *,
	    void *arg);
int	backup_in_feed(struct backup_in *, const void *, size_t,
	    struct fail *);
/* The file is over: was that its end?  0, or -1 and *f. */
int	backup_in_end(struct backup_in *, struct fail *);
void	backup_in_free(struct backup_in *);

#endif
