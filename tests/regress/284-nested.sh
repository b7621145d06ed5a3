# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034
#
# Promise: a grant within a grant of write is what it was when the daemon
# started, for every run, or the runs are refused.
. "$SRC/tests/regress/lib.sh"

N=$(mktemp -d /tmp/cbtn.XXXXXX)
UNDO="rm -rf '$N'; $UNDO"
chmod 755 "$N"

fresh() {
	rm -rf "${W:?}"/* "${N:?}"/*
	for d in "$W" "$N"; do
		mkdir -p "$d/sub/deep/kept" "$d/x/y" "$d/free"
		echo original >"$d/sub/deep/kept/file"
		echo free >"$d/free/file"
		chown -R clawbot "$d"
	done
}

fresh
SKILLS='"nested": { "default": "allow", "write": ["'$W'"],
    "read": ["'$W/sub/deep/kept'"] },
  "open": { "default": "allow", "write": ["'$W'"], "protect": [],
    "read": ["'$W/sub/deep/kept'"] },
  "two": { "default": "allow", "write": ["'$W'", "'$W/x/y'"] },
  "tmp": { "default": "allow", "write": ["'$N'", "'$N/x/y'"],
    "read": ["'$N/sub/deep/kept'"] },'
conf_default
"$B/clawbotd" -n -f "$CONF" >"$T/n.out" 2>&1
has "-n: that others can move it" "$T/n.out" \
    "\"$W/sub/deep/kept\" lies in \"$W\"" "can put something else"
daemon_start

on() {
	o_skill=$1
	shift
	cb cbtagent run -s "$o_skill" -- "$@"
}

# stays NAME SKILL FROM TO: a run cannot move it
stays() {
	on "$2" mv "$3" "$4"
	is "$1: cannot be moved" "$S" 1
	has "$1: why" "$T/err" "busy"
	ok "$1: is where it was" test -e "$3"
	ok "$1: and nowhere else" test ! -e "$4"
}

# exchange SKILL A B: by a run, at one stroke
exchange() {
	on "$1" perl -e 'exit(syscall(316, -100, $ARGV[0], -100, $ARGV[1], 2)
	    == 0 ? 0 : 1)' "$2" "$3"
}

for s in nested tmp; do
	d=$W
	[ $s = nested ] || d=$N
	on $s cat "$d/sub/deep/kept/file"
	is "$s: is read" "$S $(cat "$T/out")" "0 original"
	on $s touch "$d/sub/deep/kept/new"
	is "$s: is not written to" "$S" 1
	stays "$s: what leads to it" $s "$d/sub" "$d/other"
	stays "$s: and deeper" $s "$d/sub/deep" "$d/other"
	stays "$s: itself" $s "$d/sub/deep/kept" "$d/other"
	on $s rm -rf "$d/sub"
	ok "$s: is not removed" grep -qx original "$d/sub/deep/kept/file"
	if [ "$(uname -m)" = x86_64 ]; then
		exchange $s "$d/sub" "$d/free"
		is "$s: is not exchanged" "$S" 1
		exchange $s "$d/free" "$d/sub"
		is "$s: nor the other way round" "$S" 1
	fi
	on $s mv "$d/free" "$d/freed"
	is "$s: others are moved" "$S" 0
	on $s sh -c "echo >'$d/sub/new' && mv '$d/sub/new' '$d/sub/newer'"
	is "$s: beside it all goes on" "$S" 0
done
stays "two of write: what leads to the second" two "$W/x" "$W/other"
stays "two of write, in /tmp" tmp "$N/x" "$N/other"

### Somebody else moves it

# refused NAME SKILL: and says which
refused() {
	on "$2" cat "$W/sub/deep/kept/file"
	is "$1: status" "$S" 77
	has "$1: which" "$T/err" "grant $W/sub/deep/kept" \
	    "another than when clawbotd started"
	hasnot "$1: nothing of it" "$T/out" impostor
}

mv "$W/sub" "$W/moved"
refused "moved away" nested
mkdir -p "$W/sub/deep/kept"
echo impostor >"$W/sub/deep/kept/file"
refused "something else in its place" nested
rm -r "$W/sub"
mv "$W/moved" "$W/sub"
# sandboxes that were built meanwhile end
until_true 60 eval 'on nested true; [ "$S" -eq 0 ]'
on nested cat "$W/sub/deep/kept/file"
is "put back: goes on" "$S $(cat "$T/out")" "0 original"

# Who closes what leads to it may move it meanwhile, and open it again.
chmod 000 "$W/sub"
on nested true
is "closed by its own account: status" "$S" 126
has "closed by its own account: why" "$T/err" \
    "grant $W/sub/deep/kept: Permission denied"
chmod 755 "$W/sub"
until_true 60 eval 'on nested true; [ "$S" -eq 0 ]'
# somebody else's directory is no affair of the run
for owner in cbtother root; do
	chown $owner "$W/sub"
	chmod 700 "$W/sub"
	on nested true
	is "closed by $owner: it runs without" "$S" 0
done
chown clawbot "$W/sub"
chmod 755 "$W/sub"

# Where no name is protected nothing holds it, and it is seen.
on open mv "$W/sub" "$W/moved"
is "nothing protected: is moved" "$S" 0
on open sh -c "mkdir -p '$W/sub/deep/kept' &&
    echo impostor >'$W/sub/deep/kept/file'"
refused "nothing protected: is seen" open
finish
