# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Why a run did not start names files: in the log with what is hidden there, to
# who asked for it as it is.
. "$SRC/tests/regress/lib.sh"

SKILLS="\"ops\": { \"default\": \"allow\", \"write\": [\"$W\"] },"
CHANNELS='"ops": { "users": ["cbtagent"], "access": "execute",
    "skills": ["ops"] },'
conf_default
daemon_start
V=Zk3mQ9xv7Rt2LwPa
K=AKIAIOSFODNN7EXAMPLB
printf %s "$V" >"$T/value"
cbin root secrets set TOKEN <"$T/value"

# tells TEXT: one that asked is told of the very name, the log has a mark
tells() {
	has "$1 is named to who asked" "$T/err" "$1"
	ok "$1 is told of in the log" log_has '"ev":"abort"' \
	    "$W/[REDACTED:${#1}:"
	never hasnot "$1 is not in the log" "$T/log/gateway.log" "$1"
}

for name in "$V" "$K"; do
	mkdir "$W/$name"
	chown cbtadmin "$W/$name"
	chmod 700 "$W/$name"
	cb cbtagent -c ops run -C "$W/$name" -- true
	is "it may not enter it" "$S" 126
	tells "$name"
done

# one that the kernel does not execute
chmod 755 "$W/$V"
printf '\177ELF\2\1\1' >"$W/$V/elf"
chmod 755 "$W/$V/elf"
cb cbtagent -c ops run -C "$W" -- "$W/$V/elf"
is "it cannot be executed" "$S" 126
has "it is told why" "$T/err" "$V/elf: Exec format error"
ok "so is the log" log_has '"ev":"abort"' ']/elf: Exec format error"'
never hasnot "$V is not in the log" "$T/log/gateway.log" "$V"

# without anything to hide it is the same in both
mkdir "$W/plain"
chown cbtadmin "$W/plain"
chmod 700 "$W/plain"
cb cbtagent -c ops run -C "$W/plain" -- true
has "a plain name is told" "$T/err" "$W/plain"
ok "and logged" log_has '"ev":"abort"' "$W/plain: "
finish
