/* SPDX-License-Identifier: ISC */
/*
 * Setting a secret, adding a slot, making a new key, taking secrets to another
 * machine and in from one, while the Nth system call on files and pipes fails,
 * is cut short, or is the last one before the process dies, for every N until
 * none is left.
 * Whatever happens, the next start has the old value or the new one: the new
 * one if the log has it, the old one if not.  The same for a start that has
 * to finish what the process before it began.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/mman.h>

#include "common/keyin.h"
#include "common/payload.h"
#include "tests/fault/vault_calls.h"
#include "tests/unit/vault_util.h"
#include "vault/past.h"
#include "vault/slot.h"

#define BUNDLE_ROOM	32768U		/* less than a pipe takes */

/* What the child leaves for the parent to see. */
struct seen {
	int		prepared;	/* V_PREPARED came: the log has it */
	int		done;		/* CBE_* of V_DONE, or -1 */
	int		fired;
	int64_t		life;		/* of the ticket, ms */
	uint64_t	version;
	uint8_t		digest[STORE_DIGEST];
	uint8_t		file[STORE_DIGEST];	/* of a bundle */
	size_t		len;		/* that came of it */
	uint8_t		bundle[BUNDLE_ROOM];
};
static struct seen *seen;

/* Lets the vault work, and only the vault. */
static int
answer(struct vtest *t)
{
	int i, r = 0;

	for (i = 0; i < 10 && r == 0; i++) {
		fault.on = 1;
		(void)event_base_loop(t->v.base, EVLOOP_NONBLOCK);
		fault.on = 0;
		r = ipc_wait(t->sup, &t->m, 1);
		if (r == 1 && (t->m.type == MSG_V_PRINTS ||
		    t->m.type == MSG_V_VERSIONS ||
		    t->m.type == MSG_V_STATE))
			r = 0;
	}
	return (r == 1 ? (int)t->m.type : 0);
}

static int
code(const struct vtest *t)
{
	struct rd r;

	rd_init(&r, t->m.data, t->m.len);
	return (rd_u16(&r));
}

/*
 * What is asked for: V_SET, V_ROTATE, V_IMPORT, V_SLOT_ADD, V_REKEY, V_EXPORT
 * or V_BRING.
 */
static unsigned change = MSG_V_SET;
static uint8_t	carried[BUNDLE_ROOM];	/* that V_BRING takes in */
static size_t	carriedlen;

static void
put_key(uint8_t *in, size_t *len, unsigned slot, const char *key)
{
	const struct keyin k = { KEYIN_FILE, slot, (const uint8_t *)key,
	    strlen(key) };

	assert_int_equal(keyin_put(in, len, &k), 0);
}

static void
put_value(struct buf *b, uint8_t *in, size_t *len)
{
	static const char many[] = "\0\0\0\4NAME\0\0\0\3new"
	    "\0\0\0\5OTHER\0\0\0\3two\0\0\0\0";

	buf_init(b, 64);
	if (change == MSG_V_IMPORT) {
		memcpy(in, many, *len = sizeof(many) - 1);
		return;
	}
	buf_put_str(b, "NAME");
	if (change == MSG_V_ROTATE) {
		buf_put_u32(b, 3600);
		buf_put_u64(b, 0);
	}
	memcpy(in, "new", *len = 3);
}

#define OPENS	"a key of more than 32 bytes, for tests"
#define CARRIES	"and what opens the bundle, and nothing else"

/* Keys of an export, to a key file, or of an import that replaces. */
static void
put_carrying(struct buf *b, uint8_t *in, size_t *len)
{
	static const uint8_t unseen[MSG_THERE_SEEN];

	*len = 0;
	buf_init(b, 64);
	if (change == MSG_V_BRING) {
		buf_put_u8(b, BRING_ALL);
		buf_put(b, unseen, sizeof(unseen));
	} else
		buf_put_u8(b, 0);
	put_key(in, len, 0, change == MSG_V_BRING ? CARRIES : OPENS);
	if (change == MSG_V_EXPORT)
		put_key(in, len, KEYIN_NEW, CARRIES);
}

