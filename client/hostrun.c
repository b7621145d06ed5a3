/* SPDX-License-Identifier: ISC */
/* Runs as the host has them; see hostrun.h. */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/hostrun.h"
#include "common/decimal.h"

#define PROC		"/proc"
#define CGROUPS		"/sys/fs/cgroup"
#define PATH_ROOM	4352	/* PATH_MAX and what is around it */

void
hostruns_look(struct hostruns *h, pid_t daemon)
{
	struct timespec ts;

	memset(h, 0, sizeof(*h));
	h->daemon = daemon;
	if (daemon > 0)
		proctree_read(&h->tree, PROC);
	(void)clock_gettime(CLOCK_BOOTTIME, &ts);
	h->now_us = (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

void
hostruns_free(struct hostruns *h)
{
	proctree_free(&h->tree);
}

static pid_t
parent(const struct hostruns *h, pid_t pid)
{
	const struct procinfo *p = proctree_get(&h->tree, pid);

	return (p != NULL ? p->parent : 0);
}

/* A name is anybody's choice, so where it stands counts, too. */
static const struct procinfo *
runner(const struct hostruns *h, const char *run)
{
	const struct procinfo *p;
	size_t i;

	for (i = 0; i < h->tree.n; i++) {
		p = &h->tree.v[i];
		if (strcmp(p->name, run) == 0 &&
		    parent(h, parent(h, p->parent)) == h->daemon)
			return (p);
	}
	return (NULL);
}

/* What stands in a file that is small; 0 or -1. */
static int
slurp(const char *path, char *text, size_t size)
{
	ssize_t n;
	int fd;

	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return (-1);
	n = read(fd, text, size - 1);
	(void)close(fd);
	if (n < 0)
		return (-1);
	text[n] = '\0';
	return (0);
}

/* Its group of version 2, from the mount on; 0 or -1. */
static int
group_of(pid_t pid, char *path, size_t size)
{
	char name[64], text[PATH_ROOM];
	const char *p;

	(void)snprintf(name, sizeof(name), PROC "/%d/cgroup", (int)pid);
	if (slurp(name, text, sizeof(text)) == -1)
		return (-1);
	for (p = text; strncmp(p, "0::", 3) != 0; p++)
		if ((p = strchr(p, '\n')) == NULL)
			return (-1);
	/* one of another namespace has no name here */
	if (strncmp(p, "0::/..", 6) == 0)
		return (-1);
	(void)snprintf(path, size, "%.*s", (int)strcspn(p + 3, "\n"), p + 3);
	return (0);
}

/* A number in a file of a group, behind this word; 0 or -1. */
static int
group_number(const char *group, const char *file, const char *word,
    uint64_t *v)
{
	char path[PATH_ROOM + 64], text[1024];
	const char *p;

	(void)snprintf(path, sizeof(path), CGROUPS "%s/%s", group, file);
	if (slurp(path, text, sizeof(text)) == -1 ||
	    (p = strstr(text, word)) == NULL)
		return (-1);
	return (decimal_front(p + strlen(word), v) == NULL ? -1 : 0);
}

/*
 * Where a run has a group of its own its runner is in another one; a group
 * knows of those that are gone, and of shared memory once.
 */
static void
look_at_group(struct hostrun *r, pid_t of_runner)
{
	char mine[PATH_ROOM], other[PATH_ROOM];
	uint64_t v;

	if (group_of(r->init, mine, sizeof(mine)) == -1 ||
	    group_of(of_runner, other, sizeof(other)) == -1 ||
	    strcmp(mine, other) == 0)
		return;
	if (group_number(mine, "cpu.stat", "usage_usec ", &v) == 0)
		r->cpu_us = v;
	if (group_number(mine, "memory.current", "", &v) == 0) {
		r->memory_kb = v / 1024;
		r->grouped = 1;
	}
}

static uint64_t
lived(const struct hostruns *h, const struct procinfo *p)
{
	int64_t us = h->now_us - (int64_t)(p->start * (1000000 /
	    (uint64_t)sysconf(_SC_CLK_TCK)));

	return (us > 0 ? (uint64_t)us : 0);
}

int
hostruns_get(const struct hostruns *h, const char *run, struct hostrun *r)
{
	const struct procinfo *of, *init, *first;
	struct proctree_sum sum;

	memset(r, 0, sizeof(*r));
	if (h->daemon <= 0 || (of = runner(h, run)) == NULL ||
	    (init = proctree_oldest(&h->tree, of->pid)) == NULL)
		return (-1);
	if ((first = proctree_oldest(&h->tree, init->pid)) == NULL)
		first = init;
	r->init = init->pid;
	r->pid = first->pid;
	r->lived_us = lived(h, first);
	proctree_sum(&h->tree, init->pid, &sum);
	r->cpu_us = sum.cpu_us;
	r->memory_kb = sum.rss_kb;
	r->processes = sum.processes != 0 ? sum.processes - 1 : 0;
	look_at_group(r, of->pid);
	return (0);
}
