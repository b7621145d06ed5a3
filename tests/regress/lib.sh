# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034
#
# What every regression script begins with:
#
#	. "$SRC/tests/regress/lib.sh"
#
# It makes a directory $T for everything of this script, an agent's
# workspace $W, functions that print TAP, and functions that start a daemon
# of this script's own and ask it things.  B is the build, SRC the source
# tree.  At the end, however it comes, every process that was started is
# ended and every file removed.

: "${B:?the build directory}" "${SRC:?the source tree}"
LC_ALL=C.UTF-8
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
umask 022
H=$B/tests/helpers
# Those that are executed as runs: sanitizers do not live with limits there.
RUN_H=${RUNS:-$B}/tests/helpers
NL='
'

# Sanitizers make everything slower; the only time in a promise is scaled.
SCALE=1
ASAN=no
if grep -qs '^SANITIZERS[ =	]*yes' "$B/config.mk"; then
	SCALE=10
	ASAN=yes
fi
: "$ASAN" "$SCALE"

### TAP

NUMBERED=yes
# shellcheck source=tests/tap.sh
. "$SRC/tests/tap.sh"

skip_all() {
	printf '1..0 # SKIP %s\n' "$1"
	exit 0
}

# The last line of every script.
finish() {
	printf '1..%d\n' "$TESTS"
	exit $((FAILED != 0))
}

bail() {
	diag "$*"
	if [ -s "$T/d.err" ]; then
		diag "the daemon said:"
		tail -n 15 "$T/d.err" | sed 's/^/#   /'
	fi
	result 1 "the script got to its end"
	finish
}

### Setting up and cleaning up

[ "$(id -u)" -eq 0 ] || skip_all "needs root"

# Once more, with accounts of its own, and no signal ignored, as nohup and a
# shell's & leave them.
if [ "${CBT_ACCOUNTS-}" != "$$" ]; then
	exec env --default-signal sh "$SRC/tests/regress/accounts.sh" sh "$0" "$@"
fi

T=$(mktemp -d /tmp/cbt.XXXXXX)
W=$(mktemp -d /srv/cbt.XXXXXX)
chmod 755 "$T" "$W"
D=			# pid of the daemon
BG=			# other pids to be ended
UNDO=			# commands for the end

# Everything that was started, in case the kernel did not end it.
cleanup() {
	c_status=$?
	trap - EXIT HUP INT TERM
	eval "$UNDO"
	for c_pid in $BG; do
		! is_child "$c_pid" || kill -9 "$c_pid" 2>/dev/null
	done
	[ -z "$D" ] || daemon_kill
	if [ -n "${KEEP-}" ]; then
		echo "# kept: $T $W"
	else
		rm -rf "$T" "$W" 2>/dev/null || {
			lift_parts "$T"
			rm -rf "$T" "$W"
		}
	fi
	exit "$c_status"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

# lift_parts DIR: closed parts of a log in there can be changed and removed
lift_parts() {
	find "$1" -xdev -type f -name 'gateway-*' -exec "$H/lift" {} +
}

# Agents execute what is built here.
for l_dir in "$SRC" "$B"; do
	setpriv --reuid=cbtagent --regid="$(id -g cbtagent)" --clear-groups \
	    test -x "$l_dir" && continue
	echo "Bail out! other accounts cannot reach $l_dir, and the tests" \
	    "need that: put the tree elsewhere, below /opt for instance"
	exit 1
done
chown clawbot "$W"
cd /tmp || exit 1		# where runs of any skill can be

# until_true SECONDS COMMAND...: polls; fails when the time is up
until_true() {
	u_end=$(($(now_ms) + $1 * 1000))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(now_ms)" -lt "$u_end" ] || return 1
		sleep 0.02
	done
}

now_ms() {
	n_ns=$(date +%s%N)
	echo "${n_ns%??????}"
}

# becomes NAME WANT COMMAND...: what the command prints is that, sooner or later
becomes() {
	bc_name=$1 bc_want=$2
	shift 2
	until_true 60 prints "$bc_want" "$@" || :
	is "$bc_name" "$PRINTED" "$bc_want"
}

# prints WANT COMMAND...; what it did print is in PRINTED
prints() {
	pr_want=$1
	shift
	PRINTED=$("$@" 2>/dev/null)
	[ "$PRINTED" = "$pr_want" ]
}

# births PID...: each with the moment at which it began, PID:TICKS.  Numbers are
# given away again, within a minute where many tests run; none with that moment.
births() {
	for bi_pid; do
		echo "$bi_pid:$(born "$bi_pid")"
	done
}

born() {
	sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20
}

# gone PID|PID:TICKS: it is not there, or only waits to be waited for
gone() {
	case $1 in
	*:*)	[ "$(born "${1%:*}")" = "${1#*:}" ] || return 0 ;;
	esac
	! grep -qs '^State:	[^ZX]' "/proc/${1%:*}/status"
}

