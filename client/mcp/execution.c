/* SPDX-License-Identifier: ISC */
/* Executions: their connections, streams and ends; see execution.h. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/mcp/execution.h"
#include "client/mcp/executionmsg.h"
#include "common/role.h"

#define PRINTED_CHUNK	65536U
#define OUTPUT_LATE_MS	5000	/* its output has no end: whoever holds it */
#define PLACE_RETRY_MS	100
#define PLACE_LATE_MS	60000

int64_t
execution_now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_BOOTTIME, &ts);
	return ((int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}

void
executions_init(struct executions *es, const struct cli *cli)
{
	memset(es, 0, sizeof(*es));
	es->cli = cli;
	es->places = EXECUTIONS_PLACES;
	TAILQ_INIT(&es->list);
}

static void
close_fd(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
}

static void
disconnect(struct executions *es, struct execution *e)
{
	if (e->conn == NULL)
		return;
	conn_free(e->conn);
	e->conn = NULL;
	es->connected--;
}

static void
execution_free(struct executions *es, struct execution *e)
{
	TAILQ_REMOVE(&es->list, e, entry);
	if (e->state != EXECUTION_OVER)
		es->open--;
	disconnect(es, e);
	close_fd(&e->infd);
	close_fd(&e->out.fd);
	close_fd(&e->err.fd);
	buf_free(&e->request);
	buf_free(&e->in);
	buf_free(&e->out.b);
	buf_free(&e->err.b);
	if (e->command != NULL)
		freezero(e->command, strlen(e->command));
	freezero(e->waiting, e->waitinglen);
	freezero(e->result, e->resultlen);
	free(e->held);
	free(e->why);
	free(e);
}

void
executions_free(struct executions *es)
{
	struct execution *e;

	while ((e = TAILQ_FIRST(&es->list)) != NULL)
		execution_free(es, e);
}

/* Those that ended first make way, unless somebody waits for them. */
static void
forget_old(struct executions *es)
{
	struct execution *e, *prev;
	size_t kept = 0, bytes = 0;

	for (e = TAILQ_LAST(&es->list, execution_list); e != NULL; e = prev) {
		prev = TAILQ_PREV(e, execution_list, entry);
		if (e->state != EXECUTION_OVER)
			continue;
		kept++;
		bytes += e->out.b.cap + e->err.b.cap;
		if (e->calls == 0 && (kept > EXECUTIONS_KEPT ||
		    bytes > EXECUTIONS_KEEP)) {
			bytes -= e->out.b.cap + e->err.b.cap;
			execution_free(es, e);
		}
	}
}

static void
printed_init(struct printed *p)
{
	buf_init(&p->b, EXECUTION_KEEP);
	p->fd = -1;
}

struct execution *
execution_new(struct executions *es, unsigned type, struct buf *request,
    struct buf *in, const char *command)
{
	struct execution *e;

	if (es->open == EXECUTIONS_OPEN)
		return (NULL);
	forget_old(es);
	e = xcalloc(1, sizeof(*e));
	e->type = type;
	e->request = *request;
	buf_init(request, 0);
	e->in = *in;
	buf_init(in, 0);
	e->command = xstrdup(command);
	e->said = es->said;
	e->infd = -1;
	printed_init(&e->out);
	printed_init(&e->err);
	e->since = execution_now();
	TAILQ_INSERT_TAIL(&es->list, e, entry);
	es->open++;
	return (e);
}

struct execution *
execution_claim(struct executions *es, const char *id, size_t max)
{
	struct buf request, in;
	struct execution *e;
	uint64_t run;

	if (runid_parse(id, &run) == -1)
		return (NULL);
	buf_init(&request, 16);
	buf_put_u64(&request, run);
	/* an approver's model has named it, and no approver */
	buf_put_u8(&request, 1);
	buf_init(&in, 16);
	e = execution_new(es, MSG_WAIT, &request, &in, id);
	buf_free(&request);
	buf_free(&in);
	if (e == NULL)
		return (NULL);
	runid_text(e->id, run);
	e->max = max;
	executions_tick(es);
	return (e);
}

int
execution_is_nobodys(const struct execution *e)
{
	return (e->type == MSG_WAIT && e->state == EXECUTION_OVER &&
	    e->result == NULL && !e->started);
}

struct execution *
execution_find(const struct executions *es, const char *id)
{
	struct execution *e;

	/* those that have no id yet are nobody's to find */
	TAILQ_FOREACH(e, &es->list, entry)
		if (e->id[0] != '\0' && strcmp(e->id, id) == 0 &&
		    !execution_is_nobodys(e))
			return (e);
	return (NULL);
}

/* What it printed last has come, or will not. */
static void
set_over(struct executions *es, struct execution *e)
{
	close_fd(&e->out.fd);
	close_fd(&e->err.fd);
	e->state = EXECUTION_OVER;
	es->open--;
}

/* The daemon has told the end of it, or cannot. */
static void
end_it(struct executions *es, struct execution *e)
{
	disconnect(es, e);
	close_fd(&e->infd);
	buf_free(&e->request);
	buf_free(&e->in);
	e->ended = 1;
	e->over = execution_now();
	if (e->out.fd == -1 && e->err.fd == -1)
		set_over(es, e);
}

void
execution_give_up(struct executions *es, struct execution *e, int status,
    const char *why)
{
	if (e->ended)
		return;
	e->why = xstrdup(why);
	e->status = status;
	end_it(es, e);
}

void
execution_cancel(struct executions *es, struct execution *e)
{
	if (e->cancelled || e->ended)
		return;
	e->cancelled = 1;
	if (e->conn == NULL)
		execution_give_up(es, e, EXIT_TEMPFAIL, "cancelled before it "
		    "was asked for");
	else
		conn_cancel(e->conn);
}

/* There was no place for one more connection: it waits for the next one. */
static void
no_place(struct executions *es, struct execution *e)
{
	disconnect(es, e);
	e->state = EXECUTION_QUEUED;
	es->places = es->connected > 0 ? es->connected : 1;
	es->retry = execution_now() + PLACE_RETRY_MS;
}

static int
ask_now(struct executions *es, struct execution *e)
{
	struct fail f;
	struct buf b;

	if ((e->conn = conn_open_now(es->cli, &f)) == NULL) {
		if (f.status == EXIT_TEMPFAIL) {
			no_place(es, e);
			return (-1);
		}
		execution_give_up(es, e, f.status, f.text);
		return (0);
	}
	es->connected++;
	e->state = EXECUTION_ASKED;
	if ((e->saying = e->type == MSG_RUN && claim_any(&e->said)))
		claim_put(&b, &e->said);
	else
		buf_init(&b, 0);
	if (conn_queue(e->conn, e->saying ? MSG_CLAIMS : e->type, e->saying ?
	    b.data : e->request.data, e->saying ? b.len : e->request.len,
	    &f) == -1)
		execution_give_up(es, e, f.status, f.text);
	buf_free(&b);
	return (0);
}

static void
more_places(struct executions *es)
{
	if (es->places < EXECUTIONS_PLACES)
		es->places++;
}

void
executions_tick(struct executions *es)
{
	const int64_t now = execution_now();
	struct execution *e;

	if (es->retry != 0 && now >= es->retry) {
		es->retry = 0;
		more_places(es);
	}
	TAILQ_FOREACH(e, &es->list, entry) {
		if (e->ended && e->state != EXECUTION_OVER &&
		    now - e->over >= OUTPUT_LATE_MS)
			set_over(es, e);
		if (e->state != EXECUTION_QUEUED || e->ended)
			continue;
		if (now - e->since >= PLACE_LATE_MS)
			execution_give_up(es, e, EXIT_TEMPFAIL, "there was no "
			    "place for it: too many commands of this account "
			    "are under way");
		else if (es->connected < es->places && es->retry == 0)
			(void)ask_now(es, e);
	}
}

int64_t
executions_next(const struct executions *es)
{
	const struct execution *e;
	int64_t at, next = INT64_MAX;

	TAILQ_FOREACH(e, &es->list, entry) {
		if (e->ended && e->state != EXECUTION_OVER)
			at = e->over + OUTPUT_LATE_MS;
		else if (e->state == EXECUTION_QUEUED)
			at = es->retry != 0 ? es->retry :
			    e->since + PLACE_LATE_MS;
		else
			continue;
		if (at < next)
			next = at;
	}
	return (next);
}

static void
entry(struct pollfd *p, int fd, short events)
{
	p->fd = fd;
	p->events = events;
	p->revents = 0;
}

size_t
executions_poll(const struct executions *es, struct pollfd *p, size_t n)
{
	const struct execution *e;
	size_t k = 0;

	TAILQ_FOREACH(e, &es->list, entry) {
		if (e->state == EXECUTION_OVER ||
		    e->state == EXECUTION_QUEUED || k + EXECUTION_FDS > n)
			continue;
		entry(&p[k++], e->conn == NULL ? -1 : conn_fd(e->conn),
		    e->conn != NULL && conn_queued(e->conn) ?
		    POLLIN | POLLOUT : POLLIN);
		entry(&p[k++], e->infd, POLLOUT);
		entry(&p[k++], e->out.fd, POLLIN);
		entry(&p[k++], e->err.fd, POLLIN);
	}
	return (k);
}

/* More than is kept is read all the same: nothing waits for us. */
static void
read_printed(struct printed *p)
{
	static uint8_t chunk[PRINTED_CHUNK];
	size_t room = EXECUTION_KEEP - p->b.len;
	ssize_t n;

	n = read(p->fd, chunk, sizeof(chunk));
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		close_fd(&p->fd);
		return;
	}
	p->total += (uint64_t)n;
	buf_put(&p->b, chunk, (size_t)n < room ? (size_t)n : room);
	explicit_bzero(chunk, (size_t)n);
}

