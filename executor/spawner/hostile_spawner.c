/* SPDX-License-Identifier: ISC */
/* A spawner that was taken over; nothing in a build for use. */
#include "config.h"

#include "executor/spawner/hostile_spawner.h"

#if CB_TEST_HOOKS
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/takeover.h"
#include "common/log.h"
#include "executor/fds.h"
#include "executor/spawner/spawner.h"

#define MANY	5000
#define ENV_MAX	65536

/* Holds the word in a file of another process? */
static int
holds(const char *pid, const char *file, const char *word)
{
	static char buf[ENV_MAX];
	char path[64];
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%s/%s", pid, file);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return (0);
	n = read(fd, buf, sizeof(buf));
	(void)close(fd);
	return (n > 0 && memmem(buf, (size_t)n, word, strlen(word)) != NULL);
}

static void
said(const char *what, uid_t uid, int done)
{
	log_warnx("hostile: spawner: %s as %u: %s", what, (unsigned)uid, done ?
	    "DONE" : "refused");
}

/* What runs of any skill have, by an account that it can be. */
static void
look(uid_t uid)
{
	int environ_seen = 0, root_seen = 0, seized = 0, signalled = 0;
	char path[300];
	struct dirent *e;
	DIR *d;

	if ((d = opendir("/proc")) == NULL) {
		said("proc", uid, 0);
		return;
	}
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] < '1' || e->d_name[0] > '9' ||
		    !holds(e->d_name, "cmdline", "victim"))
			continue;
		environ_seen |= holds(e->d_name, "environ", "TOKEN=");
		(void)snprintf(path, sizeof(path), "/proc/%s/root/tmp",
		    e->d_name);
		root_seen |= access(path, F_OK) == 0;
		signalled |= kill((pid_t)strtol(e->d_name, NULL, 10), 0) == 0;
		seized |= syscall(SYS_ptrace, 0x4206, strtol(e->d_name, NULL,
		    10), 0, 0) == 0;
	}
	(void)closedir(d);
	said("environment of a run of another skill", uid, environ_seen);
	said("root of a run of another skill", uid, root_seen);
	said("signal to a run of another skill", uid, signalled);
	said("seize a run of another skill", uid, seized);
}

static void
look_as(uid_t uid, gid_t gid)
{
	void (*was)(int);
	pid_t pid;
	int i;

	was = signal(SIGCHLD, SIG_DFL);
	if ((pid = fork()) == 0) {
		if (uid != 0 && (syscall(SYS_setresgid, gid, gid, gid) == -1 ||
		    syscall(SYS_setresuid, uid, uid, uid) == -1))
			said("account", uid, 0);
		else {
			said("account", uid, 1);
			look(uid);
		}
		_exit(0);
	}
	for (i = 0; waitpid(pid, NULL, 0) == -1 && i < 100; i++)
		;
	(void)signal(SIGCHLD, was);
}

static void
files(void)
{
	static const char *const paths[] = { "/var/lib/clawbot/vault",
	    "/var/lib/clawbot", "/etc/shadow", "/root", "/etc/clawbot.key" };
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		said(paths[i], 0, open(paths[i], O_RDONLY) != -1);
	said("inet", 0, socket(AF_INET, SOCK_STREAM, 0) != -1);
	said("netlink", 0, socket(AF_NETLINK, SOCK_RAW, 0) != -1);
	said("attach to the executor", 0, syscall(SYS_ptrace, 0x4206, 1, 0,
	    0) == 0);
	said("memory of the executor", 0, open("/proc/1/mem", O_RDWR) != -1);
	said("descriptors of the executor", 0, access("/proc/1/fd/3",
	    F_OK) == 0);
	said("end of the executor", 0, kill(1, SIGKILL) == 0 &&
	    getppid() != 1);
}

void
hostile_spawner_job(struct job *job)
{
	const char *path = getenv("CLAWBOT_HOSTILE");
	const char *what = path == NULL ? "" : hostile_word(path);
	size_t i;

	if (what[0] == '\0' || job->profile.probe)
		return;
	if (strcmp(what, "look") == 0) {
		look_as(0, 0);
		for (i = 0; i < job->nids; i++)
			look_as(job->ids[i].uid, job->ids[i].gid);
		files();
	} else if (strcmp(what, "other account") == 0)
		look_as(1, 1);
	else if (strcmp(what, "logs") == 0)
		for (i = 0; i < MANY; i++)
			log_warnx("hostile: a line %zu", i);
	else if (strcmp(what, "speaks") == 0)
		for (i = 0; i < MANY; i++)
			(void)send(SPAWNER_FD_SOCK, "R", 1, MSG_DONTWAIT |
			    MSG_NOSIGNAL);
	else if (strcmp(what, "gives away") == 0)
		(void)fds_send(job->ctl, "S", 1, &job->ctl, 1);
}
#endif
