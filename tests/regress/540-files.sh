#!/bin/sh
# SPDX-License-Identifier: ISC
# Promise: names that a run changes in what it may write to are in the log, in
# order and on disk before its result, whatever they look like; the first
# thousand of a run one by one, and how many more there were.
# shellcheck disable=SC2016,SC2034,SC2317 # scripts of runs, names in eval
. "$SRC/tests/regress/lib.sh"

SKILLS='"off": { "default": "allow", '$PATIENT', "write": ["'"$W"'"], "files": "off" },
    "free": { "default": "allow", '$PATIENT', "write": ["'"$W"'"], "protect": [] },
    "none": { "default": "allow", '$PATIENT' },
    "two": { "default": "allow", '$PATIENT', "write": ["'"$W/one"'", "'"$W/two"'"] },
    "secret": { "default": "allow", '$PATIENT', "write": ["'"$W"'"],
	"secrets": { "WORD": "env" } },'
conf_default
chmod 777 "$W"
mkdir -m 777 "$W/one" "$W/two"
cd "$W" || exit 1

# rows: "SEQ WHAT NAME [TO]" of each record of $RUN, $W left out
rows() {
	cb cbtadmin --json audit show "$RUN"
	perl -MJSON::PP -MMIME::Base64 -e '
	    local $/; my $v = JSON::PP->new->utf8->decode(<STDIN>);
	    $v = $v->{records} if ref $v eq "HASH";
	    sub name { my ($s) = @_;
		return "" unless defined $s;
		$s = ref $s ? decode_base64($s->{b64} . "==") : $s;
		utf8::encode($s) if utf8::is_utf8($s);
		$s =~ s,^\Q$ARGV[0]\E/,,;
		$s =~ s/([^!-~])/sprintf("\\x%02x", ord($1))/ge;
		return $s; }
	    for my $r (@$v) {
		next unless $r->{kind} eq "file";
		printf("%d %s %s", $r->{seq}, $r->{ev}, name($r->{path}));
		print " ", name($r->{to}) if defined $r->{to};
		print "\n"; }' "$W" <"$T/out" >"$T/rows"
}

# result_of KEY: of the run, "" if it has none
result_of() {
	log_line=$(grep -F '"ev":"'"${2-result}"'"' "$T/log/gateway.log" |
	    grep -F "\"run\":\"$RUN\"")
	printf '%s\n' "$log_line" | sed -n 's/.*"'"$1"'":\([^,}]*\).*/\1/p'
}

# did ARGUMENT...: a run; its id in RUN
did() {
	cb cbtagent --json run "$@"
	RUN=$(json "$T/out" run)
	STATUS=$S
}

daemon_start

### What there is

cat >"$W/each.py" <<'END'
import ctypes, os
def w(p, how="w"):
    with open(p, how) as f: f.write("x")
w("a")
w("a", "a")                     # nothing new: it has just made it
os.mkdir("d")
os.symlink("a", "soft")
os.link("a", "hard")
os.rename("hard", "d/hard")
w("a", "a")
w("a", "a")                     # told once
os.truncate("a", 0)
os.chmod("a", 0o600)
os.utime("a")
os.mkfifo("pipe")
w("b")
ctypes.CDLL(None).renameat2(-100, b"a", -100, b"b", 2)
open("a").read()                # changes nothing
open("/dev/null", "w").write("x")
w("/tmp/elsewhere")
for f in ("missing",):
    try: os.unlink(f)
    except OSError: pass
try: w(".git")
except OSError: pass
os.rename("/tmp/elsewhere", "/tmp/still")
for f in ("soft", "d/hard", "pipe", "b"): os.unlink(f)
os.rmdir("d")
END
did -C "$W" -- python3 each.py
is "each kind of change: the run" "$STATUS" 0
rows
cat >"$T/want" <<'END'
1 made a
2 made d
3 symlinked soft a
4 linked a hard
5 renamed hard d/hard
6 written a
7 marked a
8 made pipe
9 made b
10 exchanged a b
11 removed soft
12 removed d/hard
13 removed pipe
14 removed b
15 removed d
END
is "each kind of change, in order" "$(cat "$T/rows")" "$(cat "$T/want")"
is "the result has their number" "$(result_of files)" 15
is "and no more" "$(result_of files_more)" ""
rm -f a

### Other ways

printf old >"$W/one/old"
printf same >"$W/one/same"
chown clawbot "$W/one/old" "$W/one/same"
cat >"$W/one/ways.py" <<'END'
import ctypes, mmap, os, shutil, socket
libc = ctypes.CDLL(None, use_errno=True)
def missing(what, *a):
    try: what(*a)
    except OSError: return
    print("it went:", what, a)
