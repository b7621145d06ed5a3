# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# secrets rotate --keep takes what clawbot-secrets(1) says, and no more.
. "$SRC/tests/regress/lib.sh"

days=$(sed -n 's/.* \([0-9]*\) days at most\.$/\1/p' \
    "$SRC/man/clawbot-secrets.1")
ok "the manual has a bound" test "$days" -gt 30
conf_default
daemon_start
printf 'a-value-of-its-own' >"$T/value"
cbin cbtadmin secrets set MYKEY <"$T/value"
n=1

# takes TIME SECONDS
takes() {
	n=$((n + 1))
	printf 'a-value-of-its-own.%d' "$n" >"$T/value"
	cbin cbtadmin secrets rotate --keep "$1" MYKEY <"$T/value"
	is "$1 is taken" "$S" 0
	ok "$1 is $2 seconds" log_has '"ev":"rotate"' "\"keep_s\":$2"
}
takes "${days}d" $((days * 86400))
takes "$((days * 24))h" $((days * 86400))
takes 2w 1209600
takes 300h 1080000
takes 0 0

# never_takes TIME
never_takes() {
	cbin cbtadmin secrets rotate --keep "$1" MYKEY <"$T/value"
	is "$1: status" "$S" 64
	has "$1: why" "$T/err" "$2"
}
never_takes "$((days + 1))d" "to $((days * 24)) hours"
never_takes "$((days * 24 + 1))h" "to $((days * 24)) hours"
never_takes 53w "to $((days * 24)) hours"
never_takes 99999999999999999999w "to $((days * 24)) hours"
never_takes 1y "not a time"
never_takes 1dd "not a time"
never_takes -1d "not a time"
finish
