# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: a run of a skill with a channel asks for runs itself, as the account
# that has asked for it and as nothing more.  The daemon knows which run that
# is by the socket; it cannot seem to be another one, another account, or none,
# and from inside nobody approves, stops or sees what others run.
. "$SRC/tests/regress/lib.sh"

command -v python3 >/dev/null || skip_all "needs python3"
CLAWBOT_CLAWBOTD=$B/clawbotd
export CLAWBOT_CLAWBOTD
IN=/run/clawbot/bin/clawbot
# runs are clients themselves, and sanitizers reserve much, and trace at the end
[ "$ASAN" = no ] ||
    PATIENT='"limits": { "timeoutSeconds": 600, "memoryMB": 0 },
	"env": { "ASAN_OPTIONS": "detect_leaks=0" }'
SKILLS='"agent": { "default": "allow", "write": ["'$W'"],
	"channel": "inner", '$PATIENT' },
    "tool": { "default": "allow", "ask": ["touch asked"],
	"deny": ["touch denied"], '$PATIENT' },
    "other": { "default": "allow", "write": ["'$W'"], "runAs": "cbtother",
	'$PATIENT' },'
CHANNELS='"inner": { "users": ["cbtagent", "cbtadmin", "root"],
	"skills": ["agent", "tool"] },
    "adm": { "users": ["cbtadmin", "root"], "skills": ["*"] },'
conf_default
daemon_start
LOG=$T/log/gateway.log

# inside COMMAND...: as a run of an agent's, in which $IN is clawbot
inside() {
	cb cbtagent run -s agent -C "$W" -- "$@"
}

# asker_of RUN: of its intent
asker_of() {
	sed -n 's/.*"ev":"intent","run":"'"$1"'".*"asker":"\(r[0-9a-z]*\)",'`
	    `'"depth":\([0-9]*\).*/\1 \2/p' "$LOG"
}

### What it is for

inside "$IN" run -s tool -- sh -c 'echo out; echo err >&2; exit 7'
is "a run asks for another: status" "$S" 7
is "its output" "$(cat "$T/out")" out
has "its errors" "$T/err" err
inside "$IN" --json run -s tool -- true
is "named in the log: of depth 1" "$(asker_of "$(json "$T/out" run)" |
    cut -d ' ' -f 2)" 1
ok "its asker is the run that asked" sh -c \
    'id=$(sed -n "s/.*\"asker\":\"\(r[0-9a-z]*\)\".*/\1/p" "$1" | tail -n 1)
    grep -q "\"ev\":\"intent\",\"run\":\"$id\".*\"skill\":\"agent\"" "$1"' \
    - "$LOG"
uid=$(id -u cbtagent)
ok "its account is who asked for the first" sh -c \
    'grep "\"asker\":" "$1" | grep "\"ev\":\"intent\"" |
    grep -q "\"uid\":'"$uid"'[,}]"' - "$LOG"
printf 'in\n' >"$W/input"
inside sh -c "$IN run -s tool -- cat <input"
is "standard input goes through" "$S $(cat "$T/out")" "0 in"
inside "$IN" run -s tool -- touch denied
is "what its channel's skill refuses" "$S" 77
inside "$IN" run -s other -- true
is "a skill that the channel does not have" "$S" 77
inside sh -c 'ls /run/clawbot /run/clawbot/channels; echo "$CLAWBOT_CHANNEL"'
is "what there is in a view" "$(tr '\n' ' ' <"$T/out")" \
    "/run/clawbot: bin channels  /run/clawbot/channels: inner.sock inner "
cb cbtagent run -s tool -- sh -c 'ls /run/clawbot 2>&1; env'
hasnot "no other skill has any of that" "$T/out" inner CLAWBOT channels:
inside "$IN" -c cli run -s tool -- true
is "nor is another channel there" "$S" 69

### How deep

cat >"$W/deep.sh" <<'END'
echo "$1"
exec /run/clawbot/bin/clawbot run -s agent -C "$2" -- sh "$2/deep.sh" \
    $(($1 + 1)) "$2"
END
inside sh "$W/deep.sh" 0 "$W"
is "three deep, and no deeper" "$S $(tr '\n' ' ' <"$T/out")" "77 0 1 2 3 "
has "it is said why" "$T/err" "at most 3 deep"
ok "it is in the log" log_has '"cause":"depth"' '"depth":4'
is "each is counted" "$(grep '"ev":"intent"' "$LOG" | grep deep.sh |
    sed -n 's/.*"depth":\([0-9]*\).*/\1/p' | tr '\n' ' ')" "1 2 3 "

### Who it is, to those who decide

cbbg ask cbtagent run -s agent -C "$W" -- sh -c \
    "$IN run -s tool -- touch asked; "'echo "came $?"'
