/* SPDX-License-Identifier: ISC */
/* Lines of JSON; see jsonline.h. */
#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/mcp/jsonline.h"

#define JSONLINE_CHUNK	65536U
/* More than any answers that can wait at one time. */
#define JSONLINE_QUEUE	(256U * 1024 * 1024)

/* In front of what jansson gets, for its size when it is freed. */
union jsonline_head {
	size_t		size;
	max_align_t	align;
};

static void *
json_alloc(size_t n)
{
	union jsonline_head *h;

	if (n > SIZE_MAX - sizeof(*h) ||
	    (h = malloc(sizeof(*h) + n)) == NULL)
		return (NULL);
	h->size = n;
	return (h + 1);
}

static void
json_forget(void *p)
{
	union jsonline_head *h = p;

	if (p == NULL)
		return;
	h--;
	freezero(h, sizeof(*h) + h->size);
}

void
jsonline_init(void)
{
	json_set_alloc_funcs(json_alloc, json_forget);
}

void
jsonline_forget(char *s)
{
	json_forget(s);
}

void
jsonline_in_init(struct jsonline_in *in)
{
	memset(in, 0, sizeof(*in));
	/* a line, its end, and what came with it */
	buf_init(&in->b, JSONLINE_MAX + 2 * JSONLINE_CHUNK);
}

void
jsonline_in_free(struct jsonline_in *in)
{
	buf_free(&in->b);
}

/* What was handed out is not needed any more. */
static void
drop_read(struct jsonline_in *in)
{
	size_t left = in->b.len - in->off;

	if (in->off == 0)
		return;
	if (left == 0)
		buf_free(&in->b);
	else {
		memmove(in->b.data, in->b.data + in->off, left);
		explicit_bzero(in->b.data + left, in->off);
		in->b.len = left;
	}
	in->seen -= in->off;
	in->off = 0;
}

void
jsonline_in_put(struct jsonline_in *in, const void *data, size_t n)
{
	drop_read(in);
	buf_put(&in->b, data, n);
}

/* The end of the line that is next, or NULL. */
static uint8_t *
line_end(struct jsonline_in *in)
{
	uint8_t *end;

	if (in->seen == in->b.len)
		return (NULL);
	end = memchr(in->b.data + in->seen, '\n', in->b.len - in->seen);
	in->seen = end == NULL ? in->b.len :
	    (size_t)(end - in->b.data) + 1;
	return (end);
}

int
jsonline_in_next(struct jsonline_in *in, const char **line, size_t *len)
{
	uint8_t *end, *begin;

	for (;;) {
		if (in->off == in->b.len)
			return (0);
		begin = in->b.data + in->off;
		end = line_end(in);
		if (end == NULL && in->b.len - in->off <= JSONLINE_MAX)
			return (0);
		in->off = in->seen;
		if (in->skips || end == NULL ||
		    (size_t)(end - begin) > JSONLINE_MAX) {
			if (end == NULL) {
				in->skips = 1;
				drop_read(in);
				return (0);
			}
			in->skips = 0;
			return (-1);
		}
		if (end > begin && end[-1] == '\r')
			end--;
		if (end == begin)
			continue;
		*line = (const char *)begin;
		*len = (size_t)(end - begin);
		return (1);
	}
}

void
jsonline_out_init(struct jsonline_out *out, int fd)
{
	struct stat st;

	memset(out, 0, sizeof(*out));
	buf_init(&out->b, JSONLINE_QUEUE);
	out->fd = fd;
	out->sock = fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
}

void
jsonline_out_free(struct jsonline_out *out)
{
	buf_free(&out->b);
}

size_t
jsonline_out_left(const struct jsonline_out *out)
{
	return (out->b.len - out->off);
}

static int
put_text(const char *text, size_t n, void *arg)
{
	buf_put(arg, text, n);
	return (0);
}

void
jsonline_out_put(struct jsonline_out *out, json_t *doc)
{
	size_t before = out->b.len;

	if (doc == NULL || out->gone ||
	    json_dump_callback(doc, put_text, &out->b, JSON_COMPACT) == -1 ||
	    out->b.bad)
		out->b.len = before;
	else
		buf_put_u8(&out->b, '\n');
	if (out->b.bad)
		out->gone = 1;
	json_decref(doc);
}

/*
 * The descriptor was inherited and may be others' too, so it stays as it is: a
 * pipe that is writable takes PIPE_BUF bytes without waiting (pipe(7)).
 */
static ssize_t
write_some(struct jsonline_out *out, const uint8_t *p, size_t n)
{
	struct pollfd pfd = { .fd = out->fd, .events = POLLOUT };

	if (out->sock)
		return (send(out->fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL));
	if (poll(&pfd, 1, 0) != 1) {
		errno = EAGAIN;
		return (-1);
	}
	return (write(out->fd, p, n < PIPE_BUF ? n : PIPE_BUF));
}

void
jsonline_out_flush(struct jsonline_out *out)
{
	ssize_t n;

	while (!out->gone && out->off < out->b.len) {
		n = write_some(out, out->b.data + out->off,
		    out->b.len - out->off);
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			out->err = n == -1 ? errno : 0;
			out->gone = 1;
			break;
		}
		out->off += (size_t)n;
	}
	buf_free(&out->b);
	out->off = 0;
}
