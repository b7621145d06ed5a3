#!/bin/sh
# SPDX-License-Identifier: ISC
#
# suite.sh debian12|debian13|ubuntu2404: clawbot on a machine of that
# distribution, as TAP.  It is built outside, in a directory that the
# machine was made from, and installed inside, by quickstart, and in the
# whole form afterwards as Debian's packages.
#
#	VM_FORM=short	what CI runs; else all of it, with more boots
#	VM_PARTS=...	only these parts, of those below
#	VM_DIR=DIR	where machines are kept, /var/tmp/clawbot-vm
#	VM_BUILD_SECONDS, VM_BOOT_SECONDS
#			for one build and one boot, on a host that is busy
#	VM_NICE=N	what is added to the machine's niceness, 10; less than 0
#			gives it a processor before everybody else
#
# Leaves NAME.tap, NAME.facts for a table, and NAME.quickstart in B/vm.
: "${B:?the build directory}" "${SRC:?the source tree}"
LC_ALL=C.UTF-8
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
umask 022

NAME=${1-}
case $NAME in
debian12)	TITLE="Debian 12" ;;
debian13)	TITLE="Debian 13" ;;
ubuntu2404)	TITLE="Ubuntu 24.04" ;;
*)
	echo "usage: suite.sh debian12|debian13|ubuntu2404" >&2
	exit 64 ;;
esac
FORM=${VM_FORM:-full}
DIR=${VM_DIR:-/var/tmp/clawbot-vm}
IMAGE=$DIR/$NAME
V=$DIR/run.$$
FACTS=$B/vm/$NAME.facts
TAP=$B/vm/$NAME.tap
TREE=/usr/src/clawbot		# there, and in the root to build in
BUILD_SECONDS=${VM_BUILD_SECONDS:-900}
BEGIN=$(date +%s)

### TAP, with what comes from inside

diag() {
	printf '%s\n' "$*" | sed 's/^/# /'
}

# tap: passes lines on, and keeps them to be counted
tap() {
	tee -a "$TAP"
}

# result STATUS NAME
result() {
	if [ "$1" -eq 0 ]; then
		echo "ok - $2" | tap
	else
		echo "not ok - $2" | tap
		return 1
	fi
}

skip_all() {
	printf '1..0 # SKIP no %s machine: %s\n' "$TITLE" "$*"
	printf 'tests/vm: no %s machine: %s\n' "$TITLE" "$*" >&2
	fact result "no machine"
	exit 0
}

# prove hides what was printed about failures, and this cannot be seen again
# without the machine: it is repeated on standard error.
finish() {
	all=$(grep -cE '^(not )?ok' "$TAP")
	bad=$(grep -c '^not ok' "$TAP")
	skipped=$(grep -c '^ok .*# SKIP' "$TAP")
	echo "1..$all"
	sed -n 's/^#= //p' "$TAP" >>"$FACTS"
	fact minutes "$((($(date +%s) - BEGIN + 30) / 60))"
	if [ "$bad" -eq 0 ]; then
		fact result "$((all - skipped)) ok, $skipped skipped"
		exit 0
	fi
	fact result "$bad of $all fail"
	awk -v name="$NAME" '/^ok/ { show = 0 } /^not ok/ { show = 1 }
	    show { print name ": " $0 }' "$TAP" >&2
	exit 1
}

# fact KEY VALUE
fact() {
	printf '%s\t%s\n' "$1" "$2" >>"$FACTS"
}

# took NAME: since the last call
took() {
	t_now=$(date +%s)
	diag "$1: $((t_now - LAST)) s" | tap
	fact "$1" "$((t_now - LAST)) s"
	LAST=$t_now
}
LAST=$BEGIN

# shellcheck source=tests/vm/machine.sh
. "$SRC/tests/vm/machine.sh"

