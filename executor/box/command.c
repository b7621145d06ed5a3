/* SPDX-License-Identifier: ISC */
/*
 * The last steps to the command, in the sandbox and with nothing but the
 * account's rights.
 *
 * What is executed is a descriptor: the program is opened again by the rules
 * by which it was resolved, has to be the file that was hashed, and goes to
 * execveat(2) as it is.  A script cannot go that way without leaving its
 * descriptor open to the interpreter and breaking $0, so it is checked in
 * the same way and then named by its path.  Both belong to the system, where
 * no account of a run can change anything, or lie in a grant: then they are
 * hashed once more here, as late as can be.  What is left is that someone who
 * may write in a grant changes a script there between this look and the
 * interpreter's.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/priv.h"
#include "executor/battery/probe.h"
#include "executor/box/jail.h"
#include "executor/env.h"
#include "executor/fds.h"
#include "executor/hook.h"
#include "executor/planfile.h"
#include "executor/watch/watch.h"

struct words {
	char	**v;
	size_t	  n;
};

static void
add(struct words *w, char *s)
{
	w->v = xrecallocarray(w->v, w->n, w->n + 1, sizeof(*w->v));
	w->v[w->n++] = s;
}

static void
plain_process(const struct jail *j)
{
	sigset_t none;

	(void)sigemptyset(&none);
	if (signal(SIGPIPE, SIG_DFL) == SIG_ERR ||
	    sigprocmask(SIG_SETMASK, &none, NULL) == -1 ||
	    (!hook_without("session") && setsid() == -1))
		jail_fail(j, CBE_INTERNAL, "session");
}

static void
arrange_stdio(const struct jail *j)
{
	int keep[3], i;

	/* all of them are above 2: nothing is overwritten */
	for (i = 0; i < 3; i++)
		if (dup2(j->stdio[i], i) == -1)
			jail_fail(j, CBE_INTERNAL, "descriptor %d", i);
	keep[0] = j->go;
	keep[1] = j->trouble;
	keep[2] = j->watch;
	if (!hook_without("descriptors"))
		priv_closebut(keep, j->watch == -1 ? 2 : 3);
}

static void
read_go(const struct jail *j, void *p, size_t len)
{
	uint8_t *at = p;
	ssize_t n;

	while (len > 0) {
		n = read(j->go, at, len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)	/* dropped, or the runner is gone */
			_exit(0);
		at += n;
		len -= (size_t)n;
	}
}

static void
secret_file(const struct jail *j, const char *name, const char *value,
    size_t len)
{
	char path[PLAN_MAXPATH];
	size_t off = 0;
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", SECRETS_DIR, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	if (fd == -1)
		jail_fail(j, CBE_INTERNAL, "%s", path);
	for (; off < len; off += (size_t)n)
		if ((n = write(fd, value + off, len - off)) <= 0)
			jail_fail(j, CBE_INTERNAL, "%s", path);
	(void)close(fd);
}

/*
 * From here on init looks after what has names.  It cannot serve a process
 * that nobody may look into, as this one is until it executes: so this comes
 * last.  A probe does it by itself.
 */
static void
be_watched(struct jail *j)
{
	const char *why;

	if (j->watch == -1)
		return;
	if (watch_enter(j->watch, j->layers->landlock, &why) == -1)
		jail_fail(j, CBE_INTERNAL, "%s", why);
	j->watch = -1;
}

/*
 * Waits for the plan.  It was checked and hashed where the ticket is; here
 * it is only read, from a file that nobody can write to.
 */
static void
take_plan(struct jail *j, struct plan *plan)
{
	unsigned nfds = 1;
	ssize_t n;
	uint8_t word;
	int fd;

	do {
		n = fds_recv(j->go, &word, 1, &fd, &nfds, 0);
	} while (n == -1 && errno == EINTR);
	if (n <= 0)		/* dropped, or the runner is gone */
		_exit(0);
	if (inside_type(IN_START, IW_RUNNER, &word, 1, nfds) != INSIDE_TAKE ||
	    planfile_read(fd, plan) == -1)
		jail_fail(j, CBE_INTERNAL, "plan");
	(void)close(fd);
	j->plan = plan;
}

/* The next message is this one, or the runner does not do as it should. */
static void
expect(const struct jail *j, enum inside want)
{
	uint8_t c;

	read_go(j, &c, 1);
	if (c != want)
		_exit(0);
}

/* How long the secret is that comes now. */
static size_t
secret_length(const struct jail *j)
{
	uint8_t len[INSIDE_SECRET_MIN - 1];
	struct rd r;
	uint32_t n;

	expect(j, INSIDE_SECRET);
	read_go(j, len, sizeof(len));
	rd_init(&r, len, sizeof(len));
	if ((n = rd_u32(&r)) > INSIDE_SECRET_MAX - INSIDE_SECRET_MIN)
		_exit(0);
	return (n);
}

/* Waits for the secrets and the word to go, in the order of the plan. */
static void
take_secrets(const struct jail *j, struct words *env)
{
	const struct plan *p = j->plan;
	size_t i, name, len;
	char *s;

	for (i = 0; i < p->secrets.n; i++) {
		len = secret_length(j);
		name = strlen(p->secrets.v[i]);
		s = xmalloc(name + 1 + len + 1);
		memcpy(s, p->secrets.v[i], name);
		s[name] = '=';
		read_go(j, s + name + 1, len);
		s[name + 1 + len] = '\0';
		if (p->secret_how[i] == PLAN_SECRET_ENV) {
			add(env, s);
			continue;
		}
		secret_file(j, p->secrets.v[i], s + name + 1, len);
		freezero(s, name + 1 + len + 1);
	}
	expect(j, INSIDE_START);
}

