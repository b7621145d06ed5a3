/* SPDX-License-Identifier: ISC */
/*
 * The executor's view of the file system: under /v/N the root that runs of
 * skill N have, a proc file system, and nothing else of the host.  Built
 * once, as root of the host.
 */
#ifndef EXECUTOR_VIEW_VIEW_H
#define EXECUTOR_VIEW_VIEW_H

#include <stddef.h>

#include "common/xconf.h"

/* Where grants in here lead to is private to a run: mounted for each run. */
#define VIEW_LATE	"/tmp/"
/* In the executor's own view, for control groups: of those of skills. */
#define VIEW_CGROUP	"/cgroup"

/*
 * Unshares the mount, ipc, uts and cgroup namespaces, builds the view and
 * makes it the root.  broken: one entry for each skill, set to a
 * reason the caller frees where a skill cannot be used, else NULL.  0, or
 * what the start is to end with and the reason in err.
 */
int	view_build(const struct xconf *, char **broken, char *err,
	    size_t errlen);
/* "/v/N" of a skill. */
void	view_path(char *, size_t, size_t skill);

/* grant.c: mounts a skill's grants into its root. NULL, or why not. */
char	*grants_mount(int hostroot, int root, int etc, const struct xskill *);
/* The directories of path under dir, made where missing. -1 and errno. */
int	view_mkdirs(int dir, const char *path);

/* viewetc.c: what is in /etc and /dev, given as open directories. */
int	etc_fill(int hostroot, int etc, const struct xconf *, unsigned network,
	    char *err, size_t errlen);
/*
 * What names are looked up with in the host's network: copies of resolv.conf
 * and hosts, as they are now.  NULL, or why they cannot be had.
 */
char	*etc_names(int hostroot, int etc);
int	dev_fill(int dev, char *err, size_t errlen);

#endif
