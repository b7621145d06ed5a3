/* SPDX-License-Identifier: ISC */
/* One rule for the names of secrets and variables. */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "common/plan.h"
#include "common/varname.h"
#include "vault/store.h"

_Static_assert(VARNAME_MAX <= PLAN_MAXNAME, "a name that may be set fits "
    "wherever it goes");

static void
test_form(void **state)
{
	static const char *const good[] = { "A", "_", "a1", "TOKEN_2", "__" };
	static const char *const bad[] = { "", "1", "1A", "A-B", "A.B", "A B",
	    "=", "A=B", "A\n", "\303\244", "A\001", "A/B", "[", "@", "`", "{" };
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(good); i++) {
		assert_null(varname_malformed(good[i], strlen(good[i])));
		assert_null(varname_wrong(good[i]));
		assert_true(store_name_ok(good[i]));
	}
	for (i = 0; i < NELEM(bad); i++) {
		assert_non_null(varname_malformed(bad[i], strlen(bad[i])));
		assert_non_null(varname_wrong(bad[i]));
		assert_false(store_name_ok(bad[i]));
	}
	/* as many bytes as are told, and no NUL among them */
	assert_null(varname_malformed("A=B", 1));
	assert_non_null(varname_malformed("A\0B", 3));
}

static void
test_length(void **state)
{
	char name[VARNAME_MAX + 2];

	(void)state;
	memset(name, 'N', sizeof(name));
	name[VARNAME_MAX + 1] = '\0';
	assert_string_equal(varname_wrong(name),
	    "name is too long, it may have 128 bytes");
	assert_false(store_name_ok(name));
	name[VARNAME_MAX] = '\0';
	assert_null(varname_wrong(name));
	assert_true(store_name_ok(name));
}

static const char *const never[] = {
	"PATH", "IFS", "ENV", "LD_PRELOAD", "LD_", "DYLD_X", "BASH_FUNC_x",
	"BASH_ENV", "SHELLOPTS", "BASHOPTS", "PS4", "PROMPT_COMMAND",
	"GLIBC_TUNABLES", "GCONV_PATH", "CLAWBOT_X",
};

/* What nobody may set, no caller may; and secrets that exist can be removed. */
static void
test_never(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(never); i++) {
		assert_string_equal(varname_wrong(never[i]),
		    "variables that load or steer programs cannot be set");
		assert_null(varname_malformed(never[i], strlen(never[i])));
		assert_true(store_name_ok(never[i]));
		assert_true(varname_is_hook(never[i], strlen(never[i])));
	}
}

/* What callers may not set, an administrator can have a reason for. */
static void
test_hooks(void **state)
{
	static const char *const hooks[] = { "GIT_SSH", "PYTHONPATH",
	    "NPM_TOKEN", "MYSQL_PWD", "CARGO_REGISTRY_TOKEN", "EDITOR",
	    "GIT_EDITOR", "HTTPS_PROXY", "HOME" };
	static const char *const not[] = { "TOKEN", "PATHS", "XPATH",
	    "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "LD", "path" };
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(hooks); i++) {
		assert_true(varname_is_hook(hooks[i], strlen(hooks[i])));
		assert_null(varname_wrong(hooks[i]));
	}
	for (i = 0; i < NELEM(not); i++) {
		assert_null(varname_wrong(not[i]));
		if (strcmp(not[i], "LD") != 0)
			assert_false(varname_is_hook(not[i],
			    strlen(not[i])));
	}
	/* no more than n bytes count */
	assert_true(varname_is_hook("PATHS", 4));
	assert_false(varname_is_hook("LD_X", 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_never),
		cmocka_unit_test(test_hooks),
	};

	return (cmocka_run_group_tests_name("varname", tests, NULL, NULL));
}
