/* SPDX-License-Identifier: ISC */
/*
 * The last steps to the command, in the sandbox and with nothing but the
 * account's rights.
 *
 * What is executed is a descriptor: the program is opened again by the rules
 * by which it was resolved, has to be the file that was hashed, and goes to
 * execveat(2) as it is.  It belongs to the system, where no account of a run
 * can change anything, and the skill's resolver has written down what it is;
 * or it lies in a grant: then a copy is executed, made while it is hashed
 * (copy.c).  A script cannot go that way without leaving its descriptor open
 * to the interpreter and breaking $0, so it is checked in the same way, last,
 * and then named by its path.  What is left is that someone who may write in
 * a grant changes a script there between this look and the interpreter's.
 */
#include "config.h"

#include <sys/stat.h>

#include <linux/openat2.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/io.h"
#include "common/priv.h"
#include "executor/battery/probe.h"
#include "executor/box/box.h"
#include "executor/box/filter.h"
#include "executor/digests.h"
#include "executor/env.h"
#include "executor/fds.h"
#include "executor/hook.h"
#include "executor/mnt.h"
#include "executor/operand.h"
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
plain_process(const struct box *bx)
{
	sigset_t none;

	(void)sigemptyset(&none);
	if (signal(SIGPIPE, SIG_DFL) == SIG_ERR ||
	    sigprocmask(SIG_SETMASK, &none, NULL) == -1 ||
	    (!hook_without("session") && setsid() == -1))
		box_fail(bx, CBE_INTERNAL, "session");
}

static void
arrange_stdio(const struct box *bx)
{
	int keep[4 + PLAN_MAXSECRETS], n = 0, i;

	/* all of them are above 2: nothing is overwritten */
	for (i = 0; i < 3; i++)
		if (dup2(bx->stdio[i], i) == -1)
			box_fail(bx, CBE_INTERNAL, "descriptor %d", i);
	keep[n++] = bx->go;
	keep[n++] = bx->trouble;
	if (bx->watch != -1)
		keep[n++] = bx->watch;
	if (bx->copies != -1)
		keep[n++] = bx->copies;
	/* the battery is given none */
	for (i = 0; i < (int)bx->nfiles && !bx->profile->probe; i++)
		keep[n++] = bx->files[i];
	if (!hook_without("descriptors"))
		priv_closebut(keep, (size_t)n);
}

