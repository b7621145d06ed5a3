/* SPDX-License-Identifier: ISC */
/* Charts as inline SVG; see chart.h. */
#include "config.h"

#include <string.h>

#include "client/esc.h"
#include "client/report/chart.h"

/* Of the picture, in its own units. */
#define HEIGHT		250U
#define LEFT		52U
#define RIGHT(c)	((c)->width - 8U)
#define TOP		12U
#define BOTTOM		(HEIGHT - 34U)
#define TENTHS		10U		/* positions are in tenths of a unit */
#define WIDEST		(56U * TENTHS)	/* a column */
#define LABEL_ROOM	60U		/* of one */
#define LABEL_MAX	256U

void
chart_html(struct buf *b, const void *p, size_t n)
{
	struct buf t;
	size_t i;

	buf_init(&t, 16 * n + 1);
	esc_text(&t, p, n);
	for (i = 0; i < t.len; i++)
		switch (t.data[i]) {
		case '&':
			buf_printf(b, "&amp;");
			break;
		case '<':
			buf_printf(b, "&lt;");
			break;
		case '>':
			buf_printf(b, "&gt;");
			break;
		case '"':
			buf_printf(b, "&quot;");
			break;
		case '\'':
			buf_printf(b, "&#39;");
			break;
		default:
			buf_put_u8(b, t.data[i]);
		}
	buf_free(&t);
}

static void
put_text(struct buf *b, const char *s)
{
	chart_html(b, s, strlen(s));
}

uint64_t
chart_step(uint64_t top)
{
	static const unsigned nice[] = { 1, 2, 5 };
	uint64_t power = 1;
	size_t i = 0;

	while (nice[i] * power < top / 6 + (top % 6 != 0)) {
		if (power > UINT64_MAX / 100)
			return (top);
		i = (i + 1) % 3;
		if (i == 0)
			power *= 10;
	}
	return (nice[i] * power);
}

static uint64_t
whole(const struct chart *c, size_t i)
{
	uint64_t n = 0;
	size_t k;

	for (k = 0; k < c->nseries; k++)
		n += c->value(c->arg, i, k);
	return (n);
}

/* name="12.3" */
static void
put_place(struct buf *b, const char *name, unsigned tenths)
{
	buf_printf(b, " %s=\"%u.%u\"", name, tenths / TENTHS,
	    tenths % TENTHS);
}

/* How high that many are, of an axis that ends at top. */
static unsigned
height_of(uint64_t n, uint64_t top)
{
	return ((unsigned)((double)n * (BOTTOM - TOP) * TENTHS /
	    (double)top));
}

static void
put_label(struct buf *b, const struct chart *c, size_t i,
    void (*label)(struct buf *, const void *, size_t))
{
	struct buf t;

	buf_init(&t, LABEL_MAX);
	label(&t, c->arg, i);
	chart_html(b, t.data, t.len);
	buf_free(&t);
}

static void
put_grid(struct buf *b, const struct chart *c, uint64_t top, uint64_t step)
{
	uint64_t n;
	unsigned y;

	for (n = 0; n <= top; n += step) {
		y = BOTTOM * TENTHS - height_of(n, top);
		buf_printf(b, "<line class=\"%s\" x1=\"%u\" x2=\"%u\"",
		    n == 0 ? "axis" : "grid", LEFT, RIGHT(c));
		put_place(b, "y1", y);
		put_place(b, "y2", y);
		buf_printf(b, "/><text class=\"tick\" text-anchor=\"end\" "
		    "x=\"%u\"", LEFT - 8);
		put_place(b, "y", y + 4 * TENTHS);
		buf_printf(b, ">%llu</text>\n", (unsigned long long)n);
	}
}

/* What is told where somebody points at it. */
static void
put_tip(struct buf *b, const struct chart *c, size_t i)
{
	size_t k;

	buf_printf(b, "<title>");
	put_label(b, c, i, c->label);
	buf_printf(b, ": %llu", (unsigned long long)whole(c, i));
	for (k = 0; k < c->nseries && c->nseries > 1; k++)
		if (c->value(c->arg, i, k) != 0) {
			buf_printf(b, ", ");
			put_text(b, c->names[k]);
			buf_printf(b, " %llu", (unsigned long long)
			    c->value(c->arg, i, k));
		}
	buf_printf(b, "</title>");
}

