/* SPDX-License-Identifier: ISC */
/* Control groups, as root during bring-up. */
#include "config.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "supervisor/boot/bootcg.h"

#define CGROUP_PREFIX	"clawbot."
#define SYSTEMD		"/run/systemd/system"
#define CONTROL		"cgroup.subtree_control"
#define PROCS		"cgroup.procs"
#define DIRFLAGS	(O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
#define LINE_LEN	8192

static const char *const controllers[] = { "memory", "pids", "cpu", "io" };
#define NCONTROLLERS	(sizeof(controllers) / sizeof(controllers[0]))

static int __attribute__((__format__ (printf, 2, 3)))
miss(struct bootcg *cg, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(cg->missing, sizeof(cg->missing), fmt, ap);
	va_end(ap);
	return (-1);
}

static int
put(int dir, const char *file, const char *text)
{
	size_t len = strlen(text);
	ssize_t n;
	int fd, saved;

	if ((fd = openat(dir, file, O_WRONLY | O_CLOEXEC)) == -1)
		return (-1);
	n = write(fd, text, len);
	saved = errno;
	(void)close(fd);
	errno = saved;
	return (n == (ssize_t)len ? 0 : -1);
}

/* What is in a small file, without the newline; "" if it cannot be read. */
static void
get(int dir, const char *file, char *text, size_t len)
{
	ssize_t n = -1;
	int fd;

	if ((fd = openat(dir, file, O_RDONLY | O_CLOEXEC)) != -1) {
		n = read(fd, text, len - 1);
		(void)close(fd);
	}
	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
}

/* Is word one of those in text, which spaces separate? */
static int
has_word(const char *text, const char *word)
{
	size_t n = strlen(word);
	const char *p;

	for (p = text; (p = strstr(p, word)) != NULL; p += n)
		if ((p == text || p[-1] == ' ') &&
		    (p[n] == '\0' || p[n] == ' '))
			return (1);
	return (0);
}

int
bootcg_mount(const char *line, const char *path, char *out, size_t len)
{
	char root[4096], at[4096];
	const char *rest, *type;
	size_t n;

	if (sscanf(line, "%*s %*s %*s %4095s %4095s", root, at) != 2 ||
	    (type = strstr(line, " - ")) == NULL ||
	    strncmp(type + 3, "cgroup2 ", 8) != 0)
		return (-1);
	/* names in octal, and groups above the namespace's */
	if (strchr(at, '\\') != NULL || strncmp(root, "/..", 3) == 0 ||
	    strncmp(path, "/..", 3) == 0)
		return (-1);
	n = strcmp(root, "/") == 0 ? 0 : strlen(root);
	if (strncmp(path, root, n) != 0)
		return (-1);
	rest = path + n;
	if (*rest != '\0' && *rest != '/')
		return (-1);
	if (strcmp(rest, "/") == 0)
		rest = "";
	if (snprintf(out, len, "%s%s", at, rest) >= (int)len)
		return (-1);
	return (0);
}

/* The line "0::PATH" of /proc/self/cgroup. */
static int
own_path(char *path, size_t len)
{
	char line[LINE_LEN];
	FILE *f;
	int r = -1;

	if ((f = fopen("/proc/self/cgroup", "re")) == NULL)
		return (-1);
	while (r == -1 && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "0::", 3) == 0 && strlen(line + 3) < len) {
			(void)snprintf(path, len, "%s", line + 3);
			r = 0;
		}
	}
	(void)fclose(f);
	return (r);
}

/* The directory of the group that this process is in. */
static int
find_own(struct bootcg *cg, char *dir, size_t len)
{
	char path[4096], line[LINE_LEN];
	FILE *f;
	int r = -1;

	if (own_path(path, sizeof(path)) == -1)
		return (miss(cg, "this kernel has no cgroup v2"));
	if ((f = fopen("/proc/self/mountinfo", "re")) == NULL)
		return (miss(cg, "/proc/self/mountinfo: %s",
		    strerror(errno)));
	while (r == -1 && fgets(line, sizeof(line), f) != NULL)
		r = bootcg_mount(line, path, dir, len);
	(void)fclose(f);
	return (r == 0 ? 0 : miss(cg, "cgroup v2 is not mounted here"));
}

