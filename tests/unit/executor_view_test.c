/* SPDX-License-Identifier: ISC */
/* executor/view/viewlinks.c: what of /etc links of /usr lead to. */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_led_to),
		cmocka_unit_test(test_kept),
	};

	return (cmocka_run_group_tests_name("executor_view", tests, NULL,
	    NULL));
}
