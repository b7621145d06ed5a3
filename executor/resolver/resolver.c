/* SPDX-License-Identifier: ISC */
/* The resolver: one request after another, and one answer for each. */
#include "config.h"

#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "common/landlock.h"
#include "common/log.h"
#include "common/msg.h"
#include "common/priv.h"
#include "common/rolefilter.h"
#include "executor/fds.h"
#include "executor/lack.h"
#include "executor/parcel.h"
#include "executor/patwords.h"
#include "executor/resolver/resolver.h"
#include "executor/resolver/slices.h"

/* Where an account's own directories are closed to all others. */
static void
keep_only_reading(void)
{
	static const cap_value_t reading = CAP_DAC_READ_SEARCH;
	cap_t c;

	if ((c = cap_init()) == NULL ||
	    cap_set_flag(c, CAP_PERMITTED, 1, &reading, CAP_SET) == -1 ||
	    cap_set_flag(c, CAP_EFFECTIVE, 1, &reading, CAP_SET) == -1 ||
	    cap_set_proc(c) == -1)
		fatal(EXIT_SYSTEM, "capabilities of a resolver");
	(void)cap_free(c);
}

/* Where Landlock is missing, which was accepted then, rights stand alone. */
static void
enter_landlock(int root, int abi)
{
	int rs;

	if (abi == 0)
		return;
	if ((rs = landlock_ruleset(abi, 0)) == -1 ||
	    landlock_allow(rs, abi, root, LL_FS_READ_FILE |
	    LL_FS_READ_DIR) == -1 || landlock_enter(rs, abi) == -1)
		fatal(EXIT_SYSTEM, "landlock of a resolver");
	(void)close(rs);
}

static void
lock_in(int sock, int wishes, int root, const struct layers *layers)
{
	const int keep[] = { sock, wishes, root, ROLE_FD_LOG };

	(void)prctl(PR_SET_NAME, "clawbot-resolve", 0, 0, 0);
	priv_closebut(keep, 4);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1)
		fatal(EXIT_SYSTEM, "PDEATHSIG");
	keep_only_reading();
	enter_landlock(root, layers->landlock);
	rolefilter_trap_handler();
	if (rolefilter_confine(CONFINED_RESOLVER) == -1)
		fatal(EXIT_SYSTEM, "seccomp of a resolver");
}

static void
send_trouble(int sock, const struct trouble *t)
{
	uint8_t m[INSIDE_UNPLANNED_MAX];
	unsigned tries = 0;
	struct buf b;

	inside_begin(&b, m, sizeof(m), INSIDE_UNPLANNED);
	unplanned_put(&b, t);
	while (fds_send(sock, m, b.len, NULL, 0) == -1)
		if (!lack_again(&tries))
			_exit(0);
}

static void
lack_trouble(struct trouble *t, const char *what)
{
	if (!lack_is(errno))
		_exit(0);
	trouble_set(t, CBE_AGAIN, "%s: %s", what, strerror(errno));
}

/* It needs another turn, behind the others. */
static void
send_more(int sock)
{
	static const uint8_t m = INSIDE_MORE;
	unsigned tries = 0;

	while (fds_send(sock, &m, 1, NULL, 0) == -1)
		if (!lack_again(&tries))
			_exit(0);
}

static void
answer(int sock, const struct lookup *l, const struct resolve *v)
{
	struct resolved out;
	struct trouble t;
	struct buf b;
	int r;

	buf_init(&b, MSG_INTENT_MAX);
	slices_turn();
	if ((r = lookup(l, v, &out, &t)) == 0 && !slices_more()) {
		resolved_put(&b, &out);
		if (b.bad) {
			trouble_set(&t, CBE_USAGE, "the command is too large");
			r = -1;
		}
	}
	if (r == 0 && !slices_more() && parcel_send(sock, INSIDE_PLANNED,
	    b.data, b.len) == -1) {
		lack_trouble(&t, "answer of a resolver");
		r = -1;
	}
	if (slices_more())
		send_more(sock);
	else if (r == -1)
		send_trouble(sock, &t);
	buf_free(&b);
	resolved_free(&out);
}

