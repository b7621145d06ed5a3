/* SPDX-License-Identifier: ISC */
/* Values of secrets and their request; see secretvalue.h. */
#include "config.h"

#include <sys/mman.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/esc.h"
#include "client/out.h"
#include "client/secretvalue.h"
#include "client/storing.h"
#include "common/msg.h"
#include "common/role.h"
#include "common/varname.h"

int
secret_value_new(struct secret_value *v, struct fail *f)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	memset(v, 0, sizeof(*v));
	v->maplen = SECRET_ROOM + 2 * page;
	v->map = mmap(NULL, v->maplen, PROT_NONE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (v->map == MAP_FAILED) {
		fail_set(f, EXIT_CLAWBOT, "mmap: %s", strerror(errno));
		return (-1);
	}
	v->p = v->map + page;
	if (mprotect(v->p, SECRET_ROOM, PROT_READ | PROT_WRITE) == -1 ||
	    madvise(v->p, SECRET_ROOM, MADV_DONTDUMP) == -1 ||
	    mlock(v->p, SECRET_ROOM) == -1) {
		fail_set(f, EXIT_CLAWBOT, "cannot lock %u bytes in memory: "
		    "%s", SECRET_ROOM, strerror(errno));
		fail_hint(f, "ulimit -l tells how much may be locked");
		(void)munmap(v->map, v->maplen);
		return (-1);
	}
	return (0);
}

void
secret_value_free(struct secret_value *v)
{
	explicit_bzero(v->p, SECRET_ROOM);
	(void)munmap(v->map, v->maplen);
}

void
secret_value_chomp(struct secret_value *v)
{
	if (v->len != 0 && v->p[v->len - 1] == '\n')
		v->len--;
}

int
secret_value_check(const struct secret_value *v, int as_it_is, struct fail *f)
{
	const char *why;

	if (v->len == 0 || v->len > SECRET_MAX) {
		fail_set(f, EXIT_USAGE, "a secret has 1 to %d bytes, not "
		    "%s", SECRET_MAX, v->len == 0 ? "none" : "more");
		return (-1);
	}
	if (storing_core(v->p, v->len) == 0) {
		fail_set(f, EXIT_USAGE, "the value is blank, and could not be "
		    "hidden in anything");
		return (-1);
	}
	if (memchr(v->p, 0, v->len) != NULL) {
		fail_set(f, EXIT_USAGE, "the value has a byte of zero, which "
		    "no variable can hold");
		return (-1);
	}
	if (as_it_is || (why = storing_unmaskable(v->p, v->len)) == NULL)
		return (0);
	fail_set(f, EXIT_USAGE, "this value cannot be hidden in what runs "
	    "print without hiding other things: %s", why);
	fail_hint(f, "take one of %d bytes or more that is no word, or give "
	    "--unmaskable", STORING_MASKABLE);
	return (-1);
}

int
storing_ask(struct conn *c, const struct storing *s, struct fail *f)
{
	struct buf b;
	int r;

	buf_init(&b, VARNAME_MAX + 16);
	buf_put_str(&b, s->name);
	if (s->type == MSG_SECRET_ROTATE) {
		buf_put_u32(&b, s->keep_s);
		buf_put_u64(&b, s->from);
	}
	r = conn_ask(c, s->type, b.data, b.len, f);
	buf_free(&b);
	return (r);
}

/* The first word is for programs. */
void
storing_say(const struct cli *cli, const char *name, const char *text)
{
	char word[16];
	struct buf b;

	if (cli->json) {
		(void)snprintf(word, sizeof(word), "%.*s",
		    (int)strcspn(text, " ,;"), text);
		out_done("name", name, word);
		return;
	}
	buf_init(&b, 16U * MSG_TEXT_MAX);
	buf_printf(&b, "%s: ", name);
	esc_text(&b, text, strlen(text));
	buf_put_u8(&b, '\n');
	out_buf(stdout, &b);
}
