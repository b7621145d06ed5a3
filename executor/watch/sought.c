/* SPDX-License-Identifier: ISC */
/*
 * What a process asks to be executed: its arguments, the file, what reads
 * that if it is a script, and the loader that a program names.  All of it is
 * read once, and what is decided is decided of that; the kernel reads it again
 * and hold.c compares.
 *
 * What an attacker could try: arguments without end (there is a bound that
 * the kernel has too), a file that holds whoever opens it (regular files alone
 * are opened, and without waiting), a path through what is init's (not opened).
 */
#include "config.h"

#include <sys/syscall.h>

#include <linux/openat2.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/policy/policy.h"
#include "common/xmalloc.h"
#include "executor/watch/hold_priv.h"

#define WINDOW		4096U
#define WORDS_MAX	16384	/* among which links are looked for */

/* A page of the caller's memory. */
struct mem_page {
	uint64_t	at;		/* where it begins */
	size_t		len;
	uint8_t		p[WINDOW];
};

/* As many bytes as there are in one piece at this address; 0: none. */
static size_t
look_at(struct call *c, struct mem_page *w, uint64_t addr, const uint8_t **p)
{
	uint64_t at = addr & ~(uint64_t)(WINDOW - 1);
	int n;

	if (w->len == 0 || w->at != at) {
		w->len = 0;
		if ((n = call_read(c, at, w->p, WINDOW)) <= 0)
			return (0);
		w->at = at;
		w->len = (size_t)n;
	}
	if (addr - at >= w->len)
		return (0);
	*p = w->p + (addr - at);
	return (w->len - (size_t)(addr - at));
}

/* One string, its NUL with it, into b. */
static int
read_string(struct call *c, struct mem_page *w, uint64_t addr, struct buf *b)
{
	const uint8_t *p, *end;
	size_t n;

	do {
		if ((n = look_at(c, w, addr, &p)) == 0)
			return (-EFAULT);
		if ((end = memchr(p, '\0', n)) != NULL)
			n = (size_t)(end - p) + 1;
		buf_put(b, p, n);
		addr += n;
	} while (end == NULL && !b->bad);
	return (b->bad ? -E2BIG : 0);
}

static int
read_pointer(struct call *c, struct mem_page *w, uint64_t addr, uint64_t *v)
{
	const uint8_t *p;

	/* one that lies across two pages is nobody's array */
	if (look_at(c, w, addr, &p) < sizeof(*v))
		return (call_read(c, addr, v, sizeof(*v)) == sizeof(*v) ? 0 :
		    -EFAULT);
	memcpy(v, p, sizeof(*v));
	return (0);
}

/* The arguments, one behind the other, in b; *n of them. */
static int
read_argv(struct call *c, uint64_t argv, struct buf *b, size_t *n)
{
	static struct mem_page pointers, strings;
	uint64_t p;
	int r;

	pointers.len = strings.len = 0;
	for (*n = 0;; (*n)++) {
		if ((r = read_pointer(c, &pointers, argv, &p)) < 0)
			return (r);
		if (p == 0)
			return (*n == 0 ? -EINVAL : 0);
		if (*n == HELD_MAXARGS)
			return (-E2BIG);
		if ((r = read_string(c, &strings, p, b)) < 0)
			return (r);
		argv += sizeof(p);
	}
}

static void
cut_up(struct strv *to, char *p, size_t n)
{
	to->v = xcalloc(n + 1, sizeof(*to->v));
	for (to->n = 0; to->n < n; to->n++) {
		to->v[to->n] = p;
		p += strlen(p) + 1;
	}
}

/* Where a script is named to what reads it, as the kernel does. */
static void
script_name(char *buf, size_t len, int dirfd, const char *path)
{
	if (path[0] == '/' || dirfd == AT_FDCWD)
		(void)snprintf(buf, len, "%s", path);
	else if (path[0] == '\0')
		(void)snprintf(buf, len, "/dev/fd/%d", dirfd);
	else
		(void)snprintf(buf, len, "/dev/fd/%d/%s", dirfd, path);
}

static void
mix(struct sought *w, const void *p, size_t len)
{
	(void)crypto_generichash_update(&w->all, p, len);
}

static void
mix_text(struct sought *w, const char *s)
{
	mix(w, s, strlen(s) + 1);
}

