#!/bin/sh
# SPDX-License-Identifier: ISC
#
# prepare.sh [SUITE ...]: installs and fetches, once, what PACKAGES has for
# "uses" (tests/regress/640-uses.sh) and the suites of
# tests/regress/641-suites.sh, and quickstart test does not install:
# packages of Debian on this host, sources of Debian's packages and packages of
# npm in WORK_DIR (/var/cache/clawbot-work).  Needs root, and mirrors; what
# cannot be had is named.

set -u
umask 022
LC_ALL=C.UTF-8
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
HERE=$(cd "$(dirname "$0")" && pwd)
WORK_DIR=${WORK_DIR:-/var/cache/clawbot-work}
[ $# -gt 0 ] || set -- uses python git source node server
LOG=$WORK_DIR/prepare.log
UPDATED=

say() {
	printf '%s\n' "prepare: $*" >&2
}

# of KIND SUITE...: the names in PACKAGES
of() {
	o_kind=$1
	shift
	for o_suite; do
		awk -v kind="$o_kind" -v suite="$o_suite" '
		    $1 == suite && $2 == kind { for (i = 3; i <= NF; i++)
			print $i }' "$HERE/PACKAGES"
	done
}

# missing NAME...: PROGRAM=PACKAGE is not where there is the program
missing() {
	for m_pkg; do
		case $m_pkg in
		*=*)	! command -v "${m_pkg%=*}" >/dev/null || continue
			m_pkg=${m_pkg#*=} ;;
		esac
		[ "$(dpkg-query -W -f='${db:Status-Status}' "$m_pkg" \
		    2>/dev/null)" = installed ] || echo "$m_pkg"
	done
}

install_packages() {
	# shellcheck disable=SC2046 # names
	i_missing=$(missing $(of deb "$@"))
	[ -n "$i_missing" ] || return 0
	# shellcheck disable=SC2086 # names
	say "installing" $i_missing
	# What is started is started by tests.
	printf '#!/bin/sh\nexit 101\n' >"$WORK_DIR/policy"
	chmod 755 "$WORK_DIR/policy"
	for i_pkg in $i_missing; do
		POLICYRCD=$WORK_DIR/policy DEBIAN_FRONTEND=noninteractive \
		    apt-get -q -y install --no-install-recommends "$i_pkg" \
		    >>"$LOG" 2>&1 </dev/null || say "no $i_pkg"
	done
}

# Where packages come from, sources come from.
apt_sources() {
	# shellcheck source=/dev/null
	. /etc/os-release
	rm -rf "$WORK_DIR/apt"
	mkdir -p "$WORK_DIR/apt/parts" "$WORK_DIR/apt/lists/partial"
	for a_file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
		grep -qsE "(^| )$VERSION_CODENAME( |-|\$)" "$a_file" ||
		    continue
		sed 's/^deb /deb-src /; s/^Types:.*/Types: deb-src/' \
		    "$a_file" >"$WORK_DIR/apt/parts/${a_file##*/}"
	done
	chown -R _apt: "$WORK_DIR/apt/lists" 2>/dev/null
	apt update >>"$LOG" 2>&1
}

apt() {
	apt-get -q -o Dir::Etc::sourcelist=/dev/null \
	    -o Dir::Etc::sourceparts="$WORK_DIR/apt/parts" \
	    -o Dir::State::lists="$WORK_DIR/apt/lists" \
	    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= "$@"
}

# fetch NAME DIR: the source of a package of Debian
fetch() {
	[ ! -d "$2" ] || return 0
	if [ -z "$UPDATED" ]; then
		apt_sources
		UPDATED=yes
	fi
	rm -rf "$WORK_DIR/new"
	mkdir -p "$WORK_DIR/new" "${2%/*}"
	say "fetching the source of $1"
	(cd "$WORK_DIR/new" && apt source "$1") >>"$LOG" 2>&1 ||
	    say "no source of $1"
	for f_dir in "$WORK_DIR/new"/*/; do
		[ ! -d "$f_dir" ] || mv "$f_dir" "$2"
	done
	rm -rf "$WORK_DIR/new"
	[ ! -d "$2" ] || chmod -R a+rX "$2"
}

# What git's tests take beside the git that is installed.
build_git() {
	fetch git "$WORK_DIR/git"
	[ ! -x "$WORK_DIR/git/t/helper/test-tool" ] ||
	    [ ! -d "$WORK_DIR/git/templates/blt" ] || return 0
	say "building what git's tests need"
	{
		make -C "$WORK_DIR/git" -j"$(nproc)" GIT-BUILD-OPTIONS \
		    t/helper/test-tool t/helper/test-fake-ssh &&
		    make -C "$WORK_DIR/git/templates"
	} >>"$LOG" 2>&1 || say "git's tests cannot be built, see $LOG"
	[ ! -d "$WORK_DIR/git" ] || chmod -R a+rX "$WORK_DIR/git"
}

fetch_sources() {
	for s_name in $(of source source); do
		fetch "$s_name" "$WORK_DIR/source/$s_name"
	done
}

# Projects with their locks, and a cache from which npm ci can install them.
fetch_node() {
	for n_dir in "$HERE"/node/*/; do
		n_name=$(basename "$n_dir")
		n_to=$WORK_DIR/node/$n_name
		if cmp -s "$n_dir/package.json" "$n_to/package.json" &&
		    [ -f "$n_to/package-lock.json" ]; then
			cp -R "$n_dir/." "$n_to"
			continue
		fi
		say "fetching the packages of $n_name"
		rm -rf "$n_to"
		mkdir -p "$n_to"
		cp -R "$n_dir/." "$n_to"
		# where each is from stands in the lock, so that nobody asks
		(cd "$n_to" && npm install --ignore-scripts --no-audit \
		    --no-fund --omit-lockfile-registry-resolved=false \
		    --cache "$WORK_DIR/npm" && rm -rf node_modules) \
		    >>"$LOG" 2>&1 || {
			say "no packages of $n_name"
			rm -rf "$n_to"
		}
	done
	rm -rf "$WORK_DIR/npm/_logs"
	mkdir -p "$WORK_DIR/node" "$WORK_DIR/npm"
	chmod -R a+rX "$WORK_DIR/node" "$WORK_DIR/npm"
}

[ "$(id -u)" -eq 0 ] || { say "needs root"; exit 1; }
command -v apt-get >/dev/null || { say "no apt-get"; exit 0; }
mkdir -p "$WORK_DIR"
chmod 755 "$WORK_DIR"
: >"$LOG"
install_packages "$@"
for suite; do
	case $suite in
	git)	build_git ;;
	source)	fetch_sources ;;
	node)	fetch_node ;;
	esac
done
