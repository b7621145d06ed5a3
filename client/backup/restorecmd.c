/* SPDX-License-Identifier: ISC */
/*
 * restore: a backup is read to its end, and only then something is where it
 * was not.  A log that comes back begins with an emergency stop, so whatever
 * was stopped between backup and restore does not run again by itself; what
 * waited, what was approved and every ticket were in memory alone, and are in
 * no backup.
 */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/backup/backupfail.h"
#include "client/backup/backupread.h"
#include "client/backup/backupstream.h"
#include "client/backup/logadd.h"
#include "client/backup/restoreplace.h"
#include "client/esc.h"
#include "client/infile.h"
#include "client/out.h"
#include "client/progress.h"
#include "common/civil.h"
#include "common/record/logseg.h"
#include "common/role.h"
#include "common/xmalloc.h"

#define RESTORE_USUAL	CB_SYSCONFDIR "/clawbot.conf"

struct restoring {
	const struct cli *cli;
	const char	*conf;
	const char	*into;
	int		 only;		/* look, and change nothing */
	struct backup_in *in;
	struct backup_read *read;
	struct restore_places places;
	struct logstate	 log;
	struct progress	 progress;
	enum backup_part part;		/* of the file that comes */
	struct buf	 text;		/* of the configuration */
	struct buf	 vault;
	int		 held;		/* the lock of a log that stays */
};

static int
on_head(void *arg, const struct backup_head *h, struct fail *f)
{
	struct restoring *r = arg;

	(void)f;
	progress_begin(&r->progress, r->only ? "verify" : "restore",
	    h->total);
	if (!r->only)
		restore_places_init(&r->places, r->conf, r->into, h->total);
	return (0);
}

static int
on_begin(void *arg, const struct backup_file *file, struct fail *f)
{
	struct restoring *r = arg;

	r->part = backup_part(file->name);
	if (logstate_name(&r->log, file, f) == -1)
		return (-1);
	if (r->only || r->part == PART_CONF)
		return (0);
	return (restore_places_begin(&r->places, file, f));
}

static int
on_data(void *arg, const void *p, size_t n, struct fail *f)
{
	struct restoring *r = arg;

	progress_add(&r->progress, n);
	if (r->part == PART_CONF)
		buf_put(&r->text, p, n);
	else if (r->part == PART_VAULT)
		buf_put(&r->vault, p, n);
	else if (r->part != PART_TORN && r->part != PART_OUTPUT &&
	    logstate_data(&r->log, p, n,
	    f) == -1)
		return (-1);
	if (r->only || r->part == PART_CONF)
		return (0);
	return (restore_places_data(&r->places, p, n, f));
}

static int
on_end(void *arg, const struct backup_file *file, struct fail *f)
{
	struct restoring *r = arg;

	(void)file;
	if (r->only)
		return (0);
	if (r->part == PART_CONF)
		return (restore_places_conf(&r->places, &r->text, f));
	return (restore_places_end(&r->places, f));
}

static const struct backup_sink restore_sink = { on_head, on_begin, on_data,
    on_end };

static int
on_plain(void *arg, const void *p, size_t n, struct fail *f)
{
	struct restoring *r = arg;

	return (backup_read_feed(r->read, p, n, f));
}

static int
read_stream(struct restoring *r, int fd, struct fail *f)
{
	uint8_t part[65536];
	ssize_t n;

	while ((n = read(fd, part, sizeof(part))) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return (backup_errno(f, "backup"));
		if (backup_in_feed(r->in, part, (size_t)n, f) == -1)
			return (-1);
	}
	if (backup_in_end(r->in, f) == -1)
		return (-1);
	return (backup_read_end(r->read, f));
}

