/* SPDX-License-Identifier: ISC */
/*
 * THE table of kinds of records.  A kind has one row here; from it come its
 * number and its word, the forms that such a record may have, and which role
 * may write each of them.  The auditor holds to it whatever the supervisor
 * sends and what it makes itself; whoever reads a log takes the kind by its
 * word and shows all kinds alike.
 */
#ifndef COMMON_RECORD_KIND_H
#define COMMON_RECORD_KIND_H

#include <stddef.h>
#include <stdint.h>

/*
 * Who made a record: the auditor itself, the supervisor by A_RECORD, or
 * clawbot(1) for root, on a log of which no auditor runs.
 */
#define RECORD_BY_AUDITOR	0x1
#define RECORD_BY_SUPERVISOR	0x2
#define RECORD_BY_OFFLINE	0x4

/* A result is not longer than this; so much is set aside for each run. */
#define RECORD_RESULT		(64U * 1024)
/*
 * So much beyond for emergency stops, and that room is low, which are recorded
 * on a full disk too.
 */
#define RECORD_STOPS		(2U * RECORD_RESULT)
/*
 * What must still fit behind a record with so many open runs: their results,
 * the session's end, and some emergency stops.
 */
#define RECORD_ROOM(open)						\
	((uint64_t)((open) + 1) * RECORD_RESULT + RECORD_STOPS)

/* Of a part that was removed, and of all before it; see pruned.h. */
#define RECORD_GONE							\
    "first:n last:n from:s until:s file:s bytes:n digest:h head:h "	\
    "tree:h seals_gone:n sealed:n? series:n? log:s? epoch:n? next:h? "	\
    "links:n? links_digest:h? stops:n stop_all:b vault_version:n? "	\
    "vault_digest:h? state:h?"
/* What several forms have.  The account that asked, and its connection. */
#define RECORD_FROM							\
    "conn:s? login_uid:n? login:s? "					\
    "audit_session:n? asker:s? depth:n? chain:l?"
#define RECORD_ORIGIN							\
    "uid:n account:s? pid:n " RECORD_FROM
/* The same, where it may be that nobody has asked. */
#define RECORD_MAYBE_ORIGIN						\
    "uid:n? account:s? pid:n? " RECORD_FROM
/* Of a run that is over. */
#define RECORD_END							\
    "run:s intent:n outcome:s exit:i? wall_us:n? user_us:n? sys_us:n? "	\
    "maxrss_kb:n? in_bytes:n? out_bytes:n? err_bytes:n? processes:n? "	\
    "refused:n? masked:n? execs:n? files:n? files_more:n? "		\
    "files_lost:b? limit:s? digest:h? in_digest:h? reason:s? "		\
    "output:h? output_bytes:n? output_cut:n? output_lost:s?"
#define RECORD_ASKED							\
    "run:s argv:l? skill:s cwd:s? rotates:s? plan:h? why:o "		\
    "expires_s:n? reason:s? by:o?"
/* The same, or of a program that a run wants to start. */
#define RECORD_HELD							\
    RECORD_ASKED " exec:o?"
/* A standing approval that has ended: what gave it, and its uses. */
#define RECORD_STOOD							\
    "standing:s approval:n skill:s why:o uses:n reason:s by:o?"
#define RECORD_DAMPED							\
    "cause:s why:o argc:n? reason:s count:n"
#define RECORD_NAME							\
    "run:s seq:n pid:n path:s"
#define RECORD_NAMES							\
    RECORD_NAME " to:s"
#define RECORD_STOPPED							\
    "scope:s user:n? account:s? name:s? reason:s by:o"
/* Of the log's file system. */
#define RECORD_DISK_ROOM						\
    "free_bytes:n size_bytes:n free_files:n? all_files:n?"
/* Whose runs a circuit breaker is about, and of which plan. */
#define RECORD_BREAKER							\
    "channel:s skill:s uid:n account:s? plan:h?"
#define RECORD_VAULTED							\
    "version:n channel:s " RECORD_ORIGIN " digest:h"
#define RECORD_VAULT							\
    "name:s " RECORD_VAULTED

