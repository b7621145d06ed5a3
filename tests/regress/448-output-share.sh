# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# However much one account prints, what another one's runs print is stored; the
# record, status and doctor say whose is not any more.
. "$SRC/tests/regress/lib.sh"

LOGGING='"output": "full", "outputMB": 1, "outputTotalMB": 2,'
conf_default
daemon_start

# runs ACCOUNT COMMAND...: what it prints goes nowhere
runs() {
	r_who=$1
	shift
	cb "$r_who" run -- "$@"
	RUN=$(sed -n 's/.*"ev":"intent","run":"\([^"]*\)".*/\1/p' \
	    "$T/log/gateway.log" | tail -n 1)
}
end_of() {
	grep "\"run\":\"$RUN\"" "$T/log/gateway.log" | grep '"ev":"result"'
}
lost() {
	end_of | grep -q '"output_lost":"as much of this account'
}
for n in 1 2 3; do
	runs cbtagent seq 100000 230000
	! lost || break
done
ok "one account has its share" lost
runs cbtother echo all of it
ok "what another one prints is stored" test -e "$T"/log/output/*-"$RUN".out
hasnot "all of it" "$T/log/gateway.log" '"output_lost":"as much is'
not_lost() {
	! lost
}
ok "and nothing is lost" not_lost
cb root audit show --output "$RUN"
is "it can be seen" "$(cat "$T/out")" "all of it"
runs cbtagent seq 100000 230000
ok "nothing more of the first one" lost
told() {
	cb root --json status
	grep -q '"name":"output","state":"share"' "$T/out"
}
ok "status says so" until_true 60 told
has "status: whose" "$T/out" "nothing more of uid $(id -u cbtagent)"
cb root doctor
has "doctor says so" "$T/out" "logging.outputTotalMB"
has "so does the daemon's own log" "$T/d.err" \
    "output of a run of uid $(id -u cbtagent) is not stored"
cb root audit verify
is "the log is whole" "$S" 0
finish
