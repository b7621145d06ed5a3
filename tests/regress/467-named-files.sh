# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: no file that somebody names keeps a command for ever: a named pipe, a
# directory and a device are refused, and said to be what they are, but for a
# backup on such a pipe or device; what a shell reads from <(command) is read.
. "$SRC/tests/regress/lib.sh"

conf_default
daemon_start
key=$(sed -n 's/.*begin with the public key \([^;]*\);.*/\1/p' "$T/d.err" |
    tail -n 1)
daemon_stop			# which is sealed
daemon_start
mkfifo -m 666 "$T/fifo"
mkdir "$T/dir"
export CB_TIMEOUT=10

# refused WHAT WHY ARGUMENT...
refused() {
	r_what=$1
	r_why=$2
	shift 2
	cb cbtadmin "$@"
	ok "$r_what: not in time" test "$S" -ne 124 -a "$S" -ne 0
	has "$r_what" "$T/err" "$r_why"
}
for file in fifo dir; do
	case $file in
	fifo) why="$T/fifo: not a regular file" ;;
	dir) why="$T/dir: a directory" ;;
	esac
	refused "verify -k: a $file" "$why" audit verify -k "$T/$file"
	refused "verify -c: a $file" "$why" audit verify -c "$T/$file"
	refused "prove: a $file" "$why" audit prove "$T/$file"
	refused "prove -k: a $file" "$why" audit prove -k "$T/$file" 1
	refused "import --dotenv: a $file" "$why" secrets import --dotenv \
	    "$T/$file"
	refused "import --from: a $file" "$why" secrets import --from \
	    "$T/$file"
done
cb root restore --verify-only "$T/dir"
ok "restore: not of a directory" test "$S" -ne 124 -a "$S" -ne 0
has "restore: not of a directory" "$T/err" "$T/dir: a directory"
refused "a device" "/dev/tty: not a regular file" audit verify -k /dev/tty
refused "one that is not there" "No such file" audit verify -k "$T/none"
echo 'A_KEY=Zk3mQ9xv7Rt2LwPa' >"$T/env"
ln -s env "$T/link"
refused "import --dotenv: a link" "$T/link: a symbolic link" \
    secrets import --dotenv "$T/link"

### What a shell reads from a command

# shell WORDS: in a shell that has <(command), as the administrator
shell() {
	S=0
	as cbtadmin env C="$B/clawbot" R="$T/run" K="$key" T="$T" timeout 30 \
	    bash -c "$1" >"$T/out" 2>"$T/err" </dev/null || S=$?
}
shell '"$C" -S "$R" audit verify -k <(sleep 0.1; echo "$K")'
is "verify -k <(command): status" "$S" 0
has "verify -k <(command)" "$T/out" "OK records="
shell '"$C" -S "$R" audit verify -c <("$C" -S "$R" audit checkpoint)'
is "verify -c <(command): status" "$S" 0
shell '"$C" -S "$R" secrets import --dotenv <(sleep 0.1; cat "$T/env")'
is "import --dotenv <(command): status" "$S" 0
has "import --dotenv <(command)" "$T/out" "imported 1: 1 created"
shell '"$C" -S "$R" secrets import --remove --dotenv <(cat "$T/env")'
ok "import --remove of that: refused" test "$S" -ne 0
has "import --remove of that" "$T/err" "not a regular file" \
    "write it to a file first"
shell '"$C" -S "$R" secrets import --from <(cat "$T/env")'
is "import --from <(command): it is read" "$S" 64
has "import --from <(command)" "$T/err" "secrets export has not written this"
finish
