/* SPDX-License-Identifier: ISC */
/*
 * What a process asks to be executed, as init reads it: this process asks, and
 * what was read is compared with what the kernel makes of the same call.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "executor/watch/hold_priv.h"

#define CAT	"/bin/cat"
#define TRUE	"/bin/true"

static char dir[64], where[4096];
static struct watch watch;
static struct sought w;
static int hidden;

static void
put(const char *name, const char *text, mode_t mode)
{
	FILE *f;

	assert_non_null(f = fopen(name, "w"));
	(void)fputs(text, f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(name, mode), 0);
}

static int
set_up(void **state)
{
	(void)state;
	(void)snprintf(dir, sizeof(dir), "/tmp/sought_test.XXXXXX");
	if (mkdtemp(dir) == NULL || chdir(dir) == -1 ||
	    getcwd(where, sizeof(where)) == NULL ||
	    walk_init(&watch.walk) == -1)
		return (-1);
	watch.walk.tid = getpid();
	put("script", "#! " CAT " -\n", 0755);
	put("bare", "#!" CAT "\n", 0755);
	put("inner", "#!/dev/null/none\n", 0755);
	put("text", "echo\n", 0755);
	put("closed", "#!" CAT "\n", 0644);
	put("file", "", 0644);
	return (mkdir("sub", 0755) == -1 || mkfifo("fifo", 0755) == -1 ||
	    symlink("script", "link") == -1 || symlink("sub", "way") == -1 ||
	    symlink("none", "dangling") == -1 ? -1 : 0);
}

static int
tear_down(void **state)
{
	static const char *const names[] = { "script", "bare", "inner", "text",
	    "closed", "file", "fifo", "link", "way", "dangling", "outer",
	    "elf" };
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(names); i++)
		(void)unlink(names[i]);
	(void)rmdir("sub");
	return (chdir("/") == -1 || rmdir(dir) == -1 ? -1 : 0);
}

/* The call itself, with these as its arguments. */
static int
seek(int dirfd, const char *path, const char *const *argv, int flags)
{
	static struct call c;

	memset(&c, 0, sizeof(c));
	c.w = &watch;
	c.n.data.args[1] = (uint64_t)(uintptr_t)path;
	c.n.data.args[2] = (uint64_t)(uintptr_t)argv;
	return (sought_read(&c, dirfd, 1, flags, &w, &hidden));
}

/* It fails like that, and nothing of it is left. */
static void
refused(int dirfd, const char *path, const char *const *argv, int flags,
    int error, int why)
{
	int r = seek(dirfd, path, argv, flags);

	if (r != error || hidden != why)
		fail_msg("%s: %d and %d in place of %d and %d", path, r,
		    hidden, error, why);
	sought_done(&w);
}

static void
same_file(int fd, const char *path)
{
	struct stat a, b;

	assert_int_equal(fstat(fd, &a), 0);
	assert_int_equal(stat(path, &b), 0);
	assert_true(a.st_dev == b.st_dev && a.st_ino == b.st_ino);
	/* it can be read: its bytes are looked at */
	assert_int_equal(fcntl(fd, F_GETFL) & (O_PATH | O_ACCMODE), O_RDONLY);
}

static void
same_words(const struct strv *got, const char *const *argv)
{
	size_t i;

	for (i = 0; argv[i] != NULL; i++) {
		assert_true(i < got->n);
		assert_string_equal(got->v[i], argv[i]);
	}
	assert_int_equal(got->n, i);
}

/* A child that has executed just that, and waits; its standard input. */
static pid_t
become(int dirfd, const char *path, const char *const *argv, int flags,
    int *in)
{
	int p[2], q[2], null;
	char c;
	pid_t pid;

	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	assert_int_equal(pipe2(q, O_CLOEXEC), 0);
	if ((pid = fork()) == 0) {
		null = open("/dev/null", O_WRONLY | O_CLOEXEC);
		(void)dup2(p[0], 0);
		(void)dup2(null, 1);
		(void)dup2(null, 2);
		(void)execveat(dirfd, path, (char *const *)(uintptr_t)argv,
		    environ, flags);
		_exit(127);
	}
	assert_int_not_equal(pid, -1);
	(void)close(p[0]);
	(void)close(q[1]);
	/* it ends when the call has come to something */
	assert_int_equal(read(q[0], &c, 1), 0);
	(void)close(q[0]);
	*in = p[1];
	return (pid);
}

