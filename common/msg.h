/* SPDX-License-Identifier: ISC */
/*
 * THE message table.  Every message that crosses a process boundary has one
 * row here: who sends it to whom, in which state of the connection, between
 * which sizes, with how many descriptors.  ipc.c accepts nothing else.
 * PROTOCOL is generated from this file.
 *
 * The frame, big-endian, 24 bytes, one frame a SOCK_SEQPACKET datagram:
 *	magic/version u16, type u16, flags u16, nfds u16, len u32, seq u32,
 *	id u64
 * id is the run or request that a message belongs to.  len counts the
 * payload behind the header.  A payload over MSG_FRAME_PAYLOAD goes in
 * several frames of the same type and id, all but the last of them with
 * MSG_F_MORE and full; nothing else may come in between.  The sizes in the
 * table are those of the whole payload.
 */
#ifndef COMMON_MSG_H
#define COMMON_MSG_H

#include <stddef.h>
#include <stdint.h>

#include "role.h"

#define MSG_MAGIC		0xcb01U
#define MSG_HEADER		24
#define MSG_FRAME_MAX		16384
#define MSG_FRAME_PAYLOAD	(MSG_FRAME_MAX - MSG_HEADER)
#define MSG_F_MORE		0x0001U
#define MSG_MAXFDS		37	/* 3 streams, 32 secrets, a socket,
					   a pipe */
#define MSG_PROTOCOL		5	/* in HELLO */

/* States of a connection; a row names all in which it may arrive. */
#define MS_BOOT		0x01U	/* role: started, not READY */
#define MS_UP		0x02U	/* role: READY */
#define MS_STOP		0x04U	/* role: SHUTDOWN was sent */
#define MS_HELLO	0x08U	/* client: connected, no HELLO yet */
#define MS_IDLE		0x10U	/* client: no request under way */
#define MS_BUSY		0x20U	/* client: one request under way */
#define MS_LIVE		(MS_UP | MS_STOP)

/* Upper limits of the larger payloads, bytes. */
#define MSG_REQ_MAX	(256U * 1024)	/* a run request */
#define MSG_PLAN_MAX	(512U * 1024)	/* a plan and its masks */
#define MSG_INTENT_MAX	(2048U * 1024)
#define MSG_CONFIG_MAX	(32768U * 1024)
#define MSG_ROW_MAX	(1024U * 1024)
#define MSG_TEXT_MAX	4096U		/* a reason */
#define MSG_FIX_MAX	1024U		/* closed segments of one A_FIX */
#define MSG_READY_MAX	(512U * 1024)	/* a reason for each skill */
#define MSG_FOUND_MAX	8192U
#define MSG_STARTED_MAX	8192U
#define MSG_EXECS_MAX	(64U * 1024)	/* a batch, a question */
#define MSG_PRINTS_MAX	4096U		/* a secret of many lines has many */
#define MSG_PRINT_BYTES	31U		/* of one, in a message */
#define MSG_PRINTS_BYTES 126980U	/* and of all of them */
#define MSG_SECRET_MAX	65536U		/* bytes of one */
#define MSG_VERSIONS_MAX 1024U		/* secrets that there are */
#define MSG_VERSIONS_BYTES 143364U	/* their names and versions */
#define MSG_KEPT_MAX	8U		/* versions of one that are kept */
#define MSG_WAYS_MAX	8U		/* of vault.unlock */
#define MSG_TICKET	114U		/* TICKET_SIZE of ticket.h */

#define R_ROLES	(ROLE_BIT(ROLE_EXECUTOR) | ROLE_BIT(ROLE_AUDITOR) | \
		    ROLE_BIT(ROLE_VAULT) | ROLE_BIT(ROLE_NOTIFIER) | \
		    ROLE_BIT(ROLE_FORWARDER))
#define R_SUP	ROLE_BIT(ROLE_SUPERVISOR)
#define R_EXEC	ROLE_BIT(ROLE_EXECUTOR)
#define R_AUD	ROLE_BIT(ROLE_AUDITOR)
#define R_VAULT	ROLE_BIT(ROLE_VAULT)
#define R_CLI	ROLE_BIT(ROLE_CLIENT)
#define R_NOTE	ROLE_BIT(ROLE_NOTIFIER)
#define R_FWD	ROLE_BIT(ROLE_FORWARDER)

/*
 * X(NAME, number, from, to, states, min, max, min fds, max fds, shape)
 *
 * The shape is that of the payload, of payload.h, plan.h, execs.h, estop.h,
 * files.h or xconf.h; NULL: there is none.  What it does not say stands in the
 * comment behind the row; a comment at the margin is a heading.
 */
#define MSG_TABLE(X)							\
/* Every role */							\
X(READY,	0x0001, R_ROLES, R_SUP, MS_BOOT, 0, MSG_READY_MAX, 0, 0,\
    &msg_fields_shape)	/* what this role found of its layers */	\
X(FAILED,	0x0002, R_ROLES, R_SUP, MS_BOOT, 6, 4102, 0, 0,		\
    &msg_failed_shape)	/* the role ends */				\
X(SHUTDOWN,	0x0003, R_SUP, R_ROLES, MS_BOOT | MS_UP, 0, 0, 0, 0,	\
    NULL)								\
	/* finish and end */						\
X(STOPPED,	0x0004, R_ROLES, R_SUP, MS_STOP, 0, 0, 0, 0, NULL)	\
	/* all is finished, the role ends now */			\
