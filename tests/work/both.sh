# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2034
#
# The same lines outside and in a run, as the same account, with the same
# environment, in a mount namespace with an empty /tmp and a network with
# nothing but a loopback.  For scripts that have read tests/regress/lib.sh and
# started a daemon with a skill whose runs have $W as a grant.

for b_tool in ip git; do
	command -v $b_tool >/dev/null || skip_all "no $b_tool"
done

# both_start SKILL: its runs' environment is that of what is outside
both_start() {
	cb cbtagent run -s "$1" -- env -0
	[ "$S" -eq 0 ] || bail "no environment"
	cp "$T/out" "$T/env"
	# Seconds, directory, file: that one's lines, with the environment at
	# descriptor 7.
	cat >"$T/outside" <<'END'
mount --make-rprivate / && mount -t tmpfs -o mode=1777 tmpfs /tmp &&
mount -t tmpfs -o mode=1777 tmpfs /dev/shm && ip link set lo up &&
ulimit -n 1024 && seconds=$1 && cd "$2" && shift 2 && exec setsid setpriv \
    --reuid=clawbot --regid=clawbot --clear-groups timeout "$seconds" perl \
    -MPOSIX -e '
    $/ = "\0";
    open(my $f, "<&=7") or die; %ENV = ();
    while (<$f>) { chomp; my ($n, $v) = split /=/, $_, 2; $ENV{$n} = $v; }
    POSIX::close($_) for 3 .. 1023; exec "sh", @ARGV' "$1"
END
}

# outside SECONDS DIR FILE [NAME]: output in $T/want, or NAME, errors in that
# with .err, WANT
outside() {
	WANT=0
	unshare -m -n sh "$T/outside" "$1" "$2" "$3" 7<"$T/env" \
	    >"$T/${4:-want}" 2>"$T/${4:-want}.err" </dev/null || WANT=$?
}

# inside SECONDS SKILL DIR FILE: output in $T/out, errors in $T/err, S
inside() {
	CB_TIMEOUT=$1
	cb cbtagent run -s "$2" --no-wait -C "$3" -- sh "$4"
}

# has_all PROGRAM...: they are installed, or MISSING is one that is not
has_all() {
	for h_prog; do
		# shellcheck disable=SC2012 # names without blanks
		command -v "$h_prog" >/dev/null ||
		    [ -x "$(ls -d /usr/lib/postgresql/*/bin/"$h_prog" \
		    2>/dev/null | tail -n 1)" ] || {
			MISSING=$h_prog
			return 1
		}
	done
}

# each_use FILE FUNCTION: for every head in there, calls the function with its
# name and its programs; the lines below it are in $T/use
each_use() {
	e_head=
	: >"$T/use"
	while IFS= read -r e_line || [ -n "$e_line" ]; do
		case $e_line in
		"	"*)
			printf '%s\n' "${e_line#	}" >>"$T/use"
			continue ;;
		esac
		if [ -n "$e_head" ]; then
			# shellcheck disable=SC2086 # programs
			"$2" "${e_head%: *}" ${e_head##*: } 3<&-
		fi
		e_head=
		: >"$T/use"
		case $e_line in
		"#"*|"") ;;
		*) e_head=$e_line ;;
		esac
	done <<-END
	$(cat "$1")
	#
	END
}

# known NAME: when it is known to end otherwise
known() {
	awk -F '\t' -v "name=$1" '$1 == name { print $2 }' \
	    "$SRC/tests/work/DIFFERENT"
}
