#!/bin/sh
# SPDX-License-Identifier: ISC
#
# accounts.sh make FILE	the accounts that the tests need; what was not there
#			before is noted in FILE
# accounts.sh remove FILE	takes those away again

set -eu

# user NAME SUPPLEMENTARY
user() {
	getent passwd "$1" >/dev/null && return 0
	useradd --system --user-group --no-create-home \
	    --home-dir /nonexistent --shell /usr/sbin/nologin \
	    ${2:+--groups "$2"} "$1"
	echo "user $1" >>"$file"
}

group() {
	getent group "$1" >/dev/null && return 0
	groupadd --system "$1"
	echo "group $1" >>"$file"
}

make() {
	for u in _clawbot _clawbot-exec _clawbot-audit _clawbot-vault clawbot
	do
		user "$u" ""
	done
	group clawbot-admin
	user cbtagent ""
	user cbtother ""
	user cbtadmin clawbot-admin
	user cbtsecond clawbot-admin
}

remove() {
	[ -f "$file" ] || return 0
	while read -r kind name; do
		case $kind in
		user)	userdel "$name" 2>/dev/null || : ;;
		group)	groupdel "$name" 2>/dev/null || : ;;
		esac
		if getent group "$name" >/dev/null; then
			groupdel "$name"
		fi
	done <"$file"
	rm -f "$file"
}

if [ $# -ne 2 ]; then
	echo "usage: accounts.sh make|remove FILE" >&2
	exit 64
fi
file=$2
case $1 in
make)	make ;;
remove)	remove ;;
*)	exit 64 ;;
esac