def call(f, *a):
    if f(*a) == -1: raise OSError(ctypes.get_errno(), "")
# a file that had no name
fd = os.open(".", os.O_TMPFILE | os.O_RDWR, 0o600)
call(libc.linkat, -100, b"/proc/self/fd/%d" % fd, -100, b"tmp", 0x400)
os.close(fd)
# emptied, by another process too, and at once
os.close(os.open("old", os.O_WRONLY | os.O_TRUNC))
if os.fork() == 0: os.truncate("old", 0); os._exit(0)
os.wait()
# by what is open: the name is told once
fd = os.open("same", os.O_RDWR)
os.ftruncate(fd, 4096)
m = mmap.mmap(fd, 4096)
m[0:4] = b"mmap"
m.flush()
os.pwrite(fd, b"x", 8)
# through another name of it
os.close(os.open("/proc/self/fd/%d" % fd, os.O_WRONLY | os.O_APPEND))
os.symlink("same", "soft")
with open("soft", "a") as f: f.write("x")
os.fchmod(fd, 0o644)
# into another grant: another mount to the run
missing(os.rename, "old", "../two/old")
missing(os.link, "old", "../two/old")
shutil.move("old", "../two/old")
# what keeps the old name
missing(call, libc.renameat2, -100, b"same", -100, b"white", 4)
# what has no calls of its own in here
missing(call, libc.syscall, 425, 8, 0)   # io_uring_setup
socket.socket(socket.AF_UNIX).bind("sock")
os.rename("../one/./same", "../one/../one/last")
END
did -s two -C "$W/one" -- python3 ways.py
is "other ways: the run" "$STATUS" 0
is "other ways: nothing went that should not" "$(json "$T/out" stdout)" ""
rows
cat >"$T/want" <<'END'
1 made one/tmp
2 written one/old
3 written one/old
4 written one/same
5 symlinked one/soft same
6 written one/same
7 marked one/same
8 made two/old
9 removed one/old
10 made one/sock
11 renamed one/same one/last
END
is "other ways: what each is" "$(cat "$T/rows")" "$(cat "$T/want")"

### Names

cat >"$W/names.py" <<'END'
import os
for n in (b"a b", b"new\nline", b"\xff\xfe", b"\x1b[31mred", b"q\"q'\\",
    "\u202egnp.exe".encode(), b"exec: {}", b"-rf"):
    os.close(os.open(n, os.O_CREAT | os.O_WRONLY))
deep = b"x" * 250
for i in range(14):
    os.mkdir(deep); os.chdir(deep)
open("end", "w").close()
END
mkdir -m 777 "$W/n"
did -C "$W/n" -- python3 "$W/names.py"
is "names: the run" "$STATUS" 0
rows
head -n 8 "$T/rows" >"$T/got"
cat >"$T/want" <<'END'
1 made n/a\x20b
2 made n/new\x0aline
3 made n/\xff\xfe
4 made n/\x1b[31mred
5 made n/q"q'\
6 made n/\xe2\x80\xaegnp.exe
7 made n/exec:\x20{}
8 made n/-rf
END
is "names: what they are" "$(cat "$T/got")" "$(cat "$T/want")"
is "names: long ones too" "$(wc -l <"$T/rows")" 23
cb cbtadmin audit show -l "$RUN"
cp "$T/out" "$T/show"
is "names: a line each" "$(grep -c " file [0-9]* made " "$T/show")" 23
is "names: nothing for a terminal" "$(grep -c "$(printf '\033')" "$T/show")" 0
has "names: shown" "$T/show" " file 1 made \"$W/n/a b\"" \
    " file 8 made $W/n/-rf"
cb cbtadmin audit tail -l -n 50
has "names: in the tail" "$T/out" " file 8 made $W/n/-rf"
is "names: no line begins like another record" \
    "$(grep -c '^[0-9]* [^ ]* exec: {}' "$T/log/gateway.log")" 0
rm -rf "$W/n"

### Which are told

did -s off -C "$W" -- sh -c 'touch x y; rm x y'
rows
is "off: none" "$(wc -l <"$T/rows")$(result_of files)$(result_of files_more)" 0
did -s free -C "$W" -- sh -c 'touch x y; rm x y'
rows
is "nothing protected: none" "$(wc -l <"$T/rows")$(result_of files)" 0
did -s none -C / -- sh -c 'touch /tmp/x; rm /tmp/x'
rows
is "no grant to write: none" "$(wc -l <"$T/rows")$(result_of files)" 0
did -C "$W" -- sh -c 'touch seen; rm seen; kill -9 $$'
rows
is "a run that is killed: its changes" "$(cut -d' ' -f2,3 "$T/rows" |
    tr '\n' ' ')" "made seen removed seen "
