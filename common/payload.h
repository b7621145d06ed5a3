/* SPDX-License-Identifier: ISC */
/*
 * The payloads of msg.h that are not in plan.h, execs.h or xconf.h, each a
 * structure with a shape, which the table of msg.h names.  A receiver asks
 * for its message by payload_get, or by payload_open for one of any type; so
 * whether one is malformed is decided in one place for each peer.
 *
 * Another message is a row of msg.h, its structure and shape here if it is
 * like no other, and who handles it.
 */
#ifndef COMMON_PAYLOAD_H
#define COMMON_PAYLOAD_H

#include <stddef.h>
#include <stdint.h>

#include "msg.h"
#include "payload_fix.h"
#include "plan.h"
#include "shape.h"

struct msg_hello {
	uint32_t	 version;	/* MSG_PROTOCOL */
	char		*program;
};

/* WHY: whose request, UINT32_MAX: the client's own; and which */
struct msg_why {
	uint32_t	 uid;
	struct runreq	 req;
};

/* ACCOUNT: of whom, UINT32_MAX: the client's own */
struct msg_account {
	uint32_t	 uid;
};

/* RUNID: which run */
struct msg_runid {
	uint64_t	 run;
};

/* OWNRUN: which run; and it is left alone if it is not the client's own */
struct msg_ownrun {
	uint64_t	 run;
	uint8_t		 own;
};

/* WATCH: what is wanted of what waits for an approval; bits */
enum {
	WATCH_ON = 1,		/* to go on: END comes when the client leaves */
	WATCH_OVER = 2,		/* and then to hear of those that are over */
	WATCH_MAX = 3
};

#define MSG_TRY_MAX	256	/* lines at one time */

/* TRY: by the rules of this skill, or "" */
struct msg_try {
	char		*skill;
	struct strv	 lines;
};

struct msg_watch {
	uint8_t		 watch;		/* WATCH_* */
};

struct msg_approve {
	uint64_t	 run;
	uint8_t		 digest[PLAN_DIGEST];	/* of what was shown */
};

struct msg_deny {
	uint64_t	 run;
	char		*why;
};

struct msg_standing {
	uint64_t	 run;		/* that waits */
	uint8_t		 digest[PLAN_DIGEST];	/* of what was shown */
	uint32_t	 for_s;
	uint32_t	 count;		/* with that run; 0: any */
	char		*like;		/* pattern; "": just this plan */
};
#define STANDING_MAXFOR		(30U * 86400)
#define STANDING_MAXCOUNT	1000000U
#define STANDING_MAXLIKE	1024

struct msg_revoke {
	uint64_t	 standing;
	char		*why;
};

/* NAME: of a secret */
struct msg_secret_name {
	char		*name;
};

/* ROTATE: and for how long the value before it is kept */
struct msg_rotate {
	char		*name;
	uint32_t	 keep_s;	/* 0: not at all */
	uint64_t	 from;		/* the version that a new one was made
					   for, and no other; 0: any */
};
#define ROTATE_MAXKEEP	(365U * 86400)

/* RECOVER: why an older vault, or a new one, is taken */
struct msg_recover {
	char		*why;
};
#define RECOVER_MAXWHY	512

/* CLAIMS: "" for what is not said. */
struct msg_claims {
	char		*session;
	char		*model;
	char		*client;
};
#define CLAIM_MAX	128		/* bytes of each */

struct msg_audit {
	uint8_t		 query;		/* QUERY_* */
	uint64_t	 count;
	uint64_t	 run;
};

struct msg_logs {
	uint64_t	 run;
	uint8_t		 follow;	/* 1: until it ends */
};

struct msg_window {
	uint16_t	 rows;
	uint16_t	 cols;
};

/* FIELDS, see field.h */
struct msg_fields {
	uint8_t		*p;
	size_t		 len;
};

