# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: a secret is in its run, in the runner beside it and in the vault, and
# nowhere else.  A canary goes through many runs, in every mode and by every
# way out; then it is looked for, in twelve encodings, in every file of the
# daemon, all that came out of runs, and the memory of every process.
#
#	CANARY_RUNS=N	so many runs; 1000 take some minutes
. "$SRC/tests/regress/lib.sh"

RUNS_ALL=${CANARY_RUNS-40}
MODES="pipe terminal detached line file json approved denied garbage script
    crash killed left runner"

SKILLS='"one": { "default": "allow", "read": ["'$W'"], "deny": ["touch denied"],
	'$PATIENT', "secrets": { "TOKEN": "env" } },
    "file": { "default": "allow", "read": ["'$W'"], '$PATIENT',
	"secrets": { "TOKEN": "file" } },
    "late": { "default": "allow", "read": ["'$W'"], '$PATIENT',
	"secrets": { "TOKEN": "env" } },
    "asks": { "default": "allow", "read": ["'$W'"], '$PATIENT',
	"secrets": { "TOKEN": { "approval": true } } },'
conf_default
daemon_start
: >"$T/all"

# The value has what each encoding writes in its own way.
printf 'can+ary/%sEnd=' "$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')" \
    >"$T/canary"
mkdir -m 700 "$T/known"
mv "$T/canary" "$T/known/canary"
cbin cbtadmin secrets set TOKEN <"$T/known/canary"
is "the canary is in the vault" "$S" 0

# leaks files|mem ...: where it is, in $T/found; bytes looked at in SEEN
leaks() {
	"$H/leaks" "$T/known/canary" "$@" >"$T/found" 2>"$T/seen"
	SEEN=$(tail -n 1 "$T/seen")
}

### The search finds what there is to find

"$H/leaks" "$T/known/canary" forms >"$T/known/forms" 2>/dev/null
N=0
while read -r hex name; do
	N=$((N + 1))
	{
		head -c "$((4093 + N))" /dev/zero
		printf '%s' "$hex" | cut -c 5-52 | perl -pe '
		    chomp; $_ = pack("H*", $_)'
		head -c 100 /dev/zero
	} >"$T/known/one"
	leaks files "$T/known/one"
	has "a part of it is found: $name" "$T/found" ": $name"
done <"$T/known/forms"
is "in twelve encodings" "$N" 12

### Runs