X(PING,		0x0005, R_SUP, R_ROLES, MS_UP, 0, 0, 0, 0, NULL)	\
	/* is your loop alive? One at a time */				\
X(PONG,		0x0006, R_ROLES, R_SUP, MS_LIVE, 0, 0, 0, 0, NULL)	\
	/* it is; what came before PING has begun, at least */		\
/* Clients ask */							\
X(HELLO,	0x0101, R_CLI, R_SUP, MS_HELLO, 8, 136, 0, 0,		\
    &msg_hello_shape)	/* with MSG_PROTOCOL */				\
X(RUN,		0x0102, R_CLI, R_SUP, MS_IDLE, 20, MSG_REQ_MAX, 0, 0,	\
    &runreq_shape)							\
X(CANCEL,	0x0103, R_CLI, R_SUP, MS_BUSY | MS_IDLE, 0, 0, 0, 0,	\
    NULL)								\
	/* end the run of this connection */				\
X(STATUS,	0x0104, R_CLI, R_SUP, MS_IDLE, 0, 0, 0, 0, NULL)	\
	/* answered by ROWs and END, as all below but RUN */		\
X(PS,		0x0105, R_CLI, R_SUP, MS_IDLE, 0, 0, 0, 0, NULL)	\
X(KILL,		0x0106, R_CLI, R_SUP, MS_IDLE, 9, 9, 0, 0,		\
    &msg_ownrun_shape)							\
	/* of approvers any run, unless they say that it is to be theirs */ \
X(APPROVALS,	0x0107, R_CLI, R_SUP, MS_IDLE, 1, 1, 0, 0,		\
    &msg_watch_shape)							\
	/* +1 to go on: END comes when the client leaves; +2 to hear, too, \
	   which of them are over: ROWs with "over" */			\
X(APPROVE,	0x0108, R_CLI, R_SUP, MS_IDLE, 40, 40, 0, 0,		\
    &msg_approve_shape)	/* with the digest of the plan that was shown */\
X(DENY,		0x0109, R_CLI, R_SUP, MS_IDLE, 12, 4108, 0, 0,		\
    &msg_deny_shape)							\
X(SECRET_LIST,	0x010a, R_CLI, R_SUP, MS_IDLE, 0, 0, 0, 0, NULL)	\
X(SECRET_SET,	0x010b, R_CLI, R_SUP, MS_IDLE, 5, 132, 0, 0,		\
    &msg_secret_name_shape)						\
	/* PIPE comes back, the value goes in there */			\
X(SECRET_RM,	0x010c, R_CLI, R_SUP, MS_IDLE, 5, 132, 0, 0,		\
    &msg_secret_name_shape)						\
X(AUDIT,	0x010d, R_CLI, R_SUP, MS_IDLE, 17, 17, 0, 0,		\
    &msg_audit_shape)							\
	/* one of QUERY_*; PIPE comes back.  Of QUERY_OUTPUT, the file	\
	   of a run and, in place of a count, the record of its intent.	\
	   Of QUERY_COPIES, exec.log and its numbered ones, each behind	\
	   "copy FIRST NEXT BYTES\n": the first records of the segment	\
	   that it belongs to and of the one behind that, or 0.		\
	   From approvers a file of the log as it is, for an archive:	\
	   the closed segment that begins with that record (PART),	\
	   gateway.pruned (PRUNED), gateway.seals (SEALS), or what is	\
	   stored of a run, plain (STORED) or PACKED; NAMES lists the	\
	   first of these, one a line, behind the intent that stands in	\
	   place of a run and up to the other: none, and it is the end */ \
X(WHY,		0x010e, R_CLI, R_SUP, MS_IDLE, 24, MSG_REQ_MAX, 0, 0,	\
    &msg_why_shape)	/* what would happen to it */			\
X(LOGS,		0x010f, R_CLI, R_SUP, MS_IDLE, 9, 9, 0, 0,		\
    &msg_logs_shape)							\
	/* 1 to go on until it ends; STREAMS comes back */		\
X(WAIT,		0x0110, R_CLI, R_SUP, MS_IDLE, 9, 9, 0, 0,		\
    &msg_ownrun_shape)							\
	/* as KILL; answered by its RESULT when it is over, ACCEPTED	\
	   before that where it is not yet, or END; who asked for one	\
	   that waits, and left, is its caller again, as after RUN */	\
X(DOCTOR,	0x0111, R_CLI, R_SUP, MS_IDLE, 0, 0, 0, 0, NULL)	\
	/* examine the sandbox of every skill */			\
X(WINSIZE,	0x0112, R_CLI, R_SUP, MS_BUSY | MS_IDLE, 4, 4, 0, 0,	\
    &msg_window_shape)	/* the caller's terminal has changed */		\
X(LEAVE,	0x0113, R_CLI, R_SUP, MS_BUSY | MS_IDLE, 0, 0, 0, 0,	\
    NULL)								\
	/* END if the request of this connection waits for an approval,	\
	   which it goes on with; else nothing */			\
X(STANDING_ADD,	0x0114, R_CLI, R_SUP, MS_IDLE, 52, 1076, 0, 0,		\
    &msg_standing_shape)						\
	/* APPROVE, and so what is the same, or like it, for a while; a	\
	   ROW: its id */						\
X(STANDING_LIST, 0x0115, R_CLI, R_SUP, MS_IDLE, 0, 0, 0, 0, NULL)	\
	/* of one's own account, or all for approvers */		\
X(REVOKE,	0x0116, R_CLI, R_SUP, MS_IDLE, 12, 2060, 0, 0,		\
    &msg_revoke_shape)	/* ends one of them */				\