/* REASON, and REFUSED, which is never CBE_OK */
struct msg_reason {
	uint16_t	 code;		/* enum cberr */
	char		*text;
};

struct msg_failed {
	uint16_t	 status;	/* exit status */
	char		*text;
};

struct msg_unresolved {
	uint16_t	 code;		/* enum cberr, not CBE_OK */
	char		*text;
	struct masks	 masks;
};

struct msg_kill {
	uint8_t		 outcome;	/* OUTCOME_* to report */
	uint8_t		 now;		/* 1: without asking it to end first */
};

struct msg_examining {
	uint32_t	 done;		/* skills */
	uint32_t	 of;
};

struct msg_examined {
	uint32_t	 skills;
	uint32_t	 attempts;
	uint32_t	 open;		/* of these */
	uint8_t		*ready;		/* the fields of READY anew */
	size_t		 readylen;
};

/* The fields of these are the auditor's to check. */
struct msg_record {
	uint8_t		 kind;		/* RECORD_* */
	uint8_t		 flags;
	uint8_t		*fields;
	size_t		 len;
};

/* A payload of A_EXECS or of A_FILES. */
struct msg_batch {
	uint8_t		 kind;		/* BATCH_* */
	uint8_t		*rows;
	size_t		 len;
};

struct msg_close {
	uint8_t		 how;		/* CLOSE_* */
	struct msg_batch *batches;	/* in front of the end, in order */
	size_t		 n;
	uint8_t		*fields;
	size_t		 len;
};
#define MSG_BATCHES_MAX	64		/* that go along with an end */

struct msg_commit {
	uint8_t		 digest[32];	/* of the new vault file */
	uint8_t		*fields;
	size_t		 len;
};

struct msg_query {
	uint8_t		 query;		/* QUERY_* */
	uint64_t	 count;
	uint64_t	 run;
	uint32_t	 uid;		/* whose runs; UINT32_MAX: all */
};

struct msg_done {
	uint64_t	 record;	/* durable */
};

struct msg_tickets {
	uint64_t	 record;
	uint8_t		 ticket[MSG_TICKET];
	uint8_t		*secrets;	/* a ticket for each */
	size_t		 secretslen;
};

struct msg_queried {
	uint16_t	 code;		/* enum cberr */
	char		*text;
	uint64_t	 records;
	uint8_t		 digest[32];	/* of the last line */
};

struct msg_prepared {
	uint64_t	 version;	/* of the vault's file */
	uint64_t	 secret;	/* of the one that is set or rotated;
					   else 0 */
	uint8_t		 digest[32];	/* written beside, not in force */
	struct strv	 names;		/* of several secrets; else none */
	uint8_t		 bundle[32];	/* digest of the file that they go to
					   another machine in, or come from;
					   else 0 */
};
#define IMPORT_MAX	1024		/* secrets at one time */

struct msg_release {
	uint8_t		 ticket[MSG_TICKET];
	char		*name;
	uint64_t	 version;	/* of its value, that the ticket is
					   for; 0: none was known */
	uint64_t	 oldest;	/* that may be, from 1 */
};

/* VERSIONS: those that secrets have now; who is not there is not. */
struct msg_version {
	char		*name;
	uint64_t	 version;
};

struct msg_versions {
	struct msg_version *v;
	size_t		 n;
};

/* A_CONFIG: what the auditor is told before it opens the log. */
struct msg_aconf {
	const uint8_t	*exec_key;	/* of tickets for the executor */
	const uint8_t	*vault_key;
	uint64_t	 segment;	/* bytes of one */
	uint32_t	 compress;	/* those that are closed are packed */
	uint32_t	 output_max;	/* bytes that are stored of a run; 0:
					   nothing is */
	uint64_t	 output_total;	/* and of all of them */
	uint32_t	 keep_days;	/* and removed then; 0: never */
	uint32_t	 check_s;	/* how often all is read; 0: never */
	uint32_t	 immutable;	/* closed ones get the attribute */
	uint8_t		*text;		/* the configuration as it is */
	size_t		 textlen;
	char		*path;		/* and where it came from */
};
#define MSG_SEGMENT_MIN	4096		/* tests have small ones */

