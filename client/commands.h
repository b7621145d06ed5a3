/* SPDX-License-Identifier: ISC */
/*
 * THE table of commands.  A command has one row here; from it come its name,
 * its options, what --help prints, and the declaration of the function that
 * carries it out.  clawbot(1) tells the same; a test compares them.
 */
#ifndef CLIENT_COMMANDS_H
#define CLIENT_COMMANDS_H

/*
 * COMMAND(function, "name", "synopsis behind the options", "one line",
 *     paragraphs for --help or NULL, 1 if options end at the first operand,
 *     options)
 * OPT(letter or OPT_*, "long form", what it takes or NULL, what it is for)
 *
 * An option with NULL for what it is for is of a later version.  All commands
 * have --json and --help besides.
 */
#define COMMANDS_TABLE(COMMAND, OPT)					\
COMMAND(cmd_help, "help", "[COMMAND]", "tell about a command",		\
    "On a terminal that is its page of the manual, if it has one.\n",	\
    0, )								\
COMMAND(cmd_completion, "completion", "SHELL",				\
    "print what completes command lines in a shell",			\
    "SHELL is bash, zsh or fish.  Packages and make install put the "	\
    "same where the shell\nfinds it by itself.\n", 0, )		\
COMMAND(cmd_init_conf, "init", "",					\
    "write a first configuration, from questions or a profile",		\
    "Asks on a terminal; with --profile nothing is asked.  A file "	\
    "that is there stays as it\nis.  What was written is what "		\
    "clawbotd -n takes, and in the end you are told what\n"		\
    "comes next.\n", 0,							\
    OPT('f', "file", "FILE", "write this file (" CB_SYSCONFDIR		\
	"/clawbot.conf)")						\
    OPT('u', "user", "USER", "the account that your agents run as (agent)") \
    OPT(OPT_PROFILE, "profile", "NAME", "developer, operator, reader or " \
	"none, and no questions"))					\
COMMAND(cmd_run, "run", "-- CMD [ARG ...]",				\
    "run a command, confined and recorded",				\
    "Standard input, output and error are the command's.  The exit "	\
    "status is its own,\n128+N if signal N ended it; if it did not "	\
    "run: 64 usage, 69 no daemon, 75 try\nagain, 77 refused, "		\
    "125 clawbot failed, 126 cannot execute, 127 not found; 124\n"	\
    "timed out.  Ctrl-C stops the command, a second one leaves.\n"	\
    "On a terminal (-t) every key is the command's: Enter ~ . stops "	\
    "it, ~ ~ types a ~.\n", 1,						\
    OPT('s', "skill", "SKILL", "the skill to run under; its grants and " \
	"limits hold")							\
    OPT('C', "directory", "DIR", "working directory of the command")	\
    OPT('e', "env", "NAME=VALUE", "variable for the command; may be given " \
	"again")							\
    OPT('r', "reason", "WHY", "why you run it, for approvers and the log") \
    OPT('t', "tty", NULL, "give it a terminal in place of pipes")	\
    OPT('n', "no-input", NULL, "standard input is empty, and ours is "	\
	"left alone")							\
    OPT('d', "detach", NULL, "print its id and leave; it goes on")	\
    OPT(OPT_CLAIM, "claim", "NAME=VALUE", "session, model or client, "	\
	"as the agent says; recorded, and no more")			\
    OPT(OPT_NO_WAIT, "no-wait", NULL, "be refused rather than wait for an " \
	"approval")							\
    OPT(OPT_WAIT, "wait", "S[m|h]", "wait for an approver no longer "	\
	"than that, and come back later")				\
    OPT(OPT_TIMEOUT, "timeout", "S[m|h]", "end the command after so many " \
	"seconds, minutes, hours")					\
    OPT(OPT_SHELL, "shell", "LINE", "run a shell line, by /bin/sh -c, "	\
	"in place of CMD"))						\
