# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# The host's own switches of user namespaces, turned off for a moment.  With
# the first of them the start ends with its name.  In another user namespace, where the switch
# would be its own, the executor does not get as far as that.  So nothing else
# may be tested meanwhile; prove.sh sees to that.
. "$SRC/tests/regress/lib.sh"

conf_default
old=$(cat /proc/sys/user/max_user_namespaces 2>/dev/null)
if [ -z "$old" ] ||
    ! echo "$old" 2>/dev/null >/proc/sys/user/max_user_namespaces; then
	skip "user.max_user_namespaces=0" "the sysctl cannot be set here"
else
	UNDO="echo $old >/proc/sys/user/max_user_namespaces; $UNDO"
	echo 0 >/proc/sys/user/max_user_namespaces
	daemon_try
	started=$?
	echo "$old" >/proc/sys/user/max_user_namespaces
	ok "user.max_user_namespaces=0: does not start" \
	    test "$started" -ne 0
	if [ "$started" -ne 0 ]; then
		daemon_wait
		is "user.max_user_namespaces=0: status" "$DSTATUS" 79
		has "user.max_user_namespaces=0: named" "$T/d.err" \
		    "sysctl user.max_user_namespaces is 0"
	else
		daemon_stop
	fi
fi

# Unprivileged user namespaces switched off are no obstacle.
knob=/proc/sys/kernel/unprivileged_userns_clone
if [ -w $knob ]; then
	old=$(cat $knob)
	UNDO="echo $old >$knob; $UNDO"
	echo 0 >$knob
	daemon_start
	agent echo hello
	is "unprivileged_userns_clone=0: runs" "$(cat "$T/out")" hello
	daemon_stop
	echo "$old" >$knob
else
	skip "unprivileged_userns_clone=0" "no such sysctl"
fi
finish
