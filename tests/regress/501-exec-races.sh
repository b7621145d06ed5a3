#!/bin/sh
# SPDX-License-Identifier: ISC
# What was judged is what runs, whoever writes to memory, names and files
# meanwhile.  CBT_ROUNDS=100000 makes it so many rounds of each.
. "$SRC/tests/regress/lib.sh"

cat >"$T/canary.c" <<END
#include <fcntl.h>
int main(void) { return (open("$W/REACHED", O_CREAT | O_WRONLY, 0600) == -1); }
END
mkdir -m 755 "$W/bin"
cc -o "$W/bin/canary" "$T/canary.c" || bail "no compiler"
# as large as what takes its place: what is between the two is another program
truncate -s "$(stat -Lc %s /bin/true)" "$W/bin/canary"
chmod 755 "$W/bin/canary"
C=$W/bin/canary
SKILLS='"judged": { "default": "allow", "deny": ["'"$C"'", "touch denied"],
    "write": ["'"$W"'"], "protect": [], "env": {
	"CBT_ROUNDS": "'"${CBT_ROUNDS-200}"'" },
    "limits": { "timeoutSeconds": 86400, "cpuSeconds": null } },'
conf_default
daemon_try || { sed -i 's/, "cpuSeconds": null//' "$CONF"; daemon_start; }
install -m 755 "$RUN_H/exec_attack" "$W/attack"

# race MODE PROGRAM OTHER [ARGUMENT]
race() {
	r_mode=$1
	rm -f "$W/REACHED" "$W/denied"
	CB_TIMEOUT=80000 cb cbtagent run -s judged -C "$W" -- ./attack \
	    "$r_mode" 0 "$2" "$3" ${4+"$4"}
	diag "$(cat "$T/out")"
	is "$r_mode: it ran" "$S" 0
	ok "... and nothing that is denied did" \
	    test ! -e "$W/REACHED" -a ! -e "$W/denied"
	nok_zero "... but what is not" "in order" "$T/out"
}

# nok_zero NAME WHAT FILE: there were some of these
nok_zero() {
	ok "$1" perl -ne 'exit(!/ [1-9]\d* '"$2"'/)' "$3"
}

for mode in path shared link script bytes; do
	race $mode /bin/true "$C"
done
for mode in args leader both vfork; do
	race $mode /usr/bin/touch - denied
done
daemon_stop
finish
