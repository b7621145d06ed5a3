/* SPDX-License-Identifier: ISC */
/* An executor that was taken over; nothing in a build for use. */
#include "config.h"

#include "executor/hostile.h"

#if CB_TEST_HOOKS
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/defs.h"
#include "common/log.h"
#include "common/msg.h"
#include "common/takeover.h"
#include "executor/runnerctl.h"
#include "executor/spawner/spawner.h"

#define WAIT_MS	20000
#define GROUP_FDS	1024

/* Of a run that was allowed: what may be tried with it once more. */
static struct {
	uint64_t	 run;
	uint8_t		*plan;
	size_t		 planlen;
	struct profile	 profile;
	uint8_t		 ticket[TICKET_SIZE];
} kept;

/* What is wanted of a request, or NULL. */
static const char *
wanted(const struct resolve *v)
{
	static const char word[] = "hostile=";
	const struct strv *argv = &v->req.argv;
	const char *last = argv->v[argv->n - 1];

	if (getenv("CLAWBOT_HOSTILE") == NULL ||
	    strncmp(last, word, sizeof(word) - 1) != 0)
		return (NULL);
	return (last + sizeof(word) - 1);
}

/* What the runner said of it. */
static void
tell(const char *what, int ctl)
{
	struct pollfd p = { .fd = ctl, .events = POLLIN };
	struct runresult v;
	static struct heard h;
	int r;

	/* children of those that it is process 1 for end meanwhile */
	while ((r = poll(&p, 1, WAIT_MS)) == 1 || (r == -1 && errno == EINTR))
		switch (runnerctl_hear(ctl, &h)) {
		case HEARD_RESULT:
			if (runresult_get(h.p, h.len, &v) == 0)
				log_warnx("hostile: %s: %s%s", what,
				    h.ran ? "RAN" : "refused: ", v.reason);
			runresult_free(&v);
			return;
		case HEARD_END:
			log_warnx("hostile: %s: refused: the end", what);
			return;
		default:
			break;
		}
	log_warnx("hostile: %s: nothing was said", what);
}

/* A run that nobody has asked for. */
static void
start(struct executor *x, const char *what, struct skill *s,
    const struct profile *profile, uint64_t run, const void *plan,
    size_t len, const uint8_t *ticket)
{
	int ctl, fds[3 + PLAN_MAXSECRETS];
	unsigned i;

	for (i = 0; i < 3; i++)
		fds[i] = fcntl(x->null, F_DUPFD_CLOEXEC, 0);
	if ((ctl = spawner_ask(s, profile)) == -1 ||
	    runnerctl_plan(ctl, run, plan, len, fds, 3) == -1 ||
	    runnerctl_go(ctl, ticket) == -1)
		log_warn("hostile: %s", what);
	tell(what, ctl);
	for (i = 0; i < 3; i++)
		(void)close(fds[i]);
	(void)close(ctl);
}

static void
set_str(char **s, const char *to)
{
	free(*s);
	*s = xstrdup(to);
}

/* Another plan than was found; 0 if that is not how it is to be changed. */
static int
change(const char *what, const struct executor *x, struct plan *p)
{
	const struct xid *other = &x->xc.ids[x->xc.nids - 1];

	if (strcmp(what, "grants") == 0)
		strv_add(&p->write, "/usr");
	else if (strcmp(what, "limits") == 0)
		p->limits.timeout_s++;
	else if (strcmp(what, "memory") == 0)
		p->limits.memory_mb = 0;
	else if (strcmp(what, "network") == 0)
		p->network = PLAN_NET_HOST;
	else if (strcmp(what, "protect") == 0)
		strv_free(&p->protect);
	else if (strcmp(what, "secrets") == 0) {
		p->secret_how[p->secrets.n] = PLAN_SECRET_ENV;
		strv_add(&p->secrets, "TOKEN");
	} else if (strcmp(what, "environment") == 0) {
		strv_add(&p->env, "LD_PRELOAD=/tmp/x.so");
		strv_sort(&p->env);
	} else if (strcmp(what, "account") == 0) {
		p->uid = other->uid;
		p->gid = other->gid;
		set_str(&p->account, other->name);
	} else if (strcmp(what, "root") == 0)
		p->uid = p->gid = 0;
	else if (strcmp(what, "digest") == 0)
		p->exe.digest[0] ^= 1;
	else if (strcmp(what, "name") == 0)
		set_str(&p->exe.path, "/usr/bin/true");
	else
		return (0);
	return (1);
}

