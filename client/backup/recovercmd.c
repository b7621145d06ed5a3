/* SPDX-License-Identifier: ISC */
/*
 * audit recover: a log that is damaged, so that no daemon starts on it, goes on
 * without its end.  That is told first; with --accept-loss it is done, what is
 * lost is kept beside it, and the log says so itself.
 */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/backup/backupfail.h"
#include "client/backup/logadd.h"
#include "client/backup/setaside.h"
#include "client/hostplaces.h"
#include "client/out.h"
#include "common/estop.h"
#include "common/knownmask.h"
#include "common/record/logscan.h"
#include "common/record/sealfile.h"
#include "common/record/torn.h"
#include "common/role.h"

#define VAULT_NAME	"secrets.env"

struct recovering {
	const struct cli *cli;
	const char	*log;		/* directory */
	const char	*vault;		/* likewise, or NULL */
	const char	*why;
	int		 accept;
	int		 dirfd;		/* of the log, with its lock */
	struct logscan_result res;
	struct sealcheck seals;
};

/* Is that the trace of writing that was cut short, which a start mends? */
static int
is_torn(const struct recovering *r)
{
	uint8_t *p = NULL;
	size_t n = 0;
	int fd;

	fd = logseg_open(r->dirfd, LOG_CURRENT, O_RDONLY);
	if (fd != -1) {
		p = torn_end(fd, &r->res, &n);
		(void)close(fd);
	}
	freezero(p, n);
	return (p != NULL);
}

/* Nothing that a start does not do by itself: 1; else 0. */
static int
is_good(const struct recovering *r)
{
	if (logseg_lost(r->dirfd, r->res.last.number + 1))
		return (0);
	return (r->res.status == LOGSCAN_OK || is_torn(r));
}

/* All is there; an exit status, or -1 and *f. */
static int
tell_good(const struct recovering *r, struct fail *f)
{
	int fits;

	fits = sealfile_fits(r->dirfd, &r->seals, r->res.last.number);
	if (fits == -1)
		return (backup_errno(f, LOG_SEALKEY));
	if (fits) {
		printf("nothing is lost: the daemon can start\n");
		return (0);
	}
	printf("nothing is lost, but the daemon does not start: %s in %s is "
	    "missing, or is not the key that goes on behind the last seal, "
	    "record %llu\n"
	    "put it back, or a log and a key that are of one time, or move "
	    "the directory away to begin a new log\n", LOG_SEALKEY, r->log,
	    (unsigned long long)r->seals.at);
	return (EXIT_ALTERED);
}

static int
look(struct recovering *r, struct fail *f)
{
	struct logscan *scan;

	scan = logscan_new(NULL, NULL);
	logscan_dir(scan, r->dirfd);
	(void)logscan_end(scan, &r->res);
	r->seals = *logscan_seals(scan);
	logscan_free(scan);
	if (r->res.status != LOGSCAN_IO)
		return (0);
	fail_set(f, EXIT_IO, "%s in %s %s", r->res.file, r->log,
	    r->res.rule);
	return (-1);
}

/* The first record that is lost. */
static uint64_t
lost_from(const struct recovering *r)
{
	return (r->res.status == LOGSCAN_OK ? r->res.last.number + 1 :
	    r->res.record);
}

static int
read_all(int fd, struct buf *b)
{
	uint8_t part[65536];
	ssize_t n;

	while ((n = read(fd, part, sizeof(part))) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return (-1);
		buf_put(b, part, (size_t)n);
	}
	errno = EFBIG;
	return (b->bad ? -1 : 0);
}

static int
read_vault(const struct recovering *r, struct buf *b, struct fail *f)
{
	char *path;
	int fd, ret = 0;

	if (r->vault == NULL)
		return (0);
	xasprintf(&path, "%s/" VAULT_NAME, r->vault);
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1 && errno != ENOENT)
		ret = backup_errno(f, path);
	if (fd != -1 && read_all(fd, b) == -1)
		ret = backup_errno(f, path);
	if (fd != -1)
		(void)close(fd);
	free(path);
	return (ret);
}

/* What the log says of it; nothing runs before somebody has looked. */
static int
write_records(struct recovering *r, const struct setaside *s, struct fail *f)
{
	struct logstate ls;
	struct logadd l;
	struct buf vault;
	int ret;

	if (logstate_dir(&ls, r->log, f) == -1)
		return (-1);
	buf_init(&vault, BACKUP_VAULT_MAX);
	logadd_begin(&l, &ls);
	ret = logadd_restored(r->log, ls.last.number + 1, f);
	if (ret == 0)
		ret = read_vault(r, &vault, f);
	if (ret == 0)
		ret = logadd_lost(&l, s, &r->res, r->why, f);
	if (ret == 0)
		ret = logadd_stop(&l, r->why, f);
	if (ret == 0 && vault.len != 0)
		ret = logadd_vault(&l, &vault, r->why, f);
	if (ret == 0)
		ret = setaside_end(s, &l.lines, f);
	logadd_free(&l);
	buf_free(&vault);
	return (ret);
}

