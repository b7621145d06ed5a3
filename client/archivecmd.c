/* SPDX-License-Identifier: ISC */
/*
 * audit archive: closed segments go to a directory of the administrator's, who
 * need not be root: the daemon sends them.  They are copied, the whole of
 * archive and log is checked, and only then the daemon is asked to remove just
 * these.
 */
#include "config.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/archive.h"
#include "client/out.h"
#include "client/prunewhat.h"
#include "client/verify.h"
#include "common/record/logseg.h"
#include "common/role.h"

struct old_part {
	uint64_t	 first;
	uint64_t	 last;
	char		 name[LOG_NAMEMAX];
	uint8_t		 digest[ARCHIVE_DIGEST];
};

struct archiving {
	const struct cli *cli;
	const char	*path;
	struct archive	 to;
	struct old_part	*v;		/* that are to go, oldest first */
	size_t		 n;
	uint64_t	 total;		/* bytes of these */
	uint64_t	 removed;
	struct strv	 immutable;	/* paths of those that root must lift */
	struct jrows	 rows;
};

static int
wrong_row(struct fail *f)
{
	fail_set(f, EXIT_CLAWBOT, "wrong answer from the daemon: no part of "
	    "a log");
	return (-1);
}

/* One that would be removed: its file, and what that has to come to. */
static int
on_part(const void *data, size_t len, void *arg, struct fail *f)
{
	struct archiving *a = arg;
	struct old_part *p;
	struct field d;
	int packed;
	char *name, *path;

	a->v = xrecallocarray(a->v, a->n, a->n + 1, sizeof(*a->v));
	p = &a->v[a->n];
	name = field_get_str(data, len, "file");
	(void)snprintf(p->name, sizeof(p->name), "%s", name);
	free(name);
	if (!row_num(data, len, "first", &p->first) ||
	    !row_num(data, len, "last", &p->last) || p->first == 0 ||
	    logseg_first(p->name, &packed) != p->first ||
	    field_find(data, len, "digest", &d) != 1 ||
	    d.len != sizeof(p->digest))
		return (wrong_row(f));
	memcpy(p->digest, d.val, sizeof(p->digest));
	path = field_get_str(data, len, "immutable");
	if (*path != '\0')
		strv_add(&a->immutable, path);
	free(path);
	a->total += field_get_u64(data, len, "bytes", 0);
	a->n++;
	return (0);
}

static int
on_removed(const void *data, size_t len, void *arg, struct fail *f)
{
	struct archiving *a = arg;
	uint64_t first = 0, last = 0;

	a->removed++;
	if (a->cli->json)
		return (jrows_add(&a->rows, data, len, f));
	(void)row_num(data, len, "first", &first);
	(void)row_num(data, len, "last", &last);
	printf("archived records %llu to %llu\n", (unsigned long long)first,
	    (unsigned long long)last);
	(void)fflush(stdout);
	return (0);
}

/* What comes has to go on behind what is there, if there is something. */
static int
begin(struct archiving *a, struct fail *f)
{
	const uint64_t first = a->v[0].first;
	struct record_head end;

	if (archive_end(&a->to, &end, f) == -1)
		return (-1);
	if (end.number == 0)
		return (first == 1 ? 0 : archive_before(&a->to, f));
	if (first <= end.number + 1)
		return (archive_joins(&a->to, &end, first, a->v[0].name, f));
	fail_set(f, EXIT_USAGE, "%s ends with record %llu, and the log begins "
	    "with record %llu: what was between them was removed", a->path,
	    (unsigned long long)end.number, (unsigned long long)first);
	fail_hint(f, "audit verify --archive tells by which "
	    "record; an empty directory begins another archive");
	return (-1);
}

static int
copy(struct archiving *a, struct fail *f)
{
	size_t i;

	if (begin(a, f) == -1)
		return (-1);
	for (i = 0; i < a->n; i++)
		if (archive_part(&a->to, a->v[i].first, a->v[i].name,
		    a->v[i].digest, f) == -1)
			return (-1);
	if (archive_output(&a->to, a->v[a->n - 1].last, f) == -1)
		return (-1);
	return (archive_sync(&a->to, f));
}

