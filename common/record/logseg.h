/* SPDX-License-Identifier: ISC */
/*
 * The files that a log consists of, by their names: gateway.log is written,
 * and those before it carry the number of their first record.  exec.log
 * holds the exec lines of gateway.log, and has its numbered ones too; it is
 * a copy, which is checked by them, and nothing by it.  A segment that is
 * closed may be packed (packed.h), and then there is no copy of its exec lines.
 */
#ifndef COMMON_RECORD_LOGSEG_H
#define COMMON_RECORD_LOGSEG_H

#include <stddef.h>
#include <stdint.h>

#define LOG_STEM	"gateway"
#define LOG_CURRENT	LOG_STEM ".log"		/* what is written */
#define LOG_NEXT	LOG_STEM ".next"	/* becomes it */
#define LOG_EXEC_STEM	"exec"
#define LOG_EXEC	LOG_EXEC_STEM ".log"
/*
 * In a log that was restored without the keys of its seals: the number of the
 * record that says so, in decimal.  Its seals are by other keys behind that.
 */
#define LOG_RESTORED	"seal.restored"
/* The keys of its seals; see auditor/sealkey.h. */
#define LOG_SEALKEY	"seal.key"
#define LOG_NAMEMAX	64

struct logseg {
	uint64_t	 first;		/* by its name; 0: the current one */
	int		 packed;
	char		 name[LOG_NAMEMAX];
};

/* "gateway-000000000042.log"; stem is LOG_STEM or LOG_EXEC_STEM. */
void	logseg_name(char out[LOG_NAMEMAX], const char *stem, uint64_t first);
/* The same with ".zst" behind it. */
void	logseg_packed_name(char out[LOG_NAMEMAX], uint64_t first);
/* The number in a name of either kind, or 0; *packed tells which it is. */
uint64_t logseg_first(const char *name, int *packed);
/*
 * "lost-000000000042": the directory for what is lost from that record on.  Is
 * it there?  Where that is the next record, it does not tell of it yet.
 */
void	logseg_lost_name(char out[LOG_NAMEMAX], uint64_t record);
int	logseg_lost(int dirfd, uint64_t record);
/*
 * Lists the segments of the directory behind dirfd, oldest first, into a
 * fresh array.  The current one is last, where there is one; *next tells
 * whether LOG_NEXT is there.  Where a segment is there in both forms, it is
 * the plain one that counts: the other may not be complete.  Everything else
 * in the directory is passed over.  0, or -1 with errno.
 */
int	logseg_list(int dirfd, struct logseg **, size_t *n, int *next);
/*
 * A file there, with these flags: a plain one, for a pipe or a device could
 * keep the reader for ever, and no link.  -1 with errno.
 */
int	logseg_open(int dirfd, const char *name, int flags);

#endif
