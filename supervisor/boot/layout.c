/* SPDX-License-Identifier: ISC */
/* What is to be where, and whose; see layout.h. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/field.h"
#include "common/msg.h"
#include "common/outfile.h"
#include "common/role.h"
#include "supervisor/boot/accounts.h"
#include "supervisor/boot/bootconf.h"
#include "supervisor/boot/dirs.h"
#include "supervisor/boot/layout.h"
#include "supervisor/boot/look.h"
#include "supervisor/conf/trial.h"

struct layout_walker {
	layout_each	*each;
	void		*arg;
};

static int
tell(const struct layout_walker *w, const char *what, enum layout_kind kind,
    const char *path, uid_t uid, gid_t gid, mode_t mode)
{
	const struct layout_place p = { what, kind, path, uid, gid, mode };

	return (w->each(w->arg, &p));
}

/* A role's own, with what it keeps in there. */
static int
tell_role(const struct layout_walker *w, const struct conf *c,
    const struct proc *p)
{
	const char *root = bootconf_root(c, p->row->root), *what;
	const int is_log = p->row->root == ROOT_LOG;
	char path[PLAN_MAXPATH];
	int r;

	if (root == NULL || p->uid == 0)
		return (0);
	what = is_log ? "log" : "vault";
	if ((r = tell(w, what, LAYOUT_DIR, root, p->uid, p->gid, 0700)) != 0)
		return (r);
	if ((r = tell(w, what, LAYOUT_CONTENTS, root, p->uid, p->gid,
	    is_log ? 0640 : 0600)) != 0 ||
	    !is_log || c->output == KEEP_DIGEST)
		return (r);
	(void)snprintf(path, sizeof(path), "%s/" OUTFILE_DIR, root);
	return (tell(w, "output", LAYOUT_DIR, path, p->uid, p->gid, 0700));
}

static int
tell_home(void *arg, const char *path, uid_t uid, gid_t gid, mode_t mode)
{
	return (tell(arg, "home", LAYOUT_DIR, path, uid, gid, mode));
}

int
layout_walk(const struct conf *c, const struct proc *procs,
    layout_each *each, void *arg, char *err, size_t errlen)
{
	struct layout_walker w = { each, arg };
	const struct proc *p;
	char path[4096];
	int r;

	(void)snprintf(path, sizeof(path), "%s/channels", c->socket_dir);
	if ((r = tell(&w, "sockets", LAYOUT_DIR, c->socket_dir, 0, 0,
	    0755)) != 0 ||
	    (r = tell(&w, "channels", LAYOUT_DIR, path, 0, 0, 0755)) != 0)
		return (r);
	for (p = procs; p < procs + NPROCS; p++)
		if ((r = tell_role(&w, c, p)) != 0)
			return (r);
	if ((r = tell(&w, "empty", LAYOUT_DIR, dirs_empty(), 0, 0,
	    0755)) != 0)
		return (r);
	if (c->keyfile != NULL &&
	    (r = tell(&w, "key", LAYOUT_FILE, c->keyfile, 0, 0, 0600)) != 0)
		return (r);
	return (bootconf_homes(c, tell_home, &w, err, errlen));
}

static int
put_place(void *arg, const struct layout_place *p)
{
	static const char *const kinds[] = {
		[LAYOUT_DIR] = "directory", [LAYOUT_FILE] = "file",
		[LAYOUT_CONTENTS] = "contents",
	};
	struct buf row;

	buf_init(&row, MSG_ROW_MAX);
	field_str(&row, "what", p->what);
	field_str(&row, "kind", kinds[p->kind]);
	field_str(&row, "path", p->path);
	field_u64(&row, "uid", p->uid);
	field_u64(&row, "gid", p->gid);
	field_u64(&row, "mode", p->mode);
	draft_put(arg, &row);
	return (0);
}

static void
put_wrong(void *arg, const char *text)
{
	struct buf row;

	buf_init(&row, MSG_ROW_MAX);
	field_str(&row, "wrong", text);
	draft_put(arg, &row);
}

/* May that stand in a command as it is? */
static int
is_plain(const char *path)
{
	return (path[strspn(path, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+@:,")] == '\0');
}

/* One of a skill.  What is to be read may be a file, and is others' to make. */
static void
look_grant(const struct conf_skill *sk, const char *path, int is_write)
{
	char err[LOOK_TEXT], no[LOOK_TEXT], make[PLAN_MAXPATH + 128];
	struct stat st;
	struct buf row;

	if (dirs_look_grant(path, err, sizeof(err)) == 0 ||
	    (sk->home && strcmp(path, sk->home_path) == 0))
		return;
	buf_init(&row, MSG_ROW_MAX);
	field_str(&row, "grant", path);
	field_str(&row, "skill", sk->name);
	field_str(&row, "why", err);
	if (is_write && !sk->run_as_caller && is_plain(path) &&
	    is_plain(sk->account) && lstat(path, &st) == -1 &&
	    errno == ENOENT && dirs_look_ours(path, no, sizeof(no)) == 0) {
		(void)snprintf(make, sizeof(make), "install -d -o %.100s %s",
		    sk->account, path);
		field_str(&row, "make", make);
	}
	draft_put(stdout, &row);
}

/* Others than root cannot look into every directory. */
static void
look_grants(const struct conf *c)
{
	const struct conf_skill *sk;
	size_t i;

	for (sk = c->skills; geteuid() == 0 && sk < c->skills + c->nskills;
	    sk++) {
		for (i = 0; i < sk->read.n; i++)
			look_grant(sk, sk->read.v[i], 0);
		for (i = 0; i < sk->write.n; i++)
			look_grant(sk, sk->write.v[i], 1);
	}
}

int
layout_say(const char *path)
{
	const struct conf_ear ear = { .out = stderr };
	struct proc procs[NPROCS];
	char err[LOOK_TEXT];
	struct conf *c;
	uid_t uid;
	gid_t gid;
	int r;

	if ((c = conf_draft(path, &ear, NULL)) == NULL)
		return (EXIT_CONFIG);
	accounts_find(&uid, &gid, procs, put_wrong, stdout);
	r = layout_walk(c, procs, put_place, stdout, err, sizeof(err));
	if (r == -1)
		put_wrong(stdout, err);
	look_grants(c);
	conf_free(c);
	return (fflush(stdout) != 0 || ferror(stdout) ? EXIT_IO : 0);
}
