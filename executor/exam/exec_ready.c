/* SPDX-License-Identifier: ISC */
/*
 * What the executor says of itself: what the kernel gives, which layers of
 * runs held when they were tried, and which skills cannot be used.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "common/field.h"
#include "common/landlock.h"
#include "common/memlock.h"
#include "executor/cores.h"
#include "executor/exam/exam.h"

#define REASON_MAX	1024
#define NOTES_MAX	32	/* that status shows */

int
exec_has_network(const struct skill *s)
{
	return (s->x->network == PLAN_NET_HOST);
}

int
exec_not_allowed(const struct executor *x, const struct skill *s)
{
	return (exec_has_network(s) &&
	    !(x->xc.accept_missing & XCONF_ACCEPT_HOST_NETWORK));
}

/* Skills that cannot be used, and why. */
static void
field_refused(const struct executor *x, struct buf *b)
{
	const struct skill *s;
	char text[REASON_MAX];
	size_t i, rows, one;

	rows = field_rows(b, "refused");
	for (i = 0; i < x->xc.nskills; i++) {
		s = &x->skills[i];
		if ((s->broken == NULL && s->moved == NULL) ||
		    exec_not_allowed(x, s))
			continue;
		/* so that all fit: longer than any that is made here */
		(void)snprintf(text, sizeof(text), "%s", s->broken != NULL ?
		    s->broken : s->moved);
		one = field_obj(b, "skill");
		field_str(b, "name", s->x->name);
		field_str(b, "why", text);
		field_end(b, one);
	}
	field_end(b, rows);
}

/* The state of one layer, over all skills that were examined. */
static void
layer_text(const struct executor *x, unsigned layer, char *text, size_t len)
{
	size_t i, k, n = probe_count();
	unsigned skills = 0, held = 0, missing = 0, noted = 0;
	const struct skill *s;

	(void)snprintf(text, len, "missing: no skill was examined");
	for (k = 0; k < x->xc.nskills; k++) {
		s = &x->skills[k];
		if (s->found == NULL)
			continue;
		skills++;
		for (i = held = 0; i < n; i++) {
			if (probe_at(i)->layer != layer)
				continue;
			if (exam_fault(x, s, i)) {
				(void)snprintf(text, len, "broken: skill "
				    "%.64s: %s", s->x->name,
				    probe_at(i)->name);
				return;
			}
			held += s->found[i].verdict == PROBE_HELD;
			noted += s->found[i].verdict == PROBE_NOTED;
			missing += s->found[i].verdict == PROBE_MISSING;
		}
	}
	/* what else refused an attempt does not make up for the layer */
	if (missing != 0)
		(void)snprintf(text, len, "missing: not offered by this "
		    "kernel");
	else if (noted != 0)
		(void)snprintf(text, len, "%u attempts refused, others "
		    "noted; skills tried: %u", held, skills);
	else if (held != 0)
		(void)snprintf(text, len, "%u attempts refused; skills "
		    "tried: %u", held, skills);
}

static void
layer_fields(const struct executor *x, struct buf *b)
{
	char key[64], text[256];
	unsigned l;

	for (l = 0; l < PL_LAYERS; l++) {
		(void)snprintf(key, sizeof(key), "run_%s",
		    probe_layer_name(l));
		layer_text(x, l, text, sizeof(text));
		field_str(b, key, text);
	}
}

/* In how many skills was attempt i noted, and in which first? */
static unsigned
noted_in(const struct executor *x, size_t i, const struct skill **first)
{
	unsigned n = 0;
	size_t k;

	for (k = 0; k < x->xc.nskills; k++)
		if (x->skills[k].found != NULL &&
		    x->skills[k].found[i].verdict == PROBE_NOTED &&
		    n++ == 0)
			*first = &x->skills[k];
	return (n);
}

/*
 * "note_N": what this kernel has answered otherwise than the table of
 * attempts says.  No hole, but nobody has thought about it yet.
 */
static void
note_fields(const struct executor *x, struct buf *b)
{
	const struct skill *s = NULL;
	unsigned skills, notes = 0;
	char key[16], text[512];
	size_t i, n = probe_count();

	for (i = 0; i < n && notes < NOTES_MAX; i++) {
		if ((skills = noted_in(x, i, &s)) == 0)
			continue;
		(void)snprintf(key, sizeof(key), "note_%u", notes++);
		probe_note(text, sizeof(text), probe_at(i), s->found[i].err);
		(void)snprintf(text + strlen(text), sizeof(text) -
		    strlen(text), "; Linux %s; skills: %u, first %.64s",
		    x->kernel, skills, s->x->name);
		field_str(b, key, text);
	}
}

/* Which skills' runs are in the host's network; nothing where none is. */
static void
field_network(const struct executor *x, struct buf *b)
{
	struct buf t;
	size_t i, n = 0;

	buf_init(&t, 8192);
	for (i = 0; i < x->xc.nskills; i++)
		if (exec_has_network(&x->skills[i]) &&
		    x->skills[i].broken == NULL)
			buf_printf(&t, "%s%s", n++ == 0 ?
			    "the host's, for runs of skill " : ", ",
			    x->xc.skills[i].name);
	buf_printf(&t, x->layers.landlock >= LL_ABI_SCOPES ?
	    "; Landlock keeps them off its abstract sockets" :
	    "; without Unix sockets, as Landlock has no scopes here");
	buf_put_u8(&t, '\0');
	if (n != 0 && !t.bad)
		field_str(b, "network_host", (const char *)t.data);
	buf_free(&t);
}

void
exec_ready_fields(const struct executor *x, struct buf *b)
{
	char text[256];

	field_bool(b, "seccomp", 1);
	if (memlock_missing() != NULL)
		field_str(b, "keymem", memlock_missing());
	if (x->layers.landlock != 0)
		field_u64(b, "landlock", (uint64_t)x->layers.landlock);
	else
		field_bool(b, "landlock", 0);
	field_str(b, "user_namespace", x->layers.userns_capped ?
	    "none can be made beneath it" :
	    "kept from runs by seccomp alone");
	if (x->layers.idns)
		(void)snprintf(text, sizeof(text), "runs see none but their "
		    "own");
	else
		(void)snprintf(text, sizeof(text), "missing: runs can read "
		    "which others have runs, in /proc/self/uid_map (%s)",
		    x->no_idns);
	field_str(b, "accounts", text);
	field_str(b, "network_of_runs", x->layers.landlock >= LL_ABI_SCOPES ?
	    "none, in an empty namespace of their skill" :
	    "none, each run in an empty namespace");
	field_network(x, b);
	payer_say(b, &x->payer);
	cores_say(b, x->core_socket);
	limits_status(b, x);
	layer_fields(x, b);
	note_fields(x, b);
	field_str(b, "kernel", x->kernel);
	field_refused(x, b);
}
