/* SPDX-License-Identifier: ISC */
/*
 * A supervisor for tests: starts an auditor on a directory, speaks to it and
 * takes it down.  Without privileges it runs in a forked child; a test that
 * is root can start the program itself (aud_exec).
 */
#ifndef TESTS_UNIT_AUDITOR_UTIL_H
#define TESTS_UNIT_AUDITOR_UTIL_H

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auditor/auditor.h"
#include "build_id.h"
#include "common/cberr.h"
#include "common/field.h"
#include "common/ipc.h"
#include "common/log.h"
#include "common/plan.h"
#include "common/xmalloc.h"

#define UNUSED	__attribute__((__unused__))

struct aud {
	struct ipc	*ipc;
	pid_t		 pid;
	int		 logfd;
	struct ipc_msg	 m;
};

#define AUD_SKILL	"default"
#ifndef AUD_KEEP_DAYS
#define AUD_KEEP_DAYS	0
#endif
#ifndef AUD_CHECK_S
#define AUD_CHECK_S	0
#endif
#ifndef AUD_COMPRESS
#define AUD_COMPRESS	0
#endif
/* Is A_CHECKED, which comes when closed segments are touched, waited for? */
#ifndef AUD_CHECKED
#define AUD_CHECKED	0
#endif
#ifndef AUD_IMMUTABLE
#define AUD_IMMUTABLE	0
#endif

static const uint8_t aud_exec_key[32] = "exec key exec key exec key exec";
static const uint8_t aud_vault_key[32] = "vault key vault key vault key v";

/* A fresh directory under TMPDIR. */
UNUSED static char *
aud_tmpdir(void)
{
	const char *base = getenv("TMPDIR");
	char *dir;

	xasprintf(&dir, "%s/clawbot-test-XXXXXX",
	    base != NULL ? base : "/tmp");
	if (mkdtemp(dir) == NULL)
		err(1, "mkdtemp");
	return (dir);
}

UNUSED static void
aud_rmdir(char *dir)
{
	struct dirent *de;
	DIR *d;

	if ((d = opendir(dir)) == NULL)
		err(1, "%s", dir);
	while ((de = readdir(d)) != NULL)
		if (de->d_name[0] != '.')
			(void)unlinkat(dirfd(d), de->d_name, 0);
	(void)closedir(d);
	if (rmdir(dir) == -1)
		err(1, "rmdir %s", dir);
	free(dir);
}

/* Of a test whose state is such a directory. */
UNUSED static int
aud_teardown(void **state)
{
	aud_rmdir(*state);
	return (0);
}

/* The child: an auditor without its locks. */
UNUSED static void __attribute__((__noreturn__))
aud_child(int fd, int logfd, const char *dir)
{
	static struct rolemain rm;
	static struct auditor a;

	log_init("auditor", LOG_TO_FD, logfd, 0);
	(void)signal(SIGPIPE, SIG_IGN);
	rm.role = ROLE_AUDITOR;
	rm.root = dir;
	rm.ipc = ipc_new(fd, ROLE_AUDITOR, ROLE_SUPERVISOR, MS_BOOT);
	a.rm = &rm;
	a.keys = xcalloc(1, sizeof(*a.keys));
	a.sealing.keys = xcalloc(1, sizeof(*a.sealing.keys));
	a.base = event_base_new();
	if (a.base == NULL || event_base_priority_init(a.base, 2) == -1 ||
	    clockstep_open(&a.clock) == -1)
		errx(1, "event_base_new");
	logwatch_open(&a.watch, dir);
	auditor_serve(&a, dir);
}

/* exe: NULL for a forked child, else the program, as uid and gid. */
UNUSED static void
aud_start(struct aud *a, const char *dir, const char *exe, unsigned uid)
{
	char u[16], p[16];
	int sp[2], lp[2];

	if (sodium_init() == -1 || socketpair(AF_UNIX, SOCK_SEQPACKET |
	    SOCK_CLOEXEC, 0, sp) == -1 || pipe2(lp, O_CLOEXEC) == -1)
		err(1, "socketpair");
	memset(a, 0, sizeof(*a));
	(void)snprintf(u, sizeof(u), "%u", uid);
	(void)snprintf(p, sizeof(p), "%d", (int)getpid());
	if ((a->pid = fork()) == -1)
		err(1, "fork");
	if (a->pid == 0) {
		(void)close(sp[0]);
		if (exe == NULL)
			aud_child(sp[1], lp[1], dir);
		/* out of the way first: they may be 3 or 4 themselves */
		if ((sp[1] = fcntl(sp[1], F_DUPFD, 10)) == -1 ||
		    (lp[1] = fcntl(lp[1], F_DUPFD, 10)) == -1 ||
		    dup2(sp[1], ROLE_FD_IPC) == -1 ||
		    dup2(lp[1], ROLE_FD_LOG) == -1)
			err(1, "descriptors");
		execl(exe, exe, "-u", u, "-g", u, "-r", dir, "-p", p, "-b",
		    BUILD_ID, (char *)NULL);
		err(1, "%s", exe);
	}
	(void)close(sp[1]);
	(void)close(lp[1]);
	a->logfd = lp[0];
	a->ipc = ipc_new(sp[0], ROLE_SUPERVISOR, ROLE_AUDITOR, MS_BOOT);
}

