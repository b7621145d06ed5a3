# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# One hook at a time makes a new value of a secret: of two, the value that is
# stored last need not be the one that its provider takes.
. "$SRC/tests/regress/lib.sh"

SKILLS="\"ops\": { \"default\": \"allow\", \"write\": [\"$W\"] },"
CHANNELS='"ops": { "users": ["cbtadmin"], "access": "execute",
    "skills": ["ops"] },'
conf_default
daemon_start
for name in FIRST OTHER; do
	printf 'old-value-of-%s-1' "$name" >"$T/value"
	cbin cbtadmin secrets set $name <"$T/value"
done

chmod 777 "$W"

# rotate NAME COMMAND
rotate() {
	cb cbtadmin -c ops secrets rotate "$1" --run -s ops -- sh -c "$2"
}

cbbg hook cbtadmin -c ops secrets rotate FIRST --run -s ops -- \
    sh -c "touch $W/begun; until test -e $W/go; do sleep 0.1; done
    echo first-new-value-1"
HOOK=$BGPID
ok "a hook is called" until_true 60 test -e "$W/begun"
RUN=$(sed -n 's/.*"ev":"intent","run":"\([^"]*\)".*/\1/p' \
    "$T/log/gateway.log" | tail -n 1)
rotate FIRST "touch $W/second; echo second-new-value-2"
is "a second one is not" "$S" 75
has "it is told of the first" "$T/err" "FIRST is being rotated by $RUN"
has "and that nothing has changed" "$T/err" "the hook was not called"
ok "neither has it run" test ! -e "$W/second"
ok "the log has it" log_has '"ev":"refused"' "is being rotated by $RUN"
rotate OTHER 'echo other-new-value-3'
is "another secret is rotated meanwhile" "$S" 0
touch "$W/go"
status_of "$HOOK"
is "the first one ends well" "$S" 0
rotate FIRST 'echo third-new-value-4'
is "and then there is room for the next" "$S" 0

# an end of any kind makes room
rm "$W/begun" "$W/go"
cbbg again cbtadmin -c ops secrets rotate FIRST --run -s ops -- \
    sh -c "touch $W/begun; sleep 600"
HOOK=$BGPID
ok "a hook that does not end" until_true 60 test -e "$W/begun"
RUN=$(sed -n 's/.*"ev":"intent","run":"\([^"]*\)".*/\1/p' \
    "$T/log/gateway.log" | tail -n 1)
cb cbtadmin kill "$RUN"
status_of "$HOOK"
ok "is ended" test "$S" -ne 0
rotate FIRST 'echo fourth-new-value-5'
is "and the secret can be rotated" "$S" 0
finish
