# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/vm/in/lib.sh disable=SC2317
#
# What administrators set: sysctls, and proc mounted with hidepid=2.
. "$(dirname "$0")/lib.sh"

cp "$HERE/clawbot.conf" "$CONF"

# all_well NAME: everything works
all_well() {
	ok "$1: it starts" restart
	ok "$1: it runs commands" runs_again
	cb agent run -s writes -- touch /srv/clawbot/written
	is "$1: it writes: status" "$S" 0
	cb boss doctor --sandbox
	is "$1: every sandbox holds" "$S" 0
}

# put NAME VALUE: fails, and says so, where the kernel has no such thing
put() {
	if ! sysctl -n "$1" >"$T/was" 2>/dev/null; then
		skip "$1=$2" "this kernel does not have it"
		return 1
	fi
	WAS=$(cat "$T/was")
	sysctl -qw "$1=$2"
	is "$1 is $2" "$(sysctl -n "$1")" "$2"
}

for set in kernel.unprivileged_userns_clone=0 vm.overcommit_memory=2; do
	if put "${set%=*}" "${set#*=}"; then
		all_well "$set"
		sysctl -qw "${set%=*}=$WAS"
	fi
done

mount -o remount,hidepid=2 /proc
ok "proc has hidepid" grep -qE '^proc /proc .*hidepid=(2|invisible)' \
    /proc/mounts
all_well "hidepid=2"
mount -o remount,hidepid=0 /proc

# What no other try would mend is not tried again, and the sysctl is named.
for k in user pid net ipc mnt uts cgroup; do
	put "user.max_${k}_namespaces" 0 || continue
	restart 2>/dev/null
	failed() {
		[ "$(prop ActiveState)" = failed ]
	}
	ok "no $k namespaces: clawbotd is not started" \
	    until_true "$BACK" failed
	status=$(prop ExecMainStatus)
	# systemd's own begin there: it has not come as far as clawbotd
	if [ "$status" -ge 200 ]; then
		skip "no $k namespaces: status" \
		    "this systemd needs one for a service: status $status"
		sysctl -qw "user.max_${k}_namespaces=$WAS"
		continue
	fi
	is "no $k namespaces: status" "$status" 79
	is "no $k namespaces: not tried again" "$(prop NRestarts)" 0
	journalctl -q -b -u clawbotd -n 40 -o cat --no-pager >"$T/journal"
	has "no $k namespaces: the journal has the reason" \
	    "$T/journal" "user.max_${k}_namespaces"
	sysctl -qw "user.max_${k}_namespaces=$WAS"
done

# The last one stays: the kernel does not take 3 back.
for n in 0 1 2 3; do
	put kernel.yama.ptrace_scope "$n" || break
	if [ "$n" -lt 2 ]; then
		all_well "ptrace_scope=$n"
		continue
	fi
	ok "ptrace_scope=$n: it starts" restart
	ok "ptrace_scope=$n: it runs commands" runs_again
	# names within a grant are watched over by reading a run's memory
	cb agent run -s writes -- touch /srv/clawbot/written
	is "ptrace_scope=$n: what writes is refused: status" "$S" 77
	has "ptrace_scope=$n: the reason is said, and what to do" "$T/err" \
	    "kernel.yama.ptrace_scope is $n" "set it to 1"
	cb agent status
	has "ptrace_scope=$n: status says it" "$T/out" \
	    "kernel.yama.ptrace_scope is $n"
done
finish
