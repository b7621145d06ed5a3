#!/bin/sh
# SPDX-License-Identifier: ISC
# A word about one exec holds for equal ones, and for nothing that only looks
# like them: another file, other bytes, another directory, another one's.
# shellcheck disable=SC2016 # scripts of runs
. "$SRC/tests/regress/lib.sh"

command -v bash >/dev/null || skip_all "needs bash"
# a directory of the system that nobody else has
BIN=/usr/local/sbin
mount -t tmpfs -o mode=755 cbt $BIN || skip_all "needs to mount a tmpfs"
UNDO="umount -l $BIN; $UNDO"
cat >"$T/canary.c" <<END
#include <fcntl.h>
int main(void) { return (open("$W/REACHED", O_CREAT | O_WRONLY, 0600) == -1); }
END
cc -o $BIN/canary "$T/canary.c" || bail "no compiler"
truncate -s "$(stat -Lc %s /bin/true)" $BIN/canary
cp /bin/true $BIN/prog
chmod 755 $BIN/canary $BIN/prog
mkdir -m 755 "$W/one" "$W/two"

GRANT='"write": ["'"$W"'"], "protect": [],
    "limits": { "timeoutSeconds": 600, "processes": 4000 }'
SKILLS='"judged": { "default": "allow", "deny": ["canary"], '"$GRANT"' },
    "recorded": { "default": "allow", "execs": "record", '"$GRANT"' },
    "strict": { "default": "deny", "allow": ["bash **", "sh **", "true **",
	"sleep **"], "execsDefault": "allow", '"$GRANT"' },
    "nested": { "default": "allow", "execsDefault": "deny",
	"allow": ["sh **"], '"$GRANT"' },'
conf_default
daemon_start
cd "$W" || exit 1
mkfifo fifo && chmod 666 fifo
chmod 1777 . one two

# begin SKILL SCRIPT: a run, in which "wait_for NAME" waits for us
begin() {
	rm -f at.* go.* REACHED
	{
		echo 'wait_for() { : >at.$1; while [ ! -e go.$1 ]; do
		    read -t 0.01 x <>fifo || :; done; }'
		printf '%s\n' "$2"
	} >script
	cbbg one cbtagent run -s "$1" -C "$W" -- /bin/bash script
}

at() {
	until_true 60 test -e "at.$1" || bail "not at $1: $(cat "$T/one.err")"
}

# Its rows are in $T/rows then.
end() {
	status_of "$BGPID"
	RUN=$(sed -n 's/.*"ev":"intent","run":"\([^"]*\)".*/\1/p' \
	    "$T/log/gateway.log" | tail -n 1)
	grep -F "\"ev\":\"exec\",\"run\":\"$RUN\"" "$T/log/gateway.log" >"$T/rows"
}

# told WORD...: how many rows have all of these
told() {
	cp "$T/rows" "$T/told"
	for w in "$@"; do
		grep -F "$w" "$T/told" >"$T/told2"
		mv "$T/told2" "$T/told"
	done
	wc -l <"$T/told"
}

### other bytes, and another file

# change NAME HOW...: the run has executed it three times; then it is changed
change() {
	c_name=$1
	shift
	rm -f $BIN/prog
	cp /bin/true $BIN/prog
	begin judged 'for i in 1 2 3; do prog || echo bad; done
	    wait_for here; for i in 1 2; do prog; echo "$?"; done'
	at here
	"$@"
	touch go.here
	end
	is "$c_name: refused" "$(cat "$T/one.out")" "126${NL}126" ||
	    diag "$(cat "$T/one.err")"
	ok "... and did not run" test ! -e REACHED
	is "... and was not told otherwise" "$(told '"verdict":"allow"')" 3
}
change "other bytes" cp $BIN/canary $BIN/prog
change "another file" sh -c 'cp "$1/canary" "$1/new" && mv "$1/new" "$1/prog"' \
    sh $BIN
change "a link" ln -sf canary $BIN/prog
rm -f $BIN/prog

# in a grant
begin judged 'cp /bin/true prog; for i in 1 2 3; do ./prog || echo bad; done
    wait_for here; ./prog; echo "$?"'
at here
cp $BIN/canary prog
touch go.here
end
is "in a grant: refused" "$(cat "$T/one.out")" 126
ok "... and did not run" test ! -e REACHED

### whose it is

begin strict 'echo "for i in 1 2 3 4; do id -u; done" >sub
    sh sub; id -u; sh sub; true'
end
is "what a shell's children may, it may not itself" "$(wc -l <"$T/one.out")" 8
is "... which is refused in between" "$(told '"verdict":"deny"')" 1
begin nested 'echo "id -u" >sub; id -u; id -u; id -u; sh sub; id -u'
end
is "nor they what it may" "$(wc -l <"$T/one.out")" 4
begin strict 'echo "id -u; id -u; (while [ ! -e go.on ]; do
	sleep 0.1; done; id -u; : >done) &" >sub
    sh sub; wait_for on; while [ ! -e done ]; do sleep 0.1; done'
at on
touch go.on
end
rm -f "$W/done"
is "nor who has no parent any more" "$(wc -l <"$T/one.out")" 2
ok "... which is said" test "$(told '"verdict":"deny"' '"how":"orphan"' \
    '"id"')" -ge 1

### what is told

for skill in judged recorded; do
	begin $skill 'cd one; for i in 1 2 3; do /bin/true x; done
	    cd ../two; for i in 1 2 3; do /bin/true x; done; /bin/true y; cd ..
	    mv one three; mkdir one; cd one; /bin/true x
	    echo "/bin/true x; /bin/true x; /bin/true x" >../sub; cd ..
	    sh sub; exit 0'
	end
	is "$skill: all are told" "$(wc -l <"$T/rows")" 14
	is "... in order" "$(sed 's/.*"seq":\([0-9]*\),.*/\1/' "$T/rows" |
	    tr '\n' ' ')" "$(seq 14 | tr '\n' ' ')"
	is "... each in its directory" "$(sed -n \
	    's/.*"argv":\["[^"]*true","x"\].*"cwd":"\([^"]*\)".*/\1/p' \
	    "$T/rows" | sed 's,.*/,,' | uniq -c | tr -d ' \n')" \
	    "3one3two1one3${W##*/}"
	is "... with what started it" "$(sed -n \
	    's/.*"parent":\([0-9]*\),.*"argv":\["[^"]*true","x"\].*/\1/p' \
	    "$T/rows" | uniq | tr '\n' ' ')" "0 11 "
	rm -rf one three
	mkdir -m 1777 one
done

# more than there is room for at a time
begin judged 'i=0; while [ $i -lt 3000 ]; do /bin/true; i=$((i + 1)); done'
end
sed 's/.*"seq":\([0-9]*\),.*/\1/' "$T/rows" >"$T/have"
seq 3000 >"$T/want"
ok "3,000 equal ones: each is told, once, in order" cmp "$T/have" "$T/want"
ok "... before the result" sh -c 'tail -n 20 "$1" | grep -F "$2" |
    grep -qF "\"execs\":3000"' sh "$T/log/gateway.log" \
    "\"ev\":\"result\",\"run\":\"$RUN\""
begin judged 'for k in 1 2 3 4; do
    i=0; while [ $i -lt 300 ]; do /bin/true & i=$((i + 1)); done; wait; done'
end
is "1,200 equal ones, many at a time" "$(wc -l <"$T/rows")" 1200

daemon_stop
finish
