# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2034,SC2317,SC1003,SC2016
#
# logging.forward to a real rsyslogd, by its socket: each record comes, in the
# words that audit export has, through a restart of rsyslogd and of clawbotd;
# one that does not read keeps nobody waiting, and is told of.
. "$SRC/tests/regress/lib.sh"
. "$SRC/tests/regress/syslogs.sh"

install -d -m 755 "$T/dev"
LOGGING="\"forward\": \"syslog:$T/dev/log\""
conf_default
syslog_conf "input(type=\"imuxsock\" Socket=\"$T/dev/log\"
    UseSpecialParser=\"off\" ParseHostname=\"on\" RateLimit.Interval=\"0\")"
syslog_start
daemon_start
F=$(role_pid forwarder) || F=
ok "there is a forwarder" test -n "$F"

### What it is

is "nobody looks into it" "$(stat -c %U "/proc/$F/fd" "/proc/$F/mem")" \
    "root${NL}root"
is "its account" "$(awk '/^[UG]id:/ { print $2, $3, $4 }' "/proc/$F/status" |
    sort -u)" "$(id -u _clawbot-forward) $(id -u _clawbot-forward) $(id -u \
    _clawbot-forward)"
is "its capabilities" "$(awk '/^Cap/ { print $2 }' "/proc/$F/status" |
    sort -u)" 0000000000000000
is "no new privileges, and a filter" "$(awk \
    '/^(NoNewPrivs|Seccomp):/ { print $2 }' "/proc/$F/status" |
    tr '\n' ' ')" "1 2 "
is "its root directory: that of the socket" "$(readlink "/proc/$F/root")" \
    "$T/dev"
ok "a network of its own" test "$(readlink "/proc/$F/ns/net")" != \
    "$(readlink /proc/self/ns/net)"

### Each record, once and as it is

cb cbtagent run -C "$W" -r 'a ]"\ reason' -- sh -c 'echo a >f; rm f'
cb cbtagent run -- printf '%s' "$(printf '\357\273\277bom')" \
    "$(printf 'new\nexec: line\033[m')" "$(printf 'bad\377\376')" ']"\'
cb cbtagent run -- touch denied
cb cbtagent run -- true "$(printf '%0110000d' 7)"
ok "all are there" until_true 60 have_all
is "each of them once, and nothing else" "$(sort "$T/got" | uniq -d | wc -l)" 0
numbers
ok "in their order" sort -nc "$T/numbers"
ok "one that no datagram takes: is told to be that long" grep -q \
    '"kind":"exec","left_out_bytes":11[0-9]*}' "$T/got"

### rsyslogd is started again in the middle

( for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	as cbtagent "$B/clawbot" -S "$T/run" run -- echo "middle $i" || exit 1
done ) >/dev/null 2>&1 &
M=$!
until_true 60 log_has '"middle 3"'
syslog_stop
until_true 60 log_has '"middle 7"'
syslog_start
S=0
wait "$M" || S=$?
is "rsyslogd is gone: runs go on" "$S" 0
ok "rsyslogd is back: all are there" until_true 60 have_all

### clawbotd is started again

daemon_stop
daemon_start
cb cbtagent run -- echo again
ok "clawbotd is started again: all are there" until_true 60 have_all
ok "what came twice is little" test "$(sort "$T/got" | uniq -d | wc -l)" -lt 40

### It does not read

kill -STOP "$RS"
cb cbtagent run -- echo unheard
is "a syslog that does not read: runs go on" "$S $(cat "$T/out")" "0 unheard"
ok "a syslog that does not read: a record" log_has '"ev":"stalled"' \
    "syslog:$T/dev/log"
cb cbtadmin status
ok "a syslog that does not read: status" grep -qE \
    'syslog:.*stalled.*does not read' "$T/out"
cb cbtadmin doctor
has "a syslog that does not read: doctor" "$T/out" stalled
kill -CONT "$RS"
ok "it reads again: a record" log_has '"ev":"resumed"'
ok "it reads again: all are there" until_true 60 have_all
is "one record of each, for all failures" \
    "$(grep -c 'forward: ' "$T/log/gateway.log")" 2
cb cbtadmin audit search kind=forward
is "search finds them" "$(wc -l <"$T/out")" 2
finish