X(LAPSED,	0x0117, R_CLI, R_SUP, MS_IDLE, 0, 0, 0, 0, NULL)	\
	/* as APPROVALS, of those that were denied, or not approved in	\
	   time, and that APPROVE still takes */			\
X(STOP,		0x0118, R_CLI, R_SUP, MS_IDLE, 13, 653, 0, 0,		\
    &msg_estop_shape)							\
	/* an emergency stop: a ROW when it holds, END when it is recorded */ \
X(RESUME,	0x0119, R_CLI, R_SUP, MS_IDLE, 13, 653, 0, 0,		\
    &msg_estop_shape)	/* ends one of exactly that scope */		\
X(BREAKER,	0x011a, R_CLI, R_SUP, MS_IDLE, 13, 653, 0, 0,		\
    &msg_estop_shape)	/* resets circuit breakers; a ROW: how many */	\
X(CONFIRM_OWN,	0x011b, R_CLI, R_SUP, MS_IDLE, 40, 40, 0, 0,		\
    &msg_approve_shape)							\
	/* as APPROVE, by the account that asked, where WAITING had	\
	   "confirm" */							\
X(RULES,	0x011c, R_CLI, R_SUP, MS_IDLE, 4, 4, 0, 0,		\
    &msg_account_shape)	/* what an account may ask for */		\
X(TRY,		0x011d, R_CLI, R_SUP, MS_IDLE, 8, MSG_REQ_MAX, 0, 0,	\
    &msg_try_shape)							\
	/* the verdict on each line, by the rules of a skill; of no	\
	   lines: those of its tests; of no skill: those that there are	\
	   for the caller */						\
X(RELOAD,	0x0120, R_CLI, R_SUP, MS_IDLE, 1, MSG_REQ_MAX, 0, 0,	\
    &msg_part_shape)							\
	/* from root, a part of what clawbotd -R prints (none: a ROW	\
	   tells the file): END when there is room for the next; behind	\
	   the last a ROW of keys that differ, and END: it is in force */ \
X(CLAIMS,	0x0125, R_CLI, R_SUP, MS_IDLE, 12, 396, 0, 0,		\
    &msg_claims_shape)							\
	/* what a client says of itself, for what it asks for next */	\
X(PRUNE,	0x0121, R_CLI, R_SUP, MS_IDLE, 21, 21 + MSG_TEXT_MAX, 0, 0, \
    &msg_prune_shape)							\
	/* removes closed segments of the log, up to a record if one is	\
	   named: a ROW for each, END */				\
X(SECRET_UNLOCK, 0x0130, R_CLI, R_SUP, MS_IDLE, 0, 0, 0, 0, NULL)	\
	/* PIPE comes back, keys go in there, see keyin.h */		\
X(SECRET_LOCK,	0x0131, R_CLI, R_SUP, MS_IDLE, 0, 0, 0, 0, NULL)	\
X(SLOT_LIST,	0x0132, R_CLI, R_SUP, MS_IDLE, 0, 0, 0, 0, NULL)	\
X(SLOT_ADD,	0x0133, R_CLI, R_SUP, MS_IDLE, 5, 260, 0, 0,		\
    &msg_slot_add_shape)						\
	/* PIPE: a key that opens one, and that of the new one */	\
X(SLOT_RM,	0x0134, R_CLI, R_SUP, MS_IDLE, 33, 33, 0, 0,		\
    &msg_slot_shape)							\
	/* with the digest that ROWs of SLOT_LIST had, so that no slot	\
	   goes that nobody has seen */					\
X(REKEY,	0x0135, R_CLI, R_SUP, MS_IDLE, 36, 36, 0, 0,		\
    &msg_rekey_shape)							\
	/* PIPE: a key for each slot that is to be there afterwards;	\
	   the digest as in SLOT_RM */					\
X(REVEAL,	0x0136, R_CLI, R_SUP, MS_IDLE, 9, 2184, 0, 0,		\
    &msg_reveal_shape)							\
	/* a name and why; PIPE for a passphrase, and when it is	\
	   recorded PIPE, read end, with the value */			\
X(SECRET_ROTATE, 0x0138, R_CLI, R_SUP, MS_IDLE, 17, 144, 0, 0,		\
    &msg_rotate_shape)							\
	/* PIPE comes back, the new value goes in there */		\
X(SECRET_HISTORY, 0x0139, R_CLI, R_SUP, MS_IDLE, 5, 132, 0, 0,		\
    &msg_secret_name_shape)	/* a ROW for each of its versions */	\
X(SECRET_IMPORT, 0x013a, R_CLI, R_SUP, MS_IDLE, 0, 0, 0, 0, NULL)	\
	/* PIPE comes back, many values go in there as for V_IMPORT */	\
X(SECRET_RECOVER, 0x013b, R_CLI, R_SUP, MS_IDLE, 4, 516, 0, 0,		\
    &msg_recover_shape)							\
	/* the vault is not the file that the log remembers: go on with it */ \
X(SECRET_IDENTIFY, 0x013c, R_CLI, R_SUP, MS_IDLE, 0, 0, 0, 0, NULL)	\
	/* PIPE comes back, a text goes in there: a ROW for each secret	\
	   that is in it */						\
X(SECRET_MAY_ROTATE, 0x0140, R_CLI, R_SUP, MS_IDLE, 17, 144, 0, 0,	\
    &msg_rotate_shape)							\
	/* could SECRET_ROTATE be done now, with any value?  A ROW: the	\
	   version that is in force; END */				\
