# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034
#
# Promise: where names are protected, the calls that init answers have the
# kernel's results and effects: thousands that a seed decides, with and
# without descriptors left, and under signals.  DIFFER_SEEDS and DIFFER_CALLS
# make it longer.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/protect.sh
. "$SRC/tests/regress/protect.sh"

[ -z "${CLAWBOT_TRAP-}" ] ||
    skip_all "some thousand calls; done in the two other builds"

CALLS=${DIFFER_CALLS-600}
SEEDS=${DIFFER_SEEDS-"1 2"}
SKILLS='"off": { "default": "allow", "write": ["'$W'"], "protect": [],
    '"${LIMITS%,}"' },'
conf_default
daemon_start
prepare
install -m 755 "$RUN_H/watch_differ" "$W/differ"

# The same directory, empty.
fresh() {
	owner '[ ! -e d ] || chmod -R u+rwx d; rm -rf d; mkdir -p d/x'
}

# told FILE: without changes in /proc, which Landlock is asked about first
told() {
	grep -vE '(unlink|rmdir|rename|link).*"/proc/' "$1"
}

# differ SEED MODE
differ() {
	printf 'cd %s/d/x && ../../differ %s %s %s\n' "$W" "$1" "$CALLS" "$2" \
	    >"$W/script"
	fresh
	# on the host: a run without protected names has no openat2
	as clawbot sh "$W/script" 2>"$T/err" </dev/null | cat >"$T/host"
	told "$T/host" >"$T/kernel"
	fresh
	agent sh "$W/script"
	is "$2, seed $1: a failure has no effect" "$S" 0
	told "$T/out" >"$T/run.told"
	ok "$2, seed $1: as by the kernel" cmp "$T/kernel" "$T/run.told"
	diff "$T/kernel" "$T/run.told" | head -n 10 | sed 's/^/# /'
	ok "$2, seed $1: all were made" test "$(wc -l <"$T/out")" -ge "$CALLS"
}

for seed in $SEEDS; do
	differ "$seed" plain
	differ "$seed" full
	differ "$seed" signals
done

# No descriptor is left: nothing is emptied, nothing is made.
owner 'echo kept >full'
script 'ulimit -n 4; exec 3</dev/null; : >full; : >new; echo $?'
is "without a descriptor: status" "$S" 2
is "without a descriptor: the file is whole" "$(cat "$W/full")" kept
ok "without a descriptor: no new file" test ! -e "$W/new"

# A signal ends the wait for the other end of a FIFO, or begins it anew.
owner 'mkfifo fifo'
cat >"$W/fifo.pl" <<'END'
use Fcntl;
use POSIX ();
my $restart = shift;
my $n = 0;
POSIX::sigaction(POSIX::SIGALRM, POSIX::SigAction->new(sub {
	$n++;
	return if $n != 2 || fork() != 0;
	sysopen(my $r, "fifo", O_RDONLY);
	POSIX::_exit(0);
}, POSIX::SigSet->new(), $restart ? POSIX::SA_RESTART : 0));
use Time::HiRes 'setitimer', 'ITIMER_REAL';
setitimer(ITIMER_REAL, 0.3, 0.3);
my $ok = POSIX::open("fifo", O_WRONLY);
print defined($ok) ? "open" : $!{EINTR} ? "EINTR" : "$!", "\n";
END
script 'perl fifo.pl 0'
is "a handler ends the wait for a FIFO" "$(cat "$T/out")" EINTR
script 'perl fifo.pl 1'
is "with SA_RESTART it goes on" "$(cat "$T/out")" open
script 'timeout -s TERM 1 sh -c "echo x >fifo"'
is "a signal without a handler kills" "$S" 124

# Times, owner and mode of what is protected, by path and by descriptor.
owner 'touch -d @1000 .bashrc'
script 'touch .bashrc; touch -d @5 .bashrc; touch -r . .bashrc
    chgrp "$(id -g)" .bashrc; chmod 600 .bashrc
    perl -e "open(F, q(<), q(.bashrc)); print utime(7, 7, *F) ? q(set) : qq(\$!)"'
has "times by a descriptor" "$T/out" "Read-only file system"
has "times by a path" "$T/err" "Read-only file system"
is "times are as they were" "$(stat -c %Y "$W/.bashrc")" 1000
script 'touch -d @77 free && stat -c %Y free'
is "other times are set" "$(cat "$T/out")" 77
daemon_stop
finish
