/* SPDX-License-Identifier: ISC */
/*
 * reload: another configuration for the daemon that runs.  It can open
 * nothing any more, so clawbotd -R reads the file and looks at the host as a
 * start would, and what that prints goes to the daemon, in parts.
 */
#include "config.h"

#include <sys/wait.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/conn.h"
#include "client/out.h"
#include "common/payload.h"
#include "common/role.h"

#define HANDED_PART	(128U * 1024)
#define HANDED_MAX	(16U * 1024 * 1024)

struct reloading {
	const struct cli *cli;
	struct conn	*conn;
	char		*path;		/* of the configuration */
	struct jrows	 rows;
	int		 done;		/* it is in force */
};

static const char *
clawbotd(void)
{
#if CB_TEST_HOOKS
	const char *path;

	if ((path = getenv("CLAWBOT_CLAWBOTD")) != NULL)
		return (path);
#endif
	return (CB_SBINDIR "/clawbotd");
}

/* Root may connect to any channel; a unit does not know which there are. */
static void
find_channel(struct cli *cli)
{
	static char name[NAME_MAX + 1];
	char dir[4096], path[sizeof(dir) + NAME_MAX + 2];
	const struct dirent *e;
	size_t n;
	DIR *d;

	(void)snprintf(dir, sizeof(dir), "%s/channels", cli->dir);
	(void)snprintf(path, sizeof(path), "%s/%s.sock", dir, cli->channel);
	if (access(path, F_OK) == 0 || (d = opendir(dir)) == NULL)
		return;
	while ((e = readdir(d)) != NULL) {
		n = strlen(e->d_name);
		if (n <= 5 || strcmp(e->d_name + n - 5, ".sock") != 0)
			continue;
		memcpy(name, e->d_name, n - 5);
		name[n - 5] = '\0';
		cli->channel = name;
	}
	(void)closedir(d);
}

/* The file that is in force. */
static int
on_path(const void *data, size_t len, void *arg, struct fail *f)
{
	struct reloading *r = arg;

	(void)f;
	free(r->path);
	r->path = row_str(data, len, "config");
	return (0);
}

static int
find_path(struct reloading *r, const char *given, struct fail *f)
{
	struct msg_part v = { .more = 1 };
	struct buf b;
	int rc;

	if (given != NULL) {
		if ((r->path = realpath(given, NULL)) != NULL)
			return (0);
		fail_set(f, EXIT_CONFIG, "%s: %s", given, strerror(errno));
		return (-1);
	}
	payload_put(&b, MSG_RELOAD, &msg_part_shape, &v);
	rc = conn_rows(r->conn, MSG_RELOAD, b.data, b.len, on_path, r, f);
	buf_free(&b);
	if (rc == -1)
		return (-1);
	if (r->path != NULL && r->path[0] == '/')
		return (0);
	fail_set(f, EXIT_USAGE, "the daemon was started with a relative "
	    "path, %s", r->path != NULL ? r->path : "which it does not tell");
	fail_hint(f, "name the file with -f");
	return (-1);
}

static void __attribute__((__noreturn__))
become_clawbotd(const char *path, int out)
{
	const char *prog = clawbotd();

	if (dup2(out, STDOUT_FILENO) != -1)
		(void)execl(prog, "clawbotd", "-R", "-f", path, (char *)NULL);
	complain("%s: %s", prog, strerror(errno));
	_exit(EXIT_CLAWBOT);
}

static int
read_all(int fd, struct buf *b)
{
	uint8_t chunk[65536];
	ssize_t n;

	for (;;) {
		n = read(fd, chunk, sizeof(chunk));
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return (n == 0 && !b->bad ? 0 : -1);
		buf_put(b, chunk, (size_t)n);
	}
}