static void
read_go(const struct box *bx, void *p, size_t len)
{
	uint8_t *at = p;
	ssize_t n;

	while (len > 0) {
		n = read(bx->go, at, len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			box_fail(bx, CBE_INTERNAL, "word to go");
		if (n == 0)	/* dropped, or the runner is gone */
			_exit(0);
		at += n;
		len -= (size_t)n;
	}
}

/* The next one of those that are files. */
static void
secret_file(struct box *bx, const char *name, const char *value, size_t len)
{
	int fd;

	if (bx->nfiles == 0) {
		errno = 0;
		box_fail(bx, CBE_INTERNAL, "no file for secret %s", name);
	}
	fd = bx->files[0];
	bx->nfiles--;
	memmove(bx->files, bx->files + 1, bx->nfiles * sizeof(bx->files[0]));
	if (io_write(fd, value, len) == -1)
		box_fail(bx, CBE_INTERNAL, "%s/%s", SECRETS_DIR, name);
	(void)close(fd);
}

/*
 * From here on init looks after what has names, umask(2) among them.  It
 * cannot serve a process that nobody may look into, as this one is until it
 * executes: so this comes last.  A probe does it by itself.
 */
static void
be_watched(struct box *bx)
{
	const char *why;

	if (!bx->made) {
		(void)umask((mode_t)bx->plan->umask);
		bx->made = 1;
	}
	if (bx->watch == -1 || bx->profile->probe)
		return;
	if (watch_enter(bx->watch, 0, &why) == -1)
		box_fail(bx, CBE_INTERNAL, "%s", why);
	bx->watch = -1;
}

/* One that comes in the stream itself. */
static int
read_given(const struct box *bx, struct plan *plan)
{
	uint8_t len[4], *p;
	struct rd r;
	uint32_t n;
	int rc;

	read_go(bx, len, sizeof(len));
	rd_init(&r, len, sizeof(len));
	n = rd_u32(&r);
	if (n == 0 || n > INSIDE_GIVEN_MAX - INSIDE_GIVEN_MIN + 1)
		return (-1);
	p = xmalloc(n);
	read_go(bx, p, n);
	rc = plan_get(p, n, plan);
	freezero(p, n);
	return (rc);
}

/*
 * Waits for the plan.  It was checked and hashed where the ticket is; here
 * it is only read, from there or a file that nobody can write to.
 */
static void
take_plan(struct box *bx, struct plan *plan)
{
	unsigned nfds = 1;
	ssize_t n;
	uint8_t word;
	int bad, fd;

	do {
		n = fds_recv(bx->go, &word, 1, &fd, &nfds, 0);
	} while (n == -1 && errno == EINTR);
	if (n == 0)		/* dropped, or the runner is gone */
		_exit(0);
	if (n == -1)
		box_fail(bx, CBE_INTERNAL, "plan");
	errno = 0;
	if (nfds == 0 && word == INSIDE_GIVEN)
		bad = read_given(bx, plan) == -1;
	else
		bad = inside_type(IN_START, IW_RUNNER, &word, 1, nfds) !=
		    INSIDE_TAKE || planfile_read(fd, plan, NULL) == -1;
	if (bad)
		box_fail(bx, CBE_INTERNAL, "plan");
	if (nfds != 0)
		(void)close(fd);
	bx->plan = plan;
}

/* The next message is this one, or the runner does not do as it should. */
static void
expect(const struct box *bx, enum inside want)
{
	uint8_t c;

	read_go(bx, &c, 1);
	if (c == want)
		return;
	errno = 0;
	box_fail(bx, CBE_INTERNAL, "malformed word of a runner");
}

/* How long the secret is that comes now. */
static size_t
secret_length(const struct box *bx)
{
	uint8_t len[INSIDE_SECRET_MIN - 1];
	struct rd r;
	uint32_t n;

	expect(bx, INSIDE_SECRET);
	read_go(bx, len, sizeof(len));
	rd_init(&r, len, sizeof(len));
	if ((n = rd_u32(&r)) > INSIDE_SECRET_MAX - INSIDE_SECRET_MIN) {
		errno = 0;
		box_fail(bx, CBE_INTERNAL, "malformed secret of a runner");
	}
	return (n);
}

/* Whether what is printed is to have one order, or errors a stream. */
static void
start_word(const struct box *bx)
{
	uint8_t c;

	read_go(bx, &c, 1);
	if (c == INSIDE_JOINED) {
		if (dup2(STDOUT_FILENO, STDERR_FILENO) == -1)
			box_fail(bx, CBE_INTERNAL, "standard error");
	} else if (c != INSIDE_START) {
		errno = 0;
		box_fail(bx, CBE_INTERNAL, "malformed word of a runner");
	}
}

/* Waits for the secrets and the word to go, in the order of the plan. */
static void
take_secrets(struct box *bx, struct words *env)
{
	const struct plan *p = bx->plan;
	size_t i, name, len;
	char *s;

	for (i = 0; i < p->secrets.n; i++) {
		len = secret_length(bx);
		name = strlen(p->secrets.v[i]);
		s = xmalloc(name + 1 + len + 1);
		memcpy(s, p->secrets.v[i], name);
		s[name] = '=';
		read_go(bx, s + name + 1, len);
		s[name + 1 + len] = '\0';
		if (p->secret_how[i] == PLAN_SECRET_ENV) {
			add(env, s);
			continue;
		}
		secret_file(bx, p->secrets.v[i], s + name + 1, len);
		freezero(s, name + 1 + len + 1);
	}
	start_word(bx);
}

static void __attribute__((__noreturn__))
fail_trouble(const struct box *bx, const struct trouble *t)
{
	errno = 0;
	box_fail(bx, (enum cberr)t->err, "%s", t->text);
}

/*
 * The directory that was shown and recorded, not what has its name by now.
 * From here on it is the process's own, whatever becomes of its name.
 */
static void
enter_directory(const struct box *bx)
{
	const struct plan *p = bx->plan;
	struct stat st;
	int fd;

	fd = mnt_open(AT_FDCWD, p->cwd, O_PATH | O_DIRECTORY,
	    RESOLVE_NO_SYMLINKS);
	if (fd == -1 && errno != ELOOP && errno != ENOENT &&
	    errno != ENOTDIR)
		box_fail(bx, CBE_CANTEXEC, "directory %.200s", p->cwd);
	if (fd == -1 || fstat(fd, &st) == -1 || (p->cwd_ino != 0 &&
	    ((uint64_t)st.st_dev != p->cwd_dev ||
	    (uint64_t)st.st_ino != p->cwd_ino))) {
		errno = 0;
		box_fail(bx, CBE_AGAIN, "directory %.200s: is another one "
		    "than was asked for; ask again", p->cwd);
	}
	if (fchdir(fd) == -1)
		box_fail(bx, CBE_CANTEXEC, "directory %.200s", p->cwd);
	(void)close(fd);
}

static int
in_grant(const struct plan *p, const char *path)
{
	return (ident_in_grant(path, &p->read, &p->write));
}

/* The record and the approver have this name for it. */
static int
same_name(const struct place *pl, int fd, const char *want)
{
	char path[PLAN_MAXPATH];

	return (ident_name(pl, fd, path) == 0 && strcmp(path, want) == 0);
}

static void __attribute__((__noreturn__))
fail_changed(const struct box *bx, const char *path)
{
	errno = 0;
	box_fail(bx, CBE_AGAIN, "%.200s: is not the file any more that was "
	    "looked at; ask again", path);
}

/* Is it the file that the plan names, by its numbers at least? */
static void
check_named(const struct box *bx, const struct place *pl, int fd,
    const struct stat *st, const char *path, const struct ident *want)
{
	struct ident id;

	memset(&id, 0, sizeof(id));
	ident_numbers(&id, st);
	if (!ident_same(&id, want) || !same_name(pl, fd, want->path))
		fail_changed(bx, path);
}

static int
open_named(const struct box *bx, const struct place *pl, const char *path,
    const struct ident *want)
{
	struct trouble t;
	struct stat st;
	int fd;

	if ((fd = ident_open(pl, path, &st, &t)) == -1)
		fail_trouble(bx, &t);
	check_named(bx, pl, fd, &st, path, want);
	return (fd);
}

/*
 * Its digest.  What its skill's resolver has written down of a file of the
 * system has not to be read once more.
 */
static void
identify(const struct box *bx, int fd, const char *path, struct ident *id)
{
	struct trouble t;

	if ((in_grant(bx->plan, path) || !digests_get(id, id->digest)) &&
	    ident_fill(fd, 1, id, &t) == -1)
		fail_trouble(bx, &t);
}

/*
 * What is executed, open.  In a grant that is a copy, made while it was
 * hashed; elsewhere nobody can write to it.
 */
static int
take_planned(const struct box *bx, const struct place *pl, int fd,
    const struct stat *st, const char *path, const struct ident *want)
{
	struct ident id;

	check_named(bx, pl, fd, st, path, want);
	memset(&id, 0, sizeof(id));
	ident_numbers(&id, st);
	if (in_grant(bx->plan, want->path))
		fd = box_copy(bx, fd, want->path, &id);
	else
		identify(bx, fd, want->path, &id);
	if (!ident_same(&id, want))
		fail_changed(bx, path);
	return (fd);
}

/* The script, as late as can be: its interpreter opens it by its name. */
static void
check_script(const struct box *bx, const struct place *pl, const char *path,
    struct shebang *sb)
{
	const struct plan *p = bx->plan;
	struct ident id;
	struct trouble t;
	int fd;

	fd = open_named(bx, pl, path, &p->script);
	if (ident_script(fd, path, sb, &t) != 1 ||
	    strcmp(sb->arg, p->interp_arg) != 0)
		fail_changed(bx, path);
	/* once more, behind what was read */
	memset(&id, 0, sizeof(id));
	if (ident_fill(fd, 0, &id, &t) == -1)
		fail_trouble(bx, &t);
	identify(bx, fd, p->script.path, &id);
	if (!ident_same(&id, &p->script))
		fail_changed(bx, path);
	(void)close(fd);
}

/* The interpreter of a script, and its arguments in front of the script. */
static int
open_interp(const struct box *bx, const struct place *pl, const char *path,
    struct words *argv)
{
	static struct shebang sb;
	struct trouble t;
	struct stat st;
	int fd;

	/* the first look names the interpreter, the second one counts */
	check_script(bx, pl, path, &sb);
	if ((fd = ident_open(pl, sb.interp, &st, &t)) == -1)
		fail_trouble(bx, &t);
	fd = take_planned(bx, pl, fd, &st, sb.interp, &bx->plan->exe);
	if (in_grant(bx->plan, bx->plan->exe.path))
		check_script(bx, pl, path, &sb);
	add(argv, sb.interp);
	if (sb.arg[0] != '\0')
		add(argv, sb.arg);
	return (fd);
}

static void
place_of(const struct box *bx, struct place *pl)
{
	const struct plan *p = bx->plan;

	memset(pl, 0, sizeof(*pl));
	pl->prefix = "";
	pl->cwd = p->cwd;
	pl->at = AT_FDCWD;
	pl->uid = p->uid;
	pl->gid = p->gid;
	if ((pl->root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)) == -1)
		box_fail(bx, CBE_INTERNAL, "/");
}

