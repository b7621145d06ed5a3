# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: what works outside works inside.  Everyday uses (tests/work/USES),
# each in a directory of a grant in which names are protected: a run ends with
# the status and the output that the same lines have outside, as the same
# account, with the same environment and a loopback.
#
# Those with an exclamation mark are of a skill that allows what they need.
# make check tries those with a star, as far as it comes in a minute; USES=all,
# of make check-work, all of them, of which 95 in 100 have to end as outside.
# USE=TEXT tries those whose name has that in it.  Those whose programs are not
# installed are skipped.  What is known to end otherwise, and why, stands in
# tests/work/DIFFERENT, and has to.
. "$SRC/tests/regress/lib.sh"

# shellcheck source=tests/work/both.sh
. "$SRC/tests/work/both.sh"

USES_FILE=$SRC/tests/work/USES
SKILLS='"work": { "default": "allow", "deny": ["denied"],
    "write": ["'$W'"], "network": "loopback",
    "limits": { "timeoutSeconds": 280, "processes": 1024 } },
    "debug": { "default": "allow", "execs": "off", "shell": true,
    "trace": true, "write": ["'$W'"], "network": "loopback",
    "limits": { "timeoutSeconds": 280, "processes": 1024,
    "memoryMB": 0 } },'
conf_default
daemon_start

both_start work

# A repository, and an empty directory two levels below the grant.
fresh() {
	chmod -R u+w "$W/u" 2>/dev/null
	rm -rf "$W/u" "$W/repo"
	install -d -o clawbot -g clawbot "$W/u" "$W/u/d"
	cp -a "$T/repo" "$W/repo"
}
(git init -q "$T/repo" && cd "$T/repo" && git config user.name n &&
    git config user.email n@example.org && echo 1 >f && git add f &&
    git commit -qm one) || bail "no repository"
chown -R clawbot: "$T/repo"

# try NAME [SKILL]: the lines in $T/use
try() {
	install -m 644 "$T/use" "$W/use"
	fresh
	outside 270 "$W/u/d" "$W/use"
	fresh
	inside 300 "${2:-work}" "$W/u/d" "$W/use"
	TRIED=$((TRIED + 1))
	if [ "$S" -eq "$WANT" ] && cmp -s "$T/want" "$T/out"; then
		SAME=$((SAME + 1))
		return 0
	fi
	diag "$1: status $S and not $WANT"
	diff "$T/want" "$T/out" | head -n 5 | sed 's/^/#   /'
	diff "$T/want.err" "$T/err" | head -n 5 | sed 's/^/#   /'
	return 1
}

TRIED=0
SAME=0
END=$(($(now_ms) + 60000))
one() {
	o_star=${1%"${1#\*}"}
	o_name=${1#\*}
	o_skill=
	case $o_name in
	!*)	o_skill=debug
		o_name=${o_name#!} ;;
	esac
	[ -n "$o_star" ] || [ "${USES-}" = all ] || return 0
	case $o_name in
	*"${USE-}"*) ;;
	*) return 0 ;;
	esac
	shift
	[ "${USES-}" = all ] || [ "$(now_ms)" -lt "$END" ] || {
		skip "$o_name" "the time is up"
		return 0
	}
	has_all "$@" || {
		skip "$o_name" "no $MISSING"
		return 0
	}
	if try "$o_name" "$o_skill"; then
		o_same=yes
	else
		o_same=no
	fi
	case $(known "$o_name") in
	always)	is "$o_name: differs, as is known" "$o_same" no ;;
	here)	skip "$o_name: same $o_same" "not on every host" ;;
	*)	is "$o_name" "$o_same" yes ;;
	esac
}

each_use "$USES_FILE" one
diag "$SAME of $TRIED uses end as outside"
[ "${USES-}" != all ] || [ -n "${USE-}" ] || ok "at least 95 % of them do" \
    test "$((SAME * 100))" -ge "$((TRIED * 95))"
daemon_stop
finish
