# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# A slot goes only as somebody has seen it: what others add or remove while he
# looks is neither lost nor taken for the one that was shown.
. "$SRC/tests/regress/lib.sh"

conf_default
daemon_start
P="$T/pty"
mkdir "$P"
head -c 64 /dev/urandom >"$T/key2"
head -c 64 /dev/urandom >"$T/key3"
chmod 600 "$T/key2" "$T/key3"
printf '%s' value-of-token-1 >"$T/value"
cbin cbtadmin secrets set TOKEN <"$T/value"
is "set: status" "$S" 0
add() {
	"$B/clawbot" -S "$T/run" secrets slots -k "$T/key" add keyfile "$1"
}
slots() {
	cb cbtadmin --json secrets slots
	grep -o '"slot":' "$T/out" | wc -l
}
ok "a second slot" add "$T/key2"

# typed LINE...: rm of slot 2 on a terminal, by a script
typed() {
	printf '%s\n' "$@" >"$P/script"
	S=0
	"$H/onpty" "$P/script" "$B/clawbot" -S "$T/run" secrets slots rm 2 \
	    >"$T/out" 2>&1 || S=$?
}
typed "expect remove slot 2, keyfile, $T/key2? [y/N] " 'type \n'
is "rm on a terminal, not answered: status" "$S" 64
has "rm on a terminal, not answered: it stays" "$T/out" "slot 2 stays"
is "rm on a terminal, not answered: both are there" "$(slots)" 2

typed "expect remove slot 2, keyfile, $T/key2? [y/N] " \
    "shell $B/clawbot -S $T/run secrets slots -k $T/key add keyfile $T/key3" \
    'type y\n'
is "another was added meanwhile: status" "$S" 75
has "another was added meanwhile: what to do" "$T/out" \
    "other slots than those that were" "clawbot secrets slots"
is "another was added meanwhile: all are there" "$(slots)" 3

typed "expect remove slot 2" "type y\\n"
is "rm on a terminal: status" "$S" 0
has "rm on a terminal: which one it was" "$T/out" \
    "slot 2 (keyfile) was removed"
cb cbtadmin --json secrets slots
is "what is left" "$(json "$T/out" slots.1.label)" "$T/key3"
cb cbtadmin secrets slots rm 2
is "rm, not on a terminal: status" "$S" 0

# What is stored meanwhile is no slot.
ok "one more slot" add "$T/key3"
typed "expect remove slot 2" \
    "shell $B/clawbot -S $T/run secrets set TOKEN <$T/value" 'type y\n'
is "a value was stored meanwhile: status" "$S" 0
finish