UNUSED static void
aud_send(struct aud *a, unsigned type, uint64_t id, struct buf *b)
{
	if (b != NULL && b->bad)
		errx(1, "%s does not fit", msg_name(type));
	if (ipc_send(a->ipc, type, id, b != NULL ? b->data : NULL,
	    b != NULL ? b->len : 0, NULL, 0) == -1)
		errx(1, "send: %s", ipc_error(a->ipc));
	if (b != NULL)
		buf_free(b);
}

UNUSED static void
aud_config(struct aud *a, uint64_t limit)
{
	struct buf b;

	buf_init(&b, MSG_CONFIG_MAX);
	buf_put(&b, aud_exec_key, 32);
	buf_put(&b, aud_vault_key, 32);
	buf_put_u64(&b, limit);
	buf_put_u8(&b, AUD_COMPRESS);
	buf_put_u32(&b, 0);	/* no output */
	buf_put_u64(&b, 0);
	buf_put_u32(&b, AUD_KEEP_DAYS);
	buf_put_u32(&b, AUD_CHECK_S);
	buf_put_u8(&b, AUD_IMMUTABLE);
	buf_put_bytes(&b, "{}", 2);
	buf_put_str(&b, "/etc/clawbot.conf");
	aud_send(a, MSG_A_CONFIG, 0, &b);
}

/* The next message, or MSG_NONE when there will be none. */
UNUSED static unsigned
aud_recv(struct aud *a)
{
	(void)ipc_flush(a->ipc);
	do {
		if (ipc_wait(a->ipc, &a->m, 60000) != 1)
			return (a->m.type = MSG_NONE);
	} while (!AUD_CHECKED && a->m.type == MSG_A_CHECKED);
	if (a->m.type == MSG_READY)
		ipc_set_state(a->ipc, MS_UP);
	return (a->m.type);
}

/* READY, or NONE with the reason of FAILED in text. */
UNUSED static unsigned
aud_up(struct aud *a, const char *dir, uint64_t limit)
{
	aud_start(a, dir, NULL, 0);
	aud_config(a, limit);
	return (aud_recv(a));
}

UNUSED static int
aud_status(struct aud *a)
{
	int st;

	ipc_msg_done(&a->m);
	ipc_free(a->ipc);
	if (waitpid(a->pid, &st, 0) == -1)
		err(1, "waitpid");
	(void)close(a->logfd);
	return (WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st));
}

UNUSED static int
aud_shutdown(struct aud *a)
{
	aud_send(a, MSG_SHUTDOWN, 0, NULL);
	ipc_set_state(a->ipc, MS_STOP);
	while (aud_recv(a) != MSG_STOPPED)
		if (a->m.type == MSG_NONE)
			break;
	return (aud_status(a));
}

/* A plan that plan_get takes; arg is its second word. */
UNUSED static void
aud_plan(struct plan *p, const char *arg)
{
	memset(p, 0, sizeof(*p));
	p->channel = xstrdup("cli");
	p->skill = xstrdup(AUD_SKILL);
	p->caller = 1000;
	p->uid = 993;
	p->gid = 993;
	p->account = xstrdup("clawbot");
	p->cwd = xstrdup("/w");
	strv_add(&p->argv, "git");
	strv_add(&p->argv, arg);
	strv_add(&p->env, "HOME=/tmp");
	strv_add(&p->env, "TOKEN=hunter2-the-value");
	strv_add(&p->secrets, "API_KEY");
	p->secret_how[0] = PLAN_SECRET_ENV;
	p->exe.path = xstrdup("/usr/bin/git");
	p->exe.dev = 1;
	p->exe.ino = 2;
	p->script.path = xstrdup("");
	p->interp_arg = xstrdup("");
	p->rotates = xstrdup("");
	p->inner_channel = xstrdup("");
	p->limits.timeout_s = 60;
}

UNUSED static void
aud_plan_bytes(struct buf *b, const char *arg)
{
	struct plan p;

	aud_plan(&p, arg);
	buf_init(b, MSG_PLAN_MAX);
	plan_put(b, &p);
	plan_free(&p);
}

