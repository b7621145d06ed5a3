/* SPDX-License-Identifier: ISC */
/*
 * The vault file on disk.  Names are relative to one directory that is held
 * open; nothing follows a symbolic link.  clawbot-vault(5), "Putting a file
 * in force", says in which order these are called.
 */
#ifndef VAULT_VFILE_H
#define VAULT_VFILE_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "vault/store.h"

#define VFILE_NAME	"secrets.env"
#define VFILE_NEW	"secrets.env.new-"
#define VFILE_TMP	48	/* room for the name of a new file */

struct vdir {
	int	fd;
	uid_t	uid;		/* who must own the files */
	const char *root;	/* where it is, for messages */
};

/*
 * Reads a whole file of at most STORE_MAX bytes.  1, 0 if there is none, or
 * -1 and the reason in err: it cannot be read, is no regular file, belongs to
 * somebody else, others have access (with the command that mends it), it is
 * too large.  The caller frees *b.
 */
int	 vfile_read(const struct vdir *, const char *name, struct buf *b,
	    char *err, size_t errlen);
/* Digest of a file's bytes. */
void	 vfile_digest(const void *, size_t, uint8_t out[STORE_DIGEST]);
/*
 * Writes a new file, durable with its name, which goes to tmp.  0, or -1 and
 * the reason in err; nothing is left behind then.
 */
int	 vfile_prepare(const struct vdir *, const void *, size_t,
	    char tmp[VFILE_TMP], char *err, size_t errlen);
/*
 * Gives a new file the name of the vault file.  0; -1 and errno if it did not
 * happen; -2 and errno if it did but may not outlast a crash.
 */
int	 vfile_commit(const struct vdir *, const char *tmp);
void	 vfile_remove(const struct vdir *, const char *name);
/* Removes every new file; how many, or -1 if the directory is unreadable. */
int	 vfile_sweep(const struct vdir *);
/*
 * Looks for a new file of this digest.  1 and its name and bytes, or 0.  The
 * caller frees *b.
 */
int	 vfile_find(const struct vdir *, const uint8_t digest[STORE_DIGEST],
	    char tmp[VFILE_TMP], struct buf *b);

#endif
