/* SPDX-License-Identifier: ISC */
/*
 * What a log says: is it whole, where does it end, which file is the vault,
 * and how many emergency stops are in force.
 */
#ifndef CLIENT_LOGSTATE_H
#define CLIENT_LOGSTATE_H

#include "client/backup/backuphead.h"
#include "client/cli.h"

struct logscan;

struct logstate {
	struct logscan	*scan;
	struct record_head last;
	uint64_t	 last_us;	/* the time of its last record */
	uint64_t	 vault_version;	/* 0: it names none */
	uint8_t		 vault_digest[BACKUP_DIGEST];
	uint64_t	 stops;		/* in force at its end */
	int		 stop_all;	/* one of everything is */
	int		 cut;		/* logstate_dir_cut() */
};

void	logstate_begin(struct logstate *);
/* The next file of a backup, in pieces; all but the log's are passed over. */
int	logstate_name(struct logstate *, const struct backup_file *,
	    struct fail *);
int	logstate_data(struct logstate *, const void *, size_t, struct fail *);
/* The same of a file that is open, its size and no more. */
int	logstate_file(struct logstate *, const struct backup_file *, int fd,
	    struct fail *);
/* 0 if it is whole, or there is none; -1 and *f.  To be called once. */
int	logstate_end(struct logstate *, struct fail *);
/* All of it, of the log in dir. */
int	logstate_dir(struct logstate *, const char *dir, struct fail *);
/* One that has lost its end, and with it what says what was removed. */
int	logstate_dir_cut(struct logstate *, const char *dir, struct fail *);
/* A record that goes behind the end. */
void	logstate_see(struct logstate *, const struct record_view *);
/*
 * Its lock, a descriptor to be closed, or -1 and *f: an auditor may outlive
 * its supervisor, and has it until it ends.
 */
int	logstate_hold(const char *dir, struct fail *);

#endif
