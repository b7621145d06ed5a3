/* SPDX-License-Identifier: ISC */
/* Which configurations of git's are harmless, and which may follow others. */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "executor/watch/gitconf.h"

#define CORE	"[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n"

static const char *const good[] = {
	"", "\n", "# x\n", CORE, CORE "\tbare = false\n",
	"[core]\nbare\n", "[core] ; x\n\tbare = true # y\n",
	"[CORE]\n\tFileMode=TRUE\n",
	"[remote \"origin\"]\n\turl = https://example.org/x.git\n"
	    "\tfetch = +refs/heads/*:refs/remotes/origin/*\n",
	"[remote \"a b\"]\n\turl = git@example.org:x/y.git\n",
	"[remote \"x\"]\n\turl = file:///srv/x/.git\n\tpushurl = ../x/.git\n",
	"[remote \"x\"]\n\turl = .git\n", "[remote \"x\"]\n\turl = ~u/.git\n",
	"[branch \"m\"]\n\tremote = .\n\tmerge = refs/heads/m\n",
	"[branch \"m\"]\n\tremote = o/p\n[remote \"o/p\"]\n\turl = h:x\n",
	"[remote]\npushDefault = o\n[remote \"o\"]\nurl = https://h/x\n",
	"[submodule \"s\"]\n\turl = /srv/s/.git\n\tactive = true\n"
	    "\tupdate = rebase\n",
	"[user]\n\tname = \"A \\\"B\\\" C\"\n\temail = a@example.org\n",
	"[user]\n\tname = J\xc3\xbcrgen\n",
	"[advice]\n\tdetachedhead = false\n", "[user]\nname=x",
	"[remote \"x\"]\n\turl = ssh://[::1]:2222/x\n",
	"[remote \"x\"]\n\turl = [::1]:x\n",
	"[remote \"x\"]\n\turl = ssh://::1/x\n",
	"[remote \"x\"]\n\turl = ssh://u@::1/~x\n",
	"[remote \"x\"]\n\turl = /srv/a::b/.git\n",
	"[remote \"x\"]\n\turl = file:///srv/x%2By%0a%/.git\n",
	"[remote \"x\"]\n\tgh-resolved = base\n",
	"[branch \"x\"]\n\tmergeOptions = --no-ff --log  -n \n",
	"[branch \"x\"]\n\tmergeOptions = \n\tvscode-merge-base = o/x\n",
	"[uploadpack]\n\tallowAnySHA1InWant = 1\n",
	"[http]\n\tpostBuffer = 524288000\n",
	"[lfs \"https://h/x\"]\n\tlocksverify = true\n",
	"[worktree]\n\tguessRemote = true\n", "[grep]\n\tlineNumber\n",
	"[core]\n\tpreferSymlinkRefs = true\n", "[blame]\n\tdate = iso\n",
	"[i18n]\n\tcommitEncoding = ISO8859-1\n", "[protocol]\nversion=2\n",
	"[notes]\n\trewriteRef = refs/notes/x\n",
	"[notes \"rewrite\"]\n\tamend = true\n\trebase = false\n",
	"[format]\n\tsubjectPrefix = RFC\n", "[maintenance]\nauto=false\n",
	"[diff \"tex\"]\n\txfuncname = \"^x$\"\n\tbinary = true\n",
};

