/* SPDX-License-Identifier: ISC */
/*
 * opened ROUNDS SECRETS: how long a vault with so many secrets takes to open
 * by its key file, and to give one of them to a pipe for a ticket; medians, in
 * microseconds.  Nothing is recorded for that: what a log's flush takes is the
 * disk's.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/times.h"
#include "tests/unit/vault_util.h"

#define VALUE	"a value as long as a token is, 48 bytes, or more"

static double
median(double *us, size_t n)
{
	qsort(us, n, sizeof(*us), by_time);
	return (us[n / 2]);
}

int
main(int argc, char **argv)
{
	size_t rounds, secrets, i;
	struct vtest t;
	char name[32];
	double *us, since;

	if (argc != 3 || (rounds = strtoul(argv[1], NULL, 10)) == 0 ||
	    (secrets = strtoul(argv[2], NULL, 10)) == 0)
		errx(1, "usage: opened ROUNDS SECRETS");
	us = xcalloc(rounds, sizeof(*us));
	vtest_new(&t);
	vtest_start(&t);
	for (i = 0; i < secrets; i++) {
		(void)snprintf(name, sizeof(name), "S%zu", i);
		vtest_put(&t, i + 1, name, VALUE);
	}
	for (i = 0; i < rounds; i++) {
		vtest_stop(&t);
		since = now_us();
		vtest_start(&t);
		us[i] = now_us() - since;
	}
	printf("%.1f\n", median(us, rounds));
	for (i = 0; i < rounds; i++) {
		since = now_us();
		vtest_get(&t, secrets + i + 1, "S0", VALUE);
		us[i] = now_us() - since;
	}
	printf("%.1f\n", median(us, rounds));
	vtest_stop(&t);
	vtest_end(&t);
	free(us);
	return (0);
}
