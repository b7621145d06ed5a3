#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/tap.sh disable=SC2013,SC2016,SC2086,SC2154,SC2317
#
# services.sh DIR: what make install has put below DIR/inst is started, watched
# over and ended by OpenRC and by runit, with the files that come with it, in a
# root directory that tests/deb/root.sh made.  Where OpenRC is not installed its
# functions are called by what stands for it here.
LC_ALL=C.UTF-8
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
umask 022
DIR=$1
T=$(mktemp -d /tmp/services.XXXXXX)
. "$DIR/tap.sh"
CONF=/etc/clawbot.conf
BG=
trap '[ -z "$BG" ] || kill -9 $BG 2>/dev/null' EXIT

until_true() {
	u_end=$(($(date +%s) + 120))
	until "$@" >/dev/null 2>&1; do
		[ "$(date +%s)" -lt "$u_end" ] || return 1
		sleep 0.1
	done
}

pid() {
	cat /run/clawbot/clawbotd.pid
}

none_left() {
	for nl in /proc/[0-9]*; do
		case $(cat "$nl/comm" 2>/dev/null) in
		clawbot*)	return 1 ;;
		esac
	done
}

runs() {
	[ "$(setpriv --reuid=agent --regid=agent --init-groups \
	    timeout 120 clawbot run -- echo it runs </dev/null 2>&1)" = "it runs" ]
}

another() {
	[ "$(pid)" != "$1" ] && clawbot status && runs
}

# of the executor
kill_one() {
	ko_pid=$(pid)
	for ko in /proc/[0-9]*; do
		if [ "$(cat "$ko/comm" 2>/dev/null)" = clawbot-executo ]; then
			kill -9 "${ko#/proc/}"
			break
		fi
	done
	ok "$1: the executor is killed: all comes back" \
	    until_true another "$ko_pid"
}

bad_conf() {
	echo '{' >>"$CONF"
}

good_conf() {
	cp "$T/good" "$CONF"
}

### A host that has it

for a in _clawbot _clawbot-exec _clawbot-audit _clawbot-vault \
    _clawbot-notify _clawbot-forward clawbot; do
	! getent passwd "$a" >/dev/null || userdel "$a"
done
rm -rf "$CONF" /etc/clawbot.key /var/log/clawbot /var/lib/clawbot \
    /srv/clawbot
cp -a "$DIR/inst/." /
ok "what README.md has behind make install" \
    sh -c "cd '$DIR/src' && sh -e '$DIR/byhand' >/dev/null 2>&1"
useradd --no-create-home agent
DOC=/usr/local/share/doc/clawbot
sed -i 's/"users": .*clawbot-demo-agent.*/"users": ["agent"],/
    s/"approvers": .*group:clawbot-admin.*/"approvers": ["root"],/' "$CONF"
cp "$CONF" "$T/good"
ok "the configuration is good" clawbotd -n -f "$CONF"

### runit

SV=/etc/sv/clawbotd
mkdir -p "$SV"
cp "$DOC/runit/run" "$DOC/runit/finish" "$SV"
if command -v runsv >/dev/null; then
	runsv "$SV" >"$T/runsv" 2>&1 &
	BG=$!
	ok "runit: it runs commands" until_true runs
	kill_one runit
	ok "runit: sv down" sv -w 120 down "$SV"
	ok "runit: nothing is left" until_true none_left
	bad_conf
	ok "runit: sv up" sv up "$SV"
	is_down() {
		sv status "$SV" | grep '^down: ' && grep "stays down" "$T/runsv"
	}
	ok "runit: what cannot start is not tried again" until_true is_down
	good_conf
	kill "$BG"
	wait "$BG"
	BG=
else
	"$SV/run" >"$T/run" 2>&1 &
	BG=$!
	ok "run: it runs commands" until_true runs
	is "run: limits" "$(grep -E 'core|open files' "/proc/$(pid)/limits" |
	    tr -s ' ' | cut -d ' ' -f 5 | tr '\n' ' ')" "1 4096 "
	kill "$BG"
	wait "$BG"
	BG=
	ok "run: nothing is left" until_true none_left
fi
mkdir "$T/bin"
printf '#!/bin/sh\necho "$*"\n' >"$T/bin/sv"
printf '#!/bin/sh\necho again\n' >"$T/bin/sleep"
chmod 755 "$T/bin/sv" "$T/bin/sleep"
for s in $(sed -n 's/^RestartPreventExitStatus=//p' "$DIR/clawbotd.service"); do
	is "finish: not again after $s" "$(cd "$SV" &&
	    PATH=$T/bin:$PATH ./finish "$s" 0 2>/dev/null)" "down $SV"
done
for s in 0 71 74 92; do
	is "finish: again after $s" "$(cd "$SV" &&
	    PATH=$T/bin:$PATH ./finish "$s" 0 2>/dev/null)" again
done

### OpenRC

install -m 755 "$DOC/openrc/clawbotd" /etc/init.d/clawbotd
rc() {
	timeout 240 openrc-run /etc/init.d/clawbotd --nodeps "$@" >"$T/rc" 2>&1
}
if command -v openrc-run >/dev/null; then
	for d in starting started stopping inactive wasinactive failed \
	    hotplugged daemons options exclusive scheduled tmp; do
		mkdir -p "/run/openrc/$d"
	done
	echo default >/run/openrc/softlevel
	ok "openrc: start" rc start
	ok "openrc: what has started answers" clawbot status
	ok "openrc: it runs commands" runs
	is "openrc: limits" "$(grep -E 'core|open files' "/proc/$(pid)/limits" |
	    tr -s ' ' | cut -d ' ' -f 5 | tr '\n' ' ')" "1 4096 "
	ok "openrc: reload" rc reload
	bad_conf
	rc reload
	is "openrc: a reload of what cannot be: status" "$?" 78
	good_conf
	ok "openrc: it goes on" runs
	kill_one openrc
	ok "openrc: stop" rc stop
	ok "openrc: nothing is left" until_true none_left
	bad_conf
	rc start
	is "openrc: start of what cannot be: status" "$?" 1
	has "openrc: start of what cannot be: the reason" "$T/rc" "$CONF:"
	ok "openrc: nothing was started" none_left
	good_conf
else
	ebegin() { :; }
	eend() { return "$1"; }
	eerror() { echo "$*"; }
	# shellcheck disable=SC1091 # made here
	. /etc/init.d/clawbotd
	(start_pre && exec timeout 600 $command $command_args >"$T/run" 2>&1) &
	BG=$!
	ok "openrc: start_post waits until it answers" start_post
	ok "openrc: it runs commands" runs
	ok "openrc: reload" reload
	bad_conf
	reload >"$T/rc" 2>&1
	is "openrc: a reload of what cannot be: status" "$?" 78
	(start_pre) >"$T/rc" 2>&1
	is "openrc: start of what cannot be: status" "$?" 78
	good_conf
	ok "openrc: it goes on" runs
	kill "$(pid)"
	wait "$BG"
	BG=
	ok "openrc: nothing is left" until_true none_left
fi
echo "1..$TESTS"
