/* SPDX-License-Identifier: ISC */
/*
 * clawbotd: the supervisor.  It starts as root, makes what needs root, starts
 * the other three, gives everything up, and only then listens.  Not one byte
 * of a client is read while any process of clawbot is root.
 */
#include "config.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <linux/keyctl.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "build_id.h"
#include "common/log.h"
#include "common/priv.h"
#include "common/rolefilter.h"
#include "supervisor/ask/ask.h"
#include "supervisor/boot/accounts.h"
#include "supervisor/boot/boot.h"
#include "supervisor/boot/bootconf.h"
#include "supervisor/boot/dirs.h"
#include "supervisor/boot/draftsay.h"
#include "supervisor/boot/fixparts.h"
#include "supervisor/boot/layout.h"
#include "supervisor/boot/look.h"
#include "supervisor/client/login.h"
#include "supervisor/conf/people.h"
#include "supervisor/conf/trial.h"
#include "supervisor/daemon.h"
#include "supervisor/loop.h"
#include "supervisor/notify.h"
#include "supervisor/run/denied.h"
#include "supervisor/run/lapsed.h"
#include "supervisor/run/forward.h"
#include "supervisor/run/notice.h"
#include "supervisor/run/noticeq.h"
#include "supervisor/run/standing.h"
#include "supervisor/run/tripped.h"
#include "supervisor/run/quota.h"

#define SUPERVISOR_NOFILE	4096

static void __attribute__((__noreturn__))
usage(void)
{
	(void)fprintf(stderr, "usage: clawbotd [-cdLnqRTUV] [-f file]\n");
	exit(EXIT_USAGE);
}

/*
 * The process that the shell waits for: 0 once the daemon is up, else what
 * the daemon ended with, and its last words when it had no terminal to say
 * them on.
 */
static void __attribute__((__noreturn__))
parent_wait(int fd, pid_t child)
{
	char text[LOOK_TEXT];
	ssize_t n;
	size_t len = 0;
	int status;

	while (len < sizeof(text) - 1) {
		n = read(fd, text + len, sizeof(text) - 1 - len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		len += (size_t)n;
		if (text[0] == '\0')
			_exit(0);
	}
	text[len] = '\0';
	if (len > 0)
		(void)fprintf(stderr, "clawbotd: %s\n", text);
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
		_exit(EXIT_SYSTEM);
	_exit(WEXITSTATUS(status));
}

static void
daemonize(struct daemon *d)
{
	pid_t pid;
	int p[2];

	if (pipe2(p, O_CLOEXEC) == -1)
		fatal(EXIT_SYSTEM, "pipe");
	if ((pid = fork()) == -1)
		fatal(EXIT_SYSTEM, "fork");
	if (pid != 0) {
		(void)close(p[1]);
		parent_wait(p[0], pid);
	}
	(void)close(p[0]);
	(void)setsid();
	d->up_fd = p[1];
}

/* The only failure after the terminal is gone. */
static void __attribute__((__noreturn__))
last_failure(struct daemon *d, int code, const char *text)
{
	log_warnx("%s", text);
	if (d->up_fd != -1)
		(void)!write(d->up_fd, text, strlen(text));
	daemon_exit(d, code);
}

static void __attribute__((__noreturn__))
on_account(void *arg, const char *text)
{
	(void)arg;
	fatalx(EXIT_SYSTEM, "%s", text);
}

static void
make_dir(const char *path, uid_t uid, gid_t gid, mode_t mode)
{
	char err[LOOK_TEXT];

	if (dirs_make(path, uid, gid, mode, err, sizeof(err)) == -1)
		fatalx(EXIT_SYSTEM, "%s", err);
}

static int
make_place(void *arg, const struct layout_place *p)
{
	(void)arg;
	if (p->kind == LAYOUT_DIR)
		make_dir(p->path, p->uid, p->gid, p->mode);
	return (0);
}

static void
make_dirs(struct daemon *d)
{
	char err[LOOK_TEXT];

	/* before all others: what is there may be another daemon's */
	make_dir(d->conf->socket_dir, 0, 0, 0755);
	if ((d->lock_fd = dirs_lock(d->conf->socket_dir, err,
	    sizeof(err))) == -1 ||
	    dirs_pid(d->lock_fd, err, sizeof(err)) == -1)
		fatalx(EXIT_SYSTEM, "%s", err);
	if (layout_walk(d->conf, d->procs, make_place, NULL, err,
	    sizeof(err)) == -1)
		fatalx(EXIT_CONFIG, "%s", err);
}

/*
 * Everybody may connect; who it is and whether it may talk is asked of the
 * kernel before anything is read, because one group cannot say it all.
 */
static void
make_sockets(struct daemon *d)
{
	const struct conf *c = d->conf;
	char path[4096], err[LOOK_TEXT];
	struct listener *l;
	size_t i;

	d->listeners = xcalloc(c->nchannels, sizeof(*d->listeners));
	for (i = 0; i < c->nchannels; i++) {
		l = &d->listeners[i];
		l->d = d;
		l->ch = &c->channels[i];
		(void)snprintf(path, sizeof(path), "%s/channels/%s.sock",
		    c->socket_dir, l->ch->name);
		l->fd = dirs_listen(path, 0666, err, sizeof(err));
		if (l->fd == -1)
			fatalx(EXIT_SYSTEM, "%s", err);
		d->nlisteners++;
	}
}

static int
nofile(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) == -1 ||
	    rl.rlim_max > SUPERVISOR_NOFILE)
		return (SUPERVISOR_NOFILE);
	return ((int)rl.rlim_max);
}

