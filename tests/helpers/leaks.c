/* SPDX-License-Identifier: ISC */
/*
 * leaks FILE forms
 * leaks FILE files PATH ...
 * leaks FILE mem PID ...: looks for the value that is in FILE, and for any
 * PART bytes of it, in twelve encodings, in these files or in all memory of
 * these processes that root can read; one that has ended meanwhile has none.
 * A line for each place and encoding; standard error gets how many bytes were
 * searched.  With "forms" the encodings themselves are printed, a line each, in
 * hexadecimal behind their names.  Exit status 1 if there was one, 2 if
 * something could not be searched.
 */
#include "config.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/helpers/procmem.h"

#define VALUE_MIN	24U
#define VALUE_MOST	128U
#define FORM_MOST	(6 * VALUE_MOST)
#define FORMS		12U
#define WINDOW		8U
#define PART		(2 * WINDOW - 1)	/* has a window on a step */
#define SLOTS		32768U			/* of windows, mostly free */
#define CHUNK		(1024U * 1024)

static struct {
	const char	*name;
	uint8_t		 p[FORM_MOST];
	size_t		 len;
} forms[FORMS];
static size_t	nforms;

static struct {
	uint64_t	window;
	uint16_t	form;		/* its number and one; 0: free */
	uint16_t	at;
} slots[SLOTS];

static uint64_t	searched;
static int	found;

static void
add_form(const char *name, const void *p, size_t len)
{
	if (nforms == FORMS || len > FORM_MOST)
		errx(2, "%s: too long", name);
	forms[nforms].name = name;
	memcpy(forms[nforms].p, p, len);
	forms[nforms++].len = len;
}

