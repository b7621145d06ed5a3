# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# The manual pages name every option, command, configuration key and exit
# status that there is, and none that there is not.
. "$SRC/tests/regress/lib.sh"

[ "$ASAN${CLAWBOT_TRAP-}" = no ] ||
    skip_all "starts no daemon; done in one build"

man=$SRC/man

# words TEXT...: one a line, sorted
words() {
	printf '%s\n' "$@" | tr -s ' ' '\n' | grep . | LC_ALL=C sort -u
}

# letters "dnT:": -d -n -T
letters() {
	printf '%s' "$1" | tr -d : | sed 's/./-& /g'
}

# Flags of .It Fl lines, "Fl c , Fl -channel Ar x": -c --channel
flags() {
	sed -n 's/^\.It \(Fl .*\)/\1/p' | tr ' ' '\n' |
	    sed -n '/^Fl$/{ n; s/^/-/p; }'
}

### clawbotd(8)

getopt=$(words "$(letters "$(sed -n \
    's/.*getopt(argc, argv, "\([^"]*\)").*/\1/p' \
    "$SRC/supervisor/clawbotd.c")")")
S=0
"$B/clawbotd" -? >"$T/out" 2>"$T/err" || S=$?
# [-dnTV] [-f file]
usage=$(sed -n 's/^usage: clawbotd//p' "$T/err")
is "clawbotd: getopt and the usage message" \
    "$(words "$(printf '%s\n' "$usage" | tr -d '[]' | tr ' ' '\n' |
    sed -n 's/^-//p' | sed 's/./-& /g')")" "$getopt"
is "clawbotd(8): getopt and the options" \
    "$(words "$(flags <"$man/clawbotd.8")")" "$getopt"
is "clawbotd(8): getopt and the synopsis" "$(words "$(sed -n \
    '/^\.Sh SYNOPSIS/,/^\.Sh DESC/s/^\.Op Fl \([^ ]*\).*/\1/p' \
    "$man/clawbotd.8" | sed 's/./-& /g')")" "$getopt"
for opt in $getopt; do
	S=0
	# an argument where one is needed, and something that stops it
	case $opt in
	-f)	"$B/clawbotd" -n -f /nonexistent >/dev/null 2>&1 || S=$? ;;
	*)	"$B/clawbotd" "$opt" -n -f /nonexistent >/dev/null 2>&1 ||
		    S=$? ;;
	esac
	ok "clawbotd $opt is taken" test "$S" -ne 64
done

### clawbot(1), and a page for each family of commands

# What --help says of options: -c --channel
help_flags() {
	sed -n 's/^  *\(-[-a-zA-Z, ]*\).*/\1/p' | tr -s ', ' '\n' |
	    grep '^-'
}

# The part of a page under .Ss $1.
section() {
	awk -v s=".Ss $1" '$0 == s { on = 1; next }
	    /^\.S[sh] / { on = 0 } on' "$man"/clawbot*.1
}

# The pages of which a command is a section, one each.
sections() {
	grep -lxE "\.Ss $1" "$man"/clawbot*.1
}

"$B/clawbot" --help >"$T/help"
is "clawbot(1): --help and the options before the command" \
    "$(words "$(awk '/^\.Ss/ { exit } { print }' "$man/clawbot.1" |
    flags)")" "$(words "$(help_flags <"$T/help")")"
# commands: lines of one or two lower-case words, up to two blanks or capitals
sed -n 's/^  \([a-z][a-z ]*[a-z]\).*/\1/p' "$T/help" | sed 's/  .*//' |
    sort >"$T/commands"
