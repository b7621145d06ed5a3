/* SPDX-License-Identifier: ISC */
/*
 * What runs find in /etc and /dev.  A short list of files is copied, by name
 * and only where the whole world may read them; accounts are written anew,
 * so that a run learns nothing about the host's users, and so are hosts where
 * runs have no network.
 */
#include "config.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <linux/openat2.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/io.h"
#include "executor/mnt.h"
#include "executor/view/view.h"

#define FILE_MAX	(4U * 1024 * 1024)
#define ENTRIES_MAX	4096
#define DEPTH_MAX	6
#define NOBODY		65534U
#define OWN_NAME	"clawbot"
/* as Debian does: on lo, and not localhost */
#define OWN_HOST	"127.0.1.1 " OWN_NAME "\n"
#define LOCAL_HOSTS	"127.0.0.1 localhost\n::1 localhost\n" OWN_HOST
#define NSSWITCH	"passwd: files\ngroup: files\nshadow: files\n" \
			"services: files\nprotocols: files\n"

struct copy {
	size_t	left;		/* entries */
};

static const char *const copied[] = { "ld.so.cache", "ld.so.conf",
    "ssl/openssl.cnf", "localtime", "timezone", "protocols", "services",
    "debian_version", "os-release", "mime.types" };

static int
copy_bytes(int in, int out)
{
	uint8_t buf[32768];
	size_t total = 0;
	ssize_t n;

	while ((n = read(in, buf, sizeof(buf))) > 0) {
		total += (size_t)n;
		if (total > FILE_MAX || write(out, buf, (size_t)n) != n)
			return (-1);
	}
	return (n == 0 ? 0 : -1);
}

/* A file that the whole world may read? */
static int
is_public(int fd)
{
	struct stat st;

	return (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (st.st_mode & S_IROTH) != 0);
}

static int
copy_open(int in, int to, const char *name)
{
	int out, r;

	out = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (out == -1)
		return (-1);
	r = copy_bytes(in, out);
	(void)close(out);
	return (r);
}

static int
copy_file(int from, int to, const char *name)
{
	int in, r = 0;

	in = mnt_open(from, name, O_RDONLY | O_NONBLOCK, MNT_BENEATH);
	if (in == -1)
		return (errno == EACCES || errno == ENOENT ? 0 : -1);
	/* what others may not read is left out, and is no error */
	if (is_public(in))
		r = copy_open(in, to, name);
	(void)close(in);
	return (r);
}

static int
copy_link(int from, int to, const char *name)
{
	char text[PLAN_MAXPATH];
	ssize_t n;

	if ((n = readlinkat(from, name, text, sizeof(text) - 1)) == -1)
		return (-1);
	text[n] = '\0';
	return (symlinkat(text, to, name));
}

static int copy_entry(struct copy *, int, int, const char *, int);

