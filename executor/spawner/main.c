/* SPDX-License-Identifier: ISC */
/*
 * clawbot-spawner: forks a resolver and runners.  It is a program of its
 * own, small and linked statically where that can be done, because it is the
 * memory that three processes of every run are copies of; and because what
 * the executor knows, other skills, plans, patterns, is in none of these.  The
 * executor starts it in the root of its skill's runs, with SPAWNER_FD_SOCK,
 * the log, and SPAWNER_FD_CONF.
 */
#include "config.h"

#include <sys/capability.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "build_id.h"
#include "common/defs.h"
#include "common/landlock.h"
#include "common/log.h"
#include "common/memlock.h"
#include "common/priv.h"
#include "common/waitstatus.h"
#include "executor/box/box.h"
#include "executor/digests.h"
#include "executor/fds.h"
#include "executor/hook.h"
#include "executor/lack.h"
#include "executor/patwords.h"
#include "executor/resolver/resolver.h"
#include "executor/runner/gate.h"
#include "executor/runner/match.h"
#include "executor/runner/runner.h"
#include "executor/score.h"
#include "executor/spawner/etcnew.h"
#include "executor/spawner/groups.h"
#include "executor/spawner/hostile_spawner.h"
#include "executor/spawner/renew.h"
#include "executor/spawner/spawner.h"
#include "executor/turns.h"
#include "executor/view/view.h"

/* Only a run's own network is ours to change. */
static void
drop_network(uint32_t network)
{
	static const cap_value_t admin = CAP_NET_ADMIN;
	cap_t c;
	int ok;

	if (network == PLAN_NET_LOOPBACK)
		return;
	if ((c = cap_get_proc()) == NULL)
		fatal(EXIT_SYSTEM, "capabilities of a spawner");
	ok = cap_set_flag(c, CAP_PERMITTED, 1, &admin, CAP_CLEAR) == 0 &&
	    cap_set_flag(c, CAP_EFFECTIVE, 1, &admin, CAP_CLEAR) == 0 &&
	    cap_set_proc(c) == 0;
	(void)cap_free(c);
	if (!ok)
		fatal(EXIT_SYSTEM, "capabilities of a spawner");
}

/*
 * What every run would have to do for itself otherwise: nothing that it
 * executes can have a capability, and its signals are as they come.  SIGPIPE
 * stays ignored up to the command, SIGSYS may be a test's.
 */
static void
prepare_runs(void)
{
	struct sigaction sa;
	unsigned long cap;
	int sig;

	for (cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == -1)
			fatal(EXIT_SYSTEM, "bounding set");
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = SIG_DFL;
	for (sig = 1; sig < NSIG; sig++)
		if (sig != SIGPIPE && sig != SIGSYS)
			(void)sigaction(sig, &sa, NULL);
}

/*
 * 1 and the job, 0 if it was none, -1 the executor is gone.  Other rules are
 * in force for what is started from then on.
 */
static int
receive(int sock, const struct xconf *xc, struct job *job)
{
	struct xskill *skill = &xc->skills[0];
	int fd = -1;
	unsigned nfds = INSIDE_RULES_FDS;
	uint8_t m[INSIDE_RULES_MAX] = { 0 };
	ssize_t n;

	n = fds_recv(sock, m, sizeof(m), &fd, &nfds, 0);
	if (n == -1 && lack_is(errno) && m[0] == INSIDE_RULES)
		fatal(EXIT_SYSTEM, "new rules of skill %s", skill->name);
	/* its control socket is closed, which tells the executor */
	if (n == -1 && (errno == EINTR || lack_is(errno)))
		return (0);
	job->ctl = fd;
	switch (n <= 0 ? INSIDE_NONE : inside_type(IN_SPAWNER, IW_EXECUTOR, m,
	    (size_t)n, nfds)) {
	case INSIDE_BUILD:
		return (build_get(m, (size_t)n, &job->profile) == 0 ? 1 : -1);
	case INSIDE_RULES:
		renew_rules(skill, job->layers, m + 1, fd);
		return (0);
	case INSIDE_ETC:
		etcnew_heard(xc, m[1]);
		return (0);
	default:
		return (-1);
	}
}

static const char *skill_name;
static pid_t resolver;

/*
 * Who has a socket to one of them sees only that it was closed.  A runner
 * ends well however its run does; without the resolver this is no skill any
 * more.
 */
static void
on_end(pid_t pid, int status)
{
	char how[128];

	waitstatus_text(status, how, sizeof(how));
	if (pid == resolver)
		fatalx(EXIT_SYSTEM, "resolver of skill %s %s", skill_name,
		    how);
	if (status != 0 && !etcnew_is(pid))
		log_warnx("a runner of skill %s %s", skill_name, how);
}

