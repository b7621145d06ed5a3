# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Approvers look at the log before they answer: neither those who only read it
# nor approvers who follow it keep one from that, nor from stopping everything.
. "$SRC/tests/regress/lib.sh"

MORE='"audit": { "readers": ["cbtother"] },'
conf_default
sed -i 's/"cbtagent", "cbtother"/"cbtagent"/' "$CONF"
daemon_start

for n in 1 2 3; do
	ok "a reader follows: $n" follow "reader$n" cbtother
done
for who in cbtadmin cbtsecond; do
	for n in 1 2; do
		ok "$who follows: $n" follow "$who$n" "$who"
	done
	cb "$who" audit tail -f
	is "$who follows no more" "$S" 75
	has "$who: why" "$T/err" "by approvers who follow it"
done
cb cbtadmin audit tail
is "but reads it" "$S" 0
cb cbtagent run -d -- touch asked
ASKED=$(cat "$T/out")
cb cbtsecond approve -y "$ASKED"
is "and approves" "$S" 0
cb cbtagent audit show "$ASKED"
is "an agent sees its own run" "$S" 0
cb cbtadmin stop -r "it can"
is "and stops everything" "$S" 0
cb root audit verify
is "and root checks it" "$S" 0
finish
