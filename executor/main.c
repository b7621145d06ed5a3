/* SPDX-License-Identifier: ISC */
/*
 * clawbot-executor: runs commands, each in a sandbox of its own.  Started by
 * clawbotd(8) as root and as process 1 of a new pid namespace, it builds the
 * view of the file system that runs may have, enters it and a user namespace
 * in which it alone is root, starts a spawner for each skill, and gives all
 * of that up again.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "build_id.h"
#include "common/field.h"
#include "common/hostlack.h"
#include "common/landlock.h"
#include "common/log.h"
#include "common/memlock.h"
#include "common/priv.h"
#include "common/rolefilter.h"
#include "common/ticket.h"
#include "executor/asks.h"
#include "executor/cores.h"
#include "executor/etcwatch.h"
#include "executor/grantwatch.h"
#include "executor/exam/exam.h"
#include "executor/executor.h"
#include "executor/hook.h"
#include "executor/idns.h"
#include "executor/lockin.h"
#include "executor/mnt.h"
#include "executor/pool.h"
#include "executor/printfile.h"
#include "executor/redact.h"
#include "executor/payer.h"
#include "executor/score.h"
#include "executor/spawner/spawner.h"
#include "executor/view/view.h"

#define FILES	4096
#define BOOT_MS	60000

static void
receive(struct executor *x, struct ipc_msg *m, unsigned type)
{
	int r;

	if ((r = ipc_wait(x->rm.ipc, m, BOOT_MS)) < 0)
		rolemain_end(x->rm.ipc, r);
	if (r == 0)
		fatalx(EXIT_SYSTEM, "no message from the supervisor");
	if (m->type != type)
		exec_breach("%s in place of %s", msg_name(m->type),
		    msg_name(type));
}

/* A key that moves to guarded pages and is nowhere else. */
static uint8_t *
guarded_key(struct executor *x, const uint8_t **from, size_t len)
{
	uint8_t *key = sodium_malloc(len);

	if (key == NULL || memlock(key, len) == -1)
		rolemain_fail(&x->rm, EXIT_SYSTEM,
		    "cannot lock memory for a key: %s (or accept it in "
		    "sandbox.acceptMissing)", strerror(errno));
	memcpy(key, *from, len);
	*from = NULL;
	(void)sodium_mprotect_readonly(key);
	return (key);
}

static void
read_config(struct executor *x)
{
	static const struct msg_prints none = { NULL, 0 };
	struct ipc_msg m;
	size_t i;

	m.nfds = 0;
	receive(x, &m, MSG_X_CGROUP);
	x->cgroups.dir = m.nfds == 1 ? ipc_take_fd(&m, 0) : -1;
	receive(x, &m, MSG_X_CONFIG);
	exec_get(&m, &xconf_shape, &x->xc);
	x->key = guarded_key(x, &x->xc.key, TICKET_KEY);
	x->mask_key = guarded_key(x, &x->xc.mask_key, XCONF_MASK_KEY);
	x->print_key = guarded_key(x, &x->xc.print_key, MSG_PRINT_KEY);
	sodium_memzero((void *)(uintptr_t)m.data, m.len);
	/* a vault that has none, or is locked, does not send any */
	x->prints = x->xc.output == KEEP_DIGEST ? -1 :
	    printfile_new(&none, x->print_key);
	if (x->prints == -1 && x->xc.output != KEEP_DIGEST)
		fatal(EXIT_SYSTEM, "fingerprints of secrets");
	for (i = 0; i < x->xc.nskills; i++)
		if (x->xc.skills[i].trace)
			rolefilter_traces();
}

/*
 * As root, for all that is beneath us: runs go before anything of the host
 * when memory is short; nothing is dumped, and where a handler of dumps is
 * started all the same, it gets no memory.  After READY the supervisor takes
 * the score back from us alone.
 */
static void
offer_to_kernel(void)
{
	if (score_set(SCORE_SPAWNER) == -1)
		log_warn("oom_score_adj");
	if (score_self("coredump_filter", "0") == -1 && errno != ENOENT)
		log_warn("coredump_filter");
	if (priv_no_core() == -1)
		log_warn("RLIMIT_CORE");
}

/*
 * Into the view, which is root's to do: of a mount that has no place no part
 * can be given away.
 */
static void
place_cgroups(struct executor *x)
{
	struct cgroups *cs = &x->cgroups;

	if (cs->dir == -1)
		return;
	if (mnt_attach(cs->dir, AT_FDCWD, VIEW_CGROUP) == -1)
		rolemain_fail(&x->rm, EXIT_SYSTEM, "place of control groups: "
		    "%s", strerror(errno));
	cs->dir = open(VIEW_CGROUP, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cs->dir == -1)
		rolemain_fail(&x->rm, EXIT_SYSTEM, "%s: %s", VIEW_CGROUP,
		    strerror(errno));
}

