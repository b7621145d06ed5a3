# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: a run acts as the account that its skill names, or as its caller,
# and has nothing else of either; never as root; and no caller can reach the
# run of another.
. "$SRC/tests/regress/lib.sh"

install -d -m 1777 "$W/all"
# outside of what is shared, so that both callers have one grant
SKILLS='"named": { "default": "allow", "runAs": "cbtother",
	"write": ["'$W'/all"] },
    "me": { "default": "allow", "runAs": "caller", "write": ["'$W'/all"],
	'$PATIENT' },
    "mysecret": { "default": "allow", "runAs": "caller",
	"secrets": { "TOKEN": "env" } },
    "itssecret": { "default": "allow", "runAs": "cbtother",
	"secrets": { "TOKEN": "env" } },'
CHANNELS='"root": { "users": ["root", "group:_clawbot-vault"],
    "skills": ["me"] },
"adm": { "users": ["group:clawbot-admin"], "skills": ["me"] },'
conf_default
daemon_start
x=$(role_pid executor)
printf 'value-1234567' >"$T/v"
cbin cbtadmin secrets set TOKEN <"$T/v"

# what a run says of itself
who() {
	cat <<-'END'
	id -un; id -gn; id -G; echo "$USER $LOGNAME $HOME"
	grep -E '^(Uid|Gid|Groups)' /proc/self/status
	END
}
# acts NAME ACCOUNT: the last run acted as that account, in every way
acts() {
	a_u=$(id -u "$2") a_g=$(id -g "$2") a_t=$(printf '\t')
	is "$1: acts as $2" "$(sed 's/[[:space:]]*$//' "$T/out")" "$2
$(id -gn "$2")
$a_g
$2 $2 /tmp
Uid:$a_t$a_u$a_t$a_u$a_t$a_u$a_t$a_u
Gid:$a_t$a_g$a_t$a_g$a_t$a_g$a_t$a_g
Groups:"
}

### A named account

cb cbtagent run -s named -- sh -c "$(who)"
acts "named" cbtother
cb cbtagent run -s named -- sh -c "echo x >'$W/all/named'"
is "named: its file" "$(stat -c %U:%G "$W/all/named")" \
    "cbtother:$(id -gn cbtother)"

### The caller

for u in cbtagent cbtother; do
	cb $u run -s me -- sh -c "$(who)"
	acts "caller" $u
	cb $u run -s me -- sh -c "umask 077; echo $u >'$W/all/$u';
	    mkdir '$W/all/$u.d'"
	is "caller: file of $u" "$(stat -c %U:%G "$W/all/$u")" \
	    "$u:$(id -gn $u)"
	is "caller: directory of $u" "$(stat -c %U:%G "$W/all/$u.d")" \
	    "$u:$(id -gn $u)"
done
cb cbtagent run -s me -- cat "$W/all/cbtother"
ok "caller: not another caller's file" test "$S" -ne 0 -a ! -s "$T/out"
cb cbtother run -s me -- cat "$W/all/cbtother"
is "caller: its own" "$(cat "$T/out")" cbtother
cb cbtadmin run -s default -- id -un
is "listed nowhere for it: refused" "$S" 77
# a member of a group that is listed: the supplementary group is gone
S=0
as cbtadmin "$B/clawbot" -S "$T/run" -c adm run -s me -- sh -c "$(who)" \
    >"$T/out" 2>"$T/err" </dev/null || S=$?
acts "caller, by its group" cbtadmin
ok "it has that group outside" sh -c "id -Gn cbtadmin |
    grep -q clawbot-admin"

### Who cannot

S=0
"$B/clawbot" -S "$T/run" -c root run -s me -- id >"$T/out" 2>"$T/err" \
    </dev/null || S=$?
is "root: refused" "$S" 77
has "root: why" "$T/err" "nothing runs as root"
# in the group for as long as this process lives, but not in the map
S=0
setpriv --reuid=nobody --regid=nogroup --groups="$(getent group \
    clawbot-admin | cut -d: -f3)" "$B/clawbot" -S "$T/run" -c adm run \
    -s me -- id >"$T/out" 2>"$T/err" </dev/null || S=$?
is "no mapping: refused" "$S" 77
has "no mapping: why" "$T/err" "uid $(id -u nobody)" "when clawbotd started"
S=0
as nobody "$B/clawbot" -S "$T/run" -c adm run -s me -- id >"$T/out" \
    2>"$T/err" </dev/null || S=$?
