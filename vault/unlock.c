/* SPDX-License-Identifier: ISC */
/* Reading the key file; see unlock.h. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "vault/unlock.h"

/*
 * The supervisor opened it as root; that it is a file for one reader is
 * checked on this side again.
 */
static const char *
check_inode(int fd, uid_t uid)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return (strerror(errno));
	if (!S_ISREG(st.st_mode))
		return ("it is not a regular file");
	if (st.st_uid != 0 && st.st_uid != uid)
		return ("it belongs neither to root nor to the vault");
	if (st.st_mode & 077)
		return ("group or others have access to it (chmod 600)");
	if (st.st_size > KEYFILE_MAX)
		return ("it is longer than 4096 bytes");
	return (NULL);
}

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
	if (k->filelen > KEYFILE_MAX)
		return ("it is longer than 4096 bytes");
	if (k->filelen < KEYFILE_MIN)
		return ("it is shorter than 32 bytes");
	return (NULL);
}

/* An emptied or preallocated file is the mistake that happens. */
static int
all_same(const struct keyring *k)
{
	uint8_t diff = 0;
	size_t i;

	for (i = 1; i < k->filelen; i++)
		diff |= k->file[i] ^ k->file[0];
	return (diff == 0);
}

int
unlock_keyfile(struct keyring *k, int fd, uid_t uid, char *err, size_t errlen)
{
	const char *why;

	why = check_inode(fd, uid);
	if (why == NULL)
		why = read_whole(k, fd);
	if (why == NULL && all_same(k))
		why = "it is one byte, repeated";
	if (why == NULL)
		return (0);
	keyring_forget(k);
	snprintf(err, errlen, "%s", why);
	return (-1);
}
