# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2034,SC2317,SC1003,SC2016
#
# logging.forward to a real rsyslogd by TCP; what is not there yet, or is killed
# at either side, costs nothing but time; a log that is another one is not passed
# over in silence; what a start refuses.
. "$SRC/tests/regress/lib.sh"
. "$SRC/tests/regress/syslogs.sh"

syslog_conf "input(type=\"imtcp\" Address=\"127.0.0.1\" port=\"0\"
    listenPortFileName=\"$T/port\")"
syslog_start
ok "rsyslogd listens" until_true 60 test -s "$T/port"
PORT=$(cat "$T/port")
syslog_conf "input(type=\"imtcp\" Address=\"127.0.0.1\" port=\"$PORT\")"
syslog_stop
LOGGING="\"forward\": \"syslog:127.0.0.1:$PORT\""
conf_default
daemon_start
F=$(role_pid forwarder) || F=
PLACE=$T/forward.place
is "its root directory: an empty one" "$(readlink "/proc/$F/root")" "$T/empty"
is "its descriptors: two sockets, and two pipes" \
    "$(find "/proc/$F/fd" -lname 'socket:*' | wc -l) $(find "/proc/$F/fd" \
    -lname 'pipe:*' | wc -l)" "2 2"

### Nobody listens at first

cb cbtagent run -- echo first
is "nobody listens: runs go on" "$S" 0
syslog_start
cb cbtagent run -- printf '%s' "$(printf 'new\nline\377')" ']"\'
cb cbtagent run -- true "$(printf '%0110000d' 7)"
ok "all are there" until_true 60 have_all
is "the long one as well" "$(awk 'length($0) > 110000' "$T/got" | sort -u |
    grep -c '"ev":"intent"')" 1
is "still one socket, and that of the supervisor" \
    "$(find "/proc/$F/fd" -lname 'socket:*' | wc -l)" 2

### rsyslogd is killed, again and again

( for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	as cbtagent "$B/clawbot" -S "$T/run" run -- echo "middle $i" || exit 1
done ) >/dev/null 2>&1 &
M=$!
for i in 2 5 8; do
	until_true 60 log_has "\"middle $i\""
	syslog_stop
	syslog_start
done
S=0
wait "$M" || S=$?
is "rsyslogd is started anew: runs go on" "$S" 0
ok "rsyslogd is started anew: all are there" until_true 60 have_all

### clawbotd is killed

until_true 60 test -s "$PLACE"
kill -9 "$D"
wait "$D" 2>/dev/null || :
until_true 60 gone "$F"
daemon_start
cb cbtagent run -- echo again
ok "clawbotd is killed: all are there" until_true 60 have_all
is "the place: a number of root's alone" "$(stat -c '%U %a %s' "$PLACE")" \
    "root 600 57"

### Records that were taken away

daemon_stop
# as if it had forwarded so far, and these were gone
some=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
printf '%012d %s\n' 999999 $some >"$PLACE"
: >"$T/got"
daemon_start
ok "a place behind the end: from the beginning" until_true 60 have_all
has "a place behind the end: is told" "$T/d.err" "it is another log"
daemon_stop
# as if it had been restored, and gone on
printf '%012d %s\n' 3 $some >"$PLACE"
: >"$T/got"
daemon_start
ok "another log, which is as long: is told" until_true 60 grep -q \
    "another than that of the place" "$T/d.err"
cb cbtagent run -- echo more
ok "another log, which is as long: from the beginning" until_true 60 have_all
daemon_stop
printf 'x' >"$PLACE"
: >"$T/got"
daemon_start
ok "no place: from the beginning" until_true 60 have_all
has "no place: is told" "$T/d.err" "cannot be read"
daemon_stop

### What a start refuses

refused() {
	LOGGING="\"forward\": \"$1\""
	conf_default
	S=0
	"$B/clawbotd" -n -f "$CONF" >"$T/n.out" 2>"$T/n.err" || S=$?
	is "$2: refused" "$S" 78
	has "$2: says why" "$T/n.err" "$3"
}
install -d -m 777 "$T/open"
install -d -m 755 "$T/mine"
ln -s "$T/open/log" "$T/mine/link"
: >"$T/mine/file"
ln -s "$T/open" "$T/mine/dir"
refused "syslog:$T/open/log" "a directory of everybody's" "others than root"
refused "syslog:$T/mine/dir/log" "a link to one" "others than root"
refused "syslog:$T/mine/link" "a link that leads nowhere" "is no socket"
refused "syslog:$T/mine/file" "a file" "is no socket"
refused "syslog:localhost:514" "a name" "names are not looked up"
refused "syslog:127.0.0.1:0" "a port" "1 to 65535"
rm -f "$PLACE"
ln -s /etc/passwd "$PLACE"
LOGGING="\"forward\": \"syslog:127.0.0.1:$PORT\""
conf_default
ok "a place that is a link: no start" sh -c '! "$1" -d -f "$2" 2>"$3"' sh \
    "$B/clawbotd" "$CONF" "$T/link.err"
has "a place that is a link: says why" "$T/link.err" "forward.place"
finish
