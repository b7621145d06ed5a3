# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# quickstart where systemd does not get the daemon started: the reason is
# printed, as the journal has it, and what to do.  systemctl and journalctl
# are of this script.
. "$SRC/tests/regress/lib.sh"

[ "$ASAN${CLAWBOT_TRAP-}" = no ] ||
    skip_all "starts no daemon; done in one build"

# All of it but the command; it sets PATH.
sed '/^case \${1-} in$/,$d' "$SRC/quickstart" >"$T/functions"
mkdir "$T/bin"
cat >"$T/bin/systemctl" <<'END'
#!/bin/sh
echo "systemctl $*" >>"$CALLS"
[ "$1" != "${FAILS-}" ] || { echo "systemctl: $1 failed"; exit 1; }
END
cat >"$T/bin/journalctl" <<'END'
#!/bin/sh
echo "journalctl $*" >>"$CALLS"
[ "$1" = --sync ] || echo "executor: user namespace: no space"
END
chmod 755 "$T/bin/systemctl" "$T/bin/journalctl"

# starting: start_service of quickstart with these; $T/out, $T/err, S
starting() {
	: >"$T/calls"
	S=0
	CALLS=$T/calls sh -c ". '$T/functions'"'
	    PATH=$1:$PATH OUT=$2/quickstart.log
	    : >"$OUT"
	    start_service' sh "$T/bin" "$T" >"$T/out" 2>"$T/err" || S=$?
}

starting
is "it starts: status" "$S" 0
has "it starts: said" "$T/out" "systemd runs clawbotd.service"
is "it starts: nothing else" "$(cat "$T/err")" ""
hasnot "it starts: no journal" "$T/calls" journalctl

FAILS=start
export FAILS
starting
is "it does not: status" "$S" 1
has "it does not: the journal's reason" "$T/err" \
    "executor: user namespace: no space"
has "it does not: of this unit and this start" "$T/calls" \
    "-u clawbotd.service" "--since @"
has "it does not: what to do" "$T/err" "clawbotd.service did not start" \
    "then run quickstart again"
is "it does not: nor is it tried again" "$(tail -n 1 "$T/calls")" \
    "systemctl stop clawbotd.service"

rm "$T/bin/journalctl"
if command -v journalctl >/dev/null; then
	printf '#!/bin/sh\nexit 1\n' >"$T/bin/journalctl"
	chmod 755 "$T/bin/journalctl"
fi
starting
is "no journal: status" "$S" 1
has "no journal: said" "$T/err" "no journal here" \
    "clawbotd.service did not start"

FAILS=enable
starting
is "it cannot be enabled: status" "$S" 1
has "it cannot be enabled: said" "$T/err" "systemctl enable failed"
### Accounts

for stub in useradd usermod userdel groupadd groupdel; do
	printf '#!/bin/sh\necho "%s $*" >>"$CALLS"\n' "$stub" >"$T/bin/$stub"
	chmod 755 "$T/bin/$stub"
done
# all of them are there, and one is locked
cat >"$T/bin/getent" <<'END'
#!/bin/sh
case $1:$2 in
shadow:_clawbot-vault)	echo "$2:!:20000::::: 1:" | tr -d ' ' ;;
shadow:*)		echo "$2:!:20000::::::" ;;
esac
END
chmod 755 "$T/bin/getent"
# with FUNCTION: of quickstart
with() {
	: >"$T/calls"
	S=0
	CALLS=$T/calls sh -c ". '$T/functions'"'
	    PATH=$1:$PATH OUT=$2/quickstart.log AGENT=cbt-none ADMIN=cbt-no
	    LOGDIR=$2/none VARDIR=$2/none
	    : >"$OUT"
	    '"$1" sh "$T/bin" "$T" >"$T/out" 2>"$T/err" || S=$?
}
with remove_accounts
roles=$(sed -n '/^ROLES="/,/"$/p' "$SRC/quickstart" | tr -d '"' |
    sed 's/^ROLES=//' | xargs)
is "uninstall: those of the session are removed" \
    "$(grep -c '^userdel cbt-' "$T/calls") $(grep -c '^userdel' "$T/calls")" \
    "2 2"
is "uninstall: those that own what stays are locked" \
    "$(sed -n 's/^usermod --lock --expiredate 1 //p' "$T/calls" |
    tr '\n' ' ')" "clawbot $roles "
with accounts
is "installed again: what was locked is not any more" \
    "$(grep '^usermod' "$T/calls")" "usermod --expiredate  _clawbot-vault"
is "installed again: none is made that is there" \
    "$(grep -c '^useradd' "$T/calls")" 0
finish
