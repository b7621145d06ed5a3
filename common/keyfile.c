/* SPDX-License-Identifier: ISC */
/* What a key file has to be; see keyfile.h. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/keyfile.h"

const char *
keyfile_inode_wrong(int fd, uid_t uid)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return (strerror(errno));
	if (S_ISLNK(st.st_mode))
		return ("it is a symbolic link");
	if (S_ISDIR(st.st_mode))
		return ("it is a directory");
	if (!S_ISREG(st.st_mode))
		return ("it is not a regular file");
	if (st.st_uid != 0 && st.st_uid != uid && uid != KEYFILE_ANYBODY)
		return (uid == 0 ? "it does not belong to root" :
		    "it belongs neither to root nor to the vault");
	if (st.st_mode & 077)
		return ("group or others have access to it (chmod 600)");
	if (st.st_size > KEYFILE_MAX)
		return ("it is longer than 4096 bytes");
	return (NULL);
}

int
keyfile_open(const char *path, int nolink, uid_t uid, const char **why)
{
	const int flags = O_CLOEXEC | (nolink ? O_NOFOLLOW : 0);
	int at, fd, saved;

	if ((at = open(path, O_PATH | flags)) == -1) {
		*why = strerror(errno);
		return (-1);
	}
	errno = 0;
	*why = keyfile_inode_wrong(at, uid);
	saved = errno;
	(void)close(at);
	errno = saved;
	if (*why != NULL)
		return (-1);
	fd = open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK | flags);
	if (fd == -1) {
		*why = strerror(errno);
		return (-1);
	}
	/* the name may be another file's by now */
	if ((*why = keyfile_inode_wrong(fd, uid)) == NULL)
		return (fd);
	(void)close(fd);
	errno = 0;
	return (-1);
}

const char *
keyfile_bytes_wrong(const uint8_t *p, size_t n)
{
	uint8_t diff = 0;
	size_t i;

	if (n > KEYFILE_MAX)
		return ("it is longer than 4096 bytes");
	if (n < KEYFILE_MIN)
		return ("it is shorter than 32 bytes");
	/* an emptied or preallocated file is the mistake that happens */
	for (i = 1; i < n; i++)
		diff |= p[i] ^ p[0];
	return (diff == 0 ? "it is one byte, repeated" : NULL);
}