# all_gone BIRTHS: all of them
all_gone() {
	for ag_one in $1; do
		gone "$ag_one" || return 1
	done
}

# none_left NAME BIRTHS: so it is after a while, or who is there is told
none_left() {
	ok "$1" until_true 60 all_gone "$2"
	for nl_one in $2; do
		gone "$nl_one" || diag "$nl_one $(cmdline "${nl_one%:*}" |
		    tr '\n' ' ')"
	done
}

# is_child PID: of this script.  Once the shell has waited for a child, which it
# may do at any time, the number is anybody's: in a crowd of tests soon that of
# a process of another one.
is_child() {
	read -r o_me o_rest </proc/self/stat
	grep -qs "^PPid:	$o_me\$" "/proc/$1/status"
}

# child_over PID: a child of this script has ended
child_over() {
	gone "$1" || ! is_child "$1"
}

### The daemon

head -c 32 /dev/urandom >"$T/key"
chmod 400 "$T/key"
CONF=$T/clawbot.conf
LIBEXEC=$B
CLAWBOT_LIBEXEC=$B
CLAWBOT_EMPTYDIR=$T/empty
CLAWBOT_SBIN=$B
export CLAWBOT_LIBEXEC CLAWBOT_EMPTYDIR CLAWBOT_SBIN
# the tree may belong to somebody, the profiles must be root's
CLAWBOT_PROFILES=$T/profiles
export CLAWBOT_PROFILES
install -d -m 755 "$CLAWBOT_PROFILES"
install -m 644 "$SRC"/etc/profiles/*.conf "$CLAWBOT_PROFILES"
CIPHER='"cipher": "aes-256",'
grep -qw aes /proc/cpuinfo || CIPHER='"cipher": "xchacha20-poly1305",'

# The paths that a second daemon on the same host needs.
conf_paths() {
	cat <<-END
	"logging": { "directory": "$T/log", ${LOGGING-} },
	"socketDirectory": "$T/run",
	"vault": { "directory": "$T/vault", $CIPHER
	    "unlock": ["keyfile:$T/key"] },
	END
}

# Longer than on the slowest machine, for what goes on while others are tried.
PATIENT='"limits": { "timeoutSeconds": 600 }'

# A configuration in which cbtagent may do everything; ${SKILLS-} and
# ${MORE-} add to it.
conf_default() {
	cat >"$CONF" <<-END
	{
	"skills": {
		"default": { "default": "allow",
		    "ask": ["touch asked", "sh ask.sh"],
		    "deny": ["denied", "touch denied"],
		    "write": ["$W"], ${LIMITS-$PATIENT} },
		${SKILLS-}
	},
	"channels": {
		"cli": { "users": ["cbtagent", "cbtother"],
		    "access": "execute", "skills": ["*"] },
		${CHANNELS-}
	},
	"approvals": { "approvers": ["group:clawbot-admin"],
	    "deniedSeconds": ${DENIED-0}, ${APPROVALS-} },
	"circuitBreaker": { "failures": ${BREAKER-1000000},
	    "repeats": ${REPEATS-0} },
	$(conf_paths)
	${MORE-}
	}
	END
}

answers() {
	timeout -k 10 60 "$B/clawbot" -S "$T/run" ps >/dev/null
}

daemon_up() {
	child_over "$D" || answers
}

# Starts it and waits until it answers or ends.
daemon_try() {
	: >"$T/d.err"
	CLAWBOT_LIBEXEC=$LIBEXEC CLAWBOT_EMPTYDIR=$T/empty \
	    ${DAEMON_WRAP-} "$B/clawbotd" -d -f "$CONF" \
	    >"$T/d.out" 2>"$T/d.err" </dev/null &
	D=$!
	until_true 240 daemon_up || return 1
	! child_over "$D"
}

# service_manager USEC: for a daemon that is started next, one that waits so
# long for a sign of life; what it is told stands in $T/notified, a line each
service_manager() {
	perl -MSocket -e '
	    socket(my $s, PF_UNIX, SOCK_DGRAM, 0) or die;
	    bind($s, pack_sockaddr_un($ARGV[0])) or die;
	    chmod 0666, $ARGV[0];
	    $| = 1;
	    while (defined recv($s, my $m, 4096, 0)) {
		$m =~ s/\n/ /g; print "$m\n";
	    }' "$T/notify" >"$T/notified" &
	BG="$BG $!"
	until_true 60 test -S "$T/notify" || bail "no notify socket"
	NOTIFY_SOCKET=$T/notify
	WATCHDOG_USEC=$1
	export NOTIFY_SOCKET WATCHDOG_USEC
}

# middle ROLE RULE...: from now on that role has a man in the middle, who
# obeys tests/helpers/mitm.c's rules and writes what he did to $MITM
middle() {
	m_role=clawbot-$1
	shift
	rm -rf "$T/libexec"
	mkdir "$T/libexec"
	for m_f in executor auditor vault notifier; do
		ln -s "$B/clawbot-$m_f" "$T/libexec/clawbot-$m_f"
	done
	rm "$T/libexec/$m_role"
	install -m 755 "$H/mitm" "$T/libexec/$m_role"
	ln -s "$B/$m_role" "$T/libexec/$m_role.real"
	printf '%s\n' "$@" >"$T/libexec/$m_role.rules"
	MITM=$T/libexec/$m_role.log
	LIBEXEC=$T/libexec
}

middle_start() {
	middle "$@"
	conf_default
	daemon_start
}

daemon_start() {
	daemon_try || bail "the daemon did not start"
}

# Its exit status, once it is gone.
daemon_wait() {
	until_true 120 child_over "$D" || {
		DSTATUS=running
		return 1
	}
	DSTATUS=0
	wait "$D" || DSTATUS=$?
	D=
}

daemon_stop() {
	[ -n "$D" ] || return 0
	! is_child "$D" || kill -TERM "$D" 2>/dev/null
	daemon_wait || bail "the daemon does not stop"
}

# leave_out WHAT: daemons from now on leave that out, or nothing if it is ""
leave_out() {
	[ -z "$D" ] || daemon_stop
	unset CLAWBOT_WITHOUT
	if [ -n "$1" ]; then
		CLAWBOT_WITHOUT=$1
		export CLAWBOT_WITHOUT
	fi
}

# With everything that belongs to it; it may have ended long ago.
daemon_kill() {
	if cmdline "$D" | grep -qF "$T/"; then
		for k_pid in $(family "$D"); do
			kill -9 "$k_pid" 2>/dev/null
		done
	fi
	daemon_wait || :
	D=
}

# children PID...
children() {
	for ch_pid; do
		cat "/proc/$ch_pid/task/"*/children 2>/dev/null
	done | tr -s ' ' '\n' | grep .
}

