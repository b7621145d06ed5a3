/* SPDX-License-Identifier: ISC */
/*
 * init: a first configuration, of what a person answers, or of a profile
 * alone.  It is written beside the place where it is to stand, looked at by
 * clawbotd(8), and gets its name only if nothing has that.
 */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "client/draft.h"
#include "client/esc.h"
#include "client/out.h"
#include "client/pager.h"
#include "client/user.h"
#include "common/defs.h"
#include "common/io.h"
#include "common/role.h"
#include "common/xmalloc.h"

#define INIT_CONF	CB_SYSCONFDIR "/clawbot.conf"
#define INIT_MAX	(64U * 1024)
#define INIT_KEY	32U

/* What is asked, in this order; each with what an empty answer means. */
enum { ASK_USER, ASK_APPROVERS, ASK_PROFILE, ASK_DIR, ASK_ACCOUNT, ANSWERS };
static const struct {
	const char	*question;
	const char	*usual;
} asked[ANSWERS] = {
	[ASK_USER] = { "account that your agents run as", "agent" },
	[ASK_APPROVERS] = { "who approves, an account or group:NAME",
	    "group:clawbot-admin" },
	[ASK_PROFILE] = { "profile: developer, operator, reader or none",
	    "developer" },
	[ASK_DIR] = { "directory that runs may write to, - for none",
	    "/srv/clawbot" },
	[ASK_ACCOUNT] = { "account that runs act as", "clawbot" },
};

struct initial {
	char	*path;		/* of the configuration */
	char	*key;		/* of the key file beside it */
	int	 made_key;
	char	*answer[ANSWERS];
};

static int
known_profile(const char *name)
{
	static const char *const names[] = { "developer", "operator",
	    "reader", "none" };
	size_t i;

	for (i = 0; i < NELEM(names); i++)
		if (strcmp(names[i], name) == 0)
			return (1);
	return (0);
}

/* Why this is no answer, or NULL; what else is wrong clawbotd tells. */
static const char *
wrong_answer(int which, const char *s)
{
	uid_t uid;

	switch (which) {
	case ASK_USER:
	case ASK_ACCOUNT:
		return (user_uid(USER_FILE, s, &uid) == -1 ?
		    "there is no such account; useradd makes one" : NULL);
	case ASK_PROFILE:
		return (known_profile(s) ? NULL : "there is no such profile");
	case ASK_DIR:
		return (*s == '/' || strcmp(s, "-") == 0 ? NULL :
		    "it has to begin with a slash");
	}
	return (NULL);
}

/* Until it is one; 0, or -1 at the end of input. */
static int
ask_one(struct initial *in, int which)
{
	const char *usual = in->answer[which] != NULL ? in->answer[which] :
	    asked[which].usual, *why;
	char *line;

	for (;;) {
		line = pager_question("%s [%s]: ", asked[which].question,
		    usual);
		if (line == NULL)
			return (-1);
		if (*line == '\0') {
			free(line);
			line = xstrdup(usual);
		}
		if ((why = wrong_answer(which, line)) == NULL)
			break;
		complain("%s: %s", line, why);
		free(line);
	}
	free(in->answer[which]);
	in->answer[which] = line;
	return (0);
}

static int
ask_all(struct initial *in, struct fail *f)
{
	int i;

	for (i = 0; i < ANSWERS; i++)
		if (ask_one(in, i) == -1) {
			fail_set(f, EXIT_USAGE, "not answered: nothing was "
			    "written");
			return (-1);
		}
	return (0);
}

/* What was not said is as usual; all of it has to be an answer. */
static int
take_usual(struct initial *in, struct fail *f)
{
	const char *why;
	int i;

	for (i = 0; i < ANSWERS; i++) {
		if (in->answer[i] == NULL)
			in->answer[i] = xstrdup(asked[i].usual);
		if ((why = wrong_answer(i, in->answer[i])) != NULL) {
			fail_set(f, EXIT_USAGE, "%s: %s", in->answer[i], why);
			return (-1);
		}
	}
	return (0);
}

/* As people write it: a record of the log escapes colons besides. */
static void
put_string(struct buf *b, const char *value)
{
	static const char colon[] = "\\u003a";
	struct buf json;
	size_t i, n;

	buf_init(&json, INIT_MAX);
	json_str(&json, value, strlen(value));
	for (i = 0; !json.bad && i < json.len; i += n) {
		n = json.data[i] == '\\' ? 2 : 1;
		if (json.len - i > strlen(colon) &&
		    memcmp(json.data + i, colon, strlen(colon)) == 0) {
			n = strlen(colon);
			buf_put_u8(b, ':');
		} else
			buf_put(b, json.data + i, n);
	}
	b->bad |= json.bad;
	buf_free(&json);
}

static void
put_key(struct buf *b, const char *before, const char *value,
    const char *after)
{
	buf_printf(b, "%s", before);
	put_string(b, value);
	buf_printf(b, "%s", after);
}

