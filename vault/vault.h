/* SPDX-License-Identifier: ISC */
/*
 * The vault's process: what it holds and the functions behind the messages.
 * Every request gets exactly one answer, V_ABORT none.
 */
#ifndef VAULT_VAULT_H
#define VAULT_VAULT_H

#include <stddef.h>
#include <stdint.h>

#include "common/cberr.h"
#include "common/ipc.h"
#include "common/payload.h"
#include "common/rolemain.h"
#include "common/ticket.h"
#include "vault/keyring.h"
#include "vault/store.h"
#include "vault/vfile.h"

struct event;
struct event_base;
struct msg_rotate;
struct change;

/* A ticket that was used: it is good once. */
struct used {
	uint64_t	 run;
	uint64_t	 expires_ms;
	uint8_t		 name[32];	/* digest */
};

struct vault {
	struct ipc	*ipc;
	struct event_base *base;
	struct keyring	*k;
	struct vdir	 dir;
	const char	*root;		/* of the directory, for messages */
	unsigned	 cipher;
	char		*label;		/* as in V_CONFIG */
	char		*locked;	/* why; NULL: open */
	struct store	*st;		/* version 0: no file yet */
	uint8_t		 digest[STORE_DIGEST];	/* of the file in force */
	struct change	*change;	/* at most one */
	struct event	*due;		/* an earlier version ends */
	uint64_t	 due_told;	/* ticket_now(), of the last V_DUE */
	struct used	*used;
	size_t		 nused;
};

/* V_CONFIG, decoded. */
struct vconfig {
	unsigned	 cipher;
	unsigned	 unlock;
	uint64_t	 version;	/* that the log remembers; 0: none */
	uint8_t		 digest[STORE_DIGEST];
	char		*label;
	int		 keyfd;		/* or -1 */
};

/*
 * Reads what is on disk, finishes a change that the log remembers, compares
 * with the log, opens a slot, checks every byte.  v has ipc, k, dir and root.
 * 0, with locked set where no slot opens; or -1 and the reason in err: nothing
 * was written over then.
 */
int	 vault_open(struct vault *, const struct vconfig *, char *err,
	    size_t errlen);
/* Forgets it all (not the memory of keyring and guard). */
void	 vault_close(struct vault *);

/* vault_msg.c: reads V_CONFIG, opens, answers READY or ends the process. */
void	 vault_boot(struct vault *, struct rolemain *, const struct priv *);
void	 vault_on_msg(struct ipc *, struct ipc_msg *, void *);
void	 vault_on_end(struct ipc *, int, void *);
/* vault_names.c: V_NAMES, of all that there is, of the versions of one. */
void	 vault_list(struct vault *, uint64_t id);
void	 vault_history(struct vault *, uint64_t id, const char *name);
/* vault_prints.c: V_PRINTS, of all that there is. */
void	 vault_prints(struct vault *);
/* due.c: waits for the end of an earlier version, if there is one. */
void	 due_arm(struct vault *);
void	 due_stop(struct vault *);
/* vault_done.c: the answer V_DONE. */
void	 vault_done(struct vault *, uint64_t id, enum cberr, const char *, ...)
	    __attribute__((__format__ (printf, 4, 5)));

/* value.c.  One change at a time.  They take fd, the read end of a pipe. */
void	 change_set(struct vault *, uint64_t id, const char *name, int fd);
void	 change_rotate(struct vault *, uint64_t id, const struct msg_rotate *,
	    int fd);
/* What is wrong with a value, or NULL. */
const char *value_wrong(const uint8_t *, size_t);
/* import.c: of many, likewise. */
void	 change_import(struct vault *, uint64_t id, int fd);
/* change.c */
void	 change_rm(struct vault *, uint64_t id, const char *name);
/* Removes the earlier versions of which the time is over. */
void	 change_expire(struct vault *, uint64_t id, const char *name);
void	 change_commit(struct vault *, uint64_t id,
	    const uint8_t ticket[TICKET_SIZE]);
void	 change_abort(struct vault *, uint64_t id);
/* The end: what was prepared stays on disk, the log may have it. */
void	 change_stop(struct vault *);

/* release.c; takes fd, the write end of a pipe. */
void	 release_secret(struct vault *, uint64_t run,
	    const struct msg_release *, int fd);
/* Makes a pipe's end non-blocking; -1 if it is no pipe. */
int	 release_pipe(int fd);

#endif
