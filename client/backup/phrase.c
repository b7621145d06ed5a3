/* SPDX-License-Identifier: ISC */
/* A passphrase from the terminal; see phrase.h. */
#include "config.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/backup/phrase.h"
#include "client/quiet.h"
#include "common/role.h"

struct phrase {
	uint8_t	*p;
	size_t	 size;
	size_t	 len;
	int	 again;
};

static int
read_twice(const struct phrase *t, struct fail *f)
{
	uint8_t *q;
	ssize_t n;
	int same;

	if ((q = sodium_malloc(t->size)) == NULL) {
		fail_set(f, EXIT_CLAWBOT, "cannot lock memory: %s",
		    strerror(errno));
		return (-1);
	}
	n = quiet_line("once more: ", q, t->size, f);
	same = n == (ssize_t)t->len && sodium_memcmp(t->p, q, t->len) == 0;
	sodium_free(q);
	if (!same && n != -1)
		fail_set(f, EXIT_USAGE, "the two passphrases differ");
	return (same ? 0 : -1);
}

static int
read_quietly(void *arg, struct fail *f)
{
	struct phrase *t = arg;
	ssize_t n;

	n = quiet_line("passphrase of the backup: ", t->p, t->size, f);
	if (n == -1)
		return (-1);
	t->len = (size_t)n;
	if (!t->again)
		return (0);
	if (t->len < PHRASE_MIN) {
		fail_set(f, EXIT_USAGE, "a passphrase needs %u bytes: "
		    "whoever has the file can try as many as he likes",
		    PHRASE_MIN);
		return (-1);
	}
	return (read_twice(t, f));
}

int
phrase_read(uint8_t *p, size_t size, size_t *len, int again, struct fail *f)
{
	struct phrase t = { p, size, 0, again };
	const struct quiet q = { read_quietly, &t, p, size };
	int r;

	if (!isatty(STDIN_FILENO)) {
		fail_set(f, EXIT_USAGE, "a passphrase is typed on a terminal; "
		    "without one give a key file with -k");
		return (-1);
	}
	r = quiet_ask(&q, f);
	*len = t.len;
	return (r);
}