static void
put_skill(struct buf *b, const struct initial *in)
{
	const char *dir = in->answer[ASK_DIR];

	buf_printf(b, "\t// What agents may do; \"clawbot policy list\" "
	    "shows all of it.\n\t\"skills\": {\n\t\t\"default\": {\n");
	put_key(b, "\t\t\t\"profile\": ", in->answer[ASK_PROFILE], ",\n");
	buf_printf(b, "\t\t\t// Patterns beside those of the profile.\n"
	    "\t\t\t\"allow\": [],\n\t\t\t\"ask\": [],\n"
	    "\t\t\t\"deny\": [],\n\t\t\t// What none of them names.\n"
	    "\t\t\t\"default\": \"ask\",\n");
	if (strcmp(dir, "-") != 0)
		put_key(b, "\t\t\t\"write\": [", dir, "],\n");
	buf_printf(b, "\t\t\t\"network\": \"loopback\",\n");
	put_key(b, "\t\t\t\"runAs\": ", in->answer[ASK_ACCOUNT], ",\n");
	buf_printf(b, "\t\t},\n\t},\n\n");
}

static void
put_conf(struct buf *b, const struct initial *in)
{
	char *key;

	buf_printf(b, "// A first configuration; clawbot.conf(5) explains "
	    "every key.\n{\n");
	put_skill(b, in);
	put_key(b, "\t\"channels\": {\n\t\t\"cli\": {\n\t\t\t\"users\": [",
	    in->answer[ASK_USER], "],\n\t\t\t\"access\": \"execute\",\n"
	    "\t\t\t\"skills\": [\"default\"],\n\t\t},\n\t},\n\n");
	buf_printf(b, "\t// Nobody may approve what the same account asked "
	    "for.\n");
	put_key(b, "\t\"approvals\": { \"approvers\": [",
	    in->answer[ASK_APPROVERS], "] },\n\n");
	buf_printf(b, "\t// Asked about in every skill, in any spelling.\n"
	    "\t\"tools\": { \"exec\": { \"approval\": \"ask\",\n"
	    "\t    \"approvalPatterns\": [\"rm -rf\", \"DROP TABLE\", "
	    "\"kubectl delete\",\n\t\t\"git push --force\"] } },\n\n"
	    "\t\"rateLimit\": { \"maxExecutionsPerMinute\": 60, "
	    "\"maxConcurrent\": 8 },\n\n"
	    "\t// The key that opens the vault.\n");
	xasprintf(&key, "keyfile:%s", in->key);
	put_key(b, "\t\"vault\": { \"unlock\": [", key, "] },\n}\n");
	free(key);
}

static int
broken(struct fail *f, const char *what)
{
	fail_set(f, EXIT_IO, "%s: %s", what, strerror(errno));
	return (-1);
}

/* One that is there stays: it may open a vault. */
static int
make_key(struct initial *in, struct fail *f)
{
	uint8_t key[INIT_KEY];
	int fd, ok;

	fd = open(in->key, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, 0400);
	if (fd == -1)
		return (errno == EEXIST ? 0 : broken(f, in->key));
	in->made_key = 1;
	randombytes_buf(key, sizeof(key));
	ok = io_write(fd, key, sizeof(key)) == 0 && io_fsync(fd) == 0;
	sodium_memzero(key, sizeof(key));
	(void)close(fd);
	return (ok ? 0 : broken(f, in->key));
}

/* A row of what clawbotd says: errors alone are told. */
static int
on_row(const void *row, size_t len, void *arg, struct fail *f)
{
	uint64_t note = 0, line = 0;
	struct buf b;

	(void)arg;
	(void)f;
	(void)row_num(row, len, "note", &note);
	if (note != 0)
		return (0);
	(void)row_num(row, len, "line", &line);
	buf_init(&b, INIT_MAX);
	buf_printf(&b, "clawbot: line %llu: ", (unsigned long long)line);
	row_show(&b, row, len, "text");
	buf_put_u8(&b, '\n');
	out_buf(stderr, &b);
	return (0);
}

/* Under a name of its own; what it is to be called must be free still. */
static int
put_in_place(const struct initial *in, const char *tmp, struct fail *f)
{
	int sound;

	if ((sound = draft_ask(tmp, on_row, NULL, f)) == -1)
		return (-1);
	if (!sound) {
		fail_set(f, EXIT_CONFIG, "with these answers the daemon would "
		    "not start: nothing was written");
		fail_hint(f, "mend what is named above, and try again");
		return (-1);
	}
	if (link(tmp, in->path) == -1)
		return (broken(f, in->path));
	return (0);
}

