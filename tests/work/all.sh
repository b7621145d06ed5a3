#!/bin/sh
# SPDX-License-Identifier: ISC
#
# all.sh [PART ...]: what works outside works inside, at length: "uses", the
# suites of other people (tests/regress/641-suites.sh), "builds" and "agents",
# with "trials" of these and their "screens"; then how much of it ends as
# outside; and "seals", every bit of a sealed log.
# What suites need is fetched first.  What was said is in build/work/PART.tap.
: "${B:?the build directory}" "${SRC:?the source tree}"
[ $# -gt 0 ] ||
	set -- uses builds python git source node server agents trials \
	    screens seals
dir=$SRC/build/work
mkdir -p "$dir" || exit 1

# run PART SCRIPT NAME=VALUE...
run() {
	r_part=$1 r_script=$2
	shift 2
	echo "== $r_part"
	env "$@" sh "$SRC/tests/regress/$r_script.sh" >"$dir/$r_part.new" 2>&1 &
	r_pid=$!
	# what comes is shown as it comes
	tail -s 1 --pid "$r_pid" -n +1 -f "$dir/$r_part.new"
	wait "$r_pid" || status=1
	mv "$dir/$r_part.new" "$dir/$r_part.tap"
}

status=0
for part; do
	case $part in
	uses)
		sh "$SRC/tests/work/prepare.sh" uses || status=1
		run uses 640-uses USES=all USE="${USE-}" ;;
	builds)	run builds 562-builds WORK=all BUILDS="${BUILDS-}" ;;
	agents)	run agents 670-agents LONG=yes ;;
	trials)	run trials 685-connect-agent LONG=yes ;;
	screens)
		run screens 687-agent-screen LONG=yes ;;
	seals)
		CMOCKA_MESSAGE_OUTPUT=TAP SEALED_KIB=64 \
		    "$B/tests/unit/record_seal_test" >"$dir/seals.tap" 2>&1 ||
			status=1
		cat "$dir/seals.tap" ;;
	*)
		sh "$SRC/tests/work/prepare.sh" "$part" || status=1
		run "$part" 641-suites SUITES="$part" USE="${USE-}" ;;
	esac
done

echo
for part; do
	grep -hE '^# .* (as outside|builds, )' "$dir/$part.tap"
done
for part; do
	cat "$dir/$part.tap"
done | awk '
    / # SKIP / { s++; next }
    /^ok/ { p++ }
    /^not ok/ { f++ }
    END { printf "%d passed, %d failed, %d skipped\n", p, f, s }'
exit "$status"
