/* SPDX-License-Identifier: ISC */
/*
 * What priv.h does besides the drop itself, and how the drop fails where it
 * has to.  Needs root.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <string.h>

#include "common/priv.h"

#define UID	54321
#define GID	54322

static int
run_unprivileged(void *arg)
{
	struct priv p;
	char err[256] = "";

	(void)arg;
	memset(&p, 0, sizeof(p));
	p.role = ROLE_VAULT;
	p.uid = UID;
	p.gid = GID;
	if (setresgid(GID, GID, GID) == -1 || setresuid(UID, UID, UID) == -1)
		return (10);
	if (priv_drop(&p, err, sizeof(err)) != -1 || p.status != EXIT_NOPERM)
		return (11);
	return (strstr(err, "bounding set") == NULL ? 12 : 0);
}

/* Not even from the right account, unless by root. */
static void
test_unprivileged(void **state)
{
	(void)state;
	assert_int_equal(in_child(run_unprivileged, NULL), 0);
}

static int
run_proof(void *arg)
{
	struct priv p;
	char err[256] = "";

	(void)arg;
	memset(&p, 0, sizeof(p));
	p.role = ROLE_VAULT;
	if (priv_prove(&p, err, sizeof(err)) != -1 ||
	    strcmp(err, "no_new_privs is off") != 0)
		return (10);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return (11);
	if (priv_prove(&p, err, sizeof(err)) != -1 ||
	    strcmp(err, "a capability is left") != 0)
		return (12);
	return (0);
}

/* The proof fails where there is nothing to be proud of. */
static void
test_proof(void **state)
{
	(void)state;
	assert_int_equal(in_child(run_proof, NULL), 0);
}

static int
run_gone(void *arg)
{
	char err[256] = "";
	struct priv p;
	int sv[2];

	(void)arg;
	memset(&p, 0, sizeof(p));
	p.role = ROLE_VAULT;
	p.uid = UID;
	p.gid = GID;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv) == -1 ||
	    dup2(sv[0], 9) == -1 || dup2(9, ROLE_FD_IPC) == -1)
		return (10);
	priv_closefrom((int[]){ ROLE_FD_IPC }, 1);
	if (priv_drop(&p, err, sizeof(err)) != -1)
		return (11);
	return (strstr(err, "the supervisor is gone") == NULL ? 12 : 0);
}

/* The other end of descriptor 3 is closed: there is nobody to serve. */
static void
test_gone(void **state)
{
	(void)state;
	assert_int_equal(in_child(run_gone, NULL), 0);
}

static int
run_closefrom(void *arg)
{
	int keep[] = { 200, 7, 3, 7 }, fd, i;

	(void)arg;
	for (i = 0; i < 300; i++)
		if (dup2(STDERR_FILENO, i == STDERR_FILENO ? 0 : i) == -1)
			return (10);
	(void)close(1);
	priv_closefrom(keep, NELEM(keep));
	for (fd = 0; fd < 400; fd++) {
		i = fcntl(fd, F_GETFD) != -1;
		if (i != (fd <= 3 || fd == 7 || fd == 200))
			return (11);
	}
	return (0);
}

static int
run_closeall(void *arg)
{
	int fd;

	(void)arg;
	for (fd = 0; fd < 20; fd++)
		(void)close(fd);
	priv_closefrom(NULL, 0);
	for (fd = 0; fd < 20; fd++)
		if ((fcntl(fd, F_GETFD) != -1) != (fd <= 2))
			return (10);
	return (0);
}

static void
test_closefrom(void **state)
{
	(void)state;
	assert_int_equal(in_child(run_closefrom, NULL), 0);
	assert_int_equal(in_child(run_closeall, NULL), 0);
}

static int
ns(const char *name, ino_t *ino)
{
	struct stat st;

	if (stat(name, &st) == -1)
		return (-1);
	*ino = st.st_ino;
	return (0);
}

static int
run_unshare(void *arg)
{
	ino_t net0, net1, ipc0, ipc1;
	struct priv p;
	char err[256];

	(void)arg;
	if (ns("/proc/self/ns/net", &net0) == -1 ||
	    ns("/proc/self/ns/ipc", &ipc0) == -1)
		return (10);
	if (priv_unshare(&p, err, sizeof(err)) == -1)
		return (11);
	if (ns("/proc/self/ns/net", &net1) == -1 ||
	    ns("/proc/self/ns/ipc", &ipc1) == -1)
		return (12);
	return (net0 == net1 || ipc0 == ipc1);
}

static void
test_unshare(void **state)
{
	(void)state;
	assert_int_equal(in_child(run_unshare, NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unprivileged),
		cmocka_unit_test(test_proof),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_closefrom),
		cmocka_unit_test(test_unshare),
	};

	if (geteuid() != 0) {
		printf("1..0 # SKIP needs root\n");
		return (0);
	}
	return (cmocka_run_group_tests_name("priv_fail", tests, NULL, NULL));
}
