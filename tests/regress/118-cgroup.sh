# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Control groups of runs, in a group that this script makes.  Where version 1
# has the controllers there are none in it; what does not need one is the
# same: births, accounts of processor time, ends, and cleaning up.
. "$SRC/tests/regress/lib.sh"

G=$(findmnt -rn -t cgroup2 -o TARGET | head -n 1)
[ -n "$G" ] || skip_all "cgroup v2 is not mounted"
own=$(sed -n 's,^0::,,p' /proc/self/cgroup)
G=$G${own%/}/cbt.$$
mkdir "$G" 2>/dev/null || skip_all "no group can be made here"
sweep() {
	find "$G" -mindepth 1 -depth -type d -exec rmdir {} + 2>/dev/null
	rmdir "$G" 2>/dev/null
}
UNDO='sweep'
CLAWBOT_CGROUP=$G
export CLAWBOT_CGROUP

groups() {
	find "$1" -mindepth 2 -maxdepth 2 -type d -name 'r[0-9]*' | wc -l
}
group_of() {
	sed -n 's,^0::.*/,,p' "/proc/$1/cgroup"
}
# With that of its skill.
path_of() {
	sed -n 's,^0::.*/exec/,,p' "/proc/$1/cgroup"
}
no_groups() {
	[ "$(groups "$1")" -eq 0 ]
}
# The directory of the group of the run with this command line.
run_group() {
	for rg_p in $(family "$x"); do
		if cmdline "$rg_p" | tr '\n' ' ' | grep -qF -- "$1"; then
			echo "$base/exec/$(path_of "$rg_p")"
			return
		fi
	done
}

SKILLS='"cpu": { "default": "allow", "limits": { "timeoutSeconds": 200,
	"cpuSeconds": 1 } },'
MORE='"sandbox": { "warm": 0 },'
conf_default
daemon_start
base=$G/clawbot.$D
x=$(role_pid executor)
is "the supervisor is in daemon" "$(group_of "$D")" daemon
is "the auditor is in daemon" "$(group_of "$(role_pid auditor)")" daemon
is "the executor is in own" "$(group_of "$x")" own
is "exec is the executor's" "$(stat -c %U "$base/exec")" _clawbot-exec
is "its processes, too" "$(stat -c %U "$base/exec/cgroup.procs")" \
    _clawbot-exec
is "what is above is not" "$(stat -c %U "$base/cgroup.procs" "$base" |
    sort -u)" root
ok "the self-check has left none" until_true 60 no_groups "$base/exec"
agent sed -n 's,^0::,,p' /proc/self/cgroup
is "a run sees a group of its own as the root" "$(cat "$T/out")" /
cb cbtagent status --all
has "status: the layer" "$T/out" "executor cgroup"
has "status: the limit" "$T/out" "cgroup cpu.stat, for the whole run"

cbbg g1 cbtagent run -- sleep 1001
g1=$BGPID
cbbg g2 cbtagent run -- sleep 1002
g2=$BGPID
until_true 60 started "sleep 1001"
until_true 60 started "sleep 1002"
is "two runs: two groups" "$(groups "$base/exec")" 2
r1=$(run_group "sleep 1001")
r2=$(run_group "sleep 1002")
ok "not the same one" test "$r1" != "$r2"
is "both in that of their skill" "$(dirname "$r1")" "$(dirname "$r2")"
is "a run's group has init and the command" "$(wc -l <"$r1/cgroup.procs")" 2
kill "$g1"
status_of "$g1"
ok "the group goes with its run" until_true 60 test ! -d "$r1"
is "the other one stays" "$(groups "$base/exec")" 1
# from outside
if [ -e "$r2/cgroup.kill" ]; then
	echo 1 >"$r2/cgroup.kill"
	status_of "$g2"
	is "a group that is killed ends its run" "$S" 137
else
	kill "$g2"
	skip "a group that is killed ends its run" "needs Linux 5.14"
fi
ok "and goes, too" until_true 60 no_groups "$base/exec"

# Each of them stays below the limit, and nobody waits for one.
cb cbtagent --json run -s cpu -- perl -e '$SIG{CHLD} = "IGNORE";
    while (1) { my $p = fork; if (!$p) { my $e = (times)[0] + 0.03;
    1 while (times)[0] < $e; exit } select undef, undef, undef, 0.05 }'
is "processor time of the whole run: outcome" \
    "$(json "$T/out" outcome)" limited
is "processor time of the whole run: limit" "$(json "$T/out" limit)" cpu
ok "all of it is in the result" test \
    $(($(json "$T/out" user_us) + $(json "$T/out" sys_us))) -ge 1000000

# No way to another group, for the executor or for a run.
as_executor() {
	(cd "$base/exec" && exec nsenter -t "$x" -U -C -S 0 -G 0 "$@")
}
ok "the executor makes groups in exec" as_executor sh -c \
    "mkdir t && rmdir t"
ok "and nowhere else" as_executor sh -c "! mkdir ../t &&
    ! mkdir own/t && ! echo 1 >own/cgroup.procs"
ok "its namespace is rooted there" as_executor grep -q '^0::/own$' \
    "/proc/$x/cgroup"
# The directory of a skill that a spawner has, as a number; and what is above.
for p in $(children "$x"); do
	[ "$(name_of "$p")" = clawbot-spawner ] &&
	    stat -L -c '%i %n' "/proc/$p/fd/7" "/proc/$p/fd/7/.."