/* What clawbotd -R prints; errors it has said itself. */
static int
look(const struct reloading *r, struct buf *b, struct fail *f)
{
	int p[2], status = 0, ok;
	pid_t pid;

	if (pipe2(p, O_CLOEXEC) == -1 || (pid = fork()) == -1) {
		fail_set(f, EXIT_CLAWBOT, "clawbotd: %s", strerror(errno));
		return (-1);
	}
	if (pid == 0)
		become_clawbotd(r->path, p[1]);
	(void)close(p[1]);
	ok = read_all(p[0], b) == 0;
	(void)close(p[0]);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	if (ok && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return (0);
	fail_set(f, WIFEXITED(status) && WEXITSTATUS(status) != 0 ?
	    WEXITSTATUS(status) : EXIT_CLAWBOT, "%s is not reloaded: nothing "
	    "has changed", r->path);
	return (-1);
}

static void
print_row(const void *data, size_t len)
{
	struct buf b;

	buf_init(&b, MSG_ROW_MAX);
	if (row_has(data, len, "key")) {
		row_show(&b, data, len, "key");
		buf_printf(&b, ": needs ");
		row_show(&b, data, len, "needs");
	} else if (row_has(data, len, "skill")) {
		buf_printf(&b, "skill ");
		row_show(&b, data, len, "skill");
		buf_printf(&b, ": its runs are refused: ");
		row_show(&b, data, len, "refused");
	} else {
		row_show(&b, data, len, "config");
		buf_printf(&b, " is in force, policy ");
		row_show(&b, data, len, "policy");
		buf_printf(&b, "; changed: ");
		row_show(&b, data, len, "changed");
		buf_printf(&b, "; judged anew: ");
		row_show(&b, data, len, "waiting");
	}
	buf_put_u8(&b, '\n');
	out_buf(stdout, &b);
}

static int
on_row(const void *data, size_t len, void *arg, struct fail *f)
{
	struct reloading *r = arg;

	r->done |= row_has(data, len, "policy");
	if (r->cli->json)
		return (jrows_add(&r->rows, data, len, f));
	print_row(data, len);
	return (0);
}

static int
hand_over(struct reloading *r, const struct buf *all, struct fail *f)
{
	struct msg_part v;
	size_t at, n;
	struct buf b;
	int rc = 0;

	for (at = 0; rc == 0 && at < all->len; at += n) {
		n = all->len - at < HANDED_PART ? all->len - at : HANDED_PART;
		v.more = at + n < all->len;
		v.p = all->data + at;
		v.len = n;
		payload_put(&b, MSG_RELOAD, &msg_part_shape, &v);
		rc = conn_rows(r->conn, MSG_RELOAD, b.data, b.len, on_row, r,
		    f);
		buf_free(&b);
	}
	return (rc);
}

static int
reload(struct reloading *r, const char *given, struct fail *f)
{
	struct buf all;
	int rc = -1;

	buf_init(&all, HANDED_MAX);
	if ((r->conn = conn_open(r->cli, f)) != NULL &&
	    find_path(r, given, f) == 0 && look(r, &all, f) == 0)
		rc = hand_over(r, &all, f);
	buf_free(&all);
	conn_free(r->conn);
	return (rc);
}

int
cmd_reload(struct cli *cli, const struct command *cmd, int argc, char **argv)
{
	struct reloading r;
	const char *given = NULL;
	struct fail f, no;
	int ch, rc;

	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		if (ch == 'f')
			given = optarg;
	command_operands(cmd, argc, 0, 0);
	if (geteuid() != 0) {
		complain("only root may reload the configuration");
		return (EXIT_NOPERM);
	}
	find_channel(cli);
	memset(&r, 0, sizeof(r));
	r.cli = cli;
	jrows_init(&r.rows, "reload");
	rc = reload(&r, given, &f);
	if (cli->json && (rc == 0 || r.rows.n != 0) &&
	    jrows_print(&r.rows, &no) == -1 && rc == 0) {
		f = no;
		rc = -1;
	}
	jrows_free(&r.rows);
	free(r.path);
	return (rc == -1 ? fail_print(&f) : 0);
}
