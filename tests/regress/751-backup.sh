# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Backups: of one moment while the daemon runs, refused when altered, restored
# only where nothing is, and never so that something runs that was stopped.
. "$SRC/tests/regress/lib.sh"

[ "$ASAN" = no ] ||
    skip_all "one build is enough: unit and fuzz tests have the parser"

# Somebody makes and removes secrets all the time.
APPROVALS='"timeoutSeconds": 3600'
SKILLS='"token": { "default": "allow", "secrets": { "A_TOKEN": "env" } },'
conf_default
daemon_start
# the first key of the log's seals
first_key() {
	sed -n 's/.*begin with the public key \([^;]*\);.*/\1/p' "$T/d.err" |
	    tail -n 1
}
FIRST=$(first_key)
K=$T/backup.key
head -c 32 /dev/urandom >"$K"
chmod 400 "$K"
# secret VALUE
secret() {
	printf '%s' "$1" >"$T/value"
	cbin cbtadmin secrets set A_TOKEN <"$T/value"
}
# A digest is not masked.
token() {
	cb cbtagent run -s token -- sh -c 'printf %s "$A_TOKEN" | sha256sum'
}
digest() {
	printf %s "$1" | sha256sum
}
secret 'the first value'
is "a secret: status" "$S" 0
# at its end a log is sealed
daemon_stop
daemon_start

# bk ARGUMENT...: clawbot as root
bk() {
	S=0
	timeout -k 10 240 "$B/clawbot" -S "$T/run" "$@" >"$T/out" 2>"$T/err" \
	    </dev/null || S=$?
}
save() {
	bk backup -f "$CONF" -k "$K" "$1"
}
check() {
	bk restore --verify-only -k "$K" "$1"
}

### While it runs

cb cbtagent run -- true
save "$T/one"
is "backup: status" "$S" 0
is "its mode" "$(stat -c '%a %u' "$T/one")" "600 0"
is "nothing of it in clear" "$(grep -c -e cbtagent -e gateway "$T/one")" 0
sum=$(sha256sum <"$T/one")
save "$T/one"
is "over one that is there" "$S $(sha256sum <"$T/one")" "64 $sum"
check "$T/one"
is "verify-only: status" "$S" 0
has "verify-only: what is in it" "$T/out" "OK backup=" records= files=3
bk restore --json --verify-only -k "$K" "$T/one"
is "--json" "$(json "$T/out" files)" 3
"$B/clawbot" backup -f "$CONF" -k "$K" - >"$T/two" 2>"$T/err" </dev/null
is "to standard output" "$?" 0
"$B/clawbot" restore --verify-only -k "$K" - <"$T/two" >"$T/out" 2>"$T/err"
is "from standard input" "$?" 0
mkfifo "$T/pipe"
timeout 60 cat "$T/two" >"$T/pipe" &
writer=$!
bk restore --verify-only -k "$K" "$T/pipe"
is "from a named pipe: status" "$S" 0
has "from a named pipe: all of it" "$T/out" "OK backup="
kill "$writer" 2>/dev/null
wait "$writer" || :
if unshare -m umount -l /proc 2>/dev/null; then
	unshare -m sh -c 'umount -l /proc && exec "$@"' sh "$B/clawbot" \
	    restore --verify-only -k "$K" "$T/one" >"$T/out" 2>"$T/err"
	is "without /proc: status" "$?" 74
	has "without /proc: it is told what is missing" "$T/err" \
	    "$T/one: cannot be opened, as /proc is not mounted" \
	    "mount -t proc proc /proc"
	unshare -m sh -c 'umount -l /proc && exec "$@"' sh "$B/clawbot" \
	    restore --verify-only -k "$K" - <"$T/one" >"$T/out" 2>"$T/err"
	is "without /proc: from standard input" "$?" 0
else
	skip "without /proc" "it cannot be taken away here"
fi

