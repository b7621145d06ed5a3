/* SPDX-License-Identifier: ISC */
/*
 * A vault in a temporary directory, inside the test's own process, and the
 * supervisor's end of its socket.  Everything is real but the loss of
 * privileges.
 */
#ifndef TESTS_UNIT_VAULT_UTIL_H
#define TESTS_UNIT_VAULT_UTIL_H

#include <sys/socket.h>
#include <sys/stat.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>
#include <sodium.h>

#include "common/log.h"
#include "common/msg.h"
#include "common/ticket.h"
#include "vault/guard.h"
#include "vault/vault.h"

struct vtest {
	char		 dir[64];
	int		 keyfd;
	int		 dirfd;
	uint8_t		 ticket[TICKET_KEY];
	struct vault	 v;
	struct ipc	*sup;
	struct ipc_msg	 m;
	/* What the log would remember. */
	uint64_t	 version;
	uint8_t		 digest[STORE_DIGEST];
	uint32_t	 names;		/* in the last V_PREPARED */
	uint8_t		 bundle[STORE_DIGEST];
	char		 err[512];
};

static inline void
vtest_write(struct vtest *t, const char *name, const void *p, size_t len)
{
	int fd = openat(t->dirfd, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_not_equal(fd, -1);
	assert_int_equal(fchmod(fd, 0600), 0);
	assert_int_equal(pwrite(fd, p, len, 0), (ssize_t)len);
	(void)close(fd);
}

/* The whole file; the caller frees. */
static inline char *
vtest_read(struct vtest *t, const char *name, size_t *len)
{
	int fd = openat(t->dirfd, name, O_RDONLY);
	struct stat st;
	char *p;

	assert_int_not_equal(fd, -1);
	assert_int_equal(fstat(fd, &st), 0);
	*len = (size_t)st.st_size;
	p = malloc(*len + 1);
	assert_non_null(p);
	assert_int_equal(read(fd, p, *len), (ssize_t)*len);
	(void)close(fd);
	return (p);
}

static inline void
vtest_new(struct vtest *t)
{
	memset(t, 0, sizeof(*t));
	/* As rolemain_start does; what is logged is not looked at. */
	(void)signal(SIGPIPE, SIG_IGN);
	log_init("vault", LOG_TO_FD, open("/dev/null", O_WRONLY), 0);
	(void)snprintf(t->dir, sizeof(t->dir), "/tmp/vault-test.XXXXXX");
	assert_non_null(mkdtemp(t->dir));
	t->dirfd = open(t->dir, O_RDONLY | O_DIRECTORY);
	assert_int_not_equal(t->dirfd, -1);
	vtest_write(t, "key", "a key of more than 32 bytes, for tests", 38);
	t->keyfd = openat(t->dirfd, "key", O_RDONLY);
	memset(t->ticket, 0x5a, sizeof(t->ticket));
}

/* How many entries of the directory begin so. */
static inline unsigned
vtest_count(struct vtest *t, const char *prefix)
{
	unsigned n = 0;
	struct dirent *e;
	DIR *d = opendir(t->dir);

	assert_non_null(d);
	while ((e = readdir(d)) != NULL)
		n += strncmp(e->d_name, prefix, strlen(prefix)) == 0;
	(void)closedir(d);
	return (n);
}

/* Opens it as at a start, with what the log remembers. */
static inline int
vtest_open(struct vtest *t, unsigned cipher, unsigned unlock)
{
	struct vconfig c;
	int sp[2];

	memset(&t->v, 0, sizeof(t->v));
	memset(&c, 0, sizeof(c));
	/* Here, not earlier: a test may fork before, and the pages do not. */
	assert_int_equal(guard_init(t->err, sizeof(t->err)), 0);
	memset(keyring_get(), 0, sizeof(struct keyring));
	t->v.k = keyring_get();
	memcpy(t->v.k->ticket, t->ticket, sizeof(t->ticket));
	t->v.root = t->dir;
	t->v.dir.fd = t->dirfd;
	t->v.dir.root = "/test";
	t->v.dir.uid = getuid();
	c.cipher = cipher;
	c.nways = unlock != 0;
	c.ways[0].kind = unlock;
	c.ways[0].label = xstrdup("keyfile:/test");
	c.ways[0].fd = t->keyfd;
	c.why = xstrdup("");
	c.version = t->version;
	memcpy(c.digest, t->digest, sizeof(c.digest));
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sp), 0);
	t->v.ipc = ipc_new(sp[0], ROLE_VAULT, ROLE_SUPERVISOR, MS_UP);
	t->sup = ipc_new(sp[1], ROLE_SUPERVISOR, ROLE_VAULT, MS_UP);
	t->v.base = event_base_new();
	assert_non_null(t->v.base);
	assert_int_equal(ipc_ev_attach(t->v.ipc, t->v.base, vault_on_msg,
	    vault_on_end, &t->v), 0);
	t->err[0] = '\0';
	sp[0] = vault_open(&t->v, &c, t->err, sizeof(t->err));
	free(c.ways[0].label);
	free(c.why);
	if (sp[0] == 0 && unlock == UNLOCK_KEYFILE && t->v.locked != NULL) {
		(void)snprintf(t->err, sizeof(t->err), "%s", t->v.locked);
		return (1);
	}
	return (sp[0]);
}

