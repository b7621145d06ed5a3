# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2034
#
# Each manual page has the sections that a page of its kind should have, in the
# order of mdoc(7); the messages that it explains are those that the programs
# have; and no command is told of on two pages.
. "$SRC/tests/regress/lib.sh"

[ "$ASAN${CLAWBOT_TRAP-}" = no ] ||
    skip_all "starts no daemon; done in one build"

pages() {
	perl "$SRC/tests/helpers/manpages.pl" "$@"
}

(cd "$SRC" && find common supervisor executor auditor vault notifier file \
    client -name '*.c') | sed "s,^,$SRC/," >"$T/sources"
is "sections" "$(pages sections "$SRC"/man/*.[1578])" ""
is "messages" "$(pages messages "$T/sources" "$SRC"/man/*.[1578])" ""
ok "there are messages" test \
    "$(cat "$SRC"/man/* | grep -c '^\.It "')" -ge 40

# What is missing, in another order or not there is noticed.
# edited NAME SED...: a page, changed
edited() {
	sed "$2" "$SRC/man/$1" >"$T/$1"
	cmp -s "$SRC/man/$1" "$T/$1" && return
	pages sections "$T/$1"
	pages messages "$T/sources" "$T/$1"
}
is "without a section" "$(edited clawbot-run.1 '/^\.Sh EXIT STATUS/d')" \
    "clawbot-run.1: no EXIT STATUS"
is "without one that a page of 8 has" \
    "$(edited clawbotd.8 's/^\.Sh FILES/.Ss Files/')" "clawbotd.8: no FILES"
is "in another order" "$(edited clawbot-hook.1 \
    's/^\.Sh SEE ALSO/.Sh NAME/; s/^\.Sh NAME/&/')" \
    "clawbot-hook.1: no SEE ALSO
clawbot-hook.1: NAME is too late"
is "another message" "$(edited clawbot-backup.1 \
    's/^\.It "the backup cannot be used/.It "the backup is of no use/')" \
    "clawbot-backup.1: the backup is of no use: REASON"

# A command has a section on one page, and its options are told there alone.
for page in "$SRC"/man/clawbot*.1; do
	sed -n 's/^\.Ss \([a-z][a-z ]*\)$/\1/p' "$page"
done | sort | uniq -d >"$T/twice"
is "no command on two pages" "$(cat "$T/twice")" ""
finish