X(SECRET_EXPORT, 0x012c, R_CLI, R_SUP, MS_IDLE, 1, 1, 0, 0,		\
    &msg_export_shape)							\
	/* PIPE: a key that opens a slot, and that of the file; when it	\
	   is recorded PIPE, read end, with the file */			\
X(SECRET_BRING,	0x012d, R_CLI, R_SUP, MS_IDLE, 33, 33, 0, 0,		\
    &msg_bring_shape)							\
	/* PIPE: the key of a file of SECRET_EXPORT; a second one: the	\
	   file.  ROWs, and nothing is stored: of secrets that are	\
	   there with other values, "seen" is of all of them */		\
/* Answers to clients */						\
X(WELCOME,	0x0201, R_SUP, R_CLI, MS_HELLO, 0, 4096, 0, 0,		\
    &msg_fields_shape)	/* version, channel, access, admin */		\
X(ACCEPTED,	0x0202, R_SUP, R_CLI, MS_BUSY, 8, 8, 0, 0,		\
    &msg_runid_shape)	/* RUN was taken; or WAIT, and it goes on */	\
X(WAITING,	0x0203, R_SUP, R_CLI, MS_BUSY, 0, MSG_ROW_MAX, 0, 0,	\
    &msg_fields_shape)	/* waits for an approval; rule, expires */	\
X(STARTED,	0x0204, R_SUP, R_CLI, MS_BUSY, 0, MSG_STARTED_MAX, 0, 3,\
    &msg_fields_shape)							\
	/* standard input (w), output (r), error (r); no error where	\
	   RUNREQ_JOIN has it go to output, none of them for a run that	\
	   is detached */						\
X(RESULT,	0x0205, R_SUP, R_CLI, MS_BUSY, 0, MSG_ROW_MAX, 0, 0,	\
    &msg_fields_shape)	/* the outcome; ends RUN */			\
X(ROW,		0x0206, R_SUP, R_CLI, MS_BUSY, 0, MSG_ROW_MAX, 0, 0,	\
    &msg_fields_shape)							\
X(PIPE,		0x0207, R_SUP, R_CLI, MS_BUSY, 0, 0, 1, 1, NULL)	\
	/* write end for SECRET_SET and keys, read end for AUDIT */	\
X(END,		0x0208, R_SUP, R_CLI, MS_HELLO | MS_BUSY, 6, 8198, 0, 0,\
    &msg_reason_shape)							\
	/* ends any request but RUN, and that too when the run is	\
	   detached and goes on by itself */				\
X(STREAMS,	0x0209, R_SUP, R_CLI, MS_BUSY, 0, 0, 2, 2, NULL)	\
	/* for LOGS; standard output (r), error (r) */			\
X(DELAY,	0x020a, R_SUP, R_CLI, MS_BUSY, 0, 256, 0, 0,		\
    &msg_fields_shape)							\
	/* role, for which the request has to wait; seconds that it has	\
	   not answered for, 0: it does again */			\
/* Executor */								\
X(X_CONFIG,	0x1001, R_SUP, R_EXEC, MS_BOOT, 32, MSG_CONFIG_MAX, 0,	\
    0,									\
    &xconf_shape)							\
X(X_MAPME,	0x1002, R_EXEC, R_SUP, MS_BOOT, 0, 0, 0, 0, NULL)	\
	/* my user namespace waits for its maps */			\
X(X_MAPPED,	0x1003, R_SUP, R_EXEC, MS_BOOT, 0, 0, 0, 0, NULL)	\
	/* they are written */						\
X(X_EXAMINING,	0x1004, R_EXEC, R_SUP, MS_BOOT, 8, 8, 0, 0,		\
    &msg_examining_shape)	/* it goes on */			\
X(X_CGROUP,	0x1005, R_SUP, R_EXEC, MS_BOOT, 0, 0, 0, 1, NULL)	\
	/* the directory of a cgroup, if there is one; X_CONFIG follows */ \
X(X_RESOLVE,	0x1010, R_SUP, R_EXEC, MS_UP, 20, MSG_PLAN_MAX, 0, 0,	\
    &resolve_shape)							\
X(X_PLAN,	0x1011, R_EXEC, R_SUP, MS_LIVE, 64, MSG_INTENT_MAX, 0,	\
    0,									\
    &resolved_shape)							\
X(X_UNRESOLVED,	0x1012, R_EXEC, R_SUP, MS_LIVE, 6, MSG_INTENT_MAX, 0, 0,\
    &msg_unresolved_shape)						\
X(X_BUILD,	0x1013, R_SUP, R_EXEC, MS_UP, 0, 0, 0, MSG_MAXFDS, NULL)\
	/* stdin (r), stdout (w), stderr (w) unless the run is detached,\
	   then the read end of a pipe for each secret in the order of	\
	   the plan, then, where its skill has a channel, a socket that	\
	   is to listen inside of the run, then, where output is stored, \
	   the write end of a pipe for that */				\
X(X_GO,		0x1014, R_SUP, R_EXEC, MS_UP, MSG_TICKET, MSG_TICKET, 0,\
    0,									\
    &msg_ticket_shape)							\
X(X_DROP,	0x1015, R_SUP, R_EXEC, MS_LIVE, 0, 0, 0, 0, NULL)	\
	/* forget a plan or sandbox that did not start */		\
X(X_KILL,	0x1016, R_SUP, R_EXEC, MS_LIVE, 2, 2, 0, 0,		\
    &msg_kill_shape)	/* the outcome to report */			\