/* PRUNE: what of the log is to be removed. */
struct msg_prune {
	uint64_t	 before_us;	/* all that is older than this, */
	uint64_t	 last;		/* up to that record; 0: to any */
	uint8_t		 dry;		/* only say what that is */
	char		*why;
};

struct msg_aprune {
	uint64_t	 before_us;
	uint64_t	 last;
	uint8_t		 dry;
	uint8_t		*fields;	/* of the records */
	size_t		 len;
};

/* RELOAD: a part of what the reader of a configuration has found. */
struct msg_part {
	uint8_t		 more;		/* 1: another one follows */
	uint8_t		*p;
	size_t		 len;
};

/* What judges and limits the runs of a skill: a struct xskill, encoded. */
struct msg_rules {
	char		*skill;
	uint8_t		*rules;
	size_t		 len;
};

/* A_RELOAD: the configuration that is to be in force. */
struct msg_areload {
	uint8_t		*text;		/* as it is */
	size_t		 textlen;
	char		*path;		/* and where it came from */
	struct msg_rules *rules;	/* of each skill */
	size_t		 n;
	uint8_t		*fields;	/* of the record: who reloads it */
	size_t		 len;
};

struct msg_areloaded {
	uint64_t	 record;
	uint8_t		 digest[32];	/* of the text */
	uint8_t		*tickets;	/* one for each skill, in their order */
	size_t		 ticketslen;
};

/* Rules with a ticket for them. */
struct msg_sealed {
	uint8_t		 ticket[MSG_TICKET];
	uint8_t		*rules;
	size_t		 len;
};

/* X_RELOAD: of each skill. */
struct msg_xreload {
	struct msg_sealed *sealed;
	size_t		 n;
};

/* One of vault.unlock that could be opened. */
struct msg_way {
	uint8_t		 kind;		/* UNLOCK_* */
	char		*label;		/* where it is */
};

/* V_CONFIG: what the vault is told before it opens its file. */
struct msg_vconf {
	const uint8_t	*ticket_key;
	const uint8_t	*print_key;	/* MSG_PRINT_KEY bytes */
	uint8_t		 cipher;	/* CIPHER_* */
	uint64_t	 version;	/* that the log remembers; 0: none */
	uint8_t		 digest[32];	/* and the file's, likewise */
	uint32_t	 lock_after;	/* seconds; 0: never */
	struct msg_way	*ways;		/* with a descriptor each */
	size_t		 n;
	char		*why;		/* there is none, or "" */
};

/* SLOT_ADD, V_SLOT_ADD */
struct msg_slot_add {
	uint8_t		 type;		/* 1 keyfile, 2 credential,
					   3 argon2id */
	char		*label;		/* for people */
};
#define MSG_LABEL_MAX	255U

/* Of all slots, as they were when somebody looked at them. */
#define MSG_SLOTS_SEEN	32U

struct msg_slot {
	uint8_t		 slot;		/* from 1 */
	uint8_t		 seen[MSG_SLOTS_SEEN];
};

struct msg_rekey {
	uint32_t	 keep;		/* 1 << slot - 1: not to be lost */
	uint8_t		 seen[MSG_SLOTS_SEEN];
};

struct msg_export {
	uint8_t		 phrase;	/* to a passphrase; else a key file */
};

/* Of secrets that are there with other values, as somebody was shown them. */
#define MSG_THERE_SEEN	32U

/* What is replaced of these. */
enum { BRING_NONE, BRING_ALL, BRING_SEEN };

struct msg_bring {
	uint8_t		 replace;	/* BRING_* */
	uint8_t		 seen[MSG_THERE_SEEN];	/* of BRING_SEEN */
};