# shellcheck disable=SC2317 # the trap's
cleanup() {
	c_status=$?
	trap - EXIT HUP INT TERM
	machine_kill
	rm -rf "$V"
	exit "$c_status"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

mkdir -p "$B/vm" || exit 1
: >"$TAP"
printf 'name\t%s\nform\t%s\n' "$TITLE" "$FORM" >"$FACTS"
for program in qemu-system-x86_64 qemu-img ssh setpriv unshare; do
	command -v "$program" >/dev/null || skip_all "$program is not installed"
done
why=$(sh "$SRC/tests/vm/image.sh" "$NAME" "$DIR") || skip_all "${why:-making it failed}"
# of those that were killed
for v in "$DIR"/run.*; do
	[ ! -d "$v" ] || kill -0 "${v##*.}" 2>/dev/null || rm -rf "$v"
done
mkdir "$V" && machine_new "$IMAGE" || exit 1
took image

### Building outside

# What git has or would take; without git, all but what was built.
copy_tree() {
	cd "$SRC" || return 1
	if git -c safe.directory='*' ls-files -co --exclude-standard \
	    >"$V/files" 2>/dev/null && [ -s "$V/files" ]; then
		# a file that was removed is listed all the same
		while read -r f; do
			[ ! -e "$f" ] || echo "$f"
		done <"$V/files" | tar -cf - -T -
	else
		tar -cf - --exclude=./build --exclude='./build-*' \
		    --exclude=./autom4te.cache --exclude=./.git .
	fi | tar -xf - -C "$V/tree"
}

build_outside() {
	mkdir "$V/tree" && copy_tree || return 1
	# shellcheck disable=SC2016 # of the other shell
	timeout -k 10 "$BUILD_SECONDS" nice unshare --mount sh -c '
		mount --bind "$1/tree" "$2/root$3" &&
		    mount -t proc proc "$2/root/proc" || exit 1
		exec chroot "$2/root" sh -c "
			cd $3 && make configure &&
			    ./configure --prefix=/usr/local $4 &&
			    make -j$(nproc) all"' \
	    sh "$V" "$IMAGE" "$TREE" "${CONFIGURE_OPTIONS-}" \
	    >"$V/build.log" 2>&1 </dev/null
}

# debs DIR: Debian's packages of the same tree, into $V/debs/DIR, made in a
# directory of that name; what quickstart is to find built stays as it is.  No
# cache gives to the second ones what the first have made.
debs() {
	d_dir=/var/tmp/debs.$$.$1
	mkdir -p "$V/debs/$1" || return
	# shellcheck disable=SC2016 # of the other shell
	timeout -k 10 "$BUILD_SECONDS" nice unshare --mount sh -c '
		mount --bind "$1/tree" "$2/root$3" &&
		    mount -t proc proc "$2/root/proc" || exit 1
		exec chroot "$2/root" env CCACHE_DISABLE=1 \
		    make -C "$3" deb "DEBDIR=$4" \
		    "DEB_OPTIONS=-d -j$(nproc)"' \
	    sh "$V" "$IMAGE" "$TREE" "$d_dir" >"$V/debs.log" 2>&1 </dev/null &&
	    mv "$IMAGE/root$d_dir"/*.deb "$V/debs/$1"
	d_status=$?
	rm -rf "$IMAGE/root$d_dir"
	return "$d_status"
}

# for_lintian: the packages as it can read them everywhere, into $V/debs/lint;
# Ubuntu packs them by zstd
for_lintian() {
	mkdir "$V/debs/lint" || return
	for fl in "$V"/debs/1/*.deb; do
		if ar t "$fl" | grep -q '\.zst$'; then
			rm -rf "$V/un"
			dpkg-deb -R "$fl" "$V/un" && dpkg-deb -Zxz \
			    --root-owner-group -b "$V/un" "$V/debs/lint" >&2
		else
			cp "$fl" "$V/debs/lint"
		fi || return
	done
}

# next_version: the same as a later version, in $V/debs/2
next_version() {
	mkdir "$V/debs/2" || return
	rm -f "$V"/debs/1/*-dbgsym_*.deb
	for nv in "$V"/debs/1/*.deb; do
		rm -rf "$V/un"
		v=$(dpkg-deb -f "$nv" Version)
		dpkg-deb -R "$nv" "$V/un" &&
		    sed -i "s/\\<$v\\>/$v+2/g" "$V/un/DEBIAN/control" &&
		    dpkg-deb --root-owner-group -Zgzip -b "$V/un" \
		    "$V/debs/2/$(dpkg-deb -f "$nv" Package).deb" >&2 || return
	done
}

# late STATUS: what timeout(1) has ended says nothing itself
late() {
	[ "$1" -ne 124 ] || diag "it took longer than $BUILD_SECONDS s" \
	    "(VM_BUILD_SECONDS)" | tap
}

status=0
build_outside || status=$?
if ! result "$status" "built for $TITLE"; then
	late "$status"
	tail -n 20 "$V/build.log" | sed 's/^/# /' | tap
	finish
fi
took build
# wanted PART...: is any of these to be tried?
wanted() {
	[ -n "${VM_PARTS-}" ] || return 0
	for w; do
		case " $VM_PARTS " in
		*" $w "*)	return 0 ;;
		esac
	done
	return 1
}

# Not in the short form: they are built anew, and regress/730 has most of it.
packages() {
	[ "$FORM" != short ] &&
	    wanted package promises credential failed upgrade latched purge \
	    again
}

make_packages() {
	status=0
	{ command -v dpkg-deb >/dev/null && debs 1; } || status=$?
	if ! result "$status" "Debian's packages for $TITLE"; then
		late "$status"
		tail -n 20 "$V/debs.log" | sed 's/^/# /' | tap
		finish
	fi
	took packages
	if wanted again; then
		debs elsewhere
		result $? "built once more, in another directory"
		for f in "$V"/debs/1/*.deb; do
			cmp "$f" "$V/debs/elsewhere/${f##*/}" >"$V/cmp" 2>&1
			result $? "the same bytes: ${f##*/}" ||
			    sed 's/^/# /' "$V/cmp" | tap
		done
		rm -rf "$V/debs/elsewhere"
		took again
	fi
	if command -v lintian >/dev/null; then
		for_lintian && lintian --allow-root --fail-on error,warning \
		    "$V"/debs/lint/*.deb >"$V/lintian" 2>&1
		result $? "lintian: no error, no warning" ||
		    sed 's/^/# /' "$V/lintian" | tap
		rm -rf "$V/debs/lint"
	fi
	next_version
	result $? "packages of a next version" || finish
}
! packages || make_packages

### Installing inside

# boot WHAT ARGUMENT...
UP=
boot() {
	b_what=$1
	shift
	machine_up "$@" >"$V/boot.log"
	b_status=$?
	tap <"$V/boot.log"
	result "$b_status" "it boots: $b_what" || finish
	UP=yes
	took boot
}

down() {
	[ -n "$UP" ] || return 0
	UP=
	machine_down
	result $? "it shuts down"
	took shutdown
}

# part NAME [SECONDS]: a script of tests/vm/in
part() {
	wanted "$1" || return 0
	{
		LIMIT=${2:-600} machine "sh $TREE/tests/vm/in/$1.sh" 2>&1 || {
			echo "not ok - $1: the script came to its end"
			machine_state 2>&1
			: >"$V/failed"
		}
	} | tap
	took "$1"
	[ -e "$V/failed" ] || return 0
	# Nothing else is to be had from one that is silent.
	rm "$V/failed"
	LIMIT=120 machine true 2>/dev/null ||
	    result 1 "$1: the machine answers afterwards" || finish
}

boot "as it is"
tar -C "$V/tree" -cf - . | gzip -1 |
    LIMIT=120 machine "tar -C $TREE -xzf -"
result $? "the tree is there" || finish
if packages; then
	tar -C "$V/debs" -cf - . | LIMIT=300 machine \
	    "mkdir -p /var/tmp/debs && tar -C /var/tmp/debs -xf -"
	result $? "the packages are there" || finish
fi
rm -rf "$V/tree"
took copy

Q=$B/vm/$NAME.quickstart
LIMIT=900 machine "cd $TREE && CONFIGURE_OPTIONS='${CONFIGURE_OPTIONS-}' \
    ./quickstart" >"$Q" 2>&1 </dev/null
if ! result $? "quickstart: status"; then
	tail -n 30 "$Q" | sed 's/^/# /' | tap
	finish
fi
for line in '^   all there$' 'systemd runs clawbotd.service$' \
    '| PRETTY_NAME=' '| every sandbox holds$' '^   clawbot runs. '; do
	grep -q "$line" "$Q"
	result $? "quickstart: says $line"
done
took quickstart

### Trying it

part session
part hour
part limits
part roles
part stubborn
[ "$FORM" = short ] || part reload
# those ask from now on who are in it, whichever parts there were
machine "cp $TREE/tests/vm/in/clawbot.conf /etc/clawbot.conf"
part core
down
if wanted enabled disks apparmor sysctl; then
	boot "again"
	part enabled
fi
if [ "$FORM" != short ]; then
	part disks
	part apparmor
	part sysctl 900
	down
	if wanted nolandlock; then
		boot "without Landlock" lsm=lockdown,capability,yama,apparmor
		part nolandlock
		down
	fi
	if wanted cgroup1; then
		# newer versions of systemd take the second only
		boot "with control groups of version 1" \
		    systemd.unified_cgroup_hierarchy=0 \
		    SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1
		part cgroup1
		down
	fi
	if wanted noipv6 hang; then
		boot "without IPv6" ipv6.disable=1
		part noipv6
		part hang 900
		down
	fi
fi

### The package

if packages; then
	boot "for the package"
	part package 1200
	part promises 2400
	# the configuration of the package again
	machine "cp /usr/share/doc/clawbot/clawbot.conf /etc/clawbot.conf &&
	    sed -i 's/\"clawbot-demo-agent\"/\"agent\"/' /etc/clawbot.conf &&
	    systemctl restart clawbotd"
	part credential
	part failed
	part upgrade 1200
	down
	boot "with an emergency stop"
	part latched
	part purge 1200
fi
down
finish
