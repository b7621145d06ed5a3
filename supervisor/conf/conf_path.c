/* SPDX-License-Identifier: ISC */
/* Paths in the configuration: their form, and what no grant may cover. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "supervisor/conf/conf_priv.h"

const char *
path_form_wrong(const char *s)
{
	const char *p, *end;

	if (s[0] != '/')
		return ("must be an absolute path");
	for (p = s; *p == '/'; p = end) {
		p++;
		end = p + strcspn(p, "/");
		if (end == p)
			return ("path must not have \"//\" or end in \"/\"");
		if ((end - p == 1 && p[0] == '.') ||
		    (end - p == 2 && p[0] == '.' && p[1] == '.'))
			return ("path must not have \".\" or \"..\" in it");
	}
	return (NULL);
}

const char *
path_wrong(const char *s)
{
	const char *p;

	if (strcmp(s, "/") == 0)
		return ("must not be \"/\"");
	if (strlen(s) >= PLAN_MAXPATH)
		return ("path is too long");
	for (p = s; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return ("path with a control character");
	return (path_form_wrong(s));
}

int
get_path(struct cx *cx, struct node n, char **to)
{
	const char *s, *why;

	if ((s = get_text(cx, n)) == NULL)
		return (-1);
	if ((why = path_wrong(s)) != NULL) {
		cx_err(cx, n.p, "%s", why);
		return (-1);
	}
	free(*to);
	*to = xstrdup(s);
	return (0);
}

int
get_grants(struct cx *cx, struct node n, void *to)
{
	const char *why;
	struct node kid;
	int rc;
	size_t i;

	rc = get_texts(cx, n, CONF_MAXLIST, to);
	if (!json_is_array(n.v))
		return (-1);
	for (i = 0; i < n.p->nkids; i++) {
		kid = get_node(n, i);
		if (!json_is_string(kid.v) ||
		    json_string_value(kid.v)[0] == '\0')
			continue;
		if ((why = path_wrong(json_string_value(kid.v))) != NULL) {
			cx_err(cx, kid.p, "%s", why);
			rc = -1;
		}
	}
	return (rc);
}

/* Is b the same as a, or below it? */
static int
is_below(const char *a, const char *b)
{
	size_t n = strlen(a);

	return (strncmp(a, b, n) == 0 && (b[n] == '\0' || b[n] == '/'));
}

int
path_overlap(const char *a, const char *b)
{
	return (is_below(a, b) || is_below(b, a));
}

/* Both as written and with every link followed. */
static int
touches(const char *grant, const char *keep)
{
	char *g, *k;
	int rc;

	if (path_overlap(grant, keep))
		return (1);
	g = conf_ops->canon(grant);
	k = conf_ops->canon(keep);
	rc = path_overlap(g != NULL ? g : grant, k != NULL ? k : keep);
	free(g);
	free(k);
	return (rc);
}

/* /etc/clawbot.conf, /etc/clawbot/..., whatever begins like that */
static int
touches_etc(const char *grant)
{
	char *g = conf_ops->canon(grant);
	const char *s = g != NULL ? g : grant;
	int rc;

	rc = is_below(grant, "/etc") || is_below(s, "/etc") ||
	    strncmp(grant, "/etc/clawbot", 12) == 0 ||
	    strncmp(s, "/etc/clawbot", 12) == 0;
	free(g);
	return (rc);
}

/* The path that a grant must stay away from and does not, or NULL. */
static const char *
kept_by(const struct conf *c, const char *grant, int write)
{
	const char *keep[] = { c->log_dir, c->vault_dir, c->socket_dir,
	    c->keyfile, c->path, CB_LOGDIR, CB_VAULTDIR, CB_RUNDIR,
	    CB_EMPTYDIR, "/proc", "/sys", "/dev",
	    write ? CB_LIBEXECDIR : NULL, write ? CB_SBINDIR : NULL };
	size_t i;

	for (i = 0; i < sizeof(keep) / sizeof(keep[0]); i++)
		if (keep[i] != NULL && touches(grant, keep[i]))
			return (keep[i]);
	return (touches_etc(grant) ? "/etc/clawbot.conf" : NULL);
}

void
path_check_grants(struct cx *cx, const struct pos *list,
    const struct strv *paths, int write)
{
	const struct pos *p;
	const char *keep;
	size_t i;

	if (list == NULL || list->nkids != paths->n)
		return;
	for (i = 0; i < paths->n; i++) {
		p = list->kids[i];
		if (path_wrong(paths->v[i]) != NULL)
			continue;
		keep = kept_by(cx->c, paths->v[i], write);
		if (keep != NULL)
			cx_err(cx, p, "\"%s\" overlaps %s, which no run may "
			    "reach", paths->v[i], keep);
	}
}
