/* SPDX-License-Identifier: ISC */
/* Capabilities in effect; see allcaps.h. */
#include "config.h"

#include <sys/capability.h>

#include <stddef.h>

#include "executor/allcaps.h"

int
allcaps_raise(void)
{
	cap_t c;
	cap_flag_value_t v;
	cap_value_t cap;
	int r = -1;

	if ((c = cap_get_proc()) == NULL)
		return (-1);
	for (cap = 0; cap_get_flag(c, cap, CAP_PERMITTED, &v) == 0; cap++)
		if (v == CAP_SET && cap_set_flag(c, CAP_EFFECTIVE, 1, &cap,
		    CAP_SET) == -1)
			goto out;
	r = cap_set_proc(c);
out:
	(void)cap_free(c);
	return (r);
}