static void
encode(const struct plan *p, struct resolved *res)
{
	struct buf b;

	buf_init(&b, MSG_PLAN_MAX);
	plan_put(&b, p);
	freezero(res->plan, res->planlen);
	res->plan = xmalloc(b.len);
	memcpy(res->plan, b.data, b.len);
	res->planlen = b.len;
	plan_digest(res->digest, res->plan, res->planlen);
	buf_free(&b);
}

/*
 * With what was kept of a run that has been, or with nothing.  Nobody is told
 * of the plan that is made here.
 */
static void
start_some(struct executor *x, const char *what, struct skill *s,
    struct plan *p, const struct resolved *res)
{
	static const uint8_t none[TICKET_SIZE];
	struct resolved own = { 0 };
	struct profile profile;

	own.plan = xmalloc(res->planlen);
	memcpy(own.plan, res->plan, res->planlen);
	own.planlen = res->planlen;
	if (change(what, x, p))
		encode(p, &own);
	profile_of(&profile, p->uid, p->gid, &p->limits);
	if (strcmp(what, "replay") == 0)
		start(x, what, s, &kept.profile, kept.run, kept.plan,
		    kept.planlen, kept.ticket);
	else if (strcmp(what, "another") == 0)
		start(x, what, s, &profile, kept.run, own.plan, own.planlen,
		    kept.ticket);
	else if (strcmp(what, "skill") == 0)
		start(x, what, &x->skills[s->index == 0], &profile, kept.run,
		    own.plan, own.planlen, kept.ticket);
	else
		start(x, what, s, &profile, 1, own.plan, own.planlen, none);
	freezero(own.plan, own.planlen);
}

/*
 * What it could do by itself.  In trap mode a call that the filter refuses
 * is told by a signal; where nothing is refused, each is tried in a child.
 */
static void
try_all(const struct hostile_call *c, size_t n, int forks)
{
	size_t i;
	pid_t pid;

	for (i = 0; i < n; i++) {
		if (!forks) {
			hostile_try(&c[i]);
			continue;
		}
		if ((pid = fork()) == 0) {
			hostile_try(&c[i]);
			_exit(0);
		}
		(void)waitpid(pid, NULL, 0);
	}
}

/* Descriptors and numbers of processes are those of this executor. */
static void
calls(const struct executor *x, const struct skill *s, const char *dir)
{
	static char mem[64], file[600], name[600], dir2[600];
	const long pid = x->skills[0].pid, uid = x->xc.ids[0].uid;
	const struct hostile_call c[] = {
		{ "execve", SYS_execve, { CALL_ARG("/proc/self/exe"), 0, 0 } },
		{ "unshare", SYS_unshare, { CLONE_NEWNS } },
		{ "mount", SYS_mount, { CALL_ARG("none"), CALL_ARG("/etc"),
		    CALL_ARG("tmpfs"), 0, 0 } },
		{ "fsopen", SYS_fsopen, { CALL_ARG("tmpfs"), 0 } },
		{ "open_tree", SYS_open_tree, { AT_FDCWD, CALL_ARG("/"),
		    OPEN_TREE_CLONE | AT_RECURSIVE } },
		{ "chroot", SYS_chroot, { CALL_ARG("/") } },
		{ "setns", SYS_setns, { x->null, 0 } },
		{ "setresuid", SYS_setresuid, { uid, uid, uid } },
		{ "setresgid", SYS_setresgid, { uid, uid, uid } },
		{ "setgroups", SYS_setgroups, { 0, 0 } },
		{ "kill", SYS_kill, { pid, 0 } },
		{ "tgkill", SYS_tgkill, { pid, pid, 0 } },
		{ "pidfd_open", SYS_pidfd_open, { pid, 0 } },
		{ "ptrace", SYS_ptrace, { 16, pid, 0, 0 } },
		{ "process_vm_readv", SYS_process_vm_readv, { pid, 0, 0, 0,
		    0 } },
		{ "socket unix", SYS_socket, { AF_UNIX, SOCK_STREAM, 0 } },
		{ "socket inet", SYS_socket, { AF_INET, SOCK_STREAM, 0 } },
		{ "socket netlink", SYS_socket, { AF_NETLINK, SOCK_RAW, 0 } },
		{ "connect", SYS_connect, { x->lure, 0, 0 } },
		{ "open memory", SYS_openat, { AT_FDCWD, CALL_ARG(mem),
		    O_RDONLY } },
		{ "open grant", SYS_openat, { AT_FDCWD, CALL_ARG(file),
		    O_RDONLY } },
		{ "create", SYS_openat, { AT_FDCWD, CALL_ARG(name),
		    O_WRONLY | O_CREAT, 0755 } },
		{ "mkdir", SYS_mkdirat, { AT_FDCWD, CALL_ARG(dir2), 0700 } },
		{ "mknod", SYS_mknodat, { AT_FDCWD, CALL_ARG(name),
		    0100755, 0 } },
		{ "chmod", SYS_fchmodat, { AT_FDCWD, CALL_ARG(file), 0755 } },
		{ "executable memory", SYS_mmap, { 0, 4096, PROT_READ |
		    PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1 } },
	};
	const struct hostile_call fork_call = { "fork", SYS_clone,
	    { SIGCHLD } };
	int trapped;
	long child;

	(void)snprintf(mem, sizeof(mem), "/proc/%ld/status", pid);
	(void)snprintf(file, sizeof(file), "%s%s/theirs", s->prefix,
	    dir);
	(void)snprintf(name, sizeof(name), "%s%s/made", s->prefix, dir);
	(void)snprintf(dir2, sizeof(dir2), "%s%s/made.d", s->prefix, dir);
	trapped = hostile_syscall(&fork_call, &child) == -1;
	if (!trapped && child == 0)
		_exit(0);
	log_warnx("hostile: call %s: %s", fork_call.name, trapped ?
	    "refused by the filter" : child == -1 ? "refused" : "DONE");
	if (!trapped && child > 0)
		(void)waitpid((pid_t)child, NULL, 0);
	try_all(c, sizeof(c) / sizeof(c[0]), !trapped && child > 0);
}

