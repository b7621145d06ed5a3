/* SPDX-License-Identifier: ISC */
/*
 * Which program a process is.  Processes that were executed are in a table,
 * by their number and start; of another one it is its parent's, or that one's
 * parent's.  Nobody traces what is forked, so whose parents have ended is
 * nobody's child.
 *
 * What an attacker could try: end, so that its child gets a better parent
 * (orphans are init's, as nothing in a run can be made to get them, and then
 * it is not known, which is judged as strictly as can be); use numbers anew
 * (the start has to fit, too, and no parent is younger than its child); fork
 * without end, to fill the table (what has ended goes).
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/xmalloc.h"
#include "executor/watch/hold_priv.h"

#define IMAGES_MIN	64U
#define PARENTS_MAX	4096	/* from a process up */
#define STATS_OPEN		16U	/* parents whose stat stays open */

/*
 * The stat of parents, open: it stays that one's when it has ended, and then
 * nothing is in there.
 */
static struct {
	pid_t	pid;		/* 0: none */
	int	fd;
} asked[STATS_OPEN];

static int
open_stat(const struct walk *w, pid_t pid)
{
	struct walk of = *w;

	of.tid = pid;
	return (walk_proc(&of, "stat", O_RDONLY));
}

/* The 4th, the 20th and the 22nd field of it. */
static int
read_stat(int fd, pid_t *parent, unsigned *threads, uint64_t *start)
{
	char text[1024], *p, *end;
	unsigned long long v;
	ssize_t n;
	int i;

	if ((n = pread(fd, text, sizeof(text) - 1, 0)) <= 0)
		return (-ESRCH);
	text[n] = '\0';
	/* behind the name, which may be anything: state, and the 4th field */
	if ((p = strrchr(text, ')')) == NULL || strlen(p) < 4)
		return (-ESRCH);
	p += 4;
	for (i = 4; *p != '\0' && i <= 22; i++) {
		v = strtoull(p, &end, 10);
		if (end == p)
			return (-ESRCH);
		p = end;
		if (i == 4)
			*parent = (pid_t)v;
		else if (i == 20)
			*threads = (unsigned)v;
		else if (i == 22)
			*start = v;
	}
	return (i > 22 ? 0 : -ESRCH);
}

int
image_stat(const struct walk *w, pid_t pid, pid_t *parent, unsigned *threads,
    uint64_t *start)
{
	int fd, r;

	if ((fd = open_stat(w, pid)) < 0)
		return (fd);
	r = read_stat(fd, parent, threads, start);
	(void)close(fd);
	return (r);
}

/* The same of one that is asked about again when its next child calls. */
static int
parent_stat(const struct walk *w, pid_t pid, pid_t *parent, uint64_t *start)
{
	unsigned i = (unsigned)pid % STATS_OPEN, threads;
	int fd;

	if (asked[i].pid == pid &&
	    read_stat(asked[i].fd, parent, &threads, start) == 0)
		return (0);
	if (asked[i].pid != 0)
		(void)close(asked[i].fd);
	asked[i].pid = 0;
	if ((fd = open_stat(w, pid)) < 0)
		return (fd);
	asked[i].pid = pid;
	asked[i].fd = fd;
	return (read_stat(fd, parent, &threads, start));
}

static size_t
place(const struct images *t, pid_t pid)
{
	return ((size_t)(unsigned)pid * 2654435761U % t->room);
}

/* Where it is, or could be. */
static struct image *
find(const struct images *t, pid_t pid)
{
	size_t i;

	for (i = place(t, pid); t->v[i].pid != 0; i = (i + 1) % t->room)
		if (t->v[i].pid == pid)
			break;
	return (&t->v[i]);
}

/* Is the process still that one? */
static int
lives(const struct walk *w, const struct image *m)
{
	uint64_t start = 0;
	unsigned threads;
	pid_t parent;

	return (image_stat(w, m->pid, &parent, &threads, &start) == 0 &&
	    start == m->start);
}

/* A table of half as many again as there are left of those that live. */
static void
sweep(struct images *t, const struct walk *w)
{
	struct images old = *t;
	size_t i, n = 0;

	for (i = 0; i < old.room; i++) {
		if (old.v[i].pid == 0)
			continue;
		if (lives(w, &old.v[i]))
			n++;
		else
			old.v[i].pid = -1;
	}
	t->room = IMAGES_MIN;
	while (t->room < 3 * n)
		t->room *= 2;
	t->v = xcalloc(t->room, sizeof(*t->v));
	for (i = 0; i < old.room; i++)
		if (old.v[i].pid > 0)
			*find(t, old.v[i].pid) = old.v[i];
	t->n = n;
	free(old.v);
}

uint32_t
image_new(struct images *t, const struct walk *w, pid_t pid, uint64_t start)
{
	struct image *m;
	unsigned threads;
	pid_t parent;

	if (t->last == IMAGE_UNKNOWN - 1)
		return (IMAGE_UNKNOWN);
	t->last++;
	if (start == 0 && image_stat(w, pid, &parent, &threads, &start) < 0)
		return (t->last);
	if (t->room == 0 || 4 * (t->n + 1) > 3 * t->room)
		sweep(t, w);
	m = find(t, pid);
	if (m->pid == 0)
		t->n++;
	m->pid = pid;
	m->start = start;
	m->number = t->last;
	return (t->last);
}

/* From one of which these are known up to one that was executed. */
static uint32_t
climb(const struct images *t, const struct walk *w, pid_t pid, pid_t parent,
    uint64_t start)
{
	const struct image *m;
	uint64_t child;
	int i;

	for (i = 0; i < PARENTS_MAX; i++) {
		m = t->room == 0 ? NULL : find(t, pid);
		if (m != NULL && m->pid == pid && m->start == start)
			return (m->number);
		/* its number is init's to give back, at the end of the run */
		if (pid == t->command)
			return (0);
		child = start;
		pid = parent;
		if (pid <= 1 || parent_stat(w, pid, &parent, &start) < 0 ||
		    start > child)
			break;
	}
	return (IMAGE_UNKNOWN);
}

uint32_t
image_of(const struct images *t, const struct walk *w, pid_t pid)
{
	uint64_t start = 0;
	unsigned threads;
	pid_t parent = 0;

	if (pid <= 1 || image_stat(w, pid, &parent, &threads, &start) < 0)
		return (IMAGE_UNKNOWN);
	return (climb(t, w, pid, parent, start));
}

uint32_t
image_of_caller(const struct images *t, const struct walk *w, uint64_t *alone)
{
	uint64_t start = 0;
	unsigned threads = 0;
	pid_t parent = 0;
	long pid;

	*alone = 0;
	if (image_stat(w, w->tid, &parent, &threads, &start) < 0)
		return (IMAGE_UNKNOWN);
	if (threads == 1) {
		*alone = start;
		return (climb(t, w, w->tid, parent, start));
	}
	if (walk_status(w, "\nTgid:\t", 10, &pid) < 0)
		return (IMAGE_UNKNOWN);
	return (image_of(t, w, (pid_t)pid));
}
