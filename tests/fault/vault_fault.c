/* SPDX-License-Identifier: ISC */
/*
 * Setting a secret, adding a slot and making a new key, while the Nth system
 * call on files fails, is cut short, or is the last one before the process
 * dies, for every N until none is left.
 * Whatever happens, the next start has the old value or the new one: the new
 * one if the log has it, the old one if not.  The same for a start that has
 * to finish what the process before it began.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#include <errno.h>

#include "common/keyin.h"
#include "common/payload.h"
#include "tests/unit/vault_util.h"
#include "vault/past.h"
#include "vault/slot.h"

enum how { FAIL, SHORT, DIE_BEFORE, DIE_AFTER, HOWS };

static struct {
	int		on;
	enum how	how;
	unsigned	left;		/* calls until it happens */
	int		fired;
} fault;

/* What the child leaves for the parent to see. */
struct seen {
	int		prepared;	/* V_PREPARED came: the log has it */
	int		done;		/* CBE_* of V_DONE, or -1 */
	int		fired;
	int64_t		life;		/* of the ticket, ms */
	uint64_t	version;
	uint8_t		digest[STORE_DIGEST];
};
static struct seen *seen;

/* Is this call the one? */
static int
hit(void)
{
	if (!fault.on || fault.left == 0 || --fault.left != 0)
		return (0);
	fault.fired = seen->fired = 1;
	if (fault.how == DIE_BEFORE)
		_exit(9);
	return (1);
}

/* The result of a call, or death, or failure that did not happen. */
static long
after(int was_hit, long r)
{
	if (was_hit && fault.how == DIE_AFTER)
		_exit(9);
	return (r);
}

#define FAILS(h)	((h) && (fault.how == FAIL || fault.how == SHORT))

int
openat(int fd, const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;
	int h = hit();

	va_start(ap, flags);
	mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	if (FAILS(h)) {
		errno = EMFILE;
		return (-1);
	}
	return ((int)after(h, syscall(SYS_openat, fd, path, flags, mode)));
}

ssize_t
write(int fd, const void *p, size_t n)
{
	int h = hit();

	if (FAILS(h) && (fault.how == FAIL || n < 2)) {
		errno = ENOSPC;
		return (-1);
	}
	if (FAILS(h))
		n /= 2;
	return (after(h, syscall(SYS_write, fd, p, n)));
}

int
fsync(int fd)
{
	int h = hit();

	if (FAILS(h)) {
		errno = EIO;
		return (-1);
	}
	return ((int)after(h, syscall(SYS_fsync, fd)));
}

int
renameat(int from, const char *a, int to, const char *b)
{
	int h = hit();

	if (FAILS(h)) {
		errno = EIO;
		return (-1);
	}
	return ((int)after(h, syscall(SYS_renameat2, from, a, to, b, 0)));
}

int
unlinkat(int fd, const char *path, int flags)
{
	int h = hit();

	if (FAILS(h)) {
		errno = EIO;
		return (-1);
	}
	return ((int)after(h, syscall(SYS_unlinkat, fd, path, flags)));
}

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

/* What is asked for: V_SET, V_ROTATE, V_IMPORT, V_SLOT_ADD or V_REKEY. */
static unsigned change = MSG_V_SET;

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
	if (change == MSG_V_ROTATE)
		buf_put_u32(b, 3600);
	memcpy(in, "new", *len = 3);
}

/* The request, and what goes into its pipe. */
static void
request(struct vtest *t, struct buf *b, uint8_t *in, size_t *len)
{
	static char label[] = "second";
	const struct msg_slot_add add = { 1, label };
	struct msg_rekey rekey = { 1, { 0 } };

	*len = 0;
	if (change != MSG_V_SLOT_ADD && change != MSG_V_REKEY) {
		put_value(b, in, len);
		return;
	}
	put_key(in, len, change == MSG_V_REKEY, "a key of more than 32 bytes, "
	    "for tests");
	if (change == MSG_V_REKEY) {
		slot_digest(t->v.st, rekey.seen);
		payload_put(b, change, &msg_rekey_shape, &rekey);
		return;
	}
	payload_put(b, change, &msg_slot_add_shape, &add);
	put_key(in, len, KEYIN_NEW, "and another one of more than 32 bytes");
}

/* One change, as the supervisor drives it; remembers what the log would. */
static int
change_once(void *arg)
{
	struct vtest *t = arg;
	uint8_t ticket[TICKET_SIZE], in[256];
	struct buf b;
	struct rd r;
	size_t len;
	int p[2];

	vtest_start(t);
	request(t, &b, in, &len);
	if (pipe(p) == -1 || syscall(SYS_write, p[1], in, len) != (long)len)
		return (1);
	(void)close(p[1]);
	(void)ipc_send(t->sup, change, 5, b.data, b.len, &p[0], 1);
	(void)ipc_flush(t->sup);
	if (answer(t) != MSG_V_PREPARED) {
		seen->done = code(t);
		return (0);
	}
	rd_init(&r, t->m.data, t->m.len);
	seen->version = rd_u64(&r);
	rd_copy(&r, seen->digest, sizeof(seen->digest));
	seen->prepared = 1;
	vtest_ticket(t, TICKET_COMMIT, 5, seen->digest, seen->life, ticket);
	(void)ipc_send(t->sup, MSG_V_COMMIT, 5, ticket, sizeof(ticket), NULL,
	    0);
	(void)ipc_flush(t->sup);
	if (answer(t) != MSG_V_DONE)
		return (1);
	seen->done = code(t);
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
	    NULL) == (change == MSG_V_IMPORT) ? 3 : 5);
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
	fault.fired = 0;
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
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
