/* SPDX-License-Identifier: ISC */
/*
 * A program of a grant, copied while it is hashed: what is executed are the
 * bytes that were hashed, whoever may write to the file, and whenever.
 *
 * The copy lies in a file system of the sandbox's own that is attached
 * nowhere, under the same names as the original.  So no other name changes
 * with it, nobody can move it, and for the program all is as it would be:
 * /proc/self/exe and with it $ORIGIN lead to where the original is, and to
 * execute /proc/self/exe is to execute the same bytes once more.  When the
 * last process that executes it ends, it is gone.
 */
#include "config.h"

#include <sys/mount.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/landlock.h"
#include "executor/box/box.h"
#include "executor/hook.h"
#include "executor/mnt.h"
#include "executor/view/view.h"

void
box_copies(struct box *bx, const char *at)
{
	const struct xskill *s = bx->skill;
	char opts[128];

	bx->copies = -1;
	/* the battery tries what Landlock alone keeps from happening there */
	if (s->read.n == 0 && s->write.n == 0 && !bx->profile->probe)
		return;
	/* the size: what may be executed, and names */
	(void)snprintf(opts, sizeof(opts), "mode=0700,uid=%u,gid=%u,"
	    "size=1025m", bx->profile->uid, bx->profile->gid);
	if (mount("none", at, "tmpfs", MS_NOSUID | MS_NODEV, opts) == -1 ||
	    (bx->copies = open(at, O_PATH | O_DIRECTORY | O_CLOEXEC)) == -1)
		box_fail(bx, CBE_INTERNAL, "tmpfs for programs of grants");
}

void
box_copies_allow(const struct box *bx, int rs)
{
	if (bx->copies != -1 && landlock_allow(rs, bx->layers->landlock,
	    bx->copies, LL_FS_EXECUTE | LL_FS_READ_FILE | LL_FS_WRITE_FILE |
	    LL_FS_TRUNCATE | LL_FS_MAKE_DIR | LL_FS_MAKE_REG) == -1)
		box_fail(bx, CBE_INTERNAL, "landlock rule for programs");
}

static void __attribute__((__noreturn__))
copy_failed(const struct box *bx, const char *path)
{
	box_fail(bx, CBE_CANTEXEC, "%.200s: cannot be copied", path);
}

/* The kernel is not going to ask about this one: rights, lists, noexec. */
static void
may_execute(const struct box *bx, int fd, const char *path)
{
	char name[32];

	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	if (faccessat(AT_FDCWD, name, X_OK, 0) == -1)
		box_fail(bx, CBE_CANTEXEC, "%.200s", path);
}

int
box_copy(const struct box *bx, int fd, const char *path, struct ident *id)
{
	struct trouble t;
	int to;

	may_execute(bx, fd, path);
	if (view_mkdirs(bx->copies, path + 1) == -1 ||
	    (to = openat(bx->copies, path + 1, O_WRONLY | O_CREAT | O_EXCL |
	    O_NOFOLLOW | O_CLOEXEC, 0500)) == -1)
		copy_failed(bx, path);
	if (ident_copy(fd, to, id, &t) == -1) {
		errno = 0;
		box_fail(bx, (enum cberr)t.err, "%.200s: %s", path, t.text);
	}
	/* what is open for writing cannot be executed */
	(void)close(to);
	(void)close(fd);
	fd = openat(bx->copies, path + 1, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		copy_failed(bx, path);
	return (fd);
}
