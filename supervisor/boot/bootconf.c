/* SPDX-License-Identifier: ISC */
/* From conf.h to xconf.h, and what else bring-up takes from conf.h. */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/keyfile.h"
#include "common/policy/policy.h"
#include "supervisor/boot/bootconf.h"
#include "supervisor/conf/judge.h"

static int
too_many(char *err, size_t errlen)
{
	(void)snprintf(err, errlen, "runs may act as at most %d accounts; "
	    "runAs \"caller\" counts every account that may ask for the "
	    "skill on a channel", XCONF_MAXIDS);
	return (-1);
}

static void
add_number(unsigned **v, size_t *n, unsigned id)
{
	size_t i;

	for (i = 0; i < *n; i++)
		if ((*v)[i] == id)
			return;
	*v = xrecallocarray(*v, *n, *n + 1, sizeof(**v));
	(*v)[(*n)++] = id;
}

static int
has_account(const struct runids *r, uid_t uid)
{
	size_t i;

	for (i = 0; i < r->nids; i++)
		if (r->ids[i].uid == uid)
			return (1);
	return (0);
}

/*
 * Root and clawbot's own accounts are in no map, whatever list they are in:
 * what they ask for as callers is refused, since there is no account for it.
 */
static int
add_account(struct runids *r, const struct passwd *pw, char *err,
    size_t errlen)
{
	struct xid x;

	if (pw == NULL || pw->pw_uid == 0 || pw->pw_gid == 0 ||
	    has_account(r, pw->pw_uid))
		return (0);
	/* the next look-up may write over *pw */
	x.uid = pw->pw_uid;
	x.gid = pw->pw_gid;
	x.name = xstrdup(pw->pw_name);
	x.home = xstrdup(pw->pw_dir);
	if (r->nids == XCONF_MAXIDS || who_is_own(x.uid, x.gid)) {
		free(x.name);
		free(x.home);
		return (r->nids == XCONF_MAXIDS ? too_many(err, errlen) : 0);
	}
	r->ids = xrecallocarray(r->ids, r->nids, r->nids + 1,
	    sizeof(*r->ids));
	r->ids[r->nids++] = x;
	add_number(&r->uids, &r->nuids, x.uid);
	add_number(&r->gids, &r->ngids, x.gid);
	return (0);
}

/* Members by the group file, and accounts whose own group it is. */
static int
add_group(struct runids *r, gid_t gid, char *err, size_t errlen)
{
	struct group *gr;
	struct passwd *pw;
	struct strv names = { NULL, 0 };
	size_t i;
	int ret = 0;

	if ((gr = getgrgid(gid)) != NULL)
		for (i = 0; gr->gr_mem[i] != NULL; i++)
			strv_add(&names, gr->gr_mem[i]);
	for (i = 0; i < names.n && ret == 0; i++)
		ret = add_account(r, getpwnam(names.v[i]), err, errlen);
	strv_free(&names);
	setpwent();
	while (ret == 0 && (pw = getpwent()) != NULL)
		if (pw->pw_gid == gid)
			ret = add_account(r, pw, err, errlen);
	endpwent();
	return (ret);
}

/* Whoever may ask for this skill somewhere. */
static int
add_callers(struct runids *r, const struct conf *c,
    const struct conf_skill *sk, char *err, size_t errlen)
{
	const struct conf_channel *ch;
	size_t i, k;

	for (i = 0; i < c->nchannels; i++) {
		ch = &c->channels[i];
		if (ch->access != ACCESS_EXECUTE ||
		    !conf_channel_has_skill(ch, sk->name))
			continue;
		for (k = 0; k < ch->users.nuids; k++)
			if (add_account(r, getpwuid(ch->users.uids[k]), err,
			    errlen) == -1)
				return (-1);
		for (k = 0; k < ch->users.ngids; k++)
			if (add_group(r, ch->users.gids[k], err,
			    errlen) == -1)
				return (-1);
	}
	return (0);
}

static int
add_skill(struct runids *r, const struct conf *c, const struct conf_skill *sk,
    char *err, size_t errlen)
{
	if (sk->run_as_caller)
		return (add_callers(r, c, sk, err, errlen));
	return (add_account(r, getpwuid(sk->uid), err, errlen));
}