is "not listed: refused" "$S" 77
ids=$(for u in _clawbot-exec clawbot cbtagent cbtother cbtadmin cbtsecond; do
	id -u $u
done)
is "the map has these accounts" "$(awk '{ print $2 }' "/proc/$x/uid_map" |
    sort)" "$(echo "$ids" | sort)"
for u in root _clawbot _clawbot-audit _clawbot-vault; do
	is "the map does not have $u" "$(awk -v u="$(id -u $u)" '$2 == u' \
	    "/proc/$x/uid_map")" ""
	is "nor its group" "$(awk -v g="$(id -g $u)" '$2 == g' \
	    "/proc/$x/gid_map")" ""
done
is "the log says as whom" "$(grep -c 'account":"cbtother' \
    "$T/log/gateway.log" | sed 's/^[1-9].*/some/')" some

### Secrets are not for who could read them out of the run

for s in mysecret itssecret; do
	cb cbtother run -s $s -- true
	is "secrets, $s: refused" "$S" 77
	has "secrets, $s: why" "$T/err" "could read them out of it"
done
cb cbtagent run -s itssecret -- perl -e 'print length $ENV{TOKEN}'
is "secrets of a run as another account" "$(cat "$T/out")" 13
[ "$S" -eq 0 ] || diag "$(cat "$T/err")"

### Runs of two callers

cbbg victim cbtother run -s me -- sh -c 'echo here >/tmp/mine; sleep 4000'
until_true 60 started "sleep 4000" || bail "no run"
victim=
for p in $(family "$x"); do
	[ "$(cmdline "$p" | tr '\n' ' ')" = "sleep 4000 " ] && victim=$p
done
[ -n "$victim" ] || bail "no victim"
is "it is the caller's" "$(stat -c %U "/proc/$victim")" cbtother
install -m 755 "$RUN_H/prober" "$W/all/prober"
# by every number that it has, outside and inside
nums=$(sed -n 's/^NSpid:[	 ]*//p' "/proc/$victim/status")
# shellcheck disable=SC2046 # a list
cb cbtagent run -s me -- "$W/all/prober" $(family "$x" | tr '\n' ' ') \
    "$(echo "$nums" | awk '{ print $1 }')"
ok "a run of another caller: tried" test "$(grep -c . "$T/out")" -gt 20
is "a run of another caller: reached" "$(grep REACHED "$T/out")" ""
cb cbtagent run -s me -- sh -c 'kill -9 -1; true'
cb cbtagent run -s me -- sh -c 'ls /proc | grep -c "^[0-9]"'
ok "it sees its own processes alone" test "$(cat "$T/out")" -le 4
cb cbtagent run -s me -- ls -A /tmp
is "its /tmp is its own" "$(cat "$T/out")" ""
# outside, the other account reaches it neither
"$H/prober" -u "$(id -u cbtagent)" -g "$(id -g cbtagent)" "$victim" \
    >"$T/probe" 2>&1
ok "from outside: tried" test "$(grep -c . "$T/probe")" -gt 5
is "from outside: reached" "$(grep REACHED "$T/probe")" ""
ok "it lives" running "sleep 4000"
cb cbtagent --json ps
is "the other caller does not see it" "$(grep -c cbtother "$T/out")" 0
daemon_stop

### More accounts than there may be: an error at start

cp -a /etc "$T/etc" 2>/dev/null	# locks in there come and go
i=0
while [ $i -lt 65 ]; do
	echo "cbtmany$i:x:$((61000 + i)):61000::/nonexistent:/bin/false"
	i=$((i + 1))
done >>"$T/etc/passwd"
echo "cbtmany:x:61000:" >>"$T/etc/group"
cat >"$T/wrap" <<END
mount --make-rprivate / && mount --bind '$T/etc' /etc && exec "\$@"
END
SKILLS='"me": { "default": "allow", "runAs": "caller" },'
CHANNELS='"many": { "users": ["group:cbtmany"], "skills": ["me"] },'
conf_default
DAEMON_WRAP="unshare -m sh $T/wrap"
if daemon_try; then
	result 1 "65 callers: does not start" || :
	daemon_stop
else
	daemon_wait
	is "65 callers: status" "$DSTATUS" 78
	has "65 callers: why" "$T/d.err" "at most 64 accounts" "caller"
fi
# as many as there may be: 61, clawbot, cbtagent and cbtother
sed -i '/^cbtmany6[1-4]:/d' "$T/etc/passwd"
daemon_start
cb cbtagent run -s me -- id -un
is "64 accounts: runs" "$(cat "$T/out")" cbtagent
daemon_stop
finish
