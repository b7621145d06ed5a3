/* SPDX-License-Identifier: ISC */
/* Spawners: how they are started in the template of their skill, and asked. */
#include "config.h"

#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/log.h"
#include "common/msg.h"
#include "common/waitstatus.h"
#include "executor/fds.h"
#include "executor/lack.h"
#include "executor/mnt.h"
#include "executor/planfile.h"
#include "executor/spawner/spawner.h"
#include "executor/view/view.h"

#define SPAWNER_HELLO_MS	60000
#define SPAWNER_END_TRIES	60
#define SPAWNER_END_NS		5000000
#define SPAWNER_LOST_TRIES	200	/* 1 s */
#define BUILD_MAX	80		/* more than a build id and a NUL */

/* Looked up anew: a descriptor stays in the namespace that it is of. */
static int
clone_path(const char *path)
{
	int fd, mnt;

	if ((fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC)) == -1)
		return (-1);
	mnt = mnt_clone(fd);
	(void)close(fd);
	return (mnt);
}

void
spawner_group(char name[SPAWNER_GROUP], size_t skill)
{
	(void)snprintf(name, SPAWNER_GROUP, "s%zu", skill);
}

/*
 * The control group of its skill, with nothing above it: not by its name,
 * and not by "..".
 */
static int
clone_group(const struct executor *x, const struct skill *s, int *fd)
{
	char name[SPAWNER_GROUP], path[64];

	*fd = -1;
	if (x->layers.cgroup == 0)
		return (0);
	spawner_group(name, s->index);
	(void)snprintf(path, sizeof(path), "%s/%s", VIEW_CGROUP, name);
	return ((*fd = clone_path(path)) == -1 ? -1 : 0);
}

/*
 * From the executor's view to that of the skill alone.  The mounts of the
 * view are locked to each other in a namespace of our own, so the skill's
 * tree is cloned as a whole.  The proc of the executor comes along: with it
 * in sight a run may mount one of its own, and then it is taken away.
 */
static int
enter_template(const struct executor *x, const struct skill *s, int *cgroup)
{
	int root, proc;

	if (unshare(CLONE_NEWNS) == -1 ||
	    clone_group(x, s, cgroup) == -1 ||
	    (proc = clone_path("/proc")) == -1 ||
	    (root = clone_path(s->prefix)) == -1)
		return (-1);
	if (mnt_attach(root, AT_FDCWD, "/v") == -1 || chdir("/v") == -1 ||
	    mnt_attach(proc, AT_FDCWD, "proc") == -1)
		return (-1);
	return (mnt_pivot());
}

/* Views: the accounts that runs of this skill may have. */
static void
own_ids(const struct executor *x, const struct xskill *s, struct xconf *one)
{
	size_t i;

	if (s->run_as_caller) {
		one->ids = x->xc.ids;
		one->nids = x->xc.nids;
		return;
	}
	for (i = 0; i < x->xc.nids; i++)
		if (x->xc.ids[i].uid == s->uid) {
			one->ids = &x->xc.ids[i];
			one->nids = 1;
		}
}

/* What a spawner has to know of the executor's configuration: its skill. */
static int
spawner_conf(const struct executor *x, const struct skill *s)
{
	struct xconf one;
	struct buf b;
	uint32_t spare;
	int fd = -1;

	memset(&one, 0, sizeof(one));
	one.uid = x->xc.uid;
	one.gid = x->xc.gid;
	one.skills = &x->xc.skills[s->index];
	one.nskills = 1;
	one.accept_missing = x->xc.accept_missing & XCONF_ACCEPT_MEMLOCK;
	own_ids(x, s->x, &one);
	/* runners look for what is hidden only in what is stored */
	one.output = x->xc.output;
	one.output_max = x->xc.output_max;
	one.redact_known = x->xc.redact_known;
	if (one.output != KEEP_DIGEST)
		one.redact = x->xc.redact;
	/* init and command of each one that waits count for the account */
	spare = (uint32_t)(2 * x->xc.warm * x->xc.nskills);
	buf_init(&b, MSG_CONFIG_MAX);
	buf_put_u8(&b, INSIDE_CONF);
	conf_put(&b, &x->layers, spare);
	xconf_put(&b, &one);
	if (!b.bad)
		fd = planfile_new(b.data, b.len);
	buf_free(&b);
	return (fd);
}

/* A copy above all numbers that have a meaning, so that none is in the way. */
static int
lift(int fd, int above)
{
	return (fcntl(fd, F_DUPFD_CLOEXEC, above));
}

/* The user namespaces of its accounts, in their places. */
static int
place_idns(const struct executor *x, const struct skill *s, int above)
{
	struct xconf one;
	size_t i, first;
	int *high, r = 0;

	if (!x->layers.idns)
		return (0);
	memset(&one, 0, sizeof(one));
	own_ids(x, s->x, &one);
	first = (size_t)(one.ids - x->xc.ids);
	high = xcalloc(one.nids, sizeof(*high));
	for (i = 0; i < one.nids; i++)
		high[i] = lift(x->idns[first + i], above);
	for (i = 0; r == 0 && i < one.nids; i++)
		if (high[i] == -1 ||
		    dup2(high[i], SPAWNER_FD_IDNS + (int)i) == -1)
			r = -1;
	free(high);
	return (r);
}