static const char *const bad[] = {
	/* what is executed */
	"[core]\n\tfsmonitor = x\n", "[core]\n\tsshCommand = x\n",
	"[core]\n\thooksPath = x\n", "[core]\n\tpager = x\n",
	"[core]\n\teditor = x\n", "[core]\n\taskPass = x\n",
	"[core]\n\tgitProxy = x\n", "[core]\n\tattributesFile = x\n",
	"[core]\n\talternateRefsCommand = x\n",
	"[filter \"x\"]\n\tclean = x\n", "[filter \"x\"]\n\tprocess = x\n",
	"[diff]\n\texternal = x\n", "[diff \"x\"]\n\tcommand = x\n",
	"[diff \"x\"]\n\ttextconv = x\n", "[merge \"x\"]\n\tdriver = x\n",
	"[alias]\n\tst = !x\n", "[alias]\n\tst = -c core.pager=x log\n",
	"[include]\n\tpath = x\n",
	"[includeIf \"gitdir:/\"]\n\tpath = x\n",
	"[credential]\n\thelper = !x\n", "[gpg]\n\tprogram = x\n",
	"[gpg \"ssh\"]\n\tprogram = x\n", "[sequence]\n\teditor = x\n",
	"[interactive]\n\tdiffFilter = x\n", "[pager]\n\tlog = x\n",
	"[mergetool \"x\"]\n\tcmd = x\n", "[difftool \"x\"]\n\tcmd = x\n",
	"[browser \"x\"]\n\tcmd = x\n", "[man \"x\"]\n\tcmd = x\n",
	"[web]\n\tbrowser = x\n", "[sendemail]\n\tsmtpServer = /x\n",
	"[gc]\n\trecentObjectsHook = x\n",
	"[uploadpack]\n\tpackObjectsHook = x\n",
	"[trailer \"x\"]\n\tcommand = x\n", "[tar \"x\"]\n\tcommand = x\n",
	"[lfs \"customtransfer.x\"]\n\tpath = x\n",
	"[protocol \"ext\"]\n\tallow = always\n",
	"[remote \"x\"]\n\tuploadpack = x\n",
	"[remote \"x\"]\n\treceivepack = x\n", "[remote \"x\"]\n\tvcs = x\n",
	"[remote \"x\"]\n\turl = ext::sh -c x\n",
	"[remote \"x\"]\n\turl = ext::[::1]\n", "[remote \"x\"]\n\turl = ::[\n",
	"[remote \"x\"]\n\turl = x+y::ssh://[::1]/x\n",
	"[remote \"x\"]\n\turl = \"ext:\":sh\n",
	"[remote \"x\"]\n\turl = -x::sh\n", "[remote \"x\"]\nurl = ::\n",
	"[remote \"x\"]\n\turl = 7.z-+::/.git\n",
	"[remote \"x\"]\n\turl = foo://x\n",
	"[remote \"x\"]\n\turl = -oProxyCommand=x\n",
	"[remote \"x\"]\n\turl = ssh://-oProxyCommand=x/y\n",
	"[branch \"x\"]\n\tremote = ext::x\n",
	"[submodule \"x\"]\n\tupdate = !x\n",
	"[core]\n\tworktree = ../../../x\n",
	"[url \"/x\"]\n\tinsteadOf = h:\n",
	"[url \"/x\"]\n\tpushInsteadOf = h:\n",
	"[remote \"x\"]\n\turl =\n", "[remote \"x\"]\n\turl\n",
	"[branch \"x\"]\n\tremote =\n", "[remotes]\n\tx = y\n",
	"[remote \"x\"]\n\turl = /srv/x://y/.git\n",
	/* directories, and no work trees by their names */
	"[remote \"x\"]\n\turl = /srv/x.git\n",
	"[remote \"x\"]\n\turl = ../x.git/\n",
	"[remote \"x\"]\n\turl = /srv/.git.git\n",
	"[remote \"x\"]\n\turl = /srv/x.bundle\n",
	"[remote \"x\"]\n\turl = file:///srv/x%00/.git\n",
	"[remote \"x\"]\n\turl = file:///srv/x%2Egit\n",
	"[remote \"x\"]\n\turl = file:///srv/x%00\n",
	"[remote \"x\"]\n\turl = file:///srv/x%2f.git\n",
	"[remote \"x\"]\n\turl = file://\n",
	"[remote \"x\"]\n\turl = /srv/x\\n/.git\n",
	"[url \"ext::x\"]\n\tinsteadOf = x\n",
	/* programs by the name of a strategy or a tool, and their options */
	"[pull]\n\ttwohead = x\n", "[pull]\n\toctopus = x\n",
	"[branch \"x\"]\n\tmergeOptions = -s x\n",
	"[branch \"x\"]\n\tmergeOptions = --no-ff --strategy=x\n",
	"[branch \"x\"]\n\tmergeOptions = --no-f\n",
	"[branch \"x\"]\n\tmergeOptions = --no-ff-only\n",
	"[branch \"x\"]\n\tmergeOptions = \"'--no-ff' -sx\"\n",
	"[branch \"x\"]\n\tmergeOptions = -ns x\n",
	"[branch \"x\"]\n\tmergeOptions = -n\\t-s x\n",
	"[merge]\n\ttool = x\n", "[merge]\n\tguiTool = x\n",
	"[diff]\n\ttool = x\n", "[commit]\n\tgpgSign = true\n",
	"[user]\n\tsigningKey = x\n", "[log]\n\tshowSignature = true\n",
	/* files that are read or written elsewhere, and what is less safe */
	"[format]\n\toutputDirectory = x\n", "[format]\n\tsuffix = x\n",
	"[blame]\n\tignoreRevsFile = x\n", "[trace2]\n\teventTarget = x\n",
	"[core]\n\tprotectNTFS = false\n", "[core]\n\tsharedRepository = x\n",
	"[protocol]\n\tallow = always\n", "[http]\n\tsslVerify = false\n",
	"[http]\n\tproxy = x\n", "[init]\n\ttemplateDir = x\n",
	"[a]\n\tb = c\n",
	/* other ways to write it */
	"[core]fsmonitor = x\n", "[core] fsmonitor = x\n",
	"[core]\nbare = \\\nfalse\n",
	"[user]\nname = x\\\n[core]\nfsmonitor=x\n",
	"[user]\nname = \"x\n[core]\nfsmonitor=x\n", "[core \"x\"]\nbare = x\n",
	"[core.x]\nbare = x\n", "[core]\r\n\tbare = x\r\n",
	"\xef\xbb\xbf[core]\n\tbare = x\n", "bare = x\n", "[core\n", "[]\n",
	"[core]\n\tbare x\n", "[core]\n= x\n", "[core]\n\tb\x01 = x\n",
	"[core]\n\tbare = \\x\n", "[user \"name\n",
};

