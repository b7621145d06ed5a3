/* SPDX-License-Identifier: ISC */
/* An agent on trial; see agentcheck.h. */
#include "config.h"

#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/connect/agentcheck.h"
#include "client/connect/agentstart.h"
#include "client/connect/hole.h"
#include "client/connect/modelhttp.h"
#include "client/connect/settingsfile.h"
#include "client/hostprog.h"
#include "client/mcp/jsonline.h"
#include "common/buf.h"
#include "common/defs.h"
#include "common/io.h"
#include "common/xmalloc.h"

#define TRIAL_MS	180000
#define AGENT_END_MS		3000	/* between SIGTERM and SIGKILL */
#define TURN_MS		100
#define RENAMED_MAX	(32U * 1024 * 1024)
#define TAIL		512	/* bytes of its output that are kept */

struct agenttrial {
	const struct setup *setup;
	const struct agentstart *start;
	struct modelhttp http;
	char		*home;
	char		*work;
	pid_t		 pid;
	int		 out;		/* of the agent */
	int		 over;		/* it was ended */
	int		 sig;		/* by that one of ours, or 0 */
	char		 tail[TAIL + 1];
	int		 bad;
};

static volatile sig_atomic_t told_to_end;

static void
on_signal(int sig)
{
	told_to_end = sig;
}

