# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2094
#
# What the scripts inside of a machine begin with.  They print TAP without
# numbers and without a plan, which suite.sh adds, and end with finish.
LC_ALL=C.UTF-8
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
umask 022
HERE=$(cd "$(dirname "$0")" && pwd)
T=$(mktemp -d /tmp/vm.XXXXXX)
chmod 755 "$T"
CONF=/etc/clawbot.conf
SLICE=/sys/fs/cgroup/system.slice/clawbotd.service
BACK=120	# seconds in which the daemon is back; they are slow machines
cd /tmp || exit 1

# shellcheck source=tests/tap.sh
. "$HERE/../../tap.sh"

# fact KEY VALUE: for the table that suite.sh makes
fact() {
	printf '#= %s\t%s\n' "$1" "$2"
}

# The last line of every script.
finish() {
	if [ "$FAILED" -gt 0 ]; then
		diag "the end of the journal:"
		journalctl -q -b -u clawbotd -n 25 -o cat --no-pager |
		    sed 's/^/#   /'
	fi
	rm -rf "$T"
	exit 0
}

# until_true SECONDS COMMAND...: polls; fails when the time is up
until_true() {
	u_end=$(($(date +%s) + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(date +%s)" -lt "$u_end" ] || return 1
		sleep 0.3
	done
}

### Accounts and clients

# Who asks and who decides, made as README.md has it.
if ! getent passwd boss >/dev/null; then
	useradd --create-home agent
	useradd --create-home boss
	usermod -aG clawbot-admin boss
fi

# as ACCOUNT COMMAND...
as() {
	as_user=$1
	shift
	setpriv --reuid="$as_user" --regid="$as_user" --init-groups "$@"
}

# cb ACCOUNT ARGUMENT...: clawbot; output in $T/out, errors in $T/err, S
cb() {
	cb_user=$1
	shift
	S=0
	as "$cb_user" timeout "${CB_TIMEOUT:-90}" clawbot "$@" \
	    >"$T/out" 2>"$T/err" </dev/null || S=$?
}

# json PATH: a value out of $T/out, "a.0.b"; nothing where there is none
json() {
	perl -MJSON::PP -e '
	    local $/; my $v = decode_json(<STDIN>);
	    for my $k (split /\./, $ARGV[0]) {
		$v = ref $v eq "ARRAY" ? $v->[$k] : ref $v eq "HASH" ?
		    $v->{$k} : undef;
	    }
	    print $v // "", "\n"' "$1" <"$T/out" 2>/dev/null
}

have_waiting() {
	cb boss --json approvals
	ID=$(json approvals.0.run)
	[ -n "$ID" ]
}

### The daemon

prop() {
	systemctl show -P "$1" clawbotd
}

# With 1 it tells of something that is refused, of one skill for instance.
answers() {
	active && cb agent status && [ "$S" -le 1 ]
}

runs_again() {
	answers && cb agent run -- cat /etc/hostname && [ "$S" -eq 0 ]
}

# Every process of the service, "PID START NAME".
processes() {
	for ps_pid in $(find "$SLICE" -name cgroup.procs -exec cat {} + \
	    2>/dev/null | sort -n); do
		ps_stat=$(cat "/proc/$ps_pid/stat" 2>/dev/null) || continue
		ps_name=${ps_stat%)*}
		# shellcheck disable=SC2086 # its fields
		set -- ${ps_stat##*) }
		shift 19
		echo "$ps_pid $1 ${ps_name#*(}"
	done
}

# left FILE: those of an earlier list that are still there
left() {
	while read -r l_pid l_start l_name; do
		l_stat=$(cat "/proc/$l_pid/stat" 2>/dev/null) || continue
		# shellcheck disable=SC2086 # its fields
		set -- ${l_stat##*) }
		[ "$1" != Z ] || continue
		shift 19
		[ "$1" != "$l_start" ] || echo "$l_pid $l_name"
	done <"$1"
}

none_left() {
	[ -z "$(left "$1")" ]
}

# pid_of NAME: the first process of the service with that program
pid_of() {
	processes | while read -r po_pid po_start po_name; do
		# the kernel keeps fifteen bytes of a name
		if [ "$po_name" = "$(printf %.15s "$1")" ]; then
			echo "$po_pid"
			break
		fi
	done
}

has_pid() {
	[ -n "$(pid_of "$1")" ]
}

active() {
	[ "$(prop ActiveState)" = active ]
}

# apt_get ACTION ARGUMENT...; DEBS has the packages, as suite.sh puts them there
DEBS=/var/tmp/debs
apt_get() {
	DEBIAN_FRONTEND=noninteractive timeout 600 apt-get -q -y \
	    -o Dpkg::Options::=--force-unsafe-io "$@" </dev/null
}

# conf_all_roles: the configuration of these scripts, with those processes,
# too, that there are only where it names a program or a place for them
conf_all_roles() {
	sed -e 's|"approvers": \["boss"\]|&, "notify": "/usr/bin/true"|' \
	    -e 's|//MORE|"logging": { "forward": "syslog:/dev/log" },|' \
	    "$HERE/clawbot.conf" >"$CONF"
}

# restart: with the configuration as it is now, from a clean slate
restart() {
	systemctl reset-failed clawbotd 2>/dev/null
	timeout 120 systemctl restart clawbotd
}
