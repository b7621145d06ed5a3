/* SPDX-License-Identifier: ISC */
/* Keys of slots, from a person to the vault; see slotkey.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/hostplaces.h"
#include "client/out.h"
#include "client/quiet.h"
#include "client/slotkey.h"
#include "common/defs.h"
#include "common/role.h"

#define PHRASE_ROOM		(KEYFILE_MAX + 1U)

int
slotkey_new(struct slotkey *k, struct fail *f)
{
	memset(k, 0, sizeof(*k));
	if (sodium_init() == -1) {
		fail_set(f, EXIT_CLAWBOT, "libsodium does not start");
		return (-1);
	}
	k->bytes = sodium_malloc(KEYIN_BYTES);
	k->line = sodium_malloc(2 * PHRASE_ROOM);
	if (k->bytes != NULL && k->line != NULL)
		return (0);
	fail_set(f, EXIT_CLAWBOT, "cannot lock memory: %s", strerror(errno));
	fail_hint(f, "ulimit -l tells how much may be locked");
	return (-1);
}

void
slotkey_free(struct slotkey *k)
{
	size_t i;

	sodium_free(k->bytes);
	sodium_free(k->line);
	for (i = 0; i < k->nslots; i++) {
		free(k->slots[i].type);
		free(k->slots[i].label);
	}
	free(k->keyfile);
}

static int
on_slot(const void *data, size_t len, void *arg, struct fail *f)
{
	struct slotkey *k = arg;
	struct slot_told *s;
	struct field all;

	(void)f;
	if (k->nslots == SLOTS_TOLD)
		return (0);
	s = &k->slots[k->nslots++];
	s->type = field_get_str(data, len, "type");
	s->label = field_get_str(data, len, "label");
	if (field_find(data, len, "slots", &all) == 1 &&
	    all.type == FIELD_HEX && all.len == sizeof(k->seen))
		memcpy(k->seen, all.val, sizeof(k->seen));
	return (0);
}

int
slotkey_slots(struct slotkey *k, struct conn *c, struct fail *f)
{
	return (conn_rows(c, MSG_SLOT_LIST, NULL, 0, on_slot, k, f));
}

int
slotkey_has_phrase(const struct slotkey *k)
{
	size_t i;

	for (i = 0; i < k->nslots; i++)
		if (strcmp(k->slots[i].type, "argon2id") == 0)
			return (1);
	return (0);
}

static int
put(struct slotkey *k, unsigned kind, unsigned slot, const uint8_t *p,
    size_t len, struct fail *f)
{
	const struct keyin in = { kind, slot, p, len };

	if (keyin_put(k->bytes, &k->len, &in) == 0)
		return (0);
	fail_set(f, EXIT_USAGE, "a key has 1 to %u bytes, and there are at "
	    "most %u", KEYFILE_MAX, KEYIN_MAX);
	return (-1);
}

/* One line of what is no terminal, and not a byte behind it. */
static ssize_t
plain_line(uint8_t *at, struct fail *f)
{
	size_t len = 0;
	ssize_t n;

	while (len < PHRASE_ROOM) {
		n = read(STDIN_FILENO, at + len, 1);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			fail_set(f, EXIT_IO, "standard input: %s",
			    strerror(errno));
			return (-1);
		}
		if (n == 0 || at[len] == '\n')
			return ((ssize_t)len);
		len++;
	}
	fail_set(f, EXIT_USAGE, "a passphrase has at most %u bytes",
	    KEYFILE_MAX);
	return (-1);
}

/* One line, or two that are to be the same. */
struct asked_line {
	const char	*prompt;
	uint8_t		*at;
	ssize_t		 len;
	int		 again;
};

static int
ask_line(void *arg, struct fail *f)
{
	struct asked_line *a = arg;
	ssize_t n;

	if ((a->len = quiet_line(a->prompt, a->at, PHRASE_ROOM, f)) == -1)
		return (-1);
	if (!a->again)
		return (0);
	if (a->len < (ssize_t)KEYIN_PHRASE_MIN) {
		fail_set(f, EXIT_USAGE, "a passphrase needs %u bytes: "
		    "whoever has the file can try as many as he likes",
		    KEYIN_PHRASE_MIN);
		return (-1);
	}
	n = quiet_line("once more: ", a->at + PHRASE_ROOM, PHRASE_ROOM, f);
	if (n == -1)
		return (-1);
	if (n == a->len && sodium_memcmp(a->at, a->at + PHRASE_ROOM,
	    (size_t)n) == 0)
		return (0);
	fail_set(f, EXIT_USAGE, "the two passphrases differ");
	return (-1);
}

