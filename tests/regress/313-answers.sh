# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: whatever one account asks for, kill, status, approvals and deny
# answer everybody else as they do beside programs that have nothing to do
# with clawbot and are as busy.
. "$SRC/tests/regress/lib.sh"

[ "$ASAN${CLAWBOT_TRAP-}" = no ] ||
    skip_all "about what one account takes from others; done in one build"

SKILLS='"asks": { "default": "ask", "allow": ["true"],
    "write": ["'$W'"] },
"free": { "default": "allow", "write": ["'$W'"] },'
conf_default
daemon_start

# took ARGUMENT...: milliseconds until an approver is answered, the median of 7
took() {
	t_n=0
	while [ $t_n -lt 7 ]; do
		t_n=$((t_n + 1))
		t_from=$(now_ms)
		as cbtadmin "$B/clawbot" -S "$T/run" "$@" >/dev/null 2>&1 \
		    </dev/null
		echo $(($(now_ms) - t_from))
	done | sort -n | sed -n 4p
}

# begin SCRIPT: two of the agent's processes, each with all that it starts
begin() {
	printf '%s\n' "$1" >"$T/hog.sh"
	hogs=
	for h in 1 2; do
		setpriv --reuid=cbtagent --regid="$(id -g cbtagent)" \
		    --init-groups setsid sh "$T/hog.sh" "$h" >/dev/null 2>&1 \
		    </dev/null &
		hogs="$hogs $!"
		BG="$BG $!"
	done
	sleep 0.5
}

end() {
	for h in $hogs; do
		kill -9 "-$h" 2>/dev/null
	done
}

requests="kill status approvals deny"
arguments() {
	case $1 in
	kill)	echo r000000009999 ;;
	deny)	echo a9999 ;;
	esac
}

# One that waits, so that there is something to list.
cbbg waits cbtother run -s asks -- touch held
until_true 60 sh -c '
    "$1" -S "$2" --json approvals | grep -q touch' - "$B/clawbot" "$T/run" ||
    bail "nothing waits"

# beside: what they take beside two busy programs, in $T/beside
beside() {
	begin 'while :; do :; done'
	for what in $requests; do
		# shellcheck disable=SC2046 # words
		echo "$what $(took "$what" $(arguments "$what"))"
	done >"$T/beside"
	end
	diag "beside two busy programs: $(tr '\n' ' ' <"$T/beside")"
}
beside

# once NAME SCRIPT: late are those that take longer than beside busy programs
once() {
	begin "$2"
	all='' late=' '
	for what in $requests; do
		# shellcheck disable=SC2046 # words
		ms=$(took "$what" $(arguments "$what"))
		was=$(sed -n "s/^$what //p" "$T/beside")
		all="$all $what $ms"
		[ "$ms" -le $((3 * was + 100)) ] || late="$late$what "
	done
	diag "$1:$all"
	end
	[ "$late" = ' ' ]
}

# attack NAME SCRIPT: who is late is so each time, and not because the machine
# had more to do just then: both are measured again, one after the other
attack() {
	for try in 1 2 3 4; do
		! once "$@" || break
		[ $try -eq 4 ] || beside
	done
	for what in $requests; do
		case $late in
		*" $what "*)	result 1 "$1: $what" || : ;;
		*)		result 0 "$1: $what" ;;
		esac
	done
}

C="$B/clawbot -S $T/run"
cp /usr/bin/true "$W/big1"
truncate -s 256M "$W/big1"
chmod 755 "$W/big1"
cp -p "$W/big1" "$W/big2"
chown cbtagent "$W"/big?
attack "large programs" "while :; do
	touch $W/big\$1
	$C policy why -s asks -C $W -- ./big\$1
done"
attack "long lines" "line=\$(yes 'for i in a b c; do rm \$i; done;' |
    head -n 3000 | tr -d '\\n')
while :; do
	$C policy why -s asks -- sh -c \"\$line\"
done"
attack "many words" "words=\$(yes a/b/c | head -n 4000)
while :; do
	$C policy why -s asks -- ls \$words
done"
attack "runs" "while :; do
	for i in 1 2 3; do
		$C run -s free -- true &
	done
	wait
done"
attack "output" "while :; do
	$C run -s free -- timeout 2 cat /dev/zero
done"
attack "programs in a run" "while :; do
	$C run -s free -- sh -c 'while :; do /bin/true; done'
done"
attack "requests that are given up" "while :; do
	for i in 1 2 3; do
		timeout 0.2 $C run -s asks -- touch x &
	done
	wait
done"
attack "connections" "exec perl -MSocket -e '
    while (1) {
	socket(my \$s, PF_UNIX, SOCK_SEQPACKET, 0);
	connect(\$s, pack_sockaddr_un(\"$T/run/channels/cli.sock\"));
	send(\$s, \"x\" x 9000, 0);
    }'"
ok "the daemon is the same" kill -0 "$D"
ok "what waited still waits" sh -c '
    "$1" -S "$2" --json approvals | grep -q held' - "$B/clawbot" "$T/run"
daemon_stop
finish
