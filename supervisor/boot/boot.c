/* SPDX-License-Identifier: ISC */
/*
 * Bring-up of the roles, as root: each is started, told its part of the
 * configuration, and waited for.  The ticket keys exist here between their
 * making and the moment the roles have them.
 */
#include "config.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/decimal.h"
#include "common/field.h"
#include "common/hostlack.h"
#include "common/log.h"
#include "common/msg.h"
#include "common/ticket.h"
#include "common/waitstatus.h"
#include "common/xconf.h"
#include "supervisor/boot/boot.h"
#include "supervisor/boot/bootcg.h"
#include "supervisor/boot/bootconf.h"
#include "supervisor/boot/dirs.h"
#include "supervisor/boot/fixparts.h"
#include "supervisor/boot/forwardat.h"
#include "supervisor/boot/maskkey.h"
#include "supervisor/boot/proc.h"
#include "supervisor/daemon.h"
#include "supervisor/notify.h"
#include "supervisor/roleget.h"
#include "supervisor/run/emergency.h"
#include "supervisor/run/logchecks.h"
#include "supervisor/run/quota.h"

#define READY_MS	90000	/* more than the executor takes for a skill */
#define LOG_MS		900000	/* the auditor reads the whole log first */
#define SLACK_MS	10000	/* our patience ends before that of who waits
				   for us */

struct boot {
	struct daemon	*d;
	struct ticket_keys	 keys;
	uint8_t		 mask_key[XCONF_MASK_KEY];
	uint8_t		 print_key[MSG_PRINT_KEY];
	struct buf	 prints;	/* of the vault, for the executor */
	struct runids	 ids;
	struct bootcg	 cg;
	int64_t		 end;		/* of the patience */
	uint32_t	 examined;	/* skills, by the executor */
	uint64_t	 fixed;		/* the last segment of all A_FIX */
	struct msg_way	 ways[MSG_WAYS_MAX];	/* for the vault */
	int		 wayfds[MSG_WAYS_MAX];
	size_t		 nways;
	char		 nokey[MSG_TEXT_MAX];	/* why not, or empty */
};

static void
wipe_keys(struct boot *b)
{
	explicit_bzero(&b->keys, sizeof(b->keys));
	explicit_bzero(b->mask_key, sizeof(b->mask_key));
	explicit_bzero(b->print_key, sizeof(b->print_key));
}

static void __attribute__((__noreturn__))
give_up(struct boot *b, int code)
{
	wipe_keys(b);
	daemon_exit(b->d, code);
}

/* Its socket is closed; what it exited with says more than that. */
static void __attribute__((__noreturn__))
boot_died(struct boot *b, struct proc *p)
{
	const struct timespec tick = { 0, 5000000 };
	char how[128] = "closed its connection";
	int i, status;

	for (i = 0; i < 200; i++) {
		if (waitpid(p->pid, &status, WNOHANG) == p->pid) {
			waitstatus_text(status, how, sizeof(how));
			p->pid = 0;
			break;
		}
		(void)nanosleep(&tick, NULL);
	}
	relay_pump(&p->log);
	log_warnx("%s %s before it was ready", role_name(p->role), how);
	give_up(b, EXIT_ROLE_DIED(p->role));
}

static void __attribute__((__noreturn__))
boot_failed(struct boot *b, struct proc *p, const struct msg_failed *v)
{
	relay_pump(&p->log);
	log_warnx("%s: %s", role_name(p->role), v->text);
	give_up(b, v->status);
}

static void __attribute__((__noreturn__))
too_late(struct boot *b, const struct proc *p)
{
	log_warnx("%s was not ready in time", role_name(p->role));
	give_up(b, EXIT_ROLE_DIED(p->role));
}

static void
send_fds(struct boot *b, struct proc *p, unsigned type, struct buf *data,
    const int *fds, unsigned nfds)
{
	if (role_send(p, type, 0, data, fds, nfds) == -1) {
		log_warnx("%s: configuration too large", role_name(p->role));
		give_up(b, EXIT_CONFIG);
	}
	/* an end of the role shows when it is read from */
	if (ipc_drain(p->ipc, READY_MS) == 1)
		too_late(b, p);
}

