#!/bin/sh
# SPDX-License-Identifier: ISC
# What was judged is what runs, whoever writes to memory, names and files
# meanwhile.  CBT_ROUNDS=100000 makes it so many rounds of each, and CBT_MODES
# names some of them.
# shellcheck disable=SC2016 # of other shells
. "$SRC/tests/regress/lib.sh"

cat >"$T/canary.c" <<END
#include <fcntl.h>
int main(void) { return (open("$W/REACHED", O_CREAT | O_WRONLY, 0600) == -1); }
END
mkdir -m 755 "$W/bin"
cc -o "$W/bin/canary" "$T/canary.c" || bail "no compiler"
# as large as what takes its place: what is between the two is another program
truncate -s "$(stat -Lc %s /bin/true)" "$W/bin/canary"
chmod 755 "$W/bin/canary"
C=$W/bin/canary
# what can be its own loader, and a program that names one which may be that
cat >"$T/static.c" <<END
#include <sys/syscall.h>
#include <fcntl.h>
#include <unistd.h>
void
_start(void)
{
	syscall(SYS_openat, AT_FDCWD, "$W/REACHED", O_CREAT | O_WRONLY, 0600);
	syscall(SYS_exit_group, 0);
}
END
cc -static -nostartfiles -o "$W/bin/static" "$T/static.c"
printf 'int main(void) { return (0); }\n' >"$T/prog.c"
cc -o "$W/prog" "$T/prog.c" -Wl,--dynamic-linker="$W/link"
LD=$(readelf -l /bin/true | sed -n 's/.*interpreter: \(.*\)]/\1/p')
# the directory in which it is, as a line of its own
cat >"$T/where.c" <<END
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>
int
main(void)
{
	char dir[PATH_MAX], line[PATH_MAX + 32];
	int n, fd = open("$W/where.out", O_WRONLY | O_APPEND | O_CREAT, 0644);

	n = snprintf(line, sizeof(line), "%d %s\\n", (int)getpid(),
	    getcwd(dir, sizeof(dir)));
	return (write(fd, line, (size_t)n) != n);
}
END
cc -o "$W/where" "$T/where.c"
mkdir -m 755 "$W/one" "$W/two"
SKILLS='"judged": { "default": "allow", "deny": ["'"$C"'", "'"$W/bin/static"'",
	"touch denied"],
    "write": ["'"$W"'"], "protect": [], "env": {
	"CBT_ROUNDS": "'"${CBT_ROUNDS-200}"'" },
    "limits": { "timeoutSeconds": 86400, "cpuSeconds": 604800 } },'
conf_default
daemon_try || { sed -i 's/, "cpuSeconds": 604800//' "$CONF"; daemon_start; }
install -m 755 "$RUN_H/exec_attack" "$W/attack"

# some_in_order: of the rounds of the last race
some_in_order() {
	perl -ne 'exit(!/ [1-9]\d* in order/)' "$T/out"
}

# race MODE PROGRAM OTHER [ARGUMENT]: so many rounds, and as many again while
# chance lets none be in order
race() {
	r_mode=$1 r_again=0
	rm -f "$W/REACHED" "$W/denied"
	until [ $r_again -gt 20 ]; do
		CB_TIMEOUT=80000 cb cbtagent run -s judged -C "$W" -- \
		    ./attack "$r_mode" 0 "$2" "$3" ${4+"$4"}
		diag "$(cat "$T/out")"
		if [ "$S" -ne 0 ] || some_in_order; then
			break
		fi
		r_again=$((r_again + 1))
	done
	is "$r_mode: it ran" "$S" 0
	never ok "... and nothing that is denied did" \
	    test ! -e "$W/REACHED" -a ! -e "$W/denied"
	ok "... but what is not" some_in_order
}

# wanted MODE: is it one of those that are to be tried?
wanted() {
	case " ${CBT_MODES-$1} " in
	*" $1 "*)	return 0 ;;
	esac
	return 1
}

for mode in path shared link script bytes; do
	! wanted $mode || race $mode /bin/true "$C"
done
for mode in args leader both vfork memory; do
	! wanted $mode || race $mode /usr/bin/touch - denied
done
! wanted loader || race loader "$W/prog" "$W/bin/static" "$LD"
if wanted directory; then
	race directory "$W/where" -
	sed -n 's/.*"ev":"exec".*"verdict":"allow".*"path":"[^"]*where".*"cwd":"\([^"]*\)".*"pid":\([0-9]*\),.*/\2 \1/p' \
	    "$T/log/gateway.log" | sort >"$T/judged"
	sort "$W/where.out" >"$T/where"
	never ok "... and each in the directory that is recorded" \
	    sh -c 'comm -23 "$1" "$2" | grep -q . && exit 1; exit 0' sh \
	    "$T/where" "$T/judged"
fi
daemon_stop

# where the kernel has no Landlock, /proc alone is between them
if wanted unlocked; then
	DAEMON_WRAP="$H/without landlock"
	# shellcheck disable=SC2034 # read by conf_default
	MORE='"sandbox": { "acceptMissing": ["landlock"] },'
	conf_default
	daemon_start
	race memory /usr/bin/touch - denied
	never ok "... nor was memory written" sh -c '! grep -q "memory written" "$1"' \
	    sh "$T/out"
	daemon_stop
fi
finish
