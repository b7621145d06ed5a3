/* SPDX-License-Identifier: ISC */
/* What came of a run, once it is over for its caller; see session.h. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/out.h"
#include "client/outcome.h"
#include "client/session.h"
#include "client/still.h"
#include "common/field.h"
#include "common/role.h"

/* It goes on by itself; this is how it is found again. */
static int
report_left(const struct session *r)
{
	if (r->cli->json)
		printf("{\"run\":\"%s\",\"state\":\"%s\",\"detached\":true}\n",
		    r->id, r->left);
	else
		printf("%s\n", r->id);
	return (0);
}

/*
 * What could not be written is an error, unless its reader had enough.  The
 * command may have died of that.
 */
static int
output_status(const struct session *r, int status)
{
	static const char *const names[] = { "output", "error" };
	const struct stream *const s[] = { &r->out, &r->err };
	size_t i;

	for (i = 0; i < 2; i++) {
		if (s[i]->err == 0 || s[i]->err == EPIPE)
			continue;
		complain("standard %s: %s", names[i], strerror(s[i]->err));
		if (status == 0 || status == 128 + SIGPIPE)
			status = EXIT_IO;
	}
	return (status);
}

/*
 * Is it no stream at all, or one that is over?  One that is closed has nothing,
 * nor has what cannot be read from, a socket that nobody is at the other end of
 * any more, and a terminal that does not give any more.  A disk that fails and
 * a directory had something that was meant.
 */
static int
is_end(int e)
{
	return (e == 0 || e == EBADF || e == EINVAL || e == ENOTCONN ||
	    e == ECONNRESET || (e == EIO && isatty(STDIN_FILENO)));
}

/* Standard input has failed: the command took that for its end. */
static int
input_failed(const struct session *r)
{
	const int e = r->in.unread;

	if (is_end(e))
		return (0);
	complain("standard input: %s", strerror(e));
	return (1);
}

/* Has the result that, or with NULL anything? */
static int
says(const struct session *r, const char *key, const char *what)
{
	char *text = field_get_str(r->result, r->resultlen, key);
	int is = what == NULL ? *text != '\0' : strcmp(text, what) == 0;

	free(text);
	return (is);
}

/*
 * The run has status 0: NULL, or why what it printed may not be all that it
 * meant to.
 */
static const char *
why_partial(const struct session *r)
{
	if (r->interrupted || r->cancelled || says(r, "reason", NULL))
		return ("it was told to stop before its end");
	if (says(r, "limit", "output"))
		return ("it printed more than its limit, outputMB, lets it");
	if (r->endless || !r->started)
		return ("the end of what it printed did not come");
	return (NULL);
}

int
session_report(struct session *r)
{
	struct outcome_in in;
	int status;

	if (r->left != NULL)
		return (report_left(r));
	if (r->gave_up)
		return (still_report(r->cli, r->id, r->waiting,
		    r->waitinglen));
	memset(&in, 0, sizeof(in));
	in.result = r->result;
	in.len = r->resultlen;
	in.fail = &r->fail;
	in.run = r->id;
	in.lost = r->started;
	in.interrupted = r->interrupted;
	in.unread = input_failed(r);
	if (!r->detach && r->into == NULL && (!r->claims || r->started)) {
		in.out = &r->capout;
		in.err = &r->caperr;
	}
	status = outcome_status(&in);
	if (r->into != NULL && status == EXIT_IO && in.unread) {
		r->partial = "its standard input could not be read to the end";
		return (status);
	}
	if (r->into != NULL && status == 0) {
		r->partial = why_partial(r);
		return (r->partial != NULL ? EXIT_IO : 0);
	}
	if (!r->cli->json)
		outcome_tell(&in);
	else if (outcome_json(&in) == -1) {
		complain("the result does not fit in a document");
		return (EXIT_CLAWBOT);
	}
	return (output_status(r, status));
}
