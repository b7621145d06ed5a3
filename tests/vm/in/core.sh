# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/vm/in/lib.sh disable=SC2016,SC2317
#
# A handler of dumps that the host has gets nothing of a run.  There is one
# core_pattern for all, so this is tried where nobody else is.
. "$(dirname "$0")/lib.sh"

conf_all_roles
H=/var/tmp/dumps
mkdir -p "$H"
cat >/var/tmp/handler <<END
#!/bin/sh
exec cat >"$H/\$1"
END
chmod 755 /var/tmp/handler
was=$(cat /proc/sys/kernel/core_pattern)
echo '|/var/tmp/handler %p' >/proc/sys/kernel/core_pattern

# The secret is not in the arguments, of which a dump's notes have a part.
crash='$s = join("", map { chr(97 + $_) } 0 .. 25) x 4; kill 11, $$; sleep 9'
dumped() {
	[ -n "$(ls -A "$H")" ]
}
has_it() {
	grep -rqF "$(printf 'abcdefghijklmnopqrstuvwxyz%.0s' 1 2 3 4)" "$H"
}
forget() {
	rm -f "$H"/*
}

# On the host a limit of 0 does not stop it.
sh -c 'ulimit -c 0; exec perl -e "$1"' - "$crash" || :
ok "on the host: the handler is started" until_true 10 has_it
forget
ok "it starts" restart
cb agent run -- perl -e "$crash"
ok "the run was ended" test "$S" -ne 0
sleep 2
dumped
is "a run: the handler is not started" "$?" 1
cb agent run -- sh -c 'ulimit -c 0; exec perl -e "$1"' - "$crash"
sleep 2
has_it
is "a run with a limit of 0: it gets no memory" "$?" 1
forget
for r in executor auditor vault notifier forwarder; do
	ok "$r: there is one" until_true "$BACK" has_pid "clawbot-$r"
	kill -11 "$(pid_of "clawbot-$r")"
	sleep 2
	dumped
	is "$r: the handler is not started" "$?" 1
	ok "$r: commands are run" until_true "$BACK" runs_again
done
echo "$was" >/proc/sys/kernel/core_pattern
rm -rf "$H" /var/tmp/handler

# Who pays for what runs take; where AppArmor restricts that, quickstart has
# installed the profile for it.
cb agent status --all
grep -E '^layer +executor +counters +' "$T/out" >"$T/counters"
has "status: no account of the host pays" "$T/counters" active \
    "no account of the host"
hasnot "status: there is no limit for all together" "$T/counters" \
    "clawbotd was started with"
cb agent run -- perl -e 'open(F, "<", "/proc/self/limits"); print <F>'
ok "limits of a run" grep -qE '^Max pending signals +4096 +4096 ' "$T/out"
cb boss doctor --sandbox
is "every sandbox holds" "$S" 0
ok "it runs commands" runs_again
finish
