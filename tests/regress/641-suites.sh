# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: what other people test their programs with ends in a run as it does
# outside: the same command, as the same account, with the same environment and
# a loopback, in a directory in which names are protected, ends with the same
# status, and each test of it with the same result.
#
# Suites are in tests/work, each with a list.  make check tries what has a star
# there, as far as it is installed and comes in a minute and a half; SUITES=all,
# of make check-work, all of all of them, and SUITES='python git' those; what
# they need has been fetched by tests/work/prepare.sh into WORK_DIR.  USE=TEXT
# tries those with that in their name.
#
# What ends otherwise is tried once more, outside and inside, since tests of
# times and of races do not always end in the same way; what does so twice has
# to stand in tests/work/DIFFERENT, with the reason.
. "$SRC/tests/regress/lib.sh"

# shellcheck source=tests/work/both.sh
. "$SRC/tests/work/both.sh"

ALL="python git source node server"
WORK_DIR=${WORK_DIR:-/var/cache/clawbot-work}
SAMPLE=yes
[ -z "${SUITES-}" ] || SAMPLE=no
case ${SUITES-} in
''|all)	SUITES=$ALL ;;
esac
SECONDS_EACH=3600
[ "$SAMPLE" = no ] || SECONDS_EACH=600

READ=
[ ! -d "$WORK_DIR" ] || READ='"read": ["'$WORK_DIR'"],'
skill() {
	echo "\"$1\": { $2 \"write\": [\"$W\"], $READ
	    \"network\": \"loopback\", \"limits\": {
	    \"timeoutSeconds\": $SECONDS_EACH, \"memoryMB\": 0, \"fileMB\": 0,
	    \"processes\": 4096, \"outputMB\": 256, \"tmpMB\": 4096,
	    \"shmMB\": 1024 } },"
}
# The second one is for what the profile does not know when it is asked for
# itself, as servers, or asks about, as a browser; it is judged, too.  git's
# tests have their home where their repositories are.
JUDGED='"default": "allow", "deny": ["denied"],'
SKILLS="$(skill judged '"profile": "developer",')
    $(skill work "$JUDGED")
    $(skill git "$JUDGED "'"protect": ["-.gitconfig"],')"
conf_default
daemon_start
both_start work

# fresh: an empty directory $HERE, two levels below the grant
HERE=$W/u/d
fresh() {
	chmod -R u+w "$W/u" 2>/dev/null
	rm -rf "$W/u"
	install -d -o clawbot -g clawbot "$W/u" "$HERE"
}

### What differs

# sides SKILL: the lines in $T/use, on both sides; CASES FILE prints from
# $HERE, or from that output, a line for each test: name, tab, result.  What
# stands before a line --- is started first, runs beside, and has to end when
# there is a file "stop".
sides() {
	for s_part in serve use; do
		echo "WORK=$WORK_DIR" >"$W/$s_part"
		chmod 644 "$W/$s_part"
	done
	sed -n '1,/^---$/{/^---$/d;p}' "$T/use" >>"$W/serve"
	sed '1,/^---$/d' "$T/use" >>"$W/use"
	if ! grep -qx -- --- "$T/use"; then
		cat "$T/use" >>"$W/use"
		rm "$W/serve"
	fi
	fresh
	if [ -f "$W/serve" ]; then
		outside "$SECONDS_EACH" "$HERE" "$W/serve" serve &
		BGPID=$!
		BG="$BG $BGPID"
	fi
	outside "$SECONDS_EACH" "$HERE" "$W/use"
	touch "$HERE/stop"
	[ ! -f "$W/serve" ] || status_of "$BGPID"
	$CASES "$T/want" | LC_ALL=C sort >"$T/want.cases"
	fresh
	[ ! -f "$W/serve" ] || cbbg serve cbtagent run -s "$1" --no-wait \
	    -C "$HERE" -- sh "$W/serve"
	inside $((SECONDS_EACH + 20)) "$1" "$HERE" "$W/use"
	s_status=$S
	touch "$HERE/stop"
	[ ! -f "$W/serve" ] || status_of "$BGPID"
	S=$s_status
	$CASES "$T/out" | LC_ALL=C sort >"$T/got.cases"
	[ "$S" -eq "$WANT" ] || printf 'status\t%s and not %s\n' "$S" "$WANT"
	LC_ALL=C comm -3 "$T/want.cases" "$T/got.cases" |
	    sed 's/$/	outside/; s/^	\(.*\)outside$/\1inside/'
}

# names FILE
names() {
	cut -f 1 "$1" | LC_ALL=C sort -u
}