static ssize_t
read_line(struct slotkey *k, const char *prompt, int again, struct fail *f)
{
	struct asked_line a = { prompt, k->line, 0, again };
	const struct quiet q = { ask_line, &a, k->line, 2 * PHRASE_ROOM };

	if (!isatty(STDIN_FILENO))
		return (plain_line(k->line, f));
	return (quiet_ask(&q, f) == -1 ? -1 : a.len);
}

int
slotkey_phrase(struct slotkey *k, const char *prompt, unsigned slot,
    int empty, struct fail *f)
{
	ssize_t n = read_line(k, prompt, 0, f);
	int r;

	if (n == 0 && empty)
		return (1);
	if (n == 0)
		fail_set(f, EXIT_USAGE, "no passphrase was read");
	r = n <= 0 ? -1 : put(k, KEYIN_PHRASE, slot, k->line, (size_t)n, f);
	sodium_memzero(k->line, 2 * PHRASE_ROOM);
	return (r);
}

int
slotkey_new_phrase(struct slotkey *k, struct fail *f)
{
	ssize_t n = read_line(k, "new passphrase: ", 1, f);
	int r;

	if (n == 0)
		fail_set(f, EXIT_USAGE, "no passphrase was read");
	r = n <= 0 ? -1 : put(k, KEYIN_PHRASE, KEYIN_NEW, k->line, (size_t)n,
	    f);
	sodium_memzero(k->line, 2 * PHRASE_ROOM);
	return (r);
}

/* Its bytes into k->line, *len of them; NULL, or what is wrong with it. */
static const char *
read_file(struct slotkey *k, int fd, size_t *len)
{
	ssize_t n;

	*len = 0;
	while (*len < PHRASE_ROOM && ((n = read(fd, k->line + *len,
	    PHRASE_ROOM - *len)) > 0 || (n == -1 && errno == EINTR)))
		if (n > 0)
			*len += (size_t)n;
	if (*len < PHRASE_ROOM && n == -1)
		return (strerror(errno));
	return (keyfile_bytes_wrong(k->line, *len));
}

int
slotkey_file(struct slotkey *k, const char *path, unsigned slot,
    struct fail *f)
{
	const char *why;
	size_t len = 0;
	int fd, r = -1;

	/* whose it is, is its reader's to know: nobody else may be one */
	fd = keyfile_open(path, 0, KEYFILE_ANYBODY, &why);
	if (fd != -1)
		why = read_file(k, fd, &len);
	if (why != NULL)
		fail_set(f, EXIT_IO, "key file %s: %s", path, why);
	else
		r = put(k, KEYIN_FILE, slot, k->line, len, f);
	if (fd != -1)
		(void)close(fd);
	sodium_memzero(k->line, 2 * PHRASE_ROOM);
	return (r);
}

/* The key file that this host's configuration has, if it can be read. */
static const char *
host_keyfile(struct slotkey *k)
{
	struct hostplaces ps;
	struct fail f;
	size_t i;

	if (k->looked)
		return (k->keyfile);
	k->looked = 1;
	/* to who may not read it, it says nothing, and needs no complaint */
	if (access(CB_SYSCONFDIR "/clawbot.conf", R_OK) == -1) {
		k->unread = errno;
		return (NULL);
	}
	if (hostplaces_get(&ps, NULL, &f) == 0)
		for (i = 0; i < ps.n; i++)
			if (ps.v[i].kind == PLACE_FILE &&
			    strcmp(ps.v[i].what, "key") == 0 &&
			    k->keyfile == NULL)
				k->keyfile = xstrdup(ps.v[i].path);
	hostplaces_free(&ps);
	return (k->keyfile);
}