# resolvers, runners: what the executor's spawners have forked
resolvers() {
	# shellcheck disable=SC2046 # words
	for rs_pid in $(children $(children "$(role_pid executor)")); do
		! grep -qsx clawbot-resolve "/proc/$rs_pid/comm" ||
		    echo "$rs_pid"
	done
}
runners() {
	# shellcheck disable=SC2046 # words
	for rs_pid in $(children $(children "$(role_pid executor)")); do
		grep -qsx clawbot-resolve "/proc/$rs_pid/comm" ||
		    echo "$rs_pid"
	done
}

# nwaiting N: so many runners have a sandbox in which nothing runs
nwaiting() {
	n_n=0
	for n_r in $(runners); do
		# shellcheck disable=SC2046 # words
		n_c=$(children $(children "$n_r"))
		case $(name_of "${n_c:-0}") in
		clawbot-spawner) n_n=$((n_n + 1)) ;;
		esac
	done
	[ "$n_n" -eq "$1" ]
}

# no_runners: of those that tried the sandboxes at the start none is there any
# more, nor of a run
no_runners() {
	[ -z "$(runners)" ]
}

# name_of PID: argv[0] without directory
name_of() {
	cmdline "$1" | head -n 1 | sed 's,.*/,,'
}

# cmdline PID: its arguments, one a line
cmdline() {
	# shellcheck disable=SC2015 # it may be gone at any moment
	{ tr '\0' '\n' <"/proc/$1/cmdline"; } 2>/dev/null || :
}