static void
build_view(struct executor *x)
{
	char err[512], **broken;
	size_t i;
	int fd, status;

	/* found by its place on the host, which cannot be seen afterwards */
	if ((x->program = spawner_program("/proc/self/exe")) == -1)
		rolemain_fail(&x->rm, EXIT_SYSTEM, "clawbot-spawner: %s",
		    strerror(errno));
	if ((fd = etcwatch_open()) != -1)
		grantwatch_prepare(x, fd);
	broken = xcalloc(x->xc.nskills, sizeof(*broken));
	if ((status = view_build(&x->xc, broken, &x->source, err,
	    sizeof(err))) != 0)
		rolemain_fail(&x->rm, status, "view: %s", err);
	etcwatch_prepare(x);
	place_cgroups(x);
	x->skills = xcalloc(x->xc.nskills, sizeof(*x->skills));
	for (i = 0; i < x->xc.nskills; i++) {
		x->skills[i].x = &x->xc.skills[i];
		x->skills[i].index = i;
		x->skills[i].executor = x;
		x->skills[i].broken = broken[i];
		if (broken[i] == NULL && exec_not_allowed(x, &x->skills[i]))
			x->skills[i].broken = xstrdup("network host is not "
			    "allowed here: see sandbox.hostNetwork");
		x->skills[i].spawner = x->skills[i].resolver = -1;
		view_path(x->skills[i].prefix, sizeof(x->skills[i].prefix), i);
	}
	free(broken);
}

static void __attribute__((__noreturn__))
no_namespace(struct executor *x, const char *name, const char *kind)
{
	int error = errno, status;
	char hint[80];

	status = hostlack_ns(error, kind, hint, sizeof(hint));
	rolemain_fail(&x->rm, status, "%s namespace: %s%s", name,
	    strerror(error), error == EPERM ? " (not possible in a chroot, "
	    "and containers have to allow it)" : hint);
}

/*
 * Where this host has none, runs can read which accounts there are, and
 * status says so.
 */
static void
make_idns(struct executor *x)
{
	int lack = 0;

	x->idns = xcalloc(x->xc.nids, sizeof(*x->idns));
	if (hook_without("idns")) {
		(void)snprintf(x->no_idns, sizeof(x->no_idns), "left out");
		return;
	}
	if (idns_make(x->xc.ids, x->xc.nids, x->idns, &lack) == 0) {
		x->layers.idns = 1;
		return;
	}
	payer_why(&x->payer, errno, x->no_idns, sizeof(x->no_idns));
	if (lack)
		rolemain_fail(&x->rm, EXIT_SYSTEM, "user namespace of an "
		    "account: %s", x->no_idns);
	else
		log_warnx("user namespace of an account: %s", x->no_idns);
}

static void
enter_userns(struct executor *x)
{
	struct ipc_msg m;

	x->core_socket = cores_to_socket();
	if (payer_unshare(&x->payer) == -1)
		no_namespace(x, "user", "user");
	if (ipc_send(x->rm.ipc, MSG_X_MAPME, 0, NULL, 0, NULL, 0) == -1 ||
	    ipc_drain(x->rm.ipc, BOOT_MS) != 0)
		fatalx(EXIT_SYSTEM, "X_MAPME: %s", ipc_error(x->rm.ipc));
	m.nfds = 0;
	receive(x, &m, MSG_X_MAPPED);
	if (setgroups(0, NULL) == -1 || setresgid(0, 0, 0) == -1 ||
	    setresuid(0, 0, 0) == -1)
		rolemain_fail(&x->rm, EXIT_NOPERM,
		    "cannot become root of the user namespace: %s",
		    strerror(errno));
	make_idns(x);
	/* nobody beneath us may make another: a fence around the filters */
	x->layers.userns_capped = payer_limit("max_user_namespaces", 0) == 0;
	payer_share(&x->payer, x->xc.nids);
}

/*
 * Enough for as many runs as there may be, what is kept of detached ones, and
 * readers: a message whose descriptors find no place would be a breach.
 */
static void
raise_files(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) == -1 || rl.rlim_cur >= FILES)
		return;
	rl.rlim_cur = rl.rlim_max < FILES ? rl.rlim_max : FILES;
	(void)setrlimit(RLIMIT_NOFILE, &rl);
}

static void
drop(struct executor *x)
{
	char err[512];
	struct priv p;

	raise_files();
	memset(&p, 0, sizeof(p));
	p.role = ROLE_EXECUTOR;
	p.in_userns = 1;
	p.accept_no_landlock = x->rm.accept_no_landlock;
	if (priv_drop(&p, err, sizeof(err)) == -1)
		rolemain_fail(&x->rm, p.status, "%s", err);
}

