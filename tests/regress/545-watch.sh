# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# approvals --watch on a terminal: what comes and goes is seen, nothing is
# approved unread or by a key that was typed before, hostile text has its
# place, and the terminal is as it was, however it ends.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/terminal.sh
. "$SRC/tests/regress/terminal.sh"

APPROVALS='"timeoutSeconds": 600, "maxPending": 40,'
SKILLS='"all": { "default": "ask", "write": ["'$W'"] },'
conf_default
daemon_start

# asks NAME COMMAND...: in the background; its pid in ASKING, its id in ID
asks() {
	a_name=$1
	shift
	cbbg "$a_name" cbtagent run -s all -C "$W" -r "${WHY-to try it}" -- "$@"
	ASKING=$BGPID
	until_true 60 asked || bail "nothing waits for an approval"
}
# the newest one
asked() {
	cb cbtadmin --json approvals
	n=$(perl -MJSON::PP -e 'local $/; my $a = decode_json(<STDIN>)->{approvals};
	    print scalar @$a' <"$T/out") || return 1
	[ "$n" -gt "${WAITED-0}" ] || return 1
	ID=$(json "$T/out" "approvals.$((n - 1)).run")
	WAITED=$n
}
# settled N: so many wait
settled() {
	cb cbtadmin --json approvals
	[ "$(perl -MJSON::PP -e 'local $/; my $a = decode_json(<STDIN>);
	    print scalar @{$a->{approvals}}' <"$T/out")" = "$1" ]
}

view() {
	typed "setpriv --reuid=cbtadmin --regid=$(id -g cbtadmin) \
--init-groups $B/clawbot -S $T/run approvals --watch" Enter
}
### What comes and goes

terminal 80x24
view
sees "nothing waits" 'nothing waits for an approval'
asks one touch one
sees "one comes" "$ID .*touch one"
first=$ID
sees "... and is counted" 'approvals: 1 waits'
titled() {
	[ "$($TM display-message -p -t 0 '#{pane_title}')" = "clawbot: $1" ]
}
ok "... also in the title" until_true 60 titled "1 waits"
typed y
sees "y in the list is none" 'not unread'
typed Enter
sees "it can be read" '^command    \| touch one'
has "... with who and where" "$T/screen" "who        | cbtagent" \
    "where      | $W"
typed y
sees "y asks" "let $ID run, once"
sees "... with the command next to it" '^command    \| touch one'
typed Enter
sees "Enter is no" 'not approved, and it still waits'
ok "nothing ran" test ! -e "$W/one"
typed y
sees "it asks again" "let $ID run, once"
typed yy Enter
sees "a key that is held down is no" 'not approved, and it still waits'
typed y
sees "it asks once more" "let $ID run, once"
typed y Enter
status_of "$ASKING"
is "yes: it runs" "$S" 0
ok "yes: it has run" test -e "$W/one"
sees "... and the view tells" "approved"
WAITED=0

asks two touch two
sees "another one comes" 'touch two'
typed G Up Down Home
typed Enter
sees "it is read" '^command    \| touch two'
typed d
sees "a reason is asked for" 'deny: why\?'
typed -l "not on a Thursday"
typed Enter
status_of "$ASKING"
is "denied: the caller" "$S" 77
has "denied: why" "$T/two.err" "not on a Thursday"
typed q
sees "denied: in the list" 'denied .*touch two'
WAITED=0
asks three touch three
sees "a third one" 'touch three'
cb cbtagent kill "$ID"
sees "its caller ends it: withdrawn" 'withdrawn .*touch three'
status_of "$ASKING"
WAITED=0
asks four touch four
sees "a fourth one" "m..s .*touch four"
cb cbtadmin approve -y "$ID"
sees "somebody else approves it" 'approved .*touch four'
WAITED=0
status_of "$ASKING"
typed '?'
sees "help" 'nothing is approved unread'
typed q

# A pasted answer is none, nor is one to what is over meanwhile.
asks five touch five
sees "a fifth one" 'touch five'
typed Home
typed Enter
sees "... is read" '^command    \| touch five'
$TM set-buffer 'yyyy' \; paste-buffer -p -t 0
typed y
sees "... and asked about" "let $ID run, once"
cb cbtadmin deny -r other "$ID"
sees "it is over while it is asked" 'it is over'
typed y Enter
look
ok "an answer then is none" test ! -e "$W/five"
status_of "$ASKING"
typed q
WAITED=0

### A standing approval, which is asked about likewise

# stands LINE: s, and what it is to be for
stands() {
	typed s
	sees "s asks what for" 'how long|= PATTERN'
	[ -z "$1" ] || typed -l "$1"
	typed Enter
}
# reads NAME PATTERN: the newest one, which has that
reads() {
	sees "$1: it comes" "$ID .*$2"
	typed Home
	typed Enter
	sees "$1: is read" "^command    \\| $2"
}
asks twice touch twice
reads "twice" 'touch twice'
stands 5
sees "a number without a unit: not taken" 'neither a time'
stands 1x
sees "once: not taken" 'from 2x'
stands 721h
sees "too long: not taken" 'from 1s to 720h'
stands "= "
sees "no pattern: not taken" 'no pattern'
stands '?'
sees "?: help" 'make it standing'
typed q
sees "back to the request" '^ y: let it run  s: standing'
stands ""
sees "an empty line is no yes" "let $ID run, now and again"
has "... it is for an hour" "$T/screen" "for 1h" "exactly this command"
typed Enter
sees "Enter is no" 'not approved, and it still waits'
hasnot "... and it is about once again" "$T/screen" AGAIN
stands 2x
sees "2x: asked about" "let $ID run, now and again"
has "... with what it is for" "$T/screen" "2 times with this one" \
    "exactly this command" "command    | touch twice"
$TM set-buffer y \; paste-buffer -p -t 0
typed Enter
sees "a pasted y is none" 'not approved, and it still waits'
typed s
sees "s asks" 'how long'
$TM set-buffer '2x' \; paste-buffer -p -t 0
sees "what it is for is not pasted" 'pasted is no answer'
typed Escape
sees "Escape leads back" '^ y: let it run  s: standing'
ok "nothing ran" test ! -e "$W/twice"
stands 2x
sees "2x: asked about again" "let $ID run, now and again"
typed y Enter
status_of "$ASKING"
is "yes: it runs" "$S" 0
sees "... and what ends it is told" 'approved; clawbot revoke [a-z0-9-]+ ends'
cb cbtadmin standing
has "... it is in force" "$T/out" "touch twice"
rm -f "$W/twice"
cb cbtagent run --no-wait -s all -C "$W" -- touch twice
is "the second one: unasked" "$S" 0
ok "the second one: it ran" test -e "$W/twice"
cb cbtagent run --no-wait -s all -C "$W" -- touch twice
is "the third one: asked about" "$S" 77
WAITED=0

asks like touch twos
reads "a pattern" 'touch twos'
stands '1h = touch tw*'
sees "a pattern: asked about" "let $ID run, now and again"
has "... it is shown" "$T/screen" 'are like "touch tw*"'
has "... and what it covers" "$T/screen" "in the last week: " "  touch twice" \
    "  touch twos"
typed y Enter
status_of "$ASKING"
is "a pattern: it runs" "$S" 0
cb cbtagent run --no-wait -s all -C "$W" -- touch twelve
is "a pattern: what is like it runs" "$S" 0
cb cbtagent run --no-wait -s all -C "$W" -- touch other
is "a pattern: nothing else" "$S" 77
WAITED=0

# Who looks at the last week can do something else until it is there.
asks slow touch slowly
reads "a slow log" 'touch slowly'
auditor=$(role_pid auditor)
kill -STOP "$auditor"
stands '1h = touch slow*'
sees "a slow log: it is looked at" '^ looking at the last week'
typed y
sees "a slow log: y is not yet" 'not yet: the last week is looked at'
typed v
sees "a slow log: the rest works" '^ all there is to it'
typed q
sees "a slow log: ... and leads back" '^ looking at the last week'
typed q
sees "a slow log: q ends that" '^ y: let it run  s: standing'
stands '1h = touch slow*'
sees "a slow log: it is looked at again" '^ looking at the last week'
kill -CONT "$auditor"
sees "a slow log: asked about then" "let $ID run, now and again"
has "a slow log: ... and what it covers" "$T/screen" "in the last week: " \
    "  touch slowly"
typed Enter
sees "a slow log: Enter is no" 'not approved, and it still waits'
typed d
sees "a slow log: why not" 'deny: why'
typed Enter
status_of "$ASKING"
is "a slow log: denied" "$S" 77
typed q
sees "a slow log: back to the list" '^ Enter: read'
WAITED=0

# What none is given for goes on waiting, and is open.
cbbg shell cbtagent run -n -s all -C "$W" -- sh
ASKING=$BGPID
until_true 60 asked || bail "nothing waits for an approval"
reads "sh" 'sh'
stands 1h
sees "sh: asked about" "let $ID run, now and again"
typed y Enter
sees "sh: refused, and why" "^$ID: no standing approval"
sees "sh: it is open" '^ y: let it run  s: standing'
cb cbtadmin --json approvals
has "sh: it waits" "$T/out" "$ID"
cb cbtadmin --json standing
hasnot "sh: none is in force" "$T/out" '"sh"'
typed s
sees "s asks" 'how long'
cb cbtagent kill "$ID"
ok "withdrawn while it is asked" until_true 60 titled "0 wait"
typed -l 1h
typed Enter
sees "... then nothing" 'does not wait any more'
status_of "$ASKING"
typed q
sees "back in the list" 'withdrawn .* sh'
WAITED=0

# On a small one there is more to read than one screen.
$TM resize-window -x 40 -y 12
asks small touch "small$(head -c 220 /dev/zero | tr '\0' s)"
typed Home
sees "40x12: it comes" 'touch small'
typed Enter
sees "40x12: is read" '^approval   \|'
typed s
sees "40x12: s is none unread" 'not yet'
# on_to PATTERN: page by page until that is at the bottom; the next one not before
# the last one is on the screen
on_to() {
	screen "$1" && return 0
	if ! sed '1,2d' "$T/screen" | cmp -s - "$T/page"; then
		sed '1,2d' "$T/screen" >"$T/page"
		typed Space
	fi
	return 1
}
# reading NAME PATTERN: on to it
reading() {
	: >"$T/page"
	ok "$1" until_true 60 on_to "$2"
}
reading "40x12: read on" '^ y: let it run'
stands '2x = touch small*'
sees "40x12: there is more to read" 'read what it is for'
typed y
sees "40x12: not unread" 'not yet'
typed g
AGAIN=0
: >"$T/page"
# the same, with what it is for noticed
on_again() {
	screen 'AGAIN' && AGAIN=1
	on_to '^ y: now and again'
}
ok "40x12: read on again" until_true 60 on_again
is "40x12: with what it is for" "$AGAIN" 1
typed q
sees "40x12: q leads back to it" '^approval   \|'
typed s
sees "40x12: which is to be read" 'not yet'
reading "40x12: read" '^ y: let it run'
stands '2x = touch small*'
sees "40x12: more to read" 'read what it is for'
reading "40x12: all of it" '^ y: now and again'
typed y
sees "40x12: asked about" '^let it run, now and again'
typed y Enter
status_of "$ASKING"
is "40x12: it runs" "$S" 0
sees "40x12: and says what ends it" '^approved; clawbot revoke [a-z0-9]{13} '
cb cbtagent run --no-wait -s all -C "$W" -- touch small2
is "40x12: the second one: unasked" "$S" 0
WAITED=0
$TM resize-window -x 80 -y 24
typed Home
sees "a large one" '^ *ID .*COMMAND'

### What is meant to deceive

fake=$(perl -e 'print "\n" x 40, "x"')
WHY="${fake%x}let it run? y"
asks lines touch "a${fake%x}> $first 9m59s harmless" \
    "$(printf 'x\033[2J\033[H\342\200\256y\r\007')"
# shellcheck disable=SC2046 # words
asks words touch $(seq 4000) last
words=$ID
asks large touch "$(head -c 60000 /dev/zero | tr '\0' a)b"
WHY=to
asks wide touch "$(perl -CS -e 'print "\x{6f22}" x 400')"
sees "four of them" 'approvals: 4 wait'
# harmless: rows begin with what is ours
harmless() {
	look
	perl -CSD -ne '
	    chomp;
	    $bad = "control: $_" if /[\x00-\x1f\x7f]/;
	    $bad = "row: $_" unless /^( clawbot approvals|  ID|  LEFT|> |  )/ ||
		/^[a-zA-Z ]{0,10}[ 0-9.a-zA-Z]*\| / || / wait| lines / ||
		/^ [A-Za-z]+: / || /^(let |not yet|(denied|approved) by)/ || $_ eq "";
	    END { print "# $bad\n" if $bad; exit($bad ? 1 : 0) }' "$T/screen"
}
# filtered NAME: of the list, the one with 4000 words; what is typed before that
# is on the screen may be none for it
filtered() {
	typed "/"
	typed -l "last"
	typed Enter
	sees "$1: the filter" 'filter: last'
}
ok "the list: no row is another's" harmless
is "... one row each" "$(grep -cE '[0-9]m[0-9]+s .* touch ' "$T/screen")" 4
typed Home
typed Enter
sees "lines, bidi, sequences" 'command    \| touch'
for size in 80x24 40x12 200x60; do
	$TM resize-window -x "${size%x*}" -y "${size#*x}"
	sees "at $size: drawn anew" '^approval   \|'
	ok "at $size: no row is another's" harmless
	typed q
	sees "at $size: the list" 'approvals: 4 wait'
	ok "at $size: no row of the list is another's" harmless
	filtered "at $size"
	typed Enter
	sees "at $size: 4000 words" "^approval   \\| $words"
	typed y
	sees "at $size: not to be approved unread" 'not yet: [0-9]+ lines'
	# a large one has all of it on its first and its last page
	if [ "$size" != 200x60 ]; then
		typed G
		typed y
		sees "at $size: nor by looking at its end" \
		    'not yet: [0-9]+ lines'
	fi
	ok "at $size: no row of it is another's" harmless
	typed q
	sees "at $size: back" 'filter: last'
	typed Escape
	sees "at $size: all again" 'approvals: 4 wait *$'
	typed Home
	typed Enter
	sees "at $size: lines, bidi, sequences" '^approval   \|'
done
typed q
sees "the list" 'approvals: 4 wait'

# Read to its end, it can be approved; the end stands at the question.
filtered "once more"
typed Enter
sees "4000 words" "^approval   \\| $words"
# read_on: one page more, until the end was seen
read_on() {
	look
	grep -q '^ y: let it run' "$T/screen" && return 0
	typed Space
	return 1
}
ok "4000 words: read to their end" until_true 60 read_on
typed y
sees "... y asks" "let $words run, once"
look
ok "... above it the last word" sh -c \
    "grep -B 2 '^let ' '$T/screen' | grep -q 'last\$'"
typed Escape
sees "... Escape is no" 'still waits'
typed q
sees "back in the list" 'filter: last'
typed Escape
# what comes right behind Escape would be a key with Alt
sees "all of them" 'approvals: 4 wait *$'

### However it ends

typed C-z
ok "Ctrl-Z: the screen is the one before" until_true 60 is_state "0 1 sh"
typed fg Enter
sees "fg: drawn again" 'approvals: 4 wait'
$TM resize-window -x 20 -y 5
sees "too small to ask on" 'too small'
$TM resize-window -x 80 -y 24
sees "large enough again" 'approvals: 4 wait'
typed q
as_it_was "q" 0
view
sees "again" 'approvals: 4 wait'
typed C-c
as_it_was "Ctrl-C" 130
view
sees "again" 'approvals: 4 wait'
viewer() {
	VIEWER=$(children "$($TM display-message -p -t 0 '#{pane_pid}')") &&
	    [ "$(name_of "$VIEWER")" = clawbot ]
}
until_true 60 viewer || bail "no client on the terminal"
kill -TERM "$VIEWER"
as_it_was "SIGTERM" 143
view
sees "again" 'approvals: 4 wait'
daemon_kill
as_it_was "a lost daemon" 69
finish
