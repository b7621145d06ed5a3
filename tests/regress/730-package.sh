# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Debian's packages: what is in them, what lintian says, and what their scripts
# do.  What is packed is the plain build, which is for another prefix: make deb
# builds once more, and the machines of make check-vm try that.
. "$SRC/tests/regress/lib.sh"

P=${PLAIN-}
[ -n "$P" ] || skip_all "needs the plain build: run it by make check"
for program in dh dpkg-deb lintian; do
	command -v "$program" >/dev/null || skip_all "$program is not installed"
done
cd "$SRC" || bail "no source"
case $P in
"$SRC"/*)	P=${P#"$SRC"/} ;;
esac
PREFIX=$(sed -n 's,^sbindir =[	 ]*\(.*\)/sbin$,\1,p' "$P/config.mk")
VERSION=$(sed -n 's/^VERSION =[	 ]*//p' "$P/config.mk")
unset MAKEFLAGS MFLAGS MAKELEVEL
export SOURCE_DATE_EPOCH=1700000000 DEB_BUILD_OPTIONS=noautodbgsym

# pack DIR: with the objects that are there, into DIR
pack() {
	mkdir "$1" "$1/tree" &&
	    tar -C "$1/tree" --strip-components=1 -xzf "$T/dist"/*.gz &&
	    find "$1/tree" -exec touch -h -d @1000000000 {} + &&
	    mkdir "$1/tree/build" &&
	    cp -Rp "$P/obj" "$P"/*.a "$P"/config.* "$P"/build_id.h \
	    "$P"/clawbot* "$1/tree/build" || return
	# nothing is configured or built
	(cd "$1/tree" &&
	    printf '%s\n' clawbot clawbot-client \
	    >debian/debhelper-build-stamp &&
	    timeout -k 5 300 debian/rules binary) >"$1/log" 2>&1
}

# again FROM TO VERSION: the same packages with another version
again() {
	mkdir "$2"
	for ag in "$1"/*.deb; do
		rm -rf "$T/un"
		dpkg-deb -R "$ag" "$T/un" &&
		    sed -i "s/$VERSION\\>/$3/g" "$T/un/DEBIAN/control" &&
		    dpkg-deb --root-owner-group -Znone -b "$T/un" \
		    "$2/$(dpkg-deb -f "$ag" Package)_$3.deb" >&2 || return
	done
}

mkdir "$T/dist"
make -s "B=$P" "DISTDIR=$T/dist" dist >"$T/out" 2>&1 || bail "make dist"
pack "$T/1"
if ! result $? "packed"; then
	diag "$(tail -n 20 "$T/1/log")"
	bail "no packages"
fi
hasnot "nothing was built for that" "$T/1/log" "  CC "
rm -rf "$T/1/tree"

timeout -k 5 300 lintian --allow-root --fail-on none --no-tag-display-limit --show-overrides \
    "$T"/1/*.deb >"$T/lintian" 2>&1
is "lintian: no error, no warning" "$(grep '^[EW]:' "$T/lintian")" ""
is "lintian: what is overridden is there" \
    "$(grep -c '^O: ' "$T/lintian") $(grep -c unused-override "$T/lintian")" \
    "7 0"

### What is in them

for p in clawbot clawbot-client; do
	dpkg-deb -x "$T/1/${p}_$VERSION"_*.deb "$T/x.$p"
	dpkg-deb -c "$T/1/${p}_$VERSION"_*.deb >"$T/c.$p"
	is "$p: all of it is root's" \
	    "$(grep -vc ' root/root ' "$T/c.$p")" 0
	is "$p: nothing below /usr/local, /run, /var or /srv" \
	    "$(grep -E ' \./(usr/local|run|var|srv)/.' "$T/c.$p")" ""
done
mk=$(env -u MAKEFLAGS flock -w 600 "$P/config.mk" make -s "B=$P" \
    DESTDIR="$T/i" bindir=/usr/bin \
    sbindir=/usr/sbin libexecdir=/usr/libexec datadir=/usr/share \
    mandir=/usr/share/man docdir=/usr/share/doc/clawbot \
    ZSHDIR=/usr/share/zsh/vendor-completions systemdunitdir= install 2>&1) || bail "$mk"
(cd "$T/i" && find . -type f) | sed 's,^\./,,' | sort >"$T/all"
missing=
while read -r f; do
	for p in clawbot clawbot-client; do
		if [ -e "$T/x.$p/$f" ] || [ -e "$T/x.$p/$f.gz" ]; then
			continue 2
		fi
	done
	missing="$missing $f"
done <"$T/all"
is "all that make install installs, but for the licence" "$missing" \
    " usr/share/doc/clawbot/LICENSE"
is "the client alone has the client" \
    "$(cd "$T/x.clawbot-client" && find . -path '*bin/*' -type f |
    LC_ALL=C sort | tr '\n' ' ')" "./usr/bin/clawbot ./usr/bin/clawbot-sh "
is "the client needs no package" \
    "$(dpkg-deb -f "$T/1/clawbot-client_$VERSION"_*.deb Depends)" ""
for p in clawbot clawbot-client; do
	dpkg-deb -f "$T/1/${p}_$VERSION"_*.deb Built-Using >"$T/out"
	has "$p: what is linked statically is named" "$T/out" \
	    "glibc (= " "libsodium (= "
done
is "the spawner can be executed, not read" \
    "$(stat -c %a "$T/x.clawbot/usr/libexec/clawbot/clawbot-spawner")" 711
sed -n 's/^u \([^	 ]*\).*/\1/p' "$T/x.clawbot/usr/lib/sysusers.d/clawbot.conf" |
    sort >"$T/accounts"
is "accounts: those that quickstart makes" "$(tr '\n' ' ' <"$T/accounts")" \
    "$({
	sed -n '/^ROLES="/,/"$/p' quickstart | tr -d '"' | sed 's/^ROLES=//'
	echo clawbot
    } | tr -s ' \n' '\n' | sort | tr '\n' ' ')"
