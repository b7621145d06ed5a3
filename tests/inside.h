/* SPDX-License-Identifier: ISC */
/*
 * Every codec of executor/inside.h by its letter, for the unit test and the
 * fuzz target: what a decoder takes must come out as it went in.
 */
#ifndef TESTS_INSIDE_H
#define TESTS_INSIDE_H

#include <string.h>

#include "common/ticket.h"
#include "executor/inside.h"

#define INSIDE_ROOM	INSIDE_HELD_MAX	/* the largest of these */

static inline int
recode_short(const void *m, size_t len, struct buf *b)
{
	uint16_t height, width;
	const uint8_t *ticket;
	struct profile p;
	struct trouble t;
	struct ended e;
	uint64_t key;
	enum settled how;
	enum fate fate;
	uint32_t image;
	struct repeated again;
	unsigned u, now;

	switch (*(const uint8_t *)m) {
	case INSIDE_BUILD:
		if (build_get(m, len, &p) == -1)
			return (-1);
		build_put(b, &p);
		return (0);
	case INSIDE_GO:		/* its size is looked at by the table */
		if (len != INSIDE_GO_MAX || (ticket = go_ticket(m,
		    len)) == NULL)
			return (-1);
		buf_put(b, ticket, TICKET_SIZE);
		return (0);
	case INSIDE_KILL:
		if (kill_get(m, len, &u, &now) == -1)
			return (-1);
		kill_put(b, u, now);
		return (0);
	case INSIDE_WINSIZE:
		if (winsize_get(m, len, &height, &width) == -1)
			return (-1);
		winsize_put(b, height, width);
		return (0);
	case INSIDE_ENDED:
		if (ended_get(m, len, &e) == -1)
			return (-1);
		ended_put(b, &e);
		return (0);
	case INSIDE_SETTLED:
		if (settled_get(m, len, &key, &how) == -1)
			return (-1);
		settled_put(b, key, how);
		return (0);
	case INSIDE_SHOWN:
		if (shown_get(m, len, &key) == -1)
			return (-1);
		shown_put(b, key);
		return (0);
	case INSIDE_FATE:
		if (fate_get(m, len, &key, &fate, &image) == -1)
			return (-1);
		fate_put(b, key, fate, image);
		return (0);
	case INSIDE_AHEAD:
		if (ahead_get(m, len, &image) == -1)
			return (-1);
		ahead_put(b, image);
		return (0);
	case INSIDE_REPEATED:
		if (repeated_get(m, len, &again) == -1)
			return (-1);
		repeated_put(b, &again);
		return (0);
	case INSIDE_UNPLANNED:
		if (unplanned_get(m, len, &t) == -1)
			return (-1);
		unplanned_put(b, &t);
		return (0);
	case INSIDE_TROUBLE:
		if (trouble_get(m, len, &t) == -1)
			return (-1);
		trouble_put(b, &t);
		return (0);
	}
	return (-1);
}

/* What is behind these is of another codec, and goes through as it is. */
static inline int
recode_long(const void *m, size_t len, struct buf *b)
{
	struct layers l;
	struct held_exec h;
	uint32_t spare;
	uint64_t run;
	unsigned ran;
	struct rd rd;

	if (*(const uint8_t *)m == INSIDE_CONF) {
		rd_init(&rd, m, len);
		if (conf_get(&rd, &l, &spare) == -1)
			return (-1);
		conf_put(b, &l, spare);
	} else if (*(const uint8_t *)m == INSIDE_RESULT) {
		if (result_get(m, len, &ran, &rd) == -1)
			return (-1);
		buf_put_u8(b, (uint8_t)ran);
	} else if (*(const uint8_t *)m == INSIDE_PLAN) {
		if (plan_run_get(m, len, &run, &rd) == -1)
			return (-1);
		plan_run_put(b, run);
	} else if (*(const uint8_t *)m == INSIDE_HELD) {
		if (held_get(m, len, &h, &rd) == -1)
			return (-1);
		held_put(b, &h);
	} else
		return (-1);
	buf_put(b, rd.p, rd.left);
	return (0);
}

/* 0 and the same message anew in p, of INSIDE_ROOM bytes; or -1. */
static inline int
inside_recode(const void *m, size_t len, void *p, struct buf *b)
{
	const uint8_t letter = *(const uint8_t *)m;

	inside_begin(b, p, INSIDE_ROOM, (enum inside)letter);
	if (letter == INSIDE_CONF || letter == INSIDE_RESULT ||
	    letter == INSIDE_HELD)
		return (recode_long(m, len, b));
	return (recode_short(m, len, b));
}

#endif
