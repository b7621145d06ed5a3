/* SPDX-License-Identifier: ISC */
/*
 * THE keys of the configuration.  A key has one row here; from it come the
 * member of the structure, reading it with every bound, its default, what -T
 * prints, and what clawbot.conf(5) has to say of it.  The limits of a run
 * have their rows in common/limits.h, its terms in common/terms.h.
 *
 * KEY(KIND, path, member, min, max, default, more, what it is)
 *
 * The path is the one in clawbot.conf(5), without skills.NAME. and
 * channels.NAME.; -T prints in this order.  What min, max, default and more
 * are is the KIND's, which is a MEMBER_ below and a struct key_kind in one of
 * the files of this room:
 *
 * UINT, QUOTA	a number from min to max; a quota is null for "none such"
 * WORD		one of the words of more; the first one's value is min
 * FLAGS	a list of the words of more; a bit for each
 * BOOL		true or false
 * PATH		an absolute path; more is the default
 * PROGRAM	the same, or null, which is the default, for none
 * FORWARD	a text as forwardto.h has it, or null likewise
 * TEXTS	a list of at most max texts; more says which are good
 * TEST		the same, a member of an array that is declared by itself
 * PATHS	a list of absolute paths
 * NAMES	a list of names in what a run may write
 * PATTERNS	a list of command patterns; min is PATTERNS_*
 * PROFILE	the name of a set of patterns that is there, or none
 * GIVEN	keys of a skill, which given_add() reads
 * WHO		a list of accounts and groups, at least min; more is who it is
 *		where nothing is written
 * ACCOUNT	the account of runs; more is the default
 * CHANNEL	the name of a channel, or none
 * REACH	a list of skills, or "*"
 * SECRETS	names of secrets, and for each how it reaches a run or an
 *		object with the keys of SECRET_KEYS
 * WRAPPERS	names of programs and their grammars (common/policy/wrap.h), at
 *		most max
 * VARS		names and values of variables, at most max
 * SKILLS	objects with the keys of SKILL_KEYS, by names, min to max
 * CHANNELS	the same with CHANNEL_KEYS
 *
 * Tables that are a part of others are their last arguments.  How a channel
 * narrows a limit is said by the limit's row; quotas of a channel and those
 * of all hold both.
 */
#ifndef SUPERVISOR_CONF_KEYS_H
#define SUPERVISOR_CONF_KEYS_H

#define RATE_KEYS(KEY)							\
KEY(QUOTA, "maxExecutionsPerMinute", per_minute, 0, 1000000,		\
    CONF_UNSET, NULL, "runs")						\
KEY(QUOTA, "maxAPICallsPerHour", api_per_hour, 0, 10000000,		\
    CONF_UNSET, NULL, "requests")					\
KEY(QUOTA, "maxConcurrent", concurrent, 0, 4096,			\
    CONF_UNSET, NULL, "runs at the same time")

#define CONF_KEYS(KEY, RATE)						\
KEY(WORD, "tools.exec.approval", approval, 0, 0,			\
    APPROVAL_ASK, conf_approval_words, "what the destructive gets")	\
KEY(PATTERNS, "tools.exec.approvalPatterns", approval_patterns,		\
    PATTERNS_APPROVAL, CONF_MAXPATTERNS, 0, NULL, "the destructive")	\
KEY(WRAPPERS, "tools.exec.wrappers", wrappers, 0, CONF_MAXLIST,		\
    0, NULL, "programs that run others")				\
KEY(SKILLS, "skills", skills, 1, XCONF_MAXSKILLS, 0, NULL,		\
    "one that asks for everything, if there are none")			\
KEY(CHANNELS, "channels", channels, 1, CONF_MAXCHANNELS, 0, NULL,	\
    "one for the approvers, if there are none")				\
KEY(WHO, "approvals.approvers", approvers, 0, CONF_MAXLIST,		\
    0, CONF_ADMINS, "who may approve and deny")				\
KEY(UINT, "approvals.timeoutSeconds", approval_timeout_s, 1, 604800,	\
    1800, NULL, "that a request waits")					\
KEY(UINT, "approvals.waitSeconds", approval_wait_s, 0, 604800,		\
    0, NULL, "that a caller without a terminal waits before it is "	\
    "told to come back; 0 is as long as the request does")		\
KEY(UINT, "approvals.deniedSeconds", denied_s, 0, 604800,		\
    600, NULL, "that what was denied is not asked about again")		\
KEY(UINT, "approvals.maxPending", max_pending, 1, 1024,			\
    32, NULL, "requests that wait")					\
KEY(PROGRAM, "approvals.notify", notify, 0, 0, 0, NULL,			\
    "that is told of each")						\
KEY(WHO, "audit.readers", readers, 0, CONF_MAXLIST, 0, NULL,		\
    "who may read and check the log, and nothing else")			\
RATE									\
KEY(UINT, "circuitBreaker.failures", brk_failures, 1, 1000000,		\
    5, NULL, "of an account, until it is refused")			\
KEY(UINT, "circuitBreaker.windowSeconds", brk_window_s, 1, 86400,	\
    60, NULL, "in which they are counted")				\
