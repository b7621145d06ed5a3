# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: no way leads out of a run by system calls, whichever way they are
# made, nor by terminals; and what is executed out of memory has no more than
# the run has.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/escape.sh
. "$SRC/tests/regress/escape.sh"

hostile escape_sys escape_term escape_who

# Outside of a run these succeed.
for name in userfaultfd keyctl "keyring of the session" ptrace \
    "personality: no random layout" "personality: 32 bits" \
    "filter over the filter" "execute a memory file" "execute a copy"; do
	[ ! -e /tmp/who ] || [ "$name" != "execute a copy" ] || continue
	escapes escape_sys "$name" -o "who=$H/escape_who"
	[ "$name" != "execute a copy" ] || rm -f /tmp/who
done

conf_default
daemon_start
attempts escape_sys -o "who=$W/escape_who"
attempts escape_term
ok "the daemon goes on" answers
daemon_stop
finish
