#!/bin/sh
# SPDX-License-Identifier: ISC
#
# dead.sh BUILD: functions that no program reaches from its main().  Each is
# compiled into a section of its own, each program is put together from all
# that it could use, and the linker says which sections it would leave out.
# What every program leaves out is dead, whatever the tests call; the table
# below has what is there for tests and says why.

set -u
cd "$(dirname "$0")/../.." || exit 1
B=$1
CC=${CC-cc}
ROLES="supervisor executor auditor vault notifier forwarder file client"

# function, why
known() {
	cat <<'END'
breakers_free	no memory is left behind, where that is looked for
command_at	every command is compared with the manual
conf_draft_text	text that is in no file
conf_parse	text that is in no file
derive_end	part of vault_close
filter_program	the filter of runs is tried number by number
inside_row	every row is compared with what is sent and PROTOCOL
intent_get	comes with its shape; whoever reads one asks the table
intent_put	comes with its shape; whoever sends one asks the table
masks_get	masks alone, without the message around them
limits_same	one set of limits against another, row by row
states_op_at	every row is compared with the table of messages
states_run_at	every row is compared with the table of messages
msg_row_at	every row is compared with PROTOCOL and the golden frames
level_free	part of quota_free
outpack_free	no memory is left behind, where that is looked for
outpack_rests	whether there is more to do, which a loop of faults waits for
pattern_covers	one pattern against one command, without a configuration
pattern_in_text	one pattern against one text, without a configuration
prove_stop	part of vault_close
quota_free	no memory is left behind, where that is looked for
releases_free	part of quota_free
resolve_put	comes with its shape; whoever sends one asks the table
runreq_get	comes with its shape; whoever reads one asks the table
runreq_put	comes with its shape; whoever sends one asks the table
share_free	part of quota_free
vault_close	many vaults one after the other
redact_free	no memory is left behind, where that is looked for
verify_dir	a log that is there alone, with nothing known of it
verify_dir_by	the same, with something known
xconf_free	no memory is left behind, where that is looked for
END
}

out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT INT TERM

# shellcheck disable=SC2086 # lists
find common $ROLES -name '*.c' | LC_ALL=C sort >"$out/sources"
# shellcheck disable=SC2016 # it is the inner shell's
CC=$CC B=$B OUT=$out xargs -P "$(nproc)" -n 8 sh -c '
for f; do
	o=$OUT/${f%.c}.o
	mkdir -p "${o%/*}"
	$CC -std=gnu11 -I. "-I$B" -O0 -w -ffunction-sections -c -o "$o" "$f" ||
	    exit 1
done' sh <"$out/sources" || exit 1

# The objects of the program of one main(), its own first.  Where there is no
# event loop another file waits for messages.
objects() {
	echo "$out/${1%.c}.o"
	o_skip=ipc_noev
	[ "${1%%/*}" != client ] || o_skip=ipc_ev
	# shellcheck disable=SC2016 # it is grep
	grep -E "^(common|${1%%/*})/" "$out/sources" | grep -v "/$o_skip\.c\$" |
	    grep -vxFf "$out/mains" | sed "s|^\(.*\)\.c\$|$out/\1.o|"
}

# shellcheck disable=SC2046 # a list
grep -l '^main(' $(cat "$out/sources") >"$out/mains"
while read -r main; do
	objects "$main" >"$out/objects"
	# shellcheck disable=SC2046 # a list
	$CC -r -nostdlib -o "$out/all.o" -Wl,--gc-sections,-e,main \
	    -Wl,--print-gc-sections $(cat "$out/objects") 2>"$out/said" || {
		cat "$out/said"
		exit 1
	}
	sed -n "s|.*section '\.text\.\([A-Za-z0-9_]*\)' in file '$out/\(.*\)\.o'.*|\2.c \1|p" \
	    "$out/said" | LC_ALL=C sort -u >>"$out/left"
	sed "s|^$out/\(.*\)\.o\$|\1.c|" "$out/objects" >>"$out/linked"
done <"$out/mains"

known >"$out/known"
awk '
FILENAME ~ /\/known$/ { why[$1] = 1; next }
FILENAME ~ /\/linked$/ { linked[$1]++; next }
{ left[$1 " " $2]++ }
END {
	for (k in left) {
		split(k, v, " ")
		if (left[k] < linked[v[1]])
			continue
		if (v[2] in why) {
			used[v[2]] = 1
			continue
		}
		print v[1] ": " v[2] "() is never called"
		bad = 1
	}
	for (f in why)
		if (!(f in used)) {
			print "tests/lint/dead.sh: " f "() is called or gone"
			bad = 1
		}
	exit bad
}' "$out/known" "$out/linked" "$out/left" | LC_ALL=C sort >"$out/found"
cat "$out/found"
[ ! -s "$out/found" ]
