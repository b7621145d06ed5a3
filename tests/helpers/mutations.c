/* SPDX-License-Identifier: ISC */
/*
 * mutations SEED N DIR: N lines of tests/mutate.h as files DIR/1, DIR/2, ...,
 * for a shell to read.  What the i-th is, only the seed and i tell.
 */
#include "config.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/mutate.h"

#define SPREAD	0x9e3779b97f4a7c15U

int
main(int argc, char **argv)
{
	unsigned long long seed, i, n;
	struct mutate m;
	char path[4096], *line;
	FILE *f;

	if (argc != 4)
		errx(2, "usage: mutations SEED N DIR");
	seed = strtoull(argv[1], NULL, 0);
	n = strtoull(argv[2], NULL, 0);
	for (i = 1; i <= n; i++) {
		m.s = (seed + i) * SPREAD | 1;
		(void)mutate_below(&m, 2);
		line = mutate_line(&m);
		(void)snprintf(path, sizeof(path), "%s/%llu", argv[3], i);
		if ((f = fopen(path, "w")) == NULL || fputs(line, f) == EOF ||
		    fputc('\n', f) == EOF || fclose(f) == EOF)
			err(1, "%s", path);
		free(line);
	}
	return (0);
}
