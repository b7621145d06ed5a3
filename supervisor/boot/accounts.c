/* SPDX-License-Identifier: ISC */
/* The accounts of clawbot's own processes; see accounts.h. */
#include "config.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "supervisor/boot/accounts.h"

#define ACCOUNTS_TEXT	512

/* 0, or -1: it was told what is wrong. */
static int
find(const char *name, uid_t *uid, gid_t *gid, accounts_wrong *wrong,
    void *arg)
{
	char text[ACCOUNTS_TEXT];
	struct passwd *pw;

	errno = 0;
	if ((pw = getpwnam(name)) == NULL)
		(void)snprintf(text, sizeof(text), "account %s does not "
		    "exist: useradd --system --shell /usr/sbin/nologin %s",
		    name, name);
	else if (pw->pw_uid == 0 || pw->pw_gid == 0)
		(void)snprintf(text, sizeof(text), "account %s is root's",
		    name);
	else {
		*uid = pw->pw_uid;
		*gid = pw->pw_gid;
		return (0);
	}
	wrong(arg, text);
	return (-1);
}

static int
is_shared(uid_t uid, const struct proc *p)
{
	size_t i, k;

	for (i = 0; i < NPROCS; i++) {
		if (p[i].uid == uid)
			return (1);
		for (k = 0; k < i; k++)
			if (p[i].uid == p[k].uid)
				return (1);
	}
	return (0);
}

void
accounts_find_lone(struct proc *p, uid_t uid,
    const struct proc procs[NPROCS], const struct proc *beside,
    accounts_wrong *wrong, void *arg)
{
	char text[ACCOUNTS_TEXT];
	size_t i;
	int shared;

	if (find(p->row->account, &p->uid, &p->gid, wrong, arg) == -1)
		return;
	shared = p->uid == uid || (beside != NULL && p->uid == beside->uid);
	for (i = 0; i < NPROCS; i++)
		shared |= p->uid == procs[i].uid;
	if (!shared)
		return;
	(void)snprintf(text, sizeof(text), "account %s is that of another "
	    "process of clawbot", p->row->account);
	wrong(arg, text);
}

void
accounts_find(uid_t *uid, gid_t *gid, struct proc procs[NPROCS],
    accounts_wrong *wrong, void *arg)
{
	char text[ACCOUNTS_TEXT] = "two of the accounts " SUPERVISOR_ACCOUNT;
	struct proc *p;
	size_t len;
	int bad;

	procs_init(procs);
	bad = find(SUPERVISOR_ACCOUNT, uid, gid, wrong, arg);
	for (p = procs; p < procs + NPROCS; p++) {
		bad |= find(p->row->account, &p->uid, &p->gid, wrong, arg);
		len = strlen(text);
		(void)snprintf(text + len, sizeof(text) - len, ", %s",
		    p->row->account);
	}
	if (bad || !is_shared(*uid, procs))
		return;
	len = strlen(text);
	(void)snprintf(text + len, sizeof(text) - len, " are one");
	wrong(arg, text);
}
