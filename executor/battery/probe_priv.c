/* SPDX-License-Identifier: ISC */
/* Attempts: account, capabilities, no_new_privs, namespaces. */
#include "config.h"

#include <sys/capability.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>

#include <linux/securebits.h>

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/defs.h"
#include "executor/battery/probe.h"
#include "executor/box/box.h"

static const struct refuser by_caps[] = {
	{ EPERM, "capabilities", "it takes one that the run does not have" },
	{ 0, NULL, NULL },
};

static const struct refuser by_nnp[] = {
	{ EINVAL, "no_new_privs", "the kernel has no way back" },
	{ 0, NULL, NULL },
};

/* The account. */

/* Real, effective, saved and of the file system, as the kernel has them. */
static int
ids_are(const char *key, unsigned want)
{
	unsigned id[4];
	char line[128];

	return (probe_status(key, line, sizeof(line)) == 0 &&
	    sscanf(line, "%u %u %u %u", &id[0], &id[1], &id[2], &id[3]) == 4 &&
	    id[0] == want && id[1] == want && id[2] == want && id[3] == want);
}

static int
is_account(const struct box *bx)
{
	return (ids_are("Uid:", bx->profile->uid) &&
	    ids_are("Gid:", bx->profile->gid));
}

static int
is_alone(void)
{
	char line[1024];

	return (probe_status("Groups:", line, sizeof(line)) == 0 &&
	    line[0] == '\0');
}

/* These take what a call has returned. */
static void
ids_after(struct trial *t, long r)
{
	try_returned(t, r);
	try_effect(t, !is_account(t->bx));
}

static void
groups_after(struct trial *t, long r)
{
	try_returned(t, r);
	try_effect(t, !is_alone());
}

static void
other_ids(struct trial *t)
{
	try_state(t, is_account(t->bx) && t->bx->profile->uid != 0);
}

static void
other_groups(struct trial *t)
{
	gid_t root = 0;

	try_state(t, is_alone());
	groups_after(t, setgroups(1, &root));
}

static void
root_again(struct trial *t)
{
	ids_after(t, setresuid(0, 0, 0));
	ids_after(t, setuid(0));
	ids_after(t, seteuid(0));
	ids_after(t, setresgid(0, 0, 0));
	ids_after(t, setgid(0));
}

/* These have no return value that would tell. */
static void
root_for_files(struct trial *t)
{
	(void)setfsuid(0);
	(void)setfsgid(0);
	try_state(t, is_account(t->bx));
}

static void
other_account(struct trial *t)
{
	uid_t u = t->bx->profile->uid + 1;

	ids_after(t, setresuid(u, u, u));
}

/* Capabilities. */

static int
is_empty(const char *set)
{
	unsigned long long v = 1;
	char line[64];

	return (probe_status(set, line, sizeof(line)) == 0 &&
	    sscanf(line, "%llx", &v) == 1 && v == 0);
}

static int
has_none(void)
{
	return (is_empty("CapPrm:") && is_empty("CapEff:") &&
	    is_empty("CapInh:") && is_empty("CapAmb:"));
}

static void
caps_after(struct trial *t, long r)
{
	try_returned(t, r);
	try_effect(t, !has_none());
}

static void
no_capability(struct trial *t)
{
	try_state(t, has_none());
}

static void
bounding_set(struct trial *t)
{
	try_state(t, is_empty("CapBnd:"));
}

static void
take_capability(struct trial *t)
{
	static const cap_value_t admin = CAP_SYS_ADMIN;
	cap_t c = cap_init();
	int r = -1;

	if (c != NULL && cap_set_flag(c, CAP_PERMITTED, 1, &admin,
	    CAP_SET) == 0 && cap_set_flag(c, CAP_EFFECTIVE, 1, &admin,
	    CAP_SET) == 0)
		r = cap_set_proc(c);
	caps_after(t, r);
	(void)cap_free(c);
}

static void
ambient_capability(struct trial *t)
{
	caps_after(t, prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE,
	    CAP_SYS_ADMIN, 0, 0));
}

