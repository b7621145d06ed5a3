#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2034,SC2317
#
# What clawbot init writes, run as its words and the page say: the grant is made
# before the start, and where it was not, each way to ask says what to do.
. "$SRC/tests/regress/lib.sh"

[ "$ASAN${CLAWBOT_TRAP-}" = no ] || skip_all "done in one build"

# write is where init is told that runs may write to
answers_with() {
	mkdir -p "$T/etc"
	cat >"$T/script" <<-END
	expect run as [agent]:
	type cbtagent\\r
	expect approves
	type group:clawbot-admin\\r
	expect none [developer]:
	type developer\\r
	expect write to
	type $1\\r
	expect act as [clawbot]:
	type \\r
	expect comes next
	END
	"$H/onpty" "$T/script" "$B/clawbot" init -f "$T/etc/clawbot.conf" \
	    >"$T/told" 2>&1
}

# in_force: what init wrote, with the paths that a second daemon needs
in_force() {
	"$B/clawbotd" -T -f "$T/etc/clawbot.conf" >"$T/all" || return 1
	SKILLS='' CHANNELS=''
	{
		sed -e '/^}$/d' -e '/"vault":/d' "$T/etc/clawbot.conf"
		conf_paths
		echo '}'
	} >"$CONF"
}

ok "init asks" answers_with "$T/grant"
has "it tells how to make the grant" "$T/told" "install -d -o clawbot $T/grant"
ok "nothing else is escaped in what people edit" \
    grep -qF '"group:clawbot-admin"' "$T/etc/clawbot.conf"
hasnot "... nor the key's way" "$T/etc/clawbot.conf" u003a
in_force || bail "the configuration cannot be used"
daemon_start
export "CLAWBOT_CLAWBOTD=$B/clawbotd"
cb cbtagent run -- true
is "without the grant nothing runs" "$S" 77
has "... and it says what to do" "$T/err" \
    "$T/grant: No such file or directory; make it, and restart clawbotd"
cb root doctor
has "doctor says so too" "$T/out" "make it, and restart clawbotd"
hasnot "... and sends nobody to the kernel" "$T/out" "lsm="
cb root doctor --sandbox
has "so does doctor --sandbox" "$T/out" "make it, and restart clawbotd" \
    "restart clawbotd"
cb root reload
is "a reload is in force" "$S" 0
has "... and says that it opens no grant" "$T/out" \
    "skill default: its runs are refused: " "make it, and restart clawbotd"
cb root reload --json
is "... for programs" "$(json "$T/out" reload.1.skill)" default
"$B/clawbot" doctor --fix -f "$CONF" >"$T/fix" 2>&1 </dev/null
is "doctor --fix: status" "$?" 1
has "doctor --fix names the command" "$T/fix" "$T/grant: cannot be granted" \
    "install -d -o clawbot $T/grant, and restart clawbotd"
chown cbtagent "$T"
"$B/clawbot" doctor --fix -f "$CONF" >"$T/fix" 2>&1 </dev/null
chown root "$T"
has "but not where another account could put a link" "$T/fix" \
    "$T/grant: cannot be granted" "mend that, or name another one"
hasnot "... and no command" "$T/fix" "install -d"
daemon_stop

# as it was told
eval "$(sed -n 's/^ *\(install -d [^[:cntrl:]]*\).*/\1/p' "$T/told")"
daemon_start
cb cbtagent run -C "$T/grant" -- touch x
is "with it the first request runs" "$S" 0
ok "... and writes there" test -e "$T/grant/x"
cb root reload
hasnot "a reload tells of no skill" "$T/out" refused
is "doctor --fix: all is well" "$("$B/clawbot" doctor --fix -f "$CONF" 2>&1)" \
    "owners, modes and directories are as they should be"
daemon_stop
rm "$T/etc/clawbot.conf"
ok "init again" answers_with "$T/grant"
hasnot "it tells nothing of what is there" "$T/told" "install -d"
finish