ask=$BGPID
waiting
nested=$ID
cb cbtadmin --json approvals
outer=$(json "$T/out" approvals.0.asker)
is "an approver sees which run asks" \
    "$(json "$T/out" approvals.0.depth) $(json "$T/out" \
    approvals.0.asker_skill)" "1 agent"
cb cbtadmin approvals show "$nested"
has "in words" "$T/out" "asked by run" "$outer"
cb cbtagent --json ps
is "ps: the run that asks" "$(perl -MJSON::PP -e 'local $/;
    print join " ", map { $_->{asker} // "none" } sort { $a->{started_ago_ms}
    <=> $b->{started_ago_ms} } @{decode_json(<>)->{runs}}' "$T/out")" \
    "$outer none"
cb cbtagent ps
has "ps: in words" "$T/out" "in $outer"
cb cbtagent approve -y "$nested"
is "who asked does not approve" "$S" 77
cb cbtadmin approve -y "$nested"
is "an approver does" "$S" 0
status_of "$ask"
is "and the run inside goes on" "$S $(cat "$T/ask.out")" "0 came 0"

### No rights of persons

cbbg ask cbtagent run -s tool -- touch asked
ask=$BGPID
waiting
cat >"$W/rights.sh" <<END
for c in "approve -y $ID" "deny $ID" "stop -r x" "resume" "secrets list" \
    "audit tail" "breaker reset" "doctor --sandbox" "standing" "secrets rm X"; do
	$IN \$c >/dev/null; echo "\$c: \$?"
done
END
for user in cbtadmin root; do
	cb $user -c adm run -s agent -C "$W" -- sh "$W/rights.sh" "$ID"
	is "$user: nothing of that from inside" "$S $(grep -v ': 77$' \
	    "$T/out")" "0 " || sed 's/^/# /' "$T/err"
	is "$user: all was tried" "$(grep -c : "$T/out")" 10
done
cb cbtadmin --json approvals
is "it still waits" "$(json "$T/out" approvals.0.run)" "$ID"
cb cbtadmin deny "$ID"
status_of "$ask"

### Only what it has asked for

cbbg own cbtagent run -- sh -c 'sleep 1003'
own=$BGPID
cb cbtagent run -d -- sh -c 'echo secret; sleep 1000'
detached=$(cat "$T/out")
ok "others of the account run" until_true 60 running "sleep 1003"
cb cbtagent --json ps
ids=$(json "$T/out" runs | grep -o '"r[0-9a-z]*"' | tr -d '"' | sort -u |
    tr '\n' ' ')
cat >"$W/others.sh" <<END
$IN run -d -s tool -- sleep 1000 >mine
for id; do
	for c in kill logs wait; do
		$IN \$c "\$id" >/dev/null 2>&1 && echo "\$c \$id"
	done
done
$IN --json ps >list
$IN kill "\$(cat mine)" >/dev/null
echo "own \$?"
END
# shellcheck disable=SC2086 # a list
inside sh "$W/others.sh" $ids
is "runs of others of its account are not there" "$(cat "$T/out")" "own 0"
hasnot "ps: neither" "$W/list" "$detached" "sleep 1003"
has "ps: its own" "$W/list" "$(cat "$W/mine")"
ok "they go on" running "sleep 1003"
cb cbtagent kill "$detached"
kill "$own"

### When it ends

cbbg asker cbtagent --json run -s agent -C "$W" -- sh -c "
    $IN run -s tool -- sleep 1004 & $IN run -d -s tool -- sleep 1005 >lasts
    $IN run -s tool -- touch asked & echo up >up; wait"
asker=$BGPID
ok "all of them run" until_true 60 sh -c 'test -s "$1/up"' - "$W"
waiting
ok "what it asked for" until_true 60 running "sleep 1004"
ok "detached, too" until_true 60 running "sleep 1005"
cb cbtadmin --json approvals
outer=$(json "$T/out" approvals.0.asker)
cb cbtagent kill "$outer"
status_of "$asker"
ok "what it asked for ends with it" until_true 60 not_running "sleep 1004"
nothing_waits() {
	cb cbtadmin --json approvals && ! json "$T/out" approvals.0.run
}
ok "what waited is withdrawn" until_true 60 nothing_waits
ok "what is detached goes on" running "sleep 1005"
cb cbtagent --json ps
has "and is the account's" "$T/out" "$(cat "$W/lasts")"
cb cbtadmin stop -u cbtagent -r test
ok "a stop of the account ends that, too" until_true 60 \
    not_running "sleep 1005"
cb cbtadmin resume -u cbtagent
is "no run is left" "$S" 0

### Hostile runs

cat >"$W/hostile.py" <<'END'
import array, os, socket, sys, time
door = "/run/clawbot/channels/inner.sock"

def no(what, f):
    try:
        f()
        print("did", what)
    except OSError as e:
        pass

def rebind():
    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    s.bind("/run/clawbot/channels/cli.sock")

