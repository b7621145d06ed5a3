/* SPDX-License-Identifier: ISC */
/*
 * Broken configurations: every mistake is told with its place, all of them
 * at once.
 */
#include "config.h"

#include "common/varname.h"
#include "tests/unit/conf_util.h"

static void
test_syntax(void **state)
{
	(void)state;
	bad("", "f:1:1: the file ends too early\n");
	bad("{", "f:1:2: expected a key in double quotes\n");
	bad("[]", "f:1:1: must be an object, { ... }\n");
	bad("{} x", "f:1:4: text after the end of the configuration\n");
	bad("{\n  \"tools\" 1 }", "f:2:11: expected \":\" after the key\n");
	bad("{ \"tools\": }", "f:1:12: expected a value\n");
	bad("{ , }", "f:1:3: expected a key in double quotes\n");
	bad("{ \"vault\": {} \"tools\": {} }",
	    "f:1:15: expected \",\" or \"}\"\n");
	bad("{ \"vault\": {},, }", "f:1:15: expected a key in double quotes\n");
	bad("/* x\n", "f:1:1: comment is not closed\n");
	bad("{ \"a", "f:1:5: string is not closed\n");
	bad("{ \"tools\": tru }",
	    "f:1:12: expected a value; text must be in double quotes\n");
	bad("{ \"tools\": 01 }",
	    "f:1:12: expected a value; text must be in double quotes\n");
	bad_with("{ \"socketDirectory\": \"\\x\" }", "f:1:");
	bad_with("{ \"socketDirectory\": \"\xff\" }", "f:1:");
	bad_with("{ \"socketDirectory\": \"\\u0000\" }", "f:1:");
	bad_with("{\"a\\q\": 1}", "f:1:2: invalid escape in key\n");
	bad_with("{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]}",
	    "nested too deeply");
	/* each string that cannot be read is told, and what else is wrong */
	bad("{ \"tools\": \"\\x\", \"vault\": [\"\xff\"], "
	    "\"tools\": 1e309,\n"
	    "\"skills\": \"\\ud83d\" }",
	    "f:1:14: invalid escape near '\"\\x'\n"
	    "f:1:28: unable to decode byte 0xff near '\"'\n"
	    "f:1:34: duplicate key \"tools\", first given at line 1\n"
	    "f:1:43: number out of range\n"
	    "f:2:18: invalid Unicode '\\uD83D' near '\"\\ud83d\"'\n");
	/* what JSON has no number for */
	bad("{ \"sandbox\": {\"warm\": 012} }",
	    "f:1:23: expected a value; text "
	    "must be in double quotes\n");
	bad("{ \"sandbox\": {\"warm\": 1.} }",
	    "f:1:23: expected a value; text "
	    "must be in double quotes\n");
	bad("{ \"sandbox\": {\"warm\": 100000000000000000} }",
	    "f:1:23: sandbox.warm: out of range: must be a whole number "
	    "from 0 to 64\n");
	/* comments are no comments inside text */
	bad("{ \"socketDirectory\": \"// #/* x\" }",
	    "f:1:22: socketDirectory: path must not have \"//\" or end in "
	    "\"/\"\n");
	/* and do not move what stands behind them; columns count characters */
	bad("{ /* \xc3\xa9\xc3\xa9 */ \"x\": 1, # y\n}",
	    "f:1:12: unknown key \"x\"\n");
	bad("/*\n\n*/ {\"x\": 1}", "f:3:5: unknown key \"x\"\n");
}

static void
test_protect(void **state)
{
	static const char *const names[] = { "/x", "x/", "../x", "a//b", "*",
	    "x/*", "a/b/c/d/e" };
	char text[256];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(names); i++) {
		(void)snprintf(text, sizeof(text), "{\"skills\": {\"a\": {"
		    "\"protect\": [\"%s\"]}}}", names[i]);
		bad_with(text, "f:1:31: skills.a.protect[0]: \"");
	}
	bad_with("{\"skills\": {\"a\": {\"protect\": [\"\", \"x\", \"x\"]}}}",
	    "skills.a.protect[2]: \"x\" is in this list already");
	bad_with("{\"skills\": {\"a\": {\"protect\": false}}}",
	    "skills.a.protect: ");
}

