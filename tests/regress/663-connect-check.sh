# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# clawbot connect --check: what is set up is tried with what the settings name,
# and what does not hold is a hole.
. "$SRC/tests/regress/lib.sh"

conf_default
daemon_start
HM=$T/home
install -d -o cbtagent "$HM"

# connect ARG...: by the agent; S
connect() {
	S=0
	as cbtagent env -i HOME="$HM" PATH="$PATH" CLAWBOT_SOCKETS="$T/run" \
	    timeout 240 "$B/clawbot" connect "$@" >"$T/out" 2>"$T/err" \
	    </dev/null || S=$?
}

# here: the settings name what is built here
here() {
	find "$HM" -type f -exec sed -i "s,\"[^\" ]*/\(clawbot[^/]*\)\",\"$B/\1\",
	    s,\"[^\" ]*/\(clawbot hook\),\"$B/\1," {} +
}

connect --check claude
is "nothing is there: status" "$S" 1
has "nothing is there: no hook" "$T/out" "used unasked"
has "nothing is there: no shell" "$T/out" "runs outside"
hasnot "nothing is there: nothing is well" "$T/out" "ok  "
for a in claude codex gemini qwen copilot opencode openclaw; do
	connect --write "$a"
	here
	connect --check "$a"
	has "$a: the server" "$T/out" "it may run commands"
	case $a in
	openclaw)
		has "$a: no hook" "$T/out" "used unasked" ;;
	*)	is "$a: three refusals" \
		    "$(grep -c '^ok .*refused by the hook' "$T/out")" 3 ;;
	esac
	case $a in
	claude)	is "$a: no hole" "$S" 0
		has "$a: its commands" "$T/out" "they run inside" ;;
	*)	is "$a: a hole" "$S" 1
		has "$a: its commands" "$T/out" "runs outside" ;;
	esac
done
is "nothing is left of it" "$(find "$HM" -name '*canary*')" ""

### Holes

sed -i 's,"[^" ]*/clawbot hook,"/nonexistent/clawbot hook,' \
    "$HM/.claude/settings.json"
connect --check claude
is "a hook that is not there" "$S" 1
has "... is one" "$T/out" "cannot be executed"
mkdir "$T/fake"
printf '#!/bin/sh\nexec /bin/sh -c "$1"\n' >"$T/fake/clawbot-sh"
printf '#!/bin/sh\ncat >/dev/null\n' >"$T/fake/clawbot"
chmod 755 "$T/fake" "$T/fake"/*
find "$HM" -type f -exec sed -i "s,\"/[^\" ]*/clawbot,\"$T/fake/clawbot," {} +
connect --check claude
has "a shell that is none of ours" "$T/out" "they reach your files"
has "a hook that says nothing" "$T/out" "not refused by the hook"
has "a server that answers nothing" "$T/out" "does not answer"
is "nothing is left of that either" "$(find "$HM" -name '*canary*')" ""
connect --check --write claude
is "--check does not write" "$S" 64

daemon_stop
finish
