/* SPDX-License-Identifier: ISC */
/*
 * maskspeed KIND SECRETS MB [FILE]: how fast so much output of a run is
 * searched for so many of its secrets, in megabytes of processor time's
 * seconds.  KIND: zeros; letters, any of base64; near, what secrets begin
 * with and never end; escapes, of every kind, in which all readings go on; or
 * text, which is FILE over and over.
 */
#include "config.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/buf.h"
#include "executor/runner/masker.h"

#define VALUE	40U
#define PIECES	16U		/* of MASKER_CHUNK, over and over */
#define ALL	((size_t)PIECES * MASKER_CHUNK)

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "abcdefghijklmnopqrstuvwxyz0123456789+/";

static double
cpu_s(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ((double)ts.tv_sec + (double)ts.tv_nsec / 1e9);
}

static void
any_of(uint8_t *p, size_t n, const char *from)
{
	size_t i, nfrom = strlen(from);

	for (i = 0; i < n; i++)
		p[i] = (uint8_t)from[(size_t)random() % nfrom];
}

static void
read_text(uint8_t *p, const char *path)
{
	FILE *f = path != NULL ? fopen(path, "r") : NULL;
	size_t n, i;

	if (f == NULL || (n = fread(p, 1, ALL, f)) == 0)
		err(1, "%s", path != NULL ? path : "no FILE");
	(void)fclose(f);
	for (i = n; i < ALL; i++)
		p[i] = p[i - n];
}

static void
make_output(uint8_t *p, const char *kind, const uint8_t *value,
    const char *path)
{
	size_t i;

	memset(p, 0, ALL);
	if (strcmp(kind, "letters") == 0)
		any_of(p, ALL, letters);
	else if (strcmp(kind, "near") == 0)
		for (i = 0; i < ALL; i++)
			p[i] = value[i % (VALUE - 1)];
	else if (strcmp(kind, "escapes") == 0)
		any_of(p, ALL, "\\%'\"a");
	else if (strcmp(kind, "text") == 0)
		read_text(p, path);
	else if (strcmp(kind, "zeros") != 0)
		errx(1, "no such kind: %s", kind);
}

int
main(int argc, char **argv)
{
	struct masker *h = masker_new();
	struct masker_stream *s;
	uint8_t *values, *out = xcalloc(1, ALL);
	size_t i, n, mb;
	double since;
	struct buf b;

	if (argc < 4)
		errx(1, "usage: maskspeed KIND SECRETS MB [FILE]");
	n = strtoul(argv[2], NULL, 10);
	mb = strtoul(argv[3], NULL, 10);
	values = xcalloc(n + 1, VALUE);
	srandom(1);
	for (i = 0; i < n; i++) {
		any_of(values + i * VALUE, VALUE, letters);
		masker_add(h, values + i * VALUE, VALUE);
	}
	if (masker_build(h) == -1)
		err(1, "masker");
	make_output(out, argv[1], values, argv[4]);
	s = masker_open(h);
	since = cpu_s();
	for (i = 0; i < mb * 16; i++) {
		buf_init(&b, masker_room(h));
		masker_feed(s, out + i % PIECES * MASKER_CHUNK, MASKER_CHUNK,
		    &b);
		buf_free(&b);
	}
	printf("%.0f\n", (double)mb * 1.048576 / (cpu_s() - since));
	masker_close(s);
	masker_free(h);
	return (0);
}
