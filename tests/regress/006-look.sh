# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# clawbotd -n says exactly what keeps the daemon from starting: each thing
# that a start needs is broken in turn, and -n finds it if and only if the
# start fails.  -n itself changes nothing.
. "$SRC/tests/regress/lib.sh"

SKILLS='"web": { "default": "allow", "write": ["'$W'"] },'
conf_default

# look: -n, its status in N
look() {
	N=0
	timeout 240 "$B/clawbotd" -n -f "$CONF" >"$T/n.out" 2>"$T/n.err" \
	    </dev/null || N=$?
}

# starts: does the daemon?
starts() {
	if daemon_try; then
		daemon_stop
		return 0
	fi
	daemon_wait
	return 1
}

# broken NAME TEXT: what is broken now keeps it from starting, and -n says so
broken() {
	look
	if starts; then b_starts=yes; else b_starts=no; fi
	is "$1: it does not start" "$b_starts" no
	is "$1: -n: status" "$N" 78
	ok "$1: -n tells the place" grep -qE "^$CONF:[0-9]+:[0-9]+: " \
	    "$T/n.err"
	has "$1: -n tells what" "$T/n.err" "$2"
}

# sound NAME [TEXT]: it starts, and -n does not refuse it
sound() {
	look
	is "$1: -n: status" "$N" 0
	[ -z "${2-}" ] || has "$1: -n notes" "$T/n.err" "note: " "$2"
	ok "$1: it starts" starts
}

# swap NAME TO: that account is this line from now on; back: as it was
swap() {
	cp /etc/passwd "$T/passwd"
	grep -v "^$1:" "$T/passwd" >/etc/passwd
	[ -z "$2" ] || echo "$2" >>/etc/passwd
}
back() {
	cat "$T/passwd" >/etc/passwd
}

### Nothing is broken, nothing is there yet

look
is "nothing is there: -n: status" "$N" 0
ok "nothing is there: -n makes nothing" test ! -e "$T/run" -a \
    ! -e "$T/log" -a ! -e "$T/vault" -a ! -e "$T/empty"
sound "nothing is there"
sound "all is there"

### Accounts

for a in _clawbot _clawbot-exec _clawbot-audit _clawbot-vault; do
	swap "$a" ""
	broken "no account $a" "account $a does not exist"
	back
	swap "$a" "$a:*:0:0::/nonexistent:/usr/sbin/nologin"
	broken "$a is root" "account $a is root's"
	back
done
swap _clawbot-vault "_clawbot-vault:*:$(id -u _clawbot-audit):$(id -g \
    _clawbot-audit)::/nonexistent:/usr/sbin/nologin"
broken "two accounts are one" "are one"
back

### The key file

cp -p "$T/key" "$T/key.good"
good() {
	rm -rf "$T/key"
	cp -p "$T/key.good" "$T/key"
}
rm "$T/key"
sound "no key file" "vault key file $T/key: No such file"
good
chmod 440 "$T/key"
sound "a key file for others" "$T/key: group or others have access to it"
good
chown cbtagent "$T/key"
sound "somebody's key file" "$T/key: it does not belong to root"
good
head -c 31 "$T/key.good" >"$T/key"
sound "a short key file" "shorter than 32 bytes"
good
head -c 5000 /dev/urandom >"$T/key"
sound "a long key file" "longer than 4096 bytes"
good
head -c 32 /dev/zero >"$T/key"
sound "an empty key" "one byte, repeated"
good
mv "$T/key" "$T/key.there"
ln -s "$T/key.there" "$T/key"
sound "a link to the key" "vault key file $T/key: it is a symbolic link"
rm "$T/key"
mkdir -m 700 "$T/key"
sound "a directory for a key" "vault key file $T/key: it is a directory"
rm -r "$T/key"
mkfifo -m 600 "$T/key"
sound "a pipe for a key" "vault key file $T/key: it is not a regular file"
good

### Directories

for d in run log vault; do
	mv "$T/$d" "$T/$d.good"
	: >"$T/$d"
	broken "a file in place of $d" "$T/$d"
	rm "$T/$d"
	ln -s "$T/$d.good" "$T/$d"
	broken "a link in place of $d" "$T/$d"
	rm "$T/$d"
	mkdir "$T/$d"
	chown cbtagent "$T/$d"
	broken "somebody's $d" "belongs to uid $(id -u cbtagent)"
	rmdir "$T/$d"
	mv "$T/$d.good" "$T/$d"
done
: >"$T/run/channels/cli.sock.new"
rm -f "$T/run/channels/cli.sock"
mv "$T/run/channels/cli.sock.new" "$T/run/channels/cli.sock"
broken "a file in place of a socket" "exists and is no socket"
rm "$T/run/channels/cli.sock"

### Values, and what only roles would find out

cp -p "$CONF" "$T/conf.good"
sed 's|"logging": {|"logging": { "redact": ["token=.*", "a(b"],|' \
    "$T/conf.good" >"$CONF"
broken "an expression" 'logging.redact[1]: "a(b" at '
cp -p "$T/conf.good" "$CONF"
mkdir "$T/no-programs"
LIBEXEC=$T/no-programs
CLAWBOT_LIBEXEC=$LIBEXEC
broken "no programs" "cannot execute $T/no-programs/clawbot-executor"
LIBEXEC=$B
CLAWBOT_LIBEXEC=$B

# All at once.
rm "$T/key"
chown cbtagent "$T/log"
sed 's|"logging": {|"logging": { "redact": ["token=.*"],|' "$T/conf.good" \
    >"$CONF"
look
is "all at once: status" "$N" 78
has "all at once: the key" "$T/n.err" "vault key file"
has "all at once: the directory" "$T/n.err" "$T/log: belongs to"
chown _clawbot-audit "$T/log"
good
cp -p "$T/conf.good" "$CONF"

### What starts, and surprises

sed "s|\"write\": \[\"$W\"\] }|\"write\": [\"$W\"], \"read\": [\"$T/nothing\"] }|" \
    "$T/conf.good" >"$CONF"
sound "a grant that is not there" "$T/nothing: No such file"
ln -s "$W" "$T/link"
sed "s|\"write\": \[\"$W\"\] }|\"write\": [\"$W\"], \"read\": [\"$T/link\"] }|" \
    "$T/conf.good" >"$CONF"
sound "a grant that is a link" "there is a link in $T/link"
sed 's|"users": \["cbtagent", "cbtother"\]|"users": ["group:cbtnobody"]|' \
    "$T/conf.good" >"$CONF"
echo "cbtnobody:*:29999:" >>/etc/group
sound "a channel of nobody" "nobody may ask on this channel"
cp -p "$T/conf.good" "$CONF"

# Not root's: the file alone is looked at.
chmod 644 "$CONF"
S=0
as cbtagent "$B/clawbotd" -n -f "$CONF" >"$T/out" 2>"$T/err" || S=$?
is "not root: status" "$S" 0
has "not root: says so" "$T/err" "note: only root can look at"
sound "as before"

finish