/* What was read is what the kernel made. */
static void
agrees(int dirfd, const char *path, const char *const *argv, int flags)
{
	uint8_t args[EXECS_DIGEST];
	struct walk of = watch.walk;
	struct sought now;
	int in, status;
	pid_t pid;

	assert_int_equal(seek(dirfd, path, argv, flags), 0);
	assert_int_equal(hidden, 0);
	same_words(&w.h.argv, argv);
	assert_string_equal(w.h.cwd, where);
	pid = become(dirfd, path, argv, flags, &in);
	of.tid = pid;
	assert_int_equal(sought_args(&of, args), 0);
	assert_memory_equal(args, w.args, EXECS_DIGEST);
	assert_int_equal(sought_became(&watch.walk, pid, &now), 0);
	assert_int_equal(now.nfds, 1);
	same_file(now.fds[0], CAT);
	same_file(w.fds[w.exe], CAT);
	/* a script's words are behind those of what reads it */
	assert_string_equal(now.h.argv.v[now.h.argv.n - 1],
	    argv[1] != NULL ? w.h.argv.v[w.h.argv.n - 1] :
	    now.h.argv.v[now.h.argv.n - 1]);
	sought_done(&now);
	(void)close(in);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 127);
	assert_int_equal(sought_became(&watch.walk, pid, &now), -ENOENT);
	sought_done(&now);
}

static const char *const words[] = { "c", "-", "", "a b\n", NULL };
static const char *const one[] = { "x", NULL };

static void
test_program(void **state)
{
	int d, f;

	(void)state;
	agrees(AT_FDCWD, CAT, words, 0);
	assert_int_equal(w.h.has, HELD_LOADER);
	assert_int_equal(w.nfds, 2);
	assert_int_equal(w.exe, 0);
	assert_string_equal(w.h.interp_arg, "");
	sought_done(&w);
	/* by a descriptor, and from one */
	assert_true((f = open(CAT, O_RDONLY)) != -1);
	agrees(f, "", words, AT_EMPTY_PATH);
	sought_done(&w);
	(void)close(f);
	assert_true((d = open("/bin", O_PATH)) != -1);
	agrees(d, "cat", words, 0);
	sought_done(&w);
	(void)close(d);
}

static void
test_script(void **state)
{
	int d, f;

	(void)state;
	agrees(AT_FDCWD, "./script", words, 0);
	assert_int_equal(w.h.has, HELD_SCRIPT | HELD_LOADER);
	assert_int_equal(w.nfds, 3);
	assert_int_equal(w.exe, 1);
	same_file(w.fds[0], "script");
	assert_string_equal(w.h.interp_arg, "-");
	sought_done(&w);
	agrees(AT_FDCWD, "link", words, 0);
	same_file(w.fds[0], "script");
	sought_done(&w);
	/* how the kernel names it to what reads it */
	assert_true((f = open("script", O_RDONLY)) != -1);
	agrees(f, "", words, AT_EMPTY_PATH);
	sought_done(&w);
	(void)close(f);
	assert_true((d = open(".", O_PATH)) != -1);
	agrees(d, "script", words, 0);
	sought_done(&w);
	(void)close(d);
	agrees(AT_FDCWD, "script", one, 0);
	sought_done(&w);
	assert_int_equal(seek(AT_FDCWD, "bare", one, 0), 0);
	assert_string_equal(w.h.interp_arg, "");
	sought_done(&w);
}