# role_pid executor|auditor|vault
role_pid() {
	for rp_pid in $(children "$D"); do
		if [ "$(name_of "$rp_pid")" = "clawbot-$1" ]; then
			echo "$rp_pid"
			return 0
		fi
	done
	return 1
}

# Every process of the daemon, itself first.
family() {
	f_todo=$1
	while [ -n "$f_todo" ]; do
		# shellcheck disable=SC2086 # a list
		printf '%s\n' $f_todo
		# shellcheck disable=SC2086
		f_todo=$(children $f_todo)
	done
}

# init_with TEXT: INIT is that of the run that has a process with these words
init_with() {
	for i_pid in $(runners); do
		for INIT in $(children "$i_pid"); do
			for i_cmd in $(children "$INIT"); do
				cmdline "$i_cmd" | grep -q "$1" && return
			done
		done
	done
	return 1
}

### Clients

# Of the protocol, for those who speak it themselves.
VERSION=$(sed -n 's/.*describes version \([0-9]*\)\..*/\1/p' \
    "$SRC/PROTOCOL")
: "${VERSION:?of the protocol}"

# as ACCOUNT COMMAND...
as() {
	as_user=$1
	shift
	setpriv --reuid="$as_user" --regid="$(id -g "$as_user")" \
	    --init-groups "$@"
}

# cb ACCOUNT ARGUMENT...: clawbot; output in $T/out, errors in $T/err, S
cb() {
	cb_user=$1
	shift
	S=0
	as "$cb_user" timeout -k 10 "${CB_TIMEOUT:-240}" "$B/clawbot" -S "$T/run" \
	    "$@" >"$T/out" 2>"$T/err" </dev/null || S=$?
}

# cbin ACCOUNT ARGUMENT...: the same with our standard input
cbin() {
	cb_user=$1
	shift
	S=0
	as "$cb_user" timeout -k 10 "${CB_TIMEOUT:-240}" "$B/clawbot" -S "$T/run" \
	    "$@" >"$T/out" 2>"$T/err" || S=$?
}

# cbbg NAME ACCOUNT ARGUMENT...: in the background; BGPID, $T/NAME.out .err
cbbg() {
	b_name=$1 b_user=$2
	shift 2
	# not through as(): a signal must reach it and no shell
	setpriv --reuid="$b_user" --regid="$(id -g "$b_user")" \
	    --init-groups "$B/clawbot" -S "$T/run" "$@" \
	    >"$T/$b_name.out" 2>"$T/$b_name.err" </dev/null &
	BGPID=$!
	BG="$BG $BGPID"
	# Between fork and execve a signal is caught by our trap, and lost.
	until_true 60 executes "$BGPID"
}

# follow NAME ACCOUNT: tail -f has its place once it shows the first record
follow() {
	cbbg "$1" "$2" audit tail -f -n 1
	until_true 60 test -s "$T/$1.out"
}

# executes PID: not this script any more
executes() {
	case $(name_of "$1") in
	sh)	child_over "$1" ;;
	esac
}

# asking PID: that client has asked for something, and the daemon has begun with
# it, or waits before it can.  While the daemon answers somebody else it has
# taken in all that came before; who sleeps all that time has said what it had
# to say, and heard nothing.
asking() {
	until_true 60 heard_nothing "$1" || bail "$1 does not ask"
}

heard_nothing() {
	hn_was=$(sleeps "$1") && [ "$(name_of "$1")" = clawbot ] &&
	    connects "$1" && answers && [ "$(sleeps "$1")" = "$hn_was" ]
}

# sleeps PID: how often it has gone to sleep, if it does
sleeps() {
	awk '/^State:/ && $2 != "S" { exit 1 }
	    /^voluntary_ctxt_switches:/ { print $2 }' "/proc/$1/status" \
	    2>/dev/null
}

# connects PID: it has a socket
connects() {
	find "/proc/$1/fd" -lname 'socket:*' 2>/dev/null | grep -q .
}

