# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# What an approver sees when he is asked, and what it takes to say yes:
# whatever is in the request, the command stands next to the question, all of
# it was on the screen, and no line begins with what somebody else wrote.
. "$SRC/tests/regress/lib.sh"

SKILLS='"all": { "default": "ask", "write": ["'$W'"] },'
conf_default
daemon_start
P=$T/pty
install -d -o cbtadmin "$P"
SIZE=24x80

# asks COMMAND...: in the background; ID, and ASKING its client
asks() {
	cbbg asks cbtagent run -s all -C "$W" -r "${WHY-to try it}" -- "$@"
	ASKING=$BGPID
	waiting
}

# on COMMAND...: clawbot on a terminal with the script of standard input;
# what was printed in $T/screen, S
on() {
	cat >"$P/script"
	S=0
	as cbtadmin "$H/onpty" -s "$SIZE" "$P/script" "$B/clawbot" \
	    -S "$T/run" "$@" >"$T/raw" 2>&1 </dev/null || S=$?
	tr -d '\r' <"$T/raw" >"$T/screen"
	# without the margin, and lines that were broken as one
	sed 's/^[^|]*| //' "$T/screen" | tr -d '\n' >"$T/text"
}

# reading LAST: a script that reads on until the question, and says LAST
reading() {
	printf 'pages Enter: on|\\nlet it run?\ntype %s\\r\n' "$1" >"$T/to"
}

# above: the line above the last question
above() {
	grep -B 1 '^let it run?' "$T/screen" | tail -n 2 | head -n 1
}

# harmless: nothing but ours begins a line, and no line is too long
harmless() {
	perl -CSD -ne '
	    chomp;
	    $bad = "control: $_" if /[\x00-\x1f\x7f]/;
	    my $n = () = /[^\x00-\x7f]/g;
	    $bad = "long: $_" if length($_) + $n > $ARGV[0] && !/^clawbot: /;
	    $bad = "line: $_" unless /^[a-z ]{0,10}[ 0-9.a-zA-Z]*\| / ||
		/^(let it run\?|line \d+ of|-- Enter|clawbot: |why\?|y: |d: )/ ||
		/^(v: |approved|denied)/ || $_ eq "";
	    END { print "# $bad\n" if $bad; exit($bad ? 1 : 0) }
	    BEGIN { $cols = shift @ARGV; unshift @ARGV; $ARGV[0] = $cols }' \
	    "${SIZE#*x}" <"$T/screen"
}

### An ordinary one: one screen, in the order of importance

asks touch made
on approve "$ID" <<'END'
expect let it run?
type n\r
END
is "an ordinary one: no: status" "$S" 1
ok "an ordinary one: fits" test "$(sed '/^let it run/q' "$T/screen" |
    wc -l)" -le 24
is "the command stands above the question" "$(above)" \
    'command    | touch made'
is "above that who, where, why and the rule" \
    "$(grep -B 6 '^let it run?' "$T/screen" | cut -d '|' -f 1 | tr -d ' \n')" \
    'whowherewhyrulecommandletitrun?[y/N/v/f/d/?]n'
has "who" "$T/screen" "cbtagent ($(id -u cbtagent))" "skill all"
has "where" "$T/screen" "where      | $W"
has "why" "$T/screen" 'why        | "to try it"'
is "what is as by default is one row" \
    "$(grep -c '^as usual' "$T/screen")" 1
has "... and tells what" "$T/text" "no network" "no secrets" "usual limits"
hasnot "... and no names that are protected" "$T/screen" .bashrc
ok "nothing of it begins a line" harmless
ok "it still waits" test ! -e "$W/made"
on approve "$ID" <<'END'
expect let it run?
type \r
END
is "Enter alone is no" "$S" 1
on approve "$ID" <<'END'
expect let it run?
type v\r
expect Enter: more
type q\r
expect let it run?
type ?\r
expect once
expect let it run?
type yes\r
END
is "all on demand, and yes: status" "$S" 0
has "all on demand: names that are protected" "$T/screen" .git/hooks
status_of "$ASKING"
is "yes: it runs" "$S" 0
ok "yes: it has run" test -e "$W/made"

asks touch second
on approve "$ID" <<'END'
expect let it run?
type d\r
expect why?
type not on a Thursday\r
expect denied
END
is "refused at the question: status" "$S" 0
status_of "$ASKING"
is "refused at the question: the caller" "$S" 77
has "refused at the question: why" "$T/asks.err" "not on a Thursday"

### Without a terminal

asks touch third
cb cbtadmin approve "$ID"
is "no terminal: status" "$S" 64
has "no terminal: what to do" "$T/err" "-y"
yes y 2>/dev/null | cbin cbtadmin approve "$ID" || :
is "a pipe that says yes: status" "$S" 64
ok "no terminal: nothing was approved" test ! -e "$W/third"
cb cbtadmin --json approvals
plan=$(json "$T/out" approvals.0.plan)
cb cbtadmin approve -y --digest "$(echo "$plan" | tr 0-9a-f 1-9a-f0)" "$ID"
is "another digest: status" "$S" 1
ok "another digest: nothing was approved" test ! -e "$W/third"
cb cbtadmin approve -y --digest "${plan%?}" "$ID"
is "half a digest: status" "$S" 64
cb cbtadmin approvals
is "approvals: a line each" "$(wc -l <"$T/out")" 2
ok "approvals: what it is" grep -qE \
    "^$ID +[0-9ms]+ +[0-9]+m[0-9]+s +cbtagent \([0-9]+\) +cli +all +touch third\$" \
    "$T/out"