static void
test_protect_changes(void **state)
{
	(void)state;
	bad_with("{\"skills\": {\"a\": {\"protect\": [\"-.ssh\", \"x\"]}}}",
	    "skills.a.protect[1]: \"x\": in a list that changes");
	bad_with("{\"skills\": {\"a\": {\"protect\": [\"-.sshx\"]}}}",
	    "skills.a.protect[0]: \"-.sshx\": the default does not have");
	bad_with("{\"skills\": {\"a\": {\"protect\": [\"+.ssh\"]}}}",
	    "skills.a.protect[0]: \"+.ssh\": the default has that name");
	bad_with("{\"skills\": {\"a\": {\"protect\": [\"+\"]}}}",
	    "skills.a.protect[0]: \"+\": names are relative");
	bad_with("{\"skills\": {\"a\": {\"protect\": [\"+a\", \"+*\"]}}}",
	    "skills.a.protect[1]: \"+*\": wildcards stand");
}

static void
test_wrappers(void **state)
{
	(void)state;
	bad("{\"tools\": {\"exec\": {\"wrappers\": {\n"
	    "\"a\": \"CMD\", \"b/c\": \"CMD\",\n"
	    "\"d\": \"\",\n"
	    "\"e\": \"WORD\",\n"
	    "\"f\": \"CMD WORD\",\n"
	    "\"g\": \"-a=b CMD\",\n"
	    "\"h\": \"WHAT CMD\",\n"
	    "\"i\": 1,\n"
	    "\"j\": \"-a:b::c!d~ --long=! --other[= -NUM WORD? CMD\"}}}}",
	    "f:2:20: tools.exec.wrappers.b/c: a program's name has neither "
	    "\"/\" nor blanks\n"
	    "f:3:6: tools.exec.wrappers.d: bad grammar \"\": says nothing\n"
	    "f:4:6: tools.exec.wrappers.e: bad grammar \"WORD\": does not "
	    "end in CMD, SHELL, CODE, SH or ANY\n"
	    "f:5:6: tools.exec.wrappers.f: bad grammar \"CMD WORD\": goes "
	    "on behind its end\n"
	    "f:6:6: tools.exec.wrappers.g: bad grammar \"-a=b CMD\": has an "
	    "option that is not written as one\n"
	    "f:7:6: tools.exec.wrappers.h: bad grammar \"WHAT CMD\": has a "
	    "word that means nothing there\n"
	    "f:8:6: tools.exec.wrappers.i: must be a string\n");
}

static void
test_all_at_once(void **state)
{
	(void)state;
	bad("{\n"
	    "  \"toolz\": {},\n"
	    "  \"tools\": {\"exec\": {\"approval\": \"maybe\",\n"
	    "    \"approvalPatterns\": [\"ok\", \"'\", 3]}},\n"
	    "  \"rateLimit\": {\"maxExecutionsPerMinute\": -1,\n"
	    "    \"maxAPICallsPerHour\": 1e309, \"maxConcurrent\": 1.5},\n"
	    "  \"approvals\": {\"timeoutSeconds\": NaN,\"maxPending\": \"x\"},"
	    "\n"
	    "  \"approvals\": {}\n"
	    "}\n",
	    "f:2:3: unknown key \"toolz\", did you mean \"tools\"?\n"
	    "f:3:34: tools.exec.approval: must be \"ask\", \"always\" or "
	    "\"deny\"\n"
	    "f:4:32: tools.exec.approvalPatterns[1]: bad pattern \"'\": "
	    "quote is not closed\n"
	    "f:4:37: tools.exec.approvalPatterns[2]: must be a string\n"
	    "f:5:43: rateLimit.maxExecutionsPerMinute: out of range: must be "
	    "a whole number from 0 to 1000000\n"
	    "f:6:27: rateLimit.maxAPICallsPerHour: out of range: must be a "
	    "whole number from 0 to 10000000\n"
	    "f:6:51: rateLimit.maxConcurrent: out of range: must be a whole "
	    "number from 0 to 4096\n"
	    "f:7:35: number out of range\n"
	    "f:8:3: duplicate key \"approvals\", first given at line 7\n");
}

