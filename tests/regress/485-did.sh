# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# audit search account= finds whatever an account has done, not its runs alone,
# and short lines name it.
. "$SRC/tests/regress/lib.sh"

CLAWBOT_CLAWBOTD=$B/clawbotd
export CLAWBOT_CLAWBOTD

conf_default
daemon_start
printf 'a-value-of-its-own' >"$T/value"
cbin cbtadmin secrets set MYKEY <"$T/value"
cb cbtagent run -- true
cb cbtagent run -d -- touch asked
RUN=$(cat "$T/out")
cb cbtadmin deny "$RUN"
cb cbtadmin stop --skill default -r "to see it"
cb cbtadmin resume --skill default -r "and over"
cb cbtagent secrets list
sed -i 's/"deniedSeconds": 0/"deniedSeconds": 1/' "$CONF"
cb root reload
cb nobody status
ok "all is recorded" until_true 60 in_log ' config: ' '"by":'

# found ACCOUNT TERM...: so many records
found() {
	f_who=$1
	shift
	cb cbtadmin audit search "account=$f_who" "$@"
	grep -c . "$T/out"
}
is "a secret that it stored" "$(found cbtadmin kind=secret ev=set)" 1
has "its line names who did it" "$T/out" "secret set cbtadmin  MYKEY"
is "and nobody else's" "$(found cbtagent kind=secret ev=set)" 0
is "a stop and its end" "$(found cbtadmin kind=stop)" 2
is "a reload" "$(found root kind=config)" 1
is "what was refused to it" "$(found cbtagent kind=auth)" 1
is "to one of those who are on no channel, too" \
    "$(found nobody kind=auth)" 1
is "its runs as ever" "$(found cbtagent ev=intent)" 1
is "not what another decided about them" "$(found cbtadmin ev=deny)" 0
is "nor what acts as it" "$(found clawbot ev=intent)" 0
cb cbtadmin audit search approver=cbtadmin ev=deny
is "that has its own key" "$(grep -c . "$T/out")" 1
finish