/* systemd says so in an attribute; which one depends on its version. */
static int
delegated(const char *dir)
{
	static const char *const names[] = { "user.delegate",
	    "trusted.delegate" };
	char v[2];
	size_t i;

	for (i = 0; i < 2; i++)
		if (lgetxattr(dir, names[i], v, sizeof(v)) == 1 &&
		    v[0] == '1')
			return (1);
	return (0);
}

/*
 * Each by itself: some may be had where others cannot.  -1: none of those
 * that are there.
 */
static int
enable(int dir)
{
	char have[512], on[512], word[32];
	int error = 0, any = 0;
	size_t i;

	get(dir, "cgroup.controllers", have, sizeof(have));
	get(dir, CONTROL, on, sizeof(on));
	for (i = 0; i < NCONTROLLERS; i++) {
		if (!has_word(have, controllers[i]))
			continue;
		(void)snprintf(word, sizeof(word), "+%s", controllers[i]);
		if (has_word(on, controllers[i]) ||
		    put(dir, CONTROL, word) == 0)
			any = 1;
		else
			error = errno;
	}
	errno = error;
	return (any || error == 0 ? 0 : -1);
}

/* An empty group and those in it; what is in use stays. */
static void
sweep(int dir, const char *name, int depth)
{
	struct dirent *e;
	DIR *d;
	int fd;

	if ((fd = openat(dir, name, DIRFLAGS)) == -1)
		return;
	if (depth > 0 && (d = fdopendir(dup(fd))) != NULL) {
		while ((e = readdir(d)) != NULL)
			if (e->d_type == DT_DIR && e->d_name[0] != '.')
				sweep(fd, e->d_name, depth - 1);
		(void)closedir(d);
	}
	(void)close(fd);
	(void)unlinkat(dir, name, AT_REMOVEDIR);
}

static int
is_empty(int dir, const char *name)
{
	char path[512], text[256];

	(void)snprintf(path, sizeof(path), "%.255s/cgroup.events", name);
	get(dir, path, text, sizeof(text));
	return (strcmp(text, "populated 0") == 0);
}

/* What daemons that have ended left. */
static void
sweep_ended(int own)
{
	struct dirent *e;
	DIR *d;

	if ((d = fdopendir(dup(own))) == NULL)
		return;
	while ((e = readdir(d)) != NULL)
		if (strncmp(e->d_name, CGROUP_PREFIX,
		    strlen(CGROUP_PREFIX)) == 0 &&
		    is_empty(own, e->d_name))
			sweep(own, e->d_name, 3);
	(void)closedir(d);
}

static int
make(int dir, const char *name)
{
	if (mkdirat(dir, name, 0755) == -1 && errno != EEXIST)
		return (-1);
	return (openat(dir, name, DIRFLAGS));
}

/* Beneath own, where nobody else manages groups. */
static int
make_base(struct bootcg *cg)
{
	char name[64];

	sweep_ended(cg->own);
	if (enable(cg->own) == -1)
		return (miss(cg, "controllers cannot be enabled: %s",
		    errno == EBUSY ? "other processes are in this group" :
		    strerror(errno)));
	(void)snprintf(name, sizeof(name), CGROUP_PREFIX "%d", (int)getpid());
	if ((cg->base = make(cg->own, name)) == -1)
		return (miss(cg, "%s: %s", name, strerror(errno)));
	return (0);
}

/*
 * This process has to leave a group before that can have controllers for
 * others.  Anybody else in there stays, and then there are none.
 */
static int
settle(struct bootcg *cg)
{
	int daemon;

	if ((daemon = make(cg->base, "daemon")) == -1)
		return (miss(cg, "daemon: %s", strerror(errno)));
	if (put(daemon, PROCS, "0") == -1)
		(void)miss(cg, "daemon/" PROCS ": %s", strerror(errno));
	(void)close(daemon);
	if (cg->missing[0] != '\0')
		return (-1);
	if (enable(cg->base) == -1)
		return (miss(cg, "controllers cannot be enabled: %s",
		    errno == EBUSY ? "other processes are in this group" :
		    strerror(errno)));
	if ((cg->exec = make(cg->base, "exec")) == -1)
		return (miss(cg, "exec: %s", strerror(errno)));
	return (0);
}

