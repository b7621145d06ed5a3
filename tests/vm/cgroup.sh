# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2016
#
# clawbotd under systemd with cgroup v2 and every controller, which a machine
# for tests often does not have: a Debian in user-mode-linux, which needs no
# virtualisation.  Its kernel has no Landlock; clawbotd accepts that there.
#
#	make check-vm			VM_KEEP=DIR keeps the system there
#
# Needs root, linux.uml (user-mode-linux), mmdebstrap and a Debian mirror.
: "${B:?the build directory}" "${SRC:?the source tree}"

skip_all() {
	printf '1..0 # SKIP %s\n' "$1"
	exit 0
}
[ "$(id -u)" -eq 0 ] || skip_all "needs root"
command -v linux.uml >/dev/null || skip_all "needs user-mode-linux"
command -v mmdebstrap >/dev/null || skip_all "needs mmdebstrap"

V=${VM_KEEP-}
[ -n "$V" ] || V=$(mktemp -d /var/tmp/cbvm.XXXXXX) || exit 1
R=$V/root
cleanup() {
	c_status=$?
	[ -z "${U-}" ] || kill -9 "$U" 2>/dev/null
	[ -n "${VM_KEEP-}" ] || rm -rf "$V"
	exit "$c_status"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

if [ ! -d "$R/etc" ]; then
	mkdir -p "$V"
	mmdebstrap --quiet --variant=apt --include="systemd-sysv,perl,procps,\
libevent-core-2.1-7,libjansson4,libsodium23,libcap2,libpcre2-8-0" \
	    bookworm "$R" >"$V/mmdebstrap.log" 2>&1 ||
	    skip_all "no Debian could be made: $(tail -n 1 "$V/mmdebstrap.log")"
fi
make -s -C "$SRC" B="$B" DESTDIR="$R" sbindir=/usr/local/sbin \
    systemdunitdir=/etc/systemd/system install >"$V/install.log" 2>&1 || {
	echo "not ok 1 - make install"
	sed 's/^/# /' "$V/install.log"
	exit 1
}
for a in _clawbot _clawbot-exec _clawbot-audit _clawbot-vault clawbot; do
	grep -q "^$a:" "$R/etc/passwd" || chroot "$R" useradd --system \
	    --user-group --shell /usr/sbin/nologin "$a"
done
grep -q '^clawbot-admin:' "$R/etc/group" ||
    chroot "$R" groupadd --system clawbot-admin
grep -q '^agent:' "$R/etc/passwd" || chroot "$R" useradd -m agent
grep -q '^boss:' "$R/etc/passwd" ||
    chroot "$R" useradd -m -G clawbot-admin boss
install -m 600 "$SRC/tests/vm/clawbot.conf" "$R/etc/clawbot.conf"
install -m 755 "$SRC/tests/vm/inside.sh" "$R/root/inside.sh"
cat >"$R/etc/systemd/system/inside.service" <<'END'
[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'sh /root/inside.sh >/root/inside.out 2>&1'
ExecStopPost=/bin/systemctl --no-block poweroff
TimeoutStartSec=150
END
mkdir -p "$R/etc/systemd/system/multi-user.target.wants"
ln -sf ../inside.service \
    "$R/etc/systemd/system/multi-user.target.wants/inside.service"
rm -rf "$R/root/inside.out" "$R/var/log/clawbot"

cd "$V" || exit 1
timeout "${VM_SECONDS:-240}" linux.uml mem=1024M rootfstype=hostfs \
    rootflags="$R" rw con=null con0=null,fd:1 ssl=null quiet \
    systemd.show_status=0 </dev/null >"$V/console" 2>&1 &
U=$!
wait "$U"
U=
if ! grep -q '^1\.\.' "$R/root/inside.out" 2>/dev/null; then
	echo "not ok 1 - the machine came to its end"
	tail -n 20 "$V/console" "$R/root/inside.out" 2>/dev/null |
	    sed 's/^/# /'
	echo 1..1
	exit 1
fi
cat "$R/root/inside.out"
! grep -q '^not ok' "$R/root/inside.out"
