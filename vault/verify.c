/* SPDX-License-Identifier: ISC */
/* Is a file what was written by who has these keys? */
#include "config.h"

#include <stdio.h>

#include "vault/vault.h"

int
vault_verify(struct vault *v, struct keyring *k, const void *p, char *err,
    size_t errlen)
{
	uint8_t mac[KEYRING_MAC];

	keyring_mac(k, p, v->st->macoff, mac);
	if (sodium_memcmp(mac, v->st->mac, sizeof(mac)) != 0) {
		(void)snprintf(err, errlen, "%s/%s is damaged or was changed: "
		    "its authentication code is wrong; restore it from a "
		    "backup", v->root, VFILE_NAME);
		return (-1);
	}
	if (store_open_index(v->st, k) == -1) {
		(void)snprintf(err, errlen, "%s/%s is damaged: its index does "
		    "not open", v->root, VFILE_NAME);
		return (-1);
	}
	return (0);
}