/*
 * The resolver may look where the account may not.  What is there is what it
 * was, as far as anybody can tell, and to ask again would not help.
 */
static void
fail_closed(const struct box *bx, const struct place *pl, const char *path)
{
	int fd;

	if (path[0] != '/')
		return;
	fd = mnt_open(pl->root, path, O_PATH, RESOLVE_IN_ROOT |
	    RESOLVE_NO_SYMLINKS);
	if (fd == -1 && errno == EACCES)
		box_fail(bx, CBE_CANTEXEC, "%.200s, which the command names",
		    path);
	if (fd != -1)
		(void)close(fd);
}

/*
 * Do the words of the command name what they named when it was approved?
 * Reading that may have taken long: so once more at the script's numbers.
 */
static void
check_operands(const struct box *bx)
{
	const struct plan *p = bx->plan;
	struct plan now = *p;	/* a view, but for what is found */
	struct trouble t;
	struct place pl;
	const char *path;

	if (!p->bind)
		return;
	place_of(bx, &pl);
	now.bound = NULL;
	now.nbound = now.unbound = 0;
	if (operands_find(&pl, &now, &t) == -1)
		fail_trouble(bx, &t);
	if ((path = operands_differ(p, &now)) != NULL) {
		fail_closed(bx, &pl, path);
		fail_changed(bx, path);
	}
	if (p->script.path[0] != '\0')
		(void)close(open_named(bx, &pl, p->script.path, &p->script));
	(void)close(pl.root);
}

