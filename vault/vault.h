/* SPDX-License-Identifier: ISC */
/*
 * The vault's process: what it holds and the functions behind the messages.
 * Every request gets exactly one answer, V_ABORT none.
 */
#ifndef VAULT_VAULT_H
#define VAULT_VAULT_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

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
struct msg_bring;
struct msg_rekey;
struct msg_rotate;
struct msg_slot;
struct change;
struct leak;
struct prove;

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
	char		*locked;	/* why; NULL: open */
	int		 astray;	/* locked, also with keys: the file is
					   not the one that the log has */
	char		*stray;		/* that, once a key opens it; or NULL */
	uint64_t	 pinned;	/* version that the log has; 0: none */
	struct store	*st;		/* version 0: no file yet */
	uint8_t		 digest[STORE_DIGEST];	/* of the file in force */
	struct change	*change;	/* at most one */
	struct leak	*leak;		/* likewise; identify.c */
	struct event	*due;		/* an earlier version ends */
	uint64_t	 due_told;	/* ticket_now(), of the last V_DUE */
	struct prove	*prove;		/* likewise; prove.h */
	unsigned	 failures;	/* keys that opened nothing, since one
					   that did */
	uint64_t	 retry_ms;	/* of ticket_now(): not before */
	unsigned	 layers;	/* PRIV_* */
	time_t		 since;		/* it is open, or locked */
	uint32_t	 lock_after;	/* seconds; 0: never */
	struct event	*lock_ev;
	struct used	*used;
	size_t		 nused;
};

/* V_CONFIG, decoded. */
struct vconfig {
	unsigned	 cipher;
	uint64_t	 version;	/* that the log remembers; 0: none */
	uint8_t		 digest[STORE_DIGEST];
	uint32_t	 lock_after;
	struct vway {
		unsigned	 kind;	/* UNLOCK_* */
		char		*label;
		int		 fd;
	}		 ways[MSG_WAYS_MAX];
	size_t		 nways;
	char		*why;		/* it is locked, if none of them opens
					   it; or "" */
};

/*
 * Reads what is on disk, finishes a change that the log remembers, compares
 * with the log, opens a slot, checks every byte.  v has ipc, k, dir and root.
 * 0, with locked set where no slot opens; or -1 and the reason in err: nothing
 * was written over then.
 */
int	 vault_open(struct vault *, const struct vconfig *, char *err,
	    size_t errlen);
/*
 * Is this file, of which v->st is made, what was written with these keys?
 * Opens its index.  0, or -1 and the reason in err.
 */
int	 vault_verify(struct vault *, struct keyring *, const void *,
	    char *err, size_t errlen);
/* Forgets it all (not the memory of keyring and guard). */
void	 vault_close(struct vault *);

/* vault_msg.c: reads V_CONFIG, opens, answers READY or ends the process. */
void	 vault_boot(struct vault *, struct rolemain *, const struct priv *);
void	 vault_on_msg(struct ipc *, struct ipc_msg *, void *);
void	 vault_on_end(struct ipc *, int, void *);
/* vault_names.c: V_NAMES, of all that there is, of the versions of one. */
void	 vault_list(struct vault *, uint64_t id);
void	 vault_history(struct vault *, uint64_t id, const char *name);
/* V_VERSIONS, of all that there is. */
void	 vault_versions(struct vault *);
/* identify.c: likewise, of what is in a text; takes fd, a pipe's read end. */
void	 vault_identify(struct vault *, uint64_t id, int fd);
/* What still waits for its text ends, and is answered why, if not NULL. */
void	 identify_end(struct vault *, const char *why);
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
/*
 * Tries all of that which can fail before a value is there, with one of the
 * greatest length, and changes nothing.
 */
void	 change_may_rotate(struct vault *, uint64_t id,
	    const struct msg_rotate *);
void	 change_rotate(struct vault *, uint64_t id, const struct msg_rotate *,
	    int fd);
/* What is wrong with a value, or NULL. */
const char *value_wrong(const uint8_t *, size_t);
/* import.c: of many, likewise. */
void	 change_import(struct vault *, uint64_t id, int fd);
/* change.c */
void	 change_rm(struct vault *, uint64_t id, const char *name);
/* Goes on with what is there, in place of what the log remembers. */
void	 change_recover(struct vault *, uint64_t id);
/* Removes the earlier versions of which the time is over. */
void	 change_expire(struct vault *, uint64_t id, const char *name);
void	 change_commit(struct vault *, uint64_t id,
	    const uint8_t ticket[TICKET_SIZE]);
void	 change_abort(struct vault *, uint64_t id);
/* The end: what was prepared stays on disk, the log may have it. */
void	 change_stop(struct vault *);

/*
 * A next file whose contents are as they shall be but for its version, to be
 * made of what change_successor gives; said: what is answered once it is in
 * force.  keys: under which it is then, in mem, guarded memory that is taken,
 * too; NULL: those that there are.
 */
void	 change_slots(struct vault *, uint64_t id, struct store *next,
	    struct keyring *keys, void *mem, const char *said);

/* slots.c; take fd, as change_set does. */
void	 slots_list(struct vault *, uint64_t id);
void	 slots_add(struct vault *, uint64_t id, unsigned kind,
	    const char *label, int fd);
void	 slots_rm(struct vault *, uint64_t id, const struct msg_slot *);
void	 slots_rekey(struct vault *, uint64_t id, const struct msg_rekey *,
	    int fd);

/* lock.c */
/* What to do where the log remembers a file, and there is none. */
extern const char lock_missing[];
void	 lock_init(struct vault *);
/* The fields of READY and V_STATE; V_STATE. */
void	 lock_put(struct vault *, struct buf *);
void	 lock_tell(struct vault *);
/* The keys are there, and go after vault.lockAfterSeconds. */
void	 lock_keys(struct vault *);
/* The same, and it is open from now on. */
void	 lock_opened(struct vault *);
/* Requests; lock_open takes fd. */
void	 lock_shut(struct vault *, uint64_t id);
void	 lock_open(struct vault *, uint64_t id, int fd);

/* reveal.c; takes both.  reveal_commit: 0 if it is none of its own. */
void	 reveal(struct vault *, uint64_t id, const char *name, int keyfd,
	    int outfd);
int	 reveal_commit(struct vault *, uint64_t id,
	    const uint8_t ticket[TICKET_SIZE]);

/*
 * export.c; takes both: what opens the vault and what shall open the bundle, to
 * a passphrase or not, and where it goes.  export_commit as reveal_commit.
 */
void	 export(struct vault *, uint64_t id, int phrase, int keyfd, int outfd);
int	 export_commit(struct vault *, uint64_t id,
	    const uint8_t ticket[TICKET_SIZE]);
/* bring.c; takes both: what opens a bundle, and the bundle. */
void	 bring(struct vault *, uint64_t id, const struct msg_bring *,
	    int keyfd, int fd);

/* release.c; takes fd, the write end of a pipe. */
void	 release_secret(struct vault *, uint64_t run,
	    const struct msg_release *, int fd);
/* Makes a pipe's end non-blocking; -1 if it is no pipe. */
int	 release_pipe(int fd);

#endif