static void
find_layers(struct executor *x)
{
	x->layers.landlock = priv_landlock_abi();
	if (x->layers.landlock == 0 &&
	    !(x->xc.accept_missing & XCONF_ACCEPT_LANDLOCK))
		rolemain_fail(&x->rm, EXIT_HOST, "kernel feature landlock is "
		    "missing, on which the sandbox of runs rests (boot with "
		    "landlock in lsm=, or accept it in "
		    "sandbox.acceptMissing)");
}

/* One for each skill, whose spawner makes those of its runs in there. */
static int
part_cgroups(struct executor *x)
{
	char name[SPAWNER_GROUP];
	size_t i;

	for (i = 0; i < x->xc.nskills; i++) {
		spawner_group(name, i);
		if (cgroup_part(&x->cgroups, name) == 0)
			continue;
		(void)snprintf(x->no_cgroup, sizeof(x->no_cgroup),
		    "cannot be made for a skill: %s", strerror(errno));
		(void)close(x->cgroups.dir);
		x->cgroups.dir = -1;
		x->cgroups.has = 0;
		return (-1);
	}
	x->layers.cgroup = x->cgroups.has;
	return (0);
}

/* A limit that nobody would keep is no limit: such a skill is not used. */
static void
find_cgroups(struct executor *x)
{
	const char *key;
	size_t i;

	if ((cgroup_open(&x->cgroups, x->cgroups.dir, x->no_cgroup,
	    sizeof(x->no_cgroup)) == -1 || part_cgroups(x) == -1) &&
	    x->no_cgroup[0] != '\0')
		log_warnx("control groups: %s", x->no_cgroup);
	for (i = 0; i < x->xc.nskills; i++) {
		key = cgroup_lacks(&x->cgroups, &x->xc.skills[i].limits);
		if (key != NULL && x->skills[i].broken == NULL)
			(void)xasprintf(&x->skills[i].broken, "limits.%s "
			    "needs a cgroup with that controller, which is "
			    "missing here", key);
	}
}

static void
start_spawners(struct executor *x, uint32_t network)
{
	struct skill *s;
	size_t i;

	for (i = 0; i < x->xc.nskills; i++) {
		s = &x->skills[i];
		if (s->broken == NULL && s->x->network == network &&
		    spawner_start(x, s) == -1)
			rolemain_fail(&x->rm, EXIT_SYSTEM,
			    "spawner of skill %s: %s", x->xc.skills[i].name,
			    strerror(errno));
	}
}

/* All were started before the first is waited for. */
static void
check_spawners(struct executor *x)
{
	char err[256];
	size_t i;
	int status;

	for (i = 0; i < x->xc.nskills; i++) {
		if (x->skills[i].spawner == -1)
			continue;
		status = spawner_check(&x->skills[i], BUILD_ID, err,
		    sizeof(err));
		if (status != 0)
			rolemain_fail(&x->rm, status, "%s", err);
	}
}

/*
 * From here on nothing starts but by a ticket that the executor can neither
 * make nor check.
 */
static void
hand_out_keys(struct executor *x)
{
	size_t i;

	for (i = 0; i < x->xc.nskills; i++)
		if (x->skills[i].spawner != -1 &&
		    spawner_key(&x->skills[i], x->key) == -1)
			rolemain_fail(&x->rm, EXIT_SYSTEM,
			    "key of skill %s: %s", x->xc.skills[i].name,
			    strerror(errno));
	sodium_free(x->key);	/* overwrites it, too */
	x->key = NULL;
}

/*
 * Who has left the host's network cannot come back, so what a skill needs
 * there is started before.  Of everything else of ours nothing stays: the
 * executor is in an empty namespace, and each of the spawners that follow in
 * one of its own.
 */
static void
leave_network(struct executor *x)
{
	if (unshare(CLONE_NEWNET) == -1)
		no_namespace(x, "network", "net");
}

/* Nor has anybody who is started from here on sockets of one. */
static void
forget_network(struct executor *x)
{
	if (rolefilter_no_network() == -1)
		rolemain_fail(&x->rm, hostlack_exit(errno), "seccomp: %s",
		    strerror(errno));
}

/* What the self-check compares with, and what it tells of the kernel. */
static void
look_around(struct executor *x)
{
	static const char path[] = "/proc/self/ns/net";
	struct utsname u;
	ssize_t n;

	if (uname(&u) == -1)
		rolemain_fail(&x->rm, EXIT_SYSTEM, "uname: %s",
		    strerror(errno));
	(void)snprintf(x->kernel, sizeof(x->kernel), "%s", u.release);
	if ((n = readlink(path, x->host_net, sizeof(x->host_net) - 1)) == -1)
		rolemain_fail(&x->rm, EXIT_SYSTEM, "%s: %s", path,
		    strerror(errno));
	x->host_net[n] = '\0';
}