/*
 * The skill's patterns name other programs from now on.  Without these what is
 * asked for next would be judged by names that nobody has looked at.
 */
static void
take_programs(struct lookup *l, const uint8_t *m, size_t n, const int *fds,
    unsigned nfds)
{
	static struct xskill have[2];
	struct xskill *s = &have[l->skill == &have[0]];
	struct parcel k;
	int r;

	if (parcel_open(&k, m, n, fds, nfds, MSG_CONFIG_MAX) == -1)
		fatal(EXIT_SYSTEM, "new programs of skill %s",
		    l->skill->name);
	r = shape_get(&xskill_shape, s, k.p, k.len);
	parcel_close(&k);
	if (r == -1 || strcmp(s->name, l->skill->name) != 0)
		fatalx(EXIT_SYSTEM, "malformed programs of skill %s",
		    l->skill->name);
	if (l->skill == &have[0] || l->skill == &have[1])
		shape_free(&xskill_shape, (void *)(uintptr_t)l->skill);
	l->skill = s;
	patwords_renew();
}

/* The executor is gone, or says what it never does. */
static void
serve_one(int sock, struct lookup *l)
{
	unsigned nfds = INSIDE_RESOLVE_FDS;
	static uint8_t m[INSIDE_RESOLVE_MAX + 1];
	int fds[INSIDE_RESOLVE_FDS];
	struct parcel k;
	struct resolve v;
	struct trouble t;
	enum inside type;
	ssize_t n;
	int r;

	m[0] = 0;
	n = fds_recv(sock, m, sizeof(m), fds, &nfds, 0);
	if (n == -1 && errno == EINTR)
		return;
	type = n <= 0 ? INSIDE_NONE : inside_type(IN_RESOLVE, IW_EXECUTOR, m,
	    (size_t)n, nfds);
	if (type == INSIDE_PROGRAMS) {
		take_programs(l, m, (size_t)n, fds, nfds);
		return;
	}
	if (n == -1 && lack_is(errno) && m[0] == INSIDE_PROGRAMS)
		fatal(EXIT_SYSTEM, "new programs of skill %s", l->skill->name);
	if (n >= 0 && type != INSIDE_RESOLVE)
		_exit(0);
	if (n == -1 || parcel_open(&k, m, (size_t)n, fds, nfds,
	    MSG_PLAN_MAX) == -1) {
		lack_trouble(&t, "request");
		send_trouble(sock, &t);
		return;
	}
	r = resolve_get(k.p, k.len, &v);
	parcel_close(&k);
	if (r == -1 || strcmp(v.skill, l->skill->name) != 0)
		fatalx(EXIT_SYSTEM, "malformed request of the executor");
	answer(sock, l, &v);
	resolve_free(&v);
}

/* Runners look at what runs print: nothing of this is believed. */
static void
hear_wish(int wishes, const struct lookup *l)
{
	char m[INSIDE_WISH_MAX + 1];
	unsigned nfds = 0;
	ssize_t n;

	n = fds_recv(wishes, m, sizeof(m) - 1, NULL, &nfds, MSG_DONTWAIT);
	if (n <= 0 || inside_type(IN_WISHES, IW_RUNNER, m, (size_t)n, nfds) !=
	    INSIDE_WISH || memchr(m + 1, '\0', (size_t)n - 1) != NULL)
		return;
	m[n] = '\0';
	lookup_digest(l, m + 1);
}

/* One wish between two requests, at most. */
static void
serve(int sock, int wishes, struct lookup *l)
{
	struct pollfd p[2] = { { sock, POLLIN, 0 }, { wishes, POLLIN, 0 } };

	if (poll(p, 2, -1) == -1)
		return;
	if (p[0].revents != 0)
		serve_one(sock, l);
	else if (p[1].revents & POLLIN)
		hear_wish(wishes, l);
}

void
resolver_main(int sock, int wishes, const struct lookup *given,
    const struct layers *layers)
{
	struct lookup l = *given;

	if ((l.root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)) == -1)
		fatal(EXIT_SYSTEM, "view of skill %s", l.skill->name);
	lock_in(sock, wishes, l.root, layers);
	for (;;)
		serve(sock, wishes, &l);
}