static void
send_to(struct boot *b, struct proc *p, unsigned type, struct buf *data,
    int fd)
{
	send_fds(b, p, type, data, &fd, fd == -1 ? 0 : 1);
}

static void
map_ids(struct boot *b, struct proc *p)
{
	char err[256];
	int status;

	if (p->role != ROLE_EXECUTOR)
		daemon_breach(b->d, p, "X_MAPME");
	bootcg_hand_over(&b->cg, p->pid, p->uid, p->gid);
	if ((status = proc_map_ids(p, b->ids.uids, b->ids.nuids, b->ids.gids,
	    b->ids.ngids, err, sizeof(err))) != 0) {
		log_warnx("%s", err);
		give_up(b, status);
	}
	send_to(b, p, MSG_X_MAPPED, NULL, -1);
}

/* From now on, and the service manager is told that it goes on. */
static void
be_patient(struct boot *b, int64_t ms, const char *what)
{
	b->end = awake_ms() + ms;
	notify_starting(ms + SLACK_MS, what);
}

/* So many skills take their time, each no more than its own. */
static void
on_examining(struct boot *b, struct proc *p, const struct msg_examining *v)
{
	char text[96];

	if (v->done <= b->examined)
		daemon_breach(b->d, p, "X_EXAMINING goes back");
	b->examined = v->done;
	(void)snprintf(text, sizeof(text), "trying the sandboxes: %u of %u "
	    "skills", v->done, v->of);
	be_patient(b, READY_MS, text);
}

/* In order over all of them, so none twice, and in the time of the start. */
static void
on_fix(struct boot *b, struct proc *p, const struct msg_fix *v)
{
	struct buf buf;

	if (v->v[0].first <= b->fixed)
		daemon_breach(b->d, p, "A_FIX goes back");
	b->fixed = v->v[v->n - 1].first;
	fixparts(bootconf_root(b->d->conf, p->row->root), p->uid, v, &buf);
	send_to(b, p, MSG_A_FIXED, &buf, -1);
}

/* Takes its fields over. */
static void
on_ready(struct proc *p, struct msg_fields *v)
{
	p->ready = v->p;
	p->readylen = v->len;
	v->p = NULL;
	v->len = 0;
	p->state = PROC_UP;
	ipc_set_state(p->ipc, MS_UP);
}

static void
boot_msg(struct boot *b, struct proc *p, const struct ipc_msg *m)
{
	struct payload in;

	role_get(b->d, p, m, &in);
	switch (m->type) {
	case MSG_READY:
		on_ready(p, payload_as(&in, &msg_fields_shape));
		break;
	case MSG_FAILED:
		boot_failed(b, p, payload_as(&in, &msg_failed_shape));
	case MSG_X_MAPME:
		map_ids(b, p);
		break;
	case MSG_V_PRINTS:
		buf_reset(&b->prints);
		buf_put(&b->prints, m->data, m->len);
		break;
	case MSG_V_VERSIONS:
		secretver_take(&b->d->versions, payload_as(&in,
		    &msg_versions_shape));
		break;
	case MSG_X_EXAMINING:
		on_examining(b, p, payload_as(&in, &msg_examining_shape));
		break;
	case MSG_A_FIX:
		on_fix(b, p, payload_as(&in, &msg_fix_shape));
		break;
	default:
		daemon_breach(b->d, p, "%s during bring-up",
		    msg_name(m->type));
	}
	payload_close(&in);
}

/* One message, so that who sends ever more holds up nobody.  1 if it was. */
static int
boot_read(struct boot *b, struct proc *p)
{
	struct ipc_msg m;
	int r;

	m.nfds = 0;
	if ((r = ipc_recv(p->ipc, &m)) == 1)
		boot_msg(b, p, &m);
	if (r == -2)
		boot_died(b, p);
	if (r == -1)
		daemon_breach(b->d, p, "%s", ipc_error(p->ipc));
	return (r == 1);
}

