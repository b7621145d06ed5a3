# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: audit verify of a directory finds an exec.log that is not what the
# log says, and takes one that only ends too early.
. "$SRC/tests/regress/lib.sh"

conf_default
log=$T/log

# copy: a fresh one of the log
copy() {
	rm -rf "$T/copy"
	cp -a "$log" "$T/copy"
}
verify() {
	cb root audit verify "$T/copy"
}

daemon_start
cb cbtagent run -- echo first
cb cbtagent run -- echo second
cb root audit verify "$log"
ok "of a daemon that runs: status" test "$S" -eq 0 -o "$S" -eq 5
daemon_stop
copy
verify
is "as it was written: status" "$S" 0
size=$(stat -c %s "$T/copy/exec.log")
printf X | dd of="$T/copy/exec.log" bs=1 seek=$((size / 2)) conv=notrunc \
    2>/dev/null
verify
is "a byte was changed: status" "$S" 2
has "a byte was changed" "$T/out" "TAMPERED record=" "rule=exec" \
    "file=exec.log"
cb root --json audit verify "$T/copy"
is "as JSON" "$(json "$T/out" status)" tampered
copy
tail -n 1 "$T/copy/exec.log" >"$T/line"
cat "$T/line" >>"$T/copy/exec.log"
verify
is "a line more than there is: status" "$S" 2
copy
sed -i 2d "$T/copy/exec.log"
verify
is "a line was removed: status" "$S" 2
copy
truncate -s $((size - 10)) "$T/copy/exec.log"
verify
is "it ends too early: status" "$S" 0
truncate -s $((size + 100)) "$T/copy/exec.log"
verify
is "nothing behind it was written: status" "$S" 0
rm "$T/copy/exec.log"
verify
is "it is not there: status" "$S" 0
finish