static inline unsigned
vtest_cipher(void)
{
	return (aead_available(CIPHER_AES256) ? CIPHER_AES256 :
	    CIPHER_XCHACHA);
}

static inline void
vtest_start(struct vtest *t)
{
	if (vtest_open(t, vtest_cipher(), UNLOCK_KEYFILE) != 0)
		fail_msg("%s", t->err);
}

/* Ends it as SHUTDOWN or a crash would; what is on disk stays. */
static inline void
vtest_stop(struct vtest *t)
{
	vault_close(&t->v);
	ipc_msg_done(&t->m);
	ipc_free(t->v.ipc);
	ipc_free(t->sup);
	event_base_free(t->v.base);
}

static inline void
vtest_end(struct vtest *t)
{
	struct dirent *e;
	DIR *d = opendir(t->dir);

	assert_non_null(d);
	while ((e = readdir(d)) != NULL)
		(void)unlinkat(t->dirfd, e->d_name, 0);
	(void)closedir(d);
	(void)close(t->keyfd);
	(void)close(t->dirfd);
	assert_int_equal(rmdir(t->dir), 0);
}

static inline void
vtest_send(struct vtest *t, unsigned type, uint64_t id, const void *p,
    size_t len, int fd)
{
	assert_int_equal(ipc_send(t->sup, type, id, p, len, &fd,
	    fd == -1 ? 0 : 1), 0);
	assert_int_equal(ipc_flush(t->sup), 0);
	(void)event_base_loop(t->v.base, EVLOOP_NONBLOCK);
}

/* The next message to the supervisor, which is of this type and id. */
static inline void
vtest_recv(struct vtest *t, unsigned type, uint64_t id)
{
	int i, r = 0;

	for (i = 0; i < 3000 && r == 0; i++) {
		(void)event_base_loop(t->v.base, EVLOOP_NONBLOCK);
		r = ipc_wait(t->sup, &t->m, 10);
		/* for others, and of no interest here */
		if (r == 1 && (t->m.type == MSG_V_PRINTS ||
		    t->m.type == MSG_V_VERSIONS ||
		    t->m.type == MSG_V_STATE) && t->m.type != type)
			r = 0;
	}
	assert_int_equal(r, 1);
	assert_string_equal(msg_name(t->m.type), msg_name(type));
	assert_int_equal(t->m.id, id);
}

/* V_DONE with this code. */
static inline void
vtest_done(struct vtest *t, uint64_t id, enum cberr code)
{
	struct rd r;

	vtest_recv(t, MSG_V_DONE, id);
	rd_init(&r, t->m.data, t->m.len);
	assert_int_equal(rd_u16(&r), code);
}

static inline void
vtest_name(struct vtest *t, unsigned type, uint64_t id, const char *name,
    int fd)
{
	struct buf b;

	buf_init(&b, 1024);
	buf_put_str(&b, name);
	vtest_send(t, type, id, b.data, b.len, fd);
	buf_free(&b);
}

static inline void
vtest_set(struct vtest *t, uint64_t id, const char *name, const void *value,
    size_t len)
{
	int p[2];

	assert_int_equal(pipe(p), 0);
	/* Room for one byte more than a value may have. */
	(void)fcntl(p[1], F_SETPIPE_SZ, 1 << 17);
	assert_int_equal(write(p[1], value, len), (ssize_t)len);
	(void)close(p[1]);
	vtest_name(t, MSG_V_SET, id, name, p[0]);
}

/* The same as the next version, the one before kept for some seconds. */
static inline void
vtest_rotate_from(struct vtest *t, uint64_t id, const char *name,
    const char *value, uint32_t keep_s, uint64_t from)
{
	struct buf b;
	int p[2];

	assert_int_equal(pipe(p), 0);
	assert_int_equal(write(p[1], value, strlen(value)),
	    (ssize_t)strlen(value));
	(void)close(p[1]);
	buf_init(&b, 1024);
	buf_put_str(&b, name);
	buf_put_u32(&b, keep_s);
	buf_put_u64(&b, from);
	vtest_send(t, MSG_V_ROTATE, id, b.data, b.len, p[0]);
	buf_free(&b);
}

static inline void
vtest_rotate(struct vtest *t, uint64_t id, const char *name,
    const char *value, uint32_t keep_s)
{
	vtest_rotate_from(t, id, name, value, keep_s, 0);
}

/* Could that be done? */
static inline void
vtest_may_rotate(struct vtest *t, uint64_t id, const char *name,
    uint32_t keep_s)
{
	struct buf b;

	buf_init(&b, 1024);
	buf_put_str(&b, name);
	buf_put_u32(&b, keep_s);
	buf_put_u64(&b, 0);
	vtest_send(t, MSG_V_MAY_ROTATE, id, b.data, b.len, -1);
	buf_free(&b);
}