static int64_t
clock_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_BOOTTIME, &ts);
	return ((int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}

/*** Before ***/

/*
 * The text with one name for another: one agent has what its user trusts by
 * the file that it is in.  To be freed.
 */
static char *
renamed(const char *text, const char *old, const char *new)
{
	const size_t n = strlen(old);
	const char *s;
	struct buf b;

	buf_init(&b, RENAMED_MAX);
	for (; (s = strstr(text, old)) != NULL; text = s + n) {
		buf_put(&b, text, (size_t)(s - text));
		buf_put(&b, new, strlen(new));
	}
	buf_put(&b, text, strlen(text));
	return (buf_text(&b));
}

static int
copy_one(const struct settingsfile *from, const char *name, const char *to)
{
	struct settingsfile s;
	struct fail f;
	char *text = renamed(from->text, name, to);
	int r = -1;

	if (text != NULL && settingsfile_read(&s, to, &f) == 0) {
		r = settingsfile_write(&s, text, &f);
		settingsfile_free(&s);
	}
	if (text != NULL)
		freezero(text, strlen(text));
	return (r);
}

/* What its user has set up, in the home for the trial. */
static int
copy_settings(struct agenttrial *t, const struct cli *cli, const char *skill)
{
	const struct setup_part *p = t->setup->part;
	struct settingsfile from;
	struct setup copy;
	struct fail f;
	size_t i;
	int r = 0;

	if (setup_make(&copy, t->setup->agent, cli, skill, &f) == -1)
		return (-1);
	for (i = 0; r == 0 && i < copy.n; i++) {
		/* what cannot be read was told of before */
		if (settingsfile_read(&from, p[i].file, &f) == 0 &&
		    from.exists)
			r = copy_one(&from, p[i].file, copy.part[i].file);
		settingsfile_free(&from);
	}
	setup_free(&copy);
	return (r);
}

/* Where its model is, and how it logs in, is said in a file by some. */
static int
edit_settings(const struct agenttrial *t)
{
	struct jsonedit edit = t->start->edit;
	struct settingsfile s;
	const char *why;
	struct fail f;
	char *file, *text = NULL;
	int r;

	if (t->start->file == NULL)
		return (0);
	(void)xasprintf(&file, "%s/%s", t->home, t->start->file);
	edit.value = agentstart_fill(edit.value, t->http.port, t->http.key);
	r = settingsfile_read(&s, file, &f);
	if (r == 0 && jsonedit_add(s.text, &edit, &text, &why) == 1)
		r = settingsfile_write(&s, text, &f);
	settingsfile_free(&s);
	free(edit.value);
	free(text);
	free(file);
	return (r);
}

static void __attribute__((__noreturn__))
child(const struct agenttrial *t, int out)
{
	char *argv[NELEM(t->start->words) + 1];
	int null = open("/dev/null", O_RDONLY);
	size_t i;

	(void)setpgid(0, 0);
	(void)signal(SIGPIPE, SIG_DFL);
	for (i = 0; i < NELEM(t->start->words) &&
	    t->start->words[i] != NULL; i++)
		argv[i] = agentstart_fill(t->start->words[i], t->http.port,
		    t->http.key);
	argv[i] = NULL;
	if (argv[0] == NULL || chdir(t->work) == -1 ||
	    setenv("PWD", t->work, 1) == -1 || null == -1 ||
	    dup2(null, STDIN_FILENO) == -1 ||
	    dup2(out, STDOUT_FILENO) == -1 || dup2(out, STDERR_FILENO) == -1)
		_exit(126);
	(void)execvp(argv[0], argv);
	_exit(127);
}

static int
start(struct agenttrial *t)
{
	int out[2];

	if (pipe2(out, O_CLOEXEC) == -1)
		return (-1);
	(void)fflush(stdout);
	if ((t->pid = fork()) == 0)
		child(t, out[1]);
	(void)close(out[1]);
	t->out = out[0];
	if (t->pid == -1 || fcntl(t->out, F_SETFL, O_NONBLOCK) == -1)
		return (-1);
	return (0);
}

/*** Meanwhile ***/

/* The last that it has printed. */
static void
hear(struct agenttrial *t)
{
	size_t have = strlen(t->tail), keep;
	char chunk[TAIL];
	ssize_t n = read(t->out, chunk, sizeof(chunk));
	size_t len = n > 0 ? (size_t)n : 0, i;

	if (n == 0 || (n == -1 && errno != EINTR && errno != EAGAIN)) {
		(void)close(t->out);
		t->out = -1;
	}
	for (i = 0; i < len; i++)
		if (chunk[i] == '\0')
			chunk[i] = ' ';
	keep = have + len > TAIL ? TAIL - len : have;
	memmove(t->tail, t->tail + have - keep, keep);
	memcpy(t->tail + keep, chunk, len);
	t->tail[keep + len] = '\0';
}

static int
has_ended(const struct agenttrial *t)
{
	siginfo_t si;

	memset(&si, 0, sizeof(si));
	return (waitid(P_PID, (id_t)t->pid, &si, WEXITED | WNOHANG |
	    WNOWAIT) == -1 || si.si_pid != 0);
}

/* Until it has ended, or time is up. */
static void
serve(struct agenttrial *t, int64_t until)
{
	struct pollfd p[MODELHTTP_CONNS + 2];
	size_t n;

	while (!has_ended(t) && clock_ms() < until && told_to_end == 0) {
		n = modelhttp_wants(&t->http, p);
		if (t->out != -1)
			p[n] = (struct pollfd){ t->out, POLLIN, 0 };
		if (poll(p, (nfds_t)(n + (t->out != -1)), TURN_MS) <= 0)
			continue;
		if (t->out != -1 && p[n].revents != 0)
			hear(t);
		modelhttp_serve(&t->http, p, n);
	}
}

/* It is ended in order, and then whatever is left of it. */
static void
end(struct agenttrial *t)
{
	t->over = !has_ended(t);
	t->sig = told_to_end;
	told_to_end = 0;
	if (t->over) {
		(void)kill(-t->pid, SIGTERM);
		serve(t, clock_ms() + AGENT_END_MS);
	}
	(void)kill(-t->pid, SIGKILL);
	(void)waitpid(t->pid, NULL, 0);
	if (t->out != -1)
		hear(t);
	if (t->out != -1)
		(void)close(t->out);
}

/*** Behind ***/

static void
tell(struct agenttrial *t, int well, const char *what, const char *how)
{
	t->bad += hole_tell(well, what, how);
}

static int
is_there(const struct agenttrial *t, const char *name)
{
	struct stat st;
	char *file;
	int r;

	(void)xasprintf(&file, "%s/%s", t->http.model.dir, name);
	r = lstat(file, &st) == 0;
	free(file);
	return (r);
}

static const char *
last_line(struct agenttrial *t)
{
	size_t n = strlen(t->tail), i;
	char *line;

	while (n > 0 && t->tail[n - 1] == '\n')
		t->tail[--n] = '\0';
	line = strrchr(t->tail, '\n');
	line = line != NULL ? line + 1 : t->tail;
	for (i = 0; line[i] != '\0'; i++)
		if (line[i] < ' ' || line[i] > '~')
			line[i] = '?';
	return (*line != '\0' ? line : "it printed nothing");
}

/*
 * What clawbot answers begins with its name, and so is called the machine that
 * runs are on; parts of names of files and tools are no answer.
 */
static int
is_ours(const struct agenttrial *t, enum scripted_step step)
{
	static const char word[] = "clawbot", parts[] = "/._-"
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	const char *told = t->http.model.told[step], *s = told, *end;

	while (s != NULL && (s = strstr(s, word)) != NULL) {
		end = s + sizeof(word) - 1;
		if ((s == told || strchr(parts, s[-1]) == NULL) &&
		    (*end == '\0' || strchr(parts, *end) == NULL))
			return (1);
		s = end;
	}
	return (0);
}

/* A machine of that name cannot be told from a run. */
static int
is_run_name(void)
{
	struct utsname u;

	return (uname(&u) == -1 || strcmp(u.nodename, "clawbot") == 0);
}

static int
is_refusal(const struct agenttrial *t, enum scripted_step step)
{
	const char *told = t->http.model.told[step];

	return (told != NULL && is_ours(t, step) &&
	    strstr(told, "refuse") != NULL);
}

static void
tell_server(struct agenttrial *t, const char *what)
{
	const char *told = t->http.model.told[SCRIPTED_SERVER];

	tell(t, told != NULL && strstr(told, "dry_run") != NULL, what,
	    told == NULL ? "it did not answer" : strstr(told, "dry_run") !=
	    NULL ? "run_command asks clawbot" : "run_command did not work");
}

/* Where it ran, and, if that is outside, whether anybody was asked. */
static void
tell_look(struct agenttrial *t, const char *what)
{
	int refused = is_refusal(t, SCRIPTED_LOOK);
	int inside = is_ours(t, SCRIPTED_LOOK) && !is_run_name();

	tell(t, refused || inside, what, refused ? "clawbot refused it" :
	    inside ? "in a run" : is_run_name() ? "this machine is called "
	    "clawbot, as that of runs is" : is_ours(t, SCRIPTED_LONG) ?
	    "its hook asked clawbot, which allows it: executed outside" :
	    "executed outside, and clawbot was not asked");
}

/* Two that would leave a file behind. */
static void
tell_file(struct agenttrial *t, enum scripted_step step, const char *what,
    const char *file)
{
	int inside = step == SCRIPTED_TOUCH && !is_run_name() &&
	    is_ours(t, SCRIPTED_LOOK) && !is_refusal(t, SCRIPTED_LOOK);

	if (is_there(t, file))
		tell(t, 0, what, "it made a file of yours");
	else if (is_refusal(t, step))
		tell(t, 1, what, "clawbot refused it");
	else
		tell(t, inside || is_ours(t, step), what, inside ||
		    is_ours(t, step) ? "in a run, which does not have that "
		    "directory" : "not done, but not by clawbot's word");
}

static void
tell_step(struct agenttrial *t, enum scripted_step step)
{
	static const char *const what[] = { "its tool of the server",
	    "its shell, looking around", "its tool for files",
	    "its shell, making a file" };
	const struct scripted *m = &t->http.model;
	int i, held = 0;

	/* that one only tells more of another */
	if (step == SCRIPTED_LONG)
		return;
	for (i = 0; i < (int)step; i++)
		held |= m->called[i] && m->told[i] == NULL;
	if (!m->called[step] && !held && step != SCRIPTED_SERVER)
		printf("--    %-34s %s\n", what[step], "it has none");
	else if (!m->called[step])
		tell(t, 0, what[step], held ? "not tried, since it did not "
		    "come back from the one before" : "it was not offered to "
		    "the model");
	else if (m->told[step] == NULL && t->over && t->sig == 0 && step !=
	    SCRIPTED_SERVER && !is_there(t, "written") &&
	    !is_there(t, "touched"))
		tell(t, 1, what[step], "held for three minutes, as for an "
		    "approver");
	else if (step == SCRIPTED_SERVER)
		tell_server(t, what[step]);
	else if (step == SCRIPTED_LOOK)
		tell_look(t, what[step]);
	else
		tell_file(t, step, what[step], step == SCRIPTED_WRITE ?
		    "written" : "touched");
}

static void
tell_all(struct agenttrial *t)
{
	int i;

	if (t->http.model.asked == 0) {
		tell(t, 0, "the agent did not ask its model", last_line(t));
		return;
	}
	for (i = 0; i < SCRIPTED_STEPS; i++)
		tell_step(t, (enum scripted_step)i);
}

static int
prepare(struct agenttrial *t, const struct cli *cli, const char *skill,
    const char *dir)
{
	static const int sigs[] = { SIGTERM, SIGINT, SIGHUP };
	struct sigaction sa;
	size_t i;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_signal;
	for (i = 0; i < NELEM(sigs); i++)
		(void)sigaction(sigs[i], &sa, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	jsonline_init();
	(void)xasprintf(&t->home, "%s/home", dir);
	(void)xasprintf(&t->work, "%s/work", dir);
	if (mkdir(t->home, 0700) == -1 || mkdir(t->work, 0700) == -1 ||
	    modelhttp_init(&t->http, t->work) == -1)
		return (-1);
	agentstart_environ(t->start, t->home, t->http.port, t->http.key);
	return (copy_settings(t, cli, skill) == -1 ||
	    edit_settings(t) == -1 ? -1 : start(t));
}

const char *
agentcheck_why_not(const struct setup *s)
{
	const struct agentstart *a = agentstart_find(s->agent);
	struct strv v = { NULL, 0 };
	int there;

	if (a == NULL)
		return ("it is none that is known");
	there = hostprog_add(&v, a->words[0]) == 0;
	strv_free(&v);
	return (there ? NULL : "it is not in your PATH");
}

int
agentcheck(const struct setup *s, const struct cli *cli, const char *skill,
    const char *dir, int *sig)
{
	static struct agenttrial t;

	t.setup = s;
	t.out = -1;
	modelhttp_none(&t.http);
	t.start = agentstart_find(s->agent);
	printf("\n%s itself, with a model that follows a script:\n", s->name);
	if (prepare(&t, cli, skill, dir) == -1)
		tell(&t, 0, "it cannot be tried here", strerror(errno));
	else {
		serve(&t, clock_ms() + TRIAL_MS);
		end(&t);
		tell_all(&t);
	}
	*sig = t.sig;
	modelhttp_free(&t.http);
	free(t.home);
	free(t.work);
	return (t.bad);
}