/* /dev/null for input and output, and for errors without -d. */
static void
leave_terminal(struct daemon *d)
{
	int fd;

	if ((fd = open("/dev/null", O_RDWR | O_CLOEXEC)) == -1 ||
	    dup2(fd, STDIN_FILENO) == -1 || dup2(fd, STDOUT_FILENO) == -1)
		fatal(EXIT_SYSTEM, "/dev/null");
	if (!d->foreground) {
		log_init("clawbotd", LOG_TO_SYSLOG, -1, d->verbose);
		if (dup2(fd, STDERR_FILENO) == -1)
			last_failure(d, EXIT_SYSTEM, "/dev/null");
	}
	d->spare_fd = fd;
}

/* Without it records say less of who asks, and all else is as it was. */
static void
open_logins(struct daemon *d)
{
	char err[LOOK_TEXT];

	d->knows_logins = login_open(err, sizeof(err)) == 0;
	if (!d->knows_logins)
		log_warnx("login uids are not recorded: %s", err);
}

static void
drop(struct daemon *d)
{
	struct priv p;
	char err[LOOK_TEXT];

	memset(&p, 0, sizeof(p));
	p.role = ROLE_SUPERVISOR;
	p.uid = d->uid;
	p.gid = d->gid;
	p.root = dirs_empty();
	p.landlock_read = d->knows_logins ? ROLEFILTER_PROC : 0;
	p.nofile = nofile();
	p.accept_no_landlock = bootconf_accepts(d->conf, ACCEPT_LANDLOCK);
	if (priv_drop(&p, err, sizeof(err)) == -1)
		last_failure(d, p.status, err);
	d->layers = p.active;
	d->unprivileged = 1;
}

/*
 * What the kernel looks up for a process it takes from the session's keyring
 * too, and runs inherit that of whoever has started us: an empty one instead.
 */
static void
leave_keyring(struct daemon *d)
{
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) != -1)
		d->own_keyring = 1;
	else if (errno == ENOSYS)	/* then there are no keys at all */
		d->own_keyring = 1;
	else
		log_warn("a keyring for this session");
}

/* Who stops everything while we start is heard as soon as we can. */
static void
hold_usr1(int how)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGUSR1);
	if (sigprocmask(how, &set, NULL) == -1)
		fatal(EXIT_SYSTEM, "sigprocmask");
}

/* From root to the loop. */
static void __attribute__((__noreturn__))
serve(struct daemon *d)
{
	(void)signal(SIGPIPE, SIG_IGN);
	hold_usr1(SIG_BLOCK);
	/* a file that may not grow is an error like others */
	(void)signal(SIGXFSZ, SIG_IGN);
	leave_keyring(d);
	open_logins(d);
	accounts_find(&d->uid, &d->gid, d->procs, on_account, NULL);
	proc_init(&d->notifier, &notifier_row);
	if (d->conf->notify != NULL)
		accounts_find_lone(&d->notifier, d->uid, d->procs, NULL,
		    on_account, NULL);
	proc_init(&d->forwarder, &forwarder_row);
	if (d->conf->forward != NULL) {
		accounts_find_lone(&d->forwarder, d->uid, d->procs,
		    d->conf->notify != NULL ? &d->notifier : NULL,
		    on_account, NULL);
		d->forwarding = forwarding_new();
	}
	make_dirs(d);
	make_sockets(d);
	d->quota = quota_new(d->conf);
	tripped_record(d);
	d->denials = denied_new();
	d->standings = standings_new();
	d->lapses = lapses_new();
	if (d->conf->notify != NULL) {
		d->notices = notices_new();
		d->noticeq = noticeq_new();
	}
	notify_open();
	boot_roles(d);
	tzset();
	leave_terminal(d);
	if (loop_init(d) == -1)
		last_failure(d, EXIT_SYSTEM, "event loop");
	hold_usr1(SIG_UNBLOCK);
	drop(d);
	if (client_listen(d) == -1)
		last_failure(d, EXIT_SYSTEM, "event loop");
	d->started = now_ms();
	notify_ready();
	log_info("ready, version %s", CB_VERSION);
	if (d->up_fd != -1) {
		(void)!write(d->up_fd, "", 1);
		(void)close(d->up_fd);
	}
	loop_run(d);
}

