/* SPDX-License-Identifier: ISC */
/* Drawing on a terminal; see screen.h. */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/esc.h"
#include "client/margin.h"
#include "client/screen.h"
#include "client/tty.h"

#define DRAWING_MAX	(4U << 20)

static int screen_on;
static int at_exit;

/*
 * Another screen than the one with what was there before; no cursor; no line
 * that is broken by the terminal; what is pasted is marked; the title is kept.
 */
static const char begin_seq[] = "\033[?1049h\033[?25l\033[?7l\033[?2004h"
    "\033[22;2t\033[0m\033[2J";
static const char end_seq[] = "\033[0m\033[?2004l\033[?7h\033[?25h"
    "\033[23;2t\033[?1049l";

/* Somebody else may have made it not block. */
static int
writable(void)
{
	struct pollfd p = { STDOUT_FILENO, POLLOUT, 0 };

	return ((errno == EAGAIN || errno == EWOULDBLOCK) &&
	    poll(&p, 1, -1) == 1);
}

/* What a signal has interrupted is drawn another time, all of it. */
static int
put(const void *data, size_t n)
{
	const uint8_t *p = data;
	ssize_t w;

	while (n != 0) {
		if ((w = write(STDOUT_FILENO, p, n)) == -1) {
			if (!writable())
				return (-1);
			continue;
		}
		p += w;
		n -= (size_t)w;
	}
	return (0);
}

int
screen_possible(void)
{
	const char *term = getenv("TERM");

	return (tty_missing() == NULL && term != NULL && *term != '\0' &&
	    strcmp(term, "dumb") != 0);
}

int
screen_begin(void)
{
	if (tty_raw() == -1)
		return (-1);
	if (!at_exit && atexit(screen_end) != 0) {
		errno = ENOMEM;
		return (-1);
	}
	at_exit = 1;
	screen_on = 1;
	(void)put(begin_seq, sizeof(begin_seq) - 1);
	return (0);
}

void
screen_end(void)
{
	if (screen_on) {
		screen_on = 0;
		/* a second signal may come in the middle of it */
		if (put(end_seq, sizeof(end_seq) - 1) == -1 && errno == EINTR)
			(void)put(end_seq, sizeof(end_seq) - 1);
	}
	tty_restore();
}

void
draw_begin(struct drawing *f)
{
	memset(f, 0, sizeof(*f));
	buf_init(&f->b, DRAWING_MAX);
	margin_screen(&f->rows, &f->cols);
	f->row = 1;
	buf_printf(&f->b, "\033[?25l");
}

static const char *
sgr(enum drawn look)
{
	static const char *const seqs[] = {
		[DRAWN_PLAIN] = "0", [DRAWN_BOLD] = "0;1", [DRAWN_DIM] = "0;2",
		[DRAWN_REVERSE] = "0;7",
	};

	return (seqs[look]);
}

void
draw_row(struct drawing *f, enum drawn look)
{
	if ((f->off = f->row > f->rows) != 0)
		return;
	buf_printf(&f->b, "\033[%zu;1H\033[0m\033[2K\033[%sm", f->row,
	    sgr(look));
	/* a bar, also where terminals erase without the look */
	if (look == DRAWN_REVERSE)
		buf_printf(&f->b, "%*s", (int)f->cols, "");
	f->row++;
}

void
draw_cell(struct drawing *f, size_t col, size_t width, const char *s, size_t n)
{
	if (f->off || f->row < 2 || col >= f->cols)
		return;
	if (width > f->cols - col)
		width = f->cols - col;
	buf_printf(&f->b, "\033[%zu;%zuH", f->row - 1, col + 1);
	buf_put(&f->b, s, esc_fits(s, n, width));
}

void
draw_text(struct drawing *f, enum drawn look, const char *s)
{
	draw_row(f, look);
	draw_cell(f, 0, f->cols, s, strlen(s));
}

void
draw_skip(struct drawing *f, size_t row)
{
	while (f->row < row && f->row <= f->rows)
		draw_row(f, DRAWN_PLAIN);
}

void
draw_bell(struct drawing *f)
{
	buf_put_u8(&f->b, '\a');
}

void
draw_title(struct drawing *f, const char *s)
{
	const char *term = getenv("TERM");

	/* the console has none, and may print it */
	if (term != NULL && strncmp(term, "linux", 5) != 0)
		buf_printf(&f->b, "\033]2;%s\a", s);
}

void
draw_cursor(struct drawing *f, size_t row, size_t col)
{
	if (col >= f->cols)
		col = f->cols - 1;
	buf_printf(&f->b, "\033[%zu;%zuH\033[?25h", row, col + 1);
}

void
draw_show(struct drawing *f)
{
	if (!f->b.bad)
		(void)put(f->b.data, f->b.len);
	buf_free(&f->b);
}
