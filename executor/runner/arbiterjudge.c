/* SPDX-License-Identifier: ISC */
/* The verdict on one exec, and what has to be as it was for that to hold. */
#include "config.h"

#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "executor/runner/arbiter_priv.h"

/* One that nobody can look at: 1, with what stands in its row. */
static int
cannot_look(struct runner *r, const struct held_exec *h, const int *fds,
    struct known k[3], const char **why)
{
	unsigned i, n = 1;

	n += (h->has & HELD_SCRIPT) != 0;
	n += (h->has & HELD_LOADER) != 0;
	if (h->has & HELD_REFUSED) {
		*why = "it, its interpreter or who starts it is not to be "
		    "read, or a script is read by a script";
		return (1);
	}
	for (i = 0; i < n; i++)
		if (arbiterfile_look(r, fds[i], 0, &k[i], why) == -1)
			return (1);
	return (0);
}

/*
 * Who let the request go on has seen these very words in it, and answered for
 * them.  What stands in a file, comes by an input or is made by a program was
 * not seen, be it the same words: there it may be in another directory and
 * with another input.  Nor was what is called by the name of something else.
 */
static int
was_asked(const struct runner *r, const struct held_exec *h,
    const struct known *exe, const char *rule)
{
	return (exe->named && arbiterrules_was_asked(r, &h->argv, rule) &&
	    arbiterway_shows(r, h->image, &h->argv));
}

static void
set_was(struct judged *was, const struct known *exe,
    const struct known *script, const struct known *loader)
{
	arbiterfile_seen(&was->exe, exe);
	was->fixed = exe->fixed && (loader == NULL || loader->fixed);
	was->matters = exe->names.n + exe->same.n != 0;
	if (script == NULL)
		return;
	arbiterfile_seen(&was->script, script);
	was->fixed = was->fixed && script->fixed;
	was->matters |= script->names.n + script->same.n != 0;
}

void
arbiterjudge(struct runner *r, const struct held_exec *h, const int *fds,
    struct exec_row *row, struct judged *was)
{
	const int record = r->job->skill->execs == EXECS_RECORD;
	struct known k[3], *exe, *script, *loader;
	const char *why = "";
	struct decision d;
	int blind, seen = 0, i;

	memset(k, 0, sizeof(k));
	memset(was, 0, sizeof(*was));
	blind = cannot_look(r, h, fds, k, &why);
	script = (h->has & HELD_SCRIPT) ? &k[0] : NULL;
	exe = script != NULL ? &k[1] : &k[0];
	loader = (h->has & HELD_LOADER) ? exe + 1 : NULL;
	arbiterheld_row(row, h, exe, script);
	policy_begin(&d);
	if (blind)
		policy_say(&d, record ? VERDICT_ALLOW : VERDICT_DENY, why,
		    "unseen");
	else if (record)
		policy_say(&d, VERDICT_ALLOW, "recorded", "%s", "");
	else
		arbiterrules_decide(r, &d, h, (enum exec_how)row->how, exe,
		    script, loader);
	was->named = exe->named = !blind && script == NULL &&
	    arbiterfile_named(r, &exe->id, h->argv.v[0]);
	if (d.verdict == VERDICT_ASK && was_asked(r, h, exe, d.rule)) {
		seen = 1;
		d.verdict = VERDICT_ALLOW;
		(void)snprintf(d.reason, sizeof(d.reason),
		    "approved with the request");
	}
	if (row->path[0] == '\0') {
		free(row->path);
		row->path = xstrdup(h->argv.v[0]);
	}
	row->rule = xstrdup(d.rule);
	row->reason = xstrdup(d.reason);
	row->verdict = (uint8_t)d.verdict;
	if (blind)
		was->fixed = 1;
	else
		set_was(was, exe, script, loader);
	/* what was approved is not a matter of words alone */
	was->keeps = !blind && was->fixed && !seen &&
	    d.verdict == VERDICT_ALLOW;
	for (i = 0; i < 3; i++)
		arbiterfile_done(&k[i]);
}

int
arbiterjudge_named(const struct runner *r, const struct exec_row *w)
{
	struct ident id;

	if (w->script[0] != '\0')
		return (0);
	memset(&id, 0, sizeof(id));
	id.path = w->path;
	id.dev = w->dev;
	id.ino = w->ino;
	return (arbiterfile_named(r, &id, w->argv.v[0]));
}

/* By its name, or as what reads it has it open. */
static int
is_script(const struct exec_row *w, int fd)
{
	struct stat st;

	return (fstat(fd, &st) == 0 &&
	    w->script_dev == (uint64_t)st.st_dev &&
	    w->script_ino == (uint64_t)st.st_ino);
}

int
arbiterjudge_same(const struct runner *r, struct exec_row *w,
    const struct judged *was, const int *fds, unsigned nfds)
{
	int matters = was->matters || w->answered;

	return (arbiterfile_same(r, fds[0], &was->exe, matters, w->digest) &&
	    (nfds == 1 || (is_script(w, fds[1]) &&
	    arbiterfile_same(r, fds[1], &was->script, matters,
	    w->script_digest))));
}
