/* SPDX-License-Identifier: ISC */
/*
 * audit checkpoint, prove: what can be given to somebody else about the log,
 * for him to check with nothing but a public key that he has kept.
 *
 * A proof of a record is that of C2SP (c2sp.org/tlog-proof) with the record in
 * "extra"; behind the checkpoint that it is in stand the ones before it, from
 * the epoch of the key on: each names the key of the next.  A proof that a log
 * goes on from an earlier checkpoint has that one's size and root in place of
 * the record.
 */
#include "config.h"

#include <getopt.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/cli.h"
#include "client/out.h"
#include "client/verify.h"
#include "common/decimal.h"
#include "common/field.h"
#include "common/record/treeproof.h"
#include "common/role.h"
#include "common/xmalloc.h"

#define PROOF_MAX	(256U * 1024 * 1024)

/* What a proof is made of, as the log passes by. */
struct proving {
	uint64_t	 record;	/* the one that is wanted, or 0 */
	struct verify_by by;		/* its size: the earlier checkpoint */
	uint8_t		(*leaves)[TREE_HASH];
	size_t		 nleaves;
	size_t		 room;
	struct tree	 gone;		/* over the records that are pruned */
	struct buf	 line;		/* of the record */
	struct seal	*seals;		/* those from the key's epoch on */
	size_t		 nseals;
	int		 covered;	/* the last of them has the record */
};

static void
on_line(const struct record_view *v, const char *line, size_t len,
    uint64_t offset, void *arg)
{
	uint8_t digest[RECORD_DIGEST];
	struct proving *p = arg;

	(void)offset;
	if (p->covered)
		return;
	if (p->nleaves == p->room) {
		p->leaves = xrecallocarray(p->leaves, p->room,
		    2 * p->room + 1024, sizeof(*p->leaves));
		p->room = 2 * p->room + 1024;
	}
	record_digest(digest, line, len);
	tree_leaf(p->leaves[p->nleaves++], digest, sizeof(digest));
	if (v->number == p->record)
		buf_put(&p->line, line, len);
}

static int
is_first(const struct proving *p, const struct seal *s)
{
	if (p->by.keyed)
		return (strcmp(s->log, p->by.log) == 0 &&
		    memcmp(s->key, p->by.key, SEAL_KEY) == 0);
	return (s->epoch == 0);
}

static void
on_seal(const struct seal *s, void *arg)
{
	struct proving *p = arg;

	if (p->covered || (p->nseals == 0 && !is_first(p, s)))
		return;
	p->seals = xrecallocarray(p->seals, p->nseals, p->nseals + 1,
	    sizeof(*p->seals));
	p->seals[p->nseals++] = *s;
	p->covered = p->record != 0 && s->last >= p->record;
}

static void
proving_free(struct proving *p)
{
	free(p->leaves);
	free(p->seals);
	buf_free(&p->line);
}

/* Is what is to be proved still there?  0, or -1 and *f. */
static int
check_gone(const struct proving *p, const struct verify_report *r,
    struct fail *f)
{
	const uint64_t n = p->record != 0 ? p->record : p->by.size;

	if (n == 0 || (p->record != 0 ? n > r->gone.size :
	    n >= r->gone.size))
		return (0);
	fail_set(f, (int)VERIFY_MISSING, "records up to %" PRIu64 " are "
	    "pruned, as record %" PRIu64 " says", r->res.cut, r->res.prune);
	fail_hint(f, "a copy of the log from before that, such as a backup, "
	    "has what is needed for a proof");
	return (-1);
}

/* Reads and checks all of the log.  0, or -1 and *f. */
static int
read_all(const struct cli *cli, const char *dir, struct proving *p,
    struct fail *f)
{
	struct verify_report r;
	struct verify *v;

	if (sodium_init() == -1) {
		fail_set(f, EXIT_CLAWBOT, "libsodium cannot be used");
		return (-1);
	}
	v = verify_new(dir == NULL ? "log" : NULL, &p->by);
	verify_lines(v, on_line, on_seal, p);
	if (dir != NULL)
		verify_end_dir(v, dir, &r);
	else if (verify_daemon_by(cli, v, &r, f) == -1)
		return (-1);
	/* what comes behind the last seal is not told of here */
	p->gone = r.gone;
	if (verify_whole(&r) || (r.status == VERIFY_UNSEALED &&
	    p->nseals != 0))
		return (check_gone(p, &r, f));
	fail_set(f, (int)r.status, "%s", r.line);
	return (-1);
}

/* The last one of those that were passed: 0, or -1 and *f. */
static int
last_seal(const struct proving *p, const struct seal **s, struct fail *f)
{
	if (p->nseals == 0 || (p->record != 0 && !p->covered)) {
		fail_set(f, EXIT_TEMPFAIL, p->record > p->gone.size +
		    p->nleaves ?
		    "the log has no such record" : "not sealed yet");
		fail_hint(f, "a running daemon seals what it has recorded "
		    "within a minute");
		return (-1);
	}
	*s = &p->seals[p->nseals - 1];
	return (0);
}

static void
put_b64(struct buf *b, const void *p, size_t n)
{
	size_t size = sodium_base64_encoded_len(n,
	    sodium_base64_VARIANT_ORIGINAL);
	char *t = xmalloc(size);

	buf_printf(b, "%s\n", sodium_bin2base64(t, size, p, n,
	    sodium_base64_VARIANT_ORIGINAL));
	free(t);
}

