# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034
#
# Promise: a command acts on the directory that was shown to who approved it,
# not on what has its name by the time that it starts.
. "$SRC/tests/regress/lib.sh"

conf_default
daemon_start

# ask DIRECTORY: touch asked, in there, waits; ID
ask() {
	cbbg ask cbtagent run -C "$1" -- touch asked
	waiting
}

# answered: it is approved, and comes to S
answered() {
	cb cbtadmin approve -y "$ID"
	status_of "$BGPID"
}

# fresh: two directories, and nothing happened in either
fresh() {
	rm -rf "$W/scratch" "$W/kept" "$W/precious"
	mkdir "$W/scratch" "$W/scratch/deep" "$W/precious" \
	    "$W/precious/deep"
	chown -R clawbot "$W"
}

# refused NAME: for that reason, and nothing happened anywhere
refused() {
	is "$1: status" "$S" 75
	has "$1: which, and what to do" "$T/ask.err" \
	    "directory $where: is another one than was asked for" "ask again"
	is "$1: nothing happened" \
	    "$(find "$W" -name asked -printf '%p ')" ""
}

where=$W/scratch
fresh
ask "$where"
answered
is "unchanged: status" "$S" 0
ok "unchanged: it happened there" test -e "$W/scratch/asked"

fresh
ask "$where"
mv "$W/scratch" "$W/kept"
ln -s precious "$W/scratch"
answered
refused "a link in its place"

fresh
ask "$where"
mv "$W/scratch" "$W/kept"
mv "$W/precious" "$W/scratch"
answered
refused "another directory in its place"

fresh
ask "$where"
mv "$W/scratch" "$W/kept"
answered
refused "gone"

fresh
ask "$where"
rm -rf "$W/scratch"
echo >"$W/scratch"
answered
refused "a file in its place"

where=$W/scratch/deep
fresh
ask "$where"
mv "$W/scratch" "$W/kept"
mv "$W/precious" "$W/scratch"
answered
refused "another one above it"

fresh
ask "$where"
mv "$W/scratch" "$W/kept"
ln -s kept "$W/scratch"
answered
refused "the same, behind a link"

# What it was is what counts, and no other change of the names.
fresh
ask "$where"
mv "$W/scratch" "$W/kept"
mv "$W/kept" "$W/scratch"
touch "$W/scratch/deep/new"
answered
is "moved away and back: status" "$S" 0
ok "moved away and back: it happened there" \
    test -e "$W/scratch/deep/asked"

# Asked for by a link, it is where that led to.
fresh
ln -s scratch "$W/link"
where=$W/link
ask "$where"
ln -sfn precious "$W/link"
answered
is "asked for by a link: status" "$S" 0
ok "asked for by a link: where it led then" test -e "$W/scratch/asked"
rm -rf "$W/link"

# Private to each run: nobody can exchange it.
fresh
ask /tmp
answered
is "in /tmp: status" "$S" 0
ask /dev/shm
answered
is "in /dev/shm: status" "$S" 0
ask /usr
answered
is "of the system, read-only: the command says so" "$S" 1
cb cbtagent run -C "$W/scratch" -- pwd
is "nobody has to be asked: goes on" "$S $(cat "$T/out")" "0 $W/scratch"
finish