done >"$T/parts"
is "two spawners, two groups" \
    "$(awk '/7$/ { print $1 }' "$T/parts" | sort -u | wc -l)" 2
is "and nothing above them" "$(awk '/7$/ { own = $1 } /\.\.$/ && $1 != own' \
    "$T/parts")" ""
is "the executor has none" "$(for f in "/proc/$x/fd/"*; do
	stat -L -f -c %T "$f"
done | grep -c cgroup)" 0
agent sh -c 'find /sys/fs/cgroup -type d; cat /sys/fs/cgroup/cgroup.procs'
is "a run sees its own control group, of init, itself and what it runs" \
    "$S $(tr '\n' ' ' <"$T/out" | sed 's/ [0-9][0-9]*/ N/g')" \
    "0 /sys/fs/cgroup N N N "
agent sh -c 'cd /sys/fs/cgroup; for f in *; do [ ! -w "$f" ] || echo "$f"
    for v in 0 1 max; do echo $v >"$f" && echo "$f: $v"; done; done
    mkdir x && echo x; chmod 777 . && echo .; umount -l . && echo gone
    mount -o remount,rw . && echo rw; ls -d ../cgroup/..; true'
is "and changes nothing of it" "$(cat "$T/out")" ../cgroup/..
agent grep -c ' /sys/fs/cgroup ro,nosuid,nodev,noexec' /proc/self/mountinfo
is "which is mounted to be read" "$(cat "$T/out")" 1

daemon_stop
ok "nothing but empty groups is left" until_true 60 sh -c "! find '$G' -name cgroup.procs \
    -exec cat {} + | grep -q ."
becomes "none of a run" 0 groups "$base/exec"

# An executor that was taken over lifts no limit of a run, moves no process
# to another group, and ends none by theirs.
CLAWBOT_HOSTILE=1
export CLAWBOT_HOSTILE
# hostile WITHOUT: what came of it, each answer once
hostile() {
	unset CLAWBOT_WITHOUT
	if [ -n "$1" ]; then
		CLAWBOT_WITHOUT=$1
		export CLAWBOT_WITHOUT
	fi
	daemon_start
	cb cbtagent policy why -- true hostile=groups
	until_true 60 grep -qF "group s0/more" "$T/d.err"
	sed -n 's/.*hostile: group [^:]*: //p' "$T/d.err" | sort -u
	daemon_stop
}
is "a hostile executor reaches no group" "$(hostile "")" "refused: out of reach"
is "with a descriptor of them, Landlock refuses what is there" \
    "$(hostile groups@executor | tr "\n" ,)" \
    "refused: Permission denied,refused: out of reach,"
has "with both, it would" - "DONE" <<-END
$(hostile groups+lockin@executor)
END
unset CLAWBOT_HOSTILE CLAWBOT_WITHOUT

# Killed in the middle of runs, and with sandboxes that wait.
MORE='"sandbox": { "warm": 2 },'
conf_default
daemon_start
ok "the next one takes away what the last one left" test ! -e "$base"
base=$G/clawbot.$D
agent true
agent true
waiting_groups() {
	[ "$(groups "$base/exec")" -eq "$1" ]
}
ok "sandboxes that wait have groups" until_true 60 waiting_groups 2
agent true
ok "and keep being as many" until_true 60 waiting_groups 2
daemon_stop
ok "none of them is left" until_true 60 no_groups "$base/exec"
daemon_start
cbbg g3 cbtagent run -- sleep 1003
until_true 60 started "sleep 1003"
old=$G/clawbot.$D
daemon_kill
ok "killed: its processes end" until_true 60 sh -c \
    "! find '$old' -name cgroup.procs -exec cat {} + | grep -q ."
daemon_start
ok "and its groups go with the next start" test ! -e "$old"
daemon_stop

# What is not there is said, and what needs it refused.
unset CLAWBOT_CGROUP
rm -rf "$T/log"
MORE='"sandbox": { "cgroup": "off" },'
SKILLS='"share": { "default": "allow", "limits": { "cpuPercent": 50 } },
	"weight": { "default": "allow", "limits": { "ioWeight": 50 } },'
CHANNELS='"narrow": { "users": ["cbtagent"], "skills": ["default"],
	"limits": { "cpuPercent": 20 } },'
conf_default
daemon_start
cb cbtagent status --all
has "off: said" "$T/out" "sandbox.cgroup is off"
has "off: rlimits" "$T/out" "RLIMIT_DATA, for each process"
has "off: what nobody enforces" "$T/out" "needs a cgroup"
has "off: the skill is refused" "$T/out" "limits.cpuPercent needs a cgroup"
cb cbtagent run -s share -- true
is "off: cpuPercent: status" "$S" 77
has "off: cpuPercent: said" "$T/err" "limits.cpuPercent needs a cgroup"
cb cbtagent run -s weight -- true
is "off: ioWeight: status" "$S" 77
cb cbtagent -c narrow run -- true
is "off: cpuPercent of a channel: status" "$S" 77
has "off: cpuPercent of a channel: said" "$T/err" \
    "limits.cpuPercent needs a cgroup"
agent true
is "off: others run" "$S" 0
is "off: it stays where it was" "$(cat "/proc/$D/cgroup")" \
    "$(cat /proc/self/cgroup)"
daemon_stop
finish
