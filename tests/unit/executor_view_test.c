/* SPDX-License-Identifier: ISC */
/* executor/view/viewlinks.c: what of /etc links of /usr lead to. */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "executor/view/view.h"

static void
leads(const char *dir, const char *text, const char *want)
{
	char name[64];

	if (!etc_led_to(dir, text, name, sizeof(name))) {
		if (want != NULL)
			fail_msg("%s in %s: leads nowhere", text, dir);
	} else if (want == NULL || strcmp(name, want) != 0)
		fail_msg("%s in %s: leads to %s", text, dir, name);
}

static void
test_led_to(void **state)
{
	(void)state;
	leads("usr/bin", "/etc/alternatives/awk", "alternatives");
	leads("usr/lib/ssl", "/etc/ssl", "ssl");
	leads("usr/share/groff", "//etc//groff", "groff");
	leads("usr/bin", "../../etc/alternatives/awk", "alternatives");
	leads("usr/lib/jvm", "../../../etc/java/x", "java");
	leads("usr/lib/jvm", "../../../../etc/java", "java");
	/* not high enough, somewhere else, or in /etc of something else */
	leads("usr/lib/jvm", "../../etc/java", NULL);
	leads("usr/bin", "etc/x", NULL);
	leads("usr/bin", "../etc/x", NULL);
	leads("usr/bin", "/usr/etc/x", NULL);
	leads("usr/bin", "/etcetera/x", NULL);
	leads("usr/bin", "/etc", NULL);
	leads("usr/bin", "/etc/", NULL);
	leads("usr/bin", "", NULL);
	/* and nothing that goes on elsewhere */
	leads("usr/bin", "/etc/../home/x", NULL);
	leads("usr/bin", "/etc/x/../../home", NULL);
	leads("usr/bin", "/etc/./x", NULL);
	leads("usr/bin", "/etc/.hidden/x", NULL);
	leads("usr/bin", "/etc/a-name-that-is-longer-than-there-is-room-for-in-"
	    "the-place-where-it-is-put", NULL);
}

static void
test_kept(void **state)
{
	static const char *const in[] = { "shadow", "shadow-", "gshadow",
	    "passwd", "group-", "sudoers", "sudoers.d", "ssh", "ssl",
	    "clawbot.conf", "clawbot.key", "security", "machine-id", "apt",
	    "environment", "hosts", "resolv.conf", "cron.d", "letsencrypt" };
	static const char *const out[] = { "alternatives", "fonts", "perl",
	    "java-17-openjdk", "gitconfig", "groff", "maven", "shells" };
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(in); i++)
		if (!etc_is_kept(in[i]))
			fail_msg("%s is not kept", in[i]);
	for (i = 0; i < NELEM(out); i++)
		if (etc_is_kept(out[i]))
			fail_msg("%s is kept", out[i]);
}

static void
test_matters(void **state)
{
	static const char *const in[] = { "hosts", "resolv.conf", "host.conf",
	    "gai.conf", "gitconfig", "php", "ld.so.cache", "profile" };
	static const char *const out[] = { "shadow", "passwd", "passwd-",
	    "group-", "mtab", "ld.so.cache~", ".pwd.lock", "", "hosts~",
	    "resolv.conf-", "sudoers", "machine-id", "hosts.allow" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(in) / sizeof(in[0]); i++)
		assert_true(etc_matters(in[i]));
	for (i = 0; i < sizeof(out) / sizeof(out[0]); i++)
		assert_false(etc_matters(out[i]));
}

/* The directory that a link resolv.conf in there leads to is want, or NULL. */
static void
resolver(const char *text, const char *want)
{
	char root[] = "/tmp/cbt-view.XXXXXX", path[96], etc[64], dir[64];

	assert_non_null(mkdtemp(root));
	(void)snprintf(etc, sizeof(etc), "%s/etc", root);
	(void)snprintf(path, sizeof(path), "%s/resolv.conf", etc);
	assert_int_equal(mkdir(etc, 0700), 0);
	if (text != NULL)
		assert_int_equal(symlink(text, path), 0);
	else
		assert_int_equal(close(creat(path, 0600)), 0);
	if (chdir(root) == -1)
		fail_msg("chdir");
	assert_int_equal(etc_resolver(AT_FDCWD, dir, sizeof(dir)),
	    want == NULL ? -1 : 0);
	if (want != NULL)
		assert_string_equal(dir, want);
	(void)unlink(path);
	(void)rmdir(etc);
	(void)rmdir(root);
}

static void
test_resolver(void **state)
{
	(void)state;
	resolver("../run/systemd/resolve/stub-resolv.conf",
	    "run/systemd/resolve");
	resolver("/run/systemd/resolve/resolv.conf", "run/systemd/resolve");
	resolver("/var/run/x/resolv.conf", "run/x");
	resolver(NULL, NULL);
	resolver("/run/resolv.conf", NULL);
	resolver("/etc/other", NULL);
	resolver("../../run/x/y", NULL);
	resolver("/run/x/../../home/y", NULL);
	resolver("/home/x/resolv.conf", NULL);
	resolver("/run/a-directory-that-is-longer-than-there-is-room-for-in-"
	    "the-place-it-is-put/resolv.conf", NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_led_to),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_matters),
		cmocka_unit_test(test_resolver),
	};

	return (cmocka_run_group_tests_name("executor_view", tests, NULL,
	    NULL));
}
