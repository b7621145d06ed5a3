# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/bench/lib.sh
#
# What the profile developer makes of known abuses and of everyday command
# lines (tests/judging), judged by the code that judges requests.

. "$SRC/tests/bench/lib.sh"
. "$SRC/tests/regress/judging.sh"

judging_conf
judge_all || bail "the lists cannot be judged"
printf '\nprofile developer\n'
awk '{ printf "%-44s %6d of %5d %7.2f %%\n", $1, $2, $3, \
    ($3 == 0 ? 0 : 100 * $2 / $3) }' "$T/numbers" | sed 's/_/ /g'