COMMAND(cmd_mcp, "mcp", "",						\
    "serve an agent by the Model Context Protocol",			\
    "On standard input and output, for its client.  Every command "	\
    "that is asked for is a run\nlike any other.  It ends with its "	\
    "input, by SIGINT or by SIGTERM, and with it all\nthat it has "	\
    "started.  See clawbot-mcp(1).\n", 0,				\
    OPT('c', "channel", "CHANNEL", "the channel to ask on")		\
    OPT('s', "skill", "SKILL", "the skill that commands run under")	\
    OPT(OPT_PROMPT, "permission-prompt", NULL,				\
	"serve permission_prompt, too, for tools of the agent")		\
    OPT(OPT_ELICIT, "elicit", NULL,					\
	"ask the client's user about what the account may confirm"))	\
COMMAND(cmd_hook, "hook", "AGENT",					\
    "answer an agent that asks before it uses a tool of its own",	\
    "A PreToolUse hook: what is asked stands on standard input, and "	\
    "the answer, in the\nagent's own words, on standard output.  AGENT is " \
    "claude, codex, gemini, qwen,\ncopilot, opencode, openclaw or "	\
    "generic.  What is not understood is refused.\nSee "		\
    "clawbot-hook(1).\n", 0,						\
    OPT('c', "channel", "CHANNEL", "the channel to ask on")		\
    OPT('s', "skill", "SKILL", "the skill that is asked about")		\
    OPT('p', "pass", "TOOL", "say nothing about this tool; may be given " \
	"again")							\
    OPT(OPT_ASK, "ask", NULL, "leave what waits for an approver to whoever " \
	"sits at the agent")						\
    OPT(OPT_WAIT, "wait", "S[m|h]", "wait for an approver so long (50s)")) \
COMMAND(cmd_connect, "connect", "AGENT",				\
    "set an agent up to use clawbot, or show how",			\
    "AGENT is claude, codex, openclaw, opencode, gemini, copilot, "	\
    "qwen or generic.  What\nwould change in its settings is shown, "	\
    "and nothing is written without --write.\nSee "			\
    "clawbot-connect(1).\n", 0,						\
    OPT('c', "channel", "CHANNEL", "the channel that it is to ask on")	\
    OPT('s', "skill", "SKILL", "the skill that it is to ask for")	\
    OPT(OPT_WRITE, "write", NULL, "write it")				\
    OPT(OPT_REMOVE, "remove", NULL, "take out what was written")	\
    OPT(OPT_CHECK, "check", NULL, "try what is there, and name the holes")) \
COMMAND(cmd_agent, "agent", "AGENT [-- ARG ...]",			\
    "run a whole agent: claude, codex, opencode, gemini or qwen",	\
    "One run, on your terminal if you are at one.  The skill says "	\
    "what it may do; the\nprofile \"agent\" is made for that.  What "	\
    "an agent starts in turn is judged as ever.\n"			\
    "See clawbot-agent(1).\n", 0,					\
    OPT('s', "skill", "SKILL", "the skill to run under (agent)")	\
    OPT('C', "directory", "DIR", "the project to work in")		\
    OPT('r', "reason", "WHY", "why you run it, for approvers and the log") \
    OPT(OPT_TIMEOUT, "timeout", "S[m|h]", "end it after so many "	\
	"seconds, minutes, hours"))					\
COMMAND(cmd_status, "status", "",					\
    "show what waits, what runs, and what is refused now",		\
    "Exit status: 0 if nothing is refused that would run otherwise, "	\
    "1 if something is,\n69 without a daemon.\n", 0,			\
    OPT(OPT_ALL, "all", NULL, "all that the daemon tells: layers, roles, " \
	"quotas, channels, skills"))					\
COMMAND(cmd_ps, "ps", "", "list running and waiting runs", NULL, 0, )	\
COMMAND(cmd_top, "top", "", "show runs by what they use, anew all the time", \
    "On a terminal Up and Down choose one, k ends it, P, M and T sort "	\
    "by processor,\nmemory and time, q leaves.  Elsewhere it prints "	\
    "once.\n", 0,							\
    OPT('d', "delay", "S[m|h]", "from one look to the next (2s)")	\
    OPT('n', "times", "N", "print N times, in place of a view"))	\
COMMAND(cmd_kill, "kill", "[RUN ...]", "end runs",			\
    "One's own, or any for approvers.  The beginning of an id is enough " \
    "where no other\nrun's id begins so.\n", 0,			\
    OPT(OPT_ALL, "all", NULL, "all runs that one may end")		\
    OPT('u', "user", "USER", "all that this account asked for")		\
    OPT('s', "skill", "SKILL", "all of this skill")			\
    OPT('c', "channel", "CHANNEL", "all that came on this channel"))	\