static int
bits_are_set(void)
{
	const int want = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED |
	    SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
	int bits = prctl(PR_GET_SECUREBITS, 0, 0, 0, 0);

	return (bits != -1 && (bits & want) == want);
}

static void
secure_bits(struct trial *t)
{
	if (prctl(PR_GET_SECUREBITS, 0, 0, 0, 0) == -1) {
		try_noted(t);
		return;
	}
	try_state(t, bits_are_set());
	try_returned(t, prctl(PR_SET_SECUREBITS, 0, 0, 0, 0));
	try_effect(t, !bits_are_set());
}

/* no_new_privs. */

static int
has_nnp(void)
{
	char line[16];

	return (probe_status("NoNewPrivs:", line, sizeof(line)) == 0 &&
	    strcmp(line, "1") == 0);
}

static void
no_new_privs(struct trial *t)
{
	try_state(t, has_nnp());
}

static void
new_privs_again(struct trial *t)
{
	try_returned(t, prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
	try_effect(t, !has_nnp());
}

/* Namespaces. */

/*
 * Root of our user namespace must not be root of the host.  In one beneath
 * that, the map shows it as root of the namespace above.
 */
static void
user_namespace(struct trial *t)
{
	unsigned long in, out, n;
	unsigned lines = 0;
	int good = 1;
	FILE *fp;

	if ((fp = fopen("/proc/self/uid_map", "re")) == NULL)
		probe_passing();
	else {
		for (; fscanf(fp, "%lu %lu %lu", &in, &out, &n) == 3; lines++)
			good &= n == 1 && (out != 0 || t->bx->idns != -1);
		(void)fclose(fp);
	}
	try_state(t, good && lines > 0);
}

/*
 * Which other accounts there are is none of its business.  A host that does
 * not allow these namespaces has runs all the same, and status says so.
 */
static void
accounts(struct trial *t)
{
	static const char *const maps[] = { "/proc/self/uid_map",
	    "/proc/self/gid_map" };
	const unsigned long own[] = { t->bx->profile->uid,
	    t->bx->profile->gid };
	unsigned long in, out, n;
	int good = 1;
	size_t i;
	FILE *fp;

	if (!t->bx->layers->idns)
		return;
	for (i = 0; i < NELEM(maps); i++) {
		if ((fp = fopen(maps[i], "re")) == NULL) {
			probe_passing();
			continue;
		}
		while (fscanf(fp, "%lu %lu %lu", &in, &out, &n) == 3)
			good &= n == 1 && (in == 0 || in == own[i]);
		(void)fclose(fp);
	}
	try_state(t, good);
}

/* Another one than that which a word of the plan names? */
static int
differs(const struct box *bx, const char *name, size_t arg)
{
	char path[64], to[64];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	if (bx->plan->argv.n <= arg ||
	    (n = readlink(path, to, sizeof(to) - 1)) <= 0)
		return (0);
	to[n] = '\0';
	return (strcmp(to, bx->plan->argv.v[arg]) != 0);
}

static void
own_namespace(struct trial *t, size_t i)
{
	static const char *const names[] = PROBE_NAMESPACES;

	try_state(t, differs(t->bx, names[i], PROBE_ARG_NS + i));
}

static void
pid_namespace(struct trial *t)
{
	try_state(t, getppid() == 1);
	own_namespace(t, 0);
}

static void
mount_namespace(struct trial *t)
{
	own_namespace(t, 1);
}

static void
ipc_namespace(struct trial *t)
{
	own_namespace(t, 2);
}

static void
uts_namespace(struct trial *t)
{
	own_namespace(t, 3);
}

static void
cgroup_namespace(struct trial *t)
{
	own_namespace(t, 4);
}

static void
executors_network(struct trial *t)
{
	own_namespace(t, 5);
}

/* Is word col of a line an interface, but lo? */
static int
names_interface(const char *line, unsigned col)
{
	static const char blank[] = " \t\n:";
	size_t n;

	line += strspn(line, blank);
	for (; col > 0; col--) {
		line += strcspn(line, blank);
		line += strspn(line, blank);
	}
	n = strcspn(line, blank);
	return (n != 0 && (n != 2 || memcmp(line, "lo", 2) != 0));
}

/* How many lines of a file in /proc do, behind the first ones? */
static unsigned
interfaces(const char *path, unsigned skip, unsigned col)
{
	unsigned i, n = 0;
	char line[512];
	FILE *fp;

	if ((fp = fopen(path, "re")) == NULL) {
		probe_passing();
		/* a kernel without that kind of network has no such file */
		return (errno == ENOENT ? 0 : UINT_MAX);
	}
	for (i = 0; fgets(line, sizeof(line), fp) != NULL; i++)
		n += i >= skip && names_interface(line, col);
	(void)fclose(fp);
	return (n);
}

/*
 * Not the host's, and no way anywhere: no route, no address.  Some kernels
 * put tunnels into each namespace that lead nowhere (sit0, tunl0): they are
 * down, and only a capability could change that.
 */
static void
network_namespace(struct trial *t)
{
	if (t->bx->plan->network == PLAN_NET_HOST)
		return;
	try_state(t, differs(t->bx, "net", PROBE_ARG_NET));
	try_state(t, interfaces("/proc/self/net/route", 1, 0) == 0);
	try_state(t, interfaces("/proc/self/net/if_inet6", 0, 5) == 0);
	errno = 0;
	if (interfaces("/proc/self/net/dev", 2, 0) != 0)
		try_noted(t);
}

const struct attempt probe_priv[] = {
	{ PL_ACCOUNT, "being another account than the skill's", other_ids,
	    NULL, 0 },
	{ PL_ACCOUNT, "having or setting other groups", other_groups,
	    by_ids, 0 },
	{ PL_ACCOUNT, "becoming root with setuid(2) and setgid(2)",
	    root_again, by_ids, 0 },
	{ PL_ACCOUNT, "becoming root for files with setfsuid(2)",
	    root_for_files, NULL, 0 },
	{ PL_ACCOUNT, "becoming the next account", other_account, by_ids,
	    0 },
	{ PL_CAPABILITIES, "having a capability", no_capability, NULL, 0 },
	{ PL_CAPABILITIES, "a capability in the bounding set", bounding_set,
	    NULL, 0 },
	{ PL_CAPABILITIES, "taking CAP_SYS_ADMIN", take_capability, by_caps,
	    0 },
	{ PL_CAPABILITIES, "raising an ambient capability",
	    ambient_capability, by_caps, 0 },
	{ PL_CAPABILITIES, "unlocking the securebits", secure_bits, by_caps,
	    0 },
	{ PL_NO_NEW_PRIVS, "running without no_new_privs", no_new_privs,
	    NULL, 0 },
	{ PL_NO_NEW_PRIVS, "turning no_new_privs off", new_privs_again,
	    by_nnp, 0 },
	{ PL_NAMESPACES, "being in the host's user namespace",
	    user_namespace, NULL, 0 },
	{ PL_NAMESPACES, "reading which other accounts there are",
	    accounts, NULL, 0 },
	{ PL_NAMESPACES, "sharing the executor's pid namespace",
	    pid_namespace, NULL, 0 },
	{ PL_NAMESPACES, "sharing the executor's mount namespace",
	    mount_namespace, NULL, 0 },
	{ PL_NAMESPACES, "sharing the executor's ipc namespace",
	    ipc_namespace, NULL, 0 },
	{ PL_NAMESPACES, "sharing the executor's uts namespace",
	    uts_namespace, NULL, 0 },
	{ PL_NAMESPACES, "sharing the executor's cgroup namespace",
	    cgroup_namespace, NULL, 0 },
	{ PL_NAMESPACES, "sharing the executor's network namespace",
	    executors_network, NULL, 0 },
	{ PL_NAMESPACES, "having a network", network_namespace, NULL, 0 },
	{ PL_NAMESPACES, NULL, NULL, NULL, 0 },
};
