/* SPDX-License-Identifier: ISC */
/*
 * clawbot-file: reads or writes one file, as a run; see common/fileop.h.  It
 * runs in the sandbox, as the account and with the grants of the skill, and
 * trusts its words as little as any program does.
 */
#include "config.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/decimal.h"
#include "common/role.h"
#include "file/file.h"

static int
usage(void)
{
	(void)fputs("usage: " FILEOP_NAME " read PATH [from=BYTE] "
	    "[most=BYTES]\n       " FILEOP_NAME " write PATH sha256=HEX "
	    "[was=HEX]\n", stderr);
	return (EXIT_USAGE);
}

/* Absolute, and by its words where it seems to be. */
static int
path_ok(const char *path)
{
	const char *p;
	size_t n;

	if (path[0] != '/')
		return (0);
	for (p = path; *p != '\0'; p += n) {
		p += strspn(p, "/");
		n = strcspn(p, "/");
		if (n == 2 && memcmp(p, "..", 2) == 0)
			return (0);
	}
	return (1);
}

/* "key=": what stands behind it, or NULL. */
static const char *
value_of(const char *word, const char *key)
{
	size_t n = strlen(key);

	return (strncmp(word, key, n) == 0 ? word + n : NULL);
}

static int
hex_ok(const char *s)
{
	return (strlen(s) == FILEOP_HEX &&
	    strspn(s, "0123456789abcdef") == FILEOP_HEX);
}

static int
main_read(int argc, char **argv)
{
	struct fileread r = { argv[0], 0, FILEOP_MOST };
	const char *v;
	int i;

	for (i = 1; i < argc; i++) {
		if ((v = value_of(argv[i], "from=")) != NULL) {
			if (decimal(v, INT64_MAX, &r.from) == -1)
				return (usage());
		} else if ((v = value_of(argv[i], "most=")) == NULL ||
		    decimal(v, FILEOP_MOST_MAX, &r.most) == -1 || r.most == 0)
			return (usage());
	}
	return (fileop_read(&r));
}

static int
main_write(int argc, char **argv)
{
	struct filewrite w = { argv[0], NULL, NULL };
	const char *v;
	int i;

	for (i = 1; i < argc; i++) {
		if ((v = value_of(argv[i], "sha256=")) != NULL)
			w.digest = v;
		else if ((v = value_of(argv[i], "was=")) != NULL)
			w.was = v;
		if (v == NULL || !hex_ok(v))
			return (usage());
	}
	return (w.digest == NULL ? usage() : fileop_write(&w));
}

int
main(int argc, char **argv)
{
	if (sodium_init() == -1)
		return (outcome_because("libsodium cannot be initialised"));
	if (argc < 3 || !path_ok(argv[2]))
		return (usage());
	if (strcmp(argv[1], "read") == 0)
		return (main_read(argc - 2, argv + 2));
	if (strcmp(argv[1], "write") == 0)
		return (main_write(argc - 2, argv + 2));
	return (usage());
}
