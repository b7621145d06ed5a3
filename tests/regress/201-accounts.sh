# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: the four processes have four different accounts, none of them
# root's, and no other group; not one byte of a client is read before.
. "$SRC/tests/regress/lib.sh"

# ids PID FIELD: "1 1 1 1" of /proc/PID/status
ids() {
	sed -n "s/^$2:[	 ]*//p" "/proc/$1/status" | tr '\t' ' '
}

# account PID NAME ACCOUNT
account() {
	u=$(id -u "$3")
	g=$(id -g "$3")
	is "$2: uid" "$(ids "$1" Uid)" "$u $u $u $u"
	is "$2: gid" "$(ids "$1" Gid)" "$g $g $g $g"
	is "$2: groups" "$(ids "$1" Groups | tr -d ' ')" ""
}

conf_default

# A client that is there before the daemon: it must not be served by root.
daemon_start
account "$D" supervisor _clawbot
account "$(role_pid executor)" executor _clawbot-exec
account "$(role_pid auditor)" auditor _clawbot-audit
account "$(role_pid vault)" vault _clawbot-vault
is "four different ones" "$(for p in "$D" $(children "$D"); do ids "$p" Uid
    done | sort -u | wc -l)" 4

cbbg sleeper cbtagent run -- sleep 1000
until_true 60 running "sleep 1000" || bail "no run"
roots=
for p in $(family "$D"); do
	case " $(ids "$p" Uid) $(ids "$p" Gid) " in
	*" 0 "*)	roots="$roots $p" ;;
	esac
done
is "nobody is root while a run runs" "$roots" ""
for p in $(family "$D"); do
	[ "$(cmdline "$p" | head -n 1)" = sleep ] && account "$p" run clawbot
done

# Nobody reads from a client while any of them is root: the first answer
# comes after the last drop.  Clients that wait from the very beginning see
# it, again and again.
daemon_stop
seen_four() {
	[ "$(grep -c . "$T/seen")" -ge 4 ]
}
for round in 1 2 3; do
	: >"$T/seen"
	(
		until "$B/clawbot" -S "$T/run" ps >/dev/null 2>&1; do
			[ ! -e "$T/enough" ] || exit
		done
		main=$(cat "$T/run/clawbotd.pid")
		for p in $main $(children "$main"); do
			ids "$p" Uid
		done >"$T/seen"
	) &
	BG="$BG $!"
	daemon_start
	until_true 60 seen_four || :
	ok "round $round: served by four that are not root" sh -c \
	    "test \$(grep -c . '$T/seen') -ge 4 &&
	    ! grep -qw 0 '$T/seen'"
	daemon_stop
done
touch "$T/enough"
finish
