# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Reloads while clients run commands all the time: no request is lost, each is
# decided by one policy or the other, memory stays what it is, and the policy
# of the end is that of the last file.  Then reloads that something cuts short:
# the record's disk is full, the file changes in between, a second one comes,
# a process is killed; nothing is in force that is not in the log.
# RELOADS: how many.
. "$SRC/tests/regress/lib.sh"

CLAWBOT_CLAWBOTD=$B/clawbotd
export CLAWBOT_CLAWBOTD
RELOADS=${RELOADS-30}
CLIENTS=8

mkdir -p "$T/log"
mount -t tmpfs -o "size=${LOG_MB-64}m,mode=700,uid=$(id -u _clawbot-audit),gid=$(id -g \
    _clawbot-audit)" cbt "$T/log" || skip_all "needs to mount a tmpfs"
UNDO="umount -l '$T/log'; $UNDO"

# conf N: one of two policies, each with a text of its own
conf() {
	c_deny='"mkfs"'
	[ $(($1 % 2)) -eq 0 ] || c_deny='"mkfs", "false"'
	cat >"$T/new.conf" <<-END
	{ // $1
	"skills": { "default": { "default": "allow", "deny": [$c_deny],
	    "ask": ["asked"],
	    "limits": { "timeoutSeconds": 600,
	        "openFiles": $((100 + $1 % 7)) },
	    "write": ["$W"] } },
	"channels": { "cli": { "users": ["cbtagent", "cbtother"],
	    "access": "execute", "skills": ["*"],
	    "rateLimit": { "maxConcurrent": $((20 + $1 % 3)) } } },
	"approvals": { "approvers": ["group:clawbot-admin"] },
	"circuitBreaker": { "failures": 1000000, "repeats": 0 },
	$(conf_paths)
	}
	END
	mv "$T/new.conf" "$CONF"
}

policy() {
	cb root --json status
	json "$T/out" status.0.detail | sed 's/.*policy //'
}

loads() {
	cat "$T/log"/*.log | grep '"ev":"load"' | tail -n 1 |
	    sed 's/.*"digest":"\(.\{16\}\).*/\1/'
}

rss() {
	awk '/^VmRSS/ { print $2 }' "/proc/$1/status"
}

# one client: commands, one after the other, until it is told to end
client() {
	while [ ! -e "$T/enough" ]; do
		c_s=0
		as cbtagent timeout 300 "$B/clawbot" -S "$T/run" run -- \
		    /bin/true </dev/null >>"$T/client.$1" 2>&1 || c_s=$?
		echo "true $c_s"
		c_s=0
		as cbtagent timeout 300 "$B/clawbot" -S "$T/run" run -- \
		    /bin/false </dev/null >/dev/null 2>&1 || c_s=$?
		echo "false $c_s"
		# rows are made one by one, from what is in force by then
		c_s=0
		as cbtagent timeout 300 "$B/clawbot" -S "$T/run" policy list \
		    </dev/null >>"$T/client.$1" 2>&1 || c_s=$?
		echo "list $c_s"
	done >"$T/statuses.$1"
}

conf 0
daemon_start
daemon=$D
spawner=$(children "$(role_pid executor)" | head -n 1)

# The first ones are for what is allocated once.
warm_up() {
	for w_i in 1 2 3 4 5 6 7 8 9 10; do
		conf "$w_i"
		cb root reload || :
		[ "$S" -eq 0 ] || return 1
	done
}
ok "reloads without load" warm_up
sup0=$(rss "$D")
exe0=$(rss "$(role_pid executor)")
spa0=$(rss "$spawner")

i=0
while [ "$i" -lt "$CLIENTS" ]; do
	client "$i" &
	BG="$BG $!"
	i=$((i + 1))
done
i=0
bad=0
while [ "$i" -lt "$RELOADS" ]; do
	i=$((i + 1))
	conf "$i"
	cb root reload
	[ "$S" -eq 0 ] || { bad=$((bad + 1)); diag "$(cat "$T/err")"; }
done
: >"$T/enough"
enough() {
	for e_pid in $BG; do
		gone "$e_pid" || return 1
	done
}
ok "every client comes to its end" until_true 400 enough
is "$RELOADS reloads under load: failed" "$bad" 0
cat "$T"/statuses.* >"$T/statuses"
total=$(grep -cv '^list' "$T/statuses")
ok "there was load ($total requests)" test "$total" -ge 20
is "no request is lost" "$(grep -c '^true [^0]' "$T/statuses")" 0
is "each list of the policy comes" "$(grep -c '^list [^0]' "$T/statuses")" 0
is "each is decided by one policy or the other" \
    "$(grep '^false' "$T/statuses" | grep -cv '^false \(1\|77\)$')" 0
[ "$(grep -c '^true [^0]' "$T/statuses")" -eq 0 ] ||
    diag "$(sort "$T"/client.* | uniq -c | head -n 5)"