static void
test_harmless(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(good); i++)
		if (!gitconf_harmless(good[i], strlen(good[i])))
			fail_msg("not harmless: %s", good[i]);
	for (i = 0; i < NELEM(bad); i++)
		if (gitconf_harmless(bad[i], strlen(bad[i])))
			fail_msg("harmless: %s", bad[i]);
	assert_int_equal(gitconf_harmless("[core]\0\n", 8), 0);
}

static int
replace(const char *old, const char *text, const char *want)
{
	struct buf out;
	int r;

	buf_init(&out, GITCONF_MAX);
	r = gitconf_replace(old, strlen(old), text, strlen(text), &out);
	if (r >= 0 && (out.len != strlen(want) ||
	    (out.len != 0 && memcmp(out.data, want, out.len) != 0)))
		fail_msg("is \"%.*s\", not \"%s\"", (int)out.len, out.data,
		    want);
	buf_free(&out);
	return (r);
}

#define OWN	"[alias]\n\tst = !x\n"
#define OWN2	"[core]\n\tpager = less\n"

static void
test_replace(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(good); i++) {
		assert_int_equal(replace("", good[i], good[i]), 0);
		assert_int_equal(replace(CORE, good[i], good[i]), 0);
	}
	for (i = 0; i < NELEM(bad); i++)
		if (strstr(bad[i], "worktree") == NULL)
			assert_int_equal(replace(CORE, bad[i], ""), -1);
	/* what the owner has set stays */
	assert_int_equal(replace(OWN, OWN CORE, OWN CORE), 0);
	assert_int_equal(replace(OWN CORE, CORE OWN, CORE OWN), 0);
	assert_int_equal(replace(OWN OWN2, CORE OWN OWN2, CORE OWN OWN2), 0);
	assert_int_equal(replace(OWN OWN2, OWN2 OWN, ""), -1);
	assert_int_equal(replace(OWN, CORE, ""), -1);
	assert_int_equal(replace(OWN, "", ""), -1);
	assert_int_equal(replace(OWN, OWN OWN, ""), -1);
	assert_int_equal(replace(OWN, OWN OWN2, ""), -1);
	assert_int_equal(replace(OWN, "[alias]\n\tst = !y\n", ""), -1);
	assert_int_equal(replace(OWN, "[alias \"x\"]\n\tst = !x\n", ""), -1);
	assert_int_equal(replace("[core", CORE, ""), -1);
}

/* The one thing that is left out, and only where it is new. */
static void
test_worktree(void **state)
{
	static const char tree[] = CORE "\tworktree = ../../../s\n";

	(void)state;
	assert_int_equal(replace(CORE, tree, CORE), 1);
	assert_int_equal(replace(tree, tree, tree), 0);
	assert_int_equal(replace(tree, CORE, ""), -1);
	assert_int_equal(replace(tree, CORE "\tworktree = /home\n", ""), -1);
}

#define NAMED(name, value) "[remote \"" name "\"]\n\turl = " value "\n"
#define URL(value)	NAMED("x", value)
#define BRANCH		"[branch \"m\"]\n"
#define TO_X		"\tremote = x\n"