/* Log and vault belong together, and the head is that of the log. */
static int
check_parts(struct restoring *r, struct fail *f)
{
	const struct backup_head *h = backup_read_head(r->read);
	uint8_t digest[BACKUP_DIGEST];

	if (logstate_end(&r->log, f) == -1)
		return (-1);
	if (h->log.number != r->log.last.number ||
	    memcmp(h->log.digest, r->log.last.digest, RECORD_DIGEST) != 0)
		return (backup_altered(f, "its log ends elsewhere than it "
		    "says"));
	if (r->log.vault_version == 0)
		return (0);
	(void)crypto_generichash(digest, sizeof(digest), r->vault.data,
	    r->vault.len, NULL, 0);
	if (memcmp(digest, r->log.vault_digest, sizeof(digest)) != 0)
		return (backup_altered(f, "its vault is not the one that its "
		    "log names"));
	return (0);
}

static void
put_why(struct restoring *r, char *why, size_t size)
{
	const struct backup_head *h = backup_read_head(r->read);
	char when[CIVIL_TEXT];

	civil_text(when, h->time_us / 1000000);
	(void)snprintf(why, size, "restored from the backup of %s of %.200s",
	    when, h->host);
}

/* The vault goes beside a log that was there and may name a later one. */
static int
join_kept_log(struct restoring *r, struct fail *f)
{
	const struct restore_one *log = &r->places.v[TARGET_LOG];
	struct logstate ls;
	struct logadd l;
	char why[300];
	int ret;

	if (r->places.v[TARGET_VAULT].kept || r->vault.len == 0)
		return (0);
	if ((r->held = logstate_hold(log->path, f)) == -1)
		return (-1);
	if (logstate_dir(&ls, log->path, f) == -1)
		return (-1);
	put_why(r, why, sizeof(why));
	logadd_begin(&l, &ls);
	ret = logadd_vault(&l, &r->vault, why, f);
	if (ret == 0 && l.n != 0)
		ret = logadd_append(&l, log->path, f);
	logadd_free(&l);
	return (ret);
}

/* A vault that was there stays, so the log that comes has to name it. */
static int
join_kept_vault(struct restoring *r, struct fail *f)
{
	const struct restore_one *vault = &r->places.v[TARGET_VAULT];

	if (!vault->kept || r->log.vault_version == 0)
		return (0);
	fail_set(f, EXIT_CONFIG, "%s is there, and the log that would be "
	    "restored beside it may name another one", vault->path);
	fail_hint(f, "move the vault away as well");
	return (-1);
}

static int
join(struct restoring *r, struct fail *f)
{
	const char *dir = r->places.v[TARGET_LOG].tmp;
	struct logadd l;
	char why[300];
	int ret;

	if (r->places.v[TARGET_LOG].kept)
		return (join_kept_log(r, f));
	if (join_kept_vault(r, f) == -1)
		return (-1);
	if (r->log.last.number == 0)
		return (0);
	put_why(r, why, sizeof(why));
	logadd_begin(&l, &r->log);
	ret = logadd_stop(&l, why, f);
	if (ret == 0)
		ret = logadd_append(&l, dir, f);
	if (ret == 0)
		ret = logadd_restored(dir, r->log.last.number, f);
	logadd_free(&l);
	return (ret);
}

static void
tell_json(const struct restoring *r, const char *head)
{
	const struct backup_head *h = backup_read_head(r->read);
	struct buf b, all;
	int i;

	buf_init(&b, 65536);
	field_u64(&b, "time_us", h->time_us);
	field_str(&b, "host", h->host);
	field_str(&b, "version", h->version);
	field_u64(&b, "files", h->n);
	field_u64(&b, "bytes", h->total);
	field_u64(&b, "records", h->log.number);
	field_str(&b, "head", head);
	for (i = 0; !r->only && i < NTARGETS; i++)
		field_str(&b, restore_names[i], r->places.v[i].done ?
		    "restored" : "kept");
	buf_init(&all, 16U * 65536);
	(void)field_json(&all, b.data, b.len, 0);
	buf_put_u8(&all, '\n');
	out_buf(stdout, &all);
	buf_free(&b);
}