static struct proc *
nth(struct daemon *d, size_t i)
{
	if (i < NPROCS)
		return (&d->procs[i]);
	return (i == NPROCS ? &d->notifier : &d->forwarder);
}

/* Until all that were started are ready. */
static void
boot_wait(struct boot *b)
{
	struct proc *p, *late;
	struct pollfd pfd[2 * (NPROCS + 2)];
	int64_t left;
	nfds_t n;
	size_t i;
	int more;

	for (;;) {
		late = NULL;
		more = 0;
		for (i = n = 0; i < NPROCS + 2; i++) {
			p = nth(b->d, i);
			if (p->ipc == NULL)
				continue;
			more |= boot_read(b, p);
			relay_pump(&p->log);
			if (p->state == PROC_BOOT)
				late = p;
			pfd[n].fd = ipc_fd(p->ipc);
			pfd[n++].events = POLLIN;
			pfd[n].fd = p->log.fd;
			pfd[n++].events = POLLIN;
		}
		if (late == NULL && !more)
			return;
		if ((left = b->end - awake_ms()) <= 0 && late != NULL)
			too_late(b, late);
		(void)poll(pfd, n, more ? 0 : (int)left);
	}
}

static void
start(struct boot *b, struct proc *p)
{
	const char *root = bootconf_root(b->d->conf, p->row->root);
	struct proc_opts o;
	char err[256];
	int status;

	memset(&o, 0, sizeof(o));
	o.root = root != NULL ? root : dirs_empty();
	o.accept_no_landlock = bootconf_accepts(b->d->conf, ACCEPT_LANDLOCK);
	o.accept_no_memlock = bootconf_accepts(b->d->conf, ACCEPT_MEMLOCK);
	o.verbose = b->d->verbose;
	o.build = b->d->build;
	if ((status = proc_start(p, &o, err, sizeof(err))) != 0) {
		log_warnx("%s", err);
		give_up(b, status);
	}
}

#define OUTPUT_HEADS	65536U

static void
configure_auditor(struct boot *b, struct proc *p)
{
	const struct conf *c = b->d->conf;
	struct msg_aconf v;
	struct buf buf;

	memset(&v, 0, sizeof(v));
	v.exec_key = b->keys.exec;
	v.vault_key = b->keys.vault;
	v.segment = (uint64_t)c->segment_mb << 20;
	v.compress = c->compress != 0;
	/* with the heads of parts */
	if (c->output != KEEP_DIGEST)
		v.output_max = bootconf_output(c) + OUTPUT_HEADS;
	v.output_total = (uint64_t)c->output_total_mb << 20;
	v.keep_days = c->keep_days;
	v.check_s = c->check_hours * 3600;
	v.immutable = c->immutable != 0;
	v.text = (uint8_t *)c->text;
	v.textlen = c->textlen;
	v.path = c->path;
	payload_put(&buf, MSG_A_CONFIG, &msg_aconf_shape, &v);
	send_to(b, p, MSG_A_CONFIG, &buf, -1);
}

/* What opens the vault; where nothing does, the rest goes on. */
static void
open_ways(struct boot *b)
{
	const struct strv *unlock = &b->d->conf->unlock;
	char path[PLAN_MAXPATH];
	int fd, kind, typed = 0;
	size_t i;

	for (i = 0; i < unlock->n; i++) {
		kind = bootconf_way(unlock->v[i], path, b->nokey,
		    sizeof(b->nokey));
		fd = kind > 0 ? bootconf_keyfile(path, b->nokey,
		    sizeof(b->nokey)) : -1;
		if (kind == 0)
			typed = 1;
		else if (fd == -1)
			log_warnx("%s: it does not open the vault", b->nokey);
		else {
			b->ways[b->nways].kind = (uint8_t)kind;
			b->ways[b->nways].label = xstrdup(path);
			b->wayfds[b->nways++] = fd;
		}
	}
	if (typed && b->nokey[0] == '\0')
		(void)snprintf(b->nokey, sizeof(b->nokey), "it waits for a "
		    "passphrase; an approver opens it with clawbot secrets "
		    "unlock");
	if (b->nways == 0 && b->nokey[0] != '\0')
		log_warnx("%s: the vault stays locked", b->nokey);
}