struct msg_reveal {
	char		*name;
	char		*why;
};
#define MSG_REVEAL_WHY	2048U

/* Name, version, created, changed. */
struct msg_one_name {
	uint8_t		*fields;
	size_t		 len;
};

struct msg_names {
	struct msg_one_name *names;
	size_t		 n;
};
#define MSG_NAMES_MAX	4096		/* the vault takes fewer */

/* V_PRINTS, X_PRINTS: by what secrets are known again; see fingerprint.h. */
#define MSG_PRINT_KEY	32
#define MSG_PRINT_MIDDLE 8		/* bytes */
struct msg_print {
	uint32_t	 len;		/* of a secret */
	uint32_t	 at;		/* of its middle */
	uint32_t	 sum;
	uint8_t		 window[3];	/* of the hash of that */
	uint8_t		 digest[16];
};

struct msg_prints {
	struct msg_print *p;
	size_t		 n;
};

/* N_CONFIG: what the notifier is told before it is ready. */
struct msg_nconf {
	char		*program;	/* that it runs */
};

/*
 * N_NOTICE: what is told outside of clawbot, by programs of which nothing is
 * known, so as the log would have it, and cut.  Each text is plain: no
 * character of it is of any class but TEXT_PLAIN (text.h).  Of room nobody has
 * asked: command says how much there is, where, and nothing else is set.
 */
enum { NOTICE_REQUEST, NOTICE_HELD, NOTICE_LOW, NOTICE_AMPLE, NOTICE_DAMAGED,
	NOTICE_MENDED, NOTICE_REMOVED, NOTICE_LOST };
struct msg_notice {
	uint8_t		 about;		/* NOTICE_* */
	uint32_t	 uid;		/* who asks */
	uint32_t	 expires_s;	/* that it waits at most */
	uint32_t	 waiting;	/* that wait now, it among them */
	uint32_t	 missed;	/* nobody was told of, since the last */
	char		*channel;
	char		*skill;
	char		*command;
	char		*reason;	/* the caller's, or "" */
};
#define NOTICE_COMMAND	512		/* bytes */
#define NOTICE_REASON	256

/* N_DONE: with the status, the signal, or errno. */
enum { NOTICED_OK, NOTICED_EXITED, NOTICED_SIGNALED, NOTICED_LATE,
	NOTICED_NOT };
struct msg_noticed {
	uint8_t		 how;		/* NOTICED_* */
	uint32_t	 value;
};

/* F_CONFIG: where records are forwarded to, as forwardto.h has it. */
struct msg_fconf {
	char		*to;
};

/* F_WANT, F_SOURCE */
struct msg_from {
	uint64_t	 record;
};

/* F_STATE */
struct msg_forward {
	uint8_t		 stalled;	/* 1: nothing goes on */
	uint64_t	 done;		/* the peer has all up to this record */
	uint32_t	 waiting;	/* that it may not have, in memory */
	uint64_t	 oldest_us;	/* time of the first of these, or 0 */
	uint32_t	 failures;	/* since it last had something */
	char		*why;		/* the last of them, or "" */
};
#define FORWARD_WHY	256		/* bytes */

/* F_GAP: both are of the gap. */
struct msg_gap {
	uint64_t	 first;
	uint64_t	 last;
};

/* A_ROOM: as the record of that number has it. */
struct msg_room {
	uint8_t		 low;		/* 0: there is ample room again */
	uint64_t	 record;
	uint64_t	 free_bytes;
	uint64_t	 size_bytes;
	uint64_t	 free_files;	/* 0 and 0: not counted there */
	uint64_t	 all_files;
};

