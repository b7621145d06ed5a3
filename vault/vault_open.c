/* SPDX-License-Identifier: ISC */
/*
 * Opening the vault at the start.  Everything that is wrong is named and
 * nothing is written over: a vault that is refused is the administrator's to
 * look at.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "common/log.h"
#include "common/msg.h"
#include "vault/prove.h"
#include "vault/slot.h"
#include "vault/unlock.h"
#include "vault/vault.h"

struct errtext {
	char	*err;
	size_t	 len;
};

static int __attribute__((__format__ (printf, 2, 3)))
refuse(const struct errtext *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(r->err, r->len, fmt, ap);
	va_end(ap);
	return (-1);
}

/* Parses, or says what the file seems to be. */
static int
parse(struct vault *v, const struct buf *b, const struct errtext *r)
{
	const char *text = (const char *)b->data, *why;
	unsigned line;

	if (b->len == 0)
		return (refuse(r, "%s/%s is empty: it is not a vault; remove "
		    "it or restore it from a backup", v->root, VFILE_NAME));
	if (!store_is_vault(text, b->len) && store_is_dotenv(text, b->len))
		return (refuse(r, "%s/%s is a plain dotenv file, not a vault: "
		    "move it away, and give each value to clawbot secrets set "
		    "NAME", v->root, VFILE_NAME));
	if (!store_is_vault(text, b->len))
		return (refuse(r, "%s/%s is not a vault; move it away",
		    v->root, VFILE_NAME));
	why = store_parse(text, b->len, &v->st, &line);
	if (why != NULL)
		return (refuse(r, "%s/%s:%u: %s: the file is damaged; "
		    "restore it from a backup", v->root, VFILE_NAME, line,
		    why));
	return (0);
}

/*
 * The log has a record of the new file that tmp holds, but the daemon ended
 * before the file was renamed.  It must follow the file in force.
 */
static int
finish(struct vault *v, const struct vconfig *c, const char *tmp,
    const struct buf *b)
{
	struct store *next;
	unsigned line;
	int ok;

	if (store_parse((const char *)b->data, b->len, &next, &line) != NULL)
		return (0);
	ok = next->version == c->version &&
	    memcmp(next->previous, v->digest, STORE_DIGEST) == 0;
	store_free(next);
	if (!ok)
		return (0);
	return (vfile_commit(&v->dir, tmp) == 0 ? 1 : -1);
}

/*
 * Where the file in force is not the one that the log remembers, looks for
 * that one among the new files.  1 if *b was replaced, 0, -1.
 */
static int
catch_up(struct vault *v, const struct vconfig *c, struct buf *b,
    const struct errtext *r)
{
	char tmp[VFILE_TMP];
	struct buf next;
	int how;

	buf_init(&next, STORE_MAX);
	if (c->version == 0 ||
	    memcmp(v->digest, c->digest, STORE_DIGEST) == 0 ||
	    !vfile_find(&v->dir, c->digest, tmp, &next))
		return (0);
	how = finish(v, c, tmp, &next);
	if (how == 1) {
		buf_free(b);
		*b = next;
		vfile_digest(b->data, b->len, v->digest);
		log_info("version %llu of the vault, which the log has, was "
		    "put in force", (unsigned long long)c->version);
		return (1);
	}
	buf_free(&next);
	if (how == -1)
		return (refuse(r, "%s/%s: renaming it to %s failed", v->root,
		    tmp, VFILE_NAME));
	return (0);
}

/*
 * Is it what the log remembers?  If not, why, and what to do: nothing of it is
 * given to a run before somebody has said that it is to be gone on with.
 */