static void
read_mask_key(struct boot *b)
{
	char err[4400];

	if (maskkey_read(b->mask_key, err, sizeof(err)) == 0)
		return;
	log_warnx("%s", err);
	give_up(b, EXIT_CONFIG);
}

static void
configure_vault(struct boot *b, struct proc *p)
{
	const struct conf *c = b->d->conf;
	const struct proc *a = &b->d->procs[PROC_AUDIT];
	static char none[1];
	struct msg_vconf v;
	struct field f;
	struct buf buf;
	size_t i;

	memset(&v, 0, sizeof(v));
	if (field_find(a->ready, a->readylen, "vault_digest", &f) == 1 &&
	    f.type == FIELD_HEX && f.len == sizeof(v.digest))
		memcpy(v.digest, f.val, sizeof(v.digest));
	v.ticket_key = b->keys.vault;
	v.print_key = b->print_key;
	v.cipher = (uint8_t)c->cipher;
	v.lock_after = c->lock_after_s;
	v.ways = b->ways;
	v.n = b->nways;
	v.version = field_get_u64(a->ready, a->readylen, "vault_version", 0);
	v.why = b->nways == 0 ? b->nokey : none;
	payload_put(&buf, MSG_V_CONFIG, &msg_vconf_shape, &v);
	send_fds(b, p, MSG_V_CONFIG, &buf, b->wayfds, (unsigned)b->nways);
	for (i = 0; i < b->nways; i++)
		free(b->ways[i].label);
}

static void
configure_executor(struct boot *b, struct proc *p)
{
	const struct bootconf_keys keys = { b->keys.exec, b->mask_key,
	    b->print_key };
	char hint[80];
	struct buf buf;
	int error, fd, status;

	bootconf_xconf(&buf, b->d->conf, &keys, p->uid, p->gid, &b->ids);
	bootcg_enter(&b->cg, p->pid);
	if ((fd = bootcg_dir(&b->cg)) == -1 && b->cg.missing[0] == '\0') {
		/* a detached mount is in a mount namespace of its own */
		error = errno;
		status = hostlack_ns(error, "mnt", hint, sizeof(hint));
		errno = error;
		log_warn("open_tree of a cgroup%s", hint);
		give_up(b, status);
	}
	send_to(b, p, MSG_X_CGROUP, NULL, fd);
	send_to(b, p, MSG_X_CONFIG, &buf, -1);
}

/* What a role is told before it takes its place. */
static void (*const configure[NPROCS])(struct boot *, struct proc *) = {
	[PROC_EXEC] = configure_executor,
	[PROC_AUDIT] = configure_auditor,
	[PROC_VAULT] = configure_vault,
};

static void
find_cgroup(struct boot *b)
{
	struct bootcg *cg = &b->cg;

	if (b->d->conf->cgroup == CGROUP_AUTO)
		bootcg_open(cg);
	else {
		cg->own = cg->base = cg->exec = -1;
		(void)snprintf(cg->missing, sizeof(cg->missing),
		    "sandbox.cgroup is off");
	}
	b->d->no_cgroup = xstrdup(cg->missing);
}

/* "12 cli": an intent of so many seconds ago, on that channel. */
static void
seed_quota(struct daemon *d)
{
	const struct proc *a = &d->procs[PROC_AUDIT];
	struct strv recent = { NULL, 0 };
	const char *end;
	uint64_t ago;
	size_t i;

	field_get_list(a->ready, a->readylen, "recent", &recent);
	for (i = 0; i < recent.n; i++) {
		end = decimal_front(recent.v[i], &ago);
		if (end != NULL && *end == ' ' && ago <= 3600)
			quota_seed(d->quota, end + 1,
			    now_ms() - (int64_t)ago * 1000);
	}
	strv_free(&recent);
}

