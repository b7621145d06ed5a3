/* SPDX-License-Identifier: ISC */
/* What a run has used so far, by /proc. */
#include "config.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/xmalloc.h"
#include "executor/runner/procusage.h"

#define PROCS_MAX	65536U

/* Places in stat, as proc(5) counts them. */
enum { PARENT = 4, UTIME = 14, CSTIME = 17 };

struct task {
	pid_t		pid;
	pid_t		parent;
	uint64_t	ticks;
};

struct tasks {
	struct task	*v;
	size_t		 n;
	size_t		 room;
};

/* A number and what is behind it; NULL: there is none. */
static const char *
number(const char *p, long long *v)
{
	char *end;

	*v = strtoll(p, &end, 10);
	return (end == p ? NULL : end);
}

/*
 * "pid (name) state parent ... utime stime cutime cstime": the name is the
 * process's own choice, and the last parenthesis ends it.
 */
static int
parse(const char *text, struct task *t)
{
	long long v, pid, parent = 0;
	const char *p;
	int i;

	if (number(text, &pid) == NULL || (p = strrchr(text, ')')) == NULL ||
	    strlen(p) < 4)
		return (-1);
	p += 3;			/* ") S" */
	t->ticks = 0;
	for (i = PARENT; i <= CSTIME; i++) {
		if ((p = number(p, &v)) == NULL)
			return (-1);
		if (i == PARENT)
			parent = v;
		else if (i >= UTIME && v > 0)
			t->ticks += (uint64_t)v;
	}
	t->pid = (pid_t)pid;
	t->parent = (pid_t)parent;
	return (0);
}

static int
read_stat(int proc, const char *name, struct task *t)
{
	char path[300], text[1024];
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/stat", name);
	if ((fd = openat(proc, path, O_RDONLY | O_CLOEXEC)) == -1)
		return (-1);
	n = read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	if (n <= 0)
		return (-1);
	text[n] = '\0';
	return (parse(text, t));
}

static void
read_all(const char *proc, struct tasks *ts)
{
	struct dirent *e;
	size_t room;
	DIR *d;

	if ((d = opendir(proc)) == NULL)
		return;
	while ((e = readdir(d)) != NULL && ts->n < PROCS_MAX) {
		if (!isdigit((unsigned char)e->d_name[0]))
			continue;
		if (ts->n == ts->room) {
			room = ts->room == 0 ? 256 : 2 * ts->room;
			ts->v = xrecallocarray(ts->v, ts->room, room,
			    sizeof(*ts->v));
			ts->room = room;
		}
		if (read_stat(dirfd(d), e->d_name, &ts->v[ts->n]) == 0)
			ts->n++;
	}
	(void)closedir(d);
}

static int
by_parent(const void *a, const void *b)
{
	const struct task *x = a, *y = b;

	return ((x->parent > y->parent) - (x->parent < y->parent));
}

/* The first one with this parent, or the place where it would be. */
static size_t
first_child(const struct tasks *ts, pid_t parent)
{
	size_t lo = 0, hi = ts->n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (ts->v[mid].parent < parent)
			lo = mid + 1;
		else
			hi = mid;
	}
	return (lo);
}

uint64_t
procusage_tree(const char *proc, pid_t top)
{
	struct tasks ts = { NULL, 0, 0 };
	uint64_t sum = 0;
	pid_t *todo;
	size_t i, n = 0, done = 0;

	read_all(proc, &ts);
	if (ts.n != 0)
		qsort(ts.v, ts.n, sizeof(*ts.v), by_parent);
	todo = xcalloc(ts.n + 1, sizeof(*todo));
	todo[n++] = top;
	for (i = 0; i < ts.n; i++)
		if (ts.v[i].pid == top)
			sum = ts.v[i].ticks;
	/* they were not looked at in one moment: no more than there are */
	for (; done < n; done++)
		for (i = first_child(&ts, todo[done]); i < ts.n && n <= ts.n &&
		    ts.v[i].parent == todo[done]; i++) {
			todo[n++] = ts.v[i].pid;
			sum += ts.v[i].ticks;
		}
	free(todo);
	free(ts.v);
	return (sum * 1000000 / (uint64_t)sysconf(_SC_CLK_TCK));
}
