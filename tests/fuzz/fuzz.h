/* SPDX-License-Identifier: ISC */
/* What every fuzz target includes: the entry that libFuzzer calls. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#endif
