#!/bin/sh
# SPDX-License-Identifier: ISC
# A script whose bytes are not those that were judged does not begin: neither
# if it was written to while a person looked at it, be it by memory of which no
# times tell, nor if another one has its name.  One that was left alone does.
# shellcheck disable=SC2016,SC2317,SC2002 # lines of runs
. "$SRC/tests/regress/lib.sh"

SKILLS='"judged": { "default": "allow", "ask": ["tool"], "write": ["'"$W"'"],
    "limits": { "timeoutSeconds": 600 } },'
conf_default
daemon_start
install -m 755 "$RUN_H/exec_odd" "$W/odd"
LOG=$T/log/gateway.log

waits() {
	cb cbtadmin --json approvals &&
	    ID=$(json "$T/out" approvals.0.question)
}

there() {
	test -e "$W/$1"
}

# held LINE: a tool is asked about, and the line goes on in the meantime
held() {
	rm -f "$W"/harmless "$W"/evil "$W"/go "$W"/gone
	printf '#!/bin/sh\ntouch harmless\n' >"$W/tool"
	chmod 755 "$W/tool"
	chmod 777 "$W"
	chown "$(id -u cbtagent)" "$W/tool" 2>/dev/null
	printf '%s\n' "$1" >"$W/script"
	until_true 60 nothing_waits || bail "one is asked about still"
	cbbg one cbtagent run -s judged -C "$W" -- /bin/sh script
	until_true 60 waits || bail "it is not asked about"
	touch "$W/go"
}

# changed NAME LINE: it is, and approved all the same
changed() {
	held "$2"
	until_true 60 there gone || bail "nothing was changed"
	cb cbtadmin approve -y "$ID"
	status_of "$BGPID"
	ok "$1: what nobody has approved does not run" test ! -e "$W/evil"
	races=$((races + 1))
	is "... and is in the log as that" "$(grep '"verdict":"deny"' "$LOG" |
	    grep -c '"rule":"race"')" "$races"
}

races=0
wait='until [ -e go ]; do sleep 0.1; done'
held "cp tool /tmp/tool; /tmp/tool & $wait; wait"
cb cbtadmin approve -y "$ID"
status_of "$BGPID"
ok "left alone: it runs" there harmless
evil='printf "#!/bin/sh\ntouch evil\n"'
changed "written to" "cp tool /tmp/tool; /tmp/tool &
    $wait; $evil >/tmp/tool; touch gone; wait"
changed "written to, as long as before" "cp tool /tmp/tool
    touch -r tool /tmp/tool; /tmp/tool & $wait
    printf '#!/bin/sh\ntouch evil    \n' >/tmp/tool
    touch -r tool /tmp/tool; touch gone; wait"
changed "another one by its name" "cp tool /tmp/tool; /tmp/tool &
    $wait; $evil >/tmp/other; chmod 755 /tmp/other; mv /tmp/other /tmp/tool
    touch gone; wait"
changed "by another directory" "mkdir /tmp/a /tmp/b; cp tool /tmp/a/tool
    $evil >/tmp/b/tool; chmod 755 /tmp/b/tool; ln -s a /tmp/c; /tmp/c/tool &
    $wait; ln -sfn b /tmp/c; touch gone; wait"
changed "by memory" "cp tool /tmp/tool; ./odd bytes /tmp/tool harmless \
'evil;   ' go gone; wait"

# what nobody was asked about is recorded with the bytes that run
printf '#!/bin/sh\nexit 0\n' >"$W/free"
chmod 755 "$W/free"
cb cbtagent run -s judged -C "$W" -- /bin/sh -c './free; :'
is "a script that is allowed runs" "$S" 0
ok "... and is recorded with its digest" log_has '"ev":"exec"' \
    "$(b2sum -l 256 "$W/free" | cut -d ' ' -f 1)"
# by a descriptor that is all there is of it
cb cbtagent run -s judged -C "$W" -- python3 -c 'import os
f = os.open("free", os.O_RDONLY); os.set_inheritable(f, True)
os.execve(f, ["free"], {})'
is "one by a descriptor runs" "$S" 0
daemon_stop
finish
