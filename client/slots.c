/* SPDX-License-Identifier: ISC */
/* secrets unlock, lock, slots and rekey: the keys of the vault. */
#include "config.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/esc.h"
#include "client/opt.h"
#include "client/out.h"
#include "client/pager.h"
#include "client/slotkey.h"
#include "common/decimal.h"
#include "common/defs.h"
#include "common/payload.h"
#include "common/role.h"

/* What one of these commands needs. */
struct keys_of {
	struct slotkey	 k;
	struct conn	*c;
	char		*text;
	struct fail	 f;
};

/* Nothing of this process is readable by others or left in a core. */
static void
close_doors(void)
{
	struct rlimit none = { 0, 0 };

	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)signal(SIGPIPE, SIG_IGN);
}

/* With what slots there are; before anything is typed in vain. */
static int
begin(struct keys_of *o, const struct cli *cli)
{
	close_doors();
	o->text = NULL;
	o->c = NULL;
	if (slotkey_new(&o->k, &o->f) == -1 ||
	    (o->c = conn_open(cli, &o->f)) == NULL ||
	    conn_hello(o->c, &o->f) == -1)
		return (-1);
	return (slotkey_slots(&o->k, o->c, &o->f));
}

/* Says what was done; r of what came before. */
static int
end(struct keys_of *o, const struct cli *cli, const char *what, int r)
{
	struct buf b;

	if (r == 0 && cli->json)
		out_done("vault", o->text, what);
	else if (r == 0) {
		buf_init(&b, 16U * MSG_TEXT_MAX);
		esc_text(&b, o->text, strlen(o->text));
		buf_put_u8(&b, '\n');
		out_buf(stdout, &b);
	}
	free(o->text);
	if (o->c != NULL)
		conn_free(o->c);
	slotkey_free(&o->k);
	return (r == 0 ? 0 : fail_print(&o->f));
}

int
cmd_secrets_unlock(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	const char *file = NULL;
	struct keys_of o;
	int ch, r;

	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		if (ch == 'k')
			file = optarg;
	command_operands(cmd, argc, 0, 0);
	if ((r = begin(&o, cli)) == 0 &&
	    (r = slotkey_any(&o.k, file, &o.f)) == 0)
		r = slotkey_ask(&o.k, o.c, MSG_SECRET_UNLOCK, NULL, NULL,
		    &o.text, &o.f);
	if (r == 0) {
		free(o.text);
		o.text = xstrdup("the vault is open");
	}
	return (end(&o, cli, "unlocked", r));
}

int
cmd_secrets_lock(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	struct fail f;

	while (command_opt(cli, cmd, argc, argv) != -1)
		;
	command_operands(cmd, argc, 0, 0);
	if (conn_query(cli, MSG_SECRET_LOCK, NULL, 0, NULL, NULL, &f) == -1)
		return (fail_print(&f));
	if (cli->json)
		out_done("vault", "the vault is locked", "locked");
	else
		printf("the vault is locked\n");
	return (0);
}

static const char *const slot_heads[] = { "SLOT", "TYPE", "LABEL", "NOTE" };

struct slot_rows {
	struct table	table;
	struct jrows	rows;
	int		json;
};

static int
add_slot(const void *data, size_t len, void *arg, struct fail *f)
{
	struct slot_rows *l = arg;
	uint64_t passes, kb;
	struct buf b;

	if (l->json)
		return (jrows_add(&l->rows, data, len, f));
	buf_init(&b, 16U * MSG_ROW_MAX);
	row_show(&b, data, len, "slot");
	table_cell(&l->table, &b);
	row_show(&b, data, len, "type");
	table_cell(&l->table, &b);
	row_show(&b, data, len, "label");
	table_cell(&l->table, &b);
	if (row_num(data, len, "passes", &passes) &&
	    row_num(data, len, "memory_kb", &kb))
		buf_printf(&b, "%llu MiB, %llu passes",
		    (unsigned long long)kb / 1024,
		    (unsigned long long)passes);
	else
		row_show(&b, data, len, "wrong");
	table_cell(&l->table, &b);
	buf_free(&b);
	return (0);
}

static int
list_slots(const struct cli *cli)
{
	struct slot_rows l;
	struct fail f;
	int r;

	l.json = cli->json;
	table_init(&l.table, slot_heads, NELEM(slot_heads),
	    NELEM(slot_heads));
	jrows_init(&l.rows, "slots");
	r = conn_query(cli, MSG_SLOT_LIST, NULL, 0, add_slot, &l, &f);
	if (r == 0 && l.json)
		r = jrows_print(&l.rows, &f);
	else if (r == 0)
		table_print(&l.table);
	table_free(&l.table);
	jrows_free(&l.rows);
	return (r == -1 ? fail_print(&f) : 0);
}

/* The number of a slot, or a usage error. */
static unsigned
slot_number(const char *s)
{
	uint64_t n;

	if (decimal(s, SLOTS_TOLD, &n) == -1 || n == 0)
		usage_error("%s is not the number of a slot", opt_shown(s));
	return ((unsigned)n);
}

/* "passphrase" is what a person calls it. */
static unsigned
slot_type(const char *s)
{
	static const char *const types[] = { "keyfile", "credential",
	    "passphrase" };
	unsigned i;

	for (i = 0; i < NELEM(types); i++)
		if (strcmp(s, types[i]) == 0)
			return (i + 1);
	usage_error("%s is not passphrase, keyfile or credential",
	    opt_shown(s));
}

