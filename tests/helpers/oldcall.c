/* SPDX-License-Identifier: ISC */
/*
 * oldcall: asks for a system call by the gate of another architecture, where
 * the numbers mean something else.  Prints the result, if there is one.
 */
#include "config.h"

#include <stdio.h>

int
main(void)
{
	long r = -1;

#ifdef __x86_64__
	/* getpid of i386 */
	__asm__ volatile ("int $0x80" : "=a" (r) : "a" (20L) : "memory");
#endif
	printf("%ld\n", r);
	return (0);
}
