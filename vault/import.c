/* SPDX-License-Identifier: ISC */
/*
 * Many secrets at once: all of them are in the next file, or there is none.
 * They come one behind the other by a pipe, each value goes through the same
 * guarded memory, and a length of zero says that nothing is missing.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

#include "common/payload.h"
#include "common/varname.h"
#include "vault/change.h"

static size_t
length_at(const uint8_t *p)
{
	return ((size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 |
	    p[3]);
}

static void
expect(struct import *im, enum import_part part, size_t want)
{
	im->part = part;
	im->got = 0;
	im->want = want;
}

/* 0, or -1: the change has failed. */
static int
take_length(struct vault *v)
{
	struct import *im = v->change->import;
	size_t len = length_at(im->head);

	if (len > KEYRING_NAME) {
		change_fail(v, CBE_USAGE, "a name has more than 128 bytes");
		return (-1);
	}
	if (len == 0)
		expect(im, PART_END, 1);
	else
		expect(im, PART_NAME, len + 4);
	return (0);
}

static int
take_name(struct vault *v)
{
	struct import *im = v->change->import;
	size_t len = im->want - 4, i, vlen = length_at(im->head + 4 + len);
	const char *wrong = "it has a byte of zero";

	memcpy(im->name, im->head + 4, len);
	im->name[len] = '\0';
	if (strlen(im->name) == len)
		wrong = varname_wrong(im->name);
	for (i = 0; wrong == NULL && i < im->names.n; i++)
		if (strcmp(im->names.v[i], im->name) == 0)
			wrong = "it is there twice";
	if (wrong == NULL && im->names.n == IMPORT_MAX)
		wrong = "it is one too many";
	if (wrong == NULL && (vlen == 0 || vlen > STORE_VALUE_MAX))
		wrong = "a value has 1 to 65536 bytes";
	if (wrong != NULL) {
		change_fail(v, CBE_USAGE, "the secret %s: %s", im->name,
		    wrong);
		return (-1);
	}
	expect(im, PART_VALUE, vlen);
	return (0);
}

static int
take_value(struct vault *v)
{
	struct change *c = v->change;
	struct import *im = c->import;
	const char *wrong = value_wrong(c->text + 4, im->want);

	if (wrong != NULL) {
		change_fail(v, CBE_USAGE, "the secret %s: %s", im->name,
		    wrong);
		return (-1);
	}
	if (store_find(c->next, im->name) == NULL)
		im->created++;
	if (store_set(c->next, v->k, im->name, c->text, im->want,
	    (uint64_t)time(NULL)) == -1) {
		change_fail(v, CBE_REFUSED, "the secret %s: %s", im->name,
		    store_no_room(c->next, im->name));
		return (-1);
	}
	strv_add(&im->names, im->name);
	expect(im, PART_LENGTH, 4);
	return (0);
}

/* What there is of it has come: the next part, or -1. */
static int
part_done(struct vault *v)
{
	switch (v->change->import->part) {
	case PART_LENGTH:
		return (take_length(v));
	case PART_NAME:
		return (take_name(v));
	case PART_VALUE:
		return (take_value(v));
	case PART_END:
		break;
	}
	change_fail(v, CBE_USAGE, "something follows the last secret");
	return (-1);
}

static void
import_done(struct vault *v)
{
	struct change *c = v->change;
	const struct import *im = c->import;

	if (im->part != PART_END)
		change_fail(v, CBE_USAGE, "the secrets do not come to an end");
	else if (im->names.n == 0)
		change_fail(v, CBE_USAGE, "there is no secret in it");
	else {
		event_free(c->ev);
		c->ev = NULL;
		change_value_free(c);
		change_prepare(v);
	}
}

/* Where the next bytes go. */
static uint8_t *
place_of(const struct change *c)
{
	const struct import *im = c->import;

	if (im->part == PART_VALUE || im->part == PART_END)
		return (c->text + 4 + im->got);
	return (c->import->head + (im->part == PART_NAME ? 4 : 0) + im->got);
}

static void
on_secrets(evutil_socket_t fd, short what, void *arg)
{
	struct vault *v = arg;
	struct change *c = v->change;
	struct import *im = c->import;
	ssize_t n;

	if ((what & EV_TIMEOUT) || ticket_now() >= c->deadline) {
		change_fail(v, CBE_AGAIN, "the values did not come in time");
		return;
	}
	for (;;) {
		n = read(fd, place_of(c), im->want - im->got);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		im->got += (size_t)n;
		if (im->got == im->want && part_done(v) == -1)
			return;
	}
	if (n == 0)
		import_done(v);
	else if (errno != EAGAIN)
		change_fail(v, CBE_IO, "reading the values failed");
	else
		change_arm(c);
}

void
change_import(struct vault *v, uint64_t id, int fd)
{
	struct change *c;

	c = change_start(v, CHANGE_IMPORT, id, "", NULL);
	if (c == NULL) {
		(void)close(fd);
		return;
	}
	c->next = change_successor(v);
	c->import = xcalloc(1, sizeof(*c->import));
	expect(c->import, PART_LENGTH, 4);
	change_read(v, fd, on_secrets);
}
