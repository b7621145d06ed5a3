# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Who asks for runs and may not read the log learns from nothing that it gets
# whether something of its own words is a value of the vault: what it is shown
# is the same, byte for byte, before the vault has the value and after.
. "$SRC/tests/regress/lib.sh"

V='Summer2026!'
LIST="Winter2026!,$V,Summer2027!"
SKILLS='"ask": { "default": "ask", '$PATIENT' },
    "files": { "default": "allow", "write": ["'$W'"] },'
conf_default
chmod 777 "$W"
daemon_start

# same FILE: without times, numbers, ids and what is measured
same() {
	sed -E 's/r[a-z0-9]{12}/RUN/g
	    s/[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+Z?/TIME/g
	    s/"(record|number|time|pid|conn|intent|[a-z]*_us|maxrss_kb|started_ago_ms|ended_ago_ms|asked_ago_ms|cwd_ino|[a-z_]*_kb|[a-z]*_pid|cpu_[a-z]*|processes)":("[^"]*"|[0-9]+)/"\1":N/g
	    s/^[0-9]+ TIME/N TIME/; s/pid [0-9]+/pid N/g; s/conn c[a-z0-9]{12}/conn N/
	    s/after [0-9.]+ s/after N/; s/in [0-9.]+ s/in N/
	    s/(user|system|memory kB|records) +[0-9]+(-[0-9]+)?/\1 N/g' "$1"
}

# shown NAME: what the asker gets to see of the run whose answer is in $T/out
shown() {
	{
		echo "= $1: what it was answered"
		cat "$T/out" "$T/err"
	} >>"$ALL"
	RUN=${2:-$(last_run)}
	for how in --json -l ''; do
		case $how in
		--json)	cb cbtagent --json audit show "$RUN" ;;
		-l)	cb cbtagent audit show -l "$RUN" ;;
		*)	cb cbtagent audit show "$RUN" ;;
		esac
		{
			echo "= $1: audit show $how, $S"
			cat "$T/out"
		} >>"$ALL"
	done
}

last_run() {
	sed -n 's/.*"run":"\(r[a-z0-9]*\)".*/\1/p' "$T/log/gateway.log" |
	    tail -n 1
}

# all FILE: everything that can be asked with those words
all() {
	ALL=$T/all
	: >"$ALL"
	cb cbtagent --json run -r "for $LIST" --claim "session=$LIST" -- \
	    true "$LIST"
	shown allowed
	cb cbtagent --json run -- sh -c "true '$LIST'; /bin/echo '$LIST'"
	shown programs
	cb cbtagent --json run -- touch denied "$LIST"
	shown refused
	cb cbtagent --json run -s files -C "$W" -- sh -c \
	    'mkdir d; touch "d/$1"; mv "d/$1" "d/x$1"; rm -r d' sh "$LIST"
	shown "changed names"
	cb cbtagent --json run -s files -- rm "$W/no/$LIST"
	shown "a name in an error"
	cb cbtagent run -- "nosuch$LIST"
	shown "not found"
	cb cbtagent run -C "/nosuch/$LIST" -- true
	shown "no directory"
	cb cbtagent status
	grep denial "$T/out" >>"$ALL"
	cb cbtagent run -s ask -d -r "for $LIST" -- true "$LIST"
	RUN=$(cat "$T/out")
	cb cbtagent --json approvals
	cat "$T/out" >>"$ALL"
	cb cbtagent --json ps
	cat "$T/out" >>"$ALL"
	cb cbtadmin deny -r "not today" "$RUN"
	until_true 60 log_has '"ev":"deny"' "$RUN"
	cb cbtagent wait "$RUN"
	shown "asked for" "$RUN"
	cb cbtagent run -d -- sh -c "exec sleep 600 # $LIST"
	RUN=$(cat "$T/out")
	until_true 60 log_has '"ev":"intent"' "$RUN"
	cb cbtagent --json ps
	cat "$T/out" >>"$ALL"
	cb cbtagent kill "$RUN"
	until_true 60 log_has '"ev":"result"' "$RUN"
	cb cbtagent --json ps
	cat "$T/out" >>"$ALL"
	same "$ALL" >"$1"
}

all "$T/before"
hasnot "before: nothing of it is hidden" "$T/log/gateway.log" REDACTED
daemon_stop
cp "$T/log/gateway.log" "$T/first.log"
rm -f "$T"/log/*
rm -rf "$T/vault"
daemon_start
printf %s "$V" >"$T/value"
cbin cbtadmin secrets set GUESSED <"$T/value"
is "the vault has it" "$S" 0
MARK="Winter2026!,[REDACTED:${#V}:"
all "$T/after"
for ev in intent refused exec made renamed removed request deny; do
	ok "the log: $ev: it is hidden, and it alone" \
	    in_log '"ev":"'"$ev"'"' "$MARK"
done
hasnot "the log: it is nowhere" "$T/log/gateway.log" "$V"
ok "who asked gets the same, whatever was hidden" \
    diff "$T/before" "$T/after"
hasnot "and no mark" "$T/after" REDACTED
has "its own words are told to it where it asks for runs that there are" \
    "$T/after" "exec sleep 600 # $LIST" "nosuch$LIST"
has "and names that its runs have changed" "$T/after" \
    "\"what\":\"renamed\",\"path\":\"$W/d/$LIST\",\"to\":\"$W/d/x$LIST\""

cb cbtadmin --json ps
has "an approver sees them as the log has them" "$T/out" \
    "Winter2026!,[REDACTED],Summer2027!"

# waited WHO: what is told to it of the end of the run, which is over or not
waited() {
	cb "$1" --json wait "$RUN"
	is "$1: waited" "$S" 0
}
cat >"$T/names.sh" <<'END'
mkdir "$1"
while [ ! -e go ]; do sleep 0.1; done
END
cb cbtagent run -s files -C "$W" -d -- sh -c "$(cat "$T/names.sh")" sh "$LIST"
RUN=$(cat "$T/out")
"$B/clawbot" -S "$T/run" --json wait "$RUN" >"$T/waits" 2>&1 &
waits=$!
until_true 60 test -d "$W/$LIST"
sleep_left() {
	cb cbtadmin --json ps
	grep -q '"state":"running"' "$T/out"
}
until_true 60 sleep_left
touch "$W/go"
wait "$waits"
has "who waits meanwhile and did not ask: as the log has it" "$T/waits" \
    "\"path\":\"$W/$MARK"
hasnot "and no value" "$T/waits" "$V"
waited cbtadmin
has "an approver who waits afterwards, likewise" "$T/out" \
    "\"path\":\"$W/$MARK"
hasnot "and no value" "$T/out" "$V"
waited cbtagent
has "who asked has its own words" "$T/out" "\"path\":\"$W/$LIST\""
hasnot "and no mark" "$T/out" REDACTED

RUN=$(last_run)
cb cbtagent --json audit show "$RUN"
hasnot "a record: no digest that would tell them" "$T/out" \
    "$(grep -F "$RUN" "$T/log/gateway.log" | tail -n 1 |
    sed 's/.*"p":"\([^"]*\)".*/\1/')"
cb cbtagent audit show "$RUN"
hasnot "nor a way that is not open" "$T/out" "--output"
finish
