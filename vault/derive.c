/* SPDX-License-Identifier: ISC */
/*
 * Argon2id beside the loop; see derive.h.  The thread is made when it is
 * needed, behind the filter, and has the one job: it reads the passphrase and
 * writes the key, both in guarded memory, and ends.  That it has ended is
 * looked for by a timer, so that no descriptor is needed to tell.
 */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include <event2/event.h>

#include "vault/derive.h"

#define DERIVE_LOOK_MS		20
#define AIM_MS		1000U		/* of a new slot */

static struct {
	struct derive	*d;		/* NULL: there is none */
	struct event	*ev;
	pthread_t	 thread;
	atomic_int	 ended;
	int		 error;
} under_way;

static uint64_t
clock_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ((uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000);
}

static int
argon2(const struct derive *d, uint32_t passes, uint32_t kib)
{
	int r;

	errno = ENOMEM;
	r = crypto_pwhash_argon2id(d->out, AEAD_KEY, (const char *)d->phrase,
	    d->len, d->cost.salt, passes, (size_t)kib * 1024,
	    crypto_pwhash_argon2id_ALG_ARGON2ID13);
	return (r == 0 ? 0 : errno);
}

/*
 * What the least takes tells what a second has room for: memory first, since
 * that is what costs those who try many, then passes.
 */
static int
choose(struct derive *d)
{
	uint64_t begun = clock_ms(), took;
	int error;

	randombytes_buf(d->cost.salt, sizeof(d->cost.salt));
	d->cost.passes = SLOT_PASSES_MIN;
	d->cost.kib = SLOT_KIB_MIN;
	if ((error = argon2(d, d->cost.passes, d->cost.kib)) != 0)
		return (error);
	took = clock_ms() - begun + 1;
	while (d->cost.kib < SLOT_KIB_MADE && 2 * took <= AIM_MS) {
		d->cost.kib *= 2;
		took *= 2;
	}
	while (d->cost.passes < SLOT_PASSES_MAX &&
	    took + took / d->cost.passes <= AIM_MS) {
		took += took / d->cost.passes;
		d->cost.passes++;
	}
	return (0);
}

static void *
work(void *arg)
{
	struct derive *d = arg;
	int error = 0;

	if (d->choose)
		error = choose(d);
	if (error == 0)
		error = argon2(d, d->cost.passes, d->cost.kib);
	sodium_stackzero(8192);
	under_way.error = error;
	atomic_store(&under_way.ended, 1);
	return (NULL);
}

static void
forget(void)
{
	(void)pthread_join(under_way.thread, NULL);
	event_free(under_way.ev);
	under_way.ev = NULL;
	under_way.d = NULL;
}

static void
on_look(evutil_socket_t fd, short what, void *arg)
{
	struct derive *d = under_way.d;

	(void)fd;
	(void)what;
	(void)arg;
	if (!atomic_load(&under_way.ended))
		return;
	forget();
	d->done(d->arg, under_way.error);
}

int
derive_start(struct derive *d, struct event_base *base)
{
	const struct timeval tv = { 0, DERIVE_LOOK_MS * 1000 };
	int error;

	if (under_way.d != NULL)
		return (EBUSY);
	under_way.ev = event_new(base, -1, EV_PERSIST, on_look, NULL);
	if (under_way.ev == NULL || event_add(under_way.ev, &tv) == -1)
		return (ENOMEM);
	atomic_store(&under_way.ended, 0);
	under_way.d = d;
	error = pthread_create(&under_way.thread, NULL, work, d);
	if (error != 0) {
		event_free(under_way.ev);
		under_way.ev = NULL;
		under_way.d = NULL;
	}
	return (error);
}

void
derive_end(void)
{
	if (under_way.d != NULL)
		forget();
}
