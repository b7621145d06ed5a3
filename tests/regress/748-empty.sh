# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh
#
# What is empty is not what holds where nothing is said: a variable of a
# script's that is not set is a mistake, and no wish for the default.  All
# options of all commands, as --help has them.
. "$SRC/tests/regress/lib.sh"

# told ARGUMENT...: clawbot, of which only what it says of its arguments counts
told() {
	S=0
	timeout 60 "$B/clawbot" -S "$T/none" "$@" >"$T/out" 2>"$T/err" \
	    </dev/null || S=$?
}

# try COMMAND...: each option of it that takes something but a reason or a line
try() {
	"$B/clawbot" "$@" --help | sed -n \
	    's/^  \(-.,\|   \) --\([a-z-]*\) \([A-Z][^ ]*\).*/\2 \3/p' \
	    >"$T/options"
	while read -r option what; do
		case $what in
		WHY|LINE) continue ;;
		esac
		want=64
		[ "$1" != hook ] || want=2
		told "$@" "--$option" ""
		TRIED=$((TRIED + 1))
		if [ "$S" -ne $want ] || ! grep -qF -- \
		    "$*: --$option needs $what, and was given nothing" \
		    "$T/err"; then
			diag "$* --$option: $S"
			sed 's/^/#   /' "$T/err"
			WRONG="$WRONG $*:$option"
		fi
	done <"$T/options"
}

TRIED=0
WRONG=
"$B/clawbot" help | sed -n '/^ *-c/q; /^  [a-z]/{ s/^  //
    s/  .*//; s/ [A-Z[-].*//; p; }' |
    sort -u >"$T/commands"
while read -r one two _; do
	case $two in
	'')	try "$one" ;;
	*)	try "$one" "$two" ;;
	esac
done <"$T/commands"
is "no option takes nothing for a value" "$WRONG" ""
ok "and there are enough of them ($TRIED)" test "$TRIED" -gt 60

for option in channel sockets; do
	told "--$option" "" ps
	is "nor does --$option in front of the command" "$S $(head -n 1 \
	    "$T/err" | grep -c "$option needs .*given nothing")" "64 1"
done
for words in "policy check" "audit verify" "audit show" "kill" "wait" \
    "approve" "deny" "revoke" "secrets set" "secrets rm" "backup" "restore"; do
	# shellcheck disable=SC2086 # words
	told $words ""
	is "$words of nothing" "$S $(grep -c 'an argument is empty' \
	    "$T/err")" "64 1"
done

### What may be empty

conf_default
daemon_start
cb cbtagent run -r "" -- true
is "no reason" "$S" 0
cb cbtagent run --shell ""
is "an empty line" "$S" 0
cb cbtagent run -- printf '%s.' "" x ""
is "words of a command" "$S $(cat "$T/out")" "0 .x.."
mkdir "$W/bin"
cat >"$W/bin/claude" <<'END'
#!/bin/sh
printf '%s.' "$@"
END
chmod 755 "$W/bin" "$W/bin/claude"
SAVED=$PATH
PATH=$W/bin:$PATH
cb cbtagent agent -s default claude -- -p "" x
PATH=$SAVED
is "words of an agent's: status" "$S" 0
has "words of an agent's" "$T/out" ".-p..x."
for words in "agent" "agent --" "secrets rotate --run --"; do
	# shellcheck disable=SC2086 # words
	told $words "" true
	is "$words of nothing" "$S $(grep -c 'an argument is empty' \
	    "$T/err")" "64 1"
done
cb cbtadmin secrets rotate NONE --run -s none -- printf '%s' "" x
is "words of a hook: status" "$S" 1
has "words of a hook: taken" "$T/err" "no secret NONE to rotate"
cb cbtagent run -s "" -- touch "$W/made"
is "an empty skill is not the usual one" "$S" 64
ok "and nothing runs" test ! -e "$W/made"
finish
