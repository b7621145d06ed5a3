/* SPDX-License-Identifier: ISC */
/* From options to RUNREQ. */
#include "config.h"

#include <sys/stat.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/cli.h"
#include "client/request.h"
#include "client/session.h"
#include "client/tty.h"
#include "common/decimal.h"
#include "common/msg.h"

#define MAXSECONDS	604800	/* limits.timeout_s of plan.h */

void
request_init(struct runreq *req)
{
	memset(req, 0, sizeof(*req));
	req->skill = xstrdup("");
	req->reason = xstrdup("");
	req->rotates = xstrdup("");
}

void
request_text(char **dst, const char *what, const char *s, size_t max)
{
	if (strlen(s) > max)
		usage_error("%s: longer than %zu bytes", what, max);
	free(*dst);
	*dst = xstrdup(s);
}

/* The value of a variable may be private: only its name is repeated. */
void
request_env(struct runreq *req, const char *s)
{
	size_t i, n = strcspn(s, "=");

	if (s[n] != '=')
		usage_error("-e needs NAME=VALUE");
	for (i = 0; i < n; i++)
		if (!isalnum((unsigned char)s[i]) && s[i] != '_')
			break;
	if (n == 0 || i != n || isdigit((unsigned char)s[0]))
		usage_error("-e: a variable's name has letters, digits and _, "
		    "no digit first");
	for (i = 0; i < req->env.n; i++)
		if (strncmp(req->env.v[i], s, n + 1) == 0)
			usage_error("-e: %.*s is given twice", (int)n, s);
	if (req->env.n == PLAN_MAXENV)
		usage_error("-e: more than %d variables", PLAN_MAXENV);
	strv_add(&req->env, s);
}

/* Where the caller is, or NULL if that has no name. */
static char *
here(void)
{
	char *p;

	p = getcwd(NULL, 0);
	if (p != NULL && p[0] != '/') {
		free(p);	/* "(unreachable)/..." */
		p = NULL;
	}
	return (p);
}

void
request_cwd(struct runreq *req, const char *dir)
{
	char *p, *full;

	if (*dir == '/') {
		request_text(&req->cwd, "-C", dir, PLAN_MAXPATH - 1);
		return;
	}
	if ((p = here()) == NULL)
		usage_error("-C %s: the directory you are in has no path; "
		    "give one that begins with /", dir);
	if (strcmp(dir, ".") == 0)
		full = xstrdup(p);
	else
		(void)xasprintf(&full, "%s/%s", strcmp(p, "/") == 0 ? "" : p,
		    dir);
	request_text(&req->cwd, "-C", full, PLAN_MAXPATH - 1);
	free(full);
	free(p);
}

/* Seconds of a unit; 0 for what is none. */
static unsigned long
unit_of(const char *end)
{
	if (*end != '\0' && end[1] != '\0')
		return (0);
	switch (*end) {
	case '\0':
	case 's':
		return (1);
	case 'm':
		return (60);
	case 'h':
		return (3600);
	case 'd':
		return (86400);
	case 'w':
		return (7 * 86400);
	}
	return (0);
}

uint32_t
request_span(const char *what, const char *s, uint32_t least, uint32_t most)
{
	unsigned long unit = 0;
	const char *end;
	uint64_t v;

	if ((end = decimal_front(s, &v)) != NULL)
		unit = unit_of(end);
	if (unit == 0)
		usage_error("%s: %s is not a time such as 90, 15m, 2h, 7d",
		    what, s);
	if (v < least || v > most / unit)
		usage_error("%s: from %u second%s to %u hours", what, least,
		    least == 1 ? "" : "s", most / 3600);
	return ((uint32_t)(v * unit));
}

uint32_t
request_time(const char *what, const char *s, uint32_t least)
{
	return (request_span(what, s, least, MAXSECONDS));
}

uint32_t
request_seconds(const char *s)
{
	return (request_time("--timeout", s, 1));
}

void
request_tty(struct runreq *req)
{
	const char *what;

	if ((what = tty_missing()) != NULL)
		usage_error("-t: %s is not a terminal", what);
	req->flags |= RUNREQ_TTY;
	tty_size(&req->rows, &req->cols);
}

void
request_shell(struct runreq *req, const char *line)
{
	if (req->argv.n != 0)
		usage_error("--shell is given twice");
	if (strlen(line) > PLAN_MAXARG)
		usage_error("--shell: longer than %d bytes", PLAN_MAXARG);
	strv_add(&req->argv, "/bin/sh");
	strv_add(&req->argv, "-c");
	strv_add(&req->argv, line);
}

/* A terminal has a size of its own, which these would only contradict. */
static void
add_locale(struct runreq *req)
{
	static const char *const all[] = { "COLUMNS=", "LINES=", "LANG=",
	    "LC_", "TERM=", "TZ=", "NO_COLOR=", "COLORTERM=", NULL };
	const char *const *names = all +
	    ((req->flags & RUNREQ_TTY) != 0 ? 2 : 0);
	size_t i, k;

	for (i = 0; environ[i] != NULL; i++) {
		if (strlen(environ[i]) > PLAN_MAXNAME ||
		    strchr(environ[i], '=') == NULL)
			continue;
		for (k = 0; names[k] != NULL; k++)
			if (strncmp(environ[i], names[k],
			    strlen(names[k])) == 0)
				break;
		if (names[k] != NULL && req->locale.n < 32)
			strv_add(&req->locale, environ[i]);
	}
}

/* The words that were given, unless --shell has given them. */
static void
take_words(struct runreq *req, int argc, char **argv)
{
	int i;

	if (req->argv.n != 0 && argc != 0)
		usage_error("--shell goes without a command");
	if (req->argv.n != 0)
		return;
	if (argc == 0)
		usage_error("no command is given");
	if (argc > PLAN_MAXARGS)
		usage_error("more than %d arguments", PLAN_MAXARGS);
	if (argv[0][0] == '\0')
		usage_error("the command's name is empty");
	for (i = 0; i < argc; i++) {
		if (strlen(argv[i]) > PLAN_MAXARG)
			usage_error("argument %d is longer than %d bytes", i,
			    PLAN_MAXARG);
		strv_add(&req->argv, argv[i]);
	}
}

void
request_caller(struct runreq *req)
{
	mode_t mask = umask(0);

	/* it can only be had so */
	(void)umask(mask);
	req->umask = (uint16_t)(mask & 0777);
	add_locale(req);
	if (req->cwd != NULL)
		return;
	req->flags |= RUNREQ_CWD_IMPLICIT;
	req->cwd = here();
	if (req->cwd == NULL || strlen(req->cwd) >= PLAN_MAXPATH) {
		free(req->cwd);
		req->cwd = xstrdup("/tmp");
	}
}

void
request_finish(struct runreq *req, int argc, char **argv)
{
	take_words(req, argc, argv);
	request_caller(req);
}

void
request_put(struct buf *b, const struct shape *shape, const void *v)
{
	buf_init(b, MSG_REQ_MAX);
	shape_put(shape, b, v);
	if (b->bad)
		usage_error("the command and its variables are longer than "
		    "%u bytes", MSG_REQ_MAX);
}

int
request_go(struct session *r, struct runreq *req)
{
	struct buf b;
	int status;

	request_put(&b, &runreq_shape, req);
	runreq_free(req);
	status = session_go(r, MSG_RUN, b.data, b.len);
	buf_free(&b);
	return (status);
}
