# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# clawbot-compliance(7) has each requirement once, and every record, key,
# command and test that it names is there.
. "$SRC/tests/regress/lib.sh"

[ "$ASAN${CLAWBOT_TRAP-}" = no ] ||
    skip_all "starts no daemon; done in one build"

page=$SRC/man/clawbot-compliance.7
conf_default
"$H/kinds" | cut -f 1,2 | tr '\t' ' ' >"$T/kinds"
"$H/confkeys" | cut -f 1 >"$T/leaves"
# an object is named by its own name as well
perl -ne 'chomp; do { print "$_\n" } while s/\.[a-zA-Z]*$//' "$T/leaves" |
    sort -u >"$T/keys"
"$B/clawbot" --help | sed -n 's/^  \([a-z][a-z ]*[a-z]\).*/\1/p' |
    sed 's/  .*//' >"$T/commands"

# named PAGE WORD: what stands below ".Em WORD" up to the next one, one a line
named() {
	awk -v w=".Em $2" '$0 == w { on = 1; next }
	    /^\./ { on = 0 } on { sub(/,$/, ""); print }' "$1"
}
# options COMMAND: each of its words that begins with - is one of its options
options() {
	o_cmd=${1%% -*}
	# shellcheck disable=SC2086 # one or two words
	"$B/clawbot" $o_cmd --help >"$T/help"
	for o_word in $1; do
		case $o_word in
		-*)	grep -qE -- "(^|[ ,])$o_word([ ,]|$)" "$T/help" ||
			    return 1
			;;
		esac
	done
}
# commands that are there: one or two words, and options of theirs
there() {
	while read -r line; do
		cmd=${line#clawbot }
		cmd=${cmd%% -*}
		# an argument of an option is behind it
		grep -qxF -- "$cmd" "$T/commands" && options "${line#clawbot }" ||
		    echo "no command: $line"
	done
}
# wrong PAGE: what it names that there is not
wrong() {
	named "$1" record | grep -vxFf "$T/kinds" | sed 's/^/no record: /'
	named "$1" key | grep -vxFf "$T/keys" | sed 's/^/no key: /'
	named "$1" command | there
	named "$1" test | while read -r t; do
		test -f "$SRC/tests/regress/$t.sh" || echo "no test: $t"
	done
}
is "all that it names is there" "$(wrong "$page")" ""
for what in record key command test; do
	ok "it names some: $what" test \
	    "$(named "$page" "$what" | wc -l)" -ge 20
done
for edit in 's/^approval timeout$/approval late/' \
    's/^clawbot stop -u,$/clawbot stop -q,/' 's/^120-stop$/120-stopped/' \
    's/^clawbot deny$/clawbot denies/' \
    's/^skills\.NAME\.protect$/skills.NAME.protects/'; do
	sed "$edit" "$page" >"$T/page"
	is "not with $edit" "$(wrong "$T/page" | sort -u | wc -l)" 1
done

# Each requirement is there once, with one of these words.
sed -n 's/^\.It \(.*\) Pq .*/\1/p' "$page" >"$T/items"
is "each has its word" "$(grep '^\.It ' "$page" | grep -cvE \
    ' Pq (met|in part|not met|does not apply)$')" 0
is "none twice" "$(sort "$T/items" | uniq -d)" ""
# chapter.section and how many it has, in 1.0
for section in 9.1:3 9.2:10 9.3:8 9.4:4 9.5:6 9.6:3 10.1:3 10.2:7 10.3:5 \
    10.4:8; do
	n=${section#*:} i=0 missing=
	while [ "$i" -lt "$n" ]; do
		i=$((i + 1))
		grep -qxF "${section%:*}.$i" "$T/items" ||
		    missing="$missing ${section%:*}.$i"
	done
	is "AISVS ${section%:*}: all $n" "$missing" ""
done
is "AISVS: and no others of these chapters" \
    "$(grep -cE '^(9|10)\.[0-9]' "$T/items")" 57
sed -n '/^\.It ASI/{ n; p; }' "$page" >"$T/asi"
is "the agentic list: all ten" "$(grep '^ASI' "$T/items" | tr '\n' ' ')" \
    "$(printf 'ASI%02d ' 1 2 3 4 5 6 7 8 9 10)"
ok "each with its name" cmp -s - "$T/asi" <<'END'
Agent Goal Hijack.
Tool Misuse and Exploitation.
Identity and Privilege Abuse.
Agentic Supply Chain Vulnerabilities.
Unexpected Code Execution (RCE).
Memory & Context Poisoning.
Insecure Inter-Agent Communication.
Cascading Failures.
Human-Agent Trust Exploitation.
Rogue Agents.
END
# The articles on logs, oversight and resilience, and the criteria on access,
# operations, changes and availability: none is passed over, and each says what
# it asks for before it says what there is.
is "the AI Act: these articles" "$(sed -n 's/^Article //p' "$T/items" |
    tr '\n' ' ')" "12(1) 12(2)(a) 12(2)(b) 12(2)(c) 12(3) 13(3)(f) 14(4)(a) \
14(4)(b) 14(4)(c) 14(4)(d) 14(4)(e) 14(5) 15(4) 15(5) 19(1) 26(2) 26(5) 26(6) "
is "SOC 2: these criteria" "$(grep -E '^(CC|A)[0-9]' "$T/items" |
    tr '\n' ' ')" "$(printf 'CC6.%d ' 1 2 3 4 5 6 7 8
    printf 'CC7.%d ' 1 2 3 4 5)CC8.1 A1.1 A1.2 A1.3 "
is "they say what is asked" "$(awk '/^\.It (Article |CC|A[0-9])/ { name = $2
	getline; if ($0 != ".Em Asked :") print name }' "$page")" ""

# who claims to meet something shows it
is "what is met has a test" "$(awk '/^\.It / { if (met && !t) print name
	met = / Pq met$/; t = 0; name = $2 }
    /^\.Em test$/ { t = 1 }
    END { if (met && !t) print name }' "$page")" ""
finish