/* The request, and what goes into its pipe. */
static void
request(struct vtest *t, struct buf *b, uint8_t *in, size_t *len)
{
	static char label[] = "second";
	const struct msg_slot_add add = { 1, label };
	struct msg_rekey rekey = { 1, { 0 } };

	*len = 0;
	if (change == MSG_V_EXPORT || change == MSG_V_BRING) {
		put_carrying(b, in, len);
		return;
	}
	if (change != MSG_V_SLOT_ADD && change != MSG_V_REKEY) {
		put_value(b, in, len);
		return;
	}
	put_key(in, len, change == MSG_V_REKEY, OPENS);
	if (change == MSG_V_REKEY) {
		slot_digest(t->v.st, rekey.seen);
		payload_put(b, change, &msg_rekey_shape, &rekey);
		return;
	}
	payload_put(b, change, &msg_slot_add_shape, &add);
	put_key(in, len, KEYIN_NEW, "and another one of more than 32 bytes");
}

/* Where a bundle goes, or comes from; the end that stays here in *mine. */
static int
second_pipe(int *mine)
{
	int p[2];

	*mine = -1;
	if (change != MSG_V_EXPORT && change != MSG_V_BRING)
		return (-1);
	assert_int_equal(pipe(p), 0);
	if (change == MSG_V_EXPORT) {
		*mine = p[0];
		return (p[1]);
	}
	assert_int_equal(write(p[1], carried, carriedlen), carriedlen);
	(void)close(p[1]);
	return (p[0]);
}

/* What has come of a bundle, to its end. */
static void
take_file(int fd)
{
	ssize_t n;

	seen->len = 0;
	while ((n = read(fd, seen->bundle + seen->len,
	    BUNDLE_ROOM - seen->len)) > 0)
		seen->len += (size_t)n;
}

/* The request is under way; the end of a second pipe that stays here. */
static int
send_request(struct vtest *t)
{
	uint8_t in[256];
	struct buf b;
	size_t len;
	int p[2], fds[2], mine;

	request(t, &b, in, &len);
	assert_int_equal(pipe(p), 0);
	assert_int_equal(write(p[1], in, len), len);
	(void)close(p[1]);
	fds[0] = p[0];
	fds[1] = second_pipe(&mine);
	(void)ipc_send(t->sup, change, 5, b.data, b.len, fds,
	    fds[1] == -1 ? 1 : 2);
	(void)ipc_flush(t->sup);
	buf_free(&b);
	return (mine);
}

/* V_PREPARED: what it is of, and the ticket for that. */
static void
give_ticket(struct vtest *t)
{
	uint8_t ticket[TICKET_SIZE];

	vtest_remember(t);
	seen->version = t->version;
	memcpy(seen->digest, t->digest, sizeof(seen->digest));
	memcpy(seen->file, t->bundle, sizeof(seen->file));
	seen->prepared = 1;
	if (change == MSG_V_EXPORT)
		vtest_ticket(t, TICKET_EXPORT, 5, seen->file, seen->life,
		    ticket);
	else
		vtest_ticket(t, TICKET_COMMIT, 5, seen->digest, seen->life,
		    ticket);
	(void)ipc_send(t->sup, MSG_V_COMMIT, 5, ticket, sizeof(ticket), NULL,
	    0);
	(void)ipc_flush(t->sup);
}

/* One change, as the supervisor drives it; remembers what the log would. */
static int
change_once(void *arg)
{
	struct vtest *t = arg;
	int fd;

	vtest_start(t);
	fd = send_request(t);
	if (answer(t) != MSG_V_PREPARED) {
		seen->done = code(t);
		return (0);
	}
	give_ticket(t);
	if (answer(t) != MSG_V_DONE)
		return (1);
	seen->done = code(t);
	if (fd != -1)
		take_file(fd);
	return (0);
}

static int
first_value(void *arg)
{
	vtest_start(arg);
	vtest_put(arg, 1, "NAME", "old");
	seen->version = ((struct vtest *)arg)->version;
	memcpy(seen->digest, ((struct vtest *)arg)->digest, STORE_DIGEST);
	return (0);
}