/* Before there is a key in here. */
static void
start_resolver(const struct xconf *xc, const struct layers *layers)
{
	struct lookup l;
	int wishes;

	memset(&l, 0, sizeof(l));
	l.skill = &xc->skills[0];
	l.ids = xc->ids;
	l.nids = xc->nids;
	if (digests_make(&wishes) == -1 || patwords_make() == -1)
		fatal(EXIT_SYSTEM, "memory of digests and words");
	if ((resolver = fork()) == 0) {
		(void)close(SPAWNER_FD_ETC);
		resolver_main(SPAWNER_FD_RESOLVE, wishes, &l, layers);
	}
	if (resolver == -1)
		fatal(EXIT_SYSTEM, "fork");
	digests_read_only();
	patwords_read_only();
	(void)close(wishes);
	(void)close(SPAWNER_FD_RESOLVE);
}

/* The first word of the executor; the kernel's copy is gone once read. */
static void
take_key(void)
{
	uint8_t m[INSIDE_KEY_MAX + 1];
	unsigned nfds = 0;
	ssize_t n;

	do {
		n = fds_recv(SPAWNER_FD_SOCK, m, sizeof(m), NULL, &nfds, 0);
	} while (n == -1 && errno == EINTR);
	if (n <= 0)		/* it has ended before it was ready */
		_exit(0);
	if (inside_type(IN_SPAWNER, IW_EXECUTOR, m, (size_t)n, nfds) !=
	    INSIDE_KEY)
		fatalx(EXIT_SYSTEM, "a spawner is not told its key");
	if (gate_make(m + 1) == -1)
		fatal(EXIT_SYSTEM, "cannot lock memory for a key");
	sodium_memzero(m, sizeof(m));
}

/* Compiled once, for all of them. */
static const struct keepconf *
keepconf_of(const struct xconf *xc)
{
	static struct keepconf k;
	char err[512];

	if (xc->output == KEEP_DIGEST)
		return (NULL);
	k.how = xc->output;
	k.max = xc->output_max;
	k.known = xc->redact_known;
	k.patterns = redactpat_new(&xc->redact, SCRUB_MS * 1000, err,
	    sizeof(err));
	if (k.patterns == NULL)
		fatalx(EXIT_SYSTEM, "%s", err);
	return (&k);
}

/* The user namespace of the account of a sandbox, or -1. */
static int
idns_of(const struct job *job)
{
	size_t i;

	for (i = 0; job->layers->idns && i < job->nids; i++)
		if (job->ids[i].uid == job->profile.uid)
			return (SPAWNER_FD_IDNS + (int)i);
	return (-1);
}

static void
refuse(const struct job *job, const char *what)
{
	struct trouble t;

	trouble_set(&t, lack_err(errno, CBE_INTERNAL), "%s: %s", what,
	    strerror(errno));
	runner_refuse(job->ctl, &t);
}

/* A runner, and the group that its sandbox is to be born into. */
static void
start(struct job *job)
{
	struct cgroup cg;
	pid_t pid;

	if (groups_new(&cg) == -1) {
		refuse(job, "control group of a sandbox");
		return;
	}
	job->cgroup = cg.dir;
	box_meminfo_share(&job->profile);
	if ((pid = fork()) == 0) {
		groups_child();
		runner_main(job);
	}
	if (pid == -1)
		refuse(job, "process for a sandbox");
	groups_born(&cg, pid);
}

/*
 * Without the supervisor nothing is recorded and nobody ends a run.  When it
 * is gone the executor ends, and the kernel all the rest; but one that hangs,
 * or was taken over, does not, and the kernel lets the death of the supervisor,
 * which is another account, kill nobody (PDEATHSIG).  Runners die with us.
 */
static void __attribute__((__noreturn__))
end_alone(void)
{
	groups_kill();
	groups_end();
	_exit(0);
}

static void __attribute__((__noreturn__))
serve(struct job *given, struct xconf *xc)
{
	struct trouble t;
	struct job job;
	int r;

	for (;;) {
		if ((r = groups_wait(SPAWNER_FD_SOCK, etcnew_fd(),
		    ROLE_FD_LOG)) == -1)
			end_alone();
		if (r & GROUPS_BESIDE)
			etcnew_take(xc, SPAWNER_FD_SOCK);
		if (!(r & GROUPS_SOCK))
			continue;
		job = *given;
		if ((r = receive(SPAWNER_FD_SOCK, xc, &job)) == -1) {
			groups_end();
			_exit(0);
		}
		if (r == 0)
			continue;
		/* the runner reports it, this stays where it is seen */
		if (match_profile(&job, &t) == -1)
			log_warnx("%s", t.text);
		job.idns = idns_of(&job);
		hostile_spawner_job(&job);
		etcnew_due(xc);
		start(&job);
		(void)close(job.ctl);
	}
}

