/* SPDX-License-Identifier: ISC */
/* What a backup says of itself, and which files it may have; see FORMAT. */
#ifndef CLIENT_BACKUPHEAD_H
#define CLIENT_BACKUPHEAD_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/outfile.h"
#include "common/record/record.h"

#define BACKUP_NAME	80U
#define BACKUP_FILES	1048576U
#define BACKUP_HEAD_MAX	(64U * 1024 * 1024)
#define BACKUP_CONF_MAX	(1024U * 1024)
#define BACKUP_VAULT_MAX (16U * 1024 * 1024)
#define BACKUP_DIGEST	32U

#define BACKUP_CONF	"clawbot.conf"
#define BACKUP_VAULT	"vault/secrets.env"
#define BACKUP_LOGDIR	"log/"
#define BACKUP_OUTDIR	BACKUP_LOGDIR OUTFILE_DIR "/"

/* What a file is, in the order in which they come. */
enum backup_part {
	PART_NONE,		/* no file of a backup */
	PART_CONF,
	PART_VAULT,
	PART_TORN,
	PART_PRUNED,		/* of a log whose beginning was removed */
	PART_SEALS,
	PART_SEGMENT,
	PART_LOG,
	PART_OUTPUT
};

struct backup_file {
	char		 name[BACKUP_NAME + 1];
	uint64_t	 size;
};

struct backup_head {
	uint64_t	 time_us;
	char		*host;
	char		*version;
	struct record_head log;		/* number 0: there is none */
	struct backup_file *v;
	size_t		 n;
	uint64_t	 total;		/* of all sizes */
};

/* What such a name, which may be anything, stands for. */
enum backup_part backup_part(const char *name);
/* Number of the first record, of PART_SEGMENT. */
uint64_t	 backup_first(const char *name);
/* One file more, of that name and size. */
void		 backup_head_add(struct backup_head *, const char *name,
		    uint64_t size);
/* As the stream has it, with the length in front. */
void		 backup_head_put(struct buf *, const struct backup_head *);
/*
 * Takes one apart, without the length.  0, or -1 if it is none: no name that
 * it leaves is another than those of FORMAT, none is there twice, and sizes
 * are within bounds.  backup_head_free() after either.
 */
int		 backup_head_get(struct backup_head *, const void *, size_t);
void		 backup_head_free(struct backup_head *);

#endif
