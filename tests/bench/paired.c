/* SPDX-License-Identifier: ISC */
/*
 * paired [-a ALL] [-c CLIENTS] [-k RUNS] [-n ROUNDS] [-p MS] [-w ROUNDS]
 * FILE: times commands against each other, so that whatever the machine does
 * meanwhile happens to all of them alike.  A round gives each command one turn,
 * in another order each time, MS milliseconds after the one before; a turn is
 * RUNS runs, CLIENTS at once.  The first rounds (-w) are not counted.
 *
 * A line of FILE is a command, in fields with tabs between them: a name, its
 * account or accounts (a,b: by turns), a mount namespace or -, a file for
 * standard output or -, and the words of the command with spaces between.  A
 * file that is called "resident" stands for a program that stays: there are
 * CLIENTS of it from the start on, and a run is a byte that it is sent, until
 * it has sent one back.
 * The answer is a line each: name, median and 99th percentile in
 * microseconds, runs a second, 10th percentile.  The file ALL gets a line for
 * each command, too: its name and the time of each run that counts, in order.
 */
#include "config.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/xmalloc.h"

#define MAXCOMMANDS	32
#define MAXWORDS	64
#define MAXCLIENTS	256
#define MAXACCOUNTS	4
#define MAXGROUPS	64
#define RESIDENT	(-2)	/* in place of standard output */

struct account {
	uid_t	uid;
	gid_t	gid;
	gid_t	groups[MAXGROUPS];
	int	ngroups;
};

/* One that stays, and both ends that we have of it. */
struct stayer {
	pid_t	pid;
	int	to;
	int	from;
};

struct command {
	char		*name;
	struct account	 accounts[MAXACCOUNTS];
	size_t		 naccounts;
	size_t		 next;	/* account */
	int		 ns;	/* mount namespace, or our own */
	int		 out;
	struct stayer	*stay;	/* as many as clients, or NULL */
	char		*words[MAXWORDS + 1];
	double		*us;	/* each run that counts */
	size_t		 n;
	double		 spent;	/* us of all its turns */
};

struct running {
	pid_t	pid;
	double	since;
};

static struct command commands[MAXCOMMANDS];
static size_t ncommands;
static int own_ns, null;