/* Nothing, but for what builds for tests are steered by. */
static void
spawner_env(char **env, size_t room)
{
	size_t n = 0;
#if CB_TEST_HOOKS || CB_SANITIZE
	static const char *const keep[] = { "CLAWBOT_", "ASAN_", "UBSAN_",
	    "LSAN_" };
	size_t i, k;

	for (i = 0; environ[i] != NULL; i++)
		for (k = 0; k < sizeof(keep) / sizeof(keep[0]); k++)
			if (strncmp(environ[i], keep[k],
			    strlen(keep[k])) == 0 && n < room - 1)
				env[n++] = environ[i];
#else
	(void)room;
#endif
	env[n] = NULL;
}

/* Descriptors have numbers; whatever else is open closes with execve. */
static void __attribute__((__noreturn__))
become_spawner(const struct executor *x, const struct skill *s, int sock,
    int resolve, int conf)
{
	static char name[] = "clawbot-spawner";
	char *argv[] = { name, NULL }, *env[16];
	int above = SPAWNER_FD_IDNS + (int)x->xc.nids, cgroup, high[5];

	spawner_env(env, sizeof(env) / sizeof(env[0]));
	/* names of abstract sockets would be a way to runs of other skills */
	if (s->x->network != PLAN_NET_HOST && unshare(CLONE_NEWNET) == -1)
		fatal(EXIT_SYSTEM, "network namespace of skill %s",
		    s->x->name);
	if (enter_template(x, s, &cgroup) == -1)
		fatal(EXIT_SYSTEM, "view of skill %s", s->x->name);
	high[0] = lift(sock, above);
	high[1] = lift(conf, above);
	high[2] = lift(x->program, above);
	high[3] = lift(resolve, above);
	high[4] = lift(x->source, above);
	cgroup = cgroup == -1 ? -1 : lift(cgroup, above);
	if (high[0] == -1 || high[1] == -1 || high[2] == -1 ||
	    high[3] == -1 || high[4] == -1 || place_idns(x, s, above) == -1 ||
	    (x->layers.cgroup != 0 &&
	    dup2(cgroup, SPAWNER_FD_CGROUP) == -1) ||
	    dup2(high[0], SPAWNER_FD_SOCK) == -1 ||
	    dup2(high[1], SPAWNER_FD_CONF) == -1 ||
	    dup2(high[4], SPAWNER_FD_ETC) == -1 ||
	    dup2(high[3], SPAWNER_FD_RESOLVE) == -1)
		fatal(EXIT_SYSTEM, "descriptors of a spawner");
	(void)execveat(high[2], "", argv, env, AT_EMPTY_PATH);
	fatal(EXIT_SYSTEM, "%s", name);
}

int
spawner_program(const char *self)
{
	static const char name[] = "clawbot-spawner";
	char path[PLAN_MAXPATH];
	char *slash;
	ssize_t n;

	n = readlink(self, path, sizeof(path) - sizeof(name) - 1);
	if (n == -1)
		return (-1);
	path[n] = '\0';
	if ((slash = strrchr(path, '/')) == NULL) {
		errno = ENOENT;
		return (-1);
	}
	memcpy(slash + 1, name, sizeof(name));
	return (open(path, O_PATH | O_CLOEXEC));
}

static void
close_pair(int sv[2])
{
	(void)close(sv[0]);
	(void)close(sv[1]);
}

/* The two sockets of a spawner, both ends of each. */
static int
spawner_sockets(int sv[2], int rv[2])
{
	int saved;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) == -1)
		return (-1);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, rv) == 0)
		return (0);
	saved = errno;
	close_pair(sv);
	errno = saved;
	return (-1);
}

int
spawner_start(struct executor *x, struct skill *s)
{
	int conf, rv[2], saved, sv[2];

	if ((conf = spawner_conf(x, s)) == -1)
		return (-1);
	if (spawner_sockets(sv, rv) == -1) {
		(void)close(conf);
		return (-1);
	}
	if ((s->pid = fork()) == 0)
		become_spawner(x, s, sv[1], rv[1], conf);
	saved = errno;
	(void)close(conf);
	(void)close(sv[1]);
	(void)close(rv[1]);
	s->spawner = sv[0];
	s->resolver = rv[0];
	errno = saved;
	return (s->pid == -1 ? -1 : 0);
}

int
spawner_check(const struct skill *s, const char *build, char *err,
    size_t errlen)
{
	struct pollfd p = { .fd = s->spawner, .events = POLLIN };
	char said[BUILD_MAX];
	unsigned nfds = 0;
	ssize_t n = 0;
	int r;

	while ((r = poll(&p, 1, SPAWNER_HELLO_MS)) == -1 && errno == EINTR)
		;
	if (r == 1)
		n = fds_recv(s->spawner, said, sizeof(said) - 1, NULL, &nfds,
		    MSG_DONTWAIT);
	if (n <= 0) {
		(void)snprintf(err, errlen, "spawner of skill %s: %s",
		    s->x->name, r == 0 ? "says nothing" :
		    "ended at its start");
		return (EXIT_SYSTEM);
	}
	said[n] = '\0';
	if (strcmp(said, build) == 0)
		return (0);
	(void)snprintf(err, errlen, "clawbot-spawner is of build %s, "
	    "clawbot-executor of %s: install all programs anew", said, build);
	/* programs are being replaced, perhaps: try again */
	return (EXIT_SYSTEM);
}

