# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/bench/lib.sh
#
# What a decision costs where there are a thousand standing approvals, most of
# them for other accounts, or as many as there can be for its own.

. "$SRC/tests/bench/lib.sh"

"$B/tests/bench/stood" "${STOOD-2000}" >"$T/stood" || bail "no numbers"
printf '\n%-44s %9s %9s\n' "to find a standing approval" "of" "us"
awk -F '\t' '{ printf "%-44s %9d %9.2f\n", $3, $1, $2 }' "$T/stood"
