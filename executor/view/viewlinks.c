/* SPDX-License-Identifier: ISC */
/*
 * What of the host's /etc belongs to the system's programs: what a link in
 * /usr leads to, and a list of names that programs know.  A directory is the
 * host's own, read-only, so that what is installed later, or changes, is there
 * at once; a file is a copy, as it was at the start, since another one would
 * come in its place.
 *
 * What the host keeps to itself stays out, whatever leads to it; and of all
 * the rest runs see what everybody may.
 */
#include "config.h"

#include <sys/mount.h>
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/defs.h"
#include "common/xmalloc.h"
#include "executor/mnt.h"
#include "executor/view/view.h"

#define USR_DEPTH	5	/* of directories that are looked into */
#define USR_DIRS	8192	/* at most */
#define ETC_NAMES	256	/* at most */

/* Parts of them are in the view by their own names. */
static const char *const bound[] = { "alternatives", "ssl/certs",
    "ld.so.conf.d" };

/* What programs of the system look for by name, without a link. */
static const char *const known[] = { "ImageMagick-6", "ImageMagick-7", "R",
    "bash.bashrc", "chromium.d", "claude-code", "codex", "dpkg", "ethertypes",
    "fonts", "gemini-cli", "gitconfig", "groff", "inputrc", "locale.alias",
    "lsb-release", "magic", "magic.mime", "manpath.config", "mke2fs.conf",
    "networks", "opencode", "perl", "php", "profile", "profile.d",
    "qwen-code", "rpc", "sgml", "shells", "terminfo", "texmf", "vim", "xml" };

/* Accounts and secrets, what has been written anew, and what starts things. */
static const char *const kept[] = { "shadow*", "gshadow*", "passwd*",
    "group*", "subuid*", "subgid*", "sudo*", "doas.conf", "ssh", "ssl",
    "clawbot*", "security", "pam*", "krb5*", "machine-id", "environment*",
    "hosts*", "host.conf", "hostname", "resolv*", "gai.conf", "nsswitch.conf",
    "fstab", "mtab", "cron*", "systemd", "init*", "default", "apt",
    "NetworkManager", "letsencrypt", "docker", "kubernetes", "polkit-1",
    "ldap", "mysql", "wireguard", "openvpn", "ppp", "ipsec*" };

struct names {
	struct strv	found;	/* in /etc, sorted at the end */
	size_t		dirs;	/* of /usr that were looked into */
};

/* Below /usr, by many files and few programs: nothing in there counts. */
static int
is_skipped(const char *path)
{
	static const char *const skip[] = { "usr/include", "usr/src",
	    "usr/local", "usr/share/doc", "usr/share/icons",
	    "usr/share/locale", "usr/share/man", "usr/share/zoneinfo",
	    "usr/lib/modules", "usr/lib/python3", "usr/lib/firmware" };
	size_t i;

	for (i = 0; i < NELEM(skip); i++)
		if (strcmp(path, skip[i]) == 0)
			return (1);
	return (0);
}

int
etc_is_kept(const char *name)
{
	size_t i;

	for (i = 0; i < NELEM(kept); i++)
		if (fnmatch(kept[i], name, 0) == 0)
			return (1);
	return (0);
}

int
etc_matters(const char *name)
{
	/* of these there are copies in runs with the host's network */
	static const char *const names[] = { "hosts", "host.conf",
	    "resolv.conf", "gai.conf" };
	size_t i, n = strlen(name);

	/* what is being written, and what was there before */
	if (n == 0 || name[0] == '.' || name[n - 1] == '~' ||
	    name[n - 1] == '-')
		return (0);
	for (i = 0; i < NELEM(names); i++)
		if (strcmp(names[i], name) == 0)
			return (1);
	return (!etc_is_kept(name));
}

int
etc_led_to(const char *dir, const char *text, char *name, size_t len)
{
	const char *p = text, *end;
	size_t up = 0, depth = 1, n;

	for (end = dir; (end = strchr(end, '/')) != NULL; end++)
		depth++;
	/* "..", as many as lead to the root, or a root to begin with */
	while (p[0] == '.' && p[1] == '.' && p[2] == '/') {
		up++;
		for (p += 3; *p == '/'; p++)
			;
	}
	if (text[0] == '/')
		for (p = text; *p == '/'; p++)
			;
	else if (up < depth)
		return (0);
	if (strncmp(p, "etc/", 4) != 0)
		return (0);
	for (p += 4; *p == '/'; p++)
		;
	n = strcspn(p, "/");
	/* nothing that leads out again */
	if (n == 0 || n >= len || strstr(p, "..") != NULL || *p == '.')
		return (0);
	memcpy(name, p, n);
	name[n] = '\0';
	return (1);
}

