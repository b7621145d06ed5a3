/* SPDX-License-Identifier: ISC */
/* What a start reads of the log; see startread.h. */
#include "config.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "auditor/auditor.h"
#include "auditor/carry.h"
#include "auditor/startread.h"
#include "auditor/stops.h"
#include "common/xmalloc.h"

/* The secrets that an intent names, in a list of strings without escapes. */
static void
see_uses(struct auditor *a, const struct record_view *v)
{
	const char *p, *end, *name;
	size_t len;

	if (record_member(v->json, v->jsonlen, "secrets", &p, &len) == -1)
		return;
	for (end = p + len; p < end; p++) {
		if (*p != '"')
			continue;
		name = ++p;
		while (p < end && *p != '"')
			p++;
		lastuse_note(&a->uses, name, (size_t)(p - name),
		    v->time_us / 1000000);
	}
}

static void
see_exec(struct auditor *a, const struct record_view *v)
{
	char ev[16], id[RUNID_TEXT];
	char channel[PLAN_MAXNAME + 1];
	uint64_t run;

	if (record_member_str(v->json, v->jsonlen, "ev", ev,
	    sizeof(ev)) == -1 || record_member_str(v->json, v->jsonlen, "run",
	    id, sizeof(id)) == -1 || runid_parse(id, &run) == -1)
		return;
	if (strcmp(ev, "result") == 0 || strcmp(ev, "abort") == 0 ||
	    strcmp(ev, "lost") == 0)
		openruns_del(&a->runs, run);
	if (strcmp(ev, "intent") != 0)
		return;
	openruns_add(&a->runs, run, v->number, NULL, 0);
	see_uses(a, v);
	if (record_member_str(v->json, v->jsonlen, "why.channel", channel,
	    sizeof(channel)) > 0)
		recents_add(a, v->time_us, channel);
}

static void
see_secret(struct auditor *a, const struct record_view *v)
{
	char hex[65];
	uint64_t version;
	size_t n;

	if (record_member_u64(v->json, v->jsonlen, "version",
	    &version) == -1 || record_member_str(v->json, v->jsonlen,
	    "digest", hex, sizeof(hex)) != 64 ||
	    sodium_hex2bin(a->vault_digest, sizeof(a->vault_digest), hex, 64,
	    NULL, &n, NULL) != 0 || n != sizeof(a->vault_digest))
		return;
	a->vault_version = version;
}

/* What was left in gateway.known, by the last record that says it. */
static void
see_session(struct log_found *f, const struct record_view *v)
{
	char ev[16], hex[2 * KNOWN_DIGEST + 1];
	size_t n;

	if (record_member_str(v->json, v->jsonlen, "ev", ev,
	    sizeof(ev)) == -1)
		return;
	if (strcmp(ev, "start") == 0)
		f->named = 0;
	if (record_member_str(v->json, v->jsonlen, "known", hex,
	    sizeof(hex)) == (int)sizeof(hex) - 1 &&
	    sodium_hex2bin(f->digest, sizeof(f->digest), hex, sizeof(hex) - 1,
	    NULL, &n, NULL) == 0 && n == sizeof(f->digest))
		f->named = 1;
}

static void
see_line(const struct record_view *v, const char *line, size_t len,
    uint64_t offset, void *arg)
{
	struct log_found *f = arg;
	struct auditor *a = f->a;

	gone_see(&a->gone, v, line, len);
	damage_see(a, v);
	/* the last file that begins is the current one */
	if (offset == 0)
		a->chain.seg.first = v->number;
	if (v->kind == RECORD_EXEC)
		see_exec(a, v);
	else if (v->kind == RECORD_SECRET)
		see_secret(a, v);
	else if (v->kind == RECORD_SESSION)
		see_session(f, v);
	else if (v->kind == RECORD_PRUNE)
		carry_record_get(a, v);
	else if (v->kind == RECORD_DISK)
		lowroom_read(&a->lowroom, v);
	else
		stops_read(&a->stops, v);
}

static void
on_current(struct logscan *scan, void *arg)
{
	struct log_found *f = arg;
	struct record_head tail;
	struct sealcheck seals;

	if (logscan_whole(scan, &tail, &seals) == 0)
		known_put(&f->state, f->a, &tail, &seals);
}

/* Nothing is known. */
static void
forget(struct auditor *a, struct log_found *f)
{
	while (a->runs.n != 0)
		openruns_del(&a->runs, a->runs.v[0].id);
	memset(&a->stops, 0, sizeof(a->stops));
	memset(&a->lowroom, 0, sizeof(a->lowroom));
	a->vault_version = 0;
	a->nrecent = 0;
	lastuse_free(&a->uses);
	gone_free(&a->gone);
	damage_clear(&a->damages);
	a->chain.seg.first = 0;
	known_free(&f->known);
	buf_reset(&f->state);
	f->named = 0;
}

static void
scan_from(struct auditor *a, struct log_found *f, uint64_t from)
{
	struct logscan *scan = logscan_new(see_line, f);

	if (from != 0)
		logscan_resume(scan, &f->known.tail, &f->known.seals);
	known_look(a, &f->known);
	logscan_dir_from(scan, a->chain.seg.dirfd, from, on_current, f);
	(void)logscan_end(scan, &f->res);
	f->seals = *logscan_seals(scan);
	logscan_free(scan);
}

/* Behind the segments that the file tells of. */
static enum known_found
try_known(struct auditor *a, struct log_found *f, const char *name,
    uint8_t digest[KNOWN_DIGEST])
{
	enum known_found found;

	forget(a, f);
	found = known_load(a, &f->known, name);
	memcpy(digest, f->known.digest, KNOWN_DIGEST);
	if (found != KNOWN_FITS)
		return (found);
	scan_from(a, f, f->known.v[f->known.n - 1].first + 1);
	f->believed = f->named && memcmp(f->digest, digest,
	    KNOWN_DIGEST) == 0;
	return (found);
}

/* A file that is there, and is not the one that the last start left. */
static int
is_other(const struct log_found *f, enum known_found found,
    const uint8_t digest[KNOWN_DIGEST])
{
	return (found == KNOWN_BROKEN || (found != KNOWN_NONE &&
	    memcmp(f->digest, digest, KNOWN_DIGEST) != 0));
}

/* A crash may have come before the new file got its name. */
void
startread(struct auditor *a, struct log_found *f)
{
	uint8_t now[KNOWN_DIGEST], new[KNOWN_DIGEST];
	enum known_found is_now, is_new;

	memset(f, 0, sizeof(*f));
	f->a = a;
	buf_init(&f->state, UINT32_MAX);
	a->recent = xcalloc(RECENT_MAX, sizeof(*a->recent));
	is_now = try_known(a, f, KNOWN_FILE, now);
	if (f->believed)
		return;
	is_new = try_known(a, f, KNOWN_NEW, new);
	if (f->believed) {
		known_take(a);
		return;
	}
	forget(a, f);
	scan_from(a, f, 0);
	/* that a new one was begun, and not finished, is a crash alone */
	f->wrong = f->named && is_other(f, is_now, now) &&
	    (is_new == KNOWN_NONE || is_other(f, is_new, new));
}