/* The hashes, the checkpoint, and those that lead to its key. */
static void
put_rest(struct buf *b, const struct proving *p,
    const struct tree_proof *proof)
{
	size_t i;

	for (i = 0; i < proof->n; i++)
		put_b64(b, proof->hash[i], TREE_HASH);
	buf_put_u8(b, '\n');
	seal_note(b, &p->seals[p->nseals - 1]);
	for (i = 0; i + 1 < p->nseals; i++) {
		buf_put_u8(b, '\n');
		seal_note(b, &p->seals[i]);
	}
}

/* 0, or -1 where what came of it proves nothing: it is not given away. */
static int
put_record_proof(struct buf *b, const struct proving *p,
    const struct seal *s)
{
	const struct tree_leaves leaves = { &p->gone,
	    (const void *)p->leaves };
	struct tree_proof proof;

	if (tree_include(&proof, &leaves, s->last, p->record - 1) == -1 ||
	    tree_check_include(&proof, leaves.v[p->record - 1 - p->gone.size],
	    p->record - 1, s->last, s->root) == -1)
		return (-1);
	buf_printf(b, "c2sp.org/tlog-proof@v1\nextra ");
	put_b64(b, p->line.data, p->line.len);
	buf_printf(b, "index %" PRIu64 "\n", p->record - 1);
	put_rest(b, p, &proof);
	return (0);
}

static int
put_extension(struct buf *b, const struct proving *p, const struct seal *s)
{
	const struct tree_leaves leaves = { &p->gone,
	    (const void *)p->leaves };
	struct tree_proof proof;

	if (tree_extend(&proof, &leaves, p->by.size, s->last) == -1 ||
	    tree_check_extend(&proof, p->by.size, p->by.root, s->last,
	    s->root) == -1)
		return (-1);
	buf_printf(b, "clawbot-extension@v1\nsize %" PRIu64 "\nroot ",
	    p->by.size);
	put_b64(b, p->by.root, TREE_HASH);
	put_rest(b, p, &proof);
	return (0);
}

/* As it is, or as a member of an object. */
static int
print_text(const struct cli *cli, const char *key, struct buf *text,
    struct fail *f)
{
	struct buf b;

	if (text->bad) {
		fail_set(f, EXIT_CLAWBOT, "the proof is too long");
		buf_free(text);
		return (-1);
	}
	if (!cli->json) {
		out_buf(stdout, text);
		return (0);
	}
	buf_init(&b, 2 * PROOF_MAX);
	buf_printf(&b, "{\"%s\":", key);
	json_str(&b, (const char *)text->data, text->len);
	buf_printf(&b, "}\n");
	buf_free(text);
	out_buf(stdout, &b);
	return (0);
}

static int
print_proof(const struct cli *cli, const struct proving *p,
    const struct seal *s, struct fail *f)
{
	struct buf b;
	int r;

	buf_init(&b, PROOF_MAX);
	r = p->record != 0 ? put_record_proof(&b, p, s) :
	    put_extension(&b, p, s);
	if (r == 0)
		return (print_text(cli, "proof", &b, f));
	buf_free(&b);
	fail_set(f, EXIT_CLAWBOT, "what was made proves nothing");
	return (-1);
}

static int
finish(struct proving *p, int r, const struct fail *f)
{
	proving_free(p);
	return (r == -1 ? fail_print(f) : 0);
}

static void
begin(struct proving *p)
{
	memset(p, 0, sizeof(*p));
	buf_init(&p->line, RECORD_MAX);
}

int
cmd_audit_checkpoint(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	const struct seal *s;
	struct proving p;
	struct fail f;
	struct buf b;
	int r;

	begin(&p);
	while (command_opt(cli, cmd, argc, argv) != -1)
		;
	command_operands(cmd, argc, 0, 1);
	r = read_all(cli, argv[optind], &p, &f);
	if (r == 0)
		r = last_seal(&p, &s, &f);
	if (r == 0) {
		buf_init(&b, SEAL_NOTE);
		seal_note(&b, s);
		r = print_text(cli, "checkpoint", &b, &f);
	}
	return (finish(&p, r, &f));
}

/* A number of a record, or a file with a checkpoint.  0, or -1 and *f. */
static int
what_arg(struct proving *p, const char *arg, struct fail *f)
{
	const char *end;

	end = decimal_front(arg, &p->record);
	if (end != NULL && *end == '\0') {
		if (p->record != 0 && p->record <= RECORD_LAST)
			return (0);
		usage_error("%s is not the number of a record", arg);
	}
	p->record = 0;
	return (verify_checkpoint_arg(&p->by, arg, f));
}

int
cmd_audit_prove(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	const struct seal *s;
	struct proving p;
	struct fail f;
	int ch, r = 0;

	begin(&p);
	while (r == 0 && (ch = command_opt(cli, cmd, argc, argv)) != -1)
		if (ch == 'k')
			r = verify_key_arg(&p.by, optarg, &f);
	if (r == 0) {
		command_operands(cmd, argc, 1, 2);
		r = what_arg(&p, argv[optind], &f);
	}
	if (r == 0)
		r = read_all(cli, argv[optind + 1], &p, &f);
	if (r == 0)
		r = last_seal(&p, &s, &f);
	if (r == 0)
		r = print_proof(cli, &p, s, &f);
	return (finish(&p, r, &f));
}