/* A_CHECKED: what the auditor has found on its rounds. */
enum { CHECKED_DAMAGED, CHECKED_MENDED, CHECKED_REMOVED, CHECKED_LOST };
struct msg_checked {
	uint32_t	 damaged;	/* segments, now */
	uint8_t		 fate;		/* the newest record says that, */
	uint64_t	 record;	/* this one; 0: there is none */
	uint64_t	 first;		/* of the segment that it is about */
	char		*file;		/* that has it, or all that is lost */
	char		*rule;		/* that it breaks */
	uint64_t	 done_us;	/* when all was read; 0: not yet */
	uint64_t	 done;		/* up to that record */
};
#define CHECKED_NAME	64

/* A_STORED */
enum { OUTPUT_FITS, OUTPUT_SHARE, OUTPUT_TOTAL };
struct msg_stored {
	uint64_t	 total;		/* bytes */
	uint64_t	 max;
	uint8_t		 refused;	/* OUTPUT_*: what was not, the last
					   time, where nothing has been since */
	uint32_t	 uid;		/* whose run's that was */
};

/* TICKET: sealed, see ticket.h */
struct msg_ticket {
	uint8_t		 ticket[MSG_TICKET];
};

extern const struct shape msg_hello_shape, msg_why_shape, msg_runid_shape,
	    msg_ownrun_shape, msg_account_shape, msg_try_shape,
	    msg_watch_shape,
	    msg_approve_shape, msg_deny_shape, msg_standing_shape,
	    msg_revoke_shape, msg_secret_name_shape, msg_rotate_shape,
	    msg_slot_add_shape, msg_slot_shape, msg_rekey_shape,
	    msg_export_shape, msg_bring_shape, msg_reveal_shape,
	    msg_way_shape, msg_recover_shape,
	    msg_audit_shape, msg_logs_shape, msg_window_shape,
	    msg_fields_shape, msg_reason_shape, msg_refused_shape,
	    msg_failed_shape, msg_unresolved_shape, msg_kill_shape,
	    msg_examining_shape, msg_examined_shape, msg_record_shape,
	    msg_batch_shape, msg_close_shape, msg_commit_shape,
	    msg_query_shape, msg_done_shape,
	    msg_tickets_shape, msg_queried_shape, msg_prepared_shape,
	    msg_release_shape, msg_aconf_shape, msg_vconf_shape,
	    msg_prune_shape, msg_aprune_shape,
	    msg_one_name_shape, msg_names_shape, msg_print_shape,
	    msg_prints_shape, msg_ticket_shape, msg_version_shape,
	    msg_versions_shape,
	    msg_part_shape, msg_rules_shape, msg_areload_shape,
	    msg_areloaded_shape, msg_sealed_shape, msg_xreload_shape,
	    msg_nconf_shape, msg_notice_shape, msg_noticed_shape,
	    msg_fconf_shape, msg_from_shape, msg_forward_shape, msg_gap_shape,
	    msg_room_shape, msg_checked_shape, msg_stored_shape,
	    msg_claims_shape;

struct ipc_msg;
/*
 * Decodes a message into *v, a structure of shape s, which must be that of
 * its type.  0, or -1 if it is malformed.  shape_free(s, v) after either.
 */
int	payload_get(const struct ipc_msg *, const struct shape *s, void *v);

/* A payload of any type, decoded. */
struct payload {
	const struct shape	*shape;	/* NULL: there is none */
	void			*v;
};

/*
 * Decodes whatever the table says that the message has.  0, or -1 if it is
 * malformed; payload_close after either, before the message is gone.
 */
int	payload_open(struct payload *, const struct ipc_msg *);
/*
 * The structure, which must be of shape s.  It is the payload's; whoever
 * takes a part of it over leaves NULL and 0, or zeroes, in its place.
 */
void	*payload_as(const struct payload *, const struct shape *s);
void	payload_close(struct payload *);

/*
 * Encodes *v, of shape s, which must be that of the type, into a buffer that
 * is made for it; it is bad if that is more than a message may have.
 */
void	payload_put(struct buf *, unsigned type, const struct shape *s,
	    const void *v);

#endif