static void __attribute__((__noreturn__))
fail_trouble(const struct jail *j, const struct trouble *t)
{
	errno = 0;
	jail_fail(j, (enum cberr)t->err, "%s", t->text);
}

static int
in_grant(const struct plan *p, const char *path)
{
	return (ident_granted(path, &p->read) ||
	    ident_granted(path, &p->write));
}

/*
 * The file that the plan names, open.  In a grant nobody may write to it
 * while it is hashed and executed, where its owner can see to that.
 */
static int
open_planned(const struct jail *j, const struct place *pl, const char *path,
    const struct ident *want)
{
	const struct plan *p = j->plan;
	struct ident id;
	struct trouble t;
	int fd, granted;

	if ((fd = ident_open(pl, path, &t)) == -1)
		fail_trouble(j, &t);
	granted = in_grant(p, want->path);
	/* refused to all but the owner, and while somebody may write to it */
	if (granted && fcntl(fd, F_SETLEASE, F_RDLCK) == -1 &&
	    errno == EAGAIN) {
		errno = 0;
		jail_fail(j, CBE_CANTEXEC, "%.200s: is open for writing",
		    path);
	}
	memset(&id, 0, sizeof(id));
	if (ident_fill(fd, granted, &id, &t) == -1)
		fail_trouble(j, &t);
	errno = 0;
	if (!ident_same(&id, want))
		jail_fail(j, CBE_CANTEXEC, "%.200s: is not the file any more "
		    "that was looked at", path);
	return (fd);
}

/* The interpreter of a script, and its arguments in front of the script. */
static int
open_interp(const struct jail *j, const struct place *pl, const char *path,
    struct words *argv)
{
	const struct plan *p = j->plan;
	static struct shebang sb;
	struct trouble t;
	int fd;

	fd = open_planned(j, pl, path, &p->script);
	if (ident_script(fd, path, &sb, &t) != 1 ||
	    strcmp(sb.arg, p->interp_arg) != 0) {
		errno = 0;
		jail_fail(j, CBE_CANTEXEC, "%.200s: is not the script any "
		    "more that was looked at", path);
	}
	(void)close(fd);
	add(argv, sb.interp);
	if (sb.arg[0] != '\0')
		add(argv, sb.arg);
	return (open_planned(j, pl, sb.interp, &p->exe));
}

static int
open_program(const struct jail *j, struct words *argv)
{
	static char path[PLAN_MAXPATH];
	const struct plan *p = j->plan;
	struct trouble t;
	struct place pl;
	struct stat st;
	size_t i;
	int fd;

	memset(&pl, 0, sizeof(pl));
	pl.prefix = "";
	pl.cwd = p->cwd;
	pl.uid = p->uid;
	pl.gid = p->gid;
	if ((pl.root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)) == -1)
		jail_fail(j, CBE_INTERNAL, "/");
	if (ident_find(&pl, p->argv.v[0], path, &st, &t) == -1)
		fail_trouble(j, &t);
	if (p->script.path[0] == '\0') {
		fd = open_planned(j, &pl, path, &p->exe);
		add(argv, p->argv.v[0]);
	} else {
		fd = open_interp(j, &pl, path, argv);
		/* named as the caller did, as the kernel would */
		add(argv, strchr(p->argv.v[0], '/') != NULL ?
		    p->argv.v[0] : path);
	}
	for (i = 1; i < p->argv.n; i++)
		add(argv, p->argv.v[i]);
	add(argv, NULL);
	return (fd);
}

void
jail_command(const struct jail *init)
{
	struct words argv = { NULL, 0 }, env = { NULL, 0 };
	struct jail jail = *init, *j = &jail;
	struct plan plan;
	size_t i;
	int fd = -1;

	plain_process(j);
	arrange_stdio(j);
	take_plan(j, &plan);
	if (chdir(plan.cwd) == -1)
		jail_fail(j, CBE_CANTEXEC, "directory %.200s", plan.cwd);
	if (plan.tty)
		jail_tty(j);
	for (i = 0; i < j->plan->env.n; i++)
		add(&env, j->plan->env.v[i]);
	/* of the system: it can be looked at while the intent is written */
	if (!j->profile->probe && !in_grant(&plan, plan.exe.path) &&
	    !in_grant(&plan, plan.script.path)) {
		fd = open_program(j, &argv);
		/* secrets may be files, which are still made from here */
		if (plan.secrets.n == 0)
			be_watched(j);
	}
	take_secrets(j, &env);
	add(&env, NULL);
	if (fd == -1 && !j->profile->probe)
		fd = open_program(j, &argv);
	if (!j->profile->probe)
		be_watched(j);
	if (!hook_without("limits") &&
	    limits_set(&plan.limits, j->profile->spare, j->memory) == -1)
		jail_fail(j, CBE_INTERNAL, "resource limits");
	if (j->profile->probe)
		probe_main(j);
	(void)execveat(fd, "", argv.v, env.v, AT_EMPTY_PATH);
	jail_fail(j, errno == ENOMEM || errno == EAGAIN ? CBE_INTERNAL :
	    CBE_CANTEXEC, "%.200s", j->plan->argv.v[0]);
}