# status_of PID: waits for a background client; its status in S
status_of() {
	until_true "${2-240}" child_over "$1" || {
		S=running
		return 0
	}
	S=0
	wait "$1" || S=$?
}

# both_approve ARGUMENT...: two approvers at the same time; for OK of them it
# was taken
both_approve() {
	for b_who in cbtadmin cbtsecond; do
		cbbg "two.$b_who" "$b_who" approve -y "$@"
		eval "P_$b_who=\$BGPID"
	done
	OK=0
	for b_who in cbtadmin cbtsecond; do
		eval "status_of \"\$P_$b_who\""
		[ "$S" -ne 0 ] || OK=$((OK + 1))
	done
}

# run_as_agent COMMAND...
agent() {
	cb cbtagent run -- "$@"
}

# json FILE PATH: a value out of a JSON document, "a.0.b"; fails if it is no
# JSON or there is no such thing
json() {
	perl -MJSON::PP -e '
	    local $/; open(my $f, "<", $ARGV[0]) or die;
	    my $v = JSON::PP->new->utf8->allow_nonref->decode(<$f>);
	    for my $k (split /\./, $ARGV[1]) {
		$v = ref $v eq "ARRAY" ? $v->[$k] : ref $v eq "HASH" ?
		    $v->{$k} : undef;
		exit 1 unless defined $v;
	    }
	    print ref $v ? JSON::PP->new->utf8->canonical->encode($v) : $v,
		"\n";' "$1" "$2"
}

# json_lines FILE: every line is a document of its own
json_lines() {
	perl -MJSON::PP -ne '
	    JSON::PP->new->utf8->decode($_); $n++;
	    END { exit !$n }' "$1"
}

# waiting ACCOUNT: the first run that waits for approval, in ID
have_waiting() {
	cb cbtadmin --json approvals && ID=$(json "$T/out" approvals.0.run)
}

waiting() {
	until_true 120 have_waiting || bail "nothing waits for an approval"
	have_waiting
}

# running TEXT: a process with this text in its command line exists
running() {
	for r_pid in $(family "$D"); do
		cmdline "$r_pid" | tr '\n' ' ' | grep -qF -- "$1" &&
		    return 0
	done
	return 1
}

# started TEXT: the same, and the supervisor knows that it runs
started() {
	running "$1" && cb root --json ps &&
	    [ "$(json "$T/out" runs.0.state)" = running ]
}

# log_has TEXT [TEXT]: a record has both, sooner or later: of what was refused,
# for example, the answer does not wait for it
log_has() {
	until_true 60 in_log "$@"
}

# in_log TEXT [TEXT]: it has been written by now
in_log() {
	grep -F -- "$1" "$T/log/gateway.log" | grep -qF -- "${2-}"
}

not_running() {
	! running "$1"
}

# exec.log is written behind the answers: until it has all that the log has
exec_log_whole() {
	grep 'exec:' "$T/log/gateway.log" | cmp -s - "$T/log/exec.log"
}

# in_a_minute COMMAND...: as quotas count; tried again, TRY says how often, where
# the machine is so busy that it takes longer
in_a_minute() {
	for TRY in 1 2 3 4; do
		im_from=$(now_ms)
		"$@"
		[ $(($(now_ms) - im_from)) -ge 58000 ] || return 0
	done
}

# told_to_files: what approvals.notify runs keeps what it hears, and its
# environment, in files of $T/said, in their order
told_to_files() {
	install -d -o _clawbot-notify -m 755 "$T/said"
	cat >"$T/tell" <<-END
		#!/bin/sh
		n=$T/said/\$(date +%s%N)
		cat >\$n.text
		env >\$n.env
	END
	chmod 755 "$T/tell"
	APPROVALS="\"notify\": \"$T/tell\""
}

# log_packed: there are closed parts of the log, and all of them are packed
log_packed() {
	[ -n "$(find "$T/log" -name 'gateway-0*.zst')" ] &&
	    [ -z "$(find "$T/log" -name 'gateway-0*.log')" ]
}

# nothing_waits: no request and no program of a run, for an approver
nothing_waits() {
	cb cbtadmin --json approvals &&
	    [ "$(json "$T/out" approvals)" = "[]" ]
}
