# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: with logging.output "excerpt" the beginning and the end of what a run
# prints are stored, masked and within bounds, in a file that the record of its
# end names by its digest; whoever may read the log can read it, and nobody
# else; and a file that was changed or is missing is found.
. "$SRC/tests/regress/lib.sh"

LOGGING='"output": "excerpt", "excerptKB": 4,
    "redact": ["password=[a-z]*"],'
SKILLS='"keyed": { "default": "allow", "write": ["'$W'"],
    "secrets": { "TOKEN": "env" } },'
MORE='"audit": { "readers": ["cbtother"] },'
conf_default
sed -i 's/"cbtagent", "cbtother"/"cbtagent"/' "$CONF"
daemon_start

# runs WORD...: as a run, whose id is then in $RUN
runs() {
	cb cbtagent --json run -s "${SKILL-default}" -- "$@"
	RUN=$(json "$T/out" run)
}
# shown: what is stored of it, as an approver sees it
shown() {
	cb cbtadmin audit show --output "$RUN"
}
# member NAME: of the record of the run's end
member() {
	grep "\"run\":\"$RUN\"" "$T/log/gateway.log" | grep '"ev":"result"' |
	    sed -n "s/.*\"$1\":\"\{0,1\}\([0-9a-z ]*\).*/\1/p"
}
stored() {
	echo "$T"/log/output/*-"$RUN".out
}

### Both streams, and the record

runs sh -c 'echo to out; echo to err >&2; echo again'
shown
is "it is shown: status" "$S" 0
is "standard output comes out there" "$(cat "$T/out")" "to out
again"
is "standard error as well" "$(cat "$T/err")" "to err"
is "the record has the file's digest" "$(member output)" \
    "$(b2sum -l 256 "$(stored)" | cut -d ' ' -f 1)"
is "and its size" "$(member output_bytes)" "$(stat -c %s "$(stored)")"
is "nobody may write it any more" "$(stat -c '%U %a' "$(stored)")" \
    "$(id -un _clawbot-audit) 440"
cb cbtadmin audit show "$RUN"
has "the page tells of it" "$T/out" "clawbot audit show --output $RUN"
cb cbtadmin --json audit show --output "$RUN"
is "as JSON" "$(python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
print([(p["stream"], p["text"]) for p in d["parts"] if p["stream"] == "err"])' \
    "$T/out")" "[('err', 'to err\\n')]"
runs true
is "who prints nothing has no file" "$(member output)" ""
cb cbtadmin audit show --output "$RUN"
is "and is told so" "$S" 1
has "by its name" "$T/err" "no output of $RUN is stored"

### Who reads it

runs sh -c 'echo between the two'
cb cbtagent audit show --output "$RUN"
is "not who asked for it, like the log" "$S" 77
hasnot "nothing of it" "$T/out" between
cb cbtother audit show --output "$RUN"
is "a reader of the log does" "$(cat "$T/out")" "between the two"
printf 'a\033]0;title\007b\r\n' >"$W/odd"
runs cat "$W/odd"
shown
is "to a pipe as it was" "$(cat "$T/out")" "$(cat "$W/odd")"

### Masked

printf 'squeamish-ossifrage' >"$T/value"
cbin root secrets set TOKEN <"$T/value"
is "a secret is set" "$S" 0
SKILL=keyed
runs sh -c 'for c in $(echo $TOKEN | sed "s/./& /g"); do printf %s $c; done
    echo; echo $TOKEN | base64'
shown
hasnot "a secret of the run, letter by letter" "$(stored)" ossifrage
hasnot "nor in base64" "$(stored)" "$(base64 <"$T/value" | cut -c 4-16)"
is "it is marked" "$(grep -c '\[REDACTED\]' "$T/out")" 2
SKILL=default
runs sh -c 'printf "pass"; printf "word="; sleep 0.1; printf "hun"
    printf "ter\n"; echo AKIAIOSFODNN7EXAMPLE'
shown
hasnot "what logging.redact matches, in pieces" "$(stored)" hunter
hasnot "what has a known shape" "$(stored)" IOSFODNN7
is "both are marked" "$(cat "$T/out")" "[REDACTED]
[REDACTED]"

### Bounded

runs sh -c 'echo the first; seq 1 200000; echo the last'
shown
is "much: the first line" "$(head -n 1 "$T/out")" "the first"
is "much: the last line" "$(tail -n 1 "$T/out")" "the last"
ok "much: no more than there may be" test "$(member output_bytes)" -lt 8192
is "much: all the rest is counted" \
    "$((200000 < $(member output_cut)))" 1
is "and nothing is counted twice" \
    "$(($(wc -c <"$T/out") + $(member output_cut)))" "$(member out_bytes)"
has "it is said where it is shown" "$T/err" "are not stored here"

### Found where it was changed

cb cbtadmin audit verify
is "the log is good" "$S" 0
chmod 640 "$(stored)"
printf X | dd of="$(stored)" bs=1 seek=100 conv=notrunc 2>/dev/null
shown
is "changed: it is not shown" "$S" 2
is "changed: nothing of it" "$(cat "$T/out")" ""
has "changed: which record says so" "$T/err" "TAMPERED record="
cb cbtadmin audit verify
is "changed: verify finds it" "$S" 2
has "changed: verify names it" "$T/out" "TAMPERED record=" \
    "rule=output file=output/$(basename "$(stored)")"
"$B/clawbot" audit verify "$T/log" >"$T/out" 2>&1
is "changed: of a directory, too" "$?" 2
name=$(basename "$(stored)")
rm "$(stored)"
cb cbtadmin audit verify
is "missing: verify finds it" "$S" 6
has "missing: verify names it" "$T/out" "MISSING record=" "file=output/$name"
shown
is "missing: it is not shown" "$S" 1
finish