static void
test_refused(void **state)
{
	char line[128];

	(void)state;
	refused(AT_FDCWD, "none", one, 0, -ENOENT, 0);
	refused(AT_FDCWD, "", one, 0, -ENOENT, 0);
	refused(AT_FDCWD, "", one, AT_EMPTY_PATH, -EACCES, 0);
	refused(-1, "x", one, 0, -EBADF, 0);
	refused(1000000, "", one, AT_EMPTY_PATH, -EBADF, 0);
	refused(AT_FDCWD, "dangling", one, 0, -ENOENT, 0);
	refused(AT_FDCWD, "link", one, AT_SYMLINK_NOFOLLOW, -ELOOP, 0);
	refused(AT_FDCWD, "script/", one, 0, -ENOTDIR, 0);
	refused(AT_FDCWD, "script/x", one, 0, -ENOTDIR, 0);
	refused(AT_FDCWD, "sub", one, 0, -EACCES, 0);
	refused(AT_FDCWD, "closed", one, 0, -EACCES, 0);
	/* nobody who has it open is waited for */
	refused(AT_FDCWD, "fifo", one, 0, -EACCES, 0);
	refused(AT_FDCWD, "/dev/null", one, 0, -EACCES, 0);
	refused(AT_FDCWD, TRUE, one, AT_EMPTY_PATH | 0x40000000, -EINVAL, 0);
	refused(AT_FDCWD, "text", one, 0, -ENOEXEC, SOUGHT_STRANGE);
	refused(AT_FDCWD, "file", one, 0, -EACCES, 0);
	refused(AT_FDCWD, "inner", one, 0, -ENOTDIR, 0);
	/* a script that a script reads */
	(void)snprintf(line, sizeof(line), "#!%.64s/script\n", where);
	put("outer", line, 0755);
	refused(AT_FDCWD, "outer", one, 0, -EACCES, SOUGHT_HIDDEN);
}

/* Two pages, of which the second is there when the file is long enough. */
static char *
two_pages(int *file)
{
	char *p;

	assert_true((*file = memfd_create("pages", MFD_CLOEXEC)) != -1);
	assert_int_equal(ftruncate(*file, 4096), 0);
	p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, *file, 0);
	assert_true(p != MAP_FAILED);
	return (p);
}

static void
test_memory(void **state)
{
	const char *none[] = { NULL }, *two[] = { "x", NULL, NULL };
	const char **split;
	int file;
	char *p = two_pages(&file);

	(void)state;
	refused(AT_FDCWD, NULL, one, 0, -EFAULT, 0);
	refused(AT_FDCWD, TRUE, NULL, 0, -EFAULT, 0);
	refused(AT_FDCWD, TRUE, none, 0, -EINVAL, 0);
	two[1] = (const char *)(uintptr_t)1;
	refused(AT_FDCWD, TRUE, two, 0, -EFAULT, 0);
	/* a word that ends there, and one that does not */
	memset(p, 'a', 4096);
	two[1] = p;
	refused(AT_FDCWD, TRUE, two, 0, -EFAULT, 0);
	refused(AT_FDCWD, p + 1, one, 0, -EFAULT, 0);
	p[4095] = '\0';
	assert_int_equal(seek(AT_FDCWD, TRUE, two, 0), 0);
	same_words(&w.h.argv, two);
	sought_done(&w);
	/* the list, likewise, and across two pages */
	split = (const char **)(uintptr_t)(p + 4096 - 2 * sizeof(*split));
	split[0] = "x";
	split[1] = "y";
	refused(AT_FDCWD, TRUE, split, 0, -EFAULT, 0);
	assert_int_equal(ftruncate(file, 8192), 0);
	assert_int_equal(seek(AT_FDCWD, TRUE, split, 0), 0);
	assert_int_equal(w.h.argv.n, 2);
	sought_done(&w);
	memset(p, 0, 8192);
	split = (const char **)(uintptr_t)(p + 4096 - sizeof(*split) / 2);
	memcpy((void *)(uintptr_t)split, two, sizeof(two));
	two[1] = NULL;
	memcpy((void *)(uintptr_t)split, two, sizeof(two));
	assert_int_equal(seek(AT_FDCWD, TRUE, split, 0), 0);
	same_words(&w.h.argv, two);
	sought_done(&w);
	(void)munmap(p, 8192);
	(void)close(file);
}