static void
write_input(struct execution *e)
{
	ssize_t n;

	if (e->inoff < e->in.len) {
		n = write(e->infd, e->in.data + e->inoff,
		    e->in.len - e->inoff);
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n > 0)
			e->inoff += (size_t)n;
		else
			e->inoff = e->in.len;	/* it reads no more */
	}
	if (e->inoff == e->in.len)
		close_fd(&e->infd);
}

static void
hear(struct executions *es, struct execution *e)
{
	const int greeted = conn_greeted(e->conn);
	struct ipc_msg m;
	struct fail f;
	int n;

	conn_flush(e->conn);
	memset(&m, 0, sizeof(m));
	while ((n = conn_recv(e->conn, &m, 0, &f)) == 1) {
		if (executionmsg_take(e, &m, &f) == EXECUTIONMSG_GO_ON)
			continue;
		ipc_msg_done(&m);
		if (e->result != NULL)
			end_it(es, e);
		else if (!e->started && e->id[0] == '\0' &&
		    f.status == EXIT_TEMPFAIL && !conn_greeted(e->conn))
			no_place(es, e);
		else
			execution_give_up(es, e, f.status, f.text);
		return;
	}
	ipc_msg_done(&m);
	if (n == 0) {
		if (!greeted && conn_greeted(e->conn))
			more_places(es);
		return;
	}
	/* a daemon whose places are all taken hangs up without a word */
	if (!conn_greeted(e->conn) && f.status == EXIT_NODAEMON)
		no_place(es, e);
	else
		execution_give_up(es, e, f.status, f.text);
}

void
executions_turn(struct executions *es, const struct pollfd *p)
{
	struct execution *e, *next;

	for (e = TAILQ_FIRST(&es->list); e != NULL; e = next) {
		next = TAILQ_NEXT(e, entry);
		if (e->state == EXECUTION_OVER ||
		    e->state == EXECUTION_QUEUED)
			continue;
		if (p[1].revents != 0 && e->infd != -1)
			write_input(e);
		if (p[2].revents != 0 && e->out.fd != -1)
			read_printed(&e->out);
		if (p[3].revents != 0 && e->err.fd != -1)
			read_printed(&e->err);
		if (p[0].revents != 0 && e->conn != NULL)
			hear(es, e);
		p += EXECUTION_FDS;
		if (e->ended && e->state != EXECUTION_OVER &&
		    e->out.fd == -1 && e->err.fd == -1)
			set_over(es, e);
	}
}
