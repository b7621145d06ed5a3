/* SPDX-License-Identifier: ISC */
/*
 * exec_attack MODE SECONDS PROGRAM OTHER [ARGUMENT]: for so long, or so many
 * rounds as CBT_ROUNDS says, has children execute PROGRAM, while what they ask
 * for is made OTHER at the same time, in memory or by a name: that is refused
 * and says so by what it leaves behind, which a test looks for.  Mode "args"
 * likewise makes the argument of PROGRAM what follows OTHER; mode "memory" does
 * that in the new program, as far as it gets at its memory.  In mode "loader"
 * PROGRAM names ./link as its loader, which is OTHER at times; in mode
 * "directory" its process is in the directory "one" or "two", as another thread
 * likes.  Prints how many rounds there were, how many of them came to an end in
 * order, and how many were killed.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *program, *other, *word = "harmless";
static const char *good = "";	/* where ./link leads to, mostly */
static unsigned long rounds, ended, killed, refused;

/* What the calls are given, and everybody may write to. */
struct shared {
	char		 path[256];
	char		 arg[256];
	volatile int	 stop;
	volatile pid_t	 child;
	volatile unsigned long written;
};
static struct shared *sh;

/* One letter after the other would be neither: all at once, and back. */
static void
flip(char *at, const char *a, const char *b)
{
	memcpy(at, b, strlen(b) + 1);
	memcpy(at, a, strlen(a) + 1);
}

static void *
flip_path(void *arg)
{
	(void)arg;
	while (!sh->stop)
		flip(sh->path, program, other);
	return (NULL);
}

static void *
flip_arg(void *arg)
{
	(void)arg;
	while (!sh->stop)
		flip(sh->arg, "harmless", word);
	return (NULL);
}

static void
execute(void)
{
	char *argv[] = { sh->path, sh->arg, NULL }, *env[] = { NULL };

	(void)execve(sh->path, argv, env);
	_exit(errno == EACCES ? 99 : 98);
}

static void
collect(pid_t pid)
{
	int status;

	if (pid == -1)
		return;
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		killed++;
	else if (WEXITSTATUS(status) == 99)
		refused++;
	else
		ended++;
}

/* Another thread of the very process. */
static void
by_thread(void *(*what)(void *))
{
	pthread_t t;
	pid_t pid;

	if ((pid = fork()) == 0) {
		(void)pthread_create(&t, NULL, what, NULL);
		execute();
	}
	collect(pid);
}

static void *
execute_in_thread(void *arg)
{
	(void)arg;
	execute();
	return (NULL);
}

/* The first thread is another one than the one that executes. */
static void
not_leader(void)
{
	pthread_t t;
	pid_t pid;

	if ((pid = fork()) == 0) {
		(void)pthread_create(&t, NULL, execute_in_thread, NULL);
		(void)flip_arg(NULL);
		pause();
	}
	collect(pid);
}

/*
 * Both threads execute: one of them comes through, and what that has become
 * executes what is denied.
 */
static void
both(void)
{
	char *argv[] = { sh->path, (char *)(uintptr_t)"-c",
	    (char *)(uintptr_t)"exec \"$0\" \"$1\"",
	    (char *)(uintptr_t)program, sh->arg, NULL };
	char *env[] = { NULL };
	pthread_t t;
	pid_t pid;

	if ((pid = fork()) == 0) {
		(void)pthread_create(&t, NULL, execute_in_thread, NULL);
		(void)snprintf(sh->arg, sizeof(sh->arg), "%s", word);
		(void)execve("/bin/sh", argv, env);
		_exit(errno == EACCES ? 99 : 98);
	}
	collect(pid);
}

/* Another process, by memory that both have. */
static void
by_process(void)
{
	pid_t pid;

	if ((pid = fork()) == 0) {
		sh->child = getpid();
		execute();
	}
	collect(pid);
	sh->child = 0;
}

/* All memory is the parent's, whose other thread goes on. */
static void
by_vfork(void)
{
	pid_t pid;

	if ((pid = vfork()) == 0) {
		char *argv[] = { sh->path, sh->arg, NULL }, *env[] = { NULL };

		(void)execve(sh->path, argv, env);
		_exit(errno == EACCES ? 99 : 98);
	}
	collect(pid);
}

/* A name that leads here and there. */
static void *
flip_link(void *arg)
{
	(void)arg;
	while (!sh->stop) {
		(void)unlink("link.new");
		(void)!symlink(other, "link.new");
		(void)rename("link.new", "link");
		(void)unlink("link.new");
		(void)!symlink(good, "link.new");
		(void)rename("link.new", "link");
	}
	return (NULL);
}

/* A script whose first line names this and that. */
static void
write_script(const char *name, const char *interp)
{
	char line[300];
	int fd, n;

	fd = open("script.new", O_WRONLY | O_CREAT | O_TRUNC, 0755);
	n = snprintf(line, sizeof(line), "#!%s\n", interp);
	(void)!write(fd, line, (size_t)n);
	(void)close(fd);
	(void)rename("script.new", name);
}

static void *
flip_script(void *arg)
{
	(void)arg;
	while (!sh->stop) {
		write_script("script", other);
		write_script("script", program);
	}
	return (NULL);
}

/* The bytes of a file that was opened to be executed. */
static int
copy(const char *from, const char *to, int flags)
{
	static char buf[1 << 20];
	ssize_t n;
	int in, out;

	in = open(from, O_RDONLY | O_CLOEXEC);
	out = open(to, O_WRONLY | O_CREAT | flags, 0755);
	while (in != -1 && out != -1 && (n = read(in, buf, sizeof(buf))) > 0)
		(void)!write(out, buf, (size_t)n);
	(void)close(in);
	if (out != -1)
		(void)close(out);
	return (out);
}

