/* SPDX-License-Identifier: ISC */
/* Logs of several segments, and what their auditor tells of them. */
#ifndef TESTS_ROUNDS_UTIL_H
#define TESTS_ROUNDS_UTIL_H

#define AUD_CHECKED	1

#include <poll.h>
#include <string.h>

#include "common/payload.h"
#include "common/record/logseg.h"
#include "tests/unit/auditor_util.h"
#include "tests/unit/unit.h"

#define SMALL	8192U		/* a segment */
#define RUNS	60U
#define WAIT_MS	60000

UNUSED static void
runs(struct aud *a, uint64_t from)
{
	uint64_t i;

	for (i = from; i < from + RUNS; i++) {
		aud_intent(a, i, "x");
		while (aud_recv(a) != MSG_A_TICKET)
			assert_int_not_equal(a->m.type, MSG_NONE);
		aud_close(a, i);
		while (aud_recv(a) != MSG_A_DONE)
			assert_int_not_equal(a->m.type, MSG_NONE);
	}
}

/* An emergency stop: that is sealed at once. */
UNUSED static void
seals(struct aud *a)
{
	struct buf b;
	size_t tok;

	buf_init(&b, MSG_INTENT_MAX);
	buf_put_u8(&b, RECORD_STOP);
	buf_put_u8(&b, 0);
	field_str(&b, "ev", "resume");
	field_str(&b, "scope", "all");
	field_str(&b, "reason", "a seal is wanted");
	tok = field_obj(&b, "by");
	aud_caller(&b);
	field_end(&b, tok);
	field_u64(&b, "before", 0);
	field_u64(&b, "after", 0);
	aud_send(a, MSG_A_RECORD, 7000, &b);
}

/* The next that is told of the rounds; 0 where nothing is for so long. */
UNUSED static int
told(struct aud *a, struct msg_checked *m, int ms)
{
	int i;

	for (i = 0; i < ms; i++) {
		aud_send(a, MSG_PING, 0, NULL);
		do {
			assert_int_not_equal(aud_recv(a), MSG_NONE);
			if (a->m.type == MSG_A_CHECKED) {
				assert_int_equal(payload_get(&a->m,
				    &msg_checked_shape, m), 0);
				return (1);
			}
		} while (a->m.type != MSG_PONG);
		(void)poll(NULL, 0, 1);
	}
	return (0);
}

UNUSED static void
forget(struct msg_checked *m)
{
	shape_free(&msg_checked_shape, m);
}

/* To be freed. */
UNUSED static struct logseg *
listed(const char *dir, size_t *n)
{
	struct logseg *segs;
	int fd, next;

	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(logseg_list(fd, &segs, n, &next), 0);
	(void)close(fd);
	return (segs);
}

/* How many records of that kind there are in what is not packed. */
UNUSED static unsigned
records(const char *dir, const char *kind, const char *ev)
{
	struct logseg *segs;
	size_t i, n, len;
	char what[64], *s, *p;
	unsigned found = 0;

	(void)snprintf(what, sizeof(what), " %s: {\"v\":1,\"ev\":\"%s\"", kind,
	    ev);
	segs = listed(dir, &n);
	for (i = 0; i < n; i++) {
		if ((s = aud_file(dir, segs[i].name, &len)) == NULL)
			continue;
		for (p = s; (p = memmem(p, len - (size_t)(p - s), what,
		    strlen(what))) != NULL; p++)
			found++;
		free(s);
	}
	free(segs);
	return (found);
}

/* The same of the newest ones. */
UNUSED static unsigned
newest(struct aud *a, const char *ev)
{
	char what[64], *s, *p;
	unsigned found = 0;

	(void)snprintf(what, sizeof(what), " recover: {\"v\":1,\"ev\":\"%s\"",
	    ev);
	s = aud_slurp(aud_query(a, 900, QUERY_TAIL, 30, 0, UINT32_MAX), NULL);
	while (aud_recv(a) != MSG_A_QUERIED)
		assert_int_not_equal(a->m.type, MSG_NONE);
	for (p = s; (p = strstr(p, what)) != NULL; p++)
		found++;
	free(s);
	return (found);
}

/* By one with the same bytes, which is as good, in one step. */
UNUSED static void
replace(const char *path, const char *s, size_t len)
{
	char *new;
	int fd;

	xasprintf(&new, "%s.put", path);
	fd = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, s, len), len);
	assert_int_equal(close(fd), 0);
	assert_int_equal(rename(new, path), 0);
	free(new);
}

/* Nothing more is told, whoever looks. */
UNUSED static void
quiet(struct aud *a)
{
	struct msg_checked m;

	seals(a);
	if (told(a, &m, 60))
		fail_msg("%u damaged, %s %s, record %llu", m.damaged, m.file,
		    m.rule, (unsigned long long)m.record);
}

/* Until a round is done; how many parts are damaged then. */
UNUSED static unsigned
round_done(struct aud *a, char rule[CHECKED_NAME + 1])
{
	struct msg_checked m;
	uint64_t done;
	unsigned n;

	do {
		assert_int_equal(told(a, &m, WAIT_MS), 1);
		done = m.done;
		n = m.damaged;
		(void)snprintf(rule, CHECKED_NAME + 1, "%s", m.rule);
		forget(&m);
	} while (done == 0);
	return (n);
}

#endif
