# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: the secret's bytes appear nowhere, also not a part of them, also
# not after runs that ended badly, and not when a role or clawbotd crashed.
. "$SRC/tests/regress/lib.sh"

# The value is kept outside of what is searched.
V=$(mktemp -d /root/cbt.XXXXXX)
UNDO="rm -rf '$V'; $UNDO"
head -c 36 /dev/urandom | base64 -w 0 >"$V/value"
val=$(cat "$V/value")

# Any third of it, and as those who look for such things know it.
{
	echo "$val" | fold -w 16
	base64 -w 0 "$V/value"
	echo
	od -An -v -tx1 "$V/value" | tr -d ' \n'
	echo
} >"$V/patterns"

# found NAME: it must not have been
found() {
	is "$1" "$(tr '\n' ' ' <"$V/hits" | cut -c 1-400)" ""
}

files() {
	grep -rlaF -f "$V/patterns" "$@" 2>/dev/null >"$V/hits"
	:
}

# proc WHAT PID...
proc() {
	p_what=$1
	shift
	for p_pid; do
		grep -qsaF -f "$V/patterns" "/proc/$p_pid/$p_what" &&
		    echo "$p_pid/$p_what"
	done >"$V/hits"
}

memory() {
	M=0
	"$H/memsearch" "$V/value" "$@" >"$V/hits" 2>&1 || M=$?
}

# The vault is its keeper.
but_vault() {
	family "$D" | grep -vx "$(role_pid vault)" | sort
}

# nowhere NAME PID...: in none of these, and in no file
nowhere() {
	n_name=$1
	shift
	memory "$@"
	found "$n_name: in no memory"
	for n_what in cmdline environ stat status maps; do
		proc "$n_what" "$@" "$(role_pid vault)"
		found "$n_name: not in $n_what"
	done
	files "$T" "$W"
	found "$n_name: in no file"
}

printf '#!/bin/sh\n[ "${#TOKEN}" -eq 48 ] || exit 9\nsleep 7777 &
echo "is $TOKEN"; echo "not $TOKEN" >&2\n[ ! "$1" ] || kill -$1 $$
until [ -e %s/go ]; do sleep 0.05; done; kill $!\n' "$W" >"$W/use"
chmod 755 "$W/use"

SKILLS='"keyed": { "default": "allow", "write": ["'$W'"], '$PATIENT',
    "ask": ["touch asked"], "deny": ["touch denied"],
    "secrets": { "TOKEN": "env" } },'
conf_default
# shellcheck disable=SC3045 # every sh that there is has it
ulimit -c unlimited
daemon_start

### The search finds

env PLANTED="$val" sleep 1000 &
planted=$!
perl -e 'open my $f, "<", $ARGV[0]; my $v = <$f>; $v .= ""; sleep 1000' \
    "$V/value" &
reader=$!
BG="$BG $planted $reader"
seen() {
	memory "$1"
	[ "$M" -eq 1 ]
}
ok "control: found where it is in the environment" until_true 60 \
    seen "$planted"
ok "control: found where it was read" until_true 60 seen "$reader"
proc environ "$planted"
is "control: found in /proc" "$(cat "$V/hits")" "$planted/environ"
head -c 20 "$V/value" >"$T/planted"
files "$T"
is "control: found in a file, and if only a part" "$(cat "$V/hits")" \
    "$T/planted"
rm "$T/planted"
kill "$planted" "$reader"
# shellcheck disable=SC2046 # a list
memory $(but_vault)
is "control: not found before it is there" "$M$(cat "$V/hits")" 0
cbin root secrets set TOKEN <"$V/value"
is "set: status" "$S" 0
until_true 60 no_runners || bail "somebody is left of the start"
roles=$(but_vault)
# shellcheck disable=SC2086 # a list
nowhere "set" $roles

### While a run has it

cbbg run cbtagent run -s keyed -- "$W/use"
run=$BGPID
in_run() {
	running "sleep 7777" && grep -q is "$T/run.out"
}
until_true 60 in_run || bail "the run does not start"
# shellcheck disable=SC2086
nowhere "a run has it" $roles
proc environ "$run"
found "a run has it: not the client's environment"
memory "$run"
found "a run has it: nor the client's memory"
# the one that stays: the loop of the run has short ones, too
sleeper=
for p in $(family "$D"); do
	[ "$(cmdline "$p" | tr '\n' ' ')" != "sleep 7777 " ] || sleeper=$p
done
ok "a run has it" seen "$sleeper"
: >"$W/go"
status_of "$run"
has "what it printed was masked" "$T/run.out" "is [REDACTED]"
has "what it printed was masked: errors" "$T/run.err" "not [REDACTED]"

### Runs that end badly

# The roles, and two sandboxes of three processes that wait for a run.
only_roles() {
	[ "$(but_vault | wc -l)" -eq $(($(echo "$roles" | wc -l) + 6)) ] &&
	    not_running "sleep 7777"
}

rm -f "$W/go"
cbbg kill cbtagent run -s keyed -- "$W/use"
until_true 60 running "sleep 7777" || bail "the run does not start"
kill -9 "$BGPID"
status_of "$BGPID"
for sig in 9 11 6; do
	cb cbtagent run -s keyed -- "$W/use" $sig
	is "ended by signal $sig: status" "$S" $((128 + sig))
done
cb cbtagent run -s keyed -- "$W/nosuch"
is "not found: status" "$S" 127
cb cbtagent run -s keyed -- touch denied
is "refused: status" "$S" 77
cb cbtagent run -s keyed --no-wait -- touch asked
is "would wait: status" "$S" 77
cb cbtagent run -s keyed --timeout 1 -- "$W/use"
is "too long: status" "$S" 124
ok "after them: only the roles are left" until_true 60 only_roles
# shellcheck disable=SC2046 # a list
nowhere "after them" $(but_vault)

### Crashes

# The executor is process 1 of its namespace: a signal is no crash there.
: >"$W/go"
for who in vault auditor clawbotd; do
	pid=$D
	[ $who = clawbotd ] || pid=$(role_pid $who)
	kill -SEGV "$pid"
	daemon_wait || bail "$who: the daemon goes on"
	is "$who crashed: no core" "$(find "$T" "$W" -name '*core*' \
	    -size +0)" ""
	daemon_start
	cb cbtagent run -s keyed -- "$W/use"
	is "$who crashed: the next one has it" "$S" 0
done
# shellcheck disable=SC2046
nowhere "after crashes" $(but_vault)
cb root secrets rm TOKEN
is "rm: status" "$S" 0
# shellcheck disable=SC2046
nowhere "removed" $(but_vault)
daemon_stop
finish
