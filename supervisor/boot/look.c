/* SPDX-License-Identifier: ISC */
/* What would keep the daemon from starting; see look.h. */
#include "config.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/keyfile.h"
#include "supervisor/boot/accounts.h"
#include "supervisor/boot/bootconf.h"
#include "supervisor/boot/dirs.h"
#include "supervisor/boot/forwardat.h"
#include "supervisor/boot/look.h"
#include "supervisor/boot/maskkey.h"
#include "supervisor/boot/proc.h"


struct look {
	const struct conf	*c;
	struct conf_told	*told;
	int			 bad_accounts;
};

static const struct conf_place whole = { { NULL }, -1, NULL };
static const struct conf_place socket_dir = { { "socketDirectory" }, -1,
    NULL };
static const struct conf_place log_dir = { { "logging", "directory" }, -1,
    NULL };
static const struct conf_place vault_dir = { { "vault", "directory" }, -1,
    NULL };
static const struct conf_place home_dir = { { "homeDirectory" }, -1, NULL };
static const struct conf_place unlock = { { "vault", "unlock" }, -1, NULL };
static const struct conf_place forward = { { "logging", "forward" }, -1,
    NULL };
static const struct conf_place notify = { { "approvals", "notify" }, -1,
    NULL };

static void
on_account(void *arg, const char *text)
{
	struct look *l = arg;

	l->bad_accounts = 1;
	conf_tell(l->told, 0, &whole, "%s", text);
}

static void
look_dir(struct look *l, const struct conf_place *at, const char *path,
    uid_t uid)
{
	char err[LOOK_TEXT];

	if (dirs_look(path, uid, err, sizeof(err)) == -1)
		conf_tell(l->told, 0, at, "%s", err);
}

static void
look_dirs(struct look *l, const struct proc *procs)
{
	static const struct conf_place *const at[] = {
		[ROOT_EMPTY] = &whole, [ROOT_LOG] = &log_dir,
		[ROOT_VAULT] = &vault_dir,
	};
	const struct proc *p;
	const char *root;
	char path[4096], err[LOOK_TEXT];
	size_t i;

	look_dir(l, &socket_dir, l->c->socket_dir, 0);
	(void)snprintf(path, sizeof(path), "%s/channels", l->c->socket_dir);
	look_dir(l, &socket_dir, path, 0);
	look_dir(l, &whole, dirs_empty(), 0);
	if (maskkey_look(err, sizeof(err)) == -1)
		conf_tell(l->told, 0, &whole, "%s", err);
	for (p = procs; p < procs + NPROCS; p++)
		if (!l->bad_accounts &&
		    (root = bootconf_root(l->c, p->row->root)) != NULL)
			look_dir(l, at[p->row->root], root, p->uid);
	for (i = 0; i < l->c->nchannels; i++) {
		(void)snprintf(path, sizeof(path), "%s/channels/%s.sock",
		    l->c->socket_dir, l->c->channels[i].name);
		if (dirs_look_socket(path, err, sizeof(err)) == -1)
			conf_tell(l->told, 0, &socket_dir, "%s", err);
	}
}

/* As the vault will; the bytes are root's to read here, and forgotten. */
static void
look_way(struct look *l, const struct proc *vault, const char *path)
{
	uint8_t key[KEYFILE_MAX + 1];
	char err[LOOK_TEXT];
	const char *why;
	ssize_t n;
	int fd;

	if ((fd = bootconf_keyfile(path, err, sizeof(err))) == -1) {
		conf_tell(l->told, 1, &unlock, "%s: it does not open the "
		    "vault", err);
		return;
	}
	why = keyfile_inode_wrong(fd, vault->uid);
	if (why == NULL) {
		n = read(fd, key, sizeof(key));
		why = n == -1 ? "it cannot be read" :
		    keyfile_bytes_wrong(key, (size_t)n);
		explicit_bzero(key, sizeof(key));
	}
	if (why != NULL)
		conf_tell(l->told, 1, &unlock, "vault key file %s: %s: it "
		    "does not open the vault", path, why);
	(void)close(fd);
}

/* A credential is there for the service alone. */
static void
look_ways(struct look *l, const struct proc *vault)
{
	char path[PLAN_MAXPATH], err[LOOK_TEXT];
	size_t i;

	for (i = 0; i < l->c->unlock.n; i++)
		if (bootconf_way(l->c->unlock.v[i], path, err,
		    sizeof(err)) > 0)
			look_way(l, vault, path);
}

static void
look_programs(struct look *l, const struct proc *procs)
{
	const struct proc *p;
	char err[LOOK_TEXT];

	for (p = procs; p < procs + NPROCS; p++)
		if (proc_look(p, err, sizeof(err)) == -1)
			conf_tell(l->told, 0, &whole, "%s", err);
}

/* Which is to be run, by whom, and what runs it. */
static void
look_notify(struct look *l, uid_t uid, const struct proc *procs,
    struct proc *p)
{
	char err[LOOK_TEXT];

