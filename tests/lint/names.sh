#!/bin/sh
# SPDX-License-Identifier: ISC
#
# names.sh BUILD: names that mean one thing here and another there.  No two
# programs have an external symbol of one name, so that a test can be linked
# with all of them; no two files define a structure, enum, constant, type or
# macro of one name; no two headers have one base name.  Two sources may, where
# they are main.c, or serve the same command of clawbot(1) in client/ and in
# other programs.

set -u
cd "$(dirname "$0")/../.." || exit 1
B=$1
ROLES="common supervisor executor auditor vault notifier forwarder file client"

# ROLE SYMBOL, of objects that are built where they are not
symbols() {
	for s_role in $ROLES; do
		s_objs=$(find "$s_role" -name '*.c' | LC_ALL=C sort |
		    sed "s|^\(.*\)\.c\$|$B/obj/\1.o|")
		# shellcheck disable=SC2086 # a list
		{
			${MAKE-make} -s B="$B" $s_objs >&2 || exit 1
			nm -g --defined-only $s_objs || exit 1
		} | awk -v role="$s_role" \
		    'NF == 3 && $3 != "main" { print role, $3 }' || exit 1
	done
}

# KIND NAME FILE for what each of the files defines
defined() {
	awk '
	function put(kind, name) { print kind, name, FILENAME }
	# without comments and strings
	function bare(s,   out, i) {
		gsub(/\\./, "", s)
		gsub(/"[^"]*"/, "", s)
		out = ""
		for (;;) {
			if (comment) {
				if ((i = index(s, "*/")) == 0)
					return out
				s = substr(s, i + 2)
				comment = 0
			}
			if ((i = index(s, "/*")) == 0)
				return out s
			out = out substr(s, 1, i - 1) " "
			s = substr(s, i + 2)
			comment = 1
		}
	}
	function constants(body,   v, n, i) {
		n = split(body, v, ",")
		for (i = 1; i <= n; i++)
			if (match(v[i], /^[ \t]*[A-Za-z_][A-Za-z_0-9]*[ \t]*(=|$)/)) {
				gsub(/[ \t]/, "", v[i])
				sub(/=.*/, "", v[i])
				put("constant", v[i])
			}
	}
	FNR == 1 { comment = inside = more = 0 }
	{
		more_next = /\\$/
		s = bare($0)
	}
	# a macro, and the lines that it goes on in
	more || s ~ /^[ \t]*#/ {
		if (!more && s ~ /^[ \t]*#[ \t]*define[ \t]/) {
			sub(/^[ \t]*#[ \t]*define[ \t]+/, "", s)
			sub(/[^A-Za-z_0-9].*/, "", s)
			put("constant", s)
		}
		more = more_next
		next
	}
	inside {
		body = body " " s
	}
	match(s, /(struct|union|enum)[ \t]+[A-Za-z_0-9]+[ \t]*[{]/) {
		tag = substr(s, RSTART, RLENGTH)
		gsub(/^(struct|union|enum)[ \t]+|[ \t]*[{]$/, "", tag)
		put("structure", tag)
	}
	!inside && match(s, /enum[ \t]*[A-Za-z_0-9]*[ \t]*[{]/) {
		inside = 1
		body = substr(s, RSTART + RLENGTH)
	}
	inside && index(body, "}") != 0 {
		constants(substr(body, 1, index(body, "}") - 1))
		inside = 0
	}
	/^typedef/ && s !~ /[{]/ {
		if (match(s, /[(][*][A-Za-z_0-9]+[)]/))
			s = substr(s, RSTART + 2, RLENGTH - 3)
		sub(/[;([].*/, "", s)
		sub(/[ \t]+$/, "", s)
		sub(/.*[^A-Za-z_0-9]/, "", s)
		put("constant", s)
	}' "$@"
}

out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT INT TERM

symbols >"$out/symbols" || exit 1
# shellcheck disable=SC2046,SC2086 # lists
defined $(find $ROLES -name '*.[ch]' | LC_ALL=C sort) >"$out/defined" || exit 1
# shellcheck disable=SC2086 # a list
find $ROLES -name '*.[ch]' | LC_ALL=C sort >"$out/files"
for what in symbols:300 defined:500 files:200; do
	[ "$(wc -l <"$out/${what%:*}")" -gt "${what#*:}" ] || {
		echo "tests/lint/names.sh: does not find the ${what%:*}" >&2
		exit 1
	}
done

{
	sort -u "$out/symbols" | awk '
	{ roles[$2] = roles[$2] " " $1; n[$2]++ }
	END {
		for (s in n)
			if (n[s] > 1)
				print "symbol " s " is in:" roles[s]
	}'
	sort -u "$out/defined" | awk '
	{
		k = $1 " " $2
		files[k] = files[k] " " $3
		n[k]++
	}
	END {
		for (k in n)
			if (n[k] > 1)
				print k " is defined in:" files[k]
	}'
	awk -F / '
	{
		files[$NF] = files[$NF] " " $0
		n[$NF]++
		mine[$1, $NF]++
		if (mine[$1, $NF] > 1)
			twice[$NF]
		if ($0 == "client/" $NF && $NF ~ /\.c$/)
			command[$NF]
	}
	END {
		for (f in n)
			if (n[f] > 1 && f != "main.c" &&
			    (f in twice || !(f in command)))
				print "file " f " there is as:" files[f]
	}' "$out/files"
} | LC_ALL=C sort >"$out/found"
cat "$out/found"
[ ! -s "$out/found" ]
