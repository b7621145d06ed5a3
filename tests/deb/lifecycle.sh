#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/tap.sh disable=SC2016,SC2317
#
# lifecycle.sh DIR PREFIX: the packages in DIR/1 are installed, upgraded to those
# in DIR/2, removed and purged, in a root directory that tests/deb/root.sh made
# and where no systemd runs.  Their programs look for each other below PREFIX.
LC_ALL=C.UTF-8
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
umask 022
DIR=$1 PREFIX=$2
T=$(mktemp -d /tmp/deb.XXXXXX)
. "$DIR/tap.sh"
CONF=/etc/clawbot.conf
KEY=/etc/clawbot.key
ACCOUNTS="_clawbot _clawbot-exec _clawbot-audit _clawbot-vault _clawbot-notify
    _clawbot-forward clawbot"

pkg() {
	DEBIAN_FRONTEND=noninteractive dpkg --force-unsafe-io --force-confold \
	    "$@" >"$T/dpkg" 2>&1 </dev/null
}

until_true() {
	u_end=$(($(date +%s) + 60))
	until "$@" >/dev/null 2>&1; do
		[ "$(date +%s)" -lt "$u_end" ] || return 1
		sleep 0.1
	done
}

pid() {
	cat /run/clawbot/clawbotd.pid
}

# as ACCOUNT COMMAND...: S, and what it prints in $T/out and $T/err
as() {
	as_user=$1
	shift
	S=0
	timeout 60 setpriv --reuid="$as_user" --regid="$as_user" --init-groups \
	    "$@" >"$T/out" 2>"$T/err" </dev/null || S=$?
}

start() {
	timeout 120 clawbotd -f "$CONF" >"$T/start" 2>&1 </dev/null ||
	    { cat "$T/start"; return 1; }
}

none_left() {
	for nl in /proc/[0-9]*; do
		case $(cat "$nl/comm" 2>/dev/null) in
		clawbot*)	echo "$nl"; return 1 ;;
		esac
	done
}

# field NAME NUMBER: of the shadow file
field() {
	sed -n "s/^$1://p" /etc/shadow | cut -d : -f "$(($2 - 1))"
}

# expiry: of all accounts
expiry() {
	for e in $ACCOUNTS; do
		field "$e" 8
	done | sort -u
}

### A host without it

for a in $ACCOUNTS; do
	! getent passwd "$a" >/dev/null || userdel "$a"
done
for g in $ACCOUNTS clawbot-admin clawbot-agent; do
	! getent group "$g" >/dev/null || groupdel "$g"
done
rm -rf "$CONF" "$KEY" /var/log/clawbot /var/lib/clawbot /srv/clawbot \
    /etc/systemd/system/clawbotd.service
for f in libexec share; do
	mkdir -p "$PREFIX/$f" "/usr/$f"
	[ "$PREFIX" = /usr ] || mount --bind "/usr/$f" "$PREFIX/$f"
done

### Installation

ok "installed" pkg -i "$DIR"/1/clawbot_*.deb "$DIR"/1/clawbot-client_*.deb
cat "$T/dpkg" >"$T/first"
has "a new key is told" "$T/first" "$KEY is a new key"
is "the key is root's" "$(stat -c '%U %a %s' "$KEY")" "root 400 32"
key=$(sha256sum <"$KEY")
for a in $ACCOUNTS; do
	is "account $a: nobody can log in" \
	    "$(getent passwd "$a" | cut -d : -f 7)" /usr/sbin/nologin
	ok "account $a: no password" sh -c \
	    "grep -q '^$a:[!*]' /etc/shadow"
done
ok "groups" getent group clawbot-admin clawbot-agent
is "the directory of the example" "$(stat -c '%U %a' /srv/clawbot)" \
    "clawbot 755"
is "directories of the log and the vault" \
    "$(stat -c '%U %a' /var/log/clawbot /var/lib/clawbot/vault |
    tr '\n' ' ')" "_clawbot-audit 700 _clawbot-vault 700 "
ok "the configuration is good" clawbotd -n -f "$CONF"
is "the configuration is dpkg's to ask about" \
    "$(dpkg-query -W -f '${Conffiles}' clawbot | grep -c " $CONF ")" 1

### Use

