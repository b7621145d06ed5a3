/* SPDX-License-Identifier: ISC */
/* What a person gives as a reason, without secrets of known shapes. */
#ifndef COMMON_KNOWNMASK_H
#define COMMON_KNOWNMASK_H

#include <stddef.h>

/*
 * The text with a mark for each (knownsecret.h, mask_text()), or MASK_MARK
 * alone where that is longer than max bytes; to be freed.
 */
char	*knownmask_text(const char *, size_t max);

#endif
