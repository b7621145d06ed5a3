/* SPDX-License-Identifier: ISC */
/*
 * clawbot-forwarder: sends records of the log to a syslog, where
 * logging.forward names one.  Started by clawbotd(8) as root.
 */
#include "config.h"

#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "build_id.h"
#include "common/field.h"
#include "common/landlock.h"
#include "common/log.h"
#include "common/payload.h"
#include "common/rolefilter.h"
#include "common/rolemain.h"
#include "forwarder/forwarder.h"
#include "forwarder/place.h"

#define FCONFIG_MS	60000
#define NOFILE		16

static int
read_config(struct rolemain *rm, struct forwardto *to)
{
	struct msg_fconf v;
	struct ipc_msg m;
	int fd, r;

	memset(&m, 0, sizeof(m));
	if ((r = ipc_wait(rm->ipc, &m, FCONFIG_MS)) < 0)
		rolemain_end(rm->ipc, r);
	if (r == 0)
		fatalx(EXIT_ROLE_PROTO(ROLE_SUPERVISOR), "no configuration "
		    "came");
	if (m.type == MSG_SHUTDOWN)
		_exit(0);
	if (m.type != MSG_F_CONFIG ||
	    payload_get(&m, &msg_fconf_shape, &v) == -1 ||
	    forwardto_parse(v.to, to) != NULL)
		forwarder_breach(m.type);
	shape_free(&msg_fconf_shape, &v);
	fd = ipc_take_fd(&m, 0);
	ipc_msg_done(&m);
	return (fd);
}

/*
 * Its root directory is that of the socket: it reaches no other by name.  A
 * port is one number, and the network that of the host; else it has none.
 */
static void
drop(struct rolemain *rm, struct priv *p, struct forwardto *to)
{
	struct sockaddr_un *sun = &to->addr.local;
	char err[256], dir[sizeof(sun->sun_path)], *base;

	memset(p, 0, sizeof(*p));
	p->role = ROLE_FORWARDER;
	p->uid = rm->uid;
	p->gid = rm->gid;
	p->root = rm->root;
	if (to->way == FORWARD_LOCAL) {
		(void)snprintf(dir, sizeof(dir), "%s", sun->sun_path);
		base = strrchr(dir, '/');
		(void)snprintf(sun->sun_path, sizeof(sun->sun_path), "/%s",
		    base + 1);
		base[base == dir] = '\0';
		p->root = dir;
		p->landlock_fs = LL_FS_RESOLVE_UNIX;
		rolefilter_local_sockets();
	}
	p->landlock_tcp = to->way != FORWARD_LOCAL;
	p->landlock_port = to->way == FORWARD_TCP ? to->port : 0;
	p->nofile = NOFILE;
	p->parent = rm->parent;
	p->accept_no_landlock = rm->accept_no_landlock;
	if (priv_unshare(p, err, sizeof(err)) == -1 ||
	    priv_drop(p, err, sizeof(err)) == -1)
		rolemain_fail(rm, p->status, "forwarder: %s", err);
}

static void
find_place(struct forwarder *f)
{
	const int r = place_read(f->place, &f->last);

	if (r == -1)
		log_warnx("the place in the log cannot be read: it begins "
		    "with the first record that there is");
	f->fresh = r != 1;
	f->unproved = r == 1;
	f->done = f->last.number;
	f->next = f->done + 1;
	f->told_done = f->done;
}

static void
say_ready(struct rolemain *rm, const struct priv *p, uint64_t done)
{
	struct buf b;

	buf_init(&b, 1024);
	field_bool(&b, "landlock", (p->active & PRIV_LANDLOCK) != 0);
	field_bool(&b, "seccomp", (p->active & PRIV_SECCOMP) != 0);
	field_u64(&b, "record", done);
	(void)ipc_send(rm->ipc, MSG_READY, 0, b.data, b.len, NULL, 0);
	buf_free(&b);
	ipc_set_state(rm->ipc, MS_UP);
}

int
main(int argc, char **argv)
{
	static struct forwarder f;
	struct forwardto to;
	struct rolemain rm;
	struct priv p;

	rolemain_start(&rm, ROLE_FORWARDER, BUILD_ID, argc, argv);
	f.ipc = rm.ipc;
	f.pipe = -1;
	f.asked = 1;	/* the first one comes by itself */
	f.place = read_config(&rm, &to);
	record_lines_init(&f.lines);
	if (gethostname(f.host, sizeof(f.host) - 1) == -1)
		f.host[0] = '\0';
	if (outbox_open(&f.box, &to, forwarder_now()) == -1)
		rolemain_fail(&rm, EXIT_SYSTEM, "forwarder: socket");
	drop(&rm, &p, &to);
	f.box.peer.to = to;
	find_place(&f);
	say_ready(&rm, &p, f.done);
	if (ipc_flush(f.ipc) == -1)
		rolemain_end(f.ipc, -2);
	forwarder_serve(&f);
}
