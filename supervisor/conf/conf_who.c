/* SPDX-License-Identifier: ISC */
/* Accounts and groups by name: who may ask, who may approve, who runs. */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "supervisor/conf/conf_priv.h"
#include "supervisor/roles.h"

/* clawbot's own accounts, that of the supervisor first; NULL past the end. */
static const char *
own_account(size_t i)
{
	if (i == 0)
		return (SUPERVISOR_ACCOUNT);
	if (i == NPROCS + 1)
		return (notifier_row.account);
	if (i == NPROCS + 2)
		return (forwarder_row.account);
	return (i <= NPROCS ? proc_rows[i - 1].account : NULL);
}

static int
system_user(const char *name, uid_t *uid, gid_t *gid)
{
	struct passwd *pw;

	errno = 0;
	if ((pw = getpwnam(name)) == NULL)
		return (errno == 0 || errno == ENOENT ? 1 : -1);
	*uid = pw->pw_uid;
	*gid = pw->pw_gid;
	return (0);
}

static void
add_uid(uid_t **v, size_t *n, uid_t uid)
{
	size_t i;

	for (i = 0; i < *n; i++)
		if ((*v)[i] == uid)
			return;
	*v = xrecallocarray(*v, *n, *n + 1, sizeof(**v));
	(*v)[(*n)++] = uid;
}

void
accounts_add(struct accounts *a, uid_t uid, const char *name)
{
	size_t n = a->n;

	add_uid(&a->uids, &a->n, uid);
	if (a->n != n)
		strv_add(&a->names, name);
}

void
accounts_free(struct accounts *a)
{
	free(a->uids);
	strv_free(&a->names);
	memset(a, 0, sizeof(*a));
}

/* Those in the group's list, and those whose own group it is. */
static int
system_group(const char *name, gid_t *gid, struct accounts *members)
{
	struct strv list = { NULL, 0 };
	struct passwd *pw;
	struct group *gr;
	size_t i;
	uid_t uid;
	gid_t g;

	errno = 0;
	if ((gr = getgrnam(name)) == NULL)
		return (errno == 0 || errno == ENOENT ? 1 : -1);
	*gid = gr->gr_gid;
	for (i = 0; gr->gr_mem[i] != NULL; i++)
		strv_add(&list, gr->gr_mem[i]);
	for (i = 0; i < list.n; i++)
		if (system_user(list.v[i], &uid, &g) == 0)
			accounts_add(members, uid, list.v[i]);
	strv_free(&list);
	setpwent();
	while ((pw = getpwent()) != NULL)
		if (pw->pw_gid == *gid)
			accounts_add(members, pw->pw_uid, pw->pw_name);
	endpwent();
	return (0);
}

static char *
system_canon(const char *path)
{
	return (realpath(path, NULL));
}

const struct conf_ops conf_ops_system = {
	system_user, system_group, system_canon, file_read, file_exists
};
const struct conf_ops *conf_ops = &conf_ops_system;

int
who_is_role(const char *name, uid_t uid)
{
	const char *own;
	uid_t u;
	gid_t g;
	size_t i;

	for (i = 0; (own = own_account(i)) != NULL; i++) {
		if (strcmp(name, own) == 0)
			return (1);
		if (conf_ops->user(own, &u, &g) == 0 && u == uid)
			return (1);
	}
	return (0);
}

static int
is_role_group(gid_t gid)
{
	const char *own;
	uid_t u;
	gid_t g;
	size_t i;

	for (i = 0; (own = own_account(i)) != NULL; i++)
		if (conf_ops->user(own, &u, &g) == 0 && g == gid)
			return (1);
	return (0);
}

int
who_is_own(uid_t uid, gid_t gid)
{
	return (who_is_role("", uid) || is_role_group(gid));
}

static int
who_group(struct cx *cx, const struct value *p, const char *name,
    struct who *w)
{
	struct accounts in;
	gid_t gid;
	size_t i;
	int rc;

	memset(&in, 0, sizeof(in));
	if ((rc = conf_ops->group(name, &gid, &in)) != 0) {
		cx->bad_who = 1;
		cx_err(cx, p, rc == 1 ? "unknown group \"%s\"" :
		    "cannot look up group \"%s\"", name);
		return (-1);
	}
	w->gids = xrecallocarray(w->gids, w->ngids, w->ngids + 1,
	    sizeof(*w->gids));
	w->gids[w->ngids++] = gid;
	for (i = 0; i < in.n; i++)
		accounts_add(&w->members, in.uids[i], in.names.v[i]);
	accounts_free(&in);
	return (0);
}

static int
who_user(struct cx *cx, const struct value *p, const char *name,
    struct who *w)
{
	uid_t uid;
	gid_t gid;
	int rc;

	if ((rc = conf_ops->user(name, &uid, &gid)) != 0) {
		cx->bad_who = 1;
		cx_err(cx, p, rc == 1 ? "unknown user \"%s\"" :
		    "cannot look up user \"%s\"", name);
		return (-1);
	}
	if (who_is_role(name, uid)) {
		cx->bad_who = 1;
		cx_err(cx, p, "\"%s\" is an account of clawbot itself", name);
		return (-1);
	}
	add_uid(&w->uids, &w->nuids, uid);
	accounts_add(&w->members, uid, name);
	return (0);
}

static int
who_entry(struct cx *cx, const struct value *p, const char *s, struct who *w)
{
	if (strncmp(s, "group:", 6) == 0)
		return (who_group(cx, p, s + 6, w));
	return (who_user(cx, p, s, w));
}

