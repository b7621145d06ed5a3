# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: where a grant that is a directory, or a directory above it, is moved
# or removed while the daemon runs, no run goes on in the old one in silence:
# the skill's runs are refused, with the grant's name, until the daemon is
# started again.  Other skills go on, and so do files that a program replaces.
. "$SRC/tests/regress/lib.sh"

for d in moved above/gone read other; do
	mkdir -p "$W/$d"
done
echo old >"$W/file"
SKILLS='"moved": { "default": "allow", "write": ["'$W'/moved"] },
    "gone": { "default": "allow", "write": ["'$W'/above/gone"] },
    "read": { "default": "allow", "read": ["'$W'/read"] },
    "file": { "default": "allow", "read": ["'$W'/file"] },
    "other": { "default": "allow", "write": ["'$W'/other"] },'
conf_default
daemon_start

# works SKILL DIRECTORY
works() {
	cb cbtagent run -s "$1" -C "$W/$2" -- ls
	is "$1: it has runs" "$S" 0
}
# refused SKILL GRANT
refused() {
	is_refused() {
		cb cbtagent run -s "$1" -- true
		[ "$S" -eq 77 ]
	}
	ok "$1: it has none any more" until_true 60 is_refused "$1"
	has "$1: the grant's name, and what to do" "$T/err" \
	    "grant $2 was moved or removed" "start it again"
	has "$1: the log of the daemon says so" "$T/d.err" \
	    "skill $1: grant $2 was moved or removed"
}

for s in moved read other; do
	works "$s" "$s"
done
works gone above/gone

mv "$W/moved" "$W/moved.old"
install -d -m 777 "$W/moved"
refused moved "$W/moved"
mv "$W/above" "$W/above.old"
refused gone "$W/above/gone"
rmdir "$W/read"
refused read "$W/read"
works other other

echo new >"$W/file.new"
mv "$W/file.new" "$W/file"
cb cbtagent run -s file -- true
is "a file that is replaced: its skill goes on" "$S" 0

# what begins with its name, or has it elsewhere, is not it
mkdir "$W/other.2" "$W/other/other"
mv "$W/other.2" "$W/other.3"
rmdir "$W/other/other" "$W/other.3"
works other other

### After a restart what has the name is the grant

daemon_stop
daemon_start
cb cbtagent run -s moved -C "$W/moved" -- touch new
is "started again: status" "$S" 0
ok "started again: it is in the new one" test -e "$W/moved/new" -a ! -e \
    "$W/moved.old/new"
cb cbtagent run -s gone -- true
is "what is not there any more: refused" "$S" 77
daemon_stop
finish