KEY(UINT, "circuitBreaker.cooldownSeconds", brk_cooldown_s, 1, 604800,	\
    300, NULL, "until one is tried")					\
KEY(UINT, "circuitBreaker.repeats", brk_repeats, 0, 1000000,		\
    5, NULL, "of one plan, until that is refused; 0: none")		\
KEY(PATH, "logging.directory", log_dir, 0, 0, 0, CB_LOGDIR,		\
    "of the log")							\
KEY(TEXTS, "logging.redact", redact, 0, CONF_MAXLIST,			\
    0, &conf_redact_texts, "expressions; the executor compiles them")	\
KEY(BOOL, "logging.redactKnown", redact_known, 0, 0, 1, NULL,		\
    "whether secrets of known shapes are hidden")			\
KEY(UINT, "logging.segmentMB", segment_mb, 1, 4096,			\
    64, NULL, "after which a new file is begun")			\
KEY(BOOL, "logging.compress", compress, 0, 0, 1, NULL,			\
    "whether parts of the log that are closed are packed")		\
KEY(BOOL, "logging.immutable", immutable, 0, 0, 1, NULL,		\
    "whether parts that are packed can be changed by nobody")		\
KEY(FORWARD, "logging.forward", forward, 0, 0, 0, NULL,		\
    "where records are forwarded to")					\
KEY(UINT, "logging.keepDays", keep_days, 0, 36500,			\
    0, NULL, "after which parts of the log are removed; 0: never")	\
KEY(UINT, "logging.checkHours", check_hours, 0, 8760,			\
    24, NULL, "after which all of the log is read again; 0: never")	\
KEY(WORD, "logging.output", output, 0, 0,				\
    KEEP_DIGEST, xconf_keep_words, "of runs, that is stored")		\
KEY(UINT, "logging.excerptKB", excerpt_kb, 1, 1024,			\
    16, NULL, "of what a run prints, beginning and end together")	\
KEY(UINT, "logging.outputMB", output_mb, 1, 64,				\
    8, NULL, "of what a run prints, where all of it is stored")		\
KEY(UINT, "logging.outputTotalMB", output_total_mb, 1, 16777216,	\
    1024, NULL, "of what all runs have printed")			\
KEY(PATH, "socketDirectory", socket_dir, 0, 0, 0, CB_RUNDIR,		\
    "of the channels' sockets")						\
KEY(PATH, "homeDirectory", home_dir, 0, 0, 0, CB_HOMEDIR,		\
    "of the homes of skills that have one")				\
KEY(PATH, "vault.directory", vault_dir, 0, 0, 0, CB_VAULTDIR,		\
    "of the vault")							\
KEY(TEXTS, "vault.unlock", unlock, 0, CONF_MAXUNLOCK,			\
    0, &conf_unlock_texts, "ways to its key")				\
KEY(UINT, "vault.lockAfterSeconds", lock_after_s, 0, 31536000,		\
    0, NULL, "that it is open; 0: as long as the daemon runs")		\
KEY(WORD, "vault.cipher", cipher, CIPHER_AES256, 0,			\
    CIPHER_AES256, conf_cipher_words, "CIPHER_* of a new one")		\
KEY(FLAGS, "sandbox.acceptMissing", accept_missing, 0, CONF_MAXLIST,	\
    0, conf_missing_words, "what there need not be")			\
KEY(UINT, "sandbox.warm", warm, 0, XCONF_MAXWARM,			\
    2, NULL, "sandboxes kept ready, each skill")			\
KEY(BOOL, "sandbox.hostNetwork", host_network, 0, 0, 0, NULL,	\
    "whether a skill may have it")					\
KEY(WORD, "sandbox.cgroup", cgroup, 0, 0,				\
    CGROUP_AUTO, conf_cgroup_words, "CGROUP_*")				\
KEY(UINT, "detached.keepSeconds", detached_keep_s, 1, 604800,		\
    3600, NULL, "that output and end are kept")				\
KEY(UINT, "detached.maxRuns", detached_runs, 0, 256,			\
    64, NULL, "under way and kept; 0: none may be")			\
KEY(UINT, "detached.maxMB", detached_mb, 1, 65536,			\
    1024, NULL, "of output, all together")				\
KEY(UINT, "detached.outputMB", detached_output_mb, 1, 65536,		\
    16, NULL, "of one; see conf_detached()")

#define CHANNEL_KEYS(KEY, LIMITS, RATE)					\
KEY(WHO, "users", users, 1, CONF_MAXLIST, 0, NULL,			\
    "who may connect; must be written")					\
KEY(WORD, "access", access, 0, 0,					\
    ACCESS_EXECUTE, access_words, "ACCESS_*")				\
KEY(REACH, "skills", skills, 0, XCONF_MAXSKILLS, 0, NULL,		\
    "must be written, but with access none")				\
LIMITS									\
RATE

/* How a secret is released to the runs of a skill. */
#define SECRET_KEYS(KEY)						\
KEY(WORD, "as", as, PLAN_SECRET_ENV, 0,					\
    PLAN_SECRET_ENV, term_secret_words, "PLAN_SECRET_*")		\
