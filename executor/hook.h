/* SPDX-License-Identifier: ISC */
/*
 * Built with test hooks, CLAWBOT_WITHOUT=LAYER@SKILL[@PATH] leaves out one
 * layer, or several with "+" between them, in the runs of a skill, while PATH
 * exists in its view: so tests can see that the battery finds it.  The
 * executor itself is skill "executor" here.  CLAWBOT_CHANGED=SKILL@PATH makes
 * the kernel give another answer to the battery: PATH has lines of "NUMBER
 * ERRNO", where errno 0 is a call that says it went well and has done nothing.
 * With CLAWBOT_APPARMOR set the executor is refused user namespaces by any
 * account but root, as AppArmor refuses them.
 */
#ifndef EXECUTOR_HOOK_H
#define EXECUTOR_HOOK_H

#if CB_TEST_HOOKS
/* In a spawner: the skill whose runs it starts. */
void	hook_skill(const char *name);
/* In place of the command, before the battery. */
void	hook_changed(void);
/* Is this layer left out? */
int	hook_without(const char *layer);
/* As long as that is there, beneath an open directory. */
void	hook_wait(int dir, const char *path);
/* Is the executor refused user namespaces, as by AppArmor? */
int	hook_apparmor(void);
#else
#define hook_skill(name)	((void)0)
#define hook_changed()		((void)0)
#define hook_without(layer)	0
#define hook_wait(dir, path)	((void)0)
#define hook_apparmor()		0
#endif

#endif
