/* SPDX-License-Identifier: ISC */
/* What tests change in the sandboxes; nothing in a build for use. */
#include "config.h"

#include <sys/prctl.h>

#include <linux/seccomp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/bpf.h"
#include "common/role.h"
#include "executor/hook.h"

#if CB_TEST_HOOKS
static char hook[256], changed[256];
static const char *hook_path;

void
hook_skill(const char *name)
{
	const char *env = getenv("CLAWBOT_CHANGED");
	size_t n = strlen(name);
	char *at, *path;

	if (env != NULL && strncmp(env, name, n) == 0 && env[n] == '@' &&
	    strlen(env + n + 1) < sizeof(changed))
		memcpy(changed, env + n + 1, strlen(env + n + 1) + 1);
	env = getenv("CLAWBOT_WITHOUT");
	if (env == NULL || strlen(env) >= sizeof(hook))
		return;
	memcpy(hook, env, strlen(env) + 1);
	if ((at = strchr(hook, '@')) == NULL)
		return;
	*at++ = '\0';
	if ((path = strchr(at, '@')) != NULL)
		*path++ = '\0';
	hook_path = path;
	if (strcmp(at, name) != 0)
		hook[0] = '\0';
}

/* One, or several with a plus between them. */
static int
is_named(const char *layer)
{
	size_t n = strlen(layer);
	const char *p;

	for (p = hook; (p = strstr(p, layer)) != NULL; p += n)
		if ((p == hook || p[-1] == '+') && (p[n] == '\0' ||
		    p[n] == '+'))
			return (1);
	return (0);
}

int
hook_without(const char *layer)
{
	return (is_named(layer) &&
	    (hook_path == NULL || access(hook_path, F_OK) == 0));
}

void
hook_wait(int dir, const char *path)
{
	char name[16] = "";

	(void)prctl(PR_GET_NAME, name, 0, 0, 0);
	while (faccessat(dir, path, F_OK, 0) == 0) {
		(void)prctl(PR_SET_NAME, "cbt-waits", 0, 0, 0);
		(void)usleep(10000);
	}
	(void)prctl(PR_SET_NAME, name, 0, 0, 0);
}

int
hook_apparmor(void)
{
	return (getenv("CLAWBOT_APPARMOR") != NULL);
}

/* Behind all the sandbox's filters: of two that say errno, the last counts. */
void
hook_changed(void)
{
	static struct bpf b;
	int nr, err;
	FILE *fp;

	if (changed[0] == '\0' || (fp = fopen(changed, "re")) == NULL)
		return;
	bpf_start(&b);
	while (fscanf(fp, "%d %d", &nr, &err) == 2)
		bpf_sys(&b, nr, SECCOMP_RET_ERRNO | (uint32_t)err);
	(void)fclose(fp);
	bpf_ret(&b, SECCOMP_RET_ALLOW);
	if (bpf_load(&b) == -1)
		_exit(EXIT_SYSTEM);
}
#endif
