/* SPDX-License-Identifier: ISC */
/*
 * Loading the configuration: the file's own checks, on the open descriptor,
 * then values with their places, the rows of keys, and the checks of the
 * whole.  And printing it: what is printed loads again, and prints the same.
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
	if (c == NULL)
		return;
	keys_free(&conf_table, c);
	free(c->path);
	freezero(c->text, c->textlen);
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

struct conf *
conf_parse(const char *path, const char *text, size_t len, FILE *errs)
{
	struct cx cx = { .errs = { .file = path } };
	struct conf *c;

	c = cx.c = xcalloc(1, sizeof(*c));
	c->path = xstrdup(path);
	c->text = xmalloc(len + 1);
	memcpy(c->text, text, len);
	c->text[len] = '\0';
	c->textlen = len;
	seed_json();
	keys_init(&conf_table, c);
	if (len > CONF_MAXFILE)
		errs_add(&cx.errs, 1, 1, "larger than %d bytes", CONF_MAXFILE);
	else if ((cx.root = value_read(&cx.errs, text, len)) != NULL) {
		(void)keys_get(&cx, cx.root, &conf_table, c);
		if (json_is_object(cx.root->json))
			conf_check(&cx);
	}
	value_free(cx.root);
	if (cx.errs.n > cx.errs.notes) {
		conf_free(c);
		c = NULL;
	}
	errs_print(&cx.errs, errs);
	errs_free(&cx.errs);
	return (c);
}

void
conf_print(const struct conf *c, FILE *f)
{
	json_t *root = keys_show(&conf_table, c);

	(void)json_dumpf(root, f, JSON_INDENT(2));
	(void)fputc('\n', f);
	json_decref(root);
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