# Sections of other kinds begin with a capital.
sed -n 's/^\.Ss \([a-z]\)/\1/p' "$man"/clawbot*.1 | sort >"$T/sections"
ok "clawbot(1): --help and the commands" diff "$T/commands" "$T/sections"
ok "there are commands" grep -qx 'audit verify' "$T/commands"
while read -r cmd; do
	# shellcheck disable=SC2086 # one or two words
	"$B/clawbot" $cmd --help >"$T/help"
	# every command takes these two; they are told once
	is "clawbot(1): $cmd: the options" "$(words "$(section "$cmd" |
	    flags)")" "$(words "$(help_flags <"$T/help" |
	    grep -vxe --json -e -h -e --help)")"
	is "clawbot(1): $cmd: the synopsis" "$(words "$(section "$cmd" |
	    sed -n 's/^\.Op Fl \([^ ]*\).*/-\1/p')")" \
	    "$(words "$(section "$cmd" | flags | awk '
	    # the short one where there are both
	    /^--/ && short { short = 0; next } { print; short = !/^--/ }')")"
	has "clawbot $cmd --help: --json" "$T/help" --json
	# man clawbot-WORD, which help asks for, has it; and the overview knows
	page=$(sections "$cmd") word=${cmd%% *}
	if [ "$page" != "$man/clawbot.1" ]; then
		ok "man clawbot-$word is the page of $cmd" grep -qxE \
		    "\.Nm clawbot-$word( ,)?" "$page"
		page=${page##*/}
		has "clawbot(1) leads to $page" "$man/clawbot.1" \
		    ".Xr ${page%.1} 1 :"
		ok "clawbot(1) names $word there" grep -qE \
		    "^\.It Cm (.* , )?$word( , .*)?$" "$man/clawbot.1"
	fi
	# what help and page name is taken: it fails later than at that
	for opt in $(help_flags <"$T/help"); do
		case $opt in
		-h|--help)	continue ;;
		esac
		arg=
		if grep -q -- "$opt [A-Z]" "$T/help" || [ ${#opt} -eq 2 ] &&
		    grep -q -- "^  $opt, --[a-z]* [A-Z]" "$T/help"; then
			arg=1s
			case $opt in
			-e|--env)	arg=A=b ;;
			-n|--lines)	arg=1 ;;
			-C|--directory)	arg=/tmp ;;
			esac
		fi
		S=0
		# shellcheck disable=SC2086 # words, and maybe nothing
		as cbtagent "$B/clawbot" -S "$T/none" $cmd "$opt" $arg \
		    >"$T/out" 2>&1 </dev/null || S=$?
		if [ "$S" -eq 64 ] &&
		    grep -qiE 'option|invalid' "$T/out"; then
			result 1 "clawbot $cmd $opt is taken" || :
			diag "$(cat "$T/out")"
		else
			result 0 "clawbot $cmd $opt is taken"
		fi
	done
done <"$T/commands"
# so many words, and no more
max=$(section run | sed -n 's/^It has \([0-9]*\) words at most\.$/\1/p')
ok "clawbot run: how many words it takes" test "$max" -gt 1
for n in "$max" "$((max + 1))"; do
	S=0
	# shellcheck disable=SC2046 # words
	as cbtagent "$B/clawbot" -S "$T/none" run -- $(seq "$n") \
	    >"$T/out" 2>&1 </dev/null || S=$?
	is "clawbot run: $n words" "$S" $((n > max ? 64 : 69))
done
for status in $(sed -n 's/.*EXIT_[A-Z]*[[:space:]]*\([0-9]\{2,3\}\)$/\1/p' \
    "$SRC/client/cli.h" "$SRC/client/fail.c" | sort -u) \
    64 69 74 75 77 124 125 126 127; do
	ok "clawbot(1): exit status $status" grep -qE \
	    "^\.It $status\$" "$man/clawbot.1"
done
for status in 64 71 74 77 78 79; do
	ok "clawbotd(8): exit status $status" grep -qE \
	    "^\.It $status\$" "$man/clawbotd.8"
done
for role in EXECUTOR AUDITOR VAULT NOTIFIER; do
	n=$(sed -n "s/.*ROLE_$role = \([0-9]\).*/\1/p" "$SRC/common/role.h")
	for status in $((80 + n)) $((90 + n)); do
		ok "clawbotd(8): exit status $status, $role" grep -qwE \
		    "^\.It .*$status.*" "$man/clawbotd.8"
	done
done

### The service

# Whoever is told to start it, to restart it or to look after it is told the
# name of the unit that there is.
verbs='start|stop|restart|status|enable|disable|reset-failed'
units() {
	grep -hoE "systemctl (-[-a-z]+ )*($verbs) [a-z][-a-z@.]*|\
journalctl ([-a-z]+ )*(-u|--unit) [a-z][-a-z@.]*" "$@" | sed 's/.* //' |
	    sed 's/\.$//; s/\.service$//'
}
is "there is one unit" "$(cd "$SRC/etc" && echo *.service*)" \
    clawbotd.service.in
