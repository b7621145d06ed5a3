#!/bin/sh
# SPDX-License-Identifier: ISC
#
# keys.sh BUILD: keys of the configuration that are read, checked and printed,
# and then mean nothing.  Every field of the configuration's structs is marked
# as deprecated in a copy of the header, where the rows of tables have been made
# members, and the compiler says who uses it outside of the files that read,
# check and print; of struct limits, who uses it where runs are made.

set -u
cd "$(dirname "$0")/../.." || exit 1
B=$1
CC=${CC-cc}

# field, why nobody uses it
known() {
	cat <<'END'
conf.approval_patterns	conf_skill.destructive has them
conf_skill.confirm	conf_skill.confirmable has them
conf.detached_output_mb	conf_detached() is what others ask
conf_channel.all_skills	conf_channel_has_skill() is what others ask
conf_channel.limits	conf_limits() is what others ask
conf_channel.skills	conf_channel_has_skill() is what others ask
who.not_root		for the same check
END
}

out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT INT TERM

# expanded HEADER: the same with every row made a member, a line each; what
# it includes and defines stays in front
expanded() {
	guard=$(sed -n 's/^#ifndef //p' "$1" | head -n 1)
	awk '/^#/ { on = 1 } on { print } !/\\$/ { on = 0 }' "$1" |
	    sed '/^#endif$/d'
	{
		printf '#include "%s"\n#undef %s\n@@@\n' "$1" "$guard"
		sed '/^#include/d' "$1"
	} | $CC -std=gnu11 -I. "-I$B" -E -P -x c - | sed '1,/^@@@/d' |
	    sed 's/[;{}]/&\n/g' | sed 's/^[ \t]*//; /^$/d'
	echo '#endif'
}

# mark STRUCTS DEPTH <HEADER: their fields get the attribute, others stay;
# 1 for members of their own, more for those of what has no name in there
mark() {
	awk -v "structs=^($1)\$" -v "depth=$2" '
	/^#/ { print; next }
	/^struct [a-z_]+ \{$/ && level == 0 {
		in_struct = $2 ~ structs ? $2 : ""
	}
	/\{$/ { level++ }
	/}$/ { level-- }
	in_struct != "" && level == depth && /^[a-z].*;/ {
		end = index($0, ";")
		field = substr($0, 1, end - 1)
		sub(/\[.*/, "", field)
		sub(/^.*[^a-z0-9_]/, "", field)
		$0 = substr($0, 1, end - 1) " __attribute__((__deprecated__(\"" \
		    in_struct "." field "\")))" substr($0, end)
		print in_struct "." field >FIELDS
	}
	{ print }' FIELDS="$out/fields.new" -
	cat "$out/fields.new" >>"$out/fields"
}

# used HEADER STRUCTS DEPTH SOURCES: what they use of them
used() {
	u_dir=${1%/*}
	rm -rf "$out/inc"
	mkdir -p "$out/inc/$u_dir"
	cp "$u_dir"/*.h "$out/inc/$u_dir" || exit 1
	expanded "$1" >"$out/expanded"
	mark "$2" "$3" <"$out/expanded" >"$out/inc/$1"
	# shellcheck disable=SC2016 # it is the inner shell's
	CC=$CC B=$B OUT=$out LC_ALL=C xargs -P "$(nproc)" -n 8 sh -c '
for f; do
	$CC -std=gnu11 "-I$OUT/inc" -I. "-I$B" -Wdeprecated-declarations \
	    -fsyntax-only "$f" 2>&1 || exit 255
done' sh <"$4" >"$out/said" || {
		cat "$out/said"
		exit 1
	}
	# gcc and clang quote and order it each in its way
	grep -oE 'deprecated: [a-z_]+\.[a-z0-9_]+' "$out/said" |
	    sed 's/^deprecated: //' >>"$out/used"
}

: >"$out/fields"
: >"$out/used"
find supervisor -name '*.c' ! -name 'conf*' >"$out/askers"
find executor -name '*.c' >"$out/makers"
used "$(find supervisor -name conf.h)" '[a-z_]+' 1 "$out/askers"
used common/limits.h limits 3 "$out/makers"

known >"$out/known"
[ "$(wc -l <"$out/fields")" -gt 60 ] || {
	echo "tests/lint/keys.sh: does not find the fields" >&2
	exit 1
}
awk '
FILENAME ~ /\/known$/ { why[$1] = 1; next }
FILENAME ~ /\/used$/ { used[$1] = 1; next }
{ field[$1] = 1 }
END {
	for (f in field)
		if (!(f in used) && !(f in why)) {
			print f " of the configuration is read by nobody"
		}
	for (f in why)
		if (f in used || !(f in field))
			print "tests/lint/keys.sh: " f " is used or gone"
}' "$out/known" "$out/used" "$out/fields" | LC_ALL=C sort >"$out/found"
cat "$out/found"
[ ! -s "$out/found" ]
