/* SPDX-License-Identifier: ISC */
/*
 * Other rules for the runs of a skill; see renew.h.
 *
 * What an attacker could try, in the executor or the supervisor: rules of his
 * own, older ones once more, those of another skill, or grants along with
 * them.  The ticket says that the auditor has written these very bytes down
 * for this skill, each once; and what is not judging or a limit has to be what
 * it was.
 */
#include "config.h"

#include <sys/mman.h>

#include <string.h>
#include <unistd.h>

#include "common/landlock.h"
#include "common/log.h"
#include "common/msg.h"
#include "common/role.h"
#include "executor/box/filter.h"
#include "executor/cgroup.h"
#include "executor/patwords.h"
#include "executor/planfile.h"
#include "executor/runner/arbiter.h"
#include "executor/runner/gate.h"
#include "executor/spawner/renew.h"
#include "executor/watch/watch.h"

void
renew_prepare(const struct xskill *s, const struct layers *l)
{
	const int names = watch_wanted(&s->write, &s->protect);
	const int execs = s->execs != EXECS_OFF;
	const int traces = s->trace && !execs;

	if (filter_build(s->network, l->landlock >= LL_ABI_SCOPES,
	    (execs ? FILTER_SEIZES : 0) | (names ? FILTER_TAKES : 0) |
	    (traces ? FILTER_TRACES : 0) |
	    (watch_counts(s) ? FILTER_COUNTS : 0)) == -1 ||
	    watch_build(names, execs, traces, (l->cgroup & CGROUP_MEMORY) ?
	    0 : s->limits.memory_mb) == -1)
		fatalx(EXIT_SYSTEM, "the filters of runs do not fit");
	if (watch_prepare(s) == -1)
		fatalx(EXIT_SYSTEM, "the protected names of skill %s are none",
		    s->name);
	if (arbiter_rules(s) == -1)
		fatalx(EXIT_SYSTEM, "the rules of skill %s are none", s->name);
}

void
renew_rules(struct xskill *s, const struct layers *l,
    const uint8_t ticket[TICKET_SIZE], int fd)
{
	uint8_t digest[PLAN_DIGEST];
	const char *why = "";
	struct xskill v;
	size_t len;
	void *p;
	int r;

	if ((p = planfile_map(fd, MSG_CONFIG_MAX, &len)) == NULL)
		fatal(EXIT_SYSTEM, "new rules of skill %s", s->name);
	plan_digest(digest, p, len);
	if (gate_rules(ticket, digest, &why) == -1)
		fatalx(EXIT_SYSTEM, "new rules of skill %s: %s", s->name, why);
	r = shape_get(&xskill_shape, &v, p, len);
	(void)munmap(p, len);
	(void)close(fd);
	if (r == -1)
		fatalx(EXIT_SYSTEM, "new rules of skill %s: malformed",
		    s->name);
	if ((why = xskill_fixed_differs(s, &v)) != NULL)
		fatalx(EXIT_SYSTEM, "new rules of skill %s: another %s",
		    s->name, why);
	shape_free(&xskill_shape, s);
	*s = v;
	renew_prepare(s, l);
	patwords_renew();
}
