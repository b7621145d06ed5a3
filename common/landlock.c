/* SPDX-License-Identifier: ISC */
/* Landlock by system call: libc has no wrappers. */
#include "config.h"

#include <sys/syscall.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/landlock.h"

#ifndef __NR_landlock_create_ruleset
#define __NR_landlock_create_ruleset	444
#define __NR_landlock_add_rule		445
#define __NR_landlock_restrict_self	446
#endif

#define GET_VERSION		1U
#define RULE_PATH_BENEATH	1
#define RULE_NET_PORT		2
#define LOG_SUBDOMAINS_OFF	(1U << 2)

struct ruleset_attr {
	uint64_t	fs;
	uint64_t	net;
	uint64_t	scoped;
};

struct path_attr {
	uint64_t	access;
	int32_t		fd;
} __attribute__((packed));

struct port_attr {
	uint64_t	access;
	uint64_t	port;
};

/* What may be allowed on something that is not a directory. */
#define ON_FILES (LL_FS_EXECUTE | LL_FS_WRITE_FILE | LL_FS_READ_FILE | \
	LL_FS_TRUNCATE | LL_FS_IOCTL_DEV | LL_FS_RESOLVE_UNIX)

int
landlock_abi(void)
{
	long r;

	r = syscall(__NR_landlock_create_ruleset, NULL, 0, GET_VERSION);
	return (r < 0 ? 0 : (int)r);
}

uint64_t
landlock_fs_all(int abi)
{
	uint64_t all = (LL_FS_MAKE_SYM << 1) - 1;

	if (abi >= 2)
		all |= LL_FS_REFER;
	if (abi >= 3)
		all |= LL_FS_TRUNCATE;
	if (abi >= 5)
		all |= LL_FS_IOCTL_DEV;
	/* those of the same domain need no rule */
	if (abi >= 9)
		all |= LL_FS_RESOLVE_UNIX;
	return (all);
}

int
landlock_ruleset(int abi, int tcp)
{
	struct ruleset_attr a;
	size_t size;

	memset(&a, 0, sizeof(a));
	a.fs = landlock_fs_all(abi);
	size = offsetof(struct ruleset_attr, net);
	if (abi >= LL_ABI_NET) {
		if (!tcp)
			a.net = LL_NET_BIND_TCP | LL_NET_CONNECT_TCP;
		size = offsetof(struct ruleset_attr, scoped);
	}
	if (abi >= LL_ABI_SCOPES) {
		a.scoped = LL_SCOPE_ABSTRACT | LL_SCOPE_SIGNAL;
		size = sizeof(a);
	}
	return ((int)syscall(__NR_landlock_create_ruleset, &a, size, 0));
}

static int
add_rule(int ruleset, int path_fd, uint64_t access)
{
	struct path_attr p;

	if (access == 0)
		return (0);
	p.access = access;
	p.fd = path_fd;
	return ((int)syscall(__NR_landlock_add_rule, ruleset,
	    RULE_PATH_BENEATH, &p, 0));
}

int
landlock_allow(int ruleset, int abi, int path_fd, uint64_t access)
{
	access &= landlock_fs_all(abi);
	/* the kernel refuses what makes no sense for a file */
	if (add_rule(ruleset, path_fd, access) == 0)
		return (0);
	return (errno != EINVAL || (access & ~ON_FILES) == 0 ? -1 :
	    add_rule(ruleset, path_fd, access & ON_FILES));
}

int
landlock_allow_port(int ruleset, int abi, uint16_t port)
{
	const struct port_attr p = { LL_NET_CONNECT_TCP, port };

	if (abi < LL_ABI_NET)
		return (0);
	return ((int)syscall(__NR_landlock_add_rule, ruleset, RULE_NET_PORT,
	    &p, 0));
}

int
landlock_enter(int ruleset, int abi)
{
	return ((int)syscall(__NR_landlock_restrict_self, ruleset,
	    abi >= LL_ABI_LOG ? LOG_SUBDOMAINS_OFF : 0U));
}
