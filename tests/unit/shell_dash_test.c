/* SPDX-License-Identifier: ISC */
/*
 * The reader of shell lines against dash itself.  Lines made by chance are
 * run where PATH has canaries alone; each start that a canary tells of has to
 * be a command that the reader found, with these words and this standard
 * input, and what dash calls a syntax error the reader has to refuse.  More
 * of them: SHELL_LINES=100000 SHELL_SEED=7 shell_dash_test
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/prctl.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "common/policy/shell.h"
#include "common/xmalloc.h"
#include "tests/shellgen.h"
#include "tests/shellshow.h"

#ifdef __SANITIZE_ADDRESS__
#define LINES		100
#else
#define LINES		600
#endif
#define LINE_MS		200	/* a line that runs longer is killed */
#define HOME		"/h"
#define LOG_MAX		(256 * 1024)

static char dir[] = "/tmp/shell.XXXXXX";
static char logpath[PATH_MAX];
static char bin[PATH_MAX];

/* One start of a canary. */
struct start {
	int		 argc;
	int		 null;		/* standard input was /dev/null */
	const char	*argv;		/* ended by NULs */
};

/* What one line came to. */
struct outcome {
	char		*log;
	size_t		 len;
	int		 syntax;	/* dash said so */
	int		 late;
};

static long
number_of(const char *name, long dflt)
{
	const char *s = getenv(name);

	return (s != NULL ? strtol(s, NULL, 10) : dflt);
}

static void
put_file(const char *name)
{
	char path[PATH_MAX];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/w/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	(void)fputs("ca fed\ncb\n", f);
	(void)fclose(f);
}

static int
set_up(void **state)
{
	static const char *const names[] = { "ca", "cb", "cc", "cd1" };
	char self[PATH_MAX], path[PATH_MAX + 16];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	size_t i;

	(void)state;
	assert_true(n > 0);
	self[n] = '\0';
	*strrchr(self, '/') = '\0';
	*strrchr(self, '/') = '\0';
	assert_non_null(mkdtemp(dir));
	(void)snprintf(bin, sizeof(bin), "%s/bin", dir);
	(void)snprintf(logpath, sizeof(logpath), "%s/log", dir);
	assert_int_equal(mkdir(bin, 0755), 0);
	assert_true(strlen(self) + sizeof("/helpers/canary") <= sizeof(self));
	(void)strncat(self, "/helpers/canary", sizeof(self) - 1 -
	    strlen(self));
	assert_int_equal(access(self, X_OK), 0);
	for (i = 0; i < NELEM(names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", bin, names[i]);
		assert_int_equal(symlink(self, path), 0);
	}
	(void)snprintf(path, sizeof(path), "%s/w", dir);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	return (0);
}

static int
tear_down(void **state)
{
	char cmd[PATH_MAX];
	pid_t pid;

	(void)state;
	(void)snprintf(cmd, sizeof(cmd), "%s", dir);
	if ((pid = fork()) == 0) {
		(void)execlp("rm", "rm", "-rf", cmd, (char *)NULL);
		_exit(127);
	}
	(void)waitpid(pid, NULL, 0);
	return (0);
}

static int
is_dash(void)
{
	char path[PATH_MAX];

	return (realpath("/bin/sh", path) != NULL &&
	    strcmp(strrchr(path, '/'), "/dash") == 0);
}

static void
in_shell(const char *line, int err)
{
	char home[] = "HOME=" HOME, path[PATH_MAX + 8], log[PATH_MAX + 16];
	char *env[] = { home, path, log, NULL };
	char sh[] = "sh", c[] = "-c", *text = xstrdup(line);
	char *argv[] = { sh, c, text, NULL };
	int null = open("/dev/null", O_RDWR);

	(void)snprintf(path, sizeof(path), "PATH=%s", bin);
	(void)snprintf(log, sizeof(log), "CANARY_LOG=%s", logpath);
	if (setpgid(0, 0) == -1 || dup2(null, 0) == -1 || dup2(null, 1) ==
	    -1 || dup2(err, 2) == -1)
		_exit(126);
	(void)close(null);
	(void)close(err);
	(void)execve("/bin/sh", argv, env);
	_exit(126);
}

static long
now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}