	if (l->c->notify == NULL)
		return;
	proc_init(p, &notifier_row);
	accounts_find_lone(p, uid, procs, NULL, on_account, l);
	if (proc_look(p, err, sizeof(err)) == -1)
		conf_tell(l->told, 0, &whole, "%s", err);
	if (dirs_look_program(l->c->notify, err, sizeof(err)) == -1)
		conf_tell(l->told, 0, &notify, "%s", err);
}

static void
look_forward(struct look *l, uid_t uid, const struct proc *procs,
    const struct proc *notifier)
{
	char err[LOOK_TEXT], to[FORWARDTO_MAX];
	struct proc p;

	if (l->c->forward == NULL)
		return;
	proc_init(&p, &forwarder_row);
	accounts_find_lone(&p, uid, procs, l->c->notify != NULL ? notifier :
	    NULL, on_account, l);
	if (proc_look(&p, err, sizeof(err)) == -1)
		conf_tell(l->told, 0, &whole, "%s", err);
	if (forwardat_resolve(l->c->forward, to, err, sizeof(err)) == -1)
		conf_tell(l->told, 0, &forward, "%s", err);
}

static void
look_ids(struct look *l)
{
	static const struct conf_place skills = { { "skills" }, -1, NULL };
	struct runids ids;
	char err[LOOK_TEXT];

	if (bootconf_ids(&ids, l->c, err, sizeof(err)) == -1)
		conf_tell(l->told, 0, &skills, "%s", err);
	bootconf_free(&ids);
}

static int
look_home(void *arg, const char *path, uid_t uid, gid_t gid, mode_t mode)
{
	(void)gid;
	(void)mode;
	look_dir(arg, &home_dir, path, uid);
	return (0);
}

/* What is wrong with accounts was told. */
static void
look_homes(struct look *l)
{
	char err[LOOK_TEXT];

	(void)bootconf_homes(l->c, look_home, l, err, sizeof(err));
}

/* Links are not followed there: the skill would not be used at all. */
static void
look_grants(struct look *l, const struct conf_skill *sk, const char *key,
    const struct strv *paths)
{
	struct conf_place at = { { "skills", sk->name, key }, 0, NULL };
	char err[LOOK_TEXT];
	size_t i;

	for (i = 0; i < paths->n; i++) {
		at.entry = (int)i;
		/* which a start makes */
		if (sk->home && strcmp(paths->v[i], sk->home_path) == 0)
			continue;
		if (dirs_look_grant(paths->v[i], err, sizeof(err)) == -1)
			conf_tell(l->told, 1, &at, "%s: runs of this "
			    "skill are refused until it is there at a start",
			    err);
	}
}

/* By another name, or where it is not looked for. */
static int
is_ruler(const struct stat *st)
{
	const char *path;
	struct stat known;
	size_t i;

	for (i = 0; (path = conf_ruler_at(i)) != NULL; i++)
		if (stat(path, &known) == 0 && S_ISSOCK(known.st_mode) &&
		    known.st_dev == st->st_dev && known.st_ino == st->st_ino)
			return (1);
	return (0);
}

/* What is there now is what runs reach, until the daemon starts anew. */
static void
look_sockets(struct look *l, const struct conf_skill *sk)
{
	struct conf_place at = { { "skills", sk->name, "sockets" }, 0, NULL };
	char err[LOOK_TEXT];
	struct stat st;
	size_t i;

	for (i = 0; i < sk->sockets.n; i++) {
		at.entry = (int)i;
		if (dirs_look_granted_socket(sk->sockets.v[i], &st, err,
		    sizeof(err)) == -1)
			conf_tell(l->told, 1, &at, "%s: runs of this skill "
			    "are refused until it is there at a start", err);
		else if (is_ruler(&st))
			conf_tell(l->told, 0, &at, "%s is a socket that "
			    "whoever connects to is root by, under another "
			    "name", sk->sockets.v[i]);
		else if (st.st_uid == 0)
			conf_tell(l->told, 1, &at, "%s belongs to root: what "
			    "listens there has to know that runs of this "
			    "skill ask it", sk->sockets.v[i]);
	}
}

void
look_host(const struct conf *c, struct conf_told *told)
{
	struct look l = { c, told, 0 };
	struct proc procs[NPROCS], notifier;
	uid_t uid = 0;
	gid_t gid = 0;
	size_t i;

	if (geteuid() != 0) {
		conf_tell(told, 1, &whole, "only root can look at "
		    "accounts, directories and keys: not done");
		return;
	}
	accounts_find(&uid, &gid, procs, on_account, &l);
	look_dirs(&l, procs);
	look_ways(&l, &procs[PROC_VAULT]);
	look_programs(&l, procs);
	look_notify(&l, uid, procs, &notifier);
	look_forward(&l, uid, procs, &notifier);
	look_ids(&l);
	look_homes(&l);
	for (i = 0; i < c->nskills; i++) {
		look_grants(&l, &c->skills[i], "read", &c->skills[i].read);
		look_grants(&l, &c->skills[i], "write", &c->skills[i].write);
		look_sockets(&l, &c->skills[i]);
	}
}
