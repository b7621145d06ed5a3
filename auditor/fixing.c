/* SPDX-License-Identifier: ISC */
/* Closed segments get the immutable attribute, or lose it; see fixing.h. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auditor/auditor.h"
#include "auditor/fixing.h"
#include "auditor/packcheck.h"
#include "common/civil.h"
#include "common/immutable.h"
#include "common/log.h"
#include "common/payload.h"
#include "common/xmalloc.h"

#define FIX_DAY_US	(86400 * UINT64_C(1000000))
/* So long a daemon may run, and logging.keepDays removes what is due. */
#define FIX_AHEAD_US	(31 * FIX_DAY_US)

/* A segment that is to have it, or not; how its file looked before. */
struct fix_item {
	uint64_t	 first;
	int		 on;
	struct known_file was;
	struct timespec	 mtime;
};

struct fix_list {
	struct fix_item	*v;
	size_t		 n;
};

/* A clock that has jumped removes nothing before somebody asks once. */
static int
has_jumped(const struct auditor *a, uint64_t now)
{
	return (a->gone.jump != 0 || (a->gone.last_us != 0 &&
	    now > a->gone.last_us + GONE_JUMP_US));
}

/* Of the oldest, so many are removed by keepDays before long. */
static size_t
count_due(const struct auditor *a, uint64_t now)
{
	const uint64_t keep = a->fixed.keep_days * FIX_DAY_US;
	const struct segment *s = &a->chain.seg;
	uint64_t us;
	size_t i;

	if (keep == 0)
		return (0);
	for (i = 0; i < s->nold; i++) {
		us = packcheck_time(a, i);
		if (us == 0 || us + keep >= now + FIX_AHEAD_US)
			break;
	}
	return (i);
}

/* Its packed file, if that is there alone. */
static int
is_packed_alone(const struct auditor *a, uint64_t first)
{
	const int dirfd = a->chain.seg.dirfd;
	char name[LOG_NAMEMAX];
	struct stat st;

	logseg_name(name, LOG_STEM, first);
	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ||
	    errno != ENOENT)
		return (0);
	logseg_packed_name(name, first);
	return (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode));
}

static int
look(const struct auditor *a, uint64_t first, struct known_file *f,
    struct timespec *mtime)
{
	char name[LOG_NAMEMAX];
	struct stat st;

	logseg_packed_name(name, first);
	if (fstatat(a->chain.seg.dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return (-1);
	*mtime = st.st_mtim;
	return (known_find(a, first, name, f));
}

static void
add(const struct auditor *a, struct fix_list *l, uint64_t first, int on)
{
	struct fix_item *it;

	l->v = xrecallocarray(l->v, l->n, l->n + 1, sizeof(*l->v));
	it = &l->v[l->n];
	it->first = first;
	it->on = on;
	if (look(a, first, &it->was, &it->mtime) == 0)
		l->n++;
}

/* Those that are not as they are to be, the oldest first. */
static void
collect(struct auditor *a, struct fix_list *l)
{
	const struct segment *s = &a->chain.seg;
	struct fixed *f = &a->fixed;
	char name[LOG_NAMEMAX];
	int on, has, leave;
	uint64_t now = 0;
	size_t i, due;

	memset(l, 0, sizeof(*l));
	(void)civil_now(&now);
	due = count_due(a, now);
	leave = f->on && has_jumped(a, now);
	f->due = f->on ? (uint32_t)due : 0;
	for (i = 0; i < s->nold; i++) {
		on = f->on && i >= due && !(i == 0 && gone_is_half(a)) &&
		    is_packed_alone(a, s->old[i]);
		logseg_packed_name(name, s->old[i]);
		has = immutable_has(s->dirfd, name);
		/* what is due by a clock that jumped stays as it is */
		if (on != has && (!leave || i >= due ||
		    (i == 0 && gone_is_half(a))))
			add(a, l, s->old[i], on);
		fixed_see(a, s->old[i]);
	}
}

/* At most MSG_FIX_MAX of them; m has what became of each. */
static void
ask(struct auditor *a, const struct fix_item *v, size_t n,
    struct msg_fixed *m)
{
	struct ipc_msg in;
	struct msg_fix q;
	struct buf b;
	size_t i;
	int ret;

	q.n = n;
	q.v = xcalloc(n, sizeof(*q.v));
	for (i = 0; i < n; i++) {
		q.v[i].first = v[i].first;
		q.v[i].on = v[i].on != 0;
	}
	payload_put(&b, MSG_A_FIX, &msg_fix_shape, &q);
	audit_put(a, MSG_A_FIX, 0, &b);
	free(q.v);
	memset(&in, 0, sizeof(in));
	if ((ret = ipc_drain(a->rm->ipc, -1)) == 0)
		ret = ipc_wait(a->rm->ipc, &in, -1);
	if (ret < 0)
		rolemain_end(a->rm->ipc, ret);
	if (in.type == MSG_SHUTDOWN)
		_exit(0);
	if (in.type != MSG_A_FIXED || payload_get(&in, &msg_fixed_shape,
	    m) == -1 || m->n != n)
		rolemain_fail(a->rm, EXIT_ROLE_PROTO(ROLE_SUPERVISOR),
		    "malformed A_FIXED");
	ipc_msg_done(&in);
}

/* Is it the file that it was, but for the time of that change?  As now. */
static int
is_same(const struct auditor *a, const struct known_log *k,
    const struct fix_item *it, struct known_file *now)
{
	struct timespec mtime;
	size_t i;

	for (i = 0; i < k->n && k->v[i].first != it->first; i++)
		;
	return (i < k->n && known_alike(&k->v[i].log, &it->was) &&
	    look(a, it->first, now, &mtime) == 0 &&
	    now->ino == it->was.ino && now->size == it->was.size &&
	    mtime.tv_sec == it->mtime.tv_sec &&
	    mtime.tv_nsec == it->mtime.tv_nsec);
}

/* That was done, or not. */
static int
take(struct auditor *a, struct known_log *k, const struct fix_item *it,
    int error)
{
	char name[LOG_NAMEMAX];
	struct known_file now;

	logseg_packed_name(name, it->first);
	fixed_see(a, it->first);
	if (error != 0 && it->on && a->fixed.error == 0) {
		log_info("%s gets no immutable attribute: %s", name,
		    immutable_why(error));
		a->fixed.error = error;
	} else if (error != 0 && !it->on)
		log_warnx("%s keeps its immutable attribute: %s", name,
		    immutable_why(error));
	/* one that is another file is left for the rounds to read */
	return (error == 0 && is_same(a, k, it, &now) &&
	    known_set(k, it->first, &now));
}

int
fixing_start(struct auditor *a, struct known_log *k)
{
	struct msg_fixed m;
	struct fix_list l;
	size_t at, n, i;
	int news = 0;

	collect(a, &l);
	for (at = 0; at < l.n; at += n) {
		n = l.n - at < MSG_FIX_MAX ? l.n - at : MSG_FIX_MAX;
		ask(a, l.v + at, n, &m);
		for (i = 0; i < n; i++)
			news |= take(a, k, &l.v[at + i],
			    (int)m.v[i].error);
		shape_free(&msg_fixed_shape, &m);
	}
	free(l.v);
	return (news);
}
