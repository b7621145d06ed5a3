# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034
#
# Promise: of a program in a grant, the bytes run whose digest is on record,
# whoever writes to the file and whenever; and the program does not notice
# that it is a copy.
. "$SRC/tests/regress/lib.sh"

conf_default
daemon_start

### Another account, that owns the file, writes at the worst moment

# fresh: $W/prog prints a letter, which stands at $at in its bytes
fresh() {
	rm -f "$W/prog"
	cp "$RUN_H/tell_byte" "$W/prog"
	chmod 755 "$W/prog"
	chown cbtother "$W/prog"
}
fresh
at=$(grep -obUa 'tell-me-this-A' "$W/prog" | head -n 1 | cut -d: -f1)
at=$((at + 13))
first=$(b2sum -l 256 "$W/prog" | cut -d' ' -f1)
agent "$W/prog"
is "nobody writes: what it prints" "$S $(cat "$T/out")" "0 A"

# race READS: others write after so many reads; what ran is what is recorded
wrong=0
ran=0
race() {
	fresh
	as cbtother "$H/late_writer" "$W/prog" "$at" B "$1" >"$T/late" &
	late=$!
	until_true 60 grep -q ready "$T/late" || bail "nobody writes late"
	agent "$W/prog"
	! is_child "$late" || kill "$late" 2>/dev/null
	wait "$late" 2>/dev/null
	[ "$S" -eq 0 ] || return 0
	ran=$((ran + 1))
	recorded=$(grep -F '"ev":"intent"' "$T/log/gateway.log" | tail -n 1 |
	    sed 's/.*"exe":{[^}]*"digest":"\([0-9a-f]*\)".*/\1/')
	if [ "$(cat "$T/out")" != A ] || [ "$recorded" != "$first" ]; then
		wrong=$((wrong + 1))
		diag "after $1 reads: ran $(cat "$T/out"), recorded $recorded"
	fi
}
rounds=0
while [ $rounds -lt 25 ]; do
	for reads in 1 2 3 4; do
		race $reads
	done
	rounds=$((rounds + 1))
done
is "what ran is what is recorded" "$wrong" 0
ok "and some did run ($ran of 100)" test $ran -gt 0

### The program does not notice

# A copy has the rights, the names and the surroundings of the original.
fresh
chmod 644 "$W/prog"
agent "$W/prog"
is "that may not be executed: status" "$S" 126
fresh
cb cbtagent run -C "$W" -- ./prog self
is "/proc/self/exe is where the original is" "$(cat "$T/out")" "$W/prog"
cb cbtagent run -C "$W" -- ./prog comm
is "the name of the process" "$(cat "$T/out")" prog
cb cbtagent run -C "$W" -- ./prog again
is "it executes itself once more" "$S $(cat "$T/out")" "0 A"
cb cbtagent run -C "$W" -- ./prog write
is "it cannot write to what is executed" "$S" 1
cb cbtagent run -C "$W" -- ./prog fds
is "and has no descriptor more" "$(cat "$T/out")" "0 1 2"
mkdir "$W/sub"
ln -s ../prog "$W/sub/link"
cb cbtagent run -C "$W/sub" -- ./link self
is "by a link: where the original is" "$(cat "$T/out")" "$W/prog"
printf '#!%s/prog self\n' "$W" >"$W/script"
chmod 755 "$W/script"
cb cbtagent run -C "$W" -- ./script
is "as the interpreter of a script" "$S $(cat "$T/out")" "0 $W/prog"
# it may be replaced by its own run, as by a build
chown clawbot "$W/prog"
cb cbtagent run -C "$W" -- ./prog replace
is "it replaces its own file" "$S $(cat "$T/out")" "0 A"
ok "and did" test ! -s "$W/prog"

if command -v cc >/dev/null; then
	mkdir -p "$W/app/bin" "$W/app/lib"
	echo 'int value(void); int value(void) { return (42); }' >"$T/v.c"
	echo 'int value(void); int main(void) { return (value()); }' \
	    >"$T/m.c"
	cc -shared -fPIC -o "$W/app/lib/libv.so" "$T/v.c" &&
	    cc -o "$W/app/bin/prog" "$T/m.c" -L"$W/app/lib" -lv \
		-Wl,-rpath,'$ORIGIN/../lib'
	cb cbtagent run -C "$W" -- app/bin/prog
	is "libraries by \$ORIGIN" "$S" 42
fi

### A large one

# Nothing is left of it when it has ended.
fresh
dd if=/dev/zero bs=1M count=64 2>/dev/null >>"$W/prog"
cb cbtagent run -C "$W" -- ./prog
is "64 MB: status" "$S $(cat "$T/out")" "0 A"
finish