/* With all by which the runner knows it, and keeps its digest. */
static void
add_file(struct sought *w, const struct progfile *f)
{
	const uint64_t numbers[] = { (uint64_t)f->st.st_dev,
	    (uint64_t)f->st.st_ino, (uint64_t)f->st.st_size,
	    (uint64_t)f->st.st_mtim.tv_sec, (uint64_t)f->st.st_mtim.tv_nsec,
	    (uint64_t)f->st.st_ctim.tv_sec, (uint64_t)f->st.st_ctim.tv_nsec };

	w->lent |= (unsigned)f->lent << w->nfds;
	w->fds[w->nfds++] = f->fd;
	mix(w, numbers, sizeof(numbers));
	mix_text(w, f->where);
}

static int
add_loader(struct call *c, struct sought *w, const struct progfile_head *h,
    int *hidden)
{
	static char path[PATH_MAX];
	static struct progfile f;
	int r;

	if ((r = progfile_loader(h, path)) <= 0)
		return (r);
	if ((r = progfile_find(c, AT_FDCWD, path, 0, &f, hidden)) < 0)
		return (r);
	add_file(w, &f);
	w->h.has |= HELD_LOADER;
	w->loader_dev = f.st.st_dev;
	w->loader_ino = f.st.st_ino;
	return (0);
}

/* As ident_script(), which reads what is read already. */
static int
is_script(const struct progfile_head *h, struct shebang *sb)
{
	struct trouble t;

	return (h->n < 0 ? -1 : ident_script_in(h->p, (size_t)h->n, "", sb,
	    &t));
}

/* The file, and what reads it; sb as on its line, if it is a script. */
static int
read_files(struct call *c, int dirfd, int flags, struct sought *w,
    struct shebang *sb, int *hidden)
{
	static struct progfile f;
	static struct progfile_head h;
	struct shebang inner;
	int is, r;

	if ((r = progfile_find(c, dirfd, c->path[0], flags, &f, hidden)) < 0)
		return (r);
	add_file(w, &f);
	progfile_head(&h, f.fd);
	if ((is = is_script(&h, sb)) == -1) {
		*hidden = SOUGHT_STRANGE;
		return (-ENOEXEC);
	}
	if (is == 1) {
		w->h.has |= HELD_SCRIPT;
		w->exe = 1;
		r = progfile_find(c, AT_FDCWD, sb->interp, 0, &f, hidden);
		if (r < 0)
			return (r);
		add_file(w, &f);
		progfile_head(&h, f.fd);
		/* a script that a script reads is not judged, nor executed */
		if (is_script(&h, &inner) != 0) {
			*hidden = SOUGHT_HIDDEN;
			return (-EACCES);
		}
	}
	w->dev = f.st.st_dev;
	w->ino = f.st.st_ino;
	return (add_loader(c, w, &h, hidden));
}

static void
hash_arg(crypto_generichash_state *st, const char *s)
{
	(void)crypto_generichash_update(st, (const unsigned char *)s,
	    strlen(s) + 1);
}

/* What the kernel makes of them: a script's are those of what reads it. */
static void
expect_args(struct sought *w, const struct shebang *sb, const char *name,
    const struct buf *b)
{
	crypto_generichash_state st;
	size_t skip = 0;

	(void)crypto_generichash_init(&st, NULL, 0, EXECS_DIGEST);
	if (w->h.has & HELD_SCRIPT) {
		hash_arg(&st, sb->interp);
		if (sb->arg[0] != '\0')
			hash_arg(&st, sb->arg);
		hash_arg(&st, name);
		skip = strlen((const char *)b->data) + 1;
	}
	(void)crypto_generichash_update(&st, b->data + skip, b->len - skip);
	(void)crypto_generichash_final(&st, w->args, EXECS_DIGEST);
}

static int
read_cwd(struct call *c, struct sought *w)
{
	static char where[PATH_MAX];
	struct spot s;
	int r;

	if ((r = walk_fd(&c->w->walk, AT_FDCWD, &s)) < 0)
		return (r);
	r = walk_where(&c->w->walk, s.obj, where);
	walk_done(&s);
	w->cwd_dev = s.st.st_dev;
	w->cwd_ino = s.st.st_ino;
	w->h.cwd = xstrdup(r == 0 ? where : "");
	return (0);
}