printf 'hidden-value' >"$T/v"
cbin cbtadmin secrets set WORD <"$T/v"
is "a secret: set" "$S" 0
did -s secret -C "$W" -- sh -c 'touch "is-$WORD"; rm "is-$WORD"'
is "a secret as a name: the run" "$STATUS" 0
is "a secret as a name: not in the log" \
    "$(grep -c hidden-value "$T/log/gateway.log")" 0
rows
is "a secret as a name: hidden" "$(grep -c 'made is-' "$T/rows")" 1

### How many

mkdir -m 777 "$W/many"
cat >"$W/many.py" <<'END'
import os, sys
n = int(sys.argv[1])
for i in range(n): os.close(os.open("many/%d" % i, os.O_CREAT | os.O_WRONLY))
for i in range(n): os.unlink("many/%d" % i)
END
did -C "$W" -- python3 many.py 500
rows
is "1000: all of them" "$(wc -l <"$T/rows") $(tail -n 1 "$T/rows")" \
    "1000 1000 removed many/499"
is "1000: no more" "$(result_of files) $(result_of files_more)" "1000 "
did -C "$W" -- python3 many.py 2500
rows
is "5000: the first of them" "$(wc -l <"$T/rows") $(tail -n 1 "$T/rows")" \
    "1000 1000 made many/999"
is "5000: and the others" "$(result_of files) $(result_of files_more)" \
    "1000 4000"
seq 1000 >"$T/want"
cut -d' ' -f1 "$T/rows" >"$T/got"
ok "5000: in order" cmp "$T/got" "$T/want"

### What ends early

# the process that is 1 in the sandbox of the run that stays, and its runner
find_init() {
	for fi_r in $(runners); do
		for fi_i in $(children "$fi_r"); do
			for fi_c in $(children "$fi_i"); do
				cmdline "$fi_c" | grep -q stay.py || continue
				RUNNER=$fi_r INIT=$fi_i
				return 0
			done
		done
	done
	return 1
}

# of those that are made there: some are in the log
some_rows() {
	[ "$(grep -c "\"path\":\"$W/many/[0-9]*\"" "$T/log/gateway.log")" \
	    -gt $((SOME + 50)) ]
}

# A batch that is full has gone, and the rest is not known.
for who in INIT RUNNER; do
	rm -rf "$W/many"; mkdir -m 777 "$W/many"
	cat >"$W/stay.py" <<-END
	import os, time
	for i in range(400): os.close(os.open("many/%03d" % i, os.O_CREAT | os.O_WRONLY))
	time.sleep(600)
	END
	SOME=$(grep -c "\"path\":\"$W/many/[0-9]*\"" "$T/log/gateway.log")
	cbbg stay cbtagent --json run -C "$W" -- python3 stay.py
	until_true 60 test -e "$W/many/399" || bail "no run that stays"
	find_init || bail "no sandbox of a run that stays"
	until_true 60 some_rows || bail "no full batch"
	eval "kill -9 \$$who"
	status_of "$BGPID"
	RUN=$(json "$T/stay.out" run)
	rows
	n=$(wc -l <"$T/rows")
	ok "$who killed: full batches are in the log ($n)" \
	    test "$n" -gt 50 -a "$n" -lt 401
	is "$who killed: in order" "$(tail -n 1 "$T/rows")" \
	    "$n made many/$(printf '%03d' $((n - 1)))"
	log_line=$(grep -F '"run":"'"$RUN"'"' "$T/log/gateway.log" |
	    tail -n 1)
	printf '%s\n' "$log_line" >"$T/last"
	has "$who killed: that there may be more is said" "$T/last" \
	    '"files_lost":true'
	ok "$who killed: nothing is left" until_true 60 not_running stay.py
done

# One that is asked to end and does not: all until then is told.
cat >"$W/stays.py" <<'END'
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open("before", "w").close()
time.sleep(600)
END
for limit in 2 8 30 120; do
	rm -f "$W/before"
	did -C "$W" --timeout $limit -- python3 stays.py
	[ ! -e "$W/before" ] || break
done
is "out of time: the run" "$STATUS" 124
rows
is "out of time: what it had done" "$(cat "$T/rows")" "1 made before"

ok "the log is whole" "$B/clawbot" audit verify "$T/log"
ok "the daemon goes on" answers
finish
