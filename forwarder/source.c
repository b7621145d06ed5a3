/* SPDX-License-Identifier: ISC */
/* The log's lines, out of a pipe, into the outbox. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/payload.h"
#include "common/record/told.h"
#include "forwarder/forwarder.h"

#define PIECE		(64U * 1024)
#define ASK_AGAIN_MS	2000

static void
send_to(struct forwarder *f, unsigned type, const struct shape *shape,
    const void *v)
{
	struct buf b;

	payload_put(&b, type, shape, v);
	(void)ipc_send(f->ipc, type, 0, b.data, b.len, NULL, 0);
	buf_free(&b);
}

/* Records that are not there any more: the peer hears of it in their place. */
static void
tell_gap(struct forwarder *f, uint64_t last)
{
	struct msg_gap v = { f->next, last };

	record_gap_syslog(&f->box.text, v.first, v.last, f->time_us, f->host);
	outbox_add(&f->box, last, f->time_us, f->now);
	send_to(f, MSG_F_GAP, &msg_gap_shape, &v);
}

static int
on_line(const char *line, size_t len, void *arg)
{
	struct forwarder *f = arg;
	struct record_view view, *v = &view;
	uint64_t number;
	size_t was;

	if (record_check(line, len, NULL, &number) != NULL ||
	    record_view(v, line, len) == -1)
		v = NULL;
	else
		f->time_us = v->time_us;
	/* who writes the log says what a line without a number is */
	if (number == 0)
		number = f->next;
	if (number < f->next || f->another)
		return (0);
	if (f->unproved && v != NULL && number == f->last.number + 1 &&
	    !record_carries(line, len, f->last.digest)) {
		f->another = 1;
		return (0);
	}
	f->unproved = 0;
	if (number > f->next && !f->fresh)
		tell_gap(f, number - 1);
	f->fresh = 0;
	f->next = number + 1;
	f->last.number = number;
	record_digest(f->last.digest, line, len);
	was = f->box.text.len;
	record_to_syslog(&f->box.text, v, line, len, f->time_us, f->host);
	if (f->box.text.len - was > outbox_longest(&f->box)) {
		f->box.text.len = was;
		record_long_syslog(&f->box.text, v, len, f->time_us, f->host);
	}
	outbox_add(&f->box, number, f->time_us, f->now);
	return (0);
}

static void
end(struct forwarder *f, int64_t now)
{
	(void)close(f->pipe);
	f->pipe = -1;
	f->ask_at = now + ASK_AGAIN_MS;
}

/* What is behind its place does not follow what was there: that log was set
 * right, restored or begun anew, and has grown as long. */
static void
begin_again(struct forwarder *f, int64_t now)
{
	log_warnx("the log is another than that of the place: it is "
	    "forwarded from its beginning");
	end(f, now);
	f->ask_at = now;
	f->next = 1;
	f->done = 0;
	f->fresh = 1;
	f->unproved = f->another = 0;
}

void
source_read(struct forwarder *f, int64_t now)
{
	static uint8_t piece[PIECE];
	ssize_t n;

	if (f->pipe == -1 || !outbox_has_room(&f->box))
		return;
	f->now = now;
	n = read(f->pipe, piece, sizeof(piece));
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		end(f, now);
		return;
	}
	if (record_lines_feed(&f->lines, piece, (size_t)n, on_line, f) == -1)
		fatalx(EXIT_ROLE_PROTO(ROLE_SUPERVISOR), "a line of the log "
		    "is too long");
	if (f->another)
		begin_again(f, now);
}

void
source_set(struct forwarder *f, int fd, uint64_t from)
{
	int fl;

	if (f->pipe != -1)
		(void)close(f->pipe);
	record_lines_free(&f->lines);
	record_lines_init(&f->lines);
	f->pipe = fd;
	f->asked = 0;
	f->next = from;
	/* our end alone */
	if ((fl = fcntl(fd, F_GETFL)) == -1 ||
	    fcntl(fd, F_SETFL, fl | O_NONBLOCK) == -1)
		fatal(EXIT_SYSTEM, "the log's pipe");
}

void
source_want(struct forwarder *f, int64_t now)
{
	struct msg_from v = { f->next };

	if (f->pipe != -1 || f->asked || now < f->ask_at)
		return;
	f->asked = 1;
	send_to(f, MSG_F_WANT, &msg_from_shape, &v);
}