static int
open_program(const struct box *bx, struct words *argv)
{
	static char path[PLAN_MAXPATH];
	const struct plan *p = bx->plan;
	struct trouble t;
	struct place pl;
	struct stat st;
	size_t i;
	int fd;

	place_of(bx, &pl);
	fd = ident_find_open(&pl, p->argv.v[0], path, &st, &t);
	if (fd == -1)
		fail_trouble(bx, &t);
	if (p->script.path[0] == '\0') {
		fd = take_planned(bx, &pl, fd, &st, path, &p->exe);
		add(argv, p->argv.v[0]);
	} else {
		(void)close(fd);
		fd = open_interp(bx, &pl, path, argv);
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
box_exec(const struct box *init)
{
	struct words argv = { NULL, 0 }, env = { NULL, 0 };
	struct box own = *init, *bx = &own;
	struct plan plan;
	size_t i;
	/* a probe enters the watch by itself, late */
	int fd = -1, watched = bx->watch != -1 && !bx->profile->probe;

	plain_process(bx);
	arrange_stdio(bx);
	take_plan(bx, &plan);
	box_nested_check(bx, 0);
	enter_directory(bx);
	if (plan.tty)
		box_pty(bx);
	for (i = 0; i < bx->plan->env.n; i++)
		add(&env, bx->plan->env.v[i]);
	/* of the system: it can be looked at while the intent is written */
	if (!bx->profile->probe && !plan.bind &&
	    !in_grant(&plan, plan.exe.path) &&
	    !in_grant(&plan, plan.script.path)) {
		fd = open_program(bx, &argv);
		/* secrets may be files, which are still made from here */
		if (plan.secrets.n == 0)
			be_watched(bx);
	}
	take_secrets(bx, &env);
	add(&env, NULL);
	if (fd == -1 && !bx->profile->probe) {
		fd = open_program(bx, &argv);
		check_operands(bx);
	}
	be_watched(bx);
	if (!hook_without("limits") &&
	    rlimits_set(&plan.limits, bx->spare, bx->memory) == -1)
		box_fail(bx, CBE_INTERNAL, "resource limits");
	if (!watched && !hook_without("seccomp") && filter_last(watch_wanted(
	    &bx->skill->write, &bx->skill->protect)) == -1)
		box_fail(bx, CBE_INTERNAL, "seccomp");
	if (bx->profile->probe)
		probe_main(bx);
	(void)execveat(fd, "", argv.v, env.v, AT_EMPTY_PATH);
	box_fail(bx, CBE_CANTEXEC, "%.200s", bx->plan->argv.v[0]);
}
