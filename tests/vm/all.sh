#!/bin/sh
# SPDX-License-Identifier: ISC
#
# all.sh [MACHINE ...]: suite.sh for each, under prove, and then a table of
# what they are.
: "${B:?the build directory}" "${SRC:?the source tree}"
[ $# -gt 0 ] || set -- debian12 debian13 ubuntu2404
t=$B/vm/t
rm -rf "$t" "$B/vm"/*.facts
mkdir -p "$t/vm" || exit 1
for name; do
	printf '#!/bin/sh\nexec sh "%s/tests/vm/suite.sh" %s\n' "$SRC" "$name" \
	    >"$t/vm/$name"
	chmod +x "$t/vm/$name"
done
B=$(cd "$B" && pwd)
export B SRC
status=0
# shellcheck disable=SC2086 # options
(cd "$t" && printf 'vm/%s\n' "$@" | prove ${PROVE_OPTIONS-} --exec '' -) ||
    status=$?

echo
for name; do
	[ -f "$B/vm/$name.facts" ] || continue
	awk -F '\t' '
	{ f[$1] = $2 }
	END {
		if (f["distribution"] == "")
			f["distribution"] = f["name"]
		printf "| %s | %s | %s | %s | %s | %s | %s, %s | %s |\n",
		    f["distribution"], f["kernel"], f["systemd"],
		    f["landlock"], f["controllers"], f["attempts"],
		    f["form"], f["result"], f["minutes"]
	}' "$B/vm/$name.facts"
done | {
	echo "| distribution | kernel | systemd | Landlock | control groups |" \
	    "attempts held | tests | minutes |"
	echo "|---|---|---|---|---|---|---|---|"
	cat
}
exit "$status"