useradd --no-create-home agent
useradd --no-create-home stranger
usermod -aG clawbot-agent agent
ok "it starts with what was installed" start
as agent clawbot run -- echo it runs
is "a command of who is in clawbot-agent: status" "$S" 0
has "a command of who is in clawbot-agent: output" "$T/out" "it runs"
as stranger clawbot run -- true
is "who is not is refused: status" "$S" 77
printf %s a-value-to-keep | clawbot secrets set KEPT >"$T/out" 2>&1
is "a secret: status" "$?" 0
clawbot stop -r 'for a while' >"$T/out" 2>&1
is "stop: status" "$?" 0

### An upgrade

cp "$CONF" "$T/good"
echo '// of the administrator' >>"$T/good"
{ cat "$T/good"; echo '{'; } >"$CONF"
first=$(pid)
S=0
pkg -i "$DIR"/2/clawbot_*.deb "$DIR"/2/clawbot-client_*.deb || S=$?
ok "an upgrade with a configuration that cannot be: fails" test "$S" -ne 0
has "an upgrade with a configuration that cannot be: where, and what next" \
    "$T/dpkg" "$CONF:" "dpkg --configure clawbot"
is "the daemon of before goes on" "$(cat "/proc/$first/comm")" clawbotd
cp "$T/good" "$CONF"
ok "mended: it goes on" pkg --configure clawbot
has "what has to be done without systemd is told" "$T/dpkg" "start clawbotd"
is "the new version" "$(dpkg-query -W -f '${Version}' clawbot)" \
    "$(dpkg-deb -f "$DIR"/2/clawbot_*.deb Version)"
ok "what the administrator has changed is kept" cmp "$CONF" "$T/good"
is "the key is kept" "$(sha256sum <"$KEY")" "$key"
kill -TERM "$first"
ok "the daemon of before ends" until_true none_left
ok "the new one starts" start
as agent clawbot run -- true
is "the stop is in force: status" "$S" 75
clawbot resume >"$T/out" 2>&1
is "resume: status" "$?" 0
as agent clawbot run -- true
is "it runs again: status" "$S" 0

### Removal

ok "removed while it runs" pkg -r clawbot
ok "no process is left" until_true none_left
ok "log, vault, key and configuration are left" test -s \
    /var/log/clawbot/gateway.log -a -s /var/lib/clawbot/vault/secrets.env \
    -a -s "$KEY" -a -s "$CONF"
is "accounts are locked" "$(expiry)" 1
ok "the client stays" clawbot --version

ok "installed again" pkg -i "$DIR"/2/clawbot_*.deb
is "accounts are not locked" "$(expiry)" ""
ok "it starts again" start
clawbot secrets list >"$T/out" 2>&1
has "the vault is that of before" "$T/out" KEPT
clawbot audit verify >"$T/out" 2>&1
is "the log goes on and is whole: status" "$?" 0

### Purge

# as where records were forwarded
: >/var/lib/clawbot/forward.place
# as a start leaves what is closed
part=/var/log/clawbot/gateway-000000000001.log.zst
: >"$part"
chattr +i "$part" || echo "# no immutable files here"
ok "purged while it runs" pkg -P clawbot
ok "purged: no process is left" until_true none_left
is "purged: log, vault and configuration are gone" \
    "$(ls -d /var/log/clawbot /var/lib/clawbot "$CONF" /srv/clawbot \
    2>/dev/null)" ""
is "purged: the key stays" "$(sha256sum <"$KEY")" "$key"
has "purged: that it stays is told" "$T/dpkg" "$KEY stays"
is "purged: accounts are there, locked" \
    "$(expiry) $(for a in $ACCOUNTS; do getent passwd "$a"; done | wc -l)" \
    "1 $(echo "$ACCOUNTS" | wc -w)"
pkg -P clawbot-client
is "purged: no program is left" \
    "$(ls -d /usr/bin/clawbot /usr/sbin/clawbotd 2>/dev/null)" ""

# Of an installation that is not the package's.
mkdir -p /etc/systemd/system
echo 'ExecStart=/usr/local/sbin/clawbotd -d -f /etc/clawbot.conf' \
    >/etc/systemd/system/clawbotd.service
S=0
pkg -i "$DIR"/1/clawbot_*.deb "$DIR"/1/clawbot-client_*.deb || S=$?
ok "beside quickstart's: refused" test "$S" -ne 0
has "beside quickstart's: what to do" "$T/dpkg" "quickstart uninstall"
echo "1..$TESTS"
exit $((FAILED != 0))