static void
test_bounds(void **state)
{
	const size_t n = HELD_MAXARGS + 2, big = HELD_MAXBYTES + 16;
	const char **many = calloc(n, sizeof(*many));
	char *text = malloc(big);
	size_t i;

	(void)state;
	assert_true(many != NULL && text != NULL);
	for (i = 0; i < n - 1; i++)
		many[i] = "a";
	refused(AT_FDCWD, TRUE, many, 0, -E2BIG, 0);
	many[n - 2] = NULL;
	assert_int_equal(seek(AT_FDCWD, TRUE, many, 0), 0);
	assert_int_equal(w.h.argv.n, HELD_MAXARGS);
	sought_done(&w);
	memset(text, 'a', big);
	text[big - 1] = '\0';
	many[0] = text;
	many[1] = NULL;
	refused(AT_FDCWD, TRUE, many, 0, -E2BIG, 0);
	/* all of them together */
	text[big / 2] = '\0';
	many[1] = text + big / 2 + 1;
	many[2] = "b";
	many[3] = NULL;
	refused(AT_FDCWD, TRUE, many, 0, -E2BIG, 0);
	many[1] = NULL;
	assert_int_equal(seek(AT_FDCWD, TRUE, many, 0), 0);
	sought_done(&w);
	free(text);
	free(many);
}

/* A copy of a program, with so many headers, or such a loader. */
static void
put_elf(unsigned headers, const char *loader, size_t len)
{
	static uint8_t bytes[1024 * 1024];
	Elf64_Ehdr e;
	Elf64_Phdr ph;
	ssize_t n;
	int fd, i;

	assert_true((fd = open(TRUE, O_RDONLY)) != -1);
	assert_true((n = read(fd, bytes, sizeof(bytes))) > 0);
	(void)close(fd);
	memcpy(&e, bytes, sizeof(e));
	for (i = 0; i < e.e_phnum && loader != NULL; i++) {
		memcpy(&ph, bytes + e.e_phoff + i * sizeof(ph), sizeof(ph));
		if (ph.p_type != PT_INTERP)
			continue;
		ph.p_filesz = len;
		memcpy(bytes + e.e_phoff + i * sizeof(ph), &ph, sizeof(ph));
		memcpy(bytes + ph.p_offset, loader, len);
	}
	if (headers != 0)
		e.e_phnum = (Elf64_Half)headers;
	memcpy(bytes, &e, sizeof(e));
	(void)unlink("elf");
	assert_true((fd = open("elf", O_WRONLY | O_CREAT, 0755)) != -1);
	assert_int_equal(write(fd, bytes, (size_t)n), n);
	(void)close(fd);
}

static void
test_loader(void **state)
{
	(void)state;
	put_elf(0, NULL, 0);
	assert_int_equal(seek(AT_FDCWD, "elf", one, 0), 0);
	assert_int_equal(w.h.has, HELD_LOADER);
	sought_done(&w);
	put_elf(65, NULL, 0);
	refused(AT_FDCWD, "elf", one, 0, -ENOEXEC, 0);
	put_elf(0, "/none/x", 8);
	refused(AT_FDCWD, "elf", one, 0, -ENOENT, 0);
	put_elf(0, "/bin/cat", 8);	/* without its NUL */
	refused(AT_FDCWD, "elf", one, 0, -ENOEXEC, 0);
	put_elf(0, "", 1);
	refused(AT_FDCWD, "elf", one, 0, -ENOEXEC, 0);
	/* one of the run's own is looked at like any file */
	put_elf(0, "./script", 9);
	assert_int_equal(seek(AT_FDCWD, "elf", one, 0), 0);
	assert_int_equal(w.nfds, 2);
	same_file(w.fds[1], "script");
	sought_done(&w);
}

/* Does every word lead to where it is written? */
static int
straight(const char *word)
{
	const char *argv[] = { "rm", "-rf", "sub/x", word, NULL };
	int r;

	assert_int_equal(seek(AT_FDCWD, "/bin/rm", argv, 0), 0);
	r = (w.h.has & HELD_STRAIGHT) != 0;
	sought_done(&w);
	return (r);
}

static void
test_straight(void **state)
{
	(void)state;
	assert_true(straight("file"));
	assert_true(straight("sub/none/x"));
	assert_true(straight("./sub/../sub/x"));
	assert_true(straight("file/x"));
	/* the last name is not followed */
	assert_true(straight("way"));
	assert_false(straight("way/"));
	assert_false(straight("way/x"));
	assert_false(straight("sub/../way/x"));
	assert_false(straight("/proc/self/cwd/x"));
	assert_false(straight("dangling/x"));
	/* a program that removes nothing: nobody looks */
	assert_int_equal(seek(AT_FDCWD, CAT, words, 0), 0);
	assert_int_equal(w.h.has & HELD_STRAIGHT, 0);
	sought_done(&w);
}