COMMAND(cmd_stop, "stop", "",						\
    "emergency stop: end all runs, and refuse new ones until resume",	\
    "It lasts, over restarts too, until clawbot resume.  With an option " \
    "it is about the\nruns of an account, a skill or a channel alone.  " \
    "For root and approvers.\n", 0,					\
    OPT('u', "user", "USER", "only what this account asked for")	\
    OPT('s', "skill", "SKILL", "only runs of this skill")		\
    OPT('c', "channel", "CHANNEL", "only what came on this channel")	\
    OPT('r', "reason", "WHY", "why, for whoever is refused and the log")) \
COMMAND(cmd_resume, "resume", "", "end an emergency stop",		\
    "With the option that the stop was given with.\n", 0,		\
    OPT('u', "user", "USER", "the stop of this account")		\
    OPT('s', "skill", "SKILL", "the stop of this skill")		\
    OPT('c', "channel", "CHANNEL", "the stop of this channel")		\
    OPT('r', "reason", "WHY", "why, for the log"))			\
COMMAND(cmd_breaker_reset, "breaker reset", "",				\
    "close circuit breakers that have opened",				\
    "All of them, or those of an account, a skill or a channel.  For "	\
    "root and approvers.\n", 0,						\
    OPT('u', "user", "USER", "those of this account")			\
    OPT('s', "skill", "SKILL", "those of this skill")			\
    OPT('c', "channel", "CHANNEL", "those of this channel")		\
    OPT('r', "reason", "WHY", "why, for the log"))			\
COMMAND(cmd_reload, "reload", "",					\
    "put a changed configuration in force, while everything runs",	\
    "The file that the daemon runs by, or another one, is looked at as " \
    "by clawbotd -n.  What\nis wrong, or needs a restart, changes "	\
    "nothing.  Runs go on; what waits is judged anew.\nFor root.\n", 0,	\
    OPT('f', "file", "FILE", "this configuration, from now on"))	\
COMMAND(cmd_logs, "logs", "RUN",					\
    "show what a detached run has printed", NULL, 0,			\
    OPT('f', "follow", NULL, "go on until the run has ended"))		\
COMMAND(cmd_wait, "wait", "RUN", "wait for a run, and end as it ended",	\
    "One that waits for an approver and that nobody waits for is "	\
    "claimed by the account\nthat asked for it: its streams are "	\
    "those of wait from then on.\n", 0,					\
    OPT('n', "no-input", NULL, "standard input of one that is claimed "	\
	"is empty")							\
    OPT(OPT_WAIT, "wait", "S[m|h]", "wait for an approver no longer "	\
	"than that, and come back later"))				\
COMMAND(cmd_approvals, "approvals", "",					\
    "show what waits for an approval", NULL, 0,				\
    OPT('w', "watch", NULL, "go on; on a terminal a view to read and "	\
	"answer in")							\
    OPT(OPT_LAPSED, "lapsed", NULL, "those denied, or not approved in "	\
	"time, that still can be"))					\
COMMAND(cmd_approvals_show, "approvals show", "RUN",			\
    "show all that there is to one of them", NULL, 0,			\
    OPT('f', "file", "N", "its file N, if that is as it was when it "	\
	"was hashed"))							\
COMMAND(cmd_approve, "approve", "RUN", "let a waiting run go, once",	\
    "What will run is shown first, and a long command has to be read "	\
    "to its end.  Without\na terminal nothing is approved but with "	\
    "-y.  --for, --count and --like make it a standing\napproval: the " \
    "same command, or what is like the pattern, then runs "		\
    "unasked, for\nan hour unless --for says otherwise.\n", 0,		\
    OPT('y', "yes", NULL, "print all of it and do not ask")		\
    OPT(OPT_DIGEST, "digest", "DIGEST", "only if it still has this "	\
	"digest")							\
    OPT(OPT_FOR, "for", "S[m|h]", "and again, for so many seconds, "	\
	"minutes, hours")						\
    OPT(OPT_COUNT, "count", "N", "and again, N times with this one")	\
    OPT(OPT_LIKE, "like", "PATTERN", "and again, what this pattern "	\
	"covers"))							\