static void
look_at_link(struct names *ns, int fd, const char *dir, const char *link)
{
	char text[PLAN_MAXPATH], name[256];
	ssize_t n;

	if ((n = readlinkat(fd, link, text, sizeof(text) - 1)) == -1)
		return;
	text[n] = '\0';
	if (etc_led_to(dir, text, name, sizeof(name)) &&
	    !etc_is_kept(name) && !strv_has(&ns->found, name) &&
	    ns->found.n < ETC_NAMES)
		strv_add(&ns->found, name);
}

/* The type of an entry: some file systems do not tell. */
static unsigned
type_of(int fd, const struct dirent *de)
{
	struct stat st;

	if (de->d_type != DT_UNKNOWN ||
	    fstatat(fd, de->d_name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return (de->d_type);
	return (S_ISLNK(st.st_mode) ? DT_LNK : S_ISDIR(st.st_mode) ? DT_DIR :
	    DT_REG);
}

/*
 * One directory of /usr, which is closed.  One that cannot be looked into, or
 * too many, only means that a name in /etc is missing.
 */
static void
look_into(struct names *ns, int fd, const char *path, unsigned depth)
{
	char sub[PLAN_MAXPATH];
	struct dirent *de;
	unsigned type;
	DIR *d;

	if (fd == -1 || (d = fdopendir(fd)) == NULL) {
		if (fd != -1)
			(void)close(fd);
		return;
	}
	ns->dirs++;
	while ((de = readdir(d)) != NULL) {
		if (de->d_name[0] == '.')
			continue;
		type = type_of(fd, de);
		if (type == DT_LNK)
			look_at_link(ns, fd, path, de->d_name);
		if (type != DT_DIR || depth >= USR_DEPTH ||
		    ns->dirs >= USR_DIRS ||
		    (size_t)snprintf(sub, sizeof(sub), "%s/%s", path,
		    de->d_name) >= sizeof(sub) || is_skipped(sub))
			continue;
		look_into(ns, mnt_open(fd, de->d_name, O_RDONLY | O_DIRECTORY,
		    MNT_BENEATH), sub, depth + 1);
	}
	(void)closedir(d);
}

/* A directory into which everybody may look, at the same name in ours. */
static int
bind_one(int host, int etc, const char *name)
{
	char path[300];
	struct stat st;
	int fd, mnt;

	(void)snprintf(path, sizeof(path), "etc/%s", name);
	if ((fd = mnt_open(host, path, O_PATH | O_DIRECTORY,
	    MNT_BENEATH)) == -1)
		return (errno == ENOENT || errno == ENOTDIR ||
		    errno == ELOOP ? 0 : -1);
	if (fstat(fd, &st) == -1 || (st.st_mode & (S_IROTH | S_IXOTH)) !=
	    (S_IROTH | S_IXOTH)) {
		(void)close(fd);
		return (0);
	}
	mnt = mnt_clone(fd);
	(void)close(fd);
	if (mnt == -1)
		return (-1);
	if (mnt_attr(mnt, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
	    MOUNT_ATTR_NODEV) == -1 ||
	    view_mkdirs(etc, name) == -1 ||
	    (mkdirat(etc, name, 0755) == -1 && errno != EEXIST)) {
		(void)close(mnt);
		return (-1);
	}
	return (mnt_attach(mnt, etc, name));
}

/* What is there of this name, unless the view has it already. */
static int
take_one(int host, int etc, const char *name)
{
	char path[300];
	struct stat st;

	(void)snprintf(path, sizeof(path), "etc/%s", name);
	if (fstatat(host, path, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    faccessat(etc, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return (0);
	if (S_ISDIR(st.st_mode))
		return (bind_one(host, etc, name));
	return (etc_copy(host, etc, name));
}

void
etc_find(int host, struct strv *found)
{
	struct names ns;
	size_t i;

	memset(&ns, 0, sizeof(ns));
	for (i = 0; i < NELEM(known); i++)
		strv_add(&ns.found, known[i]);
	look_into(&ns, mnt_open(host, "usr", O_RDONLY | O_DIRECTORY,
	    MNT_BENEATH), "usr", 1);
	*found = ns.found;
}

const char *
etc_take(int host, int etc, const struct strv *found)
{
	size_t i;

	for (i = 0; i < NELEM(bound); i++)
		if (bind_one(host, etc, bound[i]) == -1)
			return (bound[i]);
	for (i = 0; i < found->n; i++)
		if (take_one(host, etc, found->v[i]) == -1)
			return (found->v[i]);
	return (NULL);
}

int
etc_copy_found(int host, int etc, const struct strv *found)
{
	size_t i;

	for (i = 0; i < found->n; i++)
		if (faccessat(etc, found->v[i], F_OK,
		    AT_SYMLINK_NOFOLLOW) == -1 &&
		    etc_copy(host, etc, found->v[i]) == -1)
			return (-1);
	return (0);
}