/*
 * KIND(NAME, "word", FORMS): forms by their ev, of the role that makes them;
 * a kind without forms is read and not written.
 * AUDITOR("ev", "members"), SUPERVISOR("ev", "members"),
 * OFFLINE("ev", "members")
 *
 * A member is KEY:TYPE, with a question mark where it may be missing.  The
 * types are those of field.h: s text, n unsigned number, i signed number, b
 * truth, l list of texts, o object, h bytes in hexadecimal.  What a form
 * does not name, its records do not have.
 *
 * The order is that of the wire.
 */
#define RECORD_KINDS_TABLE(KIND, AUDITOR, SUPERVISOR, OFFLINE)		\
KIND(EXEC, "exec",							\
    AUDITOR("intent", "run:s argv:l cwd:s cwd_dev:n? cwd_ino:n? "	\
	"env:l exe:o script:o? "					\
	"bound:l? not_bound:l? "					\
	"secrets:l given:l? skill:s account:s uid:n terminal:b? "	\
	"detached:b? "							\
	"rotates:s? plan:h why:o")					\
    AUDITOR("exec", "run:s seq:n parent:n? verdict:s answered:b? argv:l " \
	"path:s digest:h dev:n ino:n script:o? cwd:s how:s pid:n at_us:n " \
	"rule:s? reason:s?")						\
    AUDITOR("result", RECORD_END)					\
    AUDITOR("abort", RECORD_END)					\
    AUDITOR("lost", RECORD_END)						\
    SUPERVISOR("refused", "run:s argv:l skill:s cwd:s? rotates:s? "	\
	"plan:h? why:o "						\
	"outcome:s reason:s"))						\
KIND(AUTH, "auth", SUPERVISOR("refused", RECORD_DAMPED))		\
KIND(POLICY, "policy", SUPERVISOR("refused", RECORD_DAMPED))		\
KIND(APPROVAL, "approval",						\
    SUPERVISOR("request", RECORD_HELD)					\
    SUPERVISOR("approve", RECORD_ASKED " standing:o? late:b?")		\
    SUPERVISOR("confirm", RECORD_ASKED)					\
    AUDITOR("consent", "run:s exec:o skill:s why:o by:o")		\
    SUPERVISOR("deny", RECORD_HELD)					\
    SUPERVISOR("timeout", RECORD_HELD)					\
    SUPERVISOR("withdrawn", RECORD_HELD)				\
    SUPERVISOR("revoked", RECORD_STOOD)					\
    SUPERVISOR("ended", RECORD_STOOD))					\
KIND(SECRET, "secret",							\
    AUDITOR("set", RECORD_VAULT " secret_version:n?")			\
    AUDITOR("rm", RECORD_VAULT)						\
    AUDITOR("rotate", RECORD_VAULT " secret_version:n? keep_s:n")	\
    AUDITOR("import", "secrets:l bundle:h? " RECORD_VAULTED)		\
    AUDITOR("export", "secrets:l to:s bundle:h " RECORD_VAULTED)	\
    AUDITOR("recover", "was:n reason:s " RECORD_VAULTED)		\
    AUDITOR("expire", "name:s version:n digest:h")			\
    AUDITOR("reveal", "name:s reason:s " RECORD_VAULTED)		\
    AUDITOR("handed", "name:s run:s channel:s " RECORD_ORIGIN)		\
    AUDITOR("slot-add", "type:s label:s " RECORD_VAULTED)		\
    AUDITOR("slot-rm", "slot:n " RECORD_VAULTED)			\
    AUDITOR("rekey", "slots:n " RECORD_VAULTED)				\
    SUPERVISOR("identify", "secrets:l channel:s " RECORD_ORIGIN)	\
    SUPERVISOR("unlock", "channel:s " RECORD_ORIGIN " reason:s")	\
    SUPERVISOR("lock", "channel:s? " RECORD_MAYBE_ORIGIN " reason:s")	\
    SUPERVISOR("refused", "cause:s channel:s " RECORD_ORIGIN		\
	" reason:s")							\
    OFFLINE("restored", "version:n digest:h reason:s by:o"))		\
KIND(QUOTA, "quota",							\
    SUPERVISOR("refused", RECORD_DAMPED)				\
    SUPERVISOR("reset", RECORD_STOPPED " breakers:n")			\
    SUPERVISOR("opened", RECORD_BREAKER " failures:n cooldown_s:n")	\
    SUPERVISOR("half-open", RECORD_BREAKER)				\
    SUPERVISOR("closed", RECORD_BREAKER " reason:s"))			\
