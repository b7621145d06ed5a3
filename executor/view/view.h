/* SPDX-License-Identifier: ISC */
/*
 * The executor's view of the file system: under /v/N the root that runs of
 * skill N have, a proc file system, and nothing else of the host.  Built
 * once, as root of the host.
 */
#ifndef EXECUTOR_VIEW_VIEW_H
#define EXECUTOR_VIEW_VIEW_H

#include <sys/types.h>

#include <stddef.h>

#include "common/xconf.h"

/* Where grants in here lead to is private to a run: mounted for each run. */
#define VIEW_LATE	"/tmp/"
/* In a view: what is put over files and directories of /proc, closed to all. */
#define VIEW_NO_FILE	"run/.none"
#define VIEW_NO_DIR	"run/.none.d"
/* In a view, with skills.NAME.channel: that one's socket, and clawbot(1). */
#define VIEW_INNER	CB_RUNDIR "/channels"
#define VIEW_CLIENT	CB_RUNDIR "/bin/clawbot"
/* What is /etc/passwd where a skill has homes. */
#define VIEW_PASSWD	"run/.passwd"
/* In a view: where a run sees the control group that is its own. */
#define VIEW_GROUP	"sys/fs/cgroup"
/* In the executor's own view, for control groups: of those of skills. */
#define VIEW_CGROUP	"/cgroup"

/*
 * Unshares the mount, ipc, uts and cgroup namespaces, builds the view and
 * makes it the root.  broken: one entry for each skill, set to a
 * reason the caller frees where a skill cannot be used, else NULL.  source:
 * for etc_prepare().  0, or what the start is to end with and the reason in
 * err.
 */
int	view_build(const struct xconf *, char **broken, int *source,
	    char *err, size_t errlen);
/* "/v/N" of a skill. */
void	view_path(char *, size_t, size_t skill);

/* grant.c: mounts a skill's grants into its root. NULL, or why not. */
char	*grants_mount(int hostroot, int root, int etc, const struct xskill *);
/* The directories of path under dir, made where missing. -1 and errno. */
int	view_mkdirs(int dir, const char *path);

/*
 * viewinner.c: where clawbot(1) is, asked before a view is begun; and both in
 * the root of a skill.  NULL, or why they cannot be had.
 */
void	inner_find(char *path, size_t len);
char	*inner_fill(int hostroot, int root, const char *path);
/*
 * The same for clawbot-file, which is in every view.  0, also where it is not
 * installed and so not found when it is asked for; or -1 and errno.
 */
void	inner_find_file(char *path, size_t len);
int	inner_fill_file(int hostroot, int root, const char *path);

/*
 * viewlinks.c: names in the host's /etc that belong to the system's programs,
 * for the caller to free; and what has these names, mounted or copied into
 * etc: NULL, or the name that failed, with errno.
 */
void	etc_find(int hostroot, struct strv *found);
const char *etc_take(int hostroot, int etc, const struct strv *found);
/* The same of what is not there yet, all of it copied.  0, or -1 and errno. */
int	etc_copy_found(int hostroot, int etc, const struct strv *found);
/* Does the host keep this name in /etc to itself? */
int	etc_is_kept(const char *name);
/* Can it matter to runs, by its name, that this one in /etc has changed? */
int	etc_matters(const char *name);
/*
 * Does the text of a link in dir ("usr/bin") lead into /etc?  Then name is
 * what comes first in there.
 */
int	etc_led_to(const char *dir, const char *text, char *name, size_t len);

/*
 * viewetc.c: what is in /etc and /dev, given as open directories, but for
 * what etc_take() takes.
 */
int	etc_fill(int hostroot, int etc, const struct xconf *, unsigned network,
	    const char *home, char *err, size_t errlen);
/*
 * Below hostroot, the directory that the link resolv.conf leads into.  0; -1:
 * it is none, or leads to no directory in /run.
 */
int	etc_resolver(int hostroot, char *dir, size_t len);
/*
 * Accounts as runs see them, with the homes that are in there or, "", none.
 * 0, or -1 and errno.
 */
int	etc_passwd(int dir, const char *name, const struct xconf *,
	    const char *home);
/*
 * What has this name in the host's /etc, copied with what is in it where
 * everybody may read it; "a/b" into a directory a.  0, also where there is
 * nothing of that name, or -1 and errno.
 */
int	etc_copy(int hostroot, int etc, const char *path);
/*
 * What names are looked up with in the host's network: copies of resolv.conf
 * and hosts, as they are now.  NULL, or why they cannot be had.
 */
char	*etc_names(int hostroot, int etc);
int	dev_fill(int dev, char *err, size_t errlen);

/*
 * viewown.c: gives that account all that was made in the directory, which is
 * the root of a mount, and itself; nothing that is mounted in there, and
 * nothing that nobody may open.  The mount has to be read-only for that
 * account from then on.  0, or -1 and errno.
 */
int	view_own(int dir, uid_t, gid_t);

/*
 * viewagain.c: in a spawner, whose root is a view: makes /etc anew from what
 * the host's has by now, for the runs of the one skill there is.  source has
 * what of the host that takes: etc, and where resolv.conf leads to.  That looks
 * for links in all of /usr: it can be done by a child.  A mount that is nowhere
 * yet, or -1 and errno.
 */
int	etc_prepare(int source, const struct xconf *one);
/*
 * That one, which is closed, in place of what there is.  0; -1 and errno, the
 * old one is still there; or -2, and it is not.
 */
int	etc_replace(int etc);
/* Has the skill a grant in /etc, which another one would cover? */
int	etc_stays(const struct xconf *one);

#endif
