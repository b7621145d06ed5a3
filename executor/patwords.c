/* SPDX-License-Identifier: ISC */
/*
 * Words of patterns; see patwords.h.
 *
 * What is kept is only where a name is not, and only of directories that have
 * been at rest for a while: a change within one tick of the file system's
 * clock would not be told.  A name that is there is looked up each time.
 */
#include "config.h"

#include <sys/mman.h>

#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "executor/mnt.h"
#include "executor/patwords.h"
#include "executor/shared.h"

#include <linux/openat2.h>

#define PATWORDS_MAX	4096U
#define REST_S		2	/* without a change */

struct stamp {
	uint64_t	 dev;
	uint64_t	 ino;
	struct timespec	 mtime;
	struct timespec	 ctime;
};

/* The count is odd while it is written. */
struct absence {
	_Atomic uint64_t count;			/* 0: never written */
	uint64_t	 list;			/* of which words */
	struct stamp	 dirs[IDENT_PATHDIRS];
	uint8_t		 absent[PATWORDS_MAX];	/* a bit for each of dirs */
};

static struct absence *writes;		/* where this process may write */
static const struct absence *reads;
static uint64_t list;			/* that this process has */
static size_t alias[IDENT_PATHDIRS];	/* 0, or 1 more than which it is */

/*
 * /bin is a link to /usr/bin on most systems.  One in the root of a view stays
 * what it is, as that is made once, for good.
 */
static void
find_aliases(void)
{
	char dir[64], other[64], text[64];
	size_t i, k;
	ssize_t n;

	for (i = 0; ident_pathdir(i, dir, sizeof(dir)); i++) {
		alias[i] = 0;
		if (strchr(dir + 1, '/') != NULL ||
		    (n = readlink(dir, text, sizeof(text) - 1)) <= 0)
			continue;
		text[n] = '\0';
		for (k = 0; k < i; k++)
			if (ident_pathdir(k, other, sizeof(other)) &&
			    strcmp(other + (text[0] != '/'), text) == 0)
				alias[i] = k + 1;
	}
}

int
patwords_make(void)
{
	const void *r;
	void *w;

	if (shared_make("patwords", sizeof(struct absence), &w, &r) == -1)
		return (-1);
	writes = w;
	reads = r;
	find_aliases();
	return (0);
}

void
patwords_read_only(void)
{
	(void)munmap(writes, sizeof(*writes));
	writes = NULL;
}

void
patwords_renew(void)
{
	list++;
}

static int
is_root(int fd)
{
	struct stat st, ours;

	return (fstat(fd, &st) == 0 && stat("/", &ours) == 0 &&
	    st.st_dev == ours.st_dev && st.st_ino == ours.st_ino);
}

/* What it is, if it has been at rest. */
static void
stamp_set(struct stamp *s, const struct stat *st, const struct timespec *now)
{
	if (st->st_ctim.tv_sec >= now->tv_sec - REST_S)
		return;
	s->dev = (uint64_t)st->st_dev;
	s->ino = (uint64_t)st->st_ino;
	s->mtime = st->st_mtim;
	s->ctime = st->st_ctim;
}

/* Opens the directories; what they are now, and zeros if not at rest. */
static void
dirs_open(const struct place *pl, struct ident_dirs *d,
    struct stamp s[IDENT_PATHDIRS])
{
	struct timespec now;
	struct stat st;
	char dir[64];
	size_t i;

	memset(s, 0, IDENT_PATHDIRS * sizeof(*s));
	(void)clock_gettime(CLOCK_REALTIME, &now);
	d->ours = pl->ours || is_root(pl->root);
	for (i = 0; i < IDENT_PATHDIRS; i++) {
		d->fd[i] = ident_pathdir(i, dir, sizeof(dir)) ?
		    mnt_open(pl->root, dir, O_PATH | O_DIRECTORY,
		    RESOLVE_IN_ROOT) : -1;
		if (d->fd[i] != -1 && fstat(d->fd[i], &st) == 0)
			stamp_set(&s[i], &st, &now);
	}
}

/* The same where none has to be open, since its path means it to us. */
static void
dirs_look(struct ident_dirs *d, struct stamp s[IDENT_PATHDIRS])
{
	struct timespec now;
	struct stat st;
	char dir[64];
	size_t i;

	memset(s, 0, IDENT_PATHDIRS * sizeof(*s));
	(void)clock_gettime(CLOCK_REALTIME, &now);
	d->ours = 1;
	for (i = 0; i < IDENT_PATHDIRS; i++) {
		if (alias[i] != 0) {
			d->fd[i] = d->fd[alias[i] - 1];
			s[i] = s[alias[i] - 1];
			continue;
		}
		d->fd[i] = -1;
		if (!ident_pathdir(i, dir, sizeof(dir)) ||
		    stat(dir, &st) == -1 || !S_ISDIR(st.st_mode))
			continue;
		d->fd[i] = AT_FDCWD;
		stamp_set(&s[i], &st, &now);
	}
}

