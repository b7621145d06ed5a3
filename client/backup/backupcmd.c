/* SPDX-License-Identifier: ISC */
/*
 * backup: configuration, vault and log in one file, while the daemon runs.
 * It is root's client that reads them: no process of the daemon may read all
 * three, and the log and the vault's file are made so that it needs none.
 */
#include "config.h"

#include <sys/resource.h>
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
#include "client/backup/backupset.h"
#include "client/backup/backupstored.h"
#include "client/backup/backupstream.h"
#include "client/newfile.h"
#include "client/out.h"
#include "client/progress.h"
#include "common/role.h"
#include "common/xmalloc.h"

#define BACKUP_USUAL	CB_SYSCONFDIR "/clawbot.conf"

struct backing {
	struct backup_set	 set;
	struct backup_out	*out;
	struct progress		 progress;
};

static void
close_stored(const struct backing *b, size_t i, int fd)
{
	if (b->set.fds[i] == SET_STORED && fd != -1)
		(void)close(fd);
}

/* One file of the set, to where it ended when the set was taken. */
static int
put_file(struct backing *b, size_t i, uint8_t digest[BACKUP_DIGEST],
    struct fail *f)
{
	const struct backup_file *file = &b->set.head.v[i];
	const struct buf *mem = i == 0 ? &b->set.conf : &b->set.vault;
	const int fd = b->set.fds[i] == SET_STORED ?
	    backupstored_open(&b->set, file) : b->set.fds[i];
	crypto_generichash_state h;
	uint8_t part[65536];
	uint64_t at;
	size_t n;

	(void)crypto_generichash_init(&h, NULL, 0, BACKUP_DIGEST);
	for (at = 0; at < file->size; at += n) {
		n = file->size - at < sizeof(part) ? (size_t)(file->size -
		    at) : sizeof(part);
		if (b->set.fds[i] == -1)	/* in memory */
			memcpy(part, mem->data + at, n);
		else if (pread(fd, part, n, (off_t)at) != (ssize_t)n) {
			fail_set(f, EXIT_IO, "%s cannot be read, or has "
			    "become shorter", file->name);
			close_stored(b, i, fd);
			return (-1);
		}
		(void)crypto_generichash_update(&h, part, n);
		if (backup_out_put(b->out, part, n, f) == -1) {
			close_stored(b, i, fd);
			return (-1);
		}
		progress_add(&b->progress, n);
	}
	close_stored(b, i, fd);
	(void)crypto_generichash_final(&h, digest, BACKUP_DIGEST);
	return (0);
}

/* Would restore take what is to be in there? */
static int
is_restorable(const struct buf *head, struct fail *f)
{
	struct backup_head h;
	int good;

	good = !head->bad && backup_head_get(&h, head->data + 4,
	    head->len - 4) == 0;
	if (!head->bad)
		backup_head_free(&h);
	if (!good)
		fail_set(f, EXIT_IO, "there are more or larger files than a "
		    "backup can have; look at the log directory");
	return (good);
}

static int
put_all(struct backing *b, struct fail *f)
{
	uint8_t (*digests)[BACKUP_DIGEST];
	struct buf head;
	size_t i;
	int r;

	digests = xcalloc(b->set.head.n, sizeof(*digests));
	buf_init(&head, BACKUP_HEAD_MAX);
	backup_head_put(&head, &b->set.head);
	r = is_restorable(&head, f) ? backup_out_put(b->out, head.data,
	    head.len, f) : -1;
	buf_free(&head);
	for (i = 0; r == 0 && i < b->set.head.n; i++)
		r = put_file(b, i, digests[i], f);
	if (r == 0)
		r = backup_out_put(b->out, digests, b->set.head.n *
		    sizeof(*digests), f);
	free(digests);
	return (r == 0 ? backup_out_end(b->out, f) : -1);
}

static int
put_stream(struct backing *b, int fd, const struct backup_secret *s,
    struct fail *f)
{
	int r;