/* What the executor left in a file of memory. */
static void
read_conf(struct layers *layers, uint32_t *spare, struct xconf *xc)
{
	struct stat st;
	struct rd rd;
	uint8_t *p;
	size_t len;

	if (fstat(SPAWNER_FD_CONF, &st) == -1 ||
	    (len = (size_t)st.st_size) < INSIDE_CONF_MIN)
		fatalx(EXIT_SYSTEM, "the executor starts this program");
	p = mmap(NULL, len, PROT_READ, MAP_PRIVATE, SPAWNER_FD_CONF, 0);
	if (p == MAP_FAILED)
		fatal(EXIT_SYSTEM, "configuration of a spawner");
	rd_init(&rd, p, len);
	if (inside_type(IN_FILE, IW_EXECUTOR, p, len, 0) != INSIDE_CONF ||
	    conf_get(&rd, layers, spare) == -1 ||
	    xconf_get(rd.p, rd.left, xc) == -1 || xc->nskills != 1)
		fatalx(EXIT_SYSTEM, "malformed configuration of a spawner");
	xc->key = NULL;		/* no key ever comes here */
	(void)munmap(p, len);
	(void)close(SPAWNER_FD_CONF);
}

/* What it is started with; how many of the last there are, is to be read. */
static void
keep_own(void)
{
	int keep[6 + XCONF_MAXIDS] = { SPAWNER_FD_SOCK, ROLE_FD_LOG,
	    SPAWNER_FD_CONF, SPAWNER_FD_RESOLVE, SPAWNER_FD_CGROUP,
	    SPAWNER_FD_ETC };
	int i;

	for (i = 0; i < XCONF_MAXIDS; i++)
		keep[6 + i] = SPAWNER_FD_IDNS + i;
	priv_closefrom(keep, NELEM(keep));
}

/* A group where there are any, a namespace for each account, nothing beyond. */
static void
check_own(const struct layers *layers, size_t nids)
{
	int i, n = layers->idns ? (int)nids : 0;

	if (fcntl(SPAWNER_FD_ETC, F_SETFD, FD_CLOEXEC) == -1)
		fatal(EXIT_SYSTEM, "/etc of the host");
	if (layers->cgroup == 0)
		(void)close(SPAWNER_FD_CGROUP);
	else if (fcntl(SPAWNER_FD_CGROUP, F_SETFD, FD_CLOEXEC) == -1)
		fatal(EXIT_SYSTEM, "control group of a skill");
	for (i = 0; i < n; i++)
		if (fcntl(SPAWNER_FD_IDNS + i, F_SETFD, FD_CLOEXEC) == -1)
			fatal(EXIT_SYSTEM, "user namespace of an account");
	for (; i < XCONF_MAXIDS; i++)
		(void)close(SPAWNER_FD_IDNS + i);
}

int
main(void)
{
	static const char build[] = BUILD_ID;
	static struct layers layers;
	static struct xconf xc;
	static struct job job;

	log_init(role_name(ROLE_EXECUTOR), LOG_TO_FD, ROLE_FD_LOG, 0);
	keep_own();
	(void)signal(SIGPIPE, SIG_IGN);
	if (fds_send(SPAWNER_FD_SOCK, build, sizeof(build) - 1, NULL, 0) == -1)
		fatalx(EXIT_SYSTEM, "the executor starts this program");
	/* execve has undone the first */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1 || sodium_init() == -1)
		fatal(EXIT_SYSTEM, "start of a spawner");
	read_conf(&layers, &job.spare, &xc);
	if (xc.accept_missing & XCONF_ACCEPT_MEMLOCK)
		memlock_accept();
	check_own(&layers, xc.nids);
	skill_name = xc.skills[0].name;
	hook_skill(skill_name);
	renew_prepare(&xc.skills[0], &layers);
	if (box_nested_note(&xc.skills[0]) == -1)
		fatal(EXIT_SYSTEM, "grants of skill %s", xc.skills[0].name);
	if (box_proc_note() == -1 || box_meminfo_note() == -1)
		fatal(EXIT_SYSTEM, "/proc");
	score_note();
	turns_note();
	if (rlimits_inherit() == -1)
		fatal(EXIT_SYSTEM, "resource limits");
	drop_network(xc.skills[0].network);
	prepare_runs();
	start_resolver(&xc, &layers);
	groups_init(layers.cgroup, on_end);
	take_key();
	job.layers = &layers;
	job.skill = &xc.skills[0];
	job.ids = xc.ids;
	job.nids = xc.nids;
	job.keepconf = keepconf_of(&xc);
	serve(&job, &xc);
}
