/* SPDX-License-Identifier: ISC */
/* The table of standing approvals; see standing.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/policy/again.h"
#include "supervisor/run/standing.h"

#define HASHES		1024
#define COMMAND_TEXT	4096	/* bytes of a command for people */

TAILQ_HEAD(bucket, standing);

struct standings {
	struct bucket	 buckets[HASHES];
	size_t		 n;
};

struct standings *
standings_new(void)
{
	struct standings *s = xcalloc(1, sizeof(*s));
	size_t i;

	for (i = 0; i < HASHES; i++)
		TAILQ_INIT(&s->buckets[i]);
	return (s);
}

/* FNV-1a: names are the configuration's, so nobody picks them to collide. */
static uint32_t
hash_bytes(uint32_t h, const void *data, size_t len)
{
	const uint8_t *p = data;

	while (len-- > 0)
		h = (h ^ *p++) * 16777619U;
	return (h);
}

static size_t
hash(const struct standing_key *k)
{
	uint32_t h = 2166136261U;

	h = hash_bytes(h, &k->uid, sizeof(k->uid));
	h = hash_bytes(h, k->channel, strlen(k->channel) + 1);
	h = hash_bytes(h, k->skill, strlen(k->skill) + 1);
	return (h % HASHES);
}

static struct standing_key
key_of(const struct standing *t)
{
	struct standing_key k = { t->channel, t->skill, t->uid, t->policy };

	return (k);
}

static int
same_key(const struct standing *t, const struct standing_key *k)
{
	return (t->uid == k->uid && strcmp(t->channel, k->channel) == 0 &&
	    strcmp(t->skill, k->skill) == 0 &&
	    strcmp(t->policy, k->policy) == 0);
}

/* How many there are of an approver, and for an account. */
static void
count(const struct standings *s, uid_t approver, uid_t uid, size_t *given,
    size_t *has)
{
	const struct standing *t;
	size_t i;

	*given = *has = 0;
	for (i = 0; i < HASHES; i++)
		TAILQ_FOREACH(t, &s->buckets[i], entry) {
			*given += t->approver == approver;
			*has += t->uid == uid;
		}
}

static int
is_full(const struct standings *s, uid_t approver, uid_t uid, char *why,
    size_t len)
{
	size_t given, has;

	count(s, approver, uid, &given, &has);
	if (s->n >= STANDINGS_MAX)
		(void)snprintf(why, len, "there are %u standing approvals "
		    "already, which is all there can be: revoke some",
		    STANDINGS_MAX);
	else if (given >= STANDINGS_APPROVER)
		(void)snprintf(why, len, "%u standing approvals that you gave "
		    "hold already: revoke some", STANDINGS_APPROVER);
	else if (has >= STANDINGS_UID)
		(void)snprintf(why, len, "%u standing approvals for uid %u "
		    "hold already: revoke some", STANDINGS_UID, uid);
	else
		return (0);
	return (1);
}

/* What a person sees in a list may be cut. */
static void
copy_command(struct strv *to, const struct strv *argv)
{
	size_t i, n, left = COMMAND_TEXT;

	for (i = 0; i < argv->n && left > 0; i++) {
		n = strlen(argv->v[i]);
		if (n > left)
			n = left;
		strv_addn(to, argv->v[i], n);
		left -= n;
	}
	if (i < argv->n || left == 0)
		strv_add(to, "...");
}

static void
copy_plan(struct standing *t, const struct standing_for *f)
{
	const struct plan *p = f->plan;

	memcpy(t->plan, f->digest, sizeof(t->plan));
	copy_command(&t->argv, &p->argv);
	t->exe = xstrdup(p->exe.path);
	memcpy(t->exe_digest, p->exe.digest, sizeof(t->exe_digest));
	t->script = xstrdup(p->script.path != NULL ? p->script.path : "");
	memcpy(t->script_digest, p->script.digest, sizeof(t->script_digest));
	t->cwd = xstrdup(p->cwd);
	t->cwd_dev = p->cwd_dev;
	t->cwd_ino = p->cwd_ino;
}

struct standing *
standing_add(struct standings *s, uint64_t id, const struct standing_for *f,
    struct pattern *like, uid_t approver, int64_t now, int64_t ms,
    uint32_t uses, char *why, size_t len)
{
	struct standing *t;

	if (is_full(s, approver, f->key.uid, why, len)) {
		pattern_free(like);
		return (NULL);
	}
	t = xcalloc(1, sizeof(*t));
	t->id = id;
	t->state = STANDING_PENDING;
	t->channel = xstrdup(f->key.channel);
	t->skill = xstrdup(f->key.skill);
	t->policy = xstrdup(f->key.policy);
	t->uid = f->key.uid;
	t->approver = approver;
	t->since = now;
	t->until = now + ms;
	t->count = uses;
	t->like = like;
	copy_plan(t, f);
	buf_init(&t->end, 8192);
	TAILQ_INSERT_TAIL(&s->buckets[hash(&f->key)], t, entry);
	s->n++;
	return (t);
}

void
standing_remove(struct standings *s, struct standing *t)
{
	const struct standing_key k = key_of(t);

	TAILQ_REMOVE(&s->buckets[hash(&k)], t, entry);
	s->n--;
	free(t->channel);
	free(t->skill);
	free(t->policy);
	pattern_free(t->like);
	strv_free(&t->argv);
	free(t->exe);
	free(t->script);
	free(t->cwd);
	buf_free(&t->end);
	freezero(t, sizeof(*t));
}