X(X_STARTED,	0x1017, R_EXEC, R_SUP, MS_LIVE, 0, 0, 0, 0, NULL)	\
	/* the command was executed */					\
X(X_RESULT,	0x1018, R_EXEC, R_SUP, MS_LIVE, 171, 24000,	\
    0, 0,								\
    &runresult_shape)	/* the id is free afterwards */			\
X(X_WINSIZE,	0x1019, R_SUP, R_EXEC, MS_LIVE, 4, 4, 0, 0,		\
    &msg_window_shape)	/* of the run's terminal */			\
X(X_LOGS,	0x101a, R_SUP, R_EXEC, MS_UP, 9, 9, 2, 2,		\
    &msg_logs_shape)							\
	/* 1 to go on until it ends; two pipes, write ends, for what it	\
	   has printed */						\
X(X_LOGGED,	0x101b, R_EXEC, R_SUP, MS_LIVE, 6, 4102, 0, 0,		\
    &msg_reason_shape)	/* all of it is in the pipes */			\
X(X_FORGET,	0x101c, R_SUP, R_EXEC, MS_LIVE, 0, 0, 0, 0, NULL)	\
	/* forget the output of the detached run of this id, or end the	\
	   X_LOGS of this id */						\
X(X_DOCTOR,	0x101d, R_SUP, R_EXEC, MS_UP, 0, 0, 0, 0, NULL)		\
	/* examine every skill; X_FOUNDs, then X_EXAMINED */		\
X(X_FOUND,	0x101e, R_EXEC, R_SUP, MS_LIVE, 0, MSG_FOUND_MAX, 0, 0,	\
    &msg_fields_shape)							\
	/* skill and verdict; of a layer: layer, held, of; of an	\
	   attempt: layer, attempt, errno, means; or reason */		\
X(X_EXAMINED,	0x101f, R_EXEC, R_SUP, MS_LIVE, 12, 12 + MSG_READY_MAX,	\
    0, 0,								\
    &msg_examined_shape)						\
	/* attempts, those of them that are open, and the fields of	\
	   READY anew */						\
X(X_EXECS,	0x1020, R_EXEC, R_SUP, MS_LIVE, 147, MSG_EXECS_MAX, 0, 0,\
    &exec_rows_shape)							\
	/* programs that its run has started, or was refused; answer	\
	   X_EXECED, before X_RESULT */					\
X(X_EXECED,	0x1021, R_SUP, R_EXEC, MS_LIVE, 4, 4, 0, 0,		\
    &exec_done_shape)	/* so many of the run are on disk */		\
X(X_ASK,	0x1022, R_EXEC, R_SUP, MS_LIVE, 179, MSG_EXECS_MAX, 0, 0,\
    &exec_ask_shape)							\
	/* one that is held; answered by X_ANSWER, or X_ASKED takes it	\
	   back */							\
X(X_ANSWER,	0x1023, R_SUP, R_EXEC, MS_LIVE, 9 + MSG_TICKET,		\
    521 + MSG_TICKET, 0, 0,						\
    &exec_answer_shape)							\
X(X_ASKED,	0x1024, R_EXEC, R_SUP, MS_LIVE, 4, 4, 0, 0,		\
    &exec_asked_shape)							\
X(X_FILES,	0x1025, R_EXEC, R_SUP, MS_LIVE, 21, MSG_EXECS_MAX, 0, 0,\
    &file_rows_shape)							\
	/* names that its run has changed, before X_RESULT */		\
X(X_CHANGED,	0x104c, R_EXEC, R_SUP, MS_LIVE, 21, MSG_EXECS_MAX, 0, 0,\
    &file_rows_shape)							\
	/* the first FILES_TOLD of them, each before its X_FILES, as who \
	   has asked for the run is told of them, and not as the log */	\
X(X_PRINTS,	0x1026, R_SUP, R_EXEC, MS_UP, 4,			\
    MSG_PRINTS_BYTES, 0, 0,						\
    &msg_prints_shape)	/* from here on, what is hidden in the log */	\
X(X_RELOAD,	0x1030, R_SUP, R_EXEC, MS_UP, 4, MSG_CONFIG_MAX, 0, 0,	\
    &msg_xreload_shape)							\
	/* from here on runs of these skills have these rules and limits */ \
X(X_RELOADED,	0x1031, R_EXEC, R_SUP, MS_LIVE, 0, 0, 0, 0, NULL)	\
	/* their spawners have them */					\
X(X_HIDE,	0x1048, R_SUP, R_EXEC, MS_LIVE, 6, 6 + 2 * MSG_TEXT_MAX, \
    0, 0, &msg_reason_shape)	/* a text that is to be recorded */	\
X(X_HIDDEN,	0x1049, R_EXEC, R_SUP, MS_LIVE, 6, 6 + 2 * MSG_TEXT_MAX, \
    0, 0, &msg_reason_shape)						\
	/* with marks for what the vault has and logging.redact matches */ \
/* Auditor */								\
X(A_CONFIG,	0x2001, R_SUP, R_AUD, MS_BOOT, 64, MSG_CONFIG_MAX, 0, 0,\
    &msg_aconf_shape)							\
X(A_INTENT,	0x2010, R_SUP, R_AUD, MS_UP, 64, MSG_INTENT_MAX, 0, 0,	\
    &intent_shape)	/* answered by A_TICKET or A_REFUSED */		\
