# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034
#
# A rsyslogd of a test's own: RS is its process, $T/got has what it got.

command -v rsyslogd >/dev/null || skip_all "rsyslogd is not installed"
install -d -m 755 "$T/rs"
: >"$T/got"

# syslog_conf INPUT
syslog_conf() {
	cat >"$T/rs.conf" <<-END
	global(workDirectory="$T/rs" maxMessageSize="256k"
	    parser.escapeControlCharactersOnReceive="off")
	module(load="imuxsock" SysSock.Use="off")
	module(load="imtcp")
	module(load="imudp")
	$1
	template(name="asis" type="string" string="%rawmsg%\n")
	action(type="omfile" file="$T/got" template="asis")
	END
}

syslog_start() {
	rsyslogd -n -f "$T/rs.conf" -i "$T/rs.pid" >"$T/rs.out" 2>&1 &
	RS=$!
	until_true 60 test -s "$T/rs.pid" || bail "rsyslogd does not start"
}

syslog_stop() {
	kill "$RS"
	wait "$RS" || :
	rm -f "$T/rs.pid"
}

# The numbers of records that it got, as they came.
numbers() {
	sed -n 's/^[^[]*\[meta sequenceId="\([0-9]*\)"\].*/\1/p' "$T/got" \
	    >"$T/numbers"
}

# It has every record that audit export has, in the same words; what is too
# long for a datagram aside.
have_all() {
	as cbtadmin "$B/clawbot" -S "$T/run" audit export --format syslog \
	    >"$T/all" 2>/dev/null || return 1
	awk 'length($0) < 60000' "$T/all" | sort -u >"$T/all.sorted"
	sort -u "$T/got" >"$T/got.sorted"
	test -s "$T/all.sorted" &&
	    test -z "$(comm -23 "$T/all.sorted" "$T/got.sorted")"
}