(
	trap - EXIT
	i=0
	while [ ! -e "$T/enough" ] && [ "$i" -lt 2000 ]; do
		i=$((i + 1))
		printf '%s' "value $i" | as cbtadmin timeout 60 "$B/clawbot" \
		    -S "$T/run" secrets set "B_$((i % 7))"
		as cbtagent timeout 60 "$B/clawbot" -S "$T/run" run -- true
	done
) >/dev/null 2>&1 &
LOAD=$!
BG="$BG $LOAD"
bad=
for i in 1 2 3 4; do
	save "$T/load.$i"
	[ "$S" -eq 0 ] || bad="$bad backup:$S:$(cat "$T/err")"
	check "$T/load.$i"
	[ "$S" -eq 0 ] || bad="$bad restore:$S:$(cat "$T/err")"
done
: >"$T/enough"
ok "the load ends" until_true 120 child_over "$LOAD"
is "of one moment, while secrets are set and things run" "$bad" ""

### Who, and when

S=0
as cbtadmin "$B/clawbot" backup -f "$CONF" -k "$K" "$T/x" >"$T/out" 2>&1 ||
    S=$?
is "an approver: no" "$S" 77
S=0
as cbtadmin "$B/clawbot" restore -k "$K" "$T/one" >"$T/out" 2>&1 || S=$?
is "an approver restores: no" "$S" 77
bk restore -f "$CONF" -k "$K" "$T/one"
is "while the daemon runs: no" "$S" 75
has "it says what to do" "$T/err" "stop it first" --into
bk backup -f "$CONF" "$T/x"
is "neither key nor terminal" "$S" 64
ok "nothing is written" test ! -e "$T/x"
bk backup -f "$CONF" -k "$T/nokey" "$T/x"
is "no such key file" "$S" 74
chmod 644 "$K"
bk backup -f "$CONF" -k "$K" "$T/x"
is "a key file that others read" "$S" 78
chmod 400 "$K"
bk backup -f "$T/nosuch.conf" -k "$K" "$T/x"
is "no such configuration" "$S" 78

# whoever owns the log directory can name there what is not his
mkfifo "$T/log/gateway.torn-000000000001"
bk backup -f "$CONF" -k "$K" "$T/x"
is "a FIFO in the log directory: status" "$S" 74
rm "$T/log/gateway.torn-000000000001"
echo secret >"$T/of-root"
ln "$T/of-root" "$T/log/gateway.torn-000000000001"
bk backup -f "$CONF" -k "$K" "$T/x"
is "somebody else's file: status" "$S" 74
rm "$T/log/gateway.torn-000000000001"
truncate -s 65M "$T/log/gateway.torn-000000000001"
chown _clawbot-audit "$T/log/gateway.torn-000000000001"
bk backup -f "$CONF" -k "$K" "$T/x"
is "more than restore takes: status" "$S" 74
rm "$T/log/gateway.torn-000000000001"
ok "nothing is written" test ! -e "$T/x"
sed "s|$T/log|$T/log-of-none|" "$CONF" >"$T/none.conf"
bk backup -f "$T/none.conf" -k "$K" "$T/x"
is "no log where the configuration has it: status" "$S" 74
has "it says so" "$T/err" "there is no log in $T/log-of-none"
mkdir -m 700 "$T/log-of-none"
bk backup -f "$T/none.conf" -k "$K" "$T/x"
is "an empty one: status" "$S" 74
ok "nothing is written" test ! -e "$T/x"

# more parts than descriptors, at first
S=0
prlimit --nofile=16:1024 "$B/clawbot" -S "$T/run" backup -f "$CONF" -k "$K" \
    "$T/few" >"$T/out" 2>"$T/err" </dev/null || S=$?
is "sixteen descriptors: status" "$S" 0
check "$T/few"
is "and all of it is there" "$S" 0
rm "$T/few"

# killed anywhere, it is there as a whole or not at all
mkdir "$T/killed"
bad=
for n in 30 100 170 $(seq 200 4 260); do
	FAULTAT_LOG=$T/fired "$H/faultat" -r clawbot kill "$n" "$B/clawbot" \
	    -S "$T/run" backup -f "$CONF" -k "$K" "$T/killed/$n" \
	    >"$T/out" 2>&1 </dev/null
	[ ! -e "$T/killed/$n" ] || {
		check "$T/killed/$n"
		[ "$S" -eq 0 ] && rm "$T/killed/$n"
	} || bad="$bad $n"