static void
test_values(void **state)
{
	(void)state;
	bad("{\"skills\": {\"a\": {\"limits\": {\"nice\": 20}}}}",
	    "f:1:38: skills.a.limits.nice: out of range: must be a whole "
	    "number from 0 to 19\n");
	bad("{\"skills\": {\"a\": {\"limits\": {\"ioClass\": \"best\"}}}}",
	    "f:1:41: skills.a.limits.ioClass: must be \"normal\", \"low\" or "
	    "\"idle\"\n");
	/* only the skill says what becomes of too much output */
	bad("{\"channels\": {\"a\": {\"users\": [\"bob\"], \"skills\": \"*\", "
	    "\"limits\": {\"outputExcess\": \"pipe\"}}}}",
	    "f:1:65: unknown key \"outputExcess\" in channels.a.limits\n");
	bad("{\"skills\": {\"a\": {\"limits\": {\"timeoutSeconds\": 0}}}}",
	    "f:1:48: skills.a.limits.timeoutSeconds: out of range: must be a "
	    "whole number from 1 to 604800\n");
	bad_with("{\"rateLimit\": {\"maxConcurrent\": 99999999999999999999}}",
	    "f:1:33: rateLimit.maxConcurrent: out of range: must be a whole "
	    "number from 0 to 4096\n");
	bad_with("{\"rateLimit\": {\"maxConcurrent\": -Infinity}}",
	    "f:1:33: rateLimit.maxConcurrent: out of range: must be a whole "
	    "number from 0 to 4096\n");
	bad_with("{\"rateLimit\": {\"maxConcurrent\": true}}",
	    "must be a number from");
	bad_with("{\"skills\": {\"a\": {\"shell\": 1}}}",
	    "f:1:28: skills.a.shell: must be true or false\n");
	bad_with("{\"skills\": {\"a\": {\"defualt\": \"ask\"}}}",
	    "f:1:19: unknown key \"defualt\" in skills.a, did you mean "
	    "\"default\"?\n");
	bad_with("{\"skills\": {\"a b\": {}}}", "bad name of a skill");
	bad_with("{\"skills\": {}}", "f:1:12: skills: names no skill\n");
	bad_with("{\"skills\": 3}", "must be an object");
	bad_with("{\"channels\": {}}", "names no channel");
	bad_with("{\"channels\": {\"../x\": {}}}", "bad name of a channel");
	bad_with("{\"channels\": {\"a\": {}}}", "\"users\" is missing");
	bad_with("{\"channels\": {\"a\": {\"users\": [\"bob\"]}}}",
	    "\"skills\" is missing");
	bad_with("{\"channels\": {\"a\": {\"users\": [], \"skills\": \"*\"}}}",
	    "names nobody");
	bad_with("{\"channels\": {\"a\": {\"users\": [\"bob\"], "
	    "\"skills\": [\"defalt\"]}}}",
	    "f:1:50: channels.a.skills[0]: unknown skill \"defalt\", did you "
	    "mean \"default\"?\n");
	bad_with("{\"detached\": {\"maxRuns\": 257}}",
	    "f:1:26: detached.maxRuns: out of range: must be a whole number "
	    "from 0 to 256\n");
	bad_with("{\"detached\": {\"keepSeconds\": 0}}", "from 1 to 604800");
	bad_with("{\"vault\": {\"cipher\": \"aes\"}}", "must be \"aes-256\"");
	bad_with("{\"vault\": {\"unlock\": [\"keyfile:x\"]}}",
	    "must be an absolute path");
	bad_with("{\"vault\": {\"unlock\": [\"x\"]}}",
	    "must be \"credential\"");
	bad_with("{\"sandbox\": {\"acceptMissing\": [\"seccomp\"]}}",
	    "must be \"landlock\" or \"memlock\"");
	bad_with("{\"logging\": {\"redact\": [\"\"]}}", "is empty");
	/* a path is no key */
	bad("{\"tools.exec.approval\": \"deny\"}",
	    "f:1:2: unknown key \"tools.exec.approval\"\n");
	bad("{\"tools\": {\"exec.approval\": \"deny\"}}",
	    "f:1:12: unknown key \"exec.approval\" in tools\n");
	bad("{\"tools\": {\"exe\": {}, \"\": 1}}",
	    "f:1:12: unknown key \"exe\" in tools, did you mean \"exec\"?\n"
	    "f:1:23: unknown key \"\" in tools\n");
	bad("{\"tools\": {\"exec\": 1}, \"sandbox\": 1e309}",
	    "f:1:20: tools.exec: must be an object, { ... }\n"
	    "f:1:35: sandbox: must be an object, { ... }\n");
	/* the same key in two spellings */
	bad_with("{\"vault\": {}, \"va\\u0075lt\": {}}",
	    "f:1:15: duplicate key \"vault\"");
}