static int
is_astray(const struct vault *v, const struct vconfig *c, char *why,
    size_t len)
{
	static const char way[] = "; put back the one that it remembers, "
	    "and restart, or go on with what is there: clawbot secrets "
	    "recover --accept-rollback -r WHY";
	unsigned long long have = v->st->version, want = c->version;

	if (want == 0)
		return (0);
	if (have == 0)
		(void)snprintf(why, len, "%s/%s is missing, but the log "
		    "remembers version %llu of it%s", v->root, VFILE_NAME,
		    want, way);
	else if (have != want)
		(void)snprintf(why, len, "%s/%s is version %llu, %s than "
		    "version %llu that the log remembers%s", v->root,
		    VFILE_NAME, have, have < want ? "older" : "newer", want,
		    way);
	else
		(void)snprintf(why, len, "%s/%s is version %llu but not the "
		    "file that the log remembers%s", v->root, VFILE_NAME,
		    have, way);
	return (have != want ||
	    memcmp(v->digest, c->digest, STORE_DIGEST) != 0);
}

/* No slot opens: the start goes on without secrets, and nothing is changed. */
static int __attribute__((__format__ (printf, 2, 3)))
lock(struct vault *v, const char *fmt, ...)
{
	char why[MSG_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	log_warnx("%s: the vault stays locked", why);
	v->locked = xstrdup(why);
	return (0);
}

/* Tries the bytes on each slot that is for such; 1 if one opens, 0. */
static int
open_slot(struct vault *v, unsigned *tried)
{
	const struct store_slot *s;
	size_t i;

	for (i = 0; i < v->st->nslots; i++) {
		s = &v->st->slots[i];
		if (slot_wrong(s) != NULL || slot_kind(s) == SLOT_ARGON2ID)
			continue;
		++*tried;
		slot_kek(v->st, s, v->k, v->k->file, v->k->filelen);
		if (slot_open(v->st, s, v->k) == 0)
			return (1);
	}
	return (0);
}

/* What stands in vault.unlock and in a slot likewise. */
static enum slot_kind
way_kind(const struct vway *w)
{
	return (w->kind == UNLOCK_CREDENTIAL ? SLOT_CREDENTIAL :
	    SLOT_KEYFILE);
}

static const char *
way_name(const struct vway *w)
{
	return (w->kind == UNLOCK_CREDENTIAL ? "credential" : "key file");
}

/* A vault in memory only, until the first secret is set. */
static int
create(struct vault *v, const struct vway *w, const struct errtext *r)
{
	struct store_slot *s;

	randombytes_buf(v->st->id, KEYRING_ID);
	v->st->cipher = v->cipher;
	keyring_create(v->k, v->st->id);
	s = slot_add(v->st, way_kind(w), w->label, NULL);
	slot_kek(v->st, s, v->k, v->k->file, v->k->filelen);
	if (slot_wrap(v->st, s, v->k) == -1)
		return (refuse(r, "wrapping the master key failed"));
	return (0);
}

static int
check_cipher(const struct vault *v, const struct errtext *r)
{
	if (v->st->version != 0 && v->st->cipher != v->cipher)
		return (refuse(r, "%s/%s is encrypted with %s, but "
		    "vault.cipher is %s", v->root, VFILE_NAME,
		    aead_cipher_name(v->st->cipher),
		    aead_cipher_name(v->cipher)));
	if (!aead_available(v->cipher))
		return (refuse(r, "vault.cipher %s: this processor has no "
		    "AES-256-GCM for libsodium; set vault.cipher to %s",
		    aead_cipher_name(v->cipher),
		    aead_cipher_name(CIPHER_XCHACHA)));
	return (0);
}

/*
 * By one of the ways: 1, 0 and *l has why it is not open by this one, -1.
 */
static int
try_way(struct vault *v, const struct vway *w, const struct buf *b,
    const struct errtext *l, const struct errtext *r)
{
	char why[128];
	unsigned tried = 0;
	int how = 1;

	if (unlock_keyfile(v->k, w->fd, v->dir.uid, why, sizeof(why)) == -1)
		return (refuse(l, "the %s (%s): %s", way_name(w), w->label,
		    why) + 1);
	if (v->st->version == 0)
		how = create(v, w, r) == -1 ? -1 : 1;
	else if (!open_slot(v, &tried) && tried == 0)
		how = refuse(l, "%s/%s has no slot for a key file or a "
		    "credential; an approver opens it with clawbot secrets "
		    "unlock", v->root, VFILE_NAME) + 1;
	else if (!v->k->open)
		how = refuse(l, "the %s (%s) does not open %s/%s: it is "
		    "another key, or the slot is damaged", way_name(w),
		    w->label, v->root, VFILE_NAME) + 1;
	else if (vault_verify(v, v->k, b->data, r->err, r->len) == -1)
		how = -1;
	keyring_forget(v->k);
	return (how);
}

static int
unlock(struct vault *v, const struct vconfig *c, const struct buf *b,
    const struct errtext *r)
{
	char why[MSG_TEXT_MAX] = "";
	const struct errtext l = { why, sizeof(why) };
	size_t i;
	int how;

	if (c->nways != 0 && check_cipher(v, r) == -1)
		return (-1);
	for (i = 0; i < c->nways; i++)
		if ((how = try_way(v, &c->ways[i], b, &l, r)) != 0)
			return (how == 1 ? 0 : -1);
	if (c->nways != 0)
		return (lock(v, "%s", why));
	v->locked = xstrdup(c->why[0] != '\0' ? c->why :
	    "no way to unlock it is configured (vault.unlock)");
	return (0);
}

/* b has the file, or nothing if there is none. */
static int
open_bytes(struct vault *v, const struct vconfig *c, struct buf *b,
    const struct errtext *r)
{
	char why[MSG_TEXT_MAX];

	if (b->data == NULL)
		v->st = store_new();
	else if (parse(v, b, r) == -1)
		return (-1);
	if (unlock(v, c, b, r) == -1)
		return (-1);
	v->astray = is_astray(v, c, why, sizeof(why));
	if (!v->astray)
		return (0);
	/* a key that is missing is told of in front */
	if (v->locked == NULL)
		return (lock(v, "%s", why));
	v->stray = xstrdup(why);
	return (0);
}

int
vault_open(struct vault *v, const struct vconfig *c, char *err, size_t errlen)
{
	const struct errtext r = { err, errlen };
	struct buf b;
	char why[MSG_TEXT_MAX];
	int have, how;

	v->cipher = c->cipher;
	v->lock_after = c->lock_after;
	v->pinned = c->version;
	have = vfile_read(&v->dir, VFILE_NAME, &b, why, sizeof(why));
	if (have == -1)
		return (refuse(&r, "%s/%s: %s", v->root, VFILE_NAME, why));
	if (have == 1)
		vfile_digest(b.data, b.len, v->digest);
	how = catch_up(v, c, &b, &r);
	/* An empty file is not the same as none. */
	if (how == 0 && have == 1 && b.len == 0)
		how = parse(v, &b, &r);
	else if (how != -1)
		how = open_bytes(v, c, &b, &r);
	buf_free(&b);
	if (how == -1)
		return (-1);
	lock_init(v);
	if (v->locked == NULL)
		lock_opened(v);
	else if (v->k->open)
		lock_keys(v);
	/* one that the log has may be among them, and could not be read now */
	if (!v->astray && vfile_sweep(&v->dir) > 0)
		log_info("removed what changes that did not take place left");
	return (0);
}

void
vault_close(struct vault *v)
{
	prove_stop(v);
	identify_end(v, NULL);
	change_stop(v);
	due_stop(v);
	if (v->lock_ev != NULL)
		event_free(v->lock_ev);
	v->lock_ev = NULL;
	store_free(v->st);
	free(v->locked);
	free(v->stray);
	freezero(v->used, v->nused * sizeof(*v->used));
	v->st = NULL;
	v->locked = NULL;
	v->used = NULL;
	v->nused = 0;
}