/*
 * Each spawner has what is its skill's: the namespaces of its accounts, and
 * its control group.  What limits a run is not ours to write from here on.
 */
static void
close_parts(struct executor *x)
{
	size_t i;

	if (x->cgroups.dir != -1 && !hook_without("groups"))
		(void)close(x->cgroups.dir);
	x->cgroups.dir = -1;
	for (i = 0; x->layers.idns && i < x->xc.nids; i++)
		(void)close(x->idns[i]);
	free(x->idns);
	x->idns = NULL;
}

/*
 * Where Landlock cannot keep runs in the host's network off its abstract
 * sockets, the filter gives them none that they could connect.
 */
static void
find_unconnected(struct executor *x)
{
	struct skill *s;
	size_t i;

	for (i = 0; i < x->xc.nskills; i++) {
		s = &x->skills[i];
		if (s->broken == NULL && s->x->network == PLAN_NET_HOST &&
		    x->layers.landlock < LL_ABI_SCOPES &&
		    (s->x->inner_channel[0] != '\0' || s->x->sockets.n != 0))
			s->broken = xstrdup("channel and sockets beside "
			    "network host need Landlock ABI 6 (Linux 6.12 has "
			    "it), which is missing here");
	}
}

static void
prepare_skills(struct executor *x)
{
	char err[1024];
	int status;

	look_around(x);
	find_unconnected(x);
	start_spawners(x, PLAN_NET_HOST);
	leave_network(x);
	start_spawners(x, PLAN_NET_LOOPBACK);
	forget_network(x);
	start_spawners(x, PLAN_NET_NONE);
	(void)close(x->program);
	(void)close(x->source);
	close_parts(x);
	check_spawners(x);
	hand_out_keys(x);
	x->redact = redact_new(&x->xc.redact, x->xc.redact_known,
	    x->mask_key, err, sizeof(err));
	if (x->redact == NULL)
		rolemain_fail(&x->rm, EXIT_CONFIG, "%s", err);
	/* first: the battery compares namespaces with those of the end */
	if (lockin_mounts() == -1)
		no_namespace(x, "mount", "mnt");
	exam_prepare(x);
	pool_prepare(x);
	/* not before: it would hold descriptors that were closed */
	if ((x->base = event_base_new()) == NULL)
		fatalx(EXIT_SYSTEM, "event_base_new");
	if ((status = lockin(x, err, sizeof(err))) != 0 ||
	    (status = selfcheck(x, err, sizeof(err))) != 0)
		rolemain_fail(&x->rm, status, "%s", err);
}

static void
say_ready(struct executor *x)
{
	struct buf b;
	size_t i;

	buf_init(&b, MSG_READY_MAX);
	exec_ready_fields(x, &b);
	for (i = 0; i < x->xc.nskills; i++)
		if (x->skills[i].broken != NULL &&
		    !exec_not_allowed(x, &x->skills[i]))
			log_warnx("skill %s: %s", x->xc.skills[i].name,
			    x->skills[i].broken);
	if (b.bad || ipc_send(x->rm.ipc, MSG_READY, 0, b.data, b.len, NULL,
	    0) == -1 || ipc_drain(x->rm.ipc, BOOT_MS) != 0)
		fatalx(EXIT_SYSTEM, "READY: %s", ipc_error(x->rm.ipc));
	ipc_set_state(x->rm.ipc, MS_UP);
	buf_free(&b);
}

/* Process 1 of its namespace: what has lost its parent is ours to reap. */
static void
on_child(evutil_socket_t sig, short what, void *arg)
{
	(void)sig;
	(void)what;
	spawner_reap(arg);
}

static void
loop(struct executor *x)
{
	struct event *child;

	child = evsignal_new(x->base, SIGCHLD, on_child, x);
	if (child == NULL || event_add(child, NULL) == -1 ||
	    ipc_ev_attach(x->rm.ipc, x->base, exec_msg, exec_end, x) == -1)
		fatalx(EXIT_SYSTEM, "events");
	asks_init(x, &exec_asked);
	pool_init(x);
	etcwatch_init(x);
	on_child(SIGCHLD, 0, x);
	(void)event_base_dispatch(x->base);
	fatalx(EXIT_SYSTEM, "event loop ended");
}

int
main(int argc, char **argv)
{
	static struct executor x;

	rolemain_start(&x.rm, ROLE_EXECUTOR, BUILD_ID, argc, argv);
	hook_skill("executor");
	read_config(&x);
	offer_to_kernel();
	build_view(&x);
	enter_userns(&x);
	drop(&x);
	find_layers(&x);
	find_cgroups(&x);
	prepare_skills(&x);
	say_ready(&x);
	loop(&x);
	return (EXIT_SYSTEM);
}