struct standing *
standing_by_id(const struct standings *s, uint64_t id)
{
	struct standing *t;
	size_t i;

	for (i = 0; i < HASHES; i++)
		TAILQ_FOREACH(t, &s->buckets[i], entry)
			if (t->id == id)
				return (t);
	return (NULL);
}

struct standing *
standing_by_run(const struct standings *s, uint64_t run)
{
	struct standing *t;
	size_t i;

	for (i = 0; i < HASHES && s->n != 0; i++)
		TAILQ_FOREACH(t, &s->buckets[i], entry)
			if (t->run == run && t->state == STANDING_PENDING)
				return (t);
	return (NULL);
}

static int
is_left(const struct standing *t, int64_t now)
{
	return (t->state == STANDING_HOLDS && now < t->until &&
	    (t->count == 0 || t->taken + t->used < t->count));
}

int
standing_any(const struct standings *s, const struct standing_key *k,
    int64_t now)
{
	const struct standing *t;

	TAILQ_FOREACH(t, &s->buckets[hash(k)], entry)
		if (same_key(t, k) && is_left(t, now))
			return (1);
	return (0);
}

static int
is_approver(const struct standing *t, const struct who *approvers)
{
	return (t->approver == 0 || who_covers(approvers, t->approver));
}

void
standing_end(struct standing *t, const char *why)
{
	if (t->state != STANDING_HOLDS)
		return;
	t->state = STANDING_ENDED;
	t->why = why;
}

static const char *
script_of(const struct plan *p)
{
	return (p->script.path != NULL ? p->script.path : "");
}

/* A program of this path, in the very directory that it was given in? */
static int
same_place(const struct standing *t, const struct plan *p)
{
	return (strcmp(t->exe, p->exe.path) == 0 &&
	    strcmp(t->script, script_of(p)) == 0 &&
	    strcmp(t->cwd, p->cwd) == 0 && t->cwd_dev == p->cwd_dev &&
	    t->cwd_ino == p->cwd_ino);
}

static int
same_file(const struct standing *t, const struct plan *p)
{
	return (memcmp(t->exe_digest, p->exe.digest, PLAN_DIGEST) == 0 &&
	    (*t->script == '\0' || memcmp(t->script_digest, p->script.digest,
	    PLAN_DIGEST) == 0));
}

static int
covers(struct standing *t, const struct standing_for *f)
{
	if (t->like == NULL)
		return (memcmp(t->plan, f->digest, PLAN_DIGEST) == 0);
	/* what somebody types into a terminal is in no word */
	if (f->plan->tty || !same_place(t, f->plan) ||
	    !again_is_like(t->like, &f->conf->wrappers, f->plan, f->names))
		return (0);
	if (same_file(t, f->plan))
		return (1);
	standing_end(t, "its program is another file now");
	return (0);
}

struct standing *
standing_find(struct standings *s, const struct standing_for *f, int64_t now)
{
	struct standing *t, *like = NULL;

	TAILQ_FOREACH(t, &s->buckets[hash(&f->key)], entry) {
		if (!same_key(t, &f->key) || !is_left(t, now) ||
		    (t->like != NULL && like != NULL) ||
		    !is_approver(t, &f->conf->approvers) || !covers(t, f))
			continue;
		if (t->like == NULL)
			return (t);
		like = t;
	}
	return (like);
}

void
standing_take(struct standing *t)
{
	t->taken++;
}

void
standing_use(struct standing *t)
{
	t->taken--;
	t->used++;
}

void
standing_give_back(struct standing *t)
{
	t->taken--;
}

void
standings_end(struct standings *s, const char *policy,
    const struct who *approvers, int64_t now)
{
	struct standing *t;
	size_t i;

	for (i = 0; i < HASHES && s->n != 0; i++)
		TAILQ_FOREACH(t, &s->buckets[i], entry) {
			if (now >= t->until)
				standing_end(t, "its time is over");
			else if (t->count != 0 && t->used >= t->count)
				standing_end(t, "it is used up");
			else if (strcmp(t->policy, policy) != 0)
				standing_end(t, "the policy is another one");
			else if (!is_approver(t, approvers))
				standing_end(t, "who gave it may approve "
				    "nothing any more");
		}
}

struct standing *
standing_next(const struct standings *s, enum standing_state state,
    const struct standing *after)
{
	struct standing_key k;
	struct standing *t;
	size_t i = 0;

	if (s->n == 0)
		return (NULL);
	if (after != NULL) {
		k = key_of(after);
		i = hash(&k);
	}
	t = after != NULL ? TAILQ_NEXT(after, entry) :
	    TAILQ_FIRST(&s->buckets[0]);
	for (;;) {
		for (; t != NULL; t = TAILQ_NEXT(t, entry))
			if (t->state == state)
				return (t);
		if (++i == HASHES)
			return (NULL);
		t = TAILQ_FIRST(&s->buckets[i]);
	}
}

size_t
standings_ids(const struct standings *s, uint64_t *ids)
{
	const struct standing *t = NULL;
	size_t n = 0;

	while ((t = standing_next(s, STANDING_HOLDS, t)) != NULL) {
		if (ids != NULL)
			ids[n] = t->id;
		n++;
	}
	return (n);
}
