# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# What becomes of a circuit breaker by itself is in the log, a record for each
# change and none for what changes nothing.
. "$SRC/tests/regress/lib.sh"

BREAKER=3
REPEATS=2
conf_default
sed -i 's/"circuitBreaker": {/&"cooldownSeconds": 1,/' "$CONF"
daemon_start
failing() {
	cb cbtagent run -- sh -c "$1; kill -9 \$\$"
}
# records EV: so many there are of it
records() {
	grep -c "quota: .*\"ev\":\"$1\"" "$T/log/gateway.log"
}

failing : && failing :
ok "a plan that fails again: opened" log_has '"ev":"opened"' '"plan":"'
cb cbtagent run -- sh -c ': ; kill -9 $$'
cb cbtagent run -- sh -c ':; kill -9 $$'
is "open: refused" "$S" 75
failing true
ok "so many of an account: opened" log_has '"ev":"opened"' '"failures":3'
has "opened: whose" "$T/log/gateway.log" \
    "\"channel\":\"cli\",\"skill\":\"default\",\"uid\":$(id -u cbtagent)" \
    '"failures":2,"cooldown_s":1'
cb cbtagent run -- true
cb cbtagent run -- true
is "what is refused leaves no record of a breaker" "$(records half-open)" 0
tried() {
	cb cbtagent run -- "$@"
	[ "$S" != 75 ]
}
ok "after its time one is tried" until_true 60 tried sh -c 'false; kill -9 $$'
is "tried: one record" "$(records half-open)" 1
ok "it has failed: open again" until_true 60 test \
    "$(records opened)" -ge 3
ok "after its time again one is tried" until_true 60 tried true
ok "it was good: closed" log_has '"ev":"closed"' \
    '"reason":"the run that was tried was good"'
is "closed: one record" "$(records closed)" 1
cb cbtadmin audit search kind=quota ev=half-open
is "search finds them" "$(wc -l <"$T/out")" 2
cb cbtadmin audit verify
is "the log is good" "$S" 0
finish