/* With whatever descriptor it has: the best that comes of it. */
static void
try_group(const char *name, int flags)
{
	int error = 0, fd, got;

	for (fd = 3; fd < GROUP_FDS; fd++) {
		if (flags == O_CREAT)
			got = mkdirat(fd, name, 0700);
		else
			got = openat(fd, name, flags | O_CLOEXEC);
		if (got != -1) {
			if (flags == O_CREAT)
				(void)unlinkat(fd, name, AT_REMOVEDIR);
			else
				(void)close(got);
			log_warnx("hostile: group %s: DONE", name);
			return;
		}
		if (errno != EBADF && errno != ENOTDIR && errno != ENOENT)
			error = errno;
	}
	log_warnx("hostile: group %s: refused: %s", name, error == 0 ?
	    "out of reach" : strerror(error));
}

/* The limits of runs, their ends, and who is where. */
static void
groups(void)
{
	static const char *const files[] = { "cgroup.max.depth",
	    "cgroup.procs", "cgroup.kill", "s0/cgroup.max.depth",
	    "s0/cgroup.procs", "s0/cgroup.kill", "s0/r2/cgroup.procs",
	    "s0/r2/memory.max", "../cgroup.procs" };
	size_t i;

	for (i = 0; i < NELEM(files); i++)
		try_group(files[i], O_WRONLY);
	try_group("s0/more", O_CREAT);
}

void
hostile_ticket(uint64_t run, const uint8_t *ticket)
{
	if (kept.run == run)
		memcpy(kept.ticket, ticket, sizeof(kept.ticket));
}

static void
keep(uint64_t run, const struct plan *p, const struct resolved *res)
{
	freezero(kept.plan, kept.planlen);
	kept.plan = xmalloc(res->planlen);
	memcpy(kept.plan, res->plan, res->planlen);
	kept.planlen = res->planlen;
	kept.run = run;
	profile_of(&kept.profile, p->uid, p->gid, &p->limits);
}

void
hostile_found(struct executor *x, uint64_t run, struct skill *s,
    const struct resolve *v, struct resolved *res)
{
	const char *what = wanted(v);
	struct plan p;

	if (what == NULL || plan_get(res->plan, res->planlen, &p) == -1)
		return;
	if (strcmp(what, "keep") == 0)
		keep(run, &p, res);
	else if (strcmp(what, "calls") == 0 && p.argv.n > 2)
		calls(x, s, p.argv.v[p.argv.n - 2]);
	else if (strcmp(what, "groups") == 0)
		groups();
	else if (strcmp(what, "die") == 0)
		(void)unshare(CLONE_NEWNS);
	else if (strncmp(what, "tell ", 5) == 0) {
		if (change(what + 5, x, &p))
			encode(&p, res);
	} else
		start_some(x, what, s, &p, res);
	plan_free(&p);
}
#endif
