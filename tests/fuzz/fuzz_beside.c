/* SPDX-License-Identifier: ISC */
/*
 * What stands beside a log, in its directory or in somebody's copy of it, and
 * what a verifier is given; the first byte says which it is.  What is taken is
 * written again as it was.
 */
#include "config.h"

#include <sys/mman.h>

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/cli.h"
#include "client/verify.h"
#include "common/estop.h"
#include "common/outfile.h"
#include "common/record/pruned.h"
#include "common/xmalloc.h"
#include "tests/fuzz/fuzz.h"

enum what { PRUNED, SEALS, STOP, VKEY, KEY_FILE, CHECKPOINT, NAME, WHATS };

/* The record of what is gone names what is in front of it. */
static void
pruned(const char *p, size_t n)
{
	struct pruned v;

	memset(&v, 0, sizeof(v));
	if (pruned_read(&v, p, n) == 0 && (v.record == 0 ||
	    v.last.number == 0 || v.last.number >= v.record))
		abort();
}

/* The seals of what is gone, a line each. */
static void
seals(const char *p, size_t n)
{
	struct links in, out;
	struct seal seal;
	const char *at = p, *nl;
	struct buf again;
	size_t done = 0;
	int r = 0;

	links_init(&in);
	links_init(&out);
	buf_init(&again, UINT32_MAX);
	for (; r != -1 && (nl = memchr(at, '\n', n - (size_t)(at - p))) != NULL;
	    at = nl + 1) {
		r = links_line(&in, &seal, at, (size_t)(nl - at) + 1);
		if (r != 1)
			continue;
		links_put(&again, &out, &seal);
		done = (size_t)(nl - p) + 1;
	}
	if (again.len != done ||
	    (done != 0 && memcmp(again.data, p, done) != 0))
		abort();
	buf_free(&again);
}

static void
stop(const void *p, size_t n)
{
	struct estop v, w;
	struct buf b;

	memset(&v, 0, sizeof(v));
	memset(&w, 0, sizeof(w));
	if (estop_get(p, n, &v) == -1)
		return;
	buf_init(&b, UINT32_MAX);
	estop_put(&b, &v);
	if (estop_get(b.data, b.len, &w) == -1 || v.scope != w.scope ||
	    v.user != w.user || strcmp(v.name, w.name) != 0)
		abort();
	buf_free(&b);
}

static void
vkey(const char *text)
{
	char log[SEAL_NAME + 1], again[SEAL_VKEY];
	uint8_t key[SEAL_KEY];

	if (seal_vkey_parse(log, key, text) == -1)
		return;
	seal_vkey(again, log, key);
	if (strcmp(again, text) != 0)
		abort();
}

/* Files that verify is given: whatever is wrong with one is told. */
static void
file(const void *p, size_t n, int (*arg)(struct verify_by *, const char *,
    struct fail *))
{
	struct verify_by by;
	struct fail f;
	char path[64];
	int fd;

	if ((fd = memfd_create("file", MFD_CLOEXEC)) == -1 ||
	    write(fd, p, n) != (ssize_t)n)
		abort();
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	memset(&by, 0, sizeof(by));
	memset(&f, 0, sizeof(f));
	if (arg(&by, path, &f) == -1 && (f.status == 0 || f.text[0] == '\0'))
		abort();
	(void)close(fd);
}

/* Of a file in output/. */
static void
name(const char *text)
{
	char again[OUTFILE_NAME];
	uint64_t intent, run;
	int packed;

	if (outfile_parse(text, &intent, &run, &packed) == -1)
		return;
	if (packed)
		outfile_packed_name(again, intent, run);
	else
		outfile_name(again, intent, run);
	if (strcmp(again, text) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	enum what what;
	char *text;

	if (sodium_init() == -1)
		abort();
	if (n == 0)
		return (0);
	what = (enum what)(p[0] % WHATS);
	p++;
	n--;
	text = xstrndup((const char *)p, strnlen((const char *)p, n));
	switch (what) {
	case PRUNED:
		pruned((const char *)p, n);
		break;
	case SEALS:
		seals((const char *)p, n);
		break;
	case STOP:
		stop(p, n);
		break;
	case VKEY:
		vkey(text);
		break;
	case KEY_FILE:
		file(p, n, verify_key_arg);
		break;
	case CHECKPOINT:
		file(p, n, verify_checkpoint_arg);
		break;
	default:
		name(text);
		break;
	}
	free(text);
	return (0);
}