static void
who_members(struct who *w)
{
	size_t i;

	w->not_root = 0;
	for (i = 0; i < w->members.n; i++)
		if (w->members.uids[i] != 0)
			w->not_root = 1;
}

static void
who_clear(struct who *w)
{
	strv_free(&w->text);
	free(w->uids);
	free(w->gids);
	accounts_free(&w->members);
	memset(w, 0, sizeof(*w));
}

/* Entries of the list stand where those of text do, or later. */
static int
who_read(struct cx *cx, const struct value *v, struct who *w, size_t max)
{
	const char *s;
	size_t i, e = 0;
	int rc;

	who_clear(w);
	rc = get_texts(cx, v, max, &w->text);
	/* some that were refused may stand in between */
	for (i = 0; i < w->text.n; i++, e++) {
		while (e < v->nkids && ((s = json_string_value(
		    v->kids[e]->json)) == NULL || strcmp(s, w->text.v[i]) !=
		    0))
			e++;
		if (e == v->nkids)
			break;
		if (who_entry(cx, v->kids[e], w->text.v[i], w) == -1)
			rc = -1;
	}
	who_members(w);
	return (rc);
}

static int
who_get(struct cx *cx, const struct value *v, const struct key *k, void *of)
{
	int rc = who_read(cx, v, key_at(k, of), k->max);

	if (json_is_array(v->json) && v->nkids < k->min) {
		cx_err(cx, v, "names nobody");
		return (-1);
	}
	return (rc);
}

int
who_default(struct cx *cx, const struct value *p, const char *text,
    struct who *w)
{
	int rc;

	who_clear(w);
	strv_add(&w->text, text);
	rc = who_entry(cx, p, text, w);
	who_members(w);
	return (rc);
}

static void
who_absent(struct cx *cx, const struct value *in, const struct key *k,
    void *of)
{
	if (k->more != NULL && !cx->bad_who)
		(void)who_default(cx, in, k->more, key_at(k, of));
}

static json_t *
who_show(const struct key *k, const void *of)
{
	return (show_texts(&((struct who *)key_at(k, of))->text));
}

static void
who_free(const struct key *k, void *of)
{
	who_clear(key_at(k, of));
}

const struct key_kind kind_WHO = { .name = "accounts", .get = who_get,
    .show = who_show, .free = who_free, .absent = who_absent };

int
who_has(const struct who *w, uid_t uid, const gid_t *groups, size_t ngroups)
{
	size_t i, j;

	for (i = 0; i < w->nuids; i++)
		if (w->uids[i] == uid)
			return (1);
	for (i = 0; i < w->ngids; i++)
		for (j = 0; j < ngroups; j++)
			if (w->gids[i] == groups[j])
				return (1);
	return (0);
}

int
who_covers(const struct who *w, uid_t uid)
{
	size_t i;

	for (i = 0; i < w->members.n; i++)
		if (w->members.uids[i] == uid)
			return (1);
	return (0);
}

const char *
who_name(const struct who *w, uid_t uid)
{
	size_t i;

	for (i = 0; i < w->members.n; i++)
		if (i < w->members.names.n && w->members.uids[i] == uid)
			return (w->members.names.v[i]);
	return (NULL);
}

const char *
conf_account(const struct conf *c, uid_t uid)
{
	const char *name = who_name(&c->approvers, uid);
	size_t i;

	for (i = 0; i < c->nchannels && name == NULL; i++)
		name = who_name(&c->channels[i].users, uid);
	/* whatever the file says, and whoever else has that number */
	return (uid == 0 ? "root" : name);
}

static int
account_set(struct cx *cx, const struct value *p, const char *name,
    struct conf_skill *sk)
{
	uid_t uid;
	gid_t gid;
	int rc;

	free(sk->account);
	sk->account = xstrdup(name);
	if (strcmp(name, "caller") == 0) {
		sk->run_as_caller = 1;
		return (0);
	}
	sk->run_as_caller = 0;
	if ((rc = conf_ops->user(name, &uid, &gid)) != 0)
		cx_err(cx, p, rc == 1 ? "unknown user \"%s\" to run as" :
		    "cannot look up user \"%s\"", name);
	else if (uid == 0)
		cx_err(cx, p, "runs may not act as root");
	else if (who_is_role(name, uid))
		cx_err(cx, p, "\"%s\" is an account of clawbot itself", name);
	else if (gid == 0 || is_role_group(gid))
		cx_err(cx, p, "the group of \"%s\" is root's or clawbot's "
		    "own", name);
	else {
		sk->uid = uid;
		sk->gid = gid;
		return (0);
	}
	return (-1);
}

static int
account_get(struct cx *cx, const struct value *v, const struct key *k,
    void *of)
{
	const char *s = get_text(cx, v);

	(void)k;
	return (s == NULL ? -1 : account_set(cx, v, s, of));
}

static void
account_absent(struct cx *cx, const struct value *in, const struct key *k,
    void *of)
{
	(void)account_set(cx, in, k->more, of);
}

static json_t *
account_show(const struct key *k, const void *of)
{
	return (json_string(*(char **)key_at(k, of)));
}

static void
account_init(const struct key *k, void *of)
{
	struct conf_skill *sk = of;

	(void)k;
	sk->uid = (uid_t)-1;
	sk->gid = (gid_t)-1;
}

static void
account_free(const struct key *k, void *of)
{
	free(*(char **)key_at(k, of));
}

const struct key_kind kind_ACCOUNT = { .name = "account", .get = account_get,
    .show = account_show, .init = account_init, .free = account_free,
    .absent = account_absent };
