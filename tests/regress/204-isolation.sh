# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: no role can trace, signal, or read /proc of another, nor open its
# files; tried by a program with nothing but the role's account, and from
# within a run.
. "$SRC/tests/regress/lib.sh"

# a sanitized prober reserves more than any limit of memory
[ "$ASAN" = no ] || LIMITS='"limits": { "memoryMB": 0 }'
conf_default
daemon_start
cbbg sleeper cbtagent run -- sleep 1000
until_true 60 running "sleep 1000" || bail "no run"
# nothing is being built any more
until_true 60 nwaiting 2 || bail "no sandboxes wait"
x=$(role_pid executor)
printf 'value-1234567' >"$T/v"
cbin cbtadmin secrets set TOKEN <"$T/v"

# others UID: processes of the daemon that belong to another account
others() {
	for o_pid in $(family "$D"); do
		[ "$(stat -c %u "/proc/$o_pid/status")" ] || continue
		o_uid=$(awk '/^Uid:/ { print $2 }' "/proc/$o_pid/status")
		[ "$o_uid" = "$1" ] || echo "$o_pid"
	done
}

# probe NAME ARGUMENT...: nothing must be reached
probe() {
	p_name=$1
	shift
	"$H/prober" "$@" >"$T/probe" 2>&1
	p_status=$?
	ok "$p_name: tried many things" test \
	    "$(grep -c . "$T/probe")" -gt "${TRIES-20}"
	is "$p_name: reached" "$(grep REACHED "$T/probe")" ""
	is "$p_name: status" "$p_status" 0
}

# The prober itself finds what is open: on a process of the same account.
sleep 1000 &
BG="$BG $!"
"$H/prober" "$!" >"$T/probe" 2>&1
ok "the prober can tell: a process" grep -q REACHED "$T/probe"
"$H/prober" -f "$T/v" >"$T/probe" 2>&1
ok "the prober can tell: a file" grep -q REACHED "$T/probe"

for account in _clawbot _clawbot-exec _clawbot-audit _clawbot-vault clawbot \
    cbtagent nobody; do
	u=$(id -u $account)
	# shellcheck disable=SC2046 # a list
	probe "$account: processes" -u "$u" -g "$(id -g $account)" \
	    $(others "$u")
done

### Files

printf secret >"$T/probe.me"
chmod 600 "$T/probe.me"
files() {
	f_name=$1 f_account=$2
	shift 2
	TRIES=1
	probe "$f_name" -u "$(id -u "$f_account")" -g "$(id -g "$f_account")" \
	    -f "$@"
	TRIES=20
}
log="$T/log $T/log/gateway.log $T/log/exec.log"
vault="$T/vault $T/vault/secrets.env"
# shellcheck disable=SC2086 # lists
for account in _clawbot _clawbot-exec _clawbot-vault clawbot cbtagent \
    cbtadmin; do
	files "$account: the log" $account $log "$T/key"
done
# shellcheck disable=SC2086 # lists
for account in _clawbot _clawbot-exec _clawbot-audit clawbot cbtagent \
    cbtadmin; do
	files "$account: the vault" $account $vault "$T/key"
done
files "_clawbot-vault: the key" _clawbot-vault "$T/key"
# the channels' directory is for looking; nobody adds or removes there
for account in _clawbot _clawbot-exec cbtagent; do
	as $account sh -c ": >'$T/run/channels/new'" 2>/dev/null
	ok "$account: adds no channel" test ! -e "$T/run/channels/new"
	as $account rm -f "$T/run/channels/cli.sock" 2>/dev/null
	ok "$account: removes no channel" test -S "$T/run/channels/cli.sock"
done

### From within a run

install -m 755 "$H/prober" "$W/prober"
all=$(family "$D" | tr '\n' ' ')
# shellcheck disable=SC2086 # a list
cb cbtagent run -- "$W/prober" $all
ok "from a run: tried" test "$(grep -c . "$T/out")" -gt 20
is "from a run: the daemon's processes" "$(grep REACHED "$T/out")" ""
# shellcheck disable=SC2086 # lists
cb cbtagent run -- "$W/prober" -f $log $vault "$T/key" "$CONF" \
    "$T/run/channels" "$T/run/clawbotd.pid"
is "from a run: files" "$(grep REACHED "$T/out")" ""
# its own init, which holds nothing, but must not be a way out
cb cbtagent run -- "$W/prober" 1
ok "from a run: nothing of its init but the signal" sh -c \
    "! grep REACHED '$T/out' | grep -v '^\(kill\|tgkill\|pidfd signal\)'"
agent sh -c 'ls /proc'
is "from a run: it sees itself alone" \
    "$(grep -c '^[0-9]*$' "$T/out")" 2
daemon_stop
finish