/* Its standard error up to the end of all that has it. */
static void
hear(int fd, pid_t pid, struct outcome *o)
{
	static char text[65536];
	long end = now_ms() + LINE_MS, left;
	struct pollfd p = { fd, POLLIN, 0 };
	size_t n = 0;
	ssize_t r;

	for (;;) {
		left = end - now_ms();
		if (left <= 0 || poll(&p, 1, (int)left) <= 0) {
			o->late = 1;
			break;
		}
		r = read(fd, text + n, sizeof(text) - 1 - n);
		if (r <= 0)
			break;
		n += (size_t)r;
		if (n > sizeof(text) / 2)
			n = 0;
	}
	text[n] = '\0';
	/* the number of a descriptor is looked at when it is needed */
	o->syntax = strstr(text, "Syntax error") != NULL &&
	    strstr(text, "Bad fd number") == NULL;
	(void)kill(-pid, o->late ? SIGKILL : 0);
}

static void
reap(pid_t pid, struct outcome *o)
{
	long end = now_ms() + LINE_MS;
	struct timespec ms = { 0, 500000 };
	pid_t r;

	while ((r = waitpid(-1, NULL, WNOHANG)) != -1 || errno == EINTR) {
		if (r > 0)
			continue;
		if (now_ms() > end) {
			o->late = 1;
			(void)kill(-pid, SIGKILL);
		}
		(void)nanosleep(&ms, NULL);
	}
}

static void
read_log(struct outcome *o)
{
	FILE *f = fopen(logpath, "r");

	assert_non_null(f);
	o->log = xmalloc(LOG_MAX);
	o->len = fread(o->log, 1, LOG_MAX, f);
	(void)fclose(f);
}