static void
test_accounts(void **state)
{
	(void)state;
	bad("{\"skills\": {\"a\": {\"runAs\": \"nobdy\"}}}",
	    "f:1:28: skills.a.runAs: unknown user \"nobdy\" to run as\n");
	bad_with("{\"skills\": {\"a\": {\"runAs\": \"root\"}}}",
	    "runs may not act as root");
	bad_with("{\"skills\": {\"a\": {\"runAs\": \"toor\"}}}",
	    "runs may not act as root");
	bad_with("{\"skills\": {\"a\": {\"runAs\": \"_clawbot\"}}}",
	    "is an account of clawbot itself");
	bad_with("{\"skills\": {\"a\": {\"runAs\": \"alias\"}}}",
	    "is an account of clawbot itself");
	bad_with("{\"skills\": {\"a\": {\"runAs\": \"wheel\"}}}",
	    "is root's or clawbot's own");
	bad_with("{\"approvals\": {\"approvers\": [\"alice\", \"eve\"]}}",
	    "f:1:39: approvals.approvers[1]: unknown user \"eve\"\n");
	bad_with("{\"approvals\": {\"approvers\": [\"group:nope\"]}}",
	    "f:1:30: approvals.approvers[0]: unknown group \"nope\"\n");
	bad_with("{\"approvals\": {\"approvers\": [\"_clawbot-exec\"]}}",
	    "is an account of clawbot itself");
	bad_with("{\"approvals\": {\"approvers\": [\"bob\", \"bob\"]}}",
	    "in this list already");
}

#define ROOT_ASKS	"\"channels\": {\"a\": {\"users\": [\"root\"], " \
    "\"skills\": \"*\"}}"

static void
test_approvers(void **state)
{
	struct conf *c;

	(void)state;
	bad("{\"approvals\": {\"approvers\": []}}",
	    "f:1:29: approvals.approvers: nobody could approve what "
	    "skills.default.default asks for: approvers name no account\n");
	bad_with("{\"approvals\": {\"approvers\": [\"group:empty\"]}}",
	    "nobody could approve");
	bad_with("{\"approvals\": {\"approvers\": []}, \"tools\": {\"exec\": "
	    "{\"approval\": \"always\"}}, "
	    "\"skills\": {\"a\": {\"default\": \"allow\"}}}",
	    "what tools.exec.approval asks for");
	bad_with("{\"approvals\": {\"approvers\": [\"group:root\"]}, "
	    ROOT_ASKS "}", "nobody could approve what root asks for");
	conf_free(good("{\"approvals\": {\"approvers\": [\"alice\"]}, "
	    ROOT_ASKS "}"));
	/* nothing asks */
	c = good("{\"approvals\": {\"approvers\": []}, "
	    "\"skills\": {\"a\": {\"default\": \"deny\"}}}");
	assert_int_equal(c->approvers.members.n, 0);
	conf_free(c);
}

/* Sockets that make whoever connects root, by every name; and clawbot's. */
static void
test_sockets(void **state)
{
	static const struct {
		const char	*path;
		const char	*why;
	} rows[] = {
		{ "x", "must be an absolute path" },
		{ CB_RUNDIR "/channels/cli.sock", "overlaps " CB_RUNDIR },
		{ "/dev/log", "overlaps /dev" },
		{ "/run/docker.sock", "is a socket of docker" },
		{ "/home/u/.docker/run/docker.sock", "is a socket of docker" },
		{ "/run/podman/podman.sock", "is a socket of podman" },
		{ "/run/containerd/x/y.sock", "is a socket of containerd" },
		{ "/run/systemd/private", "is a socket of systemd" },
		{ "/run/dbus/system_bus_socket", "is a socket of D-Bus" },
		{ "/run/user/1000/bus", "is a socket of D-Bus" },
		{ "/run/user/1000/systemd/private", "is a socket of systemd" },
		{ "/tmp/.X11-unix/X0", "is a socket of the X server" },
		{ "/link", "overlaps /run/clawbot" },
	};
	char text[512];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		(void)snprintf(text, sizeof(text), "{\"skills\": {\"a\": {"
		    "\"sockets\": [\"%s\"]}}}", rows[i].path);
		bad_with(text, rows[i].why);
		bad_with(text, "f:1:31: skills.a.sockets[0]: ");
	}
	conf_free(good("{\"skills\": {\"a\": {\"sockets\": "
	    "[\"/run/user/1000/gnupg/S.gpg-agent\", \"/run/systemd2/x\", "
	    "\"/run/user/1000/business\", \"/srv/proxy.sock\"]}}}"));
}

