/* SPDX-License-Identifier: ISC */
/* Is a file what was written by who has these keys? */
#include "config.h"

#include <stdio.h>

#include "vault/vault.h"

int
vault_verify(struct vault *v, struct keyring *k, const void *p, char *err,
    size_t errlen)
{
	const char *wrong = store_check(v->st, k, p);

	if (wrong == NULL)
		return (0);
	(void)snprintf(err, errlen, "%s/%s %s; restore it from a backup",
	    v->root, VFILE_NAME, wrong);
	return (-1);
}
