/* SPDX-License-Identifier: ISC */
/* All skills examined anew while the executor works; one such at a time. */
#ifndef EXECUTOR_EXAM_DOCTOR_H
#define EXECUTOR_EXAM_DOCTOR_H

#include "executor/executor.h"

/*
 * Begins, and answers X_FOUND and X_EXAMINED with this id.  What it finds
 * refuses a skill's runs from then on, or lets them go again.
 */
void	doctor_start(struct executor *, uint64_t id);
/* Nothing more of it is answered. */
void	doctor_stop(struct executor *);

#endif