static struct conf *
load(const char *path, int check)
{
	struct conf *c;

	if ((c = conf_load(path, stderr, check ? look_host :
	    NULL)) == NULL)
		exit(EXIT_CONFIG);
	return (c);
}

/* What was asked for on standard output; the exit status. */
static int
put_out(const void *p, size_t len)
{
	if (fwrite(p, 1, len, stdout) == len && fflush(stdout) == 0)
		return (0);
	log_warn("standard output");
	return (EXIT_IO);
}

/* -T */
static int
put_conf(const struct conf *c)
{
	FILE *fp;
	char *text = NULL;
	size_t len;
	int r;

	if ((fp = open_memstream(&text, &len)) == NULL)
		fatal(EXIT_IO, "open_memstream");
	conf_print(c, fp);
	if (fclose(fp) != 0)
		fatal(EXIT_IO, "open_memstream");
	r = put_out(text, len);
	free(text);
	people_print(c, stderr);
	return (r);
}

/*
 * -R: what -n says, and on standard output the configuration as clawbot reload
 * hands it to the daemon that runs.
 */
static void __attribute__((__noreturn__))
hand_over(const char *path)
{
	struct conf *c;
	struct buf b;

	if (geteuid() != 0)
		fatalx(EXIT_NOPERM, "must be started as root");
	if (isatty(STDOUT_FILENO))
		fatalx(EXIT_USAGE, "-R is for clawbot reload");
	c = conf_load_looked(path, stderr, look_host, BUILD_ID, &b);
	if (c == NULL)
		exit(EXIT_CONFIG);
	exit(put_out(b.data, b.len));
}

/* -U: so that root can remove the log's directory. */
static int
lift_parts(const struct conf *c)
{
	char err[LOOK_TEXT];

	if (geteuid() != 0)
		fatalx(EXIT_NOPERM, "must be started as root");
	if (fixparts_lift(c->log_dir, err, sizeof(err)) == -1)
		fatalx(EXIT_IO, "log directory %s: %s", c->log_dir, err);
	return (0);
}

int
main(int argc, char **argv)
{
	static const char version[] = "clawbotd " CB_VERSION "\n";
	static struct daemon d;
	const char *path = CB_SYSCONFDIR "/clawbot.conf";
	struct conf *c;
	int ch, check = 0, draft = 0, hand = 0, try = 0, print = 0, lay = 0;
	int lift = 0;

	priv_closefrom(NULL, 0);
	(void)umask(077);
	log_init("clawbotd", LOG_TO_STDERR, -1, 0);
	d.build = BUILD_ID;
	while ((ch = getopt(argc, argv, "cdLnqRTUVf:")) != -1) {
		switch (ch) {
		case 'c':
			draft = 1;
			break;
		case 'd':
			d.verbose = d.foreground;	/* the second one */
			d.foreground = 1;
			break;
		case 'f':
			path = optarg;
			break;
		case 'L':
			lay = 1;
			break;
		case 'n':
			check = 1;
			break;
		case 'q':
			try = 1;
			break;
		case 'R':
			hand = 1;
			break;
		case 'T':
			print = 1;
			break;
		case 'U':
			lift = 1;
			break;
		case 'V':
			return (put_out(version, strlen(version)));
		default:
			usage();
		}
	}
	if (optind != argc)
		usage();
	if (draft)
		return (draft_check(path));
	if (lay)
		return (layout_say(path));
	if (try)
		return (trial(path));
	if (hand)
		hand_over(path);
	c = load(path, check);
	if (lift)
		return (lift_parts(c));
	if (check || print) {
		ch = print ? put_conf(c) : 0;
		conf_free(c);
		return (ch);
	}
	if (geteuid() != 0)
		fatalx(EXIT_NOPERM, "must be started as root");
	log_init("clawbotd", LOG_TO_STDERR, -1, d.verbose);
	d.conf = c;
	d.hang_up = client_hang_up;
	d.up = &ask_up;
	d.up_fd = d.lock_fd = d.spare_fd = -1;
	TAILQ_INIT(&d.clients);
	TAILQ_INIT(&d.doors);
	TAILQ_INIT(&d.unreads);
	TAILQ_INIT(&d.ops);
	TAILQ_INIT(&d.askings);
	TAILQ_INIT(&d.kept);
	if (!d.foreground)
		daemonize(&d);
	serve(&d);
}
