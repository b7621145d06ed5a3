/* SPDX-License-Identifier: ISC */
/* What is known of a log from elsewhere: a public key, a checkpoint. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/cli.h"
#include "client/infile.h"
#include "client/verify.h"
#include "common/base64.h"
#include "common/decimal.h"
#include "common/role.h"

#define LINE_MAX_LEN	256

/*
 * The first n lines of a file, without their ends; each shorter than
 * LINE_MAX_LEN.  0, or -1 and *f.
 */
static int
first_lines(const char *path, char lines[][LINE_MAX_LEN], size_t n,
    struct fail *f)
{
	char *line = NULL;
	size_t i, cap = 0;
	FILE *fp;
	int fd;

	if ((fd = infile_open(path, 0, EXIT_USAGE, f)) == -1)
		return (-1);
	if ((fp = fdopen(fd, "r")) == NULL) {
		fail_set(f, EXIT_USAGE, "%s: %s", path, strerror(errno));
		(void)close(fd);
		return (-1);
	}
	for (i = 0; i < n; i++) {
		if (getline(&line, &cap, fp) == -1)
			break;
		line[strcspn(line, "\n")] = '\0';
		if (snprintf(lines[i], LINE_MAX_LEN, "%s", line) >=
		    LINE_MAX_LEN)
			break;
	}
	free(line);
	(void)fclose(fp);
	if (i == n)
		return (0);
	fail_set(f, EXIT_USAGE, "%s: no %s", path, n == 1 ? "public key" :
	    "checkpoint");
	return (-1);
}

int
verify_key_arg(struct verify_by *by, const char *arg, struct fail *f)
{
	char line[1][LINE_MAX_LEN];

	by->keyed = 1;
	if (seal_vkey_parse(by->log, by->key, arg) == 0)
		return (0);
	if (first_lines(arg, line, 1, f) == -1)
		return (-1);
	if (seal_vkey_parse(by->log, by->key, line[0]) == 0)
		return (0);
	fail_set(f, EXIT_USAGE, "%s: not the public key of a log", arg);
	return (-1);
}

int
verify_checkpoint_arg(struct verify_by *by, const char *path,
    struct fail *f)
{
	char line[3][LINE_MAX_LEN];

	if (first_lines(path, line, 3, f) == -1)
		return (-1);
	if (line[1][0] == '0' || decimal(line[1], RECORD_LAST,
	    &by->size) == -1 ||
	    base64_get(by->root, sizeof(by->root), line[2], strlen(line[2]),
	    sodium_base64_VARIANT_ORIGINAL) == -1) {
		fail_set(f, EXIT_USAGE, "%s: not a checkpoint", path);
		return (-1);
	}
	return (0);
}
