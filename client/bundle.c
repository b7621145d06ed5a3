/* SPDX-License-Identifier: ISC */
/*
 * secrets export, and import --from: secrets in a file between two machines.
 * It is encrypted and opened in the vault's process; what comes by here is
 * cipher text, and what opens it, on its way there in locked memory.
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

#include "client/bundle.h"
#include "client/esc.h"
#include "client/infile.h"
#include "client/newfile.h"
#include "client/out.h"
#include "client/pager.h"
#include "client/slotkey.h"
#include "client/storing.h"
#include "common/io.h"
#include "common/payload.h"
#include "common/role.h"

#define BUNDLE_MAX	(16U * 1024 * 1024)	/* as the vault's file has */
#define BUNDLE_FIRST	"# clawbot bundle 1\n"

/* What both need. */
struct carrying {
	struct slotkey	 k;
	struct conn	*c;
	char		*text;		/* END's */
	struct fail	 f;
};

static int
begin(struct carrying *o, const struct cli *cli)
{
	memset(o, 0, sizeof(*o));
	storing_close_doors();
	if (slotkey_new(&o->k, &o->f) == -1 ||
	    (o->c = conn_open(cli, &o->f)) == NULL)
		return (-1);
	return (conn_hello(o->c, &o->f));
}

static void
end(struct carrying *o)
{
	free(o->text);
	if (o->c != NULL)
		conn_free(o->c);
	slotkey_free(&o->k);
}

/* To a file of which the last byte comes with the end of the pipe. */
static int
on_bundle(int fd, void *arg, struct fail *f)
{
	const struct newfile *out = arg;
	uint8_t buf[16384];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0 ||
	    (n == -1 && errno == EINTR))
		if (n > 0 && io_write(out->fd, buf, (size_t)n) == -1)
			break;
	(void)close(fd);
	if (n == 0)
		return (0);
	fail_set(f, EXIT_IO, "%s: %s", out->path, strerror(errno));
	return (-1);
}

static int
there_already(const char *path, struct fail *f)
{
	struct stat st;

	if (lstat(path, &st) == -1 && errno == ENOENT)
		return (0);
	fail_set(f, EXIT_IO, "%s: %s", path, strerror(EEXIST));
	fail_hint(f, "a file that is there is not written over");
	return (1);
}

/* keyfile: NULL: to a passphrase. */
static int
export_to(struct carrying *o, const char *keyfile, const char *opener,
    struct newfile *out)
{
	const struct msg_export v = { keyfile == NULL };
	const struct slotkey_more more = { on_bundle, NULL, out };
	struct buf b;
	int r;

	r = slotkey_slots(&o->k, o->c, &o->f);
	if (r == 0)
		r = slotkey_any(&o->k, opener, &o->f);
	if (r == 0)
		r = keyfile == NULL ? slotkey_new_phrase(&o->k, &o->f) :
		    slotkey_file(&o->k, keyfile, KEYIN_NEW, &o->f);
	if (r == -1)
		return (-1);
	payload_put(&b, MSG_SECRET_EXPORT, &msg_export_shape, &v);
	r = slotkey_ask(&o->k, o->c, MSG_SECRET_EXPORT, &b, &more, &o->text,
	    &o->f);
	buf_free(&b);
	if (r == 0 && newfile_close(out) == -1) {
		fail_set(&o->f, EXIT_IO, "%s: %s", out->path != NULL ?
		    out->path : "the file", strerror(errno));
		r = -1;
	}
	return (r);
}

static void
say(const struct cli *cli, const char *key, const char *value,
    const char *what, const char *text)
{
	struct buf b;

	if (cli->json) {
		out_done(key, value, what);
		return;
	}
	buf_init(&b, 65536);
	esc_text(&b, text, strlen(text));
	if (strcmp(what, "exported") == 0) {
		buf_printf(&b, " to ");
		esc_text(&b, value, strlen(value));
	}
	buf_put_u8(&b, '\n');
	out_buf(stdout, &b);
}

static int
export_file(struct cli *cli, const char *keyfile, const char *opener,
    const char *path)
{
	struct newfile out = { -1, NULL, NULL };
	struct carrying o;
	int r;

	r = begin(&o, cli);
	if (r == 0 && there_already(path, &o.f))
		r = -1;
	if (r == 0 && newfile_open(&out, path) == -1) {
		fail_set(&o.f, EXIT_IO, "%s: %s", path, strerror(errno));
		r = -1;
	}
	if (r == 0)
		r = export_to(&o, keyfile, opener, &out);
	newfile_drop(&out);
	if (r == 0)
		say(cli, "file", path, "exported", o.text);
	r = r == -1 ? fail_print(&o.f) : 0;
	end(&o);
	return (r);
}

int
cmd_secrets_export(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	const char *to = NULL, *opener = NULL;
	int ch;

	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		if (ch == OPT_TO)
			to = optarg;
		else if (ch == 'k')
			opener = optarg;
	command_operands(cmd, argc, 1, 1);
	if (to == NULL || (strcmp(to, "passphrase") != 0 &&
	    (strncmp(to, "keyfile:", 8) != 0 || to[8] == '\0')))
		usage_error("secrets export: --to passphrase or --to "
		    "keyfile:PATH tells what opens the file");
	return (export_file(cli, *to == 'k' ? to + 8 : NULL, opener,
	    argv[optind]));
}