/* Of a work tree, the repository in there; in whatever words. */
static void
test_inside(void **state)
{
	static const struct {
		const char	*text, *want;
	} in[] = {
		{ URL("/srv/x"), URL("\"/srv/x/.git\"") },
		{ URL("/srv/x//"), URL("\"/srv/x/.git\"") },
		{ URL("/srv/.git/"), URL("\"/srv/.git\"") },
		{ URL("x"), URL("\"x/.git\"") },
		{ URL(".."), URL("\"../.git\"") },
		{ URL("/"), URL("\"/.git\"") },
		{ URL("~u"), URL("\"~u/.git\"") },
		{ URL("./h:x"), URL("\"./h:x/.git\"") },
		{ URL("/srv/.git/."), URL("\"/srv/.git/./.git\"") },
		{ URL("/srv/x.GIT"), URL("\"/srv/x.GIT/.git\"") },
		{ URL("/proc/self/cwd/x"), URL("\"/proc/self/cwd/x/.git\"") },
		{ URL("file:///srv/x"), URL("\"file:///srv/x/.git\"") },
		{ URL("file:///a%2f%2e/x%2By"),
		    URL("\"file:///a%2f%2e/x%2By/.git\"") },
		{ URL("fi\"le:\"///srv/x # y"), URL("\"file:///srv/x/.git\"") },
		{ URL("\"a \\\\ \\\"b;\""), URL("\"a \\\\ \\\"b;/.git\"") },
		{ "[REMOTE \"x\"]\nURL=y\n",
		    "[REMOTE \"x\"]\n\tURL = \"y/.git\"\n" },
		{ "[submodule \"s\"]\n\turl = ./x\n",
		    "[submodule \"s\"]\n\turl = \"./x/.git\"\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(in); i++) {
		assert_int_equal(gitconf_harmless(in[i].text,
		    strlen(in[i].text)), 0);
		assert_int_equal(gitconf_may_go(in[i].text,
		    strlen(in[i].text)), 1);
		assert_int_equal(replace(CORE, in[i].text, in[i].want), 1);
		assert_int_equal(replace("", in[i].want, in[i].want), 0);
		/* it is the owner's, and may go */
		assert_int_equal(replace(in[i].text, in[i].text, in[i].text),
		    0);
		assert_int_equal(replace(in[i].text, CORE, CORE), 0);
	}
	assert_int_equal(replace(URL("/x"), URL("/y"),
	    URL("\"/y/.git\"")), 1);
	assert_int_equal(replace(URL("/x.git"), "[remote \"y\"]\n"
	    "\turl = /x.git\n", "[remote \"y\"]\n\turl = /x.git\n"), 0);
	assert_int_equal(replace(URL("/x.git"), "[remote \"x\"]\n"
	    "\tpushurl = /x.git\n", ""), -1);
	assert_int_equal(replace(OWN URL("/x.git"), URL("/x.git"), ""), -1);
}

/* What no remote is called is a directory to git. */
static void
test_remote(void **state)
{
	static const char with[] = URL("h:x") BRANCH TO_X;
	static const char both[] = NAMED("y", "h:x") URL("h:x");
	static const char gone[] = BRANCH TO_X "\tmerge = refs/heads/m\n";
	static const char left[] = BRANCH "\tmerge = refs/heads/m\n";

	(void)state;
	assert_int_equal(replace("", with, with), 0);
	assert_int_equal(replace("", gone, left), 1);
	/* not even if it was one of the owner's */
	assert_int_equal(replace(with, gone, left), 1);
	/* it is led to another name of the same address */
	assert_int_equal(replace(with, NAMED("y z", "h:x") BRANCH
	    "pushRemote = x\n", NAMED("y z", "h:x") BRANCH
	    "\tpushRemote = \"y z\"\n"), 0);
	assert_int_equal(replace(with, NAMED("y", "h:y") BRANCH TO_X,
	    NAMED("y", "h:y") BRANCH), 1);
	assert_int_equal(replace(both, NAMED("y", "h:x") BRANCH TO_X,
	    NAMED("y", "h:x") BRANCH), 1);
	/* but for one that is the owner's elsewhere */
	assert_int_equal(replace(gone, gone, gone), 0);
	assert_int_equal(replace("", BRANCH "remote = ../x\n", BRANCH), 1);
	assert_int_equal(replace("", BRANCH "pushRemote = origin\n", BRANCH),
	    1);
	assert_int_equal(replace("", "[remote]\npushdefault = x\n",
	    "[remote]\n"), 1);
	assert_int_equal(replace("", "[extensions]\npartialClone = x\n",
	    "[extensions]\n"), 1);
	assert_int_equal(replace("", "[remote \"x\"]\n\tpushurl = h:x\n"
	    BRANCH TO_X, "[remote \"x\"]\n\tpushurl = h:x\n" BRANCH), 1);
}

static void
test_large(void **state)
{
	static char text[GITCONF_MAX + 2];

	(void)state;
	memset(text, '\n', sizeof(text));
	assert_int_equal(gitconf_harmless(text, GITCONF_MAX), 1);
	assert_int_equal(gitconf_harmless(text, GITCONF_MAX + 1), 0);
	memset(text, 'a', sizeof(text));
	memcpy(text, "[user]\nname=", 12);
	assert_int_equal(gitconf_harmless(text, 13), 1);
	assert_int_equal(gitconf_harmless(text, GITCONF_MAX), 0);
	memcpy(text, "[user \"aaaaa", 12);
	assert_int_equal(gitconf_harmless(text, 1000), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_harmless),
		cmocka_unit_test(test_replace),
		cmocka_unit_test(test_worktree),
		cmocka_unit_test(test_inside),
		cmocka_unit_test(test_remote),
		cmocka_unit_test(test_large),
	};

	return (cmocka_run_group_tests_name("executor gitconf", tests, NULL,
	    NULL));
}