static void *
flip_bytes(void *arg)
{
	(void)arg;
	while (!sh->stop) {
		(void)copy(other, "bytes", 0);
		(void)copy(program, "bytes", 0);
	}
	return (NULL);
}

/* Where its arguments begin and end; 0: that cannot be told. */
static int
find_args(pid_t pid, unsigned long *from, unsigned long *to)
{
	char name[64], text[1024], *p;
	unsigned long v = 0;
	ssize_t n;
	int fd, i;

	(void)snprintf(name, sizeof(name), "/proc/%d/stat", (int)pid);
	if ((fd = open(name, O_RDONLY | O_CLOEXEC)) == -1)
		return (0);
	n = read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	if (n <= 0)
		return (0);
	text[n] = '\0';
	if ((p = strrchr(text, ')')) == NULL || strlen(p) < 4)
		return (0);
	for (p += 4, i = 4; i <= 49; i++) {
		v = strtoul(p, &p, 10);
		if (i == 48)
			*from = v;
	}
	*to = v;
	return (*from != 0 && *to > *from);
}

/* Of the child, as long as it is there. */
static void
write_memory(pid_t pid)
{
	char name[64], args[512], *p;
	unsigned long from, to;
	ssize_t n;
	int fd;

	(void)snprintf(name, sizeof(name), "/proc/%d/mem", (int)pid);
	if (!find_args(pid, &from, &to) || to - from > sizeof(args) ||
	    (fd = open(name, O_RDWR | O_CLOEXEC)) == -1)
		return;
	if ((n = pread(fd, args, to - from, (off_t)from)) > 0 &&
	    (p = memmem(args, (size_t)n, "harmless", 8)) != NULL &&
	    pwrite(fd, word, strlen(word) + 1, (off_t)(from +
	    (size_t)(p - args))) > 0)
		sh->written++;
	(void)close(fd);
}

static void *
flip_memory(void *arg)
{
	(void)arg;
	while (!sh->stop)
		if (sh->child > 0)
			write_memory(sh->child);
	return (NULL);
}

static void *
flip_directory(void *arg)
{
	(void)arg;
	while (!sh->stop) {
		(void)!chdir("../one");
		(void)!chdir("../two");
	}
	return (NULL);
}

static void *(*flipper(const char *mode))(void *)
{
	if (strcmp(mode, "path") == 0 || strcmp(mode, "shared") == 0)
		return (flip_path);
	if (strcmp(mode, "link") == 0 || strcmp(mode, "loader") == 0)
		return (flip_link);
	if (strcmp(mode, "memory") == 0)
		return (flip_memory);
	if (strcmp(mode, "script") == 0)
		return (flip_script);
	if (strcmp(mode, "bytes") == 0)
		return (flip_bytes);
	return (flip_arg);
}

static void
one(const char *mode)
{
	const char *p = program;

	if (strcmp(mode, "link") == 0)
		p = "./link";
	else if (strcmp(mode, "script") == 0)
		p = "./script";
	else if (strcmp(mode, "bytes") == 0)
		p = "./bytes";
	(void)snprintf(sh->path, sizeof(sh->path), "%s", p);
	(void)snprintf(sh->arg, sizeof(sh->arg), "harmless");
	if (strcmp(mode, "path") == 0)
		by_thread(flip_path);
	else if (strcmp(mode, "args") == 0)
		by_thread(flip_arg);
	else if (strcmp(mode, "directory") == 0)
		by_thread(flip_directory);
	else if (strcmp(mode, "leader") == 0)
		not_leader();
	else if (strcmp(mode, "both") == 0)
		both();
	else if (strcmp(mode, "vfork") == 0)
		by_vfork();
	else
		by_process();
}

int
main(int argc, char **argv)
{
	unsigned long most = ULONG_MAX;
	pthread_t t;
	time_t end;

	if (argc < 5)
		errx(1, "usage: exec_attack mode seconds program other "
		    "[argument]");
	good = program = argv[3];
	other = argv[4];
	if (strcmp(argv[1], "loader") == 0 && argc > 5)
		good = argv[5];
	if (argc > 5)
		word = argv[5];
	if (getenv("CBT_ROUNDS") != NULL)
		most = strtoul(getenv("CBT_ROUNDS"), NULL, 10);
	sh = mmap(NULL, sizeof(*sh), PROT_READ | PROT_WRITE, MAP_SHARED |
	    MAP_ANONYMOUS, -1, 0);
	if (sh == MAP_FAILED)
		err(1, "mmap");
	end = time(NULL) + strtol(argv[2], NULL, 10);
	/* processes of their own flip what a thread of the child does not */
	if (strcmp(argv[1], "directory") == 0 && chdir("one") == -1)
		err(1, "one");
	if (strcmp(argv[1], "path") != 0 && strcmp(argv[1], "args") != 0 &&
	    strcmp(argv[1], "directory") != 0 &&
	    strcmp(argv[1], "leader") != 0 && strcmp(argv[1], "both") != 0 &&
	    pthread_create(&t, NULL, flipper(argv[1]), NULL) != 0)
		errx(1, "no thread");
	for (; rounds < most && (most != ULONG_MAX || time(NULL) < end);
	    rounds++)
		one(argv[1]);
	sh->stop = 1;
	printf("%s: %lu rounds, %lu in order, %lu refused, %lu killed",
	    argv[1], rounds, ended, refused, killed);
	if (sh->written != 0)
		printf(", memory written %lu times", sh->written);
	printf("\n");
	return (rounds == 0);
}
