/* SPDX-License-Identifier: ISC */
/* What is stored of a run's output; see stored.h. */
#include "config.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "client/logquery.h"
#include "client/recwalk.h"
#include "client/stored.h"
#include "common/msg.h"
#include "common/outfile.h"
#include "common/record/kind.h"
#include "common/role.h"

static void
see_digest(struct stored_output *o, const struct record_view *v)
{
	char hex[2 * sizeof(o->digest) + 1];
	size_t n;

	o->has = record_member_str(v->json, v->jsonlen, "output", hex,
	    sizeof(hex)) == (int)sizeof(hex) - 1 &&
	    sodium_hex2bin(o->digest, sizeof(o->digest), hex,
	    sizeof(hex) - 1, NULL, &n, NULL) == 0 &&
	    n == sizeof(o->digest);
}

void
stored_see(struct stored_output *o, const struct record_view *v)
{
	if (v->kind != RECORD_EXEC)
		return;
	if (record_is(v, "ev", "intent"))
		o->begun_us = v->time_us;
	else if (record_member_u64(v->json, v->jsonlen, "intent",
	    &o->intent) == 0) {
		o->record = v->number;
		see_digest(o, v);
		(void)record_member_u64(v->json, v->jsonlen, "output_bytes",
		    &o->bytes);
		(void)record_member_u64(v->json, v->jsonlen, "output_cut",
		    &o->cut);
		(void)record_text(v, "output_lost", o->lost,
		    sizeof(o->lost));
	}
}

const char *
stored_wrong(const struct stored_output *o, const void *p, size_t len)
{
	uint8_t digest[32], start[OUTFILE_START];

	(void)crypto_generichash(digest, sizeof(digest), p, len, NULL, 0);
	if (len != o->bytes || memcmp(digest, o->digest, sizeof(digest)) != 0)
		return ("digest");
	outfile_start(start, o->run);
	return (len < sizeof(start) || memcmp(p, start, sizeof(start)) != 0 ?
	    "run" : NULL);
}

static int
on_piece(const uint8_t *p, size_t n, void *arg, struct fail *f)
{
	struct buf *b = arg;

	buf_put(b, p, n);
	if (!b->bad)
		return (0);
	fail_set(f, EXIT_CLAWBOT, "the stored output is too long");
	return (-1);
}

int
stored_get(const struct cli *cli, const struct stored_output *o,
    struct buf *b, struct fail *f)
{
	buf_init(b, STORED_MAX);
	if (query_log(cli, QUERY_OUTPUT, o->intent, o->run, on_piece, NULL, b,
	    f) == 0) {
		if (stored_wrong(o, b->data, b->len) == NULL)
			return (0);
		fail_set(f, 2, "TAMPERED record=%llu rule=output: what is "
		    "stored is not what that record says",
		    (unsigned long long)o->record);
	}
	buf_free(b);
	return (-1);
}