KEY(BOOL, "approval", approval, 0, 0, 0, NULL,				\
    "whether each run that gets it needs one")				\
KEY(QUOTA, "maxReleasesPerMinute", per_minute, 1, 1000000,		\
    CONF_UNSET, NULL, "releases to runs of this skill")			\
KEY(UINT, "minVersion", min_version, 1, 1000000000,			\
    1, NULL, "of its value; an older one is not released")

/* What a profile has, too. */
#define RULE_KEYS(KEY)							\
KEY(PATTERNS, "allow", allow, PATTERNS_ALLOW, CONF_MAXPATTERNS,		\
    0, NULL, "what runs at once")					\
KEY(PATTERNS, "ask", ask, PATTERNS_FIND, CONF_MAXPATTERNS,		\
    0, NULL, "what waits for an approver")				\
KEY(PATTERNS, "deny", deny, PATTERNS_FIND, CONF_MAXPATTERNS,		\
    0, NULL, "what is refused")						\
KEY(PATTERNS, "approvalPatterns", own_destructive, PATTERNS_APPROVAL,	\
    CONF_MAXPATTERNS, 0, NULL, "the destructive, beside those of all")

#define TEST_KEYS(KEY)							\
KEY(TEST, "tests.allow", tests[VERDICT_ALLOW], 0, CONF_MAXTESTS,	\
    0, &conf_any_texts, "command lines and what they must get")		\
KEY(TEST, "tests.ask", tests[VERDICT_ASK], 0, CONF_MAXTESTS,		\
    0, &conf_any_texts, "command lines and what they must get")		\
KEY(TEST, "tests.deny", tests[VERDICT_DENY], 0, CONF_MAXTESTS,		\
    0, &conf_any_texts, "command lines and what they must get")

#define PROFILE_KEYS(KEY)						\
RULE_KEYS(KEY)								\
KEY(GIVEN, "skill", given, 0, 0, 0, NULL, "for skills that do not say it") \
TEST_KEYS(KEY)

#define SKILL_KEYS(KEY, TERMS, LIMITS)					\
KEY(PROFILE, "profile", profile, 0, 0, 0, NULL, "whose patterns are added") \
RULE_KEYS(KEY)								\
KEY(PATTERNS, "confirm", confirm, PATTERNS_ALLOW, CONF_MAXPATTERNS,	\
    0, NULL, "what the account that asks may confirm by itself")	\
KEY(WORD, "default", dflt, 0, 0,					\
    VERDICT_ASK, verdict_words, "what no pattern names")		\
KEY(WORD, "execs", execs, 0, 0,					\
    EXECS_JUDGE, xconf_execs_words, "EXECS_*: each execve in a run")	\
KEY(WORD, "execsDefault", execs_dflt, 0, 0,				\
    VERDICT_ALLOW, verdict_words, "what no pattern names, nested")	\
KEY(WORD, "files", files, 0, 0,					\
    FILES_CHANGES, xconf_files_words, "FILES_*: names that it changes")	\
KEY(BOOL, "shell", shell, 0, 0, 1, NULL, "whether it has shell lines")	\
KEY(BOOL, "home", home, 0, 0, 0, NULL, "whether its runs have one that lasts") \
KEY(BOOL, "trace", trace, 0, 0, 0, NULL, "whether its runs may debug")	\
TERMS									\
KEY(VARS, "env", env, 0, CONF_MAXENV, 0, NULL, "NAME=VALUE, sorted")	\
KEY(ACCOUNT, "runAs", account, 0, 0, 0, CONF_ACCOUNT,			\
    "by whom, or caller")						\
LIMITS									\
TEST_KEYS(KEY)

/* The member that a row makes. */
#define KEY_MEMBER(kind, path, member, min, max, dflt, more, what)	\
	MEMBER_##kind(member)

#define MEMBER_UINT(m)		uint32_t m;
#define MEMBER_QUOTA(m)		uint32_t m;
#define MEMBER_WORD(m)		uint32_t m;
#define MEMBER_FLAGS(m)		uint32_t m;
#define MEMBER_BOOL(m)		uint32_t m;
#define MEMBER_PATH(m)		char *m;
#define MEMBER_PROGRAM(m)	char *m;
#define MEMBER_FORWARD(m)	char *m;
#define MEMBER_TEXTS(m)		struct strv m;
#define MEMBER_TEST(m)
#define MEMBER_PATTERNS(m)	struct patterns m;
#define MEMBER_WRAPPERS(m)	struct wraps m;
#define MEMBER_PROFILE(m)	char *m;
#define MEMBER_GIVEN(m)		const struct value *m;
#define MEMBER_WHO(m)		struct who m;
#define MEMBER_ACCOUNT(m)		char *m;
#define MEMBER_REACH(m)		uint32_t all_##m; struct strv m;
#define MEMBER_VARS(m)		struct strv m;
#define MEMBER_SKILLS(m)	struct conf_skill *m; size_t n##m;
#define MEMBER_CHANNELS(m)	struct conf_channel *m; size_t n##m;

#endif