static int
add(const struct cli *cli, const char *type, const char *operand,
    const char *file)
{
	struct msg_slot_add v;
	struct keys_of o;
	struct buf b;
	int r;

	v.type = (uint8_t)slot_type(type);
	if (operand == NULL && v.type == 1)
		usage_error("secrets slots add keyfile needs the file");
	if (operand == NULL)
		operand = v.type == 2 ? SLOTKEY_CREDENTIAL : "passphrase";
	v.label = xstrndup(operand, MSG_LABEL_MAX);
	r = begin(&o, cli);
	if (r == 0 && o.k.nslots != 0)
		r = slotkey_any(&o.k, file, &o.f);
	if (r == 0)
		r = v.type == 3 ? slotkey_new_phrase(&o.k, &o.f) :
		    slotkey_file(&o.k, operand, KEYIN_NEW, &o.f);
	payload_put(&b, MSG_SLOT_ADD, &msg_slot_add_shape, &v);
	if (r == 0)
		r = slotkey_ask(&o.k, o.c, MSG_SLOT_ADD, &b, NULL, &o.text,
		    &o.f);
	buf_free(&b);
	free(v.label);
	return (end(&o, cli, "added", r));
}

/* Its number alone may be that of another one since it was looked at. */
static int
may_remove(const struct keys_of *o, unsigned n)
{
	const struct slot_told *s;
	struct buf b;

	if (n > o->k.nslots || !pager_terminal())
		return (1);
	s = &o->k.slots[n - 1];
	buf_init(&b, 16U * MSG_LABEL_MAX + 128);
	buf_printf(&b, "remove slot %u, ", n);
	esc_text(&b, s->type, strlen(s->type));
	buf_printf(&b, ", ");
	esc_text(&b, s->label, strlen(s->label));
	return (pager_yes(&b));
}

static int
rm(const struct cli *cli, const char *number)
{
	struct msg_slot v = { (uint8_t)slot_number(number), { 0 } };
	struct keys_of o;
	struct buf b;
	int r;

	r = begin(&o, cli);
	if (r == 0 && !may_remove(&o, v.slot)) {
		fail_set(&o.f, EXIT_USAGE, "slot %u stays", v.slot);
		r = -1;
	}
	if (r == 0) {
		memcpy(v.seen, o.k.seen, sizeof(v.seen));
		payload_put(&b, MSG_SLOT_RM, &msg_slot_shape, &v);
		r = slotkey_ask(&o.k, o.c, MSG_SLOT_RM, &b, NULL, &o.text,
		    &o.f);
		buf_free(&b);
	}
	return (end(&o, cli, "removed", r));
}

int
cmd_secrets_slots(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	const char *file = NULL;
	int ch;

	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		if (ch == 'k')
			file = optarg;
	argc -= optind;
	argv += optind;
	if (argc == 0)
		return (list_slots(cli));
	if (strcmp(argv[0], "add") == 0 && (argc == 2 || argc == 3))
		return (add(cli, argv[1], argv[2], file));
	if (strcmp(argv[0], "rm") == 0 && argc == 2)
		return (rm(cli, argv[1]));
	usage_error("secrets slots takes nothing, add TYPE, or rm SLOT");
}

/* What opens slot n, for the new key: 0, 1 if it is to be dropped, or -1. */
static int
key_of(struct keys_of *o, unsigned n, const char *file)
{
	const struct slot_told *s = &o->k.slots[n - 1];
	char prompt[128];
	struct buf b;

	if (strcmp(s->type, "argon2id") != 0)
		return (file != NULL ? slotkey_file(&o->k, file, n, &o->f) :
		    slotkey_labelled(&o->k, n - 1, n, &o->f));
	buf_init(&b, 4096);
	esc_text(&b, s->label, strlen(s->label));
	(void)snprintf(prompt, sizeof(prompt), "slot %u, %.*s: its "
	    "passphrase, or nothing to drop it: ", n,
	    (int)(b.len < 60 ? b.len : 60), (const char *)b.data);
	buf_free(&b);
	return (slotkey_phrase(&o->k, prompt, n, 1, &o->f));
}

static int
all_keys(struct keys_of *o, uint32_t drop, const char *const *files,
    struct msg_rekey *v)
{
	unsigned n;
	int r;

	v->keep = 0;
	memcpy(v->seen, o->k.seen, sizeof(v->seen));
	for (n = 1; n <= o->k.nslots; n++) {
		if ((drop & 1U << (n - 1)) != 0)
			continue;
		if ((r = key_of(o, n, files[n - 1])) == -1) {
			fail_hint(&o->f, "-k %u=FILE names the file of slot "
			    "%u, --drop %u lets go of it", n, n, n);
			return (-1);
		}
		if (r == 0)
			v->keep |= 1U << (n - 1);
	}
	return (0);
}

/* "N=FILE" */
static void
name_file(const char **files, char *s)
{
	char *eq = strchr(s, '=');

	if (eq == NULL)
		usage_error("%s is not SLOT=FILE", opt_shown(s));
	*eq = '\0';
	files[slot_number(s) - 1] = eq + 1;
}

int
cmd_secrets_rekey(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	const char *files[SLOTS_TOLD] = { NULL };
	uint32_t drop = 0;
	struct msg_rekey v;
	struct keys_of o;
	struct buf b;
	int ch, r;

	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		if (ch == 'k')
			name_file(files, optarg);
		else if (ch == OPT_DROP)
			drop |= 1U << (slot_number(optarg) - 1);
	command_operands(cmd, argc, 0, 0);
	if ((r = begin(&o, cli)) == 0)
		r = all_keys(&o, drop, files, &v);
	if (r == 0) {
		payload_put(&b, MSG_REKEY, &msg_rekey_shape, &v);
		r = slotkey_ask(&o.k, o.c, MSG_REKEY, &b, NULL, &o.text,
		    &o.f);
		buf_free(&b);
	}
	return (end(&o, cli, "rekeyed", r));
}