static void
test_inner(void **state)
{
	(void)state;
	conf_free(good("{\"skills\": {\"a\": {\"channel\": \"cli\"}}}"));
	conf_free(good("{\"skills\": {\"a\": {\"channel\": \"none\"}}}"));
	bad_with("{\"skills\": {\"a\": {\"channel\": \"clj\"}}}",
	    "skills.a.channel: unknown channel \"clj\", did you mean "
	    "\"cli\"?");
	bad_with("{\"skills\": {\"a\": {\"channel\": true}}}",
	    "skills.a.channel: ");
}

static void
test_paths(void **state)
{
	static const struct {
		const char	*path;
		const char	*why;
	} rows[] = {
		{ "x", "must be an absolute path" },
		{ "/", "must not be \"/\"" },
		{ "/a/", "path must not have \"//\"" },
		{ "/a//b", "path must not have \"//\"" },
		{ "/a/../b", "path must not have \".\" or \"..\"" },
		{ "/a/.", "path must not have \".\" or \"..\"" },
		{ "/a\\n", "control character" },
		{ "/var", "overlaps " CB_LOGDIR },
		{ CB_LOGDIR "/x", "overlaps " CB_LOGDIR },
		{ CB_VAULTDIR, "overlaps " CB_VAULTDIR },
		{ "/run", "overlaps " CB_RUNDIR },
		{ "/proc/self", "overlaps /proc" },
		{ "/sys", "overlaps /sys" },
		{ "/dev/shm", "overlaps /dev" },
		{ "/etc", "overlaps /etc/clawbot.conf" },
		{ "/etc/clawbot.d", "overlaps /etc/clawbot.conf" },
		{ "/link", "overlaps /run/clawbot" },
		{ "/srv/key", "overlaps /srv/key" },
		{ "/srv", "overlaps /srv/key" },
	};
	char text[512];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		(void)snprintf(text, sizeof(text), "{\"skills\": {\"a\": {"
		    "\"read\": [\"%s\"]}}, \"vault\": {\"unlock\": "
		    "[\"keyfile:/srv/key\"]}}", rows[i].path);
		bad_with(text, rows[i].why);
		bad_with(text, "f:1:28: skills.a.read[0]: ");
	}
	/* not by prefix of the text */
	conf_free(good("{\"skills\": {\"a\": {\"read\": [\"/runner\", "
	    "\"/devel\", \"/var/log/clawbot2\", \"/etc/ssl\"]}}}"));
	bad_with("{\"skills\": {\"a\": {\"write\": [\"/usr/local\"]}}}",
	    "overlaps " CB_LIBEXECDIR);
	bad_with("{\"logging\": {\"directory\": \"/a\"}, "
	    "\"vault\": {\"directory\": \"/a/b\"}}",
	    "log and vault must not be in one directory");
	bad_with("{\"socketDirectory\": \"/a/b\", "
	    "\"vault\": {\"directory\": \"/a\"}}",
	    "sockets must not share a directory");
}

