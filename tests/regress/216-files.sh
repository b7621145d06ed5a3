# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: no way leads out of a run by its files: links, "..", descriptors,
# /proc, handles, mounts, devices, and what can be executed.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/escape.sh
. "$SRC/tests/regress/escape.sh"

R=$(mktemp -d /srv/cbt.XXXXXX)
UNDO="rm -rf '$R'; $UNDO"
chmod 755 "$R"
echo outside >"$R/secret"
: >"$R/open"
chmod 666 "$R/open"
hostile escape_files escape_mounts escape_who
# What somebody else may have left in the grant.
ln -s "$R/secret" "$W/planted"
ln -s "$R" "$W/planted-dir"
install -m 4755 "$H/escape_who" "$W/setuid"
mknod -m 666 "$W/device" c 1 3 || bail "cannot make a device"
cp "$H/escape_who" "$W/caps"
setcap cap_dac_override,cap_setuid=ep "$W/caps" 2>/dev/null || rm "$W/caps"

# Outside of a run it finds these open.
O="-o grant=$W -o outside=$R"
for name in "outside by name" "outside by name, to write" "outside by .." \
    "outside by a planted link" "outside by /proc/self/root" \
    "setuid program in the grant" "capable program in the grant"; do
	[ "$name" != "capable program in the grant" ] || [ -e "$W/caps" ] ||
	    continue
	# shellcheck disable=SC2086 # options
	escapes escape_files "$name" $O
done
for name in name_to_handle_at "device in the grant" /sys/class /proc/cmdline; do
	escapes escape_mounts "$name" -o "grant=$W"
done

conf_default
daemon_start
# shellcheck disable=SC2086 # options
attempts escape_files $O
attempts escape_mounts -o "grant=$W"
is "outside: nothing was written" "$(cat "$R/open")" ""
is "outside: nothing is new" "$(echo "$R"/*)" "$R/open $R/secret"
is "beside the grant: nothing is new" "$(echo "$W".*)" "$W.*"
is "the setuid copy belongs to the run's account" \
    "$(stat -c %U "$W/setuid-copy")" clawbot
# Somebody else's link at the place where a run writes.
agent sh -c "echo x >'$W/planted'"
is "a planted link, to write: not followed out" "$(cat "$R/secret")" outside
daemon_stop
finish