int
bootconf_ids(struct runids *r, const struct conf *c, char *err,
    size_t errlen)
{
	size_t i;

	memset(r, 0, sizeof(*r));
	for (i = 0; i < c->nskills; i++)
		if (add_skill(r, c, &c->skills[i], err, errlen) == -1)
			return (-1);
	return (0);
}

/* Of one skill, whose accounts find each other's closed. */
static int
homes_of(const struct conf *c, const struct conf_skill *sk,
    bootconf_each *each, void *arg, char *err, size_t errlen)
{
	char path[PLAN_MAXPATH];
	struct runids r;
	size_t i;
	int ret;

	memset(&r, 0, sizeof(r));
	if ((ret = add_skill(&r, c, sk, err, errlen)) == 0)
		ret = each(arg, sk->home_path, 0, 0, 0711);
	for (i = 0; ret == 0 && i < r.nids; i++) {
		(void)snprintf(path, sizeof(path), "%s/%u", sk->home_path,
		    r.ids[i].uid);
		ret = each(arg, path, r.ids[i].uid, r.ids[i].gid, 0700);
	}
	bootconf_free(&r);
	return (ret);
}

int
bootconf_homes(const struct conf *c, bootconf_each *each, void *arg,
    char *err, size_t errlen)
{
	const struct conf_skill *sk;
	int ret = 0, any = 0;
	size_t i;

	for (i = 0; ret == 0 && i < c->nskills; i++) {
		sk = &c->skills[i];
		if (!sk->home)
			continue;
		if (!any++)
			ret = each(arg, c->home_dir, 0, 0, 0711);
		if (ret == 0)
			ret = homes_of(c, sk, each, arg, err, errlen);
	}
	return (ret);
}

void
bootconf_free(struct runids *r)
{
	size_t i;

	for (i = 0; i < r->nids; i++) {
		free(r->ids[i].name);
		free(r->ids[i].home);
	}
	free(r->ids);
	free(r->uids);
	free(r->gids);
	memset(r, 0, sizeof(*r));
}

/* What is told of each: a list that is to be freed, of what is not. */
static void
texts_of(struct strv *to, const struct patterns *ps)
{
	size_t i;

	to->v = xcalloc(3 * ps->n + 1, sizeof(*to->v));
	for (i = 0; i < ps->n; i++) {
		to->v[to->n++] = (char *)(uintptr_t)pattern_text(ps->p[i]);
		to->v[to->n++] = (char *)(uintptr_t)pattern_where(ps->p[i]);
		to->v[to->n++] = (char *)(uintptr_t)pattern_set(ps->p[i]);
	}
}

static void
wrappers_of(struct strv *to, const struct wraps *w)
{
	size_t i;

	to->v = xcalloc(2 * w->names.n + 1, sizeof(*to->v));
	for (i = 0; i < w->names.n; i++) {
		to->v[to->n++] = w->names.v[i];
		to->v[to->n++] = w->grammars.v[i];
	}
}

/* What judges the execs of its runs, if they are to be judged. */
static void
fill_rules(struct xskill *x, const struct conf *c,
    const struct conf_skill *sk)
{
	struct rules r;

	x->files = (uint8_t)sk->files;
	x->trace = (uint8_t)sk->trace;
	x->execs = (uint8_t)conf_execs(c, sk);
	if (x->execs != EXECS_JUDGE)
		return;
	conf_rules(&r, c, sk);
	x->execs_dflt = (uint8_t)sk->execs_dflt;
	x->dflt = (uint8_t)r.dflt;
	x->approval = (uint8_t)r.approval;
	x->held_s = c->approval_timeout_s;
	texts_of(&x->allow, r.allow);
	texts_of(&x->ask, r.ask);
	texts_of(&x->deny, r.deny);
	texts_of(&x->destructive, r.destructive);
	wrappers_of(&x->wrappers, r.wraps);
}

static void
free_rules(struct xskill *x)
{
	free(x->allow.v);
	free(x->ask.v);
	free(x->deny.v);
	free(x->destructive.v);
	free(x->wrappers.v);
}

