# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# A run on a page: everything that its records tell, in order, and cut only
# where that is said.
. "$SRC/tests/regress/lib.sh"

conf_default
daemon_start

# page RUN: into $T/out, as who may see all
page() {
	cb cbtadmin audit show "$@"
}

# label NAME LABEL TEXT: the first line of a section begins with it
label() {
	ok "$1" grep -qE "^$2 +$3" "$T/out"
}

LOG=$T/log/gateway.log
cp /bin/true "$W/denied"
cat >"$W/many" <<'END'
sh -c "ls /; true"
i=0
while [ $i -lt 50 ]; do /bin/true; i=$((i + 1)); done
./denied
echo x >f
exit 7
END
cb cbtagent --json run -C "$W" -r "to see it" -- sh many
RUN=$(json "$T/out" run)
page "$RUN"
label "who asked" asked "by cbtagent \\($(id -u cbtagent)\\), .*channel cli"
has "what the caller says" "$T/out" 'says: "to see it"'
label "what was asked for" command 'sh many'
has "where" "$T/out" "in $W"
label "what was decided" decided "allow by skills.default.default"
label "what ran" ran "$(readlink -f "$(command -v sh)")"
has "its digest" "$T/out" \
    "$(b2sum -l 256 "$(command -v sh)" | cut -d' ' -f1)"
has "its account" "$T/out" "as clawbot ($(id -u clawbot))"
label "what it executed" executed "53 programs"
ok "a tree: what a program of it has started stands below it" \
    grep -qE '^ {13}#2 ls /$' "$T/out"
ok "what was refused, and its rule" \
    grep -qE '^ +#53 deny: ./denied  by .skills.default.deny: denied' "$T/out"
has "how many are not shown, and how to see them" "$T/out" \
    "and 12 more: clawbot audit show --all $RUN"
label "what it changed" changed "made $W/f"
label "how it ended" result "exited 7 after [0-9]+\\.[0-9]{3} s"
first=$(grep -F "\"run\":\"$RUN\"" "$LOG" | head -n 1 | cut -d' ' -f1)
label "its records" records "$(printf '%s' "$first" | sed 's/^0*//')-"
page --all "$RUN"
is "all: nothing is cut" "$(grep -c '  #[0-9]* /bin/true' "$T/out")" 50
page -l "$RUN"
is "lines: as many as there are records" "$(grep -c . "$T/out")" \
    "$(grep -cF "\"run\":\"$RUN\"" "$LOG")"
cb cbtadmin --json audit show "$RUN"
is "--json: the records" "$(json "$T/out" records.0.why.reason)" "to see it"

# what waits for an approver, refused and approved
cb cbtagent run -d -- touch asked one
RUN=$(cat "$T/out")
page "$RUN"
label "a question" approved "request, "
cb cbtadmin deny -r "not today" "$RUN"
until_true 60 log_has '"ev":"deny"' "$RUN"
page "$RUN"
ok "a denial: by whom, after how long, and why" \
    grep -qE 'deny by cbtadmin .*, after [0-9.]+ s: .*not today' "$T/out"
cb cbtagent run -d -- touch asked two
RUN=$(cat "$T/out")
cb cbtadmin approve -y "$RUN"
until_true 60 log_has '"ev":"result"' "$RUN"
cb cbtagent audit show "$RUN"
ok "an approval: one's own run is shown to oneself" \
    grep -qE 'approve by cbtadmin .*, after [0-9.]+ s$' "$T/out"
label "an approval: but for its text" ran '\(its text is shown to readers'
page "$RUN"
label "an approval: and what ran then" ran "$(readlink -f /bin/touch)"
cb cbtother audit show "$RUN"
is "others see nothing: status" "$S" 1
is "others see nothing" "$(wc -c <"$T/out")" 0

# names that would do something to a terminal
cb cbtagent --json run -r "$(printf 'a\033]0;b')" -- \
    printf '%s' "$(printf '\033[31m\342\200\256')"
page "$(json "$T/out" run)"
hasnot "nothing reaches the terminal" "$T/out" "$(printf '\033')" \
    "$(printf '\342\200\256')"
finish