/* What V_PREPARED says is what the log remembers from now on. */
static inline void
vtest_remember(struct vtest *t)
{
	struct msg_prepared m;

	assert_int_equal(payload_get(&t->m, &msg_prepared_shape, &m), 0);
	t->version = m.version;
	memcpy(t->digest, m.digest, sizeof(t->digest));
	t->names = (uint32_t)m.names.n;
	memcpy(t->bundle, m.bundle, sizeof(t->bundle));
	shape_free(&msg_prepared_shape, &m);
}

static inline void
vtest_prepared(struct vtest *t, uint64_t id)
{
	vtest_recv(t, MSG_V_PREPARED, id);
	vtest_remember(t);
}

static inline void
vtest_ticket(struct vtest *t, uint8_t kind, uint64_t run, const void *digest,
    int64_t ms, uint8_t out[TICKET_SIZE])
{
	struct ticket k;

	memset(&k, 0, sizeof(k));
	k.kind = kind;
	k.run = run;
	k.record = 1;
	k.expires_ms = (uint64_t)((int64_t)ticket_now() + ms);
	memcpy(k.digest, digest, sizeof(k.digest));
	ticket_make(out, &k, t->ticket);
}

static inline void
vtest_commit(struct vtest *t, uint64_t id)
{
	uint8_t out[TICKET_SIZE];

	vtest_ticket(t, TICKET_COMMIT, id, t->digest, 60000, out);
	vtest_send(t, MSG_V_COMMIT, id, out, sizeof(out), -1);
}

/* A whole set. */
static inline void
vtest_put(struct vtest *t, uint64_t id, const char *name, const char *value)
{
	vtest_set(t, id, name, value, strlen(value));
	vtest_prepared(t, id);
	vtest_commit(t, id);
	vtest_done(t, id, CBE_OK);
}

/* V_RELEASE with that ticket, by that end of a pipe. */
static inline void
vtest_ask(struct vtest *t, uint64_t run, const struct msg_release *m, int fd)
{
	struct buf b;

	payload_put(&b, MSG_V_RELEASE, &msg_release_shape, m);
	vtest_send(t, MSG_V_RELEASE, run, b.data, b.len, fd);
	buf_free(&b);
}

/* A ticket of that kind for a secret in a version. */
static inline void
vtest_secret_ticket(struct vtest *t, unsigned kind, uint64_t run,
    const struct msg_release *m, int64_t life, uint8_t out[TICKET_SIZE])
{
	char text[VARNAME_VERSIONED + 1];
	uint8_t digest[32];

	varname_versioned(text, m->name, m->version);
	ticket_secret_digest(digest, text);
	vtest_ticket(t, (uint8_t)kind, run, digest, life, out);
}

/* Asks for a secret with a good ticket; the read end of the pipe. */
static inline int
vtest_release_from(struct vtest *t, uint64_t run, const char *name,
    uint64_t oldest)
{
	const struct store_entry *e = t->v.locked != NULL ? NULL :
	    store_find(t->v.st, name);
	struct msg_release m = { .name = (char *)(uintptr_t)name,
	    .version = e != NULL ? e->version : 0, .oldest = oldest };
	int p[2];

	assert_int_equal(pipe(p), 0);
	vtest_secret_ticket(t, TICKET_SECRET, run, &m, 60000, m.ticket);
	vtest_ask(t, run, &m, p[1]);
	return (p[0]);
}

static inline int
vtest_release(struct vtest *t, uint64_t run, const char *name)
{
	return (vtest_release_from(t, run, name, 1));
}

/*
 * What comes next of a release into got: the value, then the versions before
 * it.  Its length, 0 behind the last and -1 where nothing of that form is.
 */
static inline ssize_t
vtest_version(int fd, void *got, size_t size)
{
	uint8_t head[4];
	struct rd r;
	uint32_t n;

	if (read(fd, head, sizeof(head)) != (ssize_t)sizeof(head))
		return (-1);
	rd_init(&r, head, sizeof(head));
	if ((n = rd_u32(&r)) == 0)
		return (0);
	return (n > size || read(fd, got, n) != (ssize_t)n ? -1 : (ssize_t)n);
}

/* Does this run get exactly this value?  NULL: no such secret. */
static inline void
vtest_get(struct vtest *t, uint64_t run, const char *name, const char *value)
{
	char got[1024];
	int fd = vtest_release(t, run, name);
	ssize_t n;

	vtest_done(t, run, value == NULL ? CBE_NOENT : CBE_OK);
	n = vtest_version(fd, got, sizeof(got));
	assert_int_equal(n, value == NULL ? -1 : (ssize_t)strlen(value));
	if (value != NULL)
		assert_memory_equal(got, value, (size_t)n);
	(void)close(fd);
}

#endif