/* 1: through no link; 0: through one, or that cannot be told. */
static int
is_straight(int cwd, const char *word)
{
	const struct open_how how = { O_PATH | O_DIRECTORY | O_CLOEXEC, 0,
	    RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS };
	const char *end = strrchr(word, '/');
	char dir[PATH_MAX];
	int fd;

	if (end == NULL)
		return (1);
	/* a slash at the end is followed */
	if ((size_t)(end - word) + 1 >= sizeof(dir))
		return (0);
	memcpy(dir, word, (size_t)(end - word) + 1);
	dir[end - word + 1] = '\0';
	fd = (int)syscall(SYS_openat2, cwd, dir, &how, sizeof(how));
	if (fd != -1)
		(void)close(fd);
	/* what is not there is not removed either */
	return (fd != -1 || errno == ENOENT || errno == ENOTDIR);
}

/* Any word may be a path: what is none is not there. */
static void
look_for_links(struct call *c, struct sought *w)
{
	const struct strv *v = &w->h.argv;
	struct spot s;
	size_t i = 1;

	if (!policy_removes(c->path[0], v))
		return;
	w->links = 1;
	if (v->n > WORDS_MAX || walk_fd(&c->w->walk, AT_FDCWD, &s) < 0)
		return;
	while (i < v->n && is_straight(s.obj, v->v[i]))
		i++;
	if (i >= v->n)
		w->h.has |= HELD_STRAIGHT;
	walk_done(&s);
}

/* What is not in there is the same for a run from its begin to its end. */
static void
mix_rest(struct sought *w)
{
	const uint64_t numbers[] = { w->h.has, (uint64_t)w->cwd_dev,
	    (uint64_t)w->cwd_ino };

	mix(w, numbers, sizeof(numbers));
	/* of a script the kernel takes another word for the first one */
	mix(w, w->args, sizeof(w->args));
	mix_text(w, w->h.argv.v[0]);
	mix_text(w, w->h.interp_arg);
	mix_text(w, w->h.cwd);
}

void
sought_same(struct sought *w, unsigned whose, uint8_t same[EXECS_DIGEST])
{
	mix(w, &whose, sizeof(whose));
	(void)crypto_generichash_final(&w->all, same, EXECS_DIGEST);
}

/*
 * A loader that is executed itself: beside it stands what it is to load, where
 * that of a program would.
 */
static int
add_loaded(struct call *c, struct sought *w, struct shebang *sb, char *name,
    int *hidden)
{
	static struct progfile f;
	const struct strv *v = &w->h.argv;
	size_t n = 0, i = 0;
	char **words;
	int r;

	if (w->h.has & HELD_LOADER)
		return (0);
	words = xcalloc(v->n + 3, sizeof(*words));
	if (w->h.has & HELD_SCRIPT) {
		words[n++] = sb->interp;
		if (sb->arg[0] != '\0')
			words[n++] = sb->arg;
		words[n++] = name;
		i = 1;
	}
	while (i < v->n)
		words[n++] = v->v[i++];
	r = loaded_find(&c->w->walk, w->fds[w->exe], words, n, &f,
	    hidden);
	free(words);
	if (r < 0)
		return (r == -ENOENT || r == -ENOTDIR ? 0 : r);
	add_file(w, &f);
	w->h.has |= HELD_LOADER;
	/* opened again by the loader: looked at each time */
	w->links = 1;
	return (0);
}

int
sought_read(struct call *c, int dirfd, unsigned path, int flags,
    struct sought *w, int *hidden)
{
	static char name[PATH_MAX + 32];
	struct shebang sb;
	struct buf b;
	size_t n = 0;
	int r;