static void
dirs_close(struct ident_dirs *d)
{
	size_t i;

	for (i = 0; i < IDENT_PATHDIRS; i++)
		if (d->fd[i] != -1 && d->fd[i] != AT_FDCWD)
			(void)close(d->fd[i]);
}

/* The directories of which something is known, and hold as they were. */
static unsigned
table_read(const struct stamp now[IDENT_PATHDIRS], uint8_t absent[PATWORDS_MAX])
{
	struct stamp then[IDENT_PATHDIRS];
	unsigned known = 0;
	uint64_t count, of;
	size_t i;

	memset(absent, 0, PATWORDS_MAX);
	if (reads == NULL)
		return (0);
	count = atomic_load_explicit(&reads->count, memory_order_acquire);
	if (count == 0 || count % 2 != 0)
		return (0);
	of = reads->list;
	memcpy(then, reads->dirs, sizeof(then));
	memcpy(absent, reads->absent, PATWORDS_MAX);
	atomic_thread_fence(memory_order_acquire);
	if (atomic_load_explicit(&reads->count, memory_order_relaxed) !=
	    count || of != list)
		return (0);
	for (i = 0; i < IDENT_PATHDIRS; i++)
		if (now[i].ino != 0 &&
		    memcmp(&now[i], &then[i], sizeof(now[i])) == 0)
			known |= 1U << i;
	return (known);
}

static void
table_write(const struct stamp now[IDENT_PATHDIRS],
    const uint8_t absent[PATWORDS_MAX])
{
	uint64_t count;

	count = atomic_load_explicit(&writes->count, memory_order_relaxed);
	atomic_store_explicit(&writes->count, count + 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	writes->list = list;
	memcpy(writes->dirs, now, sizeof(writes->dirs));
	memcpy(writes->absent, absent, PATWORDS_MAX);
	atomic_store_explicit(&writes->count, count + 2, memory_order_release);
}

/* A bit for each directory that has been at rest. */
static unsigned
at_rest(const struct stamp s[IDENT_PATHDIRS])
{
	unsigned rest = 0;
	size_t i;

	for (i = 0; i < IDENT_PATHDIRS; i++)
		if (s[i].ino != 0)
			rest |= 1U << i;
	return (rest);
}

/*
 * What is found out of a directory is found out of the one that was looked at,
 * open, whatever its path means by then.  If there is nothing to find out the
 * path will do: as ever, what is absent was so when that was looked at.
 */
static unsigned
dirs_begin(const struct place *pl, struct ident_dirs *d,
    struct stamp now[IDENT_PATHDIRS], uint8_t absent[PATWORDS_MAX])
{
	unsigned known;

	d->learn = 0;
	if (pl->ours) {
		dirs_look(d, now);
		known = table_read(now, absent);
		if ((at_rest(now) & ~known) == 0)
			return (known);
	}
	dirs_open(pl, d, now);
	known = table_read(now, absent);
	if (writes != NULL)
		d->learn = at_rest(now) & ~known;
	return (known);
}

int
patwords_find(const struct place *pl, const struct strv *words,
    int (*found)(void *, size_t, const char *, const struct stat *),
    void *arg, struct trouble *t)
{
	struct stamp now[IDENT_PATHDIRS];
	uint8_t absent[PATWORDS_MAX];
	char path[PLAN_MAXPATH];
	struct ident_dirs dirs;
	unsigned known, bits;
	struct stat st;
	int r = 0;
	size_t i;

	known = dirs_begin(pl, &dirs, now, absent);
	for (i = 0; i < words->n && r == 0; i++) {
		bits = i < PATWORDS_MAX ? absent[i] & known : 0;
		t->err = CBE_OK;
		if (ident_find_in(pl, &dirs, words->v[i], &bits, path, &st,
		    t) == 0)
			r = found(arg, i, path, &st);
		else if (t->err == CBE_AGAIN)
			r = -1;
		if (i < PATWORDS_MAX)
			absent[i] = (uint8_t)bits;
	}
	if (r == 0 && dirs.learn != 0)
		table_write(now, absent);
	dirs_close(&dirs);
	return (r);
}