static double
now_us(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ((double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3);
}

static int
open_or(const char *path, int flags, int none)
{
	int fd;

	if (strcmp(path, "-") == 0)
		return (none);
	if ((fd = open(path, flags | O_CLOEXEC, 0600)) == -1)
		err(1, "%s", path);
	return (fd);
}

static char *
next_field(char **line)
{
	char *f;

	if ((f = strsep(line, "\t")) == NULL || *f == '\0')
		errx(1, "a line without all its fields");
	return (f);
}

static void
add_account(struct command *c, const char *name)
{
	struct account *a = &c->accounts[c->naccounts++];
	struct passwd *pw;

	if (c->naccounts > MAXACCOUNTS)
		errx(1, "%s: too many accounts", c->name);
	if ((pw = getpwnam(name)) == NULL)
		errx(1, "no account %s", name);
	a->uid = pw->pw_uid;
	a->gid = pw->pw_gid;
	a->ngroups = MAXGROUPS;
	if (getgrouplist(name, pw->pw_gid, a->groups, &a->ngroups) == -1)
		errx(1, "%s: too many groups", name);
}

static void
read_command(char *line)
{
	struct command *c = &commands[ncommands++];
	char *names, *out;
	size_t n = 0;

	line[strcspn(line, "\n")] = '\0';
	c->name = next_field(&line);
	for (names = next_field(&line); names != NULL;)
		add_account(c, strsep(&names, ","));
	c->ns = open_or(next_field(&line), O_RDONLY, own_ns);
	out = next_field(&line);
	c->out = strcmp(out, "resident") == 0 ? RESIDENT :
	    open_or(out, O_WRONLY | O_CREAT | O_APPEND, null);
	while (line != NULL) {
		if (n == MAXWORDS)
			errx(1, "%s: too many words", c->name);
		c->words[n++] = strsep(&line, " ");
	}
	if (n == 0)
		errx(1, "%s: no command", c->name);
}

static void
read_commands(const char *path, size_t runs)
{
	char *line = NULL;
	size_t size = 0;
	FILE *fp;

	if ((null = open("/dev/null", O_RDWR | O_CLOEXEC)) == -1 ||
	    dup2(null, STDIN_FILENO) == -1)
		err(1, "/dev/null");
	if ((fp = fopen(path, "re")) == NULL)
		err(1, "%s", path);
	while (getline(&line, &size, fp) != -1) {
		if (ncommands == MAXCOMMANDS)
			errx(1, "too many commands");
		read_command(line);	/* keeps pointers into it */
		commands[ncommands - 1].us = xcalloc(runs, sizeof(double));
		line = NULL;
		size = 0;
	}
	(void)fclose(fp);
}

/*
 * The next child will be of that account: POSIX_SPAWN_RESETIDS makes our real
 * ids its effective ones.
 */
static void
become(const struct account *a)
{
	if (setgroups((size_t)a->ngroups, a->groups) == -1 ||
	    setresgid(a->gid, 0, 0) == -1 || setresuid(a->uid, 0, 0) == -1)
		err(1, "uid %u", a->uid);
}

static void
enter(int ns)
{
	if (setns(ns, CLONE_NEWNS) == -1)
		err(1, "setns");
}

static void
start(struct command *c, struct running *r)
{
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t at;

	become(&c->accounts[c->next++ % c->naccounts]);
	if (posix_spawn_file_actions_init(&fa) != 0 ||
	    posix_spawnattr_init(&at) != 0 ||
	    posix_spawn_file_actions_adddup2(&fa, c->out, 1) != 0 ||
	    posix_spawnattr_setflags(&at, POSIX_SPAWN_RESETIDS) != 0)
		errx(1, "posix_spawn");
	r->since = now_us();
	errno = posix_spawn(&r->pid, c->words[0], &fa, &at, c->words,
	    environ);
	if (errno != 0)
		err(1, "%s: %s", c->name, c->words[0]);
	(void)posix_spawnattr_destroy(&at);
	(void)posix_spawn_file_actions_destroy(&fa);
}

static int
stays(const struct command *c)
{
	return (c->out == RESIDENT);
}

static void
start_stayer(struct command *c, struct stayer *s)
{
	int to[2], from[2];
	struct running r;

	if (pipe2(to, O_CLOEXEC) == -1 || pipe2(from, O_CLOEXEC) == -1 ||
	    dup2(to[0], STDIN_FILENO) == -1)
		err(1, "pipe");
	c->out = from[1];
	start(c, &r);
	c->out = RESIDENT;
	if (dup2(null, STDIN_FILENO) == -1)
		err(1, "/dev/null");
	(void)close(to[0]);
	(void)close(from[1]);
	s->pid = r.pid;
	s->to = to[1];
	s->from = from[0];
}

static void
start_stayers(struct command *c, size_t clients)
{
	size_t i;

	if (!stays(c))
		return;
	c->stay = xcalloc(clients, sizeof(*c->stay));
	for (i = 0; i < clients; i++)
		start_stayer(c, &c->stay[i]);
}

static void
end_stayers(struct command *c, size_t clients)
{
	size_t i;

	for (i = 0; c->stay != NULL && i < clients; i++) {
		(void)close(c->stay[i].to);
		(void)close(c->stay[i].from);
		(void)waitpid(c->stay[i].pid, NULL, 0);
	}
	free(c->stay);
}

/* A run by the client in that place. */
static void
ask_stayer(const struct stayer *s, struct running *r)
{
	r->since = now_us();
	r->pid = s->pid;
	if (write(s->to, "r", 1) != 1)
		err(1, "one that stays");
}

/* Waits for one of them that has answered. */
static struct running *
one_answered(struct command *c, struct running *r, size_t n, int counts)
{
	struct pollfd p[MAXCLIENTS];
	size_t i;
	char byte;

	for (i = 0; i < n; i++) {
		p[i].fd = r[i].pid == 0 ? -1 : c->stay[i].from;
		p[i].events = POLLIN;
		p[i].revents = 0;
	}
	if (poll(p, n, -1) == -1)
		err(1, "poll");
	for (i = 0; i < n && p[i].revents == 0; i++)
		;
	if (i == n || read(c->stay[i].from, &byte, 1) != 1)
		errx(1, "%s: has ended", c->name);
	if (counts)
		c->us[c->n++] = now_us() - r[i].since;
	r[i].pid = 0;
	return (&r[i]);
}

/* Waits for one of them; its place is free then. */
static struct running *
one_ended(struct command *c, struct running *r, size_t n, int counts)
{
	double end;
	size_t i;
	pid_t pid;
	int status;

	if ((pid = waitpid(-1, &status, 0)) == -1)
		err(1, "waitpid");
	end = now_us();
	if (status != 0)
		errx(1, "%s: ended with status 0x%x", c->name,
		    (unsigned)status);
	for (i = 0; i < n; i++)
		if (r[i].pid == pid)
			break;
	if (i == n)
		errx(1, "%s: a child of nobody", c->name);
	if (counts)
		c->us[c->n++] = end - r[i].since;
	r[i].pid = 0;
	return (&r[i]);
}

static void
begin_run(struct command *c, const struct running *all, struct running *r)
{
	if (stays(c))
		ask_stayer(&c->stay[r - all], r);
	else
		start(c, r);
}

static void
turn(struct command *c, size_t runs, size_t clients, int counts)
{
	struct running r[MAXCLIENTS], *place;
	size_t started, ended;
	double begin;

	enter(c->ns);
	memset(r, 0, sizeof(r));
	begin = now_us();
	for (started = 0; started < clients && started < runs; started++)
		begin_run(c, r, &r[started]);
	for (ended = 0; ended < runs; ended++) {
		place = stays(c) ? one_answered(c, r, clients, counts) :
		    one_ended(c, r, clients, counts);
		if (started < runs) {
			begin_run(c, r, place);
			started++;
		}
	}
	if (counts)
		c->spent += now_us() - begin;
	enter(own_ns);
}

/* A round: every command once, in a new order that is always the same. */
static void
take_turns(size_t runs, size_t clients, unsigned pause_ms, int counts)
{
	static unsigned seed = 1;
	size_t order[MAXCOMMANDS], i, k, t;

	for (i = 0; i < ncommands; i++)
		order[i] = i;
	for (i = ncommands; i > 1; i--) {
		k = (size_t)rand_r(&seed) % i;
		t = order[i - 1];
		order[i - 1] = order[k];
		order[k] = t;
	}
	for (i = 0; i < ncommands; i++) {
		(void)usleep(pause_ms * 1000);
		turn(&commands[order[i]], runs, clients, counts);
	}
}

static int
by_time(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x < y ? -1 : x > y);
}

