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

#include <elf.h>
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
#define PHDRS_MAX	64
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

/* What a name leads to. */
struct found {
	struct stat	 st;
	char		 where[PATH_MAX];	/* canonical */
};

/* Open to be read, if it may be executed. */
static int
open_file(struct call *c, struct spot *s, struct found *f, int *hidden)
{
	int r;

	if ((r = walk_where(&c->w->walk, s->obj, f->where)) < 0)
		return (r);
	if (walk_ours(f->where))
		return (-EACCES);
	if (!S_ISREG(s->st.st_mode))
		return (-EACCES);
	if (faccessat(s->obj, "", X_OK, AT_EMPTY_PATH | AT_EACCESS) == -1)
		return (-errno);
	r = wait_open(&c->w->walk, s->obj, O_RDONLY | O_NONBLOCK | O_NOCTTY |
	    O_CLOEXEC);
	if (r == -EACCES || r == -EPERM)
		*hidden = SOUGHT_HIDDEN;
	return (r == -EWOULDBLOCK ? -EACCES : r);
}

static int
find_file(struct call *c, int dirfd, const char *path, int flags,
    struct found *f, int *hidden)
{
	struct spot s = { .dir = -1, .obj = -1 };
	int r;

	if (path[0] == '\0' && (flags & AT_EMPTY_PATH))
		r = dirfd == AT_FDCWD ? -EACCES : walk_fd(&c->w->walk, dirfd,
		    &s);
	else {
		r = walk_path(&c->w->walk, dirfd, path,
		    (flags & AT_SYMLINK_NOFOLLOW) ? WALK_NAME : WALK_FOLLOW,
		    &s);
		if (r == 0 && s.obj == -1)
			r = -ENOENT;
		else if (r == 0 && S_ISLNK(s.st.st_mode))
			r = -ELOOP;
		else if (r == 0 && s.slash && !S_ISDIR(s.st.st_mode))
			r = -ENOTDIR;
	}
	f->st = s.st;
	if (r == 0)
		r = open_file(c, &s, f, hidden);
	walk_done(&s);
	return (r);
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
add_file(struct sought *w, int fd, const struct found *f)
{
	const uint64_t numbers[] = { (uint64_t)f->st.st_dev,
	    (uint64_t)f->st.st_ino, (uint64_t)f->st.st_size,
	    (uint64_t)f->st.st_mtim.tv_sec, (uint64_t)f->st.st_mtim.tv_nsec,
	    (uint64_t)f->st.st_ctim.tv_sec, (uint64_t)f->st.st_ctim.tv_nsec };

	w->fds[w->nfds++] = fd;
	mix(w, numbers, sizeof(numbers));
	mix_text(w, f->where);
}

/* Bytes of a file: those of its beginning are there already. */
struct head {
	int		 fd;
	ssize_t		 n;
	uint8_t		 p[WINDOW];
};

static int
bytes_at(const struct head *h, void *p, size_t len, uint64_t at)
{
	if (h->n >= 0 && at <= (uint64_t)h->n && len <= (uint64_t)h->n - at) {
		memcpy(p, h->p + at, len);
		return (0);
	}
	return (pread(h->fd, p, len, (off_t)at) == (ssize_t)len ? 0 : -1);
}

/* What the kernel would map to begin in: 1 and its path, or 0: none. */
static int
loader_of(int fd, char path[PATH_MAX])
{
	static struct head h;
	Elf64_Ehdr e;
	Elf64_Phdr ph[PHDRS_MAX];
	size_t i, n;

	h.fd = fd;
	h.n = pread(fd, h.p, sizeof(h.p), 0);
	if (bytes_at(&h, &e, sizeof(e), 0) == -1 ||
	    e.e_phentsize != sizeof(ph[0]) || e.e_phnum == 0)
		return (0);
	if (e.e_phnum > PHDRS_MAX ||
	    bytes_at(&h, ph, e.e_phnum * sizeof(ph[0]), e.e_phoff) == -1)
		return (-ENOEXEC);
	for (i = 0; i < e.e_phnum && ph[i].p_type != PT_INTERP; i++)
		;
	if (i == e.e_phnum)
		return (0);
	n = (size_t)ph[i].p_filesz;
	if (n < 2 || n > PATH_MAX ||
	    bytes_at(&h, path, n, ph[i].p_offset) == -1 || path[n - 1] != '\0')
		return (-ENOEXEC);
	return (1);
}

static int
add_loader(struct call *c, struct sought *w, int *hidden)
{
	static char path[PATH_MAX];
	static struct found f;
	int r;

	if ((r = loader_of(w->fds[w->exe], path)) <= 0)
		return (r);
	if ((r = find_file(c, AT_FDCWD, path, 0, &f, hidden)) < 0)
		return (r);
	add_file(w, r, &f);
	w->h.has |= HELD_LOADER;
	w->loader_dev = f.st.st_dev;
	w->loader_ino = f.st.st_ino;
	return (0);
}

/* The file, and what reads it; sb as on its line, if it is a script. */
static int
read_files(struct call *c, int dirfd, int flags, struct sought *w,
    struct shebang *sb, int *hidden)
{
	static struct found f;
	struct shebang inner;
	struct trouble t;
	int is, r;

	if ((r = find_file(c, dirfd, c->path[0], flags, &f, hidden)) < 0)
		return (r);
	add_file(w, r, &f);
	if ((is = ident_script(r, "", sb, &t)) == -1) {
		*hidden = SOUGHT_STRANGE;
		return (-ENOEXEC);
	}
	if (is == 1) {
		w->h.has |= HELD_SCRIPT;
		w->exe = 1;
		r = find_file(c, AT_FDCWD, sb->interp, 0, &f, hidden);
		if (r < 0)
			return (r);
		add_file(w, r, &f);
		/* a script that a script reads is not judged, nor executed */
		if (ident_script(r, "", &inner, &t) != 0) {
			*hidden = SOUGHT_HIDDEN;
			return (-EACCES);
		}
	}
	w->dev = f.st.st_dev;
	w->ino = f.st.st_ino;
	return (add_loader(c, w, hidden));
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
	mix_rest(w);
	return (0);
}

void
sought_done(struct sought *w)
{
	unsigned i;

	for (i = 0; i < w->nfds; i++)
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
	int r;

	r = loader_of(exe, path);
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