cat >"$W/show.sh" <<'END'
v=${TOKEN-$(cat "$TOKEN_FILE")}
printf '%s\n' "$v"
printf '%s' "$v" | base64
printf 'x%s' "$v" | base64 -w 11 >&2
printf '%s' "$v" | od -An -v -tx1 | tr -d ' \n'
printf '%s' "$v" | iconv -t UTF-16LE
END
printf '\177ELF garbage' >"$W/garbage"
printf '#!/bin/sh\nkill -SEGV $$\n' >"$W/crash.sh"
printf '#!%s/none\n' "$W" >"$W/script"
printf '. %s/show.sh >&2\nexec sleep "$1"\n' "$W" >"$W/stay.sh"
chmod 755 "$W"/*
mkdir -m 777 "$T/pty"
printf 'expect [REDACTED]\n' >"$T/pty/script"

# kept: what a client has printed
kept() {
	cat "$@" >>"$T/all"
}

# shown STATUS: that, and what was shown is masked
shown() {
	kept "$T/out" "$T/err"
	[ "$S" -eq "$1" ] && grep -qF '[REDACTED]' "$T/out"
}

# A run that has it, has shown it, and stays: BGPID, RUN
stay() {
	cbbg stay cbtagent run -s one -- sh "$W/stay.sh" 1001
	until_true 60 find_run || bail "no run"
	until_true 60 grep -qs REDACTED "$T/stay.err" || bail "it shows nothing"
}

find_run() {
	RUN=
	for f_pid in $(family "$D"); do
		[ "$(cmdline "$f_pid" | tr '\n' ' ')" != "sleep 1001 " ] ||
		    RUN=$f_pid
	done
	[ -n "$RUN" ]
}

# It has ended with this status, or any
stayed() {
	status_of "$BGPID"
	kept "$T/stay.out" "$T/stay.err"
	grep -qF '[REDACTED]' "$T/stay.err" && [ "${1-$S}" = "$S" ]
}

by_pipe() {
	cb cbtagent run -s one -- sh "$W/show.sh"
	shown 0
}
by_terminal() {
	S=0
	as cbtagent env TERM=xterm "$H/onpty" "$T/pty/script" \
	    "$B/clawbot" -S "$T/run" run -s one -t -- sh "$W/show.sh" \
	    >"$T/out" 2>"$T/err" </dev/null || S=$?
	shown 0
}
by_detached() {
	cb cbtagent run -s one -d -- sh "$W/show.sh" && [ "$S" -eq 0 ] ||
	    return 1
	d_id=$(tr -d '\n' <"$T/out")
	cb cbtagent wait "$d_id"
	cb cbtagent logs "$d_id"
	shown 0
}
by_line() {
	cb cbtagent run -s one --shell 'printenv TOKEN | tee /dev/stderr | rev |
	    rev; set | grep TOKEN'
	shown 0
}
by_file() {
	cb cbtagent run -s file -- sh "$W/show.sh"
	shown 0
}
by_json() {
	cb cbtagent --json run -s one -- sh "$W/show.sh"
	shown 0
}
by_approved() {
	cbbg asks cbtagent run -s asks -- sh "$W/show.sh"
	waiting
	cb cbtadmin approvals show "$ID"
	kept "$T/out" "$T/err"
	cb cbtadmin approve -y "$ID"
	status_of "$BGPID"
	cp "$T/asks.out" "$T/out"
	cp "$T/asks.err" "$T/err"
	shown 0
}
by_denied() {
	cb cbtagent run -s one -- touch denied
	kept "$T/out" "$T/err"
	[ "$S" -eq 77 ]
}
by_garbage() {
	cb cbtagent run -s one -- "$W/garbage"
	kept "$T/out" "$T/err"
	[ "$S" -eq 126 ]
}
by_script() {
	cb cbtagent run -s one -- "$W/script"
	kept "$T/out" "$T/err"
	[ "$S" -ne 0 ]
}
by_crash() {
	cb cbtagent run -s one -- sh "$W/crash.sh"
	kept "$T/out" "$T/err"
	[ "$S" -eq 139 ]
}
by_killed() {
	stay
	cb cbtagent kill --all -s one
	kept "$T/out" "$T/err"
	stayed
}
by_left() {
	stay
	kill -KILL "$BGPID"
	stayed 137 && until_true 60 not_running "sleep 1001"
}
# Its runner ends, and the run with it.
by_runner() {
	stay
	for r_pid in $(runners); do
		case " $(family "$r_pid" | tr '\n' ' ') " in
		*" $RUN "*)	kill -KILL "$r_pid" ;;
		esac
	done
	stayed
}

# This takes its time, beside the others.
cbbg late cbtagent run -s late --timeout 2 -- sh "$W/stay.sh" 1000
LATE=$BGPID
N=0
BAD=
while [ "$N" -lt "$RUNS_ALL" ]; do
	for mode in $MODES; do
		[ "$N" -lt "$RUNS_ALL" ] || break
		N=$((N + 1))
		"by_$mode" || BAD="$BAD $mode:$S"
	done
done
is "each of $N runs ended as it should" "$BAD" ""
status_of "$LATE"
kept "$T/late.out" "$T/late.err"
is "one whose time was up" "$S" 124
has "one whose time was up: masked" "$T/late.err" "[REDACTED]"
ok "many values were masked" test "$(grep -aoF '[REDACTED]' "$T/all" |
    wc -l)" -gt "$RUNS_ALL"
cb cbtadmin audit tail -l -n 10000
kept "$T/out"

### While a run has it

stay
VAULT=$(role_pid vault)
cb cbtadmin status --all
HIDDEN=$(grep -c 'keymem.*memfd_secret' "$T/out")
leaks mem "$RUN"
has "it is in the run" "$T/found" ": as it is"
# parent PID
parent() {
	sed -n 's/^PPid:	//p' "/proc/$1/status"
}
INIT=$(parent "$RUN")
RUNNER=$(parent "$INIT")
# all of the daemon's but the run with its init, its runner, and a vault that
# cannot hide its memory from root
others() {
	for o_pid in $(family "$D"); do
		case $o_pid in
		"$RUN"|"$INIT"|"$RUNNER") continue ;;
		"$VAULT")		[ "$HIDDEN" -ne 0 ] || continue ;;
		esac
		echo "$o_pid"
	done
}
[ "$HIDDEN" -ne 0 ] ||
    skip "memory of the vault" "no memfd_secret here: root can read it"
# shellcheck disable=SC2046 # a list
leaks mem $(others)
never is "memory of every other process" "$(cat "$T/found")" ""
ok "it was read" test "$SEEN" -gt 1000000
cb cbtagent kill --all -s one
stayed

### When no run has it

RUN=none INIT=none RUNNER=none
# shellcheck disable=SC2046
leaks mem $(others)
never is "afterwards: memory of every process" "$(cat "$T/found")" ""

# everything: all files of the daemon, and where cores and journals are
everything() {
	find "$T" "$W" /var/log /var/crash /var/lib/systemd/coredump \
	    -path "$T/known" -prune -o -type f -print 2>/dev/null
	find / -maxdepth 1 -name 'core*' -type f
}

# searched NAME
searched() {
	dmesg >"$T/dmesg" 2>/dev/null
	# shellcheck disable=SC2046
	leaks files $(everything)
	never is "$1: files, logs, cores and all that was printed" \
	    "$(cat "$T/found")" ""
	ok "$1: they were read" test "$SEEN" -gt 100000
}
searched "afterwards"

### Roles that end while a run has it

# the executor is process 1 of its pid namespace, and takes no other signal
for role in executor:KILL auditor:ABRT vault:ABRT; do
	stay
	kill "-${role#*:}" "$(role_pid "${role%:*}")"
	daemon_wait
	ok "${role%:*}: it ends the daemon" test "$DSTATUS" -ge 90
	stayed
	daemon_start
done
searched "after crashes"
daemon_stop
finish
