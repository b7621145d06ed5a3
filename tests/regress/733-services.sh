# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Service managers that are not systemd: the files that come for them start what
# make install has installed, in a root directory of its own.
. "$SRC/tests/regress/lib.sh"

P=${PLAIN-}
[ -n "$P" ] || skip_all "needs the plain build: run it by make check"
command -v systemd-sysusers >/dev/null || skip_all "no systemd-sysusers here"
cd "$SRC" || bail "no source"
case $P in
"$SRC"/*)	P=${P#"$SRC"/} ;;
esac
PREFIX=$(sed -n 's,^sbindir =[	 ]*\(.*\)/sbin$,\1,p' "$P/config.mk")
[ "$PREFIX" = /usr/local ] || skip_all "the build is for $PREFIX"

# as regress/402 does, which writes to the same files of the build
mk=$(env -u MAKEFLAGS -u MFLAGS flock -w 600 "$P/config.mk" make -s "B=$P" \
    DESTDIR="$T/inst" systemdunitdir=/unit install 2>&1) || bail "$mk"
mv "$T/inst/unit/clawbotd.service" "$T"
rmdir "$T/inst/unit"
cp tests/tap.sh tests/deb/services.sh "$T"
mkdir "$T/src"
cp -R etc "$T/src"
awk '/^By hand:/ { seen = 1 } seen && on && /^```/ { exit } on { print }
    seen && /^```sh/ { on = 1 }' README.md | sed 's/^sudo //' >"$T/byhand"
ok "README.md has what follows make install" \
    test "$(grep -c . "$T/byhand")" -ge 4
S=0
timeout -k 5 800 unshare --mount --pid --fork --kill-child sh \
    tests/deb/root.sh "$T" sh /media/services.sh /media \
    >"$T/said" 2>"$T/err" || S=$?
[ "$S" -ne 125 ] || skip_all "no overlay of this host's /"
while read -r line; do
	case $line in
	"ok - "*)	result 0 "${line#ok - }" ;;
	"not ok - "*)	result 1 "${line#not ok - }" || : ;;
	"1.."*)		;;
	*)		printf '%s\n' "$line" ;;
	esac
done <"$T/said"
ok "all was tried, to the end" grep -q '^1\.\.' "$T/said"
[ "$S" -eq 0 ] || diag "$(tail -n 10 "$T/err")"
finish