done
is "killed at its calls, it is whole or not there" "$bad" ""
ok "some were killed" grep -q fired "$T/fired"
is "and nothing else is left" "$(ls "$T/killed")" ""
rm -rf "$T/killed"
mkdir -m 777 "$T/others"
bk restore --into "$T/others" -k "$K" "$T/one"
is "into what others can write to: status" "$S" 64

### Altered

size=$(stat -c %s "$T/one")
bad=
for at in 0 16 17 25 30 41 50 66 67 200 $((size / 2)) $((size - 18)) \
    $((size - 1)); do
	perl -e 'my ($f, $t, $at) = @ARGV; local $/; open my $i, "<", $f or die;
	    my $s = <$i>; substr($s, $at, 1) ^= "\x04";
	    open my $o, ">", $t or die; print $o $s;' "$T/one" "$T/x" "$at"
	check "$T/x"
	# what says which kind of key it is, or what it costs, is looked at first
	case $at:$S in
	*:2 | 17:64) ;;
	*)	bad="$bad $at:$S" ;;
	esac
	head -c "$at" "$T/one" >"$T/x"
	check "$T/x"
	[ "$S" -eq 2 ] || bad="$bad $at:cut:$S"
done
rm -f "$T/x"
is "a changed byte, or a part of it" "$bad" ""
{ cat "$T/one" && echo; } >"$T/x"
check "$T/x"
is "something behind its end" "$S" 2
cat "$T/one" "$T/one" >"$T/x"
check "$T/x"
is "twice" "$S" 2
head -c 32 /dev/urandom >"$T/other.key"
chmod 400 "$T/other.key"
bk restore --verify-only -k "$T/other.key" "$T/one"
is "another key" "$S" 2
rm -f "$T/x"

### By a passphrase

cat >"$T/script" <<END
expect passphrase
type short\\r
END
S=0
"$H/onpty" "$T/script" "$B/clawbot" backup -f "$CONF" "$T/p" \
    >"$T/out" 2>&1 || S=$?
is "a short passphrase" "$S" 64
cat >"$T/script" <<END
expect passphrase
type correct horse battery\\r
expect once more
type correct horse battery\\r
END
S=0
"$H/onpty" "$T/script" "$B/clawbot" backup -f "$CONF" "$T/p" \
    >"$T/out" 2>&1 || S=$?
is "a passphrase" "$S" 0
hasnot "it is not shown" "$T/out" horse
has "how far it is" "$T/out" "100%"
cat >"$T/script" <<END
expect passphrase
type correct horse staple\\r
END
S=0
"$H/onpty" "$T/script" "$B/clawbot" restore --verify-only "$T/p" \
    >"$T/out" 2>&1 || S=$?
is "another passphrase" "$S" 2
cat >"$T/script" <<END
expect passphrase
type correct horse battery\\r
END
S=0
"$H/onpty" "$T/script" "$B/clawbot" restore --verify-only "$T/p" \
    >"$T/out" 2>&1 || S=$?
is "the passphrase" "$S" 0
check "$T/p"
is "a key file for a passphrase" "$S" 64

### Into a directory

cbbg asked cbtagent run -C "$W" -- touch asked
waiting
save "$T/waits"
bk restore --into "$T/into" -k "$K" "$T/waits"
is "--into: status" "$S" 0
is "--into: what and whose" "$(cd "$T/into" && find . -type f \
    -printf '%p %u %m\n' | sort | tr '\n' ' ')" "./clawbot.conf root 644 \
./log/gateway.log _clawbot-audit 640 \
./log/seal.restored _clawbot-audit 640 ./vault/secrets.env _clawbot-vault 600 "
"$B/clawbot" audit verify "$T/into/log" >"$T/out"
is "--into: the log is whole" "$?" 0
head -n -1 "$T/into/log/gateway.log" >"$T/before"
ok "--into: it has the log as it was" \
    cmp -n "$(stat -c %s "$T/before")" "$T/before" "$T/log/gateway.log"
has "--into: what waits is in there" "$T/before" '"ev":"request"'
is "--into: and a stop" "$(tail -n 1 "$T/into/log/gateway.log" |
    grep -o '"ev":"stop","scope":"all"')" '"ev":"stop","scope":"all"'
