# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2034,SC2317,SC2016,SC1003
#
# logging.forward: records that were pruned before their turn are a gap, which
# the other side and the log are told of; a datagram a record by UDP, and what
# a start refuses of accounts.
. "$SRC/tests/regress/lib.sh"
. "$SRC/tests/regress/syslogs.sh"
command -v python3 >/dev/null || skip_all "needs python3"

### Pruned before their turn

syslog_conf "input(type=\"imtcp\" Address=\"127.0.0.1\" port=\"0\"
    listenPortFileName=\"$T/port\")"
syslog_start
ok "rsyslogd listens" until_true 60 test -s "$T/port"
PORT=$(cat "$T/port")
syslog_conf "input(type=\"imtcp\" Address=\"127.0.0.1\" port=\"$PORT\")"
LOGGING="\"segmentMB\": 1, \"forward\": \"syslog:127.0.0.1:$PORT\","
conf_default
daemon_start
cb cbtagent run -- echo first
ok "it forwards" until_true 60 have_all
# far: the number of the last record that was read, which is known when
# rsyslogd has ended the stream
far() {
	sed 's/^0*//; s/ .*//' "$T/forward.place"
}
placed() {
	[ "$(far)" -ge 4 ]
}
ok "and writes down how far" until_true 60 placed
daemon_stop
syslog_stop
FIRST=$(($(far) + 1))

# nobody forwards when the rest is written, and when it is removed
FORWARD=$LOGGING
LOGGING='"segmentMB": 1,'
conf_default
daemon_start
big=$(head -c 120000 /dev/zero | tr '\0' x)
is_closed() {
	cb cbtagent run -- printf '%.1s' "$big"
	[ -f "$T/log/gateway-000000000001.log.zst" ]
}
ok "a part is closed meanwhile" until_true 60 is_closed
# what is closed in this second is not before it
pruned() {
	cb root audit prune --before 0s -r "no room"
	LAST=$(sed -n 's/.*"ev":"prune",.*"last":\([0-9]*\).*/\1/p' \
	    "$T/log/gateway.log")
	[ -n "$LAST" ]
}
ok "it is pruned" until_true 60 pruned
daemon_stop
LOGGING=$FORWARD
conf_default
syslog_start
daemon_start
ok "all that is left is there" until_true 60 have_all
ok "the other side is told of the gap" until_true 60 grep -qF \
    "{\"gap\":true,\"first\":$FIRST,\"last\":$LAST}" "$T/got"
is "by one message, as critical" "$(grep -c '^<106>1 .* gap .*"gap":true' \
    "$T/got")" 1
ok "and so is the log" until_true 60 log_has '"ev":"gap"' \
    "\"first\":$FIRST,\"last\":$LAST"
is "once" "$(grep -c '"ev":"gap"' "$T/log/gateway.log")" 1
daemon_stop
syslog_stop

### By UDP

cat >"$T/udp.py" <<'END'
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
s.bind(("127.0.0.1", int(sys.argv[1])))
open(sys.argv[2] + "/got", "w").close()
with open(sys.argv[2] + "/port", "w") as f:
    f.write(str(s.getsockname()[1]))
while True:
    text = s.recv(65536)
    with open(sys.argv[2] + "/got", "ab") as f:
        f.write(text + b"\n")
END
udp() {
	rm -f "$T/port"
	python3 "$T/udp.py" "$1" "$T" 2>"$T/udp.err" &
	U=$!
	BG="$BG $U"
	until_true 60 test -s "$T/port" || bail "no receiver"
}
udp 0
rm "$T/forward.place"
PORT=$(cat "$T/port")
LOGGING="\"forward\": \"syslog+udp:127.0.0.1:$PORT\","
conf_default
daemon_start
cb cbtagent run -- printf '%s' "$(printf 'new\nline\377')" ']"\'
cb cbtagent run -- true "$(printf '%0110000d' 7)"
ok "UDP: all are there, a datagram a record" until_true 60 have_all
numbers
is "UDP: in their order" "$(sort -n "$T/numbers" | cmp - "$T/numbers" &&
    echo yes)" yes
ok "UDP: one that no datagram takes is told to be that long" grep -q \
    '"kind":"exec","left_out_bytes":11[0-9]*}' "$T/got"
kill "$U"
cb cbtagent run -- echo unheard
is "UDP: nobody listens: runs go on" "$S $(cat "$T/out")" "0 unheard"
ok "UDP: nobody listens: a record" until_true 60 log_has '"ev":"stalled"' \
    "syslog+udp:127.0.0.1:$PORT"
udp "$PORT"
unheard() {
	grep -q '"unheard"' "$T/got"
}
ok "UDP: what was refused is sent again" until_true 60 unheard
daemon_stop

### One account for two

cp /etc/passwd "$T/passwd"
grep -v "^_clawbot-forward:" "$T/passwd" >/etc/passwd
echo "_clawbot-forward:*:$(id -u _clawbot-notify):$(id -g \
    _clawbot-notify)::/nonexistent:/usr/sbin/nologin" >>/etc/passwd
look() {
	conf_default
	S=0
	"$B/clawbotd" -n -f "$CONF" >"$T/n.out" 2>"$T/n.err" || S=$?
}
look
is "the notifier's account, and there is none: -n: status" "$S" 0
APPROVALS='"notify": "'"$(readlink -f /bin/true)"'"'
look
is "one account for the notifier and the forwarder: -n: status" "$S" 78
has "... why" "$T/n.err" "_clawbot-forward is that of another process"
daemon_try || :
daemon_wait
is "... and no start" "$DSTATUS" 71
cat "$T/passwd" >/etc/passwd
look
is "... with its own account: -n: status" "$S" 0
finish
