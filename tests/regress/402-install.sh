# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# make install and uninstall below DESTDIR; a build for tests refuses.
. "$SRC/tests/regress/lib.sh"

cd "$SRC" || bail "no source"
P=${PLAIN-}
[ -n "$P" ] || skip_all "needs the plain build: run it by make check"
case $P in
"$SRC"/*)	P=${P#"$SRC"/} ;;
esac

# One at a time: others that install write to the same files of the build.
mk() {
	env -u MAKEFLAGS -u MFLAGS flock -w 600 "$P/config.mk" make -s "$@" \
	    >"$T/out" 2>&1
}

S=0
mk "B=$B" DESTDIR="$T/no" install || S=$?
ok "a build with test hooks: refused" test "$S" -ne 0
has "a build with test hooks: says why" "$T/out" "not installed"
ok "a build with test hooks: nothing was installed" test ! -e "$T/no"

ok "install" mk "B=$P" DESTDIR="$T/d" install
find "$T/d" -type f -printf '%m %P\n' | sort -k2 >"$T/files"
sed -n 's/^[0-9]* //p' "$T/files" >"$T/names"
for f in sbin/clawbotd bin/clawbot bin/clawbot-sh libexec/clawbot/clawbot-executor \
    libexec/clawbot/clawbot-spawner libexec/clawbot/clawbot-auditor libexec/clawbot/clawbot-vault \
    libexec/clawbot/clawbot-notifier libexec/clawbot/clawbot-forwarder \
    libexec/clawbot/clawbot-file notify/mail notify/chat \
    doc/clawbot/forward doc/clawbot/drill doc/clawbot/openrc/clawbotd \
    doc/clawbot/runit/run doc/clawbot/runit/finish \
    doc/clawbot/apparmor/clawbotd \
    doc/clawbot/clawbot-backup.service doc/clawbot/clawbot-backup.timer \
    doc/clawbot/credential.conf doc/clawbot/onfailure.conf \
    doc/clawbot/clawbot-failed.service \
    share/clawbot/profiles/agent.conf share/clawbot/profiles/developer.conf \
    share/clawbot/profiles/operator.conf share/clawbot/profiles/reader.conf \
    share/clawbot-client/candidates completions/clawbot \
    site-functions/_clawbot vendor_completions.d/clawbot.fish \
    man8/clawbotd.8 man8/clawbot-executor.8 man1/clawbot.1 man1/clawbot-mcp.1 \
    man1/clawbot-sh.1 man1/clawbot-agent.1 man1/clawbot-backup.1 \
    man1/clawbot-hook.1 man1/clawbot-connect.1 man1/clawbot-approve.1 \
    man1/clawbot-audit.1 man1/clawbot-doctor.1 man1/clawbot-init.1 \
    man1/clawbot-policy.1 \
    man1/clawbot-run.1 man1/clawbot-secrets.1 man1/clawbot-status.1 \
    man5/clawbot-audit.5 man5/clawbot-export.5 \
    man5/clawbot-policy.5 man5/clawbot-vault.5 \
    man5/clawbot.conf.5 man7/clawbot-admin.7 \
    man7/clawbot-compliance.7; do
	ok "installed: $f" grep -q "$f\$" "$T/names"
done
# each command has its page, by its own name
for f in ps logs wait approvals deny revoke stop resume reload breaker; do
	ok "man clawbot-$f" test -f \
	    "$(find "$T/d" -name "clawbot-$f.1" -type l)"
done
sed -n 's,.*libexec/clawbot/\(clawbot-[a-z]*\)$,\1,p' "$T/names" >"$T/parts"
ok "there are programs" test -s "$T/parts"
while read -r f; do
	ok "man $f" test -f "$(find "$T/d" -name "$f.8")"
done <"$T/parts"
is "no set-user-id bit, nothing writable by others" \
    "$(grep -vE '^(755|644) ' "$T/files" | grep -v clawbot-spawner)" ""
is "the spawner can be executed, not read" \
    "$(sed -n 's/ .*clawbot-spawner$//p' "$T/files")" 711
is "nothing below /etc but the service's unit" \
    "$(grep '^etc/' "$T/names" | grep -v '^etc/systemd/')" ""
prog=$(find "$T/d" -path "*/sbin/clawbotd")
is "the installed one runs" "$("$prog" -V | cut -d' ' -f1)" clawbotd
hasnot "no path of the build in it" "$prog" "$SRC/"
unit=$(find "$T/d" -name clawbotd.service)
if [ -n "$unit" ]; then
	hasnot "the unit: all filled in" "$unit" "@"
	has "the unit: starts it" "$unit" "/sbin/clawbotd"
	# in [Unit]; elsewhere systemd does not look for them
	is "the unit: starts are counted over minutes" "$(sed -n \
	    '/^\[Unit]/,/^\[Service]/s/^StartLimitInterval[^=]*=//p' \
	    "$unit")" 1800
	is "the unit: what is not tried again is what clawbotd(8) says" \
	    "$(sed -n 's/^RestartPreventExitStatus=//p' "$unit")" \
	    "$(sed -n 's/.*should not try again after \(.*\)\.$/\1/p' \
	    "$SRC/man/clawbotd.8" | tr -d 'a-z,' | tr -s ' ')"
fi
dir=$(dirname "$(find "$T/d" -name clawbot-vault)")
has "clawbotd.8 names where the programs are" \
    "$(find "$T/d" -name clawbotd.8)" ".It Pa ${dir#"$T/d"}"
ok "for another place" mk "B=$P" DESTDIR="$T/e" systemdunitdir= \
    libexecdir=/elsewhere/libexec docdir=/elsewhere/doc \
    datadir=/elsewhere/share install
has "clawbotd.8 names that" "$(find "$T/e" -name clawbotd.8)" \
    ".It Pa /elsewhere/libexec/clawbot"
has "clawbot.conf.5 names that" "$(find "$T/e" -name clawbot.conf.5)" \
    ".It Pa /elsewhere/doc/clawbot.conf" \
    ".It Pa /elsewhere/share/clawbot/profiles"
ok "uninstall" mk "B=$P" DESTDIR="$T/d" uninstall
is "uninstall leaves nothing" "$(find "$T/d" ! -type d)" ""
finish
