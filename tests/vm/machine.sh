# SPDX-License-Identifier: ISC
# shellcheck shell=sh
#
# One machine under qemu, to be sourced; V is a directory for it, which its
# owner makes and removes.  No virtualisation is needed: qemu interprets.
# Nobody but this host reaches the machine, and it reaches nothing.
#
#	machine_new IMAGE			of a directory that image.sh made
#	machine_up [KERNEL ARGUMENT ...]	boots it, again on the same disk
#	machine COMMAND				runs a line of shell, as root
#	machine_state				where its processors are, as
#						comments, if it is silent
#	machine_down				shuts it down
#	machine_kill				in any case, at the end

QEMU=		# its pid
PORT=
MACHINE_BOOT=${VM_BOOT_SECONDS:-600}

machine_ssh() {
	timeout -k 5 "${LIMIT:-120}" ssh -F /dev/null -i "$V/key" -p "$PORT" \
	    -o BatchMode=yes -o IdentitiesOnly=yes -o LogLevel=ERROR \
	    -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
	    -o ConnectTimeout="${CONNECT:-30}" -o ServerAliveInterval=15 \
	    -o ServerAliveCountMax=20 root@127.0.0.1 "$@"
}

# Ends with the status of the line, 124 after LIMIT seconds, 255 where ssh
# fails.
machine() {
	machine_ssh "$@"
}

# Links: whoever makes the image anew does not take it away.
machine_new() {
	ln "$1/disk" "$V/base" && ln "$1/kernel" "$1/initrd" "$V" &&
	    cp "$1/key" "$V" &&
	    qemu-img create -q -f qcow2 -b "$V/base" -F raw "$V/disk"
}

# It dies with the script that started it, however that ends.  On a busy host
# the timer may be late when the kernel tries it, which then gives up.
machine_start() {
	setpriv --pdeathsig KILL nice -n "${VM_NICE:-10}" \
	    qemu-system-x86_64 -machine q35 \
	    -accel tcg,thread=multi -cpu max -smp 2 -m "${VM_MEMORY:-2048}" \
	    -nodefaults -no-user-config -display none -no-reboot \
	    -serial "file:$V/console" \
	    -kernel "$V/kernel" -initrd "$V/initrd" \
	    -append "root=/dev/vda rw console=ttyS0 quiet net.ifnames=0 no_timer_check $*" \
	    -drive "file=$V/disk,if=virtio,format=qcow2,cache=unsafe" \
	    -netdev "user,id=n,restrict=on,hostfwd=tcp:127.0.0.1:$PORT-:22" \
	    -device virtio-net-pci,netdev=n \
	    -object rng-random,id=r,filename=/dev/urandom \
	    -device virtio-rng-pci,rng=r \
	    -monitor "unix:$V/monitor,server=on,wait=off" \
	    </dev/null >"$V/qemu" 2>&1 &
	QEMU=$!
}

machine_up() {
	# shellcheck disable=SC2034 # it counts
	for m_try in 1 2 3 4 5 6 7 8; do
		PORT=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
		machine_start "$@"
		sleep 1
		kill -0 "$QEMU" 2>/dev/null && break
		# somebody else has that port
		grep -q 'host forwarding' "$V/qemu" || break
	done
	m_end=$(($(date +%s) + MACHINE_BOOT))
	until LIMIT=20 CONNECT=5 machine_ssh true 2>/dev/null; do
		if ! kill -0 "$QEMU" 2>/dev/null ||
		    [ "$(date +%s)" -ge "$m_end" ]; then
			tail -n 5 "$V/qemu" "$V/console" 2>/dev/null |
			    tr -d '\r' | sed 's/^/# /'
			return 1
		fi
		sleep 1
	done
}

machine_state() {
	perl -MIO::Socket::UNIX -e '
	    my $s = IO::Socket::UNIX->new($ARGV[0]) or die "monitor: $!\n";
	    $s->print("info cpus\ninfo registers -a\n");
	    $SIG{ALRM} = sub { exit }; alarm 3;
	    while (<$s>) { s/[\r\e].*//; print "# $_" if /CPU|RIP|HLT/ }' \
	    "$V/monitor"
	tail -n 5 "$V/console" | tr -d '\r' | sed 's/^/# /'
}

machine_kill() {
	[ -n "$QEMU" ] || return 0
	kill -9 "$QEMU" 2>/dev/null
	wait "$QEMU" 2>/dev/null
	QEMU=
}

machine_down() {
	LIMIT=30 machine_ssh 'sync; systemctl --no-block poweroff' 2>/dev/null || :
	m_end=$(($(date +%s) + 120))
	while kill -0 "$QEMU" 2>/dev/null; do
		if [ "$(date +%s)" -ge "$m_end" ]; then
			machine_kill
			return 1
		fi
		sleep 0.5
	done
	wait "$QEMU" 2>/dev/null
	QEMU=
}