COMMAND(cmd_deny, "deny", "RUN", "refuse a waiting run", NULL, 0,	\
    OPT('r', "reason", "WHY", "what the caller and the log are told"))	\
COMMAND(cmd_standing, "standing", "", "list standing approvals",	\
    "Those of one's own account, or all for approvers.\n", 0, )		\
COMMAND(cmd_revoke, "revoke", "STANDING", "end a standing approval",	\
    "For root and approvers.\n", 0,					\
    OPT('r', "reason", "WHY", "why, for the log"))			\
COMMAND(cmd_secrets_set, "secrets set", "NAME", "store a secret",	\
    "The value is read from the terminal without echo, twice, or "	\
    "from standard input,\nwhere one newline at its end is removed.  "	\
    "It is never an argument.\n", 0,					\
    OPT(OPT_UNMASKABLE, "unmaskable", NULL, "also one that cannot be "	\
    "hidden well in output"))						\
COMMAND(cmd_secrets_rotate, "secrets rotate",				\
    "NAME [--run -- CMD [ARG ...]]",					\
    "give a secret a new value, and keep the one before for a while",	\
    "The value is read as by secrets set, or is what CMD prints on "	\
    "standard output, a run by\nthe rules of its skill, like any other, " \
    "of which nobody else gets to see that.  Runs\nthat begin from then " \
    "on get the new one; the one before goes on being hidden in the\n"	\
    "log until its time is over.\n", 0,					\
    OPT(OPT_KEEP, "keep", "S[m|h]", "for so many seconds, minutes, "	\
	"hours (24h)")							\
    OPT(OPT_UNMASKABLE, "unmaskable", NULL, "also one that cannot be "	\
	"hidden well in output")					\
    OPT(OPT_RUN, "run", NULL, "the value is what CMD prints; the "	\
	"options that follow are its")					\
    OPT('s', "skill", "SKILL", "the skill to run it under")		\
    OPT('C', "directory", "DIR", "its working directory")		\
    OPT('e', "env", "NAME=VALUE", "variable for it; may be given again") \
    OPT('r', "reason", "WHY", "why, for approvers and the log")		\
    OPT('n', "no-input", NULL, "its standard input is empty")		\
    OPT(OPT_NO_WAIT, "no-wait", NULL, "be refused rather than wait for an " \
	"approval")							\
    OPT(OPT_WAIT, "wait", "S[m|h]", "wait for an approver no longer "	\
	"than that")							\
    OPT(OPT_TIMEOUT, "timeout", "S[m|h]", "end it after so many "	\
	"seconds, minutes, hours")					\
    OPT(OPT_SHELL, "shell", "LINE", "a shell line, by /bin/sh -c, in "	\
	"place of CMD"))						\
COMMAND(cmd_secrets_list, "secrets list", "",				\
    "list names, never values", NULL, 0, )				\
COMMAND(cmd_secrets_history, "secrets history", "NAME",			\
    "show the versions that a secret has had", NULL, 0, )		\
COMMAND(cmd_secrets_export, "secrets export", "FILE",			\
    "write all secrets to a file for another machine",			\
    "FILE is new, and encrypted to a new passphrase or a key file.  "	\
    "What opens the vault\nnow is asked for first.  It is recorded before " \
    "a byte of it is written.\n", 0,					\
    OPT(OPT_TO, "to", "passphrase|keyfile:PATH", "what opens the file")	\
    OPT('k', "key", "FILE", "a key file that opens the vault now"))	\
COMMAND(cmd_secrets_import, "secrets import", "",			\
    "store all secrets of a file, or none",				\
    "It has NAME=VALUE lines, of which what readers do not agree "	\
    "about is refused,\nor secrets export has written it "		\
    "elsewhere.\n", 0,							\
    OPT(OPT_DOTENV, "dotenv", "FILE", "lines; - is standard input")	\
    OPT(OPT_FROM, "from", "FILE", "a file of secrets export")		\
    OPT('k', "key", "FILE", "the key file that it was exported to")	\
    OPT(OPT_REPLACE, "replace", NULL, "what has another value here, too") \
    OPT(OPT_REMOVE, "remove", NULL, "remove the file when all is stored") \
    OPT(OPT_UNMASKABLE, "unmaskable", NULL, "also what cannot be "	\
    "hidden well in output"))						\
