/* SPDX-License-Identifier: ISC */
/* Bundles for tests: how they leave a vault in a test, and come to one. */
#ifndef TESTS_UNIT_VAULT_CARRY_H
#define TESTS_UNIT_VAULT_CARRY_H

#include "tests/unit/vault_keys.h"

#define CARRY		"what opens the bundle, and nothing else"
#define ROOM		(1U << 20)

static uint8_t	bundle[ROOM];
static size_t	bundlelen;

/* The keys of an export, or of an import, and a second pipe's end. */
static inline void
ask_two(struct vtest *t, unsigned type, uint64_t id, const struct buf *what,
    struct buf *keys, int fd)
{
	int fds[2], p[2];

	assert_int_equal(pipe(p), 0);
	assert_int_equal(write(p[1], keys->data, keys->len), keys->len);
	(void)close(p[1]);
	buf_free(keys);
	fds[0] = p[0];
	fds[1] = dup(fd);
	assert_int_equal(ipc_send(t->sup, type, id, what->data, what->len,
	    fds, 2), 0);
	assert_int_equal(ipc_flush(t->sup), 0);
}

/* Asks for an export to a key file; the read end of its pipe. */
static inline int
ask_export(struct vtest *t, uint64_t id, const char *opener)
{
	const struct msg_export v = { 0 };
	struct buf b, keys;
	int p[2];

	assert_int_equal(pipe(p), 0);
	assert_int_equal(fcntl(p[0], F_SETFL, O_NONBLOCK), 0);
	buf_init(&keys, KEYIN_BYTES);
	put_key(&keys, KEYIN_FILE, 0, opener);
	put_key(&keys, KEYIN_FILE, KEYIN_NEW, CARRY);
	payload_put(&b, MSG_V_EXPORT, &msg_export_shape, &v);
	ask_two(t, MSG_V_EXPORT, id, &b, &keys, p[1]);
	buf_free(&b);
	(void)close(p[1]);
	return (p[0]);
}

static inline void
give_ticket(struct vtest *t, uint8_t kind, uint64_t id, const void *digest)
{
	uint8_t ticket[TICKET_SIZE];

	vtest_ticket(t, kind, id, digest, 60000, ticket);
	vtest_send(t, MSG_V_COMMIT, id, ticket, sizeof(ticket), -1);
}

/* All that comes, while the vault goes on writing it. */
static inline void
take_bundle(struct vtest *t, int fd)
{
	ssize_t n = 1;

	bundlelen = 0;
	while (n != 0) {
		(void)event_base_loop(t->v.base, EVLOOP_NONBLOCK);
		n = read(fd, bundle + bundlelen, ROOM - bundlelen);
		if (n > 0)
			bundlelen += (size_t)n;
		else
			assert_true(n == 0 || errno == EAGAIN);
	}
	(void)close(fd);
}

static inline void
export_all(struct vtest *t, uint64_t id)
{
	uint64_t version = t->v.st->version;
	uint8_t digest[STORE_DIGEST];
	int fd = ask_export(t, id, FILE_KEY);

	vtest_prepared(t, id);
	/* the vault itself stays what it is */
	assert_int_equal(t->version, version);
	assert_memory_equal(t->digest, t->v.digest, sizeof(t->digest));
	assert_int_equal(read(fd, bundle, 1), -1);
	give_ticket(t, TICKET_EXPORT, id, t->bundle);
	take_bundle(t, fd);
	vtest_done(t, id, CBE_OK);
	vfile_digest(bundle, bundlelen, digest);
	assert_memory_equal(digest, t->bundle, sizeof(digest));
	assert_null(t->v.prove);
}

static uint8_t	shown[STORE_DIGEST];	/* what BRING_SEEN is sent with */

/* Asks to take len bytes in, by a key. */
static inline void
ask_import(struct vtest *t, uint64_t id, size_t len, const char *key,
    uint8_t replace)
{
	struct msg_bring v = { replace, { 0 } };
	struct buf b, keys;
	int p[2];

	assert_int_equal(pipe(p), 0);
	(void)fcntl(p[1], F_SETPIPE_SZ, ROOM);
	assert_int_equal(write(p[1], bundle, len), len);
	(void)close(p[1]);
	buf_init(&keys, KEYIN_BYTES);
	put_key(&keys, KEYIN_FILE, 0, key);
	if (replace == BRING_SEEN)
		memcpy(v.seen, shown, sizeof(v.seen));
	payload_put(&b, MSG_V_BRING, &msg_bring_shape, &v);
	ask_two(t, MSG_V_BRING, id, &b, &keys, p[0]);
	buf_free(&b);
	(void)close(p[0]);
}

/* An old vault with three secrets, one of which was rotated. */
static inline void
fill(struct vtest *t)
{
	vtest_new(t);
	vtest_start(t);
	vtest_put(t, 1, "ALPHA", "first value of alpha");
	vtest_put(t, 2, "BETA", "first value of beta");
	vtest_rotate(t, 3, "BETA", "second value of beta", 3600);
	commit(t, 3);
	vtest_put(t, 4, "GAMMA", "first value of gamma");
}

/* Ends it, and begins another one, in another directory, by the same key. */
static inline void
elsewhere(struct vtest *t)
{
	vtest_stop(t);
	vtest_end(t);
	vtest_new(t);
	vtest_start(t);
}

#endif
