# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/vm/in/lib.sh disable=SC2016,SC2317
#
# Grants on other file systems than the root's.
. "$(dirname "$0")/lib.sh"

KINDS="ext4 xfs btrfs noexec"
# make_disk KIND: mounted at /srv/KIND, for runs
make_disk() {
	mkdir -p "/srv/$1"
	case $1 in
	noexec)
		mount -t tmpfs -o noexec,size=64m tmpfs "/srv/$1" ;;
	*)
		truncate -s 512M "/var/tmp/$1.disk" &&
		    "mkfs.$1" -q "/var/tmp/$1.disk" &&
		    mount -o loop "/var/tmp/$1.disk" "/srv/$1" ;;
	esac && chown clawbot:clawbot "/srv/$1"
}

skills=
for kind in $KINDS; do
	ok "$kind: made and mounted" make_disk "$kind"
	skills="$skills \"$kind\": { \"default\": \"allow\",
	    \"write\": [\"/srv/$kind\"] },"
done
printf '{ "skills": { "default": { "default": "allow" }, %s },
	"channels": { "cli": { "users": ["agent"], "access": "execute",
	    "skills": "*" } },
	"approvals": { "approvers": ["boss"] },
	"vault": { "unlock": ["keyfile:/etc/clawbot.key"] } }\n' \
    "$skills" >"$CONF"
ok "systemctl restart" restart
ok "it runs commands" runs_again

for kind in $KINDS; do
	cb agent run -s "$kind" -C "/srv/$kind" -- sh -c 'mkdir -p a/b &&
	    echo text >a/b/new && mv a/b/new a/file && ln a/file link &&
	    ln -s a/file symlink && cat link && rm -r a/b'
	is "$kind: files are made, moved and removed: status" "$S" 0
	has "$kind: and read" "$T/out" text
	is "$kind: they are there" "$(cat "/srv/$kind/a/file")" text
	cb agent run -s "$kind" -C "/srv/$kind" -- \
	    sh -c 'umask 22; echo x >big && truncate -s 10M big &&
	    dd if=/dev/zero of=big bs=1M count=8 conv=notrunc,fsync'
	is "$kind: a large one: status" "$S" 0
	mkdir -p "/srv/$kind/.git/hooks"
	chown -R clawbot:clawbot "/srv/$kind/.git"
	cb agent run -s "$kind" -C "/srv/$kind" -- \
	    sh -c 'echo evil >.git/hooks/pre-commit'
	ok "$kind: protected names stay: status" test "$S" -ne 0
	ok "$kind: protected names stay" \
	    test ! -e "/srv/$kind/.git/hooks/pre-commit"
	cb agent run -s "$kind" -C "/srv/$kind" -- sh -c 'echo evil >.bashrc'
	ok "$kind: nor are they made" test ! -e "/srv/$kind/.bashrc"
	cb agent run -s "$kind" -C "/srv/$kind" -- sh -c \
	    'printf "#!/bin/sh\necho ran\n" >script && chmod 755 script &&
	    ./script'
	if [ "$kind" = noexec ]; then
		is "$kind: what is there is not executed: status" "$S" 126
	else
		has "$kind: what is there is executed" "$T/out" ran
	fi
	cb agent run -s "$kind" -- sh -c 'echo x >/srv/elsewhere'
	ok "$kind: nothing else is written: status" test "$S" -ne 0
done
cb boss doctor --sandbox
is "every sandbox holds" "$S" 0
for kind in $KINDS; do
	umount "/srv/$kind"
	rm -f "/var/tmp/$kind.disk"
done
cp "$HERE/clawbot.conf" "$CONF"
finish