COMMAND(cmd_secrets_identify, "secrets identify", "",			\
    "tell which secrets are in a text that was found somewhere",	\
    "The text is read from the terminal without echo, or from standard " \
    "input.  Exit status:\n0 there is one, 1 there is none.\n", 0, )	\
COMMAND(cmd_secrets_recover, "secrets recover", "",			\
    "go on with a vault that is not the one that the log remembers",	\
    "Of an older copy, such as that of a backup, what was stored since " \
    "is gone, and what was\nremoved or rotated since is back.  Where "	\
    "there is none, an empty one is made.\n", 0,			\
    OPT(OPT_ROLLBACK, "accept-rollback", NULL, "that is so, and wanted") \
    OPT('r', "reason", "WHY", "why, for the log"))			\
COMMAND(cmd_secrets_rm, "secrets rm", "NAME", "remove a secret",	\
    NULL, 0, )								\
COMMAND(cmd_secrets_unlock, "secrets unlock", "",			\
    "open the vault",							\
    "A passphrase is read from the terminal without echo, or a line "	\
    "of standard input.\nFor root and approvers, as all that is about "	\
    "the vault's keys.\n", 0,						\
    OPT('k', "key", "FILE", "by this key file"))			\
COMMAND(cmd_secrets_lock, "secrets lock", "",				\
    "have the vault forget its keys, until secrets unlock", NULL, 0, )	\
COMMAND(cmd_secrets_slots, "secrets slots",				\
    "[add TYPE [FILE|LABEL] | rm SLOT]",				\
    "list, add and remove what opens the vault",			\
    "TYPE is passphrase, keyfile or credential.  Whoever adds one "	\
    "first opens the vault by\none that is there: a passphrase is "	\
    "asked for, or read from standard input, a line\nbefore the new "	\
    "one.\n",								\
    0,									\
    OPT('k', "key", "FILE", "a key file that opens it now"))		\
COMMAND(cmd_secrets_rekey, "secrets rekey", "",				\
    "encrypt all secrets by a new key",					\
    "What opens each slot is needed once more.  Files are those that "	\
    "the slots name.\n", 0,						\
    OPT('k', "key", "SLOT=FILE", "another file; may be given again")	\
    OPT(OPT_DROP, "drop", "SLOT", "let go of this slot; may be given "	\
	"again"))							\
COMMAND(cmd_secrets_get, "secrets get", "NAME",				\
    "show a value, on a terminal, for a reason",			\
    "A passphrase of the vault is asked for, and it is recorded "	\
    "before the value comes.\n", 0,					\
    OPT(OPT_REVEAL, "reveal", NULL, "yes, show it")			\
    OPT('r', "reason", "WHY", "why, for the log"))			\
COMMAND(cmd_audit_tail, "audit tail", "", "show the end of the log",	\
    NULL, 0,								\
    OPT('n', "lines", "N", "how many records to begin with (10)")	\
    OPT('f', "follow", NULL, "go on and show records as they are written") \
    OPT('l', "log", NULL, "the lines as the log has them")		\
    OPT('s', "short", NULL, "a line for people, the default"))		\
COMMAND(cmd_audit_search, "audit search", "TERM ...",			\
    "show the records of which all terms are true",			\
    "A term is KEY=PATTERN, KEY!=PATTERN or a word of the text.  KEY "	\
    "is kind, ev, run,\nchannel, skill, account, approver, rule, "	\
    "verdict, outcome, secret, program or\ndigest; since and until "	\
    "take a time: "							\
    "90m, 2h, 7d, 2026-03-01T12:00.\n", 0, )				\
COMMAND(cmd_audit_show, "audit show", "RUN",				\
    "show a run on a page, or every record of it",			\
    "Who asked for what, what was decided and approved, what ran, what "\
    "that executed and\nchanged, and how it ended.  With --json the "	\
    "records.  What it printed is there where\nlogging.output has it "	\
    "stored, for approvers and audit.readers.\n", 0,			\
    OPT('a', "all", NULL, "cut nothing, however long it is")		\
    OPT('l', "lines", NULL, "the records, one a line")			\
    OPT(OPT_OUTPUT, "output", NULL, "what it has printed, as far as "	\
	"that is stored")						\
    OPT(OPT_RAW, "raw", NULL, "the same, not made harmless on a "	\
	"terminal")							\
    OPT(OPT_TIMING, "timing", NULL, "the same with its times, as "	\
	"asciicast")							\
    OPT(OPT_REPLAY, "replay", NULL, "the same once more, on this "	\
	"terminal"))							\
