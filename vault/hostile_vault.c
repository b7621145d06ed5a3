/* SPDX-License-Identifier: ISC */
/* A vault that was taken over; nothing in a build for use. */
#include "config.h"

#include "vault/hostile_vault.h"

#if CB_TEST_HOOKS
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/takeover.h"
#include "common/log.h"
#include "vault/guard.h"

#define MUCH	(256U * 1024)

/* As the honest one gives a value. */
static void
give_value(int fd, const void *p, size_t len)
{
	static const uint8_t end[4];
	struct buf b;

	buf_init(&b, len + 8);
	buf_put_u32(&b, (uint32_t)len);
	buf_put(&b, p, len);
	buf_put(&b, end, sizeof(end));
	(void)!write(fd, b.data, b.len);
	buf_free(&b);
}

/* The value of another secret in place of this one. */
static void
give_other(struct vault *v, int fd)
{
	struct store_entry *e = store_find(v->st, "OTHER");
	uint8_t *text = guard_take();
	size_t len;

	if (e == NULL || text == NULL ||
	    store_value(v->st, v->k, e, text, &len) == -1)
		log_warnx("hostile: other: nothing to give");
	else
		give_value(fd, text + 4, len);
	guard_give(text);
}

/* More than a value can be, as far as the pipe takes it. */
static void
give_much(int fd)
{
	static char much[MUCH];

	memset(much, 'm', sizeof(much));
	(void)fcntl(fd, F_SETPIPE_SZ, MUCH);
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	(void)!write(fd, much, sizeof(much));
}

static void
give(struct vault *v, const char *what, int fd)
{
	static const char two[] = "first-value\0second=value", line[] =
	    "value-of\nTWO=lines-of-it", little[] = "e";

	if (strcmp(what, "other") == 0)
		give_other(v, fd);
	else if (strcmp(what, "much") == 0)
		give_much(fd);
	else if (strcmp(what, "nul") == 0)
		give_value(fd, two, sizeof(two) - 1);
	else if (strcmp(what, "line") == 0)
		give_value(fd, line, sizeof(line) - 1);
	else if (strcmp(what, "little") == 0)
		give_value(fd, little, sizeof(little) - 1);
}

int
hostile_release(struct vault *v, uint64_t run, const char *name, int fd)
{
	const char *what = hostile_word("/hostile");
	char back[16];

	(void)name;
	if (what[0] == '\0')
		return (0);
	if (strcmp(what, "calls") == 0)
		hostile_calls();
	else if (strcmp(what, "silent") == 0)
		return (1);
	else if (strcmp(what, "reads") == 0)
		log_warnx("hostile: reads: %s", read(fd, back, sizeof(back)) ==
		    -1 ? "refused" : "DONE");
	else if (strcmp(what, "id") == 0)
		run++;
	give(v, what, fd);
	/* as the honest one: a refusal is told before the end of the pipe */
	if (strcmp(what, "text") == 0)
		vault_done(v, run, CBE_REFUSED, "%s",
		    "a lie\n of two \033[m lines");
	(void)close(fd);
	if (strcmp(what, "text") != 0 && strcmp(what, "no answer") != 0)
		vault_done(v, run, CBE_OK, "%s", "");
	if (strcmp(what, "twice") == 0)
		vault_done(v, run, CBE_OK, "%s", "");
	return (1);
}
#endif
