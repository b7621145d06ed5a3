/* SPDX-License-Identifier: ISC */
/*
 * The vault's messages: decoded here, once, and checked again even though
 * the supervisor should have.  A message that does not decode ends the
 * process.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/field.h"
#include "common/log.h"
#include "common/payload.h"
#include "common/rolemain.h"
#include "vault/guard.h"
#include "vault/prove.h"
#include "vault/vault.h"

#define CONFIG_MS	60000

/* A frame that no supervisor of ours sends. */
static void __attribute__((__noreturn__))
breach(unsigned type)
{
	guard_wipe();
	fatalx(EXIT_ROLE_PROTO(ROLE_SUPERVISOR), "from the supervisor: "
	    "malformed %s", msg_name(type));
}

static void
get(const struct ipc_msg *m, const struct shape *s, void *v)
{
	if (payload_get(m, s, v) == -1)
		breach(m->type);
}

static void
get_config(struct vault *v, struct ipc_msg *m, struct vconfig *c)
{
	struct msg_vconf in;
	size_t i;

	get(m, &msg_vconf_shape, &in);
	if (in.n != m->nfds)
		breach(MSG_V_CONFIG);
	c->nways = in.n;
	for (i = 0; i < in.n; i++) {
		c->ways[i].kind = in.ways[i].kind;
		c->ways[i].label = in.ways[i].label;
		c->ways[i].fd = ipc_take_fd(m, (unsigned)i);
		in.ways[i].label = NULL;
	}
	memcpy(v->k->ticket, in.ticket_key, sizeof(v->k->ticket));
	memcpy(v->k->print, in.print_key, sizeof(v->k->print));
	c->cipher = in.cipher;
	c->lock_after = in.lock_after;
	c->version = in.version;
	memcpy(c->digest, in.digest, sizeof(c->digest));
	c->why = in.why;
	in.why = NULL;
	shape_free(&msg_vconf_shape, &in);
	/* The keys came through an ordinary buffer, which is done. */
	sodium_memzero((void *)(uintptr_t)m->data, m->len);
}

/* Before the first request. */
static void
say_prints(struct vault *v)
{
	if (v->locked != NULL || store_count(v->st) == 0)
		return;
	vault_prints(v);
	vault_versions(v);
}

static void
say_ready(struct vault *v)
{
	struct buf b;

	buf_init(&b, MSG_FRAME_PAYLOAD);
	lock_put(v, &b);
	(void)ipc_send(v->ipc, MSG_READY, 0, b.data, b.len, NULL, 0);
	buf_free(&b);
	ipc_set_state(v->ipc, MS_UP);
}

void
vault_boot(struct vault *v, struct rolemain *rm, const struct priv *p)
{
	struct vconfig c;
	struct ipc_msg m;
	char err[MSG_TEXT_MAX];
	size_t i;
	int r;

	memset(&m, 0, sizeof(m));
	r = ipc_wait(rm->ipc, &m, CONFIG_MS);
	if (r == 0)
		fatalx(EXIT_ROLE_PROTO(ROLE_SUPERVISOR), "no configuration "
		    "came");
	if (r < 0)
		rolemain_end(rm->ipc, r);
	if (m.type == MSG_SHUTDOWN)
		_exit(0);
	if (m.type != MSG_V_CONFIG)
		breach(m.type);
	get_config(v, &m, &c);
	ipc_msg_done(&m);
	v->layers = p->active;
	r = vault_open(v, &c, err, sizeof(err));
	for (i = 0; i < c.nways; i++) {
		(void)close(c.ways[i].fd);
		free(c.ways[i].label);
	}
	free(c.why);
	if (r == -1) {
		guard_wipe();
		rolemain_fail(rm, EXIT_CONFIG, "vault: %s", err);
	}
	say_prints(v);
	say_ready(v);
	due_arm(v);
}

static void
on_name(struct vault *v, struct ipc_msg *m)
{
	struct msg_secret_name n;

	get(m, &msg_secret_name_shape, &n);
	if (m->type == MSG_V_SET)
		change_set(v, m->id, n.name, ipc_take_fd(m, 0));
	else if (m->type == MSG_V_RM)
		change_rm(v, m->id, n.name);
	else if (m->type == MSG_V_EXPIRE)
		change_expire(v, m->id, n.name);
	else
		vault_history(v, m->id, n.name);
	free(n.name);
}

static void
on_rotate(struct vault *v, struct ipc_msg *m)
{
	struct msg_rotate r;

	get(m, &msg_rotate_shape, &r);
	if (m->type == MSG_V_ROTATE)
		change_rotate(v, m->id, &r, ipc_take_fd(m, 0));
	else
		change_may_rotate(v, m->id, &r);
	shape_free(&msg_rotate_shape, &r);
}