int
spawner_key(const struct skill *s, const uint8_t key[TICKET_KEY])
{
	uint8_t m[INSIDE_KEY_MAX], own[TICKET_KEY];
	struct buf b;
	int r;

	ticket_skill_key(own, key, s->x->name);
	inside_begin(&b, m, sizeof(m), INSIDE_KEY);
	buf_put(&b, own, sizeof(own));
	r = fds_send(s->spawner, m, b.len, NULL, 0);
	sodium_memzero(m, sizeof(m));
	sodium_memzero(own, sizeof(own));
	return (r);
}

int
spawner_ask(const struct skill *s, const struct profile *p)
{
	int sv[2], r, saved;
	uint8_t m[INSIDE_BUILD_MAX];
	struct buf b;

	inside_begin(&b, m, sizeof(m), INSIDE_BUILD);
	build_put(&b, p);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) == -1)
		return (-1);
	r = fds_send(s->spawner, m, b.len, &sv[1], 1);
	saved = errno;
	(void)close(sv[1]);
	if (r == 0)
		return (sv[0]);
	(void)close(sv[0]);
	errno = saved;
	return (-1);
}

void
spawner_reap(const struct executor *x)
{
	char how[128];
	size_t i;
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (i = 0; i < x->xc.nskills; i++) {
			if (x->skills[i].pid != pid)
				continue;
			waitstatus_text(status, how, sizeof(how));
			fatalx(EXIT_SYSTEM, "spawner of skill %s %s",
			    x->xc.skills[i].name, how);
		}
}

void
spawner_lost(const struct skill *s)
{
	const struct timespec tick = { 0, SPAWNER_END_NS };
	int tries;

	for (tries = 0; tries < SPAWNER_LOST_TRIES; tries++) {
		spawner_reap(s->executor);
		(void)nanosleep(&tick, NULL);
	}
	fatalx(EXIT_SYSTEM, "resolver of skill %s died", s->x->name);
}

/* A full socket is read soon, and nobody can ask for this again. */
static int
send_surely(int sock, const void *p, size_t len, int fd)
{
	unsigned tries = 0;

	while (fds_send(sock, p, len, &fd, 1) == -1)
		if (!lack_again(&tries))
			return (-1);
	return (0);
}

int
spawner_renew(const struct skill *s, const uint8_t ticket[TICKET_SIZE],
    const void *rules, size_t len)
{
	static const uint8_t programs = INSIDE_PROGRAMS;
	uint8_t m[INSIDE_RULES_MAX];
	struct buf b;
	int fd, r, saved;

	if ((fd = planfile_new(rules, len)) == -1)
		return (-1);
	inside_begin(&b, m, sizeof(m), INSIDE_RULES);
	buf_put(&b, ticket, TICKET_SIZE);
	r = send_surely(s->spawner, m, b.len, fd) == -1 ||
	    send_surely(s->resolver, &programs, 1, fd) == -1 ? -1 : 0;
	saved = errno;
	(void)close(fd);
	errno = saved;
	return (r);
}

int
spawner_etc(const struct skill *s, int at_once)
{
	const uint8_t m[INSIDE_ETC_MAX] = { INSIDE_ETC, at_once != 0 };

	return (fds_send(s->spawner, m, sizeof(m), NULL, 0));
}

int
spawner_etc_new(const struct skill *s)
{
	uint8_t m[INSIDE_ETC_NEW_MAX + 1];
	unsigned nfds = 0;
	ssize_t n;

	n = fds_recv(s->spawner, m, sizeof(m), NULL, &nfds, MSG_DONTWAIT);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return (0);
	return (n > 0 && inside_type(IN_SPAWNER, IW_SPAWNER, m, (size_t)n,
	    nfds) == INSIDE_ETC_NEW ? 1 : -1);
}

/* How many of them are left; others that are waited for do not count. */
static size_t
still_there(struct executor *x)
{
	size_t i, n = 0;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (i = 0; i < x->xc.nskills; i++)
			if (x->skills[i].pid == pid)
				x->skills[i].spawner = -1;
	for (i = 0; i < x->xc.nskills; i++)
		n += x->skills[i].spawner != -1;
	return (n);
}

void
spawner_end(struct executor *x)
{
	const struct timespec tick = { 0, SPAWNER_END_NS };
	size_t i;
	int tries;

	if (x->layers.cgroup == 0)
		return;
	for (i = 0; i < x->xc.nskills; i++)
		if (x->skills[i].spawner != -1)
			(void)close(x->skills[i].spawner);
	for (tries = 0; still_there(x) != 0 && tries < SPAWNER_END_TRIES;
	    tries++)
		(void)nanosleep(&tick, NULL);
}