UNUSED static void
aud_why(struct buf *b, const char *channel, uint64_t uid)
{
	buf_init(b, 4096);
	field_str(b, "channel", channel);
	field_u64(b, "uid", uid);
	field_u64(b, "pid", 4242);
	field_str(b, "rule", "allow **");
}

/* INTENT with what is usual; masks may be NULL. */
UNUSED static void
aud_intent_buf(struct buf *b, const char *arg, const struct masks *masks)
{
	struct buf plan, why;
	struct intent in;

	memset(&in, 0, sizeof(in));
	aud_plan_bytes(&plan, arg);
	aud_why(&why, "cli", 1000);
	in.plan = plan.data;
	in.planlen = plan.len;
	in.reason = xstrdup("the agent says: exec: so");
	in.expires_s = 60;
	strv_add(&in.given, "API_KEY@7");
	if (masks != NULL)
		in.masks = *masks;
	in.why = why.data;
	in.whylen = why.len;
	buf_init(b, MSG_INTENT_MAX);
	intent_put(b, &in);
	strv_free(&in.given);
	free(in.reason);
	buf_free(&plan);
	buf_free(&why);
}

UNUSED static void
aud_intent(struct aud *a, uint64_t run, const char *arg)
{
	struct buf b;

	aud_intent_buf(&b, arg, NULL);
	aud_send(a, MSG_A_INTENT, run, &b);
}

UNUSED static void
aud_close(struct aud *a, uint64_t run)
{
	struct buf b;

	buf_init(&b, MSG_ROW_MAX);
	buf_put_u8(&b, CLOSE_RESULT);
	buf_put_u32(&b, 0);
	field_str(&b, "outcome", "exited");
	field_i64(&b, "exit", 0);
	field_u64(&b, "wall_us", 12345);
	aud_send(a, MSG_A_CLOSE, run, &b);
}

/* Who asked for what has no run. */
UNUSED static void
aud_caller(struct buf *b)
{
	field_str(b, "channel", "cli");
	field_u64(b, "uid", 1000);
	field_u64(b, "pid", 4242);
}

/* RECORD, in the form of those that stand for several. */
UNUSED static void
aud_record(struct aud *a, uint64_t id, unsigned kind, const char *ev,
    const char *text)
{
	struct buf b;
	size_t tok;

	buf_init(&b, MSG_INTENT_MAX);
	buf_put_u8(&b, (uint8_t)kind);
	buf_put_u8(&b, 0);
	field_str(&b, "ev", ev);
	field_str(&b, "cause", "skill");
	tok = field_obj(&b, "why");
	field_u64(&b, "uid", 1000);
	field_end(&b, tok);
	field_str(&b, "reason", text);
	field_u64(&b, "count", 1);
	aud_send(a, MSG_A_RECORD, id, &b);
}

/* A query; the read end of its pipe. */
UNUSED static int
aud_query(struct aud *a, uint64_t id, unsigned type, uint64_t count,
    uint64_t run, uint32_t uid)
{
	struct buf b;
	int p[2];

	if (pipe2(p, O_CLOEXEC) == -1)
		err(1, "pipe");
	buf_init(&b, 64);
	buf_put_u8(&b, (uint8_t)type);
	buf_put_u64(&b, count);
	buf_put_u64(&b, run);
	buf_put_u32(&b, uid);
	if (ipc_send(a->ipc, MSG_A_QUERY, id, b.data, b.len, &p[1], 1) == -1)
		errx(1, "send: %s", ipc_error(a->ipc));
	buf_free(&b);
	(void)ipc_flush(a->ipc);
	return (p[0]);
}

/* All of a pipe or file, as a string; closes it. */
UNUSED static char *
aud_slurp(int fd, size_t *len)
{
	size_t cap = 1 << 16, n = 0;
	char *s;
	ssize_t r;

	s = xmalloc(cap);
	while ((r = read(fd, s + n, cap - n - 1)) > 0) {
		n += (size_t)r;
		if (cap - n < 4096) {
			s = xrecallocarray(s, cap, cap * 2, 1);
			cap *= 2;
		}
	}
	(void)close(fd);
	s[n] = '\0';
	if (len != NULL)
		*len = n;
	return (s);
}

UNUSED static char *
aud_file(const char *dir, const char *name, size_t *len)
{
	char path[512];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return (NULL);
	return (aud_slurp(fd, len));
}

UNUSED static void
aud_write(const char *dir, const char *name, const char *s, size_t n)
{
	char path[512];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd == -1 || write(fd, s, n) != (ssize_t)n)
		err(1, "%s", path);
	(void)close(fd);
}

#endif