static void
tell(struct command *c)
{
	qsort(c->us, c->n, sizeof(*c->us), by_time);
	printf("%s\t%.0f\t%.0f\t%.1f\t%.0f\n", c->name, c->us[c->n / 2],
	    c->us[c->n * 99 / 100], (double)c->n * 1e6 / c->spent,
	    c->us[c->n / 10]);
}

/* Before they are sorted. */
static void
tell_all(const char *path)
{
	size_t i, k;
	FILE *fp;

	if (path == NULL)
		return;
	if ((fp = fopen(path, "we")) == NULL)
		err(1, "%s", path);
	for (i = 0; i < ncommands; i++) {
		fprintf(fp, "%s", commands[i].name);
		for (k = 0; k < commands[i].n; k++)
			fprintf(fp, "\t%.0f", commands[i].us[k]);
		fprintf(fp, "\n");
	}
	if (fclose(fp) != 0)
		err(1, "%s", path);
}

static size_t
number(const char *s, size_t max)
{
	unsigned long v;
	char *end;

	v = strtoul(s, &end, 10);
	if (*s == '\0' || *end != '\0' || v > max)
		errx(1, "%s: not a number up to %zu", s, max);
	return (v);
}

int
main(int argc, char **argv)
{
	size_t clients = 1, runs = 1, rounds = 200, warm = 5, i;
	const char *all = NULL;
	unsigned pause_ms = 0;
	int ch;

	while ((ch = getopt(argc, argv, "a:c:k:n:p:w:")) != -1) {
		switch (ch) {
		case 'a':
			all = optarg;
			break;
		case 'c':
			clients = number(optarg, MAXCLIENTS);
			break;
		case 'k':
			runs = number(optarg, 100000);
			break;
		case 'n':
			rounds = number(optarg, 100000);
			break;
		case 'p':
			pause_ms = (unsigned)number(optarg, 10000);
			break;
		case 'w':
			warm = number(optarg, 100000);
			break;
		default:
			return (1);
		}
	}
	if (optind + 1 != argc || clients == 0 || runs == 0 || rounds == 0)
		errx(1, "usage: paired [-a ALL] [-c CLIENTS] [-k RUNS] "
		    "[-n ROUNDS] [-p MS] [-w ROUNDS] FILE");
	own_ns = open_or("/proc/self/ns/mnt", O_RDONLY, -1);
	read_commands(argv[optind], rounds * runs);
	for (i = 0; i < ncommands; i++)
		start_stayers(&commands[i], clients);
	for (i = 0; i < warm; i++)
		take_turns(runs, clients, 0, 0);
	for (i = 0; i < rounds; i++)
		take_turns(runs, clients, pause_ms, 1);
	tell_all(all);
	for (i = 0; i < ncommands; i++) {
		end_stayers(&commands[i], clients);
		tell(&commands[i]);
	}
	return (0);
}
