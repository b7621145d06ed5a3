# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2034
#
# The units that come with clawbot: systemd takes them without a word; no
# service manager tries again after the statuses that the manual says; and what
# the unit of the daemon sets is known not to harm runs, which inherit it.
. "$SRC/tests/regress/lib.sh"

[ "$ASAN${CLAWBOT_TRAP-}" = no ] ||
    skip_all "starts no daemon; done in one build"

ETC=$SRC/etc
unit=$T/clawbotd.service
sed "s,@sbindir@,$B,g; s,@bindir@,$B,g; s,@sysconfdir@,/etc,g" \
    "$ETC/clawbotd.service.in" >"$unit"
hasnot "nothing is left to be filled in" "$unit" "@"
mkdir "$T/clawbotd.service.d"
cp "$ETC/systemd/credential.conf" "$ETC/systemd/onfailure.conf" \
    "$T/clawbotd.service.d"
cp "$ETC/systemd/clawbot-failed.service" "$T"
sed "s,exec clawbot ,exec $B/clawbot ,g" "$ETC/systemd/clawbot-backup.service" \
    >"$T/clawbot-backup.service"
cp "$ETC/systemd/clawbot-backup.timer" "$T"

# verified FILE...: what systemd says of them, and its status
verified() {
	S=0
	systemd-analyze verify --man=no "$@" >"$T/said" 2>&1 || S=$?
	echo "$S $(cat "$T/said")"
}
if systemd-analyze --version >/dev/null 2>&1; then
	for f in "$unit" "$T/clawbot-failed.service" \
	    "$T/clawbot-backup.service" "$T/clawbot-backup.timer"; do
		is "systemd takes ${f##*/}" "$(verified "$f")" "0 "
	done
	sed 's/^WatchdogSec=/Watchdog=/' "$unit" >"$T/wrong.service"
	ok "one that it does not take is noticed" test \
	    "$(verified "$T/wrong.service")" != "0 "
else
	skip "systemd takes the units" "systemd-analyze is not installed"
fi

### Whom it tells

# goes_on STATE...: does clawbot-failed.service, when that becomes of the daemon?
mkdir "$T/bin"
cat >"$T/bin/systemctl" <<'END'
#!/bin/sh
[ "$*" = "show --value -p ActiveState clawbotd.service" ] || exit 1
sed -n 1p "$STATES"
sed -i 1d "$STATES"
END
printf '#!/bin/sh\n' >"$T/bin/sleep"
chmod 755 "$T/bin/systemctl" "$T/bin/sleep"
sed -n '/^ExecCondition=/,/[^\]$/p' "$T/clawbot-failed.service" |
    sed "s/^ExecCondition=.* -c '//; s/\\\\\$//; s/'\$//; s/\\\$\\\$/\$/g" \
    >"$T/condition"
goes_on() {
	printf '%s\n' "$@" >"$T/states"
	STATES=$T/states PATH=$T/bin:$PATH timeout 20 sh "$T/condition"
	echo $?
}
is "it has failed" "$(goes_on failed)" 0
is "it is started anew, and is back" "$(goes_on activating active)" 1
is "it is started anew, and fails for good" \
    "$(goes_on deactivating activating activating failed)" 0
is "somebody stops it meanwhile" "$(goes_on activating inactive)" 1
is "it is reloaded" "$(goes_on reloading)" 1
is "systemctl tells nothing, and then that it is back" \
    "$(goes_on '' '' active)" 1
is "systemctl tells nothing at all" "$(goes_on '')" 0
is "a state that nobody knows" "$(goes_on s1 s1 s1 s1 s1 s1 s1 s1 s1 s1)" 0

### Not again after these

set_by() {
	sed -n "s/^$1=//p" "$unit" | tr '\n' ' ' | sed 's/ $//'
}
never=$(set_by RestartPreventExitStatus)
page=$(tr '\n' ' ' <"$SRC/man/clawbotd.8" |
    grep -o 'should not try again after [0-9, and]*' | grep -o '[0-9]*' |
    tr '\n' ' ' | sed 's/ $//')
is "clawbotd(8) and the unit" "$page" "$never"
is "runit's script" "$(sed -n 's/^\([0-9 |]*\))$/\1/p' "$ETC/runit/finish" |
    tr -d '|' | tr -s ' ')" "$never"
for status in $never; do
	ok "clawbotd(8) has $status" grep -q "^\.It $status\$" \
	    "$SRC/man/clawbotd.8"
done

### What runs inherit

# What keeps others out of the daemon's files, limits that programs know, and
# capabilities that nobody has any use for: all else that systemd can take away
# from a service it takes away from runs, too.
is "settings of the environment that runs get" "$(sed -n \
    '/^\[Service\]/,/^\[Install\]/s/^\([A-Z][A-Za-z]*\)=.*/\1/p' "$unit" |
    sort -u | grep -vxE 'Type|Notify.*|Exec.*|Timeout.*|KillMode|Restart.*' |
    tr '\n' ' ')" "CapabilityBoundingSet Delegate LimitCORE LimitMEMLOCK \
LimitNOFILE OOMPolicy RuntimeDirectory RuntimeDirectoryMode UMask WatchdogSec "
is "limits, as clawbotd sets them itself elsewhere" \
    "$(set_by LimitCORE) $(set_by LimitNOFILE)" "1 4096"
ok "runs can have groups of their own" grep -qx 'Delegate=yes' "$unit"

### The order of a reload

is "it is looked at before it is put in force" \
    "$(sed -n 's/^ExecReload=[^ ]*\/\([a-z]*\) \(-n\|reload\).*/\1 \2/p' \
    "$unit" | tr '\n' ' ')" "clawbotd -n clawbot reload "
finish