X(A_RECORD,	0x2011, R_SUP, R_AUD, MS_LIVE, 6, MSG_INTENT_MAX, 0, 0,	\
    &msg_record_shape)							\
	/* RECORD_*, flags, fields; answer: A_DONE, A_REFUSED */	\
X(A_CLOSE,	0x2012, R_SUP, R_AUD, MS_LIVE, 10, MSG_ROW_MAX, 0, 0,	\
    &msg_close_shape)							\
	/* CLOSE_*, fields: ends the run's intent, behind what else it	\
	   has to tell, with which it is written or not; A_DONE, and	\
	   A_REFUSED where there is such */				\
X(A_COMMIT,	0x2013, R_SUP, R_AUD, MS_UP, 38, MSG_ROW_MAX, 0, 0,	\
    &msg_commit_shape)							\
	/* digest of the new vault file, fields: a secret record with a	\
	   ticket for the vault; A_TICKET, A_REFUSED */			\
X(A_TICKET,	0x2014, R_AUD, R_SUP, MS_LIVE, 8 + MSG_TICKET,		\
    8 + 33 * MSG_TICKET, 0, 0,						\
    &msg_tickets_shape)							\
	/* the record, its ticket, then one for each secret */		\
X(A_REFUSED,	0x2015, R_AUD, R_SUP, MS_LIVE, 6, 4102, 0, 0,		\
    &msg_refused_shape)	/* nothing was written */			\
X(A_DONE,	0x2016, R_AUD, R_SUP, MS_LIVE, 8, 8, 0, 0,		\
    &msg_done_shape)	/* the record is durable */			\
X(A_EXECS,	0x2017, R_SUP, R_AUD, MS_LIVE, 147, MSG_EXECS_MAX, 0, 0,\
    &exec_rows_shape)							\
	/* of a run whose intent is written: a record each, all of them	\
	   or none; A_DONE, A_REFUSED */				\
X(A_CONSENT,	0x2018, R_SUP, R_AUD, MS_UP, 12, MSG_INTENT_MAX, 0, 0,	\
    &exec_consent_shape)						\
	/* an approval with a ticket for the answer; A_TICKET, A_REFUSED */ \
X(A_FILES,	0x2019, R_SUP, R_AUD, MS_LIVE, 21, MSG_EXECS_MAX, 0, 0,\
    &file_rows_shape)	/* likewise; A_DONE, A_REFUSED */		\
X(A_RELOAD,	0x2030, R_SUP, R_AUD, MS_UP, 12, MSG_CONFIG_MAX, 0, 0,	\
    &msg_areload_shape)							\
	/* a configuration that is to be in force, who wants that,	\
	   and what it comes to for the runs of each skill; A_RELOADED,	\
	   A_REFUSED */							\
X(A_RELOADED,	0x2031, R_AUD, R_SUP, MS_LIVE, 40, 40 + 256 * MSG_TICKET,\
    0, 0, &msg_areloaded_shape)						\
	/* the record, the configuration's digest, and a ticket for each \
	   skill's rules */						\
X(A_ROOM,	0x2044, R_AUD, R_SUP, MS_LIVE, 41, 41, 0, 0,		\
    &msg_room_shape)							\
	/* low in the log's file system, or ample again; by itself */	\
X(A_CHECKED,	0x204a, R_AUD, R_SUP, MS_LIVE, 45, 173, 0, 0, \
    &msg_checked_shape)	/* closed segments that are damaged, the newest \
	   record about one, and when all of the log was read */	\
X(A_STORED,	0x204b, R_AUD, R_SUP, MS_LIVE, 21, 21, 0, 0,		\
    &msg_stored_shape)	/* how much output is, and whose last was not */ \
X(A_FIX,	0x2060, R_AUD, R_SUP, MS_BOOT, 13, 4 + 9 * MSG_FIX_MAX, 0, 0, \
    &msg_fix_shape)	/* which closed segments are to be immutable, and \
	   which not any more, in order */				\
X(A_FIXED,	0x2061, R_SUP, R_AUD, MS_BOOT, 8, 4 + 4 * MSG_FIX_MAX, 0, 0, \
    &msg_fixed_shape)	/* what became of each */			\
X(A_PARTS,	0x2062, R_AUD, R_SUP, MS_LIVE, 24, 24, 0, 0,		\
    &msg_parts_shape)	/* how many are, why others not; by itself */	\
X(A_OUTPUT,	0x2040, R_SUP, R_AUD, MS_UP, 0, 0, 1, 1, NULL)		\
	/* pipe, read end, of what is stored of the output of the run	\
	   of this id; right behind its A_INTENT, and for nothing where	\
	   that is refused; no answer */				\
X(A_PRUNE,	0x2022, R_SUP, R_AUD, MS_UP, 17, MSG_ROW_MAX, 0, 0,	\
    &msg_aprune_shape)							\
	/* closed segments are to be removed: why, and who wants that;	\
	   A_PRUNING for each, A_PRUNED behind the last */		\
X(A_PRUNING,	0x2023, R_AUD, R_SUP, MS_LIVE, 0, MSG_ROW_MAX, 0, 0,	\
    &msg_fields_shape)	/* one is removed, or would be */		\
X(A_PRUNED,	0x2024, R_AUD, R_SUP, MS_LIVE, 6, 4102, 0, 0,		\
    &msg_reason_shape)							\
X(A_QUERY,	0x2020, R_SUP, R_AUD, MS_UP, 21, 21, 1, 1,		\
    &msg_query_shape)							\
	/* with the uid whose runs only (UINT32_MAX: all); pipe, write	\
	   end */							\
