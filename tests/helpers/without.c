/* SPDX-License-Identifier: ISC */
/*
 * without FEATURE[,FEATURE...] COMMAND...: runs a command on a kernel that
 * lacks something: the calls behind it fail as they do where it is missing.
 * A feature NUMBER:ERRNO is a system call that fails so, or with errno 0 says
 * that it went well and does nothing.
 */
#include "config.h"

#include <sys/prctl.h>
#include <sys/syscall.h>

#include <linux/seccomp.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/bpf.h"

#define LISTENER	SECCOMP_FILTER_FLAG_NEW_LISTENER
#define KILLABLE	(1U << 5)	/* ..._WAIT_KILLABLE_RECV, of 5.19 */
#define FAIL(e)	(SECCOMP_RET_ERRNO | (uint32_t)(e))

static void
flag(struct bpf *b, uint32_t what, int e)
{
	bpf_sys_arg(b, SYS_clone, 0, what, what, FAIL(e));
	bpf_sys_arg(b, SYS_unshare, 0, what, what, FAIL(e));
	bpf_sys(b, SYS_clone3, FAIL(ENOSYS));
}

static void
take(struct bpf *b, const char *what)
{
	int nr, e;

	if (sscanf(what, "%d:%d", &nr, &e) == 2)
		bpf_sys(b, nr, FAIL(e));
	else if (strcmp(what, "landlock") == 0)
		bpf_sys(b, 444, FAIL(ENOSYS));
	else if (strcmp(what, "userns") == 0)
		flag(b, CLONE_NEWUSER, ENOSPC);
	else if (strcmp(what, "pidns") == 0)
		flag(b, CLONE_NEWPID, EINVAL);
	else if (strcmp(what, "netns") == 0)
		flag(b, CLONE_NEWNET, EINVAL);
	else if (strcmp(what, "mntns") == 0)
		flag(b, CLONE_NEWNS, EINVAL);
	else if (strcmp(what, "seccomp") == 0)
		bpf_sys(b, SYS_seccomp, FAIL(ENOSYS));
	else if (strcmp(what, "listener") == 0)
		bpf_sys_arg(b, SYS_seccomp, 1, LISTENER, LISTENER,
		    FAIL(EINVAL));
	else if (strcmp(what, "killable") == 0)
		bpf_sys_arg(b, SYS_seccomp, 1, KILLABLE, KILLABLE,
		    FAIL(EINVAL));
	else if (strcmp(what, "memory") == 0)
		/* of others: a path is looked for in so much of it */
		bpf_sys_arg(b, SYS_pread64, 2, ~0U, PATH_MAX, FAIL(EACCES));
	else if (strcmp(what, "nameless") == 0)
		bpf_sys_arg(b, SYS_openat, 2, O_TMPFILE & ~O_DIRECTORY,
		    O_TMPFILE & ~O_DIRECTORY, FAIL(EOPNOTSUPP));
	else if (strcmp(what, "mount_setattr") == 0)
		bpf_sys(b, 442, FAIL(ENOSYS));
	else if (strcmp(what, "open_tree") == 0)
		bpf_sys(b, 428, FAIL(ENOSYS));
	else if (strcmp(what, "openat2") == 0)
		bpf_sys(b, 437, FAIL(ENOSYS));
	else if (strcmp(what, "memfd_secret") == 0)
		bpf_sys(b, 447, FAIL(ENOSYS));
	else if (strcmp(what, "mlock") == 0) {
		bpf_sys(b, SYS_mlock, FAIL(ENOMEM));
		bpf_sys(b, SYS_mlock2, FAIL(ENOMEM));
		bpf_sys(b, 447, FAIL(ENOSYS));
	} else
		errx(2, "no feature %s", what);
}

int
main(int argc, char **argv)
{
	static struct bpf b;
	char *what, *save = NULL;

	if (argc < 3)
		errx(2, "usage: without FEATURE[,FEATURE...] COMMAND ...");
	bpf_start(&b);
	for (what = strtok_r(argv[1], ",", &save); what != NULL;
	    what = strtok_r(NULL, ",", &save))
		take(&b, what);
	bpf_ret(&b, SECCOMP_RET_ALLOW);
	/* root needs no no_new_privs for it */
	if (bpf_load(&b) == -1)
		err(2, "filter");
	(void)execvp(argv[2], argv + 2);
	err(2, "%s", argv[2]);
}