KIND(CONFIG, "config",							\
    AUDITOR("load", "path:s digest:h rules:h? parts:n? by:o?")		\
    AUDITOR("text", "part:n text:s")					\
    SUPERVISOR("doctor", "channel:s " RECORD_ORIGIN			\
	" skills:n attempts:n open:n"))					\
KIND(SESSION, "session",						\
    AUDITOR("start", "version:s closed:n? immutable:n? "		\
	"immutable_not:s? known:h?")					\
    AUDITOR("stop", "reason:s? open:n known:h?")			\
    AUDITOR("packed", "first:n bytes:n packed:n known:h?")		\
    AUDITOR("checked", "first:n last:n damaged:n"))			\
KIND(STOP, "stop",							\
    SUPERVISOR("stop", RECORD_STOPPED					\
	" before:n after:n runs:n waiting:n late_s:n?")			\
    SUPERVISOR("resume", RECORD_STOPPED " before:n after:n"))		\
KIND(RECOVER, "recover",						\
    AUDITOR("torn", "bytes:n moved:l digests:l")			\
    AUDITOR("reread", "file:s digest:h")				\
    AUDITOR("rewritten", "file:s bytes:n good:n")			\
    AUDITOR("damaged", "file:s first:n rule:s")				\
    AUDITOR("mended", "file:s first:n")					\
    OFFLINE("lost", "record:n file:s? offset:n? rule:s? bytes:n "	\
	"moved:l digests:l seals:b reason:s by:o"))			\
KIND(FILE, "file",							\
    AUDITOR("made", RECORD_NAME)					\
    AUDITOR("written", RECORD_NAME)					\
    AUDITOR("renamed", RECORD_NAMES)					\
    AUDITOR("removed", RECORD_NAME)					\
    AUDITOR("linked", RECORD_NAMES)					\
    AUDITOR("symlinked", RECORD_NAMES)					\
    AUDITOR("marked", RECORD_NAME)					\
    AUDITOR("exchanged", RECORD_NAMES))					\
KIND(SEAL, "seal",							\
    AUDITOR("seal", "log:s epoch:n first:n last:n root:h key:h next:h "	\
	"sig:h"))							\
KIND(CLOCK, "clock",							\
    AUDITOR("step", "from:s to:s by_us:i"))				\
KIND(FORWARD, "forward",						\
    SUPERVISOR("stalled", "to:s done:n reason:s")			\
    SUPERVISOR("resumed", "to:s done:n late_s:n")			\
    SUPERVISOR("gap", "to:s first:n last:n"))			\
KIND(DISK, "disk",							\
    AUDITOR("low", RECORD_DISK_ROOM)					\
    AUDITOR("ample", RECORD_DISK_ROOM " unrecorded:n"))			\
KIND(PRUNE, "prune",							\
    AUDITOR("prune", RECORD_GONE " reason:s by:o?")			\
    OFFLINE("restated", "record:n " RECORD_GONE " reason:s by:o")	\
    AUDITOR("none", "until:s reason:s by:o"))

#define RECORD_KIND_NUMBER(name, word, forms)	RECORD_##name,
#define RECORD_NO_FORM(ev, members)
enum record_kind {
	RECORD_NONE = 0,
	RECORD_KINDS_TABLE(RECORD_KIND_NUMBER, RECORD_NO_FORM, RECORD_NO_FORM,
	    RECORD_NO_FORM)
	RECORD_KINDS
};
#undef RECORD_KIND_NUMBER
#undef RECORD_NO_FORM

/* "exec", ...; NULL if there is no such kind. */
const char	*record_kind_name(unsigned);
/* The kind of that word, n bytes; RECORD_NONE if there is none. */
unsigned	 record_kind_find(const char *, size_t n);
/*
 * Do n bytes end in a kind's word, one that there is or one that is kept for
 * later?  A colon behind it would look like the beginning of a record.
 */
int		 record_kind_ends(const void *, size_t n);
/*
 * Are these, field.h fields, a record of that kind in a form that one of
 * the roles in by (RECORD_BY_*) may make?  NULL, or static text that says
 * what is wrong.  That no key is there twice is record_line's to see.
 */
const char	*record_form_check(unsigned kind, unsigned by,
		    const void *fields, size_t len);

#endif