/* The auditor first: the vault is told what it says. */
static void
boot_auditor(struct boot *b)
{
	struct proc *p = &b->d->procs[PROC_AUDIT];

	start(b, p);
	configure[PROC_AUDIT](b, p);
	be_patient(b, LOG_MS, "reading the log");
	boot_wait(b);
}

/* Last of all: nobody waits for it, and it is told nothing of others. */
static void
boot_notifier(struct boot *b)
{
	struct daemon *d = b->d;
	struct msg_nconf v;
	char err[4400];
	struct buf buf;

	if (d->conf->notify == NULL)
		return;
	if (dirs_look_program(d->conf->notify, err, sizeof(err)) == -1) {
		log_warnx("approvals.notify: %s", err);
		give_up(b, EXIT_CONFIG);
	}
	be_patient(b, READY_MS, "the notifier");
	start(b, &d->notifier);
	v.program = d->conf->notify;
	payload_put(&buf, MSG_N_CONFIG, &msg_nconf_shape, &v);
	send_to(b, &d->notifier, MSG_N_CONFIG, &buf, -1);
	boot_wait(b);
}

/* Likewise. */
static void
boot_forwarder(struct boot *b)
{
	struct daemon *d = b->d;
	char to[FORWARDTO_MAX], err[4400];
	struct msg_fconf v = { to };
	struct buf buf;
	int fd;

	if (d->conf->forward == NULL)
		return;
	if (forwardat_resolve(d->conf->forward, to, err, sizeof(err)) == -1 ||
	    (fd = forwardat_open(err, sizeof(err))) == -1) {
		log_warnx("logging.forward: %s", err);
		give_up(b, EXIT_CONFIG);
	}
	be_patient(b, READY_MS, "the forwarder");
	start(b, &d->forwarder);
	payload_put(&buf, MSG_F_CONFIG, &msg_fconf_shape, &v);
	send_to(b, &d->forwarder, MSG_F_CONFIG, &buf, fd);
	boot_wait(b);
}

static void
boot_others(struct boot *b)
{
	struct proc *procs = b->d->procs;
	char err[256];
	size_t i;

	be_patient(b, READY_MS, "trying the sandboxes");
	for (i = NPROCS; i-- > 0;)
		if (i != PROC_AUDIT)
			start(b, &procs[i]);
	for (i = 0; i < NPROCS; i++)
		if (i != PROC_AUDIT)
			configure[i](b, &procs[i]);
	boot_wait(b);
	if (b->prints.len != 0) {
		send_to(b, &procs[PROC_EXEC], MSG_X_PRINTS, &b->prints, -1);
		b->d->knows_values = 1;
	}
	/* it has forked for the last time */
	if (proc_same_score(&procs[PROC_EXEC], err, sizeof(err)) != 0)
		log_warnx("%s", err);
}

void
boot_roles(struct daemon *d)
{
	const struct proc *a = &d->procs[PROC_AUDIT];
	struct boot b;
	char err[256];

	memset(&b, 0, sizeof(b));
	b.d = d;
	buf_init(&b.prints, MSG_CONFIG_MAX);
	if (bootconf_ids(&b.ids, d->conf, err, sizeof(err)) == -1) {
		log_warnx("%s", err);
		give_up(&b, EXIT_CONFIG);
	}
	if (ids_random(&b.keys, sizeof(b.keys)) == -1 ||
	    ids_random(b.print_key, sizeof(b.print_key)) == -1) {
		log_warn("getrandom");
		give_up(&b, EXIT_SYSTEM);
	}
	open_ways(&b);
	read_mask_key(&b);
	find_cgroup(&b);	/* before there is a process to be moved */
	boot_auditor(&b);
	boot_others(&b);
	boot_notifier(&b);
	boot_forwarder(&b);
	wipe_keys(&b);
	bootconf_free(&b.ids);
	bootcg_close(&b.cg);
	d->policy = field_get_str(a->ready, a->readylen, "config_digest");
	seed_quota(d);
	logchecks_ready(d, a->ready, a->readylen);
	lastuse_take(&d->uses, a->ready, a->readylen, "secrets_used");
	emergency_read(d);
}
