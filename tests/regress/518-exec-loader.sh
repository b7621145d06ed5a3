#!/bin/sh
# SPDX-License-Identifier: ISC
# What a loader that is executed itself is told to load is judged by its file,
# whatever led to it and whatever the loader is called.
# shellcheck disable=SC2016 # arguments of sh -c
. "$SRC/tests/regress/lib.sh"

LD=$(readelf -l /bin/true | sed -n 's/.*interpreter: \(.*\)]/\1/p')
[ -x "$LD" ] || skip_all "programs have no loader"
ID=$(readlink -f "$(command -v id)")
SKILLS='"judged": { "default": "allow", '$PATIENT', "deny": ["id"],
    "write": ["'"$W"'"], "protect": [] },
    "recorded": { "default": "allow", '$PATIENT', "deny": ["id"], "execs": "record",
    "write": ["'"$W"'"], "protect": [] },'
conf_default
daemon_start
mkdir "$W/dir"
ln -s "$ID" "$W/dir/link"
ln -s "$ID" "$W/dir/-x"
cp "$ID" "$W/copy"
chmod 644 "$W/copy"
cp "$LD" "$W/loads"
cp /bin/echo "$W/echo"
printf '#!%s dir/link\n' "$W/loads" >"$W/script"
chmod 755 "$W/script"
chown -R clawbot "$W"

# says NAME TEXT LINE: what it prints, and its status, as part of a script
says() {
	printf '%s\n' "$3" >"$W/line"
	cb cbtagent run -s "${SKILL-judged}" -C "$W" -- sh ./line
	is "$1" "$S $(cat "$T/out")" "$2"
}
says "a program" "0 there" "$LD ./echo there"
says "... by a name for it" "0 there" "$LD --argv0 x ./echo there"
says "... by a copy of the loader" "0 there" './loads ./echo there'
says "nothing" "0 " "$LD --verify ./echo"
says "what is not there" "127 " "$LD ./none"
says "what is denied" "126 " "$LD $ID"
says "a link to it" "126 " "$LD dir/link"
says "... by its whole path" "126 " "$LD --inhibit-cache $W/dir/link"
says "a copy, not to be executed" "126 " "$LD ./copy"
says "a descriptor" "126 " "exec 3<copy; $LD /proc/self/fd/3"
says "a copy of the loader, and a link" "126 " './loads dir/link'
ok "... and it is said" grep -q 'loads: denied by skills.judged.deny: id' \
    "$T/err"
says "a script that it reads" "126 " './script'
says "what it searches for" "126 " "$LD --library-path dir link"
says "... and looks like an option" "126 " "$LD --library-path dir -x"
SKILL=recorded
says "where nothing is refused" "0 $(id -u clawbot)" "$LD dir/link -u"

# as a request, by its words
cb cbtagent run -s judged -C "$W" --no-wait -- "$LD" dir/link
is "a request that loads a link is asked about" "$S" 77
cb cbtagent run -s judged -C "$W" --no-wait -- ./loads "$ID"
is "so is a copy of the loader" "$S" 77
cb cbtagent run -s judged --no-wait -- "$LD" "$ID"
is "what is denied is refused" "$S" 77
cb cbtagent run -s judged --no-wait -- "$LD" "$(readlink -f /bin/echo)" there
is "a program of the system runs" "$S $(cat "$T/out")" "0 there"
daemon_stop
finish