on approvals </dev/null
ok "approvals on a terminal: no line is longer" \
    sh -c "! grep -q '.\{81\}' '$T/screen'"
cb cbtadmin approve -y --digest "$plan" "$ID"
is "-y with the digest: status" "$S" 0
has "-y: all of it is printed" "$T/out" 'command         touch third' "$plan"
status_of "$ASKING"
ok "-y: it has run" test -e "$W/third"

### Code that comes with it

printf 'echo one\necho "t\033[2Jwo"\n' >"$W/s.sh"
chown clawbot "$W/s.sh"
asks sh s.sh
on approve "$ID" <<'END'
expect let it run?
type f 1\r
expect echo one
expect let it run?
type f 2\r
expect no file 2
expect let it run?
type n\r
END
has "a script: size and digest" "$T/screen" "file 1     | $W/s.sh, 24 bytes" \
    "$(b2sum -l 256 "$W/s.sh" | cut -c 1-16)"
has "a script: what is in it, escaped" "$T/screen" \
    '         1 | echo one' '         2 | echo "t\x1b[2Jwo"'
ok "a script: nothing of it begins a line" harmless
cb cbtadmin approvals show "$ID" --file 1
ok "show --file: the bytes" cmp "$T/out" "$W/s.sh"
cb cbtadmin approvals show "$ID" --file 2
is "show --file: there is no other" "$S" 1
cp -p "$W/s.sh" "$T/kept.sh"
printf 'echo six\necho "t\033[2Jwo"\n' >"$W/s.sh"
cb cbtadmin approvals show "$ID" --file 1
is "another one by now: status" "$S" 1
is "another one by now: not shown" "$(cat "$T/out")" ""
has "another one by now: said" "$T/err" "another one than when it was hashed"
rm "$W/s.sh"
mkfifo "$W/s.sh"
cb cbtadmin approvals show "$ID" --file 1
is "a FIFO by now: status" "$S" 1
rm "$W/s.sh"
cb cbtadmin deny "$ID"
status_of "$ASKING"

### What is meant to deceive

# Four thousand words, the last of which matters.
# shellcheck disable=SC2046 # words
asks touch $(seq 4000) last
on approve "$ID" <<'END'
expect Enter: on
type y\r
expect not yet
expect Enter: on
type q\r
expect let it run, once
expect Enter: on
type n\r
END
is "4000 words: yes at the beginning is none" "$S" 1
ok "4000 words: it still waits" test ! -e "$W/last"
reading n
on approve "$ID" <"$T/to"
is "4000 words: read to the end: status" "$S" 1
is "4000 words: the last one is there" "$(above | tr ' ' '\n' | tail -n 1)" \
    last
sed 's/line [0-9]* of [0-9]*; Enter: on, ?: help //g' "$T/text" >"$T/whole"
ok "4000 words: none is missing" grep -qF \
    "touch $(seq 4000 | tr '\n' ' ')last" "$T/whole"
hasnot "4000 words: no note of what is not there" "$T/text" "beyond ASCII"
ok "4000 words: nothing of it begins a line" harmless
cb cbtadmin deny "$ID"
status_of "$ASKING"

# Forty empty lines, and what looks like a question behind them.
fake=$(perl -e 'print "\n" x 40, "x"')
WHY="${fake%x}command    | ls
let it run? [y/N/v/f/d/?] "
asks touch "a${fake%x}command    | ls${NL}let it run?" \
    "$(printf 'x\033[2J\033[H\342\200\256y\r')" \
    "$(perl -e 'print " " x 65, "let it run? "')"
WHY=
reading n
on approve "$ID" <"$T/to"
ok "lines, bidi, escape sequences: nothing of it begins a line" harmless
is "... one question" "$(grep -c '^let it run?' "$T/screen")" 1
has "... shown as what they are" "$T/text" '\x1b[2J' '\u{202e}' '\n\n\n'
for SIZE in 12x40 200x60 8x28; do
	reading n
	on approve "$ID" <"$T/to"
	is "at $SIZE: status" "$S" 1
	ok "at $SIZE: nothing of it begins a line" harmless
	ok "at $SIZE: the command is above the question" sh -c \
	    "grep -B 3 '^let it run?' '$T/screen' | grep -q '^ *|\|^command'"
done
SIZE=24x80
cb cbtadmin deny "$ID"
status_of "$ASKING"

# Wide characters: two columns each, and no terminal breaks the line.
asks touch "$(perl -CS -e 'print "\x{6f22}" x 400')"
reading n
on approve "$ID" <"$T/to"
ok "wide characters: no line is longer than the screen" harmless
has "wide characters: there is a note" "$T/screen" "characters beyond ASCII"
cb cbtadmin deny "$ID"
status_of "$ASKING"

# 60 kB in one word
asks touch "$(head -c 60000 /dev/zero | tr '\0' a)b"
reading n
on approve "$ID" <"$T/to"
ok "60 kB: the end is above the question" sh -c \
    "grep -B 1 '^let it run?' '$T/screen' | grep -q 'ab\$'"
ok "60 kB: every byte was there" test \
    "$(sed -n '/^let it run/q;s/^[a-z ]*| //p' "$T/screen" |
    tr -cd ab | tr -d b | wc -c)" -ge 60000
cb cbtadmin deny "$ID"
status_of "$ASKING"
cb cbtadmin audit verify
is "the log is whole" "$S" 0
daemon_stop
finish
