/* SPDX-License-Identifier: ISC */
/* Where to, and from where on; see forwardat.h. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "supervisor/boot/dirs.h"
#include "supervisor/boot/forwardat.h"

#define PLACE_NAME	"forward.place"
#define FORWARDAT_LOCAL		"syslog:"

/*
 * Each directory on the way is root's, and so is each link; where somebody
 * else may add names, they cannot take away what is on the way, but could put
 * the last one there.
 */
static int
is_sound(const char *path, char *err, size_t errlen)
{
	const mode_t others = S_IWGRP | S_IWOTH;
	const char *slash, *last = strrchr(path, '/');
	char part[PATH_MAX];
	struct stat st;

	for (slash = path; slash != NULL && slash <= last;
	    slash = strchr(slash + 1, '/')) {
		(void)snprintf(part, sizeof(part), "%.*s", slash == path ? 1 :
		    (int)(slash - path), path);
		if (lstat(part, &st) == -1) {
			(void)snprintf(err, errlen, "%s: %s", part,
			    strerror(errno));
			return (-1);
		}
		if (st.st_uid == 0 && (S_ISLNK(st.st_mode) ||
		    (st.st_mode & others) == 0 || (slash != last &&
		    (st.st_mode & S_ISVTX) != 0)))
			continue;
		(void)snprintf(err, errlen, "%s: others than root could put "
		    "another socket there", part);
		return (-1);
	}
	return (0);
}

/* Of a link, what it leads to; of a socket that is not there yet, its
 * directory. */
static int
resolve(const char *path, char real[PATH_MAX])
{
	char dir[PATH_MAX];
	const char *base = strrchr(path, '/');
	size_t n;

	if (realpath(path, real) != NULL)
		return (0);
	if (errno != ENOENT)
		return (-1);
	(void)snprintf(dir, sizeof(dir), "%.*s", base == path ? 1 :
	    (int)(base - path), path);
	if (realpath(dir, real) == NULL)
		return (-1);
	n = strcmp(real, "/") == 0 ? 0 : strlen(real);
	if ((size_t)snprintf(real + n, PATH_MAX - n, "%s", base) >=
	    PATH_MAX - n) {
		errno = ENAMETOOLONG;
		return (-1);
	}
	return (0);
}

int
forwardat_resolve(const char *text, char to[FORWARDTO_MAX], char *err,
    size_t errlen)
{
	const char *path, *why;
	char real[PATH_MAX];
	struct forwardto f;
	struct stat st;

	(void)snprintf(to, FORWARDTO_MAX, "%s", text);
	if (forwardto_parse(text, &f) != NULL || f.way != FORWARD_LOCAL)
		return (0);
	path = text + sizeof(FORWARDAT_LOCAL) - 1;
	if (resolve(path, real) == -1) {
		(void)snprintf(err, errlen, "%s: %s", path, strerror(errno));
		return (-1);
	}
	if (is_sound(path, err, errlen) == -1 ||
	    is_sound(real, err, errlen) == -1)
		return (-1);
	if (lstat(real, &st) == 0 && !S_ISSOCK(st.st_mode)) {
		(void)snprintf(err, errlen, "%s is no socket", real);
		return (-1);
	}
	why = "path is too long for a socket";
	if ((size_t)snprintf(to, FORWARDTO_MAX, FORWARDAT_LOCAL "%s", real) >=
	    FORWARDTO_MAX || (why = forwardto_parse(to, &f)) != NULL) {
		(void)snprintf(err, errlen, "%s: %s", real, why);
		return (-1);
	}
	return (0);
}

int
forwardat_open(char *err, size_t errlen)
{
	char path[PATH_MAX];
	struct stat st;
	char *slash;
	int fd;

	(void)snprintf(path, sizeof(path), "%s", dirs_empty());
	if ((slash = strrchr(path, '/')) == NULL)
		return (-1);
	(void)snprintf(slash, sizeof(path) - (size_t)(slash - path), "/%s",
	    PLACE_NAME);
	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC, 0600);
	if (fd == -1) {
		(void)snprintf(err, errlen, "%s: %s", path, strerror(errno));
		return (-1);
	}
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == 0 &&
	    (st.st_mode & 077) == 0 && st.st_nlink == 1)
		return (fd);
	(void)close(fd);
	(void)snprintf(err, errlen, "%s: must be a file of root's that "
	    "nobody else can write to", path);
	return (-1);
}
