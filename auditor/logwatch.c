/* SPDX-License-Identifier: ISC */
/* Hearing of what is done to closed segments; see logwatch.h. */
#include "config.h"

#include <sys/inotify.h>
#include <sys/vfs.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "auditor/auditor.h"
#include "auditor/logwatch.h"
#include "auditor/rounds.h"
#include "common/defs.h"
#include "common/field.h"
#include "common/log.h"

/* Opening and reading is none: what the auditor reads is not heard. */
#define WATCH_CHANGES	(IN_MODIFY | IN_ATTRIB | IN_CREATE | IN_DELETE | \
			    IN_MOVED_FROM | IN_MOVED_TO | IN_MOVE_SELF | \
			    IN_ONLYDIR)
#define WATCH_READ	(64U * 1024)
/* As much as the kernel keeps; who makes more has it done later. */
#define WATCH_READS	16
/* Segments named in that; more are all. */
#define WATCH_NAMED	64

/* What other hosts do in there is not heard of: statfs(2). */
static const uint32_t shared[] = {
	0x6969,			/* NFS */
	0x517b, 0xff534d42, 0xfe534d42, /* SMB, of three kinds */
	0x01021997,		/* 9P */
	0x65735546,		/* FUSE, which may be one */
	0x00c36400,		/* Ceph */
	0x5346414f, 0x6b414653,	/* AFS, of two kinds */
	0x73757245,		/* Coda */
	0x7461636f,		/* OCFS2 */
	0x01161970,		/* GFS2 */
	0x0bd00bd0,		/* Lustre */
};

struct logheard {
	struct auditor	*a;
	uint64_t	 first[WATCH_NAMED];
	int		 written[WATCH_NAMED];
	size_t		 n;
	int		 all;
	int		 all_written;	/* any of them may have been */
	int		 current;	/* something was written there */
};

static void
lack(struct logwatch *w, const char *what, const char *why)
{
	if (w->fd != -1)
		(void)close(w->fd);
	w->fd = -1;
	(void)snprintf(w->lacks, sizeof(w->lacks), "%s: %s", what, why);
}

void
logwatch_open(struct logwatch *w, const char *dir)
{
	memset(w, 0, sizeof(*w));
	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->fd == -1)
		lack(w, "no descriptor of inotify(7)", errno == EMFILE ?
		    "root has used up fs.inotify.max_user_instances" :
		    strerror(errno));
	else if (inotify_add_watch(w->fd, dir, WATCH_CHANGES) == -1)
		lack(w, "no watch of the log directory", errno == ENOSPC ?
		    "root has used up fs.inotify.max_user_watches" :
		    strerror(errno));
}

static void
note(struct logheard *h, uint64_t first, int written)
{
	size_t i;

	/* a name that is of none takes no place from those that are */
	if (!known_has(&h->a->closed.known, first))
		return;
	for (i = 0; i < h->n && h->first[i] != first; i++)
		;
	if (i == WATCH_NAMED) {
		h->all = 1;
		h->all_written |= written;
		return;
	}
	if (i == h->n) {
		h->first[h->n++] = first;
		h->written[i] = 0;
	}
	h->written[i] |= written;
}

/* name: of anything in the directory, whoever gave it. */
static void
see(struct logheard *h, const struct inotify_event *e, const char *name)
{
	struct logwatch *w = &h->a->watch;
	uint64_t first;
	int packed;

	if (e->mask & IN_MOVE_SELF)
		fatalx(EXIT_IO, "the log directory was moved away while it "
		    "was in use: nothing more is recorded, and nothing runs; "
		    "put it back, or start anew where it is now");
	if (e->mask & IN_Q_OVERFLOW)
		h->all = h->all_written = h->current = 1;
	if (e->mask & IN_IGNORED && w->fd != -1) {
		lack(w, "nothing more is heard of the log directory",
		    "it was removed, or its file system was");
		log_warnx("%s", w->lacks);
	}
	if ((first = logseg_first(name, &packed)) != 0)
		note(h, first, (e->mask & IN_MODIFY) != 0);
	else if (e->mask & IN_MODIFY && strcmp(name, LOG_CURRENT) == 0)
		h->current = 1;
}

/* p has what one read(2) gave. */
static void
see_all(struct logheard *h, const char *p, const char *end)
{
	struct inotify_event e;

	for (; (size_t)(end - p) >= sizeof(e); p += sizeof(e) + e.len) {
		memcpy(&e, p, sizeof(e));
		if (e.len > (size_t)(end - p) - sizeof(e))
			break;
		/* it has an end in there, where it has a length */
		see(h, &e, e.len != 0 ? p + sizeof(e) : "");
	}
}

/* Is something else heard of what the auditor itself has just written? */
static int
hear(struct auditor *a)
{
	static char buf[WATCH_READ];
	struct logheard h;
	ssize_t n = 1;
	size_t i;

	h.a = a;
	h.n = 0;
	h.all = h.all_written = h.current = 0;
	for (i = 0; i < WATCH_READS && a->watch.fd != -1; i++) {
		if ((n = read(a->watch.fd, buf, sizeof(buf))) <= 0)
			break;
		see_all(&h, buf, buf + n);
		/* one more would have found room */
		if (sizeof(buf) - (size_t)n > sizeof(struct inotify_event) +
		    NAME_MAX + 1)
			break;
	}
	if (h.all)
		rounds_heard(a, 0, h.all_written);
	for (i = 0; i < h.n; i++)
		rounds_heard(a, h.first[i], h.written[i]);
	return (h.current);
}

void
logwatch_hear(struct auditor *a)
{
	(void)hear(a);
}

/* Is this a file system that others write to from elsewhere? */
static int
is_shared(int fd)
{
	struct statfs v;
	size_t i;

	if (fstatfs(fd, &v) == -1)
		return (0);
	for (i = 0; i < NELEM(shared); i++)
		if ((uint32_t)v.f_type == shared[i])
			return (1);
	return (0);
}

void
logwatch_start(struct auditor *a)
{
	struct logwatch *w = &a->watch;

	if (w->fd != -1 && !hear(a))
		lack(w, "nothing is heard of the log directory",
		    "its file system does not tell");
	if (w->fd != -1 && is_shared(a->chain.seg.dirfd))
		(void)snprintf(w->lacks, sizeof(w->lacks), "of other hosts "
		    "that write to this file system nothing is heard");
	if (w->lacks[0] != '\0')
		log_warnx("%s: closed parts of the log are looked at once a "
		    "minute", w->lacks);
}

void
logwatch_put(struct buf *b, const struct auditor *a)
{
	char text[256];

	(void)snprintf(text, sizeof(text), "missing: %s; closed parts of the "
	    "log are looked at once a minute", a->watch.lacks);
	field_str(b, "watch", a->watch.lacks[0] != '\0' ? text :
	    "what is done to closed parts of the log is heard at once");
}