/* The same request as the one before? */
static int
as_before(const char *path, const char *const *argv, unsigned whose)
{
	static uint8_t before[EXECS_DIGEST];
	uint8_t now[EXECS_DIGEST];
	int r;

	assert_int_equal(seek(AT_FDCWD, path, argv, 0), 0);
	sought_same(&w, whose, now);
	sought_done(&w);
	r = memcmp(before, now, sizeof(now)) == 0;
	memcpy(before, now, sizeof(now));
	return (r);
}

/* Twice as it is now, and the first time not as before. */
static void
another(const char *path, const char *const *argv, unsigned whose)
{
	assert_false(as_before(path, argv, whose));
	assert_true(as_before(path, argv, whose));
}

static void
test_same(void **state)
{
	static const char *const other[] = { "d", "-", "", "a b\n", NULL };
	static const char *const joined[] = { "c", "-", "a b\n", NULL };
	static const char *const shifted[] = { "c", "-", "", "a b", "", NULL };
	const struct timespec then[] = { { 1000, 0 }, { 1000, 0 } };
	const struct timespec tick = { 0, 20000000 };

	(void)state;
	another(CAT, words, 0);
	another(CAT, words, 1);
	another(CAT, other, 1);
	another(CAT, joined, 1);
	another(CAT, shifted, 1);
	another(CAT, one, 1);
	another(TRUE, one, 1);
	/* of a script the first word is nobody's to see, but judged */
	another("script", words, 1);
	another("script", other, 1);
	another("./script", other, 1);
	another("bare", other, 1);
	/* the same file under another name, and touched */
	assert_int_equal(link("script", "hard"), 0);
	another("hard", one, 1);
	assert_int_equal(utimensat(AT_FDCWD, "hard", then, 0), 0);
	another("hard", one, 1);
	/* other bytes, and nothing else but its time of change, which ticks */
	assert_int_equal(nanosleep(&tick, NULL), 0);
	put("hard", "#! " CAT " +\n", 0755);
	assert_int_equal(utimensat(AT_FDCWD, "hard", then, 0), 0);
	another("hard", one, 1);
	/* the same bytes in another file */
	assert_int_equal(unlink("hard"), 0);
	put("hard", "#! " CAT " +\n", 0755);
	assert_int_equal(utimensat(AT_FDCWD, "hard", then, 0), 0);
	another("hard", one, 1);
	assert_int_equal(unlink("hard"), 0);
	put("script", "#! " CAT " -\n", 0755);
	/* another directory, and one of the same name */
	another(CAT, one, 1);
	assert_int_equal(chdir("sub"), 0);
	another(CAT, one, 1);
	assert_int_equal(chdir(".."), 0);
	assert_int_equal(rename("sub", "was"), 0);
	assert_int_equal(mkdir("sub", 0755), 0);
	assert_int_equal(chdir("sub"), 0);
	another(CAT, one, 1);
	assert_int_equal(chdir(".."), 0);
	assert_int_equal(rmdir("was"), 0);
	/* it removes something, where links could lead elsewhere */
	assert_int_equal(seek(AT_FDCWD, "/bin/rm", words, 0), 0);
	assert_true(w.links);
	sought_done(&w);
	assert_int_equal(seek(AT_FDCWD, CAT, words, 0), 0);
	assert_false(w.links);
	sought_done(&w);
}

static int
first_free(void)
{
	int fd = dup(0);

	(void)close(fd);
	return (fd);
}

/* Whatever came of it, no descriptor stays. */
static void
test_left(void **state)
{
	static const char *const paths[] = { CAT, "script", "text", "outer",
	    "elf", "none", "sub" };
	const int before = first_free();
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(paths); i++) {
		(void)seek(AT_FDCWD, paths[i], one, 0);
		sought_done(&w);
		(void)seek(AT_FDCWD, paths[i], NULL, 0);
		sought_done(&w);
	}
	assert_int_equal(first_free(), before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_program),
		cmocka_unit_test(test_script),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_loader),
		cmocka_unit_test(test_straight),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_left),
	};

	return (cmocka_run_group_tests_name("executor_sought", tests, set_up,
	    tear_down));
}