/* Views into the configuration: nothing else of it is to be freed. */
static void
fill_skill(struct xskill *x, const struct conf *c,
    const struct conf_skill *sk)
{
	x->name = sk->name;
	x->terms = sk->terms;
	x->env = sk->env;
	x->run_as_caller = sk->run_as_caller != 0;
	x->uid = sk->uid;
	x->gid = sk->gid;
	x->account = sk->account;
	x->home = sk->home ? sk->home_path : (char *)(uintptr_t)"";
	x->programs = sk->programs;
	fill_rules(x, c, sk);
}

int
bootconf_accepts(const struct conf *c, enum accept_word w)
{
	return ((c->accept_missing & UINT32_C(1) << w) != 0);
}

void
bootconf_xconf(struct buf *b, const struct conf *c,
    const struct bootconf_keys *keys, uid_t uid, gid_t gid,
    const struct runids *ids)
{
	struct xconf x;
	size_t i;

	memset(&x, 0, sizeof(x));
	x.key = keys->ticket;
	x.mask_key = keys->mask;
	x.print_key = keys->print;
	x.uid = uid;
	x.gid = gid;
	if (bootconf_accepts(c, ACCEPT_LANDLOCK))
		x.accept_missing |= XCONF_ACCEPT_LANDLOCK;
	if (bootconf_accepts(c, ACCEPT_MEMLOCK))
		x.accept_missing |= XCONF_ACCEPT_MEMLOCK;
	if (c->host_network)
		x.accept_missing |= XCONF_ACCEPT_HOST_NETWORK;
	x.warm = c->warm;
	x.redact = c->redact;
	x.redact_known = c->redact_known != 0;
	x.output = (uint8_t)c->output;
	x.output_max = bootconf_output(c);
	x.ids = ids->ids;
	x.nids = ids->nids;
	x.nskills = c->nskills;
	x.skills = xcalloc(c->nskills, sizeof(*x.skills));
	for (i = 0; i < c->nskills; i++)
		fill_skill(&x.skills[i], c, &c->skills[i]);
	payload_put(b, MSG_X_CONFIG, &xconf_shape, &x);
	for (i = 0; i < c->nskills; i++)
		free_rules(&x.skills[i]);
	free(x.skills);
}

void
bootconf_skill(struct buf *b, const struct conf *c,
    const struct conf_skill *sk)
{
	struct xskill x;

	memset(&x, 0, sizeof(x));
	fill_skill(&x, c, sk);
	buf_init(b, MSG_CONFIG_MAX);
	shape_put(&xskill_shape, b, &x);
	free_rules(&x);
}

int
bootconf_way(const char *way, char path[PLAN_MAXPATH], char *err,
    size_t errlen)
{
	const char *dir;

	if (strncmp(way, "keyfile:", 8) == 0) {
		(void)snprintf(path, PLAN_MAXPATH, "%s", way + 8);
		return (UNLOCK_KEYFILE);
	}
	if (strcmp(way, "credential") != 0)
		return (0);
	dir = getenv("CREDENTIALS_DIRECTORY");
	if (dir == NULL || dir[0] != '/') {
		(void)snprintf(err, errlen, "vault.unlock \"credential\": "
		    "there is no $CREDENTIALS_DIRECTORY: the service manager "
		    "gives none");
		return (-1);
	}
	(void)snprintf(path, PLAN_MAXPATH, "%s/%s", dir, BOOTCONF_CREDENTIAL);
	return (UNLOCK_CREDENTIAL);
}

int
bootconf_keyfile(const char *path, char *err, size_t errlen)
{
	const char *why;
	int fd;

	if ((fd = keyfile_open(path, 1, 0, &why)) == -1)
		(void)snprintf(err, errlen, "vault key file %s: %s", path,
		    why);
	return (fd);
}

uint32_t
bootconf_output(const struct conf *c)
{
	return (c->output == KEEP_FULL ? c->output_mb << 20 :
	    c->excerpt_kb << 10);
}

const char *
bootconf_root(const struct conf *c, enum proc_root root)
{
	switch (root) {
	case ROOT_EMPTY:
		return (NULL);
	case ROOT_LOG:
		return (c->log_dir);
	case ROOT_VAULT:
		return (c->vault_dir);
	}
	return (NULL);
}
