/* SPDX-License-Identifier: ISC */
/* What every unit test includes after config.h: cmocka and its headers. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <sys/types.h>
#include <sys/wait.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define NELEM(a)	(sizeof(a) / sizeof((a)[0]))

/*
 * Runs fn(arg) in a child, for what cannot be undone: privileges, filters,
 * signals.  The status of waitpid(2); fn's value is the exit status.
 */
static inline int
in_child(int (*fn)(void *), void *arg)
{
	int status;
	pid_t pid;

	(void)fflush(NULL);
	if ((pid = fork()) == 0)
		_exit(fn(arg));
	assert_int_not_equal(pid, -1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return (status);
}

#endif