static void
on_release(struct vault *v, struct ipc_msg *m)
{
	struct msg_release n;

	get(m, &msg_release_shape, &n);
	release_secret(v, m->id, &n, ipc_take_fd(m, 0));
	free(n.name);
}

static void
on_commit(struct vault *v, struct ipc_msg *m)
{
	struct msg_ticket t;

	get(m, &msg_ticket_shape, &t);
	if (!reveal_commit(v, m->id, t.ticket) &&
	    !export_commit(v, m->id, t.ticket))
		change_commit(v, m->id, t.ticket);
}

static void
on_reveal(struct vault *v, struct ipc_msg *m)
{
	struct msg_secret_name n;
	int keyfd, outfd;

	get(m, &msg_secret_name_shape, &n);
	keyfd = ipc_take_fd(m, 0);
	outfd = ipc_take_fd(m, 1);
	reveal(v, m->id, n.name, keyfd, outfd);
	free(n.name);
}

/* To another machine, and from one. */
static void
on_bundle(struct vault *v, struct ipc_msg *m)
{
	struct msg_export e;
	struct msg_bring b;
	int keyfd, fd;

	if (m->type == MSG_V_EXPORT)
		get(m, &msg_export_shape, &e);
	else
		get(m, &msg_bring_shape, &b);
	keyfd = ipc_take_fd(m, 0);
	fd = ipc_take_fd(m, 1);
	if (m->type == MSG_V_EXPORT)
		export(v, m->id, e.phrase, keyfd, fd);
	else
		bring(v, m->id, &b, keyfd, fd);
}

static void
on_slots(struct vault *v, struct ipc_msg *m)
{
	struct msg_slot_add a;
	struct msg_slot s;
	struct msg_rekey r;

	switch (m->type) {
	case MSG_V_SLOTS:
		slots_list(v, m->id);
		break;
	case MSG_V_SLOT_ADD:
		get(m, &msg_slot_add_shape, &a);
		slots_add(v, m->id, a.type, a.label, ipc_take_fd(m, 0));
		free(a.label);
		break;
	case MSG_V_SLOT_RM:
		get(m, &msg_slot_shape, &s);
		slots_rm(v, m->id, &s);
		break;
	case MSG_V_REKEY:
		get(m, &msg_rekey_shape, &r);
		slots_rekey(v, m->id, &r, ipc_take_fd(m, 0));
		break;
	}
}

static void
stop(struct vault *v)
{
	identify_end(v, NULL);
	change_stop(v);
	due_stop(v);
	guard_wipe();
	ipc_set_state(v->ipc, MS_STOP);
	(void)ipc_send(v->ipc, MSG_STOPPED, 0, NULL, 0, NULL, 0);
	(void)ipc_drain(v->ipc, ROLE_DRAIN_MS);
	_exit(0);
}

void
vault_on_msg(struct ipc *ipc, struct ipc_msg *m, void *arg)
{
	struct vault *v = arg;

	if (ipc_pong(ipc, m))
		return;
	switch (m->type) {
	case MSG_V_RELEASE:
		on_release(v, m);
		break;
	case MSG_V_LIST:
		vault_list(v, m->id);
		break;
	case MSG_V_SET:
	case MSG_V_RM:
	case MSG_V_EXPIRE:
	case MSG_V_HISTORY:
		on_name(v, m);
		break;
	case MSG_V_IDENTIFY:
		vault_identify(v, m->id, ipc_take_fd(m, 0));
		break;
	case MSG_V_RECOVER:
		change_recover(v, m->id);
		break;
	case MSG_V_EXPORT:
	case MSG_V_BRING:
		on_bundle(v, m);
		break;
	case MSG_V_IMPORT:
		change_import(v, m->id, ipc_take_fd(m, 0));
		break;
	case MSG_V_ROTATE:
	case MSG_V_MAY_ROTATE:
		on_rotate(v, m);
		break;
	case MSG_V_COMMIT:
		on_commit(v, m);
		break;
	case MSG_V_ABORT:
		if (!prove_abort(v, m->id))
			change_abort(v, m->id);
		break;
	case MSG_V_UNLOCK:
		lock_open(v, m->id, ipc_take_fd(m, 0));
		break;
	case MSG_V_LOCK:
		lock_shut(v, m->id);
		break;
	case MSG_V_SLOTS:
	case MSG_V_SLOT_ADD:
	case MSG_V_SLOT_RM:
	case MSG_V_REKEY:
		on_slots(v, m);
		break;
	case MSG_V_REVEAL:
		on_reveal(v, m);
		break;
	case MSG_SHUTDOWN:
		stop(v);
		break;
	default:
		breach(m->type);
	}
}

void
vault_on_end(struct ipc *ipc, int how, void *arg)
{
	(void)arg;
	guard_wipe();
	rolemain_end(ipc, how);
}
