#!/bin/sh
# SPDX-License-Identifier: ISC
# What a run executes is judged by its skill's patterns, whatever starts it,
# and recorded.
# shellcheck disable=SC2016 # scripts of runs
. "$SRC/tests/regress/lib.sh"

cat >"$T/canary.c" <<END
#include <fcntl.h>
int main(void) { return (open("$W/REACHED", O_CREAT | O_WRONLY, 0600) == -1); }
END
mkdir -m 755 "$W/bin"
cc -o "$W/bin/canary" "$T/canary.c" || bail "no compiler"
cc -static-pie -o "$W/bin/static" "$T/canary.c" 2>/dev/null ||
    cc -static -o "$W/bin/static" "$T/canary.c"
chmod 755 "$W/bin/canary" "$W/bin/static"
chown clawbot "$W/bin/canary"	# for hard links

GRANTS='"write": ["'"$W"'"], "protect": [], '$PATIENT
RULES='"default": "allow",
    "deny": ["'"$W/bin/canary"'", "'"$W/bin/static"'", "touch denied"]'
SKILLS='"judged": { '"$RULES, $GRANTS"' },
    "names": { '"$RULES"', "write": ["'"$W"'"], '$PATIENT' },
    "recorded": { '"$RULES, $GRANTS"', "execs": "record" },
    "off": { '"$RULES, $GRANTS"', "execs": "off" },
    "strict": { "default": "deny", "allow": ["sh *", "make -s -f mk2", "true **"],
	"execsDefault": "allow", '"$GRANTS"' },
    "nested": { "default": "allow", "execsDefault": "deny",
	"allow": ["true **"], '"$GRANTS"' },'
conf_default
daemon_start
cd "$W" || exit 1
cp /bin/true mytrue

# judged SKILL NAME SCRIPT: what the script prints is in $T/out
judged() {
	printf '%s\n' "$3" >"$W/script"
	cb cbtagent run -s "$1" -C "$W" -- /bin/sh script
}

# refuses SKILL NAME SCRIPT: it runs, but never what is denied
refuses() {
	rm -f "$W/REACHED" "$W/denied"
	judged "$@"
	ok "$2 ($1): the rest of it ran" grep -qx 'end of it' "$T/out"
	ok "$2 ($1): refused, and said" grep -q 'clawbot: .*: denied' "$T/err"
	ok "$2 ($1): did not run" test ! -e "$W/REACHED" -a ! -e "$W/denied"
}

E='; echo end of it'
C=$W/bin/canary
for skill in judged names; do
	refuses $skill "a script" "$C$E"
	refuses $skill "a copy" "cp $C /tmp/c; /tmp/c$E"
	refuses $skill "a hard link" "ln -f $C ./hard; ./hard$E"
	refuses $skill "a symbolic link" "ln -sf $C ./soft; ./soft$E"
	refuses $skill "a copy without a name" "cp $C gone
	    python3 -c 'import os
f = os.open(\"gone\", os.O_RDONLY); os.unlink(\"gone\")
os.execve(f, [\"x\"], {})'$E"
	refuses $skill "memory" "python3 -c 'import os
f = os.memfd_create(\"x\")
os.write(f, open(\"$W/bin/\" + \"canary\", \"rb\").read())
os.execve(f, [\"x\"], {})'$E"
	refuses $skill "/proc/self/fd" "exec 9<$C; /proc/self/fd/9$E"
	refuses $skill "a makefile" "printf 'all:\n\t-@touch den''ied\n' >mk
	    make -s -f mk$E"
	refuses $skill "perl" "perl -e '\$x = \"den\"; exec \"touch\",
	    \$x . \"ied\"'$E"
	refuses $skill "three generated shells" "cat >one <<'END'
cat >two <<'END2'
echo $C >three
sh three
END2
sh two
END
	    sh one$E"
	refuses $skill "an interpreter" "printf '#!$C\n' >i; chmod +x i; ./i$E"
	refuses $skill "a parent that has ended" \
	    "(sleep 0.1; touch den''ied; : >tried) &
	    until [ -e tried ]; do sleep 0.05; done; rm tried$E"
	refuses $skill "a loader" "cat >ld.c <<END
int main(void) { return (0); }
END
	    cc -o ld ld.c -Wl,--dynamic-linker=$W/bin/static && ./ld$E"
done

rm -f "$W/REACHED"
judged judged "ordinary" 'i=0; while [ $i -lt 20 ]; do ./mytrue $i || echo bad
    i=$((i + 1)); done; nosuch; echo "$?"; ls /nosuch/x 2>/dev/null
    echo "echo in \$0 \$1" >sub; chmod +x sub; sed -i "1i#!/bin/sh" sub
    ./sub arg; echo "exit 3" >plain; chmod +x plain; ./plain; echo "$?"'
is "what is not there is not there, and what is runs" "$(cat "$T/out")" \
    "127${NL}in ./sub arg${NL}3"
chmod 711 mytrue
judged judged "unreadable" "chmod 111 $W/mytrue; ./mytrue; echo \"\$?\""
is "what cannot be read is refused" "$(cat "$T/out")" 126
ok "... and it is said" grep -q 'mytrue: denied' "$T/err"
judged recorded "unreadable" "./mytrue; echo \"\$?\""
is "... but where it is only recorded" "$(cat "$T/out")" 0
rm -f mytrue

# direct and nested
judged strict "direct" 'true; id; make -s -f mk2'
printf 'all:\n\t@id -u\n' >mk2
judged strict "direct" 'true; id; make -s -f mk2'
is "what a shell's script starts is judged by default, its children not" \
    "$(wc -l <"$T/out")" 1
ok "... and the first was refused" grep -q 'id: denied by skills.strict.default' \
    "$T/err"
judged nested "nested" 'id -u; make -s -f mk2; true'
is "execsDefault is for what these start" "$(wc -l <"$T/out")" 1
ok "... and says so" grep -q 'denied by skills.nested.execsDefault' "$T/err"

# record and off
rm -f "$W/denied"
judged recorded "record" "touch den''ied; echo end of it"
ok "record: nothing is refused" test -e denied
is "... nor said" "$(cat "$T/err")" ""
RUN=$(sed -n 's/.*"ev":"intent","run":"\([^"]*\)".*/\1/p' \
    "$T/log/gateway.log" | tail -n 1)
ok "... but recorded" log_has "\"ev\":\"exec\",\"run\":\"$RUN\"" \
    '"argv":["touch","denied"]'
rm -f denied
judged off "off" "touch den''ied; echo end of it"
ok "off: nothing is refused" test -e denied
RUN=$(sed -n 's/.*"ev":"intent","run":"\([^"]*\)".*/\1/p' \
    "$T/log/gateway.log" | tail -n 1)
is "... nor recorded" \
    "$(grep -c "\"ev\":\"exec\",\"run\":\"$RUN\"" "$T/log/gateway.log")" 0
rm -f denied

# tracing
cat >"$T/trace.c" <<'END'
#include <sys/ptrace.h>
#include <stdio.h>
#include <errno.h>
int main(void) { long r = ptrace(PTRACE_SEIZE, 1, 0, 0);
	printf("%ld %d\n", r, errno); return (0); }
END
cc -o trace "$T/trace.c"
judged judged "tracing" "./trace"
is "a run cannot seize" "$(cat "$T/out")" "-1 1"
judged judged "traced" "grep TracerPid /proc/self/status"
is "what runs is not traced" "$(tr -d '\t' <"$T/out")" "TracerPid:0"

daemon_stop
finish
