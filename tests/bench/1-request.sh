# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/bench/lib.sh
#
# The whole of a recorded request for /bin/true beside other ways to start a
# command in a sandbox, or as somebody else.

. "$SRC/tests/bench/lib.sh"

# A bundle for crun: the whole system read-only, no cgroup.  Its root has to
# be a mount, and it takes no hybrid of both cgroups: so it gets a mount
# namespace, which is prepared here.
bundle() {
	mkdir "$T/bundle" "$T/bundle/root"
	cat >"$T/bundle/config.json" <<-END
	{ "ociVersion": "1.0.2",
	  "process": { "args": ["/bin/true"], "cwd": "/", "env": [],
	    "user": { "uid": $(id -u cbtagent), "gid": $(id -g cbtagent) },
	    "noNewPrivileges": true, "capabilities": {} },
	  "root": { "path": "$T/bundle/root", "readonly": true },
	  "mounts": [
	    { "destination": "/proc", "type": "proc", "source": "proc" },
	    { "destination": "/dev", "type": "tmpfs", "source": "tmpfs",
	      "options": ["nosuid", "mode=755"] },
	    { "destination": "/tmp", "type": "tmpfs", "source": "tmpfs",
	      "options": ["nosuid", "nodev"] } ],
	  "linux": { "namespaces": [ { "type": "pid" }, { "type": "ipc" },
	    { "type": "uts" }, { "type": "mount" },
	    { "type": "network" } ] } }
	END
	mkfifo "$T/bundle/ready"
	# shellcheck disable=SC2016 # its own
	unshare --mount sh -c '
	    mount --bind / "$1/root" || exit 1
	    if [ -d /sys/fs/cgroup ]; then
		umount -R /sys/fs/cgroup 2>/dev/null
		mount -t cgroup2 none /sys/fs/cgroup || exit 1
	    fi
	    echo >"$1/ready"
	    exec sleep 86400' sh "$T/bundle" &
	BG="$BG $!"
	NS=/proc/$!/ns/mnt
	read -r _ <"$T/bundle/ready"
}

peers() {
	# shellcheck disable=SC2086 # words
	peer bwrap cbtagent - - $BWRAP /bin/true
	peer firejail cbtagent - - /usr/bin/firejail --quiet --noprofile \
	    --net=none --private-tmp /bin/true
	if [ -x /usr/bin/crun ]; then
		bundle
	fi
	peer crun root "${NS--}" - /usr/bin/crun --cgroup-manager=disabled \
	    --root "$T/crun" run -b "$T/bundle" bench
	peer sudo root - - /usr/bin/sudo -n -u cbtagent /bin/true
	peer exec cbtagent - - /bin/true
}

daemons
list_begin
for name in $OURS; do
	row "clawbot run, $name" cbtagent - - "$(run_by "$name")" -- /bin/true
	resident "resident client, $name" "$name" cbtagent /bin/true
done
peers
measure -n "$ROUNDS"
table "/bin/true, back to back, $ROUNDS rounds" bwrap exec
measure -n "$ROUNDS" -p 50
table "/bin/true, 50 ms of rest before each, $ROUNDS rounds" bwrap exec
