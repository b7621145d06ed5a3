/* SPDX-License-Identifier: ISC */
/* The key of masks; see maskkey.h. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "supervisor/boot/dirs.h"
#include "supervisor/boot/maskkey.h"
#include "supervisor/ids.h"

#define MASKKEY_NAME	"mask.key"
#define MASKKEY_NEW	"mask.key.new"	/* becomes it */

/* The directory that the empty one is in; -1 and errno. */
static int
open_dir(char *path, size_t len)
{
	char *slash;

	(void)snprintf(path, len, "%s", dirs_empty());
	if ((slash = strrchr(path, '/')) == NULL || slash == path) {
		errno = EINVAL;
		return (-1);
	}
	*slash = '\0';
	return (open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

/* 1: it is there, 0: it is not, -1: it is no key. */
static int
read_key(int dir, uint8_t key[XCONF_MASK_KEY])
{
	uint8_t more[XCONF_MASK_KEY + 1];
	struct stat st;
	ssize_t n = -1;
	int fd;

	fd = openat(dir, MASKKEY_NAME, O_RDONLY | O_NOFOLLOW | O_CLOEXEC |
	    O_NONBLOCK);
	if (fd == -1)
		return (errno == ENOENT ? 0 : -1);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == 0 &&
	    (st.st_mode & 077) == 0)
		n = read(fd, more, sizeof(more));
	(void)close(fd);
	if (n == XCONF_MASK_KEY)
		memcpy(key, more, XCONF_MASK_KEY);
	explicit_bzero(more, sizeof(more));
	return (n == XCONF_MASK_KEY ? 1 : -1);
}

/* All of it on disk under its own name, or nothing is there. */
static int
make_key(int dir, uint8_t key[XCONF_MASK_KEY])
{
	int bad, fd;

	if (ids_random(key, XCONF_MASK_KEY) == -1)
		return (-1);
	(void)unlinkat(dir, MASKKEY_NEW, 0);
	fd = openat(dir, MASKKEY_NEW, O_WRONLY | O_CREAT | O_EXCL |
	    O_NOFOLLOW | O_CLOEXEC, 0400);
	if (fd == -1)
		return (-1);
	bad = write(fd, key, XCONF_MASK_KEY) != XCONF_MASK_KEY ||
	    fsync(fd) == -1;
	bad |= close(fd) == -1;
	if (bad || renameat(dir, MASKKEY_NEW, dir, MASKKEY_NAME) == -1 ||
	    fsync(dir) == -1)
		return (-1);
	return (0);
}

static int
wrong(const char *path, char *err, size_t errlen)
{
	(void)snprintf(err, errlen, "%s/" MASKKEY_NAME ": must be a file of "
	    "root's that nobody else can read, of %d bytes; it is made anew "
	    "where there is none", path, XCONF_MASK_KEY);
	return (-1);
}

int
maskkey_read(uint8_t key[XCONF_MASK_KEY], char *err, size_t errlen)
{
	char path[4096];
	int dir, r;

	if ((dir = open_dir(path, sizeof(path))) == -1) {
		(void)snprintf(err, errlen, "%s: %s", path, strerror(errno));
		return (-1);
	}
	r = read_key(dir, key);
	if (r == -1)
		(void)wrong(path, err, errlen);
	else if (r == 0 && (r = make_key(dir, key)) == -1)
		(void)snprintf(err, errlen, "%s/" MASKKEY_NAME ": %s", path,
		    strerror(errno));
	(void)close(dir);
	return (r == -1 ? -1 : 0);
}

int
maskkey_look(char *err, size_t errlen)
{
	uint8_t key[XCONF_MASK_KEY];
	char path[4096];
	int dir, r;

	/* that of the empty one is looked at elsewhere, and root looks */
	if (geteuid() != 0 || (dir = open_dir(path, sizeof(path))) == -1)
		return (0);
	r = read_key(dir, key);
	explicit_bzero(key, sizeof(key));
	(void)close(dir);
	return (r == -1 ? wrong(path, err, errlen) : 0);
}