/* The start after it: 0 for the old value, 3 for the new one. */
static int
look(void *arg)
{
	struct vtest *t = arg;
	char got[8] = { 0 };
	int fd;

	vtest_start(t);
	fd = vtest_release(t, 7, "NAME");
	if (answer(t) != MSG_V_DONE || code(t) != CBE_OK ||
	    vtest_version(fd, got, sizeof(got)) != 3)
		return (1);
	if (vtest_count(t, VFILE_NEW) != 0)
		return (2);
	if (change == MSG_V_SLOT_ADD || change == MSG_V_REKEY)
		return (strcmp(got, "old") != 0 ? 4 :
		    t->v.st->version == 1 ? 0 : 3);
	if (strcmp(got, "old") == 0)
		return (past_kept(t->v.st, "NAME") == 0 &&
		    store_find(t->v.st, "OTHER") == NULL ? 0 : 5);
	if (strcmp(got, "new") != 0)
		return (4);
	return ((past_kept(t->v.st, "NAME") == 1) ==
	    (change == MSG_V_ROTATE) && (store_find(t->v.st, "OTHER") !=
	    NULL) == (change == MSG_V_IMPORT || change == MSG_V_BRING) ?
	    3 : 5);
}

/* The log has the new file, but the process ends before the ticket comes. */
static int
set_half(void *arg)
{
	struct vtest *t = arg;

	vtest_start(t);
	vtest_set(t, 5, "NAME", "new", 3);
	vtest_prepared(t, 5);
	seen->version = t->version;
	memcpy(seen->digest, t->digest, STORE_DIGEST);
	return (0);
}

/* A start that may be refused or die, but must not lose anything. */
static int
start_badly(void *arg)
{
	fault.on = 1;
	(void)vtest_open(arg, vtest_cipher(), UNLOCK_KEYFILE);
	fault.on = 0;
	return (0);
}

static int
start_of(enum how how, unsigned n)
{
	struct vtest t;
	int status;

	memset(seen, 0, sizeof(*seen));
	vtest_new(&t);
	assert_int_equal(in_child(first_value, &t), 0);
	t.version = seen->version;
	memcpy(t.digest, seen->digest, sizeof(t.digest));
	assert_int_equal(in_child(set_half, &t), 0);
	t.version = seen->version;
	memcpy(t.digest, seen->digest, sizeof(t.digest));
	fault.how = how;
	fault.left = n;
	status = in_child(start_badly, &t);
	assert_true(WIFEXITED(status));
	fault.left = 0;
	status = in_child(look, &t);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 3);
	vtest_end(&t);
	return (seen->fired);
}

/* One round; 0 once the fault came too late to happen. */
static int
round_of(enum how how, unsigned n)
{
	struct vtest t;
	int status, value;

	memset(seen, 0, sizeof(*seen));
	vtest_new(&t);
	assert_int_equal(in_child(first_value, &t), 0);
	t.version = seen->version;
	memcpy(t.digest, seen->digest, sizeof(t.digest));
	seen->done = -1;
	seen->life = 60000;
	fault.how = how;
	fault.left = n;
	status = in_child(change_once, &t);
	assert_true(WIFEXITED(status));
	/* 74: the rename failed, or the sync of the directory after it. */
	assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 9 ||
	    WEXITSTATUS(status) == EXIT_IO);
	/* it does not go on without what is recorded */
	if (seen->prepared && WEXITSTATUS(status) == 0)
		assert_int_equal(seen->done, CBE_OK);
	t.version = seen->version;
	memcpy(t.digest, seen->digest, sizeof(t.digest));
	fault.left = 0;
	value = in_child(look, &t);
	assert_true(WIFEXITED(value));
	assert_int_equal(WEXITSTATUS(value), seen->prepared ? 3 : 0);
	if (!seen->fired)
		assert_int_equal(seen->done, CBE_OK);
	vtest_end(&t);
	return (seen->fired);
}

/* The record is on disk, and its ticket comes too late to be taken. */
static void
test_expired(void **state)
{
	struct vtest t;
	int status;

	(void)state;
	memset(seen, 0, sizeof(*seen));
	vtest_new(&t);
	assert_int_equal(in_child(first_value, &t), 0);
	t.version = seen->version;
	memcpy(t.digest, seen->digest, sizeof(t.digest));
	seen->life = -1000;
	fault.left = 0;
	status = in_child(change_once, &t);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), EXIT_SYSTEM);
	assert_int_equal(seen->prepared, 1);
	t.version = seen->version;
	memcpy(t.digest, seen->digest, sizeof(t.digest));
	status = in_child(look, &t);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 3);
	vtest_end(&t);
}