static void
close_fd(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
}

static void
undo(struct bootcg *cg, int is_own)
{
	char name[64];

	(void)put(cg->own, PROCS, "0");
	if (cg->base != -1) {
		sweep(cg->base, "exec", 2);
		sweep(cg->base, "daemon", 0);
	}
	close_fd(&cg->exec);
	close_fd(&cg->base);
	(void)snprintf(name, sizeof(name), CGROUP_PREFIX "%d", (int)getpid());
	if (!is_own)
		(void)unlinkat(cg->own, name, AT_REMOVEDIR);
}

static int
open_own(struct bootcg *cg, const char *dir)
{
	if ((cg->own = open(dir, DIRFLAGS)) == -1)
		return (miss(cg, "%.200s: %s", dir, strerror(errno)));
	return (0);
}

static int
find(struct bootcg *cg, int *is_own)
{
	char dir[8192], have[512];
	size_t i;

#if CB_TEST_HOOKS
	/* a group beneath which there is one, with controllers or without */
	if (getenv("CLAWBOT_CGROUP") != NULL)
		return (open_own(cg, getenv("CLAWBOT_CGROUP")));
#endif
	if (find_own(cg, dir, sizeof(dir)) == -1)
		return (-1);
	if ((*is_own = delegated(dir)) == 0 && access(SYSTEMD, F_OK) == 0)
		return (miss(cg, "the service manager has not delegated the "
		    "group (Delegate=yes in the unit)"));
	if (open_own(cg, dir) == -1)
		return (-1);
	get(cg->own, "cgroup.controllers", have, sizeof(have));
	for (i = 0; i < NCONTROLLERS; i++)
		if (has_word(have, controllers[i]))
			return (0);
	return (miss(cg, "cgroup v2 has none of the controllers memory, pids, "
	    "cpu and io here; version 1 or nobody has them"));
}

void
bootcg_open(struct bootcg *cg)
{
	int is_own = 0;

	cg->own = cg->base = cg->exec = -1;
	cg->missing[0] = '\0';
	if (find(cg, &is_own) == -1)
		return;
	if (is_own) {
		sweep(cg->own, "exec", 2);
		cg->base = dup(cg->own);
	} else if (make_base(cg) == -1)
		return;
	if (settle(cg) == -1)
		undo(cg, is_own);
}

void
bootcg_enter(struct bootcg *cg, pid_t pid)
{
	char num[24];

	if (cg->exec == -1)
		return;
	(void)snprintf(num, sizeof(num), "%d", (int)pid);
	if (put(cg->exec, PROCS, num) == -1)
		log_warn("exec/" PROCS);
}

void
bootcg_hand_over(struct bootcg *cg, pid_t pid, uid_t uid, gid_t gid)
{
	static const char *const files[] = { "", PROCS, "cgroup.threads",
	    CONTROL };
	char num[24];
	size_t i;
	int own;

	if (cg->exec == -1)
		return;
	(void)snprintf(num, sizeof(num), "%d", (int)pid);
	if ((own = make(cg->exec, "own")) == -1 || put(own, PROCS, num) == -1)
		log_warn("exec/own/" PROCS);
	if (own != -1)
		(void)close(own);
	if (enable(cg->exec) == -1)
		log_warn("exec/" CONTROL);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (fchownat(cg->exec, files[i], uid, gid,
		    AT_EMPTY_PATH) == -1)
			log_warn("owner of exec/%s", files[i]);
}

int
bootcg_dir(const struct bootcg *cg)
{
	if (cg->exec == -1)
		return (-1);
	return (open_tree(cg->exec, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
	    AT_EMPTY_PATH));
}

void
bootcg_close(struct bootcg *cg)
{
	close_fd(&cg->exec);
	close_fd(&cg->base);
	close_fd(&cg->own);
}