X(A_QUERIED,	0x2021, R_AUD, R_SUP, MS_LIVE, 14, 4150, 0, 0,		\
    &msg_queried_shape)							\
	/* with the digest of the last line (QUERY_VERIFY) */		\
/* Vault */								\
X(V_CONFIG,	0x3001, R_SUP, R_VAULT, MS_BOOT, 117, 37200, 0, MSG_WAYS_MAX, \
    &msg_vconf_shape)	/* a file (r) for each way */			\
X(V_RELEASE,	0x3010, R_SUP, R_VAULT, MS_UP, MSG_TICKET + 21,		\
    MSG_TICKET + 148, 1, 1,						\
    &msg_release_shape)							\
	/* in that version, if it is in force; pipe, write end, for the \
	   value and what is to be hidden besides, the versions before it that \
	   are kept: for each its length, u32, and its bytes, then a length of \
	   0; answer: V_DONE */						\
X(V_LIST,	0x3011, R_SUP, R_VAULT, MS_UP, 0, 0, 0, 0, NULL)	\
	/* answered by V_NAMES, or V_DONE with an error */		\
X(V_NAMES,	0x3012, R_VAULT, R_SUP, MS_LIVE, 4, MSG_ROW_MAX, 0, 0,	\
    &msg_names_shape)							\
X(V_SET,	0x3013, R_SUP, R_VAULT, MS_UP, 5, 132, 1, 1,		\
    &msg_secret_name_shape)						\
	/* pipe, read end; answer: V_PREPARED or V_DONE */		\
X(V_RM,		0x3014, R_SUP, R_VAULT, MS_UP, 5, 132, 0, 0,		\
    &msg_secret_name_shape)						\
	/* answer: V_PREPARED or V_DONE with an error */		\
X(V_PREPARED,	0x3015, R_VAULT, R_SUP, MS_LIVE, 84, MSG_ROW_MAX, 0, 0,	\
    &msg_prepared_shape)	/* written beside, not in force */	\
X(V_COMMIT,	0x3016, R_SUP, R_VAULT, MS_UP, MSG_TICKET, MSG_TICKET,	\
    0, 0,								\
    &msg_ticket_shape)	/* answer: V_DONE */				\
X(V_ABORT,	0x3017, R_SUP, R_VAULT, MS_LIVE, 0, 0, 0, 0, NULL)	\
	/* forget what was prepared */					\
X(V_DONE,	0x3018, R_VAULT, R_SUP, MS_LIVE, 6, 4102, 0, 0,		\
    &msg_reason_shape)							\
X(V_PRINTS,	0x3019, R_VAULT, R_SUP, MS_BOOT | MS_LIVE, 4,		\
    MSG_PRINTS_BYTES, 0, 0,						\
    &msg_prints_shape)							\
	/* of all secrets: before READY, if there are any, and before	\
	   V_DONE of what has changed them; goes on as X_PRINTS */	\
X(V_VERSIONS,	0x3035, R_VAULT, R_SUP, MS_BOOT | MS_LIVE, 4,		\
    MSG_VERSIONS_BYTES, 0, 0,						\
    &msg_versions_shape)						\
	/* of all secrets, behind each V_PRINTS: what intents name */	\
X(V_UNLOCK,	0x3020, R_SUP, R_VAULT, MS_UP, 0, 0, 1, 1, NULL)	\
	/* pipe, read end, of keys; answer: V_DONE */			\
X(V_LOCK,	0x3021, R_SUP, R_VAULT, MS_UP, 0, 0, 0, 0, NULL)	\
	/* answer: V_DONE */						\
X(V_SLOTS,	0x3022, R_SUP, R_VAULT, MS_UP, 0, 0, 0, 0, NULL)	\
	/* answered by V_NAMES */					\
X(V_SLOT_ADD,	0x3023, R_SUP, R_VAULT, MS_UP, 5, 260, 1, 1,		\
    &msg_slot_add_shape)						\
	/* pipe, read end, of keys; answer: V_PREPARED or V_DONE, as of	\
	   the next three */						\
X(V_SLOT_RM,	0x3024, R_SUP, R_VAULT, MS_UP, 33, 33, 0, 0,		\
    &msg_slot_shape)							\
X(V_REKEY,	0x3025, R_SUP, R_VAULT, MS_UP, 36, 36, 1, 1,		\
    &msg_rekey_shape)	/* pipe, read end, of keys */			\
X(V_REVEAL,	0x3026, R_SUP, R_VAULT, MS_UP, 5, 132, 2, 2,		\
    &msg_secret_name_shape)						\
	/* pipe, read end, of keys; pipe, write end, for the value,	\
	   once V_COMMIT comes with a ticket for its name */		\
X(V_STATE,	0x3027, R_VAULT, R_SUP, MS_LIVE, 0, MSG_FRAME_PAYLOAD,	\
    0, 0,								\
    &msg_fields_shape)							\
	/* the fields of READY anew: it was locked, opened, changed */	\
X(V_ROTATE,	0x3028, R_SUP, R_VAULT, MS_UP, 17, 144, 1, 1,		\
    &msg_rotate_shape)	/* as V_SET, of one that there is */		\
X(V_MAY_ROTATE,	0x3034, R_SUP, R_VAULT, MS_UP, 17, 144, 0, 0,		\
    &msg_rotate_shape)							\
	/* all of V_ROTATE but the value and what changes: V_DONE */	\
X(V_HISTORY,	0x3029, R_SUP, R_VAULT, MS_UP, 5, 132, 0, 0,		\
    &msg_secret_name_shape)	/* answered as V_LIST, of its versions */ \
