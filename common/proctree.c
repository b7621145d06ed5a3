/* SPDX-License-Identifier: ISC */
/* Processes by their stat files; see proctree.h. */
#include "config.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/decimal.h"
#include "common/proctree.h"
#include "common/xmalloc.h"

#define PROCS_MAX	65536U

/* Places in stat, as proc(5) counts them. */
enum { PARENT = 4, UTIME = 14, CSTIME = 17, STARTTIME = 22, RSS = 24 };

/*
 * The number behind a blank, and what is behind that; NULL: there is none.
 * Less than nothing is nothing.
 */
static const char *
number(const char *p, uint64_t *v)
{
	const int less = p[0] == ' ' && p[1] == '-';

	if (*p != ' ' || (p = decimal_front(p + 1 + less, v)) == NULL)
		return (NULL);
	if (less)
		*v = 0;
	return (p);
}

static void
take(struct procinfo *t, int place, uint64_t v)
{
	if (place == PARENT)
		t->parent = (pid_t)v;
	else if (place >= UTIME && place <= CSTIME)
		t->ticks += v;
	else if (place == STARTTIME)
		t->start = v;
	else if (place == RSS)
		t->rss_kb = v * (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
}

/*
 * "pid (name) state parent ... utime stime cutime cstime": the name is the
 * process's own choice, and the last parenthesis ends it.
 */
static int
parse(const char *text, struct procinfo *t)
{
	const char *p, *name;
	uint64_t v;
	int i;

	memset(t, 0, sizeof(*t));
	if ((name = decimal_front(text, &v)) == NULL || v > INT_MAX ||
	    (p = strrchr(name, ')')) == NULL || strncmp(name, " (", 2) != 0 ||
	    strlen(p) < 4)
		return (-1);
	t->pid = (pid_t)v;
	(void)snprintf(t->name, sizeof(t->name), "%.*s", (int)(p - name - 2),
	    name + 2);
	p += 3;			/* ") S" */
	for (i = PARENT; i <= RSS; i++) {
		if ((p = number(p, &v)) == NULL ||
		    (i == PARENT && v > INT_MAX))
			return (-1);
		take(t, i, v);
	}
	return (0);
}

static int
read_stat(int proc, const char *name, struct procinfo *t)
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

static int
by_parent(const void *a, const void *b)
{
	const struct procinfo *x = a, *y = b;

	return ((x->parent > y->parent) - (x->parent < y->parent));
}

void
proctree_read(struct proctree *t, const char *proc)
{
	struct dirent *e;
	size_t room;
	DIR *d;

	memset(t, 0, sizeof(*t));
	if ((d = opendir(proc)) == NULL)
		return;
	while ((e = readdir(d)) != NULL && t->n < PROCS_MAX) {
		if (!isdigit((unsigned char)e->d_name[0]))
			continue;
		if (t->n == t->room) {
			room = t->room == 0 ? 256 : 2 * t->room;
			t->v = xrecallocarray(t->v, t->room, room,
			    sizeof(*t->v));
			t->room = room;
		}
		if (read_stat(dirfd(d), e->d_name, &t->v[t->n]) == 0)
			t->n++;
	}
	(void)closedir(d);
	if (t->n != 0)
		qsort(t->v, t->n, sizeof(*t->v), by_parent);
}

void
proctree_free(struct proctree *t)
{
	free(t->v);
	memset(t, 0, sizeof(*t));
}

const struct procinfo *
proctree_get(const struct proctree *t, pid_t pid)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (t->v[i].pid == pid)
			return (&t->v[i]);
	return (NULL);
}

/* The first one with this parent, or the place where it would be. */
static size_t
first_child(const struct proctree *t, pid_t parent)
{
	size_t lo = 0, hi = t->n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (t->v[mid].parent < parent)
			lo = mid + 1;
		else
			hi = mid;
	}
	return (lo);
}

const struct procinfo *
proctree_oldest(const struct proctree *t, pid_t parent)
{
	const struct procinfo *p = NULL;
	size_t i;

	for (i = first_child(t, parent); i < t->n &&
	    t->v[i].parent == parent; i++)
		if (p == NULL || t->v[i].start < p->start ||
		    (t->v[i].start == p->start && t->v[i].pid < p->pid))
			p = &t->v[i];
	return (p);
}

static void
add(struct proctree_sum *s, const struct procinfo *p)
{
	s->cpu_us += p->ticks * 1000000 / (uint64_t)sysconf(_SC_CLK_TCK);
	s->rss_kb += p->rss_kb;
	s->processes++;
}

void
proctree_sum(const struct proctree *t, pid_t top, struct proctree_sum *s)
{
	const struct procinfo *p = proctree_get(t, top);
	size_t i, n = 0, done = 0;
	pid_t *todo;

	memset(s, 0, sizeof(*s));
	todo = xcalloc(t->n + 1, sizeof(*todo));
	todo[n++] = top;
	if (p != NULL)
		add(s, p);
	/* they were not looked at in one moment: no more than there are */
	for (; done < n; done++)
		for (i = first_child(t, todo[done]); i < t->n && n <= t->n &&
		    t->v[i].parent == todo[done]; i++) {
			todo[n++] = t->v[i].pid;
			add(s, &t->v[i]);
		}
	free(todo);
}
