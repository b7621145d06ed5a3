/* SPDX-License-Identifier: ISC */
/* Attempts: account, capabilities, no_new_privs, namespaces. */
#include "config.h"

#include <sys/capability.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>

#include <linux/securebits.h>

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "executor/jail.h"
#include "executor/probe.h"

/* The account. */

static enum probe_verdict
is_the_account(const struct jail *j)
{
	uid_t r, e, s;
	gid_t gr, ge, gs;

	if (getresuid(&r, &e, &s) == -1 || getresgid(&gr, &ge, &gs) == -1)
		return (PROBE_OPEN);
	return (probe_is(r == j->profile->uid && e == r && s == r &&
	    gr == j->profile->gid && ge == gr && gs == gr && r != 0));
}

static enum probe_verdict
other_groups(const struct jail *j)
{
	gid_t root = 0;

	(void)j;
	if (getgroups(0, NULL) != 0)
		return (PROBE_OPEN);
	return (probe_refused(setgroups(1, &root)));
}

static enum probe_verdict
root_again(const struct jail *j)
{
	(void)j;
	return (probe_is(setresuid(0, 0, 0) == -1 &&
	    setuid(0) == -1 && seteuid(0) == -1 && setresgid(0, 0, 0) == -1 &&
	    setgid(0) == -1));
}

/* The file system id has no return value to trust: it is asked again. */
static enum probe_verdict
root_for_files(const struct jail *j)
{
	(void)setfsuid(0);
	(void)setfsgid(0);
	return (probe_is((uid_t)setfsuid((uid_t)-1) == j->profile->uid &&
	    (gid_t)setfsgid((gid_t)-1) == j->profile->gid));
}

static enum probe_verdict
other_account(const struct jail *j)
{
	uid_t u = j->profile->uid + 1;

	return (probe_refused(setresuid(u, u, u)));
}

/* Capabilities. */

static enum probe_verdict
no_capability(const struct jail *j)
{
	cap_t none = cap_init(), got = cap_get_proc();
	int same;

	(void)j;
	same = none != NULL && got != NULL && cap_compare(none, got) == 0;
	(void)cap_free(none);
	(void)cap_free(got);
	return (probe_is(same));
}

static enum probe_verdict
bounding_set(const struct jail *j)
{
	unsigned long c;

	(void)j;
	for (c = 0; prctl(PR_CAPBSET_READ, c, 0, 0, 0) >= 0; c++)
		if (prctl(PR_CAPBSET_READ, c, 0, 0, 0) != 0)
			return (PROBE_OPEN);
	return (probe_is(c > 0));
}

static enum probe_verdict
take_capability(const struct jail *j)
{
	static const cap_value_t admin = CAP_SYS_ADMIN;
	cap_t c = cap_init();
	int r = 0;

	(void)j;
	if (c != NULL && cap_set_flag(c, CAP_PERMITTED, 1, &admin,
	    CAP_SET) == 0 && cap_set_flag(c, CAP_EFFECTIVE, 1, &admin,
	    CAP_SET) == 0)
		r = cap_set_proc(c);
	(void)cap_free(c);
	return (probe_refused(r));
}

static enum probe_verdict
ambient_capability(const struct jail *j)
{
	(void)j;
	return (probe_refused(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE,
	    CAP_SYS_ADMIN, 0, 0)));
}

static enum probe_verdict
secure_bits(const struct jail *j)
{
	const int want = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED |
	    SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
	int bits = prctl(PR_GET_SECUREBITS, 0, 0, 0, 0);

	(void)j;
	if (bits == -1 || (bits & want) != want)
		return (PROBE_OPEN);
	return (probe_refused(prctl(PR_SET_SECUREBITS, 0, 0, 0, 0)));
}

/* no_new_privs. */

static enum probe_verdict
no_new_privs(const struct jail *j)
{
	(void)j;
	return (probe_is(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1));
}

static enum probe_verdict
new_privs_again(const struct jail *j)
{
	(void)j;
	return (probe_refused(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0)));
}

/* Namespaces. */