static void
run(const char *line, struct outcome *o)
{
	char path[PATH_MAX + 8];
	int fds[2], fd;
	pid_t pid;

	memset(o, 0, sizeof(*o));
	(void)snprintf(path, sizeof(path), "%s/w", dir);
	assert_int_equal(chdir(path), 0);
	put_file("fa");
	put_file("fb");
	fd = open(logpath, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	assert_true(fd != -1);
	(void)close(fd);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	if ((pid = fork()) == 0)
		in_shell(line, fds[1]);
	assert_true(pid > 0);
	(void)close(fds[1]);
	hear(fds[0], pid, o);
	(void)close(fds[0]);
	reap(pid, o);
	read_log(o);
}

/* Does text with holes fit all of s? */
static int
fits(const char *text, const char *s)
{
	const char *star = NULL, *from = NULL;

	while (*s != '\0') {
		if (*text == SH_HOLE) {
			star = text++;
			from = s;
		} else if (*text == *s) {
			text++;
			s++;
		} else if (star != NULL) {
			text = star + 1;
			s = ++from;
		} else
			return (0);
	}
	while (*text == SH_HOLE)
		text++;
	return (*text == '\0');
}

static int
is_integer(const char *s)
{
	s += *s == '-';
	return (strspn(s, "0123456789") == strlen(s));
}

static int
fits_one(const struct sh_word *w, const char *s)
{
	char home[4096];

	if (strcmp(w->text, (const char[]){ SH_HOLE, '\0' }) == 0 &&
	    (w->flags & SH_NUMBER) && !is_integer(s))
		return (0);
	if (fits(w->text, s))
		return (1);
	if (!(w->flags & SH_TILDE))
		return (0);
	/* at the beginning or behind = or : */
	if (w->text[0] == '~') {
		(void)snprintf(home, sizeof(home), "%s%s", HOME, w->text + 1);
		return (fits(home, s));
	}
	return (strstr(s, HOME) != NULL);
}

static int
only_holes(const char *s)
{
	for (; *s != '\0'; s++)
		if (*s != SH_HOLE)
			return (0);
	return (1);
}

static const char *
after(const char *s)
{
	return (s + strlen(s) + 1);
}

/* Words that are several, or names of files: the first begins as they do. */
static int
fits_words(const struct sh_word *w, size_t n, const char *argv, int argc)
{
	size_t lit;
	const char *s;
	int k;

	if (n == 0)
		return (argc == 0);
	if (!(w->flags & (SH_SPLIT | SH_GLOB)))
		return (argc > 0 && fits_one(w, argv) &&
		    fits_words(w + 1, n - 1, after(argv), argc - 1));
	if ((w->flags & SH_SPLIT) && only_holes(w->text) &&
	    fits_words(w + 1, n - 1, argv, argc))
		return (1);
	if (argc == 0)
		return (0);
	lit = strcspn(w->text, "*?[\001");
	if ((w->flags & (SH_GLOB | SH_TILDE)) == 0 &&
	    strncmp(w->text, argv, lit) != 0)
		return (0);
	for (s = argv, k = 1; k <= argc; k++) {
		s = after(s);
		if (fits_words(w + 1, n - 1, s, argc - k))
			return (1);
	}
	return (0);
}

static int
fits_input(const struct sh_cmd *c)
{
	size_t i;

	for (i = 0; i < c->nredirs; i++)
		if (c->redirs[i].fd == 0)
			return (1);
	return ((c->flags & (SH_PIPED_IN | SH_FED | SH_IN_FUNCTION)) != 0);
}

static int found(const struct sh_line *, const struct start *, int, int);

/* eval and trap run what their words say. */
static int
found_inside(const struct sh_word *w, size_t n, const struct start *s,
    int depth)
{
	struct sh_line line;
	const char *why;
	char *text = NULL;
	size_t i, at, len = 0;
	FILE *f = open_memstream(&text, &len);
	int r = 0;

	assert_non_null(f);

	if (strcmp(w[0].text, "trap") == 0)
		n = n > 2 ? 2 : n;
	for (i = 1; i < n; i++) {
		r |= (w[i].flags & (SH_OPAQUE | SH_GLOB | SH_TILDE)) != 0;
		(void)fprintf(f, "%s ", w[i].text);
	}
	(void)fclose(f);
	if (!r && shell_read(&line, text, len, &why, &at) == 0) {
		r = line.opaque != NULL || found(&line, s, depth + 1, 0);
		shell_free(&line);
	}
	free(text);
	return (r);
}

static int
is_it(const struct sh_cmd *c, const struct start *s, int depth)
{
	const struct sh_word *w = c->words;
	size_t n = c->nwords;

	while (n > 0 && (strcmp(w->text, "command") == 0 ||
	    strcmp(w->text, "exec") == 0)) {
		w++;
		n--;
	}
	if (n > 0 && (strcmp(w->text, "eval") == 0 ||
	    strcmp(w->text, "trap") == 0))
		return (depth < 4 && found_inside(w, n, s, depth));
	if ((c->flags & SH_CALL) || !fits_words(w, n, s->argv, s->argc))
		return (0);
	return (s->null || depth > 0 || fits_input(c));
}

static int
is_exact(const struct sh_cmd *c)
{
	size_t i;

	for (i = 0; i < c->nwords; i++)
		if (c->words[i].flags & (SH_OPAQUE | SH_GLOB | SH_TILDE))
			return (0);
	return (1);
}

/* exact: only among commands whose words are all certain */
static int
found(const struct sh_line *line, const struct start *s, int depth, int exact)
{
	size_t i;

	for (i = 0; i < line->ncmds; i++)
		if ((!exact || is_exact(&line->cmds[i])) &&
		    is_it(&line->cmds[i], s, depth))
			return (1);
	return (0);
}

static void
say(const char *what, unsigned long seed, const char *text,
    const struct sh_line *line)
{
	(void)fprintf(stderr, "%s, seed %lu:\n--\n%s\n--\n", what, seed,
	    text);
	if (line != NULL) {
		show_line(stderr, line);
		(void)fputs("\n", stderr);
	}
}

/* The next start in the log, or 0. */
static int
next_start(const struct outcome *o, size_t *at, struct start *s)
{
	int i;

	if (*at >= o->len)
		return (0);
	s->argc = (int)strtol(o->log + *at, NULL, 10);
	*at += strlen(o->log + *at) + 1;
	s->null = o->log[*at] == '1';
	*at += 2;
	s->argv = o->log + *at;
	for (i = 0; i < s->argc && *at < o->len; i++)
		*at += strlen(o->log + *at) + 1;
	return (1);
}

struct tally {
	unsigned	 lines;
	unsigned	 refused;	/* by the reader though dash ran it */
	unsigned	 syntax;	/* by both */
	unsigned	 opaque;
	unsigned	 starts;	/* checked */
	unsigned	 exact;		/* of a command without holes */
	unsigned	 late;
	unsigned	 wrong;
};

static void
check_starts(const struct outcome *o, const struct sh_line *line,
    unsigned long seed, const char *text, struct tally *t)
{
	struct start s;
	size_t at = 0;
	int i;
	const char *w;

	while (next_start(o, &at, &s)) {
		t->starts++;
		t->exact += (unsigned)found(line, &s, 0, 1);
		if (found(line, &s, 0, 0))
			continue;
		t->wrong++;
		say("not found", seed, text, line);
		for (i = 0, w = s.argv; i < s.argc; i++, w = after(w))
			(void)fprintf(stderr, "[%s] ", w);
		(void)fprintf(stderr, "%s\n", s.null ? "" : "(fed)");
		return;
	}
}

static void
compare(unsigned long seed, struct tally *t)
{
	struct sh_line line;
	struct outcome o;
	const char *why;
	size_t len, at;
	char *text = sg_line(seed, &len);
	int r = shell_read(&line, text, len, &why, &at);

	run(text, &o);
	t->lines++;
	t->late += (unsigned)o.late;
	if (o.syntax && r == 0 && strstr(text, "eval") == NULL &&
	    strstr(text, "trap") == NULL && line.opaque == NULL) {
		t->wrong++;
		say("dash refuses", seed, text, &line);
	}
	if (r == -1) {
		t->syntax += (unsigned)o.syntax;
		t->refused += (unsigned)!o.syntax;
		if (!o.syntax && getenv("SHELL_VERBOSE") != NULL)
			say(why, seed, text, NULL);
	} else if (line.opaque != NULL)
		t->opaque++;
	else
		check_starts(&o, &line, seed, text, t);
	if (r == 0)
		shell_free(&line);
	free(o.log);
	free(text);
}

static void
test_dash(void **state)
{
	long n = number_of("SHELL_LINES", LINES), i;
	unsigned long seed = (unsigned long)number_of("SHELL_SEED", 1);
	struct tally t = { 0 };

	(void)state;
	if (!is_dash()) {
		print_message("/bin/sh is not dash\n");
		skip();
	}
	for (i = 0; i < n; i++)
		compare(seed * 1000003 + (unsigned long)i, &t);
	print_message("%u lines: %u starts, %u of them without holes; %u "
	    "opaque, %u refused by both, %u by the reader alone, %u late, %u "
	    "wrong\n", t.lines, t.starts, t.exact, t.opaque, t.syntax,
	    t.refused, t.late, t.wrong);
	assert_int_equal(t.wrong, 0);
	/* it did try something */
	assert_true(t.starts > t.lines / 4);
	assert_true(t.exact > t.starts / 4);
	assert_true(t.opaque < t.lines / 2);
	assert_true(t.refused < t.lines / 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dash),
	};

	return (cmocka_run_group_tests(tests, set_up, tear_down));
}