static void
tell_places(const struct restoring *r)
{
	const struct restore_one *o;
	int i;

	for (i = 0; i < NTARGETS; i++) {
		o = &r->places.v[i];
		printf("%-13s %s: %s\n", restore_names[i], o->path,
		    o->done ? "restored" : "kept, it was there");
	}
	if (r->places.v[TARGET_LOG].done && r->log.last.number != 0)
		printf("an emergency stop is in force: clawbotd runs nothing "
		    "until clawbot resume\n");
}

static void
tell(const struct restoring *r)
{
	const struct backup_head *h = backup_read_head(r->read);
	char when[CIVIL_TEXT], head[RECORD_P + 1];
	struct buf b;

	record_p(head, h->log.digest);
	if (r->cli->json) {
		tell_json(r, head);
		return;
	}
	civil_text(when, h->time_us / 1000000);
	buf_init(&b, 65536);
	buf_printf(&b, "OK backup=%s host=", when);
	esc_word(&b, h->host, strlen(h->host));
	buf_printf(&b, " version=");
	esc_word(&b, h->version, strlen(h->version));
	buf_printf(&b, " files=%zu bytes=%llu records=%llu head=%s\n", h->n,
	    (unsigned long long)h->total, (unsigned long long)h->log.number,
	    head);
	out_buf(stdout, &b);
	if (!r->only)
		tell_places(r);
}

static int
restore(struct restoring *r, int fd, struct fail *f)
{
	struct fail none;
	int ret;

	ret = read_stream(r, fd, f);
	progress_end(&r->progress);
	if (ret == -1) {
		(void)logstate_end(&r->log, &none);
		return (-1);
	}
	if (check_parts(r, f) == -1)
		return (-1);
	if (!r->only && (join(r, f) == -1 ||
	    restore_places_commit(&r->places, f) == -1))
		return (-1);
	tell(r);
	return (0);
}

static int
open_all(struct restoring *r, const char *path, const char *keyfile,
    struct fail *f)
{
	struct backup_secret s = { 0 };
	int fd = STDIN_FILENO, ret;

	if (strcmp(path, "-") != 0 &&
	    (fd = infile_open(path, INFILE_STREAM, EXIT_IO, f)) == -1)
		return (-1);
	if ((ret = backup_secret_get(&s, keyfile, 0, f)) == 0) {
		buf_init(&r->text, BACKUP_CONF_MAX);
		buf_init(&r->vault, BACKUP_VAULT_MAX);
		logstate_begin(&r->log);
		r->places.fd = r->held = -1;
		r->read = backup_read_new(&restore_sink, r);
		r->in = backup_in_new(&s, on_plain, r);
		ret = restore(r, fd, f);
		if (r->held != -1)
			(void)close(r->held);
		restore_places_free(&r->places);
		backup_in_free(r->in);
		backup_read_free(r->read);
		buf_free(&r->text);
		buf_free(&r->vault);
	}
	backup_secret_free(&s);
	if (fd != STDIN_FILENO)
		(void)close(fd);
	return (ret);
}

int
cmd_restore(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	struct restoring r = { .cli = cli, .conf = RESTORE_USUAL };
	const char *keyfile = NULL;
	struct fail f;
	int ch;

	while ((ch = command_opt(cli, cmd, argc, argv)) != -1) {
		if (ch == 'f')
			r.conf = optarg;
		else if (ch == 'k')
			keyfile = optarg;
		else if (ch == OPT_INTO)
			r.into = optarg;
		else
			r.only = 1;
	}
	command_operands(cmd, argc, 1, 1);
	if (r.only && r.into != NULL)
		usage_error("%s: --verify-only writes nothing, --into does",
		    cmd->name);
	if (!r.only && r.into == NULL && geteuid() != 0) {
		complain("only root may restore what the daemon has");
		return (EXIT_NOPERM);
	}
	if (sodium_init() == -1) {
		complain("libsodium cannot be used");
		return (EXIT_CLAWBOT);
	}
	if (open_all(&r, argv[optind], keyfile, &f) == -1)
		return (fail_print(&f));
	return (0);
}