for s in postinst postrm; do
	is "$s: the same accounts" "$(sed -n \
	    '/^ACCOUNTS="/,/"$/p' "debian/clawbot.$s" |
	    tr -d '"' | sed 's/ACCOUNTS=//' | tr -s ' \n' '\n' | grep . |
	    sort | cmp - "$T/accounts" 2>&1)" ""
done
unit=$(find "$T/x.clawbot" -name clawbotd.service)
has "the unit: where the package has its programs" "$unit" \
    "ExecStart=/usr/sbin/clawbotd -d -f /etc/clawbot.conf" \
    "ExecReload=/usr/bin/clawbot reload"
is "the unit: a reload looks at the file first" \
    "$(grep '^ExecReload=' "$unit" | head -n 1)" \
    "ExecReload=/usr/sbin/clawbotd -n -f /etc/clawbot.conf"
zcat "$T/x.clawbot/usr/share/man/man8/clawbotd.8.gz" >"$T/page"
has "clawbotd.8: where the package has its programs" "$T/page" \
    "Pa /usr/libexec/clawbot"

### What their scripts do

if ! command -v systemd-sysusers >/dev/null; then
	skip "install, upgrade, remove and purge" "no systemd-sysusers here"
	finish
fi
again "$T/1" "$T/2" "$VERSION+2" 2>"$T/err" || bail "no second version"
cp tests/tap.sh tests/deb/lifecycle.sh "$T"
S=0
timeout -k 5 600 unshare --mount --pid --fork --kill-child sh \
    tests/deb/root.sh "$T" sh /media/lifecycle.sh /media "$PREFIX" \
    >"$T/life" 2>"$T/err" || S=$?
if [ "$S" -eq 125 ]; then
	skip "install, upgrade, remove and purge" "no overlay of this host's /"
	finish
fi
while read -r line; do
	case $line in
	"ok - "*)	result 0 "${line#ok - }" ;;
	"not ok - "*)	result 1 "${line#not ok - }" || : ;;
	"1.."*)		;;
	*)		printf '%s\n' "$line" ;;
	esac
done <"$T/life"
ok "the scripts were tried to the end" grep -q '^1\.\.' "$T/life"
[ "$S" -eq 0 ] || diag "$(tail -n 10 "$T/err")"
finish