/* Of base64 what depends on the value alone, behind so many bytes. */
static void
add_base64(const char *name, const uint8_t *v, size_t n, size_t before)
{
	uint8_t all[VALUE_MOST + 2] = { 0 };
	char text[FORM_MOST];
	size_t from = (8 * before + 5) / 6;

	memcpy(all + before, v, n);
	(void)sodium_bin2base64(text, sizeof(text), all, before + n,
	    sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	add_form(name, text + from, (before + n) * 8 / 6 - from);
}

/* Each byte as text of its own. */
static void
add_each(const char *name, const uint8_t *v, size_t n, const char *fmt)
{
	char text[FORM_MOST + 1], one[8];
	size_t i, len = 0;

	for (i = 0; i < n; i++) {
		if (strcmp(fmt, "x") == 0)
			(void)snprintf(one, sizeof(one), "%02x", v[i]);
		else if (strcmp(fmt, "X") == 0)
			(void)snprintf(one, sizeof(one), "%02X", v[i]);
		else if (strcmp(fmt, "%") == 0)
			(void)snprintf(one, sizeof(one), "%%%02X", v[i]);
		else if (strcmp(fmt, "u") == 0)
			(void)snprintf(one, sizeof(one), "\\u%04x", v[i]);
		else
			(void)snprintf(one, sizeof(one), "\\%03o", v[i]);
		memcpy(text + len, one, strlen(one));
		len += strlen(one);
	}
	add_form(name, text, len);
}

static void
make_forms(const uint8_t *v, size_t n)
{
	uint8_t reversed[VALUE_MOST], wide[2][2 * VALUE_MOST] = { { 0 } };
	size_t i;

	for (i = 0; i < n; i++) {
		reversed[n - 1 - i] = v[i];
		wide[0][2 * i] = wide[1][2 * i + 1] = v[i];
	}
	add_form("as it is", v, n);
	add_form("reversed", reversed, n);
	add_base64("base64", v, n, 0);
	add_base64("base64 behind a byte", v, n, 1);
	add_base64("base64 behind two bytes", v, n, 2);
	add_each("hexadecimal", v, n, "x");
	add_each("HEXADECIMAL", v, n, "X");
	add_form("UTF-16LE", wide[0], 2 * n);
	add_form("UTF-16BE", wide[1], 2 * n);
	add_each("percent", v, n, "%");
	add_each("JSON", v, n, "u");
	add_each("octal", v, n, "o");
}

static size_t
slot_of(uint64_t window)
{
	return ((size_t)(window * UINT64_C(0x9e3779b97f4a7c15) >> 49));
}

static void
make_slots(void)
{
	uint64_t window;
	size_t f, i, at;

	for (f = 0; f < nforms; f++)
		for (i = 0; i + WINDOW <= forms[f].len; i++) {
			memcpy(&window, forms[f].p + i, WINDOW);
			for (at = slot_of(window); slots[at].form != 0;)
				at = (at + 1) % SLOTS;
			slots[at].window = window;
			slots[at].form = (uint16_t)(f + 1);
			slots[at].at = (uint16_t)i;
		}
}

/* How many bytes around this place are those of the form. */
static size_t
extent(const uint8_t *p, size_t n, size_t at, size_t f, size_t in)
{
	size_t from = 0, to = 0;

	while (from < at && from < in &&
	    p[at - from - 1] == forms[f].p[in - from - 1])
		from++;
	while (at + to < n && in + to < forms[f].len &&
	    p[at + to] == forms[f].p[in + to])
		to++;
	return (from + to);
}

static void
look(const uint8_t *p, size_t n, uint64_t off, const char *where)
{
	uint64_t window;
	size_t i, at;

	searched += n;
	for (i = 0; i + WINDOW <= n; i += WINDOW) {
		memcpy(&window, p + i, WINDOW);
		for (at = slot_of(window); slots[at].form != 0;
		    at = (at + 1) % SLOTS) {
			if (slots[at].window != window || extent(p, n, i,
			    slots[at].form - 1U, slots[at].at) < PART)
				continue;
			printf("%s 0x%" PRIx64 ": %s\n", where, off + i,
			    forms[slots[at].form - 1].name);
			found = 1;
		}
	}
}

static void
search(int fd, uint64_t from, uint64_t to, const char *where)
{
	static uint8_t buf[PROCMEM_PAGE + CHUNK];
	size_t keep = 0, n;
	ssize_t r;

	/* the end of one piece is kept in front of the next */
	while (from < to) {
		n = to - from < CHUNK ? (size_t)(to - from) : CHUNK;
		r = pread(fd, buf + keep, n, (off_t)from);
		if (r <= 0) {
			from += PROCMEM_PAGE;
			keep = 0;
			continue;
		}
		n = keep + (size_t)r;
		look(buf, n, from - keep, where);
		from += (uint64_t)r;
		keep = n < 64 ? n : 64;
		memmove(buf, buf + n - keep, keep);
	}
}

static void
search_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	off_t size;

	if (fd == -1 && errno == ENOENT)
		return;
	if (fd == -1 || (size = lseek(fd, 0, SEEK_END)) == -1)
		err(2, "%s", path);
	search(fd, 0, (uint64_t)size, path);
	(void)close(fd);
}

static void
search_region(int fd, uint64_t from, uint64_t to, const char *pid,
    const char *what)
{
	char where[320];

	(void)snprintf(where, sizeof(where), "process %s %s", pid, what);
	search(fd, from, to, where);
}

static void
print_forms(void)
{
	size_t f, i;

	for (f = 0; f < nforms; f++) {
		for (i = 0; i < forms[f].len; i++)
			printf("%02x", forms[f].p[i]);
		printf(" %s\n", forms[f].name);
	}
}

int
main(int argc, char **argv)
{
	uint8_t v[VALUE_MOST];
	ssize_t n;
	int fd, i;

	if (argc < 3 || sodium_init() == -1)
		errx(2, "usage: leaks FILE forms | files PATH ... | "
		    "mem PID ...");
	if ((fd = open(argv[1], O_RDONLY | O_CLOEXEC)) == -1 ||
	    (n = read(fd, v, sizeof(v))) == -1)
		err(2, "%s", argv[1]);
	if ((size_t)n < VALUE_MIN)
		errx(2, "%s: shorter than %u bytes", argv[1], VALUE_MIN);
	make_forms(v, (size_t)n);
	make_slots();
	if (strcmp(argv[2], "forms") == 0)
		print_forms();
	for (i = 3; i < argc; i++)
		if (strcmp(argv[2], "files") == 0)
			search_file(argv[i]);
		else
			(void)procmem_each(argv[i], search_region);
	fprintf(stderr, "%" PRIu64 "\n", searched);
	return (found);
}
