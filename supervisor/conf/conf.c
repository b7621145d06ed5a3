/* SPDX-License-Identifier: ISC */
/*
 * Loading the configuration: the file's own checks, on the open descriptor,
 * then comments out, jansson, tables, and the checks of the whole.
 */
#include "config.h"

#include <sys/random.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "supervisor/conf/conf_priv.h"

void
conf_free(struct conf *c)
{
	size_t i;

	if (c == NULL)
		return;
	free(c->path);
	freezero(c->text, c->textlen);
	patterns_free(&c->approval_patterns);
	for (i = 0; i < c->nskills; i++)
		skill_free(&c->skills[i]);
	free(c->skills);
	for (i = 0; i < c->nchannels; i++)
		channel_free(&c->channels[i]);
	free(c->channels);
	who_free(&c->approvers);
	free(c->log_dir);
	strv_free(&c->redact);
	free(c->socket_dir);
	free(c->vault_dir);
	strv_free(&c->unlock);
	free(c->keyfile);
	free(c);
}

/*
 * jansson draws its seed when the first object is made; do it here, while
 * /dev/urandom or getrandom still are at hand.
 */
static void
seed_json(void)
{
	static int seeded;
	size_t seed = 0;

	if (seeded)
		return;
	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		seed = (size_t)getpid();
	json_object_seed(seed | 1);
	seeded = 1;
}

/* text is a copy that the scanner may blank. */
static int
read_json(struct cx *cx, const char *orig, char *text, size_t len)
{
	json_error_t err;
	unsigned line, col;
	size_t off;

	cx->rootpos = pos_scan(&cx->errs, text, len);
	if (cx->rootpos == NULL)
		return (-1);
	seed_json();
	cx->root = json_loadb(text, len, JSON_DECODE_ANY, &err);
	if (cx->root == NULL) {
		off = err.position > 0 ? (size_t)err.position - 1 : 0;
		pos_at(orig, off < len ? off : len, &line, &col);
		errs_add(&cx->errs, line, col, "%s", err.text);
		return (-1);
	}
	return (0);
}

/* One skill that asks for everything, and one channel for the approvers. */
static void
fill_in(struct cx *cx)
{
	struct conf *c = cx->c;

	if (c->skills == NULL && pos_key(cx->rootpos, "skills") == NULL) {
		c->skills = xcalloc(1, sizeof(*c->skills));
		skill_init(&c->skills[c->nskills++], "default");
		(void)get_run_as(cx, cx->rootpos, "clawbot", &c->skills[0]);
	}
	if (c->channels == NULL && pos_key(cx->rootpos, "channels") == NULL) {
		c->channels = xcalloc(1, sizeof(*c->channels));
		channel_init(&c->channels[c->nchannels++], "cli");
		c->channels[0].all_skills = 1;
		(void)who_default(cx, cx->rootpos, "group:clawbot-admin",
		    &c->channels[0].users);
	}
	if (c->approvers.text.n == 0 && (pos_key(cx->rootpos, "approvals") ==
	    NULL || pos_key(pos_key(cx->rootpos, "approvals"), "approvers") ==
	    NULL) && !cx->bad_who)
		(void)who_default(cx, cx->rootpos, "group:clawbot-admin",
		    &c->approvers);
}

struct conf *
conf_parse(const char *path, const char *text, size_t len, FILE *errs)
{
	struct cx cx = { .errs = { .file = path } };
	struct conf *c;
	char *copy;

	c = cx.c = xcalloc(1, sizeof(*c));
	c->path = xstrdup(path);
	c->text = xmalloc(len + 1);
	memcpy(c->text, text, len);
	c->text[len] = '\0';
	c->textlen = len;
	copy = xmalloc(len + 1);
	memcpy(copy, c->text, len + 1);
	conf_defaults(c);
	if (len > CONF_MAXFILE)
		errs_add(&cx.errs, 1, 1, "larger than %d bytes", CONF_MAXFILE);
	else if (read_json(&cx, text, copy, len) == 0 &&
	    get_is_object(&cx, (struct node){ cx.root, cx.rootpos })) {
		(void)get_root(&cx, (struct node){ cx.root, cx.rootpos });
		fill_in(&cx);
		conf_check(&cx);
	}
	json_decref(cx.root);
	pos_free(cx.rootpos);
	freezero(copy, len + 1);
	if (cx.errs.n > cx.errs.notes) {
		conf_free(c);
		c = NULL;
	}
	errs_print(&cx.errs, errs);
	errs_free(&cx.errs);
	return (c);
}

/* What is wrong with the file itself, or NULL. */
static const char *
file_wrong(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return ("is not a regular file");
	if (st->st_uid != 0)
		return ("is not owned by root");
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return ("is writable by group or others");
	if (st->st_size > CONF_MAXFILE)
		return ("is larger than 1 MiB");
	return (NULL);
}

static ssize_t
read_all(int fd, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size) {
		n = read(fd, buf + len, size - len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return (-1);
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return ((ssize_t)len);
}

struct conf *
conf_load(const char *path, FILE *errs)
{
	struct conf *c = NULL;
	const char *why = NULL;
	struct stat st;
	char *buf = NULL;
	ssize_t n;
	int fd;

	fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY |
	    O_NONBLOCK);
	if (fd == -1) {
		why = errno == ELOOP ? "is a symbolic link" : strerror(errno);
		goto done;
	}
	if (fstat(fd, &st) == -1) {
		why = strerror(errno);
		goto done;
	}
	if ((why = file_wrong(&st)) != NULL)
		goto done;
	buf = xmalloc(CONF_MAXFILE + 1);
	if ((n = read_all(fd, buf, CONF_MAXFILE + 1)) == -1)
		why = strerror(errno);
	else
		c = conf_parse(path, buf, (size_t)n, errs);
done:
	if (why != NULL)
		fprintf(errs, "%s:1:1: %s\n", path, why);
	freezero(buf, buf != NULL ? CONF_MAXFILE + 1 : 0);
	if (fd != -1)
		(void)close(fd);
	return (c);
}
