/* SPDX-License-Identifier: ISC */
/*
 * The gate of a skill's runs.  Its pages are shared by the spawner and its
 * runners: so the key is locked in memory once for all of them, and a record
 * that one has used is used for all.  No lock: a runner may be killed at any
 * time.
 */
#include "config.h"

#include <sys/mman.h>

#include <errno.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "common/memlock.h"
#include "executor/hook.h"
#include "executor/runner/gate.h"

#define KEY_PAGE	65536U	/* as large as pages are anywhere */

struct gate {
	union {
		uint8_t		 key[TICKET_KEY];
		uint8_t		 page[KEY_PAGE];
	};
	_Atomic uint64_t	 used[GATE_RECORDS];
};

static struct gate *gate;

int
gate_make(const uint8_t key[TICKET_KEY])
{
	struct gate *g;
	int saved;

	g = mmap(NULL, sizeof(*g), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (g == MAP_FAILED)
		return (-1);
	if (memlock(g->page, sizeof(g->key)) == -1 ||
	    madvise(g, sizeof(*g), MADV_DONTDUMP) == -1) {
		saved = errno;
		(void)munmap(g, sizeof(*g));
		errno = saved;
		return (-1);
	}
	memcpy(g->key, key, sizeof(g->key));
	if (mprotect(g->page, sizeof(g->page), PROT_READ) == -1)
		return (-1);
	gate = g;
	return (0);
}

int
gate_own(void)
{
	return (gate == NULL ? 0 : madvise(gate, sizeof(*gate),
	    MADV_DONTFORK));
}

/* Records only grow where they are kept: what is not newer was used. */
static int
spend(uint64_t record)
{
	_Atomic uint64_t *at = &gate->used[record % GATE_RECORDS];
	uint64_t old = atomic_load(at);

	do {
		if (old >= record)
			return (-1);
	} while (!atomic_compare_exchange_weak(at, &old, record));
	return (0);
}

int
gate_pass(const uint8_t ticket[TICKET_SIZE], uint64_t run,
    const uint8_t digest[32], const char **why)
{
	if (gate == NULL) {
		*why = "ticket after another one";
		return (-1);
	}
	if (hook_without("ticket"))
		return (0);
	if (ticket_check(ticket, TICKET_EXEC, run, digest, gate->key,
	    why) == -1)
		return (-1);
	if (!hook_without("once") && spend(ticket_record(ticket)) == -1) {
		*why = "ticket used before";
		return (-1);
	}
	return (0);
}

int
gate_rules(const uint8_t ticket[TICKET_SIZE], const uint8_t digest[32],
    const char **why)
{
	static uint64_t newest;

	if (gate == NULL) {
		*why = "rules before the key";
		return (-1);
	}
	if (ticket_check(ticket, TICKET_RULES, 0, digest, gate->key,
	    why) == -1)
		return (-1);
	if (ticket_record(ticket) <= newest) {
		*why = "ticket used before";
		return (-1);
	}
	newest = ticket_record(ticket);
	return (0);
}

void
gate_answers(uint8_t key[TICKET_KEY], uint64_t run)
{
	memset(key, 0, TICKET_KEY);
	if (gate != NULL)
		ticket_run_key(key, gate->key, run);
}

void
gate_shut(void)
{
	if (gate != NULL)
		(void)munmap(gate, sizeof(*gate));
	gate = NULL;
}
