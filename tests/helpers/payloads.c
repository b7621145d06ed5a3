/* SPDX-License-Identifier: ISC */
/*
 * Prints the structures of messages as PROTOCOL has them, from their shapes:
 * a line NAME TAB members for each.  With -t a line for each type of message:
 * its name and the structure's, or "nothing".
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/payload.h"
#include "common/xconf.h"

static const struct shape *seen[128];
static size_t nseen;

static const char *
wire(enum shape_kind k)
{
	static const char *const names[] = { [SHAPE_U8] = "u8",
	    [SHAPE_U16] = "u16", [SHAPE_U32] = "u32", [SHAPE_U64] = "u64",
	    [SHAPE_I32] = "i32", [SHAPE_I64] = "i64", [SHAPE_WORD] = "u8" };

	return (names[k]);
}

static void
number(const struct shape_row *r)
{
	uint64_t all = r->kind == SHAPE_U16 ? UINT16_MAX :
	    r->kind == SHAPE_U32 ? UINT32_MAX : UINT64_MAX;

	printf("%s %s", wire(r->kind), r->name);
	if (r->min != 0 || r->max != all)
		printf(" %" PRIu64 "..%" PRIu64, r->min, r->max);
}

static const char *
counted(const struct shape *s, const struct shape_row *r)
{
	size_t i;

	for (i = 0; s->rows[i].off != r->off2 ||
	    s->rows[i].kind != SHAPE_STRV; i++)
		;
	return (s->rows[i].name);
}

static void
member(const struct shape *s, const struct shape_row *r)
{
	switch (r->kind) {
	case SHAPE_MAGIC:
		printf("u32 0x%08" PRIx64, r->min);
		break;
	case SHAPE_RAW:
		printf("%" PRIu64 " bytes %s", r->max, r->name);
		break;
	case SHAPE_STR:
		printf("str %s (at most %" PRIu64 ")", r->name, r->max);
		break;
	case SHAPE_STRV:
		printf("strv %s (at most %zu of %" PRIu64 ")", r->name, r->n,
		    r->max);
		break;
	case SHAPE_BYTES:
		printf("bytes %s (at most %" PRIu64 ")", r->name, r->max);
		break;
	case SHAPE_BOXED:
		printf("bytes %s (at most %" PRIu64 ") that are fields",
		    r->name, r->max);
		break;
	case SHAPE_KEY:
		printf("%" PRIu64 " bytes %s", r->max, r->name);
		break;
	case SHAPE_REST:
		printf("the rest %s", r->name);
		break;
	case SHAPE_FIELDS:
		printf("fields %s", r->name);
		break;
	case SHAPE_PER:
		printf("u8 %s %" PRIu64 "..%" PRIu64 " for each of %s",
		    r->name, r->min, r->max, counted(s, r));
		break;
	case SHAPE_OF:
		printf("%s %s", r->of->name, r->name);
		break;
	case SHAPE_EACH:
		printf("u32 count and so many %s %s (at most %zu)",
		    r->of->name, r->name, r->n);
		break;
	default:
		number(r);
	}
}

/* What it is made of comes behind it; each once. */
static void
structure(const struct shape *s)
{
	size_t i;

	for (i = 0; i < nseen; i++)
		if (seen[i] == s)
			return;
	seen[nseen++] = s;
	if (s != &msg_fields_shape) {
		printf("%s\t", s->name);
		for (i = 0; i < s->nrows; i++) {
			printf("%s", i != 0 ? ", " : "");
			member(s, &s->rows[i]);
		}
		printf("\n");
	}
	for (i = 0; i < s->nrows; i++)
		if (s->rows[i].of != NULL)
			structure(s->rows[i].of);
}

int
main(int argc, char **argv)
{
	const struct msg_row *row;
	const struct shape *s;
	size_t i;

	for (i = 0; (row = msg_row_at(i)) != NULL; i++) {
		s = row->shape;
		if (argc == 2 && strcmp(argv[1], "-t") == 0)
			printf("%s %s\n", row->name,
			    s != NULL ? s->name : "nothing");
		else if (s != NULL) {
			structure(s);
			if (s == &resolved_shape)
				structure(&plan_shape);
		}
	}
	return (0);
}
