# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# While a secret is set or rotated, or the vault gets a new key, the vault is
# killed at a system call, or a call of it fails.  Then the new value is there,
# whole, if the log has it, and else the old one; who was told that it went
# well is right, and the daemon starts.  A sample of the calls, or with
# LONG=yes each of them.
. "$SRC/tests/regress/lib.sh"

[ "$ASAN" = no ] || skip_all "sanitizers make calls of their own"
sleep 60 &
BG=$!
"$H/faultat" -p "$BG" kill 1 >"$T/faultat" 2>&1 ||
    skip_all "needs to trace processes: $(cat "$T/faultat")"

SKILLS='"one": { "default": "allow", "secrets": { "TOKEN": "env" } },'
conf_default
daemon_start

# change EVENT N: one of them, to the value with that number; S
change() {
	printf 'the-value-of-%s' "$2" >"$T/value"
	case $1 in
	set)	cbin cbtadmin secrets set TOKEN <"$T/value" ;;
	rotate)	cbin cbtadmin secrets rotate TOKEN <"$T/value" ;;
	rekey)	cb root secrets rekey -k "1=$T/key" ;;
	esac
}
# the number of the value that runs get
had() {
	cb cbtagent run -s one -- sh -c 'echo "${TOKEN#the-value-of-}"'
	[ "$S" -eq 0 ] || cat "$T/err"
	cat "$T/out"
}
# recorded EVENT: how often
recorded() {
	grep -c " secret: .*\"ev\":\"$1\"" "$T/log/gateway.log" || :
}
held() {
	grep -q . "$T/faultat"
}
over() {
	is_child "$TRACER" || return 0
	gone "$TRACER"
}
wrong() {
	PROBLEMS="$PROBLEMS$NL$event, $fault $n: $*"
}

# round: $event meets the $n-th $fault; CAME
round() {
	was=$value before=$(recorded "$event")
	value=$((value + 1))
	vault=$(role_pid vault)
	: >"$T/faultat"
	"$H/faultat" -p "$vault" "$fault" "$n" >"$T/faultat" 2>&1 &
	TRACER=$!
	until_true 60 held || bail "faultat does not get hold of the vault"
	change "$event" "$value"
	told=$S said=$(cat "$T/err")
	! is_child "$TRACER" || kill "$TRACER" 2>/dev/null || :
	wait "$TRACER" || :
	CAME=$(grep -v ready "$T/faultat" | tail -n 1)
	if ! answers 2>/dev/null || gone "$vault"; then
		daemon_wait || wrong "the daemon does not end"
		daemon_try || bail "$event, $fault $n: no start: \
		    $(cat "$T/d.err")"
	fi
	case $CAME in
	unreached*)
		[ "$told" -eq 0 ] || wrong "no fault, and $told: $said" ;;
	esac
	new=$(($(recorded "$event") - before))
	[ "$told" -ne 0 ] || [ "$new" -eq 1 ] || wrong "told 0, not recorded"
	[ "$event" != rekey ] && [ "$new" -eq 1 ] || value=$was
	now=$(had)
	[ "$now" = "$value" ] || wrong "$new recorded, told $told: value \
	    $now, not $value"
	value=$(expr "$now" : '\([0-9]*\)$')
}

# each FAULT FIRST STEP TIMES: the FIRSTth, and so on until there is none
each() {
	fault=$1 n=$2 times=$4
	while [ "$times" -gt 0 ]; do
		round
		rounds=$((rounds + 1))
		case $CAME in
		fired*)	fired=$((fired + 1)) ;;
		unreached*)
			break ;;
		esac
		n=$((n + $3)) times=$((times - 1))
		# at most 8 versions are kept: another value ends them
		[ "$event" != rotate ] || change set "$value"
	done
}

value=1 fired=0 rounds=0 PROBLEMS=
change set 1
is "a value: status" "$S" 0
for event in set rotate rekey; do
	if [ "${LONG-}" = yes ]; then
		for fault in kill write:EIO write:ENOSPC sync:EIO name:EIO \
		    name:ENOSPC open:EIO read:EIO; do
			each "$fault" 1 1 1000
		done
	else
		each kill 15 20 2
		each sync:EIO 1 1 1
	fi
done
is "$rounds changes, $fired met a fault: what came of them" "$PROBLEMS" ""
ok "some of them did" test "$fired" -gt 6
daemon_stop
S=0
"$B/clawbot" audit verify "$T/log" >"$T/out" 2>&1 || S=$?
is "the log is whole" "$S" 0
finish
