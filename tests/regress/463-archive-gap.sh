# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: what was removed between two archives is pruned, by the record that
# says so, and not missing; an archive can begin behind what is gone, be it that
# nothing of that was sealed; a report says from where on it knows.
. "$SRC/tests/regress/lib.sh"

LOGGING='"segmentMB": 1,'
conf_default
log=$T/log
install -d -m 700 -o cbtadmin "$T/a" "$T/b" "$T/c"
big=$(head -c 120000 /dev/zero | tr '\0' x)

# fill: more than a segment, whose second is over then
fill() {
	for f_i in 1 2 3 4 5 6 7 8 9 10; do
		cb cbtagent run -- printf '%.1s' "$big" "$f_i"
	done
	second=$(date +%s)
	until_true 60 log_packed || result 1 "a part is packed"
	until_true 5 is_later || result 1 "its second is over"
}
is_later() {
	[ "$(date +%s)" -gt "$second" ]
}
archive() {
	cb cbtadmin audit archive --before 0s -r "it is old" "$@"
}
# first, last: of what is gone, on standard output
first() {
	sed -n '1s/^PRUNED first=\([0-9]*\) .*/\1/p' "$T/out"
}
last() {
	sed -n '1s/^PRUNED first=[0-9]* last=\([0-9]*\) .*/\1/p' "$T/out"
}

daemon_start
fill
cb cbtadmin audit report
hasnot "a report of all of it" "$T/out" "not in the log any more" \
    "since record"

### Behind what has no seal yet

archive "$T/a"
is "the first part, which has no seal: status" "$S" 0
fill
archive "$T/b"
is "another archive behind it: status" "$S" 0
ok "it needs to know what is gone" test -f "$T/b/gateway.pruned"
ok "of which there are no seals" test ! -e "$T/b/gateway.seals"
cb cbtadmin audit verify --archive "$T/b"
is "the second one alone: status" "$S" 6
has "the second one alone" "$T/out" "PRUNED first=1 last=" \
    "; the rest is whole"
archive "$T/a"
is "nothing is old: status" "$S" 0
has "nothing is old" "$T/out" "nothing that is closed is that old"

### What is removed meanwhile

fill
cb cbtadmin audit prune --before 0s -r "it is not wanted"
is "the next part is removed: status" "$S" 0
cb cbtadmin audit verify
last=$(last)
cb cbtadmin audit verify --archive "$T/b"
is "behind the archive that is pruned: status" "$S" 6
has "behind the archive that is pruned" "$T/out" "PRUNED first=" \
    " last=$last record=" "; the rest is whole" " sealed="
first=$(first)
ok "from the archive's end on" test "$first" -gt 1 -a "$first" -lt "$last"
cb cbtadmin --json audit verify --archive "$T/b"
is "--json: from there on" "$(json "$T/out" pruned_first)" "$first"
is "--json: up to there" "$(json "$T/out" pruned)" "$last"
fill
was=$(ls "$log")
archive "$T/b"
is "to go on there would leave a gap: status" "$S" 64
has "to go on there would leave a gap" "$T/err" \
    "ends with record $((first - 1)), and the log begins with record $((last + 1))"
is "nothing is removed" "$(ls "$log")" "$was"
archive "$T/c"
is "a third one begins behind it: status" "$S" 0
ok "with the seals that are gone" test -s "$T/c/gateway.seals"
cb cbtadmin audit verify --archive "$T/c"
is "the third one: status" "$S" 6
has "the third one" "$T/out" "PRUNED first=1 last=$last record="

### Reports

cb cbtadmin audit verify
gone=$(last)
cb cbtadmin audit report
has "a report says what it does not know" "$T/out" \
    "Not in the log any more: records 1 to $gone, until 2" \
    "is that since record $((gone + 1))." \
    "New programs, not seen before since record $((gone + 1))" \
    "configurations loaded, since record $((gone + 1))."
cb cbtadmin --json audit report
is "--json" "$(json "$T/out" gone)" "$gone"
ok "--json: by which record" test "$(json "$T/out" gone_by)" -gt "$gone"
cb cbtadmin audit report --html -
has "the page, too" "$T/out" "Not in the log any more: records 1 to $gone," \
    "New programs, since what is not in the log any more"
finish