	if ((b->out = backup_out_new(fd, s, f)) == NULL)
		return (-1);
	progress_begin(&b->progress, "backup", b->set.head.total);
	r = put_all(b, f);
	progress_end(&b->progress);
	backup_out_free(b->out);
	return (r);
}

/* Whole, and under a name that nothing had; or not at all. */
static int
put_named(struct backing *b, const char *path, const struct backup_secret *s,
    struct fail *f)
{
	struct newfile file;

	if (newfile_open(&file, path) == -1)
		return (backup_errno(f, path));
	if (put_stream(b, file.fd, s, f) == -1) {
		newfile_drop(&file);
		return (-1);
	}
	return (newfile_close(&file) == 0 ? 0 : backup_errno(f, path));
}

/* A descriptor for each part of the log: a year of it has over a thousand. */
static void
allow_files(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) == -1 || l.rlim_cur == l.rlim_max)
		return;
	l.rlim_cur = l.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &l);
}

static void
tell(const struct cli *cli, const struct backup_head *h, const char *path)
{
	struct buf b;

	if (strcmp(path, "-") == 0)
		return;
	if (cli->json) {
		out_done("file", path, "written");
		return;
	}
	buf_init(&b, 65536);
	buf_printf(&b, "%zu files, %llu bytes, the log up to record %llu, are "
	    "in ", h->n, (unsigned long long)h->total,
	    (unsigned long long)h->log.number);
	buf_printf(&b, "%s\n", path);
	out_buf(stdout, &b);
}

static int
backup(const struct cli *cli, const char *conf, const char *keyfile,
    const char *path, struct fail *f)
{
	struct backup_secret s = { 0 };
	struct backing b;
	struct hostplaces ps;
	struct stat st;
	int r;

	memset(&b, 0, sizeof(b));
	if (strcmp(path, "-") != 0 && lstat(path, &st) == 0) {
		fail_set(f, EXIT_USAGE, "%s is there already", path);
		return (-1);
	}
	if ((r = hostplaces_get(&ps, conf, f)) == 0)
		r = backup_secret_get(&s, keyfile, 1, f);
	if (r == 0)
		r = backup_set_take(&b.set, conf, &ps, f);
	if (r == 0)
		r = backupstored_add(&b.set, &ps, f);
	if (r == 0)
		r = strcmp(path, "-") == 0 ?
		    put_stream(&b, STDOUT_FILENO, &s, f) :
		    put_named(&b, path, &s, f);
	if (r == 0)
		tell(cli, &b.set.head, path);
	backup_set_free(&b.set);
	backup_secret_free(&s);
	hostplaces_free(&ps);
	return (r);
}

int
cmd_backup(struct cli *cli, const struct command *cmd, int argc, char **argv)
{
	const char *conf = BACKUP_USUAL, *keyfile = NULL;
	struct fail f;
	int ch;

	while ((ch = command_opt(cli, cmd, argc, argv)) != -1) {
		if (ch == 'f')
			conf = optarg;
		else
			keyfile = optarg;
	}
	command_operands(cmd, argc, 1, 1);
	if (cli->json && strcmp(argv[optind], "-") == 0)
		usage_error("%s: - does not go with --json", cmd->name);
	if (strcmp(argv[optind], "-") == 0 && isatty(STDOUT_FILENO))
		usage_error("%s: a backup is nothing for a terminal",
		    cmd->name);
	if (geteuid() != 0) {
		complain("only root may read all that is in a backup");
		return (EXIT_NOPERM);
	}
	if (sodium_init() == -1) {
		complain("libsodium cannot be used");
		return (EXIT_CLAWBOT);
	}
	(void)signal(SIGPIPE, SIG_IGN);
	allow_files();
	if (backup(cli, conf, keyfile, argv[optind], &f) == -1)
		return (fail_print(&f));
	return (0);
}