static void
put_column(struct buf *b, const struct chart *c, size_t i, uint64_t top)
{
	const unsigned room = (RIGHT(c) - LEFT) * TENTHS / (unsigned)c->n;
	unsigned wide = room * 4 / 5, y, was = 0;
	uint64_t sum = 0;
	size_t k;

	if (wide > WIDEST)
		wide = WIDEST;
	buf_printf(b, "<g>");
	put_tip(b, c, i);
	for (k = 0; k < c->nseries; k++) {
		if (c->value(c->arg, i, k) == 0)
			continue;
		sum += c->value(c->arg, i, k);
		y = height_of(sum, top);
		/* what there is, is to be seen */
		if (y < was + TENTHS)
			y = was + TENTHS;
		buf_printf(b, "<rect class=\"%s\"", c->classes[k]);
		put_place(b, "x", LEFT * TENTHS + (unsigned)((RIGHT(c) - LEFT) *
		    TENTHS * i / c->n) + (room - wide) / 2);
		put_place(b, "y", BOTTOM * TENTHS - y);
		put_place(b, "width", wide);
		put_place(b, "height", y - was);
		buf_printf(b, "/>");
		was = y;
	}
	buf_printf(b, "</g>\n");
}

static int
is_marked(const struct chart *c, size_t i)
{
	return (c->marked == NULL || c->marked(c->arg, i));
}

/* As many as there is room for, from the first one on. */
static void
put_labels(struct buf *b, const struct chart *c)
{
	const size_t room = (RIGHT(c) - LEFT) / LABEL_ROOM;
	size_t every, i, at, n = 0;

	for (i = 0; i < c->n; i++)
		n += is_marked(c, i) != 0;
	every = (n + room - 1) / room;
	for (i = at = 0; i < c->n; i++) {
		if (!is_marked(c, i) || at++ % every != 0)
			continue;
		buf_printf(b, "<text class=\"tick\" text-anchor=\"middle\" "
		    "y=\"%u\"", BOTTOM + 20);
		put_place(b, "x", LEFT * TENTHS + (unsigned)((RIGHT(c) - LEFT) *
		    TENTHS * (2 * i + 1) / (2 * c->n)));
		buf_put_u8(b, '>');
		put_label(b, c, i, c->mark != NULL ? c->mark : c->label);
		buf_printf(b, "</text>\n");
	}
}

static void
put_legend(struct buf *b, const struct chart *c)
{
	size_t k;

	if (c->nseries < 2)
		return;
	buf_printf(b, "<ul class=\"legend\">");
	for (k = 0; k < c->nseries; k++) {
		buf_printf(b, "<li><svg class=\"swatch\" viewBox=\"0 0 10 "
		    "10\" aria-hidden=\"true\"><rect class=\"%s\" width=\"10"
		    "\" height=\"10\" rx=\"2\"/></svg>", c->classes[k]);
		put_text(b, c->names[k]);
		buf_printf(b, "</li>");
	}
	buf_printf(b, "</ul>\n");
}

void
chart_columns(struct buf *b, const struct chart *c)
{
	uint64_t most = 1, step, top;
	size_t i;

	for (i = 0; i < c->n; i++)
		if (whole(c, i) > most)
			most = whole(c, i);
	step = chart_step(most);
	top = (most + step - 1) / step * step;
	put_legend(b, c);
	buf_printf(b, "<svg class=\"chart\" viewBox=\"0 0 %u %u\" role=\"img"
	    "\" aria-labelledby=\"%s-t %s-d\"><title id=\"%s-t\">", c->width,
	    HEIGHT, c->id, c->id, c->id);
	put_text(b, c->title);
	buf_printf(b, "</title><desc id=\"%s-d\">", c->id);
	put_text(b, c->about);
	buf_printf(b, "</desc>\n");
	put_grid(b, c, top, step);
	for (i = 0; i < c->n; i++)
		if (whole(c, i) != 0)
			put_column(b, c, i, top);
	put_labels(b, c);
	buf_printf(b, "</svg>\n");
}

void
chart_bar(struct buf *b, uint64_t n, uint64_t most, const char *class)
{
	const unsigned wide = most == 0 ? 0 : (unsigned)((double)n * 1000 /
	    (double)most);

	buf_printf(b, "<svg class=\"bar\" viewBox=\"0 0 100 8\" "
	    "preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class="
	    "\"%s\" height=\"8\"", class);
	put_place(b, "width", wide < 5 && n != 0 ? 5 : wide);
	buf_printf(b, "/></svg>");
}