/* Read back: is it all there, and does the log go on behind it? */
static int
check(const struct archiving *a, struct fail *f)
{
	struct verify_report r;
	char held[64];

	(void)snprintf(held, sizeof(held), "/proc/self/fd/%d", a->to.fd);
	if (verify_all(a->cli, NULL, held, a->v[a->n - 1].last, NULL, &r,
	    f) == -1)
		return (-1);
	if (verify_good(&r) && r.lost != 0)
		complain("stored output of %zu runs is not in the log any "
		    "more, or not as it was, and so neither in the archive: "
		    "audit verify --archive names it", r.lost);
	if (verify_good(&r))
		return (0);
	fail_set(f, (int)r.status, "%s", r.line);
	if (r.beside)
		fail_hint(f, "nothing was removed, and the log has that file: "
		    "remove what %s has of it, and ask again", a->path);
	else
		fail_hint(f, "nothing was removed: \"clawbot audit verify\" "
		    "tells of the log itself; another directory begins "
		    "another archive");
	return (-1);
}

static int
remove_parts(struct archiving *a, struct msg_prune *v, struct fail *f)
{
	v->dry = 0;
	v->last = a->v[a->n - 1].last;
	return (prune_ask(a->cli, v, on_removed, a, f));
}

/* Nothing is copied that could not be removed then. */
static int
stays(const struct archiving *a, struct fail *f)
{
	size_t i;

	for (i = 0; i < a->immutable.n; i++)
		complain("as root: chattr -i %s", a->immutable.v[i]);
	fail_set(f, EXIT_NOPERM, "%zu of %zu parts have the immutable "
	    "attribute; nothing was copied", a->immutable.n, a->n);
	fail_hint(f, "have root lift it as is said above, and ask again");
	return (-1);
}

static int
archive_all(struct archiving *a, struct msg_prune *v, struct fail *f)
{
	int r;

	v->dry = 1;
	if (prune_ask(a->cli, v, on_part, a, f) == -1)
		return (-1);
	if (a->immutable.n != 0)
		return (stays(a, f));
	if (a->n == 0)
		return (0);
	r = archive_open(&a->to, a->path, a->cli, f);
	if (r == 0) {
		progress_begin(&a->to.progress, "copying", a->total);
		r = copy(a, f);
		progress_end(&a->to.progress);
	}
	if (r == 0)
		r = check(a, f);
	if (r == -1)
		(void)archive_stays(&a->to);
	archive_close(&a->to);
	return (r == 0 ? remove_parts(a, v, f) : -1);
}

static void
say_sum(const struct archiving *a)
{
	if (a->n == 0)
		printf("nothing that is closed is that old\n");
	else
		printf("%llu files, %llu bytes are new in the archive; audit "
		    "verify --archive checks it\n",
		    (unsigned long long)a->to.files,
		    (unsigned long long)a->to.bytes);
}

static int
run(struct archiving *a, struct msg_prune *v, struct fail *f)
{
	int r;

	jrows_init(&a->rows, "archived");
	r = archive_all(a, v, f);
	if (r == 0 && a->removed < a->n) {
		fail_set(f, EXIT_TEMPFAIL, "%llu of %zu parts were removed",
		    (unsigned long long)a->removed, a->n);
		fail_hint(f, "all are in the archive; ask again");
		r = -1;
	}
	if (r == 0 && a->cli->json)
		r = jrows_print(&a->rows, f);
	else if (r == 0)
		say_sum(a);
	jrows_free(&a->rows);
	strv_free(&a->immutable);
	free(a->v);
	return (r);
}

int
cmd_audit_archive(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	struct archiving a;
	struct msg_prune v;
	struct fail f;
	int ch, r = 0;

	memset(&v, 0, sizeof(v));
	v.why = xstrdup("");
	while (r == 0 && (ch = command_opt(cli, cmd, argc, argv)) != -1)
		r = prune_option(&v, cmd, ch, &f);
	if (r == -1)
		return (fail_print(&f));
	command_operands(cmd, argc, 1, 1);
	prune_options_end(&v, cmd);
	if (sodium_init() == -1) {
		complain("libsodium cannot be used");
		return (EXIT_CLAWBOT);
	}
	memset(&a, 0, sizeof(a));
	a.cli = cli;
	a.path = argv[optind];
	r = run(&a, &v, &f);
	shape_free(&msg_prune_shape, &v);
	return (r == -1 ? fail_print(&f) : 0);
}