no("a file", lambda: open("/run/clawbot/channels/x", "w"))
no("unlink", lambda: os.unlink(door))
no("rename", lambda: os.rename(door, door + "x"))
no("link", lambda: os.link(door, sys.argv[1] + "/door"))
no("mode", lambda: os.chmod(door, 0o600))
no("client", lambda: open("/run/clawbot/bin/clawbot", "r+"))
no("socket", rebind)
print("held")
END
inside python3 "$W/hostile.py" "$W"
is "a run changes nothing in there" "$(cat "$T/out")" held

# One run lends the other its socket, by a descriptor of the file, and one of a
# connection.  Who has it asks in its name, and no longer than that one lives.
cat >"$W/lend.py" <<'END'
import array, os, socket, sys, time
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen()
os.chmod(sys.argv[1], 0o777)
c, _ = s.accept()
door = os.open("/run/clawbot/channels/inner.sock", os.O_PATH)
conn = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
conn.connect("/run/clawbot/channels/inner.sock")
c.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
    array.array("i", [door, conn.fileno()]))])
time.sleep(1000)
END
cat >"$W/borrow.py" <<'END'
import array, os, socket, subprocess, sys, time
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
_, a, _, _ = s.recvmsg(1, 1000)
fds = array.array("i", a[0][2])
d = "/tmp/channels"
os.makedirs(d)
os.symlink("/proc/self/fd/%d" % fds[0], d + "/inner.sock")
def ask():
    return subprocess.run([sys.argv[2], "-S", "/tmp", "-c", "inner", "run",
        "-s", "tool", "--", "true"], pass_fds=[fds[0]],
        stderr=subprocess.DEVNULL).returncode
print("lent", ask(), flush=True)
while not os.path.exists(sys.argv[3]):
    time.sleep(0.05)
c = socket.socket(fileno=fds[1])
c.settimeout(60)
try:
    print("connection", c.recv(1) == b"", flush=True)
except OSError:
    print("connection", True, flush=True)
print("after", ask(), flush=True)
END
install -m 755 "$B/clawbot" "$W/clawbot"
lends() {
	rm -f "$W/lend" "$W/over"
	chmod 777 "$W"
	cbbg lender cbtagent --json run -s agent -C "$W" -- \
	    python3 "$W/lend.py" "$W/lend"
	lender=$BGPID
	until_true 60 test -S "$W/lend" || bail "nobody lends"
	cb cbtagent --json ps
	lends=$(json "$T/out" runs.0.run)
	cbbg borrower "$1" run -s "$2" -C "$W" -- \
	    python3 "$W/borrow.py" "$W/lend" "$W/clawbot" "$W/over"
	borrower=$BGPID
	ok "$2: it has asked" until_true 60 grep -qs lent "$T/borrower.out"
	n=$(grep -c '"ev":"intent"' "$LOG")
	cb cbtagent kill "$lends"
	status_of "$lender"
	touch "$W/over"
	status_of "$borrower"
}
abi=$(perl -e 'print syscall(444, 0, 0, 1)')
if [ "$abi" -ge 9 ]; then
	skip "lent sockets" "Landlock keeps runs off each other's"
else
	lends cbtagent default
	is "lent by a run of its account" "$(tr '\n' ' ' <"$T/borrower.out")" \
	    "lent 0 connection True after 69 "
	has "it has asked in that one's name" "$LOG" "\"asker\":\"$lends\""
	lends cbtother other
	is "lent to another account" "$(tr '\n' ' ' <"$T/borrower.out")" \
	    "lent 77 connection True after 69 "
	ok "which is in the log" log_has "of a run of another account"
fi
is "of all that, nothing has come from nowhere" "$(grep '"ev":"intent"' \
    "$LOG" | grep '"channel":"inner"' | grep -vc '"depth":[123]')" 0

### Another configuration

cat >"$W/again.sh" <<END
$IN run -s tool -- true; echo "first \$?"
touch there; until test -e go; do sleep 0.05; done
$IN run -s tool -- true; echo "then \$?"
END
cbbg again cbtagent run -s agent -C "$W" -- sh "$W/again.sh"
again=$BGPID
ok "one is inside" until_true 60 test -e "$W/there"
sed 's/"cbtagent", "cbtadmin", "root"/"cbtadmin", "root"/' "$CONF" >"$T/c" &&
    cat "$T/c" >"$CONF"
cb root reload
is "who has asked for it is no user there any more" "$S" 0
touch "$W/go"
status_of "$again"
is "it asks no more" "$(tr '\n' ' ' <"$T/again.out")" "first 0 then 77 "

### Places

daemon_stop
MORE='"rateLimit": { "maxConcurrent": 1 },'
conf_default
daemon_start
LOG=$T/log/gateway.log
inside "$IN" run -s tool -- true
is "its own place is the last: refused at once" "$S" 75
has "with a word on whose it is" "$T/err" "which asks, is one of the runs"
inside true
is "and the place is free again" "$S" 0
daemon_stop
finish