COMMAND(cmd_audit_report, "audit report", "",				\
    "tell what the log says of some days",				\
    "Runs by time and outcome, refusals, approvals and how long they "	\
    "took, new programs,\nlimits met, secrets, what was not used, and "	\
    "more.  A time is 7d, 12h or a local one,\n2026-03-01T12:00.\n", 0, \
    OPT(OPT_SINCE, "since", "TIME", "what happened from then on (7d)")	\
    OPT(OPT_UNTIL, "until", "TIME", "and before that (now)")		\
    OPT(OPT_HTML, "html", "FILE", "as a page with charts, in one file "	\
	"that needs no network"))					\
COMMAND(cmd_audit_export, "audit export", "",				\
    "print records for other programs, one a line",			\
    "What is what in which format is told by clawbot-export(5).\n", 0,	\
    OPT(OPT_FORMAT, "format", "FORMAT", "json, ocsf, syslog or otel "	\
	"(json)")							\
    OPT(OPT_SINCE, "since", "TIME", "those from then on (all)")		\
    OPT(OPT_UNTIL, "until", "TIME", "and before that"))			\
COMMAND(cmd_audit_verify, "audit verify", "[DIR]",			\
    "check the log, or a copy of it in DIR",				\
    "Needs no daemon when DIR is given.  Exit status: 0 all is well, "	\
    "2 tampered,\n3 truncated, 4 rollback or fork, 5 unsealed tail, "	\
    "6 a range is missing or\npruned, 7 wrong key, 8 it cannot be "	\
    "read.\n", 0,							\
    OPT('k', "key", "KEY|FILE", "a public key of its seals, as kept")	\
    OPT('c', "checkpoint", "FILE", "a checkpoint that it must have")	\
    OPT(OPT_ARCHIVE, "archive", "DIR", "what was archived of it"))	\
COMMAND(cmd_audit_checkpoint, "audit checkpoint", "[DIR]",		\
    "print the log's last checkpoint, to be kept elsewhere",		\
    "A signed note of C2SP (tlog-checkpoint), by its epoch's key.\n",	\
    0, )								\
COMMAND(cmd_audit_prove, "audit prove", "RECORD|FILE [DIR]",		\
    "prove that a record is in the log, or that it goes on from FILE",	\
    "FILE has a checkpoint that was kept.  Who has the public key "	\
    "needs nothing else to\ncheck a proof.\n", 0,			\
    OPT('k', "key", "KEY|FILE", "a later public key to begin with"))	\
COMMAND(cmd_audit_prune, "audit prune", "",				\
    "remove old parts of the log, with a record that says so",		\
    "Whole closed segments go, the oldest first, and never the one "	\
    "that is written.  For\napprovers.\n", 0,				\
    OPT(OPT_BEFORE, "before", "TIME", "what is all older than that "	\
	"(90d, 2026-03-01)")						\
    OPT(OPT_KEEP_DAYS, "keep-days", "N", "what is older than so many days") \
    OPT('n', "dry-run", NULL, "only say what would be removed")		\
    OPT('r', "reason", "WHY", "why, for the log"))			\
COMMAND(cmd_audit_archive, "audit archive", "DIR",			\
    "move old parts of the log to DIR, with a record that says so",	\
    "They are copied, checked there with the rest of the log, and "	\
    "removed then, as by\nclawbot audit prune.  For approvers.\n", 0,	\
    OPT(OPT_BEFORE, "before", "TIME", "what is all older than that "	\
	"(90d, 2026-03-01)")						\
    OPT(OPT_KEEP_DAYS, "keep-days", "N", "what is older than so many days") \
    OPT('r', "reason", "WHY", "why, for the log"))			\