is "the policy is that of the last file" "$(policy)" "$(loads)"
cp "$CONF" "$T/same.conf"
cb cbtagent run -- false
is "... by what it refuses" "$S" $((RELOADS % 2 == 0 ? 1 : 77))
cb cbtagent run -- sh -c 'ulimit -n'
is "... and limits" "$(cat "$T/out")" $((100 + RELOADS % 7))
# what the kernel rounds, and what a burst leaves to the allocator
ok "the supervisor does not grow ($sup0 kB, $(rss "$D") kB)" \
    test "$(rss "$D")" -le $((sup0 * 3 / 2 + 4096 * SCALE))
ok "nor the executor ($exe0 kB, $(rss "$(role_pid executor)") kB)" \
    test "$(rss "$(role_pid executor)")" -le $((exe0 * 3 / 2 + 4096 * SCALE))
ok "nor a spawner ($spa0 kB, $(rss "$spawner") kB)" \
    test "$(rss "$spawner")" -le $((spa0 * 3 / 2 + 2048 * SCALE))
is "the same daemon" "$D $(children "$(role_pid executor)" | head -n 1)" \
    "$daemon $spawner"
ok "the log is whole" "$B/clawbot" audit verify "$T/log"

### A full disk: nothing changes

before=$(policy)
conf 101
# more than is set aside in advance
{
	printf '//'
	head -c 900000 /dev/zero | tr '\0' x
	echo
	cat "$CONF"
} >"$T/new.conf"
mv "$T/new.conf" "$CONF"
dd if=/dev/zero of="$T/log/filler" bs=64k 2>/dev/null
dd if=/dev/zero of="$T/log/filler2" bs=512 2>/dev/null
cb root reload
rm -f "$T/log/filler" "$T/log/filler2"
is "a full disk: status" "$S" 75
has "a full disk: said" "$T/err" "full" "nothing has changed"
is "a full disk: nothing changes" "$(policy)" "$before"
cb root reload
is "room again: reloads" "$S" 0
ok "the log is whole after that" "$B/clawbot" audit verify "$T/log"

### The file changes while it is read; two at a time

i=0
while [ "$i" -lt 5 ]; do
	conf $((200 + i))
	cbbg "r$i" root reload
	eval "P$i=\$BGPID"
	i=$((i + 1))
done
conf 210
i=0
said=0
while [ "$i" -lt 5 ]; do
	eval "status_of \$P$i"
	case $S in
	0)	;;
	75)	grep -q "another reload is under way" "$T/r$i.err" ||
		    said=$((said + 1)) ;;
	*)	said=$((said + 1))
		diag "$S $(cat "$T/r$i.err")" ;;
	esac
	i=$((i + 1))
done
is "five at a time: in force, or told why not" "$said" 0
is "five at a time: what is in force is in the log" "$(policy)" "$(loads)"
cb root reload
is "one more: in force" "$S" 0
grep '"ev":"text"' "$T/log/gateway.log" | tail -n 1 | sed 's/^[^{]*//' \
    >"$T/text.json"
is "one more: what was read last" "$(json "$T/text.json" text)" \
    "$(cat "$CONF")"

# A client that leaves in the middle of handing over is in nobody's way.
conf 220
i=0
while [ "$i" -lt 5 ]; do
	cbbg gone root reload
	kill -9 "$BGPID" 2>/dev/null || :
	i=$((i + 1))
done
reloads_again() {
	cb root reload
	[ "$S" -eq 0 ]
}
ok "after clients that were killed: reloads" until_true 60 reloads_again
daemon_stop
is "it stops in order" "$DSTATUS" 0

### A process is killed meanwhile

# dies ROLE WHAT...: it hangs, a reload comes as far as WHAT, and it is killed
dies() {
	di_who=$1
	shift
	daemon_start
	case $di_who in
	spawner) victim=$(children "$(role_pid executor)" | head -n 1) ;;
	*)	victim=$(role_pid "$di_who") ;;
	esac
	di_old=$(policy)
	kill -STOP "$victim"
	conf $((300 + ${#di_who}))
	cbbg killed root reload
	ok "the $di_who is killed in a reload: it has come so far" \
	    until_true 60 "$@"
	kill -9 "$victim"
	ok "the $di_who is killed in a reload: all ends" daemon_wait
	status_of "$BGPID"
	ok "the $di_who is killed in a reload: the client is told ($S)" \
	    test "$S" != running
	daemon_start
	is "the $di_who is killed in a reload: starts by what is on disk" \
	    "$(policy)" "$(loads)"
	ok "the $di_who is killed in a reload: which is another" \
	    test "$(policy)" != "$di_old"
	agent true
	is "the $di_who is killed in a reload: runs" "$S" 0
	daemon_stop
}

recorded_anew() {
	[ "$(loads)" != "$di_old" ]
}

# The daemon waits for the record, for the executor, for nobody.
dies auditor grep -q auditor "$T/killed.err"
dies executor recorded_anew
dies spawner grep -q "is in force" "$T/killed.out"
ok "the log is whole at the end" "$B/clawbot" audit verify "$T/log"
finish