int
slotkey_labelled(struct slotkey *k, size_t i, unsigned slot, struct fail *f)
{
	const char *label = k->slots[i].label, *known;

	if (strcmp(label, SLOTKEY_CREDENTIAL) == 0 ||
	    ((known = host_keyfile(k)) != NULL && strcmp(label, known) == 0))
		return (slotkey_file(k, label, slot, f));
	if (k->unread != 0)
		fail_set(f, EXIT_USAGE, "what slot %zu names is read where "
		    "this host's configuration has it, which says nothing "
		    "(%s: %s): nothing was read", i + 1,
		    CB_SYSCONFDIR "/clawbot.conf", strerror(k->unread));
	else
		fail_set(f, EXIT_USAGE, "this host's configuration does not "
		    "have the vault opened with what slot %zu names: nothing "
		    "was read", i + 1);
	return (-1);
}

int
slotkey_any(struct slotkey *k, const char *file, struct fail *f)
{
	size_t i;

	if (file != NULL)
		return (slotkey_file(k, file, 0, f));
	if (slotkey_has_phrase(k))
		return (slotkey_phrase(k, "passphrase of the vault: ", 0, 0,
		    f));
	for (i = 0; i < k->nslots; i++)
		if (slotkey_labelled(k, i, 0, f) == 0)
			return (0);
	if (k->nslots == 0) {
		fail_set(f, EXIT_USAGE, "there is no vault yet");
		fail_hint(f, "clawbot secrets slots add passphrase makes one");
	} else {
		fail_set(f, EXIT_USAGE,
		    "no slot of the vault has a passphrase");
		fail_hint(f, "give a key file that opens it with -k FILE");
	}
	return (-1);
}

static int
write_keys(int fd, const struct slotkey *k)
{
	size_t off = 0;
	ssize_t n;
	int fl;

	/* our end alone: nobody else minds that it blocks */
	if ((fl = fcntl(fd, F_GETFL)) == -1 ||
	    fcntl(fd, F_SETFL, fl & ~O_NONBLOCK) == -1)
		return (-1);
	while (off < k->len) {
		n = write(fd, k->bytes + off, k->len - off);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return (-1);
		off += (size_t)n;
	}
	return (0);
}

/* The first is for the keys. */
static int
take_pipe(struct slotkey *k, struct ipc_msg *m, unsigned n,
    const struct slotkey_more *more, struct fail *f)
{
	int fd = ipc_take_fd(m, 0);

	if (n != 0)
		return (more->pipe(fd, more->arg, f));
	/* one that fails is the vault's refusal, and END says why */
	(void)write_keys(fd, k);
	(void)close(fd);
	return (0);
}

/* Is it a message that may come, and taken?  0, or -1 and *f. */
static int
take(struct slotkey *k, struct ipc_msg *m, unsigned *pipes,
    const struct slotkey_more *more, struct fail *f)
{
	if (m->type == MSG_PIPE && (*pipes == 0 || (*pipes == 1 &&
	    more != NULL && more->pipe != NULL)))
		return (take_pipe(k, m, (*pipes)++, more, f));
	if (m->type == MSG_ROW && more != NULL && more->row != NULL &&
	    row_check(m->data, m->len) == 0)
		return (more->row(m->data, m->len, more->arg, f));
	fail_set(f, EXIT_CLAWBOT, "wrong answer from the daemon: %s",
	    msg_name(m->type));
	return (-1);
}

int
slotkey_ask(struct slotkey *k, struct conn *c, unsigned type,
    const struct buf *b, const struct slotkey_more *more, char **text,
    struct fail *f)
{
	struct ipc_msg m;
	unsigned pipes = 0;
	int r;

	memset(&m, 0, sizeof(m));
	if (conn_ask(c, type, b == NULL ? NULL : b->data,
	    b == NULL ? 0 : b->len, f) == -1)
		return (-1);
	for (;;) {
		if (conn_recv(c, &m, -1, f) == -1)
			return (-1);
		if (m.type == MSG_END)
			break;
		r = take(k, &m, &pipes, more, f);
		ipc_msg_done(&m);
		if (r == -1)
			return (-1);
	}
	r = conn_said(&m, text, f);
	ipc_msg_done(&m);
	return (r);
}