X(V_EXPIRE,	0x302a, R_SUP, R_VAULT, MS_UP, 5, 132, 0, 0,		\
    &msg_secret_name_shape)						\
	/* removes earlier versions of which the time is over: as V_RM */ \
X(V_DUE,	0x302b, R_VAULT, R_SUP, MS_LIVE, 5, 132, 0, 0,		\
    &msg_secret_name_shape)						\
	/* there is such a version: V_EXPIRE comes, unless another	\
	   change is under way */					\
X(V_IMPORT,	0x302c, R_SUP, R_VAULT, MS_UP, 0, 0, 1, 1, NULL)	\
	/* as V_SET, of many: in the pipe each name and its value, both	\
	   behind their lengths (u32), and a length of 0 behind the last */ \
X(V_RECOVER,	0x302d, R_SUP, R_VAULT, MS_UP, 0, 0, 0, 0, NULL)	\
	/* makes a successor of what is there, that the log is to	\
	   remember: as V_RM */						\
X(V_IDENTIFY,	0x302e, R_SUP, R_VAULT, MS_UP, 0, 0, 1, 1, NULL)	\
	/* pipe, read end, with a text; answered as V_LIST, of what is	\
	   in it */							\
X(V_EXPORT,	0x302f, R_SUP, R_VAULT, MS_UP, 1, 1, 2, 2,		\
    &msg_export_shape)							\
	/* pipe, read end, of keys; pipe, write end, for the file, once	\
	   V_COMMIT comes with a ticket for its digest */		\
X(V_BRING,	0x3030, R_SUP, R_VAULT, MS_UP, 33, 33, 2, 2,		\
    &msg_bring_shape)							\
	/* pipe, read end, of a key; pipe, read end, of the file: as	\
	   V_SET, or V_NAMES of what is there with other values, each	\
	   with "seen", which is of all of them */			\
/* Notifier */								\
X(N_CONFIG,	0x4001, R_SUP, R_NOTE, MS_BOOT, 5, 4100, 0, 0,		\
    &msg_nconf_shape)	/* the program */				\
X(N_NOTICE,	0x4010, R_SUP, R_NOTE, MS_UP, 33, 1057, 0, 0,		\
    &msg_notice_shape)							\
	/* what has begun to wait for an approver, by its id, or how	\
	   much room there is: one at a time, answered by N_DONE */	\
X(N_DONE,	0x4011, R_NOTE, R_SUP, MS_LIVE, 5, 5, 0, 0,		\
    &msg_noticed_shape)	/* how the program ended */			\
/* Forwarder */								\
X(F_CONFIG,	0x2032, R_SUP, R_FWD, MS_BOOT, 5, 260, 1, 1,		\
    &msg_fconf_shape)	/* where to; the file of the place, see place.h */ \
X(F_WANT,	0x2033, R_FWD, R_SUP, MS_LIVE, 8, 8, 0, 0,		\
    &msg_from_shape)	/* the log's lines, from a record on */		\
X(F_SOURCE,	0x2034, R_SUP, R_FWD, MS_UP, 8, 8, 1, 1,		\
    &msg_from_shape)							\
	/* pipe, read end, with lines from that record on or before it;	\
	   the first one comes by itself, others answer F_WANT */	\
X(F_STATE,	0x2035, R_FWD, R_SUP, MS_LIVE, 29, 285, 0, 0,		\
    &msg_forward_shape)	/* how far it is */				\
X(F_GAP,	0x2036, R_FWD, R_SUP, MS_LIVE, 16, 16, 0, 0,		\
    &msg_gap_shape)							\
	/* records that were gone before they were forwarded */

enum msg_type {
#define X(n, v, f, t, s, mi, ma, fi, fa, sh)	MSG_##n = (v),
	MSG_TABLE(X)
#undef X
	MSG_NONE = 0
};

struct shape;

struct msg_row {
	uint16_t	 type;
	const char	*name;
	unsigned	 from;		/* ROLE_BITs */
	unsigned	 to;
	unsigned	 states;	/* MS_* */
	size_t		 min;
	size_t		 max;
	unsigned	 minfds;
	unsigned	 maxfds;
	const struct shape *shape;	/* of the payload; NULL: none */
};

/* The row of a type, or NULL. */
const struct msg_row	*msg_row(unsigned type);
/* Row i, or NULL past the end; for tests and PROTOCOL. */
const struct msg_row	*msg_row_at(size_t i);
/* "X_PLAN", or "unknown" */
const char		*msg_name(unsigned type);

/* Values that payloads name. */
enum { QUERY_TAIL = 1, QUERY_SHOW = 2, QUERY_VERIFY = 3, QUERY_FOLLOW = 4,
	QUERY_OUTPUT = 5, QUERY_COPIES = 6,
	/* files as they are, for an archive */
	QUERY_PART = 7, QUERY_PRUNED = 8, QUERY_SEALS = 9, QUERY_NAMES = 10,
	QUERY_STORED = 11, QUERY_PACKED = 12,
	QUERY_FORWARD = 13 /* nobody's but the supervisor's own */ };
enum { CIPHER_AES256 = 1, CIPHER_XCHACHA = 2 };
enum { UNLOCK_KEYFILE = 1, UNLOCK_CREDENTIAL = 2 };
enum { CLOSE_RESULT = 1, CLOSE_ABORT = 2, CLOSE_LOST = 3 };
enum { BATCH_EXECS = 1, BATCH_FILES = 2 };

#endif