static int
write_conf(const struct initial *in, struct fail *f)
{
	struct buf b;
	char *tmp;
	int fd, r = -1;

	buf_init(&b, INIT_MAX);
	put_conf(&b, in);
	xasprintf(&tmp, "%s.XXXXXX", in->path);
	if ((fd = mkostemp(tmp, O_CLOEXEC)) == -1) {
		(void)broken(f, tmp);
	} else {
		if (fchmod(fd, 0644) == -1 ||
		    io_write(fd, b.data, b.len) == -1 || io_fsync(fd) == -1)
			(void)broken(f, tmp);
		else
			r = put_in_place(in, tmp, f);
		(void)unlink(tmp);
		(void)close(fd);
	}
	free(tmp);
	buf_free(&b);
	return (r);
}

/* A grant has to be there when the daemon starts. */
static void
tell_grant(struct buf *b, const struct initial *in)
{
	const char *dir = in->answer[ASK_DIR];
	struct stat st;

	if (strcmp(dir, "-") == 0 || lstat(dir, &st) == 0)
		return;
	buf_printf(b, "  install -d -o %s ", in->answer[ASK_ACCOUNT]);
	esc_text(b, dir, strlen(dir));
	buf_printf(b, "\n\twhere runs may write; it has to be there before "
	    "the start\n");
}

static void
tell(const struct cli *cli, const struct initial *in)
{
	struct buf b;

	if (cli->json) {
		out_done("file", in->path, "written");
		return;
	}
	buf_init(&b, INIT_MAX);
	esc_text(&b, in->path, strlen(in->path));
	buf_printf(&b, " was written.\n");
	if (in->made_key) {
		esc_text(&b, in->key, strlen(in->key));
		buf_printf(&b, " was made; no backup of the vault opens "
		    "without it: keep a copy elsewhere.\n");
	}
	buf_printf(&b, "What comes next:\n");
	tell_grant(&b, in);
	buf_printf(&b,
	    "  clawbotd -n -f %s\n\tis it sound, and what surprises\n"
	    "  systemctl enable --now clawbotd\n\tstart it, now and with the "
	    "host\n"
	    "  clawbot doctor\n\tdoes all of it work\n"
	    "  clawbot run -- true\n\ta first request, as %s\n"
	    "  man clawbot-admin\n\tall the rest, step by step\n",
	    in->path, in->answer[ASK_USER]);
	out_buf(stdout, &b);
}

static int
init(const struct cli *cli, struct initial *in, int ask, struct fail *f)
{
	struct stat st;

	if (lstat(in->path, &st) == 0) {
		fail_set(f, EXIT_CONFIG, "%s is there already, and stays as "
		    "it is", in->path);
		fail_hint(f, "clawbot policy check looks at it, -f writes "
		    "another file");
		return (-1);
	}
	if ((ask ? ask_all(in, f) : take_usual(in, f)) == -1 ||
	    make_key(in, f) == -1)
		return (-1);
	if (write_conf(in, f) == -1) {
		if (in->made_key)
			(void)unlink(in->key);
		return (-1);
	}
	tell(cli, in);
	return (0);
}

/* The place, absolute, and that of the key beside it. */
static int
set_path(struct initial *in, const char *path, struct fail *f)
{
	char *cwd = NULL, *slash;

	if (*path != '/' && (cwd = getcwd(NULL, 0)) == NULL)
		return (broken(f, "."));
	xasprintf(&in->path, "%s%s%s", cwd != NULL ? cwd : "",
	    cwd != NULL ? "/" : "", path);
	free(cwd);
	slash = strrchr(in->path, '/');
	xasprintf(&in->key, "%.*s/clawbot.key", (int)(slash - in->path),
	    in->path);
	return (0);
}

int
cmd_init_conf(struct cli *cli, const struct command *cmd, int argc, char **argv)
{
	const char *path = INIT_CONF, *profile = NULL, *user = NULL;
	struct initial in;
	struct fail f;
	int ch, i, r;

	while ((ch = command_opt(cli, cmd, argc, argv)) != -1) {
		if (ch == 'f')
			path = optarg;
		else if (ch == 'u')
			user = optarg;
		else
			profile = optarg;
	}
	command_operands(cmd, argc, 0, 0);
	if (profile != NULL && !known_profile(profile))
		usage_error("%s: there is no profile %s", cmd->name, profile);
	if (profile == NULL && !pager_terminal())
		usage_error("%s asks on a terminal, or takes --profile",
		    cmd->name);
	if (sodium_init() == -1) {
		complain("libsodium cannot be used");
		return (EXIT_CLAWBOT);
	}
	memset(&in, 0, sizeof(in));
	if (profile != NULL)
		in.answer[ASK_PROFILE] = xstrdup(profile);
	if (user != NULL)
		in.answer[ASK_USER] = xstrdup(user);
	r = set_path(&in, path, &f) == -1 ? -1 :
	    init(cli, &in, profile == NULL, &f);
	free(in.path);
	free(in.key);
	for (i = 0; i < ANSWERS; i++)
		free(in.answer[i]);
	return (r == -1 ? fail_print(&f) : 0);
}