	memset(w, 0, sizeof(*w));
	memset(&sb, 0, sizeof(sb));
	(void)crypto_generichash_init(&w->all, NULL, 0, EXECS_DIGEST);
	w->h.place = HELD_NOWHERE;
	*hidden = 0;
	if ((flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW)) != 0)
		return (-EINVAL);
	buf_init(&b, HELD_MAXBYTES);
	if ((r = call_path(c, path, 0)) == 0 &&
	    (r = read_files(c, dirfd, flags, w, &sb, hidden)) == 0 &&
	    (r = read_cwd(c, w)) == 0)
		r = read_argv(c, ARG(c, path + 1), &b, &n);
	/* what may not be looked at at all */
	if (r == -EPERM) {
		*hidden = SOUGHT_HIDDEN;
		r = -EACCES;
	}
	if (r < 0) {
		buf_free(&b);
		return (r);
	}
	script_name(name, sizeof(name), dirfd, c->path[0]);
	if (w->h.has & HELD_SCRIPT)
		w->script = xstrdup(name);
	expect_args(w, &sb, name, &b);
	w->h.interp_arg = xstrdup(sb.arg);
	cut_up(&w->h.argv, (char *)b.data, n);
	look_for_links(c, w);
	if ((r = add_loaded(c, w, &sb, name, hidden)) < 0)
		return (r);
	mix_rest(w);
	return (0);
}

void
sought_done(struct sought *w)
{
	unsigned i;

	for (i = 0; i < w->nfds; i++)
		if ((w->lent & 1U << i) == 0)
			(void)close(w->fds[i]);
	if (w->h.argv.n != 0)
		free(w->h.argv.v[0]);
	free(w->h.argv.v);
	free(w->h.cwd);
	free(w->h.interp_arg);
	free(w->script);
	memset(w, 0, sizeof(*w));
}

int
sought_named(const struct walk *w, const char *name)
{
	char where[PATH_MAX];
	struct spot s;
	int r;

	if ((r = walk_path(w, AT_FDCWD, name, WALK_FOLLOW, &s)) < 0)
		return (r);
	if (s.obj == -1)
		r = -ENOENT;
	else if (!S_ISREG(s.st.st_mode) || walk_where(w, s.obj, where) < 0 ||
	    walk_ours(where))
		r = -EACCES;
	else
		r = wait_open(w, s.obj, O_RDONLY | O_NONBLOCK | O_NOCTTY |
		    O_CLOEXEC);
	walk_done(&s);
	return (r);
}

int
sought_loader(const struct walk *w, int exe)
{
	static char path[PATH_MAX];
	static struct progfile_head h;
	int r;

	progfile_head(&h, exe);
	r = progfile_loader(&h, path);
	return (r == 1 ? sought_named(w, path) : r == 0 ? -ENOENT : r);
}

int
sought_args(const struct walk *w, uint8_t args[EXECS_DIGEST])
{
	static uint8_t chunk[65536];
	crypto_generichash_state st;
	ssize_t n;
	int fd;

	if ((fd = walk_proc(w, "cmdline", O_RDONLY)) < 0)
		return (fd);
	(void)crypto_generichash_init(&st, NULL, 0, EXECS_DIGEST);
	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		(void)crypto_generichash_update(&st, chunk,
		    (unsigned long long)n);
	(void)crypto_generichash_final(&st, args, EXECS_DIGEST);
	(void)close(fd);
	return (n == 0 ? 0 : -ESRCH);
}

/* All arguments of it, and how many. */
static int
args_of(const struct walk *w, struct buf *b, size_t *n)
{
	static uint8_t chunk[65536];
	ssize_t got;
	int fd, i;

	if ((fd = walk_proc(w, "cmdline", O_RDONLY)) < 0)
		return (fd);
	for (*n = 0; (got = read(fd, chunk, sizeof(chunk))) > 0;) {
		for (i = 0; i < got; i++)
			*n += chunk[i] == '\0';
		buf_put(b, chunk, (size_t)got);
	}
	(void)close(fd);
	return (got == -1 || b->bad || b->len == 0 ||
	    b->data[b->len - 1] != '\0' ? -ESRCH : 0);
}

int
sought_became(const struct walk *walk, pid_t pid, struct sought *w)
{
	struct walk of = *walk;
	struct buf b;
	size_t n;
	int r;

	memset(w, 0, sizeof(*w));
	w->h.place = HELD_NOWHERE;
	of.tid = pid;
	buf_init(&b, HELD_MAXBYTES);
	if ((r = walk_proc(&of, "exe", O_RDONLY)) >= 0) {
		w->fds[w->nfds++] = r;
		r = args_of(&of, &b, &n);
	}
	if (r < 0) {
		buf_free(&b);
		return (r);
	}
	w->h.cwd = xstrdup("");
	w->h.interp_arg = xstrdup("");
	cut_up(&w->h.argv, (char *)b.data, n);
	return (0);
}