COMMAND(cmd_audit_recover, "audit recover", "",				\
    "let a damaged log go on without what is from the damage on",	\
    "The daemon must not run.  Without --accept-loss it is told what "	\
    "would be lost, and\nnothing is done.  What is lost stays beside "	\
    "the log.  For root.\n", 0,						\
    OPT(OPT_ACCEPT_LOSS, "accept-loss", NULL, "do it")			\
    OPT('r', "reason", "WHY", "why, for the log")			\
    OPT('f', "file", "CONF", "the configuration of the daemon ("	\
	CB_SYSCONFDIR "/clawbot.conf)"))				\
COMMAND(cmd_doctor, "doctor", "",					\
    "check that all of it works, and tell what to do",			\
    "Exit status: 0 all is well, 1 something is not.  A layer that "	\
    "is missing and was\naccepted to be is only noted.\n", 0,		\
    OPT(OPT_SANDBOX, "sandbox", NULL, "try the sandbox of every skill "	\
	"anew; for approvers")						\
    OPT(OPT_FIX, "fix", NULL, "show owners, modes and directories "	\
	"that are wrong, and mend them")				\
    OPT('y', "yes", NULL, "mend without a question")			\
    OPT(OPT_ROUTINE, "routine", "PERIOD", "what is due daily, weekly, "	\
	"monthly or quarterly")						\
    OPT('f', "file", "CONF", "of the daemon with this configuration"))	\
COMMAND(cmd_backup, "backup", "FILE",					\
    "save configuration, vault and log, encrypted",			\
    "While the daemon runs, or not.  - is standard output.  Without "	\
    "-k a passphrase is\nread from the terminal.  For root.  See "	\
    "clawbot-backup(1).\n", 0,						\
    OPT('f', "file", "CONF", "the configuration of the daemon ("	\
	CB_SYSCONFDIR "/clawbot.conf)")					\
    OPT('k', "key", "FILE", "encrypt by this key file"))		\
COMMAND(cmd_restore, "restore", "FILE",					\
    "put back what a backup has, where nothing is",			\
    "The daemon must not run.  A log that is restored begins with an "	\
    "emergency stop.  - is\nstandard input.  See clawbot-backup(1).\n",	\
    0,									\
    OPT('f', "file", "CONF", "where the configuration belongs ("	\
	CB_SYSCONFDIR "/clawbot.conf)")					\
    OPT('k', "key", "FILE", "it was encrypted by this key file")	\
    OPT(OPT_INTO, "into", "DIR", "all of it into this directory")	\
    OPT(OPT_VERIFY_ONLY, "verify-only", NULL, "check all of it, and "	\
	"write nothing"))						\
COMMAND(cmd_policy_check, "policy check", "[FILE]",			\
    "check a configuration, and tell what its patterns do not say",	\
    "Needs no daemon, and no root; what only root can look at is "	\
    "named.  Without FILE\nthe configuration that the daemon would "	\
    "read.  Exit status: 0 sound, 1 not sound,\n2 not to be read.\n",	\
    0, )								\
COMMAND(cmd_policy_diff, "policy diff", "FILE",			\
    "tell which commands would get another verdict by a file",		\
    "Those of all tests, and for approvers those of the last week's "	\
    "log.  Exit status:\n0 none, 1 some, 2 it could not be told.\n",	\
    0, )								\
COMMAND(cmd_policy_list, "policy list", "",				\
    "show what may be asked for, before it is tried",			\
    "Channels, skills, what they may reach, patterns, and what is "	\
    "left of quotas.\n", 0,						\
    OPT('u', "user", "USER", "what this account may ask for; for "	\
	"approvers"))							\
COMMAND(cmd_policy_why, "policy why", "-- CMD [ARG ...]",		\
    "tell what would happen to a command, and by which rule",		\
    "Nothing is run.  Exit status: 0 it would be allowed, 1 refused, "	\
    "2 it would wait\nfor an approver; others as those of run.\n", 1,	\
    OPT('s', "skill", "SKILL", "the skill to ask about")		\
    OPT('C', "directory", "DIR", "working directory of the command")	\
    OPT('e', "env", "NAME=VALUE", "variable for the command; may be given " \
	"again")							\
    OPT(OPT_SHELL, "shell", "LINE", "ask about a shell line in place "	\
	"of CMD")							\
    OPT(OPT_ROTATE, "rotate", "NAME", "as the hook of secrets rotate "	\
	"NAME")								\
    OPT('u', "user", "USER", "whose request; approvers may name others"))

#endif
