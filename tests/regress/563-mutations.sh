# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034
#
# Lines that run a canary in every known way, changed by chance, are run where
# every exec is judged and the canary is denied: it is never executed.  Where
# nothing is judged the same lines do execute it.
#
#	MUTATIONS=N	so many lines, in place of a few
#	SEED=N		the lines of another time
. "$SRC/tests/regress/lib.sh"

N=${MUTATIONS:-200}
SEED=${SEED:-$(date +%s)}
BATCH=1000
P=$W/d
diag "SEED=$SEED, $N lines"

cat >"$T/canary.c" <<END
#include <fcntl.h>
#include <unistd.h>
int main(void)
{
	int fd = open("$W/REACHED", O_CREAT | O_WRONLY | O_APPEND, 0666);
	return (write(fd, "x", 1) != 1);
}
END
mkdir -m 777 "$P"
mkdir -m 755 "$P/bin" "$W/lines"
cc -o "$P/bin/zcanary" "$T/canary.c" || bail "no compiler"
# neither written to nor removed, but linked to
chown clawbot "$P/bin/zcanary"
chmod 555 "$P/bin/zcanary"
echo a >"$P/x"
chown clawbot "$P/x"

# Each line for a shell of its own; what it has made is gone afterwards.
cat >"$W/driver" <<'END'
cd "$1" || exit 1
export HOME="$1" PATH="$1/bin:/usr/bin:/bin"
i=$2
while [ "$i" -le "$3" ]; do
	case $((i % 3)) in
	0)	shell=sh ;;
	1)	shell=bash ;;
	2)	shell=dash ;;
	esac
	timeout -k 1 3 $shell "../lines/$i" </dev/null >/dev/null 2>&1
	rm -rf ./y ./z ./ls ./nohup.out
	echo a >x
	i=$((i + 1))
done
echo "end of it"
END

RULES='"default": "allow", "write": ["'"$W"'"], "protect": [], "limits": {
    "timeoutSeconds": 590, "cpuSeconds": 0, "memoryMB": 0, "processes": 512 }'
SKILLS='"judged": { '"$RULES"', "deny": ["zcanary", "'"$P/bin/zcanary"'"] },
    "off": { '"$RULES"', "execs": "off" },'
conf_default
daemon_start
"$H/mutations" "$SEED" "$N" "$W/lines" || bail "no lines"

# reached: how often the canary was executed
reached() {
	if [ -e "$W/REACHED" ]; then
		wc -c <"$W/REACHED"
	else
		echo 0
	fi
}

# lines SKILL FROM TO
lines() {
	CB_TIMEOUT=600 cb cbtagent run -s "$1" -C "$P" -- /bin/sh "$W/driver" \
	    "$P" "$2" "$3"
	ok "$1: lines $2 to $3 were run" grep -qx 'end of it' "$T/out"
	grep -qx 'end of it' "$T/out" || tail -n 5 "$T/err" | sed 's/^/# /'
}

from=1
while [ "$from" -le "$N" ]; do
	to=$((from + BATCH - 1))
	[ "$to" -le "$N" ] || to=$N
	lines judged "$from" "$to"
	from=$((to + 1))
done
refused=$(cat "$T/log"/*.log | grep '"ev":"exec"' | grep -c '"verdict":"deny"')
never is "judged: executions of the canary" "$(reached)" 0
ok "judged: it was refused $refused times" test "$refused" -gt $((N / 6))
[ "$(reached)" = 0 ] || cat "$T/log"/*.log | grep '"ev":"exec"' | tail -n 5 |
    sed 's/^/# /'

# The lines are what they are taken for.
few=$((N < 60 ? N : 60))
lines off 1 "$few"
ok "not judged: $(reached) executions by $few lines" \
    test "$(reached)" -gt $((few / 8))
daemon_stop
finish