is "the client's messages name it" \
    "$(words "$(units "$SRC"/client/*.c)")" clawbotd
# shellcheck disable=SC2046 # paths without blanks
is "the daemon's do not name another one" "$(units $(cd "$SRC" && find \
    "$PWD/common" "$PWD/supervisor" "$PWD/executor" "$PWD/auditor" \
    "$PWD/vault" "$PWD/notifier" -name '*.c') | grep -vx clawbotd)" ""
is "manuals and documents name it" "$(words "$(units "$man"/*.[1578] \
    "$SRC/README.md" "$SRC/SECURITY.md" "$SRC/NEWS" "$SRC/CONTRIBUTING" \
    "$SRC/PRIVSEP" "$SRC/etc/clawbot.conf" "$SRC/quickstart")")" clawbotd

### clawbot.conf(5)

# leaves FILE: the keys of a configuration; names that are chosen are NAME
cat >"$T/leaves.pl" <<'END'
use JSON::PP;
local $/;
my $c = JSON::PP->new->utf8->decode(<STDIN>);
sub walk {
	my ($v, @path) = @_;
	my $p = join ".", @path;
	if (ref $v ne "HASH" ||
	    $p =~ /^(?:skills\.NAME\.env|tools\.exec\.wrappers)$/) {
		print "$p\n";
		return;
	}
	for my $k (keys %$v) {
		walk($v->{$k}, @path, $p =~
		    /^(?:skills|channels|skills\.NAME\.secrets)$/ ?
		    "NAME" : $k);
	}
}
walk($c);
END
SKILLS='"given": { "secrets": { "TOKEN": "env" } },'
conf_default
"$B/clawbotd" -T -f "$CONF" >"$T/all"
SKILLS=
perl "$T/leaves.pl" <"$T/all" | LC_ALL=C sort -u >"$T/keys"
"$H/confkeys" >"$T/rows"
S=0
perl "$SRC/tests/helpers/confman.pl" "$T/rows" "$man/clawbot.conf.5" \
    >"$T/out" 2>&1 || S=$?
is "clawbot.conf(5): keys, defaults and ranges" "$S $(cat "$T/out")" "0 "
ok "there are keys" grep -qx 'skills.NAME.limits.memoryMB' "$T/keys"
# Each of these makes it say something else, and is noticed.
cp "$man/clawbot.conf.5" "$T/was.5"
for edit in '/^\.It Cm detached\.maxMB$/d' 's/^\.It Cm vault\.unlock$/&s/' \
    's/^\.It Cm sandbox\.warm$/&\n&/' 's/1800 by default/180 by default/' \
    's/0 to 256; 64/0 to 255; 64/' 's/^false by default/true by default/' \
    's/^\.Cm read-only$/.Cm read/' 's/^\.Cm auto$/.Cm on/'; do
	sed "$edit" "$T/was.5" >"$T/edited.5"
	S=0
	perl "$SRC/tests/helpers/confman.pl" "$T/rows" "$T/edited.5" \
	    >"$T/out" 2>&1 || S=$?
	is "not with $edit" "$S" 1
done
# -T prints all that has a row, and nothing else
is "-T prints every key" "$(cut -f 1 "$T/rows" | LC_ALL=C sort |
    diff - "$T/keys")" ""
# and whoever spells one of them otherwise is told
grep -v NAME "$T/keys" >"$T/plainkeys"
while read -r key; do
	head=${key%.*} last=${key##*.}
	[ "$head" != "$key" ] || head=
	json=$(printf '%s' "$head.${last}x" | sed 's/^\.//' | awk -F . '{
	    s = "1"; for (i = NF; i > 0; i--) s = "{\"" $i "\":" s "}";
	    print s }')
	printf '%s\n' "$json" >"$T/bad.conf"
	S=0
	"$B/clawbotd" -n -f "$T/bad.conf" >"$T/out" 2>&1 || S=$?
	is "no key ${key}x" "$S $(grep -c "${last}x" "$T/out")" "78 1"
done <"$T/plainkeys"

### All

for page in "$man"/*.[1578]; do
	if command -v mandoc >/dev/null; then
		is "$(basename "$page"): mandoc" \
		    "$(mandoc -T lint -W warning "$page" 2>&1)" ""
	else
		skip "$(basename "$page"): mandoc" "mandoc is not installed"
	fi
done
finish
