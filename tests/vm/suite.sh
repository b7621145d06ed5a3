#!/bin/sh
# SPDX-License-Identifier: ISC
#
# suite.sh debian12|debian13|ubuntu2404: clawbot on a machine of that
# distribution, as TAP.  It is built outside, in a directory that the
# machine was made from, and installed inside, by quickstart.
#
#	VM_FORM=short	what CI runs; else all of it, with more boots
#	VM_PARTS=...	only these parts, of those below
#	VM_DIR=DIR	where machines are kept, /var/tmp/clawbot-vm
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
	timeout -k 10 900 nice unshare --mount sh -c '
		mount --bind "$1/tree" "$2/root$3" &&
		    mount -t proc proc "$2/root/proc" || exit 1
		exec chroot "$2/root" sh -c "
			cd $3 && make configure &&
			    ./configure --prefix=/usr/local $4 &&
			    make -j$(nproc) all"' \
	    sh "$V" "$IMAGE" "$TREE" "${CONFIGURE_OPTIONS-}" \
	    >"$V/build.log" 2>&1 </dev/null
}

if ! build_outside; then
	result 1 "built for $TITLE"
	tail -n 20 "$V/build.log" | sed 's/^/# /' | tap
	finish
fi
result 0 "built for $TITLE"
took build

### Installing inside

# boot WHAT ARGUMENT...
boot() {
	b_what=$1
	shift
	machine_up "$@" >"$V/boot.log"
	b_status=$?
	tap <"$V/boot.log"
	result "$b_status" "it boots: $b_what" || finish
	took boot
}

down() {
	machine_down
	result $? "it shuts down"
	took shutdown
}

# part NAME [SECONDS]: a script of tests/vm/in
part() {
	case " ${VM_PARTS:-$1} " in
	*" $1 "*)	;;
	*)		return ;;
	esac
	{
		LIMIT=${2:-300} machine "sh $TREE/tests/vm/in/$1.sh" 2>&1 || {
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
# those ask from now on who are in it, whichever parts there were
machine "cp $TREE/tests/vm/in/clawbot.conf /etc/clawbot.conf"
part core
down
boot "again"
part enabled
if [ "$FORM" != short ]; then
	part disks
	part sysctl 600
	down
	boot "without Landlock" lsm=lockdown,capability,yama,apparmor
	part nolandlock
	down
	# newer versions of systemd take the second only
	boot "with control groups of version 1" \
	    systemd.unified_cgroup_hierarchy=0 \
	    SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1
	part cgroup1
	down
	boot "without IPv6" ipv6.disable=1
	part noipv6
	part hang 900
fi
down
finish
