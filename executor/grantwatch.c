/* SPDX-License-Identifier: ISC */
/* Hearing that a grant was moved or removed; see grantwatch.h. */
#include "config.h"

#include <sys/inotify.h>
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/within.h"
#include "common/xmalloc.h"
#include "executor/grantwatch.h"

#define GRANT_CHANGES	(IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR | IN_MASK_ADD)

/* A name in a directory, on the way to a grant or its own. */
struct grant_way {
	int		 wd;		/* the directory's */
	char		*name;
	const char	*grant;		/* the skill's */
	size_t		 skill;
};

static struct grant_way *ways;
static size_t nways, room;

static void
add(int wd, const char *name, size_t len, const char *grant, size_t skill)
{
	struct grant_way *w;

	if (nways == room) {
		ways = xrecallocarray(ways, room, room == 0 ? 64 : room * 2,
		    sizeof(*ways));
		room = room == 0 ? 64 : room * 2;
	}
	w = &ways[nways++];
	w->wd = wd;
	w->name = xstrndup(name, len);
	w->grant = grant;
	w->skill = skill;
}

/* Each name of the path in the directory before it. */
static int
watch_way(int fd, const char *grant, size_t skill)
{
	char dir[PLAN_MAXPATH];
	const char *p = grant, *end;
	int wd;

	while (*p == '/') {
		end = strchrnul(p + 1, '/');
		if ((size_t)(p - grant) >= sizeof(dir))
			return (-1);
		memcpy(dir, grant, (size_t)(p - grant));
		dir[p - grant] = '\0';
		wd = inotify_add_watch(fd, p == grant ? "/" : dir,
		    GRANT_CHANGES);
		if (wd == -1)
			return (-1);
		add(wd, p + 1, (size_t)(end - p) - 1, grant, skill);
		p = end;
	}
	return (0);
}

/* Does it lie in one of these? */
static int
is_inside(const char *grant, const struct strv *others)
{
	size_t i;

	for (i = 0; i < others->n; i++)
		if (within_dir(grant, others->v[i]) &&
		    strcmp(grant, others->v[i]) != 0)
			return (1);
	return (0);
}

/* One in another grant is looked at there, for each run, see view.h. */
static void
watch_grants(int fd, const struct xskill *s, const struct strv *grants,
    size_t skill)
{
	struct stat st;
	size_t i;

	for (i = 0; i < grants->n; i++) {
		if (lstat(grants->v[i], &st) == -1 || !S_ISDIR(st.st_mode) ||
		    is_inside(grants->v[i], &s->read) ||
		    is_inside(grants->v[i], &s->write))
			continue;
		if (watch_way(fd, grants->v[i], skill) == -1)
			log_warn("grant %s: that it is moved or removed will "
			    "not be seen", grants->v[i]);
	}
}

void
grantwatch_prepare(const struct executor *x, int fd)
{
	const struct xskill *s;
	size_t i;

	for (i = 0; i < x->xc.nskills; i++) {
		s = &x->xc.skills[i];
		watch_grants(fd, s, &s->read, i);
		watch_grants(fd, s, &s->write, i);
	}
}

static void
is_moved(struct skill *s, const char *grant)
{
	if (s->moved != NULL)
		return;
	(void)xasprintf(&s->moved, "grant %s was moved or removed since "
	    "clawbotd has started: start it again for what has that name now",
	    grant);
	log_warnx("skill %s: %s", s->x->name, s->moved);
}

void
grantwatch_heard(struct executor *x, const struct inotify_event *e,
    const char *name)
{
	size_t i;

	if ((e->mask & IN_Q_OVERFLOW) != 0 && nways > 0)
		log_warnx("more was changed than could be heard: a grant may "
		    "have been moved or removed since");
	if ((e->mask & (IN_MOVED_FROM | IN_DELETE)) == 0)
		return;
	for (i = 0; i < nways; i++)
		if (ways[i].wd == e->wd && strcmp(ways[i].name, name) == 0)
			is_moved(&x->skills[ways[i].skill], ways[i].grant);
}