# explained NAME CASE: it is in the list
explained() {
	while IFS='	' read -r x_name x_when x_why; do
		# shellcheck disable=SC2254 # patterns
		case $1:\ $2 in
		$x_name)
			echo "$x_name" >>"$T/used"
			return 0 ;;
		esac
	done <"$T/list"
	return 1
}

UNITS=0 SAME=0 TESTED=0 LIKE=0
# compare SUITE UNIT SKILL
compare() {
	c_name="$1: $2"
	grep -F "$c_name: " "$SRC/tests/work/DIFFERENT" >"$T/list"
	: >"$T/used"
	sides "$3" >"$T/differ"
	names "$T/differ" >"$T/differing"
	: >"$T/unknown"
	while IFS= read -r c_case; do
		explained "$c_name" "$c_case" || echo "$c_case" >>"$T/unknown"
	done <"$T/differing"
	if [ -s "$T/unknown" ] || [ ! -s "$T/want.cases" ]; then
		mv "$T/differing" "$T/first"
		sides "$3" >"$T/differ"
		names "$T/differ" | LC_ALL=C comm -12 - "$T/first" \
		    >"$T/differing"
	fi
	names "$T/want.cases" >"$T/all"
	c_all=$(wc -l <"$T/all")
	c_not=$(LC_ALL=C comm -12 "$T/all" "$T/differing" | wc -l)
	UNITS=$((UNITS + 1)) TESTED=$((TESTED + c_all))
	LIKE=$((LIKE + c_all - c_not))
	[ -s "$T/differing" ] || SAME=$((SAME + 1))
	told "$c_name" "$c_all" "$c_not"
}

# told NAME ALL DIFFERENT: what has come of it
told() {
	: >"$T/unknown"
	while IFS= read -r c_case; do
		explained "$1" "$c_case" || echo "$c_case" >>"$T/unknown"
	done <"$T/differing"
	# With a difference of the tests the status may differ as well.
	! grep -qvx status "$T/differing" || sed -i '/^status$/d' "$T/unknown"
	t_all="$(($2 - $3)) of $2 as outside, status $WANT"
	if [ "$2" -eq 0 ] || { [ "$WANT" -ne 0 ] && [ "$CASES" = cat ]; }; then
		result 1 "$1: works outside"
		tail -n 5 "$T/want" "$T/want.err" | sed 's/^/#   /'
	elif [ -s "$T/unknown" ]; then
		result 1 "$1: $t_all" || :
		grep -F -f "$T/unknown" "$T/differ" | head -n 40 |
		    sed 's/^/#   /'
		tail -n 5 "$T/err" | sed 's/^/#   /'
		[ -z "${KEEP-}" ] || cp -a "$W/u" "$T/failed.$UNITS"
	elif [ -s "$T/differing" ]; then
		result 0 "$1: $t_all, the rest differs as is known"
	else
		result 0 "$1: $t_all"
	fi
	# What always differs has to.
	while IFS='	' read -r t_name t_when t_why; do
		[ "$t_when" = always ] || continue
		grep -qxF "$t_name" "$T/used" ||
		    result 1 "$t_name: differs, as is known"
	done <"$T/list"
}

# begin UNIT: one of a list, in UNIT without its star; fails if it is not to be
# tried
END=$(($(now_ms) + 90000))
begin() {
	UNIT=${1#\*}
	[ "$SAMPLE" = no ] || [ "$UNIT" != "$1" ] || return 1
	case $UNIT in
	*"${USE-}"*) ;;
	*) return 1 ;;
	esac
	[ "$SAMPLE" = no ] || [ "$(now_ms)" -lt "$END" ] || {
		skip "$UNIT" "the time is up"
		return 1
	}
}

# listed FILE: what stands in there, one a line
listed() {
	sed 's/[ 	]*#.*//; /^$/d' "$SRC/tests/work/$1"
}

# lines_suite SUITE FILE SKILL: of lines in the form of USES; what they print
# counts
lines_suite() {
	CASES="cat"
	L_SUITE=$1
	L_SKILL=$3
	each_use "$SRC/tests/work/$2" lines_unit
}

# lines_unit NAME PROGRAM...
lines_unit() {
	begin "$1" || return 0
	shift
	if has_all "$@"; then
		compare "$L_SUITE" "$UNIT" "$L_SKILL"
	else
		skip "$L_SUITE: $UNIT" "no $MISSING"
	fi
}

for suite in $SUITES; do
	UNITS=0 SAME=0 TESTED=0 LIKE=0
	# shellcheck source=/dev/null
	. "$SRC/tests/work/$suite.sh"
	"suite_$suite"
	[ "$UNITS" -eq 0 ] || diag "$suite: $SAME of $UNITS as outside," \
	    "$LIKE of $TESTED tests"
done
fresh
daemon_stop
finish