static void
tell(const struct recovering *r, const struct setaside *s)
{
	struct buf b, line;

	if (r->cli->json) {
		buf_init(&b, 1 << 20);
		field_u64(&b, "record", lost_from(r));
		field_u64(&b, "bytes", s->bytes);
		field_list(&b, "moved", &s->moved);
		field_list(&b, "digests", &s->digests);
		field_bool(&b, "seals", s->seals);
		buf_init(&line, 16U << 20);
		(void)field_json(&line, b.data, b.len, 0);
		buf_put_u8(&line, '\n');
		out_buf(stdout, &line);
		buf_free(&b);
		return;
	}
	printf("what was from record %llu on, %llu bytes, is in %s/%s\n",
	    (unsigned long long)lost_from(r), (unsigned long long)s->bytes,
	    r->log, s->name);
	if (s->seals)
		printf("other keys seal the log from here on: keep the one "
		    "that the daemon says when it starts\n");
	printf("an emergency stop is in force: clawbotd runs nothing until "
	    "clawbot resume\n");
}

/* What would be done; the status of a log that is not whole. */
static int
tell_loss(const struct recovering *r)
{
	if (r->res.status == LOGSCAN_OK)
		printf("records from %llu on were moved away before, and the "
		    "log does not say so yet\n",
		    (unsigned long long)lost_from(r));
	else
		printf("damaged: record=%llu offset=%llu rule=%s file=%s\n"
		    "what is from there on would be lost: it is moved to a "
		    "directory beside the log, and the daemon starts again, "
		    "with an emergency stop\n",
		    (unsigned long long)r->res.record,
		    (unsigned long long)r->res.offset, r->res.rule,
		    r->res.file);
	printf("to do so: clawbot audit recover --accept-loss -r WHY\n");
	return (EXIT_ALTERED);
}

/* An exit status, or -1 and *f. */
static int
recover(struct recovering *r, struct fail *f)
{
	struct setaside s;
	int ret;

	if (look(r, f) == -1)
		return (-1);
	if (is_good(r))
		return (tell_good(r, f));
	if (!r->accept)
		return (tell_loss(r));
	if (setaside_init(&s, r->dirfd, lost_from(r), f) == -1)
		return (-1);
	ret = setaside_do(&s, &r->res, f);
	if (ret == 0)
		ret = write_records(r, &s, f);
	if (ret == 0)
		tell(r, &s);
	setaside_free(&s);
	return (ret);
}

static int
with_places(struct recovering *r, const char *conf, struct fail *f)
{
	const struct hostplace *log, *vault;
	struct hostplaces ps;
	int ret = -1;

	if (hostplaces_get(&ps, conf, f) == -1)
		return (-1);
	log = hostplaces_dir(&ps, "log");
	vault = hostplaces_dir(&ps, "vault");
	if (log == NULL)
		fail_set(f, EXIT_CONFIG, "the configuration has no log");
	else {
		r->log = log->path;
		r->vault = vault != NULL ? vault->path : NULL;
		r->dirfd = logstate_hold(r->log, f);
		if (r->dirfd != -1) {
			ret = recover(r, f);
			(void)close(r->dirfd);
		}
	}
	hostplaces_free(&ps);
	return (ret);
}

int
cmd_audit_recover(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	struct recovering r = { .cli = cli, .dirfd = -1 };
	const char *conf = NULL;
	char *why = NULL;
	struct fail f;
	int ch, ret;

	while ((ch = command_opt(cli, cmd, argc, argv)) != -1) {
		if (ch == OPT_ACCEPT_LOSS)
			r.accept = 1;
		else if (ch == 'f')
			conf = optarg;
		else
			r.why = optarg;
	}
	command_operands(cmd, argc, 0, 0);
	if (r.accept && (r.why == NULL || *r.why == '\0' ||
	    strlen(r.why) > ESTOP_MAXWHY))
		usage_error("%s: --accept-loss takes a reason for the log "
		    "(-r), of at most %u bytes", cmd->name,
		    (unsigned)ESTOP_MAXWHY);
	if (geteuid() != 0) {
		complain("only root may move a part of the log away");
		return (EXIT_NOPERM);
	}
	if (sodium_init() == -1) {
		complain("libsodium cannot be used");
		return (EXIT_CLAWBOT);
	}
	if (r.why != NULL)
		r.why = why = knownmask_text(r.why, ESTOP_MAXWHY);
	ret = with_places(&r, conf, &f);
	free(why);
	return (ret == -1 ? fail_print(&f) : ret);
}