static int
copy_dir(struct copy *c, int from, int to, const char *name, int depth)
{
	struct dirent *de;
	int in, out = -1, r = 0;
	DIR *d;

	in = mnt_open(from, name, O_RDONLY | O_DIRECTORY, MNT_BENEATH);
	if (in == -1 && errno == EACCES)
		return (0);
	if (in == -1 || (d = fdopendir(in)) == NULL)
		return (-1);
	if (mkdirat(to, name, 0755) == -1 || (out = openat(to, name,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		r = -1;
	while (r == 0 && (de = readdir(d)) != NULL)
		if (strcmp(de->d_name, ".") != 0 &&
		    strcmp(de->d_name, "..") != 0)
			r = copy_entry(c, in, out, de->d_name, depth + 1);
	(void)closedir(d);
	if (out != -1)
		(void)close(out);
	return (r);
}

static int
copy_entry(struct copy *c, int from, int to, const char *name, int depth)
{
	struct stat st;

	if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return (errno == ENOENT || errno == ENOTDIR ? 0 : -1);
	if (c->left == 0) {
		errno = E2BIG;
		return (-1);
	}
	c->left--;
	if (S_ISLNK(st.st_mode))
		return (copy_link(from, to, name));
	if (S_ISREG(st.st_mode))
		return (copy_file(from, to, name));
	if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX)
		return (copy_dir(c, from, to, name, depth));
	return (0);
}

/* A name of the list: the last part is copied, the part before made. */
int
etc_copy(int host, int etc, const char *path)
{
	struct copy c = { ENTRIES_MAX };
	char dir[64];
	const char *slash;
	int from, to, r = -1;

	(void)snprintf(dir, sizeof(dir), "etc");
	if ((slash = strchr(path, '/')) != NULL)
		(void)snprintf(dir, sizeof(dir), "etc/%.*s",
		    (int)(slash - path), path);
	from = mnt_open(host, dir, O_RDONLY | O_DIRECTORY, MNT_BENEATH);
	if (from == -1)
		return (errno == ENOENT ? 0 : -1);
	if (slash != NULL && mkdirat(etc, dir + 4, 0755) == -1 &&
	    errno != EEXIST)
		to = -1;
	else
		to = openat(etc, slash != NULL ? dir + 4 : ".",
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (to != -1) {
		r = copy_entry(&c, from, to, slash != NULL ? slash + 1 : path,
		    0);
		(void)close(to);
	}
	(void)close(from);
	return (r);
}

static int
write_file(int etc, const char *name, const struct buf *b)
{
	ssize_t n;
	int fd;

	if (b->bad)
		return (-1);
	fd = openat(etc, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd == -1)
		return (-1);
	n = write(fd, b->data, b->len);
	(void)close(fd);
	return (n >= 0 && (size_t)n == b->len ? 0 : -1);
}

/* A name that can stand in a line of passwd(5). */
static int
plain(const char *name)
{
	return (name[0] != '\0' && strpbrk(name, ":\n\r") == NULL &&
	    strcmp(name, "root") != 0 && strcmp(name, "nobody") != 0);
}

int
etc_passwd(int dir, const char *name, const struct xconf *xc,
    const char *home)
{
	char number[16];
	struct buf p;
	size_t i;
	int r;

	buf_init(&p, 1048576);
	buf_printf(&p, "root:x:0:0:root:/tmp:/usr/sbin/nologin\n");
	for (i = 0; i < xc->nids; i++) {
		if (!plain(xc->ids[i].name))
			continue;
		(void)snprintf(number, sizeof(number), "/%u", xc->ids[i].uid);
		buf_printf(&p, "%s:x:%u:%u::%s%s:/bin/sh\n",
		    xc->ids[i].name, xc->ids[i].uid, xc->ids[i].gid,
		    home[0] != '\0' ? home : "/tmp",
		    home[0] != '\0' ? number : "");
	}
	/* all others of the host look like this from inside */
	buf_printf(&p, "nobody:x:%u:%u:nobody:/nonexistent:"
	    "/usr/sbin/nologin\n", NOBODY, NOBODY);
	r = write_file(dir, name, &p);
	buf_free(&p);
	return (r);
}

static int
write_group(int etc, const struct xconf *xc)
{
	struct buf g;
	size_t i;
	int r;

	buf_init(&g, 65536);
	buf_printf(&g, "root:x:0:\n");
	for (i = 0; i < xc->nids; i++)
		if (plain(xc->ids[i].name))
			buf_printf(&g, "%s:x:%u:\n", xc->ids[i].name,
			    xc->ids[i].gid);
	buf_printf(&g, "nogroup:x:%u:\n", NOBODY);
	r = write_file(etc, "group", &g);
	buf_free(&g);
	return (r);
}

static int
write_text(int etc, const char *name, const char *text)
{
	struct buf b;
	int r;

	buf_init(&b, 4096);
	buf_put(&b, text, strlen(text));
	r = write_file(etc, name, &b);
	buf_free(&b);
	return (r);
}

static int
append_text(int etc, const char *name, const char *text)
{
	int fd, r;

	fd = openat(etc, name, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (fd == -1)
		return (-1);
	r = io_write(fd, text, strlen(text));
	(void)close(fd);
	return (r);
}

/*
 * A file of /etc, or what the one link in its place names: /run belongs to
 * the daemons that write resolv.conf, and no second link of theirs counts.
 */
static int
open_followed(int host, const char *name)
{
	char path[64], text[PLAN_MAXPATH], to[sizeof(text) + 8];
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "etc/%s", name);
	fd = mnt_open(host, path, O_RDONLY | O_NONBLOCK, MNT_BENEATH);
	if (fd != -1 || errno != ELOOP)
		return (fd);
	if ((n = readlinkat(host, path, text, sizeof(text) - 1)) == -1)
		return (-1);
	text[n] = '\0';
	/* that is a link to /run everywhere */
	if (strncmp(text, "/var/run/", 9) == 0)
		(void)snprintf(to, sizeof(to), "%s", text + 5);
	else if (text[0] == '/')
		(void)snprintf(to, sizeof(to), "%s", text + 1);
	else
		(void)snprintf(to, sizeof(to), "etc/%s", text);
	return (mnt_open(host, to, O_RDONLY | O_NONBLOCK, MNT_BENEATH));
}

int
etc_resolver(int host, char *dir, size_t len)
{
	char text[PLAN_MAXPATH];
	const char *p = text;
	char *slash;
	ssize_t n;

	n = readlinkat(host, "etc/resolv.conf", text, sizeof(text) - 1);
	if (n == -1)
		return (-1);
	text[n] = '\0';
	if (strncmp(p, "../", 3) == 0)
		p += 2;
	if (strncmp(p, "/var/run/", 9) == 0)
		p += 4;
	if (strncmp(p, "/run/", 5) != 0 || strstr(p, "..") != NULL ||
	    (slash = strrchr(text, '/')) <= p + 4)
		return (-1);
	*slash = '\0';
	return ((size_t)snprintf(dir, len, "%s", p + 1) < len ? 0 : -1);
}

/* 1: copied, 0: there is none, -1 and errno. */
static int
copy_followed(int host, int etc, const char *name)
{
	struct stat st;
	char path[64];
	int in, r;

	(void)snprintf(path, sizeof(path), "etc/%s", name);
	if (fstatat(host, path, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return (errno == ENOENT ? 0 : -1);
	if ((in = open_followed(host, name)) == -1)
		return (-1);
	errno = EACCES;
	r = is_public(in) && copy_open(in, etc, name) == 0 ? 1 : -1;
	(void)close(in);
	return (r);
}

char *
etc_names(int host, int etc)
{
	static const char *const files[] = { "resolv.conf", "gai.conf",
	    "host.conf", "hosts" };
	char *why;
	size_t i;
	int r = 0;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if ((r = copy_followed(host, etc, files[i])) == -1) {
			(void)xasprintf(&why, "network host: cannot copy "
			    "/etc/%s, or what its link names: %s", files[i],
			    strerror(errno));
			return (why);
		}
	/* the last one has to be there, and the run's own name in it */
	if (r == 0 ? write_text(etc, "hosts", LOCAL_HOSTS) == -1 :
	    append_text(etc, "hosts", "\n" OWN_HOST) == -1)
		return (xstrdup("network host: cannot write /etc/hosts"));
	return (NULL);
}

int
etc_fill(int host, int etc, const struct xconf *xc, unsigned network,
    const char *home, char *err, size_t errlen)
{
	size_t i;

	for (i = 0; i < sizeof(copied) / sizeof(copied[0]); i++)
		if (etc_copy(host, etc, copied[i]) == -1) {
			(void)snprintf(err, errlen, "cannot copy /etc/%s: %s",
			    copied[i], strerror(errno));
			return (-1);
		}
	if (etc_passwd(etc, "passwd", xc, home) == -1 ||
	    write_group(etc, xc) == -1 ||
	    (network != PLAN_NET_HOST &&
	    write_text(etc, "hosts", LOCAL_HOSTS) == -1) ||
	    write_text(etc, "hostname", OWN_NAME "\n") == -1 ||
	    write_text(etc, "nsswitch.conf", network == PLAN_NET_HOST ?
	    NSSWITCH "hosts: files dns\n" : NSSWITCH "hosts: files\n") ==
	    -1) {
		(void)snprintf(err, errlen, "cannot write /etc of the view: "
		    "%s", strerror(errno));
		return (-1);
	}
	return (0);
}

int
dev_fill(int dev, char *err, size_t errlen)
{
	static const struct { const char *name; unsigned major, minor; } n[] =
	{
		{ "null", 1, 3 }, { "zero", 1, 5 }, { "full", 1, 7 },
		{ "random", 1, 8 }, { "urandom", 1, 9 }, { "tty", 5, 0 },
	};
	static const char *const l[][2] = {
		{ "fd", "/proc/self/fd" }, { "stdin", "/proc/self/fd/0" },
		{ "stdout", "/proc/self/fd/1" },
		{ "stderr", "/proc/self/fd/2" }, { "ptmx", "pts/ptmx" },
	};
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < sizeof(n) / sizeof(n[0]); i++) {
		r = mknodat(dev, n[i].name, S_IFCHR | 0666,
		    makedev(n[i].major, n[i].minor));
		/* not what the umask left of the mode */
		if (r == 0)
			r = fchmodat(dev, n[i].name, 0666, 0);
	}
	for (i = 0; r == 0 && i < sizeof(l) / sizeof(l[0]); i++)
		r = symlinkat(l[i][1], dev, l[i][0]);
	if (r == 0)
		r = mkdirat(dev, "shm", 0755);
	if (r == 0)
		r = mkdirat(dev, "pts", 0755);
	if (r == -1)
		(void)snprintf(err, errlen, "cannot make the devices of the "
		    "view: %s", strerror(errno));
	return (r);
}