static void
all_rounds(int (*one)(enum how, unsigned), unsigned least)
{
	static const char *const names[] = { "fails", "is cut short",
	    "is not reached", "is the last" };
	unsigned how, n;

	for (how = 0; how < HOWS; how++) {
		for (n = 1; one((enum how)how, n); n++)
			;
		assert_true(n > least);
		print_message("# call N %s: %u rounds\n", names[how], n);
	}
}

static void
test_set(void **state)
{
	(void)state;
	/* open, write, two syncs; rename, sync, and the sweep */
	all_rounds(round_of, 7);
}

/* The new value with the old one behind it, or the old one alone. */
static void
test_rotate(void **state)
{
	(void)state;
	change = MSG_V_ROTATE;
	all_rounds(round_of, 7);
	change = MSG_V_SET;
}

/* Both of them, or neither. */
static void
test_import(void **state)
{
	(void)state;
	change = MSG_V_IMPORT;
	all_rounds(round_of, 7);
	change = MSG_V_SET;
}

/* What another machine has: both of what test_import takes in. */
static int
bundle_made(void *arg)
{
	struct vtest *t = arg;

	vtest_start(t);
	vtest_put(t, 1, "NAME", "new");
	vtest_put(t, 2, "OTHER", "two");
	vtest_stop(t);
	return (change_once(arg));
}

static void
make_carried(void)
{
	struct vtest t;

	memset(seen, 0, sizeof(*seen));
	seen->life = 60000;
	vtest_new(&t);
	change = MSG_V_EXPORT;
	assert_int_equal(in_child(bundle_made, &t), 0);
	assert_int_equal(seen->done, CBE_OK);
	memcpy(carried, seen->bundle, carriedlen = seen->len);
	vtest_end(&t);
}

/* One round of an export: a whole file and CBE_OK, or less and none. */
static int
export_of(enum how how, unsigned n)
{
	uint8_t digest[STORE_DIGEST], was[STORE_DIGEST];
	struct vtest t;
	uint64_t version;
	int status;

	memset(seen, 0, sizeof(*seen));
	vtest_new(&t);
	assert_int_equal(in_child(first_value, &t), 0);
	t.version = version = seen->version;
	memcpy(t.digest, seen->digest, sizeof(t.digest));
	memcpy(was, seen->digest, sizeof(was));
	seen->done = -1;
	seen->life = 60000;
	fault.how = how;
	fault.left = n;
	status = in_child(change_once, &t);
	fault.left = 0;
	assert_true(WIFEXITED(status));
	assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 9);
	vfile_digest(seen->bundle, seen->len, digest);
	assert_int_equal(memcmp(digest, seen->file, sizeof(digest)) == 0,
	    seen->done == CBE_OK);
	if (!seen->fired)
		assert_int_equal(seen->done, CBE_OK);
	if (seen->prepared) {
		assert_int_equal(seen->version, version);
		assert_memory_equal(seen->digest, was, sizeof(was));
	}
	/* the vault itself is what it was */
	status = in_child(look, &t);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	vtest_end(&t);
	return (seen->fired);
}

/* Out of one vault, and all or nothing of it into another. */
static void
test_carried(void **state)
{
	(void)state;
	make_carried();
	/* keys, and a write */
	all_rounds(export_of, 3);
	change = MSG_V_BRING;
	all_rounds(round_of, 9);
	change = MSG_V_SET;
}

/* The same for the slots and for the key of it all. */
static void
test_slots(void **state)
{
	(void)state;
	change = MSG_V_SLOT_ADD;
	all_rounds(round_of, 7);
	change = MSG_V_REKEY;
	all_rounds(round_of, 7);
	change = MSG_V_SET;
}

static void
test_start(void **state)
{
	(void)state;
	/* the file, the directory, the successor; rename, sync; the sweep */
	all_rounds(start_of, 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_rotate),
		cmocka_unit_test(test_import),
		cmocka_unit_test(test_carried),
		cmocka_unit_test(test_slots),
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_expired),
	};

	if (sodium_init() == -1)
		return (1);
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (seen == MAP_FAILED)
		return (1);
	fault.fired = &seen->fired;
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
