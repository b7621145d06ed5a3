/* SPDX-License-Identifier: ISC */
/*
 * A segment that is closed, packed or not (common/record/packed.h): any part
 * of it can be read, and it can be written packed, part by part.
 */
#ifndef AUDITOR_PACKFILE_H
#define AUDITOR_PACKFILE_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

struct packfile;

/*
 * Segment first, or with 0 the current one, in the form that it has.  NULL
 * with errno; EBADMSG where it is packed, and not as packed.h says.
 */
struct packfile	*packfile_open(int dirfd, uint64_t first);
/* A file that is not packed, by a descriptor, which is taken over. */
struct packfile	*packfile_plain(int fd);
/* One that is packed, by a descriptor, which is taken over; likewise. */
struct packfile	*packfile_packed(int fd);
/* What it holds, in bytes as they were before; of a plain one, as of now. */
uint64_t	 packfile_size(const struct packfile *);
/* As pread(2). */
ssize_t		 packfile_read(struct packfile *, void *, size_t, uint64_t);
/* Its descriptor, which stays its own. */
int		 packfile_fd(const struct packfile *);
void		 packfile_close(struct packfile *);

/* One that is being written. */
struct packwriter;

struct packwriter *packwriter_new(int fd);
/*
 * Appends a part: PACKED_PART bytes, or fewer where it is the last one.  Of
 * what is written little is not durable.  0, or -1 with errno.
 */
int		 packwriter_part(struct packwriter *, const void *, size_t);
/* Appends the table.  0, or -1 with errno; *size is that of the file. */
int		 packwriter_end(struct packwriter *, uint64_t *size);
void		 packwriter_free(struct packwriter *);

#endif
