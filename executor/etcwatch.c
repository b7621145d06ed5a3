/* SPDX-License-Identifier: ISC */
/*
 * Hearing of changes in the host's /etc; see etcwatch.h.  Only names that runs
 * may see count, and what comes in a row is one change.
 */
#include "config.h"

#include <sys/inotify.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "common/log.h"
#include "common/xmalloc.h"
#include "executor/etcwatch.h"
#include "executor/grantwatch.h"
#include "executor/pool.h"
#include "executor/spawner/spawner.h"
#include "executor/view/view.h"

#define ETC_QUIET_US	300000
#define ETC_CHANGES	(IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | \
			    IN_DELETE | IN_CLOSE_WRITE | IN_ATTRIB | \
			    IN_ONLYDIR | IN_MASK_ADD)

static struct {
	int		 fd;		/* -1: nothing is heard */
	int		 etc;		/* its number in there */
	int		 resolver;	/* that of resolv.conf's, or -1 */
	struct event	*heard;
	struct event	*quiet;
	int		 pending;	/* and is to be told */
	struct event	**news;		/* of the spawners, by skill */
} watch = { .fd = -1, .resolver = -1 };

int
etcwatch_open(void)
{
	watch.fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (watch.fd == -1)
		log_warn("changes of /etc and of grants will not be seen");
	return (watch.fd);
}

void
etcwatch_prepare(struct executor *x)
{
	char path[64], dir[PLAN_MAXPATH], in[sizeof(dir) + 64];

	if (watch.fd == -1)
		return;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", x->source);
	(void)snprintf(in, sizeof(in), "%s/etc", path);
	if ((watch.etc = inotify_add_watch(watch.fd, in,
	    ETC_CHANGES)) == -1) {
		log_warn("changes of /etc will not be seen");
		return;
	}
	/* where a daemon writes resolv.conf, if it is there */
	if (etc_resolver(x->source, dir, sizeof(dir)) == 0) {
		(void)snprintf(in, sizeof(in), "%s/%s", path, dir);
		watch.resolver = inotify_add_watch(watch.fd, in, ETC_CHANGES);
	}
}

static void
on_quiet(evutil_socket_t fd, short what, void *arg)
{
	struct executor *x = arg;
	struct skill *s;
	size_t i;

	(void)fd;
	(void)what;
	watch.pending = 0;
	for (i = 0; i < x->xc.nskills; i++) {
		s = &x->skills[i];
		if (s->spawner == -1)
			continue;
		/* those that wait serve until there is another one */
		if (spawner_etc(s, s->in_use != 0) == -1)
			log_warn("skill %s: /etc stays as it was", s->x->name);
		else if (s->in_use == 0)
			pool_drop(s);
	}
}

/* A spawner has another one; or it ends, which is heard of elsewhere. */
static void
on_new(evutil_socket_t fd, short what, void *arg)
{
	struct skill *s = arg;

	(void)fd;
	(void)what;
	switch (spawner_etc_new(s)) {
	case 0:
		break;
	case 1:
		pool_drop(s);
		pool_more(s->executor);
		break;
	default:
		(void)event_del(watch.news[s->index]);
		break;
	}
}

/* Is there anything among these that a run may see in /etc? */
static int
matters(struct executor *x, const char *p, const char *end)
{
	struct inotify_event e;
	int etc = 0;

	for (; (size_t)(end - p) >= sizeof(e); p += sizeof(e) + e.len) {
		memcpy(&e, p, sizeof(e));
		if (e.len > (size_t)(end - p) - sizeof(e))
			break;
		grantwatch_heard(x, &e, e.len != 0 ? p + sizeof(e) : "");
		etc |= (e.mask & IN_Q_OVERFLOW) != 0 || (e.len != 0 &&
		    (e.wd == watch.resolver || (e.wd == watch.etc &&
		    etc_matters(p + sizeof(e)))));
	}
	return (etc);
}

static void
on_heard(evutil_socket_t fd, short what, void *arg)
{
	const struct timeval tv = { 0, ETC_QUIET_US };
	char buf[8192];
	ssize_t n;

	(void)fd;
	(void)what;
	while ((n = read(watch.fd, buf, sizeof(buf))) > 0)
		if (matters(arg, buf, buf + n) && !watch.pending &&
		    event_add(watch.quiet, &tv) == 0)
			watch.pending = 1;
}

static void
hear_spawners(struct executor *x)
{
	size_t i;

	watch.news = xcalloc(x->xc.nskills, sizeof(*watch.news));
	for (i = 0; i < x->xc.nskills; i++) {
		if (x->skills[i].spawner == -1)
			continue;
		watch.news[i] = event_new(x->base, x->skills[i].spawner,
		    EV_READ | EV_PERSIST, on_new, &x->skills[i]);
		if (watch.news[i] == NULL ||
		    event_add(watch.news[i], NULL) == -1)
			fatalx(EXIT_SYSTEM, "event of a spawner");
	}
}

void
etcwatch_init(struct executor *x)
{
	if (watch.fd == -1)
		return;
	hear_spawners(x);
	watch.heard = event_new(x->base, watch.fd, EV_READ | EV_PERSIST,
	    on_heard, x);
	watch.quiet = evtimer_new(x->base, on_quiet, x);
	if (watch.heard == NULL || watch.quiet == NULL ||
	    event_add(watch.heard, NULL) == -1)
		fatalx(EXIT_SYSTEM, "events of /etc");
}