bk restore --into "$T/into" -k "$K" "$T/waits"
is "--into what is not empty" "$S" 64
head -c $(($(stat -c %s "$T/waits") / 2)) "$T/waits" >"$T/x"
bk restore --into "$T/into2" -k "$K" "$T/x"
is "a part of one: status" "$S" 2
is "a part of one: nothing is left" "$(find "$T/into2" -mindepth 1 \
    2>/dev/null)" ""
rm -f "$T/x"

### The vault is lost

secret 'the second value'
is "another value: status" "$S" 0
daemon_stop
mv "$T/vault" "$T/vault.lost"
bk restore -f "$CONF" -k "$K" "$T/waits"
is "the vault alone: status" "$S" 0
has "the vault alone: what was done" "$T/out" "$T/vault: restored" \
    "$T/log: kept" "$CONF: kept"
ok "it is a record" log_has '"ev":"restored"' "restored from the backup of"
daemon_start
token
is "the secret of then is there" "$S $(cat "$T/out")" \
    "0 $(digest 'the first value')"
bk audit verify
is "the log is whole" "$S" 0
secret 'the third value'
is "and a next one can be set" "$S" 0

### All is lost, and it was stopped meanwhile

cb cbtadmin stop -r 'what is it doing?'
is "a stop: status" "$S" 0
daemon_stop
rm -rf "$T/log" "$T/vault" "$CONF"
bk restore -f "$CONF" -k "$K" "$T/waits"
is "all: status" "$S" 0
has "all: a stop is in force" "$T/out" "emergency stop" "clawbot resume"
daemon_start
cb cbtagent run -- true
is "it is stopped" "$S" 75
cb cbtadmin --json approvals
is "what waited does not wait" "$(json "$T/out" approvals)" "[]"
cb cbtadmin resume -r 'looked at it'
is "until somebody says so: status" "$S" 0
token
is "then it runs" "$S $(cat "$T/out")" "0 $(digest 'the first value')"
bk audit verify
is "the log goes on, and is whole" "$S" 0
NEXT=$(first_key)
daemon_stop
bk audit verify -k "$NEXT" "$T/log"
is "sealed by another key" "$S" 0
bk audit verify -k "$FIRST" "$T/log"
is "and by that of before no more" "$S" 7
has "it says where" "$T/out" "WRONGKEY record=" "was restored"
mv "$T/log/seal.key" "$T/"
daemon_try || daemon_wait
is "without these keys: not again" "$DSTATUS" 78
has "without these keys: what to do" "$T/d.err" "seal.key is missing"
mv "$T/seal.key" "$T/log/"
bk restore -f "$CONF" -k "$K" "$T/waits"
is "over all that is there: no" "$S" 64

### The whole of it, by tar

tar -C / -czpf "$T/all.tgz" "${CONF#/}" "${T#/}/log" "${T#/}/vault"
rm -rf "$T/log" "$T/vault" "$CONF"
tar -C / -xzpf "$T/all.tgz"
daemon_start
cb cbtagent run -- true
is "by tar: it runs" "$S" 0

### A log that is not whole

save "$T/late"
is "a backup of that" "$S" 0
daemon_stop
sed -i '3s/"v":1/"v":2/' "$T/log/gateway.log"
save "$T/bad"
is "of a log that is not whole: no" "$S" 2
has "it says where" "$T/err" "record" "gateway.log"
ok "nothing is written" test ! -e "$T/bad"

### The drill

mkdir "$T/bin" "$T/tmp"
chmod 755 "$T/tmp"
ln -s "$B/clawbot" "$B/clawbotd" "$T/bin"
S=0
PATH=$T/bin:$PATH TMPDIR=$T/tmp timeout -k 10 240 sh "$SRC/etc/drill" -k "$K" "$T/late" \
    >"$T/out" 2>"$T/err" </dev/null || S=$?
[ "$S" -eq 0 ] || diag "$(tail -n 20 "$T/out" "$T/err")"
is "the drill: status" "$S" 0
has "the drill: a daemon was asked" "$T/out" "all is well" "layer vault: open"
is "the drill: nothing is left" "$(ls "$T/tmp")" ""
no_second() {
	! pgrep -f "clawbotd -f $T/tmp" >"$T/second"
}
ok "the drill: not even its daemon" until_true 60 no_second
finish
