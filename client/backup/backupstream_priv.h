/* SPDX-License-Identifier: ISC */
/* Sizes that both ends of backupstream.h have. */
#ifndef CLIENT_BACKUPSTREAM_PRIV_H
#define CLIENT_BACKUPSTREAM_PRIV_H

#include <sodium.h>

#include "client/backup/backupkey.h"

#define STREAM_CHUNK	65536U
#define STREAM_MORE	crypto_secretstream_xchacha20poly1305_ABYTES
#define STREAM_FRONT							\
    (BACKUP_FRONT + crypto_secretstream_xchacha20poly1305_HEADERBYTES)

#endif