/* Root of our user namespace must not be root of the host. */
static enum probe_verdict
user_namespace(const struct jail *j)
{
	unsigned long in, out, n;
	unsigned lines = 0;
	int good = 1;
	FILE *fp;

	(void)j;
	if ((fp = fopen("/proc/self/uid_map", "re")) == NULL)
		return (PROBE_OPEN);
	for (; fscanf(fp, "%lu %lu %lu", &in, &out, &n) == 3; lines++)
		good &= n == 1 && out != 0;
	(void)fclose(fp);
	return (probe_is(good && lines > 0));
}

/* Another one than the executor's? */
static enum probe_verdict
own_namespace(const struct jail *j, size_t i)
{
	static const char *const names[] = PROBE_NAMESPACES;
	char path[64], to[64];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/self/ns/%s", names[i]);
	if (j->plan->argv.n <= PROBE_ARG_NS + i ||
	    (n = readlink(path, to, sizeof(to) - 1)) <= 0)
		return (PROBE_OPEN);
	to[n] = '\0';
	return (probe_is(strcmp(to, j->plan->argv.v[PROBE_ARG_NS + i]) != 0));
}

static enum probe_verdict
pid_namespace(const struct jail *j)
{
	if (getppid() != 1)
		return (PROBE_OPEN);
	return (own_namespace(j, 0));
}

static enum probe_verdict
mount_namespace(const struct jail *j)
{
	return (own_namespace(j, 1));
}

static enum probe_verdict
ipc_namespace(const struct jail *j)
{
	return (own_namespace(j, 2));
}

static enum probe_verdict
uts_namespace(const struct jail *j)
{
	return (own_namespace(j, 3));
}

static enum probe_verdict
cgroup_namespace(const struct jail *j)
{
	return (own_namespace(j, 4));
}

/* Nothing but the loopback of an empty namespace, unless it is granted. */
static enum probe_verdict
network_namespace(const struct jail *j)
{
	char line[512], *colon;
	enum probe_verdict r = PROBE_HELD;
	FILE *fp;

	if (j->plan->network == PLAN_NET_HOST)
		return (PROBE_HELD);
	if ((fp = fopen("/proc/self/net/dev", "re")) == NULL)
		return (PROBE_HELD);
	while (fgets(line, sizeof(line), fp) != NULL)
		if ((colon = strchr(line, ':')) != NULL) {
			*colon = '\0';
			if (strcmp(line + strspn(line, " "), "lo") != 0)
				r = PROBE_OPEN;
		}
	(void)fclose(fp);
	return (r);
}

const struct attempt probe_priv[] = {
	{ PL_ACCOUNT, "being another account than the skill's",
	    is_the_account },
	{ PL_ACCOUNT, "having or setting other groups", other_groups },
	{ PL_ACCOUNT, "becoming root with setuid(2) and setgid(2)",
	    root_again },
	{ PL_ACCOUNT, "becoming root for files with setfsuid(2)",
	    root_for_files },
	{ PL_ACCOUNT, "becoming the next account", other_account },
	{ PL_CAPABILITIES, "having a capability", no_capability },
	{ PL_CAPABILITIES, "a capability in the bounding set", bounding_set },
	{ PL_CAPABILITIES, "taking CAP_SYS_ADMIN", take_capability },
	{ PL_CAPABILITIES, "raising an ambient capability",
	    ambient_capability },
	{ PL_CAPABILITIES, "unlocking the securebits", secure_bits },
	{ PL_NO_NEW_PRIVS, "running without no_new_privs", no_new_privs },
	{ PL_NO_NEW_PRIVS, "turning no_new_privs off", new_privs_again },
	{ PL_NAMESPACES, "being in the host's user namespace",
	    user_namespace },
	{ PL_NAMESPACES, "sharing the executor's pid namespace",
	    pid_namespace },
	{ PL_NAMESPACES, "sharing the executor's mount namespace",
	    mount_namespace },
	{ PL_NAMESPACES, "sharing the executor's ipc namespace",
	    ipc_namespace },
	{ PL_NAMESPACES, "sharing the executor's uts namespace",
	    uts_namespace },
	{ PL_NAMESPACES, "sharing the executor's cgroup namespace",
	    cgroup_namespace },
	{ PL_NAMESPACES, "seeing a network interface", network_namespace },
	{ PL_NAMESPACES, NULL, NULL },
};