/* All of it; NULL and *f if it is none. */
static char *
read_bundle(const char *path, size_t *len, struct fail *f)
{
	char *p;
	ssize_t n;
	int fd;

	*len = 0;
	if ((fd = infile_open(path, 0, EXIT_IO, f)) == -1)
		return (NULL);
	p = xmalloc(BUNDLE_MAX + 1);
	n = io_read(fd, p, BUNDLE_MAX + 1);
	(void)close(fd);
	*len = n == -1 ? 0 : (size_t)n;
	if (*len <= BUNDLE_MAX && *len >= sizeof(BUNDLE_FIRST) - 1 &&
	    memcmp(p, BUNDLE_FIRST, sizeof(BUNDLE_FIRST) - 1) == 0)
		return (p);
	if (n == -1)
		fail_set(f, EXIT_IO, "%s: %s", path, strerror(errno));
	else if (*len > BUNDLE_MAX)
		fail_set(f, EXIT_USAGE, "%s: longer than 16 MiB", path);
	else {
		fail_set(f, EXIT_USAGE, "%s: secrets export has not written "
		    "this", path);
		fail_hint(f, "--dotenv FILE reads lines of NAME=VALUE");
	}
	free(p);
	return (NULL);
}

/* What it is encrypted to says its own line; the vault looks again. */
static int
is_to_phrase(const char *p, size_t len)
{
	static const char line[] = "\n# slot argon2id ";

	return (memmem(p, len < 1024 ? len : 1024, line, sizeof(line) - 1) !=
	    NULL);
}

struct sending {
	const char	*p;
	size_t		 len;
	struct buf	 names;		/* of what is there, as a list */
	size_t		 n;
	uint8_t		 seen[MSG_THERE_SEEN];	/* all of it */
};

static int
send_bundle(int fd, void *arg, struct fail *f)
{
	const struct sending *s = arg;
	int fl = fcntl(fd, F_GETFL);

	(void)f;
	/* one that fails is the vault's refusal, and END says why */
	if (fl != -1 && fcntl(fd, F_SETFL, fl & ~O_NONBLOCK) != -1)
		(void)io_write(fd, s->p, s->len);
	(void)close(fd);
	return (0);
}

static int
on_there(const void *data, size_t len, void *arg, struct fail *f)
{
	struct sending *s = arg;
	struct field all;

	(void)f;
	buf_printf(&s->names, s->n++ == 0 ? "" : ", ");
	row_show(&s->names, data, len, "name");
	if (field_find(data, len, "seen", &all) == 1 &&
	    all.type == FIELD_HEX && all.len == sizeof(s->seen))
		memcpy(s->seen, all.val, sizeof(s->seen));
	return (0);
}

static int
bring(struct carrying *o, struct sending *s, uint8_t replace)
{
	const struct slotkey_more more = { send_bundle, on_there, s };
	struct msg_bring v = { replace, { 0 } };
	struct buf b;
	int r;

	if (replace == BRING_SEEN)
		memcpy(v.seen, s->seen, sizeof(v.seen));
	payload_put(&b, MSG_SECRET_BRING, &msg_bring_shape, &v);
	r = slotkey_ask(&o->k, o->c, MSG_SECRET_BRING, &b, &more, &o->text,
	    &o->f);
	buf_free(&b);
	return (r);
}

/* Those that are there with other values: what does somebody say to that? */
static int
may_replace(struct sending *s)
{
	struct buf b;

	if (!pager_terminal())
		return (0);
	buf_init(&b, BUNDLE_MAX);
	buf_printf(&b, "replace %.*s, with other values here",
	    (int)s->names.len, (const char *)s->names.data);
	return (pager_yes(&b));
}

static int
ask(struct carrying *o, struct sending *s, const struct bringing *from)
{
	int r;

	if (!is_to_phrase(s->p, s->len) && from->key == NULL) {
		fail_set(&o->f, EXIT_USAGE, "%s opens with a key file",
		    from->file);
		fail_hint(&o->f, "-k FILE names it");
		return (-1);
	}
	r = from->key != NULL ? slotkey_file(&o->k, from->key, 0, &o->f) :
	    slotkey_phrase(&o->k, "passphrase of the file: ", 0, 0, &o->f);
	if (r == 0)
		r = bring(o, s, from->replace ? BRING_ALL : BRING_NONE);
	if (r == -1 && s->n != 0) {
		if (may_replace(s))
			return (bring(o, s, BRING_SEEN));
		fail_set(&o->f, EXIT_NOPERM, "nothing was stored: there with "
		    "other values are %.*s", s->names.len > 900 ? 900 :
		    (int)s->names.len, (const char *)s->names.data);
		fail_hint(&o->f, "--replace takes those of the file");
	}
	return (r);
}

int
bundle_import(struct cli *cli, const struct bringing *from)
{
	struct sending s = { NULL, 0, { 0 }, 0, { 0 } };
	struct carrying o;
	char *p = NULL;
	int r;

	buf_init(&s.names, BUNDLE_MAX);
	r = begin(&o, cli);
	if (r == 0 && (p = read_bundle(from->file, &s.len, &o.f)) == NULL)
		r = -1;
	s.p = p;
	if (r == 0)
		r = ask(&o, &s, from);
	if (r == 0)
		say(cli, "file", from->file, "imported", o.text);
	r = r == -1 ? fail_print(&o.f) : 0;
	buf_free(&s.names);
	free(p);
	end(&o);
	return (r);
}
