/* SPDX-License-Identifier: ISC */
/* Reading the key file; see unlock.h. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/keyfile.h"
#include "vault/unlock.h"

/* From the start, whatever was read of it before. */
static const char *
read_whole(struct keyring *k, int fd)
{
	ssize_t n;

	k->filelen = 0;
	while (k->filelen < sizeof(k->file)) {
		n = pread(fd, k->file + k->filelen,
		    sizeof(k->file) - k->filelen, (off_t)k->filelen);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return (strerror(errno));
		if (n == 0)
			break;
		k->filelen += (size_t)n;
	}
	return (keyfile_bytes_wrong(k->file, k->filelen));
}

/*
 * The supervisor opened it as root; that it is a file for one reader is
 * checked on this side again.
 */
int
unlock_keyfile(struct keyring *k, int fd, uid_t uid, char *err, size_t errlen)
{
	const char *why;

	why = keyfile_inode_wrong(fd, uid);
	if (why == NULL)
		why = read_whole(k, fd);
	if (why == NULL)
		return (0);
	keyring_forget(k);
	snprintf(err, errlen, "%s", why);
	return (-1);
}
