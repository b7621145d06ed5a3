/* SPDX-License-Identifier: ISC */
/* Names of accounts. */
#ifndef CLIENT_USER_H
#define CLIENT_USER_H

#include <sys/types.h>

#define USER_FILE	"/etc/passwd"

/*
 * The name of this account: from file, else from getent(1), which knows all
 * that the host's name service does.  NULL if it has none; to be freed.
 */
char	*user_name(const char *file, uid_t);
/* That of our own account, or its number. */
char	*user_own(void);
/* The account of this name, or number; likewise.  0, or -1 if there is none. */
int	 user_uid(const char *file, const char *, uid_t *);

#endif