static void
test_names(void **state)
{
	static const char *const names[] = { "", "1A", "A-B", "A=B",
	    "LD_PRELOAD", "PATH", "BASH_ENV", "IFS", "CLAWBOT_X",
	    "BASH_FUNC_x" };
	char text[256], longest[VARNAME_MAX + 2];
	size_t i;

	(void)state;
	memset(longest, 'N', sizeof(longest));
	longest[VARNAME_MAX + 1] = '\0';
	for (i = 0; i < NELEM(names); i++) {
		(void)snprintf(text, sizeof(text), "{\"skills\": {\"a\": "
		    "{\"env\": {\"%s\": \"x\"}}}}", names[i]);
		bad_with(text, "bad name of a variable");
		(void)snprintf(text, sizeof(text), "{\"skills\": {\"a\": "
		    "{\"secrets\": {\"%s\": \"env\"}}}}", names[i]);
		bad_with(text, "bad name of a secret");
	}
	/* 128 bytes are a name, one more is none */
	(void)snprintf(text, sizeof(text), "{\"skills\": {\"a\": "
	    "{\"secrets\": {\"%s\": \"env\"}}}}", longest + 1);
	conf_free(good(text));
	(void)snprintf(text, sizeof(text), "{\"skills\": {\"a\": "
	    "{\"secrets\": {\"%s\": \"env\"}}}}", longest);
	bad_with(text, "bad name of a secret: name is too long");
	bad_with("{\"skills\": {\"a\": {\"secrets\": {\"A\": \"x\"}}}}",
	    "must be \"env\" or \"file\"");
	bad_with("{\"skills\": {\"a\": {\"secrets\": {\"A\": \"file\"}, "
	    "\"env\": {\"CREDENTIALS_DIRECTORY\": \"/x\"}}}}",
	    "CREDENTIALS_DIRECTORY is in env, and is where");
	bad_with("{\"skills\": {\"a\": {\"secrets\": {\"A\": true}}}}",
	    "skills.a.secrets.A: must be \"env\", \"file\" or an object");
	bad_with("{\"skills\": {\"a\": {\"secrets\": {\"A\": "
	    "{\"As\": \"env\"}}}}}", "unknown key \"As\" in "
	    "skills.a.secrets.A, did you mean \"as\"?");
	bad_with("{\"skills\": {\"a\": {\"secrets\": {\"A\": "
	    "{\"maxReleasesPerMinute\": 0}}}}}", "out of range");
	bad_with("{\"skills\": {\"a\": {\"secrets\": {\"A\": "
	    "{\"approval\": \"ask\"}}}}}", "must be true or false");
	bad_with("{\"skills\": {\"a\": {\"secrets\": {\"A\": \"env\"}, "
	    "\"env\": {\"A\": \"x\"}}}}", "\"A\" is in env and in secrets");
}

static void
test_patterns(void **state)
{
	(void)state;
	bad_with("{\"skills\": {\"a\": {\"deny\": [\"curl x | sh\"]}}}",
	    "f:1:28: skills.a.deny[0]: bad pattern \"curl x | sh\": a pattern "
	    "is one command");
	bad_with("{\"skills\": {\"a\": {\"allow\": [\"git*\"]}}}",
	    "must be named in full");
	bad_with("{\"skills\": {\"a\": {\"allow\": [\"./x\"]}}}",
	    "absolute path in normal form");
	bad_with("{\"skills\": {\"a\": {\"deny\": [\"/bin/../x\"]}}}",
	    "absolute path in normal form");
	bad_with("{\"skills\": {\"a\": {\"ask\": [\"A=b ls\"]}}}",
	    "not with a variable");
	conf_free(good("{\"tools\": {\"exec\": {\"approvalPatterns\": "
	    "[\"curl * | sh\", \":(){ :|:& };:\"]}}}"));
	conf_free(good("{\"skills\": {\"a\": {\"allow\": [\"**\", "
	    "\"echo '|'\", \"/opt/x/* y\"], \"deny\": [\"mkfs*\"]}}}"));
}

static void
test_many_errors(void **state)
{
	char *text = xmalloc(64 * 1024), *errs, *p;
	size_t i, n = 0;

	(void)state;
	text[0] = '\0';
	n += (size_t)snprintf(text, 64, "{");
	for (i = 0; i < 1000; i++)
		n += (size_t)snprintf(text + n, 64, "\"k%zu\": 1,\n", i);
	(void)snprintf(text + n, 64, "}");
	assert_null(load(text, &errs));
	for (i = 0, p = errs; (p = strchr(p, '\n')) != NULL; p++)
		i++;
	assert_int_equal(i, CONF_MAXERRS + 1);
	free(errs);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_syntax),
		cmocka_unit_test(test_wrappers),
		cmocka_unit_test(test_all_at_once),
		cmocka_unit_test(test_protect),
		cmocka_unit_test(test_protect_changes),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_accounts),
		cmocka_unit_test(test_approvers),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_inner),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_many_errors),
	};

	conf_ops = &fake;
	return (cmocka_run_group_tests_name("conf_bad", tests, NULL, NULL));
}
